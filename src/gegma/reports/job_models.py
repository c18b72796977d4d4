"""Reports that are made in the background, and own reports that come by themselves. Written by jobs and schedules."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class JobState(models.TextChoices):
    """Where the making of a report stands."""

    WAITING = "waiting", pgettext_lazy("making of a report", "waiting")
    RUNNING = "running", pgettext_lazy("making of a report", "being made")
    DONE = "done", pgettext_lazy("making of a report", "made")
    FAILED = "failed", pgettext_lazy("making of a report", "not made")
    CANCELLED = "cancelled", pgettext_lazy("making of a report", "cancelled")


class Stage(models.TextChoices):
    """What is being done with it."""

    READING = "reading", _("reading the records")
    SETTING = "setting", _("setting the document")


UNFINISHED = (JobState.WAITING, JobState.RUNNING)
ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class Every(models.TextChoices):
    """How often a report comes by itself."""

    WEEK = "week", _("every week, on Monday, for the week before")
    MONTH = "month", _("every month, on its first day, for the month before")
    QUARTER = "quarter", _("every quarter, on its first day, for the quarter before")
    CLOSE = "close", _("when a reporting period is closed, for that period")


class Ending(models.TextChoices):
    """Why a schedule makes nothing any more."""

    OWNER = "owner", _("ended by its owner")
    LAST_DAY = "last-day", _("its last day is over")
    ACCESS = "access", _("the access of its owner ended")
    REGISTER = "register", _("its owner may no longer read the register")


class LeftOut(models.TextChoices):
    """Why a recipient got nothing."""

    CLOSED = "closed", _("the account is closed")
    NOT_OPEN = "not-open", _("the register is not open to this person")


class Schedule(models.Model):
    """That an own report comes by itself, how often and to whom. Each recipient gets what that recipient may see.

    since: what falls due after this day is made.
    """

    report = models.ForeignKey("reports.OwnReport", models.CASCADE, related_name="schedules", verbose_name=_("report"))
    every = models.CharField(_("how often"), max_length=10, choices=Every.choices, default=Every.MONTH)
    form = models.CharField(_("file"), max_length=8, default="docx")
    recipients = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("recipients"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    paused = models.BooleanField(_("paused"), default=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_why = models.CharField(_("why it ended"), max_length=10, choices=Ending.choices, blank=True)
    since = models.DateField(_("since"))

    class Meta:
        verbose_name = _("schedule of a report")
        verbose_name_plural = _("schedules of reports")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.report}, {self.get_every_display()}"


class Job(models.Model):
    """A report asked for in the background, by one person, with that person's rights.

    what and asked say which report (jobs.Order); stage, done and of are its progress; beat_at is the last sign of life of the worker;
    read holds the numbers of the records in it, by register: whoever may no longer see one of them no longer gets the file.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="report_jobs", verbose_name=_("person"))
    what = models.CharField(_("report"), max_length=40)
    title = models.CharField(_("title"), max_length=500)
    asked = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=JobState.choices, default=JobState.WAITING)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, blank=True)
    done = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    stop_asked = models.BooleanField(default=False)
    why = models.TextField(_("why it was not made"), blank=True)
    read = models.JSONField(default=dict)
    made_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    started_at = models.DateTimeField(_("begun at"), null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("report being made")
        verbose_name_plural = _("reports being made")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["owner", "seen_at"], name="job_unseen"), models.Index(fields=["state", "beat_at"], name="job_state")]

    def __str__(self) -> str:
        return self.title

    @property
    def unfinished(self) -> bool:
        """Whether something may still come of it."""
        return self.state in UNFINISHED

    @property
    def percent(self) -> int | None:
        """How far the present stage is; nothing where it has no count."""
        return min(100, 100 * self.done // self.of) if self.of else None

    @property
    def seconds(self) -> int | None:
        """How long the making took."""
        return round((self.finished_at - self.started_at) / dt.timedelta(seconds=1)) if self.started_at and self.finished_at else None


class JobFile(models.Model):
    """The file of a report that was made; gone with its job."""

    job = models.OneToOneField(Job, models.CASCADE, related_name="file", verbose_name=_("report being made"))
    name = models.CharField(_("file name"), max_length=200)
    form = models.CharField(_("form"), max_length=8)
    size = models.BigIntegerField(_("size"))
    data = models.BinaryField()

    class Meta:
        verbose_name = _("file of a report that was made")

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """That one recipient got a scheduled report for one occasion, or why not. There is one for each: nothing comes twice.

    occasion: the day on which it fell due, or the closing of a reporting period. why: the word for a recipient who was left out.
    """

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="deliveries", verbose_name=_("schedule of a report"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("recipient"))
    occasion = models.CharField(max_length=60)
    on = models.DateField(_("day"))
    job = models.OneToOneField(Job, models.SET_NULL, null=True, blank=True, related_name="delivery", verbose_name=_("report being made"))
    why = models.CharField(_("why it was left out"), max_length=10, choices=LeftOut.choices, blank=True)
    mailed_at = models.DateTimeField(_("told by e-mail at"), null=True, blank=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("delivery of a report")
        verbose_name_plural = _("deliveries of reports")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["schedule", "person", "occasion"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.schedule}: {self.person}"
