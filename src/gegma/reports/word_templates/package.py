"""What a Word file brings along besides its text. Runs in the limited child; raises Refused by name for what a template must not hold."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.image.image import Image
from lxml import etree

from gegma.kernel.sandbox import Refused
from gegma.plan.readers.docx import W, parse
from gegma.plan.readers.formats import sniff

TEMPLATE_BYTES_MAX = 10 * 1024 * 1024
PICTURE_BYTES_MAX = 5 * 1024 * 1024
PICTURE_DOTS_MAX = 40_000_000
PICTURES = (".png", ".jpg", ".jpeg", ".gif")
# What Word works out by itself without looking outside of the document.
FIELDS = {
    "page", "numpages", "sectionpages", "section", "toc", "pageref", "ref", "noteref", "styleref", "seq", "hyperlink", "date", "time", "savedate",
    "createdate", "printdate", "title", "subject", "author", "filename", "docproperty", "tc", "xe", "index", "listnum", "=",
}  # fmt: skip
LINKS = re.compile(r"^(?:https?://|mailto:)", re.I)
# The end of a relationship's type → what it brings. External ones are refused all but for links of the text.
BROUGHT = {
    "oleObject": "an embedded object", "package": "an embedded file", "aFChunk": "another document to be put in", "control": "a control",
    "subDocument": "another document", "vbaProject": "macros", "activeXControlBinary": "a control", "attachedToolbars": "a toolbar", "wordVbaData": "macros",
}  # fmt: skip
ELEMENTS = {"altChunk": "another document to be put in", "object": "an embedded object", "control": "a control", "subDoc": "another document", "OLEObject": "an embedded object"}
ATTACHED = "attachedTemplate"


def look_over(path: Path) -> list[str]:
    """Check the whole file; returns the codes of what will be left out of what is made with it. Raises Refused."""
    if path.stat().st_size > TEMPLATE_BYTES_MAX:
        raise Refused("template_size", "The template is too large.", limit=TEMPLATE_BYTES_MAX // 1024 // 1024)
    if sniff(path) != "docx":
        raise Refused("template_kind", "A template is a Word document (.docx).")
    notes: list[str] = []
    with zipfile.ZipFile(path) as archive:
        types = parse(archive.read("[Content_Types].xml"), "[Content_Types].xml")
        if any("template.main" in (node.get("ContentType") or "") for node in types):
            raise Refused("template_dotx", "The file is a Word template (.dotx); save it as a Word document (.docx).")
        for name in archive.namelist():
            lowered = name.lower()
            if lowered.endswith(".rels"):
                notes += _relationships(parse(archive.read(name), name))
            elif lowered.startswith("word/media/") and not name.endswith("/"):
                _picture(name, archive.read(name))
            elif lowered.startswith(("word/embeddings/", "word/activex/")) or lowered.endswith((".bin", ".exe", ".dll", ".js", ".html", ".htm", ".mht", ".rtf")):
                raise Refused("template_embedded", "The template holds an embedded file.", name=name, what=BROUGHT["package"])
            elif lowered.endswith(".svg"):
                raise Refused("template_picture", "The template holds a drawing that can run a script.", name=name)
            elif lowered.startswith("word/") and lowered.endswith(".xml"):
                _xml(parse(archive.read(name), name), name)
    return sorted(set(notes))


def _relationships(tree: etree._Element) -> list[str]:
    notes = []
    for node in tree:
        kind, target = (node.get("Type") or "").rsplit("/", 1)[-1], node.get("Target") or ""
        outside = node.get("TargetMode") == "External"
        if outside and kind == ATTACHED:
            # Every document that was begun from a template has one; it is left out of what is made.
            notes.append("attached_template")
        elif outside and not (kind == "hyperlink" and LINKS.match(target)):
            raise Refused("template_external", "The template fetches something from outside.", what=kind, target=target[:200])
        elif kind in BROUGHT:
            raise Refused("template_embedded", "The template holds an embedded file.", name=target[:200], what=BROUGHT[kind])
    return notes


def _picture(name: str, data: bytes) -> None:
    if name.lower().endswith(".svg") or b"<svg" in data[:2000].lower():
        raise Refused("template_picture", "The template holds a drawing that can run a script.", name=name)
    if len(data) > PICTURE_BYTES_MAX:
        raise Refused("template_picture_size", "A picture of the template is too large.", name=name, limit=PICTURE_BYTES_MAX // 1024 // 1024)
    try:
        found = Image.from_blob(data) if name.lower().endswith(PICTURES) else None
    except (UnrecognizedImageError, InvalidImageStreamError, UnexpectedEndOfFileError, ValueError, KeyError, IndexError):
        found = None
    if found is None:
        raise Refused("template_picture_kind", "A picture of the template is of a kind that is not taken.", name=name)
    if found.px_width * found.px_height > PICTURE_DOTS_MAX:
        raise Refused("template_picture_size", "A picture of the template is too large.", name=name, limit=PICTURE_BYTES_MAX // 1024 // 1024)


def _xml(tree: etree._Element, name: str) -> None:
    for node in tree.iter(etree.Element):
        local = etree.QName(node).localname
        if local in ELEMENTS:
            raise Refused("template_embedded", "The template holds an embedded file.", name=name, what=ELEMENTS[local])
        if local == "fldSimple":
            _field(node.get(W + "instr") or "", name)
    for code in _codes(tree):
        _field(code, name)


def _codes(tree: etree._Element) -> list[str]:
    """The codes of the fields; Word may write one in pieces, and fields inside of one another."""
    made: list[str] = []
    open_fields: list[list[str]] = []
    for node in tree.iter(W + "fldChar", W + "instrText", W + "delInstrText"):
        if node.tag != W + "fldChar":
            (open_fields[-1] if open_fields else made).append(node.text or "")
        elif node.get(W + "fldCharType") == "begin":
            open_fields.append([])
        elif node.get(W + "fldCharType") == "end" and open_fields:
            made.append("".join(open_fields.pop()))
    return [*made, *("".join(pieces) for pieces in open_fields)]


def _field(code: str, name: str) -> None:
    words = code.strip().split(None, 1)
    kind = (words[0] if words else "").split("\\")[0].casefold()
    kind = "=" if kind.startswith("=") else kind
    if kind and kind not in FIELDS:
        raise Refused("template_field", "The template holds a field that is not allowed.", name=name, field=words[0][:40])
    if kind == "hyperlink":
        target = re.search(r'"([^"]*)"', words[1]) if len(words) > 1 else None
        if target and "\\l" not in words[1].split(target.group(0))[0] and not LINKS.match(target.group(1)):
            raise Refused("template_external", "The template fetches something from outside.", what="hyperlink", target=target.group(1)[:200])
