"""How personal data is protected: what went to others and on what basis, incidents, requests of people, legal holds, terms, erasures."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gegma.engine import personal, registry
from gegma.engine.codes import CodeField
from gegma.engine.models import Record, Tracked
from gegma.kernel import dates
from gegma.registers.directory.models import Country, Organisation, Person


class To(models.TextChoices):
    """Who received the data."""

    PERSON = "person", _("the person concerned")
    ABROAD = "abroad", _("a body abroad")
    HOME = "home", _("another body at home")


class Disclosure(Record):
    """Personal data that was given to somebody outside the Ministry, and on what basis. The title says what was given."""

    to = models.CharField(_("given to"), max_length=8, choices=To.choices)
    recipient = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="disclosures", verbose_name=_("recipient")
    )
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="disclosures", verbose_name=_("country of the recipient")
    )
    basis = CodeField(_("basis"), codelist="disclosure-basis")
    agreement = models.ForeignKey(
        "agreements.Agreement", models.PROTECT, null=True, blank=True, related_name="disclosures", verbose_name=_("agreement")
    )
    category = CodeField(_("category of data"), codelist="data-category")
    details = models.TextField(_("what data exactly"), blank=True)
    persons = models.ManyToManyField(Person, blank=True, related_name="disclosures", verbose_name=_("persons concerned"))
    persons_count = models.PositiveIntegerField(_("number of persons concerned"), null=True, blank=True)
    disclosed_on = models.DateField(_("given on"), default=dates.today)
    decided_by = models.CharField(_("decided by"), max_length=200, blank=True)
    request = models.ForeignKey(
        "requests.Request", models.PROTECT, null=True, blank=True, related_name="disclosures", verbose_name=_("with the request")
    )
    document = models.ForeignKey(
        "documents.Document", models.PROTECT, null=True, blank=True, related_name="disclosures", verbose_name=_("with the document")
    )
    delivery = models.ForeignKey(
        "documents.Delivery", models.SET_NULL, null=True, blank=True, related_name="disclosures", verbose_name=_("by the delivery")
    )

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures of personal data")
        ordering = ["-disclosed_on", "-pk"]
        indexes = [models.Index(fields=["disclosed_on"], name="disclosure_day")]


class IncidentState(models.TextChoices):
    """The clock runs while it is open."""

    OPEN = "open", pgettext_lazy("incident", "open")
    NOTIFIED = "notified", _("authority notified")
    NO_NOTICE = "no-notice", _("no notification needed")
    CLOSED = "closed", _("closed")


class Incident(Record):
    """A breach of the protection of personal data. The title says what happened."""

    state = models.CharField(_("state"), max_length=12, choices=IncidentState.choices, default=IncidentState.OPEN)
    kind = CodeField(_("kind"), codelist="incident-kind")
    discovered_at = models.DateTimeField(_("discovered at"))
    notify_by = models.DateTimeField(_("authority to be notified by"), null=True, blank=True, editable=False)
    notify_on = models.DateField(_("day of the notification"), null=True, blank=True, editable=False)
    notified_at = models.DateTimeField(_("authority notified at"), null=True, blank=True)
    reference = models.CharField(_("number of the notification"), max_length=60, blank=True)
    category = CodeField(_("category of data"), codelist="data-category", blank=True)
    persons_count = models.PositiveIntegerField(_("number of persons concerned"), null=True, blank=True)
    persons_informed_on = models.DateField(_("persons informed on"), null=True, blank=True)
    description = models.TextField(_("what happened"), blank=True)
    assessment = models.TextField(_("assessment of the risk"), blank=True)
    measures = models.TextField(_("measures taken"), blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents with personal data")
        ordering = ["-discovered_at", "-pk"]

    def clean(self):
        """The hour by which the authority is to be notified follows from that of the discovery."""
        super().clean()
        if isinstance(self.discovered_at, dt.datetime):
            self.discovered_at = self.discovered_at.replace(second=0, microsecond=0)
            self.notify_by = self.discovered_at + dt.timedelta(hours=settings.INCIDENT_HOURS)
            self.notify_on = timezone.localdate(self.notify_by)


class Wish(models.TextChoices):
    """What a person asks for."""

    ACCESS = "access", _("to be told and given what is kept")
    CORRECTION = "correction", _("correction")
    ERASURE = "erasure", _("erasure")
    BLOCKING = "blocking", _("blocking")
    OTHER = "other", pgettext_lazy("request of a person", "other")


class WishState(models.TextChoices):
    """Open until it is answered or refused."""

    OPEN = "open", pgettext_lazy("request", "open")
    ANSWERED = "answered", _("answered")
    REFUSED = "refused", _("refused")


class PersonRequest(Record):
    """A person's request about their own data. The title is its subject."""

    kind = models.CharField(_("what is asked for"), max_length=12, choices=Wish.choices, default=Wish.ACCESS)
    state = models.CharField(_("state"), max_length=10, choices=WishState.choices, default=WishState.OPEN)
    applicant = models.CharField(_("who asks"), max_length=200)
    contact = models.CharField(_("how to reach them"), max_length=200, blank=True)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="data_requests", verbose_name=_("in the directory")
    )
    received_on = models.DateField(_("received on"))
    due_on = models.DateField(_("answer due on"), null=True, blank=True)
    first_due_on = models.DateField(_("answer first due on"), null=True, blank=True, editable=False)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("request of a person")
        verbose_name_plural = _("requests of people about their data")
        ordering = ["due_on", "pk"]


