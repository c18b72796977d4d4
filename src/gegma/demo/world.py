"""The named world of the demo: units, organisations, frameworks, bodies; then the invented people and accounts."""

from __future__ import annotations

import copy
import datetime as dt
import random
from collections.abc import Callable
from typing import Any

from django.conf import settings

from gegma.accounts.models import ReaderGroup, Role, User
from gegma.registers.directory.domain import seed_countries
from gegma.registers.directory.models import Country, Organisation, Person, Unit
from gegma.registers.frameworks.models import Body, BodyMember, Framework

from .words import Phrase, latin, read
from .year import TODAY, Year

# (e-mail before @, role, unit, sex); the units of the Department that each keeps records for are below.
ACCOUNTS = [
    ("director", Role.HEAD, "ird", "f"),
    ("head.projects", Role.DIVISION_HEAD, "ird-projects", "m"),
    ("head.legal", Role.DIVISION_HEAD, "ird-legal", "f"),
    ("head.integration", Role.DIVISION_HEAD, "ird-integration", "m"),
    ("projects.1", Role.OFFICER, "ird-projects", "f"),
    ("projects.2", Role.OFFICER, "ird-projects", "m"),
    ("treaties", Role.OFFICER, "ird-treaties", "f"),
    ("cooperation", Role.OFFICER, "ird-cooperation", "m"),
    ("nato", Role.OFFICER, "ird-nato", "m"),
    ("eu", Role.OFFICER, "ird-eu", "f"),
    ("viewer", Role.VIEWER, "administration", "f"),
    ("administrator", Role.ADMINISTRATOR, "ird", "m"),
]
# Those who look on or answer: their names are drawn apart, so that the year of the others stays the same.
GUESTS = [
    ("reviewer", Role.REVIEWER, "administration", "f"),
    ("auditor", Role.AUDITOR, "administration", "m"),
    ("focal.police", Role.FOCAL_POINT, "police-tbilisi", "m"),
]
# Who works with people's data reads it; clearances are for the head of department, who reads every group.
READS = {Role.OFFICER: [ReaderGroup.PERSONAL], Role.DIVISION_HEAD: [ReaderGroup.PERSONAL]}
HEADS = {
    "director": ("დეპარტამენტის დირექტორი", "Director of the Department"),
    "head.projects": ("სამმართველოს უფროსი", "Head of division"),
    "head.legal": ("სამმართველოს უფროსი", "Head of division"),
    "head.integration": ("სამმართველოს უფროსი", "Head of division"),
}
# Staff of the Department without an account, by unit.
COLLEAGUES = {"ird-projects": 5, "ird-treaties": 3, "ird-cooperation": 4, "ird-nato": 3, "ird-eu": 4}
KEEPERS = {
    "ird": ["director"],
    "ird-projects": ["projects.1", "projects.2", "head.projects"],
    "ird-legal": ["head.legal"],
    "ird-treaties": ["treaties", "head.legal"],
    "ird-cooperation": ["cooperation", "head.legal"],
    "ird-integration": ["head.integration"],
    "ird-nato": ["nato", "head.integration"],
    "ird-eu": ["eu", "head.integration"],
}


def make_world(year: Year) -> None:
    """Write what of the world is missing, so that a second run adds no second Ministry."""
    world = read(year.folder / "world.yaml")
    seed_countries()
    year.countries = {c.code: c for c in Country.objects.all()}
    year.partners = {
        code: Phrase(year.countries[code].title_ka, english, of) for code, (of, english) in world["countries"].items()
    }
    units = world["units"]
    year.units = _tree(
        year, "units", {code: facts[1] for code, facts in units.items()}, lambda code, parent: _unit(code, units[code], parent)
    )
    organisations = {
        code: Organisation(
            code=code, kind=kind, donor=donor, short=short, title_ka=ka, title_en=en, country=year.countries.get(country)
        )
        for code, (kind, country, donor, short, ka, en) in world["organisations"].items()
    }
    year.organisations = _missing(year, "organisations", organisations)
    make_accounts(year)
    year.frameworks = _tree(
        year, "frameworks", {code: facts[1] for code, facts in world["frameworks"].items()},
        lambda code, parent: _framework(year, code, world["frameworks"][code], parent),
    )  # fmt: skip
    year.about = {code: tuple(facts.get("about", ())) for code, facts in world["bodies"].items()}
    year.bodies = _tree(
        year, "bodies", {code: facts.get("under", "") for code, facts in world["bodies"].items()},
        lambda code, parent: _body(year, code, world["bodies"][code], parent),
    )  # fmt: skip


def _tree(year: Year, key: str, parents: dict[str, str], build: Callable[[str, Any], Any]) -> dict[str, Any]:
    """Write rows that stand under one another (code → code of the one above, or nothing), level by level."""
    found: dict[str, Any] = {}
    while level := [code for code, above in parents.items() if code not in found and (not above or above in found)]:
        found |= _missing(year, key, {code: build(code, found.get(parents[code])) for code in level})
    return found


def _unit(code: str, facts: list, parent: Unit | None) -> Unit:
    kind, _above, ka, en = facts
    return Unit(code=code, kind=kind, parent=parent, title_ka=ka, title_en=en)


