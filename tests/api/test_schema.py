"""The schema holds what it says: schemathesis sends what it allows and what it forbids, and looks at every answer.

The test goes on for so many seconds (GEGMA_SCHEMATHESIS_SECONDS; 25 by itself), over all operations in turn; each answer is checked
against the schema, and none may be a failure of the server.
"""

from __future__ import annotations

import os
import time

import hypothesis
import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.test import Client, override_settings
from hypothesis import HealthCheck, Phase
from openapi_spec_validator import validate
from schemathesis import checks as every
from schemathesis.specs.openapi import checks

from gegma.api import columns, docs, tokens
from gegma.engine import registry
from tests.factories import make

SECONDS = float(os.environ.get("GEGMA_SCHEMATHESIS_SECONDS", "25"))
EXAMPLES = 4
# So many requests are sent at least, however busy the machine is.
LEAST = 50
CHECKS = [
    every.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance,
    checks.negative_data_rejection,
]  # fmt: skip


def test_the_schema_is_valid_and_speaks_both_languages(db):
    georgian, english = docs.schema_in("ka"), docs.schema_in("en")
    validate(english)
    assert georgian["paths"].keys() == english["paths"].keys() and georgian != english


def test_the_schema_names_every_column_and_filter(db):
    schema = docs.schema_in("en")
    for spec in registry.everything():
        listed = schema["paths"][f"/api/v1/{spec.key}/"]["get"]
        assert set(spec.keys) <= {p["name"] for p in listed["parameters"]}, spec.key
        name = listed["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2].removesuffix("Page")
        assert {c.name for c in columns.all_columns(spec)} <= schema["components"]["schemas"][name]["properties"].keys(), spec.key


def test_the_schema_asks_for_no_data(db, django_assert_num_queries):
    docs.schema_in.cache_clear()
    with django_assert_num_queries(0):
        docs.schema_in("en")


def test_the_docs_stand_under_our_policy(people):
    client = Client()
    client.force_login(people.viewer)
    page = client.get("/api/docs/")
    text = page.content.decode()
    assert page.status_code == 200 and "<style" not in text and "<script>" not in text and "http" not in text.partition("swagger-ui-bundle")[0][-80:]
    script = client.get("/api/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript") and "SwaggerUIBundle" in script.content.decode()
    assert client.get("/api/v1/schema/").json()["openapi"].startswith("3.1")


@pytest.fixture
def records(people) -> dict[str, int]:
    """A record of every register, so that some numbers in addresses are right."""
    return {spec.key: make(spec).pk for spec in registry.everything()}


def test_every_operation_keeps_to_the_schema(people, records):
    if connection.vendor != "sqlite":
        pytest.skip("asked on SQLite alone")
    word = tokens.make(people.keeper, "schemathesis", 7, True)
    schema = schemathesis.openapi.from_dict(docs.schema_in("en"))
    schema.app = get_wsgi_application()
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 250
    until, tried, wrong = time.monotonic() + SECONDS, 0, []
    with override_settings(API_READS_PER_MINUTE=10**6, API_WRITES_PER_MINUTE=10**6, ALLOWED_HOSTS=["*"]):
        for turn in range(10_000):
            for number, operation in enumerate(operations):
                if time.monotonic() > until and tried > LEAST:
                    break
                if turn or number % 4 == int(time.time()) % 4 or SECONDS > 60:  # a short run takes a quarter of them, another one each time
                    tried += try_out(operation, word, records, turn, wrong)
            if time.monotonic() > until and tried > LEAST:
                break
    print(f"\nschemathesis: {tried} requests")
    assert wrong == [], "\n\n".join(wrong[:20])
    assert tried > LEAST


def try_out(operation, word: str, records: dict[str, int], turn: int, wrong: list[str]) -> int:
    """Send some requests to one operation, each undone; returns how many. Where an answer is not what the schema says, wrong tells of it."""
    sent = 0
    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
    key = operation.path.split("/")[3]

    @hypothesis.given(hypothesis.strategies.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes)))
    @hypothesis.settings(max_examples=EXAMPLES, database=None, derandomize=turn == 0, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None)
    def ask(case):
        nonlocal sent
        if "pk" in (case.path_parameters or {}) and sent % 2 == 0:
            case.path_parameters["pk"] = records[key]
        sent += 1
        with transaction.atomic():
            response = case.call(headers={"Authorization": f"Bearer {word}"})
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)

    try:
        ask()
    except hypothesis.errors.Unsatisfiable:  # nothing to send that would be wrong
        pass
    except BaseExceptionGroup as found:
        wrong += [f"{operation.label}: {one}" for one in found.exceptions]
    return sent
