"""Many people into a training at once: a list as it comes from Excel is read, checked row by row, and written as one step."""

from __future__ import annotations

import difflib
from collections import defaultdict
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from gegma.engine import registry, write
from gegma.kernel import sheet
from gegma.kernel.text import fold
from gegma.registers.directory.models import Person, Sex, Unit

from .models import EventState, Participation, ParticipationState, Training

ROWS_MAX = 500
# How alike two names must be for the second to be offered: one or two letters of a usual name.
ALIKE = 0.84

HEADS = {
    "name": {"name", "full name", "person", "participant", "სახელი და გვარი", "სახელი, გვარი", "სახელი გვარი", "გვარი, სახელი", "გვარი და სახელი", "მონაწილე", "პირი", "სახელი/გვარი"},
    "first": {"first name", "given name", "სახელი"},
    "last": {"last name", "surname", "family name", "გვარი"},
    "unit": {"unit", "department", "division", "დანაყოფი", "ქვედანაყოფი", "სტრუქტურული ერთეული", "დეპარტამენტი", "სამმართველო", "განყოფილება"},
    "sex": {"sex", "gender", "სქესი"},
    "position": {"position", "post", "job", "თანამდებობა", "პოზიცია"},
    "state": {"state", "status", "result", "მდგომარეობა", "სტატუსი", "შედეგი"},
    "number": {"#", "no", "no.", "n", "№", "ნომერი", "რიგითი ნომერი"},
}  # fmt: skip
SEXES = {
    "f": Sex.FEMALE, "female": Sex.FEMALE, "woman": Sex.FEMALE, "ქ": Sex.FEMALE, "ქალი": Sex.FEMALE, "მდ": Sex.FEMALE, "მდედრობითი": Sex.FEMALE,
    "m": Sex.MALE, "male": Sex.MALE, "man": Sex.MALE, "კ": Sex.MALE, "კაცი": Sex.MALE, "მამრ": Sex.MALE, "მამრობითი": Sex.MALE,
}  # fmt: skip
ORDER = ["name", "unit", "sex", "position", "state"]


@dataclass
class Row:
    """One line of the list, checked. status: new, found, choose or problem."""

    number: int
    name: str = ""
    unit_text: str = ""
    sex_text: str = ""
    position: str = ""
    state_text: str = ""
    unit: Unit | None = None
    sex: str = ""
    state: str = ""
    status: str = "new"
    problems: list[str] = field(default_factory=list)
    candidates: list[Person] = field(default_factory=list)

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return {"new": "going", "found": "done", "choose": "soon", "problem": "late"}[self.status]

    @property
    def word(self) -> str:
        """What its badge says."""
        return {"new": _("new person"), "found": _("found"), "choose": _("which one?"), "problem": _("to be mended")}[self.status]


# -- reading -------------------------------------------------------------------------------------------------------


def cells(text: str) -> list[list[str]]:
    """The rows of a pasted or comma-separated text; the mark between cells is found out."""
    return sheet.split(text, "\t" if "\t" in text else ";" if ";" in text else ",")


def _head(row: list[str]) -> dict[str, int]:
    """Column by meaning, where the row is a head; else nothing."""
    found: dict[str, int] = {}
    for index, cell in enumerate(row):
        for meaning, words in HEADS.items():
            if fold(cell).rstrip(":") in words:
                found.setdefault(meaning, index)
    return found if {"name", "last", "first"} & set(found) else {}


def read(text: str) -> list[Row]:
    """The rows of the text, not checked yet. Lines without any letter are left out; so is a head, which says what stands where."""
    table = [(number, row) for number, row in enumerate(cells(text), 1) if any(c for c in row)]
    if not table:
        return []
    head = _head(table[0][1])
    if head:
        return [made for number, row in table[1:] if (made := _by_head(number, row, head))]
    return [_by_content(number, row) for number, row in table]


def _by_head(number: int, row: list[str], head: dict[str, int]) -> Row | None:
    def at(meaning: str) -> str:
        index = head.get(meaning)
        return row[index] if index is not None and index < len(row) else ""

    name = at("name") or " ".join(filter(None, [at("first"), at("last")]))
    if not any(at(m) for m in head if m != "number"):
        return None
    return Row(number, name, at("unit"), at("sex"), at("position"), at("state"))


def _by_content(number: int, row: list[str]) -> Row:
    """Without a head: the name first (after a running number), then unit, sex, position, state; a sex or a state is known by its word."""
    rest = row[1:] if len(row) > 1 and row[0].rstrip(".").isdecimal() else list(row)
    made = Row(number, rest[0])
    left = []
    for cell in rest[1:]:
        if not made.sex_text and fold(cell).rstrip(".") in SEXES:
            made.sex_text = cell
        elif not made.state_text and cell and fold(cell) in states():
            made.state_text = cell
        else:
            left.append(cell)
    made.unit_text, made.position = [*left, "", ""][:2]
    for cell in filter(None, left[2:]):
        made.problems.append(_("«%(text)s» is not understood: put headings over the columns") % {"text": cell[:60]})
    return made


def states() -> dict[str, str]:
    """The words for the states of a participation, in both languages."""
    found = {}
    for code in ("ka", "en"):
        with override(code):
            found |= {fold(str(label)): value for value, label in ParticipationState.choices}
    return found | {value: value for value in ParticipationState.values}


