"""Records of a register as a table of a report: the fields declared there, as the reader may see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from gegma.engine import registry
from gegma.engine.fields import Field
from gegma.engine.spec import Register

from . import paper
from .base import Ask

MONEY = {"budget", "cost", "contribution"}
WIDE = {"paragraph": 0.6, "number": 0.6, "title": 3.0, "goal": 3.0, "text": 3.0, "description": 3.0, "finding": 3.0, "result": 2.0}
Extra = tuple[dict, Callable[[Any], Any]]


def listing(
    ask: Ask, title: str, key: str, names: Sequence[str], rows, *, tones: Mapping[str, Mapping[str, str]] | None = None,
    extra: Iterable[Extra] = (), weights: Mapping[str, float] | None = None,
) -> dict:  # fmt: skip
    """A table of these rows. tones: of fields that have none of their own; extra: (column, what stands in it) after them."""
    spec, extra = registry.get(key).as_seen_by(ask.user), list(extra)
    names = [name for name in names if name in spec.all_fields]
    bound = [spec.all_fields[name] for name in names]
    columns = [paper.column(str(f.label), kind_of(spec, f, tones), (weights or {}).get(f.name) or WIDE.get(f.name, 1.2), f.name) for f in bound]
    found = spec.annotated(rows, list(names)) if hasattr(rows, "annotate") else rows
    made = [[*(value_of(spec, f, row, ask.user, tones) for f in bound), *(say(row) for _column, say in extra)] for row in found]
    return paper.table(title, [*columns, *(column for column, _say in extra)], made)


def kind_of(spec: Register, bound: Field, tones: Mapping[str, Any] | None = None) -> str:
    """The kind of column that a field makes."""
    if bound.name in (tones or {}) or bound.tones is not None or (spec.life and bound.name == spec.life.field):
        return "status"
    if bound.many:
        return "text"
    if bound.kind in {"integer", "decimal"} and bound.kind != "choice":
        return "money" if bound.name in MONEY else "number"
    return "date" if bound.kind == "date" else "text"


def value_of(spec: Register, bound: Field, row, user, tones: Mapping[str, Mapping[str, str]] | None = None) -> Any:
    """A value as the column takes it."""
    kind = kind_of(spec, bound, tones)
    if bound.name == "title" and bound.bilingual:
        return spec.heading(row)
    if kind == "status":
        words = bound.text(row, user)
        if bound.name in (tones or {}):
            tone = tones[bound.name].get(bound.value(row, user), "none")
        else:
            tone = spec.tone(row) if bound.tones is None else bound.tones.get(bound.value(row, user), "none")
        return [words, tone] if words else None
    if kind in {"number", "money", "date"}:
        return bound.value(row, user)
    return bound.text(row, user)
