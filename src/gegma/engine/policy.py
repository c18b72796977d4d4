"""Who may do what to which rows. A policy answers with a Q, so that lists, counts, measures and checks share one rule.

The rule in a table: docs/access.md.
"""

from __future__ import annotations

import copy
import functools
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Q

from gegma.accounts.models import ReaderGroup, Role

from . import filters as fl
from . import marks, registry

if TYPE_CHECKING:
    from .spec import Register

VIEW, ADD, CHANGE, DELETE = "view", "add", "change", "delete"
EVERYTHING = Q()
NOTHING = Q(pk__in=[])
INTERNAL, RESTRICTED, NAMED = "internal", "restricted", "named"
# Who reads every record, whatever its confidentiality.
READ_ALL = frozenset({"system", "system-writer", Role.AUDITOR})
# Up to this many records of a register that name a person stand in its conditions by number; more are sought by the database.
NAMED_MAX = 100


class UnitPolicy:
    """All people with an account read what is internal, but for focal points; officers, heads and administrators write.

    Restricted records are for the unit that owns them and for heads above it, named ones for the officer in charge and the named readers.
    A focal point sees what is addressed to their unit.
    """

    # whether rows carry confidentiality and an owner unit, by themselves or through the prefix
    confidential = True

    def __init__(self, prefix: str = ""):
        """prefix leads from the row to the record that carries owner unit and confidentiality ("document__" for a delivery)."""
        self.prefix = prefix
        self.spec: Register | None = None

    def bound_to(self, spec: Register) -> UnitPolicy:
        """This policy for the rows of one register: it knows then whom they are addressed to and who reads the register."""
        made = copy.copy(self)
        made.spec = spec
        return made

    # -- the rule --------------------------------------------------------------------------------------------------

    def may(self, user, action: str) -> bool:
        """Whether user may do action at all, to some row."""
        if not (user.is_authenticated and user.is_active):
            return False
        if self.spec is not None and not user.reads_group(self.spec.readers):
            return False
        if user.is_focal_point:
            return self._may_focal_point(action)
        return action == VIEW or self.writes(user, action)

    def writes(self, user, action: str) -> bool:
        """Whether user, who is no focal point, may do this to some row they see: officers, heads, administrators."""
        return user.is_officer

    def q(self, user, action: str = VIEW) -> Q:
        """The rows on which user may do action."""
        if not self.may(user, action):
            return NOTHING
        if user.role in READ_ALL:
            return EVERYTHING
        rows = self._open_q(user)
        return rows & self._addressed_q(user, action) if user.is_focal_point else rows

    def key(self, user) -> tuple:
        """All that q() and as_seen_by() look at: whoever has the same key is given the same rows and fields. The officer makes it personal."""
        groups = tuple(sorted(group for group in ReaderGroup.values if user.reads_group(group)))
        named = self._naming(user) if self.confidential and self.spec is not None and user.role not in READ_ALL else frozenset()
        return user.role, user.unit_id, user.is_active, user.pk, user.units_read(), groups, named, marks.key()

    def sees(self, user, record, readers=None) -> bool:
        """What q() says about viewing, for a row that is at hand: related records are shown or kept back by this.

        readers: the numbers of its named readers, for a row that is not in the database any more.
        """
        if not self.may(user, VIEW):
            return False
        if user.role in READ_ALL:
            return True
        if not self._is_open(user, self._holder(record), readers):
            return False
        return not user.is_focal_point or self._is_addressed(user, record)

    def columns(self, user) -> frozenset[str] | None:
        """The only columns that user may change, or None for all of them."""
        return frozenset(self.spec.answers) if user.is_focal_point and self.spec is not None else None

    # -- confidentiality -------------------------------------------------------------------------------------------

    def _open_q(self, user) -> Q:
        """The rows that their confidentiality opens to user."""
        if not self.confidential:
            return EVERYTHING
        rows = Q(**{f"{self.prefix}confidentiality": INTERNAL})
        if units := user.units_read():
            among = {f"{self.prefix}owner_unit_id__in": sorted(units)} if len(units) > 1 else {f"{self.prefix}owner_unit_id": next(iter(units))}
            rows |= Q(**{f"{self.prefix}confidentiality": RESTRICTED}, **among)
        if user.pk is not None and self.spec is not None:
            rows |= Q(**{f"{self.prefix}confidentiality": NAMED}) & self._named_q(user)
        return self._judged_q(rows, lambda pk, known: self._opens(user, pk, known))

    def _judged_q(self, rows: Q, holds: Callable[[int, marks.Marks], bool]) -> Q:
        """The rows, but as known on a past day those held by the marks of now where these are others."""
        if self.spec is None or not (judged := marks.of(self._holder_model())):
            return rows
        holder = self.prefix.removesuffix("__") or "pk"
        open_now = [pk for pk, known in judged.items() if holds(pk, known)]
        return rows & ~Q(**{f"{holder}__in": list(judged)}) | Q(**{f"{holder}__in": open_now})

    def _opens(self, user, pk: int, known: marks.Marks) -> bool:
        """Whether these marks open a record to user."""
        if known.confidentiality == INTERNAL:
            return True
        if known.confidentiality == RESTRICTED:
            return known.owner_unit_id in user.units_read()
        if user.pk is None:
            return False
        return known.officer_id == user.pk or pk in self._naming(user) if known.readers is None else user.pk in {known.officer_id, *known.readers}

    def _named_q(self, user) -> Q:
        """The rows on which user is in charge or a named reader."""
        model, naming = self._holder_model(), self._naming(user)
        holder = self.prefix.removesuffix("__") or "pk"
        if len(naming) > NAMED_MAX:
            # a subquery: no row is joined for them
            column = model._meta.get_field("readers")
            source = f"{column.m2m_field_name()}_id"
            naming = column.remote_field.through._default_manager.filter(**{f"{column.m2m_reverse_field_name()}_id": user.pk}).values(source)
        else:
            naming = sorted(naming)
        named = Q(**{f"{holder}__in": naming})
        return named | Q(**{f"{self.prefix}officer_id": user.pk}) if _has(model, "officer") else named

    def _naming(self, user) -> frozenset[int]:
        """The records, of those that carry the confidentiality, in which user is a named reader."""
        return naming(user).get(self._holder_model()._meta.label, frozenset())

    def _is_open(self, user, holder, readers=None) -> bool:
        if not self.confidential:
            return True
        if (known := marks.of(type(holder)).get(holder.pk)) is None:
            if readers is None and holder.confidentiality == NAMED and holder.pk is not None:
                readers = holder.readers.values_list("pk", flat=True)  # as they are at this moment: it may just be written
            known = marks.Marks(holder.confidentiality, holder.owner_unit_id, getattr(holder, "officer_id", None), frozenset(readers or ()))
        return self._opens(user, holder.pk, known)

    def _holder(self, record):
        """The record that carries owner unit and confidentiality."""
        for part in self.prefix.split("__")[:-1]:
            record = getattr(record, part)
        return record

    def _holder_model(self):
        model = self.spec.model
        for part in self.prefix.split("__")[:-1]:
            model = model._meta.get_field(part).related_model
        return model

    # -- focal points ----------------------------------------------------------------------------------------------

    def _may_focal_point(self, action: str) -> bool:
        if self.spec is None:
            return False
        if action == VIEW:
            return self.spec.published or bool(self.spec.addressed)
        return action == CHANGE and bool(self.spec.answers)

    def _addressed_q(self, user, action: str) -> Q:
        """The rows addressed to the unit of user; to read, also those that it owns, and all that is published."""
        if action == VIEW and self.spec.published:
            return EVERYTHING
        if user.unit_id is None:
            return NOTHING
        sent = NOTHING
        for path in self.spec.addressed:
            sent |= fl.through(self.spec.model, path, lambda end: Q(**{end: user.unit_id}))
        for path, values in self.spec.unaddressed.items():
            sent &= ~Q(**{f"{path}__in": values})
        if not self._owned or action != VIEW:
            return sent
        return sent | self._judged_q(Q(**{f"{self.prefix}owner_unit_id": user.unit_id}), lambda _pk, known: known.owner_unit_id == user.unit_id)

    def _is_addressed(self, user, record) -> bool:
        if self.spec.published:
            return True
        if user.unit_id is None:
            return False
        if self._owned and self._owner_of(self._holder(record)) == user.unit_id:
            return True
        if any(_at(record, path) in values for path, values in self.spec.unaddressed.items()):
            return False
        return any(self._is_sent(user, record, path) for path in self.spec.addressed)

    def _is_sent(self, user, record, path: str) -> bool:
        if not fl.is_many(self.spec.model, path):
            return _at(record, f"{path}_id") == user.unit_id
        rows = fl.through(self.spec.model, path, lambda end: Q(**{end: user.unit_id}))
        return record.pk in user.once((self.spec.key, path), lambda: set(self.spec.model._default_manager.filter(rows).values_list("pk", flat=True)))

    @staticmethod
    def _owner_of(holder) -> int | None:
        known = marks.of(type(holder)).get(holder.pk)
        return known.owner_unit_id if known else holder.owner_unit_id

    @property
    def _owned(self) -> bool:
        return self.confidential and _has(self._holder_model(), "owner_unit")


