"""The pages of the calendar: the month from Monday, the list with what is late first, filters, who sees what, what it costs."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gegma.accounts.models import SYSTEM_WRITER
from gegma.engine import deadlines, registry, write
from tests.factories import DAY as FACTORY_DAY
from tests.factories import make

from .conftest import TODAY, client_of

DAY = dt.timedelta(days=1)


def page(user, query: str = "", **more):
    """The calendar as that person sees it."""
    return client_of(user).get(f"/agenda/?{query}", **more)


def numbers(answer) -> list[str]:
    """The numbers of what stands on it, in order."""
    context = answer.context
    days = [*context["late"], *context["coming"]] if "late" in context else [day for week in context["weeks"] for day in week]
    return [entry.deadline.number for day in days for entry in day.entries]


def test_the_month_has_weeks_from_monday_and_marks_today(people, decision):
    row = decision(TODAY + 7 * DAY)
    answer = page(people.officer)
    text = answer.content.decode()
    assert [len(week) for week in answer.context["weeks"]] == [7] * 5
    assert all(week[0].day.weekday() == 0 for week in answer.context["weeks"])
    assert text.count("<tr>") == 6 and text.count('aria-current="date"') == 1 and 'scope="col">Monday' in text
    assert "December 2017" in text and f"D-{row.pk}" in text and "decision to be carried out" in text


def test_months_and_days_have_georgian_names(people):
    client = client_of(people.officer)
    client.cookies["django_language"] = "ka"
    text = client.get("/agenda/?month=2017-03").content.decode()
    assert "მარტი 2017" in text and "ორშაბათი" in text and not re.search(r"[\u1c90-\u1cbf]", text)


@pytest.mark.parametrize(
    ("month", "days"), [("2016-02", 29), ("2017-02", 28), ("2017-12", 31), ("1900-01", 31), ("2200-12", 31), ("2010-02", 28)]
)
def test_every_month_is_whole_and_its_neighbours_are_linked(people, month, days):
    answer = page(people.officer, f"month={month}")
    inside = [day.day for week in answer.context["weeks"] for day in week if day.inside]
    assert [day.day for day in inside] == list(range(1, days + 1))
    assert (answer.context["previous"] is None) == (month == "1900-01") and (answer.context["next"] is None) == (month == "2200-12")


def test_the_address_is_the_view(people):
    answer = page(people.officer, "view=list&month=2017-05&of=all&register=decisions&ask=decisions.due_on")
    assert answer.context["next"]["url"] == "?view=list&month=2017-06&of=all&register=decisions&ask=decisions.due_on"
    assert 'value="decisions" selected' in answer.content.decode()


@pytest.mark.parametrize("query", ["month=soon", "month=0000-00", "month=99999-01", "month=2017-13", "register=nothing", "ask=x.y", "ask=decisions.no"])
def test_what_is_not_understood_is_said(people, query):
    answer = page(people.officer, query)
    assert answer.status_code == 200 and answer.context["choice"].error and 'role="alert"' in answer.content.decode()


def test_the_list_has_what_is_late_first_and_what_was_moved(people, decision):
    early, late, moved = decision(TODAY - 200 * DAY), decision(TODAY - DAY), decision(TODAY)
    moved.due_on = TODAY + 3 * DAY
    write.save(registry.get("decisions"), SYSTEM_WRITER, moved, version=moved.version)
    answer = page(people.officer, "view=list")
    assert numbers(answer) == [f"D-{late.pk}", f"D-{early.pk}", f"D-{moved.pk}"]
    text = answer.content.decode()
    assert "first due 11.12.2017" in text and text.index(">Late ") < text.index(">To come<") and "officer" in text
    assert numbers(page(people.officer, "view=list&month=2017-05")) == [f"D-{early.pk}"]


def test_a_full_day_folds(people, decision):
    for n in range(6):
        decision(TODAY + DAY, title_en=f"Letter {n}")
    text = page(people.officer).content.decode()
    assert text.count("<details><summary>3 more</summary>") == 1 and all(f"Letter {n}" in text for n in range(6))
    decision(TODAY + 2 * DAY), [decision(TODAY + 2 * DAY) for _n in range(3)]
    assert "1 more" not in page(people.officer).content.decode()  # four lines take no more place than three and a button


def test_whose_deadlines(people, decision):
    mine = make("meetings", title_ka="a", officer=people.officer, state="held", starts_on=TODAY)
    ours = make("meetings", title_ka="b", owner_unit=people.ours, state="held", starts_on=TODAY)
    others = make("meetings", title_ka="c", owner_unit=people.theirs, state="held", starts_on=TODAY)
    rows = [decision(TODAY + DAY, of=meeting) for meeting in (mine, ours, others)]
    acting = decision(TODAY + DAY, of=others, unit=people.ours)
    a, b, c, d = (f"D-{row.pk}" for row in [*rows, acting])
    assert numbers(page(people.officer, "of=mine")) == [a]
    assert numbers(page(people.officer, "of=unit")) == [a, b, d] == numbers(page(people.officer))
    assert numbers(page(people.officer, "of=all")) == [a, b, c, d]


def test_filters_by_register_and_kind(people, decision, meeting):
    row = decision(TODAY + DAY)
    make("trainings", title_ka="ტრენინგი", officer=people.officer, ends_on=TODAY + DAY, starts_on=TODAY + DAY)
    assert len(numbers(page(people.officer))) == 2
    assert numbers(page(people.officer, "register=decisions")) == [f"D-{row.pk}"] == numbers(page(people.officer, "ask=decisions.due_on"))
    assert numbers(page(people.officer, "register=trainings&ask=decisions.due_on")) != [f"D-{row.pk}"]


def test_a_restricted_record_of_another_unit_is_in_no_calendar(people, decision):
    secret = make("meetings", title_ka="კანარი", owner_unit=people.theirs, confidentiality="restricted", starts_on=TODAY + DAY, officer=people.officer)
    decision(TODAY + DAY, of=secret, title_en="Canary", title="კანარი", unit=people.ours)
    for query in ("of=all", "of=mine", "of=unit", "of=all&view=list", "of=all&register=decisions", "of=all&register=meetings&view=list"):
        answer = page(people.officer, query)
        assert answer.context["count"] == 0 and not re.search("Canary|კანარი", answer.content.decode()), query
    assert page(people.stranger, "of=all").context["count"] == 2
    assert not re.search("Canary|კანარი", client_of(people.officer).get("/").content.decode())


def waiting_records(count: int, parents: dict) -> int:
    """So many records of every register that may fall due, on the day of today; returns of how many kinds. parents: kept between calls."""
    made = 0
    for spec in registry.everything():
        for due in spec.dues:
            for state in spec.life.words(spec.model) if spec.life else [""]:
                needed = {n: FACTORY_DAY for n in (spec.life.needs.get(state, ()) if spec.life else ()) if spec.all_fields[n].kind == "date"}
                if spec.parent:
                    needed[spec.parent_field] = parents.get(spec.parent) or parents.setdefault(spec.parent, make(spec.parent))
                try:
                    rows = [make(spec, **{**needed, **({spec.life.field: state} if state else {}), due.date: TODAY}) for _n in range(count)]
                except ValidationError:
                    continue
                if deadlines.rows(spec, due, SYSTEM_WRITER).filter(pk__in=[row.pk for row in rows]).exists():
                    made += 1
                    break
    return made


def test_a_month_over_all_registers_costs_the_same_queries_however_much_it_holds(people):
    def cost(query: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert page(people.officer, query).status_code == 200
        return len(found)

    page(people.officer, "of=all")
    empty = {query: cost(query) for query in ("of=all", "of=unit&view=list")}
    parents: dict = {}
    assert waiting_records(2, parents) >= 3
    plans = registry.get("plans").model.objects
    before, there = {query: cost(query) for query in empty}, plans.count()
    waiting_records(4, parents)
    after = {query: cost(query) for query in empty}
    assert page(people.officer, "of=all").context["count"] > 12
    more = 2 * (plans.count() - there)  # a plan costs two: its activities and its indicators that fall due
    assert after == {query: n + more for query, n in before.items()}
    kinds = sum(len(spec.dues) for spec in registry.everything())
    assert before["of=all"] <= kinds + 12 + 12 * there, (before, kinds)


def test_a_flood_is_cut_and_said(people, decision, meeting, monkeypatch):
    from gegma.agenda import calendar

    monkeypatch.setattr(calendar, "MOST", 5)
    for _n in range(7):
        decision(TODAY + DAY)
    answer = page(people.officer)
    assert answer.context["count"] == 5 and answer.context["more"] and "choose a register" in answer.content.decode()
