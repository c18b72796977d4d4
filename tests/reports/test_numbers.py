"""Numbers, percentages and days as they are written in the two languages."""

import datetime as dt
from decimal import Decimal

import pytest

from gegma.kernel import numbers


@pytest.mark.parametrize(("value", "ka", "en"), [
    (0, "0", "0"),
    (1234.5, "1\u00a0234,5", "1,234.5"),
    (1234567, "1\u00a0234\u00a0567", "1,234,567"),
    (-3, "\u22123", "\u22123"),
    (-0.001, "0", "0"),
    (2.675, "2,68", "2.68"),
    (Decimal("10.10"), "10,1", "10.1"),
    (100, "100", "100"),
    (1e27, "1" + "\u00a0000" * 9, "1" + ",000" * 9),
    (None, "", ""),
])
def test_number(value, ka, en):
    assert numbers.number(value, "ka") == ka
    assert numbers.number(value, "en") == en


def test_fixed_places_and_percent():
    assert numbers.number(2, "ka", 1) == "2,0"
    assert numbers.percent(74.5, "ka") == "75%"
    assert numbers.percent(74.25, "en", 1) == "74.3%"
    assert numbers.percent(None, "en") == ""


def test_days():
    assert numbers.day(dt.date(2026, 9, 3)) == "03.09.2026"
    assert numbers.day(dt.datetime(2026, 9, 3, 23, 59)) == "03.09.2026"
    assert numbers.day("2026-09-03") == "03.09.2026"
    assert numbers.day(None) == numbers.day("") == ""
    assert numbers.days("2017-01-01", "2017-12-31") == "01.01.2017 – 31.12.2017"
    assert numbers.days("2017-01-01", "2017-01-01") == "01.01.2017"
    assert numbers.days(None, "2017-01-01") == "– 01.01.2017"


def test_what_cannot_be_written_is_refused():
    with pytest.raises(ValueError, match="ka or en"):
        numbers.number(1, "ru")
    with pytest.raises(ValueError, match="not a number"):
        numbers.number(float("nan"), "ka")
    with pytest.raises(ValueError):
        numbers.day("31.12.2017")
