"""What a plan leaves open: no deadline, no owner, an indicator without a measure, a share without a base, no register behind it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from . import definition as definitions
from .board import load
from .models import Activity, Indicator, IndicatorKind, Plan


@dataclass(frozen=True)
class Finding:
    """One thing that the plan leaves open. code is stable, where and what are for people."""

    code: str
    where: str
    what: str
    activity: Activity | None = None


def lint(plan: Plan) -> list[Finding]:
    """Everything found, in the order of the plan."""
    found: list[Finding] = []
    for activity in load(plan):
        activity.plan = plan
        found += _activity(activity)
        for indicator in activity.indicators.all():
            found += _indicator(activity, indicator)
    return found


def _activity(activity: Activity) -> list[Finding]:
    found = []
    if not activity.deadline and not activity.due_on:
        found.append(Finding("no-deadline", activity.code, _("The activity has no deadline."), activity))
    if not (activity.owner_unit_id or activity.section.owner_unit_id or activity.responsible.all()):
        found.append(Finding("no-owner", activity.code, _("Nobody is named as responsible, no unit owns it."), activity))
    if not activity.indicators.all():
        found.append(Finding("no-indicator", activity.code, _("The activity has no indicator."), activity))
    return found


def _indicator(activity: Activity, indicator: Indicator) -> list[Finding]:
    where, found = f"{activity.code} {indicator.label}".strip(), []
    measures = list(indicator.measures.all())
    if not measures and not indicator.typed.all():
        found.append(Finding("no-measure", where, _("The indicator has no measure."), activity))
    for measure in measures:
        try:
            definitions.check(measure.definition)
        except definitions.NoRegister as error:
            text = _("«%(measure)s»: there is no register «%(key)s» yet.") % {"measure": measure, "key": error.key}
            found.append(Finding("no-register", where, text, activity))
        except definitions.DefinitionError as error:
            found.append(Finding("broken-measure", where, f"«{measure}»: {error}", activity))
    shares = any(p.get("aggregate") in definitions.SHARES for m in measures for p in definitions.parts(m.definition))
    pending = any("pending" in m.definition for m in measures)
    if indicator.kind == IndicatorKind.PERCENTAGE and measures and not shares and not pending:
        found.append(
            Finding("no-denominator", where, _("A percentage is asked for, but no measure has a denominator."), activity)
        )
    return found
