"""Writes the small year of small_year.yaml into the database, and the 2017 plan with its measures beside it."""

from __future__ import annotations

import copy
import functools
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from django.db import models

from gegma.accounts.models import SYSTEM_WRITER
from gegma.engine import registry
from gegma.plan import binding, importing, readers
from gegma.plan.models import Activity, Indicator, Measure, Plan, PublishedTable, Section

from .hand import AREAS

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples" / "mia-ird-2017"


@dataclass
class SmallYear:
    """The records by register and name, and back."""

    records: dict[str, dict[str, models.Model]] = field(default_factory=dict)
    plan: Plan | None = None

    def names(self, register: str, rows) -> list[str]:
        """The names of these rows of a register, sorted; rows of somebody else are not expected."""
        by_pk = {record.pk: name for name, record in self.records[register].items()}
        return sorted(by_pk[row.pk] for row in rows)

    def measure(self, where: str, name: str) -> Measure:
        """The measure of the 2017 plan: where is «1.1.2 ა», or «4.1.8» where the indicator has no label."""
        code, _sep, label = where.partition(" ")
        return Measure.objects.get(
            indicator__activity__plan=self.plan, indicator__activity__code=code, indicator__label=label, name=name
        )


def write_records() -> SmallYear:
    """The records alone. Rows are checked as their forms would check them, unless they say «unchecked»."""
    year = SmallYear()
    files = [HERE / "small_year.yaml", *(HERE / "hand" / f"{area}.yaml" for area in AREAS)]
    sections = [section for file in files for section in yaml.safe_load(file.read_text(encoding="utf-8")).items()]
    for key, rows in sections:
        spec = registry.get(key)
        year.records.setdefault(key, {})
        for name, values in rows.items():
            year.records[key][name] = _record(year, spec, name, dict(values))
    return year


def _record(year: SmallYear, spec, name: str, values: dict) -> models.Model:
    unchecked = values.pop("unchecked", False)
    if hasattr(spec.model, "title_ka"):
        values.setdefault("title_ka", name)
    many, plain = {}, {}
    for column, value in values.items():
        bound = spec.model._meta.get_field(column)
        if bound.many_to_many:
            many[column] = [_named(year, bound, one) for one in value]
        else:
            plain[column] = _named(year, bound, value) if bound.is_relation else value
    record = spec.model(**plain)
    record.full_clean(validate_unique=False, validate_constraints=False)
    if not unchecked:
        assert spec.problems(record) == {}, (name, spec.problems(record))
    record.save()
    for column, rows in many.items():
        getattr(record, column).set(rows)
    return record


def _named(year: SmallYear, column, name: str) -> models.Model:
    return year.records[registry.of(column.related_model).key][name]


@functools.cache
def _shipped() -> tuple[dict, dict]:
    return readers.read_plan(EXAMPLE / "plan.txt").as_json(), {**binding.load(EXAMPLE / "measures.yaml"), "owners": {}}


def plan_as_read() -> dict:
    """The published plan of 2017 as the reader gives it, to be altered at will."""
    return copy.deepcopy(_shipped()[0])


def measures_as_read() -> dict:
    """The measures that are shipped for it, without the owners of sections: those name units of the demo."""
    return copy.deepcopy(_shipped()[1])


def import_plan(key: str = "mia-ird-2017") -> Plan:
    """The plan in the database, with its measures."""
    plan = importing.store(plan_as_read(), SYSTEM_WRITER, key=key)
    binding.bind(plan, measures_as_read(), SYSTEM_WRITER)
    return plan


# The rows of a year once written, as the tables had them, so that the next file of tests need not import the plan anew.
_copy: list[tuple[type[models.Model], list[dict]]] = []


def write_all() -> SmallYear:
    """Records and plan: the first time by the ways that people have, from then on the same rows under the same numbers."""
    if _copy:
        return _put_back()
    year = write_records()
    year.plan = import_plan()
    for model in [*(registry.get(key).model for key in year.records), Plan, PublishedTable, Section, Activity, Indicator, Measure]:
        _copy.append((model, list(model.objects.order_by("pk").values())))
        for many in model._meta.many_to_many:
            table = many.remote_field.through
            _copy.append((table, list(table.objects.order_by("pk").values())))
    _names.update({key: {name: row.pk for name, row in rows.items()} for key, rows in year.records.items()})
    return year


_names: dict[str, dict[str, int]] = {}


def _put_back() -> SmallYear:
    for model, rows in _copy:
        model.objects.bulk_create([model(**row) for row in rows])
    year = SmallYear(plan=Plan.objects.get())
    for key, names in _names.items():
        found = registry.get(key).model.objects.in_bulk(names.values())
        year.records[key] = {name: found[pk] for name, pk in names.items()}
    return year
