"""What of a register is data on people: why it is kept, on what basis, for how long, and what is left of it afterwards.

A register says it in its declaration (Register.personal); tables that are no register are added by add(). The page of personal data,
retention, the export of one person's data and a test that no column is forgotten all read these declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from gegma.accounts.models import Role
from gegma.kernel.text import LANGUAGES

from . import registry
from .models import Attachment
from .spec import Register


@dataclass(frozen=True)
class Personal:
    """One kind of data on people in a register.

    fields: the columns (title stands for both languages). person: those of them that point to a person. part: tells several kinds of one
    register apart. keep_years: the term, which an administrator may set otherwise; None: as long as the person's own record, or as the
    words of kept say. after: the date from which the term runs; while it is empty nothing ends. running: rows that go on although it is empty; others then end with
    the day of their entry.
    What is left after the term: neutral columns hold a neutral word, clears are empty, files are removed where files says so; blank(row)
    gives the values where more is needed. What statistics need stays.
    """

    purpose: Any
    basis: Any
    fields: tuple[str, ...]
    subject: Any
    categories: tuple[Any, ...]
    keep_years: int | None = None
    kept: Any = ""
    after: str = ""
    part: str = ""
    title: Any = ""
    person: tuple[str, ...] = ()
    neutral: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    files: bool = False
    running: Callable[[], Q] | None = None
    blank: Callable[[Any], dict[str, Any]] | None = None
    recipients: Any = _("those with an account who may read the record")
    abroad: Any = _("only with an entry in the log of disclosures")


@dataclass(frozen=True)
class Source:
    """A declaration with the table that it is about. spec is the register, or None for a table that is none."""

    key: str
    model: type[models.Model]
    personal: Personal
    spec: Register | None = None
    name: Any = ""

    @property
    def term_key(self) -> str:
        """What its term is known by."""
        return f"{self.key}.{self.personal.part}" if self.personal.part else self.key

    @property
    def title(self) -> str:
        """The register in words, with the part where there are several."""
        whole = self.spec.title if self.spec else str(self.name)
        return f"{whole}: {self.personal.title}" if self.personal.title else whole

    @property
    def erases(self) -> bool:
        """Whether anything of its own is taken away when the term is over."""
        return bool(self.personal.neutral or self.personal.clears or self.personal.blank)

    @property
    def columns(self) -> list[models.Field]:
        """The columns declared, both languages of a pair."""
        return [self.model._meta.get_field(name) for name in _stems(self.model, self.personal.fields)]

    @property
    def emptied(self) -> list[str]:
        """The columns that are empty or neutral afterwards."""
        blank = tuple(self.personal.blank(self.model())) if self.personal.blank else ()
        return list(dict.fromkeys(_stems(self.model, (*self.personal.neutral, *self.personal.clears, *blank))))

    @property
    def texts(self) -> list[str]:
        """The columns of words in which a name may stand, and be looked for."""
        return [c.name for c in self.columns if isinstance(c, models.CharField | models.TextField) and not c.choices and not hasattr(c, "codelist")]

    def label(self, column: models.Field) -> str:
        """What people call a column."""
        stem = column.name[:-3] if column.name.endswith(("_ka", "_en")) else column.name
        bound = self.spec.all_fields.get(column.name) or self.spec.all_fields.get(stem) if self.spec else None
        return str(bound.label if bound else getattr(column, "verbose_name", column.name))

    def left(self, row) -> dict[str, Any]:
        """What the columns of a row hold afterwards."""
        values: dict[str, Any] = {}
        for name in _stems(self.model, self.personal.clears):
            column = self.model._meta.get_field(name)
            values[name] = None if column.null else ""
        for name in _stems(self.model, self.personal.neutral):
            if getattr(row, name):
                values[name] = neutral_word(name[-2:])
        return values | (self.personal.blank(row) if self.personal.blank else {})

    def holding(self) -> Q:
        """The rows that still have something to take away."""
        found = Q(pk__in=[])
        for name in _stems(self.model, self.personal.clears):
            column = self.model._meta.get_field(name)
            found |= Q(**{f"{name}__isnull": False}) if column.null else ~Q(**{name: ""})
        for name in _stems(self.model, self.personal.neutral):
            found |= ~Q(**{f"{name}__in": ["", *neutral_words()]})
        if self.personal.files and self.spec:
            found |= Q(models.Exists(Attachment.objects.filter(register=self.key, record_id=models.OuterRef("pk"))))
        return found


def _stems(model: type[models.Model], names: tuple[str, ...]) -> list[str]:
    known = {f.name for f in model._meta.get_fields()}
    return [one for name in names for one in ([name] if name in known else [f"{name}_{lang}" for lang in LANGUAGES])]


def neutral_word(lang: str = "") -> str:
    """What stands in place of a name, in the language of the column or, where it has none, of the installation."""
    with override(lang if lang in LANGUAGES else settings.LANGUAGE_CODE):
        return gettext("anonymised")


def neutral_words() -> list[str]:
    """The neutral word in every language."""
    return [neutral_word(lang) for lang in LANGUAGES]


# -- all of them -------------------------------------------------------------------------------------------------------

_tables: list[Source] = []


def add(key: str, model: type[models.Model], name: Any, *declared: Personal) -> None:
    """Declare data on people in a table that is no register."""
    _tables.extend(Source(key, model, one, name=name) for one in declared)


def sources() -> Iterator[Source]:
    """Every declaration: the registers' in the order of the menu, then the other tables'."""
    for _group, specs in registry.groups(registry.everything()):
        for spec in specs:
            yield from (Source(spec.key, spec.model, one, spec) for one in spec.personal)
    yield from _tables


def source(term_key: str) -> Source | None:
    """The declaration with this key."""
    return next((one for one in sources() if one.term_key == term_key), None)


def terms() -> list[tuple[str, str]]:
    """(key, title) of the declarations that have a term of their own, for a choice."""
    return [(one.term_key, one.title) for one in sources() if one.personal.keep_years is not None]


def pointers() -> list[tuple[Source, str]]:
    """The columns of registers that point to a person, each with its declaration."""
    return [(one, name) for one in sources() if one.spec for name in one.personal.person]


def reads(user) -> bool:
    """Whether the person may read data on people beyond their name."""
    if hasattr(user, "reads_group"):
        return user.reads_group("personal")
    return user.role in {Role.HEAD, Role.AUDITOR, Role.ADMINISTRATOR, "system", "system-writer"}


def covered() -> dict[type[models.Model], set[str]]:
    """Model → the columns that declarations name."""
    found: dict[type[models.Model], set[str]] = {}
    for one in sources():
        found.setdefault(one.model, set()).update(c.name for c in one.columns)
    return found
