"""The page of a country or organisation, read from the registers that the parts name: at most three queries a part, most of them one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
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
    """A number with the list behind it."""

    label: str
    count: int
    url: str
    late: bool = False


def words_of(where: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a filter with the day put in."""
    return {key: f"{dates.today():%d.%m.%Y}" if value == "today" else value for key, value in where.items()}


def readable(user, one: Part | Tally) -> Register | None:
    """The register of a part, where it exists, has these filters, and user may read it."""
    spec = registry.find(one.register)
    if spec is None or not spec.policy.may(user, VIEW) or one.by not in spec.filters:
        return None
    try:
        spec.query(words_of(one.where))
    except FilterError:
        return None
    return spec


def asked(one: Part | Tally, record) -> dict[str, Any]:
    """The filters of the list behind a part or number."""
    return {one.by: str(record.pk), **words_of(one.where)}


def link(spec: Register, params: Mapping[str, Any]) -> str:
    """The address of the list that these filters ask for."""
    return f"{spec.url}?{urlencode(params, doseq=True)}"


def condition(spec: Register, params: Mapping[str, Any]) -> Q:
    """What spec.rows() would ask for with these filters. The record they name was found through its own policy already."""
    return spec.query(params).q()


# -- numbers -----------------------------------------------------------------------------------------------------------


def numbers(user, record, tallies: Iterable[Tally]) -> list[Number]:
    """The numbers about a record, one query for each register."""
    usable = [(tally, spec) for tally in tallies if (spec := readable(user, tally))]
    counts: dict[int, int] = {}
    for spec in dict.fromkeys(spec for _tally, spec in usable):
        own = {f"n{place}": condition(spec, asked(tally, record)) for place, (tally, other) in enumerate(usable) if other is spec}
        found = spec.visible(user).order_by().aggregate(**{name: Count("pk", filter=q) for name, q in own.items()})
        counts |= {int(name[1:]): n for name, n in found.items()}
    return [
        Number(str(tally.label), counts[place], link(spec, asked(tally, record)), tally.late and counts[place] > 0)
        for place, (tally, spec) in enumerate(usable)
    ]


# -- parts -------------------------------------------------------------------------------------------------------------


def shown(user, record, parts: Iterable[Part]) -> list[Shown]:
    """The parts about a record, those with nothing in them and no way to add anything left out."""
    found = [_shown(user, record, part, spec) for part in parts if (spec := readable(user, part))]
    return [one for one in found if one.count or one.add_url]


def _shown(user, record, part: Part, spec: Register) -> Shown:
    params = asked(part, record)
    names = [name for name in (part.day, *part.columns) if name in spec.all_fields]
    rows = spec.visible(user).filter(condition(spec, params))
    first = list(_ordered(spec, spec.annotated(rows, _read_too(spec, names)), part)[: part.most + 1])
    count = len(first) if len(first) <= part.most else rows.order_by().count()
    return Shown(
        spec.key, str(part.label or spec.title), spec.singular, count, link(spec, params), _add_url(user, spec, part, record),
        [_line(spec, row, part, names, user) for row in first[: part.most]], str(spec.all_fields[part.day].label) if part.day in spec.all_fields else "",
    )  # fmt: skip


def _read_too(spec: Register, names: list[str]) -> list[str]:
    """With the columns, the parent that a child is told by."""
    return [*names, spec.parent_field] if spec.parent_field in spec.all_fields else names


def _ordered(spec: Register, rows: QuerySet, part: Part) -> QuerySet:
    wanted = [name for name in part.order if name.lstrip("-") in spec.all_fields]
    return rows.order_by(*(wanted or spec.order), "pk")


def _line(spec: Register, row, part: Part, names: list[str], user) -> Line:
    day = spec.all_fields[part.day].text(row, user) if part.day in spec.all_fields else ""
    cells = [cell_of(spec, spec.all_fields[name], row, user) for name in names if name != part.day]
    title = str(getattr(row, spec.parent_field)) if spec.parent and spec.parent_field in spec.all_fields else spec.heading(row)
    return Line(spec.number(row), title, spec.record_url(row), day, [c for c in cells if c.text or c.links])


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
    usable = [(tally, spec) for tally in tallies if (spec := readable(user, tally))]
    counted = [
        spec.filters[tally.by].tally(spec.visible(user).filter(condition(spec, words_of(tally.where)))) for tally, spec in usable
    ]
    countries = registry.get("countries").visible(user).select_related("officer")
    rows = [
        Row(
            country,
            [Number(str(t.label), n[country.pk], link(s, asked(t, country))) for (t, s), n in zip(usable, counted, strict=True)],
        )
        for country in countries
    ]
    return [tally for tally, _spec in usable], rows
