"""What was done on the commitments, with the documents, meetings and trainings behind it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gegma.registers.actions.models import Action
from gegma.registers.documents.models import Document

from .words import read
from .year import TODAY, Year

EACH_YEAR = 260
# The Eastern Partnership is asked about by number: it has some of them in any year, however small.
ASKED_FIRST = "eap"


def make_actions(year: Year) -> None:
    """Actions on commitments that are under way or were reported on; a third of them serve more than one."""
    data = read(year.folder / "commitments.yaml")
    on = [(row, subject) for row, subject in year.commitments if row.state not in {"received", "noted"} and row.accepted_on]
    first = [pair for pair in on if pair[0].framework.code == ASKED_FIRST] or on
    documents = list(Document.objects.exclude(state="drafting").order_by("-pk")[:400])
    rows = []
    for index in range(year.number(EACH_YEAR)):
        row, subject = year.rng.choice(first if index % 8 == 0 else on)
        rows.append(_action(year, data, index, row, subject, on, documents))
    year.put("actions", rows)


def _action(year: Year, data, index: int, row, subject, on, documents: list[Document]) -> tuple[Action, dict[str, Any]]:
    kind = year.rng.choice(list(data["actions"]))
    ka, en = data["actions"][kind]
    told = year.rng.choice(data["descriptions"])
    action = Action(
        title_ka=ka.format(subject=subject.ka), title_en=en.format(subject=subject.en), description_ka=told[0], description_en=told[1],
        done_on=_day(year, index, row), unit=row.lead_unit, owner_unit=row.owner_unit, officer=row.officer,
        confidentiality="restricted" if year.chance(0.02) else "internal",
    )  # fmt: skip
    if kind == "meeting":
        action.meeting = _held(year, year.meetings, action.done_on)
    if kind == "training":
        action.training = _held(year, year.trainings, action.done_on)
    if year.projects and year.chance(0.25):
        action.project = year.rng.choice(year.projects)
    alike = [other for other, about in on if about.theme == subject.theme and other.pk != row.pk]
    commitments = [row, *(year.some(alike, 1, 2) if alike and year.chance(0.35) else [])]
    return action, {"commitments": commitments, "documents": _evidence(year, row, action, documents)}


def _day(year: Year, index: int, row) -> dt.date | None:
    """A day while the commitment was under way: mostly of the year, now and then of the one before or not come yet."""
    if index % 25 == 7:
        return None  # planned only
    since, until = row.started_on or row.accepted_on, row.ended_on or TODAY - dt.timedelta(days=3)
    if until.year >= 2017 and not (index % 11 == 5 and since.year < 2017):
        since = max(since, dt.date(2017, 1, 9))
    return min(year.day(since, until), TODAY)


def _held(year: Year, events: list, day: dt.date | None):
    """An event that took place about then."""
    near = [e for e in events if day and e.state == "held" and e.starts_on and abs((e.starts_on - day).days) < 45]
    return year.rng.choice(near) if near else None


def _evidence(year: Year, row, action: Action, documents: list[Document]) -> list[Document]:
    if action.done_on is None or not documents or not year.chance(0.62):
        return []
    fitting = [d for d in documents if d.framework_id == row.framework_id] or documents
    return year.some(fitting, 1, 2)
