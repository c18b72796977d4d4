"""The course of an agreement for its page: steps, rounds and documents by day, what may follow, and whom to write to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from gegma.engine import registry
from gegma.kernel import dates

from . import domain
from .models import Agreement, AgreementStep, StepKind

ROWS_MAX = 100
CONTACTS_MAX = 10
# Of these registers the records about the agreement stand in its course, on the first of these days that is filled in.
BESIDE = {"meetings": ("starts_on",), "documents": ("ready_on", "approved_on", "started_on")}


@dataclass(frozen=True)
class Event:
    """One line of the course. sort: step, or the key of the register that the record is of."""

    day: dt.date
    sort: str
    words: str
    url: str = ""
    kind: str = ""
    party: str = ""
    effective_on: dt.date | None = None
    notes: str = ""
    anchor: str = ""
    edit_url: str = ""
    delete_url: str = ""
    rank: int = -1

    @property
    def ahead(self) -> bool:
        """Whether it lies in the future."""
        return (self.effective_on or self.day) > dates.today()


def events(agreement: Agreement, user) -> list[Event]:
    """Everything dated that user may see, the oldest first."""
    spec = registry.get("agreements")
    may_change = spec.may(user, "change", agreement)
    steps = list(agreement.steps.select_related("country", "organisation"))
    found = [_of_step(step, may_change) for step in steps]
    for key, columns in BESIDE.items():
        found += _beside(registry.find(key), columns, agreement, user)
    return sorted(found, key=lambda one: (one.day, one.rank))


def _of_step(step: AgreementStep, may_change: bool) -> Event:
    spec = registry.get("agreement-steps")
    edit_url, delete_url = (reverse(f"record_{part}", args=[spec.key, step.pk]) if may_change else "" for part in ("edit", "delete"))
    return Event(
        step.action_on, "step", step.get_kind_display(), party=str(step.party or ""), effective_on=step.effective_on, notes=step.notes,
        anchor=f"{spec.key}-{step.pk}", edit_url=edit_url, delete_url=delete_url, rank=domain.RANK[step.kind],
    )  # fmt: skip


def _beside(spec, columns: tuple[str, ...], agreement: Agreement, user) -> list[Event]:
    if spec is None or "agreement" not in spec.filters:
        return []
    kind = next(spec.all_fields[name] for name in ("kind", "type") if name in spec.all_fields)
    found = []
    for row in spec.rows(user, {"agreement": str(agreement.pk)})[:ROWS_MAX]:
        day = next((value for name in columns if (value := getattr(row, name))), None)
        if day is not None:
            found.append(Event(day, spec.key, str(row), spec.record_url(row), kind=kind.text(row)))
    return found


def following(agreement: Agreement) -> tuple[list[dict], list[dict]]:
    """The steps of ours that may follow now, and those that may not, each with the reason."""
    before = domain.in_order(domain.own(agreement.steps.all()))
    may, may_not = [], []
    for kind in StepKind:
        why = domain.refusal(agreement, before, kind)
        url = reverse("agreement_step", args=[agreement.pk, kind])
        (may_not if why else may).append({"kind": kind.value, "label": kind.label, "url": url, "why": why})
    return may, may_not


def contacts(agreement: Agreement, user) -> dict | None:
    """The contact points of the party countries, where such a register is kept and open to user."""
    spec = registry.find("contacts")
    countries = [str(country.pk) for country in agreement.countries.all()]
    if spec is None or not countries or "country" not in spec.filters or not spec.policy.may(user, "view"):
        return None
    rows = spec.rows(user, {"country": countries})
    names = [n for n in spec.default_columns() if n != "title" and spec.all_fields[n].kind in {"code", "choice", "date", "text", "relation"}][:3]
    lines = [
        (spec.record_url(row), str(row), [text for n in names if (text := spec.all_fields[n].text(row, user))])
        for row in spec.annotated(rows, names)[:CONTACTS_MAX]
    ]
    query = "&".join(f"country={number}" for number in countries)
    return {"lines": lines, "count": rows.count(), "url": f"{spec.url}?{query}", "title": _("Competent authorities and contact points")}
