"""One PDF page as printed lines, and as tables of cells with their lines. The only module that speaks to pdfium."""

from __future__ import annotations

import ctypes
import re
import statistics
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from gegma.kernel.sandbox import Refused

from .oldfonts import is_old_font, to_unicode
from .rulings import Ruled, Shape, find_tables

SHAPES_MAX = 200_000
CHARS_MAX = 2_000_000


@dataclass
class Word:
    """A printed word and its box (points, y downwards)."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool
    space_after: bool = False


@dataclass
class Line:
    """One printed line: its words, joined, and where it stands (points, y downwards)."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool
    first_width: float
    page: int = 0
    ends_in_space: bool = False


def open_pdf(path: Path, pages_max: int) -> list[Page]:
    """All pages of a PDF. Raises `Refused` (encrypted, pdf_broken, too_large)."""
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise Refused("encrypted", "The PDF is protected by a password; save it without one.") from None
        raise Refused("pdf_broken", "The PDF is damaged or cut short and cannot be read.") from None
    if len(document) > pages_max:
        raise Refused("too_large", f"The PDF has {len(document)} pages; at most {pages_max} are read.")
    pages, chars = [], 0
    for number in range(len(document)):
        try:
            pages.append(Page(document[number], number + 1))
        except pdfium.PdfiumError:
            raise Refused("pdf_broken", f"Page {number + 1} of the PDF is damaged.", where=f"page {number + 1}") from None
        chars += pages[-1].chars
        if chars > CHARS_MAX:
            raise Refused("too_large", f"The PDF holds more than {CHARS_MAX} letters: this is not a plan.")
    return pages


