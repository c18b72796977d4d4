"""Health, measurements and the log: of use to whoever runs the system, of none to a stranger."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.test import Client

from gegma.config import health, logs, measured, watch
from tests.factories import make

CANARY = "კანარი-canary-7731"


@pytest.fixture(autouse=True)
def looked_at_anew():
    """No test relies on what an earlier one found well."""
    health._well.clear()
    yield
    health._well.clear()


@pytest.fixture
def lines():
    """What is logged meanwhile, as lines of JSON."""
    kept: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record):
            kept.append(logs.JsonFormatter().format(record))

    handler, roots = Keep(), [logging.getLogger(), logging.getLogger("gegma"), logging.getLogger("django")]
    level = roots[1].level
    roots[1].setLevel(logging.INFO)
    roots[0].addHandler(handler)
    yield kept
    roots[0].removeHandler(handler)
    roots[1].setLevel(level)


# -- health --------------------------------------------------------------------------------------------------------------


def test_strangers_learn_yes_and_nothing_else(db):
    assert (Client().get("/health/live/").content, Client().get("/health/").content) == (b"ok", b"ok")
    response = Client().get("/health/ready/")
    assert (response.status_code, response.json()) == (200, {"ready": True})
    assert "no-store" in response.headers["Cache-Control"] and not response.cookies
    assert Client().post("/health/ready/").status_code == 405
    assert not [name for name in default_storage.listdir("")[1] if name.startswith("coming-")]


@pytest.mark.parametrize("part", ["_database", "_migrations", "_storage"])
def test_strangers_learn_no_and_nothing_else(part, db, monkeypatch, lines):
    def broken():
        raise OperationalError(f"password of gegma is {CANARY}")

    broken.__name__ = part
    monkeypatch.setattr(health, "CHECKS", tuple(broken if check.__name__ == part else check for check in health.CHECKS))
    response = Client().get("/health/ready/")
    assert (response.status_code, response.json()) == (503, {"ready": False})
    assert any(part.strip("_") in line for line in lines) and CANARY not in "".join(lines)


def test_a_missing_migration_is_not_ready(db):
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="engine").order_by("-pk").first().delete()
    assert Client().get("/health/ready/").status_code == 503


def test_a_storage_that_cannot_be_written_is_not_ready(db, monkeypatch):
    def full(*_told, **_more):
        raise OSError("No space left on device")

    monkeypatch.setattr(type(default_storage._wrapped), "_save", full)
    assert Client().get("/health/ready/").status_code == 503


# -- measurements --------------------------------------------------------------------------------------------------------


def test_measurements_are_for_this_machine_or_the_token(db, settings):
    assert Client().get("/metrics/").status_code == 200
    assert Client(REMOTE_ADDR="10.0.0.7").get("/metrics/").status_code == 404
    assert Client(HTTP_X_FORWARDED_FOR="127.0.0.1").get("/metrics/").status_code == 404  # through a web server: from anywhere
    assert Client(REMOTE_ADDR="").get("/metrics/").status_code == 404
    settings.METRICS_TOKEN = "a-token-of-24-letters-xxx"
    far = Client(REMOTE_ADDR="10.0.0.7", HTTP_X_FORWARDED_FOR="10.1.1.1")
    assert far.get("/metrics/", headers={"authorization": "Bearer a-token-of-24-letters-xxx"}).status_code == 200
    assert far.get("/metrics/", headers={"authorization": "Bearer a-token-of-24-letters-xxy"}).status_code == 404
    assert far.get("/metrics/", headers={"authorization": "Bearer ქართული"}).status_code == 404


def test_what_is_counted(as_officer):
    def count(route: str) -> float:
        return measured.REGISTRY.get_sample_value("gegma_requests_total", {"route": route, "method": "GET", "status": "200"}) or 0

    before = count("register"), count("health_live")
    as_officer.get("/r/meetings/", {"q": CANARY})
    as_officer.get("/health/live/")
    as_officer.generic("HACK", f"/{CANARY}/")
    told = as_officer.get("/metrics/").content.decode()
    assert (count("register"), count("health_live")) == (before[0] + 1, before[1] + 1)
    assert 'gegma_request_seconds_bucket{le="0.5",route="register"}' in told and 'method="OTHER",route="unknown"' in told
    assert CANARY not in told and "HACK" not in told


# -- the log -------------------------------------------------------------------------------------------------------------


def test_a_request_in_one_line_without_words_of_people(as_officer, users, lines):
    record = make("meetings", title_ka=CANARY)
    as_officer.get(f"/r/meetings/{record.pk}/", {"back": CANARY}, headers={"user-agent": CANARY, "referer": f"http://testserver/?q={CANARY}"})
    as_officer.get("/r/meetings/", {"q": CANARY})
    as_officer.get(f"/r/{CANARY}/")
    as_officer.post("/r/meetings/new/", {"title_ka": CANARY})
    Client().post("/accounts/login/", {"login": f"{CANARY}@example.ge", "password": CANARY})
    Client(headers={"host": f"{CANARY}.example"}).get("/")
    told = [json.loads(line) for line in lines]
    assert CANARY not in "".join(lines) and "example" not in "".join(lines) and users.officer.name not in "".join(lines)
    first = next(line for line in told if line["logger"] == "gegma.request" and line["route"] == "record")
    assert first["user"] == users.officer.pk and first["status"] == 200 and first["method"] == "GET"
    assert first["request"] and first["ms"] >= 0 and first["bytes"] > 1000 and first["queries"] > 0
    assert {line["status"] for line in told if line["logger"] == "gegma.request"} >= {200, 404, 400}


def test_an_error_is_told_by_its_place_and_not_by_its_words(as_officer, lines, monkeypatch):
    def broken(*_told):
        raise ValueError(f"duplicate key: {CANARY}")

    monkeypatch.setattr("gegma.engine.views.lists.Listing", broken)
    as_officer.raise_request_exception = False
    assert as_officer.get(f"/r/meetings/?q={CANARY}").status_code == 500
    line = next(json.loads(line) for line in lines if '"error"' in line)
    assert line["error"] == "ValueError" and line["status"] == 500 and any("lists.py" in place for place in line["at"])
    assert CANARY not in "".join(lines)


def test_lines_of_others_lose_their_values(lines):
    log = logging.getLogger("django.somewhere")
    log.error("no place for %s", CANARY)
    log.error(f"no place for {CANARY}")
    try:
        raise KeyError(CANARY)
    except KeyError:
        log.error("it broke", exc_info=sys.exc_info())
    assert [json.loads(line)["words"] for line in lines] == ["no place for %s", "", ""] and CANARY not in "".join(lines)


def test_a_slow_request_is_a_warning(as_officer, lines, settings):
    settings.SLOW_MS = 0
    as_officer.get("/r/meetings/", {"q": CANARY})
    line = json.loads(lines[-1])
    assert line["level"] == "warning" and line["words"].startswith("slow request: register took") and CANARY not in lines[-1]


def test_a_route_has_a_name_and_never_an_address(rf):
    request = rf.get(f"/static/{CANARY}.css")
    request.resolver_match = None
    assert watch.route(request) == "static"
    request.path = f"/{CANARY}"
    assert watch.route(request) == "unknown"
