"""The console command about plans: what it prints for people and programs, and how it ends: 0 done, 1 refused, 2 wrong usage."""

from __future__ import annotations

import json

import pytest
import yaml
from click.testing import CliRunner
from django.utils import translation

from gegma.audit.models import Change
from gegma.config.cli import main
from gegma.kernel import periods
from gegma.plan import board, figures
from gegma.plan.models import Activity, Measure, Plan, Section

from .small_year import EXAMPLE

PLAN = "mia-ird-2017"
PROMISED = {"activity", "label", "measure", "value", "numerator", "denominator", "breakdown", "records", "left_out"}


@pytest.fixture(autouse=True)
def language_of_the_tests():
    """The command chooses its language; the tests after it keep theirs."""
    with translation.override("en"):
        yield


def run(*words, status: int = 0):
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == status, (result.output, result.exception)
    assert status == 0 or result.exception is None or isinstance(result.exception, SystemExit)  # no traceback for people
    return result.output


def data(*words):
    """What a program reads: standard output alone, whatever is told to people beside it."""
    result = CliRunner().invoke(main, [*map(str, words), "--json"])
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def of(rows: list[dict], activity: str, label: str, measure: str) -> dict:
    return next(r for r in rows if (r["activity"], r["label"], r["measure"]) == (activity, label, measure))


# -- read ----------------------------------------------------------------------------------------------------------------


def test_read_shows_the_plan_and_writes_nothing():
    text = run("plan", "read", EXAMPLE / "plan.txt")
    assert "17 sections, 60 activities, 89 indicators" in text and "4.1.13" in text
    found = data("plan", "read", EXAMPLE / "plan.txt")
    assert (found["year"], len(found["activities"]), len(found["sections"])) == (2017, 60, 17)
    assert {"title", "sections", "activities", "warnings"} <= set(found)


def test_read_ends_with_a_reason_for_what_is_no_plan(tmp_path):
    picture = tmp_path / "plan.docx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    assert "Error" in run("plan", "read", picture, status=1)
    run("plan", "read", tmp_path / "nowhere.docx", status=2)
    run("plan", "read", status=2)
    run("plan", "read", EXAMPLE / "plan.txt", "--column", "Header without a role", status=2)


# -- measures ------------------------------------------------------------------------------------------------------------


def test_measures_for_programs(year):
    rows = data("plan", "measures", "--plan", PLAN)
    assert len(rows) == 110 and all(set(row) >= PROMISED for row in rows)
    meetings = of(rows, "1.1.2", "ა", "meetings")
    assert (meetings["value"], meetings["numerator"], meetings["denominator"], meetings["records"]) == (4, 4, None, 4)
    assert meetings["left_out"] == {"«starts on» is not filled in": 2, "«starts on» is outside the period": 3, "state is not «held»": 2}
    assert meetings["breakdown"] == {
        "month": {"January 2017": 1, "May 2017": 1, "December 2017": 2}, "thematic": {"no": 3, "yes": 1},
    }  # fmt: skip
    trained = of(rows, "4.1.9", "ა", "staff trained")
    assert (round(trained["value"], 2), trained["numerator"], trained["denominator"], trained["records"]) == (66.67, 2, 3, 3)
    nothing = of(data("plan", "measures", "--plan", PLAN, "--from", "2016-01-01", "--to", "2016-12-31"), "2.2.4", "", "recommendations")
    assert (nothing["value"], nothing["records"], nothing["breakdown"]) == (0, 0, {})


def test_a_measure_whose_register_is_not_there_says_so(year):
    measure = year.measure("2.2.1", "sent")
    measure.definition = {"register": "dreams", "pending": {"en": "dreamt in the period"}}
    measure.save()
    pending = of(data("plan", "measures", "--plan", PLAN), "2.2.1", "", "sent")
    assert (pending["value"], pending["note"], pending["left_out"]) == (None, "no register yet", {})


def test_measure_of_two_parts_has_the_breakdown_of_both(year):
    """m31 in March and t10 in May: the second part does not take the place of the first."""
    events = of(data("plan", "measures", "--plan", PLAN), "3.1.3", "", "events")
    assert (events["value"], events["breakdown"]) == (2, {"month": {"March 2017": 1, "May 2017": 1}})
    assert events["left_out"] == {"approved by the partner on is not filled in": 2}


def test_things_of_one_name_are_added_up_in_a_breakdown(year):
    for framework in year.records["frameworks"].values():
        framework.title_ka = "ერთი და იგივე"
        framework.save()
    groups = of(data("plan", "measures", "--plan", PLAN), "3.1.5", "", "working groups")
    assert (groups["value"], groups["breakdown"]) == (3, {"framework": {"ერთი და იგივე": 3}})


def test_sum_is_a_number_for_programs(year):
    measure = year.measure("1.2.6", "complete records")
    measure.definition = {
        "register": "trainings", "conditions": {"state": ["held"]}, "date": {"by": "ends_on", "rule": "in"},
        "aggregate": "sum", "field": "hours", "breakdowns": ["month"],
    }  # fmt: skip
    measure.save()
    row = of(data("plan", "measures", "--plan", PLAN), "1.2.6", "", "complete records")
    assert (row["value"], row["numerator"]) == (122.5, 122.5)
    assert row["breakdown"]["month"]["November 2017"] == 0 and sum(row["breakdown"]["month"].values()) == 122.5


