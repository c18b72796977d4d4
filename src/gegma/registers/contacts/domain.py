"""What the department does with contacts: verifies them, knows their attachés, sees which countries it can reach."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gegma.engine import deadlines, registry, write
from gegma.engine.policy import CHANGE
from gegma.kernel import dates
from gegma.kernel.text import fold
from gegma.registers.directory.models import Person

from . import queries
from .models import Contact, ContactVerification


def verify(user, contact: Contact, day: dt.date | None = None, how: str = "") -> Contact:
    """Note that the contact answers on this day (today); the next verification falls due twelve months later.

    Raises ValidationError for a contact that is not in force then or was verified on that day already, and what engine.write.save raises.
    """
    day = day or dates.today()
    if (contact.valid_to and contact.valid_to < day) or (contact.valid_from and contact.valid_from > day):
        raise ValidationError(_("The contact is not in force: first mend the days in «valid from» and «valid until»."))
    if contact.verifications.filter(on=day).exists():
        raise ValidationError(_("It was verified on this day already."))
    done = ContactVerification(contact=contact, on=day, how=how)
    child = write.Child(registry.get("contact-verifications"), done)
    return write.save(registry.get("contacts"), user, contact, version=contact.version, children=[child])


def plan_next(contact: Contact, children) -> None:
    """A verification made just now puts the next one twelve months off."""
    days = [c.instance.on for c in children if isinstance(c.instance, ContactVerification) and not c.delete and not c.instance.pk]
    if days:
        following = dates.add_months(max(days), queries.FRESH_MONTHS)
        contact.verify_by = max(following, contact.verify_by or following)


def mark_attache(user, contact: Contact) -> None:
    """Whoever is an attaché by a contact can be named as one wherever an attaché gave support."""
    if contact.role != "attache" or not contact.person_id or contact.person.attache:
        return
    people = registry.get("people")
    person = Person.objects.get(pk=contact.person_id)
    if people.may(user, CHANGE, person):
        person.attache = True
        write.save(people, user, person, version=person.version)


def ahead(day: dt.date | None) -> bool:
    """Whether a day is still to come."""
    return day is not None and day > dates.today()


def to_verify(user, until: dt.date):
    """The contacts in force that are to be verified until a day, the longest waiting first."""
    spec = registry.get("contacts")
    rows = deadlines.rows(spec, spec.dues[0], user).filter(verify_by__lte=until).select_related("country", "authority", "person")
    return rows.annotate(last=queries.last_verified()).order_by("verify_by", "pk")


@dataclass
class Reach:
    """A partner country on a day. contacts: those that reach it. why: the state of the best of its contacts, nothing where it has none."""

    country: Any
    contacts: list[Contact] = field(default_factory=list)
    others: int = 0
    why: str = ""
    verified_on: dt.date | None = None

    @property
    def reached(self) -> bool:
        """Whether the country can be reached."""
        return bool(self.contacts)


def reach(user, day: dt.date) -> list[Reach]:
    """The partner countries on a day: those with a contact that was known then or with an agreement, by name."""
    countries, agreements = registry.get("countries"), registry.get("agreements")
    rows = registry.get("contacts").visible(user).filter(country__isnull=False, entered_on__lte=day)
    rows = rows.annotate(then=queries.status_on(day), last=queries.last_verified(day)).select_related("person", "authority")
    found: dict[int, list[Contact]] = {}
    for row in rows.order_by("title_ka", "pk"):
        found.setdefault(row.country_id, []).append(row)
    partners = set(found) | set(agreements.visible(user).filter(countries__isnull=False).values_list("countries", flat=True))
    own = sorted(countries.visible(user).filter(pk__in=partners), key=lambda country: fold(str(country)))
    return [_reach(country, found.get(country.pk, [])) for country in own]


def _reach(country, rows: list[Contact]) -> Reach:
    good = [row for row in rows if row.then == queries.REACHABLE]
    rank = {queries.STALE: 0, queries.AHEAD: 1, queries.ENDED: 2}
    best = min((row.then for row in rows if row.then in rank), key=rank.__getitem__, default="")
    days = [row.last for row in (good or rows) if row.last]
    return Reach(country, good, len(rows) - len(good), "" if good else best, max(days, default=None))

