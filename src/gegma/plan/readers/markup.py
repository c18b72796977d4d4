"""HTML to plain text, wherever it turns up: a web page, or tags left inside the cells of an extracted text."""

from __future__ import annotations

import html
import re

from lxml import etree
from lxml import html as lxml_html

_TAGS = (
    "p|b|i|u|s|em|strong|br|ol|ul|li|span|div|font|sup|sub|table|tbody|tr|td|th|h[1-6]|a|pre|blockquote|center|small|mark|o:p"
)
HAS_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
HAS_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
BLOCK_TAGS = frozenset(
    ["p", "div", "li", "ol", "ul", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "blockquote", "pre", "center", "section", "article", "header", "footer", "main", "address", "dt", "dd", "dl"]
)
SKIPPED_TAGS = frozenset(["script", "style", "head", "title", "template", "noscript", "svg", "math", "object", "iframe", "select", "option", "del"])
BOLD_TAGS = frozenset(["b", "strong", "th"])
# A document nested deeper than this is not a plan.
DEPTH_MAX = 200


def plain(text: str) -> tuple[str, bool]:
    """(text without tags and entities, whether all of it was bold). Items and paragraphs end in a line feed."""
    if HAS_TAG.search(text):
        try:
            root = lxml_html.fragment_fromstring(text, create_parent="div", parser=parser())
        except (etree.ParserError, etree.XMLSyntaxError, ValueError):
            return html.unescape(HAS_TAG.sub("\n", text)), False
        return text_of(root)
    return (html.unescape(text), False) if HAS_ENTITY.search(text) else (text, False)


def parser() -> lxml_html.HTMLParser:
    """An HTML parser that fetches nothing and keeps no comments."""
    return lxml_html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, encoding="utf-8")


def text_of(element: etree._Element) -> tuple[str, bool]:
    """(text of an element with a line feed after each block, item and <br>; whether every letter is bold)."""
    writer = _Writer()
    writer.walk(element, element.tag in BOLD_TAGS, 0)
    lines = (" ".join(line.split()) for line in "".join(writer.parts).split("\n"))
    text = "\n".join(line for line in lines if line)
    return text, bool(text) and writer.plain_letters == 0


class _Writer:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.plain_letters = 0

    def write(self, text: str | None, bold: bool) -> None:
        if not text:
            return
        self.parts.append(re.sub(r"\s+", " ", text))
        if not bold and any(ch.isalnum() for ch in text):
            self.plain_letters += 1

    def walk(self, element: etree._Element, bold: bool, depth: int) -> None:
        if depth > DEPTH_MAX:
            raise RecursionError
        self.write(element.text, bold)
        number = _first_number(element)
        for child in element:
            if not isinstance(child.tag, str):
                self.write(child.tail, bold)
                continue
            tag = child.tag.lower()
            if tag in SKIPPED_TAGS or is_hidden(child):
                self.write(child.tail, bold)
                continue
            if tag == "br":
                self.parts.append("\n")
            elif tag in BLOCK_TAGS or tag in ("td", "th"):
                self.parts.append("\n")
                if tag == "li":
                    self.parts.append(_item_mark(element, child, number))
                    number += 1
                self.walk(child, bold or _is_bold(child), depth + 1)
                self.parts.append("\n")
            else:
                self.walk(child, bold or _is_bold(child), depth + 1)
            self.write(child.tail, bold)


def is_hidden(element: etree._Element) -> bool:
    """Whether a style keeps the element from the reader's eye."""
    style = (element.get("style") or "").replace(" ", "").lower()
    return "display:none" in style or "mso-hide:all" in style or element.get("hidden") is not None


def _is_bold(element: etree._Element) -> bool:
    if element.tag in BOLD_TAGS:
        return True
    style = (element.get("style") or "").replace(" ", "").lower()
    return "font-weight:bold" in style or bool(re.search(r"font-weight:[6-9]00", style))


def _first_number(element: etree._Element) -> int:
    start = element.get("start", "1") if element.tag == "ol" else "1"
    return int(start) if start.isdecimal() and len(start) < 5 else 1


def _item_mark(parent: etree._Element, item: etree._Element, number: int) -> str:
    """The mark a browser draws before an item, unless the text carries its own."""
    style = ((parent.get("style") or "") + (item.get("style") or "")).replace(" ", "").lower()
    if parent.tag != "ol":
        return "• "
    if "list-style-type:none" in style or "list-style:none" in style:
        return ""
    own = "".join(item.itertext()).lstrip()
    if re.match(r"\(?(?:\d{1,2}|\w)[.)]", own):
        return ""
    kind = (parent.get("type") or "1").strip()
    named = {"lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "lower-roman": "i", "upper-roman": "I", "georgian": "ა"}
    kind = next((mark for name, mark in named.items() if f"list-style-type:{name}" in style), kind)
    return numbered(number, kind)


def numbered(number: int, kind: str) -> str:
    """`1. `, `a) `, `ა) `, `iv) ` for the number in the kind of list named by its first mark."""
    if kind in ("a", "A") and number <= 26:
        return chr(ord(kind) + number - 1) + ") "
    if kind == "ა" and number <= 33:
        return chr(ord("ა") + number - 1) + ") "
    if kind in ("i", "I") and number < 40:
        return (roman(number) if kind == "I" else roman(number).lower()) + ") "
    return f"{number}. "


def roman(number: int) -> str:
    """The roman numeral of 1–3999."""
    out = ""
    for value, sign in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
                        (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):  # fmt: skip
        while number >= value:
            out, number = out + sign, number - value
    return out
