"""Meetings of every kind, visits among them, and what was decided there."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gegma.engine.codes import CodeField
from gegma.engine.models import Record, Titled
from gegma.registers.directory.models import Country, Organisation, Person, Unit
from gegma.registers.frameworks.models import Body, Framework


class MeetingState(models.TextChoices):
    """Planned, then held or cancelled."""

    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")


class Level(models.TextChoices):
    """The highest level at which the ministry took part."""

    EXPERT = "expert", _("expert")
    HEAD = "head", _("head of department")
    DEPUTY = "deputy-minister", _("deputy minister")
    MINISTER = "minister", _("minister")


class Meeting(Record):
    """A meeting, sitting, session, negotiation, consultation, seminar, forum or visit."""

    kind = CodeField(_("kind"), codelist="meeting-kind")
    state = models.CharField(
        _("state"), max_length=12, choices=MeetingState.choices, default=MeetingState.PLANNED
    )
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    country = models.ForeignKey(
        Country,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings_held",
        verbose_name=_("country (place)"),
    )
    international = models.BooleanField(_("international"), default=False)
    thematic = models.BooleanField(_("thematic"), default=False)
    level = models.CharField(_("level"), max_length=20, choices=Level.choices, blank=True)
    purpose = CodeField(_("purpose"), codelist="meeting-purpose", blank=True)
    body = models.ForeignKey(
        Body, models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("body")
    )
    framework = models.ForeignKey(
        Framework, models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("framework")
    )
    agreement = models.ForeignKey(
        "agreements.Agreement",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("agreement"),
    )
    project = models.ForeignKey(
        "projects.Project",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("project"),
    )
    organisations = models.ManyToManyField(
        Organisation, blank=True, related_name="meetings", verbose_name=_("partner organisations")
    )
    partner_countries = models.ManyToManyField(
        Country, blank=True, related_name="meetings", verbose_name=_("partner countries")
    )
    units = models.ManyToManyField(
        Unit, blank=True, related_name="meetings", verbose_name=_("units taking part")
    )
    attended = models.BooleanField(_("attended by the Ministry"), default=True)
    attache = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="meetings_supported", verbose_name=_("supported by attaché"),
        limit_choices_to={"attache": True},
    )  # fmt: skip
    approved_on = models.DateField(_("approved by the partner on"), null=True, blank=True)
    agenda = models.TextField(_("agenda"), blank=True)
    summary = models.TextField(_("summary"), blank=True)
    programme = models.TextField(_("programme of the visit"), blank=True)
    delegation = models.ManyToManyField(
        Person, blank=True, related_name="delegations", verbose_name=_("delegation")
    )

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings and visits")
        ordering = ["-starts_on"]
        indexes = [
            models.Index(fields=["kind", "starts_on"], name="meeting_kind_day"),
            models.Index(fields=["starts_on"], name="meeting_day"),
        ]


class DecisionState(models.TextChoices):
    """Open, then done, then confirmed by whoever asked for it."""

    OPEN = "open", _("open")
    DONE = "done", _("done")
    CONFIRMED = "confirmed", _("confirmed")


class Decision(Titled):
    """What a meeting decided. The title is its text. The first due date stays when the due date is moved."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="decisions", verbose_name=_("meeting"))
    number = models.CharField(_("number"), max_length=20, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("who (unit)")
    )
    who = models.CharField(_("who (others)"), max_length=200, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    first_due_on = models.DateField(_("first due on"), null=True, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=DecisionState.choices, default=DecisionState.OPEN
    )
    done_on = models.DateField(_("done on"), null=True, blank=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["due_on"], name="decision_day")]
