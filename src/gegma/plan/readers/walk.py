"""From blocks to headings and activities in reading order. The rules that join rows are here.

A row is one of: empty; a header (again); a title, heading, footnote or total that fills one cell; the start of an
activity; a further indicator of the activity above; the rest of a row that a page break cut.
"""

from __future__ import annotations

import re

from . import cells as inside
from .blocks import AUTOMATIC, Block, Place
from .columns import Override
from .events import Activity, IndicatorCell, Result, Row
from .headers import Headers
from .model import Warn
from .rules import PLAN_WORD, Rules
from .sections import Heading, kind_of, parse_heading
from .words import fold, is_blank_mark, squeeze

CLIP = 300
_NOTE = re.compile(r"^\s*(?:[*†‡¹²³]|შენიშვნა\s*[:–-]|წყარო\s*:|note[s]?\s*:|source\s*:|please note|nb[:.])", re.IGNORECASE)
_LEGEND = re.compile(r"(?:\b\w[\w&/-]* = [^,=]+, ){2,}")
_TOTAL = re.compile(r"^\s*(?:სულ|ჯამი|ჯამურად|total|grand total|subtotal|sum)\b[^.]{0,40}$", re.IGNORECASE)


class Walk(Rules):
    """Goes over the blocks once; the result is `events`: headings, activities and results in reading order."""

    def __init__(self, blocks: list[Block], override: Override):
        super().__init__([self._tidy(block) for block in blocks])
        self.override = override
        self.warnings: list[Warn] = []
        self.front_headings: list[Heading | None] = []
        self._had_header = False
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
        """Go over the blocks once: find the headers, weigh the columns, then read row by row."""
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
        has_title = any(PLAN_WORD.search(b.text) for b in self.front)
        is_section_kind = heading.kind not in ("", "department")
        return not (is_section_kind and has_title)

    def _front_sections(self) -> None:
        """A title-page line straight above the first table that looks just like the headings above later tables is
        the first section."""
        if len(self.front) < 2 or self.front_headings[-1] is None or PLAN_WORD.search(self.front[-1].text):
            return
        last = self.front_headings[-1]
        alike = [e for e in self.events if isinstance(e, Heading) and e.style == last.style and not e.code and e.place != last.place]
        own = next((e for e in self.events if isinstance(e, (Heading, Activity))), None)
        if alike and isinstance(own, Activity):
            self.events.insert(0, last)
            self.front.pop()

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
