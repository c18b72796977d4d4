"""The report as a Word document: styles, real headings, repeated header rows, a table of contents, Georgian font.

The body is built from the same model as the PDF (gegma.reports.content). Tables are made directly as elements:
python-docx's own cells are slow by the thousand. All looks are in styles (gegma.reports.docx_styles); what stands at
a cell is only what Word itself puts there: width, merging, ground.
"""

import io
import zipfile
from datetime import datetime

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.ns import qn
from docx.shared import Mm

from gegma.kernel import charts
from gegma.kernel.numbers import as_date
from gegma.reports import docx_parts as parts
from gegma.reports import docx_styles as styles
from gegma.reports.content import ANNEX_WIDTHS, build
from gegma.reports.text import slashes_break
from gegma.reports.typesetter import typeset

# Rows with less text than this stay whole; a longer one may run on to the next page, or Word leaves a hole.
SHORT_ROW = 700
PX = 25.4 / 96  # mm


def make(context: dict, embed_fonts: bool = True) -> bytes:
    """The report as .docx. embed_fonts adds FiraGO to the file (about 0.7 MB), so that it looks the same anywhere."""
    return _Writer(build(context), embed_fonts).write()


class _Writer:
    def __init__(self, report: dict, embed_fonts: bool):
        self.report = report
        self.words = report["words"]
        self.document = Document()
        self.headings: list[tuple[int, str, str]] = []  # level, text, bookmark: for the table of contents
        self.pictures = self._draw()
        self.embed_fonts = embed_fonts

    def write(self) -> bytes:
        styles.prepare(self.document, self.report["lang"], self.embed_fonts)
        self._properties()
        self._upright(self.document.sections[0])
        self._first_page()
        contents = self.document.add_paragraph()
        self._summary()
        self._divisions()
        self._sideways()
        self._plan()
        self._upright(self.document.add_section(WD_SECTION.NEW_PAGE))
        self._annex()
        self._contents(contents)
        self._head_and_foot()
        return _same_bytes(self.document, as_date(self.report["made_on"]))

    def _say(self, *paragraphs) -> None:
        """Add elements at the end of the body, before the page settings that Word keeps last."""
        body = self.document.element.body
        for paragraph in paragraphs:
            body.insert(len(body) - 1, paragraph)

    # -------------------------------------------------------------- pages

    def _properties(self) -> None:
        core, made = self.document.core_properties, as_date(self.report["made_on"])
        moment = datetime(made.year, made.month, made.day)
        core.title, core.author = self.report["title"][:255], self.report["author"][:255]
        core.last_modified_by, core.subject = core.author, self.report["subtitle"][:255]
        core.language = styles.LANGUAGE_TAGS[self.report["lang"]]
        core.created = core.modified = moment
        core.revision, core.comments, core.keywords = 1, "", ""

    @staticmethod
    def _upright(section) -> None:
        section.orientation = WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(20)
        section.top_margin, section.bottom_margin = Mm(22), Mm(20)
        section.header_distance = section.footer_distance = Mm(10)

    def _sideways(self) -> None:
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.left_margin = section.right_margin = Mm(15)
        section.top_margin, section.bottom_margin = Mm(20), Mm(17)

    def _head_and_foot(self) -> None:
        first, *others = self.document.sections
        first.different_first_page_header_footer = True
        for section in others:
            section.different_first_page_header_footer = False
        head = first.header.paragraphs[0]
        head.style = "Header"
        head.add_run(self.report["plan_title"])
        # The first page has no head, but it has its number.
        for foot in (first.footer.paragraphs[0], first.first_page_footer.paragraphs[0]):
            foot.style = "Footer"
            parts.field(foot._p, "PAGE", "1")
            foot.add_run(" / ")
            parts.field(foot._p, "NUMPAGES", "1")

    def _first_page(self) -> None:
        document, report = self.document, self.report
        for line in report["organisation"]:
            document.add_paragraph(line, style="Organisation")
        document.add_paragraph(report["title"], style="Title")
        if report["subtitle"]:
            document.add_paragraph(report["subtitle"], style="Subtitle")
        for label, text in report["facts"]:
            fact = document.add_paragraph(style="Fact")
            fact.add_run(f"{label}:", style="Muted")
            fact.add_run(f"\t{text}")

    # -------------------------------------------------------------- headings and contents

    def _heading(self, text: str, level: int) -> None:
        mark = f"_Toc{len(self.headings) + 1:08d}"
        paragraph, number = parts.empty(f"Heading {level}"), str(len(self.headings) + 1)
        paragraph.append(parts.element("bookmarkStart", id=number, name=mark))
        paragraph.append(parts.run(text))
        paragraph.append(parts.element("bookmarkEnd", id=number))
        self._say(paragraph)
        self.headings.append((level, text, mark))

    def _contents(self, place) -> None:
        """A table of contents as Word's own «Update table» box, filled in already; Word renews the page numbers."""
        box, inner = parts.element("sdt"), parts.element("sdtContent")
        properties, part = parts.element("sdtPr"), parts.element("docPartObj")
        part.append(parts.element("docPartGallery", val="Table of Contents"))
        part.append(parts.element("docPartUnique"))
        properties.append(part)
        box.append(properties)
        box.append(inner)
        inner.append(parts.plain(self.words["contents"], "TOC Heading"))
        shown = [heading for heading in self.headings if heading[0] <= 3]
        for place_in_list, (level, text, mark) in enumerate(shown):
            paragraph = parts.empty(f"toc {level}")
            if place_in_list == 0:
                parts.field_start(paragraph, 'TOC \\o "1-3" \\h \\z')
            link = parts.element("hyperlink", anchor=mark, history="1")
            link.append(parts.run(text))
            link.append(parts.run("\t"))
            parts.field(link, f"PAGEREF {mark} \\h", "")
            paragraph.append(link)
            if place_in_list == len(shown) - 1:
                parts.field_end(paragraph)
            inner.append(paragraph)
        place._p.getparent().replace(place._p, box)

    # -------------------------------------------------------------- summary and divisions

    def _summary(self) -> None:
        self._heading(self.words["summary"], 1)
        for sentence in self.report["summary"]["sentences"]:
            self._say(parts.plain(sentence, "Body Text"))
        counts = self.report["summary"]["counts"]
        row = [_Cell([parts.plain(figure, "Key figure"), parts.plain(label, "Table note")]) for label, figure in counts]
        self._table("Key figures", [170 / len(counts)] * len(counts), [], [row], self.words["summary"])
        self._chart(self.report["summary"]["chart"])
        self._status_table(self.report["summary"]["table"])

    def _divisions(self) -> None:
        divisions = self.report["divisions"]
        if not divisions["items"]:
            return
        self._heading(self.words["divisions"], 1)
        self._chart(divisions["chart"])
        rows = [[_Cell([parts.plain(text, "Table label" if i == 0 else "Table number")]) for i, text in enumerate(row)]
                for row in divisions["rows"]]
        self._table("Report table", [92, 26, 26, 26], divisions["columns"], rows, self.words["divisions"],
                    numbers=(1, 2, 3))
        for item in divisions["items"]:
            self._heading(item["heading"], 2)
            if item["owner"]:
                owner = self.document.add_paragraph(style="Lead")
                owner.add_run(f"{self.words['owner']}: ", style="Muted")
                owner.add_run(item["owner"])
            if item["sentence"]:
                self._say(parts.plain(item["sentence"], "Lead"))
            self._chart(item["chart"])
            self._status_table(item["table"])

    def _status_table(self, table: dict) -> None:
        rows = [
            [_Cell([parts.plain(text, "Table label" if i == 0 else "Table number")], tone=row["tone"] if i == 0 else "")
             for i, text in enumerate(row["cells"])]
            for row in table["rows"]
        ]
        total = [_Cell([parts.plain(text, "Table label" if i == 0 else "Table number", "Strong")])
                 for i, text in enumerate(table["total"])]
        self._table("Report table", [114, 28, 28], table["columns"], [*rows, total], table["columns"][0],
                    numbers=(1, 2))

    def _draw(self) -> dict[str, bytes]:
        """SVG text → PNG, all charts in one go."""
        items = [self.report["summary"], self.report["divisions"], *self.report["divisions"]["items"]]
        drawings = list(dict.fromkeys(item["chart"]["svg"] for item in items if item["chart"]))
        if not drawings:
            return {}
        made = typeset("charts.typ", {"charts": drawings}, form="png", ppi=220)
        return dict(zip(drawings, made, strict=True))

    def _chart(self, chart: dict | None) -> None:
        if chart is None:
            return
        self._say(parts.plain(chart["title"], "Caption"))
        paragraph = self.document.add_paragraph(style="Figure")
        picture = paragraph.add_run().add_picture(io.BytesIO(self.pictures[chart["svg"]]), width=Mm(640 * PX))
        for side in ("distT", "distB", "distL", "distR"):
            # Left out, they mean an eighth of an inch to some readers, and the chart sticks out of the text.
            picture._inline.set(side, "0")
        properties = picture._inline.docPr
        properties.set("descr", chart["alt"])
        properties.set("title", chart["title"])

    # -------------------------------------------------------------- tables

    def _plan(self) -> None:
        self._heading(self.words["plan"], 1)
        sections = self.report["sections"]
        if not any(section["activities"] for section in sections):
            self._say(parts.plain(self.words["no_activities"], "Body Text"))
        for section in sections:
            self._heading(section["heading"], section["level"])
            if section["activities"]:
                widths = self.report["widths"]
                rows = [row for activity in section["activities"] for row in _activity_rows(activity, widths)]
                columns = [slashes_break(text, w, True) for text, w in
                           zip(self.report["columns"], self.report["widths"], strict=True)]
                self._table("Report table", self.report["widths"], columns, rows, section["heading"])

    def _annex(self) -> None:
        report = self.report
        self._heading(self.words["annex"], 1)
        lead = self.words["annex_lead"] if report["annex"] else self.words["no_annex"]
        self._say(parts.plain(lead, "Body Text"))
        for entry in report["annex"]:
            self._say(parts.plain(entry["heading"], "Annex heading"))
            for paragraph in entry["definition"]:
                self._say(parts.paragraph(paragraph, "Definition"))
            if entry["rows"]:
                rows = [[_Cell([parts.plain(text, "Table text")]) for text in row] for row in entry["rows"]]
                self._table("Report table", ANNEX_WIDTHS, report["annex_columns"], rows, entry["heading"])
            if entry["more"]:
                self._say(parts.plain(entry["more"], "Body Text"))

    def _table(self, style: str, widths: list[float], columns: list[str], rows: list[list["_Cell"]], name: str,
               numbers: tuple[int, ...] = ()) -> None:
        """A table at the end of the body; widths in mm; the header row is repeated on every page."""
        table, properties = parts.element("tbl"), parts.element("tblPr")
        properties.append(parts.element("tblStyle", val=styles.style_id(style)))
        properties.append(parts.element("tblW", w=str(_twips(sum(widths))), type="dxa"))
        properties.append(parts.element("tblLayout", type="fixed"))
        properties.append(parts.element("tblLook", val="0020" if columns else "0000", firstRow="1" if columns else "0",
                                  lastRow="0", firstColumn="0", lastColumn="0", noHBand="1", noVBand="1"))
        properties.append(parts.element("tblCaption", val=name))
        grid = parts.element("tblGrid")
        for width in widths:
            grid.append(parts.element("gridCol", w=str(_twips(width))))
        table.append(properties)
        table.append(grid)
        if columns:
            head = [_Cell([parts.plain(text, "Table head number" if i in numbers else "Table head")])
                    for i, text in enumerate(columns)]
            table.append(_row(head, widths, header=True))
        for row in rows:
            table.append(_row(row, widths))
        self._say(table)
        # Word joins tables that touch; the small paragraph between them also gives room to type.
        self._say(parts.empty("After table"))


