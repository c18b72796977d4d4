"""Everything open of one person goes to a colleague, in one step: found by the declarations, written by engine.write, undone as one.

Each column of a register that points to an account is looked at. What is over stays with whoever did it: a record whose life has come to
an end, and columns that say who once did something («submitted by»).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.accounts.models import SYSTEM_WRITER, User
from gegma.audit.record import lock
from gegma.engine import registry, write
from gegma.engine.spec import Register
from gegma.kernel.text import first_large
from gegma.plan.models import ImportDraft
from gegma.reports.models import OwnReport

from . import chain


@dataclass
class Share:
    """How many records of one register are handed over, and by which columns they are the person's."""

    key: str
    title: str
    columns: dict[str, str] = field(default_factory=dict)
    count: int = 0


@dataclass(frozen=True)
class Further:
    """What is no record but goes along: a table with the column owner."""

    key: str
    model: type[models.Model]
    title: Any


FURTHER = (
    Further("own-reports", OwnReport, gettext_lazy("Reports of one's own")),
    Further("import-drafts", ImportDraft, gettext_lazy("Imports of a plan not finished")),
)


def columns_of(spec: Register) -> list[models.Field]:
    """The columns of a register that say whose a record is: people choose them, so they stand in its form."""
    own = [*spec.model._meta.concrete_fields, *spec.model._meta.many_to_many]
    edited = {bound.name for bound in spec.all_fields.values() if bound.editable}
    return [c for c in own if c.is_relation and c.related_model is User and c.editable and c.name in edited]


def open_rows(spec: Register) -> Q:
    """The records that are not over; all of them where the register knows no states."""
    if not spec.life:
        return Q()
    order = {key: place for place, (key, _word) in enumerate(spec.model._meta.get_field(spec.life.field).flatchoices)}
    over = [state for state in order if _is_over(spec, state, order)]
    whole = ~Q(**{f"{spec.life.field}__in": over})
    for due in spec.dues:
        whole |= due.open & Q(**{f"{due.date}__isnull": False})
    return whole


def _is_over(spec: Register, state: str, order: dict[str, int]) -> bool:
    """Whether a state ends the work: it is done, or it leads nowhere but back (cancelled, dropped)."""
    tone = spec.life.tones.get(state, "none")
    back_only = all(order[move.to] < order[state] for move in spec.life.leaving(state))
    return tone == "done" or (order[state] > 0 and tone in {"none", "late"} and back_only)


def _found(spec: Register, person: User) -> tuple[models.QuerySet, list[models.Field]]:
    columns = columns_of(spec)
    whole = Q(pk__in=[])
    for column in columns:
        whole |= Q(**{column.name: person})
    rows = spec.model._default_manager.filter(Q(pk__in=spec.model._default_manager.filter(whole).values("pk")) & open_rows(spec))
    return rows.order_by("pk"), columns


def shares(person: User) -> Iterator[Share]:
    """What would be handed over, by register; counts alone, so that nobody learns by this what a record holds."""
    for spec in registry.everything():
        if not columns_of(spec):
            continue
        rows, columns = _found(spec, person)
        if count := rows.count():
            yield Share(spec.key, first_large(spec.title), {c.name: str(c.verbose_name) for c in columns}, count)
    for further in FURTHER:
        if count := further.model._default_manager.filter(owner=person).count():
            yield Share(further.key, str(further.title), {}, count)


def hand_over(by, person: User, colleague: User, without: frozenset[str] = frozenset()) -> int:
    """Hand all of it over but what without names. Returns how many records went. All or nothing.

    by, an administrator or the person, decides; the system writes, for the administrator reads no restricted record. Each record's change
    names by as who did it.
    """
    if colleague.pk == person.pk or not colleague.is_active:
        raise ValidationError(_("Choose a colleague who has access."))
    moved: dict[str, int] = {}
    with transaction.atomic():
        lock()
        for spec in registry.everything():
            if columns_of(spec) and spec.key not in without:
                moved[spec.key] = _of_register(spec, by, person, colleague)
        for further in FURTHER:
            if further.key not in without:
                moved[further.key] = further.model._default_manager.filter(owner=person).update(owner=colleague)
        total = sum(moved.values())
        if total:
            chain.note(by, person, {}, {"handed_over_to": str(colleague), "records": total})
    return total


def _of_register(spec: Register, by, person: User, colleague: User) -> int:
    rows, columns = _found(spec, person)
    writer, count = _Hand(by), 0
    for row in rows:
        m2m: dict = {}
        for column in columns:
            if column.many_to_many:
                people = list(getattr(row, column.name).all())
                if person in people:
                    m2m[column.name] = [*(one for one in people if one.pk not in {person.pk, colleague.pk}), colleague]
            elif getattr(row, column.attname) == person.pk:
                setattr(row, column.name, colleague)
        try:
            write.save(spec, writer, row, m2m=m2m, version=row.version)
        except ValidationError as error:
            raise ValidationError(_("%(record)s cannot be handed over as it stands: %(why)s") % {"record": spec.number(row), "why": " ".join(error.messages)})
        count += 1
    return count


class _Hand(type(SYSTEM_WRITER)):
    """Writes with the rights of the system what an administrator has decided: the history names the administrator."""

    def __init__(self, by):
        self.by = by
        self.pk, self.name = by.pk, str(by)


