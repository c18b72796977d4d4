"""What is done to accounts, in the history of changes: register «accounts», the record is the account."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gegma.accounts.models import ReaderGroup, Role, User
from gegma.audit.accounts import ACCOUNTS, note
from gegma.audit.models import Change
from gegma.kernel import dates

KEPT = ("email", "name", "role", "unit_id", "reads", "person_id", "language", "is_active")


__all__ = ["ACCOUNTS", "in_words", "note", "of", "picture"]


def picture(user: User) -> dict:
    """The account as the history keeps it; nothing of its secrets."""
    return {name: getattr(user, name) for name in KEPT}


def of(user: User, most: int = 100) -> list[Change]:
    """The changes of an account, newest first."""
    return list(Change.objects.filter(register=ACCOUNTS, record_id=user.pk).order_by("-pk")[:most])


def in_words(change: Change) -> list[tuple[str, str, str]]:
    """(what, before, after) of each thing that differs."""
    names = [*change.before, *(n for n in change.after if n not in change.before)]
    return [(_label(name), _word(name, change.before.get(name)), _word(name, change.after.get(name))) for name in names]


def _label(name: str) -> str:
    words = {
        "password": _("password changed"), "second_factor": _("second factor"), "identity": _("identity at the ministry's provider"),
        "absent_from": _("absent from"), "absent_to": _("absent to"), "substitute": _("who stands in"), "absence_ended": _("absence taken back"),
        "sessions": _("sessions ended"), "link": _("link to set a password sent"), "handed_over_to": _("work handed over to"),
        "records": _("records handed over"), "closed": _("sessions, tokens and calendar addresses closed"),
        "tokens": _("tokens of programs"),
    }  # fmt: skip
    if name in words:
        return words[name]
    column = {f.attname: f for f in User._meta.concrete_fields}.get(name)
    return str(column.verbose_name) if column is not None else name


def _word(name: str, value) -> str:
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "role":
        return str(dict(Role.choices).get(value, value))
    if name == "tokens":
        return "; ".join(_token(one) for one in value)
    if name == "reads":
        return "; ".join(str(dict(ReaderGroup.choices).get(group, group)) for group in value)
    if name in {"absent_from", "absent_to"} and (day := dates.parse_day(str(value))):
        return f"{day:%d.%m.%Y}"
    if name in {"unit_id", "person_id"}:
        row = User._meta.get_field(name.removesuffix("_id")).related_model._default_manager.filter(pk=value).first()
        return str(row or f"№ {value}")
    if name == "second_factor":
        return _factors().get(value, str(value))
    return str(value)


def _token(told: dict) -> str:
    rights, until = _("reads and writes") if told["writes"] else _("reads"), dates.parse_day(told["until"])
    return _("№ %(number)s «%(name)s» (%(rights)s, to %(day)s)") % {"number": told["number"], "name": told["name"], "rights": rights, "day": f"{until:%d.%m.%Y}"}


def _factors() -> dict[str, str]:
    return {
        "totp_activated": _("authenticator app set up"), "totp_deactivated": _("authenticator app removed"),
        "webauthn_added": _("passkey added"), "webauthn_removed": _("passkey removed"),
        "recovery_codes_generated": _("recovery codes made"), "reset": _("reset by an administrator"),
    }  # fmt: skip