class _Cell:
    """Paragraph elements with how they stand in the grid. merge: "" | "restart" | "continue"."""

    def __init__(self, paragraphs: list, span: int = 1, merge: str = "", tone: str = ""):
        self.paragraphs, self.span, self.merge, self.tone = paragraphs, span, merge, tone

    def length(self) -> int:
        return sum(len(node.text or "") for paragraph in self.paragraphs for node in paragraph.iter(qn("w:t")))


def _activity_rows(activity: dict, widths: list[float]) -> list[list[_Cell]]:
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
        wide = _Cell([parts.paragraph(p) for p in below], span=5)
        rows.append([_cell([], widths[0], "continue"), wide, _cell([], widths[6], "continue", tone)])
    if activity["keep"]:
        for row in rows[:-1]:
            _keep_with_next(row)
    return rows


def _keep_with_next(row: list[_Cell]) -> None:
    for cell in row:
        cell.paragraphs = cell.paragraphs or [parts.empty("Table text")]
        for paragraph in cell.paragraphs:
            paragraph.find(qn("w:pPr")).append(parts.element("keepNext"))


def _cell(paragraphs: list[dict], width: float, merge: str = "", tone: str = "") -> _Cell:
    for paragraph in paragraphs:
        for run in paragraph["runs"]:
            run[0] = slashes_break(run[0], width, run[1] not in ("", "muted"))
    return _Cell([parts.paragraph(p) for p in paragraphs], merge=merge, tone=tone)


