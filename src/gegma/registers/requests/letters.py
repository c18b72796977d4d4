"""The letter that asks for an answer: drafted from its template, made into a Word file."""

from __future__ import annotations

import functools
import io
import re
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.utils import translation
from django.utils.translation import gettext as _

from gegma.kernel import dates, fonts
from gegma.kernel.text import pick

from .models import OPEN, Direction, Reminder, Request

LANGUAGES = ("ka", "en")
# What no XML file may hold; a person who pastes text may bring it along.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")


@dataclass(frozen=True)
class Draft:
    """A letter before it is sent."""

    language: str
    addressee: str
    subject: str
    text: str


@functools.cache
def _templates() -> dict:
    return yaml.safe_load((Path(__file__).parent / "letters.yaml").read_text(encoding="utf-8"))


def refuses(record: Request) -> str:
    """Why nobody can be reminded of this request now, or nothing."""
    if record.state not in OPEN:
        return _("This request is settled: there is nothing to ask for.")
    if record.direction == Direction.OUTGOING and not record.sent_on:
        return _("This request has not been sent abroad yet: there is nobody to remind.")
    if record.direction == Direction.INCOMING and record.unit_id is None:
        return _("No unit executes this request yet: forward it to one first.")
    return ""


def usual_language(record: Request) -> str:
    """Georgian within the Ministry, English abroad."""
    return "ka" if record.direction == Direction.INCOMING else "en"


def draft(record: Request, language: str, times: int) -> Draft:
    """The letter in one of the languages. times: which reminder it is."""
    words = _templates()["unit" if record.direction == Direction.INCOMING else "abroad"][language]
    with translation.override(language):
        facts = _facts(record, times)
        addressee = _addressee(record)
    late = record.due_on is not None and record.due_on < dates.today()
    lines = ["number", *(["their"] if record.their_number else []), "country", "date", "topic"]
    due = "late" if late else "waiting" if record.due_on else ""
    paragraphs = [
        words["opening"],
        "\n".join(words[line] for line in lines),
        " ".join(words[part] for part in (due, "again" if times > 1 else "") if part),
        words["closing"],
    ]
    text = "\n\n".join(part for part in paragraphs if part)
    # one pass over the template's own words: a subject that holds braces is not read as a template
    return Draft(language, addressee, _filled(words["subject"], facts), _filled(text, facts))


def _filled(text: str, facts: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: facts.get(found[1], found[0]), text)


def _facts(record: Request, times: int) -> dict[str, str]:
    day = record.received_on if record.direction == Direction.INCOMING else record.sent_on
    return {
        "number": record.our_number or f"RQ-{record.pk}",
        "their": record.their_number,
        "country": pick(record.country, "title"),
        "date": f"{day or record.registered_on:%d.%m.%Y}",
        "topic": pick(record, "title"),
        "due": f"{record.due_on:%d.%m.%Y}" if record.due_on else "",
        "days": str(max(0, (dates.today() - record.due_on).days)) if record.due_on else "",
        "times": str(times),
    }


def _addressee(record: Request) -> str:
    if record.direction == Direction.INCOMING:
        return pick(record.unit, "title")
    return pick(record.organisation, "title") if record.organisation else pick(record.country, "title")


def clean(text: str) -> str:
    """The text without signs that no letter can hold, its line ends as one."""
    return UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def as_word(reminder: Reminder) -> io.BytesIO:
    """The letter as a Word file."""
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    made = Document()
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(25)
    style = made.styles["Normal"]
    style.font.name, style.font.size = fonts.FALLBACKS[0], Pt(11)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        style.element.rPr.rFonts.set(qn(f"w:{script}"), fonts.FALLBACKS[0])
    for language in style.element.getroottree().getroot().iter(qn("w:lang")):
        language.set(qn("w:val"), {"ka": "ka-GE", "en": "en-GB"}[reminder.language])
    style.paragraph_format.space_after = Pt(8)
    with translation.override(reminder.language):
        made.add_paragraph(f"{reminder.sent_on:%d.%m.%Y}")
        to = made.add_paragraph(_("To: %(addressee)s") % {"addressee": clean(reminder.addressee)})
    to.paragraph_format.space_after = Pt(18)
    made.add_paragraph().add_run(clean(reminder.subject)).bold = True
    for part in clean(reminder.text).split("\n\n"):
        made.add_paragraph(part)
    about = made.core_properties
    about.author, about.title, about.comments, about.language = "", clean(reminder.subject)[:250], "", reminder.language
    file = io.BytesIO()
    made.save(file)
    file.seek(0)
    return file
