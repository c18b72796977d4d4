"""The pages of those who report: the reporting periods of a plan, my activities of a period, and the page on which a report is written."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gegma.engine import files, forms, hooks, registry, write
from gegma.engine.policy import ADD, CHANGE
from gegma.engine.views.common import made_now, say
from gegma.engine.views.edit import conflict, file_problems, without_nul
from gegma.kernel import dates

from .. import board as boards
from .. import cycle as cycles
from .. import drafts, gathering, verdicts
from ..models import Plan, ReportingPeriod, Update, UpdateState
from .activity import feeds
from .board import is_mine
from .common import find_plan, kept_board


@require_GET
def cycle(request, key: str):
    """The reporting periods of the plan, each with how far its reports are."""
    plan = find_plan(key)
    rows = [{"reporting": one, "counts": counts(one.updates.filter(activity__withdrawn=False))} for one in plan.reporting_periods.all()]
    may_keep = registry.get(cycles.PERIODS).may(request.user, ADD)
    return render(
        request,
        "plan/cycle.html",
        {
            "plan": plan, "rows": rows, "may_review": cycles.may_review(request.user), "may_keep": may_keep,
            "offered": cycles.offered(plan) if may_keep else [], "today": dates.today(),
        },  # fmt: skip
    )


def counts(updates) -> list[dict]:
    """How many reports stand in each state, in the order of their life; those of no report are left out."""
    tones = registry.get(cycles.UPDATES).life.tones
    found = [{"key": key, "label": label, "tone": tones[key], "n": sum(1 for u in updates if u.state == key)} for key, label in UpdateState.choices]
    return [one for one in found if one["n"]]


def find_period(plan: Plan, pk: int) -> ReportingPeriod:
    """The reporting period of this number in the plan, with a report for each of its activities; or a 404 page."""
    found = plan.reporting_periods.filter(pk=pk).first() if pk < 2**62 else None
    if found is None:
        raise Http404
    found.plan = plan
    cycles.complete_updates(found)
    return found


def lines(reporting: ReportingPeriod, user) -> list[dict]:
    """Each report that user may see, with its activity's figures of the period and of the one before it, in the order of the plan."""
    plan = reporting.plan
    found = kept_board(plan, reporting.period, reporting.period.previous())
    open_ones = reporting.updates.filter(registry.get(cycles.UPDATES).policy.q(user))
    updates = {u.activity_id: u for u in open_ones.select_related("submitted_by", "returned_by", "accepted_by")}
    made = []
    for section in found.sections:
        for line in section.activities:
            update = updates.get(line.activity.pk)
            if update is not None:
                update.reporting, update.activity = reporting, line.activity
                made.append(_line(plan, update, line, section.division))
    return made


def _line(plan: Plan, update: Update, line: boards.ActivityLine, division) -> dict:
    return {
        "update": update, "line": line, "division": division, "late": cycles.is_late(update, dates.today()),
        "declared": cycles.status_of(plan, update.declared), "assessed": cycles.status_of(plan, update.assessed),
        "measures": [m for item in line.indicators for m in item.measures if m.reading.bound],
    }  # fmt: skip


