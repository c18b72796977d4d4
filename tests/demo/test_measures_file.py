"""The measures of the 2017 plan: one for every figure that the plan asks for, and each of them can be computed."""

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from gegma.plan import definition
from gegma.plan.models import Combine, IndicatorKind

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "mia-ird-2017"
DATA = yaml.safe_load((EXAMPLE / "measures.yaml").read_text(encoding="utf-8"))
EXPECTED = json.loads((EXAMPLE / "expected.json").read_text(encoding="utf-8"))
MEASURES = [(f"{i['activity']} {i['label']}".strip(), m) for i in DATA["indicators"] for m in i["measures"]]
BOUND = [(where, m) for where, m in MEASURES if "pending" not in m]
ABOUT = {"name", "ka", "en"}


def _definition(measure: dict) -> dict:
    return {key: value for key, value in measure.items() if key not in ABOUT}


def test_every_indicator_and_measure_of_the_plan_is_there_and_no_other():
    planned = [
        (a["code"], i["label"], [m["name"] for m in i["measures"]]) for a in EXPECTED["activities"] for i in a["indicators"]
    ]
    assert [(i["activity"], i["label"], [m["name"] for m in i["measures"]]) for i in DATA["indicators"]] == planned
    assert (len(planned), len(MEASURES)) == (89, 110)


@pytest.mark.django_db
@pytest.mark.parametrize("where,measure", BOUND, ids=[f"{w} {m['name']}" for w, m in BOUND])
def test_bound_measure_can_be_computed(where: str, measure: dict):
    definition.check(_definition(measure))


def test_what_has_no_register_says_in_words_what_is_to_be_counted():
    waiting = [m for _where, m in MEASURES if "pending" in m]
    assert len(BOUND) >= 82
    for measure in waiting:
        assert set(measure) == ABOUT | {"register", "pending"}
        assert all(measure["pending"][language] for language in ("ka", "en"))


def test_indicators_say_how_they_are_judged():
    for entry in DATA["indicators"]:
        assert entry["kind"] in IndicatorKind.values
        assert entry.get("combine", "side") in Combine.values
        assert ("due_dates" in entry) == (entry["kind"] == "schedule")
    assert Counter(i["kind"] for i in DATA["indicators"])["completeness"] == 3


def test_titles_are_in_both_languages():
    georgian = set("აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ")
    for where, measure in MEASURES:
        assert measure["en"] and not set(measure["en"]) & georgian, where
        assert set(measure["ka"]) & georgian, where


def test_owners_name_every_section():
    assert set(DATA["owners"]) == {s["code"] for s in EXPECTED["sections"]}


def test_english_texts_cover_the_plan():
    english = json.loads((EXAMPLE / "english.json").read_text(encoding="utf-8"))
    assert set(english["sections"]) == {s["code"] for s in EXPECTED["sections"]}
    for activity in EXPECTED["activities"]:
        texts = english["activities"][activity["code"]]
        assert texts["text"]
        assert set(texts["indicators"]) == {i["label"] for i in activity["indicators"]}
