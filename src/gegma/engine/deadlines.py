"""What waits for somebody by a day, over all registers: each declares its days (Register.dues), higher layers add theirs (hooks.DEADLINES).

Home, the calendar, its feed and the reminders are all this list, so they cannot disagree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from gegma.kernel import dates

from . import hooks, kept, registry
from .policy import VIEW
from .spec import Due, Register

# Whose deadlines: everybody's, the person's and their unit's, only those that name the person.
ALL, UNIT, MINE = "all", "unit", "mine"


@dataclass(frozen=True)
class Deadline:
    """day: by when; first: the day first set, where it was moved. ask: what is to be done. begins: the first day of an event ahead.

    register and record_id name the record; what tells the days of one record apart and stays when a day is moved. officer and people are
    accounts, unit owns the record, actor is the unit that the row itself names as the one to act: those are reminded.
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
    what: str = ""
    officer: int | None = None
    unit: int | None = None
    actor: int | None = None
    people: tuple[int, ...] = ()

    @property
    def moved(self) -> bool:
        """Whether the day is another than the one first set."""
        return self.first is not None and self.first != self.day

    @property
    def key(self) -> tuple[str, int, str]:
        """By what one deadline is known, whatever day it is moved to."""
        return self.register, self.record_id, self.what

    def asked(self, today: dt.date) -> str:
        """What is asked, as of today: an event that has not begun is only planned."""
        return str(_("planned for this day")) if self.begins and self.day >= today else str(self.ask)


@dataclass(frozen=True)
class Asked:
    """Which deadlines are asked for: from start to end, both included, that user may see.

    whose: ALL, UNIT or MINE. only: {register: record numbers, or None for all of them}; without: registers left out. most: at most so many
    of each kind, the earliest. today: the day from which a layer above judges what is done.
    """

    user: Any
    start: dt.date
    end: dt.date
    whose: str = ALL
    only: Mapping[str, Collection[int] | None] | None = None
    without: Collection[str] = ()
    most: int | None = None
    today: dt.date | None = None

    def wants(self, register: str) -> bool:
        """Whether deadlines of this register are asked for."""
        return register not in self.without and (self.only is None or register in self.only)

    def records(self, register: str) -> Collection[int] | None:
        """The only records that are asked about, or None for all."""
        return self.only.get(register) if self.only is not None else None


@dataclass(frozen=True)
class Source:
    """Deadlines that a higher layer keeps. kinds: {register: what is asked}, for the menus; find: those that are asked for."""

    kinds: Mapping[str, Any]
    find: Callable[[Asked], Iterable[Deadline]]


def between(user, start: dt.date, end: dt.date, **asked) -> list[Deadline]:
    """The open deadlines from start to end, both included, that user may see, by day. asked: as in Asked."""
    asked.setdefault("today", dates.today())
    wanted = Asked(user, start, end, **asked)
    found: list[Deadline] = []
    for spec in registry.everything():
        if wanted.wants(spec.key):
            for what, due in spec.named_dues().items():
                found += _of_register(spec, what, due, wanted)
    for source in hooks.DEADLINES:
        if any(wanted.wants(register) for register in source.kinds):
            found += source.find(wanted)
    return sorted(found, key=lambda one: (one.day, one.register, one.record_id, one.what))


def kinds(user) -> dict[Register, dict[str, str]]:
    """The registers in which something may fall due, each with what is asked there: {what: words}. For menus."""
    found: dict[Register, dict[str, str]] = {}
    for spec in registry.everything():
        asks = {what: str(due.ask) for what, due in spec.named_dues().items()}
        for source in hooks.DEADLINES:
            if spec.key in source.kinds:
                asks[""] = str(source.kinds[spec.key])
        if asks and spec.policy.may(user, VIEW):
            found[spec] = asks
    return found


def rows(spec: Register, due: Due, user, whose: str = ALL):
    """The rows of a register that wait, whenever."""
    waiting = spec.visible(user).filter(due.open, **{f"{due.date}__isnull": False})
    return waiting if whose == ALL else waiting.filter(owned_by(spec, user, whose))


def _of_register(spec: Register, what: str, due: Due, asked: Asked) -> Iterator[Deadline]:
    keepers = _keepers(spec)
    whose = (asked.whose, *((person.pk, person.unit_id) for person in asked.user.and_stood_for())) if asked.whose != ALL else ()
    if (records := asked.records(spec.key)) is not None:
        found = _waiting(spec, due, asked, keepers).filter(pk__in=records)[: asked.most]
    else:
        key = (spec, what, asked.start, asked.end, asked.most, spec.policy.key(asked.user), whose)
        found = kept.rows(key, lambda: _waiting(spec, due, asked, keepers)[: asked.most])
    for row in found:
        yield Deadline(
            getattr(row, due.date), spec.heading(row), due.ask, spec.record_url(row), spec.number(row), spec.key, row.pk,
            first=getattr(row, due.first) if due.first else None, begins=getattr(row, due.begins) if due.begins else None, what=what,
            **{name: getattr(row, f"keeper_{name}") for name in keepers},
        )  # fmt: skip


def _waiting(spec: Register, due: Due, asked: Asked, keepers: dict[str, str]) -> QuerySet:
    """The rows due in the span, the earliest first, each with whoever answers for it."""
    found = rows(spec, due, asked.user, asked.whose).filter(**{f"{due.date}__range": (asked.start, asked.end)})
    return spec.annotated(found, []).annotate(**{f"keeper_{name}": F(path) for name, path in keepers.items()}).order_by(due.date, "pk")


def _keepers(spec: Register) -> dict[str, str]:
    """Where a row says who answers for it, through the parent where it says nothing itself: {officer, unit, actor: path}."""
    own = {f.name for f in spec.model._meta.get_fields()}
    prefix = f"{spec.parent_field}__" if spec.parent and "owner_unit" not in own else ""
    kept_by = {f.name for f in registry.get(spec.parent).model._meta.get_fields()} if prefix else own
    found = {name: f"{prefix}{column}_id" for name, column in (("officer", "officer"), ("unit", "owner_unit")) if column in kept_by}
    return found | ({"actor": "unit_id"} if "unit" in own else {})


def owned_by(spec: Register, user, whose: str = UNIT) -> Q:
    """The rows that the person answers for, or somebody for whom they stand in today; with UNIT also those of their units.

    Through the parent where the row itself says nothing.
    """
    keepers, whole, people = _keepers(spec), Q(pk__in=[]), user.and_stood_for()
    if "officer" in keepers:
        whole |= Q(**{f"{keepers['officer']}__in": [person.pk for person in people]})
    units = [person.unit_id for person in people if person.unit_id] if whose == UNIT else []
    for name in ("unit", "actor") if units else ():
        if name in keepers:
            whole |= Q(**{f"{keepers[name]}__in": units})
    return whole
