"""Filters: from the words of an address or a measure to a Q, and back to words that a person reads.

A filter never joins a to-many relation into the outer query: it asks «pk in (…)», so that rows are not multiplied, sums not inflated,
and any filter can be negated. Keys are strict: an unknown one is refused, never ignored.

Grammar of keys: name, name__not, name__from, name__to, name__on, name__set, name__has.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import In
from django.utils.translation import gettext as _

from gegma.kernel import dates
from gegma.kernel.periods import Period

from . import codes, registry

Values = dict[str, list[str]]


class FilterError(ValueError):
    """A filter that cannot be understood; key says which, the text says why and what would do."""

    def __init__(self, key: str, message: str):
        super().__init__(message)
        self.key = key
        self.message = message


@dataclass(frozen=True)
class Clause:
    """One thing asked of a record: as a Q, in words, and in the words for a record that misses it."""

    q: Q
    words: str
    missed: str
    keys: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()

    def told_to(self, viewer) -> tuple[str, str]:
        """The words, and those for a record that misses it, as viewer may read them: whoever asked."""
        return self.words, self.missed


class NamedLater(Clause):
    """A clause whose words name records, and so cost a query: they are asked for when somebody reads them, not for a bare figure."""

    def __init__(self, q: Q, say: Callable[[Any], tuple[str, str]], key: str, values: list[str], user=None):
        """say(user): the words, and those for a record that misses it, without the titles of records that user may not see."""
        own = {"q": q, "say": say, "user": user, "keys": (key,), "values": tuple((key, v) for v in values), "_said": {}}
        for name, value in own.items():
            object.__setattr__(self, name, value)

    def told_to(self, viewer) -> tuple[str, str]:
        """As viewer may read them; asked once."""
        if viewer not in self._said:
            self._said[viewer] = self.say(viewer)
        return self._said[viewer]

    @property
    def words(self) -> str:
        """What is asked of a record."""
        return self.told_to(self.user)[0]

    @property
    def missed(self) -> str:
        """The words for a record that misses it."""
        return self.told_to(self.user)[1]


def through(model: type[Model], path: str, build: Callable[[str], Q], each: bool = False) -> Q:
    """build(path) as a Q on model, with each to-many step turned into «pk in (…)».

    each: into «exists …» instead, looked up row by row. The better way where nearly all of the other table would answer and few rows are
    asked about (what is filled in, what has a document), and for what is to be negated: PostgreSQL walks a long «not in» for every row.
    «pk in» is the better way where few answer.
    """
    first, _sep, rest = path.partition("__")
    step = model._meta.get_field(first)
    if step.many_to_many and step.concrete:
        table = step.remote_field.through
        inner = build(step.m2m_reverse_field_name() + (f"__{rest}" if rest else ""))
        source = table._meta.get_field(step.m2m_field_name()).attname
        return _pointing("pk", table._default_manager.filter(inner), source, each)
    if step.many_to_many:
        table = step.through
        forward = step.remote_field
        inner = build(forward.m2m_field_name() + (f"__{rest}" if rest else ""))
        source = table._meta.get_field(forward.m2m_reverse_field_name()).attname
        return _pointing("pk", table._default_manager.filter(inner), source, each)
    if step.one_to_many:
        inner = through(step.related_model, rest, build, each) if rest else build("pk")
        return _pointing("pk", step.related_model._default_manager.filter(inner), step.field.attname, each)
    if rest and is_many(step.related_model, rest):
        inner = through(step.related_model, rest, build, each)
        return _pointing(first, step.related_model._default_manager.filter(inner), "pk", each)
    return build(path)


def _pointing(column: str, rows: QuerySet, source: str, each: bool) -> Q:
    """The rows whose column is among the source of rows."""
    if each:
        return Q(Exists(rows.filter(**{source: OuterRef(column)})))
    return Q(**{f"{column}__in": rows.values(source)})


def follows(expression, words: Iterable[str]) -> Q:
    """The rows for which a derived word is one of these: asked of each row, once the cheaper conditions have left few. No word is none of them."""
    return Q(In(Coalesce(expression, Value("")), list(words)))


def having(model: type[Model], path: str) -> Q:
    """The rows that have something at the end of the path."""
    return through(model, path, lambda end: Q(**{f"{end}__isnull": False}), each=True)


def is_many(model: type[Model], path: str) -> bool:
    """Whether the path crosses a to-many relation."""
    for part in path.split("__"):
        if model is None:
            return False
        step = model._meta.get_field(part)
        if step.one_to_many or step.many_to_many:
            return True
        model = step.related_model
    return False


@dataclass
class Filter:
    """What all filters share. path is the model path that it looks at; model is set when the register binds it.

    readers: the group of those who may ask by it; for others it does not exist.
    """

    name: str
    label: str = ""
    path: str = ""
    model: type[Model] | None = None
    suffixes: tuple[str, ...] = ("",)
    widget: str = ""
    readers: str = ""

    def keys(self) -> set[str]:
        """The parameter keys that this filter understands."""
        return {f"{self.name}__{s}" if s else self.name for s in self.suffixes}

    def clauses(self, values: Values, user=None) -> list[Clause]:
        """What the given values (suffix → words) ask. user: whose eyes decide which related records exist. Raises FilterError."""
        raise NotImplementedError

    def bind(self, model: type[Model]) -> Filter:
        """Tell the filter its model."""
        self.model = model
        return self

    def _q(self, build: Callable[[str], Q], each: bool = False) -> Q:
        return through(self.model, self.path or self.name, build, each)

    def _clause(self, suffix: str, values: list[str], q: Q, words: str, missed: str = "") -> Clause:
        key = f"{self.name}__{suffix}" if suffix else self.name
        words = str(words)
        return Clause(q, words, str(missed) or _("not: %(condition)s") % {"condition": words}, (key,), tuple((key, v) for v in values))

    def _set_clause(self, values: list[str]) -> Clause:
        wanted = _yes(f"{self.name}__set", values)
        filled = self._filled()
        if wanted:
            return self._clause(
                "set", values, filled, _("%(field)s is filled in") % {"field": self.label},
                _("%(field)s is not filled in") % {"field": self.label},
            )  # fmt: skip
        return self._clause(
            "set", values, ~filled,
            _("%(field)s is not filled in") % {"field": self.label}, _("%(field)s is filled in") % {"field": self.label},
        )  # fmt: skip

    def _filled(self) -> Q:
        return self._q(lambda path: Q(**{f"{path}__isnull": False}), each=True)


def _yes(key: str, values: list[str]) -> bool:
    if values[-1] not in {"0", "1"}:
        raise FilterError(key, _("«%(value)s» is neither 1 (yes) nor 0 (no).") % {"value": values[-1]})
    return values[-1] == "1"


def _joined(words: Iterable[str]) -> str:
    return _(" or ").join(f"«{word}»" for word in words)


@dataclass
class ChoiceFilter(Filter):
    """One of some keys: a codelist or the states of a life."""

    codelist: str = ""
    options: tuple[tuple[str, str], ...] = ()
    suffixes: tuple[str, ...] = ("", "not", "set")
    widget: str = "choices"

    def choices(self) -> list[tuple[str, str]]:
        """(key, word) of what may be asked."""
        return codes.choices(self.codelist) if self.codelist else [(str(k), str(v)) for k, v in self.options]

    def word(self, key: str) -> str:
        """The word for a key."""
        return codes.label(self.codelist, key) if self.codelist else dict(self.choices()).get(key, key)

    def clauses(self, values: Values, user=None) -> list[Clause]:
        """Equals one of, is none of, is filled in."""
        found = []
        for suffix, given in values.items():
            if suffix == "set":
                found.append(self._set_clause(given))
                continue
            self._check(given)
            words = _joined(self.word(key) for key in given)
            inside = self._among(given, each=suffix == "not")
            facts = {"field": self.label, "values": words}
            if suffix == "":
                text, missed = _("%(field)s: %(values)s") % facts, _("%(field)s is not %(values)s") % facts
                found.append(self._clause("", given, inside, text, missed))
            else:
                text, missed = _("%(field)s is not %(values)s") % facts, _("%(field)s: %(values)s") % facts
                found.append(self._clause("not", given, ~inside, text, missed))
        return found

    def _among(self, given: list[str], each: bool) -> Q:
        return self._q(lambda path: Q(**{f"{path}__in": given}), each)

    def _check(self, given: list[str]) -> None:
        known = set(codes._lists().get(self.codelist, {})) if self.codelist else {str(k) for k, _v in self.options}
        for key in given:
            if key not in known:
                raise FilterError(self.name, _("«%(value)s» is not one of the values of %(field)s.") % {"value": key, "field": self.label})

    def _filled(self) -> Q:
        if isinstance(resolve(self.model, self.path or self.name), models.IntegerField):
            return super()._filled()
        return self._q(lambda path: Q(**{f"{path}__gt": ""}), each=True)


@dataclass
class DerivedFilter(ChoiceFilter):
    """One of the words that follow from dates and other records."""

    expression: Callable[[], Any] | None = None
    suffixes: tuple[str, ...] = ("", "not")

    def _among(self, given: list[str], each: bool) -> Q:
        return follows(self.expression(), given)


@dataclass
class RelationFilter(Filter):
    """A record of another register, by number or by its code; several paths mean «any of them». Without a target the path tells it."""

    target: type[Model] | None = None
    paths: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ("", "not", "set")
    widget: str = "relation"

    def bind(self, model: type[Model]) -> Filter:
        """Tell the filter its model, and find what it points to."""
        if self.target is None:
            self.target = resolve(model, self.path or self.name).related_model
        return super().bind(model)

    @property
    def target_spec(self):
        """The register that the records belong to."""
        return registry.of(self.target)

    def clauses(self, values: Values, user=None) -> list[Clause]:
        """Is one of, is none of, is filled in."""
        found = []
        for suffix, given in values.items():
            if suffix == "set":
                found.append(self._set_clause(given))
                continue
            inside = self._inside(given, user, each=suffix == "not")
            if suffix == "":
                found.append(NamedLater(inside, lambda eyes, given=given: self._said(given, eyes), self.name, given, user))
            else:
                found.append(NamedLater(~inside, lambda eyes, given=given: self._said(given, eyes)[::-1], f"{self.name}__not", given, user))
        return found

    def _said(self, given: list[str], user) -> tuple[str, str]:
        facts = {"field": self.label, "values": _joined(self.words(given, user))}
        return _("%(field)s: %(values)s") % facts, _("%(field)s is not %(values)s") % facts

    def _filled(self) -> Q:
        whole = Q(pk__in=[])
        for path in self.paths or (self.path or self.name,):
            whole |= having(self.model, path)
        return whole

    def _split(self, given: list[str]) -> tuple[list[int], list[str]]:
        numbers = [int(v) for v in given if v.isascii() and v.isdecimal() and len(v) < 19]
        names = [v for v in given if not (v.isascii() and v.isdecimal())]
        if names and not self._natural():
            raise FilterError(self.name, _("%(field)s: give the number of a record, not «%(value)s».") % {"field": self.label, "value": names[0]})
        return numbers, names

    def _natural(self) -> str:
        spec = self.target_spec
        return spec.natural if spec else ""

    def _inside(self, given: list[str], user=None, each: bool = False) -> Q:
        numbers, names = self._split(given)
        if user is not None and self.target_spec:  # what this person may not see does not exist: it selects nothing
            numbers, names = [row.pk for row in self.rows(given, user)], []
        paths = self.paths or (self.path or self.name,)
        if len(paths) > 1 and all(path.startswith(f"{paths[0]}__") for path in paths[1:]):
            # a record, or one above it: first find these in their own small table, then the rows that point to them
            steps = ["", *(path.removeprefix(f"{paths[0]}__") for path in paths[1:])]
            whole = Q(pk__in=[])
            for step in steps:
                whole |= self._named(self.target, step, numbers, names, each)
            found = self.target._default_manager.filter(whole).values("pk")
            return through(self.model, paths[0], lambda p: Q(**{f"{p}__in": found}), each)
        whole = Q(pk__in=[])
        for path in paths:
            whole |= self._named(self.model, path, numbers, names, each)
        return whole

    def _named(self, model: type[Model], path: str, numbers: list[int], names: list[str], each: bool) -> Q:
        """The rows of model whose path (nothing: the row itself) is one of the records given by number or by name."""
        whole, natural = Q(pk__in=[]), self._natural()
        if numbers:
            whole |= through(model, path, lambda p: Q(**{f"{p}__in": numbers}), each) if path else Q(pk__in=numbers)
        if names:
            end = f"{path}__{natural}" if path else natural
            whole |= through(model, end, lambda p: Q(**{f"{p}__in": names}), each)
        return whole

    def tally(self, rows: QuerySet) -> Counter[int]:
        """How many of the rows point to each record by any of the paths: {number of the record: rows}."""
        pairs = {pair for path in self.paths or (self.path or self.name,) for pair in self._pairs(rows.order_by(), path)}
        return Counter(record for record, _row in pairs if record is not None)

    def _pairs(self, rows: QuerySet, path: str) -> Iterable[tuple[int, int]]:
        return rows.values_list(path, "pk")

    def words(self, given: list[str], user=None) -> list[str]:
        """The titles of the records asked for; what was given where there is none that user may see."""
        return [str(row) for row in self.rows(given, user)] or list(given)

    def rows(self, given: list[str], user=None) -> list[Model]:
        """The records asked for (that user may see), in no special order."""
        numbers, names = self._split(given)
        wanted = Q(pk__in=numbers)
        if names:
            wanted |= Q(**{f"{self._natural()}__in": names})
        if user is not None and self.target_spec:
            return list(self.target_spec.visible(user).filter(wanted))
        return list(self.target._default_manager.filter(wanted))


@dataclass
class FlagFilter(Filter):
    """Yes or no: a boolean column, or a condition of the register's own (yes)."""

    yes: Q | Callable[[], Q] | None = None
    yes_words: str = ""
    no_words: str = ""
    widget: str = "flag"

    def clauses(self, values: Values, user=None) -> list[Clause]:
        """Is so, or is not."""
        given = values[""]
        wanted = _yes(self.name, given)
        positive = self.yes() if callable(self.yes) else self.yes
        if positive is None:
            positive = self._q(lambda path: Q(**{path: True}))
        yes = str(self.yes_words) or _("%(field)s: yes") % {"field": self.label}
        no = str(self.no_words) or _("%(field)s: no") % {"field": self.label}
        if wanted:
            return [self._clause("", given, positive, yes, no)]
        return [self._clause("", given, ~positive, no, yes)]


