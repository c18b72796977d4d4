"""A declared field with the model behind it: its kind, its label, how it is shown, sorted, filtered and exported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django_countries.fields import CountryField

from gegma.kernel import numbers
from gegma.kernel.text import language, pick

from . import codes, registry
from . import filters as fl

if TYPE_CHECKING:
    from .spec import Computed, Derived, F


@dataclass(frozen=True)
class Field:
    """kind: text, long, code, choice, bool, date, datetime, integer, decimal, url, relation, relations."""

    name: str
    label: Any
    kind: str
    path: str
    model: type[models.Model]
    column: models.Field | None
    list: bool = False
    search: bool = False
    filter: bool = False
    bilingual: bool = False
    period: bool = False
    editable: bool = True
    help: Any = ""
    many: bool = False
    options: tuple[tuple[str, Any], ...] = ()
    tones: dict[str, str] | None = None
    readers: str = ""
    inside: bool = False

    @classmethod
    def of(cls, model: type[models.Model], f: F) -> Field:
        """The field that f declares on model. Raises FieldDoesNotExist for a name that the model lacks."""
        path = f.path or (f"{f.name}_ka" if f.bilingual else f.name)
        column = fl.resolve(model, path)
        label = f.label or getattr(column, "verbose_name", None) or f.name
        editable = f.form and not f.path
        return cls(
            f.name, label, _kind(column), path, model, column, f.list, f.search, f.filter,
            f.bilingual, f.period, editable, f.help or getattr(column, "help_text", ""), fl.is_many(model, path), readers=f.readers, inside=f.inside,
        )  # fmt: skip

    @classmethod
    def computed(cls, model: type[models.Model], c: Computed | Derived) -> Field:
        """The field of a computed or derived value."""
        options, tones = getattr(c, "options", ()), getattr(c, "tones", None)
        return cls(c.name, c.label, c.kind, c.name, model, None, c.list, editable=False, options=options, tones=tones, readers=c.readers)

    def columns(self) -> list[str]:
        """The names by which forms and the history know what it keeps; none where it keeps nothing itself."""
        if self.column is None or self.path != (f"{self.name}_ka" if self.bilingual else self.name):
            return []
        return [f"{self.name}_ka", f"{self.name}_en"] if self.bilingual else list(dict.fromkeys([self.name, getattr(self.column, "attname", self.name)]))

    # -- showing ---------------------------------------------------------------------------------------------------

    def value(self, record, user=None) -> Any:
        """The value as Python has it; a list of records for a to-many relation. With user: only records that user may see."""
        if self.bilingual:
            return pick(record, self.name)
        thing = record
        parts = self.path.split("__")
        for index, part in enumerate(parts):
            thing = getattr(thing, part, None)
            if thing is None:
                return [] if self.many else None
            if hasattr(thing, "all"):
                rest = "__".join(parts[index + 1 :])
                rows = [row for row in thing.all() if open_to(user, row)]
                return [_walk(row, rest, user) for row in rows] if rest else rows
            if isinstance(thing, models.Model) and not open_to(user, thing):
                return [] if self.many else None
        return thing

    def text(self, record, user=None) -> str:
        """The value in words of the current language. With user: without the titles of records that user may not see."""
        value = self.value(record, user)
        if isinstance(value, list):
            return "; ".join(dict.fromkeys(self.word(v) for v in value if v not in (None, "")))
        return self.word(value)

    def word(self, value) -> str:
        """One value in words."""
        if value is None or value == "":
            return ""
        if self.kind == "code":
            return codes.label(self.column.codelist, value)
        if self.kind == "choice":
            return str(dict(self.options or self.column.flatchoices).get(value, value))
        if self.kind == "bool":
            return _("yes") if value else _("no")
        if self.kind == "date":
            return f"{value:%d.%m.%Y}"
        if self.kind == "datetime":
            return f"{timezone.localtime(value):%d.%m.%Y %H:%M}"
        if self.kind in {"integer", "decimal"}:
            return numbers.number(value, language())
        return str(value)

    def filled(self, record) -> bool:
        """Whether the record has a value here."""
        if record.pk is None and self.many:
            return True
        value = self.value(record)
        return value not in (None, "", [])

    @property
    def _of_letters(self) -> bool:
        """Whether an empty value is an empty text."""
        return self.kind in {"text", "long", "code", "choice", "url"} and not isinstance(self.column, models.IntegerField)

    def filled_q(self):
        """The rows that have a value here, as a Q."""
        from django.db.models import Q

        def build(path: str) -> Q:
            return Q(**{f"{path}__gt": ""}) if self._of_letters else Q(**{f"{path}__isnull": False})

        if self.bilingual:
            return Q(**{f"{self.name}_ka__gt": ""}) | Q(**{f"{self.name}_en__gt": ""})
        return fl.through(self.model, self.path, build, each=True)

    # -- querying --------------------------------------------------------------------------------------------------

    @property
    def sort_path(self) -> str:
        """What the list is ordered by, or nothing where it cannot be."""
        if self.many or self.kind == "long":
            return ""
        if self.kind == "relation":
            related = self.column.related_model
            for stem in ("title_ka", "name"):
                if stem in {f.name for f in related._meta.fields}:
                    return f"{self.path}__{stem}"
            return f"{self.path}_id"
        return self.path

    @property
    def select(self) -> list[str]:
        """Relations to fetch together with the row."""
        if self.many or self.column is None:
            return []
        if self.kind == "relation":
            return [self.path]
        return [self.path.rpartition("__")[0]] if "__" in self.path else []

    @property
    def prefetch(self) -> list[str]:
        """Relations to fetch in one more query."""
        if not self.many:
            return []
        return [self.path if self.kind == "relations" or self.kind == "relation" else self.path.rpartition("__")[0]]

    def make_filter(self) -> fl.Filter | None:
        """The filter that fits the kind of field."""
        common = {"name": self.name, "label": self.label, "path": self.path, "model": self.model, "readers": self.readers}
        if self.kind == "code":
            return fl.ChoiceFilter(**common, codelist=self.column.codelist)
        if self.kind == "choice":
            return fl.ChoiceFilter(**common, options=tuple(self.column.flatchoices))
        if self.kind in {"relation", "relations"}:
            return fl.RelationFilter(**common, target=self.column.related_model)
        if self.kind == "bool":
            return fl.FlagFilter(**common)
        if self.kind == "date":
            return fl.DateFilter(**common)
        if self.kind in {"integer", "decimal"}:
            return fl.NumberFilter(**common)
        if self.kind in {"text", "long", "url"}:
            return fl.TextFilter(**common)
        return None

    def link(self, record, user=None) -> list[tuple[str, str]]:
        """(address or nothing, words) of the related records that user may see, for the record page."""
        value = self.value(record, user)
        rows = value if isinstance(value, list) else [value]
        return [(_address(row), self.word(row)) for row in rows if row is not None]


def open_to(user, row) -> bool:
    """Whether user may see a related record; everything is open where no user is given."""
    if user is None:
        return True
    spec = registry.of(row)
    return spec is None or spec.policy.sees(user, row)


def _walk(thing, path: str, user=None):
    for part in path.split("__"):
        thing = getattr(thing, part, None)
        if thing is None or (isinstance(thing, models.Model) and not open_to(user, thing)):
            return None
    return thing


def _address(row) -> str:
    spec = registry.of(row) if isinstance(row, models.Model) else None
    return spec.record_url(row) if spec else ""


def _kind(column) -> str:
    if column.one_to_many or column.many_to_many:
        return "relations"
    if column.many_to_one or column.one_to_one:
        return "relation"
    if isinstance(column, codes.CodeField):
        return "code"
    if isinstance(column, CountryField) or column.choices:
        return "choice"
    for type_, kind in KINDS:
        if isinstance(column, type_):
            return kind
    return "text"


KINDS = [
    (models.BooleanField, "bool"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.DecimalField, "decimal"),
    (models.FloatField, "decimal"),
    (models.IntegerField, "integer"),
    (models.URLField, "url"),
    (models.TextField, "long"),
]
