"""The quarters of 2017 as reporting periods: three closed with what was reported and assessed, the fourth being written."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from gegma.accounts.models import SYSTEM_WRITER, User
from gegma.audit.context import origin
from gegma.engine import registry, write
from gegma.kernel import periods
from gegma.plan import cycle
from gegma.plan.models import Activity, Plan, ReportingPeriod, Update

from .words import read
from .year import TODAY

# How often what was declared is, and how often it is assessed one step lower.
DECLARED, LOWER = (("full", 5), ("progress", 3), ("mostly", 3), ("partly", 2)), 0.12
ONE_LOWER = {"full": "mostly", "mostly": "partly", "progress": "partly", "partly": "none"}


@dataclass
class _Writing:
    """What the reports are drawn from: texts, people, chance."""

    texts: dict[str, Any]
    done: dict[str, dict[str, str]]
    rng: random.Random
    head: User

    def words(self, activity: Activity, quarter: int) -> list[str]:
        """[Georgian, English]: the activity's own text in one quarter of the year, else a general one."""
        own = self.done.get(activity.code)
        if own and quarter % 2:
            return [own["ka"], own["en"]]
        return self.rng.choice(self.texts["general"])


def make_cycle(plan: Plan, folder: Path | None = None) -> None:
    """Write the four quarters and their reports; nothing where the plan has reporting periods already."""
    if plan.reporting_periods.exists():
        return
    folder = folder or settings.BASE_DIR / "examples" / "mia-ird-2017"
    done = {code: facts["done"] for code, facts in read(folder / "narrative.yaml").items() if facts.get("done")}
    writing = _Writing(read(folder / "cycle.yaml"), done, random.Random(2017), User.objects.get(email="director@example.ge"))
    activities = list(plan.activities.filter(withdrawn=False).order_by("order").prefetch_related("responsible"))
    with origin("demo"):
        for quarter in (1, 2, 3):
            _closed(writing, _period(plan, quarter, writing), activities, quarter)
        _open(writing, _period(plan, 4, writing), activities)


def _period(plan: Plan, quarter: int, writing: _Writing) -> ReportingPeriod:
    """The fourth quarter is asked for before the year ends: the annual report is made of it."""
    period = periods.parse(f"{plan.starts_on.year}-Q{quarter}")
    made = ReportingPeriod(plan=plan, starts_on=period.start, ends_on=period.end, officer=writing.head, state="open")
    if quarter < 4:
        made.state, made.closed_on = "closed", period.end + dt.timedelta(days=16)
    else:
        made.opens_on, made.due_on = TODAY - dt.timedelta(days=10), TODAY - dt.timedelta(days=1)
    if quarter == 2:
        made.close_reason = writing.texts["closed"][0]
    cycle.complete(made)
    return write.save(registry.get(cycle.PERIODS), SYSTEM_WRITER, made)


def _written(writing: _Writing, reporting: ReportingPeriod, activity: Activity, quarter: int, submitted_on: dt.date | None) -> Update:
    ka, en = writing.words(activity, quarter)
    keys, weights = zip(*DECLARED, strict=True)
    made = Update(reporting=reporting, activity=activity, text_ka=ka, text_en=en, declared=writing.rng.choices(keys, weights)[0])
    if submitted_on:
        people = list(activity.responsible.all())
        made.state, made.submitted_on, made.submitted_by = "submitted", submitted_on, writing.rng.choice(people) if people else None
    return made


def _accept(writing: _Writing, update: Update, day: dt.date) -> None:
    update.state, update.accepted_on, update.accepted_by, update.assessed = "accepted", day, writing.head, update.declared
    if writing.rng.random() < LOWER:
        update.assessed, update.difference = ONE_LOWER[update.declared], writing.rng.choice(writing.texts["lower"])[0]


def _closed(writing: _Writing, reporting: ReportingPeriod, activities: list[Activity], quarter: int) -> None:
    rows = []
    for place, activity in enumerate(activities):
        if quarter == 2 and place in (7, 31):  # never submitted: the period was closed with a reason
            rows.append(Update(reporting=reporting, activity=activity))
            continue
        late = writing.rng.random() < 0.08
        day = reporting.due_on + dt.timedelta(days=2 if late else -writing.rng.randint(0, 7))
        made = _written(writing, reporting, activity, quarter, day)
        _accept(writing, made, day + dt.timedelta(days=writing.rng.randint(1, 3)))
        rows.append(made)
    write.create_many(registry.get(cycle.UPDATES), SYSTEM_WRITER, rows)


def _open(writing: _Writing, reporting: ReportingPeriod, activities: list[Activity]) -> None:
    """A third submitted, a few accepted, one returned, some begun, the rest not: they are late since yesterday."""
    rows = []
    for place, activity in enumerate(activities):
        day = TODAY - dt.timedelta(days=2 + place % 5)
        if place % 3 == 0:
            made = _written(writing, reporting, activity, 4, day)
            if place % 12 == 0:
                _accept(writing, made, TODAY - dt.timedelta(days=1))
            elif place == 3:
                made.state, made.returned_on, made.returned_by = "returned", TODAY - dt.timedelta(days=1), writing.head
                made.reason = writing.texts["returned"][0][0]
        elif place % 3 == 1:
            made = _written(writing, reporting, activity, 4, None)
            made.declared = made.declared if place % 2 else ""
        else:
            made = Update(reporting=reporting, activity=activity)
        rows.append(made)
    write.create_many(registry.get(cycle.UPDATES), SYSTEM_WRITER, rows)
