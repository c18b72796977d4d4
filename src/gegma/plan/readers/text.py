"""Extracted text, Markdown, TSV and CSV to blocks."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from gegma.kernel.sandbox import Refused

from .blocks import BLOCKS_MAX, COLUMNS_MAX, Block, Cell, Place, paragraph, row

TEXT_BYTES_MAX = 20 * 1024 * 1024
LINE_MAX = 200_000
_RULE = re.compile(r"^[\s|:+=\-–—]*$")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_STARS = re.compile(r"^\s*(\*\*|__)(.+?)\1\s*$")


def read(path: Path) -> list[Block]:
    """Blocks of a text file. Tables are tab-separated lines, Markdown pipes, or CSV with , or ;."""
    text = decode(path.read_bytes())
    if not text.strip():
        raise Refused("empty", "The file is empty.")
    long_line = next((n for n, line in enumerate(text.split("\n"), 1) if len(line) > LINE_MAX), None)
    if long_line:
        raise Refused("line_too_long", f"Line {long_line} is longer than {LINE_MAX} letters: this is not a plan.", line=long_line)
    delimiter = _csv_delimiter(text)
    if delimiter:
        return _csv_blocks(text, delimiter)
    return _line_blocks(text)


def decode(data: bytes) -> str:
    """The text of a file in UTF-8 (with or without a mark), UTF-16 or, named by its letters, windows-1251.

    Raises `Refused` (binary, encoding, too_large). A Georgian plan cannot be in windows-1251: that page has no
    Georgian letter; text that decodes to nonsense is refused, not guessed at.
    """
    if len(data) > TEXT_BYTES_MAX:
        raise Refused("too_large", f"The text is larger than {TEXT_BYTES_MAX // 1024 // 1024} MB: this is not a plan.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(data, "utf-16")
    if data.startswith(b"\xef\xbb\xbf"):
        return _strict(data, "utf-8-sig")
    nulls = data[:4000].count(0)
    if nulls and len(data) >= 4:
        even, odd = data[0:4000:2].count(0), data[1:4000:2].count(0)
        if max(even, odd) >= 0.2 * min(len(data), 4000) / 2 and min(even, odd) == 0:
            return _strict(data, "utf-16-le" if odd > even else "utf-16-be")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        text = _utf16_georgian(data) or _legacy(data, error)
    bad = [ch for ch in text[:100_000] if (ord(ch) < 32 and ch not in "\t\n\r\x0b\x0c") or ch == "\ufffd"]
    if len(bad) > 0.002 * min(len(text), 100_000) + 2:
        raise Refused("binary", "The file is not text: it holds bytes that no letter has.")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n\n")


def _strict(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("encoding", f"The text is marked as {encoding} but is not (byte {error.start}).", byte=error.start) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _utf16_georgian(data: bytes) -> str | None:
    """Georgian in UTF-16 without a mark: every second byte is 0x10."""
    for encoding, part in (("utf-16-le", data[1:4000:2]), ("utf-16-be", data[0:4000:2])):
        if part and part.count(0x10) > 0.4 * len(part):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                return None
    return None


def _legacy(data: bytes, error: UnicodeDecodeError) -> str:
    """Text of one byte per letter: Russian in windows-1251, else western Europe's windows-1252."""
    sample = data[:200_000]
    high = sum(byte >= 0x80 for byte in sample)
    strange = sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in sample)
    if strange:
        raise Refused("binary", "The file is not text: it holds bytes that no letter has.")
    letters = sum(byte >= 0xC0 for byte in sample)
    if high and letters >= 0.8 * high and high > 0.2 * len(sample):
        return data.decode("cp1251", "replace")
    if high < 0.02 * len(sample):
        return data.decode("cp1252", "replace")
    raise Refused(
        "encoding",
        f"The text is in an encoding that is not known (byte {error.start}); save it as UTF-8.",
        byte=error.start,
    )


def _csv_delimiter(text: str) -> str | None:
    """, or ; when nearly all records have the same number of them; tabs and pipes are handled line by line."""
    if "\t" in text:
        # Excel writes cells with line breaks in quotes; only then is a tab file read as CSV.
        return "\t" if re.search(r'(?:^|\t)"[^"\t\n]*\n', text) and re.search(r'[^\t\n]"(?=\t|\n|$)', text) else None
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2 or sum(line.lstrip().startswith("|") for line in lines) > 1:
        return None
    for delimiter in ";,":
        try:
            records = [r for r in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True) if r]
        except csv.Error:
            continue
        widths = [len(record) for record in records]
        common = max(set(widths), key=widths.count) if widths else 0
        if common >= 3 and widths.count(common) >= 0.8 * len(widths):
            return delimiter
    return None


def _csv_blocks(text: str, delimiter: str) -> list[Block]:
    blocks: list[Block] = []
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    csv.field_size_limit(LINE_MAX)
    table, open_table = 0, False
    try:
        for record in reader:
            place = Place(line=reader.line_num)
            if not any(field.strip() for field in record):
                open_table = False
                continue
            if not open_table:
                table, open_table = table + 1, True
            if len(record) == 1:
                blocks.append(_paragraph(record[0], place))
            else:
                blocks.append(row([Cell(field.strip()) for field in record[:COLUMNS_MAX]], place, table))
            _check_count(blocks)
    except csv.Error as error:
        raise Refused("csv", f"The table is damaged ({error}).", where=f"line {reader.line_num}") from None
    return blocks


def _line_blocks(text: str) -> list[Block]:
    blocks: list[Block] = []
    table, in_table = 0, False
    for number, line in enumerate(text.split("\n"), 1):
        place = Place(line=number)
        if not line.strip():
            # A line of tabs alone is an empty row: it ends a fragment as a blank line does.
            in_table = False
            continue
        cells = _split_row(line)
        if cells is None:
            in_table = False
            if not _RULE.match(line):
                blocks.append(_paragraph(line, place))
        elif not all(_RULE.match(cell) for cell in cells):
            if not in_table:
                table += 1
            in_table = True
            blocks.append(row([Cell(_open_lines(cell)) for cell in cells[:COLUMNS_MAX]], place, table))
        _check_count(blocks)
    return blocks


def _split_row(line: str) -> list[str] | None:
    if "\t" in line:
        return [cell.strip() for cell in line.split("\t")]
    stripped = line.strip()
    if stripped.startswith("|") and stripped.count("|") >= 3:
        inner = stripped[1:-1] if stripped.endswith("|") else stripped[1:]
        return [cell.replace("\0", "|").strip() for cell in inner.replace("\\|", "\0").split("|")]
    return None


def _open_lines(cell: str) -> str:
    """In extracted text a cell cannot hold a line feed: two spaces stand for it."""
    if "<" in cell and re.search(r"<(?:p|li|br)\b", cell, re.IGNORECASE):
        return cell
    return re.sub(r"[ \u00a0]{2,}", "\n", cell.strip())


def _paragraph(line: str, place: Place) -> Block:
    heading = _HEADING.match(line)
    level = len(heading.group(1)) if heading else None
    text = heading.group(2) if heading else line.strip()
    stars = _STARS.match(text)
    if stars:
        text = stars.group(2).replace("**", "")
    return paragraph(text.strip(), place, level=level, bold=bool(stars or heading))


def _check_count(blocks: list[Block]) -> None:
    if len(blocks) > BLOCKS_MAX:
        raise Refused("too_large", f"The document holds more than {BLOCKS_MAX} rows: this is not a plan.")
