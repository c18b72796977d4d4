"""What a row is: the judgements behind the walk, each from the row, its neighbours and the habits of the whole plan."""

from __future__ import annotations

import re

from . import cells as inside
from .blocks import Block
from .columns import CORE, Layout
from .events import Activity, Result, Row
from .sections import Heading, parse_heading
from .words import fold, is_unfinished, squeeze

PLAN_WORD = re.compile(r"გეგმ|სტრატეგი|\bplan\b|programme|strategy", re.IGNORECASE)


class Rules:
    """The state the judgements look at, and the judgements. `Walk` adds what is done with a row."""

    coded = False  # activities bear numbers
    cut = False  # rows were cut by pages

    def __init__(self, items: list[Row | Block]):
        self.items = items
        self.layouts: list[tuple[Layout, Row]] = []
        self.events: list[Heading | Activity | Result] = []
        self.front: list[Block] = []  # headings before the first table: title, organisation
        self.activity: Activity | None = None
        self.fresh = False  # a heading came after the last activity
        # Found once, asked for every row.
        self._numbered_tables: dict[tuple[int, int], bool] = {}
        self._titles: set[str] = set()
        self._merging: dict[int, bool] = {}
        self._steady: dict[int, bool] = {}
        self._bold_share: float | None = None
        self._indexes: dict[int, int] | None = None
        self._code_depth: int | None = None  # dots in the deepest activity number so far

    def _rows(self) -> list[Row]:
        return [item for item in self.items if isinstance(item, Row)]

    def _weigh(self) -> None:
        """What the plan's rows have in common: whether activities are numbered, whether rows were cut by pages."""
        numbered = plain = 0
        for row in self._rows():
            if row.kind or not row.layout or len(row.filled()) < 2:
                continue
            text = row.text(row.layout.first("activity"))
            if text:
                has_code = bool(self._code_of(row, text)[0])
                numbered, plain = numbered + has_code, plain + (not has_code)
        self.coded = numbered >= 2 and numbered >= 0.6 * (numbered + plain)
        rows = [row for row in self._rows() if not row.kind]
        self.cut = sum(self._surely_cut(row, before) for before, row in zip(rows, rows[1:], strict=False)) >= 2

    def _surely_cut(self, row: Row, before: Row) -> bool:
        """In a numbered plan: text without a number in the activity's cell, no deadline, and an unfinished text above."""
        if not row.layout or not self.coded or row.is_full_width() or len(row.filled()) < 2:
            return False
        text = row.text(row.layout.first("activity"))
        above = before.text(row.layout.first("activity"))
        return bool(text) and is_unfinished(above) and not self._code_of(row, text)[0] and not self._has_deadline(row)

    def _code_of(self, row: Row, text: str) -> tuple[str, str]:
        column = row.layout.first("code") if row.layout else None
        if column is not None:
            own = squeeze(row.text(column)).strip(" .)")
            if own:
                code, rest = inside.take_code(text)
                return own, rest if code == own else text
        code, rest = inside.take_code(text)
        if code:
            return code, rest
        letter, rest = inside.take_letter(text)
        if letter and len(inside.lines_of(text)) == 1 and re.match(r"\s*\(?\w+[.)]\s", text):
            return letter, rest
        return "", text

    def _has_deadline(self, row: Row) -> bool:
        return any(row.text(i) for i in [*row.layout.of("deadline"), *row.layout.of("mark"), *row.layout.of("start")])

    def _is_known_title(self, text: str) -> bool:
        return fold(text) in self._titles

    def _is_title(self, row: Row, heading: Heading, position: int) -> str:
        """"table" for a title over a table (its header follows), "plan" for the plan's own, else ""."""
        if heading.code or heading.kind and (heading.rank or 0) < 10:
            return ""
        untold = not self.events and not any(PLAN_WORD.search(b.text) for b in self.front)
        if PLAN_WORD.search(heading.title) and untold:
            return "plan"
        if not row.is_full_width():
            return ""
        following = self._next_row(position)
        header_next = following is not None and following.is_header and following.block.table == row.block.table
        if header_next and row.after_break and (row.layout is None or self.events or len(self.layouts) > 1):
            return "plan" if not self.events and not self.front and len(self.layouts) == 1 else "table"
        return ""

    def _next_row(self, position: int) -> Row | None:
        for item in self.items[position + 1 :]:
            if not isinstance(item, Row):
                return None
            if item.filled():
                return item
        return None

    def _is_section_row(self, row: Row, index: int, full: bool, position: int) -> bool:
        """Whether a row with one filled cell is a heading rather than an activity or the rest of a cut cell."""
        cell = row.cells[index]
        heading = parse_heading(cell.text, row.place)
        if full and (self.activity is None or self.fresh or not row.after_break or heading.code or cell.bold or row.block.kind):
            return True
        following = self._next_row(position)
        if following is not None and following.is_header and (heading.code or cell.bold or not row.after_break):
            return True
        if heading.kind and heading.rank is not None and heading.rank < 10:
            return True
        if heading.code:
            return self._is_section_code(row, heading, following)
        if cell.bold and not self._is_bold_plan():
            return True
        if cell.text[:1].isascii() and cell.text[:1].islower():
            return False
        if self.activity is None or self.fresh:
            return True
        if self._is_further(row):
            return False
        if self._is_known_title(cell.text):
            return True
        before = self._text_before(index, row)
        if row.after_break:
            return heading.kind != "" or not (is_unfinished(before) and fold(before))
        return not self.cut

    def _is_further(self, row: Row) -> bool:
        """Whether the one filled cell is an indicator's, a body's or a comment's, not the first columns'."""
        index = row.filled()[0]
        role = next((c.role for c in row.layout.columns if c.index == index), "") if row.layout else ""
        return role in CORE - {"activity"}

    def _is_section_code(self, row: Row, heading: Heading, following: Row | None) -> bool:
        """A numbered line alone: a heading when what follows is numbered below it, else an activity without more."""
        if row.cells[row.filled()[0]].bold and not self._is_bold_plan():
            return True
        if following is None or following.layout is None:
            return following is None and self.fresh
        first = next((following.text(i) for i in following.filled()), "")
        code = self._code_of(following, following.text(following.layout.first("activity")) or first)[0]
        if code.startswith(heading.code + "."):
            return True
        depth = self._code_depth
        if not heading.parts:
            return True
        return depth is not None and heading.code.count(".") < depth or depth is None and code.count(".") > heading.code.count(".")

    def _is_bold_plan(self) -> bool:
        if self._bold_share is None:
            body = [r for r in self._rows() if r.layout and not r.is_header and len(r.filled()) >= 3]
            bold = sum(r.cells[r.filled()[0]].bold for r in body)
            self._bold_share = bold / len(body) if body else 0
        return self._bold_share > 0.3

    def _text_before(self, index: int, row: Row) -> str:
        """The text last seen in this column."""
        if self.activity is None or self.activity.layout is None:
            return ""
        if index == self.activity.layout.first("activity"):
            return self.activity.text
        return self.activity.values.get(index, "")

    def _is_numbered_heading(self, row: Row, code: str) -> bool:
        """A number in its own column and a text, nothing else, above rows numbered below it or in another way."""
        column = row.layout.first("code")
        if column is None or set(row.filled()) - {column, row.layout.first("activity")}:
            return False
        rows = self._rows()
        start = self._index(row) + 1
        following = next((r for r in rows[start : start + 5] if r.filled() and not r.is_header), None)
        if following is None or following.layout is not row.layout or len(following.filled()) < 3:
            return False
        other = squeeze(following.text(column)).strip(" .)")
        return other.startswith(code + ".") or (not code[:1].isdecimal() and other[:1].isdecimal())

    def _index(self, row: Row) -> int:
        if self._indexes is None:
            self._indexes = {id(r): i for i, r in enumerate(self._rows())}
        return self._indexes[id(row)]

    def _is_bare_heading(self, row: Row) -> bool:
        """In a table whose activities all bear numbers: a line without one, and without indicator, deadline or body."""
        core = [i for role in ("indicator", "deadline", "mark", "start", "responsible", "partners") for i in row.layout.of(role)]
        if any(row.text(i) for i in core):
            return False
        return self._is_numbered_table(row)

    def _is_numbered_table(self, row: Row) -> bool:
        """Whether at least four, and four in five, of the activities of this row's table bear a number."""
        key = (row.block.table, id(row.layout))
        if key not in self._numbered_tables:
            rows = [r for r in self._rows() if r.layout is row.layout and r.block.table == row.block.table and not r.is_header]
            texts = [r.text(r.layout.first("activity")) for r in rows if len(r.filled()) > 1]
            texts = [text for text in texts if text]
            numbered = sum(bool(inside.take_code(text)[0]) for text in texts)
            self._numbered_tables[key] = numbered >= 4 and numbered >= 0.75 * len(texts)
        return self._numbered_tables[key]

    def _opens_by_code(self, row: Row) -> bool:
        """A row with a number of its own but no text for the activity: told, and kept."""
        column = row.layout.first("code")
        return column is not None and bool(row.text(column)) and bool(re.search(r"\w", row.text(column)))

    def _is_continuation(self, row: Row, code: str) -> bool:
        """Whether a row with text in the activity's cell completes the activity above.

        It does not bear a number (in a numbered plan), it says no deadline of its own, and either it stands first
        after a page break, or the plan is one whose rows were cut; in a plan without numbers it must also leave
        empty what every activity has (the responsible body, the type …) and the text above must be unfinished.
        """
        activity = self.activity
        if activity is None or code or self.fresh or row.covered(row.layout.first("activity")):
            return False
        if self._has_deadline(row):
            return False
        if self.coded:
            return row.after_break or self.cut or (row.text(row.layout.first("activity"))[:1].islower() and row.cells[0].text.isascii())
        if not row.after_break:
            return False
        if not is_unfinished(activity.text):
            return False
        steady = [c.index for c in row.layout.columns if c.role in ("responsible", "deadline", "code", "start", "mark") or self._is_steady(c.index)]
        filled = [i for i in steady if activity.values.get(i)]
        return bool(filled) and sum(not row.text(i) for i in filled) >= 0.5 * len(filled)

    def _is_steady(self, index: int) -> bool:
        """A column that has a short text in nearly every activity: its absence tells of a cut row."""
        if index not in self._steady:
            texts = [r.text(index) for r in self._rows() if r.layout and not r.kind and len(r.filled()) >= 3]
            filled = [t for t in texts if t]
            self._steady[index] = len(texts) >= 5 and len(filled) >= 0.7 * len(texts) and sum(map(len, filled)) < 40 * len(filled)
        return self._steady[index]

    def _goes_on(self, row: Row, index: int) -> bool:
        """A cell merged down over a PDF's page break: empty at the head of the new page, in a column that merges."""
        if row.place.page is None or not row.after_break or self.fresh or self.activity is None or not self.activity.values.get(index):
            return False
        if any(c.index == index and c.role in CORE | {"code", "start", "mark"} for c in row.layout.columns):
            return False
        if index not in self._merging:
            self._merging[index] = sum(r.covered(index) == "up" for r in self._rows()) >= 3
        return self._merging[index]

    def _is_cut_rest(self, row: Row, merged: bool) -> bool:
        indicator = row.layout.first("indicator")
        text = row.text(indicator)
        if self._has_deadline(row):
            return False
        if not row.after_break and not (self.cut and len(row.filled()) >= 2 and not merged):
            before = self.activity.indicators[-1].text if self.activity.indicators else ""
            if not text or not before:
                return False
            if inside.starts_item(text):
                return self._numbered_on(before, text)
            return inside.ends_in_connector(before) or (text[:1].isascii() and text[:1].islower())
        if merged and row.after_break and text:
            # Merged cells survive a page break only where the break is the reader's own (a PDF page).
            return row.place.page is not None and self._is_rest(row)
        return True

    def _is_rest(self, row: Row) -> bool:
        """Nothing that every row has is in this one."""
        steady = [c.index for c in row.layout.columns if c.role in ("responsible", "deadline") or self._is_steady(c.index)]
        return not any(row.text(i) for i in steady)

    @staticmethod
    def _numbered_on(before: str, text: str) -> bool:
        """`1. …` above and `2. …` here, under one lead-in."""
        numbers = re.findall(r"(?m)^\s*(\d{1,2})[.)]", before)
        match = inside.PLAIN_CODE.match(text)
        label = (match.group(1) or match.group(2)) if match else ""
        return bool(numbers and label and int(label) == int(numbers[-1]) + 1 and ":" in before)
