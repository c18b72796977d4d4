"""From blocks to headings and activities in reading order. The rules that join rows are here.

A row is one of: empty; a header (again); a title, heading, footnote or total that fills one cell; the start of an
activity; a further indicator of the activity above; the rest of a row that a page break cut.
"""

from __future__ import annotations

import re

from . import cells as inside
from .blocks import AUTOMATIC, Block, Place
from .columns import CORE, Layout, Override
from .events import Activity, IndicatorCell, Result, Row
from .headers import Headers
from .model import Warn
from .sections import Heading, kind_of, parse_heading
from .words import fold, is_blank_mark, is_unfinished, squeeze

CLIP = 300
_NOTE = re.compile(r"^\s*(?:[*†‡¹²³]|შენიშვნა\s*[:–-]|წყარო\s*:|note[s]?\s*:|source\s*:|please note|nb[:.])", re.IGNORECASE)
_LEGEND = re.compile(r"(?:\b\w[\w&/-]* = [^,=]+, ){2,}")
_TOTAL = re.compile(r"^\s*(?:სულ|ჯამი|ჯამურად|total|grand total|subtotal|sum)\b[^.]{0,40}$", re.IGNORECASE)
_PLAN_WORD = re.compile(r"გეგმ|სტრატეგი|\bplan\b|programme|strategy", re.IGNORECASE)


