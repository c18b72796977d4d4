"""What the plan adds to the pages of the registers: «counts towards» on a record, «use as a measure» on a list, the bar."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from gegma.engine import hooks

from . import compute, definition
from .models import Measure


def counts_towards(request, spec, record) -> tuple[str, dict] | None:
    """The indicators that the record feeds in the plan's period, and what keeps it from counting."""
    if spec.group == _("Plan") or not spec.menu and not spec.parent:
        return None
    rows = []
    measures = Measure.objects.filter(
        register__icontains=spec.key, indicator__withdrawn=False, indicator__activity__withdrawn=False
    )
    for measure in measures.select_related("indicator__activity__plan"):
        indicator, plan = measure.indicator, measure.indicator.activity.plan
        if not any(p.get("register") == spec.key for p in definition.parts(measure.definition)):
            continue
        missed = compute.missed_by(measure.definition, record, plan.period)
        if missed is None:
            continue
        rows.append({"measure": measure, "indicator": indicator, "activity": indicator.activity, "plan": plan, "missed": missed})
    rows.sort(key=lambda r: bool(r["missed"]))
    return "plan/panel_counts.html", {
        "rows": rows,
        "spec": spec,
        "record": record,
        "may_mend": spec.may(request.user, "change", record),
    }


def use_as_measure(request, spec, params) -> dict | None:
    """The button over a list, for those who may edit the plan."""
    if not request.user.is_administrator:
        return None
    query = [(k, v) for k, values in params.lists() for v in values if k not in {"page", "cols", "sort"}]
    return {"label": _("Use as a measure"), "url": reverse("use_as_measure") + "?" + urlencode([("register", spec.key), *query])}


def nav(request) -> dict:
    """The plan's place in the bar."""
    return {"label": _("Plan"), "url": reverse("plans"), "active": request.path.startswith("/plan/"), "children": [], "order": 20}


def install() -> None:
    """Hand the plan's parts to the engine."""
    hooks.RECORD_PANELS.append(counts_towards)
    hooks.LIST_ACTIONS.append(use_as_measure)
    hooks.NAV.append(nav)
