"""The rules of requests: what is filled in by itself, what order their days have, to whom a request goes."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from gegma.engine import kept, registry
from gegma.kernel import dates

from . import queries
from .models import Basis, Direction, Request, RequestState, Urgency

# The days that come after the request is registered. (Received and acknowledged have rules of their own.)
AFTER_REGISTERED = ("checked_on", "forwarded_on", "sent_on", "answered_on", "withdrawn_on", "closed_on", "reopened_on", "confirmed_on")
# How many of a country's requests are looked at for the agreement that they usually rest on.
LATELY = 50
HAPPENED = ("received_on", "registered_on", "acknowledged_on", *AFTER_REGISTERED)


def fill_in(record: Request, user) -> None:
    """Propose what follows from what is known: basis and agreement from the country, authority and due day from the agreement, our number."""
    record.registered_on = record.registered_on or dates.today()
    if record.direction == Direction.INCOMING:
        record.received_on = record.received_on or record.registered_on
    if record.country_id:
        _fill_in_basis(record, user)
        if record.organisation_id is None:
            record.organisation = authority(record, user)
    record.due_on = record.due_on or answer_day(record)
    if record.urgency == Urgency.VERBAL:
        record.confirm_by = record.confirm_by or _since(record) + dt.timedelta(days=settings.REQUEST_DAYS["confirmation"])
    record.our_number = record.our_number.strip() or str(next_number(record.direction, record.registered_on.year))


def _since(record: Request) -> dt.date:
    return record.received_on or record.registered_on


def _fill_in_basis(record: Request, user) -> None:
    if record.agreement_id:
        record.basis = record.basis or Basis.AGREEMENT
    elif record.basis in {"", Basis.AGREEMENT}:
        offered = _agreements_with(record.country_id, user)
        record.agreement = _usual(record, user, offered)
        if record.agreement is not None:
            record.basis = Basis.AGREEMENT
        elif not record.basis and not offered.exists():
            record.basis = Basis.RECIPROCITY


def _agreements_with(country: int, user):
    """The bilateral agreements with a country that user may see and that one may rest a request on."""
    agreements = registry.get("agreements")
    return agreements.visible(user).filter(queries.usable(), countries=country, multilateral=False).order_by("pk")


def _usual(record: Request, user, offered: QuerySet):
    """The agreement that one of the last requests to or from this country rested on; else the only one there is."""
    requests = registry.get("requests")
    lately = kept.rows(
        ("requests of a country", requests.policy.key(user)),
        lambda: _earlier(kept.HOLE, user).filter(agreement__isnull=False).values_list("agreement", flat=True)[:LATELY],
        record.country_id,
    )
    known = {one.pk: one for one in offered.filter(pk__in=set(lately))}
    usual = next((known[pk] for pk in lately if pk in known), None)
    if usual is not None:
        return usual
    few = list(offered[:2])
    return few[0] if len(few) == 1 else None


def _earlier(country: int, user):
    """The requests with a country that user may see, the newest first."""
    return registry.get("requests").visible(user).filter(country=country).order_by("-registered_on", "-pk")


def authority(record: Request, user):
    """The partner authority: the one of the last request under the same agreement, else the only one of the country."""
    same = _earlier(record.country_id, user).filter(agreement=record.agreement_id, organisation__isnull=False).select_related("organisation")
    if (last := same.first()) is not None:
        return last.organisation
    found = registry.get("organisations").visible(user).filter(country=record.country_id, kind="foreign-authority", active=True)[:2]
    return found[0] if len(found) == 1 else None


def answer_day(record: Request) -> dt.date:
    """The day of the answer: as the agreement says, else as is usual for requests of this urgency."""
    days = getattr(record.agreement, "answer_days", None) if record.agreement_id else None
    return _since(record) + dt.timedelta(days=days or settings.REQUEST_DAYS[record.urgency or Urgency.NORMAL])


def next_number(direction: str, year: int) -> int:
    """The number after the highest plain number of this year and direction. All records count: a number is given once."""
    highest = Request.objects.filter(year=year, direction=direction).aggregate(n=Max("serial"))["n"]
    return (highest or 0) + 1


def offered_agreements(countries: list[int]) -> Q | None:
    """Agreements with the chosen country, and multilateral ones."""
    if not countries:
        return None
    through = registry.get("agreements").model.countries.through
    parties = list(through.objects.filter(country_id__in=countries).values_list("agreement_id", flat=True))
    return Q(pk__in=parties) | Q(multilateral=True)


def offered_authorities(countries: list[int]) -> Q | None:
    """The organisations of the chosen country, where it has any."""
    organisations = registry.get("organisations").model
    return Q(country__in=countries) if countries and organisations.objects.filter(country__in=countries).exists() else None


def problems(record: Request) -> dict[str, str]:
    """What does not fit together, by field."""
    return {**_wrong_days(record), **_wrong_basis(record), **_wrong_parts(record)}


def _wrong_days(record: Request) -> dict[str, str]:
    found = {}
    for name in AFTER_REGISTERED:
        day = getattr(record, name)
        if day and record.registered_on and day < record.registered_on:
            found[name] = _("This day lies before the request was registered.")
    if record.received_on and record.registered_on and record.received_on > record.registered_on:
        found["received_on"] = _("A request is registered when it is received, or later.")
    began = record.received_on if record.direction == Direction.INCOMING else record.sent_on
    for name in ("acknowledged_on", "answered_on"):
        day = getattr(record, name)
        if day and began and day < began:
            found[name] = _("This day lies before the request was sent or received.")
    if record.due_on and record.due_on < _since(record):
        found["due_on"] = _("The answer is due before the request was received or registered.")
    for name in HAPPENED:
        if (day := getattr(record, name)) and day > dates.today():
            found[name] = _("This day lies ahead: enter it when it has come.")
    return found


def _wrong_basis(record: Request) -> dict[str, str]:
    if record.basis == Basis.AGREEMENT and not record.agreement_id:
        return {"agreement": _("Name the agreement, or choose another basis.")}
    if record.agreement_id and record.basis in {Basis.RECIPROCITY, Basis.OTHER}:
        return {"agreement": _("An agreement is named, but the basis is another: clear one of the two.")}
    if record.agreement_id and record.country_id and not record.agreement.multilateral:
        parties = {country.pk for country in record.agreement.countries.all()}
        if parties and record.country_id not in parties:
            return {"agreement": _("This agreement is not with the partner country: choose one that is.")}
    return {}


def _wrong_parts(record: Request) -> dict[str, str]:
    found = {}
    if record.direction == Direction.INCOMING and (record.sent_on or record.state == RequestState.SENT):
        found["sent_on"] = _("An incoming request is not sent abroad: it is forwarded to a unit.")
    if record.direction == Direction.OUTGOING and (record.forwarded_on or record.state == RequestState.FORWARDED):
        found["forwarded_on"] = _("An outgoing request is not forwarded to a unit: it is sent abroad.")
    if record.confirmed_on and record.urgency != Urgency.VERBAL:
        found["confirmed_on"] = _("Only what was asked verbally is confirmed in writing.")
    if record.urgency == Urgency.VERBAL and not record.confirm_by:
        found["confirm_by"] = _("Say by when it is to be confirmed in writing.")
    return found


def only_incoming(record: Request) -> str:
    """Why an outgoing request is not forwarded to a unit."""
    return "" if record.direction == Direction.INCOMING else _("for incoming requests only")


def only_outgoing(record: Request) -> str:
    """Why an incoming request is not sent abroad."""
    return "" if record.direction == Direction.OUTGOING else _("for outgoing requests only")


def was_passed_on(record: Request) -> bool:
    """Whether it reached those who answer it: a unit, or the partner."""
    return bool(record.forwarded_on if record.direction == Direction.INCOMING else record.sent_on)


def not_yet_passed_on(record: Request) -> str:
    """Why it cannot go back into execution."""
    return "" if was_passed_on(record) else _("it was never passed on")


def already_passed_on(record: Request) -> str:
    """Why it does not go back to the beginning."""
    return _("it was passed on already") if was_passed_on(record) else ""
