"""What people would have added to the imported plan by the day of the demo: steps, what was done, who is responsible."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from gegma.accounts.models import SYSTEM_WRITER, User
from gegma.audit.context import origin
from gegma.engine import registry, write
from gegma.plan.models import Activity, Plan, Step

from .words import read
from .world import KEEPERS


def decorate(plan: Plan, folder: Path | None = None) -> None:
    """Write steps, texts and responsible persons. Raises KeyError for an activity that the plan lacks."""
    told: dict[str, Any] = read((folder or settings.BASE_DIR / "examples" / "mia-ird-2017") / "narrative.yaml")
    activities = {
        a.code: a for a in plan.activities.select_related("section__owner_unit", "section__parent__owner_unit", "owner_unit")
    }
    users = {user.email: user for user in User.objects.filter(email__endswith="@example.ge")}
    with origin("demo"):
        for code, activity in activities.items():
            texts = told.get(code, {}).get("done", {})
            activity.done_ka, activity.done_en = texts.get("ka", ""), texts.get("en", "")
            people = [users[f"{name}@example.ge"] for name in KEEPERS.get(_owner(activity), KEEPERS["ird"])[:2]]
            write.save(registry.of(Activity), SYSTEM_WRITER, activity, m2m={"responsible": people}, version=activity.version)
        steps = [row for code, facts in told.items() for row in _steps(activities[code], facts)]
        write.create_many(registry.of(Step), SYSTEM_WRITER, steps)


def _owner(activity: Activity) -> str:
    """The code of the unit that answers for the activity: its own, else that of the section or the one above."""
    for unit in (
        activity.owner_unit,
        activity.section.owner_unit,
        activity.section.parent and activity.section.parent.owner_unit,
    ):
        if unit:
            return unit.code
    return "ird"


def _steps(activity: Activity, facts: dict[str, Any]) -> list[Step]:
    return [
        Step(activity=activity, order=order, title_ka=ka, title_en=en, due_on=due, done_on=done)
        for order, (ka, en, due, done) in enumerate(facts.get("steps", []), 1)
    ]
