"""Timing: two ways of getting the same thing, one after the other in turns, so that a busy moment of the machine hits both."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Pair:
    """Seconds of both ways, and what each returned last: the least of the turns, for other work on the machine only ever adds to it."""

    ours: float
    bare: float
    processor: float  # of ours: its own process only, what the machine's other work leaves as it is
    ours_result: Any
    bare_result: Any


def in_turns(ours: Callable[[], Any], bare: Callable[[], Any], most: int = 7, patience: float = 20.0) -> Pair:
    """Run both once unmeasured, then in turns: most times, or at least three where that takes longer than patience (seconds)."""
    ours(), bare()
    times: tuple[list[float], list[float]] = ([], [])
    processor: list[float] = []
    results: list[Any] = [None, None]
    began = time.monotonic()
    while len(times[0]) < most and (len(times[0]) < 3 or time.monotonic() - began < patience):
        for index, way in enumerate((bare, ours)):
            before = time.process_time()
            results[index], seconds = once(way)
            times[index].append(seconds)
        processor.append(time.process_time() - before)
    return Pair(min(times[1]), min(times[0]), min(processor), results[1], results[0])


def repeated(way: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """The median of some runs after one unmeasured; and the last result."""
    way()
    runs = [once(way) for _ in range(times)]
    return statistics.median(seconds for _result, seconds in runs), runs[-1][0]


def once(way: Callable[[], Any]) -> tuple[Any, float]:
    """The result and the seconds it took."""
    began = time.perf_counter()
    result = way()
    return result, time.perf_counter() - began


def peak_mib() -> int:
    """The most memory that this process or a child of it has held, in MiB."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) // 1024


@contextmanager
def queries():
    """A list that fills with the statements sent to the database."""
    from django.db import connection

    sent: list[str] = []

    def note(execute, sql, params, many, context):
        sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent
