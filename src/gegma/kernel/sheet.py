"""Lists as people have them: the first sheet of a workbook, a csv file, pasted rows. A workbook is read in a limited child process."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from gegma.kernel.sandbox import guard_zip, run_limited

ROWS_MAX, COLUMNS_MAX = 2000, 30


def rows_of(content: bytes, whole: bool = False) -> list[list[str]]:
    """The rows of the first sheet of an xlsx file. whole: with the empty columns before the first filled one, so that each cell stands under its letter.

    Raises kernel.sandbox.Refused with a sentence for what cannot be read.
    """
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        return run_limited("gegma.kernel.sheet:read", {"path": file.name, "whole": whole})


def read(payload: dict) -> list[list[str]]:
    """What the child does: {"path", "whole"} → rows, each under the number that the sheet gives it."""
    from python_calamine import CalamineWorkbook

    guard_zip(Path(payload["path"]))
    sheet = CalamineWorkbook.from_path(payload["path"]).get_sheet_by_index(0)
    before = [""] * (sheet.start or (0, 0))[1] if payload["whole"] else []
    rows = []
    for row in sheet.iter_rows():
        rows.append([*before[:COLUMNS_MAX], *(_word(v) for v in row[:COLUMNS_MAX])])
        if len(rows) > ROWS_MAX:
            break
    return rows


def _word(value) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def decoded(content: bytes) -> str:
    """Text of a csv file: UTF-8, or what Excel writes. Raises UnicodeDecodeError."""
    return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")


def split(text: str, mark: str) -> list[list[str]]:
    """The rows of a text whose cells stand between marks; the spaces of a cell are made single. Raises csv.Error."""
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return [[" ".join(cell.split()) for cell in row] for row in csv.reader(io.StringIO(text), delimiter=mark)]


def joined(rows: list[list[str]]) -> str:
    """Rows as they would be pasted; split() with the tab gives them back."""
    made = io.StringIO()
    csv.writer(made, delimiter="\t", lineterminator="\n").writerows([" ".join(cell.split()) for cell in row] for row in rows)
    return made.getvalue()
