"""The digest of meetings, with their decisions, open and done."""

from __future__ import annotations

from collections import Counter, defaultdict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.kernel import dates

from .. import paper
from ..base import Ask, Paper, Param, Report
from ..listing import listing

DECISIONS = ["number", "title", "unit", "who", "due_on", "state", "done_on"]


def asked(ask: Ask) -> dict[str, str]:
    """The filters of the meetings: held, begun in the period."""
    found = {"state": "held", **ask.within("starts_on")}
    if ask["body"]:
        found["body_or_above"] = str(ask["body"].pk)
    if ask["framework"]:
        found["framework_within"] = str(ask["framework"].pk)
    return found


def digest(ask: Ask) -> Paper:
    """The meetings held in the period, each with its summary and decisions."""
    spec = ask.spec("meetings")
    meetings = list(spec.annotated(ask.counted("meetings", asked(ask)), ["kind", "organisations", "partner_countries", "body"]).order_by("starts_on", "pk"))
    decisions = list(ask.spec("decisions").annotated(ask.rows("decisions").filter(meeting__in=meetings), [*DECISIONS, "meeting"]).order_by("due_on", "pk"))
    of_meeting, today = defaultdict(list), dates.today()
    for decision in decisions:
        of_meeting[decision.meeting_id].append(decision)
    states = Counter(decision.state for decision in decisions)
    late = sum(d.state == "open" and d.due_on is not None and d.due_on < today for d in decisions)
    kind = spec.all_fields["kind"]
    kinds = Counter(kind.text(meeting) for meeting in meetings)
    chapters = []
    for meeting in meetings:
        chapters += _meeting(ask, meeting, of_meeting[meeting.pk])
    listed = lambda title, state: listing(ask, title, "decisions", ["meeting", *DECISIONS[1:]], [d for d in decisions if (d.state == "open") == state])  # noqa: E731
    blocks = [
        paper.heading(_("Summary")),
        paper.figures(
            (_("meetings held"), len(meetings)), (_("decisions"), len(decisions)), (_("decisions open"), states["open"]), (_("open and late"), late),
        ),
        paper.chart("bars", _("Meetings by kind"), kinds.most_common(), (_("Kind"), _("Meetings"))),
        paper.chart("status", _("Decisions by state"), [(w, states[k], ask.spec("decisions").life.tones[k]) for k, w in
                    ask.spec("decisions").all_fields["state"].column.flatchoices], (_("State"), _("Decisions"))),
        paper.heading(_("Decisions open")), listed(_("Decisions that are open"), True),
        paper.heading(_("Decisions carried out")), listed(_("Decisions that were carried out"), False),
        paper.heading(_("Meetings")), *(chapters or [paper.text(_("No meeting was held in the period."))]),
    ]  # fmt: skip
    return Paper(blocks, facts=[(_("Body"), str(ask["body"] or "")), (_("Framework"), str(ask["framework"] or ""))])


def _meeting(ask: Ask, meeting, decisions: list) -> list[dict]:
    spec = ask.spec("meetings")
    words = lambda name: spec.all_fields[name].text(meeting, ask.user)  # noqa: E731
    facts = [words("kind"), words("level"), meeting.place, words("body"), words("organisations"), words("partner_countries")]
    made = [paper.heading(f"{meeting.starts_on:%d.%m.%Y}. {meeting}", 2), paper.text(". ".join(fact for fact in facts if fact))]
    if meeting.summary:
        made.append(paper.text(meeting.summary))
    if decisions:
        said = ask.spec("decisions").all_fields["state"]
        made.append(paper.bullets(f"{d.number + '. ' if d.number else ''}{d} – {said.text(d)}" + (f", {d.due_on:%d.%m.%Y}" if d.due_on else "") for d in decisions))
    return [block for block in made if block.get("text") != ""]


REPORTS = (
    Report(
        "meetings", gettext_lazy("Digest of meetings"), gettext_lazy("The meetings held in the period with their summaries, and their decisions, open and carried out."),
        digest, (
            Param("body", gettext_lazy("body"), register="bodies"), Param("framework", gettext_lazy("framework"), register="frameworks"),
        ), figures=True,
    ),
)  # fmt: skip
