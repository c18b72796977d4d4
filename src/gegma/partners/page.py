"""The page of a country or organisation, read from the registers that the parts name: at most three queries a part, most of them one."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.urls import reverse

from gegma.engine import registry
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


def found(user, one: Part | Tally, record=None) -> tuple[Register, Q] | None:
    """The register of a part and what it asks of it, where the register exists, has these filters, and user may read it.

    The record that it asks for was found through its own policy already, so it is not looked up again.
    """
    spec = registry.find(one.register)
    if spec is None or not spec.policy.may(user, VIEW) or one.by not in spec.filters:
        return None
    try:
        return spec, spec.query(asked(one, record)).q()
    except FilterError:
        return None


def asked(one: Part | Tally, record=None) -> dict[str, Any]:
    """The filters of the list behind a part or number; without a record, of that over all records."""
    return {**({one.by: str(record.pk)} if record is not None else {}), **words_of(one.where)}


def link(spec: Register, params: Mapping[str, Any]) -> str:
    """The address of the list that these filters ask for."""
    return f"{spec.url}?{urlencode(params, doseq=True)}"


# -- numbers -----------------------------------------------------------------------------------------------------------


def numbers(user, record, tallies: Iterable[Tally], parts: Iterable[Shown] = ()) -> list[Number]:
    """The numbers about a record, one query for each register; what a part has counted already is not counted again."""
    counted = {part.url: part.count for part in parts}
    made: list[tuple[Tally, str]] = []
    asks: dict[Register, dict[str, Any]] = {}
    about: dict[Register, dict[str, Q]] = {}
    for tally in tallies:
        if usable := found(user, tally, record):
            spec, q = usable
            url = link(spec, asked(tally, record))
            if url not in counted or tally.days:
                asks.setdefault(spec, {}).update(_figures(spec, tally, q, len(made)))
                about.setdefault(spec, {})[tally.by] = spec.query({tally.by: str(record.pk)}).q()
            made.append((tally, url))
    figures: dict[str, Any] = {}
    for spec, wanted in asks.items():
        rows = spec.visible(user).filter(functools.reduce(operator.or_, about[spec].values()))
        figures |= rows.order_by().aggregate(**wanted)
    return [_number(tally, url, figures.get(f"n{place}", counted.get(url, 0)), figures.get(f"days{place}")) for place, (tally, url) in enumerate(made)]


def _number(tally: Tally, url: str, count: int, days) -> Number:
    return Number(str(tally.label), count, url, tally.late and count > 0, days.total_seconds() / 86400 if days else None)


def _figures(spec: Register, tally: Tally, q: Q, place: int) -> dict[str, Any]:
    """How many, and how many days it takes on average."""
    wanted: dict[str, Any] = {f"n{place}": Count("pk", filter=q)}
    if tally.days and set(tally.days) <= set(spec.all_fields):
        first, last = tally.days
        wanted[f"days{place}"] = Avg(ExpressionWrapper(F(last) - F(first), DurationField()), filter=q)
    return wanted


# -- parts -------------------------------------------------------------------------------------------------------------


def shown(user, record, parts: Iterable[Part]) -> list[Shown]:
    """The parts about a record, those with nothing in them and no way to add anything left out."""
    made = [_shown(user, record, part, *usable) for part in parts if (usable := found(user, part, record))]
    return [one for one in made if one.count or one.add_url]


def _shown(user, record, part: Part, spec: Register, q: Q) -> Shown:
    names = [name for name in (part.day, *part.columns) if name in spec.all_fields]
    rows = spec.visible(user).filter(q)
    first = list(_ordered(spec, spec.annotated(rows, _read_too(spec, names)), part)[: part.most + 1])
    count = len(first) if len(first) <= part.most else rows.order_by().count()
    return Shown(
        spec.key, str(part.label or spec.title), spec.singular, count, link(spec, asked(part, record)), _add_url(user, spec, part, record),
        [_line(spec, row, part, names, user) for row in first[: part.most]], str(spec.all_fields[part.day].label) if part.day in spec.all_fields else "",
    )  # fmt: skip


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
            [Number(str(t.label), n[country.pk], link(s, asked(t, country))) for (t, s, _q), n in zip(usable, counted, strict=True)],
        )
        for country in countries
    ]
    return [tally for tally, _spec, _q in usable], rows
