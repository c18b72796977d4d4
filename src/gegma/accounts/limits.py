"""How often something may be done, counted in the shared cache: per-process counters would multiply with the workers.

The sign-in library counts its own (ACCOUNT_RATE_LIMITS); what is counted here is search and export, for each person.
"""

from __future__ import annotations

import datetime as dt
import math
import time

from allauth.account import app_settings as account_settings
from allauth.core.internal.ratelimit import parse_rates
from allauth.mfa import app_settings as mfa_settings
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

# Which limit of the sign-in library stands behind which address.
ACTIONS = {
    "account_login": ("login", "login_failed"), "account_reset_password": ("reset_password",), "account_change_password": ("change_password",),
    "account_reset_password_from_key": ("reset_password_from_key",), "account_reauthenticate": ("reauthenticate",),
    "mfa_login_webauthn": ("webauthn_login",), "mfa_authenticate": ("login_failed",), "mfa_reauthenticate": ("reauthenticate",),
}  # fmt: skip


def wait(bucket: str, who: str) -> int:
    """Count one more; 0 where it is allowed, else the seconds until it is again. What was refused does not count."""
    number, window = settings.LIMITS[bucket]
    key, now = f"limit:{bucket}:{who}", time.time()
    times = [t for t in cache.get(key, []) if t > now - window]
    if len(times) >= number:
        return max(1, math.ceil(times[-number] + window - now))
    cache.set(key, [*times, now], window)
    return 0


def refused(request: HttpRequest, seconds: int) -> HttpResponse:
    """The page that says when to try again."""
    again = timezone.localtime(timezone.now() + dt.timedelta(seconds=seconds))
    response = render(request, "429.html", {"again": again, "minutes": max(1, math.ceil(seconds / 60))}, status=429)
    response.headers["Retry-After"] = str(seconds)
    response.headers["Cache-Control"] = "no-store"
    return response


def longest(actions: tuple[str, ...]) -> int:
    """The longest of the windows of these limits, in seconds: after so long one of them surely lets the next try through."""
    rates = {**mfa_settings.RATE_LIMITS, **account_settings.RATE_LIMITS}
    found = [rate.duration for action in actions for rate in parse_rates(rates.get(action))]
    return int(max(found, default=60))


def handler429(request: HttpRequest, *_args, **_kwargs) -> HttpResponse:
    """What the sign-in library answers when one of its limits is reached."""
    match = request.resolver_match
    return refused(request, longest(ACTIONS.get(match.url_name if match else "", ())))


class LimitMiddleware:
    """Search and export, by the name of the address (settings.LIMITED); each person has a bucket of their own."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view_func, view_args, view_kwargs) -> HttpResponse | None:
        """Refuse where the person's bucket is empty."""
        match = request.resolver_match
        bucket, needed = settings.LIMITED.get(match.url_name, ("", "")) if match else ("", "")
        if not bucket or (needed and needed not in request.GET) or not request.user.is_authenticated:
            return None
        person = getattr(request, "acting", None) or request.user
        if seconds := wait(bucket, str(person.pk)):
            return refused(request, seconds)
        return None
