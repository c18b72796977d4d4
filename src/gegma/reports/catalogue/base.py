"""What a report of the catalogue is: its parameters, who asks, and the paper that its builder returns.

A builder reads the registers through Ask.rows, which is spec.rows of the person who asks: what that person may not see does not exist in
the report. Where figures are published, Ask.counted also keeps how many records were withheld, and the report says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from gegma.accounts.models import SYSTEM
from gegma.engine import registry
from gegma.engine.spec import Register
from gegma.kernel import dates, numbers
from gegma.kernel.periods import Period
from gegma.kernel.text import pick
from gegma.plan.models import Plan

from . import paper

Note = Callable[[str, Iterable[int]], None]


@dataclass(frozen=True)
class Param:
    """One thing that a report asks besides period and language.

    kind: record (of register), choice or flags (of options, which may be a function of the person), text. where: filters of the records.
    """

    name: str
    label: Any
    kind: str = "record"
    register: str = ""
    where: Mapping[str, Any] = field(default_factory=dict)
    options: Sequence[tuple[str, Any]] | Callable[[Any], Sequence[tuple[str, Any]]] = ()
    required: bool = False
    help: Any = ""

    def choices(self, user) -> list[tuple[str, str]]:
        """(value, words) of what may be chosen."""
        if self.kind == "record":
            return [(str(row.pk), str(row)) for row in registry.get(self.register).rows(user, self.where)]
        options = self.options(user) if callable(self.options) else self.options
        return [(str(value), str(words)) for value, words in options]


@dataclass(frozen=True)
class Report:
    """A report of the catalogue. figures: it publishes numbers, and so says how many records were withheld from them."""

    key: str
    title: Any
    sentence: Any
    build: Callable[[Ask], Paper]
    params: tuple[Param, ...] = ()
    sideways: bool = False
    figures: bool = False
    shows: str = ""

    @property
    def needs(self) -> list[Param]:
        """The parameters without which it cannot be made."""
        return [param for param in self.params if param.required]


@dataclass
class Paper:
    """What a builder returns: the blocks, and what stands on the first page besides the period. bare: no first page and no contents."""

    blocks: list[dict]
    subtitle: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    title: str = ""
    bare: bool = False


@dataclass
class Ask:
    """Who asks for which time, and with which parameters; ask["country"] is a parameter's value.

    note(register, numbers) is told which records are read, where somebody wants to know. counts_only: the builder finds no records, and
    size says afterwards how many there would have been.
    """

    user: Any
    period: Period
    given: Mapping[str, Any]
    withheld: dict[str, dict[str, int]] = field(default_factory=dict)
    note: Note | None = None
    counts_only: bool = False
    size: int = 0

    def __getitem__(self, name: str) -> Any:
        return self.given.get(name)

    def spec(self, key: str) -> Register:
        """The register with this key."""
        return registry.get(key)

    def rows(self, key: str, where: Mapping[str, Any] | None = None) -> QuerySet:
        """The records that the person may see and the filters ask for: the register's own list."""
        return self.saw(key, registry.get(key).rows(self.user, dict(where or {})))

    def saw(self, key: str, rows: QuerySet) -> QuerySet:
        """The records, after it is noted that they are read for the report."""
        if self.counts_only:
            self.size += rows.order_by().count()
            return rows.none()
        if self.note is not None:
            self.note(key, rows.order_by().values_list("pk", flat=True))
        return rows

    def counted(self, key: str, where: Mapping[str, Any] | None = None) -> QuerySet:
        """rows(), where figures are made of them: how many records were withheld is kept, and said at the end."""
        found = self.rows(key, where)
        if self.counts_only:
            return found
        whole = registry.get(key).rows(SYSTEM, dict(where or {}))
        kept_back = whole.order_by().count() - found.order_by().count()
        self.withheld.setdefault(key, {})[str(sorted((where or {}).items()))] = max(kept_back, 0)
        return found

    def within(self, name: str, period: Period | None = None) -> dict[str, str]:
        """The filter «this day lies in the period»."""
        return span(name, period or self.period)

    def label(self, key: str, name: str) -> str:
        """What a field of a register is called."""
        return str(registry.get(key).all_fields[name].label)


def span(name: str, period: Period) -> dict[str, str]:
    """The words of the filters that put a day, or a span of days, into a period."""
    return {f"{name}__from": f"{period.start:%d.%m.%Y}", f"{name}__to": f"{period.end:%d.%m.%Y}"}


def make(report: Report, user, period: Period, lang: str, given: Mapping[str, Any], note: Note | None = None) -> dict:
    """The report as plain data (paper.py). given: parameters as asking.cleaned() returns them; note: told which records are read."""
    with translation.override(lang):
        ask = Ask(user, period, given, note=note)
        made = report.build(ask)
        blocks = list(made.blocks)
        if report.figures:
            blocks.append(paper.text(_withheld(ask), "note"))
        today = dates.today().isoformat()
        return {
            "lang": lang, "title": made.title or str(report.title), "subtitle": made.subtitle or period.sentence(), "organisation": organisation(),
            "facts": [[str(label), str(words)] for label, words in _facts(ask, made) if words], "made_on": today, "sideways": report.sideways,
            "bare": made.bare, "blocks": blocks,
        }  # fmt: skip


def size(report: Report, user, period: Period, given: Mapping[str, Any]) -> int:
    """How many records the report would read: its builder asks for them all and gets none."""
    ask = Ask(user, period, given, counts_only=True)
    report.build(ask)
    return ask.size


def organisation() -> list[str]:
    """The lines over the title: those of the newest plan."""
    plan = Plan.objects.order_by("-starts_on").first()
    return [line for line in pick(plan, "organisation").splitlines() if line.strip()] if plan else []


def _facts(ask: Ask, made: Paper) -> list[tuple[str, str]]:
    period = (_("Reporting period"), f"{ask.period.sentence()} ({numbers.days(ask.period.start, ask.period.end)})")
    known = (_("Data as known on"), f"{dates.today():%d.%m.%Y}")
    if made.bare:  # they run on top of every page
        return [period, known]
    return [
        period, *made.facts, known, (_("Made for"), _made_for(ask.user)), (_("Address"), f"{settings.ADDRESS}/reports/"),
    ]  # fmt: skip


def _made_for(user) -> str:
    """Whose eyes the report was made with."""
    if getattr(user, "pk", None) is None:
        return _("everybody with an account; restricted records are left out")
    unit = f" ({user.unit})" if user.unit_id else ""
    return f"{user}{unit}"


def _withheld(ask: Ask) -> str:
    """How many records are missing in the figures because this reader may not see them."""
    totals = {key: max(counts.values(), default=0) for key, counts in ask.withheld.items()}
    parts = [f"{registry.get(key).title} – {n}" for key, n in totals.items() if n]
    if not parts:
        return _("No record was withheld from these figures.")
    return _("Records withheld from these figures, because they are open to their own unit only: %(records)s.") % {"records": "; ".join(parts)}
