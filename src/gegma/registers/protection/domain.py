"""The rules of these registers."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _

from gegma.engine import registry
from gegma.kernel import dates
from gegma.kernel.text import LANGUAGES

from .models import To


def fill_in_disclosure(record, user) -> None:
    """Recipient, country and agreement follow from the request, the document or the delivery it went with."""
    if record.delivery_id:
        record.document = record.document or record.delivery.document
        record.recipient = record.recipient or record.delivery.recipient
        record.disclosed_on = record.delivery.delivered_on or record.disclosed_on
    if record.request_id:
        record.recipient, record.country = record.recipient or record.request.organisation, record.country or record.request.country
        record.agreement = record.agreement or record.request.agreement
    if record.recipient_id and not record.country_id:
        record.country = record.recipient.country
    if record.agreement_id:
        record.basis = record.basis or "agreement"
    if not record.to and record.country_id:
        record.to = To.HOME if record.country.code == settings.COUNTRY else To.ABROAD
    if not (record.title_ka or record.title_en):
        record.title_ka, record.title_en = (_what(record, lang) for lang in LANGUAGES)


def _what(record, lang: str) -> str:
    """A title from what it went with, in one language."""
    for key, one in (("requests", record.request), ("documents", record.document)):
        if one is not None:
            title = getattr(one, f"title_{lang}")
            return f"{registry.get(key).number(one)} {title}"[:500] if title else ""
    return ""


def disclosure_problems(record) -> dict[str, str]:
    """Who received it, on what basis, and that it has happened."""
    found = {}
    if record.to == To.ABROAD and not (record.recipient_id or record.country_id):
        found["recipient"] = _("Name the body abroad, or at least the country.")
    if record.to == To.ABROAD and record.country_id and record.country.code == settings.COUNTRY:
        found["to"] = _("The recipient is a body of our own country, not one abroad.")
    if record.to == To.HOME and not record.recipient_id:
        found["recipient"] = _("Name the body.")
    if record.basis == "agreement" and not record.agreement_id:
        found["agreement"] = _("Name the agreement, or choose another basis.")
    if record.disclosed_on and record.disclosed_on > dates.today():
        found["disclosed_on"] = _("This day lies ahead: enter it when it has come.")
    return found


def incident_problems(record) -> dict[str, str]:
    """Nothing happens before it is discovered, nor in time to come."""
    found, latest = {}, dates.end_of(dates.today())
    for name in ("discovered_at", "notified_at"):
        moment = getattr(record, name)
        if isinstance(moment, dt.datetime) and moment > latest:
            found[name] = _("This hour lies ahead: enter it when it has come.")
    both = isinstance(record.notified_at, dt.datetime) and isinstance(record.discovered_at, dt.datetime)
    if both and record.notified_at < record.discovered_at:
        found["notified_at"] = _("The authority cannot be notified before the incident is discovered.")
    return found


def person_request_problems(record) -> dict[str, str]:
    """The days stand in their order."""
    found = {}
    for name in ("due_on", "answered_on"):
        day = getattr(record, name)
        if day and record.received_on and day < record.received_on:
            found[name] = _("This day lies before the request was received.")
    return found


def answer_day(received_on: dt.date) -> dt.date:
    """By when a person is to be answered."""
    return received_on + dt.timedelta(days=settings.PERSON_REQUEST_DAYS)


def hold_problems(record) -> dict[str, str]:
    """A hold is on a person, or on one record that there is."""
    if bool(record.person_id) == bool(record.register or record.number):
        return {"person": _("Name a person, or a register with the number of a record: one of the two.")}
    found = {}
    if not record.person_id:
        spec = registry.find(record.register)
        if spec is None or not record.number or not spec.model._default_manager.filter(pk=record.number).exists():
            found["number"] = _("There is no such record in the register.")
    if record.lifted_on and record.lifted_on < record.since:
        found["lifted_on"] = _("A hold is not lifted before it begins.")
    return found
