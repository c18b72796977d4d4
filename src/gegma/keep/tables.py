"""Tables as lines of JSON that no database has a say in, out and back in."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import hashlib
import json
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import connection, models
from django.utils.duration import duration_string

CHUNK = 500
LINE_MAX = 512 * 1024 * 1024
# People sign in anew after a restore.
LEFT_OUT = {"sessions.session"}


def kept(apps) -> list[type[models.Model]]:
    """The models whose rows are kept, to-many tables among them, by table."""
    found = {
        m._meta.db_table: m
        for m in apps.get_models(include_auto_created=True)
        if m._meta.managed and not m._meta.proxy and m._meta.label_lower not in LEFT_OUT
    }
    return [found[table] for table in sorted(found)]


def _plain(value: Any) -> Any:
    """A value that JSON does not know, as the model field reads it back."""
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (decimal.Decimal, uuid.UUID)):
        return str(value)
    if isinstance(value, dt.timedelta):
        return duration_string(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"a value of the kind {type(value).__name__} has no place in a backup")


def lines(model: type[models.Model]) -> Iterator[bytes]:
    """The names of the columns, then a row a line, by number. Reads row by row."""
    names = [f.attname for f in model._meta.concrete_fields]
    yield _line(names)
    rows = model._base_manager.order_by(model._meta.pk.attname).values_list(*names)
    for row in rows.iterator(chunk_size=CHUNK):
        yield _line(row)


def _line(values) -> bytes:
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"), default=_plain).encode() + b"\n"


def last_number(model: type[models.Model]) -> int | None:
    """The last number that the table gave out: a deleted record's is never given out again, after a restore either."""
    pk, table = model._meta.pk, model._meta.db_table
    if not isinstance(pk, models.AutoField):
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            found = cursor.fetchone()
            return int(found[0]) if found else 0
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [connection.ops.quote_name(table), pk.column])
        sequence = cursor.fetchone()[0]
        cursor.execute(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")
        return int(cursor.fetchone()[0])


def give_out_after(model: type[models.Model], last: int) -> None:
    """The table's next number comes after last, and after the largest that is there."""
    pk, table = model._meta.pk, model._meta.db_table
    largest = model._base_manager.aggregate(models.Max("pk"))["pk__max"] or 0
    value = max(last, largest)
    if not value:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, value])
        else:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s, true)", [connection.ops.quote_name(table), pk.column, value])


class Unfit(ValueError):
    """Why the lines are not those of the table."""


def load(model: type[models.Model], source, sha256: str, rows: int) -> None:
    """Put the lines of source into the table, emptied first. Raises Unfit."""
    digest, quote = hashlib.sha256(), connection.ops.quote_name
    columns = {f.attname: f for f in model._meta.concrete_fields}
    first = source.readline(LINE_MAX)
    digest.update(first)
    try:
        fields = [columns[name] for name in json.loads(first)]
    except (ValueError, KeyError, TypeError) as error:
        raise Unfit(f"its columns are not those of the table ({error})")
    if len(fields) != len(columns):
        raise Unfit(f"it lacks columns: {', '.join(sorted(set(columns) - {f.attname for f in fields}))}")
    table, places = quote(model._meta.db_table), ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {table} ({', '.join(quote(f.column) for f in fields)}) VALUES ({places})"
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
        while chunk := _chunk(source, digest):
            cursor.executemany(statement, [_values(fields, line) for line in chunk])
            count += len(chunk)
    if count != rows:
        raise Unfit(f"it holds {count} rows, and should hold {rows}")
    if digest.hexdigest() != sha256:
        raise Unfit("its content is not the one that was written")


def _chunk(source, digest) -> list[bytes]:
    found: list[bytes] = []
    size = 0
    while len(found) < CHUNK and size < 8 * 1024 * 1024 and (line := source.readline(LINE_MAX)):
        digest.update(line)
        found.append(line)
        size += len(line)
    return found


def _values(fields: list[models.Field], line: bytes) -> list[Any]:
    try:
        values = json.loads(line)
        return [f.get_db_prep_save(f.to_python(v), connection) for f, v in zip(fields, values, strict=True)]
    except Exception as error:  # whatever a field says of a value that is not its own
        raise Unfit(f"a row cannot be read ({type(error).__name__}: {str(error)[:200]})")
