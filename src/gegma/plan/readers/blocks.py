"""What every format reader hands on: a flat list of headings, paragraphs and table rows, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# A line break the reader is not sure of (a PDF line that ends early): the interpreter decides by what follows.
SOFT_BREAK = "\x0b"

# Stands after a number that the word processor draws by itself: a number typed by hand goes before it.
AUTOMATIC = "\u2060"

# Bounds on what one document may hold; past them the reader refuses, it does not cut.
BLOCKS_MAX = 60_000
COLUMNS_MAX = 120


@dataclass(frozen=True)
class Place:
    """Where in the source something stands; parts that a format has not stay None. All count from 1."""

    sheet: str | None = None
    page: int | None = None
    table: int | None = None
    row: int | None = None
    line: int | None = None
    footnote: str | None = None

    def text(self) -> str:
        """The place in words: `sheet X, row 9`; `page 3, row 5`; `table 2, row 7`; `line 12`."""
        parts = [f"sheet {self.sheet}"] if self.sheet is not None else []
        for name in ("page", "table", "row", "line", "footnote"):
            value = getattr(self, name)
            if value is not None and not (name == "table" and self.page is not None):
                parts.append(f"{name} {value}")
        return ", ".join(parts) or "the document"

    def as_dict(self) -> dict[str, Any]:
        """The place as plain data, without what is unknown."""
        return {key: value for key, value in vars(self).items() if value is not None}


@dataclass
class Cell:
    """One grid position of a row. `covered`: "left" (part of a cell merged across), "up" (merged down), or "".

    Paragraphs and list items in `text` are separated by a line feed.
    """

    text: str = ""
    bold: bool = False
    covered: str = ""
    colspan: int = 1
    rowspan: int = 1


@dataclass
class Block:
    """A paragraph (`cells` is None) or a table row. `table` numbers the table (or sheet, or page's table) it is in."""

    kind: str  # "paragraph" | "row"
    place: Place
    text: str = ""
    level: int | None = None  # heading level, where the format knows it
    bold: bool = False
    size: float | None = None  # letter height in points, where the format knows it
    cells: list[Cell] = field(default_factory=list)
    table: int = 0
    sure: bool = True  # False: cells were told apart by the position of words alone


def row(cells: list[Cell], place: Place, table: int) -> Block:
    """A table row."""
    return Block("row", place, cells=cells, table=table)


def paragraph(text: str, place: Place, *, level: int | None = None, bold: bool = False, size: float | None = None) -> Block:
    """A heading or paragraph outside every table."""
    return Block("paragraph", place, text=text, level=level, bold=bold, size=size)


class Grid:
    """Lays cells that span rows and columns out on a plain grid, row by row.

    Used where a format says `this cell spans 2 columns and 3 rows` (HTML).
    """

    def __init__(self) -> None:
        self._down: dict[int, tuple[int, str]] = {}  # column -> (rows still covered, how)

    def place(self, cells: list[Cell]) -> list[Cell]:
        """The cells of the next row, with those that earlier rows reach down into put between."""
        out: list[Cell] = []
        waiting, below = list(cells), {}
        while len(out) < COLUMNS_MAX and (waiting or any(column >= len(out) for column in self._down)):
            column = len(out)
            if column in self._down:
                left, how = self._down[column]
                out.append(Cell(covered=how))
                if left > 1:
                    below[column] = (left - 1, how)
                continue
            if not waiting:
                out.append(Cell())
                continue
            cell = waiting.pop(0)
            for offset in range(min(max(cell.colspan, 1), COLUMNS_MAX - column)):
                out.append(Cell(covered="left") if offset else cell)
                if cell.rowspan > 1:
                    below[column + offset] = (cell.rowspan - 1, "left" if offset else "up")
        self._down = below
        return out
