"""The plan's own table comes back as it was published, in Word and Excel, with the results beside it."""

import io
import json

import docx
import pytest
from docx.oxml.ns import qn

from gegma.accounts.models import PLAIN, SYSTEM_WRITER
from gegma.engine import registry, write
from gegma.kernel import periods
from gegma.plan import importing, readers
from gegma.plan.models import Activity, Plan, PublishedTable, UpdateState
from gegma.reports import catalogue
from gegma.reports.catalogue import asking, base, layout
from gegma.reports.catalogue.builders import published
from tests.factories import make
from tests.plan.conftest import small_year_written, year  # noqa: F401  (fixtures)
from tests.plan.readers.test_real_plans import compare
from tests.plan.small_year import EXAMPLE

pytestmark = pytest.mark.django_db
PERIOD = periods.parse("2017")
EXPECTED = json.loads((EXAMPLE / "expected.json").read_text(encoding="utf-8"))


def paper_of(lang="ka", key="", period=PERIOD):
    report = catalogue.find("plan")
    return base.make(report, PLAIN, period, lang, asking.cleaned(report, PLAIN, {"plan": [key]}))


def read_back(data, path):
    path.write_bytes(data)
    return readers.read_plan(path)


def grid_rows(made, kind="body"):
    return [row for block in made["blocks"] if block["block"] == "grid" for row in block["rows"] if row["kind"] == kind]


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_the_2017_plan_reads_the_same_after_the_way_through_the_system(year, tmp_path, form):  # noqa: F811
    back = read_back(catalogue.render(paper_of(), form), tmp_path / f"plan.{form}")
    compare(back, EXPECTED)
    assert len(back.sections) == 17 and len(back.activities) == 60 and sum(len(a["indicators"]) for a in back.activities) == 89
    first = readers.read_plan(EXAMPLE / "plan.txt")
    assert [(c["header"], c["role"]) for c in back.columns][:5] == [(c["header"], c["role"]) for c in first.columns]
    assert back.organisation == first.organisation
    assert [(a["code"], a["deadline"], a["comments"]) for a in back.activities] == [(a["code"], a["deadline"], a["comments"]) for a in first.activities]


def test_word_keeps_every_printed_cell_letter_by_letter(year):  # noqa: F811
    kept = PublishedTable.objects.get(plan=year.plan)
    file = docx.Document(io.BytesIO(catalogue.render(paper_of(), "docx")))
    said = {"\n".join(p.text for p in cell.paragraphs).replace("\u200b", "") for table in file.tables for row in table.rows for cell in row.cells}
    printed = {cell["text"] for item in kept.content if item["kind"] == "activity" for row in item["rows"] for cell in row if cell.get("text")}
    assert len(printed) > 130 and printed <= said
    levels = [(p.style.name, p.text) for p in file.paragraphs if p.style.name.startswith("Heading")]
    assert ("Heading 1", "1. პროექტების მართვის სამმართველო") in levels
    tops = [t.rows[0]._tr.find(qn("w:trPr")).find(qn("w:tblHeader")) for t in file.tables]
    assert tops and all(top is not None for top in tops)


def test_the_results_are_those_of_the_board_and_of_what_was_accepted(year):  # noqa: F811
    activity = Activity.objects.get(plan=year.plan, code="1.1.2")
    reporting = make("reporting-periods", plan=year.plan, title_ka="2017", starts_on=PERIOD.start, ends_on=PERIOD.end, state="open")
    given = {"reporting": reporting, "activity": activity, "text_ka": "ჩატარდა შეხვედრები", "declared": "full"}
    update = make("plan-updates", **given)
    row = next(r for r in grid_rows(paper_of()) if r["cells"][0]["text"].startswith("1.1.2."))
    assert row["cells"][5]["text"].startswith("ა) 4") and row["cells"][7]["text"] == "", "what is not accepted is not said"
    update.state, update.assessed = UpdateState.ACCEPTED, "partly"
    update.difference = "ნაწილი გადაიდო"
    update.save()
    row = next(r for r in grid_rows(paper_of()) if r["cells"][0]["text"].startswith("1.1.2."))
    assert row["cells"][7]["text"] == "ჩატარდა შეხვედრები" and row["cells"][6]["text"] == "ნაწილობრივ შესრულდა"


