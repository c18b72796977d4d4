"""Statements that were built and sent once, kept to be sent again as they are.

Building the statement of a reading costs a millisecond or two, as much as running it; a plan has a hundred readings, and the same ones are
asked for all day. A statement depends on nothing but the definition, the period and the day, so it may be kept as long as the process lives.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import connection

from gegma.kernel import dates
from gegma.kernel.periods import Period

# About 3 KB each: a year by months and quarters, compared, for a plan of a hundred measures.
KEPT_MAX = 4000
_kept: dict[tuple, tuple[str, tuple]] = {}


def key(spec, part: dict, period: Period, *more: Any) -> tuple:
    """What the statement of a part depends on, for the reader who sees everything. A derived word may look at the day of today."""
    return (spec, json.dumps(part, sort_keys=True, ensure_ascii=False, default=str), period, dates.today(), connection.vendor, *more)


def forget() -> None:
    """Keep none: the next readings build their statements anew."""
    _kept.clear()


def whole_numbers(kept_as: tuple | None, names: list[str], build: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The one row of a statement by names: sent again where it was kept under this key, else by build, and then kept.

    Only for whole numbers, which both databases give as they are. build sends one statement; nothing is kept without a key.
    """
    if kept_as in _kept:
        with connection.cursor() as cursor:
            cursor.execute(*_kept[kept_as])
            return dict(zip(names, cursor.fetchone(), strict=True))
    sent: list[tuple[str, tuple]] = []

    def note(execute, sql, params, many, context):
        sent.append((sql, tuple(params or ())))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        found = build()
    if kept_as is not None and len(sent) == 1:
        if len(_kept) >= KEPT_MAX:
            _kept.clear()
        _kept[kept_as] = sent[0]
    return found
