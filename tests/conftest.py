"""What all tests share: settings, the small world of named users, a client for each, a real browser."""

import gc
import os
import sys
from types import SimpleNamespace

# Playwright runs an event loop in this thread, and Django would refuse to query beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import hypothesis
import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import Client, client, override_settings

from tests import template
from tests.browser import ARGUMENTS, find_chromium, in_ci
from tests.one_database import ONE_DATABASE

# The fixtures through which a test reaches a database.
DATABASE = {"db", "transactional_db", "django_db_setup", "empty_database"}
# How long one example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("any-machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("any-machine")
PASSWORD = "საკმაოდ-გრძელი-პაროლი-17"
NO_CHROMIUM = "no Chromium on this machine (set CHROMIUM, or apt-get install chromium)"


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say which database and which browser this run is about."""
    return [f"database: {connection.vendor}", f"browser: {find_chromium() or NO_CHROMIUM}"]


@pytest.fixture(scope="session", autouse=True)
def settings_for_tests(tmp_path_factory: pytest.TempPathFactory):
    """Files go to a temporary folder, static files need no collecting, passwords hash quickly."""
    data = tmp_path_factory.mktemp("data")
    storages = {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": data / "files", "file_permissions_mode": 0o600},
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(
        DATA_DIR=data,
        MEDIA_ROOT=data / "files",
        STATIC_ROOT=data / "static",
        STORAGES=storages,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        MFA_ROLES=frozenset(),  # what a role asks of sign-in is tested where it is the matter (tests/accounts)
    ):
        (data / "static").mkdir()
        yield


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_modify_db_settings, django_db_blocker, tmp_path_factory):
    """The test database, with the codelists that a fresh system ships.

    A test with real transactions ends by emptying every table. Django tells of each flush, so the codelists are back before
    anything else runs, in whatever order the tests come. Where the contract suite has declared its register that no product has,
    that model's table is there for every test: deleting a person looks into all tables that point to people.
    """
    engine = apps.get_app_config("engine")
    with django_db_blocker.unblock():
        with template.tables(template.folder_of(tmp_path_factory)) as first:
            request.getfixturevalue("django_db_setup")
            if first:
                template.keep(template.folder_of(tmp_path_factory))
        _seed()
        # (a process that copied its tables has it: whatever model has no table yet is given one there)
        dummy = sys.modules.get("tests.contract.dummy")
        if dummy and dummy.Pebble._meta.db_table not in connection.introspection.table_names():
            with connection.schema_editor() as editor:
                editor.create_model(dummy.Pebble)
    post_migrate.connect(_seed, sender=engine)
    yield
    post_migrate.disconnect(_seed, sender=engine)
    with django_db_blocker.unblock():
        _end_other_sessions()


def _end_other_sessions() -> None:
    """PostgreSQL drops no database that somebody still uses, such as the child of a test that was broken off."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")


def _seed(**_told) -> None:
    """The tables as every test finds them. The rate limits of sign-in live in the cache table, which a flush leaves alone."""
    from gegma.engine import codes

    cache.clear()
    codes.forget()
    codes.seed()


@pytest.fixture(scope="session", autouse=True)
def contexts_of_pages_only():
    """Django's client copies the context of every part of a page, one for each field and icon; tests ask for the page's own."""
    keep = client.store_rendered_templates

    def keep_the_whole(store, signal, sender, template, context, **told):
        if context.template is template and not (template.name or "").startswith("django/forms/"):
            keep(store, signal, sender, template, context, **told)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "store_rendered_templates", keep_the_whole)
        yield


@pytest.fixture(autouse=True)
def codes_read_anew():
    """What a test changed in the codelists is undone after it: no process may go on remembering it."""
    yield
    from gegma.engine import codes

    codes.forget()


def pytest_collection_finish() -> None:
    """Thousands of tests and all modules stay to the end: they are not looked through again and again for what can be thrown away."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last process of a run takes the template of the tables from a server that outlives it."""
    if connection.vendor == "postgresql" and not hasattr(config, "workerinput"):
        template.forget()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for a database: only such a test can come out differently on another one."""
    for item in items:
        if DATABASE & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.database)
        if item.nodeid.partition("::")[0] in ONE_DATABASE:
            item.add_marker(pytest.mark.one_database)


@pytest.fixture
def users(db) -> SimpleNamespace:
    """One person for each role, none in a unit: `users.viewer`, `users.officer`, `users.administrator`. They read every group of fields."""
    from gegma.accounts.models import ReaderGroup, User

    def person(role: str, name: str) -> User:
        return User.objects.create_user(email=f"{role}@example.ge", password=PASSWORD, name=name, role=role, reads=ReaderGroup.values)

    return SimpleNamespace(
        viewer=person("viewer", "ნინო მკითხველი"),
        officer=person("officer", "გიორგი თანამშრომელი"),
        administrator=person("administrator", "თამარ ადმინისტრატორი"),
    )


def _client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_viewer(users) -> Client:
    """A client signed in as the one who may only read."""
    return _client_of(users.viewer)


@pytest.fixture
def as_officer(users) -> Client:
    """A client signed in as the one who keeps the registers."""
    return _client_of(users.officer)


@pytest.fixture
def as_admin(users) -> Client:
    """A client signed in as the one who keeps the plan and the codelists too."""
    return _client_of(users.administrator)


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the session, with no way to any other machine."""
    executable = find_chromium()
    if executable is None:
        (pytest.fail if in_ci() else pytest.skip)(NO_CHROMIUM)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def problems() -> list[str]:
    """What the browser complained of: script errors, refused or missing files.

    A test that provokes such a complaint checks it and empties the list.
    """
    return []
