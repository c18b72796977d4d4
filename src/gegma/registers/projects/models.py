"""Projects and programmes: who pays, who carries them out, for whom, and what is done in them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gegma.engine.codes import CodeField
from gegma.engine.models import Record, Titled, Tracked
from gegma.registers.directory.models import Organisation, Person, Unit
from gegma.registers.frameworks.models import Framework


class ProjectState(models.TextChoices):
    """From a first idea to the end."""

    CONCEPT = "concept", _("concept")
    SUBMITTED = "submitted", _("proposal submitted")
    REVIEW = "review", _("under review")
    APPROVED = "approved", _("approved")
    ACTIVE = "active", pgettext_lazy("project", "active")
    COMPLETED = "completed", _("completed")
    DECLINED = "declined", _("declined")
    SUSPENDED = "suspended", _("suspended")
    CANCELLED = "cancelled", _("cancelled")


class Publication(models.TextChoices):
    """Whether the public may read of it; apart from the state of the project."""

    DRAFT = "draft", _("not published")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class DepartmentRole(models.TextChoices):
    """What the department does in the project."""

    IMPLEMENTS = "implements", _("implements")
    COORDINATES = "coordinates", _("coordinates")


class Project(Record):
    """A project, programme or technical-assistance instrument."""

    number = models.CharField(_("project number"), max_length=60, blank=True)
    instrument = CodeField(_("instrument"), codelist="project-instrument", default="project")
    state = models.CharField(
        _("state"), max_length=12, choices=ProjectState.choices, default=ProjectState.CONCEPT
    )
    reason = models.TextField(_("reason"), blank=True)
    role = models.CharField(_("department's role"), max_length=12, choices=DepartmentRole.choices, blank=True)
    drafted_by_us = models.BooleanField(_("drafted by or with the division"), default=False)
    proposal_on = models.DateField(_("proposal date"), null=True, blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    budget = models.DecimalField(_("budget"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = CodeField(_("currency"), codelist="currency", blank=True)
    donors = models.ManyToManyField(
        Organisation, blank=True, related_name="projects_funded", verbose_name=_("donors")
    )
    implementers = models.ManyToManyField(
        Organisation,
        blank=True,
        related_name="projects_implemented",
        verbose_name=_("implementing organisations"),
    )
    beneficiaries = models.ManyToManyField(
        Unit, blank=True, related_name="projects", verbose_name=_("beneficiary units")
    )
    goal_ka = models.TextField(_("main goal"), blank=True)
    goal_en = models.TextField(_("main goal (English)"), blank=True)
    framework = models.ForeignKey(
        Framework, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("framework")
    )
    area = CodeField(_("area"), codelist="project-area", blank=True)
    sector = CodeField(_("sector (OECD DAC)"), codelist="dac-sector", blank=True)
    needs = models.ManyToManyField("needs.Need", blank=True, related_name="projects", verbose_name=_("needs served"))
    attache = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="projects_supported", verbose_name=_("supported by attaché"),
        limit_choices_to={"attache": True},
    )  # fmt: skip
    publishable = models.BooleanField(_("may be published"), default=True)
    publication = models.CharField(
        _("publication"), max_length=12, choices=Publication.choices, default=Publication.DRAFT
    )
    published_on = models.DateField(_("published on"), null=True, blank=True)

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["-starts_on"]
        indexes = [models.Index(fields=["starts_on", "ends_on"], name="project_span")]


class ProjectActivity(Titled):
    """One thing planned in a project, and when it was done."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="activities", verbose_name=_("project"))
    planned_from = models.DateField(_("planned from"), null=True, blank=True)
    planned_to = models.DateField(_("planned to"), null=True, blank=True)
    first_planned_to = models.DateField(_("first planned to"), null=True, blank=True, editable=False)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)

    class Meta:
        verbose_name = _("project activity")
        verbose_name_plural = _("project activities")
        ordering = ["planned_to", "pk"]
        indexes = [models.Index(fields=["planned_to"], name="project_activity_day")]


class MonitoringEntry(Tracked):
    """What was found when somebody looked at a project."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="monitoring", verbose_name=_("project"))
    on = models.DateField(_("date"))
    finding = models.TextField(_("finding"))
    rating = CodeField(_("rating"), codelist="monitoring-rating", blank=True)

    class Meta:
        verbose_name = _("monitoring entry")
        verbose_name_plural = _("monitoring entries")
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return f"{self.on:%d.%m.%Y}"
