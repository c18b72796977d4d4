"""The sign-in library, closed to strangers: accounts are made by an administrator, identities are linked to such accounts alone."""

from __future__ import annotations

import datetime as dt
import threading

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.stagekit import get_pending_stage
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import parse_rates
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.accounts import origin, sealing, sessions, sign_ins
from gegma.accounts.models import SignInOutcome, User

from . import chain, letters

WRONG = {
    "email_password_mismatch": gettext_lazy("E-mail and password do not go together, or the account may not sign in."),
    "incorrect_password": gettext_lazy("This is not your present password."),
    "incorrect_code": gettext_lazy("The code is not right, or was used already. Wait for the next one and try again."),
    "password_min_length": gettext_lazy("The password is too short."),
    "cannot_delete_authenticator": gettext_lazy("Your role asks for a second factor: add another one first, then remove this one."),
    "cannot_generate_recovery_codes": gettext_lazy("Recovery codes belong to a second factor: set one up first."),
    "account_inactive": gettext_lazy("E-mail and password do not go together, or the account may not sign in."),
}


class _OurWords:
    """What the library refuses is said in our words, in both languages; what came too often says when to try again."""

    def validation_error(self, code, *args):
        """The refusal behind a code of the library."""
        error = super().validation_error(code, *args)
        if code in {"too_many_login_attempts", "rate_limited"}:
            windows = [r.duration for r in parse_rates(account_settings.RATE_LIMITS["login_failed"])]
            again = timezone.localtime(timezone.now() + dt.timedelta(seconds=max(windows)))
            error.message = _("Too many attempts. Try again after %(time)s.") % {"time": f"{again:%H:%M}"}
        elif code in WRONG:
            error.message = str(WRONG[code])
        return error


class AccountAdapter(_OurWords, DefaultAccountAdapter):
    """No sign-up by oneself; whatever changes how somebody signs in is told to them, recorded, and ends their other sessions."""

    def is_open_for_signup(self, request) -> bool:
        """Never."""
        return False

    def get_client_ip(self, request) -> str:
        """The address that limits count by."""
        return origin.address(request) or "unknown"

    def respond_user_inactive(self, request, user):
        """An ended account is answered like one that is not there."""
        return render(request, "socialaccount/authentication_error.html", status=403)

    def pre_authenticate(self, request, **credentials) -> None:
        """Refuse what comes too often, and note it."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            name = _name_in(credentials)
            sign_ins.note(request, SignInOutcome.TOO_OFTEN, sign_ins.named(name), name)
            raise

    def authentication_failed(self, request, **credentials) -> None:
        """Called by the library after a wrong name or password."""
        sign_ins.note(request, SignInOutcome.REFUSED, sign_ins.named(_name_in(credentials)))

    def login(self, request, user) -> None:
        """Sign in; the session knows from where."""
        super().login(request, user)
        for record in request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, []):
            record["reauthenticated"] = True  # who has just signed in has said who they are
        sessions.note(request.session, origin.address(request), origin.device_of(request))
        sign_ins.note(request, SignInOutcome.SIGNED_IN, user)

    def get_password_change_redirect_url(self, request) -> str:
        """Back to one's account."""
        return resolve_url("my_account")

    def set_password(self, user, password: str) -> None:
        """Keep a new password; it ends all other sessions of the person, and their calendar address."""
        user.set_password(password)
        user.save(update_fields=["password"])
        chain.note(user, user, {}, {"password": True})
        self._end_others(user)
        if self.request.user.is_authenticated and self.request.user.pk == user.pk:
            update_session_auth_hash(self.request, user)

    def send_notification_mail(self, template_prefix, user, context=None, email=None) -> None:
        """Called by the library whenever a way to sign in has changed."""
        what = template_prefix.rpartition("/")[2]
        if template_prefix.startswith("mfa/"):
            chain.note(user, user, {}, {"second_factor": what})
            self._end_others(user)
        letters.tell(user, what, origin.address(self.request), origin.in_words(origin.device_of(self.request)))

    def _end_others(self, user) -> None:
        """End the person's sessions but this one. What was written under its key must stay there."""
        sessions.end(user, keep=self.request.session.session_key)

    def send_password_reset_mail(self, user, email, context) -> None:
        """Sent beside the answer, so that the time it takes does not tell that there is an account."""
        in_background(letters.reset_letter(user, context["password_reset_url"]))


