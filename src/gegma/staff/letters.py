"""The letters about an account, in the language of whoever gets them."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.accounts.models import Absence, User

CHANGED = {
    "password_changed": gettext_lazy("Your password was changed."),
    "password_set": gettext_lazy("A password was set for your account."),
    "password_reset": gettext_lazy("Your password was set anew through a link sent by e-mail."),
    "totp_activated": gettext_lazy("An authenticator app was set up for your account."),
    "totp_deactivated": gettext_lazy("The authenticator app was removed from your account."),
    "webauthn_added": gettext_lazy("A passkey was added to your account."),
    "webauthn_removed": gettext_lazy("A passkey was removed from your account."),
    "recovery_codes_generated": gettext_lazy("New recovery codes were made for your account; the old ones no longer work."),
    "account_connected": gettext_lazy("Your account was linked to your identity at the ministry's provider."),
    "second_factor_reset": gettext_lazy("An administrator has removed the second factor of your account: set up a new one."),
}


def language_of(user: User) -> str:
    """The language in which a person is written to."""
    return user.language if user.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _letter(user: User, subject: str, lines: list[str]) -> EmailMessage:
    return EmailMessage(f"Gegma: {subject}", "\n".join(lines) + "\n", settings.DEFAULT_FROM_EMAIL, [user.email])


def tell(user: User, what: str, address: str, device: str) -> None:
    """Tell the person that a way to sign in to their account has changed."""
    if what not in CHANGED:
        return
    with translation.override(language_of(user)):
        now = timezone.localtime()
        lines = [
            str(CHANGED[what]), "", _("When: %(time)s") % {"time": f"{now:%d.%m.%Y %H:%M}"},
            _("From where: %(address)s, %(device)s") % {"address": address, "device": device}, "",
            _("If this was not you, tell the administrator of the system at once."), settings.ADDRESS,
        ]  # fmt: skip
        _letter(user, _("a change of your account"), lines).send(fail_silently=True)


def reset_letter(user: User, url: str) -> EmailMessage:
    """The link by which somebody who has forgotten the password sets a new one."""
    with translation.override(language_of(user)):
        lines = [
            _("Somebody, probably you, has asked for a new password. It is set by this link:"), "", url, "", _lasts(),
            _("If it was not you, do nothing: your password stays as it is."),
        ]  # fmt: skip
        return _letter(user, _("a new password"), lines)


def welcome_letter(user: User, url: str) -> EmailMessage:
    """The link by which somebody with a new account sets the first password."""
    with translation.override(language_of(user)):
        lines = [
            _("%(name)s, you have an account in Gegma.") % {"name": user.name}, "", _("Set your password by this link:"), "", url, "", _lasts(),
            _("Afterwards you sign in with this e-mail address at %(url)s.") % {"url": settings.ADDRESS},
        ]  # fmt: skip
        return _letter(user, _("your account"), lines)


def _lasts() -> str:
    return _("The link works once, for %(hours)s hours.") % {"hours": settings.PASSWORD_RESET_TIMEOUT // 3600}


def absence_letters(absence: Absence) -> None:
    """Tell who is away and who stands in that it is so, whoever has written it down."""
    days = {"start": f"{absence.starts_on:%d.%m.%Y}", "end": f"{absence.ends_on:%d.%m.%Y}"}
    for user in (absence.person, absence.substitute):
        with translation.override(language_of(user)):
            names = {**days, "person": str(absence.person), "substitute": str(absence.substitute)}
            lines = [_("From %(start)s to %(end)s %(substitute)s stands in for %(person)s.") % names, "", settings.ADDRESS + reverse("my_account")]
            _letter(user, _("an absence"), lines).send(fail_silently=True)

