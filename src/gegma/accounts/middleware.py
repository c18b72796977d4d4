"""Every page but sign-in needs an account; the language is what the person chose, else Georgian."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

from . import origin, sessions

OPEN_PREFIXES = ("/accounts/", "/static/", "/language/", "/health/")
# What somebody who must set up a second factor still reaches: setting it up, proving who they are, signing out, the language.
UNTIL_SET_UP = ("/accounts/2fa/", "/accounts/reauthenticate/", "/accounts/logout/", "/static/", "/language/", "/health/")


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's own, with the few open addresses in one place."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        """Let the open addresses through, send the rest to sign-in."""
        if request.path.startswith(OPEN_PREFIXES):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class NoStoreMiddleware:
    """Nothing that a page says is kept by a browser or a cache on the way: the next person at the machine must not find it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "private, no-store"
        return response


class SessionAgeMiddleware:
    """Ends a session that has lasted too long or lain idle; notes where and when its person was here."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.session.get(sessions.OWNER) and request.user.is_authenticated:
            if sessions.worn_out(request.session):
                logout(request)
            else:
                sessions.note(request.session, origin.address(request), origin.device_of(request))
        return self.get_response(request)


class SecondFactorMiddleware:
    """Leads whoever has a role that asks for a second factor (settings.MFA_ROLES) to set one up; nothing else is reached until then."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.MFA_ROLES and not request.path.startswith(UNTIL_SET_UP) and lacks_second_factor(request):
            return redirect(reverse("mfa_index"))
        return self.get_response(request)


def lacks_second_factor(request) -> bool:
    """Whether the person, or whoever they act for, has a role that asks for a second factor, and the person has none."""
    person = getattr(request, "acting", None) or request.user
    if not person.is_authenticated or not {person.role, request.user.role} & settings.MFA_ROLES:
        return False
    return not has_second_factor(person)


def has_second_factor(person) -> bool:
    """Whether the person has an authenticator app or a passkey; recovery codes alone are none."""
    return Authenticator.objects.filter(user=person, type__in=(Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)).exists()


class LanguageMiddleware:
    """Takes ?lang=, then the cookie, then the first of the settings: not the browser's wish, whose default is often wrong here."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        known = dict(settings.LANGUAGES)
        asked = request.GET.get("lang")
        kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        code = asked if asked in known else kept if kept in known else settings.LANGUAGE_CODE
        translation.activate(code)
        request.LANGUAGE_CODE = code
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response
