"""Which rows are headers, and which columns hold for which rows."""

from __future__ import annotations

import re

from . import cells as inside
from .columns import Layout, Override, build, build_two, has_subheader, header_layout
from .events import Row


class Headers:
    """Marks header rows and hands every row its layout; `layouts` are those found, each with its first header row."""

    def __init__(self, rows: list[Row], override: Override):
        self.rows = rows
        self.override = override
        self.layouts: list[tuple[Layout, Row]] = []

    def find(self) -> None:
        """Mark header rows and hand each row its layout; a fragment without header goes on with the last one."""
        layout: Layout | None = None
        table, first = None, True
        rows = self.rows
        skip: Row | None = None
        for number, row in enumerate(rows):
            if row.block.table != table:
                table, first, row.after_break = row.block.table, True, True
                if layout and not self._fits(layout, row, rows, number):
                    layout = None
            filled = row.filled()
            if row is skip:
                row.is_header, row.layout, row.kind = True, layout, "header"
                continue
            if len(filled) >= 2:
                bold = all(row.cells[i].bold for i in filled)
                found = header_layout(row.cells, self.override, first_in_table=first and not layout, all_bold=bold)
                if not found and first and self.override.by_index and not layout:
                    found = build([c.text for c in row.cells], self.override)
                if found and (not layout or found.folded == layout.folded or not self._is_data(row, layout)):
                    below = rows[number + 1] if number + 1 < len(rows) else None
                    if below and below.block.table == table and has_subheader(row.cells, below.cells):
                        found, skip = build_two(row.cells, below.cells, self.override), below
                    found.widths = len(row.cells)
                    # A header again is the same header, also where its spaces were lost.
                    known = next((old for old, _ in self.layouts if old.folded == found.folded), None)
                    if known is None:
                        self.layouts.append((found, row))
                    layout = known or found
                    row.is_header, row.kind = True, "header"
                    if number + 1 < len(rows):
                        rows[number + 1].after_break = True
                    if skip and number + 2 < len(rows):
                        rows[number + 2].after_break = True
                first = False
            elif not filled and number + 1 < len(rows):
                row.kind = "empty"
                rows[number + 1].after_break = True
            row.layout = layout
            if row.is_header:
                continue
            if len(filled) >= 2 and layout and self._is_column_numbers(row):
                row.kind = "header"

    def _fits(self, layout: Layout, row: Row, rows: list[Row], number: int) -> bool:
        """Whether a table without header may go on under the last one: as many columns, and no header of its own."""
        for later in rows[number : number + 4]:
            if later.block.table != row.block.table:
                break
            if header_layout(later.cells, self.override, first_in_table=True, all_bold=True):
                return True  # its own header will follow; rows above it are titles
        width = max((len(r.cells) for r in rows[number : number + 3] if r.block.table == row.block.table), default=0)
        if row.place.line is not None:
            return width <= layout.widths + 1  # text: empty cells at the right edge are often left out
        return width == layout.widths

    def _is_data(self, row: Row, layout: Layout) -> bool:
        """A row under a known layout that only happens to look like a header: it has a number and long cells."""
        code_column = layout.first("code")
        text = row.text(layout.first("activity"))
        return bool(inside.take_code(text)[0] or (code_column is not None and re.search(r"\d", row.text(code_column))))

    @staticmethod
    def _is_column_numbers(row: Row) -> bool:
        """`1 | 2 | 3 | 4` under a header."""
        numbers = [row.cells[i].text.strip("(). ") for i in row.filled()]
        return len(numbers) >= 3 and all(n.isdecimal() for n in numbers) and [int(n) for n in numbers] == list(
            range(int(numbers[0]), int(numbers[0]) + len(numbers))
        ) and numbers[0] in ("0", "1")
