"""How the days by which something is due were moved: told from the history of changes, beside the day first set."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q

from gegma.audit.models import Action, Change

from . import registry
from .spec import Register


@dataclass(frozen=True)
class Move:
    """One step: who moved the day, when, from what to what. No days where it was taken away."""

    change: Change
    before: list[dt.date]
    after: list[dt.date]


@dataclass
class Moved:
    """A record whose day was moved: the day first set, the day as it is now, and the steps between them, newest first."""

    spec: Register
    record: Any
    column: str
    first: list[dt.date]
    now: list[dt.date]
    steps: list[Move] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What the day is called."""
        return str(self.spec.model._meta.get_field(self.column).verbose_name)


def moved_days(spec: Register, record, user) -> list[Moved]:
    """The moved days of a record and of its children that user may see. The history is read only where a day was moved."""
    found = _moved(spec, [record])
    for inline in spec.inlines:
        child = registry.get(inline.register)
        if child.kept_first():
            was_moved = Q()
            for date, first in child.kept_first().items():
                was_moved |= Q(**{f"{first}__isnull": False}) & (~Q(**{date: F(first)}) | Q(**{f"{date}__isnull": True}))
            found += _moved(child, child.visible(user).filter(was_moved, **{child.parent_field: record.pk}))
    if found:
        _tell_steps(found)
    return [one for one in found if one.steps]


def _moved(spec: Register, records) -> list[Moved]:
    return [
        Moved(spec, record, date, _days(was), _days(getattr(record, date)))
        for record in records
        for date, first in spec.kept_first().items()
        if (was := getattr(record, first)) and _days(was) != _days(getattr(record, date))
    ]


def _tell_steps(found: list[Moved]) -> None:
    which = Q()
    for one in found:
        which |= Q(register=one.spec.key, record_id=one.record.pk)
    changes = defaultdict(list)
    for change in Change.objects.filter(which, action=Action.UPDATE).order_by("-pk"):
        changes[change.register, change.record_id].append(change)
    for one in found:
        for change in changes[one.spec.key, one.record.pk]:
            if before := _days(change.before.get(one.column)):  # the first time is no move
                one.steps.append(Move(change, before, _days(change.after.get(one.column))))


def _days(value) -> list[dt.date]:
    """One day or a list of them, as columns and the history keep them."""
    values = value if isinstance(value, list) else [value] if value else []
    return sorted(day if isinstance(day, dt.date) else dt.date.fromisoformat(str(day)[:10]) for day in values)
