"""The rules about needs: how they are ranked, and what packages and projects do to their state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, IntegerField, Q, Value, When
from django.db.models import F as Column
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext as _

from gegma.engine import registry, write
from gegma.kernel import dates

from .models import Need, NeedState

# The rule of priority, whole: points = 2 × impact + 2 × urgency + feasibility, so 5 to 25. What meeting a need would change and how soon
# it is wanted weigh twice as much as how easily it can be met. From HIGH_FROM points on the priority is high, from MEDIUM_FROM medium.
WEIGHTS = {"impact": 2, "urgency": 2, "feasibility": 1}
HIGH_FROM, MEDIUM_FROM = 19, 13

# Needs in these states may go into a package (again: for another donor).
PACKABLE = (NeedState.PRIORITISED, NeedState.PACKAGED)
# A project in one of these states works, or has worked, on its needs; that a need is met a person says.
BEGUN = ("active", "suspended", "completed")
# In these states the links decide: a need in a package is packaged, one in a project that has begun is in a project.
LED = (NeedState.IDENTIFIED, NeedState.PRIORITISED, NeedState.PACKAGED, NeedState.IN_PROJECT)
DAYS = ("prioritised_on", "packaged_on", "project_on", "met_on", "dropped_on")


# -- priority ------------------------------------------------------------------------------------------------------


def points(impact: int | None, urgency: int | None, feasibility: int | None) -> int | None:
    """The points of a need, or nothing while one of its scores is missing."""
    given = {"impact": impact, "urgency": urgency, "feasibility": feasibility}
    return None if None in given.values() else sum(weight * given[name] for name, weight in WEIGHTS.items())


def priority(total: int | None) -> str:
    """high, medium or low; none while there are no points."""
    if total is None:
        return "none"
    return "high" if total >= HIGH_FROM else "medium" if total >= MEDIUM_FROM else "low"


def points_expression():
    """points() for the database: nothing where a score is missing."""
    first, *rest = (Column(name) * weight for name, weight in WEIGHTS.items())
    for term in rest:
        first = first + term
    return Case(When(scored(), then=first), output_field=IntegerField())


def priority_expression():
    """priority() for the database."""
    total = points_expression()
    return Case(
        When(~scored(), then=Value("none")),
        When(GreaterThanOrEqual(total, HIGH_FROM), then=Value("high")),
        When(GreaterThanOrEqual(total, MEDIUM_FROM), then=Value("medium")),
        default=Value("low"),
        output_field=CharField(),
    )


def scored() -> Q:
    """The needs with all their scores."""
    return Q(**{f"{name}__isnull": False for name in WEIGHTS})


# -- what the links say --------------------------------------------------------------------------------------------


def packages_of(need: Need):
    """The needs packages that hold it."""
    return registry.get("documents").model._default_manager.filter(needs=need.pk)


def begun_projects_of(need: Need):
    """The projects that work, or have worked, on it."""
    return registry.get("projects").model._default_manager.filter(needs=need.pk, state__in=BEGUN)


def not_packaged(need: Need) -> str:
    """Why it cannot be called packaged, or nothing."""
    if begun_projects_of(need).exists():
        return _("a project works on it")
    return "" if packages_of(need).exists() else _("put it into a needs package first")


def not_in_project(need: Need) -> str:
    """Why it cannot be called «in a project», or nothing."""
    return "" if begun_projects_of(need).exists() else _("no project that has begun names it")


def worked_on(need: Need) -> str:
    """Why it cannot be taken for merely identified, or nothing."""
    return _("a project works on it") if begun_projects_of(need).exists() else ""


def still_led(need: Need) -> str:
    """Why it cannot go back to the time before packages and projects, or nothing."""
    if begun_projects_of(need).exists():
        return _("a project works on it")
    return _("it is in a needs package") if packages_of(need).exists() else ""


def led_to(need: Need) -> str:
    """The state into which its packages and projects put a need whose state they decide."""
    if begun_projects_of(need).exists():
        return NeedState.IN_PROJECT
    if need.state == NeedState.IDENTIFIED or not is_prioritised(need):
        return NeedState.IDENTIFIED
    return NeedState.PACKAGED if packages_of(need).exists() else NeedState.PRIORITISED


def is_prioritised(need: Need) -> bool:
    """Whether it has its scores, and a package may offer it; the day may be missing on records that came from elsewhere."""
    return all(getattr(need, name) is not None for name in WEIGHTS)


def refuse_unready(needs: Iterable[Need]) -> None:
    """Raise ValidationError where one of the needs may not go into a package."""
    spec, faults = registry.get("needs"), []
    for need in needs:
        if need.state == NeedState.IDENTIFIED:
            faults.append(_("%(need)s is not prioritised yet: give it its scores first.") % {"need": f"{spec.number(need)} «{need}»"})
        elif need.state in (NeedState.MET, NeedState.DROPPED):
            facts = {"need": f"{spec.number(need)} «{need}»", "state": need.get_state_display()}
            faults.append(_("%(need)s is «%(state)s»: it is offered to no donor.") % facts)
    if faults:
        raise ValidationError({"needs": faults})


def follow(user, numbers: Iterable[int], day: dt.date | None = None) -> None:
    """Put needs into the state that their packages and projects say, with its day (of today where none is given).

    What is not prioritised waits for that, whatever package it is in. What user may not see stays as it is.
    """
    spec = registry.get("needs")
    for need in spec.visible(user).filter(pk__in=list(numbers), state__in=LED).order_by("pk"):
        wanted = led_to(need)
        if wanted != need.state:
            _pass_to(need, wanted, min(day or dates.today(), dates.today()))
            write.save(spec, user, need, version=need.version)


def follow_one(user, need: Need) -> None:
    """The same for one need, whose own move it follows."""
    follow(user, [need.pk])


def _pass_to(need: Need, state: str, day: dt.date) -> None:
    """Set the state with its day; the days of steps that are taken back go."""
    before, need.state = need.state, state
    day = max(day, need.identified_on) if need.identified_on else day
    if state == NeedState.IN_PROJECT:
        need.project_on = day
    elif state == NeedState.PACKAGED:
        need.packaged_on = need.packaged_on or day
    if before == NeedState.IN_PROJECT:
        need.project_on = None
    if state in (NeedState.PRIORITISED, NeedState.IDENTIFIED):
        need.packaged_on = None
    if state == NeedState.PRIORITISED:
        need.prioritised_on = need.prioritised_on or day


def problems(need: Need) -> dict[str, str]:
    """What is wrong with a need beyond what its state asks for."""
    found = {}
    if need.cost is not None and not need.currency:
        found["currency"] = _("Name the currency of the estimated cost.")
    if need.source == "commitment" and (need.questionnaire or need.questionnaire_on):
        found["source"] = _("It names a questionnaire: then its source is the questionnaire.")
    for name in _too_early(need, DAYS):
        found[name] = _("This day lies before the day on which the need was identified.")
    return found


def _too_early(need: Need, names: Sequence[str]) -> list[str]:
    if not need.identified_on:
        return []
    return [name for name in names if getattr(need, name) and getattr(need, name) < need.identified_on]
