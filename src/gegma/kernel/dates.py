"""Days: what is today, and dates as people write them."""

import datetime as dt
import re
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils import timezone

_taken_as: ContextVar[dt.date | None] = ContextVar("taken_as_today", default=None)


@contextmanager
def taken_as_today(day: dt.date):
    """Inside, this day is taken as today: for figures as they stood then."""
    token = _taken_as.set(day)
    try:
        yield
    finally:
        _taken_as.reset(token)


def today() -> dt.date:
    """The local day; the day named by GEGMA_TODAY where that is set (demo, tests)."""
    if (day := _taken_as.get()) is not None:
        return day
    if settings.TODAY:
        return dt.date.fromisoformat(settings.TODAY)
    return timezone.localdate()


def now() -> dt.datetime:
    """The present moment, to the minute; where another day is taken as today, that day at the hour that it is."""
    moment = timezone.localtime().replace(second=0, microsecond=0)
    day = today()
    return moment if moment.date() == day else moment.replace(year=day.year, month=day.month, day=day.day)


def parse_moment(text: str) -> dt.datetime:
    """A day with the hour, such as 03.09.2026 14:30, in local time; a day alone is its beginning. Raises what parse_day() raises."""
    day, _sep, hour = text.strip().replace(",", " ").replace("T", " ").partition(" ")
    match = re.fullmatch(r"(\d{1,2})[:.](\d{2})(?:[:.]\d{2}(?:\.\d+)?)?", hour.strip() or "0:00")
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(text)
    return timezone.make_aware(dt.datetime.combine(parse_day(day), dt.time(int(match[1]), int(match[2]))))


class AmbiguousDate(ValueError):
    """A date that could be read in two ways, such as 03/04/2017."""


def parse_day(text: str) -> dt.date:
    """A date from 03.09.2026, 3.9.2026, 3.9.26 or 2026-09-03.

    Raises AmbiguousDate for forms with slashes whose day and month could be swapped, ValueError for the rest.
    """
    text = text.strip()
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        year, month, day = map(int, match.groups())
    elif match := re.fullmatch(r"(\d{1,2})[.](\d{1,2})[.](\d{4}|\d{2})\.?", text):
        day, month, year = map(int, match.groups())
    elif match := re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", text):
        day, month, year = map(int, match.groups())
        if day <= 12 and month <= 12 and day != month:
            raise AmbiguousDate(text)
        if month > 12:
            day, month = month, day
    else:
        raise ValueError(text)
    if year < 100:
        year += 2000 if year < 70 else 1900
    return dt.date(year, month, day)


def end_of(day: dt.date) -> dt.datetime:
    """The last moment of a local day."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max))


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day some months on (or back), or the last day of that month where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(day)
