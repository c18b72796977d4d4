"""What all tests share: settings, the small world of named users, a client for each, a real browser."""

import os
import sys
from types import SimpleNamespace

# Playwright runs an event loop in this thread, and Django would refuse to query beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import pytest
from django.db import connection
from django.test import Client, override_settings

from tests.browser import ARGUMENTS, find_chromium, in_ci

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
    ):
        (data / "static").mkdir()
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database, with the codelists that a fresh system ships.

    Where the contract suite has declared its register that no product has, that model's table is there for every test: deleting a person
    looks into all tables that point to people.
    """
    with django_db_blocker.unblock():
        _seed()
        if dummy := sys.modules.get("tests.contract.dummy"):
            with connection.schema_editor() as editor:
                editor.create_model(dummy.Pebble)


@pytest.fixture(autouse=True)
def codes_after_a_flush(request: pytest.FixtureRequest):
    """A test with real transactions ends by emptying every table, so the next one of its kind seeds anew.

    The rate limits of sign-in live in the cache table, which a flush leaves alone: they are cleared here.
    """
    marker = request.node.get_closest_marker("django_db")
    real = {"live_server", "transactional_db", "django_db_reset_sequences"} & set(request.fixturenames)
    if real or (marker and (marker.kwargs.get("transaction") or marker.args[:1] == (True,))):
        from django.core.cache import cache

        request.getfixturevalue("transactional_db")
        cache.clear()
        _seed()


def _seed() -> None:
    from gegma.engine import codes

    codes.forget()
    codes.seed()


@pytest.fixture
def users(db) -> SimpleNamespace:
    """One person for each role, none in a unit: `users.viewer`, `users.officer`, `users.administrator`."""
    from gegma.accounts.models import User

    def person(role: str, name: str) -> User:
        return User.objects.create_user(email=f"{role}@example.ge", password=PASSWORD, name=name, role=role)

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


@pytest.fixture
def page(browser, live_server, problems: list[str]):
    """A page of a fresh browser session, 1440 × 900, addresses relative to the running server.

    At the end the test fails where the browser complained of anything: a script error, a missing file, a
    refusal by the content security policy.
    """
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 1440, "height": 900},
        locale="ka-GE",
        timezone_id="Asia/Tbilisi",
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert problems == []


@pytest.fixture
def sign_in(page, live_server):
    """`sign_in(user)`: the browser carries that user's session from then on."""

    def carry_session(user) -> None:
        cookie = _client_of(user).cookies["sessionid"]
        page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])

    return carry_session
