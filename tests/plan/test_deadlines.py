"""The days of the plan among all deadlines: open until the thing is done, the first day kept over edits and later versions of the plan."""

import copy
import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gegma.accounts.models import SYSTEM_WRITER, User
from gegma.engine import deadlines, registry, write
from gegma.engine.moved import moved_days
from gegma.plan import importing
from gegma.plan.models import Activity, Plan
from tests.factories import make

from .small_year import plan_as_read

START, END, TODAY = dt.date(2017, 1, 1), dt.date(2017, 12, 31), dt.date(2017, 7, 10)
QUARTERS = ["2017-03-31", "2017-06-30", "2017-09-30", "2017-12-31"]
DEFINITION = {"register": "meetings", "scope": {"state": ["held"]}, "date": {"by": "starts_on", "rule": "in"}, "aggregate": "count"}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def today(settings):
    settings.TODAY = TODAY.isoformat()


@pytest.fixture
def plan():
    """A plan of one activity: meetings, four times a year."""
    section = make("plan-sections", plan=make("plans", starts_on=START, ends_on=END), owner_unit=make("units", title_ka="ერთეული"))
    activity = make("activities", plan=section.plan, section=section, code="1.1", text_en="Meet", text_ka="შეხვედრა", due_on=dt.date(2017, 11, 30))
    indicator = make("indicators", activity=activity, kind="schedule", due_dates=QUARTERS, text_en="Meetings")
    make("measures", indicator=indicator, register="meetings", definition=DEFINITION)
    return section.plan


def held(day: str):
    """A meeting held on a day of 2017."""
    return make("meetings", state="held", starts_on=dt.date.fromisoformat(f"2017-{day}"))


def told(register: str = "", user=SYSTEM_WRITER, today: dt.date = TODAY, **asked) -> list[dt.date]:
    """The days that are still open."""
    only = {register: None} if register else None
    return [one.day for one in deadlines.between(user, START, END, only=only, today=today, **asked)]


def change(record, **values):
    record.refresh_from_db()
    for name, value in values.items():
        setattr(record, name, value)
    return write.save(registry.of(record), SYSTEM_WRITER, record, version=record.version)


