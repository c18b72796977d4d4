"""While the registers are read as known on a past day: by what of now a record is judged.

Its fields are those of then, but whoever reads it reads now: confidentiality, owner unit, officer and named readers of now count, or, where the
record is there no more, those that it had at last. Only records in which these differ are held here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Marks:
    """What opens one record. readers: the named readers of a record that is there no more; None: those that the database names."""

    confidentiality: str
    owner_unit_id: int | None
    officer_id: int | None
    readers: frozenset[int] | None = None


ByModel = dict[str, dict[int, Marks]]
_held: ContextVar[tuple[int, ByModel]] = ContextVar("marks", default=(0, {}))
_numbers = itertools.count(1)


@contextmanager
def judging_by(marks: ByModel) -> Iterator[None]:
    """Inside, these records are judged by these marks: {label of the model: {number: marks}}."""
    token = _held.set((next(_numbers), marks))
    try:
        yield
    finally:
        _held.reset(token)


def of(model) -> dict[int, Marks]:
    """The records of a model that are judged by other marks than they show."""
    return _held.get()[1].get(model._meta.label, {})


def key() -> int:
    """Tells one look into the past from every other, and from the present, which is 0."""
    return _held.get()[0]
