"""The days of the plan among all deadlines: an activity is due until it is done, an indicator on each of its days until its figure is reached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gegma.audit.context import is_past
from gegma.audit.models import Head
from gegma.engine import hooks, registry
from gegma.engine.deadlines import ALL, UNIT, Asked, Deadline, Source
from gegma.engine.policy import VIEW
from gegma.kernel import dates
from gegma.kernel.periods import Period

from . import board as boards
from . import verdicts
from .models import Activity, Indicator, IndicatorKind, Plan

ACTIVITIES, INDICATORS = "activities", "indicators"
KINDS = {ACTIVITIES: _("activity of the plan to be done"), INDICATORS: _("indicator to be reached")}

# What was found done or not, kept until anything is written: every write moves the head of the history. (head, {what: done})
_found: tuple[str, dict] = ("", {})


def find(asked: Asked) -> Iterator[Deadline]:
    """The days of activities and indicators in the span that are still open, of all plans."""
    kinds = [key for key in KINDS if asked.wants(key) and registry.get(key).policy.may(asked.user, VIEW)]
    answers = _answers() if kinds else {}
    for plan in Plan.objects.filter(starts_on__lte=asked.end) if kinds else ():
        what = (plan.pk, *kinds, asked.start, asked.end, asked.today, get_language())
        if asked.only is not None:
            found = _of_plan(plan, kinds, asked, answers)
        else:  # everybody's is the same until something is written
            found = answers[what] = answers.get(what) or list(_of_plan(plan, kinds, asked, answers))
        yield from (one for one in found if answers_for(one, asked))


def _answers() -> dict:
    """What is known already, as long as nothing was written since."""
    global _found
    head = Head.objects.filter(pk=1).values_list("hash", flat=True).first() or ""
    if is_past():
        return {}
    if not head or _found[0] != head:
        _found = (head, {})
    return _found[1]


def _of_plan(plan: Plan, kinds: list[str], asked: Asked, answers: dict) -> Iterator[Deadline]:
    activities = _due_activities(plan, asked) if ACTIVITIES in kinds else set()
    indicators = _due_indicators(plan, asked) if INDICATORS in kinds else {}
    wanted = activities | set(indicators.values())
    for activity in boards.load(plan, wanted) if wanted else ():
        activity.plan = plan
        if activity.pk in activities and not _known(answers, asked, activity, "", lambda a=activity: done(a, asked)):
            yield _deadline(ACTIVITIES, activity, activity, activity.due, activity.first_due_on, "")
        for indicator in activity.indicators.all():
            for place, day, first in schedule(indicator) if indicator.pk in indicators else ():
                if not asked.start <= day <= asked.end:
                    continue
                indicator.activity = activity
                if not _known(answers, asked, indicator, place, lambda i=indicator, n=place, d=day: reached(i, n, d, asked)):
                    yield _deadline(INDICATORS, indicator, activity, day, first, str(place))


def _due_activities(plan: Plan, asked: Asked) -> set[int]:
    rows = plan.activities.filter(withdrawn=False)
    if (records := asked.records(ACTIVITIES)) is not None:
        rows = rows.filter(pk__in=records)
    return {pk for pk, due in rows.values_list("pk", "due_on") if asked.start <= (due or plan.ends_on) <= asked.end}


def _due_indicators(plan: Plan, asked: Asked) -> dict[int, int]:
    """The indicators with a day in the span, each with its activity."""
    rows = Indicator.objects.filter(activity__plan=plan, withdrawn=False, activity__withdrawn=False)
    if (records := asked.records(INDICATORS)) is not None:
        rows = rows.filter(pk__in=records)
    start, end = asked.start.isoformat(), asked.end.isoformat()
    return {pk: activity for pk, activity, days in rows.values_list("pk", "activity", "due_dates") if any(start <= day <= end for day in days or [])}


def answers_for(one: Deadline, asked: Asked) -> bool:
    """Whether the deadline is of those whose deadlines are asked for."""
    if asked.whose == ALL or asked.user.pk in one.people:
        return True
    return asked.whose == UNIT and bool(asked.user.unit_id) and one.unit == asked.user.unit_id


def _unit(activity: Activity) -> int | None:
    return activity.owner_unit_id or activity.section.owner_unit_id


def _known(answers: dict, asked: Asked, thing, place, find_out: Callable[[], bool]) -> bool:
    what = (type(thing), thing.pk, place, asked.today)
    if what not in answers:
        answers[what] = find_out()
    return answers[what]


def schedule(indicator: Indicator) -> list[tuple[int, dt.date, dt.date | None]]:
    """The due days of an indicator, each with its place from 1 and the day first set at that place.

    Where days were added or taken away since, the places no longer answer to one another, and no first day is told.
    """
    days = sorted(dt.date.fromisoformat(day) for day in indicator.due_dates or [])
    first: list = sorted(dt.date.fromisoformat(day) for day in indicator.first_due_dates or [])
    if len(first) != len(days):
        first = [None] * len(days)
    return [(place, *pair) for place, pair in enumerate(zip(days, first, strict=True), 1)]


def done(activity: Activity, asked: Asked) -> bool:
    """Whether the activity is done on its plan's own scale, as the board says it."""
    return boards.activity_line(activity, activity.plan.period, asked.today or dates.today(), evidence=False).done


def reached(indicator: Indicator, place: int, day: dt.date, asked: Asked) -> bool:
    """Whether the figure due at this place is there: by its day, or later within the time of the plan."""
    activity, today = indicator.activity, asked.today or dates.today()
    end = min(max(day, today), activity.plan.ends_on)
    if end < activity.plan.starts_on:
        return False
    line = boards.indicator_line(indicator, activity, Period(activity.plan.starts_on, end), today, evidence=False)
    if indicator.kind == IndicatorKind.SCHEDULE:
        return sum(reading.value for reading in line.readings if reading.known) >= place
    return line.progress is not None and line.progress >= verdicts.FULL


def _deadline(register: str, thing: Activity | Indicator, activity: Activity, day, first, what: str) -> Deadline:
    if register == ACTIVITIES:
        url, number = reverse("activity", args=[activity.plan.key, activity.code]), activity.code
    else:
        url = reverse("indicator", args=[activity.plan.key, thing.pk])
        number = " ".join(filter(None, [activity.code, thing.label]))
    people = tuple(person.pk for person in activity.responsible.all())
    return Deadline(
        day, boards.title(thing), KINDS[register], url, number, register, thing.pk, first=first, what=what, unit=_unit(activity), people=people,
    )  # fmt: skip


def install() -> None:
    """Hand the plan's days to the engine."""
    hooks.DEADLINES.append(Source(KINDS, find))
