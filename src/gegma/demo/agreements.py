"""Agreements with their parties and dated steps: the named ones of the world, and more that are put together by chance."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gegma.registers.agreements.models import Agreement, AgreementStep

from .words import read, say
from .year import DURING, TODAY, Year

Steps = list[tuple]  # (kind, done on, effective on or nothing)

# Course → how many of a whole year.
OLD, EXPIRING, RENEWING, EXTENDED, SUSPENDED, RESUMED, TERMINATED, SUPERSEDED, EXPIRED, PROVISIONAL = (
    "old", "expiring", "renewing", "extended", "suspended", "resumed", "terminated", "superseded", "expired", "provisional",
)  # fmt: skip
MANY = {
    OLD: 17, EXPIRING: 4, RENEWING: 4, EXTENDED: 3, SUSPENDED: 3, RESUMED: 1, TERMINATED: 3, SUPERSEDED: 2, EXPIRED: 2, PROVISIONAL: 1,
    "draft": 12, "earlier draft": 5, "draft without its beginning": 2,
}  # fmt: skip
AREAS = ("police", "police", "police", "emergency", "readmission", "border", "driving")


def make_agreements(year: Year) -> None:
    """The named ones where there are none yet, then this round's; negotiations are held on those that are still drafts."""
    data = read(year.folder / "agreements.yaml")
    if not Agreement.objects.exists():
        _put(year, _named(year, data))
        _put(year, _amendments(year, data))
    named = list(Agreement.objects.order_by("pk").values_list("pk", flat=True)[: len(read(year.folder / "world.yaml")["agreements"])])
    made = _put(year, _by_chance(year, data))
    rows = Agreement.objects.filter(pk__in=[*named, *(row.pk for row in made)]).prefetch_related("countries", "steps")
    year.agreements = list(rows.order_by("pk"))
    year.drafts = [row for row in year.agreements if not {"signed", "consented"} & {step.kind for step in row.steps.all()}]


def _put(year: Year, wanted: list[tuple[Agreement, dict, Steps]]) -> list[Agreement]:
    """Write agreements, then their steps."""
    made = year.put("agreements", [(agreement, many) for agreement, many, _steps in wanted])
    steps = []
    notes = read(year.folder / "agreements.yaml")["notes"]
    for agreement, many, sequence in wanted:
        for kind, done, *rest in sequence:
            effective = rest[0] if rest else None
            steps.append(AgreementStep(agreement=agreement, kind=kind, action_on=done, effective_on=effective, notes=notes.get(kind, "")))
        steps += _of_the_partner(year, agreement, many, sequence)
    year.put("agreement-steps", steps)
    return made


def _of_the_partner(year: Year, agreement: Agreement, many: dict, sequence: Steps) -> list[AgreementStep]:
    """The consent of the other side of a treaty of two, where anybody entered it."""
    days = {kind: done for kind, done, *_rest in sequence}
    if len(many["countries"]) != 1 or "consented" not in days or "signed" not in days or not year.chance(0.6):
        return []
    day = year.working(days["signed"] + dt.timedelta(days=year.rng.randint(40, 150)))
    return [AgreementStep(agreement=agreement, country=many["countries"][0], kind="consented", action_on=day)] if day <= TODAY else []


# -- the named ones ------------------------------------------------------------------------------------------------------


def _named(year: Year, data: dict[str, Any]) -> list[tuple[Agreement, dict, Steps]]:
    world = read(year.folder / "world.yaml")["agreements"]
    rows = []
    for kind, area, parties, since, ka, en in world:
        many = kind in {"convention", "protocol"} and parties[0] not in year.countries
        steps = [tuple(step) for step in data["courses"].get(en) or _old(year, kind, since, many)]
        rows.append(_agreement(year, data, kind, area, parties, ka, en, steps, multilateral=many))
    for multilateral, group in ((True, data["many"]), (False, data["agencies"])):
        for kind, area, party, ka, en, steps in group:
            rows.append(_agreement(year, data, kind, area, [party] if party else [], ka, en, [tuple(s) for s in steps], multilateral=multilateral))
    return rows


def _amendments(year: Year, data: dict[str, Any]) -> list[tuple[Agreement, dict, Steps]]:
    rows = []
    for title, (ka, en, steps) in data["amendments"].items():
        above = Agreement.objects.get(title_en=title)
        made, _many, sequence = _agreement(year, data, "protocol", above.area, [], ka, en, [tuple(step) for step in steps])
        made.parent, made.legal_force = above, "not-binding" if above.kind == "memorandum" else ""
        many = {"countries": list(above.countries.all()), "organisations": list(above.organisations.all())}
        rows.append((made, many, sequence))
    return rows


def _agreement(year: Year, data: dict, kind: str, area: str, parties: list[str], ka: str, en: str, steps: Steps, **more) -> tuple[Agreement, dict, Steps]:
    """An agreement with what is mostly known of one that has come so far."""
    kinds = {kind for kind, *_days in steps}
    made = Agreement(kind=kind, area=area, title_ka=ka, title_en=en, languages=year.rng.choice(data["languages"]), **more, **year.keeping("ird-treaties"))
    if "signed" in kinds:
        made.signed_at = year.rng.choice(data["places"])
        made.number = f"{next(day for k, day, *_d in steps if k == 'signed').year}/{year.rng.randint(11, 98)}"
    if "in-force" in kinds and area in {"police", "readmission"}:
        made.answer_days = year.rng.choice([20, 30, 30, 45, None])
    organisations = year.orgs([p for p in parties if p not in year.countries])
    if made.multilateral and organisations:
        made.depositary = organisations[0].title_ka
    return made, {"countries": [year.countries[p] for p in parties if p in year.countries], "organisations": organisations}, steps


