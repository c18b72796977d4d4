"""The history of changes: one row per write, chained by hash.

Each row carries hash = H(previous hash, H(salt, body), position). The body is hashed with a salt of its own, so that one body and
its salt can be lawfully erased later while the chain still verifies.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """What was done to a record."""

    CREATE = "create", _("created")
    UPDATE = "update", _("changed")
    DELETE = "delete", _("deleted")


SOURCES = {"demo": _("invented for the demo"), "command": _("from the command line"), "import": _("by an import")}


class Change(models.Model):
    """One write to one record: who, when, from where, and each field before and after."""

    at = models.DateTimeField(_("when"), db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    actor_name = models.CharField(_("who (name then)"), max_length=200)
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for whom")
    )
    on_behalf_name = models.CharField(_("for whom (name then)"), max_length=200, blank=True)
    source = models.CharField(_("from where"), max_length=20, default="web")
    request_id = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=45, blank=True)
    register = models.CharField(_("register"), max_length=40)
    record_id = models.BigIntegerField(_("record"))
    parent_register = models.CharField(max_length=40, blank=True)
    parent_id = models.BigIntegerField(null=True, blank=True)
    action = models.CharField(_("what"), max_length=10, choices=Action.choices)
    version = models.PositiveIntegerField(default=1)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    salt = models.CharField(max_length=32)
    body_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["register", "record_id"], name="change_record"),
            models.Index(fields=["parent_register", "parent_id"], name="change_parent"),
        ]

    def __str__(self) -> str:
        return f"{self.register}/{self.record_id} {self.action}"

    @property
    def who(self) -> str:
        """The name of whoever did it, as it was then, and in whose place; the system itself in the language of the page."""
        if not self.actor_id:
            return gettext("the system")
        if self.on_behalf_of_id:
            return gettext("%(who)s for %(whom)s") % {"who": self.actor_name, "whom": self.on_behalf_name}
        return self.actor_name

    @property
    def whence(self) -> str:
        """How it was written, where not on a page."""
        return str(SOURCES.get(self.source, ""))

    @property
    def is_erased(self) -> bool:
        """Whether what it says was lawfully removed."""
        return not (self.salt or self.before or self.after)

    @property
    def fields(self) -> list[str]:
        """The names of the fields that differ."""
        return sorted(set(self.before) | set(self.after))


class Head(models.Model):
    """The end of the chain: how many rows there are and the last hash. One row; locked by every write."""

    count = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("head of the chain")

    def __str__(self) -> str:
        return f"{self.count}:{self.hash}"


class Kind(models.TextChoices):
    """What was done without changing anything."""

    READ = "read", _("read")
    LIST = "list", _("seen in a list")
    EXPORT = "export", _("exported")
    REPORT = "report", _("report made")
    FILE = "file", _("file taken")
    FEED = "feed", _("calendar fetched")


class Access(models.Model):
    """That somebody read a restricted record, or took something out of the house: an export, a report, a file. Never changed."""

    at = models.DateTimeField(_("when"), db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who"))
    actor_name = models.CharField(_("who (name then)"), max_length=200)
    source = models.CharField(_("from where"), max_length=20, default="web")
    request_id = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=45, blank=True)
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    register = models.CharField(_("register"), max_length=40, blank=True)
    record_id = models.BigIntegerField(_("record"), null=True, blank=True)
    # the restricted records, where there were several: « meetings/12 meetings/15 »
    records = models.TextField(blank=True)
    count = models.BigIntegerField(_("records"), default=0)
    words = models.TextField(_("what was asked"), blank=True)

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("accesses")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["register", "record_id"], name="access_record")]

    def __str__(self) -> str:
        return f"{self.kind} {self.register}/{self.record_id or ''}"
