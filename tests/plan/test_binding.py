"""Measures from a file and back: what is bound stays bound, and a wrong file names the entry and writes nothing."""

from __future__ import annotations

import copy
import json
import re

import pytest
import yaml
from django.core.exceptions import ValidationError

from gegma.accounts.models import SYSTEM_WRITER
from gegma.audit.models import Change
from gegma.kernel import periods
from gegma.plan import binding, compute, importing
from gegma.plan.models import Activity, Indicator, Measure, Plan, Section

from .small_year import EXAMPLE, measures_as_read, plan_as_read

pytestmark = pytest.mark.usefixtures("english")


def kept(plan: Plan) -> list[tuple]:
    rows = Measure.objects.filter(indicator__activity__plan=plan).order_by("pk")
    return [(m.pk, m.version, m.name, m.title_ka, m.title_en, m.order, m.register, m.definition, m.indicator_id) for m in rows]


def entry_of(data: dict, activity: str, label: str = "") -> dict:
    return next(e for e in data["indicators"] if (e["activity"], e["label"]) == (activity, label))


EXPECTED = json.loads((EXAMPLE / "expected.json").read_text(encoding="utf-8"))


def test_imported_plan_is_what_was_read_by_hand(year):
    plan = year.plan
    assert (plan.title_ka, plan.starts_on.isoformat(), plan.ends_on.isoformat()) == (EXPECTED["title_ka"], "2017-01-01", "2017-12-31")
    assert plan.organisation_ka.split("\n") == EXPECTED["organisation_ka"]
    assert [c["header"] for c in plan.columns] == EXPECTED["columns_ka"]
    assert [s.code for s in plan.sections.all()] == [s["code"] for s in EXPECTED["sections"]]
    assert {s.code: s.parent and s.parent.code for s in plan.sections.all()} == {
        s["code"]: s["code"].rpartition(".")[0] or None for s in EXPECTED["sections"]
    }
    activities = list(plan.activities.select_related("section").prefetch_related("indicators__measures"))
    assert [(a.code, a.section.code) for a in activities] == [(a["code"], a["section"]) for a in EXPECTED["activities"]]
    assert [len(a.indicators.all()) for a in activities] == [len(a["indicators"]) for a in EXPECTED["activities"]]
    names = [[m.name for m in i.measures.all()] for a in activities for i in a.indicators.all()]
    assert names == [[m["name"] for m in i["measures"]] for a in EXPECTED["activities"] for i in a["indicators"]]
    assert (Section.objects.count(), len(activities), Indicator.objects.count(), Measure.objects.count()) == (17, 60, 89, 110)


def test_shipped_file_binds_every_indicator(year):
    assert Measure.objects.count() == 110
    assert Indicator.objects.filter(measures=None).count() == 0
    assert not [m for m in Measure.objects.all() if "pending" in m.definition]
    schedule = Indicator.objects.get(kind="schedule")
    assert (schedule.target, schedule.due_dates) == (4, ["2017-03-31", "2017-06-30", "2017-09-30", "2017-12-31"])


def test_binding_again_changes_nothing(year):
    before, changes = kept(year.plan), Change.objects.count()
    assert binding.bind(year.plan, measures_as_read(), SYSTEM_WRITER) == {"measures": 110, "unbound": 0}
    assert kept(year.plan) == before and Change.objects.count() == changes


def test_dump_binds_back_to_the_same(year):
    text = yaml.safe_dump(binding.dump(year.plan), allow_unicode=True, sort_keys=False)
    before, changes = kept(year.plan), Change.objects.count()
    kinds = list(Indicator.objects.order_by("pk").values_list("kind", "target", "due_dates", "combine"))
    binding.bind(year.plan, yaml.safe_load(text), SYSTEM_WRITER)
    assert kept(year.plan) == before and Change.objects.count() == changes
    assert list(Indicator.objects.order_by("pk").values_list("kind", "target", "due_dates", "combine")) == kinds


def test_dump_of_one_plan_binds_another_to_the_same_figures(year):
    other = importing.store(plan_as_read(), SYSTEM_WRITER, key="second")
    binding.bind(other, yaml.safe_load(yaml.safe_dump(binding.dump(year.plan))), SYSTEM_WRITER)
    assert binding.dump(other)["indicators"] == binding.dump(year.plan)["indicators"]
    assert [row[2:8] for row in kept(other)] == [row[2:8] for row in kept(year.plan)]


def test_dump_leaves_out_what_is_no_longer_in_the_plan(year):
    Activity.objects.filter(code="1.1.3").update(withdrawn=True)
    Indicator.objects.filter(activity__code="1.1.2", label="ა").update(withdrawn=True)
    places = {(e["activity"], e["label"]) for e in binding.dump(year.plan)["indicators"]}
    assert len(places) == 87 and not places & {("1.1.3", ""), ("1.1.2", "ა")}


def test_measure_keeps_its_row_by_name_and_goes_where_the_file_drops_it(year):
    data = measures_as_read()
    visits = year.measure("4.1.7", "visits")
    entry = entry_of(data, "4.1.7")
    entry["measures"] = [{**entry["measures"][0], "en": "all visits", "scope": {"kind": ["visit"]}}]
    binding.bind(year.plan, data, SYSTEM_WRITER)
    [left] = Measure.objects.filter(indicator=visits.indicator)
    assert (left.pk, left.title_en, left.version) == (visits.pk, "all visits", visits.version + 1)
    assert compute.read(left.definition, periods.parse("2017")).value == 3  # m19, m20, m21
    assert Change.objects.filter(register="measures", action="delete").count() == 1


