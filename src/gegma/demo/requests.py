"""Requests sent and received in two years: numbered as they came, most answered, some late, refused or asked by word of mouth."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from gegma.registers.agreements.models import Agreement
from gegma.registers.directory.models import Organisation
from gegma.registers.requests import queries
from gegma.registers.requests.domain import next_number
from gegma.registers.requests.models import Reminder, Request

from .words import read
from .year import DURING, TODAY, Year

# Two years of work up to the day of the demo; most of it in the plan's year.
FIRST = dt.date(2016, 1, 11)
GROUNDS = ["outside-agreement", "legal-assistance", "incomplete", "no-data", "national-law", "data-protection"]
ANSWER_DAYS = {"normal": 30, "urgent": 10, "verbal-urgent": 5}


@dataclass
class World:
    """What the requests of one round are drawn from."""

    facts: dict[str, Any]
    agreements: dict[str, list[Agreement]] = field(default_factory=dict)
    authorities: dict[str, list[Organisation]] = field(default_factory=dict)
    numbers: Counter = field(default_factory=Counter)


def make_requests(year: Year) -> None:
    """Requests sent and received, then the reminders about them."""
    world = _world(year)
    days = sorted(year.day(FIRST, dt.date(2016, 12, 29)) if year.chance(0.42) else year.day(DURING[0], TODAY) for _n in range(year.number(900)))
    rows = [_request(year, world, day) for day in days]
    _leave_under_suspended(year, world, rows)
    made = year.put("requests", rows)
    year.put("request-reminders", [row for request in made for row in _reminders(year, world, request)])


def _world(year: Year) -> World:
    world = World(read(year.folder / "requests.yaml"))
    for agreement in _usable().prefetch_related("countries").order_by("pk"):
        if not agreement.multilateral:
            for country in agreement.countries.all():
                world.agreements.setdefault(country.code, []).append(agreement)
    for organisation in Organisation.objects.filter(kind="foreign-authority", country__isnull=False).select_related("country").order_by("pk"):
        world.authorities.setdefault(organisation.country.code, []).append(organisation)
    return world


def _usable():
    """The agreements one may rest a request on: those in force once, or where no stage is kept, those that are no drafts."""
    return Agreement.objects.filter(queries.usable()).exclude(title_ka__contains="პროექტი")


def _request(year: Year, world: World, day: dt.date) -> Request:
    rng = year.rng
    code = rng.choices(list(world.facts["countries"]), list(world.facts["countries"].values()))[0]
    units, area, ka, en = rng.choice(world.facts["subjects"])
    request = Request(
        direction="outgoing" if year.chance(0.56) else "incoming", title_ka=ka, title_en=en, country=year.countries[code], registered_on=day,
        unit=None if year.chance(0.04) else year.units[rng.choice(units)], **year.keeping("ird-cooperation"),
        urgency=rng.choices(["normal", "urgent", "verbal-urgent"], [74, 19, 7])[0],
    )  # fmt: skip
    if request.direction == "incoming" and (TODAY - day).days > 30 and request.unit is None:
        request.unit = year.units[units[0]]  # what came a month ago has been given to somebody
    request.our_number = _our_number(world, request)
    if request.direction == "incoming" or year.chance(0.5):
        pattern = world.facts["numbers"].get(code, code + " {year}/{n}")
        request.their_number = pattern.format(year=day.year, n=f"{year.round}{int(request.our_number) * 7 + 1000}")
    if authorities := world.authorities.get(code):
        request.organisation = rng.choice(authorities)
    _rest_on(year, world, request, code, area)
    _live(year, request)
    return request


def _leave_under_suspended(year: Year, world: World, rows: list[Request]) -> None:
    """Two open requests for each suspended agreement, where its country has as many: somebody has to look for another basis."""
    for agreement in Agreement.objects.filter(queries.suspended(), multilateral=False).prefetch_related("countries").order_by("pk"):
        parties = set(agreement.countries.all())
        waiting = [row for row in rows if row.state in {"forwarded", "sent", "in-execution"} and row.country in parties]
        for row in waiting[-2:]:
            units, _area, row.title_ka, row.title_en = year.rng.choice([s for s in world.facts["subjects"] if s[1] == agreement.area])
            row.basis, row.agreement, row.unit = "agreement", agreement, year.units[units[0]]


def _our_number(world: World, request: Request) -> str:
    """Numbers run through each year and direction, on from what earlier rounds gave."""
    place = (request.direction, request.registered_on.year)
    if place not in world.numbers:
        world.numbers[place] = next_number(*place) - 1
    world.numbers[place] += 1
    return str(world.numbers[place])


def _rest_on(year: Year, world: World, request: Request, code: str, area: str) -> None:
    """Its basis: an agreement of the field where there is one, else reciprocity; now and then nobody entered it."""
    known = world.agreements.get(code, [])
    fitting = [one for one in known if one.area == area] or [one for one in known if one.area == "police"]
    if fitting and year.chance(0.82):
        request.basis, request.agreement = "agreement", year.rng.choice(fitting)
    else:
        request.basis = year.rng.choices(["reciprocity", "other", ""], [70, 18, 12])[0]


def _live(year: Year, request: Request) -> None:
    """The days on which things happened, and the state they led to."""
    rng, day = year.rng, request.registered_on
    incoming = request.direction == "incoming"
    if incoming and not year.chance(0.02):  # somebody forgot to enter when it came
        request.received_on = day - dt.timedelta(days=rng.choice([0, 0, 0, 1, 2]))
    agreed = getattr(request.agreement, "answer_days", None) if request.agreement else None
    request.due_on = (request.received_on or day) + dt.timedelta(days=agreed or ANSWER_DAYS[request.urgency])
    if request.urgency == "verbal-urgent":
        request.confirm_by = day + dt.timedelta(days=7)
        if (confirmed := year.working(day + dt.timedelta(days=rng.randint(1, 9)))) <= TODAY and year.chance(0.85):
            request.confirmed_on = confirmed
    checked = year.working(day + dt.timedelta(days=rng.choice([0, 0, 1, 1, 3])))
    passed = year.working(checked + dt.timedelta(days=rng.choice([0, 1, 1, 2])))
    if checked > TODAY or (TODAY - day).days < 12 and year.chance(0.2):
        return
    request.state, request.checked_on = "checked", checked
    if passed > TODAY or (incoming and request.unit is None) or ((TODAY - day).days < 20 and year.chance(0.15)):
        return
    request.state = "forwarded" if incoming else "sent"
    setattr(request, "forwarded_on" if incoming else "sent_on", passed)
    acknowledged = year.working(passed + dt.timedelta(days=rng.randint(1, 8)))
    if acknowledged <= TODAY and year.chance(0.7):
        request.state, request.acknowledged_on = "in-execution", acknowledged
    _settle(year, request, max(passed, request.acknowledged_on or passed))


def _settle(year: Year, request: Request, begun: dt.date) -> None:
    """Its end, where it has come to one by the day of the demo."""
    rng = year.rng
    usual = {"normal": 24, "urgent": 8, "verbal-urgent": 4}[request.urgency]
    settled = year.working(begun + dt.timedelta(days=max(0, round(rng.lognormvariate(0, 0.6) * usual))))
    forgotten = year.chance(0.07 if (TODAY - request.registered_on).days < 240 else 0.01)
    if settled > TODAY or forgotten:
        if year.chance(0.5):
            request.next_check_on = year.working(TODAY + dt.timedelta(days=rng.randint(-4, 16)))
        return
    partly = 8 if (TODAY - settled).days < 60 else 0  # the rest of the answer comes within two months
    state = rng.choices(["answered", "partly", "refused", "withdrawn"], [88 - partly, partly, 8, 4])[0]
    request.state = state
    setattr(request, "withdrawn_on" if state == "withdrawn" else "answered_on", settled)
    if state == "refused":
        request.refusal_ground = rng.choice(GROUNDS)
    closed = year.working(settled + dt.timedelta(days=rng.randint(3, 25)))
    if state != "partly" and closed <= TODAY and year.chance(0.8):
        request.clean()  # notes what became of it before it is closed
        request.state, request.closed_on = "closed", closed


def _reminders(year: Year, world: World, request: Request) -> list[Reminder]:
    """One to three reminders about most that were answered late or not yet."""
    until = request.answered_on or request.withdrawn_on or TODAY
    if not (request.forwarded_on or request.sent_on) or request.due_on >= until or not year.chance(0.65):
        return []
    incoming, rows, day = request.direction == "incoming", [], request.due_on + dt.timedelta(days=year.rng.randint(2, 6))
    language = "ka" if incoming or year.chance(0.15) else "en"
    subject, text = world.facts["reminder"]["unit" if incoming else "abroad"][language]
    to = request.unit if incoming else request.organisation or request.country
    while (day := year.working(day)) <= until and len(rows) < 3:
        rows.append(
            Reminder(
                request=request, sent_on=day, language=language, subject=f"{subject} – № {request.our_number}", text=text,
                addressee=getattr(to, f"title_{language}") or str(to),
            )
        )  # fmt: skip
        day += dt.timedelta(days=year.rng.randint(8, 16))
    return rows
