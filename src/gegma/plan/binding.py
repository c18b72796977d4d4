"""Binds a plan's indicators to measures from a file that a person can read and edit (examples/*/measures.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gegma.engine import registry, write

from . import definition as definitions
from .models import Indicator, Measure, Plan

# What stands beside the definition in a measure of the file.
NOT_DEFINITION = {"name", "ka", "en", "pending"}


def load(file: Path) -> dict[str, Any]:
    """The file as data. Raises ValidationError where it is not YAML of the expected shape."""
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValidationError(_("%(file)s is not readable as YAML: %(why)s") % {"file": file.name, "why": error})
    if not isinstance(data, dict) or not isinstance(data.get("indicators"), list):
        raise ValidationError(_("%(file)s has no list «indicators».") % {"file": file.name})
    return data


@transaction.atomic
def bind(plan: Plan, data: dict[str, Any], user) -> dict[str, int]:
    """Write kinds, targets and measures of the plan's indicators. Measures keep their row where activity, label and name are the same.

    Returns {"measures": n, "unbound": n}: unbound are those whose register does not exist yet. Raises ValidationError naming the entry.
    """
    indicators = _indicators(plan)
    bound = unbound = 0
    for entry in data["indicators"]:
        where = _where(entry)
        try:
            indicator = indicators[(str(entry["activity"]), str(entry.get("label") or ""))].pop(0)
        except (KeyError, IndexError):
            raise ValidationError(_("%(where)s: the plan has no such indicator.") % {"where": where})
        _check_measures(entry, where)
        try:
            _set_indicator(indicator, entry, user)
            found = [_set_measure(indicator, row, order, user) for order, row in enumerate(entry.get("measures") or [], 1)]
        except (ValidationError, ArithmeticError, TypeError) as error:
            why = "; ".join(getattr(error, "messages", None) or [str(error)])
            raise ValidationError(_("%(where)s: %(why)s") % {"where": where, "why": why})
        bound, unbound = bound + sum(found), unbound + len(found) - sum(found)
        keep = {str(row["name"]) for row in entry.get("measures") or []}
        for measure in indicator.measures.exclude(name__in=keep):
            write.delete(registry.get("measures"), user, measure, version=measure.version)
    _set_owners(plan, data.get("owners") or {}, user)
    return {"measures": bound + unbound, "unbound": unbound}


def _where(entry) -> str:
    if not isinstance(entry, dict) or "activity" not in entry:
        raise ValidationError(_("An entry of «indicators» names no activity: %(entry)s") % {"entry": str(entry)[:100]})
    if isinstance(entry["activity"], float):  # 2.10 without quotes is the number 2.1 by now
        raise ValidationError(_("Activity %(code)s: write the code in quotes, else YAML takes it for a number.") % {"code": entry["activity"]})
    return f"{entry['activity']} {entry.get('label') or ''}".strip()


def _check_measures(entry: dict, where: str) -> None:
    """Each measure is a set of named parts with a name of its own: a second one of that name would take the place of the first."""
    rows = entry.get("measures") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("name") for row in rows):
        raise ValidationError(_("%(where)s: each measure needs a name.") % {"where": where})
    names = [str(row["name"]) for row in rows]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValidationError(_("%(where)s: two measures have the name «%(name)s».") % {"where": where, "name": twice[0]})


def _indicators(plan: Plan) -> dict[tuple[str, str], list[Indicator]]:
    found: dict[tuple[str, str], list[Indicator]] = {}
    rows = Indicator.objects.filter(activity__plan=plan, withdrawn=False).select_related("activity").prefetch_related("measures")
    for indicator in rows.order_by("order"):
        found.setdefault((indicator.activity.code, indicator.label), []).append(indicator)
    return found


def _set_indicator(indicator: Indicator, entry: dict, user) -> None:
    indicator.kind = entry.get("kind") or indicator.kind
    indicator.target = entry.get("target")
    indicator.due_dates = [str(day) for day in entry.get("due_dates") or []]
    indicator.combine = entry.get("combine") or "side"
    write.save(registry.get("indicators"), user, indicator, version=indicator.version)


def _set_measure(indicator: Indicator, row: dict, order: int, user) -> bool:
    """Write one measure; False where its register does not exist yet."""
    definition = {k: v for k, v in row.items() if k not in NOT_DEFINITION}
    waiting = pending = "pending" in row
    if not pending:
        try:
            definitions.check(definition)
        except definitions.NoRegister:
            waiting = True  # the definition is kept for the day on which the register is there
        except definitions.DefinitionError as error:
            raise ValidationError(_("«%(name)s»: %(why)s") % {"name": row["name"], "why": error})
    measure = indicator.measures.filter(name=str(row["name"])).first() or Measure(indicator=indicator, name=str(row["name"]))
    measure.title_ka, measure.title_en = row.get("ka") or row["name"], row.get("en") or row["name"]
    measure.order = order
    measure.register = row.get("register") or " + ".join(str(p.get("register", "")) for p in row.get("parts", []))
    measure.definition = {"register": measure.register, "pending": row.get("pending") or {}} if pending else definition
    write.save(registry.get("measures"), user, measure, version=measure.version if measure.pk else None)
    return not waiting


def _set_owners(plan: Plan, owners: dict[str, str], user) -> None:
    """Sections, and the activities under them that have no owner of their own, belong to the named units."""
    units = registry.get("units").model
    spec = registry.get("plan-sections")
    for code, unit_code in owners.items():
        section = plan.sections.filter(code=str(code)).first()
        unit = units.objects.filter(code=unit_code).first()
        if section is None or unit is None:
            raise ValidationError(
                _("Owner of section %(code)s: no such section, or no unit «%(unit)s».") % {"code": code, "unit": unit_code}
            )
        section.owner_unit = unit
        write.save(spec, user, section, version=section.version)


def dump(plan: Plan) -> dict[str, Any]:
    """The plan's bindings as data of the same shape, so that what was bound in the interface can be kept in a file."""
    entries = []
    for (activity, label), indicators in _indicators(plan).items():
        for indicator in indicators:
            if indicator.activity.withdrawn:
                continue
            entry: dict[str, Any] = {"activity": activity, "label": label, "kind": str(indicator.kind)}
            if indicator.target is not None:
                entry["target"] = float(indicator.target)
            if indicator.due_dates:
                entry["due_dates"] = indicator.due_dates
            entry["combine"] = str(indicator.combine)
            entry["measures"] = [
                {"name": m.name, "ka": m.title_ka, "en": m.title_en, **m.definition} for m in indicator.measures.all()
            ]
            entries.append(entry)
    return {"plan": plan.key, "indicators": entries}