@dataclass
class TextFilter(Filter):
    """Contains some letters."""

    suffixes: tuple[str, ...] = ("has", "set")
    widget: str = "text"

    def clauses(self, values: Values, user=None) -> list[Clause]:
        """Contains; is filled in."""
        found = []
        for suffix, given in values.items():
            if suffix == "set":
                found.append(self._set_clause(given))
            else:
                q = self._q(lambda path, given=given: Q(**{f"{path}__icontains": given[-1]}))
                found.append(self._clause("has", given, q, _("%(field)s contains «%(value)s»") % {"field": self.label, "value": given[-1]}))
        return found

    def _filled(self) -> Q:
        return self._q(lambda path: Q(**{f"{path}__gt": ""}), each=True)


@dataclass
class NumberFilter(Filter):
    """Between two numbers, either may be missing."""

    suffixes: tuple[str, ...] = ("from", "to", "set")
    widget: str = "number"

    def _limit(self) -> int:
        column = resolve(self.model, self.path or self.name)
        return 10 ** (column.max_digits - column.decimal_places) if hasattr(column, "max_digits") else 2**31

    def clauses(self, values: Values, user=None) -> list[Clause]:
        """From, to; is filled in."""
        found = []
        for suffix, given in values.items():
            if suffix == "set":
                found.append(self._set_clause(given))
                continue
            try:
                number = float(given[-1].replace("\u00a0", "").replace(" ", "").replace(",", "."))
            except ValueError:
                raise FilterError(f"{self.name}__{suffix}", _("«%(value)s» is not a number.") % {"value": given[-1]})
            if not abs(number) < self._limit():  # also not a number and infinity
                raise FilterError(f"{self.name}__{suffix}", _("«%(value)s» is larger than this field can hold.") % {"value": given[-1]})
            lookup, sign = ("gte", "≥") if suffix == "from" else ("lte", "≤")
            q = self._q(lambda path, lookup=lookup, number=number: Q(**{f"{path}__{lookup}": number}))
            found.append(self._clause(suffix, given, q, f"{self.label} {sign} {given[-1]}"))
        return found