class Walk:
    """Goes over the blocks once; the result is `events`: headings, activities and results in reading order."""

    def __init__(self, blocks: list[Block], override: Override):
        self.override = override
        self.warnings: list[Warn] = []
        self.layouts: list[tuple[Layout, Row]] = []
        self.items: list[Row | Block] = [self._tidy(block) for block in blocks]
        self.events: list[Heading | Activity | Result] = []
        self.front_headings: list[Heading | None] = []
        self.front: list[Block] = []  # headings before the first table: title, organisation
        self.activity: Activity | None = None
        self.fresh = False  # a heading came after the last activity
        self._had_header = False
        # Found once, asked for every row.
        self._numbered_tables: dict[tuple[int, int], bool] = {}
        self._titles: set[str] = set()
        self._merging: dict[int, bool] = {}
        self._steady: dict[int, bool] = {}
        self._bold_share: float | None = None
        self._indexes: dict[int, int] | None = None
        self._code_depth: int | None = None  # dots in the deepest activity number so far
        self._kind_ahead: tuple[str, int | None] = ("", None)
        self._lead_ahead: IndicatorCell | None = None

    # --- preparing ---

    @staticmethod
    def _tidy(block: Block) -> Row | Block:
        if block.kind == "paragraph":
            text, bold = inside.clean(block.text)
            block.text = squeeze(text)
            block.bold = block.bold or bool(bold)
            return block
        for cell in block.cells:
            cell.text, bold = inside.clean(cell.text)
            cell.bold = cell.bold if bold is None else bold
            if is_blank_mark(cell.text):
                cell.text = ""
        return Row(block, block.cells)

    def run(self) -> None:
        headers = Headers(self._rows(), self.override)
        headers.find()
        self.layouts = headers.layouts
        self._weigh()
        before_table = True
        for position, item in enumerate(self.items):
            if isinstance(item, Row):
                before_table = before_table and not (item.layout or item.is_header)
                self._had_header = self._had_header or item.is_header
                item.kind = item.kind or self._row(item, position)
                item.activity = self.activity if item.kind in ("activity", "indicator", "continuation") else None
            elif item.text:
                self._paragraph(item, position, before_table)
        self._front_sections()

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

    # --- paragraphs ---

    def _paragraph(self, block: Block, position: int, before_table: bool) -> None:
        if block.place.footnote is not None:
            self._warn(block.place, "footnote", "a footnote was kept aside", text=block.text)
            return
        heading = parse_heading(block.text, block.place)
        looks = block.level is not None or block.bold or bool(heading.code) or (
            bool(heading.kind) and (heading.rank or 0) < 10 and len(block.text) < 250
        )
        if _TOTAL.match(block.text) or _NOTE.match(block.text) or len(block.text) > 400:
            looks = False
        if before_table and self._is_front(heading):
            if looks or len(block.text) <= 200:
                heading.level = block.level
                heading.style = ("outside", block.level, round(block.size) if block.size else 0, block.bold)
                self.front.append(block)
                self.front_headings.append(heading)
            else:
                self._warn(block.place, "text_outside", "text outside every table was not placed", text=block.text)
            return
        if not looks and not self._is_known_title(block.text):
            self._warn(block.place, "text_outside", "text outside every table was not placed", text=block.text)
            return
        heading.level = block.level
        heading.style = ("outside", block.level, round(block.size) if block.size else 0, block.bold)
        self._heading(heading)

    def _is_front(self, heading: Heading) -> bool:
        """Whether a heading above the first table is the plan's title page rather than its first section."""
        if self.activity is not None or self.events or heading.code:
            return False
        has_title = any(_PLAN_WORD.search(b.text) for b in self.front)
        is_section_kind = heading.kind not in ("", "department")
        return not (is_section_kind and has_title)

    def _front_sections(self) -> None:
        """A title-page line straight above the first table that looks just like the headings above later tables is
        the first section."""
        if len(self.front) < 2 or self.front_headings[-1] is None or _PLAN_WORD.search(self.front[-1].text):
            return
        last = self.front_headings[-1]
        alike = [e for e in self.events if isinstance(e, Heading) and e.style == last.style and not e.code and e.place != last.place]
        own = next((e for e in self.events if isinstance(e, (Heading, Activity))), None)
        if alike and isinstance(own, Activity):
            self.events.insert(0, last)
            self.front.pop()

    def _is_known_title(self, text: str) -> bool:
        return fold(text) in self._titles

    def _heading(self, heading: Heading) -> None:
        self.events.append(heading)
        self._titles.add(fold(heading.title))
        self.fresh = True

    # --- rows ---

    def _row(self, row: Row, position: int) -> str:
        filled = row.filled()
        if not filled:
            return "empty"
        if len(filled) == 1:
            return self._one_cell(row, filled[0], position)
        if row.layout is None:
            self._unplaced(row, "no_header", "a row above any recognised header was not placed")
            return "unplaced"
        if _TOTAL.match(row.cells[filled[0]].text):
            self._unplaced(row, "total_row", "a row of totals was not read as an activity")
            return "total"
        self._section_columns(row)
        return self._data(row)

    def _one_cell(self, row: Row, index: int, position: int) -> str:
        cell = row.cells[index]
        text = squeeze(cell.text.replace("\x0b", " "))
        full = row.is_full_width()
        if _NOTE.match(text) or (full and (_LEGEND.search(text) or len(text) > 500)):
            self._warn(row.place, "note_row", "a footnote was kept aside", text=text)
            return "note"
        if _TOTAL.match(text):
            self._unplaced(row, "total_row", "a row of totals was not read as an activity")
            return "total"
        if row.layout is None and not full and len(row.cells) > 1 and index > 0:
            self._unplaced(row, "no_header", "a row above any recognised header was not placed")
            return "unplaced"
        heading_like = full or index <= max(row.layout.first("activity") or 0, 1 if row.layout and row.layout.first("code") == 0 else 0) if row.layout else True
        if heading_like and self._is_section_row(row, index, full, position):
            heading = parse_heading(text, row.place)
            title = self._is_title(row, heading, position)
            heading.style = ("row", full, cell.bold)
            heading.is_table_title = title == "table"
            above_all = row.layout is None and not self._had_header and title != "table" and self._is_front(heading)
            if title == "plan" or above_all:
                self.front.append(Block("paragraph", row.place, text=text, bold=cell.bold, level=0 if title else None))
                self.front_headings.append(heading)
                return "title"
            self._heading(heading)
            return "section"
        if row.layout is None:
            self._unplaced(row, "no_header", "a row above any recognised header was not placed")
            return "unplaced"
        return self._data(row)

    def _is_title(self, row: Row, heading: Heading, position: int) -> str:
        """"table" for a title over a table (its header follows), "plan" for the plan's own, else ""."""
        if heading.code or heading.kind and (heading.rank or 0) < 10:
            return ""
        untold = not self.events and not any(_PLAN_WORD.search(b.text) for b in self.front)
        if _PLAN_WORD.search(heading.title) and untold:
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

    def _section_columns(self, row: Row) -> None:
        """Goals kept in columns of their own open a section whenever their cell is filled anew."""
        for rank, index in enumerate(row.layout.of("section")):
            text = row.text(index)
            if not text:
                continue
            if row.after_break and not row.text(row.layout.first("activity")) and self.activity is not None:
                self._lengthen(text, rank, row)
                continue
            heading = parse_heading(inside.one_line(text), row.place)
            heading.style = ("column", rank)
            self._heading(heading)

    def _lengthen(self, text: str, rank: int, row: Row) -> None:
        """The rest of a goal whose cell a page cut."""
        last = next((e for e in reversed(self.events) if isinstance(e, Heading) and e.style == ("column", rank)), None)
        if last is None:
            self._unplaced(row, "no_activity", "a row without an activity was not placed")
        else:
            last.title = inside.one_line(inside.join_cut(last.title, text))

    def _data(self, row: Row) -> str:
        layout = row.layout
        if layout.first("activity") is None:
            return self._result(row)
        text = row.text(layout.first("activity"))
        code, rest = self._code_of(row, text) if text else ("", "")
        if not text and not row.covered(layout.first("activity")) and self._opens_by_code(row):
            code = squeeze(row.text(layout.first("code"))).strip(" .)")
            text = rest = ""
        elif not text:
            return self._further(row)
        if self._is_continuation(row, code):
            return self._continue(row)
        if code and self._is_numbered_heading(row, code):
            heading = parse_heading(inside.one_line(rest), row.place)
            heading.code = heading.code or code
            heading.style = ("row", False, row.cells[layout.first("activity")].bold)
            self._heading(heading)
            return "section"
        if not code and self._is_bare_heading(row):
            heading = parse_heading(inside.one_line(text), row.place)
            heading.style = ("row", False, row.cells[layout.first("activity")].bold)
            self._heading(heading)
            beside = [row.text(i) for i in row.filled() if i != layout.first("activity")]
            if beside:
                self._warn(row.place, "beside_heading", "a heading has text beside it, which was not placed", text=" | ".join(map(squeeze, beside)))
            return "section"
        return self._start(row, code, rest)

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
        return other.startswith(code + ".") or (not code[:1].isdigit() and other[:1].isdigit())

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

    def _start(self, row: Row, code: str, text: str) -> str:
        activity = Activity(row.place, text, code, layout=row.layout, places=[row.place])
        activity.automatic = AUTOMATIC in row.text(row.layout.first("activity"))[:20]
        for index, cell in enumerate(row.cells):
            if not cell.covered and cell.text:
                activity.values[index] = cell.text
            elif cell.covered == "up" and self.activity and self.activity.values.get(index):
                # A cell merged down belongs to every row beside it.
                activity.values[index] = self.activity.values[index]
            elif self._goes_on(row, index):
                activity.values[index] = self.activity.values[index]
        self.activity = activity
        self._indicator_cells(row, new=True)
        if code:
            self._code_depth = max(code.count("."), self._code_depth or 0)
        self.events.append(activity)
        self.fresh = False
        return "activity"

    def _goes_on(self, row: Row, index: int) -> bool:
        """A cell merged down over a PDF's page break: empty at the head of the new page, in a column that merges."""
        if row.place.page is None or not row.after_break or self.fresh or self.activity is None or not self.activity.values.get(index):
            return False
        if any(c.index == index and c.role in CORE | {"code", "start", "mark"} for c in row.layout.columns):
            return False
        if index not in self._merging:
            self._merging[index] = sum(r.covered(index) == "up" for r in self._rows()) >= 3
        return self._merging[index]

    def _further(self, row: Row) -> str:
        """A row whose activity cell is empty or merged: a further indicator, or the rest of a cut row."""
        if self.activity is None or self.fresh and not row.after_break and not row.covered(row.layout.first("activity")):
            self._unplaced(row, "no_activity", "a row without an activity was not placed")
            return "unplaced"
        merged = row.covered(row.layout.first("activity")) == "up"
        cut = self._is_cut_rest(row, merged)
        if cut:
            return self._continue(row)
        self.activity.places.append(row.place)
        had = self._indicator_cells(row, new=True)
        for index, cell in enumerate(row.cells):
            if cell.text and not cell.covered and index not in row.layout.of("indicator"):
                self._add_value(index, cell.text, row)
        return "indicator" if had else "continuation"

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

    def _continue(self, row: Row) -> str:
        """Put the cells of a cut row to the ends of those above."""
        activity = self.activity
        activity.places.append(row.place)
        layout = row.layout
        for index, cell in enumerate(row.cells):
            if not cell.text or cell.covered:
                continue
            if index == layout.first("activity"):
                activity.text = inside.join_cut(activity.text, cell.text)
            elif index in layout.of("indicator") and activity.indicators:
                last = activity.indicators[-1]
                last.text = inside.join_cut(last.text, cell.text)
                last.places.append(row.place)
            elif index in layout.of("indicator"):
                activity.indicators.append(IndicatorCell(cell.text, row.place, places=[row.place]))
            else:
                activity.values[index] = inside.join_cut(activity.values.get(index, ""), cell.text)
        return "continuation"

    def _indicator_cells(self, row: Row, *, new: bool) -> bool:
        found = False
        deadline = " ".join(squeeze(row.text(i)) for i in row.layout.of("deadline")).strip()
        for index in row.layout.of("indicator"):
            text = row.text(index)
            if text and new:
                self.activity.indicators.append(IndicatorCell(text, row.place, deadline, [row.place]))
                found = True
        if deadline:
            self.activity.deadlines.append(deadline)
        return found

    def _add_value(self, index: int, text: str, row: Row) -> None:
        """What a further row says in another column: bodies are added, a repetition is dropped, a deadline stays
        with its indicator, a comment or other text goes to the end."""
        role = next((c.role for c in row.layout.columns if c.index == index), "")
        before = self.activity.values.get(index, "")
        if not before:
            self.activity.values[index] = text
        elif role in ("mark", "code", "section") or fold(text) == fold(before):
            return
        elif role == "deadline" and any(row.text(i) for i in row.layout.of("indicator")):
            return  # it stays with this row's indicator
        elif fold(text) not in fold(before):
            self.activity.values[index] = f"{before}\n{text}"
            self.activity.added.add(index)

    def _result(self, row: Row) -> str:
        """A table of results and indicators without activities."""
        layout = row.layout
        result, indicator = layout.first("result"), layout.first("indicator")
        if result is None:
            result = (layout.of("section") or [None])[-1]
        if indicator is None or result is None:
            self._unplaced(row, "no_activity_column", "no column was recognised as the activity: name it")
            return "unplaced"
        text = row.text(result)
        if text and kind_of(inside.one_line(text).rstrip(": "))[0]:
            self._kind_ahead = kind_of(inside.one_line(text).rstrip(": "))
            if row.text(indicator):
                self._lead_ahead = IndicatorCell(row.text(indicator), row.place, places=[row.place])
            if any(i not in (result, indicator) for i in row.filled()):
                self._unplaced(row, "beside_heading", "a heading has text beside it, which was not placed")
            return "header"
        if text:
            last = None
            for heading in self._result_headings(text, row):
                last = Result(heading, [self._lead_ahead] if self._lead_ahead else [])
                self._lead_ahead = None
                self.events.append(last)
                self.fresh = True
        else:
            last = next((e for e in reversed(self.events) if isinstance(e, (Result, Heading))), None)
        if row.text(indicator):
            if not isinstance(last, Result):
                self._unplaced(row, "no_result", "an indicator without a result was not placed")
                return "unplaced"
            last.indicators.append(IndicatorCell(row.text(indicator), row.place, places=[row.place]))
        others = [i for i in row.filled() if i not in (result, indicator)]
        if others and not isinstance(last, Result):
            self._unplaced(row, "no_result", "a row without a result was not placed")
            return "unplaced"
        for index in others:
            header = layout.columns[index].header if index < len(layout.columns) else ""
            key = header or f"column {index + 1}"
            before = last.extra.get(key, "")
            last.extra[key] = f"{before}\n{row.text(index)}" if before else row.text(index)
        return "indicator"

    def _result_headings(self, text: str, row: Row) -> list[Heading]:
        """`Outputs:` alone on its line names the kind of what follows, it is no result of its own."""
        lines = inside.lines_of(text)
        kind, self._kind_ahead = self._kind_ahead, ("", None)
        if len(lines) > 1 and kind_of(lines[0].rstrip(": "))[0]:
            kind, lines = kind_of(lines[0].rstrip(": ")), lines[1:]
        heading = parse_heading(inside.one_line("\n".join(lines)), row.place)
        if kind[0] and not heading.kind:
            heading.kind, heading.rank = kind
        heading.style = ("row", "result", bool(heading.code))
        return [heading]

    # --- telling ---

    def _unplaced(self, row: Row, code: str, what: str) -> None:
        text = " | ".join(squeeze(row.cells[i].text) for i in row.filled())
        self._warn(row.place, code, what, text=text)

    def _warn(self, place: Place, code: str, what: str, **params: str) -> None:
        text = params.get("text")
        if text is not None:
            params["text"] = text = text if len(text) <= CLIP else text[:CLIP] + "…"
            what = f"{what}: {text}"
        self.warnings.append(Warn(place.text(), what, code, params))
