"""Numbers, percentages and dates as Georgian and English readers write them.

ka: 1 234,5 (no-break space for thousands, decimal comma) · en: 1,234.5 · dates in both: 03.09.2026.
Plain Python, no settings: the same words come out on a page, in a document and in a test.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext

NBSP = "\u00a0"
MINUS = "\u2212"
DASH = "\u2013"

_MARKS = {"ka": (NBSP, ","), "en": (",", ".")}  # thousands mark, decimal mark


def _marks(lang: str) -> tuple[str, str]:
    try:
        return _MARKS[lang]
    except KeyError:
        raise ValueError(f"Language «{lang}» is not known here: use ka or en.") from None


def number(value: int | float | Decimal | None, lang: str, places: int | None = None) -> str:
    """`value` in the language's writing; None is an empty string.

    places: digits after the decimal mark (halves go up); left out, at most two, without trailing zeros.
    """
    thousands, decimal = _marks(lang)
    if value is None:
        return ""
    exact = Decimal(str(value))
    if not exact.is_finite():
        raise ValueError(f"{value} is not a number that can be written down.")
    with localcontext(prec=400):  # wide enough for every float; 28 digits would refuse large ones
        if places is None:
            text = format(exact.quantize(Decimal("0.01"), ROUND_HALF_UP), ",f").rstrip("0").rstrip(".")
        else:
            text = format(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), ",f")
    whole, _, rest = text.partition(".")
    negative = whole.startswith("-") and any(digit in "123456789" for digit in text)
    whole = whole.lstrip("-").replace(",", thousands)
    return (MINUS if negative else "") + whole + (decimal + rest if rest else "")


def percent(value: int | float | Decimal | None, lang: str, places: int = 0) -> str:
    """75 → «75%»: `value` is in hundredths already, not a fraction."""
    return "" if value is None else number(value, lang, places) + "%"


def as_date(value: date | str | None) -> date | None:
    """A date from a date, a moment or an ISO text («2017-12-31»); None for nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value)[:10])


def day(value: date | str | None) -> str:
    """31.12.2017, the same in both languages; nothing is an empty string."""
    found = as_date(value)
    return f"{found.day:02d}.{found.month:02d}.{found.year:04d}" if found else ""


def days(start: date | str | None, end: date | str | None) -> str:
    """A span of days: 01.01.2017 – 31.12.2017; one day once; an open side is left open."""
    first, last = day(start), day(end)
    if first == last:
        return first
    return f"{first} {DASH} {last}".strip()
