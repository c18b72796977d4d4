"""What is wrong with a template, in the language of the page: by code, with the place in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gegma.kernel.sandbox import Refused
from gegma.plan import reader_words

TEXTS: dict[str, str] = {
    "template_size": gettext_noop("The template is larger than %(limit)s MB: make its pictures smaller."),
    "template_kind": gettext_noop("A template is a Word document: save the file as .docx."),
    "template_dotx": gettext_noop("This is a Word template (.dotx): save it as a Word document (.docx)."),
    "template_embedded": gettext_noop("The template holds %(what)s (%(name)s), which may run programs: take it out."),
    "template_external": gettext_noop("The template fetches something from outside (%(what)s: %(target)s): put it into the document or take it out."),
    "template_picture": gettext_noop("The drawing %(name)s can run a script: put it in as a picture (PNG)."),
    "template_picture_kind": gettext_noop("The picture %(name)s is not one that can be read: save it as PNG or JPEG."),
    "template_picture_size": gettext_noop("The picture %(name)s is too large: at most %(limit)s MB and 40 million dots."),
    "template_field": gettext_noop("The field %(field)s (%(name)s) is not allowed: it fetches or runs something. Take it out."),
    "tag_open": gettext_noop("A tag is begun and not closed: «%(tag)s»."),
    "tag_close": gettext_noop("A tag is closed that was not begun: «%(tag)s»."),
    "tag_unknown": gettext_noop("«%(word)s» is no tag that a template may use (%(tag)s). These are: for, endfor, if, elif, else, endif."),
    "tag_syntax": gettext_noop("The tag «%(tag)s» cannot be understood (%(why)s)."),
    "tag_outside_table": gettext_noop("«%(tag)s» makes rows or cells of a table, but stands outside of every table."),
    "tag_not_alone": gettext_noop("«%(tag)s» must stand alone in its paragraph."),
    "tag_not_closed": gettext_noop("«%(tag)s» is not closed: its «%(word)s» is missing."),
    "tag_not_opened": gettext_noop("«%(tag)s» ends or continues what was not begun."),
    "tag_apart": gettext_noop("«%(tag)s» stands elsewhere than its beginning «%(opened)s». Write both in one paragraph, or both with p in paragraphs of their own, or with tr in rows of one table."),
    "tag_forbidden": gettext_noop("A tag does what a template may not do (%(what)s): only fields, loops over lists and conditions are allowed."),
    "tag_hidden": gettext_noop("A tag stands where none may stand: in a link, in a field or in an alternative text."),
    "filter_unknown": gettext_noop("«%(name)s» is not among what a template may use: %(known)s."),
    "loop_deep": gettext_noop("Loops stand in one another too deeply: at most %(n)s."),
    "loop_odd": gettext_noop("A loop is written as «for one in list», with one name and one list."),
    "loop_no_list": gettext_noop("«%(name)s» is no list: there is nothing to loop over."),
    "field_not_text": gettext_noop("«%(name)s» is a list or a group, no text: loop over it, or name one of its fields."),
    "field_near": gettext_noop("There is no field «%(name)s». Perhaps «%(near)s» is meant."),
    "field_unknown": gettext_noop("There is no field «%(name)s». Here stand: %(known)s."),
    "field_missing": gettext_noop("The field «%(name)s» has no value in this report."),
    "made_too_large": gettext_noop("What the template makes is larger than %(limit)s MB: its loops repeat too much."),
    "made_broken": gettext_noop("The tags tear the document apart: a loop or condition begins in one place and ends in another."),
    "too_slow": gettext_noop("Filling in the template took too long: its loops repeat too much."),
    "too_big": gettext_noop("Filling in the template took too much memory: its loops repeat too much."),
    "crashed": gettext_noop("The template could not be filled in: the file is damaged, or its tags are."),
    "too_deep": gettext_noop("The template is nested too deeply."),
}
# What a file brings along, as package.py names it.
BROUGHT = (
    gettext_noop("an embedded object"), gettext_noop("an embedded file"), gettext_noop("another document to be put in"), gettext_noop("another document"),
    gettext_noop("a control"), gettext_noop("a toolbar"), gettext_noop("macros"),
)  # fmt: skip
NOTES = {"attached_template": gettext_noop("The document was once begun from another template, which Word would fetch. That is left out of what is made.")}
PARTS = {"text": gettext_noop("text"), "header": gettext_noop("header of the pages"), "footer": gettext_noop("footer of the pages")}


def say(refused: Refused) -> str:
    """Why a file was refused."""
    return told(refused.code, refused.params) or reader_words.say(refused)


def told(code: str, params: dict[str, Any]) -> str:
    """The sentence for a code; nothing where it is not ours."""
    params = {**params, "what": _(params["what"])} if params.get("what") in BROUGHT else params
    try:
        return _(TEXTS[code]) % params if code in TEXTS else ""
    except (KeyError, TypeError, ValueError):
        return ""


def where(place: dict[str, Any]) -> str:
    """A place in words: table 2, row 3, cell 1."""
    if not place:
        return ""
    part = _(PARTS.get(place.get("part", "text"), "text"))
    if "table" in place:
        spot = _("table %(table)s, row %(row)s, cell %(cell)s") % place
    elif "paragraph" in place:
        spot = _("paragraph %(paragraph)s") % place
    else:
        return part
    return spot if place.get("part") == "text" else f"{part}, {spot}"


def note(code: str) -> str:
    """A remark that keeps nothing from being used."""
    return _(NOTES[code]) if code in NOTES else code
