"""A report of the catalogue as an Excel workbook: what it says on the first sheet, then a sheet for each table."""

from __future__ import annotations

from typing import Any

from gegma.kernel import charts
from gegma.reports.text import cleaned
from gegma.reports.xlsx_book import Book, Status, height, moment_of, share

from .layout import NUMBERS, build, table_of

WIDTHS = {"date": 12.0, "number": 13.0, "percent": 12.0, "money": 18.0, "status": 24.0}
NAME_MAX = 31
# Widths of columns count digits; so many mm is one.
MM_PER_WIDTH = 1.9


def make(paper: dict) -> bytes:
    """The report as .xlsx."""
    return _Workbook(cleaned(paper)).write()


class _Workbook(Book):
    def __init__(self, paper: dict):
        super().__init__(paper["lang"], paper["title"])
        self.paper = paper
        self.names: set[str] = set()

    def write(self) -> bytes:
        self.about(self.paper)
        tables = [made for block in self.paper["blocks"] if (made := _table(block))]
        if self.paper.get("bare"):
            self._document(self._name(self.paper["title"]))
            return self.bytes()
        self._front(tables)
        for name, block in zip(self.sheet_names, tables, strict=True):
            columns = [(column["label"], WIDTHS.get(column["kind"], min(22.0 * column["weight"], 60.0))) for column in block["columns"]]
            kinds = [column["kind"] for column in block["columns"]]
            rows = [[_value(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in block["rows"]]
            total = [_value(value, kind) for value, kind in zip(block["total"], kinds, strict=True)] if block["total"] else None
            self.sheet_of(name, columns, rows, frozen=1, total=total)
        return self.bytes()

    def _document(self, name: str) -> None:
        """Lines and tables with merged cells below one another on one sheet, as the document has them."""
        sheet, report = self.book.add_worksheet(name), build(self.paper)
        blocks = report["blocks"]
        widths = next((block["widths"] for block in blocks if block["block"] == "grid"), [report["width"]])
        columns = [("", width / MM_PER_WIDTH) for width in widths]
        for place, (_name, width) in enumerate(columns):
            sheet.set_column(place, place, width)
        row = 0
        for block in blocks:
            if block["block"] == "grid":
                row = self._grid(sheet, row, block, columns)
            else:
                self.put(sheet, row, 0, block["text"], text_wrap=False, bold=block.get("style") not in ("text", "note"))
                row += 1
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&R&P / &N")
        sheet.set_header("&L" + report["plan_title"].replace("&", "&&")[:200])

    def _grid(self, sheet, row: int, block: dict, columns: list) -> int:
        for given in block["rows"]:
            texts = [""] * len(columns)
            for cell in given["cells"]:
                looks = {"border": 1, "border_color": "#B4BCC5", "bold": given["kind"] != "body", **({} if given["kind"] == "body" else {"bg_color": "#E9EEF4"})}
                if cell["tone"]:
                    looks |= {"bg_color": charts.tone(cell["tone"])[1], "font_color": charts.tone(cell["tone"])[0]}
                if cell["rows"] > 1 or cell["span"] > 1:
                    sheet.merge_range(row, cell["at"], row + max(cell["rows"], 1) - 1, cell["at"] + cell["span"] - 1, "", self.format(**looks))
                if cell["rows"]:
                    self.put(sheet, row, cell["at"], cell["text"], **looks)
                if cell["span"] == 1 and cell["rows"] == 1:
                    texts[cell["at"]] = cell["text"]
            sheet.set_row(row, height(texts, columns))
            row += 1
        return row

    def _front(self, tables: list[dict]) -> None:
        """What the report says in words and figures, and which sheets there are."""
        sheet = self.book.add_worksheet(self._name(self.words["sheet_summary"]))
        sheet.set_column(0, 0, 62)
        sheet.set_column(1, 1, 40)
        sheet.hide_gridlines(2)
        row = 0
        for line in [*self.paper["organisation"], self.paper["title"], self.paper.get("subtitle", "")]:
            large = line == self.paper["title"]
            sheet.set_row(row, 24 if large else 15)
            self.put(sheet, row, 0, line, text_wrap=False, **({"bold": True, "font_size": 16} if large else {}))
            row += 1
        for label, value in self.paper["facts"]:
            row += 1
            self.put(sheet, row, 0, label, font_color="#4A5663")
            self.put(sheet, row, 1, value, align="left")
            sheet.set_row(row, height([label, value], [("", 62), ("", 40)]))
        self.sheet_names = [self._name(block["title"]) for block in tables]
        row = self._said(sheet, row + 2)
        for name, block in zip(self.sheet_names, tables, strict=True):
            self.put(sheet, row, 0, block["title"])
            self.put(sheet, row, 1, name, font_color="#4A5663")
            row += 1
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def _said(self, sheet, row: int) -> int:
        """Headings, paragraphs, lists and key figures, in their order; returns the row after them."""
        for block in self.paper["blocks"]:
            kind = block["block"]
            if kind == "heading":
                self.put(sheet, row, 0, block["text"], bold=True)
                row += 1
            elif kind in ("text", "list"):
                for line in [block["text"]] if kind == "text" else block["items"]:
                    self.put(sheet, row, 0, line)
                    sheet.set_row(row, height([line], [("", 62)]))
                    row += 1
            elif kind == "figures":
                for item in block["items"]:
                    self.put(sheet, row, 0, item["label"])
                    self.put(sheet, row, 1, _value(item["value"], item["kind"]), align="left", bold=True)
                    row += 1
        return row + 1

    def _name(self, title: str) -> str:
        """A sheet's name: short, without the signs that Excel forbids, and only once."""
        plain = "".join(" " if letter in "[]:*?/\\" or letter < " " else letter for letter in title).strip(" '") or self.words["sheet"]
        if plain.casefold() == "history":  # Excel keeps this one for itself
            plain = f"{plain} 1"
        name, number = plain[:NAME_MAX].strip(" '"), 1
        while name.casefold() in self.names:
            number += 1
            tail = f" {number}"
            name = plain[: NAME_MAX - len(tail)].strip(" '") + tail
        self.names.add(name.casefold())
        return name


def _table(block: dict) -> dict | None:
    if block["block"] == "chart":
        return table_of(block)
    return block if block["block"] == "table" else None


def _value(value: Any, kind: str):
    """A value as the workbook's cells take it."""
    if value is None or value == "":
        return None
    if kind == "status":
        return Status(str(value[0]), str(value[1])) if isinstance(value, list) else str(value)
    if kind in NUMBERS and isinstance(value, (int, float)) and not isinstance(value, bool):
        return share(value) if kind == "percent" else value
    if kind == "date":
        return moment_of(value)
    return str(value)
