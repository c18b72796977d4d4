"""The demo's needs: how units were asked, how the needs were scored, in which package and which project they are."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from django.apps import apps

from gegma.engine import codes
from gegma.registers.needs.models import Need

from .words import Phrase, read
from .year import TODAY, Year

# How twenty needs stand; drawn in this order. A project or a package takes those that wait for one.
STATES = [
    "packaged", "identified", "in-project", "prioritised", "packaged", "identified", "met", "prioritised", "in-project", "identified",
    "dropped", "packaged", "prioritised", "in-project", "identified", "prioritised", "packaged", "prioritised", "met", "in-project",
]  # fmt: skip
# The days on which the year's packages were ready; one more is still being drafted and holds nothing.
PACKAGE_DAYS = [dt.date(2017, 5, 17), dt.date(2017, 10, 11), dt.date(2016, 11, 16), dt.date(2017, 7, 12)]
COSTS = {"equipment": (30, 900), "software": (40, 400), "training": (5, 80), "expertise": (8, 60)}
FEASIBLE = {"equipment": [1, 3, 4, 3, 1], "software": [1, 2, 4, 3, 1], "training": [0, 1, 2, 4, 4], "expertise": [0, 1, 3, 4, 3]}
WORKED_ON = {"active", "completed", "suspended"}
NEEDS = 150


def make_needs(year: Year) -> None:
    """The needs; which package and which project takes them is left in year.packaged and year.served."""
    from .projects import plan_of

    words = read(year.folder / "needs.yaml")
    year.packaged, year.served = defaultdict(list), defaultdict(list)
    templates = [(area, *need) for area, needs in words["needs"].items() for need in needs]
    year.rng.shuffle(templates)
    units, commitments = _units(year), _commitments()
    projects = defaultdict(list)
    for index, (area, state) in enumerate(plan_of(year)):
        projects[area].append((index, state))
    days = PACKAGE_DAYS[: max(1, year.number(len(PACKAGE_DAYS)))]
    rows = []
    for index in range(year.number(NEEDS)):
        need, many = _need(year, index, templates[index % len(templates)], words, units, commitments)
        _live(year, need, STATES[index % len(STATES)], words, days, projects[need.area])
        rows.append((need, many))
    year.put("needs", rows)


def _units(year: Year) -> dict[str, list[str]]:
    """Area → codes of the units that work in it."""
    found: dict[str, list[str]] = defaultdict(list)
    for area, _donors, _by, codes_of, *_rest in year.words.texts["projects"]:
        found[area] += codes_of
    return found


def _commitments() -> dict[str, list[Any]]:
    """Theme → the newest commitments of it."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in apps.get_model("commitments", "Commitment")._default_manager.order_by("-pk")[:300]:
        found[row.theme].append(row)
    return found


def _need(year: Year, index: int, template: tuple, words: dict, units: dict, commitments: dict) -> tuple[Need, dict[str, Any]]:
    area, ka, en, kind = template
    about_ka, about_en = year.rng.choice(words["about"][kind])
    unit = year.units[year.rng.choice(units[area])]
    need = Need(
        title_ka=ka, title_en=en, area=area, description_ka=about_ka, description_en=about_en if not year.chance(0.2) else "",
        unit=unit, **year.keeping("ird-projects"),
    )  # fmt: skip
    fitting = commitments.get(words["themes"].get(area, ""), [])
    many: dict[str, Any] = {}
    if index % 3 == 1:
        need.source = "commitment"
        if fitting and not year.chance(0.1):
            many["commitments"] = year.some(fitting, 1, 2)
        need.identified_on = year.day(dt.date(2017, 1, 16), dt.date(2017, 3, 31)) if index == 1 else year.day(dt.date(2016, 1, 18), TODAY)
    else:
        reference, sent = words["questionnaires"][0 if index == 0 else year.rng.randrange(len(words["questionnaires"]))]
        need.questionnaire, need.questionnaire_on = reference, sent
        need.identified_on = year.day(sent + dt.timedelta(days=7), sent + dt.timedelta(days=45))
    if index % 23 in {5, 7}:  # the reply did not say when
        need.identified_on = None
    need.impact, need.urgency = (year.rng.choices([1, 2, 3, 4, 5], weights)[0] for weights in ([1, 3, 6, 6, 4], [2, 4, 6, 5, 3]))
    need.feasibility = year.rng.choices([1, 2, 3, 4, 5], FEASIBLE[kind])[0]
    if not year.chance(0.15):
        low, high = COSTS[kind]
        need.cost, need.currency = year.rng.randint(low, high) * 1000, year.rng.choice(["EUR", "EUR", "USD", "GEL"])
    return need, many


def _live(year: Year, need: Need, state: str, words: dict, days: list[dt.date], projects: list[tuple[int, str]]) -> None:
    """The state with the days of its steps; a need whose package or project does not exist waits as prioritised."""
    first = need.identified_on or dt.date(2016, 3, 1)
    begun = [index for index, stands in projects if stands in WORKED_ON]
    fitting = [index for index, day in enumerate(days) if day > first + dt.timedelta(days=20)]
    if state == "identified":
        if year.chance(0.5):
            need.feasibility = None
            if year.chance(0.6):
                need.impact = need.urgency = None
        return
    if (state in {"in-project", "met"} and not begun) or (state == "packaged" and not fitting):
        state = "prioritised"
    need.prioritised_on = year.day(first + dt.timedelta(days=3), min(TODAY, first + dt.timedelta(days=19)))
    last = need.prioritised_on
    if fitting and (state == "packaged" or state in {"in-project", "met"} and year.chance(0.6)):
        package = year.rng.choice(fitting)
        year.packaged[package].append(need)
        need.packaged_on = last = days[package]
    if state in {"in-project", "met"}:
        year.served[year.rng.choice(begun)].append(need)
        need.project_on = last = year.day(min(last + dt.timedelta(days=5), TODAY), TODAY)
    elif state == "packaged" and projects and year.chance(0.4):  # offered, and a project is being prepared
        waiting = [index for index, stands in projects if stands not in WORKED_ON]
        if waiting:
            year.served[waiting[0]].append(need)
    need.state = state
    if state == "met":
        need.met_on = year.day(last, TODAY)
    elif state == "dropped":
        need.dropped_on, need.reason = year.day(last, TODAY), year.rng.choice(words["reasons"])


def areas_of(needs: list[Need]) -> Phrase:
    """The two areas from which most of these needs come, in words."""
    known = codes.declared()["project-area"]
    most = [known[area] for area, _n in Counter(need.area for need in needs).most_common(2)]
    return Phrase("; ".join(ka for ka, _en in most), "; ".join(en for _ka, en in most))