def resolve(model: type[Model], path: str):
    """The last field on a path. Raises FieldDoesNotExist."""
    *relations, last = path.split("__")
    for part in relations:
        model = model._meta.get_field(part).related_model
    return model._meta.get_field(last)


def _day(key: str, text: str) -> dt.date:
    try:
        return dates.parse_day(text)
    except dates.AmbiguousDate:
        raise FilterError(key, _("«%(value)s» can be read in two ways: write day.month.year, such as 03.09.2026.") % {"value": text})
    except ValueError:
        raise FilterError(key, _("«%(value)s» is not a date: write day.month.year, such as 03.09.2026.") % {"value": text})


def _range_words(label: str, first: dt.date | None, last: dt.date | None) -> str:
    if first and last:
        return f"{label}: {first:%d.%m.%Y} – {last:%d.%m.%Y}"
    if first:
        return _("%(field)s: from %(day)s") % {"field": label, "day": f"{first:%d.%m.%Y}"}
    return _("%(field)s: until %(day)s") % {"field": label, "day": f"{last:%d.%m.%Y}"}


@dataclass
class DateFilter(Filter):
    """Between two days, both included; either may be missing. Over a to-many path both bounds hold for one and the same row."""

    suffixes: tuple[str, ...] = ("from", "to", "set")
    widget: str = "dates"

    def clauses(self, values: Values, user=None) -> list[Clause]:
        """In the range; is filled in."""
        found = []
        if "set" in values:
            found.append(self._set_clause(values["set"]))
        bounds = {s: _day(f"{self.name}__{s}", values[s][-1]) for s in ("from", "to") if s in values}
        if bounds:
            first, last = bounds.get("from"), bounds.get("to")
            keys = tuple(f"{self.name}__{s}" for s in bounds)
            words = _range_words(self.label, first, last)
            missed = _("outside «%(range)s», or not filled in") % {"range": words}
            pairs = tuple((f"{self.name}__{s}", values[s][-1]) for s in bounds)
            found.append(Clause(self._between(first, last), words, missed, keys, pairs))
        return found

    def _between(self, first: dt.date | None, last: dt.date | None) -> Q:
        def build(path: str) -> Q:
            q = Q()
            if first:
                q &= Q(**{f"{path}__gte": first})
            if last:
                q &= Q(**{f"{path}__lte": last})
            return q

        return self._q(build)

    rules = ("in",)

    def period_clauses(self, rule: str, period: Period) -> list[Clause]:
        """For a measure: the day is known, and lies in the period."""
        known = Clause(self._filled(), "", _("«%(field)s» is not filled in") % {"field": self.label})
        words = _("«%(field)s» lies in the period") % {"field": self.label}
        missed = _("«%(field)s» is outside the period") % {"field": self.label}
        return [known, Clause(self._between(period.start, period.end), words, missed)]


