"""Periods: a year, half-year, quarter, month or any two dates, both ends included."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

ROMAN = ["", "I", "II", "III", "IV"]
# A plan of another year is a slip of the pen, and at the ends of the calendar there is no month before and after.
FIRST_YEAR, LAST_YEAR = 1900, 2200


@dataclass(frozen=True)
class Period:
    """From start to end, both days included."""

    start: dt.date
    end: dt.date

    def __post_init__(self):
        if self.start > self.end:
            raise ValueError(f"the period ends ({self.end}) before it starts ({self.start})")
        if self.start.year < FIRST_YEAR or self.end.year > LAST_YEAR:
            raise ValueError(f"the period lies outside of the years {FIRST_YEAR} to {LAST_YEAR}: {self.start} – {self.end}")

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day <= self.end

    @property
    def key(self) -> str:
        """The shortest text that parse() reads back: 2017, 2017-H1, 2017-Q3, 2017-05 or 2017-01-10..2017-02-03."""
        year = self.start.year
        for text in (
            f"{year}",
            f"{year}-H1",
            f"{year}-H2",
            *(f"{year}-Q{q}" for q in range(1, 5)),
            f"{year}-{self.start.month:02d}",
        ):
            if parse(text) == self:
                return text
        return f"{self.start}..{self.end}"

    def sentence(self) -> str:
        """The period in words of the current language."""
        key, year = self.key, self.start.year
        if re.fullmatch(r"\d{4}", key):
            return _("the year %(year)s") % {"year": year}
        if "-H" in key:
            half = _("first half") if key.endswith("1") else _("second half")
            return _("%(half)s of %(year)s") % {"half": half, "year": year}
        if "-Q" in key:
            return _("quarter %(quarter)s of %(year)s") % {"quarter": ROMAN[int(key[-1])], "year": year}
        if re.fullmatch(r"\d{4}-\d\d", key):
            return _("%(month)s %(year)s") % {"month": month_name(self.start.month), "year": year}
        return f"{self.start:%d.%m.%Y} – {self.end:%d.%m.%Y}"

    def previous(self) -> Period | None:
        """The period of the same kind just before this one (of the same number of days where it has no kind).

        None where that begins before the first year that periods have.
        """
        try:
            return self._previous()
        except (ValueError, OverflowError):
            return None

    def _previous(self) -> Period:
        key, year = self.key, self.start.year
        if re.fullmatch(r"\d{4}", key):
            return parse(str(year - 1))
        for letter, parts in (("H", 2), ("Q", 4)):
            if f"-{letter}" in key:
                part = int(key[-1])
                return parse(f"{year}-{letter}{part - 1}" if part > 1 else f"{year - 1}-{letter}{parts}")
        end = self.start - dt.timedelta(days=1)
        if re.fullmatch(r"\d{4}-\d\d", key):
            return parse(f"{end.year}-{end.month:02d}")
        return Period(end - (self.end - self.start), end)

    def months(self) -> list[Period]:
        """The calendar months that the period touches, cut to it."""
        found, day = [], self.start.replace(day=1)
        while day <= self.end:
            month = parse(f"{day.year}-{day.month:02d}")
            found.append(Period(max(month.start, self.start), min(month.end, self.end)))
            day = month.end + dt.timedelta(days=1)
        return found


def parse(text: str) -> Period:
    """A period from 2017, 2017-H1, 2017-Q3, 2017-05 or 2017-01-10..2017-02-03. Raises ValueError otherwise."""
    text = text.strip()
    if match := re.fullmatch(r"(\d{4})", text):
        return _months(int(match[1]), 1, 12)
    if match := re.fullmatch(r"(\d{4})-H([12])", text):
        return _months(int(match[1]), 6 * int(match[2]) - 5, 6)
    if match := re.fullmatch(r"(\d{4})-Q([1-4])", text):
        return _months(int(match[1]), 3 * int(match[2]) - 2, 3)
    if match := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text):
        return _months(int(match[1]), int(match[2]), 1)
    if match := re.fullmatch(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", text):
        return Period(dt.date.fromisoformat(match[1]), dt.date.fromisoformat(match[2]))
    raise ValueError(f"not a period: {text!r} (2017, 2017-H1, 2017-Q3, 2017-05 or 2017-01-10..2017-02-03)")


def _months(year: int, first: int, count: int) -> Period:
    last = first + count - 1
    return Period(dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1]))


def choices(period: Period) -> list[Period]:
    """The periods offered inside a plan's own one: the whole, halves, quarters and months of its years."""
    found = [period]
    for year in range(period.start.year, period.end.year + 1):
        names = [f"{year}", f"{year}-H1", f"{year}-H2", *(f"{year}-Q{q}" for q in range(1, 5))]
        found += [parse(name) for name in names + [f"{year}-{m:02d}" for m in range(1, 13)]]
    return list(dict.fromkeys(found))


def month_name(number: int) -> str:
    """The month's name in the current language."""
    return [
        pgettext("month", "January"), pgettext("month", "February"), pgettext("month", "March"),
        pgettext("month", "April"), pgettext("month", "May"), pgettext("month", "June"),
        pgettext("month", "July"), pgettext("month", "August"), pgettext("month", "September"),
        pgettext("month", "October"), pgettext("month", "November"), pgettext("month", "December"),
    ][number - 1]  # fmt: skip
