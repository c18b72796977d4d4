"""Every figure of a plan with the records behind it, as plain data: what an edition keeps, and what is laid beside it later."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils import translation

from gegma.kernel.periods import Period

from . import board, compute, definition
from .models import Indicator, Measure, Plan

Reading = dict[str, Any]


def readings(plan: Plan, period: Period, *, division: str = "", tick: Callable[[], None] | None = None) -> list[Reading]:
    """One for each measure, in the order of the plan, and one for each figure typed for the period.

    {activity, label, measure, title: {ka, en}, definition, value, numerator, denominator, percent, typed, note,
    parts: [{register, counted: [[pk, version]], left: [{key, outside, reason: {ka, en}, records: [[pk, version]]}]}]}.
    division: the code of a section at the top; else the whole plan.
    """
    found = []
    for activity in board.load(plan):
        if division and activity.code.split(".")[0] != division:
            continue
        for indicator in activity.indicators.all():
            place = {"activity": activity.code, "label": indicator.label}
            found += [{**place, **_measured(measure, period)} for measure in indicator.measures.all()]
            found += [{**place, **typed} for typed in _typed(indicator, period)]
        if tick:
            tick()
    return found


def _measured(measure: Measure, period: Period) -> Reading:
    reading = compute.read(measure.definition, period)
    parts = [_part(part, period) for part in definition.parts(measure.definition)] if reading.bound else []
    return {
        "measure": measure.name, "title": {"ka": measure.title_ka, "en": measure.title_en}, "definition": measure.definition,
        **_figure(reading), "parts": parts,
    }  # fmt: skip


def _figure(reading: compute.Reading) -> Reading:
    return {
        "value": _text(reading.value), "numerator": _text(reading.numerator), "denominator": _text(reading.denominator),
        "percent": reading.percent, "typed": reading.typed, "note": reading.note if reading.typed else "",
    }  # fmt: skip


def _text(value: Decimal | int | None) -> str | None:
    """A number as text, so that it is kept exactly."""
    return None if value is None else str(value.normalize() if isinstance(value, Decimal) else value)


def _part(part: dict, period: Period) -> dict[str, Any]:
    made = compute.compiled(part, period)
    rows = made.scope.annotate(missed=made.missed()).order_by("pk").values_list("missed", "pk", "version")
    by_step: dict[int, list[list[int]]] = {}
    for missed, pk, version in rows:
        by_step.setdefault(missed, []).append([pk, version])
    words = {lang: _reasons(part, period, lang) for lang in ("ka", "en")}
    left = [
        {
            "key": f"left-{step}", "outside": bool(part.get("date")) and step == 2,
            "reason": {lang: words[lang][step - 1] for lang in words}, "records": records,
        }
        for step, records in sorted(by_step.items())
        if step
    ]  # fmt: skip
    return {"register": made.spec.key, "counted": by_step.get(0, []), "left": left}


def _reasons(part: dict, period: Period, lang: str) -> list[str]:
    with translation.override(lang):
        return [str(step.missed) for step in compute.compiled(part, period).steps]


def _typed(indicator: Indicator, period: Period) -> list[Reading]:
    line = board.typed_reading(indicator, period)
    if line is None:
        return []
    return [{"measure": "typed", "title": {"ka": line.measure.title_ka, "en": line.measure.title_en}, "definition": {}, **_figure(line.reading), "parts": []}]
