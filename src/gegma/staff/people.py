"""What is done with accounts: made, changed, ended, given again; each step in one transaction with its change in the history."""

from __future__ import annotations

import datetime as dt

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from gegma.accounts import leaving, sessions
from gegma.accounts.models import Absence, Role, User
from gegma.audit.models import Action
from gegma.audit.record import lock
from gegma.kernel import dates

from . import chain, letters

# What the layers above know of somebody's access, to be taken into account when a new role is given, belongs to leaving.HOOKS.
LONGEST_ABSENCE = dt.timedelta(days=366)
HEADS = {Role.DIVISION_HEAD, Role.HEAD}


def require_administrator(user) -> None:
    """Raise PermissionDenied for whoever may not keep accounts."""
    if not (user.is_authenticated and user.is_active and user.is_administrator):
        raise PermissionDenied


def _last_administrator(user: User) -> bool:
    others = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    return user.is_administrator and user.is_active and not others.exists()


# -- accounts ------------------------------------------------------------------------------------------------------------


def make(by, user: User, identity: str = "") -> User:
    """Make an account without a password: its person sets one by the link that is sent to them."""
    with transaction.atomic():
        lock()
        user.email = User.objects.normalize_email(user.email).lower()
        user.set_unusable_password()
        user.full_clean()
        user.save(force_insert=True)
        chain.note(by, user, {}, {k: v for k, v in chain.picture(user).items() if v not in (None, "", [])}, Action.CREATE)
        set_identity(by, user, identity)
    return user


def change(by, user: User, identity: str | None = None) -> bool:
    """Write the changed columns of an account. Another role or address ends its sessions. Returns whether anything differed."""
    with transaction.atomic():
        lock()
        old = User.objects.select_for_update().get(pk=user.pk)
        user.email = User.objects.normalize_email(user.email).lower()
        if _last_administrator(old) and user.role != Role.ADMINISTRATOR:
            raise ValidationError({"role": _("This is the last administrator: make another one first.")})
        before, after = chain.picture(old), chain.picture(user)
        differs = [name for name in chain.KEPT if before[name] != after[name]]
        if differs:
            user.full_clean(exclude=["password"])
            user.save(update_fields=[name.removesuffix("_id") for name in differs])
            chain.note(by, user, {n: before[n] for n in differs}, {n: after[n] for n in differs})
        if "email" in differs:  # the library's own list of addresses would let the old one in
            EmailAddress.objects.filter(user=user).delete()
        if {"role", "email", "unit_id"} & set(differs):
            sessions.end(user)
        linked = identity is not None and set_identity(by, user, identity)
    return bool(differs) or linked


def set_identity(by, user: User, subject: str) -> bool:
    """Link the account with a person of the ministry's identity provider, by the subject that it names; or with nobody. Returns whether it differed."""
    if not settings.OIDC_PROVIDER:
        return False
    rows = SocialAccount.objects.filter(user=user, provider=settings.OIDC_PROVIDER)
    before = rows.values_list("uid", flat=True).first() or ""
    if subject == before:
        return False
    if subject and SocialAccount.objects.filter(provider=settings.OIDC_PROVIDER, uid=subject).exclude(user=user).exists():
        raise ValidationError({"identity": _("This identity belongs to another account already.")})
    rows.delete()
    if subject:
        SocialAccount.objects.create(user=user, provider=settings.OIDC_PROVIDER, uid=subject)
    chain.note(by, user, {"identity": before}, {"identity": subject})
    sessions.end(user)
    return True


def identity_of(user: User) -> str:
    """The subject by which the ministry's identity provider names the person, or nothing."""
    if not (settings.OIDC_PROVIDER and user.pk):
        return ""
    return SocialAccount.objects.filter(user=user, provider=settings.OIDC_PROVIDER).values_list("uid", flat=True).first() or ""


def end_access(by, user: User) -> int:
    """End somebody's access, at once: no session, token or calendar address of theirs answers any more. Returns how many were closed."""
    with transaction.atomic():
        lock()
        now = User.objects.select_for_update().get(pk=user.pk)
        if _last_administrator(now):
            raise ValidationError(_("This is the last administrator: make another one first."))
        if not now.is_active:
            raise ValidationError(_("The access of this account has ended already."))
        user.is_active = now.is_active = False
        now.save(update_fields=["is_active"])
        closed = leaving.close(now, by)
        today = dates.today()
        Absence.objects.filter(substitute=now, ends_on__gte=today).delete()
        chain.note(by, now, {"is_active": True}, {"is_active": False, "closed": closed})
    return closed


def give_again(by, user: User) -> None:
    """Give an ended account access again. What was closed stays closed: a new password, new tokens."""
    with transaction.atomic():
        lock()
        now = User.objects.select_for_update().get(pk=user.pk)
        if now.is_active:
            raise ValidationError(_("This account has access."))
        user.is_active = now.is_active = True
        now.set_unusable_password()
        now.save(update_fields=["is_active", "password"])
        chain.note(by, now, {"is_active": False}, {"is_active": True})