def held_registers() -> list[tuple[str, str]]:
    """The registers whose records may be put on hold: those with data on people."""
    return [(spec.key, spec.title) for spec in registry.everything() if spec.personal]


class Hold(Tracked):
    """A legal hold: while it stands, nothing of this person or record is anonymised."""

    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="holds", verbose_name=_("person"))
    register = models.CharField(_("register"), max_length=60, choices=held_registers, blank=True)
    number = models.BigIntegerField(_("number of the record"), null=True, blank=True, validators=[MinValueValidator(1)])
    reason = models.TextField(_("reason"))
    since = models.DateField(_("in force since"), default=dates.today)
    lifted_on = models.DateField(_("lifted on"), null=True, blank=True)

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ["-since", "-pk"]

    def __str__(self) -> str:
        if self.person_id:
            return str(self.person)
        spec = registry.find(self.register)
        return f"{spec.singular} {spec.prefix}-{self.number}" if spec else f"№ {self.pk}"


class RetentionTerm(Tracked):
    """How long data on people is kept, where it is another time than the declaration says. The latest decision counts."""

    source = models.CharField(_("data"), max_length=60, choices=personal.terms)
    years = models.PositiveSmallIntegerField(_("years"))
    act = models.CharField(_("set by (act, number)"), max_length=300, blank=True)
    decided_on = models.DateField(_("decided on"), default=dates.today)

    class Meta:
        verbose_name = _("retention term")
        verbose_name_plural = _("retention terms")
        ordering = ["source", "-decided_on", "-pk"]

    def __str__(self) -> str:
        return dict(personal.terms()).get(self.source, self.source)


class Erasure(models.Model):
    """That data on people was taken away: of which record, when, why and by whom, without the data. Done again after a restore.

    mark: what the record is known by, so that another one under the same number is let alone.
    """

    uid = models.UUIDField(unique=True)
    at = models.DateTimeField(_("when"))
    source = models.CharField(_("data"), max_length=60)
    record_id = models.BigIntegerField(_("record"))
    mark = models.CharField(max_length=64)
    reason = models.CharField(_("reason"), max_length=300)
    by_name = models.CharField(_("by whom"), max_length=200)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["source", "record_id"], name="erasure_record")]

    def __str__(self) -> str:
        return f"{self.source}/{self.record_id}"
