"""The verdicts: how far an indicator came, the three verdicts on an activity, and its status on the plan's own scale."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from gegma.kernel.periods import Period
from gegma.kernel.text import language

from .compute import Reading
from .models import Activity, Indicator, IndicatorKind, Plan

FULL = Decimal(100)


@dataclass(frozen=True)
class Status:
    """A verdict on the plan's scale; tone is that of its badge."""

    key: str
    label: str
    tone: str


def unknown() -> Status:
    """Where no figure is known, nothing is said."""
    return Status("unknown", _("no figures yet"), "none")


def status(plan: Plan, percent: Decimal | None, due: dt.date, as_of: dt.date) -> Status:
    """The first step of the plan's scale that fits: enough percent, and where it says «before», not yet due."""
    if percent is None:
        return unknown()
    for step in plan.scale:
        if percent >= step["from"] and not (step.get("before") and as_of > due):
            return Status(step["key"], step.get(language()) or step["ka"], step.get("tone", "none"))
    return unknown()


def scale(plan: Plan) -> list[Status]:
    """All statuses of the plan, in its order, and «no figures yet» at the end."""
    return [Status(s["key"], s.get(language()) or s["ka"], s.get("tone", "none")) for s in plan.scale] + [unknown()]


def target(indicator: Indicator, period: Period) -> Decimal | None:
    """What is to be reached in the period: the due dates in it, or the indicator's target; 100 for shares without one."""
    if indicator.kind == IndicatorKind.SCHEDULE and indicator.due_dates:
        return Decimal(sum(1 for day in indicator.due_dates if dt.date.fromisoformat(day) in period))
    if indicator.target is None and indicator.kind in {IndicatorKind.PERCENTAGE, IndicatorKind.COMPLETENESS}:
        return FULL
    return indicator.target


def reading_progress(indicator: Indicator, reading: Reading, period: Period) -> Decimal | None:
    """How far one figure came, in percent of its target, at most 100. Without a target anything above nothing is done."""
    if reading.value is None:
        return None
    value, goal = Decimal(reading.value), target(indicator, period)
    if reading.percent and indicator.kind not in {IndicatorKind.PERCENTAGE, IndicatorKind.COMPLETENESS}:
        return min(FULL, value)
    if goal is None or indicator.kind == IndicatorKind.DELIVERABLE:
        return FULL if value > 0 else Decimal(0)
    if goal == 0:
        return None
    return min(FULL, FULL * value / goal)


def indicator_progress(indicator: Indicator, readings: list[Reading], period: Period) -> Decimal | None:
    """The mean over the figures that are known; of the sum where the figures are added up."""
    known = [r for r in readings if r.known]
    if not known:
        return None
    if indicator.combine == "sum" and not any(r.percent for r in known):
        return reading_progress(indicator, Reading(value=sum(r.value for r in known)), period)
    parts = [p for r in known if (p := reading_progress(indicator, r, period)) is not None]
    return sum(parts) / len(parts) if parts else None


@dataclass(frozen=True)
class Verdicts:
    """Three answers kept apart: steps done, result reached, evidence held. Each None where nothing can be said."""

    steps_done: int
    steps_total: int
    result: Decimal | None
    evidence_with: int
    evidence_of: int

    @property
    def steps(self) -> Decimal | None:
        """Percent of the steps done."""
        return FULL * self.steps_done / self.steps_total if self.steps_total else None

    @property
    def evidence(self) -> Decimal | None:
        """Percent of the counted records with a document behind them."""
        return FULL * self.evidence_with / self.evidence_of if self.evidence_of else None


def verdicts(activity: Activity, progress: list[Decimal | None], readings: list[Reading], as_of: dt.date) -> Verdicts:
    """The verdicts on an activity from its steps, the progress of its indicators and all their figures."""
    steps = list(activity.steps.all())
    known = [p for p in progress if p is not None]
    return Verdicts(
        sum(1 for step in steps if step.done_on and step.done_on <= as_of),
        len(steps),
        sum(known) / len(known) if known else None,
        sum(r.with_evidence or 0 for r in readings),
        sum(r.rows for r in readings if r.bound),
    )
