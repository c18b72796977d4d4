"""Word documents (.docx) to blocks, straight from their XML: python-docx loses merges and swallows entities."""

from __future__ import annotations

import zipfile
from pathlib import Path

from lxml import etree

from gegma.kernel.sandbox import Refused

from .blocks import AUTOMATIC, BLOCKS_MAX, COLUMNS_MAX, Block, Cell, Place, paragraph, row
from .markup import numbered
from .oldfonts import is_old_font, to_unicode

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Strict Open XML uses another namespace for the same elements; it is turned into the usual one before parsing.
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_USUAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SKIPPED = {W + "del", W + "moveFrom", W + "pPr", W + "rPr", W + "instrText", W + "delText", MC + "Fallback", W + "txbxContent"}


def read(path: Path) -> list[Block]:
    """Blocks of a Word document that has passed the zip guard."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if "word/document.xml" not in names:
            raise Refused("not_word", "The file is no Word document: it has no text part.")
        document = parse(archive.read("word/document.xml"), "word/document.xml")
        styles = parse(archive.read("word/styles.xml"), "word/styles.xml") if "word/styles.xml" in names else None
        numbering = (
            parse(archive.read("word/numbering.xml"), "word/numbering.xml") if "word/numbering.xml" in names else None
        )
        footnotes = (
            parse(archive.read("word/footnotes.xml"), "word/footnotes.xml") if "word/footnotes.xml" in names else None
        )
    body = document.find(W + "body")
    if body is None:
        raise Refused("not_word", "The Word document has no body.")
    return _Reader(styles, numbering).read(body, footnotes)


def parse(data: bytes, name: str) -> etree._Element:
    """XML of one part, with entities, network and huge trees off."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
    try:
        return etree.fromstring(data.replace(_STRICT, _USUAL), parser)
    except etree.XMLSyntaxError as error:
        raise Refused("xml_broken", f"The part {name} of the document is damaged ({error.msg}).", name=name) from None


