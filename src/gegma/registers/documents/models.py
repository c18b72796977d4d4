"""Every written product of the department, and to whom it was delivered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gegma.engine.codes import CodeField
from gegma.engine.models import Record, Tracked
from gegma.registers.directory.models import Organisation, Unit
from gegma.registers.frameworks.models import Body, Framework


class DocumentState(models.TextChoices):
    """From the first draft to the addressee; the date of each is kept."""

    DRAFTING = "drafting", _("drafting")
    READY = "ready", _("ready")
    APPROVED = "approved", _("approved")
    DELIVERED = "delivered", _("delivered")


class Document(Record):
    """A report, strategy, opinion, proposal, briefing or other written product."""

    type = CodeField(_("type"), codelist="document-type")
    number = models.CharField(_("number"), max_length=60, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=DocumentState.choices, default=DocumentState.DRAFTING
    )
    started_on = models.DateField(_("begun on"), null=True, blank=True)
    ready_on = models.DateField(_("ready on"), null=True, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=200, blank=True)
    author_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("author unit")
    )
    author_organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents_written",
        verbose_name=_("author organisation"),
    )
    covers_from = models.DateField(_("covers from"), null=True, blank=True)
    covers_to = models.DateField(_("covers to"), null=True, blank=True)
    topic = CodeField(_("topic"), codelist="document-topic", blank=True)
    channel = CodeField(_("channel"), codelist="web-channel", blank=True)
    framework = models.ForeignKey(
        Framework,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("framework"),
    )
    body = models.ForeignKey(
        Body, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("body")
    )
    agreement = models.ForeignKey(
        "agreements.Agreement",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("agreement"),
    )
    project = models.ForeignKey(
        "projects.Project",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("project"),
    )
    training = models.ForeignKey(
        "trainings.Training",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("training"),
    )
    meeting = models.ForeignKey(
        "meetings.Meeting",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("meeting"),
    )
    needs = models.ManyToManyField("needs.Need", blank=True, related_name="packages", verbose_name=_("needs in the package"))

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-ready_on", "-pk"]
        indexes = [
            models.Index(fields=["type", "ready_on"], name="document_type_day"),
            models.Index(fields=["ready_on"], name="document_day"),
        ]


class Delivery(Tracked):
    """A document handed to somebody: to whom, when and how."""

    document = models.ForeignKey(
        Document, models.CASCADE, related_name="deliveries", verbose_name=_("document")
    )
    recipient = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name=_("recipient"),
    )
    recipient_unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name=_("recipient (unit)"),
    )
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    method = CodeField(_("how"), codelist="delivery-method", default="letter")
    meeting = models.ForeignKey(
        "meetings.Meeting",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name=_("at the meeting"),
    )

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries of documents")
        ordering = ["delivered_on", "pk"]
        indexes = [models.Index(fields=["delivered_on"], name="delivery_day")]

    def __str__(self) -> str:
        return str(self.recipient or self.recipient_unit or f"№ {self.pk}")
