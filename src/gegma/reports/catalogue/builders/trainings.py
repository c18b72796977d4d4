"""Statistics of trainings: how many, whom, by which unit and organiser, for how long, and what they changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.engine import registry
from gegma.registers.directory.models import Sex

from .. import paper
from ..base import Ask, Paper, Param, Report

PARAMS = (
    Param("organiser", gettext_lazy("organiser"), register="organisations"),
    Param("audience", gettext_lazy("audience"), "choice", options=lambda user: registry.get("trainings").filters["audience"].choices()),
)


@dataclass
class Tally:
    """People trained, as far as sex and scores are known. A named person is one in any number of trainings."""

    attended: int = 0
    women: int = 0
    men: int = 0
    named: set[int] = field(default_factory=set)
    unnamed: int = 0
    scores: list[tuple[Decimal, Decimal]] = field(default_factory=list)

    def take(self, row) -> None:
        """Add a participation."""
        self.attended += row.headcount
        self.women += row.headcount * (row.sex == Sex.FEMALE)
        self.men += row.headcount * (row.sex == Sex.MALE)
        if row.person_id:
            self.named.add(row.person_id)
        else:
            self.unnamed += row.headcount
        if row.score_before is not None and row.score_after is not None:
            self.scores.append((row.score_before, row.score_after))

    @property
    def people(self) -> int:
        """Different people."""
        return len(self.named) + self.unnamed

    def mean(self, place: int) -> float | None:
        """The mean score before (0) or after (1), of those who have both."""
        return round(float(sum(pair[place] for pair in self.scores)) / len(self.scores), 1) if self.scores else None

    def cells(self) -> list[Any]:
        """Attended, people, women, men, sex not entered."""
        return [self.attended, self.people, self.women, self.men, self.attended - self.women - self.men]


def asked(ask: Ask) -> dict[str, str]:
    """The filters of the trainings that are counted: held, and ended in the period."""
    more = {"organisers": str(ask["organiser"].pk)} if ask["organiser"] else {}
    return {"state": "held", **ask.within("ends_on"), **more, **({"audience": ask["audience"]} if ask["audience"] else {})}


def _columns(first: str, *more: dict) -> list[dict]:
    heads = [_("attended"), _("people"), _("women"), _("men"), _("sex not entered")]
    return [paper.column(first, weight=3), *more, *(paper.column(head, "number") for head in heads)]


def statistics(ask: Ask) -> Paper:
    """The statistics of trainings."""
    trainings = list(ask.counted("trainings", asked(ask)).prefetch_related("organisers").order_by("ends_on", "pk"))
    by_pk = {row.pk: row for row in trainings}
    rows = list(ask.rows("participations", {"state": "completed"}).filter(training__in=by_pk).select_related("unit"))
    total, units, each = Tally(), defaultdict(Tally), defaultdict(Tally)
    for row in rows:
        for tally in (total, units[row.unit], each[row.training_id]):
            tally.take(row)
    hours = sum((row.hours or 0 for row in trainings), Decimal(0))
    person_hours = sum(((by_pk[row.training_id].hours or 0) * row.headcount for row in rows), Decimal(0))
    blocks = [
        paper.heading(_("Summary")),
        paper.figures(
            (_("trainings held"), len(trainings)), (_("attendances completed"), total.attended), (_("different people"), total.people),
            (_("hours of training"), hours), (_("women"), total.women), (_("men"), total.men),
            (_("sex not entered"), total.attended - total.women - total.men), (_("hours times people"), person_hours),
        ),
        paper.chart("line", _("Trainings by month"), _months(ask, trainings), (_("Month"), _("Trainings"))),
        *_by_unit(units, total), *_by_organiser(ask, trainings, each), *_effect(total, trainings, each), *_list(trainings, each, ask),
    ]  # fmt: skip
    return Paper(blocks, facts=[(_("Organiser"), str(ask["organiser"] or "")), (_("Left out"), _undated(ask))])


def _undated(ask: Ask) -> str:
    n = ask.rows("trainings", {"state": "held", "ends_on__set": "0"}).count()
    return _("%(n)s held trainings without a last day are in no period.") % {"n": n} if n else ""


def _months(ask: Ask, trainings: list) -> list[tuple]:
    return [(month.sentence(), sum(row.ends_on in month for row in trainings)) for month in ask.period.months()]


def _by_unit(units: dict, total: Tally) -> list[dict]:
    ordered = sorted(units.items(), key=lambda item: (-item[1].attended, str(item[0] or "")))
    name = lambda unit: str(unit or _("unit not entered"))  # noqa: E731
    return [
        paper.heading(_("By unit")),
        paper.chart("bars", _("Attendances by unit"), [(name(unit), tally.attended) for unit, tally in ordered]),
        paper.table(_("People trained by unit"), _columns(_("Unit")), [[name(unit), *t.cells()] for unit, t in ordered], [_("All"), *total.cells()]),
    ]  # fmt: skip


def _by_organiser(ask: Ask, trainings: list, each: dict) -> list[dict]:
    found: dict[Any, list] = defaultdict(list)
    sees = ask.spec("organisations").policy.sees
    for row in trainings:
        for organiser in [o for o in row.organisers.all() if sees(ask.user, o)] or [None]:
            found[organiser].append(row)
    rows = []
    for organiser, held in sorted(found.items(), key=lambda item: (-len(item[1]), str(item[0] or ""))):
        attended = sum(each[row.pk].attended for row in held)
        rows.append([str(organiser or _("organiser not entered")), len(held), sum((row.hours or 0 for row in held), Decimal(0)), attended])
    columns = [paper.column(_("Organiser"), weight=3), *(paper.column(head, "number") for head in (_("trainings"), _("hours"), _("attended")))]
    return [
        paper.heading(_("By organiser")), paper.chart("bars", _("Trainings by organiser"), [(row[0], row[1]) for row in rows]),
        paper.table(_("Trainings by organiser (one with several organisers stands at each)"), columns, rows),
    ]  # fmt: skip


def _effect(total: Tally, trainings: list, each: dict) -> list[dict]:
    scored = [row for row in trainings if each[row.pk].scores]
    rows = [[str(row), len(each[row.pk].scores), before := each[row.pk].mean(0), after := each[row.pk].mean(1), round(after - before, 1)] for row in scored]
    columns = [paper.column(_("Training"), weight=3), *(paper.column(h, "number") for h in (_("people with both scores"), _("before"), _("after"), _("change")))]
    before, after = total.mean(0), total.mean(1)
    words = _("Effectiveness: the mean score of those who have one before and one after the training.")
    last = [_("All"), len(total.scores), before, after, round(after - before, 1)] if total.scores else None
    return [
        paper.heading(_("Effectiveness")), paper.text(words),
        *([paper.chart("bars", _("Mean score before and after"), [(_("before"), before), (_("after"), after)])] if total.scores else []),
        paper.table(_("Scores before and after"), columns, rows, last),
    ]  # fmt: skip


def _list(trainings: list, each: dict, ask: Ask) -> list[dict]:
    dated = [paper.column(ask.label("trainings", "ends_on"), "date"), paper.column(_("hours"), "number")]
    rows = [[str(row), row.ends_on, row.hours, *each[row.pk].cells()] for row in trainings]
    return [paper.heading(_("Trainings")), paper.table(_("Trainings held in the period"), _columns(_("Training"), *dated), rows)]


REPORTS = (
    Report(
        "trainings", gettext_lazy("Statistics of trainings"),
        gettext_lazy("Trainings and people trained in the period: by sex, unit and organiser, hours, scores before and after."),
        statistics, PARAMS, figures=True,
    ),
)  # fmt: skip
