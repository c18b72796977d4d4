"""The demo's log of disclosures, an incident whose clock still runs, and requests of people about their data."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from gegma.kernel import dates
from gegma.registers.protection.models import Disclosure, Incident, PersonRequest, RetentionTerm, To

from .words import read
from .year import TODAY, Year


def make_protection(year: Year) -> None:
    """A few of each."""
    facts = read(year.folder / "protection.yaml")
    year.put("disclosures", [_disclosure(year, *row) for row in facts["disclosures"]])
    year.put("incidents", [_incident(year, facts["incident"])])
    year.put("retention-terms", [RetentionTerm(source="letters", years=1, act=facts["term"], decided_on=dt.date(2017, 2, 1))])
    year.put("person-requests", [_request(year, *row) for row in facts["requests"]])


def _keeping(year: Year) -> dict:
    return {"owner_unit": year.units["ird"], "officer": year.users["ird"][0], "confidentiality": "restricted"}


def _disclosure(year: Year, ka: str, en: str, category: str, basis: str, persons: int, day: dt.date, details: str) -> tuple[Disclosure, dict]:
    abroad = [one for one in year.organisations.values() if one.country_id and one.kind == "foreign-authority"]
    recipient = year.rng.choice(abroad or [one for one in year.organisations.values() if one.country_id])
    made = Disclosure(
        title_ka=ka, title_en=en, to=To.ABROAD, recipient=recipient, country=recipient.country, basis=basis, category=category, details=details,
        persons_count=persons, disclosed_on=day, decided_by=year.users["ird"][0].name, **_keeping(year),
    )  # fmt: skip
    return made, {"persons": year.some(year.staff[:18], min(2, persons), min(4, persons))}


def _incident(year: Year, facts: dict) -> Incident:
    """Discovered some hours ago, whatever the hour is now: the clock of the page shows how it runs."""
    discovered = timezone.make_aware(dt.datetime.combine(TODAY - dt.timedelta(days=1), dt.time(9, 20)))
    return Incident(
        title_ka=facts["ka"], title_en=facts["en"], kind=facts["kind"], category=facts["category"], persons_count=facts["persons"],
        description=facts["description"], discovered_at=min(discovered, dates.now()), **_keeping(year),
    )  # fmt: skip


def _request(year: Year, ka: str, en: str, kind: str, ago: int, answered: int | None, answer: str) -> PersonRequest:
    received = year.working(TODAY - dt.timedelta(days=ago))
    person = year.rng.choice(year.people or year.staff)
    made = PersonRequest(
        title_ka=ka, title_en=en, kind=kind, applicant=person.title_ka, person=person, received_on=received, due_on=received + dt.timedelta(days=10),
        **_keeping(year),
    )  # fmt: skip
    if answered is not None:
        made.state, made.answered_on, made.answer = "answered", year.working(received + dt.timedelta(days=answered)), answer
    return made
