"""Projects: the database with its six parameters, and the sheet of one."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.engine import registry
from gegma.kernel import numbers
from gegma.kernel.text import language, pick

from .. import paper
from ..base import Ask, Paper, Param, Report, span
from ..listing import listing

# Years, budget with its currency, donors, implementers, beneficiaries, main goal.
SIX = ("starts_on", "ends_on", "budget", "currency", "donors", "implementers", "beneficiaries", "goal")
STATES = Param("state", gettext_lazy("state"), "flags", options=lambda user: registry.get("projects").filters["state"].choices())


def asked(ask: Ask) -> dict:
    """The filters of the projects: running at some time in the period."""
    found = {**span("running", ask.period)}
    if ask["donor"]:
        found["donors"] = str(ask["donor"].pk)
    if ask["framework"]:
        found["framework"] = str(ask["framework"].pk)
    return {**found, **({"state": ask["state"]} if ask["state"] else {})}


def database(ask: Ask) -> Paper:
    """The project database."""
    spec = ask.spec("projects")
    rows = list(spec.annotated(ask.counted("projects", asked(ask)), list(SIX)))
    lacking = [sum(not spec.all_fields[name].filled(row) for name in SIX) for row in rows]
    spec_state = spec.all_fields["state"]
    states = Counter(row.state for row in rows)
    budgets: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.budget is not None:
            budgets[row.currency] += row.budget
    donors = Counter(str(donor) for row in rows for donor in spec.all_fields["donors"].value(row, ask.user))
    undated = ask.rows("projects", {"starts_on__set": "0"}).count()
    blocks = [
        paper.heading(_("Summary")),
        paper.figures((_("projects"), len(rows)), (_("with all six parameters"), lacking.count(0)), (_("donors"), len(donors))),
        paper.table(_("Budgets by currency"), [paper.column(_("Currency")), paper.column(_("Budget"), "money")], sorted(budgets.items())),
        paper.chart(
            "status", _("Projects by state"), [(words, states[key], spec.life.tones[key]) for key, words in spec_state.column.flatchoices],
            (_("State"), _("Projects")),
        ),
        paper.chart("bars", _("Projects by donor"), donors.most_common(), (_("Donor"), _("Projects"))),
        paper.heading(_("Projects")),
        listing(ask, _("Projects by their six parameters"), "projects", ["title", "state", *SIX], rows, weights={"currency": 0.6}),
    ]  # fmt: skip
    left = _("%(n)s projects without a first day are in no period.") % {"n": undated} if undated else ""
    return Paper(blocks, facts=[(_("Donor"), str(ask["donor"] or "")), (_("Framework"), str(ask["framework"] or "")), (_("Left out"), left)])


def sheet(ask: Ask) -> Paper:
    """One project on a sheet: its facts, activities, monitoring and what belongs to it."""
    project, spec = ask["project"], ask.spec("projects")
    mine = {"project": str(project.pk)}
    facts = [[str(bound.label), words] for name in _FACTS if (words := (bound := spec.all_fields[name]).text(project, ask.user))]
    if project.budget is not None:
        facts.insert(2, [ask.label("projects", "budget"), f"{numbers.number(project.budget, language())} {project.currency}"])
    within = ask.within("on")
    activities = ask.rows("project-activities", mine)
    done = activities.filter(done_on__isnull=False)
    blocks = [
        paper.heading(_("Project")), paper.text(pick(project, "goal")),
        paper.table(_("Facts"), [paper.column(_("Field"), weight=1), paper.column(_("Value"), weight=3)], facts),
        paper.heading(_("Activities")),
        paper.figures((_("activities planned"), activities.count()), (_("activities done"), done.count())),
        listing(ask, _("Activities of the project"), "project-activities", ["title", "planned_from", "planned_to", "done_on", "result"], activities),
        paper.heading(_("Monitoring in the period")),
        listing(ask, _("Monitoring entries"), "monitoring-entries", ["on", "finding", "rating"], ask.rows("monitoring-entries", {**mine, **within})),
        paper.heading(_("Belongs to the project")),
        listing(ask, _("Trainings"), "trainings", ["title", "state", "starts_on", "ends_on", "organisers"], ask.rows("trainings", mine)),
        listing(ask, _("Meetings and visits"), "meetings", ["title", "kind", "state", "starts_on"], ask.rows("meetings", mine)),
        listing(ask, _("Documents"), "documents", ["title", "type", "state", "ready_on"], ask.rows("documents", mine)),
    ]  # fmt: skip
    blocks = [block for block in blocks if block.get("text") != ""]
    return Paper(blocks, title=spec.heading(project), subtitle=_("Project sheet"), facts=[(_("Number"), spec.number(project))])


_FACTS = ("state", "role", "starts_on", "ends_on", "donors", "implementers", "beneficiaries", "instrument", "framework", "area", "sector", "needs", "attache")

REPORTS = (
    Report(
        "projects", gettext_lazy("Project database"),
        gettext_lazy("The projects that ran in the period by the six parameters: years, budget, donor, implementer, beneficiary, main goal."),
        database, (
            Param("donor", gettext_lazy("donor"), register="organisations", where={"donor": "1"}),
            Param("framework", gettext_lazy("framework"), register="frameworks"), STATES,
        ), sideways=True, figures=True,
    ),
    Report(
        "project", gettext_lazy("Project sheet"), gettext_lazy("One project on a few pages: parameters, activities, monitoring, what belongs to it."),
        sheet, (Param("project", gettext_lazy("project"), register="projects", required=True),), shows="projects",
    ),
)  # fmt: skip
