"""What waits for somebody by a day, over all registers: each declares its days (Register.dues), higher layers add theirs (hooks.DEADLINES).

Home, the calendar, its feed and the reminders are all this list, so they cannot disagree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from . import hooks, registry
from .spec import Due, Register


@dataclass(frozen=True)
class Deadline:
    """day: by when; first: the day first set, where it was moved. ask: what is to be done. begins: the first day of an event ahead.

    register and record_id name the record; for what a higher layer adds they name its own row.
    """

    day: dt.date
    title: str
    ask: Any
    url: str
    number: str
    register: str
    record_id: int
    first: dt.date | None = None
    begins: dt.date | None = None

    @property
    def moved(self) -> bool:
        """Whether the day is another than the one first set."""
        return self.first is not None and self.first != self.day


def between(user, start: dt.date, end: dt.date, *, mine: bool = False, most: int | None = None) -> list[Deadline]:
    """The open deadlines from start to end, both included, that user may see, by day.

    mine: only those of the person or their unit. most: at most so many of each register, the earliest.
    """
    found: list[Deadline] = []
    for spec in registry.everything():
        for due in spec.dues:
            found += _of_register(spec, due, user, start, end, mine, most)
    for source in hooks.DEADLINES:
        found += source(user, start, end, mine)
    return sorted(found, key=lambda one: (one.day, one.register, one.record_id))


def rows(spec: Register, due: Due, user, mine: bool = False):
    """The rows of a register that wait, whenever."""
    waiting = spec.visible(user).filter(due.open, **{f"{due.date}__isnull": False})
    return waiting.filter(owned_by(spec, user)) if mine else waiting


def _of_register(spec: Register, due: Due, user, start, end, mine: bool, most: int | None) -> Iterator[Deadline]:
    found = rows(spec, due, user, mine).filter(**{f"{due.date}__range": (start, end)}).order_by(due.date, "pk")
    for row in found[:most]:
        yield Deadline(
            getattr(row, due.date), spec.heading(row), due.ask, spec.record_url(row), spec.number(row), spec.key, row.pk,
            first=getattr(row, due.first) if due.first else None, begins=getattr(row, due.begins) if due.begins else None,
        )  # fmt: skip


def owned_by(spec: Register, user) -> Q:
    """The rows that the person or their unit answers for, through the parent where the row itself says nothing."""
    names, whole = {f.name for f in spec.model._meta.get_fields()}, Q(pk__in=[])
    prefix = "" if "owner_unit" in names or not spec.parent else f"{spec.parent_field}__"
    kept_by = {f.name for f in registry.get(spec.parent).model._meta.get_fields()} if prefix else names
    if "officer" in kept_by:
        whole |= Q(**{f"{prefix}officer": user.pk})
    if user.unit_id:
        if "owner_unit" in kept_by:
            whole |= Q(**{f"{prefix}owner_unit": user.unit_id})
        if "unit" in names:
            whole |= Q(unit=user.unit_id)
    return whole
