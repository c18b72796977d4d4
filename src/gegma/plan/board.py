"""The plan with its figures for a period: one structure for the board, the activity page, the report and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from gegma.kernel import dates
from gegma.kernel.numbers import number
from gegma.kernel.periods import Period
from gegma.kernel.text import language, pick

from . import compute, verdicts
from .compute import Reading
from .models import Activity, Indicator, IndicatorKind, Measure, Plan, Section, TypedReading


@dataclass
class MeasureLine:
    """A measure with its figure; before is the figure of the period compared with."""

    measure: Measure
    reading: Reading
    before: Reading | None = None
    months: list[tuple[Period, int]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The figure in words: 12, 75 % (3 of 4), or what there is instead."""
        return reading_text(self.reading)

    @property
    def change(self) -> Decimal | None:
        """The figure less that of the period compared with."""
        if self.before is None or not (self.reading.known and self.before.known):
            return None
        return Decimal(self.reading.value) - Decimal(self.before.value)


@dataclass
class IndicatorLine:
    """An indicator with its figures."""

    indicator: Indicator
    measures: list[MeasureLine]
    target: Decimal | None
    progress: Decimal | None
    status: verdicts.Status

    @property
    def readings(self) -> list[Reading]:
        """All figures."""
        return [line.reading for line in self.measures]

    @property
    def total(self) -> Reading | None:
        """The sum, where the figures are added up."""
        known = [r for r in self.readings if r.known and not r.percent]
        if self.indicator.combine != "sum" or len(self.readings) < 2 or not known:
            return None
        return Reading(value=sum(r.value for r in known), rows=sum(r.rows for r in known))

    @property
    def counted(self) -> bool:
        """Whether all of its figures are known."""
        return bool(self.readings) and all(r.known for r in self.readings)

    @property
    def bound(self) -> bool:
        """Whether any figure can be computed or was typed."""
        return any(r.bound for r in self.readings)


@dataclass
class ActivityLine:
    """An activity with its indicators and verdicts."""

    activity: Activity
    indicators: list[IndicatorLine]
    verdicts: verdicts.Verdicts
    status: verdicts.Status
    late: bool
    done: bool

    @property
    def counted(self) -> int:
        """How many of its indicators have all their figures."""
        return sum(1 for line in self.indicators if line.counted)


@dataclass
class SectionLine:
    """A section with its own activities; level counts from 1."""

    section: Section
    level: int
    activities: list[ActivityLine]
    division: Section


@dataclass
class Board:
    """The whole plan for a period."""

    plan: Plan
    period: Period
    as_of: dt.date
    sections: list[SectionLine]

    @property
    def activities(self) -> list[ActivityLine]:
        """All activities, in the plan's order."""
        return [line for section in self.sections for line in section.activities]

    def by_status(self, lines: Iterable[ActivityLine] | None = None) -> list[tuple[verdicts.Status, int]]:
        """How many activities have each status of the plan's scale; those that none has are left out."""
        lines = self.activities if lines is None else list(lines)
        counts = [(s, sum(1 for line in lines if line.status.key == s.key)) for s in verdicts.scale(self.plan)]
        return [(s, n) for s, n in counts if n]

    def divisions(self) -> list[tuple[Section, list[ActivityLine]]]:
        """The sections at the top, with all activities below them."""
        found: dict[int, tuple[Section, list[ActivityLine]]] = {}
        for section in self.sections:
            found.setdefault(section.division.pk, (section.division, []))[1].extend(section.activities)
        return list(found.values())


def _percent(value: Decimal | int) -> str:
    """Whole percents; but only what is complete is called 100, and only what is empty 0."""
    exact = Decimal(value)
    whole = exact.quantize(Decimal(1), ROUND_HALF_UP)
    if whole in (0, 100) and whole != exact:
        return number(exact.quantize(Decimal("0.1"), ROUND_DOWN if whole else ROUND_UP), language(), 1)
    return number(whole, language(), 0)


def reading_text(reading: Reading) -> str:
    """A figure in words of the current language."""
    if not reading.known:
        return reading.note
    if reading.percent:
        text = f"{_percent(reading.value)}\u00a0%"
        if reading.denominator is not None:
            text += " " + _("(%(n)s of %(base)s)") % {
                "n": number(reading.numerator, language()), "base": number(reading.denominator, language()),
            }  # fmt: skip
        return text
    return number(reading.value, language())


def load(plan: Plan, only: Iterable[int] | None = None) -> list[Activity]:
    """The activities of the plan (only: those with these numbers) with all that hangs on them, in a handful of queries."""
    indicators = Indicator.objects.filter(withdrawn=False).order_by("order").prefetch_related("measures", "typed")
    rows = plan.activities.filter(withdrawn=False).select_related("section", "section__owner_unit", "owner_unit")
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    return list(rows.order_by("order").prefetch_related("steps", "responsible", Prefetch("indicators", indicators)))


