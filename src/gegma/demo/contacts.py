"""Contact points, attachés, memberships."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gegma.accounts.models import SYSTEM_WRITER
from gegma.engine import registry, write
from gegma.kernel.dates import add_months
from gegma.registers.contacts.models import Contact, ContactVerification, Membership
from gegma.registers.directory.models import Organisation, Person

from .words import Phrase, read, say
from .year import TODAY, Year

OWNER = "ird-cooperation"
WAYS = ("telephone", "e-mail", "e-mail", "letter", "embassy", "meeting")
LANGUAGES = ("EN", "EN", "EN, FR", "EN, DE", "EN, RU", "RU", "FR")
# What becomes of a contact: kept fresh, verified long ago, over, never verified.
FATES = ["fresh"] * 9 + ["stale"] * 4 + ["ended"] * 2 + ["never"] * 2


def make_contacts(year: Year) -> None:
    """Contact points of partner countries, attachés with their accreditation, memberships."""
    facts = read(year.folder / "contacts.yaml")
    codes = list(facts["countries"])[: year.number(len(facts["countries"]))]
    authorities = _authorities(year, facts, codes)
    people = _people(year, facts, authorities)
    made = [(contact, days) for code in codes for contact, days in _of_country(year, facts, code, authorities[code], people.get(code))]
    made += _competent(year, facts, authorities)
    if year.round == 0:
        made += _attaches(year, facts)
    year.put("contacts", [contact for contact, _days in made])
    rows = [ContactVerification(contact=contact, on=day, how=year.rng.choice(WAYS)) for contact, days in made for day in days]
    year.put("contact-verifications", rows)
    if year.round == 0:
        _memberships(year, facts)
        _desk_officers(year, codes[:30])


def _missing(year: Year, wanted: dict[str, Organisation]) -> dict[str, Organisation]:
    """The organisations by code; those that the directory lacks are written."""
    there = {row.code: row for row in Organisation.objects.filter(code__in=wanted)}
    new = [row for code, row in wanted.items() if code not in there]
    if new:
        year.put("organisations", new)
    return {code: there.get(code, row) for code, row in wanted.items()}


def _authorities(year: Year, facts: dict, codes: list[str]) -> dict[str, Organisation]:
    """The authority of each country: one that the world names, or its own."""
    wanted = {}
    for code in codes:
        how, country = facts["countries"][code][1], year.countries[code]
        if how not in facts["names"]:
            continue
        of = (facts["countries"][code][2:] or [year.partners[code].of if code in year.partners else ""])[0]
        name = say(facts["names"][how], country=Phrase(country.title_ka, country.title_en, of))
        wanted[f"fa-{code.lower()}"] = Organisation(
            code=f"fa-{code.lower()}", kind="foreign-authority", country=country, title_ka=name.ka, title_en=name.en
        )
    own = _missing(year, wanted)
    return {code: own.get(f"fa-{code.lower()}") or year.organisations[facts["countries"][code][1]] for code in codes}


def _people(year: Year, facts: dict, authorities: dict[str, Organisation]) -> dict[str, Person]:
    """Who holds the first post of some countries; the same people in every round."""
    rows = [row for row in facts["people"] if row[0] in authorities]
    there = {p.title_en: p for p in Person.objects.filter(title_en__in=[row[2] for row in rows], invented=True)}
    new = [
        Person(title_en=en, title_ka=ka, sex=sex, organisation=authorities[code], invented=True)
        for code, sex, en, ka in rows
        if en not in there
    ]
    for person in year.put("people", new) if new else []:
        there[person.title_en] = person
    return {row[0]: there[row[2]] for row in rows}


def _of_country(year: Year, facts: dict, code: str, authority: Organisation, person: Person | None) -> list[tuple[Contact, list[dt.date]]]:
    """One to three contacts of a country, with the days on which they were verified."""
    first = facts["first_2017"].get(code) or year.day(dt.date(2011, 3, 1), dt.date(2016, 9, 30))
    if year.round:
        first = year.day(first, TODAY)
    made = []
    for index in range(year.rng.choice((1, 1, 2, 2, 3))):
        role = "contact-point" if index == 0 else year.rng.choice(("contact-point", "liaison", "duty-desk"))
        entered = first if index == 0 else year.day(first, TODAY)
        contact = _contact(year, facts, code, role, authority, entered)
        contact.person = person if index == 0 and not year.round else None
        made.append((contact, _fate(year, contact)))
    return made


def _contact(year: Year, facts: dict, code: str, role: str, authority: Organisation, entered: dt.date, **more: Any) -> Contact:
    ka, en = year.rng.choice(facts["posts"][role])
    number = year.rng.randint(1000, 9999)
    calling = facts["countries"][code][0] if code in facts["countries"] else 0
    return Contact(
        title_ka=ka, title_en=en, country=year.countries[code], authority=authority, role=role, entered_on=entered,
        phone=f"+{calling} 555 0{number}", email=f"{role}.{number}@{code.lower()}.example" if year.chance(0.85) else "",
        languages=year.rng.choice(LANGUAGES), **year.keeping(OWNER), **more,
    )  # fmt: skip


def _fate(year: Year, contact: Contact) -> list[dt.date]:
    """The days on which it was verified, from its fate; sets what follows from them."""
    fate = year.rng.choice(FATES)
    if fate == "never":
        contact.verify_by = contact.entered_on + dt.timedelta(days=30)
        return []
    newest = TODAY if fate == "fresh" else dt.date(2016, 11, 30)
    last = year.day(max(contact.entered_on, add_months(newest, -11)), newest) if contact.entered_on < newest else contact.entered_on
    if fate == "ended":
        contact.valid_to = year.day(last, TODAY)
    days = {last}
    while year.chance(0.6) and add_months(min(days), -12) > contact.entered_on:
        days.add(year.working(add_months(min(days), -12)))
    contact.verify_by = add_months(max(days), 12)
    return sorted(days)


def _competent(year: Year, facts: dict, authorities: dict[str, Organisation]) -> list[tuple[Contact, list[dt.date]]]:
    """The competent authorities under some of the agreements with one country."""
    made = []
    for agreement in year.agreements[: year.number(30)]:
        codes = [country.code for country in agreement.countries.all()]
        if len(codes) == 1 and codes[0] in authorities and year.chance(0.7):
            entered = year.day(dt.date(2015, 1, 12), TODAY)
            contact = _contact(
                year, facts, codes[0], "competent", authorities[codes[0]], entered, agreement=agreement, area=agreement.area
            )
            made.append((contact, _fate(year, contact)))
    return made


def _attaches(year: Year, facts: dict) -> list[tuple[Contact, list[dt.date]]]:
    """The attachés at the embassies, with the days of their accreditation."""
    embassies = {org.pk: code for code, org in year.organisations.items() if code in facts["attaches"]}
    made = []
    for person in year.attaches:
        since, until = facts["attaches"][embassies[person.organisation_id]]
        embassy = person.organisation
        code = next(c for c, country in year.countries.items() if country.pk == embassy.country_id)
        contact = _contact(year, facts, code, "attache", embassy, min(since, TODAY), person=person, valid_from=since, valid_to=until)
        last = min(until, year.day(dt.date(2017, 1, 16), TODAY))
        contact.verify_by = add_months(last if since <= last else TODAY, 12)
        made.append((contact, [last] if since <= last else []))
    return made


def _memberships(year: Year, facts: dict) -> None:
    """Which associations the Ministry or a unit of it belongs to."""
    new = {
        code: Organisation(code=code, kind=kind, short=short, country=year.countries[country], title_ka=ka, title_en=en)
        for code, (kind, country, short, ka, en) in facts["associations"].items()
    }
    found = {**year.organisations, **_missing(year, new)}
    year.put(
        "memberships",
        [
            Membership(
                association=found[code], unit=year.units.get(unit), kind=kind, starts_on=since, ends_on=until, contribution=amount,
                currency=currency, fee_due_on=due, title_ka=ka, title_en=en, **year.keeping(OWNER),
            )
            for code, unit, kind, since, until, amount, currency, due, ka, en in facts["memberships"]
        ],
    )  # fmt: skip


def _desk_officers(year: Year, codes: list[str]) -> None:
    """Who in the Department follows a country."""
    officers = [*year.users[OWNER], *year.users["ird-treaties"]]
    free = [year.countries[code] for code in codes if year.countries[code].officer_id is None]
    for place, country in enumerate(free):
        country.officer = officers[place % len(officers)]
    write.save_all(registry.get("countries"), SYSTEM_WRITER, [(country, country.version) for country in free])
