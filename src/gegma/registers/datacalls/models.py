"""Questions sent to units and agencies, whom they went to, and who has answered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gegma.engine.codes import CodeField
from gegma.engine.models import Record, Titled
from gegma.registers.directory.models import Organisation, Unit
from gegma.registers.frameworks.models import Framework


class CallState(models.TextChoices):
    """Written, sent to its addressees, then closed: nobody is waited for any more."""

    DRAFTING = "drafting", _("drafting")
    SENT = "sent", _("sent")
    CLOSED = "closed", _("closed")


class DataCall(Record):
    """A request for information: the same questions to several units or agencies."""

    kind = CodeField(_("kind"), codelist="data-call-kind")
    state = models.CharField(_("state"), max_length=12, choices=CallState.choices, default=CallState.DRAFTING)
    framework = models.ForeignKey(
        Framework, models.PROTECT, null=True, blank=True, related_name="data_calls", verbose_name=_("framework")
    )
    questions = models.TextField(_("questions"), blank=True)
    sent_on = models.DateField(_("sent on"), null=True, blank=True)
    due_on = models.DateField(_("replies due on"), null=True, blank=True)
    first_due_on = models.DateField(_("replies first due on"), null=True, blank=True, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    reminder = models.TextField(_("text of the reminder"), blank=True)

    class Meta:
        verbose_name = _("data call")
        verbose_name_plural = _("data calls")
        ordering = ["-due_on", "-pk"]
        indexes = [models.Index(fields=["due_on"], name="data_call_due")]


class CallReply(Titled):
    """An addressee of a call and the reply that came. The title names an addressee that the directory lacks."""

    call = models.ForeignKey(DataCall, models.CASCADE, related_name="replies", verbose_name=_("data call"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="call_replies", verbose_name=_("addressee unit")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="call_replies", verbose_name=_("addressee agency")
    )
    due_on = models.DateField(_("reply due on"), null=True, blank=True)
    first_due_on = models.DateField(_("reply first due on"), null=True, blank=True, editable=False)
    replied_on = models.DateField(_("replied on"), null=True, blank=True)
    number = models.CharField(_("number of the reply"), max_length=60, blank=True)
    reply = models.TextField(_("reply"), blank=True)
    reminded_on = models.DateField(_("reminded on"), null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0, editable=False)

    class Meta:
        verbose_name = _("addressee and reply")
        verbose_name_plural = _("replies to data calls")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "unit"], name="call_unit_once", violation_error_message=_("This unit is among the addressees already.")
            ),
            models.UniqueConstraint(
                fields=["call", "organisation"], name="call_organisation_once",
                violation_error_message=_("This agency is among the addressees already."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["due_on"], name="call_reply_due")]

    def __str__(self) -> str:
        return str(self.unit or self.organisation or super().__str__())
