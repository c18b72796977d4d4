"""Anything at all in an address, a filter, a measure or a search: an answer in words, never a failure of the server.

A run is bounded; GEGMA_FUZZ_EXAMPLES and GEGMA_FUZZ_SECONDS make it longer.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gegma.accounts.models import ReaderGroup, User
from gegma.engine import registry
from gegma.plan import compute, definition
from tests.factories import make

from . import surfaces

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = int(os.environ.get("GEGMA_FUZZ_EXAMPLES", "150"))
SECONDS = int(os.environ.get("GEGMA_FUZZ_SECONDS", "3"))
bounded = settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))

SPECS = registry.everything()
NASTY = [
    "", " ", "0", "1", "-1", "1e400", "nan", "inf", "-inf", "9" * 400, "01.01.0001", "31.12.9999", "2017-02-30", "01/02/2017", "99999999999999999999",
    "\0", "\ud7ff", "\u202e", "%", "_", "\\", "'", '"', "*", "(", "OR 1=1", "a" * 301, "ა" * 150, "ᲐᲑᲒ", "ﬁ", "١٢٣", "²", "½", "1,5", "1 000", "..", "../..",
    "NULL", "None", "true", "__", "pk", "-", "--title", "title_ka", "owner_unit__users__password", "counted", "1:2017:counted", "1:2017-13:left-0@9",
]  # fmt: skip
words = st.one_of(st.sampled_from(NASTY), st.text(max_size=40), st.integers().map(str), st.floats().map(str), st.dates().map(str))


def keys_of(spec) -> st.SearchStrategy[str]:
    """A key of the register's list, or any other."""
    known = [*spec.keys, "q", "sort", "cols", "page", "measure", "lang", *(f"{name}__{end}" for name in list(spec.filters)[:5] for end in ("from", "to", "on", "set", "has", "not", "x", ""))]
    return st.one_of(st.sampled_from(known), st.text(max_size=20))


@st.composite
def lists(draw):
    """(register, parameters) of a list."""
    spec = draw(st.sampled_from(SPECS))
    return spec, draw(st.dictionaries(keys_of(spec), st.lists(words, min_size=1, max_size=3), max_size=4))


@pytest.fixture
def client(db) -> Client:
    """Somebody signed in, in a small world."""
    made = Client(raise_request_exception=True)
    made.force_login(User.objects.create_user("person@example.ge", name="person", role="administrator", unit=make("units"), reads=list(ReaderGroup.values)))
    for spec in SPECS:
        make(spec)
    with override_settings(API_READS_PER_MINUTE=10**9):
        yield made


def test_lists_exports_suggestions_and_the_api(client):
    @bounded
    @given(lists(), st.sampled_from(["", "filters/", "export.csv", "pick/", "api"]))
    def ask(asked, part):
        spec, params = asked
        url = f"/api/v1/{spec.key}/" if part == "api" else f"{spec.url}{part}"
        response = client.get(url, params)
        text = surfaces.body_of(response)
        assert response.status_code in {200, 302, 400}, (url, params, response.status_code)
        if response.status_code == 400:
            assert (response.json()["detail"] if part == "api" else re.search(r"<h1[^>]*>\s*\S", text)), (url, params)

    ask()


def test_what_is_refused_says_where(client):
    for spec in SPECS:
        for key in ["no_such_key", *(k for k in spec.keys if k.endswith(("__from", "__to", "__set", "__on")))]:
            response = client.get(f"/api/v1/{spec.key}/", {key: "no such word"})
            assert response.status_code == 400 and response.json()["errors"][key], (spec.key, key)


