"""The one write path of all registers.

save(), move(), save_all(), create_many(), delete() and revert(): each checks the permission and the record, guards against a lost update,
writes the row with its to-many relations and children, the search index and the history, all in one transaction. At its end each record
that was touched, or whose children were, is asked whether it still holds together with them (Register.faults), and its columns that
follow from them are set (Register.following).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F as Column
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext as _

from gegma.audit.models import Action, Change
from gegma.audit.record import Entry, lock, record
from gegma.kernel import dates

from . import policy, registry, search
from .history import FILES
from .life import Move
from .spec import Register


class Conflict(Exception):
    """Somebody saved the record meanwhile; now is the row as it is in the database."""

    def __init__(self, spec: Register, now: models.Model):
        super().__init__(_("Somebody else saved this record while you were editing it."))
        self.spec = spec
        self.now = now


class InUse(Exception):
    """The record cannot be deleted because others point to it."""

    def __init__(self, holders: Iterable[models.Model]):
        self.holders = list(holders)[:10]
        super().__init__(_("Other records point to this one: %(records)s.") % {"records": ", ".join(str(h) for h in self.holders)})


@dataclass
class Child:
    """A child record to write with its parent; delete says to remove it."""

    spec: Register
    instance: models.Model
    m2m: dict[str, Sequence] = field(default_factory=dict)
    delete: bool = False


# While a step is written: register → the numbers of its records that are to be checked with their children at the end.
_touched: ContextVar[dict[str, set[int]] | None] = ContextVar("touched", default=None)


@contextmanager
def _one_step() -> Iterator[None]:
    """One transaction under the lock. Steps within a step are checked at the end of the outermost, when all of it is written."""
    with transaction.atomic():
        lock()
        if _touched.get() is not None:
            yield
            return
        token = _touched.set({})
        try:
            yield
            _check_wholes(_touched.get() or {})
        finally:
            _touched.reset(token)


def _touch(spec: Register, instance: models.Model) -> None:
    """Remember what is to be checked as a whole once all is written: the record, or the one that it is a child of."""
    touched = _touched.get()
    for owner, pk in ((spec, instance.pk), (registry.find(spec.parent), _parent(spec, instance)[1])):
        if touched is not None and owner is not None and pk is not None and owner.is_whole:
            touched.setdefault(owner.key, set()).add(pk)


def _check_wholes(touched: dict[str, set[int]]) -> None:
    """Refuse records that do not hold together, and set the columns that follow from children: they are no change of the record itself."""
    for key, numbers in touched.items():
        spec, wanted = registry.get(key), sorted(numbers)
        children = [registry.get(inline.register) for inline in spec.inlines]
        names = [c.model._meta.get_field(c.parent_field).remote_field.get_accessor_name() for c in children]
        for start in range(0, len(wanted), 500):
            rows = spec.model._default_manager.filter(pk__in=wanted[start : start + 500]).prefetch_related(*names)
            if found := [fault for row in rows for fault in spec.faults(row)]:
                raise ValidationError(found[:10])
            for row in rows:
                changed = {name: value for name, value in spec.following(row).items() if getattr(row, name) != value}
                if changed:
                    spec.model._default_manager.filter(pk=row.pk).update(**changed)


def snapshot(instance: models.Model) -> dict[str, Any]:
    """The row as the history keeps it: column values, and lists of numbers for to-many relations."""
    kept = _columns(instance)
    for many in instance._meta.many_to_many:
        kept[many.name] = sorted(getattr(instance, many.name).values_list("pk", flat=True))
    return kept


UNKEPT = {"id", "version", "created_at", "updated_at"}
JSONABLE = (str, int, float, bool, list, dict, type(None))


def difference(before: dict, after: dict) -> tuple[dict, dict]:
    """Only what differs."""
    names = [n for n in {**before, **after} if before.get(n) != after.get(n)]
    return {n: before[n] for n in names if n in before}, {n: after[n] for n in names if n in after}


def save(
    spec: Register,
    user,
    instance: models.Model,
    *,
    m2m: dict[str, Sequence] | None = None,
    version: int | None = None,
    children: Sequence[Child] = (),
) -> models.Model:
    """Create or change one record.

    version: the version that the person saw; must be given for a change. Raises PermissionDenied, ValidationError, Conflict.
    """
    return _save(spec, user, instance, m2m or {}, version, children)


def _save(spec: Register, user, instance, m2m, version, children=(), undo: bool = False, follow: bool = True) -> models.Model:
    spec = spec.whole
    with _one_step():
        if not undo:
            spec.settle(user, instance, children)
        entries = [_write(spec, user, instance, m2m, version, undo, follow)]
        for child in children:
            setattr(child.instance, child.spec.parent_field, instance)
            entries.append(_write_child(child, user))
        record(user, [e for e in entries if e])
        search.index(spec, [instance])
    return instance


def _write_child(child: Child, user) -> Entry | None:
    spec = child.spec.whole
    if child.delete:
        return _remove(spec, user, child.instance) if child.instance.pk else None
    version = child.instance.version if child.instance.pk else None
    entry = _write(spec, user, child.instance, child.m2m, version)
    search.index(spec, [child.instance])
    return entry


def _write(
    spec: Register, user, instance: models.Model, m2m: dict[str, Sequence], version: int | None, undo: bool = False, follow: bool = True
) -> Entry | None:
    if instance._state.adding:  # new, or deleted and made again under its old number
        if not spec.policy.may(user, "add"):
            raise PermissionDenied
        instance.version = (version or 0) + 1 if instance.pk else 1
        _check(spec, user, instance, None)
        instance.save(force_insert=True)
        _touch(spec, instance)
        now = set_many(instance, m2m)
        _refuse_lost(spec, user, instance)
        after = {**snapshot(instance), **now}
        if follow:
            spec.follow(user, instance, {}, after)
        return Entry(spec.key, instance.pk, Action.CREATE, instance.version, {}, _without_empty(after), *_parent(spec, instance))
    if version is None:
        raise ValueError("a change needs the version that the person saw")
    old = spec.model._default_manager.filter(pk=instance.pk).first()
    if old is None or not spec.may(user, "change", instance):
        raise PermissionDenied
    move = _check(spec, user, instance, old, undo)
    if move is not None and not move.open_to(user, old):
        raise PermissionDenied
    before = snapshot(old)
    after = {**before, **_columns(instance), **{n: sorted(r.pk for r in rows) for n, rows in m2m.items()}}
    if before == after:
        if old.version != version:
            raise Conflict(spec, old)
        return None
    _refuse_other_columns(spec, user, before, after)
    claimed = spec.model._default_manager.filter(pk=instance.pk, version=version).update(version=Column("version") + 1)
    if not claimed:
        raise Conflict(spec, old)
    instance.version = version + 1
    instance.save(force_update=True)
    _touch(spec, instance)
    _touch(spec, old)  # a child that was moved to another parent leaves the first one changed too
    set_many(instance, m2m)
    _refuse_lost(spec, user, instance)
    if move is not None and move.then:
        move.then(user, instance)
    if follow:
        spec.follow(user, instance, before, after)
    return Entry(spec.key, instance.pk, Action.UPDATE, instance.version, *difference(before, after), *_parent(spec, instance))


def _refuse_lost(spec: Register, user, instance: models.Model) -> None:
    """Nobody locks themselves out of what they write."""
    if not spec.policy.sees(user, instance):
        raise PermissionDenied(_("After this change you could no longer see the record yourself."))


def _refuse_other_columns(spec: Register, user, before: dict, after: dict) -> None:
    """An addressee of another unit fills in the answer and changes nothing else."""
    only = spec.policy.columns(user)
    if only is not None and not set(difference(before, after)[1]) <= only:
        raise PermissionDenied


def _columns(instance) -> dict[str, Any]:
    spec = registry.of(instance)
    unkept = UNKEPT.union(spec.follows) if spec else UNKEPT
    kept = {f.attname: _stored(f, f.value_from_object(instance)) for f in instance._meta.concrete_fields if f.name not in unkept}
    return {name: str(value) if not isinstance(value, JSONABLE) else value for name, value in kept.items()}


def _stored(column: models.Field, value: Any) -> Any:
    """The value as the database will give it back: 5 and 5.0 in a column of one decimal are the same, as is one moment in two zones."""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return value.astimezone(dt.UTC)
    if isinstance(value, Decimal) and isinstance(column, models.DecimalField):
        return value.quantize(Decimal(1).scaleb(-column.decimal_places))
    return value


def set_many(instance: models.Model, m2m: dict[str, Sequence]) -> dict[str, list[int]]:
    """Write to-many relations; returns them as the history keeps them."""
    for name, rows in m2m.items():
        getattr(instance, name).set(rows)
    if m2m:
        policy.readers_changed()
    return {name: sorted(row.pk for row in rows) for name, rows in m2m.items()}


def _without_empty(values: dict) -> dict:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _parent(spec: Register, instance: models.Model) -> tuple[str, int | None]:
    return (spec.parent, getattr(instance, f"{spec.parent_field}_id")) if spec.parent else ("", None)


def _check(spec: Register, user, instance: models.Model, old: models.Model | None, undo: bool = False) -> Move | None:
    """Refuse what is wrong with the record; returns the move that its new state is reached by."""
    _keep_first_days(spec, instance, old, undo)
    instance.full_clean(validate_constraints=not spec.once)
    errors, move = {**spec.problems(instance), **spec.taken(instance, user)}, None
    if spec.life and old is not None and not undo:
        move, why = spec.move_between(getattr(old, spec.life.field), getattr(instance, spec.life.field), instance)
        if why:
            errors = {**errors, spec.life.field: why}
    if errors:
        raise ValidationError(errors)
    if spec.once:  # what is taken has been said above, in words that name the other record
        instance.validate_constraints()
    return move


def _keep_first_days(spec: Register, instance: models.Model, old: models.Model | None, undo: bool = False) -> None:
    """The day by which something was first due stays as it was, wherever it is moved to.

    Only where the step that first set a day is undone as a whole does the first day go with it.
    """
    for date, first in spec.kept_first().items():
        day = getattr(instance, date)
        kept = getattr(old if old is not None and (day or not undo) else instance, first)
        setattr(instance, first, kept or day)


def move(spec: Register, user, instance: models.Model, name: str, *, version: int) -> models.Model:
    """Take a record through the move of this name: instance holds what its form asked for, still in the old state.

    Raises ValidationError where the record is in a state that the move does not lead from, and what save() raises.
    """
    spec = spec.whole
    found = spec.life.move(name) if spec.life else None
    if found is None:
        raise ValueError(f"the register {spec.key!r} has no move {name!r}")
    state = getattr(instance, spec.life.field)
    if state not in found.start:
        raise ValidationError({spec.life.field: spec.life.wrong_order(spec.model, state, found.to)})
    if found.day and (day := getattr(instance, found.day)) and day > dates.today():
        raise ValidationError({found.day: _("This day has not come yet: say when it happened.")})
    setattr(instance, spec.life.field, found.to)
    found.clear(instance)
    return save(spec, user, instance, version=version)


def create_many(spec: Register, user, instances: Sequence[models.Model], m2m: Sequence[dict[str, Sequence]] | None = None) -> list:
    """Create many records in one call, with one Change each. m2m: per record, as in save(). All or nothing."""
    if not spec.policy.may(user, "add"):
        raise PermissionDenied
    spec, many = spec.whole, list(m2m or [{} for _row in instances])
    with _one_step():
        pointers = _check_pointers(spec.model, instances)
        for number, instance in enumerate(instances, 1):
            instance.version = 1
            try:
                spec.settle(user, instance)
                _keep_first_days(spec, instance, None)
                instance.clean_fields(exclude=pointers)
                instance.clean()
                if errors := spec.problems(instance):
                    raise ValidationError(errors)
            except ValidationError as error:
                raise ValidationError(_("Row %(row)s: %(why)s") % {"row": number, "why": "; ".join(error.messages)})
        spec.model._default_manager.bulk_create(instances, batch_size=500)
        _bulk_relations(spec.model, instances, many)
        entries = [
            Entry(
                spec.key, row.pk, Action.CREATE, 1, {},
                _without_empty({**_columns(row), **{n: sorted(r.pk for r in rows) for n, rows in many[i].items()}}), *_parent(spec, row),
            )
            for i, row in enumerate(instances)
        ]  # fmt: skip
        for instance, entry in zip(instances, entries, strict=True):
            spec.follow(user, instance, {}, entry.after)
        record(user, entries)
        search.index(spec, list(instances))
        for instance in instances if spec.parent else ():  # a new record has no children yet
            _touch(spec, instance)
    return list(instances)


def _check_pointers(model: type[models.Model], instances: Sequence[models.Model]) -> set[str]:
    """Check the foreign keys of all rows with one query a column, not one a row. Returns their names, so that they are not checked again."""
    names = set()
    for column in model._meta.concrete_fields:
        if not column.many_to_one:
            continue
        names.add(column.name)
        wanted = {value: number for number, row in enumerate(instances, 1) if (value := getattr(row, column.attname)) is not None}
        rows = column.related_model._default_manager
        here: set = set()
        keys = list(wanted)
        for start in range(0, len(keys), 500):
            here.update(rows.filter(pk__in=keys[start : start + 500]).values_list("pk", flat=True))
        if missing := set(wanted) - here:
            row = min(wanted[value] for value in missing)
            why = _("«%(field)s» points to a record that does not exist.") % {"field": column.verbose_name}
            raise ValidationError(_("Row %(row)s: %(why)s") % {"row": row, "why": why})
        for number, instance in enumerate(instances, 1):
            if not column.null and getattr(instance, column.attname) is None:
                why = _("«%(field)s» is not filled in") % {"field": column.verbose_name}
                raise ValidationError(_("Row %(row)s: %(why)s") % {"row": number, "why": why})
    return names


def _bulk_relations(model: type[models.Model], instances: Sequence[models.Model], many: list[dict[str, Sequence]]) -> None:
    for name in {n for row in many for n in row}:
        column = model._meta.get_field(name)
        table = column.remote_field.through
        source, target = f"{column.m2m_field_name()}_id", f"{column.m2m_reverse_field_name()}_id"
        rows = [
            table(**{source: instance.pk, target: other.pk})
            for instance, relations in zip(instances, many, strict=True)
            for other in relations.get(name, ())
        ]
        table._default_manager.bulk_create(rows, batch_size=500)


def save_all(spec: Register, user, instances: Sequence[tuple[models.Model, int]]) -> None:
    """Change several records as one step, all or nothing: (record, version seen)."""
    spec = spec.whole
    with _one_step():
        for instance, _version in instances:
            spec.settle(user, instance)
        entries = [_write(spec, user, instance, {}, version) for instance, version in instances]
        record(user, [e for e in entries if e])
        search.index(spec, [instance for instance, _version in instances])


def delete(spec: Register, user, instance: models.Model, *, version: int) -> None:
    """Delete a record with its children. Raises PermissionDenied, Conflict, InUse."""
    _delete(spec, user, instance, version)


def _delete(spec: Register, user, instance: models.Model, version: int, follow: bool = True) -> None:
    spec = spec.whole
    with _one_step():
        now = spec.model._default_manager.filter(pk=instance.pk).first()
        if now is None or now.version != version:
            raise Conflict(spec, now or instance)
        entries = []
        for inline in spec.inlines:
            child = registry.get(inline.register)
            rows = child.model._default_manager.filter(**{child.parent_field: instance})
            entries += [_remove(child, user, row, follow) for row in rows]
        entries.append(_remove(spec, user, instance, follow))
        record(user, entries)


def _remove(spec: Register, user, instance: models.Model, follow: bool = True) -> Entry:
    if not spec.may(user, "delete", instance):
        raise PermissionDenied
    entry = Entry(
        spec.key, instance.pk, Action.DELETE, instance.version, _without_empty(snapshot(instance)), {}, *_parent(spec, instance)
    )
    search.forget(spec, instance.pk)
    _touch(spec, instance)
    try:
        instance.delete()
    except (ProtectedError, RestrictedError) as error:
        raise InUse(getattr(error, "protected_objects", None) or error.restricted_objects)
    if follow:
        spec.follow(user, instance, entry.before, {})
    return entry


def revert(user, change: Change, only: str = "", follow: bool = True, version: int | None = None) -> models.Model | None:
    """Undo one change: the fields it changed get their former values back; a creation is deleted, a deletion made again.

    only: put back the former value of this one field, whatever happened to it since. follow: whether what follows from it is done too.
    version: that of the record as the person saw it, where they saw it; a newer one is a Conflict.
    Raises PermissionDenied, ValidationError, Conflict and InUse like the other writes.
    """
    if change.is_erased:
        raise ValidationError(_("This change cannot be undone: what was written is lawfully erased."))
    spec = registry.get(change.register)
    current = spec.model._default_manager.filter(pk=change.record_id).first()
    if change.action == Action.CREATE:
        if current is None:
            raise ValidationError(_("The record no longer exists."))
        if current.version != change.version:
            raise ValidationError(_("The record was changed after it was made: delete it instead."))
        _delete(spec, user, current, current.version, follow)
        return None
    if change.action == Action.DELETE:
        if current:
            raise ValidationError(_("The record is there again already."))
        return _restore(spec, user, change, follow)
    if current is None:
        raise ValidationError(_("The record no longer exists."))
    if version is not None and current.version != version:
        raise Conflict(spec, current)
    names = [only] if only else change.fields
    _refuse_move_back(spec, user, change, names, current)
    _refuse_unknown(spec, change, names)
    if set(names) & spec.as_seen_by(user).withheld:
        raise PermissionDenied
    if not only:
        _refuse_changed_since(spec, current, change)
    version, many = current.version, {}
    _put_back(spec, current, {n: change.before.get(n) for n in names}, many)
    return _save(spec, user, current, many, version, undo=True, follow=follow)


def revert_all(user, changes: Sequence[Change]) -> None:
    """Undo what one step did, newest first, all or nothing. Raises what revert() raises.

    What followed from the step is among the changes, so nothing follows from undoing them. Files of a record that the step made go with it.
    """
    made = {(c.register, c.record_id) for c in changes if c.action == Action.CREATE}
    with _one_step():
        for change in sorted(changes, key=lambda c: -c.pk):
            if not (FILES in change.fields and (change.register, change.record_id) in made):
                revert(user, change, follow=False)


def _refuse_move_back(spec: Register, user, change: Change, names: Sequence[str], current: models.Model) -> None:
    """A move is undone by those who may make it, and not where another move is the way back."""
    if not spec.life or spec.life.field not in names:
        return
    made = spec.life.between(change.before.get(spec.life.field, ""), change.after.get(spec.life.field, ""))
    if made is None:
        return
    if made.back:
        raise ValidationError(_("This step is taken back by «%(move)s» only.") % {"move": spec.life.move(made.back).label})
    if not made.open_to(user, current):
        raise PermissionDenied


def _refuse_unknown(spec: Register, change: Change, names: Sequence[str]) -> None:
    known = {f.attname for f in spec.model._meta.concrete_fields} | {m.name for m in spec.model._meta.many_to_many}
    if not set(names) <= known & set(change.fields):
        raise ValidationError(_("This change cannot be undone: it is not about a field of the record."))


def _refuse_changed_since(spec: Register, current: models.Model, change: Change) -> None:
    now = snapshot(current)
    again = [n for n in change.fields if now.get(n) != change.after.get(n)]
    if again:
        words = ", ".join(f"«{_label(spec, n)}»" for n in again)
        raise ValidationError(_("Changed again since then: %(fields)s. Put back the single fields that you want.") % {"fields": words})


def _label(spec: Register, name: str) -> str:
    return str(spec.model._meta.get_field(name).verbose_name)


def _put_back(spec: Register, instance: models.Model, values: dict[str, Any], many: dict[str, list]) -> None:
    links = {m.name: m for m in spec.model._meta.many_to_many}
    for name, value in values.items():
        if name in links:
            many[name] = list(links[name].related_model._default_manager.filter(pk__in=value or []))
            continue
        column = spec.model._meta.get_field(name)
        if value is None and not column.null:
            value = column.get_default()
        setattr(instance, column.attname, column.to_python(value) if not column.is_relation else value)


def _restore(spec: Register, user, change: Change, follow: bool = True) -> models.Model:
    many: dict[str, list] = {}
    instance = spec.model(pk=change.record_id, created_at=timezone.now())
    _put_back(spec, instance, change.before, many)
    return _save(spec, user, instance, many, change.version, follow=follow)
