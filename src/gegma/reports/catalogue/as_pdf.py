"""A report of the catalogue as PDF: archival (PDF/A-2a) and readable aloud (PDF/UA-1), set by typst."""

from __future__ import annotations

from gegma.kernel import fonts
from gegma.reports.pdf import STANDARDS
from gegma.reports.text import breakable, drawable
from gegma.reports.typesetter import typeset

from .layout import build


def make(paper: dict) -> bytes:
    """The report as .pdf."""
    report = drawable(build(paper))
    report["fonts"] = [fonts.FAMILY, *fonts.HELPERS]
    report["region"] = "GE" if report["lang"] == "ka" else "GB"
    _let_long_words_break(report)
    return typeset("paper.typ", report, form="pdf", standards=STANDARDS, made_on=report["made_on"])[0]


def _let_long_words_break(report: dict) -> None:
    """typst would let a word that is wider than its column run into the next."""
    report["title"], report["subtitle"] = breakable(report["title"], 60), breakable(report["subtitle"], 60)
    report["plan_title"] = breakable(report["plan_title"], 160)
    report["organisation"] = [breakable(line, 120) for line in report["organisation"]]
    report["facts"] = [[breakable(label, 55), breakable(text, 95)] for label, text in report["facts"]]
    for block in report["blocks"]:
        if block["block"] == "heading":
            block["text"] = breakable(block["text"], 90)
        elif block["block"] == "text":
            block["text"] = breakable(block["text"], 130)
        elif block["block"] == "list":
            block["items"] = [breakable(item, 120) for item in block["items"]]
        elif block["block"] == "figures":
            block["counts"] = [[breakable(label, 38), breakable(figure, 19)] for label, figure in block["counts"]]
        elif block["block"] == "chart":
            block["title"] = breakable(block["title"], 150)
        elif block["block"] == "line":
            block["text"] = breakable(block["text"], 200)
        elif block["block"] == "grid":
            _break_grid(block)
        elif block["block"] == "table":
            _break_table(block)


def _break_table(block: dict) -> None:
    widths = block["widths"]
    block["name"] = breakable(block["name"], 150)
    block["columns"] = [breakable(text, width, True) for text, width in zip(block["columns"], widths, strict=True)]
    for row in block["rows"]:
        for cell, width in zip(row["cells"], widths, strict=True):
            cell["text"] = breakable(cell["text"], width, row["strong"] or bool(cell["tone"]))


def _break_grid(block: dict) -> None:
    for row in block["rows"]:
        for cell in row["cells"]:
            width = sum(block["widths"][cell["at"]:cell["at"] + cell["span"]])
            cell["text"] = breakable(cell["text"], width, row["kind"] != "body" or bool(cell["tone"]))
