"""Treaties and memoranda: what they are, with whom, and the dated steps from which their stage follows."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gegma.engine.codes import CodeField
from gegma.engine.models import Record, Tracked
from gegma.registers.directory.models import Country, Organisation


class LegalForce(models.TextChoices):
    """Said of a text only where its kind says otherwise."""

    NOT_BINDING = "not-binding", _("not legally binding")


class Agreement(Record):
    """A treaty, convention, protocol or memorandum. An amendment is an agreement of its own under its parent."""

    number = models.CharField(_("number"), max_length=60, blank=True)
    kind = CodeField(_("kind"), codelist="agreement-kind")
    multilateral = models.BooleanField(_("multilateral"), default=False)
    legal_force = models.CharField(_("legal force"), max_length=12, choices=LegalForce.choices, blank=True)
    area = CodeField(pgettext_lazy("agreement", "field"), codelist="agreement-field", blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="amendments", verbose_name=_("amends, or stands under")
    )
    countries = models.ManyToManyField(
        Country, blank=True, related_name="agreements", verbose_name=_("party countries")
    )
    organisations = models.ManyToManyField(
        Organisation, blank=True, related_name="agreements", verbose_name=_("party organisations")
    )
    signed_at = models.CharField(_("place of signature"), max_length=200, blank=True)
    depositary = models.CharField(_("depositary"), max_length=200, blank=True)
    languages = models.CharField(_("languages of the text"), max_length=200, blank=True)
    expires_on = models.DateField(_("in force until"), null=True, blank=True)
    first_expires_on = models.DateField(_("at first in force until"), null=True, blank=True, editable=False)
    renews_years = models.PositiveSmallIntegerField(_("renews itself for, years"), null=True, blank=True)
    notice_by = models.DateField(_("notice by"), null=True, blank=True)
    first_notice_by = models.DateField(_("at first notice by"), null=True, blank=True, editable=False)
    # What the steps have come to, kept by engine.write so that lists need not walk them; queries.stage_today() reads it.
    reached = models.CharField(_("reached by its steps"), max_length=12, default="none", editable=False)
    reached_on = models.DateField(_("reached on"), null=True, editable=False)
    changes_on = models.DateField(_("next step takes effect on"), null=True, editable=False)
    answer_days = models.PositiveSmallIntegerField(_("days to answer a request"), null=True, blank=True)

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["title_ka"]
        indexes = [
            models.Index(fields=["expires_on"], name="agreement_expiry"),
            models.Index(fields=["notice_by"], name="agreement_notice"),
        ]

    @property
    def binds(self) -> bool:
        """Whether it binds in law, and so needs consent before it enters into force. A memorandum never does."""
        return self.kind != "memorandum" and self.legal_force != LegalForce.NOT_BINDING


class StepKind(models.TextChoices):
    """What can happen to an agreement, in the order in which it mostly does; domain.py says what may follow what."""

    CONSIDERED = "considered", pgettext_lazy("step", "considered")
    INITIATED = "initiated", pgettext_lazy("step", "initiated")
    DRAFTED = "drafted", pgettext_lazy("step", "draft prepared")
    OPINIONS = "opinions", pgettext_lazy("step", "opinions collected")
    INITIALLED = "initialled", pgettext_lazy("step", "initialled")
    SIGNED = "signed", pgettext_lazy("step", "signed")
    PROCEDURES = "procedures", pgettext_lazy("step", "internal procedures begun")
    CONSENTED = "consented", pgettext_lazy("step", "consent to be bound expressed (ratified)")
    NOTIFIED = "notified", pgettext_lazy("step", "internal procedures notified")
    PROVISIONAL = "provisional", pgettext_lazy("step", "provisional application begun")
    IN_FORCE = "in-force", pgettext_lazy("step", "entered into force")
    AMENDED = "amended", pgettext_lazy("step", "amended")
    EXTENDED = "extended", pgettext_lazy("step", "extended")
    SUSPENDED = "suspended", pgettext_lazy("step", "suspended")
    RESUMED = "resumed", pgettext_lazy("step", "resumed")
    TERMINATED = "terminated", pgettext_lazy("step", "terminated or denounced")
    SUPERSEDED = "superseded", pgettext_lazy("step", "superseded by another")


class AgreementStep(Tracked):
    """One dated step. Without a party it is our own, or one of the agreement as a whole: from these the stage follows."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="steps", verbose_name=_("agreement"))
    kind = models.CharField(pgettext_lazy("agreement", "step"), max_length=12, choices=StepKind.choices)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("party (country)")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("party (organisation)")
    )
    action_on = models.DateField(_("done on"))
    effective_on = models.DateField(_("effective on"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("step of an agreement")
        verbose_name_plural = _("steps of agreements")
        ordering = ["action_on", "pk"]
        indexes = [
            models.Index(fields=["kind", "action_on"], name="agreementstep_kind_day"),
            models.Index(fields=["agreement", "action_on"], name="agreementstep_agreement_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.action_on:%d.%m.%Y}" if self.action_on else str(self.get_kind_display())

    @property
    def day(self):
        """The day from which it counts."""
        return self.effective_on or self.action_on

    @property
    def party(self):
        """Whose step it is; None where it is ours or of the agreement as a whole."""
        return self.country or self.organisation