def reset_second_factor(by, user: User) -> int:
    """Remove the authenticator app, passkeys and recovery codes of somebody who has lost them. Returns how many were removed."""
    with transaction.atomic():
        lock()
        removed = Authenticator.objects.filter(user=user).delete()[0]
        sessions.end(user)
        chain.note(by, user, {}, {"second_factor": "reset"})
    return removed


def set_password(by, user: User, password: str) -> None:
    """Set somebody's password: the command line does, for the first administrator."""
    with transaction.atomic():
        lock()
        user.set_password(password)
        user.save(update_fields=["password"])
        sessions.end(user)
        chain.note(by, user, {}, {"password": True})


def password_link(user: User) -> str:
    """The address at which the person sets a password; it works once."""
    key = default_token_generator.make_token(user)
    where = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return settings.ADDRESS + where


def send_link(by, user: User) -> None:
    """Send the person the link to set a password. Raises ValidationError where the account is ended or the letter cannot be sent."""
    if not user.is_active:
        raise ValidationError(_("The access of this account has ended."))
    try:
        letters.welcome_letter(user, password_link(user)).send()
    except OSError:
        raise ValidationError(_("The letter could not be sent: the mail server does not answer."))
    chain.note(by, user, {}, {"link": True})


def end_sessions(by, user: User, keep: str = "", only: str = "") -> int:
    """End the person's sessions: all, all but one, or one. Returns how many were ended."""
    with transaction.atomic():
        lock()
        ended = sessions.end(user, keep=keep, only=only)
        if ended:
            chain.note(by, user, {}, {"sessions": ended})
    return ended


# -- absences ------------------------------------------------------------------------------------------------------------


def may_write_absence(by: User, person: User) -> bool:
    """Whether by writes down absences of person: one's own, those of the people of one's unit for its head, everybody's for an administrator."""
    if by.pk == person.pk or by.is_administrator:
        return True
    if by.role not in HEADS or not by.unit_id or not person.unit_id:
        return False
    return person.unit_id in _units_under(by)


def _units_under(head: User) -> set[int]:
    """The head's unit, and those below it."""
    units = User._meta.get_field("unit").related_model._default_manager
    found, level = {head.unit_id}, {head.unit_id}
    while level:
        level = set(units.filter(parent_id__in=level).values_list("pk", flat=True)) - found
        found |= level
    return found


def absence_problems(by: User, absence: Absence) -> dict[str, str]:
    """What is wrong with an absence, by field."""
    today, found = dates.today(), {}
    if absence.ends_on < absence.starts_on:
        found["ends_on"] = _("The absence ends before it begins.")
    elif absence.ends_on < today:
        found["ends_on"] = _("These days are over.")
    elif absence.ends_on - absence.starts_on > LONGEST_ABSENCE:
        found["ends_on"] = _("An absence lasts a year at most.")
    if absence.substitute_id == absence.person_id:
        found["substitute"] = _("Nobody stands in for oneself.")
    elif not absence.substitute.is_active:
        found["substitute"] = _("The access of this account has ended.")
    elif by.is_administrator and absence.substitute_id == by.pk and absence.person_id != by.pk:
        found["substitute"] = _("An administrator does not take the rights of others by this: somebody else must stand in.")
    overlap = Absence.objects.filter(person_id=absence.person_id, starts_on__lte=absence.ends_on, ends_on__gte=absence.starts_on)
    if other := overlap.exclude(pk=absence.pk).first():
        found.setdefault("starts_on", _("There is an absence already: %(other)s. Take it back first.") % {"other": str(other)})
    return found


def write_absence(by: User, absence: Absence) -> Absence:
    """Write down an absence, and tell both people of it."""
    if not may_write_absence(by, absence.person):
        raise PermissionDenied
    if problems := absence_problems(by, absence):
        raise ValidationError(problems)
    with transaction.atomic():
        lock()
        absence.save(force_insert=True)
        told = {"absent_from": absence.starts_on, "absent_to": absence.ends_on, "substitute": str(absence.substitute)}
        chain.note(by, absence.person, {}, told)
    letters.absence_letters(absence)
    return absence


def end_absence(by: User, absence: Absence) -> None:
    """Take an absence back, or end one that has begun: from the next request on nobody stands in."""
    if not may_write_absence(by, absence.person):
        raise PermissionDenied
    with transaction.atomic():
        lock()
        told = {"absent_from": absence.starts_on, "absent_to": absence.ends_on, "substitute": str(absence.substitute)}
        chain.note(by, absence.person, told, {"absence_ended": True})
        absence.delete()


def absences_of(user: User) -> list[Absence]:
    """The absences of a person that hold or are to come."""
    return list(Absence.objects.filter(person=user, ends_on__gte=dates.today()).select_related("substitute"))
