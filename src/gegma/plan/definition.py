"""The definition of a measure: what it is made of, and the check that it can be computed.

    register: meetings                     # the register whose records are counted
    scope: {kind: [donor-coordination]}    # what the measure is about (filters of that register)
    conditions: {state: [held]}            # what makes one count
    date: {by: starts_on, rule: in}        # in | overlaps | at_end; what places a record in the period
    aggregate: count                       # count | sum | distinct | share | completeness | ratio
    field: person                          # for sum and distinct; for share: count distinct values of it; for ratio: the upper number
    base_field: quantity_needed            # for ratio: the lower number; of each record no more is counted above than stands below
    of: {done_on__set: "1"}                # for share: what the counted ones of the base have
    base: {register: people, scope: {…}}   # for share: where the base is counted elsewhere, all that is in its scope
    fields: [budget, donors]               # for completeness: what must be filled in (fields or filters that say yes)
    breakdowns: [sex, month]
    parts: [{…}, {…}]                      # instead of all of the above: several definitions, added up
    pending: {ka: …, en: …}                # instead of all but the register: what will be counted once the register holds it

Words in filters may name the period: $start, $end, and $end-12m for twelve months before its end.
"""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from gegma.engine import registry
from gegma.engine.filters import DateFilter, FilterError, FlagFilter, SpanFilter
from gegma.engine.spec import Register
from gegma.kernel.dates import add_months
from gegma.kernel.periods import Period, parse

AGGREGATES = {"count", "sum", "distinct", "share", "completeness", "ratio"}
SHARES = {"share", "completeness", "ratio"}
KEYS = {
    "register", "scope", "conditions", "date", "aggregate", "field", "base_field", "of", "base", "fields", "breakdowns", "parts", "pending",
}  # fmt: skip
# What only some aggregates take: with another one it would be read by nobody, or change what counts behind the figure.
ONLY_FOR = {
    "field": {"sum", "distinct", "share", "ratio"}, "base_field": {"ratio"}, "of": {"share"}, "base": {"share"}, "fields": {"completeness"},
}  # fmt: skip
# Any real period: used to check that the words that name the period are understood.
SOME_PERIOD = parse("2000")


class DefinitionError(ValueError):
    """The definition cannot be computed; the text says what is wrong with it."""


class NoRegister(DefinitionError):
    """The register that the measure counts does not exist (yet)."""

    def __init__(self, key: str):
        super().__init__(_("There is no register «%(key)s» yet.") % {"key": key})
        self.key = key


def parts(definition: dict) -> list[dict]:
    """The definitions that are added up; mostly one."""
    return definition.get("parts") or [definition]


def spec_of(part: dict) -> Register:
    """The register that a part counts. Raises NoRegister."""
    spec = registry.find(part.get("register", ""))
    if spec is None or "pending" in part:
        raise NoRegister(str(part.get("register", "")))
    return spec


def filled(params: dict[str, Any], period: Period) -> dict[str, list[str]]:
    """Filter words with the period put in: $start, $end, $end-12m."""
    return {
        key: [_word(str(v), period) for v in (value if isinstance(value, list) else [value])] for key, value in params.items()
    }


def _word(word: str, period: Period) -> str:
    if match := re.fullmatch(r"\$(start|end)(?:([+-]\d+)m)?", word):
        day = getattr(period, match[1])
        return str(add_months(day, int(match[2])) if match[2] else day)
    return word


def check(definition: dict) -> None:
    """Raise DefinitionError unless every part of the definition can be computed."""
    _check_kind(definition, dict, _("A definition is a set of named parts, not a list or a word."))
    if "parts" in definition:
        if extra := sorted(str(key) for key in set(definition) - {"parts"}):
            raise DefinitionError(_("«%(key)s» stands beside «parts»: it belongs into one of them.") % {"key": extra[0]})
        _check_kind(definition["parts"], list, _("«parts» is a list of definitions that are added up."))
        if not definition["parts"]:
            raise DefinitionError(_("«parts» is a list of definitions that are added up."))
    for part in parts(definition):
        _check_kind(part, dict, _("A definition is a set of named parts, not a list or a word."))
        _check_part(part)
    if len({part.get("aggregate", "count") in SHARES for part in parts(definition)}) > 1:
        raise DefinitionError(_("Shares and numbers cannot be added up."))
    if len({part.get("aggregate") == "ratio" for part in parts(definition)}) > 1:
        raise DefinitionError(_("A share of quantities and a share of records cannot be added up."))


def is_share(definition: dict) -> bool:
    """Whether the measure is a percentage."""
    return parts(definition)[0].get("aggregate") in SHARES


def _check_kind(value: Any, kind: type, message: str) -> None:
    if not isinstance(value, kind):
        raise DefinitionError(message)


