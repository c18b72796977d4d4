"""What every Word report has: pages, headings with a table of contents, charts, tables with a repeated header row.

Tables are made directly as elements: python-docx's own cells are slow by the thousand. All looks are in styles
(gegma.reports.docx_styles); what stands at a cell is only what Word itself puts there: width, merging, ground.
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
from gegma.reports.typesetter import typeset

# Rows with less text than this stay whole; a longer one may run on to the next page, or Word leaves a hole.
SHORT_ROW = 700
PX = 25.4 / 96  # mm


class Paper:
    """A Word document in the making. report: title, subtitle, organisation, facts, lang, made_on, words, plan_title."""

    def __init__(self, report: dict, drawings: list[str]):
        """drawings: the charts of the report, SVG text, all made into pictures in one go."""
        self.report = report
        self.words = report["words"]
        self.document = Document()
        self.headings: list[tuple[int, str, str]] = []  # level, text, bookmark: for the table of contents
        drawings = list(dict.fromkeys(drawings))
        made = typeset("charts.typ", {"charts": drawings}, form="png", ppi=220) if drawings else []
        self.pictures = dict(zip(drawings, made, strict=True))

    def saved(self) -> bytes:
        """The finished file."""
        return same_bytes(self.document, as_date(self.report["made_on"]))

    def say(self, *paragraphs) -> None:
        """Add elements at the end of the body, before the page settings that Word keeps last."""
        last = self.document.element.body[-1]
        for paragraph in paragraphs:  # neither counted nor sought from the front: a large report has ten thousands
            last.addprevious(paragraph)

    # -------------------------------------------------------------- pages

    def properties(self) -> None:
        core, made = self.document.core_properties, as_date(self.report["made_on"])
        moment = datetime(made.year, made.month, made.day)
        core.title, core.author = self.report["title"][:255], self.report["author"][:255]
        core.last_modified_by, core.subject = core.author, self.report["subtitle"][:255]
        core.language = styles.LANGUAGE_TAGS[self.report["lang"]]
        core.created = core.modified = moment
        core.revision, core.comments, core.keywords = 1, "", ""

    @staticmethod
    def upright(section) -> None:
        section.orientation = WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(20)
        section.top_margin, section.bottom_margin = Mm(22), Mm(20)
        section.header_distance = section.footer_distance = Mm(10)

    def sideways(self, section=None) -> None:
        section = section or self.new_section()
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.left_margin = section.right_margin = Mm(15)
        section.top_margin, section.bottom_margin = Mm(20), Mm(17)

    def new_section(self):
        """What follows begins a new page, with settings of its own.

        Word ends a section with a paragraph. It takes the place of the one after a table and is a point high: else, under a table that fills
        its page, it would stand alone on the next.
        """
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        end = self.document.element.body[-2]
        before = end.getprevious()
        style = before.find(f"{qn('w:pPr')}/{qn('w:pStyle')}") if before is not None else None
        if style is not None and style.get(qn("w:val")) == styles.style_id("After table"):
            before.getparent().remove(before)
        end.get_or_add_pPr().insert(0, parts.element("pStyle", val=styles.style_id("Section end")))
        return section

    def head_and_foot(self, first_page: bool = True) -> None:
        """What runs on top and at the bottom of the pages. first_page: whether the first has no running head."""
        first, *others = self.document.sections
        first.different_first_page_header_footer = first_page
        for section in others:
            section.different_first_page_header_footer = False
        head = first.header.paragraphs[0]
        head.style = "Header"
        head.add_run(self.report["plan_title"])
        # The first page has no head, but it has its number.
        for foot in (first.footer.paragraphs[0], *([first.first_page_footer.paragraphs[0]] if first_page else ())):
            foot.style = "Footer"
            parts.field(foot._p, "PAGE", "1")
            foot.add_run(" / ")
            parts.field(foot._p, "NUMPAGES", "1")

    def first_page(self) -> None:
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

    def heading(self, text: str, level: int, new_page: bool = True) -> None:
        """A heading with its mark for the table of contents. new_page: whether one of the first level begins a page."""
        mark = f"_Toc{len(self.headings) + 1:08d}"
        paragraph, number = parts.empty(f"Heading {level}"), str(len(self.headings) + 1)
        if level == 1 and not new_page:
            paragraph.find(qn("w:pPr")).append(parts.element("pageBreakBefore", val="0"))
        paragraph.append(parts.element("bookmarkStart", id=number, name=mark))
        paragraph.append(parts.run(text))
        paragraph.append(parts.element("bookmarkEnd", id=number))
        self.say(paragraph)
        self.headings.append((level, text, mark))

    def contents(self, place) -> None:
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

    # -------------------------------------------------------------- charts and tables

    def chart(self, chart: dict | None) -> None:
        if chart is None:
            return
        self.say(parts.plain(chart["title"], "Caption"))
        paragraph = self.document.add_paragraph(style="Figure")
        picture = paragraph.add_run().add_picture(io.BytesIO(self.pictures[chart["svg"]]), width=Mm(640 * PX))
        for side in ("distT", "distB", "distL", "distR"):
            # Left out, they mean an eighth of an inch to some readers, and the chart sticks out of the text.
            picture._inline.set(side, "0")
        properties = picture._inline.docPr
        properties.set("descr", chart["alt"])
        properties.set("title", chart["title"])

    def table(self, style: str, widths: list[float], columns: list[str], rows: list[list["Cell"]], name: str,
               numbers: tuple[int, ...] = ()) -> None:
        """A table at the end of the body; widths in mm; the header row is repeated on every page."""
        table = _empty_table(style, widths, bool(columns), name)
        if columns:
            head = [Cell([parts.plain(text, "Table head number" if i in numbers else "Table head")])
                    for i, text in enumerate(columns)]
            table.append(row_of(head, widths, header=True))
        for row in rows:
            table.append(row_of(row, widths))
        self._finish(table)

    def grid(self, widths: list[float], rows: list[tuple[bool, list["Cell"]]], name: str) -> None:
        """A table of (whether it is repeated on every page, cells)."""
        table = _empty_table("Report table", widths, False, name)
        for top, cells in rows:
            table.append(row_of(cells, widths, header=top))
        self._finish(table)

    def _finish(self, table) -> None:
        self.say(table)
        # Word joins tables that touch; the small paragraph between them also gives room to type.
        self.say(parts.empty("After table"))


def _empty_table(style: str, widths: list[float], head: bool, name: str):
    table, properties = parts.element("tbl"), parts.element("tblPr")
    properties.append(parts.element("tblStyle", val=styles.style_id(style)))
    properties.append(parts.element("tblW", w=str(twips(sum(widths))), type="dxa"))
    properties.append(parts.element("tblLayout", type="fixed"))
    properties.append(parts.element("tblLook", val="0020" if head else "0000", firstRow="1" if head else "0",
                              lastRow="0", firstColumn="0", lastColumn="0", noHBand="1", noVBand="1"))
    properties.append(parts.element("tblCaption", val=name))
    grid = parts.element("tblGrid")
    for width in widths:
        grid.append(parts.element("gridCol", w=str(twips(width))))
    table.append(properties)
    table.append(grid)
    return table


class Cell:
    """Paragraph elements with how they stand in the grid. merge: "" | "restart" | "continue". ground: its colour, where no tone gives it."""

    ground = ""

    def __init__(self, paragraphs: list, span: int = 1, merge: str = "", tone: str = ""):
        self.paragraphs, self.span, self.merge, self.tone = paragraphs, span, merge, tone

    def length(self) -> int:
        return sum(len(node.text or "") for paragraph in self.paragraphs for node in paragraph.iter(qn("w:t")))


def row_of(cells: list[Cell], widths: list[float], header: bool = False):
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
        inner.append(parts.element("tcW", w=str(twips(width)), type="dxa"))
        if cell.span > 1:
            inner.append(parts.element("gridSpan", val=str(cell.span)))
        if cell.merge:
            inner.append(parts.element("vMerge", **({"val": "restart"} if cell.merge == "restart" else {})))
        if cell.tone or cell.ground:
            fill = charts.tone(cell.tone)[1].lstrip("#") if cell.tone else cell.ground
            inner.append(parts.element("shd", val="clear", color="auto", fill=fill))
        node.append(inner)
        for paragraph in cell.paragraphs or [parts.empty("Table text")]:
            node.append(paragraph)
        row.append(node)
    return row


def twips(mm: float) -> int:
    return round(mm * 1440 / 25.4)


def same_bytes(document, made) -> bytes:
    """Save with the report's own date on every part, so that the same report is the same file, byte for byte."""
    first, last = io.BytesIO(), io.BytesIO()
    document.save(first)
    with zipfile.ZipFile(first) as source, zipfile.ZipFile(last, "w") as target:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, (max(made.year, 1980), made.month, made.day, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(name))
    return last.getvalue()
