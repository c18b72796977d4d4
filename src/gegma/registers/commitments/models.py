"""Obligations, recommendations and goals that the Ministry has taken on, by framework and cycle."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gegma.engine.codes import CodeField
from gegma.engine.models import Record
from gegma.registers.directory.models import Organisation, Unit
from gegma.registers.frameworks.models import Framework


class CommitmentState(models.TextChoices):
    """From the day it was received to its end; each end is of its own kind."""

    RECEIVED = "received", _("received")
    ACCEPTED = "accepted", _("accepted")
    NOTED = "noted", _("noted, not accepted")
    IN_PROGRESS = "in-progress", _("in progress")
    REPORTED = "reported", _("reported")
    ASSESSED = "assessed", _("assessed")
    CLOSED = "closed", _("closed")
    CARRIED_OVER = "carried-over", _("carried over")
    REVISED = "revised", _("revised")
    MERGED = "merged", _("merged")


OPEN = ("received", "accepted", "in-progress", "reported", "assessed")
UNDER_WAY = ("accepted", "in-progress", "reported", "assessed")
ENDED = ("noted", "closed", "carried-over", "revised", "merged")


class Fulfilment(models.TextChoices):
    """How far it is done: as we declare it, and as others assess it."""

    FULLY = "fully", _("fully done")
    MOSTLY = "mostly", _("mostly done")
    PARTIALLY = "partially", _("partially done")
    IN_PROGRESS = "in-progress", _("in progress")
    NOT_DONE = "not-done", _("not done")


class Commitment(Record):
    """One paragraph of what a framework asks of the Ministry in one cycle.

    previous points to the commitment that it goes on from, in the cycle before or in the wording before; so the chain is kept once and
    read both ways. What ends has its day in ended_on, whichever way it ended.
    """

    kind = CodeField(_("kind"), codelist="commitment-kind", default="recommendation")
    framework = models.ForeignKey(Framework, models.PROTECT, related_name="commitments", verbose_name=_("framework"))
    cycle = models.CharField(_("cycle"), max_length=100, blank=True)
    paragraph = models.CharField(_("paragraph"), max_length=60, blank=True)
    text_ka = models.TextField(_("text"), blank=True)
    text_en = models.TextField(_("text (English)"), blank=True)
    theme = CodeField(_("theme"), codelist="commitment-theme", blank=True)
    source = models.CharField(_("source document"), max_length=300, blank=True)
    source_on = models.DateField(_("date of the source document"), null=True, blank=True)
    source_url = models.URLField(_("address of the source document"), max_length=500, blank=True)

    state = models.CharField(_("state"), max_length=12, choices=CommitmentState.choices, default=CommitmentState.RECEIVED)
    proposed_on = models.DateField(_("proposed by us on"), null=True, blank=True)
    included_on = models.DateField(_("included on"), null=True, blank=True)
    received_on = models.DateField(_("received on"), null=True, blank=True)
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    started_on = models.DateField(_("work begun on"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    first_due_on = models.DateField(_("first due on"), null=True, blank=True, editable=False)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name=_("lead unit")
    )
    partners = models.ManyToManyField(Organisation, blank=True, related_name="commitments", verbose_name=_("partner bodies"))

    declared = models.CharField(_("declared status"), max_length=12, choices=Fulfilment.choices, blank=True)
    declared_on = models.DateField(_("declared on"), null=True, blank=True)
    assessed = models.CharField(_("assessed status"), max_length=12, choices=Fulfilment.choices, blank=True)
    assessed_on = models.DateField(_("assessed on"), null=True, blank=True)
    assessed_by = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="commitments_assessed", verbose_name=_("assessed by")
    )
    assessor = models.CharField(_("assessed by (others)"), max_length=200, blank=True)
    difference = models.TextField(_("why the two differ"), blank=True)

    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="successors", verbose_name=_("goes on from")
    )
    next_cycle = models.CharField(_("carried over to the cycle"), max_length=100, blank=True)
    revised_to = models.TextField(_("revised to"), blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["framework_id", "cycle", "paragraph"]
        indexes = [
            models.Index(fields=["framework", "cycle", "paragraph"], name="commitment_place"),
            models.Index(fields=["due_on"], name="commitment_due"),
        ]

    def __str__(self) -> str:
        """The title with the place: the same words stand in one cycle after another."""
        place = ", ".join(filter(None, [self.cycle, self.paragraph]))
        return f"{super().__str__()} ({place})" if place else super().__str__()
