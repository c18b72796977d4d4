"""A cycle of commitments from a list: each row is checked against what is there, and what the person confirms is written in one step."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from gegma.engine import codes, registry, write
from gegma.kernel import dates
from gegma.kernel.text import fold, shorten

from .models import Commitment
from .table import MEANINGS, Column, Table

ROWS_MAX = 1000
TITLE_MAX, PARAGRAPH_MAX, TEXT_MAX = 500, 60, 20_000
# What stands for a title where the list has only texts.
TITLE_FROM_TEXT = 200
THEME_LIST = "commitment-theme"
GEORGIAN = re.compile("[\u10d0-\u10ff]")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row, and in which column."""

    where: str
    why: str


@dataclass
class Row:
    """One row of the list, checked. status: new, same, changed or problem."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    partners: list | None = None
    status: str = "new"
    problems: list[Problem] = field(default_factory=list)
    existing: Commitment | None = None
    differences: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def paragraph(self) -> str:
        """Its paragraph."""
        return self.values.get("paragraph", "")

    @property
    def title(self) -> str:
        """What it is called in the list."""
        return self.values.get("title_ka") or self.values.get("title_en") or ""

    @property
    def shown(self) -> str:
        """Its whole text, or its title."""
        return self.values.get("text_ka") or self.values.get("text_en") or self.title

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return {"new": "going", "same": "done", "changed": "soon", "problem": "late"}[self.status]

    @property
    def word(self) -> str:
        """What its badge says."""
        return {"new": _("new"), "same": _("already there"), "changed": _("there, with a difference"), "problem": _("to be mended")}[self.status]


class Check:
    """What is known when a list is checked: the cycle as it is, units, organisations, themes."""

    def __init__(self, framework, cycle: str, user):
        self.cycle = cycle.strip()
        spec = registry.get("commitments")
        rows = spec.visible(user).filter(framework=framework, cycle=self.cycle).select_related("lead_unit").prefetch_related("partners")
        # A revised commitment has a successor in the same cycle under the same paragraph: of several, the open one is meant.
        kept = sorted((row for row in rows if row.paragraph), key=lambda row: (row.ended_on is None, row.pk))
        self.there = {fold(row.paragraph): row for row in kept}
        self.texts = {fold(text) for row in rows for text in (row.text_ka, row.text_en, row.title_ka, row.title_en) if text}
        self.units = _by_words(registry.get("units").visible(user), ("title_ka", "title_en", "code"))
        self.organisations = _by_words(registry.get("organisations").visible(user), ("title_ka", "title_en", "short", "code"))
        self.themes = _themes()

    def rows(self, table: Table) -> list[Row]:
        """The rows of the list, each with what was found out about it."""
        found, seen = [], {}
        columns = {column.meaning: column for column in table.columns if column.meaning}
        for number, cells in table.rows:
            given = {m: cells[c.index] for m, c in columns.items() if c.index < len(cells) and cells[c.index]}
            if not given:
                continue
            row = Row(number)
            self._fill(row, given, columns)
            self._once(row, given, columns, seen)
            if row.problems:
                row.status = "problem"
            else:
                self._compare(row, given)
            found.append(row)
        return found

    def _fill(self, row: Row, given: dict[str, str], columns: dict[str, Column]) -> None:
        for meaning, word in given.items():
            try:
                getattr(self, f"_read_{meaning}")(row, word)
            except ValueError as error:
                row.problems.append(Problem(columns[meaning].name, str(error)))
        if not (row.title or row.values.get("text_ka") or row.values.get("text_en")):
            place = columns.get("text") or columns.get("title")
            row.problems.append(Problem(place.name if place else "", _("the text is missing")))
        for language in ("ka", "en"):
            if not row.title and (text := row.values.get(f"text_{language}")):
                row.values[f"title_{language}"] = shorten(text, TITLE_FROM_TEXT)

    def _read_paragraph(self, row: Row, word: str) -> None:
        row.values["paragraph"] = _fitting(word, PARAGRAPH_MAX)

    def _read_title(self, row: Row, word: str) -> None:
        row.values["title_ka" if GEORGIAN.search(word) else "title_en"] = _fitting(word, TITLE_MAX)

    def _read_title_en(self, row: Row, word: str) -> None:
        row.values["title_en"] = _fitting(word, TITLE_MAX)

    def _read_text(self, row: Row, word: str) -> None:
        row.values["text_ka" if GEORGIAN.search(word) else "text_en"] = _fitting(word, TEXT_MAX)

    def _read_text_en(self, row: Row, word: str) -> None:
        row.values["text_en"] = _fitting(word, TEXT_MAX)

    def _read_theme(self, row: Row, word: str) -> None:
        key = self.themes.get(fold(word))
        if key is None:
            near = [k for w, k in self.themes.items() if fold(word) in w] or [self.themes[w] for w in difflib.get_close_matches(fold(word), self.themes, 3, 0.5)]
            titles = [codes.label(THEME_LIST, k) for k in dict.fromkeys(near)] or [title for _key, title in codes.choices(THEME_LIST)]
            known = ", ".join(f"«{title}»" for title in titles)
            raise ValueError(_("there is no theme «%(text)s»; there are: %(known)s") % {"text": word[:80], "known": known})
        row.values["theme"] = key

    def _read_lead_unit(self, row: Row, word: str) -> None:
        row.values["lead_unit"] = _named(word, self.units, _("there is no unit «%(text)s»%(offer)s"))

    def _read_partners(self, row: Row, word: str) -> None:
        whole = self.organisations.get(fold(word))
        names = [word] if whole else [name.strip() for name in re.split(r"[;\n]|,(?=\s)", word) if name.strip()]
        row.partners = list(dict.fromkeys(_named(name, self.organisations, _("there is no organisation «%(text)s»%(offer)s")) for name in names))

    def _read_due_on(self, row: Row, word: str) -> None:
        try:
            row.values["due_on"] = dates.parse_day(word.removesuffix(" 00:00:00"))
        except dates.AmbiguousDate:
            raise ValueError(_("«%(value)s» can be read in two ways: write day.month.year, such as 03.09.2026.") % {"value": word[:40]})
        except ValueError:
            raise ValueError(_("«%(value)s» is not a date: write day.month.year, such as 03.09.2026.") % {"value": word[:40]})

    def _once(self, row: Row, given: dict[str, str], columns: dict[str, Column], seen: dict[str, int]) -> None:
        """A paragraph stands once in a list, or it could not be found again."""
        key = fold(row.paragraph)
        if not key:
            return
        if key in seen:
            why = _("the paragraph %(paragraph)s stands in row %(row)s too: tell them apart, such as 41a and 41b")
            row.problems.append(Problem(columns["paragraph"].name, why % {"paragraph": row.paragraph, "row": seen[key]}))
        seen.setdefault(key, row.number)

    def _compare(self, row: Row, given: dict[str, str]) -> None:
        row.existing = self.there.get(fold(row.paragraph)) if row.paragraph else None
        if row.existing is None:
            if not row.paragraph and any(fold(row.values.get(n, "")) in self.texts for n in ("text_ka", "text_en", "title_ka", "title_en") if row.values.get(n)):
                row.status = "same"
            return
        if "title" not in given and "title_en" not in given:  # a title made from the text says nothing of its own
            row.values.pop("title_ka", None)
            row.values.pop("title_en", None)
        spec = registry.get("commitments")
        for name, value in row.values.items():
            before = getattr(row.existing, name)
            if (" ".join(before.split()) if isinstance(before, str) else before) != value:
                label = row.existing._meta.get_field(name).verbose_name
                bound = spec.all_fields.get(name)
                word = bound.word if bound else str
                row.differences.append((str(label), word(before) if before else "", word(value)))
        if row.partners is not None and {p.pk for p in row.partners} != {p.pk for p in row.existing.partners.all()}:
            before = "; ".join(str(p) for p in row.existing.partners.all())
            row.differences.append((str(MEANINGS["partners"]), before, "; ".join(str(p) for p in row.partners)))
        row.status = "changed" if row.differences else "same"


def _themes() -> dict[str, str]:
    """Word in either language, or key → key."""
    found = {}
    for language in ("ka", "en"):
        with override(language):
            for key, word in codes.choices(THEME_LIST):
                found |= {fold(word): key, fold(key): key}
    return found


def _by_words(rows, names: tuple[str, ...]) -> dict[str, Any]:
    return {fold(word): row for row in rows for name in names if (word := getattr(row, name))}


def _fitting(word: str, most: int) -> str:
    if len(word) > most:
        raise ValueError(_("it has %(n)s letters; at most %(most)s fit") % {"n": len(word), "most": most})
    return word


def _named(word: str, known: dict[str, Any], missing: str):
    """The record of this name or code. Raises ValueError that names the nearest one."""
    found = known.get(fold(word))
    if found is None:
        near = difflib.get_close_matches(fold(word), known, 1, 0.6)
        offer = _("; is it «%(name)s»?") % {"name": known[near[0]]} if near else ""
        raise ValueError(missing % {"text": word[:80], "offer": offer})
    return found


# -- writing -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class About:
    """What is said of the whole list: framework, cycle, kind, the day it was received, the document that it comes from."""

    framework: Any
    cycle: str
    kind: str
    received_on: dt.date | None = None
    source: str = ""
    source_on: dt.date | None = None


def store(about: About, user, rows: list[Row], seen: dict[int, int]) -> tuple[int, int]:
    """Write the rows: (made, changed). seen: row → the version of the commitment there when the person looked at it.

    All or nothing. Raises PermissionDenied, ValidationError, Conflict.
    """
    spec = registry.get("commitments")
    fresh = [row for row in rows if row.existing is None]
    known = [row for row in rows if row.existing is not None]
    made = [
        Commitment(
            **row.values, framework=about.framework, cycle=about.cycle.strip(), kind=about.kind, received_on=about.received_on,
            source=about.source, source_on=about.source_on, owner_unit_id=user.unit_id, officer=user,
        )
        for row in fresh
    ]  # fmt: skip
    with transaction.atomic():
        if made:
            write.create_many(spec, user, made, [{"partners": row.partners} if row.partners else {} for row in fresh])
        for row in known:
            _change(spec, user, row, seen.get(row.number, 0))
    return len(fresh), len(known)


def _change(spec, user, row: Row, version: int) -> None:
    for name, value in row.values.items():
        setattr(row.existing, name, value)
    many = {"partners": row.partners} if row.partners is not None else {}
    try:
        write.save(spec, user, row.existing, m2m=many, version=version)
    except ValidationError as error:
        raise ValidationError(_("Row %(row)s: %(why)s") % {"row": row.number, "why": " ".join(error.messages)})
