"""An activity: its indicators with figures, the records that feed it with a way to add the next, steps, text, history."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gegma.accounts.models import PLAIN
from gegma.audit.models import Change
from gegma.engine import registry, write
from gegma.engine.filters import ChoiceFilter, FlagFilter, RelationFilter
from gegma.engine.moved import moved_days
from gegma.engine.policy import VIEW
from gegma.engine.views.common import may_enter
from gegma.kernel import dates

from .. import board as boards
from .. import compute, cycle
from .. import definition as definitions
from ..models import Step
from .common import as_asked, choose_period, find_plan, may_edit


@as_asked
def activity(request, key: str, code: str):
    """The page of one activity."""
    plan = find_plan(key)
    found = next((a for a in boards.load(plan) if a.code == code), None)
    if found is None:
        raise Http404
    found.plan = plan
    chosen = choose_period(request, plan)
    line = boards.activity_line(found, chosen.period, dates.today())
    neighbours = list(plan.activities.filter(withdrawn=False).order_by("order").values_list("code", flat=True))
    place = neighbours.index(code)
    return render(
        request,
        "plan/activity.html",
        {
            "plan": plan,
            "activity": found,
            "line": line,
            "chosen": chosen,
            "feeds": feeds(line, request.user if not chosen.known else PLAIN),
            "updates": _updates(found, plan, request.user),
            "may_edit": may_edit(request.user),
            "may_tick": request.user.is_officer and not chosen.known,
            "moved": moved_days(registry.of(found), found, request.user),
            "previous": neighbours[place - 1] if place else None,
            "next": neighbours[place + 1] if place + 1 < len(neighbours) else None,
            "changes": Change.objects.filter(register="activities", record_id=found.pk).order_by("-pk")[:3],
        },
    )


def _updates(found, plan, user) -> list[dict]:
    """What was reported on the activity, the latest period first."""
    rows = found.updates.filter(registry.get(cycle.UPDATES).policy.q(user)).select_related("reporting__plan").order_by("-reporting__starts_on", "reporting__ends_on")
    return [
        {"update": u, "declared": cycle.status_of(plan, u.declared), "assessed": cycle.status_of(plan, u.assessed), "url": cycle.write_url(u)}
        for u in rows
        if u.text_ka or u.text_en or u.declared or u.reporting.is_open
    ]


def feeds(line: boards.ActivityLine, user) -> list[dict]:
    """The registers that feed the activity: title, list and a form for the next record, filled in by what the measure is about."""
    found: dict[tuple[str, str], dict] = {}
    for indicator in line.indicators:
        for measured in indicator.measures:
            for part in definitions.parts(measured.measure.definition or {}):
                spec = registry.find(part.get("register", ""))
                if spec is None or "pending" in part or not (spec.policy.may(user, VIEW) and compute.chosen_openly(part, user)):
                    continue
                scope = urlencode(_plain(part.get("scope") or {}), doseq=True)
                found.setdefault(
                    (spec.key, scope),
                    {
                        "spec": spec,
                        "words": measured.measure,
                        "url": f"{spec.url}?{scope}" if scope else spec.url,
                        "adds": [(one.singular, _add_url(one, part)) for one in _entered(spec, user)],
                    },
                )
    return list(found.values())


def _entered(spec, user) -> list:
    """The registers in which the next record is entered: the register itself, and for a child also the one that it is kept under."""
    return [one for one in [spec, registry.find(spec.parent)] if one and may_enter(user, one)]


def _add_url(spec, part: dict) -> str:
    """The form for the next record of a part of a measure, or for the record that it would be kept under, filled in by what is counted."""
    held = prefill(spec, part)
    return reverse("record_new", args=[spec.key]) + (f"?{urlencode(held, doseq=True)}" if held else "")


def _plain(params: dict) -> dict:
    """Filters without the words that name a period."""
    return {k: v for k, v in params.items() if not any(str(w).startswith("$") for w in (v if isinstance(v, list) else [v]))}


def prefill(spec, part: dict) -> dict[str, list[str]]:
    """What a new record that is to count would hold: single values of the scope and the conditions that are fields of the form.

    Where a child is counted and spec is the register that it is kept under, what the part asks of the parent.
    """
    counted = registry.get(part["register"])
    found: dict[str, list[str]] = {}
    for name, value in {**(part.get("scope") or {}), **(part.get("conditions") or {})}.items():
        words = [str(v) for v in value] if isinstance(value, list) else [str(value)]
        bound, asked = counted.all_fields.get(name), counted.filters.get(name)
        if bound is None or len(words) != 1:
            continue
        own = bound if counted is spec else spec.all_fields.get(bound.path.removeprefix(f"{counted.parent_field}__"))
        if own is None or not own.editable or (spec.life and own.name == spec.life.field):
            continue
        if counted is not spec and not bound.path.startswith(f"{counted.parent_field}__"):
            continue
        if isinstance(asked, RelationFilter):
            words = [str(row.pk) for row in asked.rows(words)]
        elif not isinstance(asked, (ChoiceFilter, FlagFilter)):
            continue
        found[own.name] = words
    return found


@require_POST
def tick(request, key: str, pk: int):
    """Tick a step as done today, or untick it."""
    plan = find_plan(key)
    step = Step.objects.select_related("activity").filter(pk=pk, activity__plan=plan).first()
    if step is None:
        raise Http404
    step.done_on = None if step.done_on else dates.today()
    try:
        version = int(request.POST.get("version", ""))
        write.save(registry.get("plan-steps"), request.user, step, version=version)
    except (ValueError, ValidationError, write.Conflict):
        from django.contrib import messages

        messages.warning(request, _("Somebody changed this step meanwhile; look at it and try again."))
    except PermissionDenied:
        raise
    return HttpResponseRedirect(reverse("activity", args=[key, step.activity.code]) + "#steps")
