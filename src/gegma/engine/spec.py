"""The declaration of a register: from it come list, record page, form, history, search, filters, export, policy and measures."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, StrIndex
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.kernel.text import pick

from . import filters as fl
from . import policy as policies
from . import registry
from .codes import CodeField
from .fields import Field
from .life import Life, Move
from .search import searched


@dataclass(frozen=True)
class F:
    """One field of a register, in one line. Flags are data.

    name: the model field, or the stem of a bilingual pair (title → title_ka, title_en), or a free name where path is given.
    path: read through relations ("document__type"); such a field is shown, filtered and exported but not edited.
    list: shown in the list unless the person chooses otherwise. search: found by its words. filter: can be filtered.
    period: a date that may place the record in a period. form: can be edited. help: said under the field in the form.
    readers: the group of those who read it; for others it does not exist. inside: it does not exist for focal points of other units.
    """

    name: str
    label: Any = None
    path: str = ""
    list: bool = False
    search: bool = False
    filter: bool = False
    bilingual: bool = False
    period: bool = False
    form: bool = True
    help: Any = ""
    readers: str = ""
    inside: bool = False


@dataclass(frozen=True)
class Computed:
    """A value that the register works out: an expression over the row. Shown and exported; sorted by. readers: as in F."""

    name: str
    label: Any
    expression: Callable[[], Any]
    kind: str = "integer"
    list: bool = False
    readers: str = ""


@dataclass(frozen=True)
class Derived:
    """One of some words that follow from dates and other records, and so is never typed: «valid», «expired».

    expression: over the row, gives one of the keys of options [(key, words)]. It may look at the day of today. Shown, sorted, exported,
    and filtered by; tones: {key: tone of the badge}. leads: a record that has no life shows it beside its title.
    """

    name: str
    label: Any
    expression: Callable[[], Any]
    options: tuple[tuple[str, Any], ...]
    list: bool = False
    tones: dict[str, str] = dataclass_field(default_factory=dict)
    kind: str = "choice"
    leads: bool = False
    readers: str = ""


@dataclass(frozen=True)
class Inline:
    """Child records edited in the form of their parent and shown on its page. register is the child's key."""

    register: str
    parent: str
    fields: tuple[str, ...]
    label: Any = None
    extra: int = 1


@dataclass(frozen=True)
class Section:
    """A titled group of fields on the record page and in the form."""

    title: Any
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Related:
    """Records of another register that point here, listed on the record page. filter is that register's filter name."""

    register: str
    filter: str
    label: Any = None


@dataclass(frozen=True)
class Due:
    """What makes a record wait for somebody: the day in date, as long as open holds. ask: the words in the calendar.

    first: the column that keeps the day as it was first set, whatever it is moved to. begins: where the record is an event that people
    look forward to, the date on which it begins.
    """

    date: str
    open: Q
    ask: Any
    first: str = ""
    begins: str = ""


@dataclass(frozen=True)
class Once:
    """What only one record may have, such as a number within its year: no two share all of these columns.

    at: the field that the refusal stands at; where it is empty nothing is refused. hint: what else may be done.
    """

    fields: tuple[str, ...]
    at: str
    hint: Any = ""


