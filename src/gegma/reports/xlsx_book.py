"""What every workbook has: cells by the kind of their value, sheets that can be filtered.

Texts are never formulas or links, whatever they begin with. Percentages are written as fractions with a per cent
format, so that Excel can average them.
"""

import io
from datetime import datetime

import xlsxwriter

from gegma.kernel import charts, fonts
from gegma.kernel.numbers import as_date, day, number
from gegma.reports.words import Words

# A workbook cannot carry its font: Sylfaen is on every Windows and has Georgian.
FACE = fonts.FALLBACKS[0]
SIZE = 10
HIGHEST_ROW = 180  # points; a longer text is all there, but the row does not fill the screen
LONGEST = 32_767  # letters in one Excel cell
_ROWS = 1_048_576
RISKY = "=+-@\t\r"  # what some program might take for a formula


class Percent(float):
    """A share in hundredths, to be shown with a per cent sign."""


def share(value) -> Percent | None:
    """A number of hundredths as a share; None stays None."""
    return None if value is None else Percent(value)


class Book:
    """A workbook in one language. running: what stands on top of each printed page."""

    def __init__(self, lang: str, running: str):
        self.lang, self.running = lang, running
        self.words = Words(lang)
        self.out = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.out, {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        })
        self.formats: dict[tuple, object] = {}

    def about(self, context: dict) -> None:
        """Title, subject, author and date of the file."""
        made = as_date(context["made_on"])
        self.book.set_properties({
            "title": context["title"][:255], "subject": context.get("subtitle", "")[:255],
            "author": ", ".join(context["organisation"])[:255],
            "created": datetime(made.year, made.month, made.day),
        })

    def bytes(self) -> bytes:
        """The finished file."""
        self.book.close()
        return self.out.getvalue()

    def format(self, **looks):
        """The format with these looks, made once."""
        key = tuple(sorted(looks.items()))
        if key not in self.formats:
            base = {"font_name": FACE, "font_size": SIZE, "valign": "top", "text_wrap": True}
            self.formats[key] = self.book.add_format({**base, **looks})
        return self.formats[key]

    def put(self, sheet, row: int, column: int, value, **looks) -> None:
        """One cell by the kind of its value; nothing for None."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, self.format(**looks))
        elif isinstance(value, Percent):
            sheet.write_number(row, column, value / 100, self.format(num_format="0%", **looks))
        elif isinstance(value, int | float):
            form = "#,##0" if float(value).is_integer() else "#,##0.##"
            sheet.write_number(row, column, value, self.format(num_format=form, **looks))
        elif isinstance(value, Day):
            sheet.write_datetime(row, column, value.moment, self.format(num_format="dd.mm.yyyy", **looks))
        else:
            self._text(sheet, row, column, str(value), looks)

    def _text(self, sheet, row, column, text: str, looks: dict) -> None:
        if len(text) > LONGEST:
            # Excel would drop the whole cell; so it holds what fits and says how much there is.
            tail = self.words["cut"].format(n=number(len(text), self.lang))
            text = text[: LONGEST - len(tail)] + tail
        if text[0] in RISKY:
            # Excel's own mark for «this is text»: it stays text even when somebody edits the cell.
            looks = {**looks, "quote_prefix": True}
        sheet.write_string(row, column, text, self.format(**looks))

    def sheet_of(self, name: str, columns: list[tuple[str, float]], rows: list[list], frozen: int, total: list | None = None) -> None:
        """A sheet with a header row, filter buttons, and the first columns standing still. total: a last row, outside of the filter."""
        sheet = self.book.add_worksheet(name)
        if len(rows) >= _ROWS:
            raise ValueError(f"The sheet «{name}» would have {len(rows)} rows; Excel holds {_ROWS - 1}.")
        for column, (header, width) in enumerate(columns):
            sheet.set_column(column, column, width, self.format())
            self.put(sheet, 0, column, header, bold=True, bg_color="#E9EEF4", bottom=1, valign="bottom")
        sheet.set_row(0, height([header for header, _ in columns], columns))
        plain = self.format()
        for place, row in enumerate(rows, 1):
            sheet.set_row(place, height(row, columns))
            for column, value in enumerate(row):
                if type(value) is str and value and value[0] not in RISKY and len(value) <= LONGEST:
                    sheet.write_string(place, column, value, plain)  # nearly all cells: the long way is twice as slow
                elif value is not None and value != "":
                    tone = value.tone if isinstance(value, Status) else ""
                    looks = {"bg_color": charts.tone(tone)[1], "font_color": charts.tone(tone)[0]} if tone else {}
                    self.put(sheet, place, column, value, **looks)
        for column, value in enumerate(total or []):
            self.put(sheet, len(rows) + 1, column, value, bold=True, top=1)
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        sheet.freeze_panes(1, frozen)
        sheet.set_landscape()
        sheet.set_paper(8)
        sheet.repeat_rows(0)
        # Thirty columns on one page could not be read.
        sheet.fit_to_pages(1 + (sum(width for _, width in columns) > 300), 0)
        sheet.set_footer("&R&P / &N")
        sheet.set_header("&L" + self.running.replace("&", "&&")[:200])


def height(row: list, columns: list[tuple[str, float]]) -> float:
    """Points for the tallest cell: Excel would find that by itself, other programs and previews do not."""
    most = 1
    for value, (_, width) in zip(row, columns, strict=False):
        if isinstance(value, str) and len(value) > width * 0.6:
            room = width * 5.4  # a column width counts digits; in points
            most = max(most, sum(1 + int(1.12 * fonts.text_width(line[:4000], SIZE) / room)
                                 for line in value[:20000].split("\n")))
    return min(15.0 * most, HIGHEST_ROW)


class Day:
    """A day for a date cell."""

    def __init__(self, moment: datetime):
        self.moment = moment


class Status(str):
    """A status label that carries its tone."""

    def __new__(cls, label: str, tone: str):
        made = super().__new__(cls, label)
        made.tone = tone
        return made


def moment_of(value):
    """An ISO text as a date cell; what is no date, or too old for Excel's calendar, stays text."""
    try:
        found = as_date(value)
    except ValueError:
        return value
    if found is None:
        return None
    return Day(datetime(found.year, found.month, found.day)) if found.year >= 1900 else day(found)
