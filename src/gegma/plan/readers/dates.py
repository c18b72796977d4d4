"""Deadlines as printed to dates, where they say one surely; otherwise nothing.

"2017 წელი" is the year's last day, "IV კვარტალი" the quarter's, "Q2 of 2022–2026" five days, "წელიწადში ოთხჯერ" the
four quarter ends of the plan's year. A range without steps ("2022–2027", "დან-მდე") is due at its end.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

from .words import roman_value, squeeze

MONTHS_KA = ["იანვ", "თებერვ", "მარტ", "აპრილ", "მაის", "ივნის", "ივლის", "აგვისტ", "სექტემბ", "ოქტომბ", "ნოემბ", "დეკემბ"]
MONTHS_EN = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTHS_EN_FULL = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
_MONTH_KA = "|".join(MONTHS_KA)
_MONTH_EN = "|".join(f"{full}|{short}" for full, short in zip(MONTHS_EN_FULL, MONTHS_EN, strict=True)) + "|sept"
_MONTH = rf"(?:(?P<ka>{_MONTH_KA})[ა-ჰ]*|(?P<en>(?:{_MONTH_EN}))\b\.?)"
_YEAR = r"(?:19|20|21)\d\d"
_DASH = r"\s*[-–—]\s*"
_QUARTER_NUMBER = r"(?P<q>[1-4]|iv|iii|ii|i)(?:-?(?:ლი|ე|st|nd|rd|th))?"
_QUARTER = re.compile(
    rf"(?<!\w)(?:(?:q|მე-?\s*|კვ\.?\s*){_QUARTER_NUMBER}\s*(?:კვარტალ[ა-ჰ]*|კვ\.?)?"
    rf"|{_QUARTER_NUMBER.replace('?P<q>', '?P<q2>')}\s*(?:კვარტალ[ა-ჰ]*|კვ\.|კვ\b|quarter|q))(?!\w)"
)
_FREQUENCY = [
    (re.compile(r"(?:წელიწადში|წელში)\s+(?:ერთხელ|1-?ჯერ)|\b(?:annually|yearly|once a year|once per year)\b|ყოველწლიურ"), 1),
    (re.compile(r"(?:წელიწადში|წელში)\s+(?:ორჯერ|2-?ჯერ)|twice a year|semi-?annual|half-?yearly|biannual|ექვს თვეში"), 2),
    (re.compile(r"(?:წელიწადში|წელში)\s+(?:ოთხჯერ|4-?ჯერ)|quarterly|four times a year|ყოველკვარტალ|კვარტალში ერთხელ"), 4),
    (re.compile(r"ყოველთვიურ|თვეში ერთხელ|\bmonthly\b|once a month"), 12),
]
_NOISE = re.compile(
    r"(?:წლის|წელი|წლებ[ა-ჰ]*|წწ?\.?|წ\.|განმავლობაში|ბოლომდე|ბოლოს|ბოლო|დასაწყისი|ჩათვლით|მდე|მდე\.|დან|ში|end of|by the end of|"
    r"by|until|till|before|during|in|of|the|year|years|from|to|through|deadline|ვადა|თვე|თვის|and|და|no later than|არა უგვიანეს|არაუგვიანეს)"
)


def due_dates(text: str, year: int | None = None) -> list[str]:
    """ISO dates that a deadline names for sure, in order; [] when it names none or something is left unread.

    `year` is the plan's year, for a deadline that gives a quarter, a month or a frequency alone.
    """
    text = squeeze(text).lower().strip(" .;:")
    if not text or len(text) > 200:
        return []
    frequency = _by_frequency(text, year)
    if frequency is not None:
        return frequency
    dates: list[dt.date] = []
    for part in re.split(r"\s*[;,\n]\s*", _spread_years(text)):
        found = _one(part.strip(" .;:()"), year)
        if not found:
            return []
        dates.extend(found)
    return [d.isoformat() for d in sorted(set(dates))]


def is_time_phrase(text: str) -> bool:
    """Whether a text says a time and nothing else: `By 2028:`, `2017 წლის ბოლომდე`."""
    return bool(due_dates(text, 2000))


def years_in(text: str) -> list[int]:
    """The years named in a text, in order, each once."""
    return list(dict.fromkeys(int(y) for y in re.findall(rf"(?<!\d){_YEAR}(?!\d)", text)))


def _spread_years(text: str) -> str:
    """`i, ii კვარტალი 2018` and `q1, q2 2018`: the year named once belongs to every part."""
    years = years_in(text)
    parts = re.split(r"\s*[;,]\s*", text)
    if len(years) > 1 or len(parts) < 2 or re.search(r"\d\d?\.\d\d?\.", text):
        return text
    unit = "კვარტალი" if "კვარტ" in text or "კვ." in text else "quarter" if "quarter" in text else ""
    out = []
    for part in parts:
        bare = re.fullmatch(r"(?:[1-4]|iv|iii|ii|i)", part.strip())
        if bare and unit:
            part = f"{part} {unit}"
        out.append(part if years_in(part) or not years else f"{part} {years[0]}")
    return ", ".join(out)


def _by_frequency(text: str, year: int | None) -> list[str] | None:
    for pattern, times in _FREQUENCY:
        match = pattern.search(text)
        if match:
            rest = text.replace(match.group(0), " ")
            years = years_in(rest)
            rest = _NOISE.sub(" ", re.sub(_YEAR, " ", rest))
            if re.search(r"\w{3,}", rest) or not (years or year) or len(years) > 1:
                return []
            step = 12 // times
            return [_month_end(years[0] if years else year, month).isoformat() for month in range(step, 13, step)]
    return None


def _one(text: str, year: int | None) -> list[dt.date]:
    if re.search(r"(?<!\d)\d\d?[./]\d\d?[./]\d{2,4}", text):
        return _exact(text, year)
    for reader in (_exact, _range_of_years_with_quarter, _range, _single):
        found = reader(text, year)
        if found:
            return found
    return []


def _exact(text: str, _year: int | None) -> list[dt.date]:
    dates = []
    rest = text
    for match in re.finditer(rf"(?<!\d)(\d\d?)[./](\d\d?)[./]({_YEAR})(?!\d)|(?<!\d)({_YEAR})-(\d\d)-(\d\d)(?!\d)", text):
        day, month, y, y2, m2, d2 = match.groups()
        dates.append(_date(int(y or y2), int(month or m2), int(day or d2)))
        rest = rest.replace(match.group(0), " ")
    if not dates or None in dates or not _is_noise(rest):
        return []
    return [dates[-1]] if len(dates) == 2 and re.search(r"[-–—]|დან|from|to\b", rest) else dates


def _range_of_years_with_quarter(text: str, _year: int | None) -> list[dt.date]:
    """`q2 of 2022–2026`: that quarter of each year."""
    match = re.search(rf"(?<!\d)({_YEAR}){_DASH}({_YEAR})(?!\d)", text)
    quarter = _QUARTER.search(text)
    if not match or not quarter:
        return []
    first, last = int(match.group(1)), int(match.group(2))
    rest = text.replace(match.group(0), " ").replace(quarter.group(0), " ")
    number = _quarter_number(quarter)
    if not number or last - first not in range(1, 30) or not _is_noise(rest):
        return []
    return [_month_end(y, number * 3) for y in range(first, last + 1)]


def _range(text: str, year: int | None) -> list[dt.date]:
    """A range is due at its end: `2022–2027`, `მარტი-მაისი 2017`, `q3–q4 2021`, `2017 წლის იანვრიდან დეკემბრამდე`."""
    halves = re.split(r"\s*[–—]\s*|(?<=\d)\s*-\s*(?=q?\d)|(?<=[^\W\d_])\s*-\s*(?=[^\W\d_]{3,}|q\d|i)|\s+-\s+|დან\s+", text, maxsplit=1)
    if len(halves) != 2 or not halves[0].strip() or not halves[1].strip():
        return []
    if re.fullmatch(_YEAR, halves[1].strip()) and not years_in(halves[0]):
        return _single(" ".join(halves), year)  # "Q3-2024" is one quarter, not a range
    whole_year = (years_in(text) or [year])[-1]
    if re.search(r"(?<!\w)(?:[1-4]|iv|iii|ii|i)\s*$", halves[0]) and _QUARTER.search(halves[1]):
        halves[0] += " კვარტალი"
    if not _single(halves[0], whole_year):
        return []
    return _single(halves[1], whole_year)


def _single(text: str, year: int | None) -> list[dt.date]:
    text = text.strip()
    years = years_in(text)
    if len(years) > 1:
        return []
    y = years[0] if years else year
    rest = re.sub(rf"(?<!\d){_YEAR}(?!\d)", " ", text)
    quarter = _QUARTER.search(rest)
    if quarter:
        number = _quarter_number(quarter)
        rest = rest.replace(quarter.group(0), " ")
        return [_month_end(y, number * 3)] if number and y and _is_noise(rest) else []
    half = re.search(r"(?<!\w)(?:(i|1|პირველ[ა-ჰ]*|first)|(ii|2|მეორე|second))\s*(?:ნახევ[ა-ჰ]*|half)", rest)
    if half:
        rest = rest.replace(half.group(0), " ")
        return [_month_end(y, 6 if half.group(1) else 12)] if y and _is_noise(rest) else []
    month = re.search(r"(?<!\w)" + _MONTH, rest)
    if month:
        return _in_month(rest, month, y)
    numeric = re.search(r"(?<!\d)(\d\d?)[./]\s*$", rest) if years else None
    if numeric and 1 <= int(numeric.group(1)) <= 12:
        return [_month_end(y, int(numeric.group(1)))]
    return [_month_end(y, 12)] if years and _is_noise(rest) else []


def _in_month(rest: str, month: re.Match, y: int | None) -> list[dt.date]:
    if month.group("ka"):
        number = MONTHS_KA.index(month.group("ka")) + 1
    else:
        number = MONTHS_EN.index(month.group("en")[:3]) + 1
    rest = rest.replace(month.group(0), " ", 1)
    day = re.search(r"(?<!\d)(\d\d?)(?:st|nd|rd|th)?(?!\d)", rest)
    if day:
        rest = rest.replace(day.group(0), " ", 1)
    if not y or not _is_noise(rest):
        return []
    date = _date(y, number, int(day.group(1))) if day else _month_end(y, number)
    return [date] if date else []


def _quarter_number(match: re.Match) -> int | None:
    text = match.group("q") or match.group("q2")
    return int(text) if text.isdecimal() else roman_value(text)


def _is_noise(text: str) -> bool:
    """Whether nothing with a meaning of its own is left of a deadline."""
    return not re.search(r"[^\W_]", _NOISE.sub(" ", " " + text + " "))


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
