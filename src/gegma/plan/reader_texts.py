"""The sentences of the plan readers by code, so that they are translated: {code: English with %(parameter)s}.

The readers run in a child process without Django and speak English; the pages say the same by code (reader_words.py). One
code may be emitted at several places: its sentence uses only what all of them give.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

TEXTS: dict[str, str] = {
    # What a reader was not sure of, or did not place.
    "activity_numbers": gettext_noop(
        "Activities are numbered anew in each section: %(old)s became %(new)s, the others likewise."
    ),
    "beside_heading": gettext_noop("A heading has text beside it, which was not placed: %(text)s"),
    "bodies_comma": gettext_noop("Bodies between commas were left as one, since the commas may belong to the name: %(text)s"),
    "clauses": gettext_noop("Statements side by side were read as indicators of their own: %(text)s"),
    "code_elsewhere": gettext_noop("The number of activity %(code)s names another section than the one under which it stands."),
    "code_twice": gettext_noop("The number %(code)s is used by two activities."),
    "code_zero": gettext_noop("The number %(old)s was read as %(new)s: a spreadsheet had dropped its last zero."),
    "column_unknown": gettext_noop("The column «%(header)s» was not recognised; it is kept under its own header."),
    "deadline_in_text": gettext_noop("No column holds deadlines; those in brackets in the texts of the activities were taken."),
    "empty_section": gettext_noop("The heading %(code)s has nothing under it; perhaps it is an activity: %(text)s"),
    "footnote": gettext_noop("A footnote was kept aside: %(text)s"),
    "label_order": gettext_noop("The mark %(a)s) does not follow %(b)s): %(text)s"),
    "line_after_label": gettext_noop("A line without a mark was read as part of %(label)s): %(text)s"),
    "no_activities": gettext_noop("The tables hold no activity."),
    "no_activity": gettext_noop("A row without an activity was not placed: %(text)s"),
    "no_activity_column": gettext_noop("No column was recognised as the activity; name it. The row was not placed: %(text)s"),
    "no_header": gettext_noop("A row above any recognised header was not placed: %(text)s"),
    "no_header_found": gettext_noop("No header was recognised: name the columns."),
    "no_result": gettext_noop("An indicator without a result was not placed: %(text)s"),
    "no_table": gettext_noop("The document has no table with filled cells: no activity could be read."),
    "no_text": gettext_noop("Activity %(code)s has no text."),
    "not_placed": gettext_noop("A cell was not placed: %(text)s"),
    "note_row": gettext_noop("A footnote row was kept aside: %(text)s"),
    "numbered_parts": gettext_noop("Numbered lines were read as parts of the indicator before them: %(text)s"),
    "result_indicators": gettext_noop(
        "Indicators that belong to results, not to activities: %(n)s. They were kept with their sections."
    ),
    "section_number": gettext_noop("The number %(old)s is used twice; this section was given %(new)s."),
    "text_outside": gettext_noop("Text outside every table was not placed: %(text)s"),
    "total_row": gettext_noop("A row of totals was not read as an activity: %(text)s"),
    "two_counts": gettext_noop("One indicator names several counts; it was left whole: %(text)s"),
    "unlettered": gettext_noop("Lines without a mark were read as indicators of their own: %(text)s"),
    "unruled": gettext_noop("The table has no lines: its cells were told apart by where the words stand; check them."),
    "year_guessed": gettext_noop("No heading names the year; %(year)s was taken, which the deadlines name most often."),
    "years": gettext_noop("The title names several years; the first was taken."),
    # What a plan leaves open, as far as its file can tell.
    "no_deadline": gettext_noop("Activity %(code)s has no deadline."),
    "no_denominator": gettext_noop("An indicator of %(code)s is a percentage, but does not say of what."),
    "no_indicator": gettext_noop("Activity %(code)s has no indicator."),
    "no_owner": gettext_noop("Activity %(code)s has no responsible body."),
    "no_owner_column": gettext_noop("No column says who is responsible for an activity."),
    # Why a file is not read.
    "binary": gettext_noop("The file is not text: it holds bytes that no letter has."),
    "crashed": gettext_noop("The document could not be read: its reader stopped. It is damaged or hostile."),
    "csv": gettext_noop("The table in the file is damaged."),
    "empty": gettext_noop("The file is empty: it holds no text and no filled cell."),
    "encoding": gettext_noop("The text is in an encoding that is not known (byte %(byte)s); save it as UTF-8."),
    "encrypted": gettext_noop("The document is protected by a password; save it without one."),
    "html_broken": gettext_noop("The web page is damaged and cannot be read."),
    "line_too_long": gettext_noop("Line %(line)s is too long: this is not a plan."),
    "macros": gettext_noop("The document holds macros (programs) or may hold them; save it as .docx or .xlsx without them."),
    "missing": gettext_noop("The file is not there."),
    "no_letters": gettext_noop("The PDF's font does not say which letters its signs are; use the Word file."),
    "not_document": gettext_noop("The file is a zip archive, but neither a Word nor an Excel document."),
    "not_word": gettext_noop("The file is no Word document: it has no text part."),
    "old_office": gettext_noop("The document is in an old Office format (.doc, .xls) or encrypted; save it as .docx or .xlsx."),
    "opendocument": gettext_noop("This is an OpenDocument file; save it as .docx or .xlsx."),
    "pdf_broken": gettext_noop("The PDF is damaged or cut short and cannot be read."),
    "picture": gettext_noop("This is a picture or a medium (%(kind)s), not a document."),
    "rtf": gettext_noop("This is an RTF document; open it in Word and save it as .docx."),
    "scan": gettext_noop("The PDF holds pictures of pages, no text; recognise its text first, or use the Word file."),
    "strict_xlsx": gettext_noop("The workbook is in the strict form; save it as an ordinary Excel workbook (.xlsx)."),
    "too_big": gettext_noop("The document holds more than is read at once; split it."),
    "too_deep": gettext_noop("The document is nested too deeply to be read."),
    "too_large": gettext_noop("The file holds more pages, rows, cells or text than a plan: it is not read."),
    "too_slow": gettext_noop("Reading the document took too long; split it or save it anew."),
    "too_wide": gettext_noop("A table has more columns than a plan: it is not read."),
    "unreadable": gettext_noop("The file cannot be read from the disk."),
    "xlsb": gettext_noop("This is a binary Excel workbook; save it as .xlsx."),
    "xml_broken": gettext_noop("A part of the document is damaged; open it in Word or Excel and save it anew."),
    "xml_dtd": gettext_noop("The part %(name)s declares entities, which an office document never does."),
    "zip_broken": gettext_noop("The file is damaged or cut short."),
    "zip_duplicate": gettext_noop("Two parts of the file have the same name: %(name)s."),
    "zip_encrypted": gettext_noop("The part %(name)s is encrypted; save the file without a password."),
    "zip_members": gettext_noop("The file holds too many parts: %(n)s."),
    "zip_method": gettext_noop("The part %(name)s is packed in a way that is not read."),
    "zip_name": gettext_noop("A part of the file has a name that leads outside it: %(name)s."),
    "zip_overlap": gettext_noop("Parts of the file lie over one another (%(name)s)."),
    "zip_ratio": gettext_noop("The part %(name)s unpacks to far more than its size: it is not read."),
    "zip_size": gettext_noop("The file unpacks to more than is read at once (%(name)s)."),
    "zip_symlink": gettext_noop("The part %(name)s is a link, not a file."),
}

# The places in a file, by the first word of what blocks.Place.text() says.
PLACES: dict[str, str] = {
    "sheet": gettext_noop("sheet «%(which)s»"),
    "page": gettext_noop("page %(which)s"),
    "table": gettext_noop("table %(which)s"),
    "row": gettext_noop("row %(which)s"),
    "line": gettext_noop("line %(which)s"),
    "footnote": gettext_noop("footnote %(which)s"),
}
WHOLES: dict[str, str] = {
    "title": gettext_noop("title"),
    "the plan": gettext_noop("the plan"),
    "the document": gettext_noop("the document"),
}
_LAST = re.compile(r"(?:^|, )(page|table|row|line|footnote) (\d+)$")


def say_place(where: str) -> str:
    """A place as the readers name it (`sheet X, row 9`; `page 3, row 5`) in the language of the page; what is no place stays."""
    said: list[str] = []
    rest, in_sheet = where, where.startswith("sheet ")
    while match := _LAST.search(rest):
        said.insert(0, _(PLACES[match[1]]) % {"which": match[2]})
        rest = rest[: match.start()]
        if in_sheet:  # only a row follows the name of a sheet, which may itself end like a place
            break
    if in_sheet:
        said.insert(0, _(PLACES["sheet"]) % {"which": rest.removeprefix("sheet ")})
    elif rest:
        said.insert(0, _(WHOLES[rest]) if rest in WHOLES else rest)
    return ", ".join(said)
