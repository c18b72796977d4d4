"""Excel workbooks (.xlsx) to blocks, from their XML, cell by cell: far-apart cells cost nothing, merges and bold are kept."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from gegma.kernel.sandbox import Refused

from .blocks import BLOCKS_MAX, COLUMNS_MAX, Block, Cell, Place, row

M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRICT = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
CELLS_MAX = 1_000_000
_DATE_FORMATS = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def read(path: Path) -> list[Block]:
    """Blocks of all visible sheets; an empty row ends a table's fragment."""
    blocks: list[Block] = []
    table = 0
    for sheet in sheets(path):
        table += 1
        last = None
        for number, cells in sheet.rows():
            if last is not None and number > last + 1:
                table += 1
            last = number
            blocks.append(row(cells, Place(sheet=sheet.name, row=number), table))
            if len(blocks) > BLOCKS_MAX:
                raise Refused("too_large", f"The workbook holds more than {BLOCKS_MAX} rows: this is not a plan.")
    if not blocks:
        raise Refused("empty", "The workbook has no filled cell.")
    return blocks


class Sheet:
    """One sheet's filled cells by row, and its merges."""

    def __init__(self, name: str):
        self.name = name
        self.cells: dict[int, dict[int, tuple[str, bool]]] = {}
        self.covered: dict[tuple[int, int], str] = {}
        self.spans: dict[tuple[int, int], tuple[int, int]] = {}

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """(row number, cells) of the rows with a filled cell; columns without any text at the edges are left out."""
        used = sorted({column for cells in self.cells.values() for column in cells})
        if not used:
            return
        first, last = used[0], used[-1]
        if last - first >= COLUMNS_MAX:
            raise Refused(
                "too_wide",
                f"Filled cells lie {last - first + 1} columns apart; a plan has at most {COLUMNS_MAX}.",
                where=f"sheet {self.name}",
            )
        for number in sorted(self.cells):
            cells = []
            for column in range(first, last + 1):
                text, bold = self.cells[number].get(column, ("", False))
                rowspan, colspan = self.spans.get((number, column), (1, 1))
                cells.append(Cell(text, bold, self.covered.get((number, column), ""), min(colspan, last - column + 1), rowspan))
            yield number, cells

    def merge(self, reference: str) -> None:
        """Note a merged range, such as B2:D4; a range that is none is passed over."""
        found = _REFERENCE.findall(reference)
        if len(found) != 2:
            return
        (left, top), (right, bottom) = ((column_number(c), int(r)) for c, r in found)
        if right - left > COLUMNS_MAX or bottom - top > BLOCKS_MAX:
            right, bottom = min(right, left + COLUMNS_MAX), min(bottom, top + BLOCKS_MAX)
        self.spans[top, left] = (bottom - top + 1, right - left + 1)
        rows = [r for r in self.cells if top <= r <= bottom]
        for number in rows:
            for column in range(left, right + 1):
                if (number, column) != (top, left):
                    self.covered[number, column] = "up" if column == left else "left"


