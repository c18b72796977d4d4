"""What a page of the calendar shows: the choice that its address makes, and the deadlines of a month by day."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from gegma.engine import deadlines
from gegma.engine.deadlines import ALL, MINE, UNIT, Deadline
from gegma.kernel.periods import FIRST_YEAR, LAST_YEAR
from gegma.kernel.text import first_large

# What is late longer than this is not listed any more.
FORGOTTEN = dt.timedelta(days=365)
SOON = dt.timedelta(days=7)
# In a day of the month so many entries are shown, the rest is folded away; so in a day of the list.
OF_MONTH, OF_LIST = 3, 20
# Of each kind at most so many are read: a page that needs more is narrowed by its filters.
MOST = 400
VIEWS = ("month", "list")


@dataclass
class Choice:
    """What the address asks for."""

    view: str
    first: dt.date
    whose: str
    register: str
    ask: str
    error: str = ""

    def address(self, **changes) -> str:
        """The query of the same choice with something else in it."""
        given = {"view": self.view, "month": f"{self.first:%Y-%m}", "of": self.whose, "register": self.register, "ask": self.ask}
        return "?" + urlencode({k: v for k, v in (given | changes).items() if v})

    @property
    def last(self) -> dt.date:
        """The last day of the month."""
        return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])

    @property
    def title(self) -> str:
        """The month in words."""
        return first_large(f"{MONTHS[self.first.month]} {self.first.year}")

    def month(self, steps: int) -> str:
        """The month so many months on, as the address has it; nothing where the calendar ends."""
        index = self.first.year * 12 + self.first.month - 1 + steps
        year, month = divmod(index, 12)
        return f"{year}-{month + 1:02d}" if FIRST_YEAR <= year <= LAST_YEAR else ""


def choose(given, today: dt.date, known: dict) -> Choice:
    """The choice from the query of an address. known: the kinds of deadlines, as deadlines.kinds gives them.

    What cannot be understood is said in error, and the rest is taken.
    """
    error, first = "", today.replace(day=1)
    if text := given.get("month", ""):
        try:
            first = dt.datetime.strptime(text, "%Y-%m").date()
            if not FIRST_YEAR <= first.year <= LAST_YEAR:
                raise ValueError(text)
        except ValueError:
            first, error = today.replace(day=1), _("The month could not be understood: write it like 2017-03.")
    view, whose = given.get("view", ""), given.get("of", "")
    register, ask = given.get("register", ""), given.get("ask", "")
    specs = {spec.key: asks for spec, asks in known.items()}
    if register and register not in specs:
        register, error = "", _("Nothing falls due in a register of this name.")
    key, _dot, what = ask.partition(".")
    if ask and what not in specs.get(key, ()):
        ask, error = "", _("Nothing of this kind falls due.")
    if ask and register and key != register:  # the register was changed after the kind was chosen
        ask = ""
    return Choice(view if view in VIEWS else "month", first, whose if whose in {ALL, UNIT, MINE} else UNIT, register, ask, error)


@dataclass
class Entry:
    """A deadline as a line: tone of its badge, what is asked as of today."""

    deadline: Deadline
    tone: str
    asked: str
    keeper: str = ""


@dataclass
class Day:
    """A day with its entries; inside: it belongs to the month on the page."""

    day: dt.date
    inside: bool = True
    today: bool = False
    entries: list[Entry] = field(default_factory=list)
    shown_most: int = OF_MONTH

    @property
    def shown(self) -> list[Entry]:
        """What stands on the page at once."""
        return self.entries if len(self.entries) == self.shown_most + 1 else self.entries[: self.shown_most]

    @property
    def folded(self) -> list[Entry]:
        """What opens: never a single line, which would take the place of its own button."""
        return self.entries[len(self.shown) :]


def asked_for(user, choice: Choice, start: dt.date, end: dt.date, today: dt.date) -> tuple[list[Entry], bool]:
    """The entries from start to end, and whether some register had more than are read."""
    key, _dot, what = choice.ask.partition(".")
    only = {choice.register or key: None} if choice.register or key else None
    found = deadlines.between(user, start, end, whose=choice.whose, only=only, most=MOST, today=today)
    counts: dict[tuple[str, str], int] = {}
    for one in found:
        counts[one.register, one.what] = counts.get((one.register, one.what), 0) + 1
    entries = [entry_of(one, today) for one in found if not choice.ask or (one.register, one.what) == (key, what) or not what]
    return entries, any(n >= MOST for n in counts.values())


def entry_of(one: Deadline, today: dt.date) -> Entry:
    """A deadline with its tone: late, soon, or still to come."""
    tone = "late" if one.day < today else "soon" if one.day <= today + SOON else "going"
    return Entry(one, tone, one.asked(today))


def weeks(choice: Choice, today: dt.date) -> list[list[Day]]:
    """The weeks of the month from Monday, without entries yet; days of the months around fill the first and the last."""
    dated = calendar.Calendar(firstweekday=0).monthdatescalendar(choice.first.year, choice.first.month)
    return [[Day(day, day.month == choice.first.month, day == today) for day in week] for week in dated]


def month(user, choice: Choice, today: dt.date) -> tuple[list[list[Day]], bool]:
    """The month's weeks with their entries, and whether there are more than are shown."""
    rows = weeks(choice, today)
    by_day = {day.day: day for week in rows for day in week}
    entries, more = asked_for(user, choice, rows[0][0].day, rows[-1][-1].day, today)
    for entry in entries:
        by_day[entry.deadline.day].entries.append(entry)
    return rows, more


def listed(user, choice: Choice, today: dt.date) -> tuple[list[Day], list[Day], bool]:
    """The days of the list: those late first, the latest on top, then those to come; and whether there are more.

    In the month of today whatever is late from before it stands there too.
    """
    current = (choice.first.year, choice.first.month) == (today.year, today.month)
    start = today - FORGOTTEN if current else choice.first
    entries, more = asked_for(user, choice, start, choice.last, today)
    days: dict[dt.date, Day] = {}
    for entry in entries:
        day = entry.deadline.day
        days.setdefault(day, Day(day, today=day == today, shown_most=OF_LIST)).entries.append(entry)
    late = [day for day in days.values() if day.day < today]
    return late[::-1], [day for day in days.values() if day.day >= today], more