def _check_part(part: dict) -> None:
    unknown = sorted(str(key) for key in set(part) - (KEYS - {"parts"}))
    if unknown:
        raise DefinitionError(_("«%(key)s» is not a part of a definition.") % {"key": unknown[0]})
    _check_shape(part)
    spec = spec_of(part)
    aggregate = part.get("aggregate", "count")
    if aggregate not in AGGREGATES:
        raise DefinitionError(
            _("«%(key)s» is not an aggregate: count, sum, distinct, share, completeness or ratio.") % {"key": aggregate}
        )
    for name, takers in ONLY_FOR.items():
        if part.get(name) and aggregate not in takers:
            raise DefinitionError(
                _("«%(key)s» has no meaning for the aggregate «%(aggregate)s».") % {"key": name, "aggregate": aggregate}
            )
    for name in ("scope", "conditions", "of"):
        _check_filters(spec, part.get(name) or {})
    if part.get("date"):
        _check_date(spec, part["date"])
    if aggregate in {"sum", "distinct", "ratio"} or part.get("field"):
        _check_field(spec, part.get("field", ""), aggregate)
    if aggregate == "ratio":
        _check_field(spec, part.get("base_field", ""), aggregate)
        if part["field"] == part["base_field"]:
            raise DefinitionError(_("«%(key)s» stands above and below the line: the share would always be whole.") % {"key": part["field"]})
    if aggregate == "share" and not part.get("of") and not part.get("base"):
        raise DefinitionError(_("A share needs «of» (what the counted ones have) or «base» (where the base is counted)."))
    if part.get("base"):
        _check_base(part["base"])
    if aggregate == "completeness":
        _check_fields(spec, part.get("fields") or [])
    for name in part.get("breakdowns") or []:
        if name != "month" and (name not in spec.all_fields or spec.all_fields[name].column is None):
            raise DefinitionError(
                _("The register «%(register)s» has no field «%(key)s» to break down by.") % {"register": spec.title, "key": name}
            )


def _check_shape(part: dict) -> None:
    for name in ("register", "aggregate", "field", "base_field"):
        if not isinstance(part.get(name, ""), str) and part[name] is not None:
            raise DefinitionError(_("«%(key)s» is one word.") % {"key": name})
    for name in ("date", "base"):
        if not isinstance(part.get(name, {}), dict) and part[name] is not None:
            raise DefinitionError(_("«%(key)s» is a set of named parts.") % {"key": name})
    for name in ("fields", "breakdowns"):
        names = part.get(name) or []
        if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
            raise DefinitionError(_("«%(key)s» is a list of fields.") % {"key": name})


def _check_base(base: dict) -> None:
    if unknown := sorted(str(key) for key in set(base) - {"register", "scope"}):
        raise DefinitionError(_("«%(key)s» is not a part of a base: it has a register and a scope.") % {"key": unknown[0]})
    _check_shape(base)
    _check_filters(spec_of(base), base.get("scope") or {})


def _check_filters(spec: Register, params: dict) -> None:
    _check_kind(params, dict, _("Filters are given by name, such as {state: [held]}."))
    if unsaid := [key for key, value in params.items() if value in ("", [], None) or (isinstance(value, list) and "" in value)]:
        raise DefinitionError(_("The filter «%(key)s» has no value.") % {"key": unsaid[0]})
    if "q" in params or "sort" in params or "measure" in params:
        raise DefinitionError(_("A measure filters by fields, not by search words or order."))
    try:
        spec.query(filled(params, SOME_PERIOD))
    except FilterError as error:
        raise DefinitionError(error.message)
    except (ValueError, OverflowError):
        raise DefinitionError(_("A day counted from the period in these filters lies beyond the calendar."))


def _check_date(spec: Register, date: dict) -> None:
    if unknown := sorted(str(key) for key in set(date) - {"by", "rule"}):
        raise DefinitionError(_("«%(key)s» is not a part of a date: it has «by» and «rule».") % {"key": unknown[0]})
    bound = spec.filters.get(str(date.get("by", "")))
    if not isinstance(bound, (DateFilter, SpanFilter)):
        raise DefinitionError(
            _("«%(key)s» is not a date of the register «%(register)s».") % {"key": date.get("by", ""), "register": spec.title}
        )
    if date.get("rule") not in bound.rules:
        raise DefinitionError(
            _("The date rule «%(rule)s» does not fit «%(key)s».") % {"rule": date.get("rule", ""), "key": bound.name}
        )


def _check_field(spec: Register, name: str, aggregate: str) -> None:
    bound = spec.all_fields.get(name)
    if bound is None or bound.column is None:
        raise DefinitionError(_("The register «%(register)s» has no field «%(key)s».") % {"register": spec.title, "key": name})
    if aggregate in {"sum", "ratio"} and (bound.kind not in {"integer", "decimal"} or bound.many):
        raise DefinitionError(_("«%(key)s» is not a number and cannot be added up.") % {"key": name})


def _check_fields(spec: Register, names: list[str]) -> None:
    if not names:
        raise DefinitionError(_("Completeness needs the fields that must be filled in."))
    for name in names:
        known = name in spec.all_fields and spec.all_fields[name].column is not None
        if not known and not isinstance(spec.filters.get(name), FlagFilter):
            raise DefinitionError(
                _("The register «%(register)s» has no field «%(key)s».") % {"register": spec.title, "key": name}
            )
