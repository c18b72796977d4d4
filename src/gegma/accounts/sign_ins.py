"""Who signed in, and who tried to and was refused: written at each attempt, for administrators and auditors; kept for settings.SIGN_IN_DAYS."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from . import origin
from .models import Session, SignIn, SignInOutcome, User

# Further refusals of what comes too often are noted once in so many seconds for an address and name, and so many for an address, so that nobody
# fills the table.
QUIET, QUIET_MOST = 300, 20
# The day on which this process last took away what is too old.
_tidied: list[dt.date | None] = [None]


def note(request: HttpRequest, outcome: str, person: User | None, name: str = "") -> None:
    """Write one attempt. name: what was typed; it tells refusals of what comes too often apart, whether there is such an account or not."""
    now, address = timezone.now(), origin.address(request)[:45]
    if outcome == SignInOutcome.TOO_OFTEN and _told_already(address, name or f"account {person.pk if person else 0}"):
        return
    SignIn.objects.create(at=now, person=person, outcome=outcome, address=address, device=origin.device_of(request))
    if _tidied[0] != timezone.localdate(now):
        _tidied[0] = timezone.localdate(now)
        tidy(now)


def _told_already(address: str, name: str) -> bool:
    """Whether this refusal was noted lately. By a keyed hash of the name: whether a row is written must not depend on whether there is an account."""
    mark = salted_hmac("gegma.sign-ins", name.casefold(), algorithm="sha256").hexdigest()
    key = f"too-often:{hashlib.sha256(address.encode()).hexdigest()}"
    told = cache.get(key, [])
    if mark in told or len(told) >= QUIET_MOST:
        return True
    cache.set(key, [*told, mark], QUIET)
    return False


def tidy(now: dt.datetime) -> None:
    """Take away the attempts that are too old, and the sessions that have ended."""
    SignIn.objects.filter(at__lt=now - dt.timedelta(days=settings.SIGN_IN_DAYS)).delete()
    Session.objects.filter(expire_date__lt=now).delete()


def named(login: str) -> User | None:
    """The account that a name typed at sign-in belongs to. Asked at every refusal, so that the time it takes tells nothing."""
    return User.objects.filter(email__iexact=login[:254].replace("\0", "").strip()).first()
