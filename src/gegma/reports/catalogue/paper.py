"""A report as plain data: what a builder returns and the makers of Word, PDF and Excel set.

    {"lang", "title", "subtitle", "organisation": [lines], "facts": [[label, words]], "made_on", "sideways", "blocks": [block, …]}

A block is one of:

    {"block": "heading", "level": 1 | 2 | 3, "text"}
    {"block": "text", "text", "style": "text" | "note"}
    {"block": "figures", "items": [{"label", "value", "kind"}]}
    {"block": "list", "items": [text, …]}
    {"block": "table", "title", "columns": [{"label", "kind", "weight"}], "rows": [[value, …]], "total": [value, …] or None}
    {"block": "line", "text", "style": "title" | "organisation" | "heading" | "strong" | "text", "level"}
    {"block": "grid", "name", "weights": [share, …], "rows": [{"kind": "head" | "section" | "body", "top", "cells": [cell, …]}]}
    {"block": "chart", "kind": "bars" | "line" | "status", "title", "items": [{"label", "value", "tone"}], "headers": [label, value] or None}

The kind of a column or figure says what its values are: text, number, money, percent (in hundredths), date (ISO) or status; the value of
a status is [words, tone]. None is an empty cell. A chart with headers has its table beside it; one without stands above a fuller table.

Lines and grids give back a document as somebody else has laid it out. A cell of a grid is {"text", "span", "tone"}, or "up" instead of a
text where the one above reaches down; rows with "top" are repeated on every page. A paper with "bare" has no first page and no contents.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from gegma.kernel.text import first_large

KINDS = ("text", "number", "money", "percent", "date", "status")


def heading(text: str, level: int = 1) -> dict:
    """A heading; it goes into the table of contents."""
    return {"block": "heading", "level": level, "text": str(text)}


def text(words: str, style: str = "text") -> dict:
    """A paragraph; style «note» is set small."""
    return {"block": "text", "text": str(words), "style": style}


def figures(*items: tuple) -> dict:
    """Key figures: (label, value) or (label, value, kind)."""
    return {"block": "figures", "items": [{"label": str(i[0]), "value": plain(i[1]), "kind": i[2] if len(i) > 2 else "number"} for i in items]}


def bullets(items: Iterable[str]) -> dict:
    """A list."""
    return {"block": "list", "items": [str(item) for item in items]}


def column(label: str, kind: str = "text", weight: float = 1, name: str = "") -> dict:
    """A column of a table; weight: its share of the width among the columns of text; name: that of the field, where it is one."""
    if kind not in KINDS:
        raise ValueError(f"A column cannot be of the kind «{kind}»: use {', '.join(KINDS)}.")
    return {"label": first_large(str(label)), "kind": kind, "weight": weight, **({"name": name} if name else {})}


def table(title: str, columns: Sequence[dict], rows: Iterable[Sequence[Any]], total: Sequence[Any] | None = None) -> dict:
    """A table. total: its last row, set apart."""
    made = [[plain(value) for value in row] for row in rows]
    return {
        "block": "table", "title": first_large(str(title)), "columns": list(columns), "rows": made,
        "total": [plain(value) for value in total] if total is not None else None,
    }  # fmt: skip


def line(words: str, style: str = "text", level: int = 0) -> dict:
    """A line outside of the tables, as in the document that is given back; level: that of a heading."""
    return {"block": "line", "text": str(words), "style": style, "level": level}


def grid(name: str, weights: Sequence[float], rows: Iterable[dict]) -> dict:
    """A table with merged cells; weights: the shares of its columns."""
    return {"block": "grid", "name": str(name), "weights": list(weights), "rows": list(rows)}


def chart(kind: str, title: str, items: Iterable[tuple], headers: tuple[str, str] | None = None) -> dict:
    """A chart of (label, value) or (label, value, tone). headers: those of the table beside it, where no fuller one follows."""
    made = [{"label": str(i[0]), "value": plain(i[1]), "tone": i[2] if len(i) > 2 else ""} for i in items]
    return {"block": "chart", "kind": kind, "title": str(title), "items": made, "headers": [str(h) for h in headers] if headers else None}


def plain(value: Any) -> Any:
    """A value as JSON has it: decimals as numbers, days as ISO texts, everything odd as words."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return str(value)
