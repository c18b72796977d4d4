"""PDF files with text to blocks: ruled tables cell by cell, and the lines between them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from gegma.kernel.sandbox import Refused

from . import unruled
from .blocks import BLOCKS_MAX, COLUMNS_MAX, SOFT_BREAK, Block, Cell, Place, paragraph, row
from .pdfpage import Line, Page, open_pdf

PAGES_MAX = 300
# A gap this much larger than the usual step from line to line parts paragraphs.
PARAGRAPH_GAP = 1.22


def read(path: Path) -> list[Block]:
    """Blocks of a PDF. Raises `Refused` for an encrypted one, one of pictures only, or one without letters' meaning."""
    pages = open_pdf(path, PAGES_MAX)
    letters = sum(len(line.text) for page in pages for line in page.all_lines())
    if letters < 10:
        raise Refused("scan", "The PDF holds pictures of pages, no text; recognise its text first, or use the Word file.")
    meaningless = sum(line.text.count("(cid:") for page in pages for line in page.all_lines())
    if meaningless * 8 > letters:
        raise Refused("no_letters", "The PDF's font does not say which letters its signs are; use the Word file.")
    if not any(page.tables for page in pages):
        blocks = unruled.read(pages)
        if blocks:
            for block in blocks:
                block.sure = False
            return blocks
    return _Assembler(pages).blocks()


