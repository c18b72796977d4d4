"""Codelists: a field that holds a key, the words for it in two languages, and the lists that a fresh system starts with."""

from __future__ import annotations

import time
from pathlib import Path

import yaml
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from gegma.kernel.text import language

# Codelists change a few times a year; a process may show an old word for this many seconds.
FRESH_SECONDS = 5.0
_cache: tuple[float, dict[str, dict[str, tuple[str, str, bool]]]] = (0.0, {})


class CodeField(models.CharField):
    """The key of a code. A key and not a foreign key: filters, measures and exports stay readable and need no join."""

    def __init__(self, *args, codelist: str, **kwargs):
        self.codelist = codelist
        kwargs.setdefault("max_length", 60)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        """The list belongs to the column's meaning, so migrations keep it."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "codelist": self.codelist}

    def formfield(self, **kwargs):
        """A choice among the codes in use."""
        from django import forms

        options = choices(self.codelist)
        if not any(k in kwargs for k in ("choices_form_class", "widget")):
            return forms.ChoiceField(
                choices=[("", "—"), *options],
                required=not self.blank,
                label=self.verbose_name,
                help_text=self.help_text,
                initial=self.default if self.has_default() else "",
            )
        return super().formfield(**kwargs)

    def validate(self, value, model_instance):
        """The key must stand in the list (also a retired one: old records keep it)."""
        super().validate(value, model_instance)
        if value and value not in _lists().get(self.codelist, {}):
            raise ValidationError(_("«%(key)s» is not in the codelist «%(list)s».") % {"key": value, "list": self.codelist})


def _lists() -> dict[str, dict[str, tuple[str, str, bool]]]:
    global _cache
    made, lists = _cache
    if time.monotonic() - made > FRESH_SECONDS or not lists:
        lists = {}
        rows = apps.get_model("engine", "Code").objects.values_list("list", "key", "title_ka", "title_en", "active")
        for name, key, ka, en, active in rows:
            lists.setdefault(name, {})[key] = (ka, en, active)
        _cache = (time.monotonic(), lists)
    return lists


def forget() -> None:
    """Read the codelists anew at the next use."""
    global _cache
    _cache = (0.0, {})


def label(codelist: str, key: str) -> str:
    """The word for a key in the language of the page; the key itself where the list lacks it."""
    ka, en, _active = _lists().get(codelist, {}).get(key, (key, key, False))
    return (en or ka) if language() == "en" else (ka or en)


def choices(codelist: str) -> list[tuple[str, str]]:
    """(key, word) of the codes in use."""
    return [(key, label(codelist, key)) for key, (_ka, _en, active) in _lists().get(codelist, {}).items() if active]


def declared() -> dict[str, dict[str, list[str]]]:
    """The lists that the installed registers ship: {list: {key: [ka, en]}}, from their codelists.yaml."""
    lists: dict[str, dict[str, list[str]]] = {}
    for app in apps.get_app_configs():
        file = Path(app.path) / "codelists.yaml"
        if file.exists():
            lists.update(yaml.safe_load(file.read_text(encoding="utf-8")))
    return lists


def seed() -> int:
    """Add the shipped codes that are missing; what an administrator changed stays. Returns how many were added."""
    from gegma.accounts.models import SYSTEM_WRITER

    from . import registry, write

    model = apps.get_model("engine", "Code")
    present = set(model.objects.values_list("list", "key"))
    missing = [
        model(list=name, key=key, title_ka=ka, title_en=en, order=order)
        for name, codes in declared().items()
        for order, (key, (ka, en)) in enumerate(codes.items(), 1)
        if (name, key) not in present
    ]
    if missing:
        write.create_many(registry.get("codes"), SYSTEM_WRITER, missing)
    forget()
    return len(missing)