class _Reader:
    def __init__(self, styles: etree._Element | None, numbering: etree._Element | None):
        self.levels, self.bold_styles = _style_levels(styles)
        self.numbers = _Numbering(numbering)
        self.blocks: list[Block] = []
        self.tables = 0
        self.paragraphs = 0

    def read(self, body: etree._Element, footnotes: etree._Element | None) -> list[Block]:
        self._flow(body)
        if footnotes is not None:
            for note in footnotes.findall(W + "footnote"):
                text = "\n".join(filter(None, (self.numbers.mark(p) + _text(p)[0].strip() for p in note.iter(W + "p"))))
                if text.strip() and note.get(W + "type") is None:
                    self.blocks.append(paragraph(text, Place(footnote=note.get(W + "id"))))
        return self.blocks

    def _flow(self, parent: etree._Element) -> None:
        for element in _unwrapped(parent):
            if element.tag == W + "p":
                self.paragraphs += 1
                text, bold = self._paragraph(element)
                if text.strip():
                    style = _style(element)
                    level = self.levels.get(style)
                    place = Place(line=self.paragraphs)
                    self.blocks.append(paragraph(text.strip(), place, level=level, bold=bold or style in self.bold_styles))
                for box in element.iter(W + "txbxContent"):
                    if not any(up.tag == MC + "Fallback" for up in box.iterancestors()):
                        self._flow(box)
            elif element.tag == W + "tbl":
                self._table(element)
            if len(self.blocks) > BLOCKS_MAX:
                raise Refused("too_large", f"The document holds more than {BLOCKS_MAX} rows: this is not a plan.")

    def _paragraph(self, element: etree._Element) -> tuple[str, bool]:
        text, bold = _text(element)
        mark = self.numbers.mark(element) if text.strip() else ""
        return mark + text.strip(), bold

    def _table(self, table: etree._Element) -> None:
        self.tables += 1
        number = self.tables
        line = 0
        for element in _unwrapped(table):
            if element.tag != W + "tr":
                continue
            line += 1
            if len(self.blocks) > BLOCKS_MAX:
                raise Refused("too_large", f"The document holds more than {BLOCKS_MAX} rows: this is not a plan.")
            self.blocks.append(row(self._row(element), Place(table=number, row=line), number))

    def _row(self, element: etree._Element) -> list[Cell]:
        before = element.find(f"{W}trPr/{W}gridBefore")
        cells: list[Cell] = [Cell() for _ in range(_number(before, 0))]
        merged_across = False
        for td in _unwrapped(element):
            if td.tag != W + "tc":
                continue
            properties = td.find(W + "tcPr")
            span = _number(properties.find(W + "gridSpan") if properties is not None else None, 1)
            down = properties.find(W + "vMerge") if properties is not None else None
            across = properties.find(W + "hMerge") if properties is not None else None
            merged_across = across is not None and across.get(W + "val") != "restart"
            text, bold = self._cell_text(td)
            covered = "up" if down is not None and down.get(W + "val") != "restart" else ""
            if covered and text:
                # Word shows no text of a covered cell; if some is there all the same, it is kept as its own.
                covered = ""
            cells.append(Cell(text, bold, "left" if merged_across else covered, span))
            cells.extend(Cell(covered="left") for _ in range(min(span, COLUMNS_MAX) - 1))
            if len(cells) > COLUMNS_MAX:
                raise Refused("too_wide", f"A table has more than {COLUMNS_MAX} columns: this is not a plan.")
        return cells

    def _cell_text(self, td: etree._Element) -> tuple[str, bool]:
        lines, bolds = [], []
        for p in td.iter(W + "p"):
            if any(up.tag in (W + "txbxContent", MC + "Fallback") for up in p.iterancestors()):
                continue
            text, bold = self._paragraph(p)
            if text:
                lines.append(text)
                bolds.append(bold or _style(p) in self.bold_styles or _style(p) in self.levels)
        return "\n".join(lines), bool(bolds) and all(bolds)


def _unwrapped(parent: etree._Element) -> list[etree._Element]:
    """Children, with content controls, custom XML and accepted insertions opened."""
    out: list[etree._Element] = []
    for child in parent:
        if child.tag == W + "sdt":
            content = child.find(W + "sdtContent")
            out.extend(_unwrapped(content) if content is not None else [])
        elif child.tag in (W + "customXml", W + "ins", W + "moveTo", W + "smartTag"):
            out.extend(_unwrapped(child))
        else:
            out.append(child)
    return out


def _text(element: etree._Element) -> tuple[str, bool]:
    """(text of a paragraph, whether all its letters are bold); deleted text and fallbacks left out."""
    parts: list[str] = []
    plain = bold = 0

    def walk(node: etree._Element, in_bold: bool) -> None:
        nonlocal plain, bold
        for child in node:
            tag = child.tag
            if tag in _SKIPPED or not isinstance(tag, str):
                continue
            if tag == W + "r":
                properties = child.find(W + "rPr")
                flag = properties.find(W + "b") if properties is not None else None
                hidden = properties is not None and _is_on(properties.find(W + "vanish"))
                if not hidden:
                    start = len(parts)
                    walk(child, _is_on(flag))
                    fonts = properties.find(W + "rFonts") if properties is not None else None
                    if fonts is not None and is_old_font(fonts.get(W + "ascii")):
                        parts[start:] = [to_unicode(part) for part in parts[start:]]
            elif tag == W + "t":
                text = child.text or ""
                parts.append(text)
                if any(ch.isalnum() for ch in text):
                    plain, bold = plain + (not in_bold), bold + in_bold
            elif tag in (W + "br", W + "cr"):
                parts.append("\n")
            elif tag in (W + "tab", W + "ptab"):
                parts.append(" ")
            elif tag == W + "noBreakHyphen":
                parts.append("-")
            elif tag == W + "sym":
                parts.append("•")
            else:
                walk(child, in_bold)

    walk(element, False)
    return "".join(parts), bold > 0 and plain == 0


