"""A report of the catalogue as a Word document."""

from __future__ import annotations

from gegma.reports import docx_parts as parts
from gegma.reports import docx_styles as styles
from gegma.reports.docx_paper import Cell, Paper
from gegma.reports.text import slashes_break

from .layout import build


def make(paper: dict, embed_fonts: bool = True) -> bytes:
    """The report as .docx, with its font in it."""
    return _Writer(build(paper)).write(embed_fonts)


class _Writer(Paper):
    def __init__(self, report: dict):
        super().__init__(report, [block["svg"] for block in report["blocks"] if block["block"] == "chart"])

    def write(self, embed_fonts: bool) -> bytes:
        styles.prepare(self.document, self.report["lang"], embed_fonts)
        self.properties()
        if self.report["bare"]:
            self.sideways(self.document.sections[0])
            self._body()
            self.head_and_foot(first_page=False)
            return self.saved()
        self.upright(self.document.sections[0])
        self.first_page()
        contents = self.document.add_paragraph()
        if self.report["sideways"]:
            self.sideways()
        else:
            self.upright(self.new_section())
        self._body()
        self.contents(contents)
        self.head_and_foot()
        return self.saved()

    def _body(self) -> None:
        for block in self.report["blocks"]:
            getattr(self, f"_{block['block']}")(block)

    def _heading(self, block: dict) -> None:
        # The new part begins a page already; what follows goes on where the one before ended.
        self.heading(block["text"], block["level"], new_page=False)

    def _text(self, block: dict) -> None:
        for line in block["text"].split("\n"):
            if line.strip():
                self.say(parts.plain(line.strip(), "Table note" if block["style"] == "note" else "Body Text", "Muted" if block["style"] == "note" else ""))
        if block["style"] == "note":
            self.say(parts.empty("After table"))

    def _list(self, block: dict) -> None:
        self.say(*(parts.plain(item, "List Bullet") for item in block["items"]))

    def _line(self, block: dict) -> None:
        if block["style"] == "heading":
            self.heading(block["text"], block["level"], new_page=False)
            return
        style = {"title": "Title", "organisation": "Organisation"}.get(block["style"], "Body Text")
        self.say(parts.plain(block["text"], style, "Strong" if block["style"] == "strong" else ""))

    def _grid(self, block: dict) -> None:
        widths, rows = block["widths"], block["rows"]
        self.grid(widths, [(row["top"], [_grid_cell(cell, row["kind"], widths) for cell in row["cells"]]) for row in rows], block["name"])

    def _figures(self, block: dict) -> None:
        counts = block["counts"]
        row = [Cell([parts.plain(figure, "Key figure"), parts.plain(label, "Table note")]) for label, figure in counts]
        self.table("Key figures", [170 / 4] * len(counts), [], [row], ", ".join(label for label, _figure in counts))

    def _chart(self, block: dict) -> None:
        self.chart(block)

    def _table(self, block: dict) -> None:
        widths, numbers = block["widths"], tuple(block["numbers"])
        columns = [slashes_break(text, width, True) for text, width in zip(block["columns"], widths, strict=True)]
        rows = [[_cell(cell, width, i in numbers, row["strong"], block["small"]) for i, (cell, width) in enumerate(zip(row["cells"], widths, strict=True))]
                for row in block["rows"]]
        if not block["small"]:
            self.say(parts.plain(block["name"], "Caption"))
        self.table("Report table", widths, columns, rows, block["name"], numbers=numbers)
        if block["more"]:
            self.say(parts.plain(block["more"], "Body Text"))


def _grid_cell(cell: dict, kind: str, widths: list[float]) -> Cell:
    merge = "continue" if not cell["rows"] else "restart" if cell["rows"] > 1 else ""
    style = {"head": "Table head", "section": "Table section"}.get(kind, "Table text")
    mark = f"Status {cell['tone']}" if cell["tone"] else ""
    width = sum(widths[cell["at"]:cell["at"] + cell["span"]])
    lines = [slashes_break(line, width, kind != "body") for line in cell["text"].split("\n") if line.strip()] or [""]
    made = Cell([parts.plain(line, style, mark) for line in lines], span=cell["span"], merge=merge, tone=cell["tone"])
    made.ground = "" if kind == "body" else styles.HEAD_GROUND
    return made


def _cell(cell: dict, width: float, number: bool, strong: bool, small: bool) -> Cell:
    mark = "Strong" if strong else f"Status {cell['tone']}" if cell["tone"] else ""
    # The rows of a small table keep together, and with the chart above them.
    style = ("Table number" if number else "Table label") if small else "Table figure" if number else "Table text"
    lines = [line for line in cell["text"].split("\n") if line.strip()] or [""]
    return Cell([parts.plain(slashes_break(line, width, bool(mark)), style, mark) for line in lines], tone=cell["tone"])