def test_definition_for_a_register_that_is_still_to_come_is_kept(year):
    data = measures_as_read()
    wanted = {"register": "dreams", "scope": {"source": ["questionnaire"]}, "date": {"by": "dreamt_on", "rule": "in"}}
    entry_of(data, "1.1.1", "ა")["measures"][0] = {"name": "from questionnaires", "ka": "კ", "en": "q", **wanted}
    assert binding.bind(year.plan, data, SYSTEM_WRITER) == {"measures": 110, "unbound": 1}
    measure = year.measure("1.1.1 ა", "from questionnaires")
    assert measure.definition == wanted
    assert compute.read(measure.definition, periods.parse("2017")).note == "no register yet"


def change(data: dict, where: str, name: str, **values) -> None:
    entry_of(data, where, name).update(values)


def spoil_measure(data: dict, activity: str, label: str, **values) -> None:
    entry_of(data, activity, label)["measures"][0].update(values)


WRONG = {
    "no such activity": (lambda d: change(d, "4.1.13", "", activity="9.9.9"), "9.9.9"),
    "no such label": (lambda d: change(d, "1.1.1", "ა", label="ჰ"), "1.1.1 ჰ"),
    "twice": (lambda d: d["indicators"].append(copy.deepcopy(d["indicators"][0])), "1.1.1 ა"),
    "code as a number": (lambda d: change(d, "4.1.13", "", activity=2.1), "quotes"),
    "no activity": (lambda d: d["indicators"].append({"label": ""}), "no activity"),
    "no entry": (lambda d: d["indicators"].append("4.1.13"), "4.1.13"),
    "kind": (lambda d: change(d, "4.1.13", "", kind="wonder"), "4.1.13: .*wonder"),
    "target": (lambda d: change(d, "4.1.13", "", target="many"), "4.1.13: .*many"),
    "target not a number": (lambda d: change(d, "4.1.13", "", target=float("nan")), "4.1.13"),
    "target zero": (lambda d: change(d, "4.1.13", "", target=0), "4.1.13: .*above zero"),
    "combine": (lambda d: change(d, "4.1.13", "", combine="multiply"), "4.1.13: .*multiply"),
    "due dates": (lambda d: change(d, "1.3.2", "", due_dates=["spring"]), "1.3.2"),
    "due dates a number": (lambda d: change(d, "1.3.2", "", due_dates=4), "1.3.2"),
    "measures not a list": (lambda d: change(d, "4.1.13", "", measures={"name": "x"}), "4.1.13: each measure"),
    "measure no set": (lambda d: change(d, "4.1.13", "", measures=["meetings"]), "4.1.13: each measure"),
    "measure without name": (lambda d: change(d, "4.1.13", "", measures=[{"register": "meetings"}]), "4.1.13: each measure"),
    "two of one name": (
        lambda d: change(d, "4.1.13", "", measures=[{"name": "m", "register": "meetings"}, {"name": "m", "register": "documents"}]),
        "4.1.13: two measures .*«m»",
    ),
    "measure of nothing": (lambda d: change(d, "4.1.13", "", measures=[{"name": "m"}]), "4.1.13"),
    "filter": (lambda d: spoil_measure(d, "4.1.13", "", scope={"colour": ["red"]}), "4.1.13: «meetings»: .*colour"),
    "value": (lambda d: spoil_measure(d, "4.1.13", "", scope={"kind": ["dance"]}), "4.1.13: «meetings»: .*dance"),
    "misspelt key": (lambda d: spoil_measure(d, "4.1.13", "", agregate="count"), "4.1.13: «meetings»: .*agregate"),
    "aggregate": (lambda d: spoil_measure(d, "4.1.13", "", aggregate="average"), "4.1.13: «meetings»: .*average"),
    "owner unit": (lambda d: d.update(owners={"1": "ministry-of-silly-walks"}), "silly"),
    "owner section": (lambda d: d.update(owners={"77": "ird"}), "77"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_file_names_the_entry_and_writes_nothing(year, case):
    spoil, words = WRONG[case]
    data = measures_as_read()
    some = {("1.1.1", "ა"), ("1.1.2", "ა"), ("1.3.2", ""), ("4.1.13", "")}
    data["indicators"] = [e for e in data["indicators"] if (e["activity"], e["label"]) in some]
    # A sound change early in the file, which must not stay when a later entry is wrong.
    spoil_measure(data, "1.1.2", "ა", en="donor meetings")
    spoil(data)
    before, changes = kept(year.plan), Change.objects.count()
    with pytest.raises(ValidationError) as refused:
        binding.bind(year.plan, data, SYSTEM_WRITER)
    message = "; ".join(refused.value.messages)
    assert re.search(words, message, re.DOTALL), message
    assert kept(year.plan) == before and Change.objects.count() == changes


@pytest.mark.parametrize("text", ["indicators: {}", "[]", "", "plan: x", "indicators: [", "!!python/object:os.system {}", "\x00"])
def test_file_that_is_no_list_of_indicators_is_refused_by_name(tmp_path, text):
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValidationError, match="mine.yaml"):
        binding.load(file)


def test_file_in_another_encoding_is_refused_by_name(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_bytes("indicators: [{activity: ა}]".encode("utf-16"))
    with pytest.raises(ValidationError, match="mine.yaml"):
        binding.load(file)
