"""Home: what is late, due, mine, unfinished, coming, and what changed since the last visit."""

from __future__ import annotations

import datetime as dt

from django.shortcuts import render

from gegma.accounts.models import visited
from gegma.audit.models import Change
from gegma.engine import deadlines, registry
from gegma.engine.filters import ChoiceFilter, RelationFilter
from gegma.kernel import dates

from .. import board as boards
from .. import compute, cycle, definition, drill
from ..models import Measure
from .board import is_mine
from .common import current_plan

SOON = dt.timedelta(days=14)
# What has waited longer than this is not news any more: it is counted, not listed.
FORGOTTEN = dt.timedelta(days=365)
SHOWN = 8
# Of one register at most so many are listed.
WAITING = 60


def home(request):
    """The first page of the day."""
    today, user = dates.today(), request.user
    mine = request.GET.get("of", "mine") != "all"
    whose = deadlines.UNIT if mine else deadlines.ALL
    # the activities of the plan and the reports on them stand in lists of their own
    waiting = deadlines.between(user, today - FORGOTTEN, today + SOON, whose=whose, most=WAITING, without={"activities", cycle.UPDATES})
    plan = current_plan()
    last_visit = user.last_visit_at if request.acting else visited(user)
    return render(
        request,
        "plan/home.html",
        {
            "plan": plan,
            "today": today,
            "mine": mine,
            "late": [w for w in waiting if w.day < today],
            "soon": [w for w in waiting if w.day >= today],
            "activities": _activities(plan, user, today, mine) if plan else [],
            "reports": _reports(user, today),
            "coming": _coming(user, today),
            "changes": _changes(user, last_visit),
            "last_visit": last_visit,
            "has_unit": bool(user.unit_id),
            "stands_for": [] if request.acting else user.stands_for(),
        },
    )


def _activities(plan, user, today: dt.date, mine: bool) -> list[dict]:
    """Activities due within a month or already late, with their status."""
    found = []
    for activity in boards.load(plan):
        activity.plan = plan
        if activity.due > today + dt.timedelta(days=30) or (mine and not is_mine(activity, user)):
            continue
        line = boards.activity_line(activity, plan.period, today, evidence=False)
        if line.status.key != plan.scale[0]["key"]:
            found.append({"line": line, "late": activity.due < today})
    return sorted(found, key=lambda f: f["line"].activity.due)


def _reports(user, today: dt.date) -> list[dict]:
    """The reports on activities that wait for the person or their unit."""
    waiting = cycle.to_write(user) if user.is_officer else []
    return [{"update": u, "url": cycle.write_url(u), "late": cycle.is_late(u, today)} for u in waiting]


def _coming(user, today: dt.date) -> list[deadlines.Deadline]:
    """Visits and meetings of the coming weeks."""
    ahead = [d for d in deadlines.between(user, today, today + 4 * SOON, most=40, without={"activities", "indicators", cycle.UPDATES}) if d.begins and today <= d.begins <= today + 2 * SOON]
    return sorted(ahead, key=lambda d: d.begins)[:SHOWN]


def _changes(user, since) -> list[dict]:
    """What other people changed since then, grouped by record, newest first; only records that the person may see."""
    rows = Change.objects.exclude(actor_id=user.pk).exclude(source__in=["demo", "command"]).order_by("-pk")
    if since:
        rows = rows.filter(at__gte=since)
    found, seen = [], set()
    for change in rows[:200]:
        spec = registry.find(change.register)
        if spec is None or (change.register, change.record_id) in seen:
            continue
        seen.add((change.register, change.record_id))
        record = spec.visible(user).filter(pk=change.record_id).first()
        if record is not None:
            found.append({"change": change, "title": str(record), "url": spec.record_url(record), "spec": spec})
        if len(found) == SHOWN:
            break
    return found


def unfinished(request):
    """The records that would count in the plan but for something missing; a part of home, loaded after it."""
    plan = current_plan()
    found: list[dict] = []
    mine = request.GET.get("of", "mine") != "all"
    if plan:
        for activity in boards.load(plan):
            if mine and not is_mine(activity, request.user):
                continue
            for indicator in activity.indicators.all():
                for measure in indicator.measures.all():
                    found += _left(plan, activity, indicator, measure, request.user)
    found.sort(key=lambda f: -f["n"])
    return render(
        request,
        "plan/home_unfinished.html",
        {"rows": found[:12], "more": max(0, len(found) - 12), "plan": plan, "whole": not request.htmx},
    )


def _left(plan, activity, indicator, measure: Measure, user) -> list[dict]:
    try:
        parts = compute.passport(measure.definition, plan.period, user, hidden=False)
    except (definition.DefinitionError, ValueError):
        return []
    name = " ".join(filter(None, [activity.code, indicator.label]))
    return [
        {
            "n": item.n, "reason": item.reason, "where": name, "measure": str(measure), "register": part.spec.title,
            "url": drill.address(part.spec, measure, plan.period, item.key),
        }
        for part in parts
        for item in part.left_out
        if part.listed and not item.outside and mendable(part.spec, item.key)
    ]  # fmt: skip


def mendable(spec, key: str) -> bool:
    """Whether a record that misses this condition can be brought to meet it: a step not made, a day or a link not entered. That it is about
    something else (another topic, another recipient) is no fault of the record."""
    name, suffix = spec.keys.get(key, (key, ""))
    chosen = isinstance(spec.filters.get(name), (ChoiceFilter, RelationFilter))
    return suffix == "set" or not chosen or bool(spec.life and spec.life.field == name)
