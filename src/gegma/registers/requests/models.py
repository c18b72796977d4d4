"""Requests to and from the competent authorities of partner countries: register data only, never the content of a case."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gegma.engine.codes import CodeField
from gegma.engine.models import Record, Tracked
from gegma.registers.directory.models import Country, Organisation, Unit


class Direction(models.TextChoices):
    """Who asks: a unit of ours asks abroad, or a partner country asks us."""

    OUTGOING = "outgoing", _("outgoing")
    INCOMING = "incoming", _("incoming")


class Basis(models.TextChoices):
    """On what ground one asks."""

    AGREEMENT = "agreement", _("agreement")
    RECIPROCITY = "reciprocity", _("reciprocity")
    OTHER = "other", _("other basis")


class Urgency(models.TextChoices):
    """How soon it is needed; what is asked by word of mouth is confirmed in writing afterwards."""

    NORMAL = "normal", _("normal")
    URGENT = "urgent", _("urgent")
    VERBAL = "verbal-urgent", _("urgent, asked verbally")


class RequestState(models.TextChoices):
    """From the register to the answer, and to the archive."""

    REGISTERED = "registered", _("registered")
    CHECKED = "checked", _("checked")
    FORWARDED = "forwarded", _("forwarded to a unit")
    SENT = "sent", _("sent abroad")
    GOING = "in-execution", _("in execution")
    ANSWERED = "answered", _("answered")
    PARTLY = "partly", _("partly answered")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")
    CLOSED = "closed", _("closed")


OPEN = ("registered", "checked", "forwarded", "sent", "in-execution", "partly")
OUTCOMES = ("answered", "partly", "refused", "withdrawn")


class Outcome(models.TextChoices):
    """What became of it: kept when the record is closed."""

    ANSWERED = "answered", _("answered")
    PARTLY = "partly", _("partly answered")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")


class Request(Record):
    """A request. The title is its subject, in the words of the register."""

    direction = models.CharField(_("direction"), max_length=10, choices=Direction.choices, default=Direction.OUTGOING)
    our_number = models.CharField(_("our number"), max_length=40, blank=True)
    their_number = models.CharField(_("their number"), max_length=60, blank=True)
    country = models.ForeignKey(Country, models.PROTECT, related_name="requests", verbose_name=_("partner country"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("partner authority")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("unit of the Ministry")
    )
    basis = models.CharField(_("basis"), max_length=12, choices=Basis.choices, blank=True)
    agreement = models.ForeignKey(
        "agreements.Agreement", models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("agreement")
    )
    urgency = models.CharField(_("urgency"), max_length=14, choices=Urgency.choices, default=Urgency.NORMAL)
    state = models.CharField(_("state"), max_length=14, choices=RequestState.choices, default=RequestState.REGISTERED)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, blank=True, editable=False)
    refusal_ground = CodeField(_("ground of refusal"), codelist="refusal-ground", blank=True)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    registered_on = models.DateField(_("registered on"))
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    forwarded_on = models.DateField(_("forwarded on"), null=True, blank=True)
    sent_on = models.DateField(_("sent on"), null=True, blank=True)
    acknowledged_on = models.DateField(_("acknowledged on"), null=True, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    reopened_on = models.DateField(_("reopened on"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    first_due_on = models.DateField(_("first due on"), null=True, blank=True, editable=False)
    confirm_by = models.DateField(_("written confirmation due"), null=True, blank=True)
    first_confirm_by = models.DateField(_("written confirmation first due"), null=True, blank=True, editable=False)
    confirmed_on = models.DateField(_("written confirmation received"), null=True, blank=True)
    next_check_on = models.DateField(_("next check on"), null=True, blank=True)
    # what follows from the columns above, kept so that the database can look it up and hold it unique
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True, editable=False)
    serial = models.PositiveBigIntegerField(_("serial number"), null=True, blank=True, editable=False)
    passed_on = models.DateField(_("sent or received on"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["-registered_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "direction", "our_number"], condition=~models.Q(our_number=""), name="request_our_number"
            ),
            models.UniqueConstraint(
                fields=["year", "direction", "their_number"], condition=~models.Q(their_number=""), name="request_their_number"
            ),
        ]
        indexes = [
            models.Index(fields=["direction", "sent_on"], name="request_sent"),
            models.Index(fields=["direction", "received_on"], name="request_received"),
            models.Index(fields=["country", "passed_on"], name="request_balance"),
            models.Index(fields=["due_on"], name="request_due"),
            models.Index(fields=["confirm_by"], name="request_confirm"),
            models.Index(fields=["next_check_on"], name="request_check"),
            models.Index(fields=["year", "direction", "serial"], name="request_serial"),
            models.Index(fields=["-registered_on", "-id"], name="request_newest"),
            models.Index(fields=["country", "-registered_on", "-id"], name="request_lately"),
        ]

    def clean(self):
        """Keep what follows from the rest: the year, the number in figures, the day it was passed on, the outcome."""
        self.our_number, self.their_number = " ".join(self.our_number.split()), " ".join(self.their_number.split())
        self.year = self.registered_on.year if self.registered_on else None
        plain = self.our_number.isascii() and self.our_number.isdecimal() and len(self.our_number) < 12
        self.serial = int(self.our_number) if plain else None
        self.passed_on = self.received_on if self.direction == Direction.INCOMING else self.sent_on
        if self.state != RequestState.CLOSED:  # a closed record keeps what became of it
            self.outcome = self.state if self.state in OUTCOMES else ""


class Language(models.TextChoices):
    """What a letter is written in."""

    GEORGIAN = "ka", _("Georgian")
    ENGLISH = "en", _("English")


class Reminder(Tracked):
    """A letter, or a call, that asks for the answer."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="reminders", verbose_name=_("request"))
    sent_on = models.DateField(_("reminded on"))
    addressee = models.CharField(_("addressee"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.GEORGIAN)
    subject = models.CharField(_("subject of the letter"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True, max_length=10_000)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["sent_on", "pk"]

    def __str__(self) -> str:
        return f"{self.sent_on:%d.%m.%Y}"
