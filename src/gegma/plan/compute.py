"""Computes measures: the figure, what it was counted from, and what was left out and why.

A part of a definition becomes steps, each a Q in words: is the date known, does it lie in the period, each condition, and for shares
what the counted ones have. A record in scope counts when it passes every step; otherwise it is left out by the first step that it
misses. The figure, the list behind it and the reasons are made of the same steps, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, DecimalField, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models import F as Column
from django.db.models.functions import Coalesce, ExtractMonth, ExtractYear, Least
from django.utils.translation import gettext as _

from gegma.accounts.models import SYSTEM
from gegma.engine import registry
from gegma.engine.fields import open_to
from gegma.engine.filters import Clause
from gegma.engine.policy import VIEW
from gegma.engine.spec import Register
from gegma.kernel.periods import Period, month_name

from . import definition as definitions
from . import statements

# Asking for all measures of a record at once saves the way to the database; a statement must not grow without bound either.
MEASURES_AT_ONCE = 12


@dataclass(frozen=True)
class Compiled:
    """One part of a definition, ready for the database. of_from: the step from which on only the share's upper figure is meant."""

    spec: Register
    part: dict
    scope: QuerySet
    scope_clauses: list[Clause]
    steps: list[Clause]
    of_from: int

    def all_of(self, last: int) -> Q:
        """The rows that pass the first steps up to last. A day that lies in the period is known: it need not be asked twice."""
        whole = Q()
        for step in self.steps[1 if self.part.get("date") and last > 1 else 0 : last]:
            whole &= step.q
        return whole

    def words(self, viewer=None) -> list[str]:
        """The whole definition in words: the scope, then each step. viewer: without the titles of records that this person may not see."""
        return told([*self.scope_clauses, *self.steps], viewer)

    @property
    def base(self) -> QuerySet:
        """The rows that the figure is taken from: all counted ones or, for a share, those below the line."""
        return self.scope.filter(self.all_of(self.of_from))

    @property
    def counted(self) -> QuerySet:
        """The rows that count."""
        return self.scope.filter(self.all_of(len(self.steps)))

    def missed(self, within: bool = False) -> Case:
        """For each row 0 where it counts, else the number (from 1) of the first step that it misses.

        within: for rows of the whole register; those out of scope are NULL.
        """
        count = len(self.steps)
        whens = [When(self.all_of(count) if count else Q(pk__isnull=False), then=Value(0))]
        whens += [When(self.all_of(n), then=Value(n + 1)) for n in range(count - 1, 0, -1)]
        if within:
            scope = Q(pk__isnull=False)
            for clause in self.scope_clauses:
                scope &= clause.q
            whens = [When(scope & when.condition, then=when.result) for when in whens] + [When(scope, then=Value(1))]
        return Case(*whens, default=None if within else Value(1), output_field=IntegerField())


def told(clauses: Iterable[Clause], viewer=None) -> list[str]:
    """Clauses in words, without the titles of records that viewer may not see."""
    return [str(words) for clause in clauses if (words := clause.told_to(viewer)[0])]


def compiled(part: dict, period: Period, reader=SYSTEM) -> Compiled:
    """The part for this period as this reader may see it. Raises DefinitionError, FilterError."""
    spec = definitions.spec_of(part)
    try:
        return _compiled(spec, part, period, reader)
    except KeyError as error:  # a definition that was checked once, and a register that changed since
        raise definitions.DefinitionError(
            _("The register «%(register)s» has no field «%(key)s».") % {"register": spec.title, "key": error.args[0]}
        )


def _compiled(spec: Register, part: dict, period: Period, reader) -> Compiled:
    for name in [part.get("field"), part.get("base_field"), *(n for n in part.get("breakdowns") or [] if n != "month")]:
        if name and name not in spec.all_fields:
            raise KeyError(name)
    scope = spec.query(definitions.filled(part.get("scope") or {}, period))
    steps: list[Clause] = []
    if date := part.get("date"):
        steps += spec.filters[date["by"]].period_clauses(date["rule"], period)
    steps += spec.query(definitions.filled(part.get("conditions") or {}, period)).clauses
    if part.get("aggregate") == "ratio":
        steps.append(_filled_step(spec, part["base_field"]))
    of_from = len(steps)
    steps += spec.query(definitions.filled(part.get("of") or {}, period)).clauses
    if part.get("aggregate") == "ratio":
        steps.append(_quantity_step(spec, part))
    steps += [_filled_step(spec, name) for name in part.get("fields") or []]
    rows = spec.visible(reader).filter(scope.q()).order_by()
    return Compiled(spec, part, rows, scope.clauses, steps, of_from)


