"""What the pages of a country and of an organisation show: each part is one line here, and a new register one line more.

A part whose register, filter or word does not exist is left out; tests/partners says which those are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PREPARED = ["considered", "initiated", "draft", "opinions", "negotiation", "initialled", "signed", "procedures"]
IN_FORCE = ["in-force", "provisional"]
SENT, RECEIVED = {"direction": "outgoing"}, {"direction": "incoming"}


@dataclass(frozen=True, eq=False)
class Part:
    """Records of a register, found by one of its filters, within further ones (where; the words may be «today»).

    day: the field whose date stands before each. columns: what is said of each besides its title and number; a column that the register
    lacks is passed over. most: how many are shown. order: by what, else as the register has it. add: the field that a new record is
    prefilled by, where it is not the filter; new: further fields of it. due: the day is one by which something is to be done.
    """

    register: str
    by: str
    label: Any = ""
    where: Mapping[str, Any] = field(default_factory=dict)
    day: str = ""
    columns: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    most: int = 6
    add: str = ""
    new: Mapping[str, str] = field(default_factory=dict)
    due: bool = False


@dataclass(frozen=True, eq=False)
class Tally:
    """A number on top of the page, which leads to its list. late: one above nought calls for attention.

    days: two dates of the register, between which the days are averaged.
    """

    register: str
    by: str
    label: Any
    where: Mapping[str, Any] = field(default_factory=dict)
    late: bool = False
    days: tuple[str, str] | None = None


AHEAD = {"state": "planned", "starts_on__from": "today"}
REACHABLE = {"status": "reachable"}
ANSWERED, ANSWER_DAYS = {"outcome": ["answered", "partly"], "open": "0"}, ("passed_on", "answered_on")

COUNTRY_TALLIES = [
    Tally("agreements", "countries", _("agreements in force"), {"stage": IN_FORCE}),
    Tally("agreements", "countries", _("agreements in preparation"), {"stage": PREPARED}),
    Tally("requests", "country", _("requests open"), {"open": "1"}),
    Tally("requests", "country", _("requests late"), {"late": "1"}, late=True),
    Tally("requests", "country", _("requests sent"), SENT),
    Tally("requests", "country", _("requests received"), RECEIVED),
    Tally("requests", "country", _("requests answered"), ANSWERED, days=ANSWER_DAYS),
    Tally("meetings", "with_country", _("meetings and visits to come"), AHEAD),
    Tally("projects", "with_country", _("projects going on"), {"state": "active"}),
    Tally("contacts", "country", _("reachable contacts"), REACHABLE),
]

COUNTRY = [
    Part("agreements", "countries", _("Agreements in force, also provisionally"), {"stage": IN_FORCE}, "reached_on", ("kind", "area", "expires_on"), most=10),
    Part("agreements", "countries", _("Agreements in preparation"), {"stage": PREPARED}, "reached_on", ("kind", "stage")),
    Part("meetings", "with_country", _("Visits and meetings to come"), AHEAD, "starts_on", ("kind", "level", "place"), ("starts_on",),
         add="partner_countries"),
    Part("meetings", "with_country", _("Visits and meetings held"), {"state": "held"}, "starts_on", ("kind", "level", "place"),
         add="partner_countries", new={"state": "held"}),
    Part("requests", "country", _("Open requests"), {"open": "1"}, "due_on", ("direction", "state"), ("due_on",), most=8, due=True),
    Part("requests", "country", _("Requests settled last"), {"open": "0"}, "answered_on", ("direction", "outcome"), ("-answered_on",), most=4),
    Part("projects", "with_country", "", {}, "starts_on", ("state", "instrument", "ends_on"), most=8),
    Part("trainings", "with_country", "", {}, "starts_on", ("state", "kind", "place"), add="country"),
    Part("commitments", "with_country", "", {}, "due_on", ("state", "framework")),
    Part("bodies", "country", _("Bilateral bodies"), {}, "established_on", ("kind", "closed_on")),
    Part("contacts", "country", _("Contacts and attachés"), {"status": ["reachable", "to-verify", "not-begun"]}, "verified_on",
         ("role", "person", "phone", "email", "status", "valid_to"), most=12),
    Part("contacts", "country", _("Contacts that have ended"), {"status": "ended"}, "valid_to", ("role", "person"), most=3),
    Part("organisations", "country", "", {}, "", ("kind", "short"), most=10),
    Part("deliveries", "to_country", _("Documents delivered"), {}, "delivered_on", ("document_type", "recipient", "method")),
]  # fmt: skip

ORGANISATION_TALLIES = [
    Tally("agreements", "organisations", _("agreements in force"), {"stage": IN_FORCE}),
    Tally("requests", "organisation", _("requests open"), {"open": "1"}),
    Tally("requests", "organisation", _("requests late"), {"late": "1"}, late=True),
    Tally("requests", "organisation", _("requests answered"), ANSWERED, days=ANSWER_DAYS),
    Tally("meetings", "organisations", _("meetings and visits to come"), AHEAD),
    Tally("projects", "donors", _("projects funded"), {}),
    Tally("projects", "implementers", _("projects carried out"), {}),
    Tally("contacts", "authority", _("reachable contacts"), REACHABLE),
    Tally("deliveries", "recipient", _("documents received"), {}),
]

ORGANISATION = [
    Part("agreements", "organisations", pgettext_lazy("partner", "Agreements"), {}, "reached_on", ("kind", "stage"), most=10),
    Part("meetings", "organisations", _("Visits and meetings to come"), AHEAD, "starts_on", ("kind", "level", "place"), ("starts_on",)),
    Part("meetings", "organisations", _("Visits and meetings held"), {"state": "held"}, "starts_on", ("kind", "level", "place"), new={"state": "held"}),
    Part("requests", "organisation", _("Open requests"), {"open": "1"}, "due_on", ("direction", "state"), ("due_on",), due=True),
    Part("requests", "organisation", _("Requests settled last"), {"open": "0"}, "answered_on", ("direction", "outcome"), ("-answered_on",), most=4),
    Part("projects", "donors", _("Projects as donor"), {}, "starts_on", ("state", "instrument", "ends_on"), most=8),
    Part("projects", "implementers", _("Projects as implementer"), {}, "starts_on", ("state", "instrument", "ends_on"), most=8),
    Part("trainings", "organisers", _("Trainings organised"), {}, "starts_on", ("state", "kind", "place")),
    Part("commitments", "partners", "", {}, "due_on", ("state", "framework")),
    Part("memberships", "association", "", {}, "starts_on", ("kind", "unit", "status", "ends_on")),
    Part("contacts", "authority", _("Contacts and attachés"), {}, "verified_on", ("role", "person", "phone", "email", "status"), most=12),
    Part("people", "organisation", "", {}, "", ("position", "phone", "email"), most=10),
    Part("organisations", "parent", _("Parts of it"), {}, "", ("kind", "country")),
    Part("deliveries", "recipient", _("Documents delivered"), {}, "delivered_on", ("document_type", "method")),
    Part("documents", "author_organisation", _("Documents written by it"), {}, "ready_on", ("type", "state")),
]  # fmt: skip

# The columns of the list of countries.
INDEX = [
    Tally("agreements", "countries", _("agreements in force"), {"stage": IN_FORCE}),
    Tally("requests", "country", _("requests open"), {"open": "1"}),
    Tally("meetings", "with_country", _("meetings and visits to come"), AHEAD),
    Tally("contacts", "country", _("reachable contacts"), REACHABLE),
]
