"""The report is made of the plan's own figures, and tells nobody what is restricted."""

import io
import json

import pytest

from gegma.engine import registry
from gegma.kernel.periods import parse
from gegma.plan import board
from gegma.plan.models import Measure
from gegma.reports.context import ANNEX_ROWS, progress
from gegma.reports.render import render
from tests.plan.conftest import small_year_written, year  # noqa: F401  (fixtures)

PERIOD = parse("2017")


def readings(context):
    """{(activity, indicator label, name): reading} of a report."""
    return {
        (a["code"], i["label"], r["name"]): r
        for s in context["sections"]
        for a in s["activities"]
        for i in a["indicators"]
        for r in i["readings"]
    }


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_the_figures_are_those_of_the_board(year, lang):  # noqa: F811
    found = readings(progress(year.plan, PERIOD, lang))
    from django.utils import translation

    with translation.override(lang):
        shown = board.build(year.plan, PERIOD)
        lines = [(a, i, m) for a in shown.activities for i in a.indicators for m in i.measures]
        assert len(found) == len(lines) == 110
        for activity, indicator, line in lines:
            reading = found[(activity.activity.code, indicator.indicator.label, str(line.measure))]
            assert reading["value_text"] == line.text
            assert reading["value"] == (None if line.reading.value is None else float(line.reading.value))


def test_the_context_is_plain_data(year):  # noqa: F811
    context = progress(year.plan, PERIOD, "ka")
    assert json.loads(json.dumps(context, ensure_ascii=False)) == context
    assert context["summary"]["unbound"] == 0
    assert sum(s["count"] for s in context["summary"]["by_status"]) == 60
    assert [d["code"] for d in context["divisions"]] == ["1", "2", "3", "4"]


def test_one_division(year):  # noqa: F811
    context = progress(year.plan, PERIOD, "ka", division="3")
    assert {a["code"].split(".")[0] for s in context["sections"] for a in s["activities"]} == {"3"}
    assert [d["code"] for d in context["divisions"]] == ["3"]
    assert context["summary"]["activities"] == sum(len(s["activities"]) for s in context["sections"])


def test_the_annex_lists_the_counted_records_but_no_restricted_title(year):  # noqa: F811
    spec = registry.get("meetings")
    open_row = spec.model.objects.filter(kind="civil-society", state="held", starts_on__year=2017, confidentiality="internal").first()
    entry = lambda: next(e for e in progress(year.plan, PERIOD, "ka")["annex"] if e["activity"] == "4.1.13")  # noqa: E731
    before = entry()
    assert spec.number(open_row) in {row["number"] for row in before["rows"]}
    spec.model.objects.filter(pk=open_row.pk).update(confidentiality="restricted")
    after = entry()
    assert spec.number(open_row) not in {row["number"] for row in after["rows"]}
    assert len(before["rows"]) + before["more"] == len(after["rows"]) + after["more"], "the number stays; only the title is withheld"
    assert all(len(e["rows"]) <= ANNEX_ROWS for e in progress(year.plan, PERIOD, "ka")["annex"])


def test_a_report_of_the_plan_renders_and_holds_the_figure(year):  # noqa: F811
    import pdfplumber

    context = progress(year.plan, PERIOD, "en")
    value = readings(context)[("4.1.13", "", str(Measure.objects.get(indicator__activity__code="4.1.13").title_en))]["value_text"]
    with pdfplumber.open(io.BytesIO(render(context, "pdf"))) as pdf:
        text = "\n".join(page.extract_text() for page in pdf.pages)
    assert "4.1.13" in text and value in text