class Register:
    """Subclass, fill in the data, decorate with @register. See docs/registers.md."""

    key: str = ""
    model: type[models.Model]
    prefix: str = ""
    icon: str = "register"
    group: Any = ""
    menu: bool = True
    last: bool = False
    policy: policies.UnitPolicy = policies.UnitPolicy()
    # the group of those who read it at all; for others it does not exist
    readers: str = ""
    # paths to the units that a record is addressed to: their focal points see it, and those records that their unit owns
    addressed: tuple[str, ...] = ()
    # {path: values} with which nothing has gone out to them yet
    unaddressed: dict[str, tuple[str, ...]] = {}
    # what an addressee fills in; nothing: focal points only read
    answers: tuple[str, ...] = ()
    # read by the focal points of other units too: countries, the plan
    published: bool = False
    natural: str = ""
    # columns whose whole text, typed as a search, leads straight to the record
    straight: tuple[str, ...] = ()
    # to-one relations that its name is taken from, where it has no title of its own: fetched with the rows
    told_by: tuple[str, ...] = ()
    parent: str = ""
    parent_field: str = ""
    fields: list[F] = []
    computed: list[Computed | Derived] = []
    extra_filters: list[fl.Filter] = []
    inlines: list[Inline] = []
    related: list[Related] = []
    layout: list[Section] = []
    life: Life | None = None
    dues: list[Due] = []
    once: list[Once] = []
    # {field: fields}: when it changes in the form of a record, these are redrawn, with what is offered and what complete() proposes then
    redraws: dict[str, tuple[str, ...]] = {}
    # said on top of the form: what does not belong into this register
    notice: Any = ""
    # further days whose first value is kept, as in Due: {column: column that keeps it}
    first_days: dict[str, str] = {}
    order: tuple[str, ...] = ("-pk",)
    quick: tuple[str, ...] = ()
    # what the form of a new record holds at first: {field: value}
    starts_with: dict[str, Any] = {}
    confirm: str = ""
    # columns (editable=False) that follow from the children and so are no part of the history; see following()
    follows: tuple[str, ...] = ()
    # Q of the rows that have a document behind them, beyond files at the record itself
    evidence: Callable[[], Q] | None = None
    # the data on people in it: engine.personal.Personal, why each kind is kept and for how long
    personal: tuple = ()
    # aggregates over a distinct field may add a count kept where names must not be: {field: number column}
    distinct_plus: dict[str, str] = {}
    # domain hooks: validate(record, cleaned, children) → {field: message}; extra_views: [(path, view, name)]
    template: str = "engine/record.html"
    actions_template: str = ""

    def __init__(self):
        self.policy = self.policy.bound_to(self)
        self.whole: Register = self
        self._parts: dict[Any, Register] = {}

    # -- names -----------------------------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """The register's name, in the plural."""
        return str(self.model._meta.verbose_name_plural)

    @property
    def singular(self) -> str:
        """What one record is called."""
        return str(self.model._meta.verbose_name)

    def number(self, record) -> str:
        """The record's number as people quote it, such as M-214."""
        return f"{self.prefix}-{record.pk}"

    def heading(self, record) -> str:
        """The record's title in the language of the page."""
        return str(record)

    # -- fields with readers of their own --------------------------------------------------------------------------

    @functools.cached_property
    def groups(self) -> frozenset[str]:
        """The groups of readers that fields and filters of this register belong to."""
        return frozenset({one.readers for one in [*self.whole.all_fields.values(), *self.whole.filters.values()]} - {""})

    def as_seen_by(self, user) -> Register:
        """This register without the fields and filters that user may not read, and with no more to edit than the policy leaves to them.

        For a focal point also without computed values: they are worked out from rows of others too.

        The same object where nothing is kept back. Pages, lists and forms are made of what this returns; engine.write and measures work
        with the whole register.
        """
        if user is None:
            return self.whole
        hidden = frozenset(group for group in self.whole.groups if not user.reads_group(group))
        asked = hidden, self.whole.policy.columns(user), user.is_focal_point
        if asked == (frozenset(), None, False):
            return self.whole
        if asked not in self.whole._parts:
            self.whole._parts[asked] = self.whole._without(*asked)
        return self.whole._parts[asked]

    def _without(self, hidden: frozenset[str], only: frozenset[str] | None, plain: bool) -> Register:
        made = copy.copy(self)
        kept_back = {name for name, bound in self.all_fields.items() if bound.readers in hidden or plain and bound.inside}
        worked_out = {c.name for c in self.computed if plain and isinstance(c, Computed)}
        made.all_fields = {
            name: bound if only is None or name in only else replace(bound, editable=False)
            for name, bound in self.all_fields.items()
            if name not in kept_back | worked_out
        }
        made.filters = {name: one for name, one in self.filters.items() if one.readers not in hidden and name not in kept_back}
        made.__dict__.pop("keys", None)
        made.withheld = frozenset(column for name in kept_back for column in self.all_fields[name].columns())
        made.computed = [c for c in self.computed if c.name in made.all_fields]
        made.quick = tuple(name for name in self.quick if name in made.all_fields)
        return made

    def readable_fields(self, user) -> dict[str, Field]:
        """The fields that user may read, by name."""
        return self.as_seen_by(user).all_fields

    # -- fields ----------------------------------------------------------------------------------------------------

    # columns that the reader of this register may not read; see as_seen_by()
    withheld: frozenset[str] = frozenset()

    @functools.cached_property
    def all_fields(self) -> dict[str, Field]:
        """The fields with the model behind them, in the order declared, then those that all records have."""
        declared = [*self.fields, *(f for f in COMMON if self._has(f.name) and f.name not in {d.name for d in self.fields})]
        found = {f.name: Field.of(self.model, f) for f in declared}
        found.update({c.name: Field.computed(self.model, c) for c in self.computed})
        return found

    def _has(self, name: str) -> bool:
        try:
            self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return False
        return True

    @functools.cached_property
    def filters(self) -> dict[str, fl.Filter]:
        """All filters by name: those of the fields and those of the register's own."""
        found = {}
        for name, bound in self.all_fields.items():
            if bound.filter and (made := bound.make_filter()):
                found[name] = made
        for made in self.computed:
            if isinstance(made, Derived):
                found[made.name] = fl.DerivedFilter(
                    made.name, made.label, options=made.options, expression=made.expression, readers=made.readers
                ).bind(self.model)  # fmt: skip
        for extra in self.extra_filters:
            found[extra.name] = extra.bind(self.model)
        return found

    @functools.cached_property
    def keys(self) -> dict[str, tuple[str, str]]:
        """Parameter key → (filter, suffix)."""
        return {key: (f.name, key[len(f.name) + 2 :]) for f in self.filters.values() for key in sorted(f.keys())}

    def default_columns(self) -> list[str]:
        """The columns of the list unless the person chooses otherwise."""
        return [name for name, bound in self.all_fields.items() if bound.list]

    def sections(self) -> list[tuple[str, list[Field]]]:
        """The fields in the groups of the layout; what no group names comes last."""
        placed = {name for section in self.layout for name in section.fields}
        groups = [(str(s.title), [self.all_fields[name] for name in s.fields if name in self.all_fields]) for s in self.layout]
        rest = [bound for name, bound in self.all_fields.items() if name not in placed and name not in COMMON_NAMES]
        if rest:
            groups.append((str(_("Further")) if groups else self.singular, rest))
        common = [self.all_fields[n] for n in COMMON_NAMES if n in self.all_fields and n not in placed]
        if common:
            groups.append((_("Keeping of the record"), common))
        return groups

    # -- days by which something is due ----------------------------------------------------------------------------

    def named_dues(self) -> dict[str, Due]:
        """The dues by the name of their column; where one column stands in two of them, the second is numbered."""
        found: dict[str, Due] = {}
        for due in self.dues:
            taken = sum(1 for other in found.values() if other.date == due.date)
            found[f"{due.date}-{taken + 1}" if taken else due.date] = due
        return found

    def kept_first(self) -> dict[str, str]:
        """Columns whose first value is kept, each with the column that keeps it."""
        return {**self.first_days, **{due.date: due.first for due in self.dues if due.first}}

    # -- reading ---------------------------------------------------------------------------------------------------

    def visible(self, user) -> QuerySet:
        """Every row that user may see."""
        return self.model._default_manager.filter(self.policy.q(user, policies.VIEW))

    def query(self, params, user=None) -> fl.Query:
        """The list that params ask for. params: a QueryDict, or {key: word or list of words}. Raises FilterError for an unknown key.

        user: who asks, so that the words of a filter do not name a record that this person may not see, and no filter looks at a field that
        they may not read.
        """
        seen = self.as_seen_by(user)
        grouped: dict[str, fl.Values] = {}
        wanted = fl.Query()
        for key, words in _lists(params):
            words = [w for w in words if w != ""]
            if not words:
                continue
            _refuse_the_absurd(key, words)
            if key == "q":
                wanted.search = words[-1]
            elif key == "sort":
                wanted.sort = seen._checked_sort(words[-1])
            elif key in EXTRA_FILTERS:
                wanted.clauses += EXTRA_FILTERS[key](self, words[-1], user)
            elif key in seen.keys:
                name, suffix = seen.keys[key]
                grouped.setdefault(name, {})[suffix] = words
            else:
                raise fl.FilterError(key, _("There is no filter «%(key)s» in the register «%(register)s».") % {"key": key, "register": self.title})
        for name, values in grouped.items():
            wanted.clauses += self.filters[name].clauses(values, user)
        return wanted

    def rows(self, user, params=None) -> QuerySet:
        """The one read path: the rows of this register that user may see and params ask for."""
        wanted = self.query(params or {}, user)
        sorted_by = [c for c in self.computed if c.name == wanted.sort.removeprefix("-")]
        found = self.visible(user).annotate(**{c.name: c.expression() for c in sorted_by}).filter(wanted.q())
        if wanted.search:
            found = found.filter(searched(self, wanted.search, user))
        return found.order_by(*self._order(wanted.sort))

    def _order(self, sort: str) -> list:
        if not sort:
            return [*self.order, "pk"] if "pk" not in "".join(self.order) else list(self.order)
        sign, name = ("-", sort[1:]) if sort.startswith("-") else ("", sort)
        if derived := next((c for c in self.computed if isinstance(c, Derived) and c.name == name), None):
            place = _place_among(derived)
            return [place.desc() if sign else place.asc(), "pk"]
        return [sign + self.all_fields[name].sort_path, "pk"]

    def _checked_sort(self, sort: str) -> str:
        bound = self.all_fields.get(sort.removeprefix("-"))
        if bound is None or not bound.sort_path:
            raise fl.FilterError("sort", _("The list cannot be sorted by «%(key)s».") % {"key": sort})
        return sort

    def annotated(self, rows: QuerySet, names: list[str]) -> QuerySet:
        """rows with what their names and the named columns need: computed values, and relations fetched in as few queries as can be."""
        rows = rows.annotate(**{c.name: c.expression() for c in self.computed if c.name in names})
        chosen = [self.all_fields[name] for name in names]
        one = {*self.told_by, *(s for bound in chosen for s in bound.select)}
        many = {p for bound in chosen for p in bound.prefetch}
        if one:  # asked for none, Django would fetch every relation that there is
            rows = rows.select_related(*one)
        return rows.prefetch_related(*many)

    def may(self, user, action: str, record=None) -> bool:
        """Whether user may do action to record, or to some record of this register."""
        if not self.policy.may(user, action):
            return False
        if record is None or record.pk is None:
            return True
        allowed = self.policy.q(user, action)
        return not allowed or self.model._default_manager.filter(allowed, pk=record.pk).exists()

    # -- evidence --------------------------------------------------------------------------------------------------

    def evidence_q(self) -> Q:
        """The rows with a document behind them: a file at the record, or what the register itself calls evidence."""
        from .models import Attachment

        whole = Q(Exists(Attachment.objects.filter(register=self.key, record_id=OuterRef("pk"))))
        if self.evidence:
            whole |= type(self).evidence()
        return whole

    # -- checks ----------------------------------------------------------------------------------------------------

    def problems(self, record) -> dict[str, str]:
        """What keeps a record from being saved, by field, beyond what the model itself checks: the needs of its state."""
        if not self.life:
            return {}
        state = getattr(record, self.life.field)
        missing = [n for n in self.life.needs.get(state, ()) if not self.whole.all_fields[n].filled(record)]
        word = self.all_fields[self.life.field].text(record)
        return {n: _("Needed when the state is «%(state)s».") % {"state": word} for n in missing}

    def faults(self, record) -> list[str]:
        """What is wrong with a record together with its children. Asked at the end of every write to it or to them; a register of whose
        children one stands on another overrides it. The children that are its inlines are fetched already."""
        return []

    def following(self, record) -> dict[str, Any]:
        """The values of the columns named in follows, worked out from the record's children at the end of every write to it or to them."""
        return {}

    @functools.cached_property
    def is_whole(self) -> bool:
        """Whether a record is looked at together with its children after a write."""
        return bool(self.follows) or type(self).faults is not Register.faults

    def settle(self, user, record, children=()) -> None:
        """The last touches before a record is checked and written, in the same transaction: what follows from what is written with it.

        children: the write.Child rows of the same form. Other records are written through engine.write.
        """

    def complete(self, record, user) -> None:
        """Fill in what a new record lacks and what follows from the rest: proposed in its form, and taken on saving where left empty."""

    def offered(self, name: str, chosen: Callable[[str], list[int]]) -> Q | None:
        """A condition on the records offered for a relation, given what the form holds: chosen(field) are the numbers chosen there."""

    def taken(self, record, user) -> dict[str, str]:
        """What another record has already and only one may have, by field. Names that record only to somebody who may see it."""
        found = {}
        for once in self.once:
            if not getattr(record, once.at):
                continue
            asked = {name: getattr(record, name) for name in once.fields}
            other = self.model._default_manager.filter(**asked).exclude(pk=record.pk).first()
            if other is not None:
                open_to_user = self.policy.sees(user, other)
                holder = f"{self.number(other)} «{self.heading(other)}»" if open_to_user else _("a record that is not open to you")
                words = _("«%(value)s» is taken: %(record)s has it.") % {"value": getattr(record, once.at), "record": holder}
                found[once.at] = f"{words} {once.hint}".strip()
        return found

    def move_between(self, old: str, new: str, record) -> tuple[Move | None, str]:
        """The move by which a record goes from one state to another, and why it may not be made, or nothing."""
        if not self.life or old == new:
            return None, ""
        move = self.life.between(old, new)
        if move is None:
            return None, self.life.wrong_order(self.model, old, new)
        return move, str(move.refuses(record)) if move.refuses else ""

    def tone(self, record) -> str:
        """The tone of the state's badge."""
        return self.life.tones.get(getattr(record, self.life.field), "none") if self.life else "none"

    def follow(self, user, record, before: dict, after: dict) -> None:
        """What follows from a change in other records, written in the same transaction through engine.write; nothing unless a register says.

        before, after: the record as the history keeps it, with lists of numbers for to-many relations; {} where it is new, or gone. Raises
        ValidationError where what follows may not be. It must say the same however often it is asked: undoing a change asks it again.
        """

    # -- addresses -------------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The list's address."""
        return reverse("register", args=[self.key])

    def record_url(self, record) -> str:
        """The record's address; a child is shown on its parent's page."""
        if self.parent and (owner := getattr(record, self.parent_field + "_id", None)):
            return reverse("record", args=[self.parent, owner]) + f"#{self.key}-{record.pk}"
        return reverse("record", args=[self.key, record.pk])


