"""Web pages, also those Word saves, to blocks."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree
from lxml import html as lxml_html

from gegma.kernel.sandbox import Refused

from .blocks import BLOCKS_MAX, COLUMNS_MAX, Block, Cell, Grid, Place, paragraph, row
from .markup import BLOCK_TAGS, DEPTH_MAX, SKIPPED_TAGS, is_hidden, parser, text_of
from .text import decode

HTML_BYTES_MAX = 20 * 1024 * 1024
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([a-zA-Z0-9_-]+)""", re.IGNORECASE)
_CONDITIONAL = re.compile(r"<!--\[if.*?<!\[endif\]-->|<!\[[^>]*\]>", re.DOTALL | re.IGNORECASE)


def read(path: Path) -> list[Block]:
    """Blocks of a web page. A table that only lays out other tables is walked through."""
    data = path.read_bytes()
    if len(data) > HTML_BYTES_MAX:
        raise Refused("too_large", f"The page is larger than {HTML_BYTES_MAX // 1024 // 1024} MB: this is not a plan.")
    source = _CONDITIONAL.sub("", _decode(data))
    source = re.sub(r"^\s*<\?xml[^>]*\?>", "", source)
    try:
        root = lxml_html.document_fromstring(source.encode("utf-8", "replace"), parser=parser())
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Refused("html_broken", f"The page cannot be read ({error}).") from None
    reader = _Reader()
    body = root.find("body")
    reader.flow(body if body is not None else root, 0)
    reader.flush()
    if not reader.blocks:
        raise Refused("empty", "The page holds no text.")
    return reader.blocks


def _decode(data: bytes) -> str:
    """The page's own word on its encoding first (a byte order mark, then charset=), then what the bytes say."""
    if not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        match = _CHARSET.search(data[:4096])
        if match:
            name = match.group(1).decode("ascii").lower()
            try:
                return data.decode(name if name not in ("unicode", "utf-16") else "utf-8")
            except (LookupError, UnicodeDecodeError):
                pass
    return decode(data)


class _Reader:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.tables = 0
        self.inline: list[etree._Element | str] = []
        self.lines = 0

    def flow(self, element: etree._Element, depth: int) -> None:
        """Walk an element's children: tables to rows, blocks to paragraphs, loose text gathered between them."""
        if depth > DEPTH_MAX:
            raise RecursionError
        self._text(element.text)
        for child in element:
            if isinstance(child.tag, str) and child.tag not in SKIPPED_TAGS and not is_hidden(child):
                self._child(child, depth)
            self._text(child.tail)

    def _child(self, child: etree._Element, depth: int) -> None:
        tag = child.tag
        if tag == "table":
            self.flush()
            self._table(child, depth)
        elif tag in BLOCK_TAGS or child.find(".//table") is not None:
            self.flush()
            if tag in ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "pre") and child.find(".//table") is None:
                self._paragraph(child)
            else:
                self.flow(child, depth + 1)
            self.flush()
        elif tag == "br":
            self.flush()
        else:
            self.inline.append(child)

    def _text(self, text: str | None) -> None:
        if text and text.strip():
            self.inline.append(text)

    def flush(self) -> None:
        """Loose text since the last block becomes a paragraph."""
        if not self.inline:
            return
        parts = [(item.strip(), False) if isinstance(item, str) else text_of(item) for item in self.inline]
        self.inline = []
        text = " ".join(part for part, _ in parts if part)
        if text.strip():
            self._add(text, None, all(bold for part, bold in parts if part))

    def _paragraph(self, element: etree._Element) -> None:
        text, bold = text_of(element)
        level = int(element.tag[1]) if re.fullmatch(r"h[1-6]", element.tag) else None
        style = (element.get("class") or "").lower()
        heading = re.search(r"heading(\d)|msotitle", style)
        if heading:
            level = int(heading.group(1)) if heading.group(1) else 0
        if text:
            self._add(text, level, bold)

    def _add(self, text: str, level: int | None, bold: bool) -> None:
        self.lines += 1
        self.blocks.append(paragraph(text, Place(line=self.lines), level=level, bold=bold))
        self._check()

    def _table(self, table: etree._Element, depth: int) -> None:
        if table.find(".//table") is not None and not _is_data(table):
            for td in _own(table, ("td", "th", "caption")):
                self.flow(td, depth + 1)
                self.flush()
            return
        caption = table.find("caption")
        if caption is not None:
            text, _ = text_of(caption)
            if text:
                self._add(text, None, True)
        self.tables += 1
        grid = Grid()
        for number, tr in enumerate(_own(table, ("tr",)), 1):
            cells = [self._cell(td) for td in tr if td.tag in ("td", "th") and not is_hidden(td)]
            self.blocks.append(row(grid.place(cells), Place(table=self.tables, row=number), self.tables))
            self._check()

    @staticmethod
    def _cell(td: etree._Element) -> Cell:
        text, bold = text_of(td)
        return Cell(text, bold or td.tag == "th", "", _span(td, "colspan", COLUMNS_MAX), _span(td, "rowspan", 2000))

    def _check(self) -> None:
        if len(self.blocks) > BLOCKS_MAX:
            raise Refused("too_large", f"The page holds more than {BLOCKS_MAX} rows: this is not a plan.")


def _own(table: etree._Element, tags: tuple[str, ...]) -> list[etree._Element]:
    """A table's own rows or cells, not those of tables inside it."""
    out: list[etree._Element] = []
    stack = list(table)[::-1]
    while stack:
        element = stack.pop()
        if element.tag in tags:
            out.append(element)
        elif element.tag != "table" and isinstance(element.tag, str):
            stack.extend(list(element)[::-1])
    return out


def _is_data(table: etree._Element) -> bool:
    """Whether a table with tables inside is data all the same: several rows of several cells."""
    wide = [tr for tr in _own(table, ("tr",)) if sum(td.tag in ("td", "th") for td in tr) >= 3]
    return len(wide) >= 3


def _span(td: etree._Element, name: str, most: int) -> int:
    value = (td.get(name) or "1").strip()
    return max(1, min(int(value), most)) if value.isdecimal() and len(value) < 7 else 1
