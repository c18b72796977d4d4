"""What was done to fulfil commitments; one action may serve several."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gegma.engine.models import Record
from gegma.registers.directory.models import Unit


class Action(Record):
    """One thing done, or planned as long as it has no day. Its evidence are documents, and the files at it."""

    description_ka = models.TextField(_("description"), blank=True)
    description_en = models.TextField(_("description (English)"), blank=True)
    commitments = models.ManyToManyField("commitments.Commitment", blank=True, related_name="actions", verbose_name=_("commitments"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="actions", verbose_name=_("done by"))
    documents = models.ManyToManyField(
        "documents.Document", blank=True, related_name="actions", verbose_name=_("evidence (documents)")
    )
    meeting = models.ForeignKey(
        "meetings.Meeting", models.PROTECT, null=True, blank=True, related_name="actions", verbose_name=_("meeting")
    )
    training = models.ForeignKey(
        "trainings.Training", models.PROTECT, null=True, blank=True, related_name="actions", verbose_name=_("training")
    )
    project = models.ForeignKey(
        "projects.Project", models.PROTECT, null=True, blank=True, related_name="actions", verbose_name=_("project")
    )

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions on commitments")
        ordering = ["-done_on", "-pk"]
        indexes = [models.Index(fields=["done_on"], name="action_day")]
