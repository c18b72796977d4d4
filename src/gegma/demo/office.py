"""The demo's letters, inventory, posts with their clearances, curricula and web publications."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gegma.registers.office.models import Clearance, Curriculum, InventoryItem, Letter, Post, WebPublication, WebUpdate

from .words import Phrase, read, say
from .year import DURING, TODAY, Year

FIRST = dt.date(2016, 7, 4)
KEEPERS = ["ird", "ird-projects", "ird-treaties", "ird-cooperation", "ird-nato", "ird-eu"]
# How the clearances of the holders stand, one after the other; what is left out has none.
CLEARED = [
    "valid", "valid", "valid", "expiring", "valid", "valid", "expired", "valid", "valid", "low", "valid", "none", "valid", "valid", "ahead",
    "valid", "valid", "valid", "none", "valid", "expiring", "valid", "valid", "valid", "none",
]  # fmt: skip
CURRICULUM_STATES = ["approved", "approved", "ready", "drafting", "approved", "ready", "approved", "drafting", "approved", "drafting"]


def make_office(year: Year) -> None:
    """Letters, inventory, clearances, curricula, web publications."""
    told = read(year.folder / "office.yaml")
    _make_letters(year, told["letters"])
    year.put("inventory", [_item(year, told["inventory"]) for _n in range(year.number(60))])
    _make_posts(year, told["posts"][: year.number(25)])
    year.put("curricula", [_curriculum(year, facts, state) for facts, state in _some(year, told["curricula"], CURRICULUM_STATES)])
    _make_publications(year, told)


def _some(year: Year, facts: list, states: list) -> list[tuple]:
    return list(zip(facts, states, strict=True))[: year.number(len(facts))]


# -- letters -----------------------------------------------------------------------------------------------------------


def _make_letters(year: Year, words: dict[str, Any]) -> None:
    incoming = [_incoming(year, words, n) for n in range(year.number(930))]
    answers = {id(letter): _answer(year, letter) for letter in incoming if letter.answered_on and year.chance(0.7)}
    outgoing = [*answers.values(), *(_outgoing(year, words) for _n in range(max(1, year.number(570) - len(answers))))]
    for n, letter in enumerate(sorted(outgoing, key=lambda one: one.registered_on)):
        letter.number = _number(year, letter.registered_on, n)
    year.put("letters", outgoing)
    for letter in incoming:
        letter.answer = answers.get(id(letter))
    year.put("letters", incoming)


def _number(year: Year, day: dt.date, n: int) -> str:
    """As the chancellery numbers letters: the year in it, and a number that no other letter of the demo has."""
    return f"MIA {day.month % 10} {day:%y} {year.round:03d}{n:05d}"


def _day(year: Year) -> dt.date:
    return year.day(FIRST, dt.date(2016, 12, 23)) if year.chance(0.2) else year.day(DURING[0], TODAY)


def _incoming(year: Year, words: dict[str, Any], n: int) -> Letter:
    day, draw = _day(year), year.rng.random()
    internal = draw < 0.45
    title = say(year.rng.choice(words["in-unit" if internal else "in-organisation"]), topic=year.words.topic())
    letter = Letter(
        direction="in", number=_number(year, day, n), registered_on=day, title_ka=title.ka, title_en=title.en,
        written_on=day - dt.timedelta(days=year.rng.randint(0, 5)), **_other_side(year, words, internal, draw),
    )  # fmt: skip
    letter.answer_required = year.chance(0.55)
    if letter.answer_required and year.chance(0.95):
        letter.due_on = year.working(day + dt.timedelta(days=year.rng.choice([5, 7, 10, 14, 20, 30])))
    if letter.answer_required:
        letter.answered_on = _answered(year, letter)
    return letter


def _other_side(year: Year, words: dict[str, Any], internal: bool, draw: float) -> dict[str, Any]:
    found = year.keeping(year.rng.choice(KEEPERS))
    if internal:
        return found | {"unit": year.rng.choice([u for code, u in year.units.items() if not code.startswith("ird")])}
    if draw > 0.96:
        return found | {"counterpart": year.rng.choice(words["counterparts"])[0]}
    return found | {"organisation": year.rng.choice(list(year.organisations.values()))}


def _answered(year: Year, letter: Letter) -> dt.date | None:
    due = letter.due_on or letter.registered_on + dt.timedelta(days=14)
    draw = year.rng.random()
    if draw < 0.78:
        day = letter.registered_on + dt.timedelta(days=year.rng.randint(1, max(1, (due - letter.registered_on).days)))
    elif draw < 0.93:
        day = due + dt.timedelta(days=year.rng.randint(1, 12))
    else:
        return None
    return day if day <= TODAY else None


def _answer(year: Year, letter: Letter) -> Letter:
    return Letter(
        direction="out", registered_on=letter.answered_on, title_ka=letter.title_ka, title_en=letter.title_en, organisation=letter.organisation,
        unit=letter.unit, counterpart=letter.counterpart, owner_unit=letter.owner_unit, officer=letter.officer,
        confidentiality=letter.confidentiality,
    )  # fmt: skip


def _outgoing(year: Year, words: dict[str, Any]) -> Letter:
    draw, title = year.rng.random(), say(year.rng.choice(words["out"]), topic=year.words.topic())
    day = _day(year)
    return Letter(
        direction="out", registered_on=day, written_on=day, title_ka=title.ka, title_en=title.en,
        **_other_side(year, words, draw < 0.4, draw),
    )  # fmt: skip


# -- inventory, posts, clearances --------------------------------------------------------------------------------------


def _item(year: Year, things: list[list]) -> InventoryItem:
    category, ka, en, price = year.rng.choice(things)
    unit = year.rng.choice(KEEPERS)
    needed_on = None if year.chance(0.03) else year.some_day()
    item = InventoryItem(
        category=category, title_ka=ka, title_en=en, quantity_needed=year.rng.randint(1, 12), needed_on=needed_on, unit=year.units[unit],
        owner_unit=year.units["ird"], officer=year.users["ird"][0],
    )  # fmt: skip
    draw = year.rng.random()
    provided = min(TODAY, (needed_on or TODAY) + dt.timedelta(days=year.rng.randint(-15, 25)))
    if needed_on and needed_on > TODAY or draw > 0.88:
        return item
    item.provided_on = year.working(provided) if year.working(provided) <= TODAY else TODAY
    item.quantity_provided = item.quantity_needed
    if draw < 0.14 and item.quantity_needed > 1:
        item.quantity_provided = year.rng.randint(1, item.quantity_needed - 1)
    elif draw > 0.84:
        item.quantity_provided = item.quantity_needed + year.rng.randint(1, 3)
    item.cost = item.quantity_provided * price
    return item


def _make_posts(year: Year, facts: list[list]) -> None:
    """Posts and clearances are for the unit that keeps them, as in life."""
    closed = {"owner_unit": year.units["ird"], "confidentiality": "restricted"}
    here = [p for p in year.staff if p.staff_from <= TODAY and (p.staff_to is None or p.staff_to >= TODAY)]
    posts, clearances = [], []
    for n, (unit, grade, ka, en) in enumerate(facts):
        holder = here[n] if n < len(here) - 3 else None
        since = max(holder.staff_from, dt.date(2014, 1, 6)) if holder else None
        posts.append(
            Post(title_ka=ka, title_en=en, unit=year.units[unit], grade=grade, holder=holder, since=since, officer=year.users["ird"][0], **closed)
        )
        if holder and (span := _span(year, CLEARED[n])):
            kept = "restricted" if CLEARED[n] == "low" else grade
            clearances.append(Clearance(person=holder, grade=kept, since=span[0], until=span[1], **closed))
    gone = [p for p in year.staff if p.staff_to and p.staff_to < TODAY]
    posts += [
        Post(title_ka="მთავარი სპეციალისტი", title_en="Chief specialist", unit=p.unit, grade="secret", holder=p, since=p.staff_from, until=p.staff_to, **closed)
        for p in gone
    ]
    clearances += [Clearance(person=p, grade="secret", since=max(p.staff_from, dt.date(2014, 1, 6)), until=p.staff_to, **closed) for p in gone]
    year.put("posts", posts)
    year.put("clearances", clearances)


def _span(year: Year, kind: str) -> tuple[dt.date, dt.date] | None:
    if kind == "none":
        return None
    if kind == "ahead":
        return dt.date(2018, 1, 8), dt.date(2023, 1, 7)
    ends = {
        "expired": dt.date(2017, 10, 15), "expiring": year.day(dt.date(2018, 1, 5), dt.date(2018, 3, 2)),
    }.get(kind) or year.day(dt.date(2018, 9, 3), dt.date(2021, 6, 30))  # fmt: skip
    return ends - dt.timedelta(days=5 * 365), ends


# -- curricula, publications -------------------------------------------------------------------------------------------


def _curriculum(year: Year, facts: list, state: str) -> Curriculum:
    kind, topic, hours, ka, en = facts
    made = Curriculum(
        kind=kind, topic=topic, hours=hours, title_ka=ka, title_en=en, state=state, owner_unit=year.units["ird"], officer=year.users["ird"][0],
        drafted_with=year.units["academy"] if year.chance(0.85) else year.units["emergency-agency"],
    )  # fmt: skip
    if state != "drafting":
        made.ready_on = year.past_day()
    if state == "approved":
        made.approved_on = min(TODAY, year.working(made.ready_on + dt.timedelta(days=year.rng.randint(5, 40))))
    return made


def _make_publications(year: Year, told: dict[str, Any]) -> None:
    made = year.put("web-publications", [_publication(year, told["publications"]) for _n in range(year.number(80))])
    updates = [
        WebUpdate(publication=row, on=year.day(row.published_on, TODAY), what=year.rng.choice(told["updates"])[0])
        for row in made
        if row.state != "planned" and year.chance(0.4)
        for _n in range(year.rng.randint(1, 3))
    ]
    if updates:
        year.put("web-updates", updates)


def _publication(year: Year, templates: list[list[str]]) -> WebPublication:
    title: Phrase = say(year.rng.choice(templates), topic=year.words.topic())
    channel = year.rng.choices(["ministry-page", "department-page", "facebook", "osce-polis"], [4, 3, 2, 1])[0]
    day = year.some_day()
    state = "planned" if day > TODAY else "withdrawn" if year.chance(0.05) else "published"
    made = WebPublication(
        title_ka=title.ka, title_en=title.en, channel=channel, state=state, published_on=day,
        language=year.rng.choice(["ka", "ka-en", "ka-en", "en"]), **year.keeping(year.rng.choice(KEEPERS)),
    )  # fmt: skip
    if state != "planned" and year.chance(0.9):
        made.url = f"https://{channel}.example.ge/{day:%Y/%m}/{year.rng.randint(1000, 9999)}"
    return made