def _name_in(credentials: dict) -> str:
    return str(credentials.get("email") or credentials.get("username") or "")


def in_background(letter: EmailMessage) -> threading.Thread:
    """Send a letter without keeping the answer waiting for it."""
    thread = threading.Thread(target=letter.send, kwargs={"fail_silently": True})
    thread.start()
    return thread


class SecondFactorAdapter(_OurWords, DefaultMFAAdapter):
    """Secrets are kept encrypted; who needs a second factor cannot take the last one away."""

    def validation_error(self, code, *args):
        """The refusal behind a code; a wrong one at sign-in is noted."""
        request = context.request
        if request is not None and not request.user.is_authenticated:
            stage = get_pending_stage(request)
            outcome = SignInOutcome.TOO_OFTEN if code in {"too_many_login_attempts", "rate_limited"} else SignInOutcome.CODE_REFUSED
            sign_ins.note(request, outcome, stage.login.user if stage else None)
        return super().validation_error(code, *args)

    def encrypt(self, text: str) -> str:
        """The secret as it is kept."""
        return sealing.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again."""
        return sealing.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator) -> bool:
        """Whether the person may remove it: not the last one where their role asks for one."""
        user = authenticator.user
        if user.role not in settings.MFA_ROLES or authenticator.type == authenticator.Type.RECOVERY_CODES:
            return True
        others = user.authenticator_set.exclude(pk=authenticator.pk).exclude(type=authenticator.Type.RECOVERY_CODES)
        return others.exists()

    def generate_authenticator_name(self, user, type) -> str:
        """The name proposed for a new passkey."""
        return _("Passkey %(n)s") % {"n": user.authenticator_set.filter(type=type).count() + 1}

    def _get_site_name(self) -> str:
        return "Gegma"


class IdentityAdapter(_OurWords, DefaultSocialAccountAdapter):
    """The ministry's identity provider: who it names is let in where an administrator has made their account, and nobody else."""

    def is_open_for_signup(self, request, sociallogin) -> bool:
        """Never."""
        return False

    def pre_social_login(self, request, sociallogin) -> None:
        """Find the account. All refusals are one and the same answer."""
        identity = _identity(sociallogin)
        if identity is None:
            self._refuse(request)
        if sociallogin.is_existing:
            if not sociallogin.user.is_active or request.user.is_authenticated and request.user.pk != sociallogin.user.pk:
                self._refuse(request)
            return
        person = _named_by(identity, sociallogin.account.provider)
        if person is None or request.user.is_authenticated and request.user.pk != person.pk:
            self._refuse(request)
        sociallogin.connect(request, person)
        chain.note(person, person, {}, {"identity": sociallogin.account.uid})

    def _refuse(self, request):
        sign_ins.note(request, SignInOutcome.REFUSED, None)
        raise ImmediateHttpResponse(render(request, "socialaccount/authentication_error.html", status=403))


def _identity(sociallogin) -> dict | None:
    """What the provider says of the person: its token is from the issuer of the settings, and everything it says is of one subject."""
    told = sociallogin.account.extra_data or {}
    token, further = told.get("id_token") or {}, told.get("userinfo") or {}
    if str(token.get("iss", "")).rstrip("/") != settings.OIDC_ISSUER or not token.get("sub"):
        return None
    if further and further.get("sub") != token["sub"] or sociallogin.account.uid != str(token["sub"]):
        return None
    return {**further, **token}


def _named_by(identity: dict, provider: str) -> User | None:
    """The active account with the e-mail that the provider says is verified, to which no other identity is linked."""
    email = identity.get("email")
    if not isinstance(email, str) or identity.get("email_verified") is not True:
        return None
    person = User.objects.filter(email__iexact=email, is_active=True).first()
    if person is None or SocialAccount.objects.filter(user=person, provider=provider).exists():
        return None
    return person
