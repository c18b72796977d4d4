"""The forms of signing in, with words in both languages, and doing the same work whether there is an account or not."""

from __future__ import annotations

from allauth.account import forms as account
from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.password_reset import get_reset_password_from_key_url
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from gegma.accounts.models import User

from . import letters

EMAIL, PASSWORD, CODE = _("E-mail"), _("Password"), _("Code")


def _word(form: forms.Form, labels: dict) -> None:
    """Our labels; no word stands in a field, where it is gone as soon as one types."""
    for name, label in labels.items():
        if name in form.fields:
            form.fields[name].label = label
            form.fields[name].widget.attrs.pop("placeholder", None)
            if name.startswith("password") or name == "oldpassword":
                form.fields[name].help_text = form.fields[name].help_text if name == "password1" else ""


class SignInForm(account.LoginForm):
    """E-mail and password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _word(self, {"login": EMAIL, "password": PASSWORD})


class ForgottenForm(account.ResetPasswordForm):
    """Asks for a link to set a new password. Where there is no account the same is worked out, and thrown away."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _word(self, {"email": EMAIL})

    def save(self, request, **kwargs) -> str:
        """Send the link, where there is an account."""
        if not self.users:
            nobody = User(pk=0, email=self.cleaned_data["email"], password="!")
            key = f"{user_pk_to_url_str(nobody)}-{kwargs.get('token_generator', default_token_generator).make_token(nobody)}"
            letters.reset_letter(nobody, get_reset_password_from_key_url(request, key))
        return super().save(request, **kwargs)


class ChangePasswordForm(account.ChangePasswordForm):
    """The present password and a new one."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _word(self, {"oldpassword": _("Present password"), "password1": _("New password"), "password2": _("New password once more")})


class SetPasswordForm(account.SetPasswordForm):
    """A first password, for somebody who has signed in another way so far."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _word(self, {"password1": _("New password"), "password2": _("New password once more")})


class NewPasswordForm(account.ResetPasswordKeyForm):
    """A new password, by a link."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _word(self, {"password1": _("New password"), "password2": _("New password once more")})


class ReauthenticateForm(account.ReauthenticateForm):
    """The password once more."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _word(self, {"password": PASSWORD})


def _code(form: forms.Form) -> None:
    _word(form, {"code": CODE})
    form.fields["code"].widget.attrs.update({"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "20"})


class CodeForm(base.AuthenticateForm):
    """A code of the app, or a recovery code."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _code(self)


class CodeAgainForm(base.ReauthenticateForm):
    """A code, to confirm that it is still the same person."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _code(self)


class ActivateAppForm(totp.ActivateTOTPForm):
    """The first code of an authenticator app."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _code(self)


class AddKeyForm(webauthn.AddWebAuthnForm):
    """A new passkey. It always opens the account by itself: a key that only comes second is no use to us."""

    passwordless = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _word(self, {"name": _("Name of the passkey")})


class NameKeyForm(webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _word(self, {"name": _("Name of the passkey")})