@pytest.mark.parametrize(
    "options,value",
    [
        (["--from", "2017-04-01", "--to", "2017-06-30"], 1),
        (["--from", "01.04.2017", "--to", "30.06.2017"], 1),
        (["--from", "2017-12-31"], 1),
        (["--to", "2017-01-01"], 1),
        (["--from", "2016-12-31", "--to", "2018-01-01"], 6),
    ],
)
def test_measures_of_some_days(year, options, value):
    assert of(data("plan", "measures", "--plan", PLAN, *options), "1.1.2", "ა", "meetings")["value"] == value


def test_measures_for_people(year):
    line = next(line for line in run("plan", "measures", "--plan", PLAN).splitlines() if line.startswith("1.1.2     ა"))
    assert " 4 " in line and "2 state is not «held»" in line
    assert "no register yet" not in run("plan", "measures", "--plan", PLAN)


def test_words_of_programs_and_board_agree(year):
    period = periods.parse("2017")
    shown = board.build(year.plan, period, evidence=False)
    lines = [m for a in shown.activities for i in a.indicators for m in i.measures]
    rows = list(figures.figures(year.plan, period))
    assert [None if line.reading.value is None else float(line.reading.value) for line in lines] == [row["value"] for row in rows]


@pytest.mark.parametrize(
    "words,status",
    [
        (["plan", "measures"], 2),
        (["plan", "measures", "--plan", "nowhere"], 1),
        (["plan", "measures", "--plan", PLAN, "--from", "soon"], 2),
        (["plan", "measures", "--plan", PLAN, "--from", "2017-02-30"], 2),
        (["plan", "measures", "--plan", PLAN, "--from", "2017-05-02", "--to", "2017-05-01"], 2),
        (["plan", "measures", "--plan", PLAN, "--from", "1017-05-02"], 2),
        (["plan", "measures", "--plan", PLAN, "--lang", "fr"], 2),
        (["plan", "lint", "--plan", "nowhere"], 1),
        (["plan", "dump", "--plan", "nowhere"], 1),
        (["plan", "unknown"], 2),
        (["plan", "import", str(EXAMPLE / "plan.txt")], 2),
        (["plan", "import", str(EXAMPLE / "plan.txt"), "--key", PLAN, "--measures", "/nowhere.yaml"], 2),
        (["plan", "import", str(EXAMPLE / "english.json"), "--key", "x"], 1),
        (["report", "progress", "--plan", "nowhere", "--format", "docx", "-o", "x.docx"], 1),
        (["report", "progress", "--plan", PLAN, "--format", "odt", "-o", "x.odt"], 2),
    ],
)
def test_exit_status(year, words, status, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    changes = Change.objects.count()
    text = run(*words, status=status)
    assert "Error" in text or "Usage" in text
    assert Change.objects.count() == changes and not list(tmp_path.iterdir())


def test_plan_that_is_not_there_names_those_that_are(year):
    assert PLAN in run("plan", "lint", "--plan", "nowhere", status=1)


# -- lint and dump -------------------------------------------------------------------------------------------------------


def test_lint(year):
    rows = data("plan", "lint", "--plan", PLAN)
    assert {"code": "no-deadline", "where": "1.3.1", "what": "The activity has no deadline."} in rows
    assert "1.3.1: The activity has no deadline." in run("plan", "lint", "--plan", PLAN)


def test_dump_is_a_file_that_import_takes(year, tmp_path):
    text = run("plan", "dump", "--plan", PLAN)
    assert len(yaml.safe_load(text)["indicators"]) == 89
    file = tmp_path / "measures.yaml"
    file.write_text(text, encoding="utf-8")
    before = list(Measure.objects.order_by("pk").values_list("pk", "version"))
    found = data("plan", "import", EXAMPLE / "plan.txt", "--key", PLAN, "--measures", file)
    assert (found["new"], found["changes"], found["bound"]) == (False, [], {"measures": 110, "unbound": 0})
    assert list(Measure.objects.order_by("pk").values_list("pk", "version")) == before


# -- import --------------------------------------------------------------------------------------------------------------


def test_dry_run_writes_nothing(year):
    changes = Change.objects.count()
    assert "Would import new: 60 activities" in run("plan", "import", EXAMPLE / "plan.txt", "--key", "new", "--dry-run")
    assert Change.objects.count() == changes and not Plan.objects.filter(key="new").exists()


def test_import_of_a_new_plan_with_english(year):
    text = run("plan", "import", EXAMPLE / "plan.txt", "--key", "new", "--english", EXAMPLE / "english.json")
    assert "Imported new: 60 activities" in text
    plan = Plan.objects.get(key="new")
    assert (plan.title_en, plan.activities.count()) == ("Action Plan 2017", 60)
    assert set(Change.objects.filter(register="plans", record_id=plan.pk).values_list("source", flat=True)) == {"import"}


def test_import_with_a_wrong_file_of_measures_writes_nothing_at_all(year, tmp_path):
    file = tmp_path / "measures.yaml"
    file.write_text("indicators: [{activity: '9.9', label: ''}]", encoding="utf-8")
    counts = Plan.objects.count(), Section.objects.count(), Activity.objects.count(), Change.objects.count()
    assert "9.9" in run("plan", "import", EXAMPLE / "plan.txt", "--key", "new", "--measures", file, status=1)
    assert (Plan.objects.count(), Section.objects.count(), Activity.objects.count(), Change.objects.count()) == counts


def test_report_of_progress_is_a_file(year, tmp_path):
    file = tmp_path / "progress.xlsx"
    assert "progress.xlsx" in run("report", "progress", "--plan", PLAN, "--format", "xlsx", "-o", file, "--lang", "en")
    assert file.read_bytes()[:2] == b"PK" and [f.name for f in tmp_path.iterdir()] == ["progress.xlsx"]
