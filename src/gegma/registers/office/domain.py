"""What office records must hold together, and what is done with a letter in one step."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from gegma.engine import registry, write

from .models import Clearance, Direction, InventoryItem, Letter, Post


def letter_problems(letter: Letter) -> dict[str, str]:
    """An answer has its day, comes after the letter and goes the other way; a day by which it is due asks for one."""
    found = {}
    if letter.organisation_id and letter.unit_id:
        found["unit"] = _("A letter comes from a unit of the Ministry or from an organisation, not from both.")
    if letter.due_on and not letter.answer_required:
        found["answer_required"] = _("A day is given by which an answer is due: tick this, or take the day away.")
    if letter.due_on and letter.registered_on and letter.due_on < letter.registered_on:
        found["due_on"] = _("The answer is due before the letter was registered.")
    if letter.answered_on and letter.registered_on and letter.answered_on < letter.registered_on:
        found["answered_on"] = _("The letter was answered before it was registered.")
    if letter.answer_id and not letter.answered_on:
        found["answered_on"] = _("Say when the letter was answered.")
    if letter.answer_id and (letter.answer_id == letter.pk or letter.answer.direction == letter.direction):
        found["answer"] = _("The answer to an incoming letter is an outgoing one, and the other way round.")
    return found


def inventory_problems(item: InventoryItem) -> dict[str, str]:
    """Something is needed, and what was provided has its day."""
    found = {}
    if item.quantity_needed == 0:
        found["quantity_needed"] = _("Say how many are needed: at least one.")
    if item.quantity_provided and not item.provided_on:
        found["provided_on"] = _("Say when it was provided.")
    return found


def kept_problems(record: Post | Clearance) -> dict[str, str]:
    """A span ends after it begins; what is restricted belongs to a unit, or nobody could read it."""
    found = {}
    if record.since and record.until and record.until < record.since:
        found["until"] = _("The end lies before the start.")
    if record.confidentiality == "restricted" and not record.owner_unit_id:
        found["owner_unit"] = _("A restricted record needs the unit that may read it.")
    return found


def post_problems(post: Post) -> dict[str, str]:
    """Days in a post are those of its holder."""
    found = kept_problems(post)
    if (post.since or post.until) and not post.holder_id:
        found["holder"] = _("Days in the post are given: say who holds it.")
    return found


def answer(user, letter: Letter, day: dt.date, version: int, number: str = "") -> Letter:
    """Mark a letter as answered. number: that of the answer, which is registered too where user sees no such letter yet.

    Raises what engine.write raises.
    """
    spec = registry.get("letters")
    way = Direction.OUT if letter.direction == Direction.IN else Direction.IN
    with transaction.atomic():
        letter.answered_on = day
        if number:
            known = spec.rows(user, {"direction": way}).filter(year=day.year, number=number).first()
            letter.answer = known or write.save(spec, user, Letter(
                direction=way, number=number, registered_on=day, organisation=letter.organisation, unit=letter.unit,
                counterpart=letter.counterpart, title_ka=letter.title_ka, title_en=letter.title_en,
                owner_unit=letter.owner_unit, officer=letter.officer, confidentiality=letter.confidentiality,
            ), m2m={"readers": list(letter.readers.all())})  # fmt: skip
        return write.save(spec, user, letter, version=version)
