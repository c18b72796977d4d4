"""What the pages of needs read: the matrix, the way of a need through packages, projects and trainings, who was offered what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from gegma.engine import codes, registry

from . import domain
from .models import Score

# So many needs of a cell, and so many records of a part of the trace, are named; the others are a link.
NAMED_IN_CELL = 3
NAMED_IN_TRACE = 6


# -- the matrix ----------------------------------------------------------------------------------------------------


@dataclass
class Cell:
    """The needs of one impact and urgency. level: what their priority is at medium feasibility."""

    impact: int
    urgency: int
    count: int = 0
    named: list[Any] = field(default_factory=list)

    @property
    def level(self) -> str:
        """high, medium or low."""
        return domain.priority(domain.points(self.impact, self.urgency, Score.MEDIUM))

    @property
    def key(self) -> str:
        """How the form names it."""
        return f"{self.impact}-{self.urgency}"

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.named)


def matrix(rows) -> list[list[Cell]]:
    """The cells of these needs, the highest impact first, urgency rising."""
    cells = {(i, u): Cell(i, u) for i in Score.values for u in Score.values}
    placed = rows.filter(impact__isnull=False, urgency__isnull=False)
    for impact, urgency, count in placed.order_by().values_list("impact", "urgency").annotate(n=Count("pk")):
        cells[impact, urgency].count = count
    easiest = Window(RowNumber(), partition_by=[F("impact"), F("urgency")], order_by=[F("feasibility").desc(nulls_last=True), "pk"])
    for need in placed.order_by().annotate(place=easiest).filter(place__lte=NAMED_IN_CELL).select_related("unit").order_by("place"):
        cells[need.impact, need.urgency].named.append(need)
    return [[cells[i, u] for u in Score.values] for i in reversed(Score.values)]


def in_cells(keys: list[str]) -> Q:
    """The needs of the cells with these keys; what is no key selects nothing."""
    whole = Q(pk__in=[])
    for key in keys:
        impact, _dash, urgency = key.partition("-")
        if {impact, urgency} <= set(map(str, Score.values)):
            whole |= Q(impact=int(impact), urgency=int(urgency))
    return whole


# -- the trace -----------------------------------------------------------------------------------------------------


@dataclass
class Part:
    """Records of one register on the way of a need. lines: (record, address, words beside it)."""

    spec: Any
    label: str
    count: int
    lines: list[tuple[Any, str, str]]
    url: str = ""

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.count - len(self.lines)


def visible(user, key: str):
    """The rows of a register that user may see: none where it is not for them."""
    return registry.get(key).visible(user)


def part(key: str, label: str, rows, url: str = "", beside=lambda row: "") -> Part | None:
    """A part of the trace, or nothing where there are no rows."""
    spec = registry.get(key)
    count = rows.count()
    if not count:
        return None
    lines = [(row, spec.record_url(row), beside(row)) for row in rows.order_by(*spec.order)[:NAMED_IN_TRACE]]
    return Part(spec, label, count, lines, spec.url + url if url else "")


# -- donors --------------------------------------------------------------------------------------------------------


@dataclass
class Offer:
    """A donor in one area: how many projects it pays for, how many needs of the area were in packages it was given."""

    donor: Any
    projects: int = 0
    offered: int = 0


@dataclass
class Area:
    """An area of needs: how many are open and how urgent, and the donors that have projects there or were offered some."""

    key: str
    words: str
    open: int = 0
    high: int = 0
    offers: list[Offer] = field(default_factory=list)

    @property
    def paid(self) -> list[Offer]:
        """The donors with projects there, most first."""
        return [one for one in self.offers if one.projects]

    @property
    def offered(self) -> list[Offer]:
        """The donors that were offered needs of the area, most first."""
        return sorted((one for one in self.offers if one.offered), key=lambda one: -one.offered)


def areas_by_donor(user) -> list[Area]:
    """Each area with needs or projects, the one with most open needs of high priority first."""
    areas: dict[str, Area] = {key: Area(key, words) for key, words in codes.choices("project-area")}
    needs, projects = (registry.get(key).visible(user) for key in ("needs", "projects"))  # no rows of a register that is not for them
    still = needs.filter(state__in=domain.LED).annotate(rank=domain.priority_expression()).order_by()
    for area, rank, count in still.values_list("area", "rank").annotate(n=Count("pk")):
        if area in areas:
            areas[area].open += count
            areas[area].high += count if rank == "high" else 0
    donors = {row.pk: row for row in registry.get("organisations").visible(user)}
    found: dict[tuple[str, int], Offer] = {}

    def offer(area: str, donor: int) -> Offer:
        return found.setdefault((area, donor), Offer(donors[donor]))

    paid = projects.filter(donors__in=donors).exclude(state__in=["declined", "cancelled"]).order_by()
    for area, donor, count in paid.values_list("area", "donors").annotate(n=Count("pk", distinct=True)):
        if area in areas:
            offer(area, donor).projects = count
    given = registry.get("deliveries").visible(user).filter(document__needs__in=needs, recipient__in=donors, recipient__donor=True).order_by()
    for area, donor, count in given.values_list("document__needs__area", "recipient").annotate(n=Count("document__needs", distinct=True)):
        if area in areas:
            offer(area, donor).offered = count
    for (area, _donor), one in sorted(found.items(), key=lambda item: (-item[1].projects, -item[1].offered, str(item[1].donor))):
        areas[area].offers.append(one)
    return sorted((a for a in areas.values() if a.open or a.offers), key=lambda a: (-a.high, -a.open, a.words))
