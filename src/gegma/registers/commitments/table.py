"""A list of commitments as it comes: where its headings stand and what each of its columns holds."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from hashlib import sha256

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from gegma.kernel import sheet
from gegma.kernel.text import fold

from .models import Commitment

# The headings are looked for in so many rows from the top: published lists begin with a title.
HEAD_WITHIN = 12
MEANINGS = {
    "paragraph": gettext_lazy("paragraph"), "title": gettext_lazy("title"), "title_en": gettext_lazy("title (English)"),
    "text": gettext_lazy("text"), "text_en": gettext_lazy("text (English)"), "theme": gettext_lazy("theme"),
    "lead_unit": gettext_lazy("lead unit"), "partners": gettext_lazy("partner bodies"), "due_on": gettext_lazy("due on"),
}  # fmt: skip
WORDS = {
    "paragraph": (
        "paragraph", "para", "§", "no", "n", "#", "№", "number", "article", "item", "code", "recommendation number", "rec no",
        "პარაგრაფი", "პუნქტი", "ნომერი", "მუხლი", "კოდი", "რეკომენდაციის ნომერი", "რიგითი ნომერი",
    ),
    "title": ("title", "short title", "name", "სათაური", "დასახელება", "მოკლე სათაური"),
    "title_en": ("title (english)", "title, english", "title en", "english title", "სათაური (ინგლისურად)", "სათაური ინგლისურად", "სათაური (ინგლისური)"),
    "text": (
        "text", "full text", "wording", "recommendation", "recommendations", "text of the recommendation", "commitment", "obligation", "activity",
        "planned activity", "goal", "partnership goal", "ტექსტი", "სრული ტექსტი", "რეკომენდაცია", "რეკომენდაციები", "რეკომენდაციის ტექსტი", "ვალდებულება",
        "აქტივობა", "საქმიანობა", "დაგეგმილი აქტივობა", "მიზანი", "პარტნიორობის მიზანი",
    ),
    "text_en": ("text (english)", "english text", "english", "text en", "ტექსტი (ინგლისურად)", "ტექსტი ინგლისურად", "ტექსტი (ინგლისური)", "ინგლისური ტექსტი"),
    "theme": ("theme", "topic", "subject", "area", "თემა", "თემატიკა", "სფერო"),
    "lead_unit": (
        "lead", "lead unit", "lead body", "responsible", "responsible unit", "responsible body", "unit", "წამყვანი", "წამყვანი დანაყოფი", "წამყვანი ერთეული",
        "პასუხისმგებელი", "პასუხისმგებელი დანაყოფი", "პასუხისმგებელი ერთეული", "პასუხისმგებელი უწყება", "სტრუქტურული ერთეული", "დანაყოფი", "შემსრულებელი",
    ),
    "partners": (
        "partners", "partner", "partner body", "partner bodies", "other bodies", "პარტნიორი", "პარტნიორები", "პარტნიორი უწყება", "პარტნიორი უწყებები",
        "სხვა უწყება", "სხვა უწყებები",
    ),
    "due_on": ("due", "due on", "due date", "deadline", "term", "ვადა", "ვადები", "შესრულების ვადა", "შესრულების თარიღი"),
}  # fmt: skip


@dataclass
class Column:
    """One column: its letter as in a spreadsheet, its heading, what it holds (nothing: it is not read), and its first value."""

    index: int
    heading: str
    meaning: str = ""
    example: str = ""

    @property
    def letter(self) -> str:
        """A, B, …, Z, AA."""
        first, last = divmod(self.index, 26)
        return (chr(64 + first) if first else "") + chr(65 + last)

    @property
    def name(self) -> str:
        """How a person finds it."""
        return f"{self.letter} «{self.heading}»" if self.heading else self.letter


@dataclass
class Table:
    """The list: its columns, and its rows with the numbers under which they stand."""

    columns: list[Column] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    headed: bool = False

    @property
    def mark(self) -> str:
        """Changes with the columns: what a person said of them holds only for the same ones."""
        return sha256("\t".join(column.heading for column in self.columns).encode()).hexdigest()[:16]

    def at(self, meaning: str) -> Column | None:
        """The column that holds this."""
        return next((column for column in self.columns if column.meaning == meaning), None)


def read(text: str) -> Table:
    """The list in a text, pasted or read from a file. Raises ValueError with a sentence for what cannot be read."""
    try:
        lines = _lines(text)
    except csv.Error as error:
        raise ValueError(_("The list cannot be read: %(why)s") % {"why": error})
    filled = [(number, row) for number, row in enumerate(lines, 1) if any(row)]
    if not filled:
        return Table()
    words = _known()
    head = max(filled[:HEAD_WITHIN], key=lambda line: len(_headings(line[1], words)))
    headed = bool(_headings(head[1], words))
    rows = [line for line in filled if line[0] > head[0]] if headed else filled
    width = max(len(row) for _number, row in filled)
    columns = [Column(i, head[1][i][:80] if headed and i < len(head[1]) else "") for i in range(width)]
    for column in columns:
        column.example = next((row[column.index] for _number, row in rows if column.index < len(row) and row[column.index]), "")
    columns = [column for column in columns if column.heading or column.example]
    meant = _headings(head[1], words) if headed else _guess(rows)
    for column in columns:
        column.meaning = meant.get(column.index, "")
    return Table(columns, rows, headed)


def _lines(text: str) -> list[list[str]]:
    """The cells: between tabs where there are any, else between the marks that make the most headings known."""
    if "\t" in text:
        return sheet.split(text, "\t")
    words, found = _known(), []
    for mark in (";", ","):
        lines = sheet.split(text, mark)
        known = max((len(_headings(row, words)) for row in lines[:HEAD_WITHIN]), default=0)
        found.append((known, lines))
    known, lines = max(found, key=lambda pair: pair[0])
    return lines if known > 1 else [[" ".join(line.split())] for line in text.splitlines()]


def _known() -> dict[str, str]:
    """Heading → meaning, in both languages; the names of our own columns among them, so that an exported list can be read again."""
    found = {}
    for language in ("ka", "en"):
        with override(language):
            for meaning in MEANINGS:
                column = Commitment._meta.get_field(meaning if meaning in {"paragraph", "theme", "lead_unit", "partners", "due_on"} else _column(meaning))
                found[fold(str(column.verbose_name))] = meaning
    return found | {fold(word): meaning for meaning, words in WORDS.items() for word in words}


def _column(meaning: str) -> str:
    return meaning if meaning.endswith("_en") else f"{meaning}_ka"


def _headings(row: list[str], words: dict[str, str]) -> dict[int, str]:
    """Place → meaning of the headings in a row; the first column of a meaning is the one."""
    found: dict[int, str] = {}
    for index, cell in enumerate(row):
        meaning = words.get(fold(cell).rstrip(":.")) or words.get(fold(cell))
        if meaning and meaning not in found.values():
            found[index] = meaning
    return found


def _guess(rows: list[tuple[int, list[str]]]) -> dict[int, str]:
    """Without headings: the column with the most letters is the text, and one of short numbers before it the paragraph."""
    width = max(len(row) for _number, row in rows)
    sizes = [sum(len(row[i]) for _number, row in rows if i < len(row)) for i in range(width)]
    text = sizes.index(max(sizes))
    found = {text: "text"}
    first = [row[0] for _number, row in rows if row and row[0]]
    if text > 0 and first and all(len(cell) <= 20 and any(c.isdecimal() for c in cell) for cell in first):
        found[0] = "paragraph"
    return found
