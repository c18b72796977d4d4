"""The tables of the tests' database, made by the first process of a run and copied by the others: the migrations take longer than most tests."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests import databases

FILE = "tables.sqlite3"


def _name() -> str:
    """The template's name on the server of PostgreSQL."""
    base = connection.settings_dict["TEST"]["NAME"] or connection.settings_dict["NAME"]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return f"{base.removesuffix(f'_{worker}').removeprefix('test_')}_tables"


def folder_of(factory: pytest.TempPathFactory) -> Path:
    """Where a run keeps them."""
    return databases.of_run(factory) / "tables"


@contextmanager
def tables(folder: Path) -> Iterator[bool]:
    """Whether this process migrates for others too, and calls keep() before the end of the block; the others find all tables in their database."""
    with databases.once(folder) as first:
        if first:
            yield True
            return
    test = connection.settings_dict["TEST"]
    test["MIGRATE"] = False
    if connection.vendor == "postgresql":
        test["TEMPLATE"] = _name()
        yield False
        return
    # A database in memory lives as long as somebody has it open.
    name = connection.creation._get_test_db_name()
    with closing(sqlite3.connect(name, uri=True)) as memory, closing(sqlite3.connect(folder / FILE)) as kept:
        kept.backup(memory)
        yield False


def keep(folder: Path) -> None:
    """Keep the tables of this process's database for the others."""
    if connection.vendor == "postgresql":
        source = connection.settings_dict["NAME"]
        connection.close()
        forget()
        _tell(f'CREATE DATABASE "{_name()}" TEMPLATE "{source}"')
    else:
        connection.ensure_connection()
        with closing(sqlite3.connect(folder / FILE)) as kept:
            connection.connection.backup(kept)


def put_into(env: dict[str, str], folder: Path) -> None:
    """Put the tables, still without rows, into a place on SQLite that is to be set up; where this run has none yet, its set-up migrates from nothing."""
    if (folder / "made").exists() and (folder / FILE).exists() and "DATABASE_URL" not in env:
        Path(env["GEGMA_DATA"]).mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / FILE, Path(env["GEGMA_DATA"]) / "gegma.sqlite3")


def forget() -> None:
    """Drop the template from a server of PostgreSQL that outlives the run."""
    _tell(f'DROP DATABASE IF EXISTS "{_name()}"')


def _tell(statement: str) -> None:
    with psycopg.connect(dbname="postgres", autocommit=True, **databases.of_server(databases.server())) as admin:
        admin.execute(statement)
