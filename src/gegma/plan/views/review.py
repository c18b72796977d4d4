"""The reviewer's page: all reports of a period beside what is computed; accepting and returning in place, closing the period."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gegma.engine import files, registry, write
from gegma.engine.views.common import made_now, say
from gegma.engine.views.edit import without_nul
from gegma.kernel import dates

from .. import cycle as cycles
from .. import verdicts
from ..models import PeriodState, ReportingPeriod, UpdateState
from .common import find_plan
from .cycle import counts, find_period, lines

# The steps that are taken on this page: of a report, of the period.
OF_REPORT, OF_PERIOD = {"accept", "return"}, {"open", "close", "reopen"}


@require_http_methods(["GET", "POST"])
def review(request, key: str, pk: int):
    """All activities with the state of their report, the declared, computed and assessed status. ?division=, ?state=, ?late=1."""
    plan = find_plan(key)
    reporting = find_period(plan, pk)
    if not cycles.may_review(request.user):
        raise PermissionDenied
    if request.method == "POST":
        step = request.POST.get("step", "")
        if step in OF_REPORT:
            return _of_report(request, reporting, step)
        if step in OF_PERIOD:
            return _of_period(request, reporting, step)
        raise Http404
    return _page(request, reporting)


def _page(request, reporting: ReportingPeriod, failed: dict | None = None) -> HttpResponse:
    """failed: what was refused, {number (0 for the period itself), given, errors}, shown where it was typed."""
    plan, get = reporting.plan, request.GET
    every = lines(reporting, request.user)
    states = [key for key, _label in UpdateState.choices]
    wanted = {"division": get.get("division", ""), "state": get.get("state", "") if get.get("state") in states else "", "late": "1" if get.get("late") == "1" else ""}
    inside = [one for one in every if (not wanted["division"] or one["division"].code == wanted["division"]) and (not wanted["late"] or one["late"])]
    shown = [one for one in inside if not wanted["state"] or one["update"].state == wanted["state"]]
    held = files_of([one["update"] for one in shown])
    for one in shown:
        one["files"] = held.get(one["update"].pk, [])
        one["failed"] = failed if failed and failed["number"] == one["update"].pk else None
        one["offer"] = one["update"].assessed or one["update"].declared
    context = {
        "plan": plan, "reporting": reporting, "rows": shown, "total": len(every), "wanted": wanted, "today": dates.today(),
        "counts": [{**one, "url": _with(request, state="" if wanted["state"] == one["key"] else one["key"]), "on": wanted["state"] == one["key"]} for one in counts([i["update"] for i in inside])],
        "late": sum(1 for one in every if one["late"]), "unaccepted": cycles.unaccepted(reporting),
        "divisions": list({one["division"].pk: one["division"] for one in every}.values()), "scale": verdicts.scale(plan)[:-1],
        "failed": failed if failed and not failed["number"] else None, "spec": registry.get(cycles.UPDATES),
        "may_keep": cycles.may_keep_periods(request.user), "closed": reporting.state == PeriodState.CLOSED,
    }  # fmt: skip
    return render(request, "plan/review.html", context, status=400 if failed else 200)


def files_of(updates) -> dict[int, list]:
    """The files at the reports, by report."""
    spec = registry.get(cycles.UPDATES)
    return {update.pk: found for update in updates if (found := files.of_record(spec, update))}


def _with(request, **changes) -> str:
    params = request.GET.copy()
    for name, value in changes.items():
        params[name] = value
        if not value:
            del params[name]
    return "?" + params.urlencode()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _of_report(request, reporting: ReportingPeriod, step: str) -> HttpResponse:
    """Accept or return one report."""
    data, spec = without_nul(request.POST), registry.get(cycles.UPDATES)
    found = reporting.updates.select_related("activity__plan").filter(pk=_number(data.get("report", ""))).first()
    if found is None:
        raise Http404
    found.reporting = reporting
    if step == "accept":
        found.assessed, found.difference, found.accepted_on = data.get("assessed", ""), data.get("difference", "").strip(), dates.today()
        if found.assessed == found.declared:
            found.difference = ""
    else:
        found.reason, found.returned_on = data.get("reason", "").strip(), dates.today()
    words = {"accept": _("The report on %(activity)s is accepted."), "return": _("The report on %(activity)s is returned.")}[step]
    try:
        write.move(spec, request.user, found, step, version=_number(data.get("version", "")))
    except ValidationError as error:
        return _page(request, reporting, {"number": found.pk, "given": data, "errors": error.messages})
    except write.Conflict as error:
        return _page(request, reporting, {"number": found.pk, "given": data, "errors": [_("%(why)s Look at it again, then go on.") % {"why": error}]})
    say(request, words % {"activity": found.activity.code}, undo=made_now(request, spec))
    return redirect(request.get_full_path())


def _of_period(request, reporting: ReportingPeriod, step: str) -> HttpResponse:
    """Open, close or reopen the period."""
    data, spec = without_nul(request.POST), registry.get(cycles.PERIODS)
    if step == "close":
        reporting.closed_on, reporting.close_reason = dates.today(), data.get("reason", "").strip()
    elif step == "reopen":
        reporting.reopen_reason = data.get("reason", "").strip()
    try:
        write.move(spec, request.user, reporting, step, version=_number(data.get("version", "")))
    except (ValidationError, write.Conflict) as error:
        fresh = find_period(reporting.plan, reporting.pk)
        why = error.messages if isinstance(error, ValidationError) else [str(error)]
        return _page(request, fresh, {"number": 0, "given": data, "errors": why})
    words = {"open": _("%(period)s is open: each activity has its report to be written."), "close": _("%(period)s is closed."), "reopen": _("%(period)s is open again.")}[step]
    say(request, words % {"period": reporting})
    return redirect(request.get_full_path())