class Page:
    """Lines outside tables, and tables as lines by cell (index into the table's regions)."""

    def __init__(self, page: pdfium.PdfPage, number: int):
        self.number = number
        self.turn = page.get_rotation()
        left, bottom, right, top = page.get_mediabox()
        self._origin = (left, bottom)
        self._w, self._h = right - left, top - bottom
        self.width, self.height = (self._h, self._w) if self.turn in (90, 270) else (self._w, self._h)
        self.shapes: list[Shape] = []
        self.spaces: list[tuple[float, float]] = []
        self._objects(page.raw, raw.FPDFPage_CountObjects(page.raw), raw.FPDFPage_GetObject, _UNIT, 0)
        words = self._words(page)
        self.tables: list[tuple[Ruled, dict[int, list[Line]]]] = []
        for table in find_tables(self.shapes):
            x0, top, x1, bottom = table.box
            here, rest = [], []
            for word in words:
                inside = x0 - 1 <= (word.x0 + word.x1) / 2 <= x1 + 1 and top - 1 <= (word.top + word.bottom) / 2 <= bottom + 1
                (here if inside else rest).append(word)
            if here and len(table.regions) > 1:
                words = rest
                self.tables.append((table, self._by_region(table, here)))
        self.words = words  # outside tables
        self.lines = lines_of(words, number)

    def all_lines(self) -> list[Line]:
        """All lines of the page, those in cells included."""
        return [*self.lines, *(line for _, cells in self.tables for lines in cells.values() for line in lines)]

    def _at(self, x: float, y: float) -> tuple[float, float]:
        """A point of the file as it is shown: the page turned, y downwards."""
        x, y = x - self._origin[0], y - self._origin[1]
        if self.turn == 90:
            return y, x
        if self.turn == 180:
            return self._w - x, y
        if self.turn == 270:
            return self._h - y, self._w - x
        return x, self._h - y

    def _by_region(self, table: Ruled, words: list[Word]) -> dict[int, list[Line]]:
        cells: dict[int, list[Word]] = defaultdict(list)
        for word in words:
            x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
            nearest = min(range(len(table.regions)), key=lambda i: _distance(table.regions[i].box, x, y))
            cells[nearest].append(word)
        return {index: lines_of(found, self.number) for index, found in cells.items()}

    # --- words ---

    def _words(self, page: pdfium.PdfPage) -> list[Word]:
        holder = page.get_textpage()  # kept in a name: pdfium frees the text with it
        text = holder.raw
        self.chars = raw.FPDFText_CountChars(text)
        if self.chars > CHARS_MAX:
            raise Refused("too_large", f"A page holds more than {CHARS_MAX} letters.", where=f"page {self.number}")
        words: list[Word] = []
        old: list[Word] = []
        box = raw.FS_RECTF()
        current: Word | None = None
        for index in range(self.chars):
            code = raw.FPDFText_GetUnicode(text, index)
            letter = chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
            generated = raw.FPDFText_IsGenerated(text, index) == 1
            if generated or letter.isspace() or code in (0, 2, 0xFFFE):
                if current is not None and letter.isspace() and not generated:
                    current.space_after = True
                if code in (2, 0xFFFE) and current is not None:
                    current.text += "-"  # pdfium's sign for a hyphen at a line's end
                current = None
                continue
            if abs(raw.FPDFText_GetCharAngle(text, index)) > 0.2 and not self.turn:
                current = None
                continue
            raw.FPDFText_GetLooseCharBox(text, index, box)
            (ax, ay), (bx, by) = self._at(box.left, box.top), self._at(box.right, box.bottom)
            x0, x1, top, bottom = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
            if current is not None and abs(top - current.top) < 0.5 * current.size and -1 <= x0 - current.x1 < 0.35 * current.size:
                current.text += letter
                current.x1, current.bottom = max(current.x1, x1), max(current.bottom, bottom)
                continue
            size = raw.FPDFText_GetFontSize(text, index) or 0.0
            size = size if size > 2 else bottom - top
            font = _font_name(text, index)
            bold = raw.FPDFText_GetFontWeight(text, index) >= 600 or bool(_BOLD.search(font))
            current = Word(letter, x0, x1, top, bottom, size, bold)
            words.append(current)
            if is_old_font(font):
                old.append(current)
        for word in old:
            word.text = to_unicode(word.text)
        self._mark_spaces(words)
        return words

    def _mark_spaces(self, words: list[Word]) -> None:
        """Spaces that the file draws by themselves: pdfium leaves them out of its text."""
        if not self.spaces:
            return
        by_height: dict[int, list[tuple[float, float]]] = defaultdict(list)
        for x, y in self.spaces:
            by_height[int(y // 4)].append((x, y))
        for word in words:
            near = [p for band in range(int(word.top // 4), int(word.bottom // 4) + 1) for p in by_height.get(band, ())]
            if any(word.top <= y <= word.bottom + 1 and -1.5 <= x - word.x1 <= 0.5 * word.size for x, y in near):
                word.space_after = True

    # --- drawn lines ---

    def _objects(self, holder: object, count: int, get: object, matrix: tuple[float, ...], depth: int) -> None:
        for index in range(count):
            if len(self.shapes) > SHAPES_MAX:
                raise Refused("too_large", "A page is drawn of too many lines.", where=f"page {self.number}")
            item = get(holder, index)
            kind = raw.FPDFPageObj_GetType(item)
            if kind == raw.FPDF_PAGEOBJ_PATH:
                self._path(item, _times(_matrix(item), matrix))
            elif kind == raw.FPDF_PAGEOBJ_TEXT:
                self._space(item, matrix)
            elif kind == raw.FPDF_PAGEOBJ_FORM and depth < 4:
                inner = _times(_matrix(item), matrix)
                self._objects(item, raw.FPDFFormObj_CountObjects(item), raw.FPDFFormObj_GetObject, inner, depth + 1)

    def _space(self, item: object, matrix: tuple[float, ...]) -> None:
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        raw.FPDFPageObj_GetBounds(item, left, bottom, right, top)
        if right.value - left.value > 0.01 and top.value - bottom.value > 0.01:
            return  # it has ink: a letter, not a space
        own = _times(_matrix(item), matrix)
        self.spaces.append(self._at(own[4], own[5]))

    def _path(self, item: object, matrix: tuple[float, ...]) -> None:
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(item, mode, stroke)
        x, y = ctypes.c_float(), ctypes.c_float()
        points: list[tuple[float, float]] = []
        count = raw.FPDFPath_CountSegments(item)
        for index in range(min(count, 5000)):
            segment = raw.FPDFPath_GetPathSegment(item, index)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO and points:
                self._shape(points, bool(stroke.value))
                points = []
            a, b, c, d, e, f = matrix
            points.append(self._at(a * x.value + c * y.value + e, b * x.value + d * y.value + f))
            if raw.FPDFPathSegment_GetClose(segment) and points:
                points.append(points[0])
        if points:
            self._shape(points, bool(stroke.value))

    def _shape(self, points: list[tuple[float, float]], stroked: bool) -> None:
        if len(points) >= 2:
            self.shapes.append(Shape(points, stroked))


_UNIT = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def _matrix(item: object) -> tuple[float, ...]:
    m = raw.FS_MATRIX()
    return (m.a, m.b, m.c, m.d, m.e, m.f) if raw.FPDFPageObj_GetMatrix(item, m) else _UNIT


def _times(one: tuple[float, ...], two: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


_BOLD = re.compile(r"bold|black|heavy|mtavr", re.IGNORECASE)


def _font_name(text: object, index: int) -> str:
    buffer, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    raw.FPDFText_GetFontInfo(text, index, buffer, 128, flags)
    return buffer.value.decode("utf-8", "replace")


def _distance(box: tuple[float, ...], x: float, y: float) -> float:
    return max(box[0] - x, 0, x - box[2]) + max(box[1] - y, 0, y - box[3])


def lines_of(words: list[Word], page: int) -> list[Line]:
    """Words to lines: those whose middles are at one height."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: ((w.top + w.bottom) / 2, w.x0)):
        if rows:
            last = rows[-1][-1]
            if abs((last.top + last.bottom) / 2 - (word.top + word.bottom) / 2) <= 0.35 * max(last.size, word.size, 1):
                rows[-1].append(word)
                continue
        rows.append([word])
    out = []
    for found in rows:
        found.sort(key=lambda w: w.x0)
        text = _spaced(found)
        lettered = [w for w in found if any(ch.isalnum() for ch in w.text)]
        out.append(
            Line(text, found[0].x0, found[-1].x1, min(w.top for w in found), max(w.bottom for w in found),
                 statistics.median(w.size for w in found), bool(lettered) and all(w.bold for w in lettered),
                 found[0].x1 - found[0].x0, page, found[-1].space_after)
        )  # fmt: skip
    return out


def _spaced(words: list[Word]) -> str:
    """Words of one line with a space where there is a gap between them."""
    out = words[0].text
    for before, word in zip(words, words[1:], strict=False):
        gap = word.x0 - before.x1
        out += word.text if gap < 0.08 * word.size and not before.space_after else " " + word.text
    return out
