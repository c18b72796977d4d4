"""Who works with the system."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from gegma.kernel import dates

VISIT = dt.timedelta(minutes=30)


class Role(models.TextChoices):
    """What a person may do.

    A viewer reads. Officers and heads keep the registers; a head of department also reviews reports of the plan, as a reviewer does, who
    writes nothing else. A focal point of another unit sees what is addressed to that unit. An auditor reads everything and changes nothing. An
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
HEADS = frozenset({Role.DIVISION_HEAD, Role.HEAD})
# Those who read every group of fields by their role.
READ_EVERY_GROUP = frozenset({Role.HEAD, Role.AUDITOR})


class ReaderGroup(models.TextChoices):
    """Groups of fields and registers with readers of their own. Registers name them (F(…, readers="personal")), accounts hold them."""

    PERSONAL = "personal", _("personal data")
    CLEARANCES = "clearances", _("clearances and posts")


def known_groups(value) -> None:
    """Raise ValidationError for anything but a list of groups that there are."""
    if not isinstance(value, list) or set(map(str, value)) - set(ReaderGroup.values):
        raise ValidationError(_("This is not a list of groups: %(groups)s.") % {"groups": ", ".join(ReaderGroup.values)})


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
    reads = models.JSONField(_("reads also"), default=list, blank=True, validators=[known_groups])
    person = models.OneToOneField(
        "directory.Person", models.SET_NULL, null=True, blank=True, related_name="account", verbose_name=_("person of the directory")
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

    @property
    def is_focal_point(self) -> bool:
        """Is of another unit: sees only what is addressed to it."""
        return self.role == Role.FOCAL_POINT

    def reads_group(self, group: str) -> bool:
        """Whether the person reads the fields and registers of a group; what belongs to no group all read."""
        return not group or self.role in READ_EVERY_GROUP or group in self.reads

    def units_read(self) -> frozenset[int]:
        """The units whose restricted records the person reads: their own and, for a head, all below it."""
        if self.unit_id is None:
            return frozenset()
        if self.role not in HEADS:
            return frozenset({self.unit_id})
        return self.once(("units", self.unit_id), lambda: _with_those_below(self.unit_id))

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What make() says, asked once for this user object, that is once in a request."""
        known = self.__dict__.setdefault("_known_once", {})
        if key not in known:
            known[key] = make()
        return known[key]

    @cached_property
    def _stood_for(self) -> list[User]:
        if not (self.pk and self.is_active):
            return []
        return [absence.person for absence in Absence.on(dates.today()).filter(substitute=self).select_related("person__unit")]

    def stands_for(self) -> list[User]:
        """The accounts that this person stands in for today. Asked of the database once for each request."""
        return self._stood_for

    def and_stood_for(self) -> list[User]:
        """The person, and whoever they stand in for today: whose work is theirs to look after."""
        return [self, *self.stands_for()]

    def absent_today(self) -> Absence | None:
        """The absence of this person that holds today."""
        return Absence.on(dates.today()).filter(person=self).select_related("substitute").first()


def _with_those_below(unit: int) -> frozenset[int]:
    """A unit and all units below it, in one query."""
    below: dict[int, list[int]] = {}
    for number, above in User._meta.get_field("unit").related_model.objects.filter(parent__isnull=False).values_list("pk", "parent_id"):
        below.setdefault(above, []).append(number)
    found, waiting = set(), [unit]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += below.get(one, ())
    return frozenset(found)


class Absence(models.Model):
    """The days on which a person is away, and who stands in for them; both days are included."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="absences", verbose_name=_("who is away"))
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="substitutions", verbose_name=_("who stands in")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="absence_in_order"),
            models.CheckConstraint(condition=~models.Q(person=models.F("substitute")), name="absence_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.starts_on:%d.%m.%Y} – {self.ends_on:%d.%m.%Y}"

    @classmethod
    def on(cls, day: dt.date) -> models.QuerySet[Absence]:
        """The absences of a day in which a person that may sign in stands in for one who may too: nobody gets rights of an ended account."""
        return cls.objects.filter(starts_on__lte=day, ends_on__gte=day, person__is_active=True, substitute__is_active=True)


class SignInOutcome(models.TextChoices):
    """How an attempt to sign in ended."""

    SIGNED_IN = "signed-in", _("signed in")
    REFUSED = "refused", _("refused")
    CODE_REFUSED = "code-refused", _("second factor refused")
    TOO_OFTEN = "too-often", _("refused: too many attempts")


class SignIn(models.Model):
    """One attempt to sign in; kept by accounts.sign_ins. person is empty where the name belongs to no account: what was typed is not kept."""

    at = models.DateTimeField(_("when"), db_index=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sign_ins", verbose_name=_("account"))
    outcome = models.CharField(_("how it ended"), max_length=20, choices=SignInOutcome.choices)
    address = models.CharField(_("address"), max_length=45, blank=True)
    device = models.CharField(_("device"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.at:%d.%m.%Y %H:%M} {self.get_outcome_display()}"


class Session(AbstractBaseSession):
    """A session, with what its person is told of it; kept by accounts.sessions. Where user is empty nobody has signed in yet."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions")
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    @classmethod
    def get_session_store_class(cls):
        """What Django asks a model of sessions for."""
        from .sessions import SessionStore

        return SessionStore


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
    is_focal_point = False

    def reads_group(self, group: str) -> bool:
        """Every group."""
        return True

    def units_read(self) -> frozenset[int]:
        """It is of no unit; what it reads, it reads as the system."""
        return frozenset()

    def stands_for(self) -> list[User]:
        """The system stands in for nobody."""
        return []

    def and_stood_for(self) -> list:
        """Nobody's work is the system's own."""
        return [self]

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

    def reads_group(self, group: str) -> bool:
        """None of them."""
        return not group


SYSTEM = SystemReader()
PLAIN = PlainReader()
SYSTEM_WRITER = SystemWriter()
