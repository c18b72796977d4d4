"""The briefing for a visit: what the registers hold on a country, in the sections that were ticked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.kernel import dates

from .. import paper
from ..base import Ask, Paper, Param, Report, span
from ..listing import listing

PREPARED = ["considered", "initiated", "draft", "opinions", "negotiation", "initialled", "signed", "procedures"]


@dataclass(frozen=True)
class Part:
    """A table of a section: records of a register found by the country (by) and further filters. days: the day that must lie in the period."""

    title: Any
    register: str
    by: str
    columns: tuple[str, ...]
    where: Mapping[str, Any] = field(default_factory=dict)
    days: str = ""
    order: tuple[str, ...] = ()


SECTIONS: dict[str, tuple[Any, tuple[Part, ...]]] = {
    "agreements": (gettext_lazy("Agreements"), (
        Part(gettext_lazy("In force, also provisionally"), "agreements", "countries", ("title", "kind", "area", "reached_on", "expires_on"), {"stage": ["in-force", "provisional"]}),
        Part(gettext_lazy("In preparation"), "agreements", "countries", ("title", "kind", "stage", "reached_on"), {"stage": PREPARED}),
    )),
    "meetings": (gettext_lazy("Meetings and visits"), (
        Part(gettext_lazy("To come"), "meetings", "with_country", ("title", "kind", "level", "starts_on", "place"), {"state": "planned"}, order=("starts_on", "pk")),
        Part(gettext_lazy("Held in the period"), "meetings", "with_country", ("title", "kind", "level", "starts_on", "place"), {"state": "held"}, "starts_on"),
    )),
    "decisions": (gettext_lazy("Decisions of meetings with the country"), ()),
    "requests": (gettext_lazy("Requests"), ()),
    "projects": (gettext_lazy("Projects"), (
        Part(gettext_lazy("Running in the period"), "projects", "with_country", ("title", "state", "donors", "implementers", "starts_on", "ends_on"), {}, "running"),
    )),
    "trainings": (gettext_lazy("Trainings"), (
        Part(gettext_lazy("In the period"), "trainings", "with_country", ("title", "state", "starts_on", "ends_on", "organisers"), {}, "running"),
    )),
    "commitments": (gettext_lazy("Commitments"), (
        Part(gettext_lazy("Open in the period"), "commitments", "with_country", ("title", "framework", "state", "due_on", "declared"), {}, "open"),
    )),
    "contacts": (gettext_lazy("Contacts"), (
        Part(gettext_lazy("Contacts that can be reached"), "contacts", "country", ("title", "authority", "role", "phone", "email", "verified_on"),
             {"status": ["reachable", "to-verify"]}),
    )),
}  # fmt: skip


def briefing(ask: Ask) -> Paper:
    """The briefing."""
    country = ask["country"]
    ticked = ask["sections"] or list(SECTIONS)
    own = {"decisions": _decisions, "requests": _requests}
    blocks: list[dict] = []
    for key, (title, parts) in SECTIONS.items():
        if key in ticked:
            blocks.append(paper.heading(str(title)))
            blocks += own[key](ask) if key in own else [_table(ask, part) for part in parts]
    return Paper(blocks, title=_("%(country)s: briefing for a visit") % {"country": country}, facts=[(_("Desk officer"), str(country.officer or ""))])


def found(ask: Ask, part: Part):
    """The records of a part."""
    where = {part.by: str(ask["country"].pk), **part.where, **(span(part.days, ask.period) if part.days else {})}
    if part.register == "meetings" and part.where.get("state") == "planned":
        where["starts_on__from"] = f"{dates.today():%d.%m.%Y}"
    rows = ask.rows(part.register, where)
    return rows.order_by(*part.order) if part.order else rows


def _table(ask: Ask, part: Part) -> dict:
    return listing(ask, str(part.title), part.register, list(part.columns), found(ask, part))


def _decisions(ask: Ask) -> list[dict]:
    meetings = ask.rows("meetings", {"with_country": str(ask["country"].pk)}).order_by().values("pk")
    rows = ask.rows("decisions", {"state": "open"}).filter(meeting__in=meetings)
    return [listing(ask, _("Decisions that are open"), "decisions", ["title", "meeting", "unit", "due_on"], rows)]


def _requests(ask: Ask) -> list[dict]:
    mine = {"country": str(ask["country"].pk)}
    within = {**mine, **ask.within("passed_on")}
    count = lambda **more: ask.rows("requests", {**within, **more}).order_by().count()  # noqa: E731
    waiting = ask.rows("requests", {**mine, "open": "1"}).order_by("due_on", "pk")
    return [
        paper.figures(
            (_("sent in the period"), count(direction="outgoing")), (_("received in the period"), count(direction="incoming")),
            (_("open today"), waiting.count()), (_("late today"), ask.rows("requests", {**mine, "late": "1"}).order_by().count()),
        ),
        listing(ask, _("Open requests"), "requests", ["title", "direction", "our_number", "state", "due_on"], waiting),
    ]  # fmt: skip


REPORTS = (
    Report(
        "briefing", gettext_lazy("Briefing for a visit"), gettext_lazy("What the registers hold on a country, in the sections that you tick."),
        briefing, (
            Param("country", gettext_lazy("country"), register="countries", required=True),
            Param("sections", gettext_lazy("sections"), "flags", options=[(key, title) for key, (title, _parts) in SECTIONS.items()],
                  help=gettext_lazy("All of them where none is ticked.")),
        ), shows="countries",
    ),
)  # fmt: skip
