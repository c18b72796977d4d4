"""The first sheet of a workbook as rows of text. Runs in a limited child process: imports nothing of the application."""

from __future__ import annotations

import tempfile
from pathlib import Path

from gegma.kernel.sandbox import guard_zip, run_limited

ROWS_MAX, COLUMNS_MAX = 2000, 30


def rows_of(content: bytes) -> list[list[str]]:
    """The rows of the first sheet of an xlsx file. Raises kernel.sandbox.Refused with a sentence for what cannot be read."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        return run_limited("gegma.registers.trainings.sheet:read", {"path": file.name})


def read(payload: dict) -> list[list[str]]:
    """What the child does: {"path"} → rows."""
    from python_calamine import CalamineWorkbook

    guard_zip(Path(payload["path"]))
    sheet = CalamineWorkbook.from_path(payload["path"]).get_sheet_by_index(0)
    rows = []
    for row in sheet.iter_rows():
        rows.append([_word(v) for v in row[:COLUMNS_MAX]])
        if len(rows) > ROWS_MAX:
            break
    return rows


def _word(value) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