def naming(user) -> dict[str, frozenset[int]]:
    """The records that name user as a reader, by the label of their model. Asked once for all registers, and again after a record's readers changed."""
    return user.once(("naming", _changes[0]), lambda: _records_naming(user.pk)) if user.pk is not None else {}


# How often this process has changed the readers of a record.
_changes = [0]


def readers_changed() -> None:
    """The readers of a record are others now: whoever enters a record and names themselves reads it in the same request."""
    _changes[0] += 1


def _records_naming(pk: int) -> dict[str, frozenset[int]]:
    models = tuple(dict.fromkeys(spec.model for spec in registry.everything() if any(f.name == "readers" for f in spec.model._meta.many_to_many)))
    found: dict[str, set[int]] = defaultdict(set)
    if models:
        with connection.cursor() as cursor:
            cursor.execute(_naming_sql(models, connection.vendor), [pk] * len(models))
            for place, record in cursor.fetchall():
                found[models[place]._meta.label].add(record)
    return {label: frozenset(records) for label, records in found.items()}


@functools.cache
def _naming_sql(models: tuple, vendor: str) -> str:
    """One statement over the named readers of all registers: (place of the model, record). Table and column names are those of the models."""
    quote, parts = connection.ops.quote_name, []
    for place, model in enumerate(models):
        column = model._meta.get_field("readers")
        table, record, reader = map(quote, (column.m2m_db_table(), column.m2m_column_name(), column.m2m_reverse_name()))
        parts.append(f"SELECT {place}, {record} FROM {table} WHERE {reader} = %s")
    return " UNION ALL ".join(parts)


def _has(model, name: str) -> bool:
    return any(column.name == name for column in model._meta.concrete_fields)


def _at(record, path: str):
    """The value at the end of a path of to-one relations, or None."""
    for part in path.split("__"):
        record = getattr(record, part, None)
    return record


class OpenPolicy(UnitPolicy):
    """Rows without confidentiality of their own, such as countries: all read but focal points, officers write."""

    confidential = False


class AdministratorPolicy(OpenPolicy):
    """As in OpenPolicy, but administrators write: the plan, its measures, codelists."""

    def writes(self, user, action: str) -> bool:
        """Administrators."""
        return user.is_administrator
