"""Making, finding and ending personal tokens."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets

from django.db import transaction
from django.utils import timezone

from gegma.accounts.models import User
from gegma.audit.accounts import note
from gegma.audit.record import lock

from .models import Token

# So that a token that leaked into a file or a log is found by those who look for such things.
PREFIX = "gegma_"
TOKEN_BYTES = 32
# How long a token may work, in days: the choices of the page.
DAYS = (7, 30, 90, 365)
# So many tokens of one person may work at a time.
MOST = 20
# When a token was used last is noted once in so long, not at every request.
NOTED = dt.timedelta(minutes=5)


def make(person: User, name: str, days: int, may_write: bool = False) -> str:
    """A new token of the person. Returns it in words that are kept nowhere else. Raises ValueError for days that are not offered."""
    if days not in DAYS:
        raise ValueError(days)
    word = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        lock()
        made = Token.objects.create(
            person=person, name=name[:100], token_hash=digest(word), credential=credential(person),
            may_write=may_write, expires_at=timezone.now() + dt.timedelta(days=days),
        )  # fmt: skip
        note(person, person, {}, {"tokens": [_told(made)]})
    return word


def find(word: str) -> Token | None:
    """The token behind these words, as long as it works and its person may sign in. Notes that it was used."""
    wanted = digest(word)
    found = Token.objects.select_related("person__unit").filter(token_hash=wanted).first()
    if found is None or not hmac.compare_digest(found.token_hash, wanted) or not works(found):
        return None
    now = timezone.now()
    if found.used_at is None or now - found.used_at > NOTED:
        Token.objects.filter(pk=found.pk).update(used_at=now)
    return found


def works(found: Token) -> bool:
    """Whether it still opens anything: neither ended nor expired, its person may sign in and has not changed the password since."""
    if found.ended_at is not None or found.expires_at <= timezone.now() or not found.person.is_active:
        return False
    return hmac.compare_digest(found.credential, credential(found.person))


def of_person(person: User) -> list[Token]:
    """The person's tokens that were not ended, newest first."""
    return list(Token.objects.select_related("person").filter(person=person, ended_at=None))


def working(person: User) -> int:
    """How many tokens of the person have neither ended nor expired."""
    return Token.objects.filter(person=person, ended_at=None, expires_at__gt=timezone.now()).count()


def end(by: User, person: User, pk: int) -> bool:
    """End one token of the person, by themselves or an administrator. Returns whether there was one to end."""
    return bool(_end(by, person, Token.objects.filter(pk=pk)))


def close_tokens(person: User, by: User) -> int:
    """End all tokens of a person whose access ends. Returns how many there were."""
    return _end(by, person, Token.objects.all())


def _end(by: User, person: User, rows) -> int:
    """End those of the rows that are the person's and were not ended, and write which they were into the history of the account."""
    with transaction.atomic():
        lock()
        found = list(rows.select_for_update().filter(person=person, ended_at=None).order_by("pk"))
        if found:
            Token.objects.filter(pk__in=[row.pk for row in found]).update(ended_at=timezone.now())
            note(by, person, {"tokens": [_told(row) for row in found]}, {})
    return len(found)


def _told(made: Token) -> dict:
    """What the history says of a token; nothing by which it could be used or guessed."""
    return {"number": made.pk, "name": made.name, "writes": made.may_write, "until": timezone.localtime(made.expires_at).date().isoformat()}


def digest(word: str) -> str:
    """What is kept of a token. It is random and long, so that its hash needs no salt."""
    return hashlib.sha256(word.encode("utf-8", "replace")).hexdigest()


def credential(person: User) -> str:
    """What changes with the person's password."""
    return digest(person.get_session_auth_hash())
