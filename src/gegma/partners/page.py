"""The page of a country or organisation, read from the registers that the parts name: at most three queries a part, most of them one."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Avg, Count, F, FloatField, Func, Q, QuerySet, Value
from django.urls import reverse

from gegma.engine import kept, registry
from gegma.engine.filters import FilterError
from gegma.engine.forms import names_of
from gegma.engine.policy import VIEW
from gegma.engine.spec import Register
from gegma.engine.tables import Cell, cell_of
from gegma.engine.views.common import may_enter
from gegma.kernel import dates

from .parts import Part, Tally


@dataclass(frozen=True)
class Line:
    """One record of a part."""

    number: str
    title: str
    url: str
    day: str
    cells: list[Cell]
    late: bool = False


@dataclass
class Shown:
    """A part with its records: how many there are, the first of them, the list that holds all, and where the next is entered."""

    key: str
    label: str
    singular: str
    count: int
    url: str
    add_url: str
    lines: list[Line] = field(default_factory=list)
    day_label: str = ""


@dataclass(frozen=True)
class Number:
    """A number with the list behind it. days: how many days it takes on average."""

    label: str
    count: int
    url: str
    late: bool = False
    days: float | None = None


def words_of(where: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a filter with the day put in."""
    return {key: f"{dates.today():%d.%m.%Y}" if value == "today" else value for key, value in where.items()}


def readable(user, one: Part | Tally) -> Register | None:
    """The register of a part as user may read it, where it exists and has the filter."""
    spec = registry.find(one.register)
    if spec is None or not spec.policy.may(user, VIEW):
        return None
    spec = spec.as_seen_by(user)
    return spec if one.by in spec.filters else None


def found(user, one: Part | Tally, record=None) -> tuple[Register, Q] | None:
    """The register of a part and what it asks of it, where the register has these filters and words.

    The record that it asks for was found through its own policy already, so it is not looked up again.
    """
    spec = readable(user, one)
    try:
        return (spec, spec.query(asked(one, record and record.pk)).q()) if spec else None
    except FilterError:
        return None


def asked(one: Part | Tally, pk: int | None = None) -> dict[str, Any]:
    """The filters of the list behind a part or number; without the number of a record, of that over all records."""
    return {**({one.by: str(pk)} if pk is not None else {}), **words_of(one.where)}


def link(spec: Register, params: Mapping[str, Any]) -> str:
    """The address of the list that these filters ask for."""
    return f"{spec.url}?{urlencode(params, doseq=True)}"


# What was found once: filters and words are declared, and a word that records have is not taken out of its list.
_known: set[tuple[Register, Part | Tally]] = set()

# -- numbers -----------------------------------------------------------------------------------------------------------


def numbers(user, record, tallies: Iterable[Tally], parts: Iterable[Shown] = ()) -> list[Number]:
    """The numbers about a record, one query for each register; what a part has counted already is not counted again."""
    counted = {part.url: part.count for part in parts}
    made: list[tuple[Tally, str]] = []
    asks: dict[Register, list[Tally]] = {}
    for tally in tallies:
        if (spec := readable(user, tally)) and knows(spec, tally):
            url = link(spec, asked(tally, record.pk))
            if url not in counted or tally.days:
                asks.setdefault(spec, []).append(tally)
            made.append((tally, url))
    figures: dict[tuple[Tally, str], Any] = {}
    for spec, wanted in asks.items():
        names = [(tally, what) for tally in wanted for what in (("n", "days") if _spans(spec, tally) else ("n",))]
        (row,) = kept.rows((tuple(names), spec.policy.key(user)), lambda s=spec, w=wanted: _counts(user, s, w), record.pk) or [[None] * len(names)]
        figures |= zip(names, row, strict=True)
    return [_number(tally, url, figures.get((tally, "n"), counted.get(url, 0)) or 0, figures.get((tally, "days"))) for tally, url in made]


def knows(spec: Register, one: Part | Tally) -> bool:
    """Whether the register has all filters and words that the part asks for."""
    if (spec, one) not in _known:
        try:
            spec.query(words_of(one.where))
        except FilterError:
            return False
        _known.add((spec, one))
    return True


def _counts(user, spec: Register, tallies: list[Tally]) -> QuerySet:
    """One row with the figures of all of them; about the record whose number is put in later."""
    wanted: dict[str, Any] = {}
    for place, tally in enumerate(tallies):
        wanted |= _figures(spec, tally, spec.query(asked(tally, kept.HOLE)).q(), place)
    about = functools.reduce(operator.or_, (spec.query({tally.by: str(kept.HOLE)}).q() for tally in tallies))
    whole = spec.visible(user).filter(about).order_by().annotate(whole=Value(1)).values("whole")  # one group of all
    return whole.annotate(**wanted).values_list(*wanted)


def _spans(spec: Register, tally: Tally) -> bool:
    return bool(tally.days) and set(tally.days) <= set(spec.all_fields)


def _number(tally: Tally, url: str, count: int, days) -> Number:
    return Number(str(tally.label), count, url, tally.late and count > 0, float(days) if days is not None else None)


def _figures(spec: Register, tally: Tally, q: Q, place: int) -> dict[str, Any]:
    """How many, and how many days it takes on average."""
    wanted: dict[str, Any] = {f"n{place}": Count("pk", filter=q)}
    if _spans(spec, tally):
        first, last = tally.days
        wanted[f"days{place}"] = Avg(DaysBetween(last, first), filter=q)
    return wanted


