"""What the pages of the plan share: the plan or 404, the period that the address asks for, the choices of periods."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext as _

from gegma.audit.models import Head
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
    """The period of a page: period is what is shown, asked is wrong words that were asked for, choices the menu."""

    period: Period
    error: str
    choices: list[tuple[str, list[tuple[str, str, bool]]]]


def choose_period(request, plan: Plan) -> PeriodChoice:
    """The period from ?period= or ?from=&to=, else the plan's own."""
    error, chosen = "", plan.period
    text = request.GET.get("period", "").strip()
    first, last = request.GET.get("from", "").strip(), request.GET.get("to", "").strip()
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
    return PeriodChoice(chosen, error, _choices(plan, chosen))


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

    Its hash is salted, so it names one state of all the data. The words of a board are those of one language and one day.
    """
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
    """Whether the person may edit the plan and its measures."""
    return user.is_authenticated and user.is_active and user.is_administrator
