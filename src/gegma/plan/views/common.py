"""What the pages of the plan share: the plan or 404, the period that the address asks for, the choices of periods."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from gegma.audit.context import is_past
from gegma.audit.models import Head
from gegma.engine.asknown import as_known
from gegma.kernel import dates, periods
from gegma.kernel.periods import Period
from gegma.kernel.text import language

from .. import board as boards
from ..models import Plan

# Boards kept by one server process; each is a few hundred kilobytes.
BOARDS_KEPT = 12
_boards: OrderedDict[tuple, boards.Board] = OrderedDict()


def find_plan(key: str) -> Plan:
    """The plan with this key, or a 404 page."""
    try:
        return Plan.objects.get(key=key)
    except Plan.DoesNotExist:
        raise Http404


def current_plan() -> Plan | None:
    """The plan whose time today lies in, else the newest."""
    today = dates.today()
    return Plan.objects.filter(starts_on__lte=today, ends_on__gte=today).first() or Plan.objects.first()


@dataclass(frozen=True)
class PeriodChoice:
    """The period of a page: period is what is shown, error what was wrong with what was asked for, choices the menu.

    known: the day as of which the registers are read, where one was asked for.
    """

    period: Period
    error: str
    choices: list[tuple[str, list[tuple[str, str, bool]]]]
    known: dt.date | None = None

    @property
    def query(self) -> str:
        """What links to other pages of the plan carry on."""
        return f"period={self.period.key}" + (f"&known={self.known}" if self.known else "")


def choose_period(request, plan: Plan, asked=None) -> PeriodChoice:
    """The period from ?period= or ?from=&to=, else the plan's own. asked: the parameters, where they are not those of the address."""
    error, chosen, asked = "", plan.period, request.GET if asked is None else asked
    text = asked.get("period", "").strip()
    first, last = asked.get("from", "").strip(), asked.get("to", "").strip()
    try:
        if first or last:
            chosen = Period(
                dates.parse_day(first) if first else plan.starts_on,
                dates.parse_day(last) if last else plan.ends_on,
            )
        elif text:
            chosen = periods.parse(text)
    except ValueError:
        error = _("The period could not be understood: choose one, or give both days as day.month.year.")
    known, wrong = known_day(request)
    return PeriodChoice(chosen, error or wrong, _choices(plan, chosen), known)


def known_day(request) -> tuple[dt.date | None, str]:
    """The day of ?known=, and what is wrong with it, or nothing. It is a day of the calendar: what was known is a matter of the history."""
    text = request.GET.get("known", "").strip()
    if not text:
        return None, ""
    try:
        day = dates.parse_day(text)
    except ValueError:
        return None, _("The day «as known on» could not be understood: write it as day.month.year, such as 03.09.2026.")
    if day > timezone.localdate():
        return None, _("What will be known on a day to come is not known yet: the figures shown are those of now.")
    return day, ""


@contextmanager
def knowing(day: dt.date | None) -> Iterator[None]:
    """Inside, everything is read as it was known at the end of the day; of now where none is given. Nothing can be written there."""
    if day is None:
        yield
        return
    with as_known(dates.end_of(day)), dates.taken_as_today(min(day, dates.today())):
        yield


def as_asked(view: Callable) -> Callable:
    """A page of the plan that can be asked for as known on a day: ?known=2017-06-30. The page is drawn whole inside of that day."""

    def asked(request, key: str, *args, **kwargs) -> HttpResponse:
        day, _wrong = known_day(request)
        if day is None:
            return view(request, key, *args, **kwargs)
        plan = find_plan(key)
        with knowing(day):
            if not Plan.objects.filter(key=key).exists():
                return render(request, "plan/not_known.html", {"plan": plan, "chosen": choose_period(request, plan)})
            response = view(request, key, *args, **kwargs)
            response.headers["Cache-Control"] = "private, no-store"
            return response

    asked.__doc__ = view.__doc__
    return asked


def _choices(plan: Plan, chosen: Period) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    groups: dict[str, list[tuple[str, str, bool]]] = {}
    found = periods.choices(plan.period)
    if chosen not in found:
        found.append(chosen)
    for period in found:
        key = period.key
        kind = (
            _("chosen days") if ".." in key else _("half-years") if "-H" in key else _("quarters") if "-Q" in key
            else _("months") if "-" in key else _("years")
        )  # fmt: skip
        groups.setdefault(kind, []).append((key, period.sentence(), period == chosen))
    return list(groups.items())


def kept_board(plan: Plan, period: Period, compare: Period | None = None, months: bool = False) -> boards.Board:
    """The board, computed anew only when anything was written since: every write moves the head of the history.

    Its hash is salted, so it names one state of all the data. The words of a board are those of one language and one day. What was known
    at a past moment is never kept beside what is known now.
    """
    if is_past():
        return boards.build(plan, period, compare=compare, months=months)
    head = Head.objects.filter(pk=1).values_list("hash", flat=True).first()
    key = (head, plan.pk, period, compare, months, language(), dates.today())
    found = _boards.get(key) if head else None
    if found is None:
        found = boards.build(plan, period, compare=compare, months=months)
        if head:
            _boards[key] = found
            while len(_boards) > BOARDS_KEPT:
                _boards.popitem(last=False)
    return found


def may_edit(user) -> bool:
    """Whether the person may edit the plan and its measures; nobody edits what was known in the past."""
    return not is_past() and user.is_authenticated and user.is_active and user.is_administrator
