"""Parameters as they come from an address or the command line: checked, and refused with words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from gegma.engine import registry
from gegma.kernel import dates, periods
from gegma.kernel.periods import Period
from gegma.kernel.text import fold

from .base import Param, Report

TEXT_MAX = 200
# Keys that say how a report is made, not what is in it.
HOW = {"period", "from", "to", "in", "format", "form", "background", "csrfmiddlewaretoken"}


class Wrong(ValueError):
    """Parameters that cannot be understood: {name: what is wrong with it}."""

    def __init__(self, faults: dict[str, str]):
        super().__init__(" ".join(faults.values()))
        self.faults = faults


def cleaned(report: Report, user, given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The parameters' values: records, keys, texts. given: {name: words as typed}. Raises Wrong."""
    known = {param.name: param for param in report.params}
    faults = {
        name[:60]: _("The report has no parameter «%(name)s». It has: %(known)s.") % {"name": name[:60], "known": ", ".join(known) or "–"}
        for name in given
        if name not in known and name not in HOW
    }
    values: dict[str, Any] = {}
    for name, param in known.items():
        words = [word.replace("\0", "").strip() for word in given.get(name, ())]
        try:
            values[name] = _value(param, user, [word for word in words if word])
        except ValueError as error:
            faults[name] = str(error)
    if faults:
        raise Wrong(faults)
    return values


def _value(param: Param, user, words: list[str]) -> Any:
    facts = {"label": param.label, "value": words[-1][:60] if words else ""}
    if not words:
        if param.required:
            raise ValueError(_("«%(label)s» is needed: choose one.") % facts)
        return [] if param.kind == "flags" else None if param.kind == "record" else ""
    if any(len(word) > TEXT_MAX for word in words):
        raise ValueError(_("«%(label)s» is too long.") % facts)
    if param.kind == "record":
        return _record(param, user, words[-1])
    if param.kind == "text":
        return words[-1]
    known = dict(param.choices(user))
    wrong = [word for word in words if word not in known]
    if wrong:
        facts["value"] = wrong[0][:60]
        raise ValueError(_("«%(value)s» is not one of the values of «%(label)s».") % facts)
    return words if param.kind == "flags" else words[-1]


def _record(param: Param, user, word: str):
    """A record by its number as people quote it, its number in the database, or its code. Hidden ones are not there."""
    spec = registry.get(param.register)
    rows = spec.rows(user, param.where)
    digits = fold(word).removeprefix(fold(spec.prefix) + "-") if spec.prefix else word
    found = rows.filter(pk=int(digits)).first() if digits.isascii() and digits.isdecimal() and len(digits) < 19 else None
    if found is None and "code" in {f.name for f in spec.model._meta.fields}:
        found = rows.filter(code__iexact=word).first()
    if found is None:
        raise ValueError(_("«%(label)s»: there is no «%(value)s».") % {"label": param.label, "value": word[:60]})
    return found


def period_of(given: Mapping[str, str]) -> Period:
    """The period from period=, or from= and to=; this year where nothing is said. Raises Wrong."""
    whole = periods.parse(str(dates.today().year))
    text, first, last = (given.get(name, "").strip() for name in ("period", "from", "to"))
    try:
        if first or last:
            start = dates.parse_day(first) if first else None
            end = dates.parse_day(last) if last else None
            return Period(start or whole_year(end).start, end or whole_year(start).end)
        return periods.parse(text) if text else whole
    except ValueError as error:
        raise Wrong({"period": _("The period could not be understood: choose one, or give both days as day.month.year.")}) from error


def whole_year(day) -> Period:
    """The calendar year of a day."""
    return periods.parse(f"{day.year:04d}")
