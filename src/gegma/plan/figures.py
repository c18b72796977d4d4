"""The figures of a whole plan as plain data, for the command line and other programs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from gegma.kernel.periods import Period

from . import board, compute
from .models import Plan


def figures(plan: Plan, period: Period, viewer=None) -> Iterator[dict[str, Any]]:
    """One dict per measure, in the order of the plan.

    {activity, label, indicator, measure, title, register, value, numerator, denominator, percent, records, breakdown, left_out, note};
    value is a number, for shares percent, None where nothing can be said (note says why); records is how many counted; left_out maps
    a reason to a number of records; breakdown maps a field to {label: number}. With viewer also: hidden, how many of the counted records
    this person may not open; lists, the (register, word of the filter «measure») of the lists that show the others.
    """
    for activity in board.load(plan):
        for indicator in activity.indicators.all():
            for measure in indicator.measures.all():
                reading = compute.read(measure.definition, period)
                row = {
                    "activity": activity.code,
                    "label": indicator.label,
                    "indicator": indicator.pk,
                    "measure": measure.name,
                    "title": str(measure),
                    "register": measure.register,
                    "value": None if reading.value is None else float(reading.value),
                    "numerator": _plain(reading.numerator),
                    "denominator": _plain(reading.denominator),
                    "percent": reading.percent,
                    "records": reading.rows,
                    "breakdown": {},
                    "left_out": {},
                    "note": reading.note,
                }
                if viewer is not None:
                    row |= {"hidden": 0, "lists": []}
                for part in _parts(measure, reading, period, viewer):
                    if viewer is not None:
                        row["hidden"] += part.hidden
                    if viewer is not None and part.listed:
                        row["lists"].append((part.spec.key, f"{measure.pk}:{period.key}:{part.counted_key}"))
                    for item in part.left_out:
                        row["left_out"][item.reason] = row["left_out"].get(item.reason, 0) + item.n
                    for found in part.breakdowns:
                        kept = row["breakdown"].setdefault(found.name, {})
                        for label, n in found.rows:  # parts are added up, and two things may have one name
                            kept[label] = kept.get(label, 0) + _plain(n)
                yield row


def _parts(measure, reading: compute.Reading, period: Period, viewer) -> list[compute.PartPassport]:
    """The passport of a figure; nothing where it cannot be computed, which the reading says already."""
    if not reading.bound:
        return []
    return compute.passport(measure.definition, period, viewer)


def _plain(number):
    """A number that JSON has: sums come as decimals."""
    return float(number) if isinstance(number, Decimal) else number