def days(*months: int) -> list[dt.date]:
    return [dt.date.fromisoformat(QUARTERS[month // 3 - 1]) for month in months]


def test_a_day_of_an_indicator_is_open_until_its_figure_is_reached(plan):
    assert told("indicators") == days(3, 6, 9, 12)
    meeting = held("02-10")
    assert told("indicators") == days(6, 9, 12)
    held("07-03")  # after its day: late, and then done
    assert told("indicators") == days(9, 12)
    held("08-20")  # not yet there on the 10th of July, and in time for September
    assert told("indicators") == days(12)
    change(meeting, state="planned")
    assert told("indicators") == days(6, 9, 12)  # one until today, so that the first stays closed


def test_what_was_done_after_the_plan_is_over_does_not_close_its_days(plan):
    for day in ("02-10", "05-10", "08-10"):
        held(day)
    make("meetings", state="held", starts_on=dt.date(2018, 1, 15))
    assert told("indicators", today=dt.date(2018, 2, 1)) == days(12)


def test_an_activity_is_open_until_it_is_done(plan):
    assert told("activities") == [dt.date(2017, 11, 30)]
    for day in ("02-10", "05-10", "08-10"):
        held(day)
    assert told("activities") == [dt.date(2017, 11, 30)]
    held("09-10")
    assert told("activities") == [] == told("indicators")


def test_an_activity_without_a_day_is_due_at_the_end_of_the_plan(plan):
    change(Activity.objects.get(plan=plan), due_on=None)
    assert told("activities") == [END]


def test_what_is_withdrawn_is_due_no_more(plan):
    activity = Activity.objects.get(plan=plan)
    make("plan-steps", activity=activity, due_on=dt.date(2017, 5, 1))
    assert told("plan-steps") == [dt.date(2017, 5, 1)]
    change(activity.indicators.get(), withdrawn=True)
    assert told("indicators") == []
    change(activity, withdrawn=True)
    assert told() == []


def test_a_step_is_open_until_it_is_ticked(plan):
    step = make("plan-steps", activity=Activity.objects.get(plan=plan), due_on=dt.date(2017, 5, 1))
    change(step, done_on=dt.date(2017, 5, 3))
    assert told("plan-steps") == []


def test_whose(plan):
    activity = Activity.objects.get(plan=plan)
    unit = activity.section.owner_unit
    people = {
        "named": User.objects.create_user("named@example.ge", name="named", role="officer"),
        "unit": User.objects.create_user("unit@example.ge", name="unit", role="officer", unit=unit),
        "other": User.objects.create_user("other@example.ge", name="other", role="officer"),
    }
    write.save(registry.of(activity), SYSTEM_WRITER, activity, m2m={"responsible": [people["named"]]}, version=activity.version)

    def count(name: str, whose: str) -> int:
        return len(told("activities", people[name], whose=whose))

    assert [count("named", whose) for whose in ("mine", "unit", "all")] == [1, 1, 1]
    assert [count("unit", whose) for whose in ("mine", "unit", "all")] == [0, 1, 1]
    assert [count("other", whose) for whose in ("mine", "unit", "all")] == [0, 0, 1]
    (one,) = deadlines.between(SYSTEM_WRITER, START, END, only={"activities": None})
    assert one.people == (people["named"].pk,) and one.unit == unit.pk and one.number == "1.1"


def test_the_first_days_of_an_indicator_stay_place_by_place(plan):
    indicator = Activity.objects.get(plan=plan).indicators.get()
    change(indicator, due_dates=["2017-03-31", "2017-07-15", "2017-09-30", "2017-12-31"])
    found = {one.what: (one.day, one.first, one.moved) for one in deadlines.between(SYSTEM_WRITER, START, END, only={"indicators": None})}
    assert found["2"] == (dt.date(2017, 7, 15), dt.date(2017, 6, 30), True) and not found["1"][2]
    (moved,) = moved_days(registry.of(indicator), indicator, SYSTEM_WRITER)
    assert moved.steps[0].before[1] == dt.date(2017, 6, 30)
    change(indicator, due_dates=["2017-06-30", "2017-12-31"])  # other days, not the same ones moved
    assert all(one.first is None for one in deadlines.between(SYSTEM_WRITER, START, END, only={"indicators": None}))
    indicator.refresh_from_db()
    assert indicator.first_due_dates == QUARTERS
    user = User.objects.create_user("reader@example.ge", name="reader")
    client = Client()
    client.force_login(user)
    page = client.get(f"/plan/{plan.key}/indicator/{indicator.pk}/").content.decode()
    assert 'id="moved"' in page and "30.06.2017" in page


def test_a_later_version_of_the_plan_moves_a_day_and_the_first_stays_visible():
    read = plan_as_read()
    read["sections"] = [s for s in read["sections"] if s["code"].startswith("1")]
    read["activities"] = [a for a in read["activities"] if a["code"].startswith("1")]
    row = read["activities"][0]
    row["due"], row["deadline"] = ["2017-06-30"], "30 ივნისი"
    plan = importing.store(copy.deepcopy(read), SYSTEM_WRITER, key="again")
    activity = Activity.objects.get(plan=plan, code=row["code"])
    assert (activity.due_on, activity.first_due_on) == (dt.date(2017, 6, 30),) * 2
    row["due"], row["deadline"] = ["2017-09-30"], "30 სექტემბერი"
    importing.store(read, SYSTEM_WRITER, plan=Plan.objects.get(pk=plan.pk))
    activity.refresh_from_db()
    assert (activity.due_on, activity.first_due_on) == (dt.date(2017, 9, 30), dt.date(2017, 6, 30))
    (moved,) = moved_days(registry.of(activity), activity, SYSTEM_WRITER)
    assert (moved.first, moved.now, len(moved.steps)) == ([dt.date(2017, 6, 30)], [dt.date(2017, 9, 30)], 1)
    (one,) = deadlines.between(SYSTEM_WRITER, START, END, only={"activities": {activity.pk}})
    assert one.first == dt.date(2017, 6, 30) and one.moved
    client = Client()
    client.force_login(User.objects.create_user("reader@example.ge", name="reader", role="viewer"))
    client.cookies["django_language"] = "en"
    page = client.get(f"/plan/again/activity/{activity.code}/").content.decode()
    assert 'id="moved"' in page and "first due 30.06.2017" in page


def test_asking_again_costs_few_queries_until_something_is_written(plan):
    held("02-10")
    told()
    with CaptureQueriesContext(connection) as again:
        told()
    with CaptureQueriesContext(connection) as without:
        told(without={"activities", "indicators"})
    assert len(again) - len(without) <= 14  # the head, the plans, their activities with what hangs on them: no figure
    held("05-10")
    assert days(6)[0] not in told("indicators")