def _filled_step(spec: Register, name: str) -> Clause:
    if name in spec.all_fields:
        bound = spec.all_fields[name]
        words = {"field": bound.label}
        return Clause(bound.filled_q(), _("«%(field)s» is filled in") % words, _("«%(field)s» is not filled in") % words)
    return spec.filters[name].clauses({"": ["1"]})[0]


def _quantity_step(spec: Register, part: dict) -> Clause:
    """What a record of a share of quantities has that stands above the line: some of what its base asks for."""
    upper, base = spec.all_fields[part["field"]], spec.all_fields[part["base_field"]]
    words = _("«%(field)s», of each record no more than its «%(base)s»") % {"field": upper.label, "base": base.label}
    return Clause(Q(**{f"{upper.path}__gt": 0}), words, _("«%(field)s» is nothing") % {"field": upper.label})


@dataclass
class Reading:
    """A measure's value for a period. value: a number, or percent for shares; None where nothing can be said, note says why.

    rows is how many records counted; with_evidence how many of them have a document behind them (None where not asked).
    """

    value: Decimal | int | None = None
    numerator: int | None = None
    denominator: int | None = None
    rows: int = 0
    with_evidence: int | None = None
    unnamed: int = 0
    percent: bool = False
    note: str = ""
    bound: bool = True
    typed: bool = False

    @property
    def known(self) -> bool:
        """Whether there is a figure."""
        return self.value is not None


def read(definition: dict, period: Period, reader=SYSTEM, evidence: bool = False) -> Reading:
    """The figure of a definition for a period: one query per part (two for a share whose base is counted in another register)."""
    percent = definitions.is_share(definition)
    total = Reading(percent=percent, with_evidence=0 if evidence else None)
    try:
        pieces = [_read_part(part, period, reader, evidence) for part in definitions.parts(definition)]
    except definitions.NoRegister:
        return Reading(percent=percent, bound=False, note=_("no register yet"))
    except (definitions.DefinitionError, ValueError) as error:
        return Reading(percent=percent, bound=False, note=_("cannot be computed: %(why)s") % {"why": error})
    for piece in pieces:
        total.rows += piece["rows"] or 0
        total.unnamed += piece.get("unnamed") or 0
        if evidence:
            total.with_evidence += piece["evidence"] or 0
    if percent:
        total.numerator = sum(p["value"] or 0 for p in pieces)
        total.denominator = sum(p["base"] or 0 for p in pieces)
        if total.denominator:
            total.value = Decimal(100 * total.numerator) / total.denominator
        else:
            total.note = _("nothing to take a share of")
    else:
        total.value = total.numerator = sum(p["value"] or 0 for p in pieces)
    return total


def _read_part(part: dict, period: Period, reader, evidence: bool) -> dict[str, Any]:
    found = _figures(part, period, reader, evidence)
    found.setdefault("rows", found["value"])
    found["value"] = (found["value"] or 0) + (found.get("unnamed") or 0)
    if part.get("base"):
        found["base"] = _base_elsewhere(part["base"], period, reader)
    elif definitions.is_share(part):
        found["base"] = (found["base"] or 0) + (found.get("unnamed_base") or 0)
    return found


