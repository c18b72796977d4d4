"""How many queries a figure costs: one for each part, two where the base of a share is counted in another register."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gegma.engine import codes
from gegma.kernel import periods
from gegma.plan import board, compute, definition, statements
from gegma.plan.models import Measure

YEAR = periods.parse("2017")


def queries(work) -> list[str]:
    codes.choices("meeting-kind")  # the codelists are kept for some seconds; their reading is not what is counted here
    with CaptureQueriesContext(connection) as found:
        work()
    return [query["sql"] for query in found.captured_queries]


def allowed(made: dict) -> int:
    if "pending" in made:
        return 0
    return sum(1 + bool(part.get("base")) for part in definition.parts(made))


@pytest.mark.parametrize("evidence", [False, True], ids=["figure", "with evidence"])
def test_figure_costs_one_query_for_each_part(year, evidence):
    total = 0
    for measure in Measure.objects.all():
        ran = queries(lambda m=measure: compute.read(m.definition, YEAR, evidence=evidence))
        assert len(ran) == allowed(measure.definition), (measure.name, ran)
        total += len(ran)
    assert total == 110 + 1 + 1  # one measure has two parts, one share has its base among people


def test_plan_is_loaded_in_a_handful_of_queries_and_its_figures_cost_one_each(year):
    plan = year.plan
    ran = queries(lambda: board.build(plan, YEAR, as_of=dt.date(2017, 6, 30)))
    figures = sum(allowed(m.definition) for m in Measure.objects.all())
    assert len(ran) - figures <= 9


def test_board_page_costs_the_same_other_queries_with_ten_times_the_records(year, as_viewer):
    address = f"/plan/{year.plan.key}/"
    as_viewer.get(address)
    first = len(queries(lambda: as_viewer.get(address)))
    from gegma.registers.meetings.models import Meeting

    Meeting.objects.bulk_create(
        Meeting(kind="donor-coordination", state="held", starts_on=dt.date(2017, 1, 1) + dt.timedelta(days=n % 365)) for n in range(500)
    )
    assert len(queries(lambda: as_viewer.get(address))) == first


def test_a_kept_statement_is_not_sent_on_another_day(year, settings):
    """A derived word, such as «expired», looks at the day of today."""
    spec, part = definition.spec_of({"register": "meetings"}), {"register": "meetings"}
    settings.TODAY = "2017-12-11"
    today = statements.key(spec, part, YEAR)
    settings.TODAY = "2017-12-12"
    assert statements.key(spec, part, YEAR) != today
