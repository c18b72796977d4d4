"""Editions: reports as they were sent. An edition never changes; what happens to it later stands beside it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gegma.kernel.periods import Period
from gegma.kernel.text import pick


class Edition(models.Model):
    """A report with all that it was made of: figures, records counted and left out, texts, files, and one hash over all of it.

    content is what editions.freeze() wrote; sha256 is the hash of its canonical text. Written once and never again.
    """

    plan = models.ForeignKey("plan.Plan", models.PROTECT, related_name="editions", verbose_name=_("plan"))
    report = models.CharField(_("report"), max_length=40, default="progress")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    division = models.CharField(_("division"), max_length=40, blank=True)
    title_ka = models.CharField(_("title"), max_length=500)
    title_en = models.CharField(_("title (English)"), max_length=500, blank=True)
    moment = models.DateTimeField(_("frozen at"))
    today = models.DateField(_("as of"))
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("frozen by"))
    frozen_by_name = models.CharField(max_length=200)
    content = models.JSONField(_("content"))
    sha256 = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-moment", "-pk"]

    def __str__(self) -> str:
        return pick(self, "title")

    @property
    def number(self) -> str:
        """How people quote it."""
        return f"E-{self.pk}"

    @property
    def period(self) -> Period:
        """The time that it reports on."""
        return Period(self.starts_on, self.ends_on)

    @property
    def sent_on(self) -> dt.date | None:
        """The day on which it was first sent."""
        return min((one.on for one in self.sendings.all()), default=None)


class EditionFile(models.Model):
    """A file of an edition, byte for byte."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="files", verbose_name=_("edition"))
    form = models.CharField(_("form"), max_length=8)
    lang = models.CharField(_("language"), max_length=2)
    name = models.CharField(_("file name"), max_length=200)
    size = models.BigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, db_index=True)
    data = models.BinaryField()

    class Meta:
        verbose_name = _("file of an edition")
        verbose_name_plural = _("files of an edition")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class EditionRecord(models.Model):
    """That a record stands in an edition: so the record's page can say so without reading every edition."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="records")
    register = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    counted = models.BooleanField()

    class Meta:
        verbose_name = _("record of an edition")
        indexes = [models.Index(fields=["register", "record_id"], name="edition_record")]

    def __str__(self) -> str:
        return f"{self.register}/{self.record_id}"


class Sending(models.Model):
    """That an edition was sent: when, to whom, under what number. An edition may be sent more than once."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="sendings", verbose_name=_("edition"))
    on = models.DateField(_("sent on"))
    to = models.CharField(_("sent to"), max_length=300)
    letter = models.CharField(_("number of the letter"), max_length=100, blank=True)
    by_name = models.CharField(_("entered by"), max_length=200)
    entered_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    class Meta:
        verbose_name = _("sending")
        verbose_name_plural = _("sendings")
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return f"{self.on:%d.%m.%Y} {self.to}"


class WordTemplate(models.Model):
    """A version of a department's own Word template for a report in one language. Written by word_templates.store; its bytes never change."""

    report = models.CharField(_("report"), max_length=40)
    language = models.CharField(_("language"), max_length=2)
    number = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("file name"), max_length=200)
    size = models.BigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    data = models.BinaryField()
    in_use = models.BooleanField(_("in use"), default=False)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("uploaded by"))
    uploaded_by_name = models.CharField(max_length=200)
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)

    class Meta:
        verbose_name = _("Word template")
        verbose_name_plural = _("Word templates")
        ordering = ["report", "language", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "language", "number"], name="template_version_once"),
            models.UniqueConstraint(fields=["report", "language"], condition=models.Q(in_use=True), name="template_in_use_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


class OwnReport(models.Model):
    """A report that a person has put together: a register, the filters of its list, columns, and words before. Written by catalogue.own."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="own_reports", verbose_name=_("owner"))
    title_ka = models.CharField(_("title"), max_length=200, blank=True)
    title_en = models.CharField(_("title (English)"), max_length=200, blank=True)
    before = models.TextField(_("words before the table"), max_length=5000, blank=True)
    register = models.CharField(_("register"), max_length=40)
    address = models.TextField(_("filters"), max_length=4000, blank=True)
    columns = models.JSONField(_("columns"), default=list)
    day = models.CharField(_("day by which the period chooses"), max_length=60, blank=True)
    shared = models.BooleanField(_("shared with everybody"), default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("report of one's own")
        verbose_name_plural = _("reports of one's own")
        ordering = ["title_ka", "pk"]

    def __str__(self) -> str:
        return pick(self, "title")


# The models of the background stand in a file of their own; Django looks for them here.
from .job_models import Delivery, Ending, Every, Job, JobFile, JobState, LeftOut, Schedule, Stage  # noqa: E402, F401