@dataclass
class SpanFilter(Filter):
    """A span of days, from start to end (open where the end is missing), that overlaps a range or holds on a day.

    open_start: a missing start means «since always», not «nobody knows».
    """

    start: str = ""
    end: str = ""
    last_day_counts: bool = True
    open_start: bool = False
    suffixes: tuple[str, ...] = ("from", "to", "on")
    widget: str = "dates"
    rules: tuple[str, ...] = ("overlaps", "at_end")

    def clauses(self, values: Values, user=None) -> list[Clause]:
        """Overlaps the range; holds on a day."""
        found = []
        if "on" in values:
            day = _day(f"{self.name}__on", values["on"][-1])
            words = _("%(field)s on %(day)s") % {"field": self.label, "day": f"{day:%d.%m.%Y}"}
            found.append(self._clause("on", values["on"], self._on(day), words))
        bounds = {s: _day(f"{self.name}__{s}", values[s][-1]) for s in ("from", "to") if s in values}
        if bounds:
            first, last = bounds.get("from"), bounds.get("to")
            words = _range_words(self.label, first, last)
            keys = tuple(f"{self.name}__{s}" for s in bounds)
            pairs = tuple((f"{self.name}__{s}", values[s][-1]) for s in bounds)
            found.append(Clause(self._overlaps(first, last), words, _("not: %(condition)s") % {"condition": words}, keys, pairs))
        return found

    def _overlaps(self, first: dt.date | None, last: dt.date | None) -> Q:
        q = self._begun()
        if last:
            before = Q(**{f"{self.start}__lte": last})
            q &= before | Q(**{f"{self.start}__isnull": True}) if self.open_start else before
        if first:
            lookup = "gte" if self.last_day_counts else "gt"
            q &= Q(**{f"{self.end}__isnull": True}) | Q(**{f"{self.end}__{lookup}": first})
        return q

    def _begun(self) -> Q:
        return Q(pk__isnull=False) if self.open_start else Q(**{f"{self.start}__isnull": False})

    def _on(self, day: dt.date) -> Q:
        return self._overlaps(day, day)

    def period_clauses(self, rule: str, period: Period) -> list[Clause]:
        """For a measure: the start is known, and the span overlaps the period or holds on its last day."""
        known = Clause(self._begun(), "", _("the start of «%(field)s» is not filled in") % {"field": self.label})
        if rule == "at_end":
            words = _("«%(field)s» holds on the last day of the period") % {"field": self.label}
            missed = _("«%(field)s» does not hold on the last day of the period") % {"field": self.label}
            return [known, Clause(self._on(period.end), words, missed)]
        words = _("«%(field)s» overlaps the period") % {"field": self.label}
        missed = _("«%(field)s» is outside the period") % {"field": self.label}
        return [known, Clause(self._overlaps(period.start, period.end), words, missed)]


@dataclass
class Query:
    """A list as asked for: the clauses of its filters, the search words, the order."""

    clauses: list[Clause] = field(default_factory=list)
    search: str = ""
    sort: str = ""

    def q(self) -> Q:
        """All clauses together."""
        whole = Q()
        for clause in self.clauses:
            whole &= clause.q
        return whole
