"""Who read or took out what: noted while a request is answered, written as one row before the answer leaves.

A view says what it gave with note(); that a response carries a file is seen even where no view said so. What every request would leave a
row of is not kept: only restricted records, exports, reports and files are.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils import timezone

from .context import current
from .models import Access, Kind

RECORDS_MAX = 10_000
WORDS_MAX = 2000
# Answers that show the record although they are no success: a form with faults, a conflict.
SHOWING = {400, 409, 412, 422}
# Of several things noted in one request the row is called after the one that took most out of the house.
WEIGHT = [Kind.READ, Kind.LIST, Kind.FEED, Kind.FILE, Kind.REPORT, Kind.EXPORT]
# A head says nothing of the last minute: rows of writers who are not done yet may still come between.
SETTLED = dt.timedelta(minutes=1)


@dataclass
class Noted:
    """What the present request has given out so far."""

    kind: str = ""
    register: str = ""
    records: dict[tuple[str, int], None] = field(default_factory=dict)
    count: int = 0
    words: str = ""
    actor: object = None


_noted: ContextVar[Noted | None] = ContextVar("noted", default=None)


@contextmanager
def collecting() -> Iterator[Noted]:
    """What is noted inside belongs to one row."""
    found = Noted()
    token = _noted.set(found)
    try:
        yield found
    finally:
        _noted.reset(token)


def note(kind: str, register: str = "", ids: Iterable[int] = (), count: int | None = None, words: str = "", actor=None) -> None:
    """Say what is given out: the numbers of the restricted records in it, how many records in all, the filter in words.

    Outside a request (a command) nothing is kept: who runs commands has the database in hand.
    """
    noted = _noted.get()
    if noted is None:
        return
    before = len(noted.records)
    noted.records.update({(register, pk): None for pk in ids if len(noted.records) < RECORDS_MAX})
    added = len(noted.records) - before
    if not noted.kind or WEIGHT.index(kind) > WEIGHT.index(noted.kind):
        noted.kind, noted.register, noted.words = kind, register, words[:WORDS_MAX]
        noted.count = count if count is not None else added
    noted.actor = actor or noted.actor


def write(user, path: str, response, noted: Noted) -> Access | None:
    """One row of what the response gives out; none for an ordinary page, a refusal or a redirect."""
    given = response.headers.get("Content-Disposition", "")
    if not noted.kind and given.startswith("attachment"):
        noted.kind, noted.words = Kind.FILE, path[:WORDS_MAX]
    if not noted.kind or not (200 <= response.status_code < 300 or response.status_code in SHOWING):
        return None
    return keep(noted.actor or user, noted)


def keep(user, noted: Noted) -> Access:
    """The row itself."""
    where, refs = current(), list(noted.records)
    reader = where.acting or user  # a substitute reads with the rights of the absent one, and is named as who read
    name = f"{reader} / {user}" if where.acting else str(user or "")
    single = refs[0] if len(refs) == 1 else None
    row = Access(
        at=timezone.now(), actor_id=getattr(reader, "pk", None), actor_name=name[:200],
        source=where.source, request_id=where.request_id, address=where.address,
        kind=noted.kind, register=single[0] if single and not noted.register else noted.register, record_id=single[1] if single else None,
        records=f" {' '.join(f'{key}/{pk}' for key, pk in refs)} " if len(refs) > 1 or (single and noted.register not in {'', single[0]}) else "",
        count=max(noted.count, len(refs)), words=noted.words,
    )  # fmt: skip
    row.save(force_insert=True)
    return row


def about(register: str, record_id: int) -> Q:
    """The rows in which a record was read or taken out, alone or among others."""
    return Q(register=register, record_id=record_id) | Q(records__contains=f" {register}/{record_id} ")


def of_record(register: str, record_id: int) -> QuerySet:
    """Who read a restricted record or took it out, newest first."""
    return Access.objects.filter(about(register, record_id)).select_related("actor")


def digest(last: int | None = None) -> dict:
    """How many rows there are up to the one numbered last, and one hash over all of them: a part of the signed head."""
    rows = Access.objects.order_by("pk")
    rows = rows.filter(pk__lte=last) if last is not None else rows.filter(at__lte=timezone.now() - SETTLED)
    names = [f.attname for f in Access._meta.concrete_fields]
    count, end, value = 0, 0, ""
    for values in rows.values_list(*names).iterator(chunk_size=2000):
        told = [v.astimezone(dt.UTC).isoformat(timespec="microseconds") if isinstance(v, dt.datetime) else v for v in values]
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        value = hashlib.sha256(f"{value}{text}".encode()).hexdigest()
        count, end = count + 1, values[0]
    return {"count": count, "last": end, "hash": value}
