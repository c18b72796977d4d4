"""The demo's trainings and the people trained."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from gegma.registers.trainings.models import Participation, Training

from .words import Phrase
from .world import department_staff
from .year import TODAY, Year


@dataclass(frozen=True)
class Batch:
    """Trainings of one kind: how many, titles, organisers to choose from, and what else is said of them."""

    n: int
    titles: str
    organisers: tuple[str, ...]
    owner: str
    facts: dict[str, Any]


BATCHES = [
    Batch(14, "trainings", ("icitap", "inl", "giz", "embassy-us", "fa-de"), "ird-projects", {}),
    Batch(9, "trainings", ("iom", "unhcr", "undp", "unicef", "osce", "coe", "un-women"), "ird-cooperation", {}),
    Batch(7, "trainings", ("cepol", "frontex", "europol", "emcdda"), "ird-eu", {}),
    Batch(6, "trainings", ("european-commission", "esdc", "taiex", "eumm"), "ird-eu", {"framework": "csdp"}),
    Batch(6, "trainings", ("nato-school", "nato-ims", "nato-liaison"), "ird-nato", {"framework": "pcm", "approved": True}),
    Batch(5, "trainings", ("embassy-fr", "embassy-de", "embassy-us", "fa-it"), "ird-cooperation", {"attache": True}),
    Batch(4, "awareness_trainings", ("iom", "state-minister"), "ird-eu", {"framework": "vlap", "purpose": "awareness"}),
    Batch(5, "trainings", ("mia",), "ird-projects", {}),
    Batch(13, "staff_trainings", ("eu-delegation", "giz", "undp", "usaid", "coe"), "ird", {"audience": "department-staff"}),
    Batch(1, "awareness_trainings", ("nato-info-centre",), "ird", {"audience": "public", "purpose": "awareness"}),
]
KINDS = ["training", "training", "course", "seminar", "study-visit", "e-learning"]


def make_trainings(year: Year) -> None:
    """Trainings, then who took part."""
    rows = [_training(year, batch, i) for batch in BATCHES for i in range(year.number(batch.n))]
    year.trainings = year.put("trainings", rows)
    year.put("participations", [row for training in year.trainings for row in _participations(year, training)])


def _training(year: Year, batch: Batch, index: int) -> tuple[Training, dict[str, Any]]:
    facts, audience = batch.facts, batch.facts.get("audience", "ministry-staff")
    topic, ka, en = year.rng.choice(year.words.texts[batch.titles])
    starts = year.past_day() if index == 0 else year.some_day()
    days = year.rng.choice([0, 1, 2, 4, 4, 9]) if audience != "department-staff" else year.rng.choice([1, 2, 4, 18])
    training = Training(
        title_ka=ka, title_en=en, topic=topic, kind=year.rng.choice(KINDS), audience=audience, purpose=facts.get("purpose", "skills"),
        starts_on=starts, ends_on=None if year.chance(0.03) and index else starts + dt.timedelta(days=days),
        hours=None if year.chance(0.1) and index else (days + 1) * 6 if days < 10 else 40,
        framework=year.frameworks.get(facts.get("framework", "")), **year.keeping(batch.owner),
    )  # fmt: skip
    organisers = year.some(batch.organisers, 1, 2)
    _place(year, training, organisers[0])
    ended = training.ends_on or starts
    training.state = "planned" if ended > TODAY else "held"
    if (index == 1 and batch.n >= 9) or (index > 1 and training.state == "held" and year.chance(0.05)):
        training.state = "cancelled" if index % 2 else "planned"
    if facts.get("approved") and (index == 0 or year.chance(0.7)):
        training.approved_on = starts - dt.timedelta(days=year.rng.randint(20, 70))
    if facts.get("attache") or year.chance(0.05):
        training.attache = year.rng.choice(year.attaches)
    running = [p for p in year.projects if p.state == "active"]
    if running and audience != "department-staff" and not facts.get("framework") and year.chance(0.5):
        training.project = year.rng.choice(running)
    return training, {"organisers": year.orgs(organisers) if index == 0 or not year.chance(0.06) else []}


def _place(year: Year, training: Training, organiser: str) -> None:
    country = year.organisations[organiser].country
    abroad = training.kind in {"course", "study-visit"} and country and country.code not in {"GE", "BE"}
    training.country = country if abroad else year.countries["GE"]
    training.place = "" if abroad else year.rng.choice(["თბილისი", "თბილისი", "შსს აკადემია", "ბათუმი", "გუდაური"])


def _participations(year: Year, training: Training) -> list[Participation]:
    if training.state == "cancelled" or (training.state == "planned" and training.starts_on < TODAY):
        return []
    if training.state == "planned" and year.chance(0.5):
        return []  # nobody is registered yet
    if training.audience == "public":
        return _unnamed(year, training)
    if training.audience == "department-staff":
        # Some of the Department's people never get away from their desks.
        pool = department_staff(year, training.starts_on)
        chosen = year.some(pool[: round(len(pool) * 0.78)], 4, 8)
    elif year.chance(0.16):
        return _unnamed(year, training)
    else:
        chosen = year.some(year.people, 16, 32)
    rows = [_named(year, training, person) for person in chosen]
    if training.audience == "department-staff" and year.chance(0.25):
        rows.append(Participation(training=training, headcount=1, sex="m", unit=year.units["ird"], state=rows[0].state))
    return rows


def _named(year: Year, training: Training, person) -> Participation:
    row = Participation(training=training, person=person)
    if training.state == "held":
        row.state = year.rng.choices(["completed", "not-completed", "registered"], [90, 6, 4])[0]
        if row.state == "completed" and year.chance(0.6):
            row.score_before = year.rng.randint(35, 70)
            row.score_after = min(100, row.score_before + year.rng.randint(5, 35))
            row.satisfaction = year.rng.choices([5, 4, 3, 2], [50, 35, 12, 3])[0]
    return row


def _unnamed(year: Year, training: Training) -> list[Participation]:
    """People counted by unit and sex only: their names must not be kept."""
    units = [year.units[c] for c in ("special-tasks", "ccpd", "witness-protection", "border-police", "patrol-police")]
    state = "completed" if training.state == "held" else "registered"
    rows = []
    for unit in year.some(units, 1, 3):
        for sex in ("f", "m"):
            known = "" if year.chance(0.06) else sex
            rows.append(Participation(training=training, headcount=year.rng.randint(2, 11), sex=known, unit=unit, state=state))
    return rows


def phrase(training: Training) -> Phrase:
    """The training's titles, to be named in another record's."""
    return Phrase(training.title_ka, training.title_en)