def _figures(part: dict, period: Period, reader, evidence: bool) -> dict[str, Any]:
    """The figures of a part as the database gives them, in one query."""
    spec, share = definitions.spec_of(part), definitions.is_share(part)
    names = ["value"]
    if part.get("field"):  # elsewhere the figure is the number of rows
        names.append("rows")
    if share and not part.get("base"):
        names.append("base")
    plus = _plus_column(spec, part) if part.get("field") in spec.all_fields else ""
    if plus:
        names += ["unnamed", "unnamed_base"]
    if evidence:
        names.append("evidence")

    def build() -> dict[str, Any]:
        made, of = compiled(part, period, reader), Q()
        for step in made.steps[made.of_from :]:
            of &= step.q
        nameless = Q(**{f"{_path(spec, part)}__isnull": True}) if plus else Q()
        makers = {
            "value": lambda: _aggregate(made, part, of if share and of else None),
            "rows": lambda: _rows_where(made, part, of),
            "base": lambda: _base(made, part),
            "unnamed": lambda: Sum(plus, filter=nameless & of),
            "unnamed_base": lambda: Sum(plus, filter=nameless),
            "evidence": lambda: _rows_where(made, part, of & spec.evidence_q()),
        }
        return made.base.aggregate(**{name: makers[name]() for name in names})

    kept = reader is SYSTEM and part.get("aggregate") != "sum" and _whole(spec, part)
    return statements.whole_numbers(statements.key(spec, part, period, evidence) if kept else None, names, build)


def _whole(spec: Register, part: dict) -> bool:
    """Whether the figures of a share of quantities are whole numbers; those of other aggregates, but for sums, always are."""
    return part.get("aggregate") != "ratio" or {spec.all_fields[part[n]].kind for n in ("field", "base_field")} == {"integer"}


def _base_elsewhere(base: dict, period: Period, reader) -> int:
    """How many records another register has in its scope."""
    spec = definitions.spec_of(base)

    def build() -> dict[str, Any]:
        scope = spec.query(definitions.filled(base.get("scope") or {}, period))
        return spec.visible(reader).filter(scope.q()).order_by().aggregate(n=Count("pk"))

    kept_as = statements.key(spec, base, period, "base") if reader is SYSTEM else None
    return statements.whole_numbers(kept_as, ["n"], build)["n"]


def _rows_where(made: Compiled, part: dict, only: Q) -> Count:
    # Counting over a to-many field joins it in, and a row would stand there once for each of its values.
    many = bool(part.get("field")) and made.spec.all_fields[part["field"]].many
    return Count("pk", filter=only or None, distinct=many)


def _path(spec: Register, part: dict) -> str:
    return spec.all_fields[part["field"]].path


def _base_path(spec: Register, part: dict) -> str:
    return spec.all_fields[part["base_field"]].path


def _no_more_than_asked(spec: Register, part: dict):
    """The upper quantity of a record, at most the lower one: what one record has too much of does not fill what another lacks."""
    kind = IntegerField() if _whole(spec, part) else DecimalField()
    upper = Coalesce(Column(_path(spec, part)), Value(0), output_field=kind)
    return Least(upper, Column(_base_path(spec, part)), output_field=kind)


def _base(made: Compiled, part: dict):
    """What stands below the line of a share."""
    return Sum(_base_path(made.spec, part)) if part.get("aggregate") == "ratio" else _aggregate(made, part, None)


def _plus_column(spec: Register, part: dict) -> str:
    distinct = part.get("aggregate") == "distinct" or (part.get("aggregate") == "share" and part.get("field"))
    return spec.distinct_plus.get(part.get("field", ""), "") if distinct else ""


def _aggregate(made: Compiled, part: dict, only: Q | None):
    kind = part.get("aggregate", "count")
    if kind == "sum":
        return Sum(_path(made.spec, part), filter=only)
    if kind == "ratio":
        return Sum(_no_more_than_asked(made.spec, part), filter=only)
    if kind == "distinct" or part.get("field"):
        return Count(_path(made.spec, part), distinct=True, filter=only)
    return Count("pk", filter=only)


# -- the passport ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LeftOut:
    """Records in scope that miss a step: how many, why, and the key that the register's list takes to show them.

    outside: they only belong to another period. below: they are in the base of a share, not in its upper figure.
    """

    key: str
    reason: str
    n: int
    outside: bool = False
    below: bool = False


@dataclass(frozen=True)
class Breakdown:
    """How the counted records spread over a field: (label, number)."""

    name: str
    label: str
    rows: list[tuple[str, int]]


@dataclass
class PartPassport:
    """What one part of a measure was counted from. hidden: the counted records that the viewer may not open. listed: whether the records
    may be shown to the viewer as a list."""

    spec: Register
    scope_words: list[str]
    condition_words: list[str]
    of_words: list[str]
    counted: int
    base: int
    counted_key: str
    base_key: str
    left_out: list[LeftOut]
    breakdowns: list[Breakdown] = field(default_factory=list)
    hidden: int = 0
    listed: bool = True


