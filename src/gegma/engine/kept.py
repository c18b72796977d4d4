"""Statements that were built once, kept to be sent again as they are.

Building the statement of a list costs a millisecond or two, as much as running it, and a page with thirty of them asks for the same ones all
day. What a statement depends on is its key: the words of the filter, who asks (Policy.key), the day, the language, the database.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import get_language

from gegma.kernel import dates

# About 30 KB each.
KEPT_MAX = 600
# Stands in a statement for the record that it is about, whose number is put in when it is sent. No record has such a number; filters take 18 digits.
HOLE = 807_045_053_224_792_883

_kept: OrderedDict[tuple, tuple[QuerySet, Any, str, tuple] | None] = OrderedDict()


def forget() -> None:
    """Keep none."""
    _kept.clear()


def rows(key: tuple, build: Callable[[], QuerySet], pk: int | None = None) -> list:
    """The rows of the list that build makes, from the statement kept under this key where there is one.

    pk: the record that the list is about; build then has to put HOLE wherever its number belongs.
    """
    key = (*key, dates.today(), get_language(), connection.vendor)
    if key not in _kept:
        if len(_kept) >= KEPT_MAX:
            _kept.popitem(last=False)
        _kept[key] = _compiled(build(), pk is not None)
    _kept.move_to_end(key)
    found = _kept[key]
    return list(_filled(*found, pk)) if found else []


def _compiled(queryset: QuerySet, about_one: bool) -> tuple[QuerySet, Any, str, tuple] | None:
    """The list with its statement and values; nothing where its filters leave nothing to be found."""
    compiler = queryset.query.get_compiler(using=queryset.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    if about_one and (str(HOLE) in sql or str(HOLE) not in map(str, params)):
        raise ValueError("the number of the record does not stand among the values of the statement")
    return queryset, compiler, sql, params


def _filled(queryset: QuerySet, compiler, sql: str, params: tuple, pk: int | None) -> QuerySet:
    """The list, which sends the kept statement with pk in its hole."""
    here, values = copy.copy(compiler), tuple(_put(value, pk) for value in params)
    here.connection = connection
    here.as_sql = lambda *given, **named: (sql, values)
    found = queryset.all()
    found.query.get_compiler = lambda *given, **named: here
    return found


def _put(value: Any, pk: int | None) -> Any:
    if value == HOLE:
        return pk
    return str(pk) if value == str(HOLE) else value
