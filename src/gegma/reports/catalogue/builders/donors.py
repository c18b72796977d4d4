"""The donor matrix, and the needs that are open for donors, by priority."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.engine import registry
from gegma.registers.needs import queries

from .. import paper
from ..base import Ask, Paper, Param, Report
from ..listing import listing

LEVELS = (
    ("high", gettext_lazy("Needs of high priority")), ("medium", gettext_lazy("Needs of medium priority")),
    ("low", gettext_lazy("Needs of low priority")), ("none", gettext_lazy("Needs without scores")),
)  # fmt: skip


def matrix(ask: Ask) -> Paper:
    """Which donor works in which area, as of today, and how many needs are open there."""
    areas = queries.areas_by_donor(ask.user)
    ask.counted("needs", {"open": "1"})
    ask.counted("projects")
    columns = [
        paper.column(_("Area"), weight=2), paper.column(_("needs open"), "number"), paper.column(_("of high priority"), "number"),
        paper.column(_("donors with projects"), weight=3), paper.column(_("donors that were offered needs"), weight=3),
    ]  # fmt: skip
    rows = [
        [a.words, a.open, a.high, "; ".join(f"{o.donor} ({o.projects})" for o in a.paid), "; ".join(f"{o.donor} ({o.offered})" for o in a.offered)]
        for a in areas
    ]
    names = sorted({str(o.donor) for a in areas for o in a.paid})
    cross = [[name, *(next((o.projects for o in a.paid if str(o.donor) == name), None) for a in areas)] for name in names]
    flat = [[name, a.words, o.projects, o.offered] for name in names for a in areas for o in a.offers if str(o.donor) == name]
    heads = [paper.column(_("Donor"), weight=2), paper.column(_("Area"), weight=2), paper.column(_("projects"), "number"), paper.column(_("needs offered"), "number")]
    blank = [paper.text(_("No donor and no need is entered yet."))] if not areas else []
    blocks = [
        paper.heading(_("Areas")), *blank,
        paper.chart("bars", _("Open needs by area"), [(a.words, a.open) for a in areas if a.open]),
        paper.table(_("Areas, open needs and donors"), columns, rows),
        paper.heading(_("Donor matrix")),
        paper.text(_("Projects that each donor pays for in each area; refused and cancelled ones are not counted.")),
        *([_crossed(areas, cross)] if len(areas) <= 8 else []), paper.table(_("Donors by area"), heads, flat),
    ]  # fmt: skip
    return Paper(blocks, subtitle=_("as known today"))


def _crossed(areas: list, rows: list) -> dict:
    return paper.table(_("Projects by donor and area"), [paper.column(_("Donor"), weight=2), *(paper.column(a.words, "number") for a in areas)], rows)


def package(ask: Ask) -> Paper:
    """The needs open today, identified by the end of the period, by priority, with their cost."""
    where = {"open": "1", "identified_on__to": f"{ask.period.end:%d.%m.%Y}", **({"area": ask["area"]} if ask["area"] else {})}
    found = ask.counted("needs", where)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for cost, currency in found.filter(cost__isnull=False).values_list("cost", "currency"):
        sums[currency] += cost
    tables = []
    for level, words in LEVELS:
        rows = ask.rows("needs", {**where, "priority": level})
        if count := rows.count():
            names = ["title", "unit", "area", "description", "state", "cost", "currency"]
            tables += [paper.heading(str(words), 2), listing(ask, f"{words} ({count})", "needs", names, rows.order_by("unit__title_ka", "pk"))]
    blocks = [
        paper.heading(_("Summary")),
        paper.figures((_("needs open"), found.count()), (_("without an estimate"), found.filter(cost__isnull=True).count())),
        paper.table(_("Estimated cost by currency"), [paper.column(_("Currency")), paper.column(_("Estimated cost"), "money")], sorted(sums.items())),
        paper.heading(_("Needs")), *(tables or [paper.text(_("No need is open."))]),
    ]  # fmt: skip
    return Paper(blocks)


REPORTS = (
    Report(
        "donors", gettext_lazy("Donor matrix"), gettext_lazy("Which donor has projects in which area, who was offered what, and where needs are open."),
        matrix, sideways=True, figures=True,
    ),
    Report(
        "needs", gettext_lazy("Needs package"), gettext_lazy("The open needs of the Ministry for donors, by priority, with their estimated cost."),
        package, (Param("area", gettext_lazy("area"), "choice", options=lambda user: registry.get("needs").filters["area"].choices()),),
        sideways=True, figures=True,
    ),
)  # fmt: skip