class DaysBetween(Func):
    """The days from the second date to the first, a number. Without it SQLite asks Python for the difference, row by row."""

    output_field = FloatField()

    def as_sqlite(self, compiler, connection, **given):
        """SQLite keeps dates as words."""
        return self.as_sql(compiler, connection, template="(julianday(%(expressions)s))", arg_joiner=") - julianday(", **given)

    def as_postgresql(self, compiler, connection, **given):
        """A difference of dates is a whole number there."""
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" - ", **given)


# -- parts -------------------------------------------------------------------------------------------------------------


def shown(user, record, parts: Iterable[Part]) -> list[Shown]:
    """The parts about a record, those with nothing in them and no way to add anything left out."""
    made = [_shown(user, record, part, spec) for part in parts if (spec := readable(user, part))]
    return [one for one in made if one and (one.count or one.add_url)]


def _shown(user, record, part: Part, spec: Register) -> Shown | None:
    names = [name for name in (part.day, *part.columns) if name in spec.all_fields]
    who = spec.policy.key(user)
    try:
        first = kept.rows((part, who), lambda: _rows(user, part, spec, names), record.pk)
    except FilterError:  # a word of the part is in no codelist here
        return None
    count = len(first) if len(first) <= part.most else kept.rows((part, who, "count"), lambda: _count(user, part, spec), record.pk)[0]
    return Shown(
        spec.key, str(part.label or spec.title), spec.singular, count, link(spec, asked(part, record.pk)), _add_url(user, spec, part, record),
        [_line(spec, row, part, names, user) for row in first[: part.most]], str(spec.all_fields[part.day].label) if part.day in spec.all_fields else "",
    )  # fmt: skip


def _about(user, part: Part, spec: Register) -> QuerySet:
    """The records of a part, about the record whose number is put in later."""
    return spec.visible(user).filter(spec.query(asked(part, kept.HOLE)).q())


def _rows(user, part: Part, spec: Register, names: list[str]) -> QuerySet:
    return _ordered(spec, spec.annotated(_about(user, part, spec), _read_too(spec, names)), part)[: part.most + 1]


def _count(user, part: Part, spec: Register) -> QuerySet:
    whole = _about(user, part, spec).order_by().annotate(whole=Value(1)).values("whole")
    return whole.annotate(n=Count("pk")).values_list("n", flat=True)


def _read_too(spec: Register, names: list[str]) -> list[str]:
    """With the columns, the parent that a child is told by."""
    return [*names, spec.parent_field] if spec.parent_field in spec.all_fields else names


def _ordered(spec: Register, rows: QuerySet, part: Part) -> QuerySet:
    """By what the part asks, else as the register has it; what has no day comes last, on either database."""
    wanted = [name for name in part.order if name.lstrip("-") in spec.all_fields] or spec.order
    places = [F(name.lstrip("-")) for name in wanted]
    turned = [name.startswith("-") for name in wanted]
    return rows.order_by(*(p.desc(nulls_last=True) if t else p.asc(nulls_last=True) for p, t in zip(places, turned, strict=True)), "pk")


def _line(spec: Register, row, part: Part, names: list[str], user) -> Line:
    day = spec.all_fields[part.day].text(row, user) if part.day in spec.all_fields else ""
    cells = [cell_of(spec, spec.all_fields[name], row, user) for name in names if name != part.day]
    title = str(getattr(row, spec.parent_field)) if spec.parent and spec.parent_field in spec.all_fields else spec.heading(row)
    late = part.due and bool(day) and getattr(row, part.day) < dates.today()
    return Line(spec.number(row), title, spec.record_url(row), day, [c for c in cells if c.text or c.links], late)


def _add_url(user, spec: Register, part: Part, record) -> str:
    """Where the next record is entered, with this one filled in."""
    name = part.add or part.by
    if spec.parent or not may_enter(user, spec) or name not in names_of(spec, spec.all_fields) or part.where.get("status") == "ended":
        return ""
    filled = {name: str(record.pk), **part.new}
    return f"{reverse('record_new', args=[spec.key])}?{urlencode(filled)}"


# -- the list of countries ---------------------------------------------------------------------------------------------


@dataclass
class Row:
    """A country in the list: its numbers, None where the register has nothing of it."""

    country: Any
    numbers: list[Number]

    @property
    def empty(self) -> bool:
        """Whether nothing is known of it."""
        return not any(number.count for number in self.numbers)


def index(user, tallies: Iterable[Tally]) -> tuple[list[Tally], list[Row]]:
    """The columns that there are, and all countries with their numbers: a query or two for each column."""
    usable = [(tally, *one) for tally in tallies if (one := found(user, tally))]
    counted = [spec.filters[tally.by].tally(spec.visible(user).filter(q)) for tally, spec, q in usable]
    countries = registry.get("countries").visible(user).select_related("officer")
    rows = [
        Row(
            country,
            [Number(str(t.label), n[country.pk], link(s, asked(t, country.pk))) for (t, s, _q), n in zip(usable, counted, strict=True)],
        )
        for country in countries
    ]
    return [tally for tally, _spec, _q in usable], rows
