"""The bare rows of a spreadsheet or CSV, for imports that are no plans."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gegma.kernel.sandbox import Refused, run_limited


def read_rows(path: str | Path, sheet: str | None = None) -> list[dict[str, Any]]:
    """Rows as [{"where": "sheet X, row 9", "cells": [text, …]}] of an .xlsx, .csv, .tsv, .html or .docx table.

    All cells are text as shown (dates dd.mm.yyyy); a merged cell's text stands once, at its first place; empty rows are
    left out. `sheet` picks one sheet of a workbook. Read in the limited child; raises `Refused`.
    """
    return run_limited("gegma.plan.readers.tables:_rows", {"path": str(Path(path).absolute()), "sheet": sheet})


def _rows(payload: dict[str, Any]) -> list[dict[str, Any]]:
    from .formats import read_blocks

    _, blocks = read_blocks(Path(payload["path"]))
    wanted = payload.get("sheet")
    rows = [b for b in blocks if b.kind == "row" and (wanted is None or b.place.sheet == wanted)]
    out = [
        {"where": b.place.text(), "cells": [cell.text for cell in b.cells]} for b in rows if any(cell.text.strip() for cell in b.cells)
    ]
    if not out:
        raise Refused("no_table", "The file holds no table with a filled cell.")
    return out