@pytest.mark.parametrize("page", ["/search/", "/agenda/", "/partners/", "/reports/trainings/", "/r/requests/balance/", "/r/needs/matrix/", "/r/needs/donors/", "/", "/reports/own/new/"])
def test_other_pages_with_parameters(client, page):
    known = ["q", "all", "month", "view", "of", "register", "ask", "period", "from", "to", "known", "format", "in", "mine", "address", "cols", "columns", "country", "framework"]

    @settings(bounded, max_examples=max(15, EXAMPLES // 8))
    @given(st.dictionaries(st.one_of(st.sampled_from(known), st.text(max_size=12)), st.lists(words, min_size=1, max_size=2), max_size=4))
    def ask(params):
        response = client.get(page, params)
        surfaces.body_of(response)
        assert response.status_code in {200, 302, 400, 404}, (page, params, response.status_code)

    ask()


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words)
json_values = st.recursive(scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(words, inner, max_size=3)), max_leaves=6)


@st.composite
def definitions(draw):
    """A definition of a measure, nearly right."""
    spec = draw(st.sampled_from(SPECS))
    fields = st.one_of(st.sampled_from(list(spec.all_fields)), json_values)
    filters = st.one_of(st.dictionaries(keys_of(spec), st.one_of(words, st.lists(words, max_size=2), json_values, st.sampled_from(["$start", "$end-12m", "$end+999999m", "$start-99999999999999999999m"])), max_size=2), json_values)
    part = {
        "register": st.one_of(st.just(spec.key), json_values), "aggregate": st.one_of(st.sampled_from(["count", "sum", "distinct", "share", "completeness", "ratio"]), json_values),
        "field": fields, "base_field": fields, "scope": filters, "conditions": filters, "of": filters, "fields": st.one_of(st.lists(fields, max_size=2), json_values),
        "date": st.one_of(st.fixed_dictionaries({"by": fields, "rule": st.one_of(st.sampled_from(["in", "overlaps", "at_end"]), json_values)}), json_values),
        "base": st.one_of(st.fixed_dictionaries({"register": st.just(spec.key), "scope": filters}), json_values), "breakdowns": st.one_of(st.lists(fields, max_size=2), json_values),
    }  # fmt: skip
    chosen = draw(st.lists(st.sampled_from(sorted(part)), unique=True, max_size=5))
    made = {name: draw(part[name]) for name in {"register", *chosen}}
    return draw(st.sampled_from([made, made, made, {"parts": [made]}, {"parts": [made, made]}]))


def test_definitions_of_measures(client):
    """What check() passes can be computed; what it refuses, it refuses in words."""
    from gegma.kernel.periods import parse

    computed = 0

    @settings(bounded, max_examples=EXAMPLES * 2)
    @given(st.one_of(definitions(), json_values))
    def ask(made):
        nonlocal computed
        try:
            definition.check(made)
        except definition.DefinitionError as error:
            assert str(error)
            return
        reading = compute.read(made, parse("2017"))
        compute.passport(made, parse("2017"))
        assert reading.bound, reading.note
        computed += 1

    ask()
    assert computed > EXAMPLES // 20, "hardly any definition was right: the test tries nothing"


@pytest.mark.parametrize("target", ["plan_text", "plan_dates", "plan_cells", "pasted", "days", "address", "measure", "html"])
def test_atheris_for_a_moment(target, tmp_path):
    """The fuzzer of scripts/fuzz.py, with a fixed seed; let it run longer by hand."""
    pytest.importorskip("atheris")
    env = {**os.environ, "GEGMA_DATA": str(tmp_path)}
    done = subprocess.run([sys.executable, ROOT / "scripts" / "fuzz.py", target, f"--seconds={SECONDS}"], env=env, capture_output=True, text=True, timeout=SECONDS + 200)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert re.search(rf"{target}: [1-9]\d* runs, ok", done.stdout), done.stdout


def test_every_target_of_the_fuzzer_is_tried():
    source = (ROOT / "scripts" / "fuzz.py").read_text(encoding="utf-8")
    named = re.search(r"TARGETS = .*? in \((.*?)\)", source)[1].split(", ")
    assert set(named) == {"plan_text", "plan_dates", "plan_cells", "pasted", "days", "address", "measure", "html"}
