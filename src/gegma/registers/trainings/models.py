"""Trainings and the people trained."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gegma.engine.codes import CodeField
from gegma.engine.models import Record, Tracked
from gegma.registers.directory.models import Country, Organisation, Person, Sex, Unit
from gegma.registers.frameworks.models import Framework


class EventState(models.TextChoices):
    """Planned, then held or cancelled."""

    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")


class Training(Record):
    """A training, course, seminar, study visit or e-learning."""

    kind = CodeField(_("kind"), codelist="training-kind", default="training")
    state = models.CharField(
        _("state"), max_length=12, choices=EventState.choices, default=EventState.PLANNED
    )
    purpose = CodeField(_("purpose"), codelist="training-purpose", default="skills")
    audience = CodeField(_("audience"), codelist="training-audience", default="ministry-staff")
    topic = CodeField(_("topic"), codelist="training-topic", blank=True)
    organisers = models.ManyToManyField(
        Organisation, blank=True, related_name="trainings", verbose_name=_("organisers")
    )
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    hours = models.DecimalField(
        _("duration, hours"),
        max_digits=6,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    place = models.CharField(_("place"), max_length=200, blank=True)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="trainings", verbose_name=_("country")
    )
    project = models.ForeignKey(
        "projects.Project",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="trainings",
        verbose_name=_("project"),
    )
    framework = models.ForeignKey(
        Framework,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="trainings",
        verbose_name=_("framework"),
    )
    attache = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="trainings_supported", verbose_name=_("supported by attaché"),
        limit_choices_to={"attache": True},
    )  # fmt: skip
    approved_on = models.DateField(_("approved by the partner on"), null=True, blank=True)

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("trainings")
        ordering = ["-starts_on"]
        indexes = [
            models.Index(fields=["ends_on"], name="training_day"),
            models.Index(fields=["starts_on"], name="training_first_day"),
        ]


class ParticipationState(models.TextChoices):
    """Registered, then completed or not."""

    REGISTERED = "registered", _("registered")
    COMPLETED = "completed", _("completed")
    NOT_COMPLETED = "not-completed", _("not completed")


class Participation(Tracked):
    """A person in a training or, where names must not be kept, a number of people of one sex and unit."""

    training = models.ForeignKey(
        Training, models.CASCADE, related_name="participations", verbose_name=_("training")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="participations", verbose_name=_("person")
    )
    headcount = models.PositiveIntegerField(
        _("number of people"), default=1, validators=[MinValueValidator(1)]
    )
    sex = models.CharField(_("sex"), max_length=1, choices=Sex.choices, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="participations", verbose_name=_("unit")
    )
    state = models.CharField(
        _("state"), max_length=16, choices=ParticipationState.choices, default=ParticipationState.REGISTERED
    )
    score_before = models.DecimalField(
        _("score before"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    score_after = models.DecimalField(_("score after"), max_digits=5, decimal_places=1, null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField(
        _("satisfaction, 1 to 5"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
    )

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("people trained")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["training", "person"], name="participation_once")]

    def __str__(self) -> str:
        return str(self.person) if self.person_id else f"{self.headcount} × {self.get_sex_display() or '—'}"

    def clean(self):
        """One person counts once; sex and unit come from the person where they are known there."""
        if self.person_id:
            if self.headcount != 1:
                raise ValidationError({"headcount": _("A named person counts as one.")})
            self.sex = self.sex or self.person.sex
            self.unit = self.unit or self.person.unit
