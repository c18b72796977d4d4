"""The figures of a whole plan as plain data, for the command line and other programs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from gegma.kernel.periods import Period

from . import board, compute
from .models import Plan


def figures(plan: Plan, period: Period) -> Iterator[dict[str, Any]]:
    """One dict per measure, in the order of the plan.

    {activity, label, indicator, measure, title, register, value, numerator, denominator, percent, records, breakdown, left_out, note};
    value is a number, for shares percent, None where nothing can be said (note says why); records is how many counted; left_out maps
    a reason to a number of records; breakdown maps a field to {label: number}.
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
                if reading.bound:
                    for part in compute.passport(measure.definition, period):
                        for item in part.left_out:
                            row["left_out"][item.reason] = row["left_out"].get(item.reason, 0) + item.n
                        for found in part.breakdowns:
                            kept = row["breakdown"].setdefault(found.name, {})
                            for label, n in found.rows:  # parts are added up, and two things may have one name
                                kept[label] = kept.get(label, 0) + _plain(n)
                yield row


def _plain(number):
    """A number that JSON has: sums come as decimals."""
    return float(number) if isinstance(number, Decimal) else number
