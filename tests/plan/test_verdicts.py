"""From figures to verdicts: progress, the scale with its bounds, before and after the due day, and what cannot be judged."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from gegma.accounts.models import SYSTEM_WRITER
from gegma.engine import registry, write
from gegma.kernel.periods import parse
from gegma.plan import board, verdicts
from gegma.plan.compute import Reading
from gegma.plan.models import Activity, Indicator, IndicatorKind, Plan, Section, Step, TypedReading
from gegma.plan.register import TONES
from gegma.web.templatetags.ui import TONE_ICONS

pytestmark = pytest.mark.usefixtures("english")

DUE, BEFORE, AFTER = dt.date(2017, 12, 31), dt.date(2017, 6, 30), dt.date(2018, 1, 1)
YEAR = parse("2017")


def percent(value) -> Reading:
    return Reading(value=Decimal(str(value)), percent=True)


@pytest.mark.parametrize(
    "value,as_of,wanted",
    [
        ("100", BEFORE, "full"),
        ("100", AFTER, "full"),
        ("99.99", BEFORE, "progress"),
        ("99.99", DUE, "progress"),  # the due day itself is still in time
        ("99.99", AFTER, "mostly"),
        ("75", AFTER, "mostly"),
        ("74.99", AFTER, "partly"),
        ("50", AFTER, "partly"),
        ("49.99", AFTER, "none"),
        ("0", AFTER, "none"),
        ("0", BEFORE, "progress"),
        (None, AFTER, "unknown"),
        (None, BEFORE, "unknown"),
    ],
)
def test_scale_of_a_new_plan(value, as_of, wanted):
    status = verdicts.status(Plan(), None if value is None else Decimal(value), DUE, as_of)
    assert status.key == wanted


def test_plan_with_a_scale_of_its_own():
    plan = Plan(scale=[{"key": "a", "ka": "ა", "en": "A", "from": 80}, {"key": "b", "ka": "ბ", "from": 0, "tone": "late"}])
    assert verdicts.status(plan, Decimal(80), DUE, BEFORE).label == "A"
    low = verdicts.status(plan, Decimal("79.9"), DUE, BEFORE)
    assert (low.key, low.label, low.tone) == ("b", "ბ", "late")
    assert [s.key for s in verdicts.scale(plan)] == ["a", "b", "unknown"]


@pytest.mark.parametrize(
    "kind,target,reading,wanted",
    [
        (IndicatorKind.NUMERIC, 4, Reading(value=3), 75),
        (IndicatorKind.NUMERIC, 4, Reading(value=9), 100),
        (IndicatorKind.NUMERIC, None, Reading(value=1), 100),
        (IndicatorKind.NUMERIC, None, Reading(value=0), 0),
        (IndicatorKind.NUMERIC, 4, Reading(), None),
        (IndicatorKind.NUMERIC, None, percent(60), 60),
        (IndicatorKind.NUMERIC, 4, percent(60), 60),
        (IndicatorKind.NUMERIC, None, percent(130), 100),  # a base counted elsewhere may be the smaller
        (IndicatorKind.DELIVERABLE, None, Reading(value=5), 100),
        (IndicatorKind.DELIVERABLE, 4, Reading(value=1), 100),  # done or not
        (IndicatorKind.DELIVERABLE, None, Reading(value=0), 0),
        (IndicatorKind.PERCENTAGE, None, percent(60), 60),
        (IndicatorKind.PERCENTAGE, 80, percent(60), 75),
        (IndicatorKind.PERCENTAGE, 80, percent(90), 100),
        (IndicatorKind.COMPLETENESS, None, percent("33.3"), Decimal("33.3")),
        (IndicatorKind.PERCENTAGE, 100, Reading(note="nothing to take a share of", percent=True), None),
    ],
)
def test_how_far_a_figure_came(kind, target, reading, wanted):
    indicator = Indicator(kind=kind, target=None if target is None else Decimal(target))
    assert verdicts.reading_progress(indicator, reading, YEAR) == wanted


QUARTERS = ["2017-03-31", "2017-06-30", "2017-09-30", "2017-12-31"]


@pytest.mark.parametrize(
    "period,target,progress",
    [
        ("2017", 4, 50),
        ("2017-H1", 2, 100),
        ("2017-Q1", 1, 100),
        ("2017-03-31..2017-03-31", 1, 100),
        ("2017-04-01..2017-06-29", 0, None),  # nothing was due: nothing can be said
        ("2018", 0, None),
        ("2016-01-01..2018-12-31", 4, 50),
    ],
)
def test_schedule_asks_for_what_was_due_in_the_period(period, target, progress):
    indicator = Indicator(kind=IndicatorKind.SCHEDULE, target=Decimal(4), due_dates=QUARTERS)
    assert verdicts.target(indicator, parse(period)) == target
    assert verdicts.reading_progress(indicator, Reading(value=2), parse(period)) == progress


def test_schedule_without_days_goes_by_its_target():
    indicator = Indicator(kind=IndicatorKind.SCHEDULE, target=Decimal(4))
    assert verdicts.reading_progress(indicator, Reading(value=1), YEAR) == 25


def test_indicator_is_the_mean_of_its_known_figures_or_their_sum():
    side = Indicator(kind=IndicatorKind.NUMERIC, target=Decimal(4), combine="side")
    assert verdicts.indicator_progress(side, [Reading(value=4), Reading(value=1), Reading(note="no register yet")], YEAR) == Decimal("62.5")
    added = Indicator(kind=IndicatorKind.NUMERIC, target=Decimal(4), combine="sum")
    assert verdicts.indicator_progress(added, [Reading(value=2), Reading(value=1)], YEAR) == 75
    assert verdicts.indicator_progress(side, [Reading(note="no register yet", bound=False)], YEAR) is None
    assert verdicts.indicator_progress(side, [], YEAR) is None


# -- an activity with steps --------------------------------------------------------------------------------------------


@pytest.fixture
def activity(db) -> Activity:
    plan = Plan.objects.create(key="p", starts_on=YEAR.start, ends_on=YEAR.end)
    section = Section.objects.create(plan=plan, code="1")
    return Activity.objects.create(plan=plan, section=section, code="1.1")


def test_three_verdicts_are_kept_apart(activity):
    for order, done in enumerate([dt.date(2017, 6, 30), dt.date(2017, 7, 1), None], 1):
        Step.objects.create(activity=activity, order=order, done_on=done)
    readings = [Reading(value=3, rows=3, with_evidence=1), Reading(value=1, rows=1, with_evidence=1), Reading(bound=False)]
    found = verdicts.verdicts(activity, [Decimal(50), None, Decimal(100)], readings, dt.date(2017, 6, 30))
    assert (found.steps_done, found.steps_total) == (1, 3)  # what is done tomorrow is not done today
    assert found.result == 75
    assert (found.evidence_with, found.evidence_of, found.evidence) == (2, 4, 50)


def test_where_nothing_is_known_nothing_is_said(activity):
    found = verdicts.verdicts(activity, [None], [Reading(bound=False)], BEFORE)
    assert (found.steps, found.result, found.evidence) == (None, None, None)
    line = board.activity_line(activity, YEAR, AFTER)
    assert (line.status.key, line.late) == ("unknown", True)


def test_own_due_day_goes_before_the_plans_end(activity):
    activity.due_on = dt.date(2017, 3, 31)
    indicator = Indicator.objects.create(activity=activity, target=Decimal(4))
    TypedReading.objects.create(indicator=indicator, starts_on=YEAR.start, ends_on=YEAR.start, value=Decimal("1"), source="letter")
    assert board.activity_line(activity, YEAR, dt.date(2017, 3, 31)).status.key == "progress"
    line = board.activity_line(activity, YEAR, dt.date(2017, 4, 1))
    assert (line.status.key, line.late, line.verdicts.result) == ("none", True, 25)


def test_typed_figure_counts_only_for_a_period_that_holds_all_of_its_time(activity):
    indicator = Indicator.objects.create(activity=activity)
    for first, last, value in [("2017-01-01", "2017-03-31", "10"), ("2017-04-01", "2017-06-30", "200.50"), ("2016-12-31", "2017-01-01", "7")]:
        TypedReading.objects.create(indicator=indicator, starts_on=first, ends_on=last, value=Decimal(value), source="letter")
    indicator = Indicator.objects.get(pk=indicator.pk)
    assert board.typed_reading(indicator, YEAR).reading.value == Decimal("200.5")  # the latest
    assert board.typed_reading(indicator, parse("2017-Q1")).reading.value == 10
    assert board.typed_reading(indicator, parse("2017-01")) is None
    assert board.typed_reading(indicator, YEAR).text == "200.5"
    assert board.reading_text(Reading(value=Decimal("1E+2"))) == "100"


# -- what an administrator may not enter, because no page could show it ---------------------------------------------------


@pytest.mark.parametrize(
    "scale,word",
    [
        ([], "blank"),
        ({"full": 100}, "list"),
        (["full"], "list"),
        ([{"key": "a", "ka": "ა"}], "from which percent"),
        ([{"key": "a", "ka": "ა", "from": "75"}], "from which percent"),
        ([{"key": "a", "from": 0}], "name"),
        ([{"key": "a", "ka": "ა", "from": 0, "tone": "purple"}], "tone"),
        ([{"key": "a", "ka": "ა", "from": 50}, {"key": "a", "ka": "ბ", "from": 0}], "own"),
        ([{"key": "unknown", "ka": "ა", "from": 0}], "unknown"),
        ([{"key": "a", "ka": "ა", "from": 100}], "0 percent"),
        ([{"key": "a", "ka": "ა", "from": 0, "before": True}], "0 percent"),
    ],
)
def test_scale_that_judges_nothing_is_refused(activity, scale, word):
    plan = activity.plan
    plan.scale = scale
    with pytest.raises(ValidationError, match=word):
        write.save(registry.get("plans"), SYSTEM_WRITER, plan, version=plan.version)


def test_tones_of_a_scale_are_those_that_pages_have():
    assert set(TONES) == set(TONE_ICONS)


def test_plan_that_ends_before_it_starts_is_refused(activity):
    plan = activity.plan
    plan.starts_on = dt.date(2018, 1, 1)
    with pytest.raises(ValidationError, match="ends before"):
        write.save(registry.get("plans"), SYSTEM_WRITER, plan, version=plan.version)


@pytest.mark.parametrize("days", [["soon"], "2017-03-31", {"a": 1}, [3], ["2017-02-30"], ["2017-03-31", "2017-03-31"], 7])
def test_due_dates_that_are_no_days_are_refused(activity, days):
    indicator = Indicator(activity=activity, kind=IndicatorKind.SCHEDULE, due_dates=days)
    with pytest.raises(ValidationError, match="2017-03-31"):
        write.save(registry.get("indicators"), SYSTEM_WRITER, indicator)


@pytest.mark.parametrize("target", ["0", "-1"])
def test_target_of_nothing_is_refused(activity, target):
    with pytest.raises(ValidationError, match="above zero"):
        write.save(registry.get("indicators"), SYSTEM_WRITER, Indicator(activity=activity, target=Decimal(target)))
