"""Importing a plan and its later versions: what is the same stays, what people added stays, what is gone is marked and not deleted."""

from __future__ import annotations

import copy
import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from gegma.accounts.models import SYSTEM, SYSTEM_WRITER
from gegma.audit.models import Change
from gegma.kernel import periods
from gegma.plan import board, compute, importing
from gegma.plan.models import Activity, Indicator, Measure, Plan, Section, Step, TypedReading

from .small_year import EXAMPLE, plan_as_read

pytestmark = pytest.mark.usefixtures("english")

READ = plan_as_read()
READ["sections"] = [s for s in READ["sections"] if s["code"].startswith("1")]
READ["activities"] = [a for a in READ["activities"] if a["code"].startswith("1")]


@pytest.fixture(scope="module")
def small_year_written(small_year_written):
    """Only the first division of the plan: 13 activities show what 60 would, and are written quicker."""
    for model in (Activity, Section):
        model.objects.exclude(code__startswith="1").delete()
    return small_year_written


@pytest.fixture
def read() -> dict:
    """The plan as read, to be altered."""
    return copy.deepcopy(READ)


def row(read: dict, code: str) -> dict:
    return next(a for a in read["activities"] if a["code"] == code)


def again(year, read: dict) -> list[tuple[str, str, str]]:
    """Import as the next version; what differed, as it was announced."""
    changes = importing.differences(year.plan, read)
    importing.store(read, SYSTEM_WRITER, plan=Plan.objects.get(pk=year.plan.pk))
    assert importing.differences(Plan.objects.get(pk=year.plan.pk), read) == []
    return [(c.kind, str(c.what), c.code) for c in changes]


def rows_of(*models) -> list:
    return [(m.__name__, *values) for m in models for values in m.objects.order_by("pk").values_list("pk", "version")]


# -- the same file again -------------------------------------------------------------------------------------------------


def test_same_file_again_changes_nothing_and_leaves_no_trace_in_the_history(year, read):
    before, changes = rows_of(Plan, Section, Activity, Indicator, Measure), Change.objects.count()
    assert again(year, read) == []
    assert rows_of(Plan, Section, Activity, Indicator, Measure) == before
    assert Change.objects.count() == changes


def test_spaces_and_line_ends_are_no_change_to_speak_of(year, read):
    row(read, "1.1.3")["text"] = "  " + row(read, "1.1.3")["text"].replace(" ", "\u00a0\n", 1) + " "
    assert importing.differences(year.plan, read) == []


# -- the next version ----------------------------------------------------------------------------------------------------


def test_what_people_added_stays_through_a_new_version(year, read):
    measure = year.measure("1.1.2 ა", "meetings")
    activity = measure.indicator.activity
    step = Step.objects.create(activity=activity, title_ka="ნაბიჯი")
    typed = TypedReading.objects.create(
        indicator=measure.indicator, starts_on="2017-01-01", ends_on="2017-03-31", value=2, source="letter"
    )
    Indicator.objects.filter(pk=measure.indicator.pk).update(target=7)
    Activity.objects.filter(pk=activity.pk).update(text_en="Coordinate donors", done_ka="გაკეთდა")
    row(read, "1.1.2")["text"] += " და ანგარიშგება"
    row(read, "1.1.2")["indicators"][0]["text"] += " (წელიწადში)"
    assert again(year, read) == [("changed", "activity", "1.1.2"), ("changed", "indicator", "1.1.2 ა")]
    now = Measure.objects.select_related("indicator__activity").get(pk=measure.pk)
    assert (now.version, now.definition) == (measure.version, measure.definition)
    assert now.indicator.target == 7 and now.indicator.kind == measure.indicator.kind
    assert now.indicator.text_ka.endswith("(წელიწადში)")
    assert (now.indicator.activity.text_en, now.indicator.activity.done_ka) == ("Coordinate donors", "გაკეთდა")
    assert Step.objects.get(pk=step.pk).activity_id == activity.pk
    assert TypedReading.objects.get(pk=typed.pk).indicator_id == measure.indicator.pk
    assert compute.read(now.definition, periods.parse("2017")).value == 4


