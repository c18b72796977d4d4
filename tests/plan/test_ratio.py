"""A share of quantities: the sum of one field of the sum of another, no record giving more above than stands below."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from gegma.kernel import periods
from gegma.plan import board, compute, definition
from gegma.reports.context import _reading
from tests.factories import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

YEAR = periods.parse("2017")
INVENTORY = {
    "register": "inventory", "aggregate": "ratio", "field": "quantity_provided", "base_field": "quantity_needed",
    "date": {"by": "needed_on", "rule": "in"},
}  # fmt: skip


def item(needed: int, provided: int, **more):
    given = {"needed_on": dt.date(2017, 5, 5), **({"provided_on": dt.date(2017, 5, 6)} if provided else {}), **more}
    return make("inventory", quantity_needed=needed, quantity_provided=provided, **given)


def test_too_many_of_one_thing_do_not_fill_in_for_another():
    item(3, 5), item(3, 0), item(4, 3)
    reading = compute.read(INVENTORY, YEAR, evidence=True)
    assert (reading.numerator, reading.denominator, reading.value) == (6, 10, 60)
    assert (reading.rows, reading.with_evidence) == (2, 0)
    assert board.reading_text(reading) == "60\u00a0% (6 of 10)"
    [part] = compute.passport(INVENTORY, YEAR)
    assert (part.counted, part.base) == (2, 3)
    assert part.of_words == ["«provided quantity», of each record no more than its «needed quantity»"]
    assert [(left.reason, left.n, left.below) for left in part.left_out] == [("«provided quantity» is nothing", 1, True)]


def test_a_second_reading_is_the_statement_of_the_first_and_sees_what_was_written_since():
    item(2, 1)
    assert compute.read(INVENTORY, YEAR).value == 50
    item(2, 2)
    assert compute.read(INVENTORY, YEAR).value == 75


def test_nothing_needed_is_no_share():
    reading = compute.read(INVENTORY, YEAR)
    assert not reading.known and reading.percent and reading.note == "nothing to take a share of"
    assert compute.monthly(INVENTORY, YEAR) == []


def test_by_group_the_quantities_add_up_to_the_figure():
    item(3, 5, category="computer"), item(3, 1, category="computer"), item(9, 2, category="printer")
    [part] = compute.passport(INVENTORY | {"breakdowns": ["category"]}, YEAR)
    assert part.breakdowns[0].rows == [("Computers", 4), ("Printers and scanners", 2)]
    assert compute.read(INVENTORY, YEAR).numerator == 6


def test_numbers_with_decimals_and_records_without_one():
    """Of each training's hours no more than ten: a training without hours gives nothing below the line and is named."""
    made = {"register": "trainings", "aggregate": "ratio", "field": "hours", "base_field": "hours"}
    with pytest.raises(definition.DefinitionError):
        definition.check(made)
    for needed, cost in ((10, "2.50"), (4, "9.00"), (6, None)):
        item(needed, 0, cost=Decimal(cost) if cost else None)
    made = INVENTORY | {"field": "cost", "base_field": "quantity_needed"}
    definition.check(made)
    reading = compute.read(made, YEAR)
    assert (reading.numerator, reading.denominator, round(reading.value, 4)) == (Decimal("6.5"), 20, Decimal("32.5"))
    made = INVENTORY | {"field": "quantity_needed", "base_field": "cost"}
    reading = compute.read(made, YEAR)
    assert (reading.numerator, reading.denominator) == (Decimal("6.5"), Decimal("11.5"))
    [part] = compute.passport(made, YEAR)
    assert [(left.reason, left.n) for left in part.left_out] == [("«cost, GEL» is not filled in", 1)]


def test_the_report_has_it_as_plain_numbers():
    from gegma.plan.models import Measure

    item(4, 1, cost=Decimal("2.50"))
    made = INVENTORY | {"field": "cost", "base_field": "quantity_needed"}
    line = board.MeasureLine(Measure(title_ka="ა", title_en="a", definition=made), compute.read(made, YEAR))
    told = _reading(line)
    assert (told["numerator"], told["denominator"], told["unit"]) == (2.5, 4, "percent") and type(told["numerator"]) is float


def test_it_is_made_from_a_list_on_a_page(client):
    from gegma.accounts.models import User
    from gegma.plan.models import Measure

    from .small_year import import_plan

    plan = import_plan("ratio")
    client.force_login(User.objects.create_user("admin@example.ge", name="ა", role="administrator"))
    item(4, 3)
    page = client.get("/plan/use/", {"register": "inventory", "plan": plan.key}).content.decode()
    assert 'name="base_field"' in page and 'value="ratio"' in page
    data = {
        "register": "inventory", "filters": "", "plan": plan.key, "date": "needed_on:in", "aggregate": "ratio", "field": "quantity_provided",
        "base_field": "quantity_needed", "name_ka": "წილი", "indicator": str(plan.activities.first().indicators.first().pk), "action": "save",
    }  # fmt: skip
    answer = client.post("/plan/use/", data)
    assert answer.status_code == 302, answer.context["errors"]
    saved = Measure.objects.latest("pk")
    assert saved.definition["base_field"] == "quantity_needed" and compute.read(saved.definition, YEAR).value == 75
    assert "share of quantities" in client.get(answer.headers["Location"], {"lang": "en"}).content.decode()
    answer = client.post("/plan/use/", {**data, "base_field": ""})
    assert answer.status_code == 200 and answer.context["errors"]
