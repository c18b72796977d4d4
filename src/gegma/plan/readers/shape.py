"""The plan as it is printed: lines, tables, rows and cells in their order, with the rows joined that a page break cut.

What a report needs to give the plan's own table back. Each item is one of

    {"kind": "line", "text", "bold", "level", "section"}: a heading or paragraph outside of the tables
    {"kind": "row", "role", "table", "cells", "section"}: a row that is no activity's: header, section, title, note, total …
    {"kind": "activity", "code", "table", "rows": [cells, …]}: the rows of one activity, the first with its own text

and a cell is {"text", "span", "role"}, "up" instead of a text where the cell above reaches down. The role is that of its column.
"""

from __future__ import annotations

import re
from typing import Any

from . import cells as inside
from .blocks import AUTOMATIC, SOFT_BREAK
from .events import Activity, Row
from .walk import Walk
from .words import BULLETS, squeeze

# The mark that a list draws, before one that was typed too.
_MARKED_TWICE = re.compile(rf"^•\s*(?=[{BULLETS}])")


def shape(walk: Walk, sections: dict[str, str]) -> list[dict[str, Any]]:
    """The printed plan of a finished walk. sections: place in words → code of the section that is named there."""
    made: list[dict[str, Any]] = []
    seen: set[int] = set()
    for item in walk.items:
        where = item.place.text()
        if not isinstance(item, Row):
            if item.text and item.place.footnote is None:
                made.append({"kind": "line", "text": item.text, "bold": item.bold, "level": item.level, "section": sections.get(where, "")})
        elif item.activity is None:
            if item.kind != "empty":
                cells = _row_cells(item)
                made.append({"kind": "row", "role": item.kind, "table": item.block.table, "cells": cells, "section": sections.get(where, "")})
        elif id(item.activity) not in seen:
            seen.add(id(item.activity))
            made.append({"kind": "activity", "code": item.activity.code, "table": item.block.table, "rows": _activity_rows(item, item.activity)})
    return made


def _cell(text: str, role: str = "", span: int = 1) -> dict[str, Any]:
    lines = (_MARKED_TWICE.sub("", squeeze(line.lstrip(SOFT_BREAK))) for line in text.replace(AUTOMATIC, "").split("\n"))
    return {"text": "\n".join(filter(None, lines)), "span": span, "role": role}


def _up(role: str = "") -> dict[str, Any]:
    return {"up": True, "span": 1, "role": role}


def _roles(row: Row) -> dict[int, str]:
    return {column.index: column.role for column in row.layout.columns} if row.layout else {}


def _row_cells(row: Row) -> list[dict[str, Any]]:
    roles, made = _roles(row), []
    for index, cell in enumerate(row.cells):
        if cell.covered == "left" and made:
            made[-1]["span"] += 1
        elif cell.covered == "up":
            made.append(_up(roles.get(index, "")))
        else:
            made.append(_cell(cell.text, roles.get(index, "")))
    return made


def _activity_rows(first: Row, activity: Activity) -> list[list[dict[str, Any]]]:
    """One row for each cell of indicators; what the activity says itself stands in the first and reaches down."""
    roles, layout = _roles(first), first.layout
    name, places = layout.first("activity"), layout.of("indicator")
    # Indicators of several columns stand side by side; those of one column below one another.
    lines = [activity.indicators] if len(places) > 1 else [[cell] for cell in activity.indicators] or [[]]
    rows = []
    for number, indicators in enumerate(lines):
        cells = []
        for index in range(len(first.cells)):
            role = roles.get(index, "")
            if index in places:
                at = places.index(index)
                cells.append(_cell(indicators[at].text if at < len(indicators) else "", role))
            elif number and role == "deadline" and indicators and indicators[0].deadline:
                cells.append(_cell(indicators[0].deadline, role))
            elif number or first.covered(index) == "up":
                cells.append(_up(role))
            else:
                cells.append(_cell(_own_text(activity) if index == name else activity.values.get(index, ""), role))
        rows.append(cells)
    return rows


def _own_text(activity: Activity) -> str:
    """The activity's text with what a page cut off, and with its number where it stands in the same cell."""
    printed = activity.values.get(activity.layout.first("activity"), "")
    code, rest = inside.take_code(printed)
    number = printed[: len(printed) - len(rest)] if code and printed.endswith(rest) else ""
    return activity.text if activity.text.startswith(number) else number + activity.text