def sheets(path: Path) -> list[Sheet]:
    """The visible sheets of a workbook that has passed the zip guard."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        workbook = _parse(archive, "xl/workbook.xml")
        strings = _shared_strings(archive) if "xl/sharedStrings.xml" in names else []
        styles = _styles(archive) if "xl/styles.xml" in names else []
        targets = _targets(archive) if "xl/_rels/workbook.xml.rels" in names else {}
        properties = workbook.find(M + "workbookPr")
        is_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        out = []
        for element in workbook.iter(M + "sheet"):
            target = targets.get(element.get(R + "id", ""), "")
            if element.get("state", "visible") != "visible" or target not in names or "worksheets" not in target:
                continue
            sheet = Sheet(element.get("name", ""))
            with archive.open(target) as handle:
                _fill(sheet, handle, strings, styles, is_1904, archive.read(target)[:2000])
            out.append(sheet)
    return out


def _parse(archive: zipfile.ZipFile, name: str) -> etree._Element:
    data = archive.read(name)
    for strict, usual in _STRICT.items():
        data = data.replace(strict, usual)
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False))
    except etree.XMLSyntaxError as error:
        raise Refused("xml_broken", f"The part {name} of the workbook is damaged ({error.msg}).", name=name) from None


def _targets(archive: zipfile.ZipFile) -> dict[str, str]:
    root = _parse(archive, "xl/_rels/workbook.xml.rels")
    out = {}
    for relation in root:
        target = relation.get("Target", "")
        full = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        out[relation.get("Id", "")] = full
    return out


def _shared_strings(archive: zipfile.ZipFile) -> list[tuple[str, bool]]:
    return [_string(item) for item in _parse(archive, "xl/sharedStrings.xml").findall(M + "si")]


def _string(item: etree._Element) -> tuple[str, bool]:
    """(text of a shared or inline string, whether all its runs are bold)."""
    own = item.find(M + "t")
    if own is not None:
        return own.text or "", False
    parts, bolds = [], []
    for run in item.findall(M + "r"):
        text = run.findtext(M + "t") or ""
        parts.append(text)
        if any(ch.isalnum() for ch in text):
            bolds.append(run.find(f"{M}rPr/{M}b") is not None)
    return "".join(parts), bool(bolds) and all(bolds)


def _styles(archive: zipfile.ZipFile) -> list[tuple[bool, str]]:
    """Per cell format: (bold, "date" | "percent" | "")."""
    root = _parse(archive, "xl/styles.xml")
    codes = {f.get("numFmtId"): f.get("formatCode", "") for f in root.iter(M + "numFmt")}
    fonts = [font.find(M + "b") is not None for font in root.findall(f"{M}fonts/{M}font")]
    out = []
    for xf in root.findall(f"{M}cellXfs/{M}xf"):
        number, font = xf.get("numFmtId", "0"), xf.get("fontId", "0")
        code = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", codes.get(number, "")).lower()
        is_date = (number.isdecimal() and int(number) in _DATE_FORMATS) or bool(re.search(r"[ymd]", code) and not re.search(r"[#0]", code))
        kind = "date" if is_date else "percent" if number in ("9", "10") or "%" in code else ""
        bold = font.isdecimal() and int(font) < len(fonts) and fonts[int(font)]
        out.append((bold, kind))
    return out


def _fill(
    sheet: Sheet, handle: object, strings: list[tuple[str, bool]], styles: list[tuple[bool, str]], is_1904: bool, head: bytes
) -> None:
    if any(strict in head for strict in _STRICT):
        raise Refused("strict_xlsx", "The workbook is in the strict form; save it as an ordinary Excel workbook (.xlsx).")
    count, last_row = 0, 0
    try:
        for _, element in etree.iterparse(handle, tag=(M + "row", M + "mergeCell"), resolve_entities=False, no_network=True,
                                          load_dtd=False, huge_tree=False):  # fmt: skip
            if element.tag == M + "mergeCell":
                sheet.merge(element.get("ref", ""))
                continue
            number = int(element.get("r", "")) if element.get("r", "").isdecimal() else last_row + 1
            last_row, last_column = number, 0
            for c in element.findall(M + "c"):
                match = _REFERENCE.fullmatch(c.get("r", ""))
                column = column_number(match.group(1)) if match else last_column + 1
                last_column = column
                text, bold = _value(c, strings, styles, is_1904)
                if text.strip():
                    count += 1
                    sheet.cells.setdefault(number, {})[column] = (text.replace("\r\n", "\n").replace("_x000D_", "").strip(), bold)
            if count > CELLS_MAX:
                raise Refused("too_large", f"The workbook holds more than {CELLS_MAX} cells: this is not a plan.")
            element.clear()
    except etree.XMLSyntaxError as error:
        raise Refused("xml_broken", f"The sheet {sheet.name} is damaged ({error.msg}).", where=f"sheet {sheet.name}") from None


def _value(c: etree._Element, strings: list[tuple[str, bool]], styles: list[tuple[bool, str]], is_1904: bool) -> tuple[str, bool]:
    kind = c.get("t", "n")
    style = c.get("s", "0")
    bold, form = styles[int(style)] if style.isdecimal() and int(style) < len(styles) else (False, "")
    if kind == "inlineStr":
        inline = c.find(M + "is")
        text, runs_bold = _string(inline) if inline is not None else ("", False)
        return text, bold or runs_bold
    raw = c.findtext(M + "v") or ""
    if kind == "s":
        if not raw.isdecimal() or int(raw) >= len(strings):
            return "", bold
        text, runs_bold = strings[int(raw)]
        return text, bold or runs_bold
    if kind == "b":
        return ("TRUE" if raw == "1" else "FALSE") if raw else "", bold
    if kind == "e":
        return raw, bold
    return (raw if kind in ("str", "d") else number_text(raw, form, is_1904)), bold


def number_text(raw: str, form: str, is_1904: bool = False) -> str:
    """A number as the sheet shows it: dates as dd.mm.yyyy, percentages with their sign, whole numbers without a point."""
    try:
        value = float(raw)
    except ValueError:
        return raw
    if form == "date" and 0 < value < 2_958_466:
        day = dt.datetime(1904, 1, 1) if is_1904 else dt.datetime(1899, 12, 30)
        return (day + dt.timedelta(days=value)).strftime("%d.%m.%Y")
    if form == "percent":
        return f"{round(value * 100, 4):g}%"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.10g}"


def column_number(letters: str) -> int:
    """A → 1, Z → 26, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
