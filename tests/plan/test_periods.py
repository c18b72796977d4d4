"""Periods and days: what is read, what is refused, what lies before, and the ends of the calendar."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gegma.kernel import dates, periods
from gegma.kernel.periods import Period, parse

DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31))


@pytest.mark.parametrize(
    "text,first,last",
    [
        ("2017", "2017-01-01", "2017-12-31"),
        (" 2017 ", "2017-01-01", "2017-12-31"),
        ("2017-H1", "2017-01-01", "2017-06-30"),
        ("2017-H2", "2017-07-01", "2017-12-31"),
        ("2017-Q1", "2017-01-01", "2017-03-31"),
        ("2017-Q2", "2017-04-01", "2017-06-30"),
        ("2017-Q3", "2017-07-01", "2017-09-30"),
        ("2017-Q4", "2017-10-01", "2017-12-31"),
        ("2017-02", "2017-02-01", "2017-02-28"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("2000-02", "2000-02-01", "2000-02-29"),
        ("2100-02", "2100-02-01", "2100-02-28"),
        ("2017-12", "2017-12-01", "2017-12-31"),
        ("2017-02-10..2017-02-10", "2017-02-10", "2017-02-10"),
        ("2016-12-30..2018-01-02", "2016-12-30", "2018-01-02"),
    ],
)
def test_read(text, first, last):
    period = parse(text)
    assert (str(period.start), str(period.end)) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        "", "17", "20177", "2017-", "2017-H3", "2017-H0", "2017-Q0", "2017-Q5", "2017-00", "2017-13", "2017-1", "2017-h1", "H1-2017",
        "2017-02-29..2017-03-01", "2017-03-01..2017-02-01", "2017-01-01", "2017-01-01..", "..2017-01-01", "2017..2018", "1.1.2017",
        "0000", "0001", "0999", "1899", "2201", "9999", "1899-12-31..1900-01-01", "2200-01-01..2201-01-01", "2017\x00",
    ],
)  # fmt: skip
def test_refused(text):
    with pytest.raises(ValueError):
        parse(text)


def test_both_ends_belong_to_it():
    year = parse("2017")
    assert dt.date(2017, 1, 1) in year and dt.date(2017, 12, 31) in year
    assert dt.date(2016, 12, 31) not in year and dt.date(2018, 1, 1) not in year


@pytest.mark.parametrize(
    "text,before",
    [
        ("2017", "2016"),
        ("2017-H1", "2016-H2"),
        ("2017-H2", "2017-H1"),
        ("2017-Q1", "2016-Q4"),
        ("2017-Q4", "2017-Q3"),
        ("2017-01", "2016-12"),
        ("2016-03", "2016-02"),
        ("2017-03", "2017-02"),
        ("2017-03-01..2017-03-10", "2017-02-19..2017-02-28"),
        ("2016-03-01..2016-03-01", "2016-02-29..2016-02-29"),
        ("2016-12-01..2017-11-30", "2015-12-02..2016-11-30"),  # 365 days, and 2016 had 366
    ],
)
def test_before(text, before):
    assert parse(text).previous().key == before


@pytest.mark.parametrize("text", ["1900", "1900-Q1", "1900-01", "1900-H1", "1900-01-01..2200-12-31", "1950-01-01..2200-12-31"])
def test_nothing_lies_before_the_first_year(text):
    assert parse(text).previous() is None


@given(DAYS, DAYS)
def test_any_period_says_its_key_months_and_sentence(one, other):
    period = Period(min(one, other), max(one, other))
    assert parse(period.key) == period
    months = period.months()
    assert months[0].start == period.start and months[-1].end == period.end
    assert all(a.end + dt.timedelta(days=1) == b.start for a, b in zip(months, months[1:], strict=False))
    before = period.previous()
    assert before is None or before.end + dt.timedelta(days=1) == period.start
    assert period.sentence()


@pytest.mark.parametrize(
    "key,ka,en",
    [("2017", "2017", "2017"), ("2017-Q3", "III", "III"), ("2017-H1", "2017", "first half"), ("2017-05", "2017", "May 2017")],
)
def test_sentence(key, ka, en):
    with translation.override("ka"):
        assert ka in parse(key).sentence()
    with translation.override("en"):
        assert en in parse(key).sentence()
    assert parse("2017-05-01..2017-05-02").sentence() == "01.05.2017 – 02.05.2017"


def test_choices_of_a_year():
    keys = [p.key for p in periods.choices(parse("2017"))]
    assert keys[:7] == ["2017", "2017-H1", "2017-H2", "2017-Q1", "2017-Q2", "2017-Q3", "2017-Q4"]
    assert keys[7:] == [f"2017-{m:02d}" for m in range(1, 13)]


def test_choices_of_a_plan_over_two_years():
    keys = [p.key for p in periods.choices(parse("2017-07-01..2018-06-30"))]
    assert keys[0] == "2017-07-01..2018-06-30"
    assert {"2017", "2018", "2018-Q4"} <= set(keys) and len(keys) == len(set(keys)) == 39


@pytest.mark.parametrize(
    "day,months,then",
    [
        ("2017-12-31", -12, "2016-12-31"),
        ("2017-03-31", -1, "2017-02-28"),
        ("2016-03-31", -1, "2016-02-29"),
        ("2016-02-29", 12, "2017-02-28"),
        ("2016-02-29", 48, "2020-02-29"),
        ("2017-01-31", 1, "2017-02-28"),
        ("2017-12-01", 1, "2018-01-01"),
        ("2017-01-01", -1, "2016-12-01"),
        ("2017-05-31", 1, "2017-06-30"),
        ("2017-06-15", 0, "2017-06-15"),
    ],
)
def test_months_on(day, months, then):
    assert dates.add_months(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(then)


@given(DAYS, st.integers(-600, 600))
def test_months_on_stay_in_the_month_meant(day, months):
    index = day.year * 12 + day.month - 1 + months
    then = dates.add_months(day, months)
    assert (then.year, then.month) == (index // 12, index % 12 + 1)
    assert then.day == day.day or (then + dt.timedelta(days=1)).day == 1


@pytest.mark.parametrize(
    "text,day",
    [
        ("03.09.2026", "2026-09-03"), ("3.9.2026", "2026-09-03"), ("3.9.26", "2026-09-03"), ("2026-09-03", "2026-09-03"),
        ("29.02.2016", "2016-02-29"), ("31.12.2016.", "2016-12-31"), ("1.1.70", "1970-01-01"), ("1.1.69", "2069-01-01"),
        ("13/04/2017", "2017-04-13"), ("04/13/2017", "2017-04-13"), ("05/05/2017", "2017-05-05"), (" 1.1.2017 ", "2017-01-01"),
    ],
)  # fmt: skip
def test_days_as_people_write_them(text, day):
    assert str(dates.parse_day(text)) == day


@pytest.mark.parametrize("text", ["", "29.02.2017", "31.04.2017", "0.1.2017", "1.13.2017", "2017", "1.1", "tomorrow", "1.1.20177"])
def test_no_days(text):
    with pytest.raises(ValueError):
        dates.parse_day(text)


def test_a_day_that_can_be_read_in_two_ways_is_asked_about():
    with pytest.raises(dates.AmbiguousDate):
        dates.parse_day("03/04/2017")
