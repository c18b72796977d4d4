"""What the calendar keeps of its own: each person's feed, the reminders made, and on which days they were sent."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Whose(models.TextChoices):
    """Which deadlines a feed holds; the keys are those of engine.deadlines."""

    MINE = "mine", _("only what names me")
    UNIT = "unit", _("mine and my unit's")


class Feed(models.Model):
    """The secret address under which a calendar program reads a person's deadlines. Of the token only the hash is kept.

    credential is the hash of the password as it was then: when that is changed, the address ends with it.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed", verbose_name=_("person"))
    token_hash = models.CharField(max_length=64, unique=True)
    credential = models.CharField(max_length=64)
    whose = models.CharField(_("what it holds"), max_length=4, choices=Whose.choices, default=Whose.MINE)
    made_at = models.DateTimeField(_("made on"), auto_now_add=True)
    read_at = models.DateTimeField(_("last read on"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return str(self.person)


class Notice(models.Model):
    """One reminder of one deadline to one person.

    stage: how many days after the due day it belongs to (−7: a week before). made_on: the day on which it was made; digest_on: the day of
    the e-mail that told of it.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", verbose_name=_("person"))
    register = models.CharField(_("register"), max_length=40)
    record_id = models.BigIntegerField(_("record"))
    what = models.CharField(max_length=60)
    due_on = models.DateField(_("due on"))
    stage = models.SmallIntegerField(_("days after the due day"))
    made_on = models.DateField(_("made on"))
    digest_on = models.DateField(_("sent on"), null=True, blank=True)
    seen_at = models.DateTimeField(_("seen at"), null=True, blank=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "register", "record_id", "what", "due_on", "stage"], name="notice_once"),
        ]
        indexes = [models.Index(fields=["person", "seen_at"], name="notice_unseen")]

    def __str__(self) -> str:
        return f"{self.register}/{self.record_id} {self.due_on:%d.%m.%Y}"

    @property
    def key(self) -> tuple[str, int, str]:
        """The key of its deadline (engine.deadlines.Deadline.key)."""
        return self.register, self.record_id, self.what


class Digest(models.Model):
    """A person got their e-mail of a day: there is no second one."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    day = models.DateField(_("day"))

    class Meta:
        verbose_name = _("daily digest")
        verbose_name_plural = _("daily digests")
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="digest_once")]

    def __str__(self) -> str:
        return f"{self.person} {self.day:%d.%m.%Y}"


class Run(models.Model):
    """A day on which reminders were made to the end; the next run takes up from there."""

    day = models.DateField(_("day"), unique=True)

    class Meta:
        verbose_name = _("day of reminders")
        verbose_name_plural = _("days of reminders")

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y}"
