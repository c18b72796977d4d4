"""What units of the Ministry need, scored, ranked and offered to donors."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gegma.engine.codes import CodeField
from gegma.engine.models import Record
from gegma.registers.directory.models import Unit


class NeedState(models.TextChoices):
    """From the day it was found to the day it was met; the day of each step is kept."""

    IDENTIFIED = "identified", _("identified")
    PRIORITISED = "prioritised", _("prioritised")
    PACKAGED = "packaged", _("packaged")
    IN_PROJECT = "in-project", _("in a project")
    MET = "met", pgettext_lazy("need", "met")
    DROPPED = "dropped", _("dropped")


class NeedSource(models.TextChoices):
    """How it was found: units were asked, or it follows from what the Ministry has taken on."""

    QUESTIONNAIRE = "questionnaire", _("questionnaire")
    COMMITMENT = "commitment", _("commitment")


class Score(models.IntegerChoices):
    """Five steps, for impact, urgency and feasibility alike."""

    VERY_LOW = 1, _("1 – very low")
    LOW = 2, _("2 – low")
    MEDIUM = 3, _("3 – medium")
    HIGH = 4, _("4 – high")
    VERY_HIGH = 5, _("5 – very high")


class Need(Record):
    """One thing that a unit lacks for its work."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="needs", verbose_name=_("unit"))
    area = CodeField(_("area"), codelist="project-area", blank=True)
    description_ka = models.TextField(_("description"), blank=True)
    description_en = models.TextField(_("description (English)"), blank=True)
    state = models.CharField(_("state"), max_length=12, choices=NeedState.choices, default=NeedState.IDENTIFIED)
    reason = models.TextField(_("reason"), blank=True)
    source = models.CharField(_("source"), max_length=14, choices=NeedSource.choices, default=NeedSource.QUESTIONNAIRE)
    questionnaire = models.CharField(_("questionnaire, reference"), max_length=120, blank=True)
    questionnaire_on = models.DateField(_("date of the questionnaire"), null=True, blank=True)
    commitments = models.ManyToManyField(
        "commitments.Commitment", blank=True, related_name="needs", verbose_name=_("commitments that it follows from")
    )
    impact = models.PositiveSmallIntegerField(_("impact"), choices=Score.choices, null=True, blank=True)
    urgency = models.PositiveSmallIntegerField(pgettext_lazy("need", "urgency"), choices=Score.choices, null=True, blank=True)
    feasibility = models.PositiveSmallIntegerField(_("feasibility"), choices=Score.choices, null=True, blank=True)
    cost = models.DecimalField(
        _("estimated cost"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = CodeField(_("currency"), codelist="currency", blank=True)
    identified_on = models.DateField(_("identified on"), null=True, blank=True)
    prioritised_on = models.DateField(_("prioritised on"), null=True, blank=True)
    packaged_on = models.DateField(_("packaged on"), null=True, blank=True)
    project_on = models.DateField(_("in a project since"), null=True, blank=True)
    met_on = models.DateField(_("met on"), null=True, blank=True)
    dropped_on = models.DateField(_("dropped on"), null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("register", "need")
        verbose_name_plural = _("needs")
        ordering = ["-identified_on", "-pk"]
        indexes = [
            models.Index(fields=["source", "identified_on"], name="need_source_day"),
            models.Index(fields=["impact", "urgency"], name="need_cell"),
        ]