def _is_on(flag: etree._Element | None) -> bool:
    return flag is not None and flag.get(W + "val", "true") not in ("0", "false", "off")


def _number(element: etree._Element | None, default: int) -> int:
    value = element.get(W + "val") if element is not None else None
    return max(default, min(int(value), COLUMNS_MAX + 1)) if value and value.isdecimal() and len(value) < 6 else default


def _style(p: etree._Element) -> str:
    style = p.find(f"{W}pPr/{W}pStyle")
    return style.get(W + "val", "") if style is not None else ""


def _style_levels(styles: etree._Element | None) -> tuple[dict[str, int], set[str]]:
    """(style id -> heading level, ids of styles whose letters are bold)."""
    levels, bold = {}, set()
    if styles is None:
        return levels, bold
    for style in styles.findall(W + "style"):
        key = style.get(W + "styleId", "")
        name = style.find(W + "name")
        title = (name.get(W + "val", "") if name is not None else "").lower()
        outline = style.find(f"{W}pPr/{W}outlineLvl")
        if outline is not None and outline.get(W + "val", "9").isdecimal() and int(outline.get(W + "val")) < 9:
            levels[key] = int(outline.get(W + "val")) + 1
        elif title == "title":
            levels[key] = 0
        elif title.startswith("heading ") and title[8:].isdecimal():
            levels[key] = int(title[8:])
        if _is_on(style.find(f"{W}rPr/{W}b")):
            bold.add(key)
    return levels, bold


class _Numbering:
    """Word's automatic numbers: they are not in the text, yet the plan's author sees them."""

    KINDS = {"decimal": "1", "lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}

    def __init__(self, numbering: etree._Element | None):
        self.formats: dict[tuple[str, int], tuple[str, str, int]] = {}
        self.counts: dict[tuple[str, int], int] = {}
        if numbering is None:
            return
        abstract = {a.get(W + "abstractNumId"): a for a in numbering.findall(W + "abstractNum")}
        for num in numbering.findall(W + "num"):
            link = num.find(W + "abstractNumId")
            source = abstract.get(link.get(W + "val")) if link is not None else None
            if source is None:
                continue
            for level in source.findall(W + "lvl"):
                index = level.get(W + "ilvl", "0")
                values = [level.find(W + part) for part in ("numFmt", "lvlText", "start")]
                kind, text, start = (v.get(W + "val", "") if v is not None else "" for v in values)
                if index.isdecimal():
                    self.formats[num.get(W + "numId", ""), int(index)] = (kind, text, int(start) if start.isdecimal() else 1)

    def mark(self, p: etree._Element) -> str:
        """The number or bullet Word would draw before this paragraph, with a space after it; or nothing."""
        properties = p.find(f"{W}pPr/{W}numPr")
        if properties is None:
            return ""
        parts = [properties.find(W + name) for name in ("numId", "ilvl")]
        key = parts[0].get(W + "val", "") if parts[0] is not None else ""
        level = int(parts[1].get(W + "val", "0")) if parts[1] is not None and parts[1].get(W + "val", "0").isdecimal() else 0
        kind, pattern, start = self.formats.get((key, level), ("bullet", "", 1))
        if key in ("", "0") or kind == "none":
            return ""
        if kind not in self.KINDS:
            return "• "
        self.counts[key, level] = self.counts.get((key, level), start - 1) + 1
        for deeper in [k for k in self.counts if k[0] == key and k[1] > level]:
            del self.counts[deeper]
        text = pattern or "%1."
        for index in range(level + 1):
            own_kind, _, own_start = self.formats.get((key, index), ("decimal", "", 1))
            count = self.counts.get((key, index), own_start)
            text = text.replace(f"%{index + 1}", numbered(count, self.KINDS.get(own_kind, "1")).strip(" .)"))
        return text + AUTOMATIC + " "
