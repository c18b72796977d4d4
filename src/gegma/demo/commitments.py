"""Commitments of the frameworks, by cycle: recommendations, goals, planned activities; some go on over the cycles."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from gegma.registers.commitments.models import ENDED, Commitment

from .words import read
from .year import TODAY, Year

FULFILMENT = ["fully", "mostly", "partially", "in-progress", "not-done"]
ASSESSORS = {"aa-nap-2017": "state-minister", "eu-comm": "state-minister", "vlap": "european-commission", "eap": "european-commission", "parp": "nato-ims"}
OTHER_ASSESSORS = {"upr": "UPR Working Group", "cpt": "CPT", "ecri": "ECRI", "cedaw": "CEDAW", "cat": "CAT"}


@dataclass(frozen=True)
class Subject:
    """What a commitment is about: theme, Georgian genitive, English."""

    theme: str
    ka: str
    en: str


def make_commitments(year: Year) -> None:
    """Each framework and cycle in turn; what goes on finds the commitment that it goes on from."""
    data = read(year.folder / "commitments.yaml")
    made: dict[str, list[Commitment]] = {}
    subjects: dict[int, Subject] = {}
    for one in data["sets"]:
        before = [row for key in (one.get("after"), one.get("and")) for row in made.get(key, []) if row.state in {"carried-over", "revised"}]
        rows, about = [], []
        for index in range(max(year.number(one["n"]), len(before))):
            previous = before[index] if index < len(before) else None
            subject = subjects[previous.pk] if previous else _subject(year, data, one)
            row = _commitment(year, data, one, index, subject, previous)
            if one.get("into"):
                row.merged_into = year.rng.choice(made[one["into"]])
            rows.append((row, {"partners": year.orgs(year.some(data["partners"], 1, 2)) if year.chance(0.4) else []}))
            about.append(subject)
        made[one["key"]] = year.put("commitments", rows)
        subjects |= {row.pk: subject for row, subject in zip(made[one["key"]], about, strict=True)}
    year.commitments = [(row, subjects[row.pk]) for rows in made.values() for row in rows]


def _subject(year: Year, data: dict[str, Any], one: dict[str, Any]) -> Subject:
    theme = year.rng.choice(one["themes"])
    return Subject(theme, *year.rng.choice(data["subjects"][theme]))


def _commitment(year: Year, data, one, index: int, subject: Subject, previous: Commitment | None) -> Commitment:
    ka, en = year.rng.choice(data["aims"])
    row = Commitment(
        kind=one["kind"], framework=year.frameworks[one["framework"]], cycle=one["cycle"], theme=subject.theme, previous=previous,
        paragraph=one["number"].format(n=index + 1 + 1000 * year.round), source=one["source"], source_on=one["dated"],
        title_ka=previous.title_ka if previous else f"{subject.ka} {ka}", title_en=previous.title_en if previous else f"{en} {subject.en}",
        **year.keeping(one["owner"]),
    )  # fmt: skip
    row.text_ka, row.text_en = f"უზრუნველყოფილ იქნეს: {row.title_ka}.", f"The following is to be ensured: {row.title_en[:1].lower()}{row.title_en[1:]}."
    if index == 0 or not year.chance(0.05):
        row.lead_unit = year.units[year.rng.choice(data["leads"][subject.theme])]
    row.state = _state(year, one, index)
    row.received_on = previous.ended_on if previous else year.day(*one["received"])
    if "proposed" in one:
        _propose(year, one, row, index)
    _dates(year, one, row, index)
    if row.state in {"reported", "assessed", "closed"}:
        _statuses(year, data, one, row)
    if row.state == "carried-over":
        row.next_cycle = one["next"]
    if row.state == "revised":
        row.revised_to = row.text_ka + (f" ვადა: {row.due_on:%d.%m.%Y}." if row.due_on else "")
    return row


def _state(year: Year, one: dict[str, Any], index: int) -> str:
    states = list(one["states"])
    return states[index] if index < len(states) and index < 2 else year.rng.choices(states, list(one["states"].values()))[0]


def _propose(year: Year, one: dict[str, Any], row: Commitment, index: int) -> None:
    """A planned activity: proposed by us or by others, taken into the plan or not."""
    adopted = one["dated"]
    proposed = index in {0, 1} or (index != 2 and year.chance(one["proposed"]))
    included = index in {0, 2} or (index != 1 and (year.chance(one["included"]) or not proposed))
    row.proposed_on = row.received_on if proposed else None
    if included:
        row.included_on = adopted
    else:
        row.state = "noted"


def _dates(year: Year, one: dict[str, Any], row: Commitment, index: int) -> None:
    latest = TODAY - dt.timedelta(days=5)
    if row.state in ENDED:
        first, last = one["ended"]
        row.ended_on = one["dated"] if row.state == "noted" and "proposed" in one else year.day(max(first, row.received_on), max(last, row.received_on))
    if row.state not in {"received", "noted"}:
        row.accepted_on = min(row.received_on + dt.timedelta(days=year.rng.randint(0, 60)), row.ended_on or latest)
        if row.state != "accepted":
            row.started_on = min(year.working(row.accepted_on + dt.timedelta(days=year.rng.randint(5, 90))), row.ended_on or latest)
    if index == 3 or not year.chance(0.08):
        row.due_on = year.day(*one["due"])
        if year.chance(0.12):
            row.first_due_on = row.due_on - dt.timedelta(days=year.rng.choice([31, 61, 92]))
    if index > 8 and row.state == "in-progress" and year.chance(0.06):
        row.received_on = None  # nobody has entered it yet


def _statuses(year: Year, data, one: dict[str, Any], row: Commitment) -> None:
    until = row.ended_on or TODAY - dt.timedelta(days=3)
    row.declared = year.rng.choices(FULFILMENT[:4], [40, 30, 20, 10])[0]
    row.declared_on = year.day(max(row.started_on, until - dt.timedelta(days=300)), until)
    if row.state == "assessed" or (row.state == "closed" and year.chance(0.5)):
        row.assessed_on = until
        row.assessed = row.declared if year.chance(0.65) else FULFILMENT[FULFILMENT.index(row.declared) + 1]
        if row.assessed != row.declared:
            row.difference = year.rng.choice(data["reasons"])[0]
        code = ASSESSORS.get(one["framework"])
        row.assessed_by, row.assessor = (year.organisations[code] if code else None), OTHER_ASSESSORS.get(one["framework"], "")
