"""The balance of requests with each country in a period: counted in a few queries, each figure with the list behind it."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import mean, median
from typing import Any
from urllib.parse import urlencode

import xlsxwriter
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gegma.engine import codes, registry
from gegma.kernel.periods import Period

from . import queries
from .models import Direction

ANSWERED = {"outcome": ["answered", "partly"], "open": "0"}
# (name, head, what its list asks beyond country and period)
COLUMNS: list[tuple[str, Any, dict]] = [
    ("sent", gettext_lazy("sent"), {"direction": "outgoing"}),
    ("received", gettext_lazy("received"), {"direction": "incoming"}),
    ("open", pgettext_lazy("request", "open"), {"open": "1"}),
    ("late", gettext_lazy("late"), {"late": "1"}),
    ("answered", gettext_lazy("answered"), ANSWERED),
    ("refused", gettext_lazy("refused"), {"outcome": "refused"}),
    ("withdrawn", pgettext_lazy("request", "withdrawn"), {"outcome": "withdrawn"}),
    ("average", gettext_lazy("average, days"), ANSWERED),
    ("median", gettext_lazy("median, days"), ANSWERED),
    ("in_time", gettext_lazy("in time, %"), {**ANSWERED, "in_time": "1"}),
]
NAMES = [name for name, _head, _asked in COLUMNS]


@dataclass
class Line:
    """The balance with one country, or with all: its figures by column, and refusals by ground."""

    country: Any
    figures: dict[str, float | int | None]
    grounds: dict[str, int] = field(default_factory=dict)


@dataclass
class Balance:
    """What user may see of the requests that were sent or received in the period; direction: only these."""

    user: Any
    period: Period
    direction: str = ""
    sort: str = "country"
    lines: list[Line] = field(default_factory=list)
    total: Line | None = None
    grounds: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self):
        spec = registry.get("requests")
        rows = spec.rows(self.user, self.asked()).order_by()
        counts = {row["country"]: row for row in rows.values("country").annotate(**_counts())}
        times = defaultdict(list)
        for country, passed, answered in rows.filter(_answered(), answered_on__isnull=False).values_list("country", "passed_on", "answered_on"):
            times[country].append((answered - passed).days)
        grounds: dict[int, dict[str, int]] = defaultdict(dict)
        for country, ground, n in rows.filter(outcome="refused").values_list("country", "refusal_ground").annotate(n=Count("pk")):
            grounds[country][ground] = n
        countries = registry.get("countries").visible(self.user).in_bulk(counts)
        self.lines = [Line(countries[pk], _figures(row, times[pk]), grounds[pk]) for pk, row in counts.items()]
        self._add_up(list(counts.values()), [n for some in times.values() for n in some], grounds)
        self._order()

    def asked(self, country: int | None = None, **more) -> dict[str, Any]:
        """The filters of the register whose list is what is counted here."""
        days = {"passed_on__from": f"{self.period.start:%d.%m.%Y}", "passed_on__to": f"{self.period.end:%d.%m.%Y}"}
        one = {"country": str(country)} if country else {}
        return {**one, **({"direction": self.direction} if self.direction else {}), **days, **more}

    def url(self, country: int | None, asked: dict) -> str:
        """The address of the list behind a figure."""
        return f"{registry.get('requests').url}?{urlencode(self.asked(country, **asked), doseq=True)}"

    def _add_up(self, rows: list[dict], times: list[int], grounds: dict) -> None:
        summed = {name: sum(row[name] for row in rows) for name in _counts()}
        whole: dict[str, int] = {}
        for found in grounds.values():
            for ground, n in found.items():
                whole[ground] = whole.get(ground, 0) + n
        self.total = Line(None, _figures(summed, times), whole)
        self.grounds = [(ground, codes.label("refusal-ground", ground) or _("not given")) for ground in sorted(whole, key=lambda g: -whole[g])]

    def _order(self) -> None:
        name, down = self.sort.removeprefix("-"), self.sort.startswith("-")
        by_title: Callable = lambda line: str(line.country)  # noqa: E731
        self.lines.sort(key=by_title, reverse=down and name == "country")
        if name != "country":
            known = [line for line in self.lines if line.figures[name] is not None]
            unknown = [line for line in self.lines if line.figures[name] is None]
            self.lines = sorted(known, key=lambda line: line.figures[name], reverse=down) + unknown

    def cells(self, line: Line) -> list[dict]:
        """The figures of a line in the order of the columns, each with its list."""
        found = []
        for name, head, asked in COLUMNS:
            elsewhere = self.direction and asked.get("direction", self.direction) != self.direction
            found.append(self._cell(line, head, line.figures[name], None if elsewhere else asked))
        return found

    def ground_cells(self, line: Line) -> list[dict]:
        """The refusals of a line by ground, each with its list."""
        return [self._cell(line, words, line.grounds.get(ground, 0), _refused(ground)) for ground, words in self.grounds]

    def _cell(self, line: Line, label, value, asked: dict | None) -> dict:
        country = line.country.pk if line.country else None
        return {"label": label, "value": value, "url": self.url(country, asked) if value and asked is not None else ""}


def _refused(ground: str) -> dict:
    return {"outcome": "refused", **({"refusal_ground": ground} if ground else {"refusal_ground__set": "0"})}


def _answered() -> Q:
    return Q(outcome__in=ANSWERED["outcome"]) & ~queries.is_open()


def _counts() -> dict[str, Count]:
    asked = {
        "sent": Q(direction=Direction.OUTGOING), "received": Q(direction=Direction.INCOMING), "open": queries.is_open(),
        "late": queries.is_late(), "answered": _answered(), "refused": Q(outcome="refused"), "withdrawn": Q(outcome="withdrawn"),
        "in_time": _answered() & queries.in_time(),
    }  # fmt: skip
    return {name: Count("pk", filter=q) for name, q in asked.items()}


def _figures(counts: dict, times: list[int]) -> dict[str, float | int | None]:
    found: dict[str, float | int | None] = {name: counts.get(name, 0) for name in NAMES}
    found["average"] = round(mean(times), 1) if times else None
    found["median"] = round(median(times), 1) if times else None
    found["in_time"] = round(100 * counts["in_time"] / counts["answered"], 1) if counts["answered"] else None
    return found


def as_xlsx(balance: Balance) -> io.BytesIO:
    """The tables as a workbook, each with what it is about in its first lines."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    heads = [str(head) for _name, head, _asked in COLUMNS]
    _sheet(book, _("Balance"), balance, heads, [(line, balance.cells(line)) for line in [*balance.lines, balance.total]])
    if balance.grounds:
        lines = [line for line in balance.lines if line.grounds] + [balance.total]
        _sheet(book, _("Refusals"), balance, [words for _key, words in balance.grounds], [(line, balance.ground_cells(line)) for line in lines])
    book.close()
    file.seek(0)
    return file


def _sheet(book, title: str, balance: Balance, heads: list[str], lines: list[tuple[Line, list[dict]]]) -> None:
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E9EDF2"})
    strong = book.add_format({"bold": True, "top": 1})
    sheet = book.add_worksheet(title)
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, len(heads), 15)
    sheet.write_string(0, 0, f"{_('Balance of requests')}: {balance.period.sentence()}", book.add_format({"bold": True}))
    if balance.direction:
        sheet.write_string(1, 0, str(dict(Direction.choices)[balance.direction]))
    for column, head in enumerate([_("country"), *heads]):
        sheet.write_string(2, column, head, bold)
    for row, (line, cells) in enumerate(lines, 3):
        form = None if line.country else strong
        sheet.write_string(row, 0, str(line.country or _("All countries")), form)
        for column, cell in enumerate(cells, 1):
            if cell["value"] is not None:
                sheet.write_number(row, column, cell["value"], form)
    sheet.freeze_panes(3, 1)
