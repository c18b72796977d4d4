"""Commitments of a framework, as a whole and paragraph by paragraph: declared and assessed status, actions, evidence, open points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.kernel.text import pick
from gegma.registers.commitments import report as cycles
from gegma.registers.commitments.models import OPEN, Fulfilment

from .. import paper
from ..base import Ask, Paper, Param, Report, span
from ..listing import listing

TONES = {"declared": cycles.TONES, "assessed": cycles.TONES}
PARAMS = (
    Param("framework", gettext_lazy("framework"), register="frameworks", required=True),
    Param("cycle", gettext_lazy("cycle"), "text", help=gettext_lazy("Exactly as it stands at the commitments; empty for all cycles.")),
)


def asked(ask: Ask) -> dict[str, str]:
    """The filters of the register whose list is what the report is about: open at some time in the period."""
    cycle = {"cycle__is": ask["cycle"]} if ask["cycle"] else {}
    return {"framework_within": str(ask["framework"].pk), **cycle, **span("open", ask.period)}


def _lines(ask: Ask) -> list[cycles.Line]:
    return cycles.lines(cycles.in_order(ask.counted("commitments", asked(ask))), ask.user)


def _done(ask: Ask, line: cycles.Line) -> list:
    """The actions on a commitment in the period."""
    return [action for action in line.actions if action.done_on and action.done_on in ask.period]


def _evidence(action) -> str:
    """The documents behind an action, in words."""
    names = [str(document) for document in action.evidence]
    return "; ".join([*names, *([_("files")] if action.has_files else [])])


def _facts(ask: Ask) -> list[tuple[str, str]]:
    undated = {key: value for key, value in asked(ask).items() if not key.startswith("open__")}
    n = ask.rows("commitments", {**undated, "received_on__set": "0"}).count()
    words = _("%(n)s commitments have no day of receipt and are placed in no period.") % {"n": n} if n else ""
    return [(_("Framework"), str(ask["framework"])), (_("Cycle"), ask["cycle"]), (_("Left out"), words)]


def _by_status(lines: Iterable[cycles.Line], name: str) -> list[tuple]:
    counts = Counter(getattr(line.record, name) for line in lines)
    return [
        *((words, counts[key], cycles.TONES[key]) for key, words in Fulfilment.choices),
        (_("no status"), counts[""], "none"),
    ]  # fmt: skip


def _summary(ask: Ask, lines: list[cycles.Line]) -> list[dict]:
    acted = [line for line in lines if _done(ask, line)]
    backed = [line for line in acted if any(action.evidence or action.has_files for action in _done(ask, line))]
    return [
        paper.heading(_("Summary")),
        paper.figures(
            (_("commitments"), len(lines)), (_("of them open today"), sum(line.record.state in OPEN for line in lines)),
            (_("with an action in the period"), len(acted)), (_("with evidence"), len(backed)),
        ),
        paper.chart("status", _("Declared status"), _by_status(lines, "declared"), (_("Status"), _("Commitments"))),
        paper.chart("status", _("Assessed status"), _by_status(lines, "assessed"), (_("Status"), _("Commitments"))),
    ]  # fmt: skip


def _open_points(ask: Ask, lines: list[cycles.Line]) -> dict:
    late = set(ask.rows("commitments", {**asked(ask), "timeliness": "late"}).values_list("pk", flat=True))
    rows = []
    for line in lines:
        record = line.record
        if record.state not in OPEN:
            continue
        why = [
            *([_("late")] if record.pk in late else []), *([_("nothing was done yet")] if not any(a.done_on for a in line.actions) else []),
            *([_("no status declared")] if not record.declared else []),
            *([_("the statuses differ: %(why)s") % {"why": record.difference or "–"}] if record.assessed and record.declared != record.assessed else []),
        ]  # fmt: skip
        if why:
            rows.append([record.paragraph, line.title, str(record.lead_unit or ""), record.due_on, "\n".join(why)])
    label = lambda name: ask.label("commitments", name)  # noqa: E731
    columns = [
        paper.column(label("paragraph")), paper.column(label("title"), weight=3), paper.column(label("lead_unit"), weight=1.5),
        paper.column(label("due_on"), "date"), paper.column(_("what is open"), weight=2),
    ]  # fmt: skip
    return paper.table(_("Open points"), columns, rows)


def framework(ask: Ask) -> Paper:
    """The framework report."""
    lines = _lines(ask)
    by_pk = {line.record.pk: line for line in lines}
    extra = [
        (paper.column(_("Actions in the period"), "number"), lambda row: len(_done(ask, by_pk[row.pk]))),
        (paper.column(_("With evidence"), "number"), lambda row: sum(bool(a.evidence or a.has_files) for a in _done(ask, by_pk[row.pk]))),
    ]
    names = ["paragraph", "title", "state", "due_on", "lead_unit", "declared", "assessed"]
    records = [line.record for line in lines]
    actions = [[line.record.paragraph, line.title, str(a), a.done_on, str(a.unit or ""), _evidence(a)] for line in lines for a in _done(ask, line)]
    columns = [
        paper.column(ask.label("commitments", "paragraph")), paper.column(_("Commitment"), weight=2), paper.column(_("What was done"), weight=3),
        paper.column(ask.label("actions", "done_on"), "date"), paper.column(ask.label("actions", "unit"), weight=1.5),
        paper.column(_("Evidence"), weight=2),
    ]  # fmt: skip
    blocks = [
        *_summary(ask, lines),
        paper.heading(_("Commitments")), listing(ask, _("Commitments and their statuses"), "commitments", names, records, tones=TONES, extra=extra),
        paper.heading(_("Actions and evidence")), paper.table(_("Actions in the period"), columns, actions),
        paper.heading(_("Open points")), _open_points(ask, lines),
    ]  # fmt: skip
    return Paper(blocks, facts=_facts(ask), title=_("%(framework)s: report") % {"framework": ask["framework"]})


def monitoring(ask: Ask) -> Paper:
    """The report to a monitoring body: each paragraph with its text, its status and what was done on it."""
    lines = _lines(ask)
    blocks = [*_summary(ask, lines), paper.heading(_("By paragraph"))]
    for line in lines:
        blocks += _paragraph(ask, line)
    if not lines:
        blocks.append(paper.text(_("There are no commitments in this period.")))
    return Paper(blocks, facts=_facts(ask), title=_("%(framework)s: report by paragraph") % {"framework": ask["framework"]})


def _paragraph(ask: Ask, line: cycles.Line) -> list[dict]:
    record, none = line.record, _("none")
    words = {"declared": record.get_declared_display() or none, "assessed": record.get_assessed_display() or none, "state": record.get_state_display()}
    made = [
        paper.heading(". ".join(filter(None, [record.paragraph.rstrip("."), line.title])), 2),
        paper.text(pick(record, "text")),
        paper.text(_("State: %(state)s. Declared status: %(declared)s. Assessed status: %(assessed)s.") % words),
    ]
    if record.difference:
        made.append(paper.text(_("Why the two differ: %(why)s") % {"why": record.difference}))
    done = _done(ask, line)
    if done:
        made.append(paper.bullets(_action(action) for action in done))
    else:
        made.append(paper.text(_("No action is entered for this period."), "note"))
    return [block for block in made if block.get("text") != ""]


def _action(action) -> str:
    evidence = _evidence(action)
    tail = f" ({_('Evidence')}: {evidence})" if evidence else ""
    about = pick(action, "description")
    return f"{action.done_on:%d.%m.%Y}. {action}{tail}" + (f"\n{about}" if about else "")


REPORTS = (
    Report(
        "framework", gettext_lazy("Framework report"),
        gettext_lazy("The commitments under one framework: declared and assessed status, actions, evidence and open points."),
        framework, PARAMS, sideways=True, figures=True, shows="frameworks",
    ),
    Report(
        "monitoring", gettext_lazy("Report to a monitoring body, by paragraph"),
        gettext_lazy("Each paragraph of a framework with its text, its status and what was done on it in the period."),
        monitoring, PARAMS, figures=True,
    ),
)  # fmt: skip