# -- by chance -----------------------------------------------------------------------------------------------------------


def _by_chance(year: Year, data: dict[str, Any]) -> list[tuple[Agreement, dict, Steps]]:
    rows, used = [], set()
    for course, whole in MANY.items():
        for index in range(year.number(whole)):
            area, code, text = _free(year, data, used, binding=course == PROVISIONAL)
            kind, title = text[0], say(text[1:], country=year.partners[code])
            steps = _draft(year, course, kind != "memorandum", index) if "draft" in course else _lived(year, course, kind)
            made = _agreement(year, data, kind, area, [code], title.ka, title.en, steps)
            _term(year, made[0], course)
            rows.append(made)
    return rows


def _free(year: Year, data: dict, used: set, binding: bool) -> tuple[str, str, list[str]]:
    """A field, a country and a text that are not taken yet, as long as there are any. binding: no memorandum."""
    for _try in range(50):
        area = year.rng.choice(AREAS)
        code, number = year.rng.choice(list(year.partners)), year.rng.randrange(len(data["texts"][area]))
        if (area, code, number) not in used and not (binding and data["texts"][area][number][0] == "memorandum"):
            break
    used.add((area, code, number))
    return area, code, data["texts"][area][number]


def _on(year: Year, day: dt.date, least: int, most: int) -> dt.date:
    return year.working(day + dt.timedelta(days=year.rng.randint(least, most)))


def _old(year: Year, kind: str, since: int, acceding: bool = False) -> Steps:
    """The steps of one that was concluded in some year: a memorandum enters into force when it is signed."""
    signed = year.day(dt.date(since, 1, 10), dt.date(since, 11, 30))
    if kind == "memorandum":
        return [("signed", signed), ("in-force", signed)]
    begun = _on(year, signed, 10, 60)
    consented = _on(year, begun, 30, 150)
    notified = _on(year, consented, 5, 20)
    first: Steps = [("consented", consented)] if acceding else [("signed", signed), ("procedures", begun), ("consented", consented)]
    return [*first, ("notified", notified), ("in-force", notified, notified + dt.timedelta(days=30))]


def _lived(year: Year, course: str, kind: str) -> Steps:
    """One that has been in force; then what the course adds."""
    steps = _old(year, kind, year.rng.randint(1996, 2014))
    if course == PROVISIONAL:
        return [*steps[:2], ("provisional", year.day(dt.date(2016, 2, 1), dt.date(2017, 5, 30)))]
    later = year.day(dt.date(2016, 3, 1), dt.date(2017, 8, 31))
    if course in {SUSPENDED, RESUMED, TERMINATED, SUPERSEDED, EXTENDED}:
        steps.append((SUSPENDED if course == RESUMED else course, later))
    if course == RESUMED:
        steps.append((RESUMED, _on(year, later, 30, 90)))
    return steps


def _term(year: Year, agreement: Agreement, course: str) -> None:
    """Until when it is in force, and by when notice is due."""
    if course == EXPIRING:
        agreement.expires_on = year.day(TODAY + dt.timedelta(days=5), TODAY + dt.timedelta(days=160))
    elif course == EXPIRED:
        agreement.expires_on = year.day(dt.date(2016, 3, 1), dt.date(2017, 10, 31))
    elif course == EXTENDED:
        agreement.expires_on = year.day(dt.date(2019, 1, 10), dt.date(2021, 12, 20))
    elif course == RENEWING:
        agreement.expires_on = year.day(TODAY + dt.timedelta(days=190), TODAY + dt.timedelta(days=420))
        agreement.renews_years = year.rng.choice([3, 5])
        agreement.notice_by = agreement.expires_on - dt.timedelta(days=180)


def _draft(year: Year, course: str, binding: bool, index: int) -> Steps:
    """One that is on its way: begun in the year or before it, and as far as the time allowed; each index goes a little further."""
    begins = year.day(dt.date(2016, 2, 1), dt.date(2016, 11, 30)) if course == "earlier draft" else year.day(DURING[0], dt.date(2017, 11, 24))
    if course == "draft" and index == 0:  # whatever the size of the year, one is begun early in it
        begins = year.day(DURING[0], dt.date(2017, 2, 28))
    wanted = ["initiated", "drafted", "opinions", "initialled", "signed"] + (["procedures", "consented"] if binding else ["in-force"])
    if course == "draft without its beginning":
        wanted = ["drafted", "opinions"]
    if year.chance(0.4) and wanted[0] == "initiated":
        wanted.insert(0, "considered")
    steps: Steps = []
    day = begins - dt.timedelta(days=21) if wanted[0] == "considered" else begins
    for kind in wanted[: 2 + index % len(wanted)]:
        day = begins if kind == "initiated" else year.working(day)
        if day > TODAY:
            break
        steps.append((kind, day))
        day = _on(year, day, 20, 75)
    return steps
