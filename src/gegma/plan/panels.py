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
    measures = [
        m
        for m in Measure.objects.filter(
            register__icontains=spec.key, indicator__withdrawn=False, indicator__activity__withdrawn=False
        ).select_related("indicator__activity__plan")
        if any(p.get("register") == spec.key for p in definition.parts(m.definition)) and compute.chosen_openly(m.definition, request.user)
    ]
    reasons = compute.missed_by_each([(m.definition, m.indicator.activity.plan.period) for m in measures], record, request.user)
    rows = [
        {"measure": m, "indicator": m.indicator, "activity": m.indicator.activity, "plan": m.indicator.activity.plan, "missed": why}
        for m, why in zip(measures, reasons, strict=True)
        if why is not None
    ]
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
