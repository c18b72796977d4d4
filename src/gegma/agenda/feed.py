"""A person's private calendar address: made and revoked by the person, read by their calendar program without a session."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone, translation

from gegma.accounts.models import User
from gegma.engine import deadlines
from gegma.kernel import dates

from . import ical
from .models import Feed, Whose

TOKEN_BYTES = 32
# From so long ago, as long as it is open, to so far ahead.
BACK, AHEAD = dt.timedelta(days=180), dt.timedelta(days=400)
# Of each kind at most so many.
MOST = 500
# Programs ask every few hours; more than so many readings an hour are refused.
READINGS, WINDOW = 30, 60 * 60


def make(person: User, whose: str = Whose.MINE) -> str:
    """A new address for the person; the one before ends to work. Returns its token, which is kept nowhere else."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    Feed.objects.update_or_create(
        person=person,
        defaults={
            "token_hash": digest(token), "credential": digest(person.get_session_auth_hash()), "whose": whose,
            "made_at": timezone.now(), "read_at": None,
        },
    )  # fmt: skip
    return token


def revoke(person: User) -> bool:
    """End the person's address. Returns whether there was one."""
    return bool(Feed.objects.filter(person=person).delete()[0])


def find(token: str) -> Feed | None:
    """The feed behind a token, as long as its person may sign in."""
    wanted = digest(token)
    found = Feed.objects.select_related("person").filter(token_hash=wanted).first()
    if found is None or not hmac.compare_digest(found.token_hash, wanted) or not works(found):
        return None
    return found


def works(found: Feed) -> bool:
    """Whether the address still answers: its person may sign in, and has not changed the password since it was made."""
    return found.person.is_active and hmac.compare_digest(found.credential, digest(found.person.get_session_auth_hash()))


def digest(token: str) -> str:
    """What is kept of a token. It is random and long, so that its hash needs no salt."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def too_often(found: Feed) -> bool:
    """Whether the feed was read more often within the hour than any calendar program needs. Counts this reading."""
    key = f"calendar-feed:{found.token_hash[:32]}:{timezone.now():%Y%m%d%H}"
    count = cache.get(key, 0) + 1
    cache.set(key, count, WINDOW)
    return count > READINGS


def content(found: Feed) -> bytes:
    """The calendar file: what the person may see now, in the language of their e-mails."""
    person, today = found.person, dates.today()
    with translation.override(language_of(person)):
        rows = deadlines.between(person, today - BACK, today + AHEAD, whose=found.whose, most=MOST, today=today)
        made = ical.calendar_of(rows, timezone.now().astimezone(dt.UTC), today)
    Feed.objects.filter(pk=found.pk).update(read_at=timezone.now())
    return made


def language_of(person: User) -> str:
    """The language in which a person is written to: the one they chose last for the pages, else the first of the system."""
    return person.language if person.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
