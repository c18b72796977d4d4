"""The activity report of the department, or of one of its units: what was done in the period, beside the period before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.kernel.periods import Period

from .. import paper
from ..base import Ask, Paper, Param, Report, span
from ..listing import listing


@dataclass(frozen=True)
class Work:
    """One kind of work: records whose day (days) lies in the period. columns: the list of them, where it is worth printing."""

    title: Any
    register: str
    days: str
    where: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[str, ...] = ()


WORKS = (
    Work(gettext_lazy("Meetings and visits held"), "meetings", "starts_on", {"state": "held"}, ("title", "kind", "level", "starts_on", "organisations")),
    Work(gettext_lazy("Decisions carried out"), "decisions", "done_on", {"state": ["done", "confirmed"]}),
    Work(gettext_lazy("Agreements signed"), "agreements", "signed_on", {}, ("title", "kind", "countries", "organisations", "stage")),
    Work(gettext_lazy("Agreements entered into force"), "agreements", "entered_on", {}, ("title", "kind", "countries", "organisations", "stage")),
    Work(gettext_lazy("Requests sent"), "requests", "passed_on", {"direction": "outgoing"}),
    Work(gettext_lazy("Requests received"), "requests", "passed_on", {"direction": "incoming"}),
    Work(gettext_lazy("Requests answered"), "requests", "answered_on", {"outcome": ["answered", "partly"], "open": "0"}),
    Work(gettext_lazy("Projects begun"), "projects", "starts_on", {"state": ["active", "completed"]}, ("title", "donors", "starts_on", "ends_on", "state")),
    Work(gettext_lazy("Projects completed"), "projects", "ends_on", {"state": "completed"}, ("title", "donors", "starts_on", "ends_on")),
    Work(gettext_lazy("Trainings held"), "trainings", "ends_on", {"state": "held"}, ("title", "organisers", "ends_on", "hours", "people")),
    Work(gettext_lazy("Needs identified"), "needs", "identified_on", {}, ("title", "unit", "area", "state")),
    Work(gettext_lazy("Actions on commitments"), "actions", "done_on", {}, ("title", "done_on", "unit")),
    Work(gettext_lazy("Documents delivered"), "deliveries", "delivered_on"),
    Work(gettext_lazy("Letters registered"), "letters", "registered_on", {}),
    Work(gettext_lazy("Web publications"), "web-publications", "published_on", {"state": "published"}, ("title", "channel", "published_on")),
)  # fmt: skip


def found(ask: Ask, work: Work, period: Period, counted: bool = False):
    """The records of a kind of work in a period; with a unit, those that it owns (a child is its parent's)."""
    read = ask.counted if counted else ask.rows
    rows = read(work.register, {**work.where, **span(work.days, period)})
    unit = ask["unit"]
    return rows.filter(_owned(ask.spec(work.register), unit)) if unit else rows


def _owned(spec, unit) -> Q:
    path = f"{spec.parent_field}__owner_unit" if spec.parent else "owner_unit"
    return Q(**{path: unit}) | Q(**{f"{path}__parent": unit})


def activity(ask: Ask) -> Paper:
    """The activity report."""
    before = ask.period.previous()
    rows, chapters = [], []
    for work in WORKS:
        now = found(ask, work, ask.period, counted=True)
        count = now.order_by().count()
        then = found(ask, work, before).order_by().count() if before else None
        rows.append([str(work.title), count, then, count - then if then is not None else None])
        if work.columns and count:
            chapters += [paper.heading(str(work.title), 2), listing(ask, f"{work.title} ({count})", work.register, list(work.columns), now)]
    columns = [
        paper.column(_("Work"), weight=3), paper.column(_("in the period"), "number"),
        paper.column(_("in the period before"), "number"), paper.column(_("change"), "number"),
    ]  # fmt: skip
    blocks = [
        paper.heading(_("In figures")),
        paper.chart("bars", _("Work of the period"), [(row[0], row[1]) for row in rows if row[1]]),
        paper.table(_("Work of the period beside the period before"), columns, rows),
        paper.heading(_("In detail")), *(chapters or [paper.text(_("Nothing is entered for this period."))]),
    ]  # fmt: skip
    facts = [(_("Unit"), str(ask["unit"] or "")), (_("Period before"), before.sentence() if before else "")]
    return Paper(blocks, facts=facts)


REPORTS = (
    Report(
        "activity", gettext_lazy("Activity report of the Department"),
        gettext_lazy("What was done in the period, register by register, beside the period before; of the whole Department or one unit."),
        activity, (Param("unit", gettext_lazy("unit"), register="units"),), sideways=True, figures=True,
    ),
)  # fmt: skip