def test_added_activity(year, read):
    new = {**copy.deepcopy(row(read, "1.1.3")), "code": "1.1.4", "text": "სრულიად ახალი საქმიანობა"}
    new["indicators"] = [{"label": "", "text": "ჩატარებული სემინარების რაოდენობა"}]
    read["activities"].insert(3, new)
    assert again(year, read) == [("added", "activity", "1.1.4"), ("added", "indicator", "1.1.4")]
    added = Activity.objects.get(code="1.1.4")
    assert (added.section.code, added.order, added.indicators.get().kind) == ("1.1", 4, "numeric")
    assert Activity.objects.get(code="1.2.1").order == 5


def test_removed_activity_is_withdrawn_and_comes_back_as_it_was(year, read):
    gone = row(read, "1.1.3")
    place = read["activities"].index(gone)
    measure = year.measure("1.1.3", "proposals")
    read["activities"].remove(gone)
    assert again(year, read) == [("removed", "activity", "1.1.3")]
    kept = Activity.objects.get(pk=measure.indicator.activity_id)
    assert (kept.withdrawn, kept.code) == (True, "1.1.3")
    assert Measure.objects.filter(pk=measure.pk).exists()
    shown = board.build(year.plan, periods.parse("2017"), evidence=False)
    assert len(shown.activities) == 12 and "1.1.3" not in {line.activity.code for line in shown.activities}
    read["activities"].insert(place, gone)
    assert again(year, read) == [("back", "activity", "1.1.3")]
    kept.refresh_from_db()
    assert not kept.withdrawn and year.measure("1.1.3", "proposals").pk == measure.pk


def test_removed_indicator_is_withdrawn_and_comes_back(year, read):
    items = row(read, "1.1.2")["indicators"]
    gone = items.pop(1)
    measure = year.measure("1.1.2 ბ", "donors supplied")
    assert again(year, read) == [("removed", "indicator", "1.1.2 ბ")]
    assert Indicator.objects.get(pk=measure.indicator_id).withdrawn
    line = next(a for a in board.build(year.plan, periods.parse("2017")).activities if a.activity.code == "1.1.2")
    assert [i.indicator.label for i in line.indicators] == ["ა"]
    items.append(gone)
    assert again(year, read) == [("back", "indicator", "1.1.2 ბ")]
    assert not Indicator.objects.get(pk=measure.indicator_id).withdrawn


def test_swapped_codes_follow_the_texts(year, read):
    one, other = row(read, "1.1.2"), row(read, "1.1.3")
    one["code"], other["code"] = "1.1.3", "1.1.2"
    first, second = year.measure("1.1.2 ა", "meetings"), year.measure("1.1.3", "proposals")
    kinds = again(year, read)
    assert {k for k, _what, _code in kinds} == {"changed"}
    assert year.measure("1.1.3 ა", "meetings").pk == first.pk
    assert year.measure("1.1.2", "proposals").pk == second.pk


def test_a_whole_section_moves_down_by_one(year, read):
    """A new 1.1.1 pushes 1.1.1 to 1.1.3 on: each takes the code that the next one leaves."""
    new = {**copy.deepcopy(row(read, "1.1.3")), "text": "ახალი პირველი საქმიანობა", "indicators": []}
    for code in ("1.1.3", "1.1.2", "1.1.1"):
        row(read, code)["code"] = f"1.1.{int(code[-1]) + 1}"
    read["activities"].insert(0, {**new, "code": "1.1.1"})
    measure = year.measure("1.1.2 ა", "meetings")
    changes = again(year, read)
    assert ("added", "activity", "1.1.1") in changes and not any(kind in {"removed", "back"} for kind, _w, _c in changes)
    assert year.measure("1.1.3 ა", "meetings").pk == measure.pk
    assert Activity.objects.filter(plan=year.plan).count() == 14