def _missing(year: Year, key: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """The rows by code; those that the register lacks are written."""
    model = type(next(iter(wanted.values())))
    there = {row.code: row for row in model.objects.filter(code__in=wanted)}
    new = [row for code, row in wanted.items() if code not in there]
    if new:
        year.put(key, new)
    return {code: there.get(code, row) for code, row in wanted.items()}


def _unit_of(framework: str) -> str:
    """The unit of the Department that a framework belongs to."""
    if framework in {"anp", "parp", "pcm", "sngp"}:
        return "ird-nato"
    return "ird-eu" if framework in {"aa", "aa-agenda", "vlap", "eap", "csdp", "enp", "eu-comm"} else "ird"


def _framework(year: Year, code: str, facts: list, parent: Framework | None) -> Framework:
    kind, _above, cycle, ka, en = facts
    owner = year.units[_unit_of(code)]
    return Framework(code=code, kind=kind, parent=parent, cycle=cycle, title_ka=ka, title_en=en, owner_unit=owner)


def _body(year: Year, code: str, facts: dict[str, Any], parent: Body | None) -> Body:
    return Body(
        code=code, kind=facts["kind"], title_ka=facts["ka"], title_en=facts["en"], charter=facts.get("charter", ""),
        framework=year.frameworks.get(facts.get("framework", "")), country=year.countries.get(facts.get("country", "")),
        parent=parent, established_on=facts.get("from"), closed_on=facts.get("to"),
        initiated_by_us=facts.get("ours", False), owner_unit=year.units["ird"],
    )  # fmt: skip


def make_accounts(year: Year) -> None:
    """The accounts of the demo, e-mail addresses at example.ge. Outside a demo they have no password: nobody can sign in with them."""
    password = settings.DEMO_PASSWORD if settings.DEMO else None
    users = {}
    for name, role, unit, sex in [*ACCOUNTS, *GUESTS]:
        words = copy.copy(year.words)
        words.rng = random.Random(name) if (name, role, unit, sex) in GUESTS else year.words.rng
        email, person = f"{name}@example.ge", words.name(sex)
        users[name] = User.objects.filter(email=email).first() or User.objects.create_user(
            email, password, name=person, role=role, unit=year.units[unit], reads=READS.get(role, [])
        )
    year.counts["accounts"] = len(users)
    year.users = {unit: [users[name] for name in names] for unit, names in KEEPERS.items()}


def make_department(year: Year) -> None:
    """The Department's staff, attachés, and who sits in bodies."""
    rows = []
    for name, _role, unit, sex in ACCOUNTS:
        if unit.startswith("ird"):
            user = User.objects.get(email=f"{name}@example.ge")
            position = HEADS.get(name) or year.rng.choice(year.words.texts["positions"]["department"])
            rows.append(_staff(year, user.name, sex, unit, position, user.email))
    for unit, count in COLLEAGUES.items():
        for _n in range(count):
            sex = "f" if year.chance(0.58) else "m"
            rows.append(
                _staff(year, year.words.name(sex), sex, unit, year.rng.choice(year.words.texts["positions"]["department"]))
            )
    rows[-1].staff_to, rows[-5].staff_to = dt.date(2017, 5, 31), dt.date(2016, 11, 30)
    rows[-2].staff_from = dt.date(2018, 2, 1)
    year.staff = year.put("people", rows)
    year.attaches = year.put("people", [_attache(year, *facts) for facts in year.words.texts["attaches"]])
    year.put("body-members", _members(year))


def _staff(year: Year, name: str, sex: str, unit: str, position, email: str = "") -> Person:
    return Person(
        title_ka=name, title_en=latin(name), sex=sex, unit=year.units[unit], position_ka=position[0], position_en=position[1],
        email=email, staff_from=year.day(dt.date(2010, 1, 11), dt.date(2016, 6, 1)), invented=True,
    )  # fmt: skip


def _attache(year: Year, embassy: str, sex: str, english: str, georgian: str) -> Person:
    position = year.rng.choice(year.words.texts["positions"]["attache"])
    return Person(
        title_ka=georgian, title_en=english, sex=sex, organisation=year.organisations[embassy], attache=True, invented=True,
        position_ka=position[0], position_en=position[1],
    )  # fmt: skip


def _members(year: Year) -> list[BodyMember]:
    rows = []
    for body in year.bodies.values():
        since = body.established_on or dt.date(2017, 1, 9)
        for role, person in zip(("chair", "secretary", "member"), year.rng.sample(year.staff[:18], 3), strict=True):
            rows.append(
                BodyMember(body=body, person=person, role=role, since=max(since, person.staff_from), until=body.closed_on)
            )
    return rows


def make_people(year: Year) -> None:
    """Staff of the Ministry who are trained: enough that the same ones come back now and then."""
    units = [u for code, u in year.units.items() if not code.startswith("ird") and u.kind != "leadership"]
    rows = []
    for _n in range(year.number(520)):
        sex = "f" if year.chance(0.33) else "m"
        name, position = year.words.name(sex), year.rng.choice(year.words.texts["positions"]["ministry"])
        rows.append(
            Person(
                title_ka=name, title_en=latin(name), sex=sex, unit=year.rng.choice(units), invented=True,
                position_ka=position[0], position_en=position[1],
            )
        )  # fmt: skip
    year.people = year.put("people", rows)


def department_staff(year: Year, day: dt.date = TODAY) -> list[Person]:
    """Who is in the Department on a day."""
    return [p for p in year.staff if p.staff_from <= day and (p.staff_to is None or p.staff_to >= day)]
