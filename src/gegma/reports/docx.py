"""The report as a Word document: styles, real headings, repeated header rows, a table of contents, Georgian font.

The body is built from the same model as the PDF (gegma.reports.content). Tables are made directly as elements:
python-docx's own cells are slow by the thousand. All looks are in styles (gegma.reports.docx_styles); what stands at
a cell is only what Word itself puts there: width, merging, ground.
"""

from docx.oxml.ns import qn

from gegma.reports import docx_parts as parts
from gegma.reports import docx_styles as styles
from gegma.reports.content import ANNEX_WIDTHS, build
from gegma.reports.docx_paper import Cell, Paper
from gegma.reports.text import slashes_break


def make(context: dict, embed_fonts: bool = True) -> bytes:
    """The report as .docx. embed_fonts adds FiraGO to the file (about 0.7 MB), so that it looks the same anywhere."""
    return _Writer(build(context), embed_fonts).write()


class _Writer(Paper):
    def __init__(self, report: dict, embed_fonts: bool):
        items = [report["summary"], report["divisions"], *report["divisions"]["items"]]
        super().__init__(report, [item["chart"]["svg"] for item in items if item["chart"]])
        self.embed_fonts = embed_fonts

    def write(self) -> bytes:
        styles.prepare(self.document, self.report["lang"], self.embed_fonts)
        self.properties()
        self.upright(self.document.sections[0])
        self.first_page()
        contents = self.document.add_paragraph()
        self._summary()
        self._divisions()
        self.sideways()
        self._plan()
        self.upright(self.new_section())
        self._annex()
        self.contents(contents)
        self.head_and_foot()
        return self.saved()

    # -------------------------------------------------------------- summary and divisions

    def _summary(self) -> None:
        self.heading(self.words["summary"], 1)
        for sentence in self.report["summary"]["sentences"]:
            self.say(parts.plain(sentence, "Body Text"))
        counts = self.report["summary"]["counts"]
        row = [Cell([parts.plain(figure, "Key figure"), parts.plain(label, "Table note")]) for label, figure in counts]
        self.table("Key figures", [170 / len(counts)] * len(counts), [], [row], self.words["summary"])
        self.chart(self.report["summary"]["chart"])
        self._status_table(self.report["summary"]["table"])

    def _divisions(self) -> None:
        divisions = self.report["divisions"]
        if not divisions["items"]:
            return
        self.heading(self.words["divisions"], 1)
        self.chart(divisions["chart"])
        rows = [[Cell([parts.plain(text, "Table label" if i == 0 else "Table number")]) for i, text in enumerate(row)]
                for row in divisions["rows"]]
        self.table("Report table", [92, 26, 26, 26], divisions["columns"], rows, self.words["divisions"],
                    numbers=(1, 2, 3))
        for item in divisions["items"]:
            self.heading(item["heading"], 2)
            if item["owner"]:
                owner = self.document.add_paragraph(style="Lead")
                owner.add_run(f"{self.words['owner']}: ", style="Muted")
                owner.add_run(item["owner"])
            if item["sentence"]:
                self.say(parts.plain(item["sentence"], "Lead"))
            self.chart(item["chart"])
            self._status_table(item["table"])

    def _status_table(self, table: dict) -> None:
        rows = [
            [Cell([parts.plain(text, "Table label" if i == 0 else "Table number")], tone=row["tone"] if i == 0 else "")
             for i, text in enumerate(row["cells"])]
            for row in table["rows"]
        ]
        total = [Cell([parts.plain(text, "Table label" if i == 0 else "Table number", "Strong")])
                 for i, text in enumerate(table["total"])]
        self.table("Report table", [114, 28, 28], table["columns"], [*rows, total], table["columns"][0],
                    numbers=(1, 2))

    # -------------------------------------------------------------- tables

    def _plan(self) -> None:
        self.heading(self.words["plan"], 1)
        sections = self.report["sections"]
        if not any(section["activities"] for section in sections):
            self.say(parts.plain(self.words["no_activities"], "Body Text"))
        for section in sections:
            self.heading(section["heading"], section["level"])
            if section["activities"]:
                widths = self.report["widths"]
                rows = [row for activity in section["activities"] for row in _activity_rows(activity, widths)]
                columns = [slashes_break(text, w, True) for text, w in
                           zip(self.report["columns"], self.report["widths"], strict=True)]
                self.table("Report table", self.report["widths"], columns, rows, section["heading"])

    def _annex(self) -> None:
        report = self.report
        self.heading(self.words["annex"], 1)
        lead = self.words["annex_lead"] if report["annex"] else self.words["no_annex"]
        self.say(parts.plain(lead, "Body Text"))
        for entry in report["annex"]:
            self.say(parts.plain(entry["heading"], "Annex heading"))
            for paragraph in entry["definition"]:
                self.say(parts.paragraph(paragraph, "Definition"))
            if entry["rows"]:
                rows = [[Cell([parts.plain(text, "Table text")]) for text in row] for row in entry["rows"]]
                self.table("Report table", ANNEX_WIDTHS, report["annex_columns"], rows, entry["heading"])
            if entry["more"]:
                self.say(parts.plain(entry["more"], "Body Text"))


def _activity_rows(activity: dict, widths: list[float]) -> list[list[Cell]]:
    """One row for each indicator, then the wide row with what was done; the shared cells are merged downwards."""
    rows, below, tone = [], activity["below"], activity["tone"]
    indicators = activity["indicators"]
    merge = "restart" if len(indicators) > 1 else ""
    whole = "restart" if len(indicators) > 1 or below else ""
    for i, (indicator, readings) in enumerate(indicators):
        head = i == 0
        rows.append([
            _cell(activity["activity"] if head else [], widths[0], whole),
            _cell(indicator, widths[1]),
            *(_cell(activity[key] if head else [], widths[column], merge)
              for column, key in ((2, "deadline"), (3, "partners"), (4, "comments"))),
            _cell(readings, widths[5]),
            _cell(activity["status"] if head else [], widths[6], whole, tone),
        ])
        merge, whole = merge and "continue", whole and "continue"
    if below:
        wide = Cell([parts.paragraph(p) for p in below], span=5)
        rows.append([_cell([], widths[0], "continue"), wide, _cell([], widths[6], "continue", tone)])
    if activity["keep"]:
        for row in rows[:-1]:
            _keep_with_next(row)
    return rows


def _keep_with_next(row: list[Cell]) -> None:
    for cell in row:
        cell.paragraphs = cell.paragraphs or [parts.empty("Table text")]
        for paragraph in cell.paragraphs:
            paragraph.find(qn("w:pPr")).append(parts.element("keepNext"))


def _cell(paragraphs: list[dict], width: float, merge: str = "", tone: str = "") -> Cell:
    for paragraph in paragraphs:
        for run in paragraph["runs"]:
            run[0] = slashes_break(run[0], width, run[1] not in ("", "muted"))
    return Cell([parts.paragraph(p) for p in paragraphs], merge=merge, tone=tone)
