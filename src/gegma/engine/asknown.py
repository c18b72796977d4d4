"""The registers as they were known at a moment: inside as_known() every list, figure and passport is the one of that time.

Nothing is computed in another way. Over each table that was changed since, a temporary view of the same name is laid for this connection:
the rows that nobody has changed since, and those of then, put together again from the history. Databases look for temporary names first,
so all reads go through the views, and it costs as much as was changed since.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models

from gegma.audit.context import looking_back
from gegma.audit.models import Action, Change

from . import marks, registry
from .history import FILES
from .models import Attachment, Confidentiality
from .spec import Register

CHUNK = 400
MARK = "confidentiality"
KNOWN, HIDDEN = "{table}__known", "{table}__hidden"


@dataclass
class _Past:
    """What one register's records were: pk → columns (None: not there yet), and the to-many relations that were others.

    judged: what opens each record now, or opened it at last.
    """

    spec: Register
    rows: dict[int, dict[str, Any] | None] = field(default_factory=dict)
    links: dict[str, dict[int, list[int]]] = field(default_factory=lambda: defaultdict(dict))
    judged: dict[int, marks.Marks] = field(default_factory=dict)


@contextmanager
def as_known(moment: dt.datetime) -> Iterator[None]:
    """Read the registers as known at the moment. Nothing can be written inside: audit.record refuses."""
    changes = Change.objects.filter(at__gt=moment).order_by("-pk")
    pasts, files = _pasts(changes)
    laid: list[str] = []
    try:
        for past in pasts.values():
            _lay_rows(past, laid)
            _lay_links(past, laid)
        if files:
            _lay_files(moment, files, laid)
        for past in pasts.values():
            _follow(past)
        with looking_back(), marks.judging_by({past.spec.model._meta.label: _differing(past) for past in pasts.values()}):
            yield
    finally:
        _take_away(laid)


def _pasts(changes) -> tuple[dict[str, _Past], list[Change]]:
    """Undo the changes in thought, newest first."""
    pasts: dict[str, _Past] = {}
    files: list[Change] = []
    touched: dict[str, set[int]] = defaultdict(set)
    for register, record, parent, owner in changes.values_list("register", "record_id", "parent_register", "parent_id"):
        touched[register].add(record)
        if owner and (above := registry.find(parent)) and above.follows:
            touched[parent].add(owner)
    for key, numbers in touched.items():
        if spec := registry.find(key):
            pasts[key] = past = _Past(spec, _present(spec, numbers))
            past.judged = {pk: _marks(row) for pk, row in past.rows.items() if row and MARK in row}
    for change in changes.iterator(chunk_size=1000):
        past = pasts.get(change.register)
        if past is None:
            continue
        if FILES in change.fields:
            files.append(change)
            continue
        if change.is_erased and change.action == Action.UPDATE:
            continue  # what was there before is not known any more: the record is taken as it is now
        _undo(past, change)
    for past in pasts.values():
        _keep_closed(past)
    return pasts, files


def _keep_closed(past: _Past) -> None:
    """What was closed since is closed in the past too, and to the readers of now: nobody gets round it by asking for a day before."""
    for pk, known in past.judged.items():
        if (row := past.rows.get(pk)) is not None and known.confidentiality != Confidentiality.INTERNAL:
            row[MARK] = known.confidentiality
    past.links.pop("readers", None)


def _marks(row: dict[str, Any], readers: frozenset[int] | None = None) -> marks.Marks:
    return marks.Marks(row[MARK], row.get("owner_unit_id"), row.get("officer_id"), readers)


def _differing(past: _Past) -> dict[int, marks.Marks]:
    """What opens those records that are not judged by what their rows of then say; of those that are gone no table names the readers."""
    return {
        pk: known for pk, known in past.judged.items()
        if (row := past.rows.get(pk)) is not None and (known.readers is not None or known != _marks(row))
    }  # fmt: skip


def _present(spec: Register, numbers: set[int]) -> dict[int, dict[str, Any] | None]:
    found: dict[int, dict[str, Any] | None] = dict.fromkeys(numbers)
    wanted = sorted(numbers)
    for start in range(0, len(wanted), CHUNK):
        rows = spec.model._default_manager.filter(pk__in=wanted[start : start + CHUNK])
        found.update({row["id"]: row for row in rows.values(*(f.attname for f in spec.model._meta.concrete_fields))})
    return found


def _undo(past: _Past, change: Change) -> None:
    spec, pk = past.spec, change.record_id
    links = {m.name for m in spec.model._meta.many_to_many}
    if change.action == Action.CREATE:
        past.rows[pk] = None
        for name in links:
            past.links[name][pk] = []
        return
    row = past.rows.get(pk)
    if change.action == Action.DELETE or row is None:
        blank = spec.model(pk=pk, created_at=change.at, updated_at=change.at)
        row = {f.attname: getattr(blank, f.attname) for f in spec.model._meta.concrete_fields}
        for name in links if change.action == Action.DELETE else ():
            past.links[name][pk] = []
    columns = {f.attname: f for f in spec.model._meta.concrete_fields}
    for name, value in change.before.items():
        if name in links:
            past.links[name][pk] = list(value or [])
        elif name in columns:
            row[name] = _read(columns[name], value)
    if change.action == Action.DELETE and MARK in row:
        past.judged[pk] = _marks(row, frozenset(change.before.get("readers") or ()))
    row["version"] = change.version if change.action == Action.DELETE else change.version - 1
    past.rows[pk] = row


def _read(column: models.Field, value: Any) -> Any:
    """A value of the history as the column has it."""
    if value is None and not column.null:
        return column.get_default()
    return value if column.is_relation else column.to_python(value)


# -- laying views ------------------------------------------------------------------------------------------------------


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _base(table: str) -> str:
    """The table itself, under whatever view. PostgreSQL settles the names in a view when it is made, SQLite when it is read."""
    return f"main.{_quoted(table)}" if connection.vendor == "sqlite" else _quoted(table)


def _lay(table: str, key: str, hidden: list[int], columns: list[models.Field], rows: list[list[Any]], laid: list[str], where: str = "") -> None:
    """Lay the view over a table: its rows whose key is not among the hidden ones (and fit where), and the rows given."""
    known, gone = KNOWN.format(table=table), HIDDEN.format(table=table)
    laid.append(table)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {_quoted(known)} AS SELECT * FROM {_base(table)} WHERE 1 = 0")
        cursor.execute(f"CREATE TEMP TABLE {_quoted(gone)} (id bigint PRIMARY KEY)")
        for start in range(0, len(hidden), CHUNK):
            some = hidden[start : start + CHUNK]
            cursor.execute(f"INSERT INTO {_quoted(gone)} (id) VALUES {', '.join(['(%s)'] * len(some))}", some)
        names = ", ".join(_quoted(c.column) for c in columns)
        places = f"({', '.join(['%s'] * len(columns))})"
        for row in rows:
            values = [c.get_db_prep_save(v, connection) for c, v in zip(columns, row, strict=True)]
            cursor.execute(f"INSERT INTO {_quoted(known)} ({names}) VALUES {places}", values)
        kept = f"{_quoted(key)} NOT IN (SELECT id FROM {_quoted(gone)}){where}"
        every = f"SELECT * FROM {_base(table)} WHERE {kept} UNION ALL SELECT * FROM {_quoted(known)}"
        cursor.execute(f"CREATE TEMP VIEW {_quoted(table)} AS {every}")


def _lay_rows(past: _Past, laid: list[str]) -> None:
    columns = list(past.spec.model._meta.concrete_fields)
    rows = [[row[c.attname] for c in columns] for row in past.rows.values() if row is not None]
    _lay(past.spec.model._meta.db_table, "id", sorted(past.rows), columns, rows, laid)


def _lay_links(past: _Past, laid: list[str]) -> None:
    for name, by_record in past.links.items():
        column = past.spec.model._meta.get_field(name)
        table = column.remote_field.through
        source = table._meta.get_field(column.m2m_field_name())
        target = table._meta.get_field(column.m2m_reverse_field_name())
        pairs = [(pk, other) for pk, others in by_record.items() for other in others]
        # the rows have lost their own numbers; any that no other row has will do
        rows = [[-n, pk, other] for n, (pk, other) in enumerate(pairs, 1)]
        _lay(table._meta.db_table, source.column, sorted(by_record), [table._meta.pk, source, target], rows, laid)


def _lay_files(moment: dt.datetime, changes: list[Change], laid: list[str]) -> None:
    """The files that the records had: of each record whose files changed since, undone in thought like the rest."""
    names = ("id", "register", "record_id", "name", "sha256", "size", "content_type", "uploaded_at", "uploaded_by")
    columns = [Attachment._meta.get_field(n) for n in names]
    hidden: list[int] = []
    rows: list[list[Any]] = []
    for (register, record), undone in _by_record(changes).items():
        present = list(Attachment.objects.filter(register=register, record_id=record))
        hidden += [file.pk for file in present]
        held = [(file.name, file.sha256) for file in present]
        for change in undone:
            for added in zip(change.after.get(FILES, []), change.after.get("sha256", []), strict=True):
                if added in held:
                    held.remove(added)
            held += zip(change.before.get(FILES, []), change.before.get("sha256", []), strict=True)
        rows += [[-len(rows) - n, register, record, name, sha, 0, "", moment, None] for n, (name, sha) in enumerate(held, 1)]
    _lay(Attachment._meta.db_table, "id", sorted(hidden), columns, rows, laid)


def _by_record(changes: list[Change]) -> dict[tuple[str, int], list[Change]]:
    found: dict[tuple[str, int], list[Change]] = defaultdict(list)
    for change in changes:
        found[change.register, change.record_id].append(change)
    return found


def _follow(past: _Past) -> None:
    """Columns that follow from the children are no part of the history: they are worked out from the children of then."""
    spec, columns = past.spec, {f.name: f for f in past.spec.model._meta.concrete_fields}
    if not spec.follows:
        return
    known = _quoted(KNOWN.format(table=spec.model._meta.db_table))
    numbers = [pk for pk, row in past.rows.items() if row is not None]
    for start in range(0, len(numbers), CHUNK):
        for row in spec.model._default_manager.filter(pk__in=numbers[start : start + CHUNK]):
            values = {columns[name]: value for name, value in spec.following(row).items()}
            names = ", ".join(f"{_quoted(c.column)} = %s" for c in values)
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {known} SET {names} WHERE id = %s", [*(c.get_db_prep_save(v, connection) for c, v in values.items()), row.pk])


def _take_away(laid: list[str]) -> None:
    spot = "temp" if connection.vendor == "sqlite" else "pg_temp"
    with connection.cursor() as cursor:
        for table in laid:
            cursor.execute(f"DROP VIEW IF EXISTS {spot}.{_quoted(table)}")
            for name in (KNOWN, HIDDEN):
                cursor.execute(f"DROP TABLE IF EXISTS {spot}.{_quoted(name.format(table=table))}")