def test_code_taken_by_another_activity(year, read):
    """Under an old code stands something else: the old one is withdrawn, not reworded, and its measures do not count for the new one."""
    old = year.measure("1.1.3", "proposals")
    row(read, "1.1.3").update(text="სხვა რამ, არაფრით მსგავსი წინანდელისა – 2018", indicators=[{"label": "", "text": "სხვა"}])
    changes = again(year, read)
    assert ("added", "activity", "1.1.3") in changes and any(kind == "removed" for kind, _w, _c in changes)
    now = Activity.objects.get(plan=year.plan, code="1.1.3")
    assert now.pk != old.indicator.activity_id and not Measure.objects.filter(indicator__activity=now).exists()
    assert Activity.objects.get(pk=old.indicator.activity_id).withdrawn
    importing.store(copy.deepcopy(READ), SYSTEM_WRITER, plan=Plan.objects.get(pk=year.plan.pk))
    back = Activity.objects.get(plan=year.plan, code="1.1.3")
    assert (back.pk, back.withdrawn) == (old.indicator.activity_id, False)
    assert Activity.objects.get(pk=now.pk).withdrawn


def test_of_two_activities_with_one_text_each_keeps_its_own(year, read):
    text = row(read, "1.1.2")["text"]
    row(read, "1.1.3")["text"] = text
    plan = importing.store(copy.deepcopy(read), SYSTEM_WRITER, key="twins")
    kept = {a.code: a.pk for a in plan.activities.all()}
    read["activities"].remove(row(read, "1.1.2"))
    importing.store(read, SYSTEM_WRITER, plan=plan)
    assert Activity.objects.get(plan=plan, code="1.1.3", withdrawn=False).pk == kept["1.1.3"]
    assert Activity.objects.get(pk=kept["1.1.2"]).withdrawn


def test_activity_without_words_takes_nobody_elses_place(year, read):
    """An empty cell is no text that two activities share: English texts are empty too, as long as nobody wrote them."""
    read["activities"].insert(0, {**copy.deepcopy(row(read, "1.1.3")), "code": "1.0", "text": "", "indicators": []})
    first = Activity.objects.get(plan=year.plan, code="1.1.1").pk
    assert again(year, read) == [("added", "activity", "1.0")]
    assert Activity.objects.get(plan=year.plan, code="1.1.1").pk == first
    assert again(year, read) == []


@pytest.mark.parametrize("code", ["1.1.1", "1.2.1", "1.2.3", "1.2.8"])
def test_reworded_activity_keeps_its_row_also_where_its_text_is_long(year, read, code):
    kept = Activity.objects.get(plan=year.plan, code=code).pk
    words = row(read, code)["text"].split()
    row(read, code)["text"] = " ".join(w for n, w in enumerate(words) if n % 4) + " განახლებული"
    assert again(year, read)[0] == ("changed", "activity", code)
    assert Activity.objects.get(plan=year.plan, code=code).pk == kept


def test_changed_deadline_partners_comments_and_section_title_are_announced(year, read):
    target = row(read, "1.1.3")
    target["deadline"], target["comments"], target["partners"] = "2018 წელი", "შენიშვნა", ["სხვა უწყება"]
    read["sections"][1]["title"] = "სხვა სათაური"
    assert sorted(what for _kind, what, _code in again(year, read)) == ["comments", "deadline", "partner bodies", "section"]


# -- refused -------------------------------------------------------------------------------------------------------------


def everything() -> tuple:
    return rows_of(Plan, Section, Activity, Indicator, Measure), Change.objects.count()


