"""The draft of a needs package as a Word file, in Georgian or English: what it is, then the needs by priority."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override
from docx import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from gegma.engine import registry
from gegma.kernel import numbers
from gegma.kernel.text import pick

from . import domain
from .models import Need

# Every Windows has it, and it has the Georgian letters.
FONT = "Sylfaen"
TAGS = {"ka": "ka-GE", "en": "en-GB"}
WIDTHS = (12, 76, 40, 26, 26)


def draft(document, needs: Sequence[Need], language: str) -> bytes:
    """The file's bytes. Texts that lack the language are given in the other one."""
    with override(language):
        paper = Paper()
        _looks(paper, language)
        paper.add_heading(pick(document, "title"), 0)
        paper.add_paragraph(_("Prepared on %(day)s") % {"day": f"{document.ready_on:%d.%m.%Y}"})
        if document.author_unit:
            paper.add_paragraph(pick(document.author_unit, "title"))
        paper.add_paragraph(_summary(needs, language))
        for level, words in _groups():
            group = [n for n in needs if domain.priority(domain.points(n.impact, n.urgency, n.feasibility)) == level]
            if group:
                paper.add_heading(words, 1)
                _table(paper, group, language)
        stream = io.BytesIO()
        paper.save(stream)
    return stream.getvalue()


def _groups() -> list[tuple[str, str]]:
    return [
        ("high", _("Needs of high priority")), ("medium", _("Needs of medium priority")), ("low", _("Needs of low priority")),
        ("none", _("Needs without scores")),
    ]  # fmt: skip


def _summary(needs: Sequence[Need], language: str) -> str:
    sums: dict[str, Decimal] = {}
    for need in needs:
        if need.cost is not None:
            sums[need.currency] = sums.get(need.currency, Decimal(0)) + need.cost
    text = _("Needs in the package: %(n)s.") % {"n": len(needs)}
    if sums:
        money = "; ".join(f"{numbers.number(amount, language)} {currency}" for currency, amount in sorted(sums.items()))
        text += " " + _("Estimated cost: %(money)s.") % {"money": money}
    if missing := sum(need.cost is None for need in needs):
        text += " " + _("Not estimated yet: %(n)s.") % {"n": missing}
    return text


def _table(paper, needs: Sequence[Need], language: str) -> None:
    spec = registry.get("needs")
    table = paper.add_table(rows=1, cols=len(WIDTHS), style="Table Grid")
    table.autofit = False
    for cell, words in zip(table.rows[0].cells, ("№", _("Need"), _("Unit"), _("Area"), _("Estimated cost")), strict=True):
        cell.paragraphs[0].add_run(words).bold = True
    _repeat(table.rows[0])
    for number, need in enumerate(needs, 1):
        row = table.add_row().cells
        row[0].text = str(number)
        row[1].paragraphs[0].add_run(pick(need, "title") or spec.number(need)).bold = True
        if about := pick(need, "description"):
            row[1].add_paragraph(about)
        row[2].text = str(need.unit)
        row[3].text = spec.all_fields["area"].text(need)
        row[4].text = f"{numbers.number(need.cost, language)} {need.currency}" if need.cost is not None else "–"
        row[4].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for row in table.rows:
        for cell, width in zip(row.cells, WIDTHS, strict=True):
            cell.width = Mm(width)
    paper.add_paragraph()


def _repeat(row) -> None:
    """The head of the table stands on every page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _looks(paper, language: str) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(15)
    section.top_margin = section.bottom_margin = Mm(18)
    for name, size in (("Normal", 10.5), ("Title", 20), ("Heading 1", 14)):
        style = paper.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in list(fonts.attrib):
            del fonts.attrib[kind]
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), FONT)
    for node in paper.styles.element.iter(qn("w:lang")):
        node.set(qn("w:val"), TAGS[language])
    paper.styles["Normal"].paragraph_format.space_after = Pt(4)
