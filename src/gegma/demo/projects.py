"""The demo's projects, with what is planned in them and how they were monitored."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gegma.registers.projects.models import MonitoringEntry, Project, ProjectActivity

from .words import Phrase
from .year import TODAY, Year

SECTORS = {
    "border": "15136", "migration": "15190", "organised-crime": "15132", "cybercrime": "15132", "trafficking": "15190",
    "domestic-violence": "15180", "juvenile-justice": "15130", "human-rights": "15160", "emergency": "74020", "drugs": "16063",
    "road-safety": "15132", "education": "15132", "police-reform": "15132",
}  # fmt: skip
CURRENCIES = {"US": "USD", "CH": "CHF", "GB": "GBP"}
# How the forty projects stand; drawn in this order, so that every state occurs.
STATES = [
    "active", "active", "completed", "active", "active", "completed", "active", "submitted", "active", "active", "active",
    "completed", "active", "concept", "active", "completed", "active", "active", "review", "active", "completed", "active",
    "active", "active", "approved", "completed", "active", "active", "declined", "active", "active", "active", "completed",
    "suspended", "active", "submitted", "active", "active", "active", "completed", "active", "active", "cancelled", "concept",
]  # fmt: skip
REASONS = {
    "declined": "დონორმა დააფინანსა სხვა წინადადება.",
    "suspended": "შეჩერებულია დონორთან ბიუჯეტის გადახედვის დასრულებამდე.",
    "cancelled": "გაუქმდა მხარეთა შეთანხმებით: საჭიროება სხვა პროექტით დაკმაყოფილდა.",
}
PHASES = [("", ""), (" (II ეტაპი)", " (phase II)"), (" (III ეტაპი)", " (phase III)"), (" (IV ეტაპი)", " (phase IV)")]
# Donors whose attachés support projects.
WITH_ATTACHES = {"inl", "embassy-nl", "embassy-gb", "giz", "polish-aid"}
RUNNING = {"active", "completed", "suspended"}


def make_projects(year: Year) -> None:
    """Projects with their six parameters, activities and monitoring."""
    templates = year.words.texts["projects"]
    rows = [_project(year, i, templates[i % len(templates)]) for i in range(year.number(len(templates)))]
    year.projects = year.put("projects", rows)
    year.donors = {project.pk: relations["donors"] for project, relations in rows}
    year.put("project-activities", [row for project in year.projects for row in _activities(year, project)])
    year.put("monitoring-entries", [row for project in year.projects for row in _monitoring(year, project)])


def plan_of(year: Year) -> list[tuple[str, str]]:
    """(area, state) of the projects that this round makes, in their order."""
    templates = year.words.texts["projects"]
    kinds = [templates[i % len(templates)] for i in range(year.number(len(templates)))]
    return [(kind[0], _state(index, kind[4])) for index, kind in enumerate(kinds)]


def _state(index: int, framework: str) -> str:
    return "active" if framework == "sngp" else STATES[index % len(STATES)]


def _project(year: Year, index: int, template: list) -> tuple[Project, dict[str, Any]]:
    area, donors, implementers, units, framework, instrument, ka, en = template
    state = _state(index, framework)
    ours = "ird" in implementers
    starts, ends = _span(year, state)
    drafted = ours or year.chance(0.2)
    phase_ka, phase_en = PHASES[year.round % len(PHASES)]
    project = Project(
        title_ka=ka + phase_ka, title_en=en + phase_en,
        number=f"{year.organisations[donors[0]].short or 'P'}/{(starts or TODAY).year}/{year.rng.randint(101, 989)}",
        instrument=instrument, state=state, reason=REASONS.get(state, ""), role="implements" if ours else "coordinates",
        drafted_by_us=drafted, proposal_on=_proposed(year, state, starts, drafted), starts_on=starts, ends_on=ends,
        framework=year.frameworks.get(framework), area=area, sector=SECTORS[area], publishable=not year.chance(0.1),
        **year.keeping("ird-projects"),
    )  # fmt: skip
    _pay(year, project, donors[0])
    if not year.chance(0.08):
        project.goal_ka, project.goal_en = year.words.texts["goals"][area]
    if donors[0] in WITH_ATTACHES and year.chance(0.7):
        project.attache = year.rng.choice(year.attaches)
    if state in RUNNING and project.publishable and year.chance(0.68):
        project.publication, project.published_on = "published", year.day(max(starts, dt.date(2016, 7, 4)), TODAY)
    partners = year.orgs([code for code in implementers if code != "ird"] + (["mia"] if ours else []))
    return project, {
        "donors": year.orgs(donors),
        "implementers": partners if not year.chance(0.04) else [],
        "beneficiaries": [year.units[code] for code in units] if not year.chance(0.04) else [],
        "needs": year.served[index],
    }


def _span(year: Year, state: str) -> tuple[dt.date | None, dt.date | None]:
    if state in {"active", "suspended"}:
        return year.day(dt.date(2015, 5, 4), dt.date(2017, 9, 15)), year.day(dt.date(2018, 1, 31), dt.date(2020, 6, 30))
    if state == "completed":
        first = year.day(dt.date(2014, 5, 5), dt.date(2016, 3, 31))
        return first, year.day(dt.date(2016, 8, 31), dt.date(2017, 11, 30))
    if state == "approved":
        return year.day(dt.date(2018, 1, 15), dt.date(2018, 4, 30)), year.day(dt.date(2019, 6, 30), dt.date(2020, 12, 15))
    return None, None


def _proposed(year: Year, state: str, starts: dt.date | None, drafted: bool) -> dt.date | None:
    if state == "concept":
        return None
    if starts is None or state == "approved":
        return year.past_day()
    return year.day(starts - dt.timedelta(days=330), starts - dt.timedelta(days=60)) if drafted or year.chance(0.5) else None


def _pay(year: Year, project: Project, donor: str) -> None:
    if year.chance(0.12) or project.state == "concept":
        return
    country = year.organisations[donor].country
    project.budget = year.rng.randint(8, 320) * 12_500
    project.currency = CURRENCIES.get(country.code, "EUR") if country else "EUR"


def _activities(year: Year, project: Project) -> list[ProjectActivity]:
    if project.state not in RUNNING:
        return []
    rows = []
    for ka, en in year.some(year.words.texts["project_activities"], 5, 9):
        first = max(project.starts_on, dt.date(2016, 8, 1))
        last = min(project.ends_on, dt.date(2018, 3, 15))
        planned = year.day(first, max(first, last))
        row = ProjectActivity(
            project=project, title_ka=ka, title_en=en, planned_to=None if year.chance(0.03) else planned,
            planned_from=max(project.starts_on, planned - dt.timedelta(days=year.rng.randint(20, 90))),
        )  # fmt: skip
        done = year.working(
            planned + dt.timedelta(days=year.rng.randint(-25, -3) if year.chance(0.75) else year.rng.randint(5, 40))
        )
        if done <= TODAY and year.chance(0.88 if project.state != "suspended" else 0.4):
            row.done_on = max(done, project.starts_on)
            row.result = "შესრულდა სრულად." if year.chance(0.7) else "შესრულდა; დასკვნა გადაეგზავნა ბენეფიციარ დანაყოფს."
        rows.append(row)
    return rows


def _monitoring(year: Year, project: Project) -> list[MonitoringEntry]:
    if project.state not in RUNNING or not year.chance(0.78 if project.role == "implements" else 0.3):
        return []
    rows = []
    first, last = max(project.starts_on, dt.date(2016, 9, 1)), min(project.ends_on, TODAY)
    for _n in range(year.rng.randint(1, 4)):
        rating = year.rng.choices(["good", "minor", "serious"], [6, 3, 1])[0]
        finding = year.rng.choice(year.words.texts["findings"][rating])
        rows.append(MonitoringEntry(project=project, on=year.day(first, max(first, last)), rating=rating, finding=finding))
    return rows


def phrase(record) -> Phrase:
    """A record's titles, to be named in another one's."""
    return Phrase(record.title_ka, record.title_en)
