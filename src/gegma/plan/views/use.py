"""«Use as a measure»: turn a filtered list into a measure of an indicator."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.engine import registry, write
from gegma.engine.filters import DateFilter, FilterError, SpanFilter
from gegma.kernel.text import shorten

from .. import board as boards
from .. import compute
from .. import definition as definitions
from ..models import Indicator, Measure, Plan
from .common import current_plan, may_edit

AGGREGATES = [
    ("count", gettext_lazy("number of records")),
    ("distinct", gettext_lazy("number of different values of a field")),
    ("sum", gettext_lazy("sum of a field")),
    ("share", gettext_lazy("share: those that meet the conditions, of those in scope")),
    ("ratio", gettext_lazy("share of quantities: the sum of a field, of the sum of another")),
    ("completeness", gettext_lazy("completeness: share with all chosen fields filled in")),
]
# What the address of a list holds beyond filters.
NOT_FILTERS = {"q", "sort", "page", "cols", "measure", "lang", "register", "plan"}


def use_as_measure(request):
    """?register=meetings&kind=visit…: say what is scope and what condition, which date places a record, what is counted; see the figure; save."""
    if not may_edit(request.user):
        raise PermissionDenied
    given = request.POST if request.method == "POST" else request.GET
    spec = registry.find(given.get("register", ""))
    if spec is None:
        raise Http404
    filters = QueryDict(given.get("filters", ""), mutable=True) if "filters" in given else _filters(request.GET)
    try:
        clauses = spec.query(filters).clauses
    except FilterError:
        raise Http404
    plan = Plan.objects.filter(key=given.get("plan", "")).first() or current_plan()
    state = _state(spec, given, filters, clauses)
    errors: list[str] = []
    reading = None
    made = _definition(state)
    if request.method == "POST" and plan:
        try:
            definitions.check(made)
            reading = compute.read(made, plan.period)
            if not reading.bound:
                errors.append(reading.note)
            elif given.get("action") == "save":
                saved, errors = _save(request, plan, spec, made, given)
                if saved:
                    return HttpResponseRedirect(reverse("measure", args=[plan.key, saved.pk]))
        except definitions.DefinitionError as error:
            errors.append(str(error))
    return render(
        request,
        "plan/use.html",
        {
            "spec": spec,
            "plan": plan,
            "plans": Plan.objects.all(),
            "indicators": _indicators(plan),
            "chosen_indicator": given.get("indicator", ""),
            "filters": filters.urlencode(),
            "state": state,
            "errors": errors,
            "text": boards.reading_text(reading) if reading else "",
            "reading": reading,
            "name_ka": given.get("name_ka", ""),
            "name_en": given.get("name_en", ""),
            "dropped": [w for w in ("q", "measure") if request.GET.get(w)],
        },
    )


def _filters(params) -> QueryDict:
    kept = QueryDict(mutable=True)
    for key, values in params.lists():
        if key not in NOT_FILTERS:
            kept.setlist(key, values)
    return kept


def _state(spec, given, filters, clauses) -> dict:
    """What the form shows: each filter with its role, the dates, the aggregate."""
    dates = [f for f in spec.filters.values() if isinstance(f, (DateFilter, SpanFilter))]
    dated = {f.name for f in dates}
    rows = []
    for clause in clauses:
        name = clause.keys[0].split("__")[0]
        default = (
            "date"
            if name in dated and any(k.endswith(("__from", "__to")) for k in clause.keys)
            else "condition"
            if _is_state(spec, name)
            else "scope"
        )
        rows.append(
            {
                "keys": clause.keys,
                "words": clause.words,
                "name": clause.keys[0],
                "role": given.get(f"role:{clause.keys[0]}", default),
            }
        )
    options = [(f"{f.name}:{rule}", f.label, rule) for f in dates for rule in f.rules]
    periodic = next((n for n, b in spec.all_fields.items() if b.period and n in dated), "")
    first = next((r["name"].split("__")[0] for r in rows if r["role"] == "date"), periodic)
    chosen = given.get("date", f"{first}:in" if first in dated else "")
    if chosen not in {o[0] for o in options}:
        chosen = next((o[0] for o in options if o[0].startswith(f"{first}:")), "")
    numbers = [(n, b.label) for n, b in spec.all_fields.items() if b.kind in {"integer", "decimal"} and b.column is not None]
    values = [
        (n, b.label)
        for n, b in spec.all_fields.items()
        if b.column is not None and b.kind in {"relation", "relations", "code", "choice"}
    ]
    return {
        "spec": spec, "rows": rows, "filters": filters, "dates": options, "date": chosen,
        "aggregates": AGGREGATES, "aggregate": given.get("aggregate", "count"),
        "fields": [*values, *numbers], "field": given.get("field", ""),
        "numbers": numbers, "base_field": given.get("base_field", ""),
        "all_fields": [(n, b.label, n in given.getlist("fields")) for n, b in spec.all_fields.items() if b.column is not None],
        "breakdowns": [(n, b, n in given.getlist("breakdowns")) for n, b in [("month", _("month")), *values]],
    }  # fmt: skip


def _is_state(spec, name: str) -> bool:
    return bool(spec.life and spec.life.field == name) or name.endswith("_state")


def _definition(state: dict) -> dict:
    made: dict = {"register": state["spec"].key, "scope": {}, "conditions": {}, "aggregate": state["aggregate"]}
    share = state["aggregate"] == "share"
    for row in state["rows"]:
        if row["role"] == "date":
            continue
        place = "of" if row["role"] == "condition" and share else "conditions" if row["role"] == "condition" else "scope"
        for key in row["keys"]:
            made.setdefault(place, {})[key] = state["filters"].getlist(key)
    if state["date"]:
        by, _sep, rule = state["date"].partition(":")
        made["date"] = {"by": by, "rule": rule}
    if state["aggregate"] in {"sum", "distinct", "ratio"}:
        made["field"] = state["field"]
    if state["aggregate"] == "ratio":
        made["base_field"] = state["base_field"]
    if state["aggregate"] == "completeness":
        made["fields"] = [n for n, _label, on in state["all_fields"] if on]
    made["breakdowns"] = [n for n, _label, on in state["breakdowns"] if on]
    return {k: v for k, v in made.items() if v or k in {"register", "aggregate"}}


def _indicators(plan: Plan | None) -> list[tuple[str, list[tuple[int, str]]]]:
    if plan is None:
        return []
    return [
        (
            f"{a.code} {shorten(boards.title(a), 90)}",
            [(i.pk, f"{i.label}) ".lstrip(") ") + shorten(boards.title(i), 110)) for i in a.indicators.all()],
        )
        for a in boards.load(plan)
    ]


def _save(request, plan: Plan, spec, made: dict, given) -> tuple[Measure | None, list[str]]:
    number = given.get("indicator", "")
    indicator = Indicator.objects.filter(pk=int(number), activity__plan=plan).first() if number.isdecimal() else None
    if indicator is None:
        return None, [_("Choose the indicator that the measure is for.")]
    if not given.get("name_ka", "").strip():
        return None, [_("Name the measure.")]
    measure = Measure(
        indicator=indicator, title_ka=given["name_ka"].strip(), title_en=given.get("name_en", "").strip(),
        name=given.get("name_en", "").strip() or given["name_ka"].strip(),
        order=indicator.measures.count() + 1, register=spec.key, definition=made,
    )  # fmt: skip
    try:
        return write.save(registry.get("measures"), request.user, measure), []
    except ValidationError as error:
        return None, list(error.messages)
