"""python -m bench.report_by_hand FORM READY OUT: the same report written by hand with the library itself, from values that are ready.

What a person would write who has the content at hand (headings, paragraphs, tables, pictures) and nothing else to care for: no styles
of their own, no repeated measuring. READY is what bench.reports made ready; prints the seconds and the peak of memory as JSON.
"""

from __future__ import annotations

import io
import json
import sys
import time
from pathlib import Path

from . import clock


def docx(ready: dict) -> bytes:
    """With python-docx: its paragraphs and tables, cells filled by index."""
    from docx import Document
    from docx.shared import Mm

    report, pictures = ready["report"], iter(ready["pictures"])
    document = Document()
    document.add_heading(report["title"], 0)
    for label, text in report["facts"]:
        document.add_paragraph(f"{label}: {text}")
    for text in report["summary"]["sentences"]:
        document.add_paragraph(text)

    def table(columns, rows) -> None:
        made = document.add_table(rows=1 + len(rows), cols=len(columns), style="Table Grid")
        cells = made._cells  # asked for once: by row and column each would walk the whole table
        for place, text in enumerate([*columns, *(text for row in rows for text in row)]):
            if text:
                cells[place].text = text

    for item in (report["summary"], report["divisions"], *report["divisions"]["items"]):
        if item.get("heading"):
            document.add_heading(item["heading"], 2)
        if item["chart"]:
            document.add_picture(io.BytesIO(bytes.fromhex(next(pictures))), width=Mm(160))
        if item.get("table"):
            table(item["table"]["columns"], [row["cells"] for row in item["table"]["rows"]])
    for section in report["sections"]:
        document.add_heading(section["heading"], section["level"])
        rows = [row for activity in section["activities"] for row in _rows(activity)]
        if rows:
            table(report["columns"], rows)
    for entry in report["annex"]:
        document.add_heading(entry["heading"], 3)
        for paragraph in entry["definition"]:
            document.add_paragraph(_plain(paragraph))
        if entry["rows"]:
            table(report["annex_columns"], entry["rows"])
        if entry["more"]:
            document.add_paragraph(entry["more"])
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _plain(paragraph: dict) -> str:
    return "".join(run[0] for run in paragraph["runs"])


def _cell(paragraphs: list[dict]) -> str:
    return "\n".join(map(_plain, paragraphs))


def _rows(activity: dict) -> list[list[str]]:
    found = []
    for place, (indicator, readings) in enumerate(activity["indicators"]):
        first = place == 0
        found.append([
            _cell(activity["activity"]) if first else "", _cell(indicator), *(_cell(activity[key]) if first else "" for key in ("deadline", "partners", "comments")),
            _cell(readings), _cell(activity["status"]) if first else "",
        ])  # fmt: skip
    if activity["below"]:
        found.append(["", _cell(activity["below"]), "", "", "", "", ""])
    return found


TYPST = """
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set text(font: d.fonts, size: 9pt, lang: d.lang)
#set page(paper: "a4", flipped: true, margin: 15mm, footer: context counter(page).display("1"))
= #d.title
#outline(title: none, depth: 2)
#for f in d.facts { par(f.at(0) + ": " + f.at(1)) }
#for s in d.summary.sentences { par(s) }
#let said(ps) = ps.map(p => p.runs.map(r => r.at(0)).join()).join("\\n")
#for i in (d.summary, d.divisions, ..d.divisions.items) {
  if "heading" in i { heading(level: 2, i.heading) }
  if i.chart != none { image(bytes(i.chart.svg), format: "svg", alt: i.chart.alt) }
  if "table" in i { table(columns: 3, table.header(..i.table.columns), ..i.table.rows.map(r => r.cells).flatten()) }
}
#for s in d.sections {
  heading(level: s.level, s.heading)
  if s.activities.len() > 0 {
    table(columns: d.widths.map(w => w * 1mm), table.header(..d.columns), ..s.activities.map(a => {
      let n = a.indicators.len()
      let rows = ()
      for (i, pair) in a.indicators.enumerate() {
        if i == 0 { rows.push(table.cell(rowspan: n, said(a.activity))) }
        rows.push([#said(pair.at(0))])
        if i == 0 { for key in ("deadline", "partners", "comments") { rows.push(table.cell(rowspan: n, said(a.at(key)))) } }
        rows.push([#said(pair.at(1))])
        if i == 0 { rows.push(table.cell(rowspan: n, said(a.status))) }
      }
      if a.below.len() > 0 { rows.push(table.cell(colspan: 7, said(a.below))) }
      rows
    }).flatten())
  }
}
#set page(flipped: false)
#for e in d.annex {
  heading(level: 2, outlined: false, e.heading)
  for p in e.definition { par(said((p,))) }
  if e.rows.len() > 0 { table(columns: d.annex_widths.map(w => w * 1mm), table.header(..d.annex_columns), ..e.rows.flatten()) }
  if e.more != "" { par(e.more) }
}
"""


def pdf(ready: dict) -> bytes:
    """With typst, as the same kind of file (PDF/A-2a, PDF/UA-1): the archive asks for it."""
    import typst

    folder = Path(ready["folder"])
    (folder / "by-hand.typ").write_text(TYPST, encoding="utf-8")
    return typst.compile(
        folder / "by-hand.typ", root=folder, font_paths=[ready["fonts"]], ignore_system_fonts=True, pdf_standards=["a-2a", "ua-1"],
        sys_inputs={"data": json.dumps(ready["report"], ensure_ascii=False)},
    )  # fmt: skip


def xlsx(ready: dict) -> bytes:
    """With XlsxWriter: cells by row and column, a format for heads and one that wraps."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head, wrapped, share = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"}), book.add_format({"num_format": "0%"})
    for name, columns, rows in ready["sheets"]:
        sheet = book.add_worksheet(name)
        for column, (label, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, label, head)
        for place, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if isinstance(value, list):
                    sheet.write_number(place, column, value[0] / 100, share)
                elif isinstance(value, int | float):
                    sheet.write_number(place, column, value, wrapped)
                elif value:
                    sheet.write_string(place, column, value, wrapped)
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
        sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


if __name__ == "__main__":
    form, source, target = sys.argv[1:4]
    given = json.loads(Path(source).read_text(encoding="utf-8"))
    began = time.perf_counter()
    data = {"docx": docx, "pdf": pdf, "xlsx": xlsx}[form](given)
    seconds = time.perf_counter() - began
    Path(target).write_bytes(data)
    print(json.dumps({"seconds": seconds, "peak_mib": clock.peak_mib(), "kib": len(data) // 1024}))
