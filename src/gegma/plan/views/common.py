"""What the pages of the plan share: the plan or 404, the period that the address asks for, the choices of periods."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext as _

from gegma.kernel import dates, periods
from gegma.kernel.periods import Period

from ..models import Plan


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


def may_edit(user) -> bool:
    """Whether the person may edit the plan and its measures."""
    return user.is_authenticated and user.is_active and user.is_administrator
