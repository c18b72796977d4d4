"""The plan: sections, activities, indicators, and the measures by which it counts itself."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gegma.engine.models import Titled, Tracked
from gegma.kernel.periods import Period
from gegma.kernel.text import pick, shorten

from . import statuses

# The published scale of verdicts, most done first: the first entry that fits is the status. From and to are percent of the result,
# before: it holds only until the activity is due. The bounds are a default, not law: a plan carries its own scale.
DEFAULT_SCALE = [
    {"key": "full", "ka": "სრულად შესრულდა", "en": "fully done", "from": 100, "tone": "done"},
    {"key": "progress", "ka": "განხორციელების პროცესშია", "en": "in progress", "from": 0, "before": True, "tone": "going"},
    {"key": "mostly", "ka": "უმეტესად შესრულდა", "en": "mostly done", "from": 75, "tone": "mostly"},
    {"key": "partly", "ka": "ნაწილობრივ შესრულდა", "en": "partially done", "from": 50, "tone": "partly"},
    {"key": "none", "ka": "არ შესრულდა", "en": "not done", "from": 0, "tone": "late"},
]


def default_scale() -> list[dict]:
    """The scale that a new plan starts with."""
    return [dict(step) for step in DEFAULT_SCALE]


class Plan(Titled):
    """One organisation's plan for one period, with its own columns and status scale."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    organisation_ka = models.TextField(_("organisation"), blank=True)
    organisation_en = models.TextField(_("organisation (English)"), blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    columns = models.JSONField(_("published columns"), default=list, blank=True)
    scale = models.JSONField(_("scale of statuses"), default=default_scale)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["-starts_on", "key"]

    @property
    def period(self) -> Period:
        """The time that the plan is for."""
        return Period(self.starts_on, self.ends_on)


class PublishedTable(models.Model):
    """A plan as its owner printed it: lines, tables, rows and cells in their order, as readers/shape.py describes them. Written by importing.

    Beside the plan and not in it, for the plan is read with every page. language: that of the printed texts.
    """

    plan = models.OneToOneField(Plan, models.CASCADE, primary_key=True, related_name="published", verbose_name=_("plan"))
    language = models.CharField(_("language"), max_length=2)
    content = models.JSONField(_("content"), default=list)

    class Meta:
        verbose_name = _("published table of a plan")
        verbose_name_plural = _("published tables of plans")

    def __str__(self) -> str:
        return str(self.plan)


class Section(Titled):
    """A node above the activities: a division, unit or task of the plan."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="sections", verbose_name=_("plan"))
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("part of"))
    code = models.CharField(_("code"), max_length=40)
    owner_unit = models.ForeignKey(
        "directory.Unit", models.PROTECT, null=True, blank=True, related_name="plan_sections", verbose_name=_("owner unit")
    )
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="section_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {pick(self, 'title')}"


class Activity(Tracked):
    """What is to be done."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="activities", verbose_name=_("plan"))
    section = models.ForeignKey(Section, models.PROTECT, related_name="activities", verbose_name=_("section"))
    code = models.CharField(_("code"), max_length=40)
    order = models.PositiveIntegerField(_("order"), default=0)
    text_ka = models.TextField(_("activity"), blank=True)
    text_en = models.TextField(_("activity (English)"), blank=True)
    deadline = models.CharField(_("deadline, as published"), max_length=300, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    first_due_on = models.DateField(_("first due on"), null=True, blank=True, editable=False)
    owner_unit = models.ForeignKey(
        "directory.Unit", models.PROTECT, null=True, blank=True, related_name="plan_activities", verbose_name=_("owner unit")
    )
    responsible = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="activities", verbose_name=_("responsible staff")
    )
    partners = models.JSONField(_("partner bodies, as published"), default=list, blank=True)
    comments = models.TextField(_("comments"), blank=True)
    extra = models.JSONField(_("other columns"), default=dict, blank=True)
    withdrawn = models.BooleanField(_("no longer in the published plan"), default=False)
    done_ka = models.TextField(_("what was done"), blank=True)
    done_en = models.TextField(_("what was done (English)"), blank=True)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="activity_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {shorten(pick(self, 'text'), 120)}"

    @property
    def due(self):
        """The day by which it is to be done: its own, else the end of the plan."""
        return self.due_on or self.plan.ends_on


class Step(Titled):
    """A step of an activity, ticked when done. The title is its text."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="steps", verbose_name=_("activity"))
    order = models.PositiveIntegerField(_("order"), default=0)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    first_due_on = models.DateField(_("first due on"), null=True, blank=True, editable=False)
    done_on = models.DateField(_("done on"), null=True, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["order", "pk"]


class IndicatorKind(models.TextChoices):
    """How the figures are judged."""

    NUMERIC = "numeric", pgettext_lazy("kind of indicator", "number")
    SCHEDULE = "schedule", _("number, with due dates through the year")
    DELIVERABLE = "deliverable", _("deliverable: done or not")
    PERCENTAGE = "percentage", _("percentage")
    COMPLETENESS = "completeness", _("completeness of a database")


class Combine(models.TextChoices):
    """How the measures of one indicator are read together."""

    SIDE = "side", _("side by side")
    SUM = "sum", _("added up")


class Indicator(Tracked):
    """How one sees that an activity was done."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="indicators", verbose_name=_("activity"))
    label = models.CharField(_("label"), max_length=20, blank=True)
    order = models.PositiveIntegerField(_("order"), default=0)
    text_ka = models.TextField(_("indicator"), blank=True)
    text_en = models.TextField(_("indicator (English)"), blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=IndicatorKind.choices, default=IndicatorKind.NUMERIC)
    target = models.DecimalField(_("target"), max_digits=14, decimal_places=2, null=True, blank=True)
    due_dates = models.JSONField(_("due dates"), default=list, blank=True)
    first_due_dates = models.JSONField(_("first due dates"), default=list, blank=True, editable=False)
    withdrawn = models.BooleanField(_("no longer in the published plan"), default=False)
    combine = models.CharField(_("its measures are"), max_length=8, choices=Combine.choices, default=Combine.SIDE)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return " ".join(
            filter(None, [self.activity.code, f"{self.label})" if self.label else "", shorten(pick(self, "text"), 120)])
        )


class Measure(Titled):
    """What is counted for an indicator: a register, a scope, conditions, an aggregate and a rule for the date. See measures.py."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="measures", verbose_name=_("indicator"))
    name = models.CharField(_("key"), max_length=120, blank=True)
    order = models.PositiveIntegerField(_("order"), default=0)
    register = models.CharField(_("register"), max_length=80)
    definition = models.JSONField(_("definition"), default=dict, blank=True)

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["order", "pk"]


class TypedReading(Tracked):
    """A figure that no register holds, entered by a person with a reason; shown as typed."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="typed", verbose_name=_("indicator"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    value = models.DecimalField(_("figure"), max_digits=14, decimal_places=2)
    source = models.TextField(_("where the figure comes from"))

    class Meta:
        verbose_name = _("typed reading")
        verbose_name_plural = _("typed readings")
        ordering = ["starts_on", "pk"]

    def __str__(self) -> str:
        return f"{self.value} ({self.starts_on:%d.%m.%Y} – {self.ends_on:%d.%m.%Y})"


class PeriodState(models.TextChoices):
    """Where a reporting period stands."""

    PLANNED = "planned", pgettext_lazy("reporting period", "not opened yet")
    OPEN = "open", pgettext_lazy("reporting period", "open")
    CLOSED = "closed", pgettext_lazy("reporting period", "closed")
    REOPENED = "reopened", pgettext_lazy("reporting period", "opened again")


class ReportingPeriod(Titled):
    """A time on which a plan is reported: a quarter, half-year, year, or days of its own."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="reporting_periods", verbose_name=_("plan"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    opens_on = models.DateField(_("opens on"), null=True, blank=True)
    due_on = models.DateField(_("reports due on"), null=True, blank=True)
    first_due_on = models.DateField(_("first due on"), null=True, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=PeriodState.choices, default=PeriodState.PLANNED)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    close_reason = models.TextField(_("why it was closed with reports not accepted"), blank=True)
    reopen_reason = models.TextField(_("why it was opened again"), blank=True)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("officer in charge")
    )

    class Meta:
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        ordering = ["-starts_on", "ends_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "starts_on", "ends_on"], name="reporting_period_once", violation_error_message=_("There is a reporting period of these days already.")
            )
        ]

    @property
    def period(self) -> Period:
        """The time that it reports on."""
        return Period(self.starts_on, self.ends_on)

    @property
    def is_open(self) -> bool:
        """Whether reports are being written."""
        return self.state in OPEN_STATES


OPEN_STATES = (PeriodState.OPEN, PeriodState.REOPENED)


class UpdateState(models.TextChoices):
    """Where the report on an activity stands."""

    DRAFT = "draft", pgettext_lazy("report on an activity", "being written")
    SUBMITTED = "submitted", pgettext_lazy("report on an activity", "submitted")
    RETURNED = "returned", pgettext_lazy("report on an activity", "returned")
    ACCEPTED = "accepted", pgettext_lazy("report on an activity", "accepted")


class Update(Tracked):
    """What is reported on one activity for one period: words and a status by those who did it, a status by those who assess it."""

    reporting = models.ForeignKey(ReportingPeriod, models.PROTECT, related_name="updates", verbose_name=_("reporting period"))
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="updates", verbose_name=_("activity"))
    state = models.CharField(_("state"), max_length=10, choices=UpdateState.choices, default=UpdateState.DRAFT)
    text_ka = models.TextField(_("what was done in the period"), blank=True)
    text_en = models.TextField(_("what was done in the period (English)"), blank=True)
    # «omitted» and «emptied» differ for what only a move asks for: a default keeps what a form without the field does not send
    declared = models.CharField(_("declared status"), max_length=40, blank=True, default="", choices=statuses.choices)
    documents = models.ManyToManyField("documents.Document", blank=True, related_name="+", verbose_name=_("documents as evidence"))
    submitted_on = models.DateField(_("submitted on"), null=True, blank=True, default=None)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("submitted by")
    )
    returned_on = models.DateField(_("returned on"), null=True, blank=True, default=None)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("returned by")
    )
    reason = models.TextField(_("why it was returned"), blank=True, default="")
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True, default=None)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("accepted by")
    )
    assessed = models.CharField(_("assessed status"), max_length=40, blank=True, default="", choices=statuses.choices)
    difference = models.TextField(_("why the statuses differ"), blank=True, default="")

    class Meta:
        verbose_name = _("report on an activity")
        verbose_name_plural = _("reports on activities")
        ordering = ["-reporting__starts_on", "activity__order", "pk"]
        constraints = [models.UniqueConstraint(fields=["reporting", "activity"], name="update_once")]

    def __str__(self) -> str:
        return f"{self.activity.code}, {self.reporting}"

    @property
    def to_be_written(self) -> bool:
        """Whether its text waits for those who did the work."""
        return self.state in TO_BE_WRITTEN


TO_BE_WRITTEN = (UpdateState.DRAFT, UpdateState.RETURNED)


class UpdateDraft(models.Model):
    """What one person has typed into a report and not saved yet. version: that of the report into which it was typed."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    update = models.ForeignKey(Update, models.CASCADE, related_name="drafts", verbose_name=_("report on an activity"))
    values = models.JSONField(default=dict)
    version = models.PositiveIntegerField()
    kept_at = models.DateTimeField(_("kept at"), auto_now=True)

    class Meta:
        verbose_name = _("report being typed")
        verbose_name_plural = _("reports being typed")
        constraints = [models.UniqueConstraint(fields=["person", "update"], name="update_draft_once")]

    def __str__(self) -> str:
        return str(self.update)


class ImportDraft(models.Model):
    """A file on its way to become a plan: as uploaded, as read, as mended by a person. Gone once it is imported."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(_("file name"), max_length=255)
    file = models.BinaryField()
    columns = models.JSONField(default=dict)
    read = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("plan being imported")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name