class _Assembler:
    """Pages to blocks, with what only the whole document tells: running heads, line step, words."""

    def __init__(self, pages: list[Page]):
        self.pages = pages
        self.table = 0
        self.vocabulary = Counter(
            word for page in pages for line in page.all_lines() for word in line.text.split()[1:-1]
        )
        self.running = self._running_heads()

    def _running_heads(self) -> set[str]:
        """Lines that stand at the top or bottom of many pages, digits aside; and bare page numbers."""
        seen: Counter[str] = Counter()
        for page in self.pages:
            edge = {_plain(line) for line in page.lines if line.top < 0.09 * page.height or line.bottom > 0.91 * page.height}
            seen.update(edge)
        return {text for text, count in seen.items() if count >= 3 and count >= 0.5 * len(self.pages)}

    def _is_running(self, line: Line, page: Page) -> bool:
        at_edge = line.top < 0.09 * page.height or line.bottom > 0.91 * page.height
        bare_number = re.fullmatch(r"[-–—\s]*\d{1,4}[-–—\s]*|(?:page|გვერდი|გვ\.)?\s*\d+\s*(?:/|of|-დან)?\s*\d*", line.text.strip(), re.IGNORECASE)
        return at_edge and (_plain(line) in self.running or bool(bare_number))

    def blocks(self) -> list[Block]:
        out: list[Block] = []
        for page in self.pages:
            lines = [line for line in page.lines if not self._is_running(line, page)]
            parts: list[tuple[float, Any]] = [(group[0].top, group) for group in self._paragraphs(lines, page)]
            parts += [(table.box[1], (table, cells)) for table, cells in page.tables]
            line_number = row_number = 0
            for _, part in sorted(parts, key=lambda p: p[0]):
                if isinstance(part, list):
                    line_number += 1
                    text = self._join(part, max(line.x1 for line in part))
                    place = Place(page=page.number, line=line_number)
                    out.append(paragraph(text.replace(SOFT_BREAK, " ").replace("\n", " "), place, bold=all(x.bold for x in part),
                                         size=part[0].size))  # fmt: skip
                else:
                    self.table += 1
                    for cells in self._table_rows(*part):
                        row_number += 1
                        out.append(row(cells, Place(page=page.number, row=row_number), self.table))
            if len(out) > BLOCKS_MAX:
                raise Refused("too_large", f"The PDF holds more than {BLOCKS_MAX} rows: this is not a plan.")
        return out

    def _paragraphs(self, lines: list[Line], page: Page) -> list[list[Line]]:
        """Lines outside tables: a line goes on when it looks the same, is near, and the one before was full."""
        # The right margin is taken to be as wide as the left one.
        left = min((line.x0 for line in lines), default=0)
        right = max([line.x1 for line in lines] + [table.box[2] for table, _ in page.tables] + [page.width - left])
        out: list[list[Line]] = []
        for line in sorted(lines, key=lambda x: (x.top, x.x0)):
            last = out[-1][-1] if out else None
            if (
                last
                and abs(last.size - line.size) < 0.6
                and last.bold == line.bold
                and line.top - last.top < 1.9 * line.size
                and last.x1 + line.first_width + 0.3 * line.size > right
                and not re.match(r"\s*(?:\d+(?:\.\d+)*\.|[IVX]+\.)\s", line.text)
            ):
                out[-1].append(line)
            else:
                out.append([line])
        return out

    def _table_rows(self, table: Any, cells: dict[int, list[Line]]) -> list[list[Cell]]:
        if table.columns > COLUMNS_MAX:
            raise Refused("too_wide", f"A table has more than {COLUMNS_MAX} columns: this is not a plan.")
        grid = [[Cell() for _ in range(table.columns)] for _ in range(table.rows)]
        # Text is set as far from the right border as from the left: where a full line ends in this column.
        padding: dict[int, float] = {}
        for index, lines in cells.items():
            region = table.regions[index]
            inset = min(line.x0 for line in lines) - region.box[0]
            padding[region.column] = min(padding.get(region.column, inset), inset)
        for index, region in enumerate(table.regions):
            lines = cells.get(index, [])
            right = region.box[2] - max(padding.get(region.column, 2), 0)
            text = self._join(lines, right)
            bold = bool(lines) and all(line.bold for line in lines)
            for r in range(region.row, region.row + region.rowspan):
                for c in range(region.column, region.column + region.colspan):
                    grid[r][c] = Cell(covered="up" if c == region.column else "left")
            grid[region.row][region.column] = Cell(text, bold, "", region.colspan, region.rowspan)
        return [r for r in grid if any(cell.text or cell.covered != "left" for cell in r)]

    def _join(self, lines: list[Line], right: float) -> str:
        """Lines of one cell to text: a wide gap is a paragraph, a line that ends early perhaps one, a word cut at the
        edge is put together."""
        if not lines:
            return ""
        out = lines[0].text
        usual = self._usual_step(lines)
        for before, line in zip(lines, lines[1:], strict=False):
            fits = before.x1 + line.first_width + 0.25 * line.size + 1.5 < right
            if usual and line.top - before.top > PARAGRAPH_GAP * usual:
                out += "\n" + line.text
            elif fits:
                out += "\n" + SOFT_BREAK + line.text
            else:
                out += self._glue(before, line) + line.text
        return out

    def _usual_step(self, lines: list[Line]) -> float:
        """The step between lines of one paragraph in this size of letter: the smallest common one of the document."""
        if not hasattr(self, "_steps"):
            found: dict[int, Counter[float]] = defaultdict(Counter)
            for page in self.pages:
                groups = [lines for _, cells in page.tables for lines in cells.values()]
                for group in groups:
                    for a, b in zip(group, group[1:], strict=False):
                        if abs(a.size - b.size) < 0.5:
                            found[round(a.size * 2)][round((b.top - a.top) * 4) / 4] += 1
            self._steps = {}
            for size, steps in found.items():
                common = [step for step, count in steps.items() if count >= max(2, 0.05 * sum(steps.values()))]
                self._steps[size] = min((s for s in common if s > 0.7 * size / 2), default=0.0)
        return self._steps.get(round(lines[0].size * 2), 0.0)

    def _trusts_spaces(self) -> bool:
        """Whether the file keeps the space at the end of a line: then a line without one ends in mid-word."""
        if not hasattr(self, "_spaces"):
            groups = [lines for page in self.pages for _, cells in page.tables for lines in cells.values()]
            ends = [line.ends_in_space for lines in groups for line in lines[:-1]]
            self._spaces = len(ends) >= 10 and sum(ends) >= 0.4 * len(ends)
        return self._spaces

    def _glue(self, before: Line, line: Line) -> str:
        """What stands between two lines of a paragraph: nothing inside a word, else a space."""
        if self._trusts_spaces():
            return " " if before.ends_in_space else ""
        last, first = before.text.rsplit(None, 1)[-1], line.text.split(None, 1)[0]
        if re.search(r"[^\W\d_]-$", last) and re.match(r"[^\W_]", first):
            return ""
        whole = last + first
        if self.vocabulary[whole] and not (self.vocabulary[last] and self.vocabulary[first]):
            return ""
        return " "


def _plain(line: Line) -> str:
    return re.sub(r"[\d\s]+", " ", line.text).strip().lower()
