"""The fields of a register as JSON: which there are, how each is written and read, and its schema."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext as _

from gegma.engine.fields import Field
from gegma.engine.forms import names_of
from gegma.engine.models import CodeField
from gegma.engine.spec import Register

NUMBER_MAX = 2**63 - 1
DECIMAL = re.compile(r"-?\d{1,20}(\.\d{1,10})?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Column:
    """One key of the JSON of a record. column is the model's, nothing for what is worked out or read through relations."""

    name: str
    bound: Field
    column: models.Field | None
    editable: bool

    # -- reading ---------------------------------------------------------------------------------------------------

    def value(self, record, user) -> Any:
        """The value for user: records by number, and only those that user may see."""
        if self.bound.bilingual:
            return getattr(record, self.name)
        value = self.bound.value(record, user)
        if self.bound.many:
            return list(dict.fromkeys(self._plain(v) for v in value if v not in (None, "")))
        return self._plain(value)

    def _plain(self, value) -> Any:
        if isinstance(value, models.Model):
            return value.pk
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (dt.date, dt.datetime)):
            return value.isoformat()
        if self.bound.kind == "integer":
            return int(value)
        if self.bound.kind == "decimal":
            return format(value, "f")
        if self.bound.kind == "choice" and isinstance(self.bound.column, models.IntegerField):
            return value
        return str(value)

    # -- the schema ------------------------------------------------------------------------------------------------

    def schema(self, write: bool = False) -> dict:
        """What stands under the key. write: what may be sent."""
        one = self._one(write)
        if self.bound.many:
            made = {"type": "array", "items": one, "uniqueItems": True}
            return {**made, "maxItems": 500} if write else made
        if "enum" in one and (not write or self._may_be_empty) and one["type"] == "string":
            one = {**one, "enum": [*one["enum"], ""]} if "" not in one["enum"] else one
        if self._nullable(write):
            one = {**one, "type": [one["type"], "null"]}
            if "enum" in one:
                one["enum"] = [*one["enum"], None]
        return one

    def _one(self, write: bool) -> dict:
        kind = self.bound.kind
        if kind == "bool":
            return {"type": "boolean"}
        if kind == "integer":
            limits = {"minimum": -(2**31) + 1, "maximum": 2**31 - 1} if write else {}
            return {"type": "integer", **limits}
        if kind in {"relation", "relations"}:
            return {"type": "integer", **({"minimum": 1, "maximum": NUMBER_MAX} if write else {})}
        if kind == "decimal":
            return {"type": "string", "pattern": f"^{DECIMAL.pattern}$"}
        if kind == "date":
            return {"type": "string", "format": "date"}
        if kind == "datetime":
            return {"type": "string", "format": "date-time"}
        if kind == "choice" and not write and self.column is not None and self.column.get_internal_type() == "CountryField":
            return {"type": "string"}
        if kind == "choice" and isinstance(getattr(self.bound.column, "choices", None), CallableChoiceIterator):
            return {"type": "integer" if isinstance(self.bound.column, models.IntegerField) else "string"}  # the choices are data
        if kind == "choice":
            keys = [key for key, _word in self.bound.options or self.bound.column.flatchoices]
            whole = isinstance(self.bound.column, models.IntegerField)
            return {"type": "integer" if whole else "string", "enum": [k if whole else str(k) for k in keys]}
        longest = getattr(self.column, "max_length", None)
        return {"type": "string", **({"maxLength": longest} if write and longest else {})}

    @property
    def _may_be_empty(self) -> bool:
        return self.column is None or self.column.blank

    def _nullable(self, write: bool) -> bool:
        if self.bound.kind == "bool":
            return self.column is None or self.column.null
        if self.column is None or not write:
            return not (self.column is not None and self.bound.kind in TEXTS and not self.column.null)
        return self.column.null and self.column.blank

    # -- writing ---------------------------------------------------------------------------------------------------

    def to_form(self, value) -> Any:
        """What a form would send for this value. Raises ValidationError that says what is expected."""
        if self.bound.many:
            if not isinstance(value, list) or len(value) > 500:
                raise ValidationError(_("A list of numbers is expected."))
            found = [self._number(v) for v in value]
            if len(set(found)) != len(found):
                raise ValidationError(_("Each number may stand in the list once."))
            return found
        if value is None:
            if not self._nullable(write=True):
                raise ValidationError(_("This cannot be null."))
            return ""
        return self._said(value)

    def _said(self, value) -> str | None:
        kind = self.bound.kind
        if kind == "bool":
            if not isinstance(value, bool):
                raise ValidationError(_("true or false is expected."))
            return "on" if value else None
        if kind in {"relation", "relations"}:
            return self._number(value)
        if kind == "integer" or (kind == "choice" and isinstance(self.column, models.IntegerField)):
            if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**31:
                raise ValidationError(_("A whole number is expected."))
            return str(value)
        if not isinstance(value, str):
            raise ValidationError(_("A text is expected."))
        if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
            raise ValidationError(_("The text holds a character that no text has."))
        if kind == "decimal" and not DECIMAL.fullmatch(value):
            raise ValidationError(_("A number in a text is expected, such as \"1234.50\"."))
        if kind in {"date", "datetime"}:
            return _day(value)
        return value

    def _number(self, value) -> str:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= NUMBER_MAX:
            raise ValidationError(_("The number of a record is expected."))
        return str(value)


TEXTS = {"text", "long", "url", "code", "choice"}


def _day(value: str) -> str:
    try:
        if not DAY.fullmatch(value):
            raise ValueError
        return dt.date.fromisoformat(value).isoformat()
    except ValueError:
        raise ValidationError(_("A day is expected, such as \"2026-09-03\"."))


def all_columns(spec: Register) -> list[Column]:
    """Every key of the JSON of the register's records, in the order declared."""
    editable = set(names_of(spec, spec.all_fields))
    found = []
    for bound in spec.all_fields.values():
        if bound.bilingual:
            for name in (f"{bound.name}_ka", f"{bound.name}_en"):
                found.append(Column(name, bound, spec.model._meta.get_field(name), name in editable))
        else:
            own = bound.column if bound.column is not None and bound.path == bound.name else None
            found.append(Column(bound.name, bound, own, bound.path in editable))
    return found


def readable(spec: Register, user) -> list[Column]:
    """The keys that user may read. Everything that the API says of a record passes here."""
    return all_columns(spec.as_seen_by(user))


def writable(spec: Register, user) -> dict[str, Column]:
    """The keys that user may write, by name. Everything that the API writes to a record passes here."""
    return {column.name: column for column in readable(spec, user) if column.editable}


def is_code(column: Column) -> bool:
    """Whether the key holds the key of a codelist."""
    return isinstance(column.bound.column, CodeField)
