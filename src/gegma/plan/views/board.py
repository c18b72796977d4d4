"""The plan board: the whole plan as a tree, with figures, verdicts and statuses."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from gegma.kernel import dates
from gegma.kernel.text import pick

from .. import board as boards
from .. import verdicts
from ..lint import lint
from ..models import Plan
from .common import as_asked, choose_period, current_plan, find_plan, kept_board, may_edit


def plans(request):
    """The list of plans; straight to the board where there is one only."""
    rows = list(Plan.objects.all())
    if len(rows) == 1 and "all" not in request.GET:
        return HttpResponseRedirect(reverse("board", args=[rows[0].key]))
    return render(request, "plan/plans.html", {"plans": rows, "current": current_plan(), "may_edit": may_edit(request.user)})


@as_asked
def board(request, key: str):
    """The board. ?period=, ?known=, ?compare=1, ?division=, ?status=, ?due=late|soon, ?mine=1, ?trend=1."""
    plan = find_plan(key)
    chosen = choose_period(request, plan)
    compare = chosen.period.previous() if request.GET.get("compare") == "1" else None
    found = kept_board(plan, chosen.period, compare, months=request.GET.get("trend", "1") == "1")
    lines, wanted = found.activities, _wanted(request, plan)
    shown = [line for line in lines if _fits(line, wanted, found, request.user)]
    counted = [line for line in lines if _fits(line, {**wanted, "status": ""}, found, request.user)]
    return render(
        request,
        "plan/board.html",
        {
            "plan": plan,
            "board": found,
            "chosen": chosen,
            "compare": compare,
            "rows": _rows(found, shown),
            "shown": len(shown),
            "total": len(lines),
            "statuses": [
                {"status": s, "n": n, "url": _with(request, status="" if wanted["status"] == s.key else s.key), "on": wanted["status"] == s.key}
                for s, n in found.by_status(counted)
            ],
            "divisions": [(s, s.code == wanted["division"], _with(request, division=s.code)) for s, _lines in found.divisions()],
            "wanted": wanted,
            "chips": _chips(request, wanted, found),
            "may_edit": may_edit(request.user),
            "sentence": "; ".join(filter(None, [chosen.period.sentence(), *[c["text"] for c in _chips(request, wanted, found)]])),
        },
    )  # fmt: skip


def _wanted(request, plan: Plan) -> dict[str, str]:
    get = request.GET
    statuses = {s.key for s in verdicts.scale(plan)}
    return {
        "division": get.get("division", ""),
        "status": get.get("status", "") if get.get("status", "") in statuses else "",
        "due": get.get("due", "") if get.get("due", "") in {"late", "soon"} else "",
        "mine": "1" if get.get("mine") == "1" else "",
        "bound": get.get("bound", "") if get.get("bound", "") in {"yes", "no"} else "",
    }


def _fits(line: boards.ActivityLine, wanted: dict, found: boards.Board, user) -> bool:
    activity = line.activity
    if wanted["division"]:
        codes = {s.section.pk for s in found.sections if wanted["division"] in (s.section.code, s.division.code)}
        if activity.section_id not in codes:
            return False
    if wanted["status"] and line.status.key != wanted["status"]:
        return False
    if wanted["due"] == "late" and not line.late:
        return False
    if wanted["due"] == "soon" and not dates.today() <= activity.due <= dates.today() + dt.timedelta(days=30):
        return False
    if wanted["bound"]:
        bound = all(i.bound for i in line.indicators)
        if bound != (wanted["bound"] == "yes"):
            return False
    return not wanted["mine"] or is_mine(activity, user)


def is_mine(activity, user) -> bool:
    """Whether the person, or somebody for whom they stand in today, answers for the activity, or their unit owns it or its section."""
    people = user.and_stood_for()
    if {person.pk for person in activity.responsible.all()} & {person.pk for person in people}:
        return True
    unit = activity.owner_unit_id or activity.section.owner_unit_id
    return unit is not None and unit in {person.unit_id for person in people}


def _rows(found: boards.Board, shown: list[boards.ActivityLine]) -> list[dict]:
    """The tree as a flat list of rows: a section is there where an activity below it is shown."""
    visible = {id(line) for line in shown}
    needed: set[int] = set()
    parents = {s.section.pk: s.section.parent_id for s in found.sections}
    for section in found.sections:
        if any(id(line) in visible for line in section.activities):
            pk: int | None = section.section.pk
            while pk:
                needed.add(pk)
                pk = parents[pk]
    rows: list[dict] = []
    for section in found.sections:
        if section.section.pk in needed:
            rows.append(
                {
                    "kind": "section",
                    "section": section.section,
                    "level": min(section.level, 3),
                    "title": pick(section.section, "title"),
                }
            )
            rows += [{"kind": "activity", "line": line} for line in section.activities if id(line) in visible]
    return rows


def _with(request, **changes) -> str:
    params = request.GET.copy()
    for name, value in changes.items():
        if value:
            params[name] = value
        else:
            params.pop(name, None)
    return "?" + params.urlencode()


def _chips(request, wanted: dict, found: boards.Board) -> list[dict]:
    words = {
        "division": next((str(s.section) for s in found.sections if s.section.code == wanted["division"]), wanted["division"]),
        "status": next((s.label for s in verdicts.scale(found.plan) if s.key == wanted["status"]), ""),
        "due": {"late": _("late"), "soon": _("due within 30 days")}.get(wanted["due"], ""),
        "mine": _("mine and my unit's") if wanted["mine"] else "",
        "bound": {"yes": _("counted from registers"), "no": _("with indicators not yet counted")}.get(wanted["bound"], ""),
    }
    return [{"text": words[name], "url": _with(request, **{name: ""})} for name, value in wanted.items() if value]


def open_points(request, key: str):
    """What the plan leaves open, found by the linter."""
    plan = find_plan(key)
    found = lint(plan)
    kinds: dict[str, list] = {}
    for finding in found:
        kinds.setdefault(finding.code, []).append(finding)
    titles = {
        "no-deadline": _("No deadline"), "no-owner": _("No owner"), "no-indicator": _("No indicator"),
        "no-measure": _("No measure"), "no-register": _("No register yet"), "broken-measure": _("Measure that cannot be computed"),
        "no-denominator": _("Percentage without a denominator"),
    }  # fmt: skip
    groups = [(titles[code], rows) for code, rows in kinds.items()]
    return render(
        request,
        "plan/open_points.html",
        {"plan": plan, "groups": groups, "total": len(found), "may_edit": may_edit(request.user)},
    )
