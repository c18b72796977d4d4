"""A list as a workbook or as comma-separated text: the rows and columns seen, in the order seen."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterator
from decimal import Decimal

import xlsxwriter
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from gegma.kernel import dates, numbers
from gegma.kernel.text import language

from .fields import Field
from .tables import Listing

CHUNK = 500
XLSX_ROWS = 1_048_575
# A cell that begins so is a formula to a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")
CELL_MAX = 32_767


def file_name(listing: Listing, form: str) -> str:
    """meetings-2026-11-23.xlsx."""
    return f"{listing.spec.key}-{dates.today():%Y-%m-%d}.{form}"


def header(listing: Listing) -> list[str]:
    """The heads of the columns: the number, then those seen."""
    return [_("number"), *(str(c.label) for c in listing.columns)]


def rows(listing: Listing) -> Iterator[list]:
    """Each row: the number, then values as a spreadsheet should have them."""
    for record in listing.rows.iterator(chunk_size=CHUNK):
        yield [listing.spec.number(record), *(_value(c, record, listing.user) for c in listing.columns)]


def _value(bound: Field, record, user):
    if bound.kind in {"integer", "decimal", "date", "datetime"} and not bound.many:
        return bound.value(record, user)
    return bound.text(record, user)


def as_csv(listing: Listing) -> Iterator[str]:
    """The list as comma-separated text, line by line, with a byte order mark for Excel."""
    yield "\ufeff"
    line = io.StringIO()
    writer = csv.writer(line)
    for values in _all_rows(listing):
        writer.writerow([_csv_word(v) for v in values])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _all_rows(listing: Listing) -> Iterator[list]:
    yield header(listing)
    yield from rows(listing)


def _csv_word(value) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    return "'" + value if value.startswith(FORMULA_STARTS) else value


def as_xlsx(listing: Listing, address: str) -> tempfile.SpooledTemporaryFile:
    """The list as a workbook: a sheet of the rows and a sheet that says what they are. The caller closes the file."""
    target = tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115
    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": listing.spec.title, "subject": listing.sentence()[:250]})
    sheet = book.add_worksheet(_sheet_name(listing.spec.title))
    count = _fill(book, sheet, listing)
    _about(book, listing, address, count)
    book.close()
    target.seek(0)
    return target


def _fill(book, sheet, listing: Listing) -> int:
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E9EDF2"})
    day = book.add_format({"num_format": "dd.mm.yyyy", "valign": "top", "align": "left"})
    moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm", "valign": "top", "align": "left"})
    number = book.add_format({"num_format": "#,##0.##", "valign": "top"})
    whole = book.add_format({"num_format": "#,##0", "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 11)
    for index, bound in enumerate(listing.columns, 1):
        sheet.set_column(index, index, WIDTHS.get(bound.kind, 26) if bound.name != "title" else 52)
    for index, words in enumerate(header(listing)):
        sheet.write_string(0, index, words, bold)
    sheet.freeze_panes(1, 1)
    line = 0
    for line, values in enumerate(rows(listing), 1):
        if line > XLSX_ROWS:
            raise ValueError("more rows than a sheet can hold")
        for index, value in enumerate(values):
            if value is None or value == "":
                continue
            if isinstance(value, dt.datetime):
                sheet.write_datetime(line, index, timezone.localtime(value).replace(tzinfo=None), moment)
            elif isinstance(value, dt.date) and value.year >= 1900:
                sheet.write_datetime(line, index, dt.datetime(value.year, value.month, value.day), day)
            elif isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
                sheet.write_number(line, index, value, whole if value == int(value) else number)
            else:
                sheet.write_string(line, index, str(value)[:CELL_MAX], text)
    sheet.autofilter(0, 0, line, len(listing.columns))
    return line


WIDTHS = {"date": 12, "datetime": 17, "integer": 11, "decimal": 14, "bool": 9, "long": 52, "state": 16}


def _sheet_name(title: str) -> str:
    return "".join(c for c in title if c not in "[]:*?/\\")[:31] or "1"


def _about(book, listing: Listing, address: str, count: int) -> None:
    sheet = book.add_worksheet(_("About"))
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    bold, text = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
    facts = [
        (_("register"), listing.spec.title),
        (_("shown"), listing.sentence()),
        (_("records"), numbers.number(count, language())),
        (_("exported by"), str(listing.user)),
        (_("on"), f"{timezone.localtime():%d.%m.%Y %H:%M}"),
        (_("address"), settings.ADDRESS + address),
    ]
    for line, (label, value) in enumerate(facts):
        sheet.write_string(line, 0, label, bold)
        sheet.write_string(line, 1, str(value), text)
