"""Minimal valid records, made from a register's declaration alone: what is required gets a value, the rest stays empty."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

from django.db import models

from gegma.accounts.models import SYSTEM_WRITER
from gegma.engine import codes, forms, registry, write
from gegma.engine.models import CodeField
from gegma.engine.spec import Register

_numbers = itertools.count(1)
_signs = "0123456789abcdefghijklmnopqrstuvwxyz"
_pairs = itertools.cycle(a + b for a in _signs for b in _signs if a.isdigit() or b.isdigit())
DAY = dt.date(2017, 3, 9)
# What else a record in a state must be, where the register's own rules ask for more than its life: (register, state) → values.
BESIDES: dict[tuple[str, str], dict] = {("requests", "forwarded"): {"direction": "incoming"}}

# What a minimal record must have although its columns may be empty: register → {column: the register whose record it points to}.
ONE_OF: dict[str, dict[str, str]] = {"holds": {"person": "people"}}


def minimal(spec: Register, **given) -> models.Model:
    """An unsaved record that the model would accept. Records that it must point to are made."""
    instance = spec.model()
    for column in spec.model._meta.concrete_fields:
        if column.name in given or column.primary_key or not column.editable:
            continue
        if not column.blank and not column.has_default() and not getattr(column, "auto_now", False):
            setattr(instance, column.name, value_for(column))
    names = {f.name for f in spec.model._meta.concrete_fields}
    if "title_ka" in names and not instance.title_ka:
        instance.title_ka = f"ჩანაწერი {next(_numbers)}"
    for name, key in ONE_OF.get(spec.key, {}).items():
        if name not in given:
            setattr(instance, name, make(key))
    for name, value in given.items():
        setattr(instance, name, value)
    return instance


def value_for(column: models.Field):
    """A value that a column takes."""
    number = next(_numbers)
    if column.is_relation:
        return make(registry.of(column.related_model))
    if isinstance(column, CodeField):
        return codes.choices(column.codelist)[0][0]
    if column.choices:
        return column.flatchoices[0][0]
    if isinstance(column, models.DateField):
        return DAY
    if isinstance(column, models.DecimalField):
        return Decimal(number % 10)
    if isinstance(column, models.IntegerField):
        return number
    if isinstance(column, models.SlugField):
        return f"key-{number}"
    if column.max_length == 2:  # a code of two letters: with a digit in it it is no country's
        return next(_pairs)
    return f"x{number}"[: column.max_length or 20]


def make(spec: Register | str, user=SYSTEM_WRITER, m2m: dict | None = None, **given) -> models.Model:
    """A saved minimal record."""
    spec = registry.get(spec) if isinstance(spec, str) else spec
    made = write.save(spec, user, minimal(spec, **given), m2m=m2m)
    made.refresh_from_db()
    return made


def form_data(spec: Register, user, instance: models.Model, **given) -> dict:
    """What a browser would send for the form of this record, with some fields changed."""
    bundle = forms.Bundle(spec, user, instance)
    data: dict = {} if instance.pk is None else {"version": str(instance.version)}
    for form in [bundle.form, *(f for g in bundle.children for f in [g.forms.management_form, *g.forms.forms])]:
        for bound in form:
            value = bound.value()
            if isinstance(value, bool):
                value = "on" if value else None
            if value is not None:
                data[bound.html_name] = [str(getattr(v, "pk", v)) for v in value] if isinstance(value, list) else str(value)
    return {**data, **given}