def build(
    plan: Plan,
    period: Period,
    *,
    as_of: dt.date | None = None,
    compare: Period | None = None,
    evidence: bool = True,
    months: bool = False,
    only: Iterable[Activity] | None = None,
    tick: Callable[[], None] | None = None,
) -> Board:
    """The plan with its figures. compare: also the figures of that period. months: also each figure month by month (for charts).

    only: just these activities. tick: called after each activity, for progress bars.
    """
    as_of = as_of or dates.today()
    activities = load(plan) if only is None else list(only)
    tree = list(plan.sections.select_related("owner_unit").order_by("order", "pk"))
    by_pk, by_section = {s.pk: s for s in tree}, {}
    for activity in activities:
        activity.plan = plan
        line = activity_line(activity, period, as_of, compare, evidence, months)
        by_section.setdefault(activity.section_id, []).append(line)
        if tick:
            tick()
    sections = [SectionLine(s, _level(s, by_pk), by_section.get(s.pk, []), _top(s, by_pk)) for s in tree]
    return Board(plan, period, as_of, sections)


def _top(section: Section, by_pk: dict[int, Section]) -> Section:
    while section.parent_id:
        section = by_pk[section.parent_id]
    return section


def _level(section: Section, by_pk: dict[int, Section]) -> int:
    level = 1
    while section.parent_id:
        section, level = by_pk[section.parent_id], level + 1
    return level


def activity_line(
    activity: Activity, period: Period, as_of: dt.date, compare: Period | None = None, evidence: bool = True, months: bool = False
) -> ActivityLine:
    """One activity with its figures."""
    indicators = [
        indicator_line(i, activity, period, as_of, compare, evidence, months)
        for i in activity.indicators.all()
        if not i.withdrawn
    ]
    readings = [r for line in indicators for r in line.readings]
    found = verdicts.verdicts(activity, [line.progress for line in indicators], readings, as_of)
    # not called fully done as long as one of its indicators has no figure: the rest is not known
    sure = found.result if all(line.counted for line in indicators) or found.result is None else min(found.result, Decimal(99))
    status = verdicts.status(activity.plan, sure, activity.due, as_of)
    done = sure is not None and sure >= 100
    return ActivityLine(activity, indicators, found, status, not done and activity.due < as_of, done)


def indicator_line(
    indicator: Indicator, activity: Activity, period: Period, as_of: dt.date,
    compare: Period | None = None, evidence: bool = True, months: bool = False,
) -> IndicatorLine:  # fmt: skip
    """One indicator with its figures."""
    lines = [
        MeasureLine(
            m,
            compute.read(m.definition, period, evidence=evidence),
            compute.read(m.definition, compare) if compare else None,
            compute.monthly(m.definition, period) if months else [],
        )
        for m in indicator.measures.all()
    ]
    if typed := typed_reading(indicator, period):
        lines.append(typed)
    progress = verdicts.indicator_progress(indicator, [line.reading for line in lines], period)
    status = verdicts.status(activity.plan, progress, activity.due, as_of)
    return IndicatorLine(indicator, lines, verdicts.target(indicator, period), progress, status)


def typed_reading(indicator: Indicator, period: Period) -> MeasureLine | None:
    """The latest figure typed for a time inside the period, as a line of its own."""
    inside = [t for t in indicator.typed.all() if t.starts_on >= period.start and t.ends_on <= period.end]
    if not inside:
        return None
    last: TypedReading = max(inside, key=lambda t: (t.ends_on, t.pk))
    measure = Measure(indicator=indicator, title_ka="შეყვანილი მაჩვენებელი", title_en="typed figure")
    percent = indicator.kind in {IndicatorKind.PERCENTAGE, IndicatorKind.COMPLETENESS}
    return MeasureLine(measure, Reading(value=last.value.normalize(), percent=percent, typed=True, note=last.source, rows=0))


def first_day(measure: Measure, period: Period) -> dt.date | None:
    """For a deliverable: the day of the first record that counted in any part, where a date places it."""
    days = []
    for part in compute.definitions.parts(measure.definition):
        try:
            made = compute.compiled(part, period)
        except (compute.definitions.DefinitionError, ValueError):
            continue
        bound = made.spec.all_fields.get((part.get("date") or {}).get("by", ""))
        if bound is not None and bound.kind == "date" and not bound.many:
            days.append(made.counted.order_by(bound.path).values_list(bound.path, flat=True).first())
    return min((day for day in days if day), default=None)


def title(thing) -> str:
    """The text of an activity or indicator in the language of the page."""
    return pick(thing, "text")
