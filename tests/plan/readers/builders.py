"""Small documents for the reader's tests: one description, written as Word, Excel, web page or text.

A document is a list of blocks: a string is a paragraph ("# x" a heading 1, "## x" a heading 2, "*x*" bold); a list is a
table, a list of rows; a cell is a string or (string, colspan, rowspan). "^" marks a position covered from above.
"""

from __future__ import annotations

import html
import json
from pathlib import Path

import docx
import pymupdf_fonts
import typst
import xlsxwriter


def parts(cell) -> tuple[str, int, int]:
    return cell if isinstance(cell, tuple) else (cell, 1, 1)


def grid(rows: list[list]) -> list[list[tuple[int, str, int, int]]]:
    """Rows as [(column, text, colspan, rowspan)], columns reached from above left out."""
    down: dict[int, int] = {}
    out = []
    for cells in rows:
        line, column, below = [], 0, {}
        for cell in cells:
            while down.get(column, 0):
                column += 1
            text, colspan, rowspan = parts(cell)
            line.append((column, text, colspan, rowspan))
            for c in range(column, column + colspan):
                if rowspan > 1:
                    below[c] = rowspan
            column += colspan
        out.append(line)
        down = {c: n - 1 for c, n in {**down, **below}.items() if n > 1}
    return out


def width(rows: list[list]) -> int:
    return max(column + colspan for line in grid(rows) for column, _, colspan, _ in line)


def unstar(text: str) -> tuple[str, bool]:
    return (text[1:-1], True) if len(text) > 2 and text.startswith("*") and text.endswith("*") else (text, False)


def word(path: Path, blocks: list) -> Path:
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            if block.startswith("#"):
                document.add_heading(block.lstrip("# "), level=len(block) - len(block.lstrip("#")))
            else:
                text, bold = unstar(block)
                document.add_paragraph().add_run(text).bold = bold
            continue
        table = document.add_table(len(block), width(block))
        for r, line in enumerate(grid(block)):
            for column, text, colspan, rowspan in line:
                cell = table.cell(r, column)
                if colspan > 1 or rowspan > 1:
                    cell = cell.merge(table.cell(r + rowspan - 1, column + colspan - 1))
                text, bold = unstar(text)
                for i, part in enumerate(text.split("\n")):
                    p = cell.paragraphs[0] if i == 0 else cell.add_paragraph()
                    p.add_run(part).bold = bold
        document.add_paragraph()
    document.save(path)
    return path


def excel(path: Path, sheets: dict[str, list]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False, "strings_to_urls": False})
    styles = {flag: book.add_format({"bold": flag, "text_wrap": True}) for flag in (False, True)}
    for name, blocks in sheets.items():
        sheet = book.add_worksheet(name)
        r = 0
        for block in blocks:
            if isinstance(block, str):
                text, bold = unstar(block.lstrip("# "))
                sheet.write_string(r, 0, text, styles[bold or block.startswith("#")])
                r += 1
                continue
            for line in grid(block):
                for column, text, colspan, rowspan in line:
                    text, bold = unstar(text) if isinstance(text, str) else (text, False)
                    if colspan > 1 or rowspan > 1:
                        sheet.merge_range(r, column, r + rowspan - 1, column + colspan - 1, text, styles[bold])
                    elif text != "":
                        sheet.write(r, column, text, styles[bold])
                r += 1
            r += 1
    book.close()
    return path


def web(path: Path, blocks: list, head: str = '<meta charset="utf-8">') -> Path:
    out = [f"<!DOCTYPE html><html><head>{head}</head><body>"]
    for block in blocks:
        if isinstance(block, str):
            level = len(block) - len(block.lstrip("#"))
            text, bold = unstar(block.lstrip("# "))
            tag = f"h{level}" if level else "p"
            out.append(f"<{tag}>{'<b>' if bold else ''}{html.escape(text)}{'</b>' if bold else ''}</{tag}>")
            continue
        out.append("<table border='1'>")
        for line in grid(block):
            out.append("<tr>")
            for _, text, colspan, rowspan in line:
                text, bold = unstar(text)
                inner = "".join(f"<p>{'<b>' if bold else ''}{html.escape(x)}{'</b>' if bold else ''}</p>" for x in text.split("\n"))
                out.append(f"<td colspan='{colspan}' rowspan='{rowspan}'>{inner}</td>")
            out.append("</tr>")
        out.append("</table>")
    path.write_text("\n".join(out) + "</body></html>", encoding="utf-8")
    return path


_TYPST = """
#set page(paper: "a4", flipped: true, margin: 1.5cm)
#set text(font: "FiraGO", size: 9pt, hyphenate: false)
#for block in json(bytes(sys.inputs.data)) {
  if block.kind == "p" { std.block(if block.bold { strong(block.text) } else { block.text }) }
  else {
    table(
      stroke: STROKE,
      columns: block.widths.map(w => w * 1fr),
      ..block.cells.map(c => {
        let body = c.lines.map(l => par(l)).join()
        table.cell(colspan: c.colspan, rowspan: c.rowspan, if c.bold { strong(body) } else { body })
      })
    )
  }
}
"""


def pdf(path: Path, blocks: list, fonts: Path, widths: list[float] | None = None, stroke: bool = True) -> Path:
    fonts.mkdir(exist_ok=True)
    for name in ("figo", "figbo"):
        (fonts / f"{name}.otf").write_bytes(pymupdf_fonts.myfont(name))
    data = []
    for block in blocks:
        if isinstance(block, str):
            text, bold = unstar(block.lstrip("# "))
            data.append({"kind": "p", "text": text, "bold": bold or block.startswith("#")})
            continue
        cells = []
        for line in grid(block):
            for _, text, colspan, rowspan in line:
                text, bold = unstar(text)
                cells.append({"lines": text.split("\n"), "bold": bold, "colspan": colspan, "rowspan": rowspan})
        data.append({"kind": "t", "widths": widths or [1] * width(block), "cells": cells})
    source = path.with_suffix(".typ")
    lines = "1pt" if stroke else "none"
    source.write_text(_TYPST.replace("STROKE", lines), encoding="utf-8")
    typst.compile(
        str(source), output=str(path), font_paths=[str(fonts)], ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )  # fmt: skip
    return path


def text(path: Path, blocks: list, encoding: str = "utf-8") -> Path:
    lines = []
    for block in blocks:
        if isinstance(block, str):
            lines += [block.replace("*", "**"), ""]
            continue
        columns = width(block)
        for line in grid(block):
            cells = [""] * columns
            for column, content, _, _ in line:
                cells[column] = content.replace("\n", "  ")
            lines.append("\t".join(cells))
        lines.append("")
    path.write_bytes("\n".join(lines).encode(encoding))
    return path