def chosen_openly(definition: dict, user) -> bool:
    """Whether all that chooses the records of a definition is open to user: else a list of them would tell what they may not read."""
    return user is None or all(_part_chosen_openly(part, user) for part in definitions.parts(definition))


def _part_chosen_openly(part: dict, user) -> bool:
    spec = registry.find(part.get("register", ""))
    seen = spec.as_seen_by(user) if spec is not None else None
    if seen is spec:
        return True
    keys = {*(part.get("scope") or {}), *(part.get("conditions") or {}), *(part.get("of") or {})}
    named = {(part.get("date") or {}).get("by"), *(part.get("fields") or ())}
    named |= {spec.keys[key][0] for key in keys if key in spec.keys}
    known = {*spec.all_fields, *spec.filters}
    return named & known <= {*seen.all_fields, *seen.filters}


def passport(definition: dict, period: Period, viewer=None, hidden: bool = True) -> list[PartPassport]:
    """The parts of a measure with counted and left-out records. viewer: who reads it; no words name a record that this person may not see.

    hidden: count how many of the counted records the viewer may not open. Raises DefinitionError for a definition that cannot be computed.
    """
    parts = definitions.parts(definition)
    registers = [part.get("register") for part in parts]
    # Where two parts count one register, the key of a list says which of them is meant.
    ends = [f"@{n}" if registers.count(register) > 1 else "" for n, register in enumerate(registers, 1)]
    return [_part_passport(part, period, viewer, end, hidden) for part, end in zip(parts, ends, strict=True)]


def _part_passport(part: dict, period: Period, viewer, end: str, hide: bool) -> PartPassport:
    made = compiled(part, period)
    openly = _part_chosen_openly(part, viewer)
    groups = dict(made.scope.annotate(missed=made.missed()).values_list("missed").annotate(n=Count("pk")))
    left = []
    for number, step in enumerate(made.steps, 1):
        if n := groups.get(number):
            outside = bool(part.get("date")) and number == 2
            left.append(LeftOut(f"left-{number}{end}", step.told_to(viewer)[1], n, outside, number > made.of_from))
    counted = groups.get(0, 0)
    base = counted + sum(item.n for item in left if item.below)
    hidden = 0
    if viewer is not None and hide:
        hidden = counted - (made.counted.filter(made.spec.policy.q(viewer)).count() if openly else 0)
    return PartPassport(
        made.spec,
        told(made.scope_clauses, viewer),
        told(made.steps[: made.of_from], viewer),
        told(made.steps[made.of_from :], viewer),
        counted,
        base,
        f"counted{end}",
        f"base{end}",
        sorted(left, key=lambda item: item.outside),
        [found for name in part.get("breakdowns") or [] if (found := breakdown(made, part, name, viewer))],
        hidden,
        openly and (viewer is None or made.spec.policy.may(viewer, VIEW)),
    )


def breakdown(made: Compiled, part: dict, name: str, viewer=None) -> Breakdown | None:
    """The counted records by a field of the register, or by month of the date that places them in the period.

    viewer: what a group is called stays unsaid where it is the title of a record that this person may not see.
    """
    rows = made.counted
    if name == "month":
        by = (part.get("date") or {}).get("by", "")
        bound = made.spec.all_fields.get(by)
        if bound is None or bound.kind != "date" or bound.many:
            return None
        months = rows.annotate(y=ExtractYear(bound.path), m=ExtractMonth(bound.path)).values_list("y", "m")
        found = sorted(months.annotate(n=_figure(made, part)))
        return Breakdown(name, _("month"), [(f"{month_name(m)} {y}", n or 0) for y, m, n in found])
    bound = made.spec.all_fields[name]
    grouped = made.spec.model._default_manager.filter(pk__in=rows.values("pk")).order_by()
    found = list(grouped.values_list(bound.path).annotate(n=_figure(made, part)))
    words = _group_words(bound, [value for value, _n in found], viewer)
    named = [(words.get(value) or _("not given"), n) for value, n in found if n]
    return Breakdown(name, str(bound.label), sorted(named, key=lambda row: (-row[1], row[0])))


