"""Who works with the system."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

VISIT = dt.timedelta(minutes=30)


class Role(models.TextChoices):
    """What a person may do.

    A viewer reads. Officers and heads keep the registers; heads also review reports of the plan, as a reviewer does, who writes nothing
    else. A focal point of another unit sees what is addressed to that unit. An auditor reads everything and changes nothing. An
    administrator keeps accounts, codelists and the plan, and reads no restricted record by that.
    """

    VIEWER = "viewer", _("Viewer")
    OFFICER = "officer", _("Officer")
    DIVISION_HEAD = "division-head", _("Head of division")
    HEAD = "head", _("Head of department")
    REVIEWER = "reviewer", _("Reviewer")
    FOCAL_POINT = "focal-point", _("Focal point of another unit")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


KEEPERS = frozenset({Role.OFFICER, Role.DIVISION_HEAD, Role.HEAD, Role.ADMINISTRATOR})


class UserManager(BaseUserManager):
    """Makes accounts; sign-up by oneself is closed."""

    def create_user(self, email: str, password: str | None = None, **fields) -> User:
        """An account with its password set (unusable where none is given)."""
        if not email:
            raise ValueError("an account needs an e-mail address")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account, of one person in one unit."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.VIEWER)
    unit = models.ForeignKey(
        "directory.Unit", models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("unit")
    )
    language = models.CharField(_("language of e-mails"), max_length=5, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    last_visit_at = models.DateTimeField(_("last visit"), null=True, blank=True)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_officer(self) -> bool:
        """May write to the registers."""
        return self.role in KEEPERS

    @property
    def is_administrator(self) -> bool:
        """May edit the plan, its measures and the codelists."""
        return self.role == Role.ADMINISTRATOR


def display_name(user: User) -> str:
    """How sign-in pages name a person."""
    return str(user)


def prefers(user: User, language: str) -> None:
    """Keep the language that the person chose for the pages: their e-mails and calendar come in it too."""
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])


def visited(user: User) -> dt.datetime | None:
    """Note that the person is here; returns when they were here before. A visit lasts half an hour."""
    before, now = user.last_visit_at, timezone.now()
    if before is None or now - before > VISIT:
        user.last_visit_at = now
        user.save(update_fields=["last_visit_at"])
    return before


class SystemReader:
    """Reads all records, writes none: published figures are computed as this reader, so that they depend on nobody's rights."""

    pk = None
    name = "system"
    role = "system"
    unit_id = None
    is_authenticated = True
    is_active = True
    is_officer = False
    is_administrator = False

    def __str__(self) -> str:
        return self.name


class SystemWriter(SystemReader):
    """Writes as the system itself: the demo, imports from the command line."""

    role = "system-writer"
    is_officer = True
    is_administrator = True


class PlainReader(SystemReader):
    """Somebody with an account and no unit: sees what everybody may see. Lists in reports that leave the house are made as this reader."""

    name = "plain"
    role = Role.VIEWER


SYSTEM = SystemReader()
PLAIN = PlainReader()
SYSTEM_WRITER = SystemWriter()
