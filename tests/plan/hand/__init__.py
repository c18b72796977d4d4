"""The measures counted by hand, register by register: a file of records (yaml) and a file of what was counted (py) for each area.

The records of small_year.yaml come first; those here may point to them, and to the areas named before theirs in AREAS.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from fractions import Fraction

AREAS = ("rest", "agreements", "contacts", "requests", "commitments", "needs", "actions", "office", "datacalls")


@dataclass(frozen=True)
class Hand:
    """What was counted by hand. of: the denominator of a share, and then value is its percentage."""

    where: str
    name: str
    value: int | Fraction
    counts: tuple[str, ...]
    left: dict[str, tuple[str, ...]] = field(default_factory=dict)
    of: int | None = None
    upper: int | None = None
    period: str = "2017"


def names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def hand(where: str, name: str, value, counts: str, left: dict[str, str] | None = None, **more) -> Hand:
    return Hand(where, name, value, names(counts), {k: names(v) for k, v in (left or {}).items()}, **more)


def all_cases() -> list[Hand]:
    """The cases of every area."""
    return [case for area in AREAS for case in importlib.import_module(f"{__name__}.{area}").CASES]
