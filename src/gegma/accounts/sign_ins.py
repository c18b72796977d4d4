"""Who signed in, and who tried to and was refused: written at each attempt, for administrators and auditors; kept for settings.SIGN_IN_DAYS."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from . import origin
from .models import Session, SignIn, SignInOutcome, User

# Further refusals of what comes too often are noted once in so long for an address and account, so that nobody fills the table.
QUIET = dt.timedelta(minutes=5)
# The day on which this process last took away what is too old.
_tidied: list[dt.date | None] = [None]


def note(request: HttpRequest, outcome: str, person: User | None) -> None:
    """Write one attempt."""
    now = timezone.now()
    row = SignIn(at=now, person=person, outcome=outcome, address=origin.address(request)[:45], device=origin.device_of(request))
    if outcome == SignInOutcome.TOO_OFTEN and SignIn.objects.filter(at__gt=now - QUIET, person=person, outcome=outcome, address=row.address).exists():
        return
    row.save()
    if _tidied[0] != timezone.localdate(now):
        _tidied[0] = timezone.localdate(now)
        tidy(now)


def tidy(now: dt.datetime) -> None:
    """Take away the attempts that are too old, and the sessions that have ended."""
    SignIn.objects.filter(at__lt=now - dt.timedelta(days=settings.SIGN_IN_DAYS)).delete()
    Session.objects.filter(expire_date__lt=now).delete()


def named(login: str) -> User | None:
    """The account that a name typed at sign-in belongs to. Asked at every refusal, so that the time it takes tells nothing."""
    return User.objects.filter(email__iexact=login[:254].replace("\0", "").strip()).first()
