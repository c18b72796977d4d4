"""What personal data protection adds to other pages: its pages in the menu, buttons and panels at records."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from gegma.engine import personal, registry
from gegma.engine.policy import ADD
from gegma.registers.directory.models import Person

from . import queries
from .models import Hold

# Registers whose records go to others together with data on people: key → the field of a disclosure that names the record.
GO_OUT = {"requests": "request", "documents": "document"}


def _group() -> str:
    return str(registry.get("disclosures").group)


def personal_data(request) -> dict:
    """The page of what is kept."""
    return {"heading": _group(), "label": _("What is kept, and why"), "url": reverse("personal_data")}


def one_person(request) -> dict | None:
    """The page that finds all data on a person."""
    return {"heading": _group(), "label": _("One person's data"), "url": reverse("personal_find")} if personal.reads(request.user) else None


def retention(request) -> dict | None:
    """The page of what is past its term."""
    return {"heading": _group(), "label": _("Past its term"), "url": reverse("retention")} if request.user.is_administrator else None


def note_disclosure(request, spec, record) -> dict | None:
    """From a request or a document: note that data on people went out with it. The latest delivery of a document goes along."""
    if spec.key not in GO_OUT or not registry.get("disclosures").policy.may(request.user, ADD):
        return None
    told = {GO_OUT[spec.key]: record.pk}
    if spec.key == "documents":
        deliveries = registry.get("deliveries").visible(request.user).filter(document=record, recipient__isnull=False)
        if last := deliveries.order_by("-delivered_on", "-pk").first():
            told["delivery"] = last.pk
    return {"label": _("Note a disclosure"), "url": f"{reverse('record_new', args=['disclosures'])}?{urlencode(told)}", "icon": "globe"}


def one_person_of(request, spec, record) -> dict | None:
    """From a person to all that is kept on them."""
    if spec.model is not Person or not personal.reads(request.user):
        return None
    return {"label": _("All data on this person"), "url": reverse("personal_one", args=[record.pk]), "icon": "user"}


def put_on_hold(request, spec, record) -> dict | None:
    """From a record with data on people to a new hold."""
    if not spec.personal or not registry.get("holds").policy.may(request.user, ADD) or spec.model is Hold:
        return None
    told = {"person": record.pk} if spec.model is Person else {"register": spec.key, "number": record.pk}
    return {"label": _("Put on hold"), "url": f"{reverse('record_new', args=['holds'])}?{urlencode(told)}", "icon": "lock"}


def on_hold(request, spec, record) -> tuple[str, dict] | None:
    """That a record is on hold, and why; for those who read data on people."""
    if not spec.personal or not personal.reads(request.user):
        return None
    about = {"person": record} if spec.model is Person else {"register": spec.key, "number": record.pk}
    holds = registry.get("holds")
    found = [(holds.record_url(hold), hold) for hold in holds.visible(request.user).filter(lifted_on__isnull=True, **about)]
    return ("protection/on_hold.html", {"holds": found}) if found else None


def clock(request, spec, record) -> tuple[str, dict] | None:
    """The clock of an incident."""
    if spec.key != "incidents":
        return None
    return "protection/clock.html", {"incident": record, "clock": queries.clock_of(record), "authority": queries.authority()}