def test_file_without_activities_is_refused_and_nothing_written(year, read):
    before = everything()
    read["activities"] = []
    with pytest.raises(ValidationError, match="no activities"):
        importing.store(read, SYSTEM_WRITER, plan=year.plan)
    with pytest.raises(ValidationError, match="no activities"):
        importing.store(read, SYSTEM_WRITER, key="empty")
    assert everything() == before


def test_two_activities_under_one_code_are_refused_and_nothing_written(year, read):
    before = everything()
    row(read, "1.3.2")["code"] = "1.1.1"
    read["activities"][0]["text"] = "ახალი სიტყვები"
    with pytest.raises(ValidationError):
        importing.store(read, SYSTEM_WRITER, plan=Plan.objects.get(pk=year.plan.pk))
    assert everything() == before


def test_plan_without_a_year_or_under_a_key_that_is_taken_is_refused(year, read):
    before = everything()
    with pytest.raises(ValidationError, match="already"):
        importing.store(read, SYSTEM_WRITER, key=year.plan.key)
    read["year"] = None
    with pytest.raises(ValidationError, match="no year"):
        importing.store(read, SYSTEM_WRITER, key="yearless")
    assert everything() == before


@pytest.mark.parametrize("reader", ["viewer", "officer", "system"])
def test_only_administrators_import(year, users, read, reader):
    before = everything()
    row(read, "1.1.3")["text"] += " და სხვა"
    with pytest.raises(PermissionDenied):
        importing.store(read, SYSTEM if reader == "system" else getattr(users, reader), plan=Plan.objects.get(pk=year.plan.pk))
    assert everything() == before


# -- English -------------------------------------------------------------------------------------------------------------


def test_english_texts_are_added_once_and_survive_the_next_version(year, read):
    words = json.loads((EXAMPLE / "english.json").read_text(encoding="utf-8"))
    for part in ("sections", "activities"):
        words[part] = {code: text for code, text in words[part].items() if code.startswith("1")}
    plan = Plan.objects.get(pk=year.plan.pk)
    assert importing.add_english(plan, words, SYSTEM_WRITER) == 4 + 13 + 19  # sections, activities, indicators
    changes = Change.objects.count()
    importing.add_english(Plan.objects.get(pk=plan.pk), words, SYSTEM_WRITER)
    assert Change.objects.count() == changes
    assert again(year, read) == []
    assert Activity.objects.get(plan=plan, code="1.1.1").text_en == words["activities"]["1.1.1"]["text"]


def test_english_texts_for_a_code_that_the_plan_lacks_are_refused_and_none_written(year):
    changes = Change.objects.count()
    with pytest.raises(ValidationError, match="9.9"):
        importing.add_english(year.plan, {"sections": {"1.1": "One"}, "activities": {"9.9": {"text": "x"}}}, SYSTEM_WRITER)
    assert Change.objects.count() == changes


@pytest.mark.parametrize(
    "text,kind",
    [
        ("შემუშავებული პროექტების რაოდენობა", "numeric"),
        ("დაგეგმილი საქმიანობების %", "percentage"),
        ("შექმნილია მონაცემთა ბაზა", "completeness"),
        ("მომზადებულია ანგარიში", "deliverable"),
        ("Number of trainings", "numeric"),
        ("Share of staff trained", "percentage"),
    ],
)
def test_kind_is_guessed_from_the_wording(text, kind):
    assert importing.guess_kind(text) == kind


def test_an_activity_worded_anew_is_known_by_its_indicators(year, read):
    """The same code and an indicator that stays: a new wording, not a new activity; its measures stay."""
    before = year.plan.activities.get(code="1.1.2").pk
    row(read, "1.1.2")["text"] = "სულ სხვა სიტყვებით ნათქვამი იგივე საქმე"
    found = importing.differences(year.plan, read)
    assert [(c.kind, c.code) for c in found] == [("changed", "1.1.2")]
    importing.store(read, SYSTEM_WRITER, plan=Plan.objects.get(pk=year.plan.pk))
    assert year.plan.activities.get(code="1.1.2").pk == before