def test_what_was_worded_anew_since_stands_as_it_is_now(year):  # noqa: F811
    spec = registry.get("activities")
    activity = Activity.objects.get(plan=year.plan, code="1.1.2")
    activity.text_ka, activity.partners = "სრულიად სხვა საქმიანობა", ["ახალი უწყება"]
    write.save(spec, SYSTEM_WRITER, activity, version=activity.version)
    gone = Activity.objects.get(plan=year.plan, code="1.1.3")
    gone.withdrawn = True
    write.save(spec, SYSTEM_WRITER, gone, version=gone.version)
    make("activities", plan=year.plan, section=activity.section, code="1.1.9", order=999, text_ka="დამატებული საქმიანობა")
    texts = [[cell.get("text", "") for cell in row["cells"]] for row in grid_rows(paper_of())]
    changed = next(row for row in texts if row[0].startswith("1.1.2"))
    assert changed[0] == "1.1.2. სრულიად სხვა საქმიანობა" and changed[3] == "ახალი უწყება" and changed[1].startswith("ა) ორგანიზებულია")
    codes = [row[0].split(" ")[0] for row in texts]
    assert "1.1.3." not in codes and codes[codes.index("1.1.2.") + 1] == "1.1.9."


def test_english_has_the_same_rows_in_english(year):  # noqa: F811
    importing.add_english(Plan.objects.get(pk=year.plan.pk), json.loads((EXAMPLE / "english.json").read_text(encoding="utf-8")), SYSTEM_WRITER)
    made = paper_of("en")
    assert len([r for r in grid_rows(made) if r["cells"][0].get("text")]) == 60
    heads = [cell["text"] for cell in grid_rows(made, "head")[0]["cells"]]
    assert heads[:3] == ["Activity", "Indicator", "Deadline"]
    row = next(r for r in grid_rows(made) if r["cells"][0]["text"].startswith("1.1.2."))
    assert row["cells"][0]["text"] == "1.1.2. " + Activity.objects.get(plan=year.plan, code="1.1.2").text_en
    assert "Project Management Division" in [b["text"].split(". ")[1] for b in made["blocks"] if b["block"] == "line" and b["text"].startswith("1. ")]


def test_merged_cells_of_another_plan_come_back(tmp_path):
    source = readers.read_plan(EXAMPLE.parents[1] / "tests/plan/readers/data/gender-action-plan-en.docx")
    plan = importing.store(source.as_json(), SYSTEM_WRITER, key="gender")
    made = paper_of("en", "gender", plan.period)
    ups = [cell for row in grid_rows(made) for cell in row["cells"] if "up" in cell]
    assert len(ups) > 20
    back = read_back(catalogue.render(made, "docx"), tmp_path / "gender.docx")
    # Its numbers start anew in each section: the reader makes them whole by the headings, which are styles here and plain bold text there.
    assert [(a["text"], a["deadline"], a["partners"]) for a in back.activities] == [(a["text"], a["deadline"], a["partners"]) for a in source.activities]
    assert [[i["text"] for i in a["indicators"]] for a in back.activities] == [[i["text"] for i in a["indicators"]] for a in source.activities]


def test_a_plan_made_by_hand_gets_our_columns():
    plan = make("plans", key="by-hand", title_ka="ხელით შექმნილი გეგმა")
    section = make("plan-sections", plan=plan, code="1", title_ka="სამმართველო")
    activity = make("activities", plan=plan, section=section, code="1.1", text_ka="საქმიანობა")
    make("indicators", activity=activity, label="ა", text_ka="ინდიკატორი")
    made = paper_of(key="by-hand", period=Plan.objects.get(key="by-hand").period)
    assert [cell["text"] for cell in grid_rows(made)[0]["cells"]][:2] == ["1.1. საქმიანობა", "ა) ინდიკატორი"]
    for form in catalogue.FORMATS:
        assert catalogue.render(made, form)


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_no_reader_takes_a_column_of_results_for_the_plans_own(lang):
    from django.utils import translation

    from gegma.plan.readers.columns import is_mark_header, recognise

    with translation.override(lang):
        for header in published.result_headers():
            assert recognise(header) in ("", "other") and not is_mark_header(header), header


def test_a_cell_covers_those_below_it_and_no_more():
    rows = [{"kind": "body", "top": False, "cells": [{"text": "a", "span": 1}, {"text": "b", "span": 1}]},
            {"kind": "body", "top": False, "cells": [{"up": True, "span": 1}, {"text": "c", "span": 1}]},
            {"kind": "body", "top": False, "cells": [{"text": "d", "span": 2}]},
            {"kind": "body", "top": False, "cells": [{"up": True, "span": 1}, {"text": "e"}]}]  # fmt: skip
    block = {"block": "grid", "name": "g", "weights": [1, 1], "rows": rows}
    made = layout._grid(block, 170)
    assert [[cell["rows"] for cell in row["cells"]] for row in made["rows"]] == [[2, 1], [0, 1], [1], [1, 1]]
