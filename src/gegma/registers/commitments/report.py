"""Reporting on a cycle: each commitment with what was done on it, its declared status edited row by row and saved together."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Prefetch, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from gegma.engine import registry, write
from gegma.engine.models import Attachment

from .models import OPEN, Commitment, CommitmentState, Fulfilment

ROWS_A_PAGE = 150
TONES = {"fully": "done", "mostly": "mostly", "partially": "partly", "in-progress": "going", "not-done": "late", "": "none"}


@dataclass
class Line:
    """A commitment on the page. typed: what the person chose and is not saved; problem: why it was not."""

    record: Commitment
    actions: list = field(default_factory=list)
    may_change: bool = False
    typed: dict[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def declared(self) -> str:
        """The status that stands in the field."""
        return self.typed.get("declared", self.record.declared)

    @property
    def difference(self) -> str:
        """The reason that stands in the field."""
        return self.typed.get("difference", self.record.difference)

    @property
    def tone(self) -> str:
        """The tone of the declared status."""
        return TONES[self.record.declared]

    @property
    def assessed_tone(self) -> str:
        """The tone of the assessed status."""
        return TONES[self.record.assessed]

    @property
    def state_tone(self) -> str:
        """The tone of the state."""
        return registry.get("commitments").tone(self.record)

    @property
    def number(self) -> str:
        """Its number."""
        return registry.get("commitments").number(self.record)

    @property
    def title(self) -> str:
        """Its title, without the cycle in which the page is anyway."""
        return registry.get("commitments").heading(self.record)

    @property
    def url(self) -> str:
        """Its page."""
        return registry.get("commitments").record_url(self.record)

    @property
    def asks_why(self) -> bool:
        """Whether a reason may be needed: somebody assessed it."""
        return bool(self.record.assessed)


def cycles(user) -> list[dict[str, Any]]:
    """The frameworks and cycles that have commitments which user may see, with how many and how many of them nobody has declared on."""
    spec = registry.get("commitments")
    found = spec.visible(user).order_by().values("framework", "cycle").annotate(n=Count("pk"))
    open_ones = spec.visible(user).filter(state__in=OPEN, declared="").order_by().values("framework", "cycle").annotate(n=Count("pk"))
    waiting = {(row["framework"], row["cycle"]): row["n"] for row in open_ones}
    frameworks = registry.get("frameworks").visible(user).in_bulk()
    rows = [
        {"framework": frameworks[row["framework"]], "cycle": row["cycle"], "n": row["n"], "waiting": waiting.get((row["framework"], row["cycle"]), 0)}
        for row in found
        if row["framework"] in frameworks
    ]
    return sorted(rows, key=lambda row: (str(row["framework"]), _natural(row["cycle"])))


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Text in the order in which people count: 9 before 10, 117.9 before 117.10."""
    return [(0, int(part), "") if part.isascii() and part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", text) if part]


def in_order(rows: QuerySet) -> list[int]:
    """The numbers of the rows by paragraph."""
    return [pk for pk, _paragraph in sorted(rows.order_by().values_list("pk", "paragraph"), key=lambda row: (row[1] == "", _natural(row[1]), row[0]))]


def lines(numbers: list[int], user) -> list[Line]:
    """The commitments of these numbers with the actions on them that user may see."""
    spec, actions = registry.get("commitments"), registry.get("actions")
    done = actions.visible(user).order_by("done_on", "pk").prefetch_related("documents")
    rows = spec.visible(user).select_related("lead_unit").prefetch_related(Prefetch("actions", queryset=done, to_attr="seen_actions"))
    found = rows.in_bulk(numbers)
    mine = set(spec.model.objects.filter(spec.policy.q(user, "change"), pk__in=numbers).values_list("pk", flat=True)) if spec.policy.may(user, "change") else set()
    files = set(Attachment.objects.filter(register=actions.key, record_id__in={a.pk for r in found.values() for a in r.seen_actions}).values_list("record_id", flat=True))
    documents = registry.get("documents")
    made = []
    for pk in numbers:
        if pk in found:
            record = found[pk]
            for action in record.seen_actions:
                action.evidence = [d for d in action.documents.all() if documents.policy.sees(user, d)]
                action.has_files = action.pk in files
            made.append(Line(record, record.seen_actions, pk in mine))
    return made


@dataclass
class Outcome:
    """What came of saving: how many were changed, or the lines with what stands in the way."""

    changed: int = 0
    blocked: bool = False


def save(made: list[Line], user, data: QueryDict, day: dt.date, mark: bool) -> Outcome:
    """Write what the person changed on the page, all or nothing. day: on which it is declared; mark: those in progress become reported.

    Where a row stands in the way, nothing is written: its line says why, and every line keeps what was typed.
    """
    sent = [line for line in made if line.may_change and f"declared-{line.record.pk}" in data]
    for line in sent:
        _take(line, data)
        if line.typed and not line.problem and data.get(f"version-{line.record.pk}") != str(line.record.version):
            line.problem = _theirs(line.record)
    wanted = [line for line in sent if line.typed or _to_mark(line, mark)]
    for line in wanted:
        line.problem = line.problem or _apply(line, day, mark)
    if any(line.problem for line in sent):
        return Outcome(blocked=True)
    try:
        write.save_all(registry.get("commitments"), user, [(line.record, line.record.version) for line in wanted])
    except write.Conflict as conflict:
        line = next(line for line in wanted if line.record.pk == conflict.now.pk)
        line.problem = _theirs(conflict.now)
        return Outcome(blocked=True)
    return Outcome(len(wanted))


def _to_mark(line: Line, mark: bool) -> bool:
    return mark and bool(line.declared) and line.record.state == CommitmentState.IN_PROGRESS


def _take(line: Line, data: QueryDict) -> None:
    """What was sent for the line, where it is another than the page showed."""
    pk = line.record.pk
    status = data.get(f"declared-{pk}", "")
    if status and status not in Fulfilment.values:
        line.problem = str(_("«%(value)s» is not a status.") % {"value": status[:40]})
        return
    if status != data.get(f"was-{pk}", line.record.declared):
        line.typed["declared"] = status
    reason = data.get(f"difference-{pk}")
    if reason is not None and _plain(reason) != _plain(data.get(f"difference-was-{pk}", line.record.difference)):
        line.typed["difference"] = _plain(reason)


def _plain(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").strip()


def _theirs(record: Commitment) -> str:
    word = record.get_declared_display() or _("none")
    return str(_("Somebody saved this commitment meanwhile; its declared status is now «%(status)s». Save again to put yours in its place.") % {"status": word})


def _apply(line: Line, day: dt.date, mark: bool) -> str:
    """Put what was typed into the record; returns why it cannot be saved."""
    record = line.record
    record.difference = line.difference
    if "declared" in line.typed:
        record.declared, record.declared_on = line.declared, day if line.declared else None
    if _to_mark(line, mark):
        record.state = CommitmentState.REPORTED
    problems = registry.get("commitments").problems(record)
    try:
        record.clean_fields(exclude=[f.name for f in record._meta.fields if f.is_relation])
    except ValidationError as error:
        problems |= {name: " ".join(messages) for name, messages in error.message_dict.items()}
    return " ".join(str(why) for why in problems.values())
