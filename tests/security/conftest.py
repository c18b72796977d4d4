"""The world of the matrix, shared by what walks over it; and places of their own for processes of their own."""

import logging
import shutil
from contextlib import contextmanager

import dj_database_url
import psycopg
import pytest
from django.db import connection, transaction
from django.test import override_settings

from tests import databases, template

from .world import build


@pytest.fixture(scope="module")  # no longer: other modules must not find its records
def world(django_db_setup, django_db_blocker):
    """Written once, and gone after the last test that asks for it. A test has a transaction of its own inside of it: fixture «inside»."""
    settings = override_settings(TODAY="2017-12-11", API_READS_PER_MINUTE=10**6, API_WRITES_PER_MINUTE=10**6, LIMITED={})
    with settings, django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def inside(world, db):
    """What a test writes is taken back before the next. Thousands of refusals are no news for the log."""
    logging.disable(logging.ERROR)
    yield world
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A place that is set up, to be copied: making the tables takes longer than most tests."""
    folder = tmp_path_factory.mktemp("prepared")
    with databases.empty(folder, databases.server() if connection.vendor == "postgresql" else "") as env:
        template.put_into(env, template.folder_of(tmp_path_factory))
        databases.command(env, "setup")
        yield env


@contextmanager
def copy_of(env: dict[str, str], folder):
    """A place like the one of env."""
    folder.mkdir(parents=True, exist_ok=True)
    if "DATABASE_URL" not in env:
        shutil.copytree(env["GEGMA_DATA"], folder, dirs_exist_ok=True)
        yield {**env, "GEGMA_DATA": str(folder)}
        return
    with databases.empty(folder, databases.server()) as copy:
        name = dj_database_url.parse(copy["DATABASE_URL"])["NAME"]
        with psycopg.connect(dbname="postgres", autocommit=True, **databases.of_server(databases.server())) as admin:
            admin.execute(f"DROP DATABASE {name}")
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {dj_database_url.parse(env['DATABASE_URL'])['NAME']}")
        for key in ("secret_key", "audit_key"):
            if (kept := folder.parent / key).exists():
                shutil.copy(kept, folder)
        yield copy


@pytest.fixture
def empty_database(prepared, tmp_path):
    """The environment of a process with a place of its own that is set up."""
    with copy_of(prepared, tmp_path / "place") as env:
        yield env
