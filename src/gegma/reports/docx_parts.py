"""The elements a Word document is made of: runs, paragraphs, fields."""

from docx.oxml.ns import nsmap
from docx.oxml.parser import oxml_parser

from gegma.reports import docx_styles as styles

_W = "{" + nsmap["w"] + "}"
_NAMES = {"w": nsmap["w"]}


def element(tag: str, **attributes: str):
    """<w:tag w:attribute=…>; made by the parser directly, for a large plan has half a million of them."""
    made = oxml_parser.makeelement(_W + tag, nsmap=_NAMES)
    for name, value in attributes.items():
        made.set(_W + name, value)
    return made


_STYLE_OF = {"text": "Table text", "strong": "Table text", "note": "Table note", "step": "Table step"}
_MARK_OF = {"strong": "Strong", "muted": "Muted"}


def paragraph(said: dict, style: str = ""):
    """A paragraph of the content model as an element."""
    made = empty(style or _STYLE_OF[said["style"]])
    for words, mark in said["runs"]:
        made.append(run(words, _MARK_OF.get(mark) or (f"Status {mark}" if mark else "")))
    return made


def plain(text: str, style: str, mark: str = ""):
    """A paragraph of one run."""
    made = empty(style)
    made.append(run(text, mark))
    return made


def empty(style: str):
    made, properties = element("p"), element("pPr")
    properties.append(element("pStyle", val=styles.style_id(style)))
    made.append(properties)
    return made


def run(text: str, style: str = ""):
    """A run in a character style; line ends and tabs become Word's own."""
    made = element("r")
    if style:
        properties = element("rPr")
        properties.append(element("rStyle", val=styles.style_id(style)))
        made.append(properties)
    for i, line in enumerate(text.split("\n")):
        if i:
            made.append(element("br"))
        for j, piece in enumerate(line.split("\t")):
            if j:
                made.append(element("tab"))
            if piece:
                made.append(_text("t", piece))
    return made


def _text(tag: str, text: str):
    node = element(tag)
    node.text = text
    node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return node


def field(parent, code: str, shown: str) -> None:
    """One of Word's fields, with what it shows until Word works it out."""
    field_start(parent, code)
    parent.append(run(shown))
    field_end(parent)


def field_start(parent, code: str) -> None:
    for inner in (element("fldChar", fldCharType="begin"), _text("instrText", f" {code} "),
                  element("fldChar", fldCharType="separate")):
        parent.append(element("r"))
        parent[-1].append(inner)


def field_end(parent) -> None:
    parent.append(element("r"))
    parent[-1].append(element("fldChar", fldCharType="end"))
