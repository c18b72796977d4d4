"""An indicator: its figure, target, chart, and the passports of its measures."""

from __future__ import annotations

import datetime as dt

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _

from gegma.audit.models import Change
from gegma.engine import registry
from gegma.engine.moved import moved_days
from gegma.kernel import charts, dates
from gegma.kernel.periods import month_name
from gegma.kernel.text import language

from .. import board as boards
from ..models import Indicator, IndicatorKind
from .common import as_asked, choose_period, find_plan, may_edit
from .measure import describe


@as_asked
def indicator(request, key: str, pk: int):
    """The page of one indicator."""
    plan = find_plan(key)
    found = (
        Indicator.objects.select_related("activity__section")
        .prefetch_related("measures", "typed")
        .filter(pk=pk, activity__plan=plan)
        .first()
    )
    if found is None:
        raise Http404
    found.activity.plan = plan
    chosen = choose_period(request, plan)
    line = boards.indicator_line(found, found.activity, chosen.period, dates.today(), months=True)
    return render(
        request,
        "plan/indicator.html",
        {
            "plan": plan,
            "indicator": found,
            "line": line,
            "chosen": chosen,
            "measures": [_measure(m, found, line, chosen.period, request.user) for m in line.measures],
            "schedule": _schedule(found, line, chosen.period),
            "first_day": _first_day(found, line, chosen.period),
            "typed": list(found.typed.all()),
            "may_edit": may_edit(request.user),
            # nobody types what a register counts
            "may_type": request.user.is_officer and not chosen.known and not any(m.reading.bound and not m.reading.typed for m in line.measures),
            "moved": moved_days(registry.of(found), found, request.user),
            "changes": Change.objects.filter(register="indicators", record_id=found.pk).order_by("-pk")[:3],
        },
    )


def _measure(line: boards.MeasureLine, found: Indicator, whole: boards.IndicatorLine, period, user) -> dict:
    chart = ""
    if line.months and any(n for _p, n in line.months):
        items = [{"label": month_name(p.start.month), "value": n} for p, n in line.months]
        chart = charts.columns(items, title=_("%(measure)s by month") % {"measure": line.measure}, lang=language())
    passport = describe(line.measure, period, user) if line.measure.pk and line.reading.bound else None
    return {"line": line, "chart": chart, "passport": passport}


def _schedule(found: Indicator, line: boards.IndicatorLine, period) -> list[dict]:
    """For due dates through the year: was as much there by each of them as was due?"""
    if found.kind != IndicatorKind.SCHEDULE or not line.measures:
        return []
    rows, begin = [], period.start
    for number, text in enumerate(sorted(found.due_dates), 1):
        day = dt.date.fromisoformat(text)
        if day not in period:
            continue
        reached = sum(
            boards.compute.read(m.measure.definition, boards.Period(begin, day)).value or 0 for m in line.measures if m.measure.pk
        )
        late = reached < number and day < dates.today()
        rows.append(
            {"day": day, "due": number, "reached": reached, "tone": "done" if reached >= number else "late" if late else "none"}
        )
    return rows


def _first_day(found: Indicator, line: boards.IndicatorLine, period) -> dt.date | None:
    if found.kind != IndicatorKind.DELIVERABLE:
        return None
    days = [boards.first_day(m.measure, period) for m in line.measures if m.measure.pk]
    return min((d for d in days if d), default=None)