def _figure(made: Compiled, part: dict):
    if plus := _plus_column(made.spec, part):
        # each named person once, and the people counted without names: one text per person, or per unnamed row its number
        path = _path(made.spec, part)
        return Count(path, distinct=True) + Coalesce(Sum(plus, filter=Q(**{f"{path}__isnull": True})), Value(0))
    return _aggregate(made, part, None)


def _group_words(bound, values: Iterable, viewer=None) -> dict:
    if bound.kind in {"relation", "relations"}:
        rows = bound.column.related_model._default_manager.filter(pk__in=[v for v in values if v is not None])
        return {row.pk: str(row) if open_to(viewer, row) else _("not open to you") for row in rows}
    return {value: bound.word(value) for value in values}


def monthly(definition: dict, period: Period) -> list[tuple[Period, int]]:
    """The figure month by month, for measures placed in a period by one date: one query per part. Empty for the others."""
    totals = dict.fromkeys(period.months(), 0)
    try:
        for part in definitions.parts(definition):
            date = part.get("date") or {}
            bound = definitions.spec_of(part).all_fields.get(date.get("by", ""))
            if date.get("rule") != "in" or bound is None or bound.kind != "date" or bound.many or definitions.is_share(part):
                return []
            made = compiled(part, period)
            months = made.counted.annotate(y=ExtractYear(bound.path), m=ExtractMonth(bound.path)).values_list("y", "m")
            for year, month, n in months.annotate(n=_figure(made, part)):
                for key in totals:
                    if (key.start.year, key.start.month) == (year, month):
                        totals[key] += n or 0
    except (definitions.DefinitionError, ValueError):
        return []
    return list(totals.items())


# -- the rows behind a figure ------------------------------------------------------------------------------------------


def rows_q(definition: dict, spec: Register, period: Period, which: str, viewer=None) -> tuple[Q, str]:
    """The rows of spec that counted («counted»), were the base («base»), are in scope («scope») or were left out («left-3»).

    «left-3@2» asks for those of the second part only; without it «counted» is what counted in any part.
    Returns the Q and the words for it. Raises ValueError for a definition that does not count spec, or an unknown word.
    """
    whole, words = Q(), ""
    which, _sep, only = which.partition("@")
    for place, part in enumerate(definitions.parts(definition), 1):
        if part.get("register") != spec.key or only not in {"", str(place)}:
            continue
        made = compiled(part, period)
        if which == "counted":
            rows, words = made.counted, _("counted")
        elif which == "base":
            rows, words = made.base, _("base of the share")
        elif which == "scope":
            rows, words = made.scope, _("in scope")
        elif which.startswith("left-") and which[5:].isdecimal() and 1 <= int(which[5:]) <= len(made.steps):
            number = int(which[5:])
            rows, words = made.scope.annotate(missed=made.missed()).filter(missed=number), made.steps[number - 1].told_to(viewer)[1]
        else:
            raise ValueError(which)
        whole |= Q(pk__in=rows.values("pk"))
    if not words:
        raise ValueError(spec.key)
    return whole, words


def missed_by(definition: dict, record, period: Period) -> str | None:
    """Why this record does not count: '' where it counts in any part, None where it is not in the scope of the measure."""
    return missed_by_each([(definition, period)], record)[0]


def missed_by_each(wanted: list[tuple[dict, Period]], record, viewer=None) -> list[str | None]:
    """missed_by() for many measures at once, in one query for every MEASURES_AT_ONCE parts. viewer: who reads the words."""
    parts: list[tuple[int, Compiled]] = []
    for number, (definition, period) in enumerate(wanted):
        for part in definitions.parts(definition):
            try:
                made = compiled(part, period)
            except (definitions.DefinitionError, ValueError):
                continue
            if made.spec.model is type(record):
                parts.append((number, made))
    found: list[str | None] = [None] * len(wanted)
    for begin in range(0, len(parts), MEASURES_AT_ONCE):
        some = parts[begin : begin + MEASURES_AT_ONCE]
        columns = {f"m{n}": made.missed(within=True) for n, (_number, made) in enumerate(some)}
        row = type(record)._default_manager.filter(pk=record.pk).values(**columns).first() or {}
        for n, (number, made) in enumerate(some):
            step = row.get(f"m{n}")
            if step == 0:
                found[number] = ""
            elif step is not None and found[number] is None:
                found[number] = made.steps[step - 1].told_to(viewer)[1]
    return found