COMMON = [
    F("owner_unit", filter=True),
    F("officer", filter=True),
    F("confidentiality", filter=True, help=gettext_lazy("Internal: everybody with an account. Restricted: people of the owner unit and heads above it. Named: only the officer in charge and the readers named below.")),
    F("readers", help=gettext_lazy("They read the record beside the officer in charge, and nobody else does.")),
    F("notes", search=True, inside=True),
]
COMMON_NAMES = [f.name for f in COMMON]

# Filters that a higher layer lends to every register: {key: (spec, word, user) → clauses}. The plan lends «measure».
EXTRA_FILTERS: dict[str, Callable[[Register, str, Any], list[fl.Clause]]] = {}


def _place_among(derived: Derived) -> StrIndex:
    """Where a derived word stands among the options as declared, so that a list is sorted in their order and not by the letters of keys."""
    keys = "|".join(["", *(key for key, _word in derived.options), ""])
    return StrIndex(Value(keys), Concat(Value("|"), derived.name, Value("|")))


# Longer words and more values are not typed by a person; databases and indexes choke on them.
WORD_MAX, VALUES_MAX, SEARCH_WORDS_MAX = 300, 500, 20


def _refuse_the_absurd(key: str, words: list[str]) -> None:
    if any("\0" in word for word in words):
        raise fl.FilterError(key, _("The filter «%(key)s» holds a character that no text has.") % {"key": key})
    if len(words) > VALUES_MAX or any(len(word) > WORD_MAX for word in words) or (key == "q" and len(words[-1].split()) > SEARCH_WORDS_MAX):
        raise fl.FilterError(key, _("The filter «%(key)s» is too long.") % {"key": key})


def _lists(params) -> list[tuple[str, list[str]]]:
    if hasattr(params, "lists"):
        return list(params.lists())
    return [(key, [str(v) for v in value] if isinstance(value, (list, tuple)) else [str(value)]) for key, value in params.items()]


__all__ = ["COMMON", "CodeField", "Computed", "Derived", "Due", "F", "Inline", "Life", "Move", "Once", "Register", "Related", "Section", "gettext_lazy", "pick", "registry"]