def _row(cells: list[_Cell], widths: list[float], header: bool = False):
    row, properties = parts.element("tr"), parts.element("trPr")
    if header or sum(cell.length() for cell in cells) < SHORT_ROW:
        properties.append(parts.element("cantSplit"))
    if header:
        properties.append(parts.element("tblHeader"))
    row.append(properties)
    column = 0
    for cell in cells:
        node, inner = parts.element("tc"), parts.element("tcPr")
        width = sum(widths[column:column + cell.span])
        column += cell.span
        inner.append(parts.element("tcW", w=str(_twips(width)), type="dxa"))
        if cell.span > 1:
            inner.append(parts.element("gridSpan", val=str(cell.span)))
        if cell.merge:
            inner.append(parts.element("vMerge", **({"val": "restart"} if cell.merge == "restart" else {})))
        if cell.tone:
            inner.append(parts.element("shd", val="clear", color="auto", fill=charts.tone(cell.tone)[1].lstrip("#")))
        node.append(inner)
        for paragraph in cell.paragraphs or [parts.empty("Table text")]:
            node.append(paragraph)
        row.append(node)
    return row


def _twips(mm: float) -> int:
    return round(mm * 1440 / 25.4)


def _same_bytes(document, made) -> bytes:
    """Save with the report's own date on every part, so that the same report is the same file, byte for byte."""
    first, last = io.BytesIO(), io.BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(last, "w") as target:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, (max(made.year, 1980), made.month, made.day, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(name))
    return last.getvalue()
