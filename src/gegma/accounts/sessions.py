"""Sessions that know whose they are: they are listed, ended one by one or all at once, and end by themselves.

The engine of settings.SESSION_ENGINE. What the columns hold stands in the session too, so that a request costs no further query: Django
reads the session anyway. When a person was last seen is written at most every few minutes.
"""

from __future__ import annotations

import datetime as dt
import time

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone
from django.utils.crypto import salted_hmac

OWNER, STARTED, SEEN, ADDRESS, DEVICE = "session_of", "started", "seen", "address", "device"
# Seconds between two notes of the person being here.
NOTED_EVERY = 300


class SessionStore(DatabaseStore):
    """Django's sessions in the database, with the person and the times in columns of their own."""

    @classmethod
    def get_model_class(cls):
        """The table."""
        from .models import Session

        return Session

    def create_model_instance(self, data):
        """The row to be written; the first write after somebody has signed in begins their time."""
        person, now = data.get(SESSION_KEY), time.time()
        if person and data.get(OWNER) != person:
            data[OWNER], data[STARTED], data[SEEN] = person, now, now
        row = super().create_model_instance(data)
        if person:
            started = moment(data.get(STARTED, now))
            row.user_id, row.started_at, row.seen_at = int(person), started, moment(data.get(SEEN, now))
            row.address, row.device = data.get(ADDRESS, "")[:45], data.get(DEVICE, "")[:300]
            row.expire_date = min(row.expire_date, started + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE))
        return row


def moment(seconds: float) -> dt.datetime:
    """Seconds since 1970 as a moment."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def worn_out(session) -> bool:
    """Whether the session of a person has lasted too long, or has lain idle too long."""
    now = time.time()
    return now - session.get(STARTED, now) > settings.SESSION_COOKIE_AGE or now - session.get(SEEN, now) > settings.SESSION_IDLE


def note(session, address: str, device: str) -> None:
    """Note that the person is here, and from where; written every few minutes, not with every request."""
    if time.time() - session.get(SEEN, 0) > NOTED_EVERY or (session.get(ADDRESS), session.get(DEVICE)) != (address, device[:300]):
        session[SEEN], session[ADDRESS], session[DEVICE] = time.time(), address, device[:300]


def of(user):
    """The sessions of a person that have not run out, the latest first."""
    idle = timezone.now() - dt.timedelta(seconds=settings.SESSION_IDLE)
    return user.sessions.filter(expire_date__gt=timezone.now(), seen_at__gt=idle).order_by("-seen_at")


def end(user, keep: str | None = "", only: str = "") -> int:
    """End the sessions of a person, at once: all, all but the one with the key keep, or only one. Returns how many were ended."""
    rows = user.sessions.all()
    if keep:
        rows = rows.exclude(session_key=keep)
    if only:
        rows = rows.filter(session_key=only)
    return rows.delete()[0]


def sign(key: str) -> str:
    """What stands for a session in a form: with the key itself one would be signed in."""
    return salted_hmac("gegma session", key, algorithm="sha256").hexdigest()[:32]
