"""A person's reminders on the pages: those that still stand, how many are unread, and reading them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Subquery
from django.utils import timezone

from gegma.accounts.models import User
from gegma.audit.models import Head
from gegma.engine.deadlines import Deadline
from gegma.kernel import dates

from . import digest
from .models import Notice

# What stays on the page after it was read: the day's own.
COUNTS_KEPT = 500
_counts: dict[tuple, int] = {}


@dataclass
class Line:
    """A reminder that stands: the deadline as it is now, why, and whether it was read. ids: its notices."""

    deadline: Deadline
    reason: str
    late: bool
    seen: bool
    ids: list[int]
    asked: str


def standing(person: User, today: dt.date) -> list[Line]:
    """The reminders that are unread, and those of today that were read, each record's deadline once; what is done is not there."""
    rows = list(Notice.objects.filter(person=person, seen_at=None)) + list(
        Notice.objects.filter(person=person, made_on=today, seen_at__isnull=False)
    )
    by_key: dict[tuple, list[Notice]] = {}
    for row in rows:
        by_key.setdefault((row.key, row.due_on), []).append(row)
    return [
        Line(
            one, digest.reason(one.day, today), one.day < today, all(n.seen_at for n in by_key[one.key, one.day]),
            [n.pk for n in by_key[one.key, one.day]], one.asked(today),
        )
        for one in digest.open_deadlines(person, rows, today)
    ]  # fmt: skip


def unread(person: User) -> int:
    """How many of them are unread, for the bell: one query where nothing was written since it was counted last."""
    head = Subquery(Head.objects.filter(pk=1).values("hash")[:1])
    rows = list(Notice.objects.filter(person=person, seen_at=None).annotate(head=head))
    if not rows:
        return 0
    today = dates.today()
    key = (person.pk, person.unit_id, person.role, tuple(person.reads), rows[0].head, today, tuple(row.pk for row in rows))
    if rows[0].head is None or key not in _counts:
        if len(_counts) >= COUNTS_KEPT:
            _counts.clear()
        _counts[key] = len(digest.open_deadlines(person, rows, today))
    return _counts[key]


def read(person: User, ids: list[int] | None = None) -> int:
    """Mark notices of the person as read: these, or all. Returns how many were."""
    rows = Notice.objects.filter(person=person, seen_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return rows.update(seen_at=timezone.now())