@require_GET
def period(request, key: str, pk: int):
    """The task list: my activities of the period, each with its figures filled in. ?of=all: everybody's."""
    plan = find_plan(key)
    reporting = find_period(plan, pk)
    mine = request.GET.get("of", "mine") != "all"
    every = lines(reporting, request.user)
    shown = [one for one in every if not mine or is_mine(one["update"].activity, request.user)]
    return render(
        request,
        "plan/cycle_period.html",
        {
            "plan": plan, "reporting": reporting, "rows": shown, "total": len(every), "mine": mine, "before": reporting.period.previous(),
            "counts": counts([one["update"] for one in shown]), "may_review": cycles.may_review(request.user), "today": dates.today(),
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def update(request, key: str, pk: int, number: int):
    """The report on one activity: figures and records on one side, words, status and evidence on the other."""
    plan = find_plan(key)
    reporting = find_period(plan, pk)
    found = _find(reporting, number, request.user)
    spec = registry.get(cycles.UPDATES)
    writes = spec.may(request.user, CHANGE, found) and found.to_be_written and not cycles.closed(found)
    if request.method == "POST":
        if not writes:
            raise PermissionDenied
        return _write(request, plan, reporting, found)
    if not writes:
        return _page(request, plan, reporting, found, None)
    typed = drafts.of(request.user, found)
    proposed = gathering.proposal(found) if typed is None else None
    bundle = _bundle(request.user, plan, found, initial=typed.values if typed else proposed.texts if proposed else None)
    if typed:
        bundle.version = typed.version  # saved over what others saved meanwhile it is asked about
    return _page(request, plan, reporting, found, bundle, typed=typed, proposed=proposed)


@require_POST
def update_draft(request, key: str, pk: int, number: int):
    """Keep what the person is typing into a report; ?discard=1: forget it, and show the form without it."""
    reporting = find_period(find_plan(key), pk)
    found = _find(reporting, number, request.user)
    if "discard" in request.GET:
        drafts.drop(request.user, found)
        return redirect("update_write", key=key, pk=pk, number=number)
    if not (registry.get(cycles.UPDATES).may(request.user, CHANGE, found) and found.to_be_written and not cycles.closed(found)):
        raise PermissionDenied
    return HttpResponse(status=204 if drafts.keep(request.user, found, request.POST) else 409)


def _find(reporting: ReportingPeriod, number: int, user) -> Update:
    rows = reporting.updates.filter(registry.get(cycles.UPDATES).policy.q(user)).select_related("activity__section__owner_unit", "activity__owner_unit", "submitted_by", "returned_by", "accepted_by")
    found = rows.filter(pk=number).first() if number < 2**62 else None
    if found is None:
        raise Http404
    found.reporting, found.activity.plan = reporting, reporting.plan
    return found


def _bundle(user, plan: Plan, found: Update, data=None, initial: dict | None = None) -> forms.Bundle:
    """The form of the report: what only the steps ask for is not in it, and the statuses are those of this plan."""
    made = forms.Bundle(registry.get(cycles.UPDATES), user, found, data, initial=initial)
    for name in cycles.ASSESSMENT:
        made.form.fields.pop(name, None)
    known = [(s.key, s.label) for s in verdicts.scale(plan)[:-1]]
    made.form.fields["declared"].choices = [("", "—"), *known]
    return made


def _write(request, plan: Plan, reporting: ReportingPeriod, found: Update):
    spec, user, data = registry.get(cycles.UPDATES), request.user, without_nul(request.POST)
    bundle, uploads, submits = _bundle(user, plan, found, data), request.FILES.getlist("files"), "_submit" in data
    problems = file_problems(uploads)
    if bundle.is_valid() and not problems:
        try:
            with transaction.atomic():
                saved = bundle.write()
                files.attach(spec, user, saved, uploads)
                if submits:
                    saved.submitted_on = dates.today()
                    write.move(spec, user, saved, "submit", version=saved.version)
        except write.Conflict:
            return conflict(request, bundle, data)
        except ValidationError as error:
            _back_to_draft(found)
            bundle.refuse(error)
        else:
            drafts.drop(user, found)
            words = _("The report on %(activity)s is submitted.") if submits else _("The report on %(activity)s is saved; it is not submitted yet.")
            say(request, words % {"activity": found.activity.code}, undo=made_now(request, spec))
            return redirect("cycle_period", key=plan.key, pk=reporting.pk)
    return _page(request, plan, reporting, found, bundle, problems, status=400)


def _back_to_draft(found: Update) -> None:
    """What was not written is not so: the page shows the report in the state in which it is."""
    found.state, found.submitted_on = Update.objects.values_list("state", "submitted_on").get(pk=found.pk)


def _page(request, plan: Plan, reporting: ReportingPeriod, found: Update, bundle, problems=(), status: int = 200, typed=None, proposed=None):
    spec, user = registry.get(cycles.UPDATES), request.user
    activity = next((a for a in boards.load(plan) if a.pk == found.activity_id), found.activity)
    activity.plan = plan
    line = boards.activity_line(activity, reporting.period, dates.today(), reporting.period.previous())
    attached = files.of_record(spec, found)
    return render(
        request,
        "plan/update.html",
        {
            "plan": plan, "reporting": reporting, "update": found, "activity": activity, "spec": spec, "record": found, "bundle": bundle,
            "form": bundle.form if bundle else None, "problems": problems, "one": _line(plan, found, line, None), "line": line,
            "feeds": feeds(line, user), "files": attached, "returned": cycles.returned_before(found), "before": reporting.period.previous(),
            "documents": [(d, registry.of(d).record_url(d)) for d in registry.get("documents").visible(user).filter(pk__in=found.documents.values("pk"))],
            "may_withdraw": found.state == UpdateState.SUBMITTED and spec.may(user, CHANGE, found) and cycles.may_write(user, found),
            "may_review": cycles.may_review(user), "draft": f"{spec.key}:{found.pk}:report", "why": cycles.closed(found),
            "typed": typed, "proposed": proposed, "notices": hooks.form_notices(request, spec, found), "panels": [render_to_string(name, held, request) for name, held in hooks.record_panels(request, spec, found)],
            "gathered": gathering.accepted(found) if bundle is not None else [],
        },
        status=status,
    )  # fmt: skip
