"""A measure: the passport of its figure, with the records counted and left out."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone

from gegma.audit.models import Change
from gegma.engine.fields import Field
from gegma.engine.policy import VIEW
from gegma.kernel import charts, dates
from gegma.kernel.text import language

from .. import board as boards
from .. import compute, definition, drill
from ..models import Measure
from .common import as_asked, choose_period, find_plan, may_edit

SHOWN = 10


@as_asked
def measure(request, key: str, pk: int):
    """The passport page."""
    plan = find_plan(key)
    found = Measure.objects.select_related("indicator__activity").filter(pk=pk, indicator__activity__plan=plan).first()
    if found is None:
        raise Http404
    chosen = choose_period(request, plan)
    reading = compute.read(found.definition, chosen.period, evidence=True)
    return render(
        request,
        "plan/measure.html",
        {
            "plan": plan,
            "measure": found,
            "indicator": found.indicator,
            "activity": found.indicator.activity,
            "chosen": chosen,
            "line": boards.MeasureLine(found, reading),
            "reading": reading,
            "as_of": dates.end_of(chosen.known) if chosen.known else timezone.now(),
            "passport": describe(found, chosen.period, request.user, rows=True) if reading.bound else None,
            "pending": pending_words(found),
            "changes": Change.objects.filter(register="measures", record_id=found.pk).order_by("-pk")[:3],
            "may_edit": may_edit(request.user),
        },
    )


def pending_words(found: Measure) -> str:
    """What will be counted once the register is there."""
    words = found.definition.get("pending") or {}
    return words.get(language()) or words.get("ka") or ""


def describe(found: Measure, period, user, rows: bool = False) -> dict | None:
    """The passport with addresses: per part the counted list, the reasons, breakdown charts, and the first rows."""
    try:
        parts = compute.passport(found.definition, period, user)
    except (definition.DefinitionError, ValueError):
        return None
    made = []
    for part, source in zip(parts, definition.parts(found.definition), strict=True):
        made.append(
            {
                "part": part,
                "aggregate": source.get("aggregate", "count"),
                "elsewhere": _elsewhere(source, period, user),
                "counted_url": drill.address(part.spec, found, period, part.counted_key),
                "base_url": drill.address(part.spec, found, period, part.base_key),
                "left_out": [(item, drill.address(part.spec, found, period, item.key)) for item in part.left_out],
                "charts": [_chart(b) for b in part.breakdowns if b.rows],
                "rows": _rows(part, found, period, user) if rows and part.listed else [],
                "columns": [bound.label for bound in _columns(part.spec, user)] if rows else [],
            }
        )
    inside = [item for entry in made for item, _url in entry["left_out"] if not item.outside]
    return {
        "parts": made,
        "left_inside": sum(item.n for item in inside),
        "left_outside": sum(item.n for entry in made for item, _url in entry["left_out"] if item.outside),
        "hidden": sum(entry["part"].hidden for entry in made),
    }


def _elsewhere(source: dict, period, user) -> dict | None:
    """The register and the list in which the base of a share is counted, where that is another one."""
    base = source.get("base")
    if not base:
        return None
    spec = definition.spec_of(base)
    params = definition.filled(base.get("scope") or {}, period)
    url = f"{spec.url}?{urlencode(params, doseq=True)}" if compute.chosen_openly(base, user) and spec.policy.may(user, VIEW) else ""
    return {"spec": spec, "url": url, "words": compute.told(spec.query(params).clauses, user)}


def _chart(found: compute.Breakdown) -> dict:
    items = [{"label": label, "value": n} for label, n in found.rows[:12]]
    draw = charts.columns if found.name == "month" else charts.bars
    return {"breakdown": found, "svg": draw(items, title=found.label, lang=language())}


def _columns(spec, user) -> list[Field]:
    seen = spec.as_seen_by(user)
    return [seen.all_fields[name] for name in seen.default_columns()[:5]]


def _rows(part: compute.PartPassport, found: Measure, period, user) -> list[dict]:
    spec = part.spec
    q, _words = compute.rows_q(found.definition, spec, period, part.counted_key)
    columns = _columns(spec, user)
    rows = spec.annotated(spec.visible(user).filter(q).order_by(*spec.order), [bound.name for bound in columns])[:SHOWN]
    return [{"url": spec.record_url(row), "number": spec.number(row), "cells": [bound.text(row, user) for bound in columns]} for row in rows]
