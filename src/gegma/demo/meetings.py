"""The demo's meetings and visits, and what they decided."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from gegma.registers.meetings.models import Decision, Meeting

from .projects import phrase
from .words import Phrase
from .world import department_staff
from .year import TODAY, Year

DONORS = (
    "eu-delegation",
    "inl",
    "undp",
    "iom",
    "unicef",
    "osce",
    "giz",
    "icitap",
    "coe",
    "sida",
    "exbs",
    "unhcr",
    "usaid",
    "embassy-gb",
)
UN = ("undp", "iom", "unicef", "unodc", "unhcr", "osce", "guam", "bsec", "selec", "coe", "icmpd")
EU_AGENCIES = ("europol", "cepol", "frontex", "emcdda", "tispol")
COUNCILS = ("cjr-council", "juvenile-justice", "dv-council", "trafficking-council", "drugs-council", "anticorruption-council", "human-rights-council", "migration-commission")  # fmt: skip
ANP_GROUPS = ("anp-group-security", "anp-group-rule-of-law", "anp-group-crisis", "anp-group-public")
BILATERAL = ("wg-de", "wg-pl", "wg-tr", "wg-az", "wg-am", "wg-ua", "wg-fr", "wg-it")
CHARTER = ("us-charter-democracy", "us-charter-security", "us-charter-people")
OURS = (
    "anp-internal",
    "vlap-internal",
    "aa-internal",
    "human-rights-internal",
    "hate-crime-internal",
    "parp-maritime",
    "parp-emergency",
)
PLATFORMS = ("eap-platform-1", "eap-panel-migration", "eap-panel-csdp", "eap-panel-ibm", "eap-platform-4")
NGOS = ("gyla", "pri", "anti-violence", "sapari", "tdi", "emc", "transparency")
MINISTRIES = ("state-minister", "mfa", "moj", "prosecutor", "mod", "security-council")


@dataclass(frozen=True)
class Batch:
    """Meetings of one kind: how many, the unit that keeps them, with whom, under what."""

    kind: str
    n: int
    owner: str
    orgs: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    framework: str = ""
    words: str = ""
    areas: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


BATCHES = [
    Batch("donor-coordination", 16, "ird-projects", DONORS, facts={"most": 6, "thematic": 0.5}),
    Batch("sitting", 13, "ird-projects", ("moj", "prosecutor", "supreme-court"), COUNCILS),
    Batch("sitting", 6, "ird-nato", ("state-minister", "mfa"), ("anp-commission",), "anp"),
    Batch("session", 11, "ird-nato", ("state-minister", "mod"), ANP_GROUPS, "anp"),
    Batch("session", 15, "ird-cooperation", (), BILATERAL, facts={"minutes": True}),
    Batch("session", 6, "ird", ("mfa", "embassy-us"), CHARTER, "us-charter", facts={"minutes": True}),
    Batch("session", 16, "ird", (), OURS),
    Batch("negotiation", 12, "ird-treaties", (), facts={"agreement": 0.9, "partner": True}),
    Batch("consultation", 13, "ird-treaties", (), facts={"agreement": 0.85, "partner": True}),
    Batch("consultation", 6, "ird-nato", ("nato-ims", "nato-liaison"), ("ngc",), "anp", "ngc", ("emergency", "border", "police-reform")),
    Batch("internal-coordination", 9, "ird-eu", (), (), "vlap", areas=("migration", "border")),
    Batch("internal-coordination", 6, "ird-eu", (), (), "aa-nap-2017"),
    Batch("internal-coordination", 5, "ird-nato", (), (), "parp", areas=("border", "emergency")),
    Batch("inter-agency-coordination", 6, "ird-eu", MINISTRIES, (), "vlap", areas=("migration", "human-rights")),
    Batch("inter-agency-coordination", 6, "ird-eu", MINISTRIES, (), "aa"),
    Batch("inter-agency-coordination", 4, "ird-eu", ("security-council", "mod"), (), "csdp", areas=("emergency", "police-reform")),
    Batch("platform", 10, "ird-eu", ("european-commission", "eeas"), PLATFORMS, "eap", facts={"attended": 0.8, "international": 1}),
    Batch("seminar", 9, "ird-cooperation", UN, facts={"most": 2}),
    Batch("seminar", 6, "ird-cooperation", ("embassy-de", "embassy-fr", "embassy-us", "embassy-tr"), facts={"attache": True}),
    Batch("seminar", 5, "ird", ("eu-delegation", "giz", "fa-md", "fa-ua"), facts={"purpose": "sharing-reforms", "thematic": 0.5}, areas=("police-reform",)),
    Batch("forum", 6, "ird-nato", ("nato-ims", "nato-school"), (), "pcm", areas=("emergency", "border"), facts={"approved": 0.7, "international": 1}),
    Batch("forum", 4, "ird", ("osce", "coe"), facts={"international": 1}),
    Batch("awareness", 8, "ird-eu", ("state-minister",), (), "vlap", areas=("migration",)),
    Batch("awareness", 6, "ird-nato", ("nato-info-centre",), areas=("police-reform", "human-rights")),
    Batch("civil-society", 11, "ird", NGOS, facts={"most": 4}, areas=("human-rights", "domestic-violence", "juvenile-justice", "police-reform")),
    Batch("visit", 14, "ird-cooperation", (), facts={"agreement": 0.85, "partner": True}),
    Batch("visit", 12, "ird", (), facts={"partner": True, "level": 1, "international": 1}),
    Batch("visit", 4, "ird-nato", ("nato-marcom",), words="marcom-visit", areas=("border",)),
    Batch("bilateral", 18, "ird", (), facts={"partner": True, "level": 0.8, "international": 0.9}),
    Batch("bilateral", 14, "ird-cooperation", ("embassy-de", "embassy-il", "embassy-az", "embassy-am", "embassy-ee"), facts={"partner": True}),
    Batch("bilateral", 7, "ird", ("fa-ua", "fa-md"), facts={"purpose": "sharing-reforms", "partner": True, "thematic": 0.6}),
    Batch("joint-event", 5, "ird-nato", ("nato-marcom",), areas=("border",)),
    Batch("joint-event", 8, "ird-eu", EU_AGENCIES, facts={"attended": 0.85}),
    Batch("joint-event", 4, "ird-nato", ("nato-info-centre",), areas=("police-reform",)),
]  # fmt: skip
# The police working group meets each quarter; the fourth meeting is still to come on the day of the demo.
QUARTERS = [dt.date(2017, 3, 28), dt.date(2017, 6, 27), dt.date(2017, 9, 26), dt.date(2017, 12, 19)]


def make_meetings(year: Year) -> None:
    """Meetings of every kind; then decisions of those that were held."""
    rows = [_quarter(year, day) for day in (dt.date(2016, 12, 6), *QUARTERS)]
    rows += [_meeting(year, batch, i) for batch in BATCHES for i in range(year.number(batch.n))]
    year.meetings = year.put("meetings", rows)
    year.put("decisions", [row for meeting in year.meetings for row in _decisions(year, meeting)])


def _quarter(year: Year, day: dt.date) -> tuple[Meeting, dict[str, Any]]:
    body = year.bodies["cjr-police-group"]
    title = year.words.title("meetings", "session", body=phrase(body), topic=year.words.topic(("police-reform",)))
    meeting = Meeting(
        title_ka=title.ka, title_en=title.en, kind="session", state="held" if day <= TODAY else "planned", starts_on=day, ends_on=day,
        place="თბილისი", country=year.countries["GE"], body=body, level="deputy-minister", **year.keeping("ird-projects"),
    )  # fmt: skip
    return meeting, {"organisations": year.orgs(["moj", "prosecutor", "gyla", "pri", "eu-delegation"])}


def _meeting(year: Year, batch: Batch, index: int) -> tuple[Meeting, dict[str, Any]]:
    facts, body = batch.facts, year.bodies[year.rng.choice(batch.bodies)] if batch.bodies else None
    names = {"topic": year.words.topic(batch.areas or (year.about[body.code] if body else ()))}
    agreement, country = _with_whom(year, batch, index, body)
    if body:
        names["body"] = phrase(body)
    if country:
        names["country"] = year.partners.get(country.code) or Phrase(country.title_ka, country.title_en)
    title = year.words.title("meetings", batch.words or batch.kind, **names)
    starts = year.past_day() if index == 0 else year.some_day()
    if body and body.closed_on and starts > body.closed_on:
        starts = year.day(dt.date(2016, 7, 4), body.closed_on)
    if batch.kind == "negotiation" and agreement:  # nobody talks of a text before there is one
        starts = max(starts, year.working(min(step.action_on for step in agreement.steps.all()) + dt.timedelta(days=30)))
    long = batch.kind in {"visit", "seminar", "forum", "joint-event"}
    meeting = Meeting(
        title_ka=title.ka, title_en=title.en, kind=batch.kind, state=_state(year, index, starts, batch.n), starts_on=starts,
        ends_on=starts + dt.timedelta(days=year.rng.randint(0, 3) if long else 0), body=body,
        framework=year.frameworks.get(batch.framework) or (body.framework if body else None), agreement=agreement,
        international=year.chance(facts.get("international", 0.1)) or (index == 0 and bool(facts.get("international"))),
        thematic=year.chance(facts.get("thematic", 0.1)) or (index == 0 and "thematic" in facts),
        purpose=facts.get("purpose") or year.rng.choice(["", "coordination", "cooperation"]),
        attended=index == 0 or year.chance(facts.get("attended", 1)), **year.keeping(batch.owner),
    )  # fmt: skip
    meeting.level = _level(year, facts, index)
    _where(year, meeting, country)
    if facts.get("approved") and (index == 0 or year.chance(facts["approved"])):
        meeting.approved_on = year.working(starts - dt.timedelta(days=year.rng.randint(15, 60)))
    if facts.get("attache") and (index == 0 or year.chance(0.8)):
        meeting.attache = year.rng.choice(year.attaches)
    if meeting.state == "held":
        meeting.summary = year.rng.choice(year.words.texts["summaries"])[0]
    if index == 2 and batch.n >= 10:  # somebody has yet to say when
        meeting.starts_on = meeting.ends_on = None
        meeting.state, meeting.summary = "planned", ""
    return meeting, _relations(year, batch, meeting, country)


def _with_whom(year: Year, batch: Batch, index: int, body) -> tuple[Any, Any]:
    """The agreement that it is about and the partner country."""
    share = batch.facts.get("agreement", 0)
    if share:
        known = year.drafts if batch.kind == "negotiation" else year.agreements
        agreement = year.rng.choice([a for a in known if a.countries.all()])
        country = agreement.countries.all()[0]
        return (agreement if index == 0 or year.chance(share) else None), country
    if body and body.country:
        return None, body.country
    if batch.facts.get("partner"):
        return None, year.countries[year.rng.choice(list(year.partners))]
    return None, None


def _state(year: Year, index: int, day: dt.date, of: int) -> str:
    if day > TODAY:
        return "planned"
    if index == 1 and of >= 9:
        return "cancelled"
    return year.rng.choices(["held", "cancelled", "planned"], [90, 5, 5])[0] if index else "held"


def _level(year: Year, facts: dict[str, Any], index: int) -> str:
    if "level" in facts:
        high = index == 0 or year.chance(facts["level"])
        return year.rng.choice(["minister", "deputy-minister", "deputy-minister"]) if high else "head"
    return year.rng.choice(["expert", "expert", "head", ""])


def _where(year: Year, meeting: Meeting, country) -> None:
    if meeting.kind == "visit":
        abroad = bool(country) and not meeting.title_en.startswith("Visit of the delegation")
    else:
        abroad = year.chance(0.6 if meeting.kind in {"platform", "forum"} else 0.3 if meeting.international else 0)
    if abroad:
        meeting.country = country or year.countries["BE"]
        meeting.place = "" if country else "ბრიუსელი"
    else:
        meeting.country, meeting.place = year.countries["GE"], year.rng.choice(year.words.texts["places"])


def _relations(year: Year, batch: Batch, meeting: Meeting, country) -> dict[str, list]:
    chosen = year.some(batch.orgs, 1, batch.facts.get("most", 2)) if batch.orgs else []
    units = [u for code, u in year.units.items() if not code.startswith("ird")]
    relations = {
        "organisations": year.orgs(chosen),
        "partner_countries": [country] if country else [],
        "units": year.some(units, 1, 3) if year.chance(0.6) else [],
    }
    if batch.kind == "visit":
        meeting.programme = "\n".join(
            f"{hour}:00 – {what}" for hour, what in ((10, "შეხვედრა"), (13, "სამუშაო სადილი"), (15, "ობიექტის დათვალიერება"))
        )
        relations["delegation"] = year.some(department_staff(year, meeting.starts_on or TODAY), 1, 4)
    return relations


def _decisions(year: Year, meeting: Meeting) -> list[Decision]:
    if meeting.state != "held" or meeting.kind not in {"session", "sitting", "internal-coordination"} or not year.chance(0.75):
        return []
    rows = []
    units = [u for code, u in year.units.items() if code.startswith("ird-")]
    for number, (ka, en) in enumerate(year.some(year.words.texts["decisions"], 1, 3), 1):
        due = year.working(meeting.starts_on + dt.timedelta(days=year.rng.choice([14, 30, 45, 60, 90])))
        row = Decision(meeting=meeting, number=str(number), title_ka=ka, title_en=en, due_on=None if year.chance(0.06) else due)
        if year.chance(0.7):
            row.unit = year.rng.choice(units)
        else:
            row.who = year.rng.choice(["პარტნიორი მხარე", "მხარეები", "იუსტიციის სამინისტრო"])
        done = year.working(due + dt.timedelta(days=year.rng.randint(-12, 15)))
        if done <= TODAY and year.chance(0.76):
            row.done_on, row.state = done, "confirmed" if year.chance(0.35) else "done"
        if year.chance(0.08) and row.due_on:
            row.first_due_on = row.due_on - dt.timedelta(days=14)
        rows.append(row)
    return rows
