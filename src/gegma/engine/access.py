"""What of a register is restricted, and saying so to the audit when it is shown or taken out."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from gegma.audit import access
from gegma.audit.models import Kind

from .models import Confidentiality
from .spec import Register

MARK = "confidentiality"


def _path(spec: Register) -> list[str]:
    """The way from a row to the column that says how confidential it is; empty where nothing says so."""
    prefix = [part for part in getattr(spec.policy, "prefix", "").split("__") if part]
    model = spec.model
    for part in prefix:
        model = model._meta.get_field(part).related_model
    return [*prefix, MARK] if any(f.name == MARK for f in model._meta.concrete_fields) else []


def is_restricted(spec: Register, record) -> bool:
    """Whether not everybody with an account may read the record."""
    path = _path(spec)
    for part in path[:-1]:
        record = getattr(record, part)
    return bool(path) and getattr(record, MARK) != Confidentiality.INTERNAL


def shown(spec: Register, record) -> None:
    """A page about one record is shown: noted where the record is restricted."""
    if is_restricted(spec, record):
        access.note(Kind.READ, spec.key, [record.pk])


def listed(spec: Register, records: Iterable) -> None:
    """Rows stand in a list: noted where any of them is restricted."""
    if _path(spec) and (ids := [row.pk for row in records if is_restricted(spec, row)]):
        access.note(Kind.LIST, spec.key, ids)


def exported(spec: Register, rows, count: int, words: str) -> None:
    """A list leaves the house: always noted, with the numbers of the restricted records in it."""
    path = _path(spec)
    ids: Iterable[int] = ()
    if path:
        ids = rows.order_by().exclude(Q(**{"__".join(path): Confidentiality.INTERNAL})).values_list("pk", flat=True)[: access.RECORDS_MAX]
    access.note(Kind.EXPORT, spec.key, ids, count, words)


def taken(spec: Register, record, name: str) -> None:
    """A file of a record leaves the house: always noted."""
    access.note(Kind.FILE, spec.key, [record.pk], 1, name)