# -- checking ------------------------------------------------------------------------------------------------------


class Check:
    """What is known when a list is checked: people, units, who is in the training already."""

    def __init__(self, training: Training, user):
        self.training = training
        self.people: dict[frozenset, list[Person]] = defaultdict(list)
        for person in registry.get("people").visible(user).select_related("unit", "organisation"):
            for name in {person.title_ka, person.title_en} - {""}:
                self.people[_key(name)].append(person)
        self.keys = {" ".join(sorted(key)): key for key in self.people}
        self.units = {}
        for unit in registry.get("units").visible(user):
            self.units |= {fold(w): unit for w in (unit.title_ka, unit.title_en, unit.code) if w}
        self.present = set(registry.get("participations").visible(user).filter(training=training, person__isnull=False).values_list("person_id", flat=True))
        self.words = states()

    def rows(self, text: str) -> list[Row]:
        """The rows of the text, each with what was found out about it."""
        rows = read(text)
        seen: dict[frozenset, int] = {}
        for row in rows:
            self._plain(row)
            key = _key(row.name)
            if row.name and key in seen:
                row.problems.append(_("the same name stands in row %(row)s") % {"row": seen[key]})
            seen.setdefault(key, row.number)
            self._person(row, key)
            if row.problems:
                row.status = "problem"
        return rows

    def _plain(self, row: Row) -> None:
        if not row.name:
            row.problems.append(_("the name is missing"))
        elif len(row.name) > 500 or not any(c.isalpha() for c in row.name):
            row.problems.append(_("«%(name)s» is not a name") % {"name": row.name[:60]})
        if row.sex_text:
            row.sex = SEXES.get(fold(row.sex_text).rstrip("."), "")
            if not row.sex:
                row.problems.append(_("sex: «%(text)s» is not understood; write female or male") % {"text": row.sex_text})
        if row.state_text:
            row.state = self.words.get(fold(row.state_text), "")
            if not row.state:
                known = ", ".join(str(label) for label in ParticipationState.labels)
                row.problems.append(_("state: «%(text)s» is not one of: %(known)s") % {"text": row.state_text, "known": known})
        if row.unit_text:
            row.unit = self.units.get(fold(row.unit_text))
            if row.unit is None:
                near = difflib.get_close_matches(fold(row.unit_text), self.units, 1, 0.6)
                offer = _("; is it «%(unit)s»?") % {"unit": self.units[near[0]]} if near else ""
                row.problems.append(_("there is no unit «%(text)s»%(offer)s") % {"text": row.unit_text, "offer": offer})
        row.state = row.state or (ParticipationState.COMPLETED if self.training.state == EventState.HELD else ParticipationState.REGISTERED)
        if len(row.position) > 200:
            row.problems.append(_("the position is too long"))

    def _person(self, row: Row, key: frozenset) -> None:
        exact = list(dict.fromkeys(self.people.get(key, [])))
        if len(exact) > 1 and row.unit:
            exact = [p for p in exact if p.unit_id == row.unit.pk] or exact
        if len(exact) == 1:
            row.status, row.candidates = "found", exact
        elif exact:
            row.status, row.candidates = "choose", exact
        elif row.name:
            near = difflib.get_close_matches(" ".join(sorted(key)), self.keys, 3, ALIKE)
            row.candidates = list(dict.fromkeys(p for n in near for p in self.people[self.keys[n]]))
            row.status = "choose" if row.candidates else "new"
        if row.status == "found" and row.candidates[0].pk in self.present:
            row.problems.append(_("is in this training already"))


def _key(name: str) -> frozenset:
    """A name without the order of its words: Georgian lists have the surname first as often as last."""
    return frozenset(fold(name.replace(",", " ")).split())


# -- writing -------------------------------------------------------------------------------------------------------


def add(training: Training, user, rows: list[Row], chosen: dict[int, str]) -> tuple[int, int]:
    """Write the rows: (participations, people that are new). chosen: row → «new» or the number of a person, where one was asked.

    All or nothing. Raises PermissionDenied and ValidationError.
    """
    known = {p.pk: p for row in rows for p in row.candidates}
    fresh, who = [], {}
    for row in rows:
        answer = chosen.get(row.number, "")
        if row.status == "found":
            who[row.number] = row.candidates[0]
        elif answer.isascii() and answer.isdecimal() and int(answer) in known:
            who[row.number] = known[int(answer)]
        else:
            who[row.number] = _new_person(row)
            fresh.append(who[row.number])
    with transaction.atomic():
        if fresh:
            write.create_many(registry.get("people"), user, fresh)
        made = [
            Participation(training=training, person=who[r.number], sex=r.sex or who[r.number].sex, unit=r.unit or who[r.number].unit, state=r.state)
            for r in rows
        ]
        write.create_many(registry.get("participations"), user, made)
    return len(made), len(fresh)


def _new_person(row: Row) -> Person:
    latin = row.name.isascii()
    side = "en" if latin else "ka"
    return Person(**{f"title_{side}": row.name, f"position_{side}": row.position}, unit=row.unit, sex=row.sex)
