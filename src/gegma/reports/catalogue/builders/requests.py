"""Statistics of requests: sent, received, answered, how fast; by country, basis and month."""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import mean, median

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.registers.requests.balance import COLUMNS, NAMES, Balance

from .. import paper
from ..base import Ask, Paper, Param, Report

KINDS = {"in_time": "percent"}


def statistics(ask: Ask) -> Paper:
    """The statistics of requests that were passed on in the period."""
    where = {**ask.within("passed_on"), **({"country": str(ask["country"].pk)} if ask["country"] else {})}
    found = ask.counted("requests", where)
    balance = Balance(ask.user, ask.period)
    lines = [line for line in balance.lines if not ask["country"] or line.country == ask["country"]]
    whole = (lines[0] if lines else None) if ask["country"] else balance.total
    figures = whole.figures if whole else dict.fromkeys(NAMES)
    heads = {name: str(head) for name, head, _asked in COLUMNS}
    ordered = sorted(lines, key=lambda line: -(line.figures["sent"] + line.figures["received"]))
    columns = [paper.column(_("Country"), weight=2), *(paper.column(heads[name], KINDS.get(name, "number")) for name in NAMES)]
    rows = [[str(line.country), *(line.figures[name] for name in NAMES)] for line in ordered]
    blocks = [
        paper.heading(_("Summary")),
        paper.figures(*((heads[name], figures[name], KINDS.get(name, "number")) for name in NAMES if name != "in_time"), (_("answered in time"), figures["in_time"], "percent")),
        _months(ask, found),
        paper.heading(_("By country")),
        paper.chart("bars", _("Requests sent and received, by country"), [(row[0], row[1] + row[2]) for row in rows]),
        paper.table(_("Balance by country"), columns, rows, [_("All countries"), *(figures[name] for name in NAMES)] if rows else None),
        paper.heading(_("By basis")), _by_basis(ask, found),
        *([paper.heading(_("Refusals")), _grounds(whole, balance)] if whole and whole.grounds else []),
    ]  # fmt: skip
    return Paper(blocks, facts=[(_("Country"), str(ask["country"] or ""))])


def _months(ask: Ask, found) -> dict:
    counts: dict[str, Counter] = defaultdict(Counter)
    for direction, day in found.order_by().values_list("direction", "passed_on"):
        counts[direction][(day.year, day.month)] += 1
    months = [(m.sentence(), m.start.year, m.start.month) for m in ask.period.months()]
    items = [(words, counts["outgoing"][y, n] + counts["incoming"][y, n]) for words, y, n in months]
    return paper.chart("line", _("Requests sent and received, by month"), items, (_("Month"), _("Requests")))


def _by_basis(ask: Ask, found) -> dict:
    spec = ask.spec("requests")
    basis = spec.all_fields["basis"]
    counts: dict[str, Counter] = defaultdict(Counter)
    days: dict[str, list[int]] = defaultdict(list)
    for key, direction in found.order_by().values_list("basis", "direction"):
        counts[key][direction] += 1
    settled = found.filter(outcome__in=("answered", "partly"), answered_on__isnull=False).filter(spec.query({"open": "0"}).q())
    for key, passed, answered in settled.order_by().values_list("basis", "passed_on", "answered_on"):
        days[key].append((answered - passed).days)
    rows = [
        [basis.word(key) or _("basis not entered"), n["outgoing"], n["incoming"], len(days[key]),
         round(mean(days[key]), 1) if days[key] else None, round(median(days[key]), 1) if days[key] else None]
        for key, n in sorted(counts.items(), key=lambda item: -item[1].total())
    ]  # fmt: skip
    heads = [_("sent"), _("received"), _("answered"), _("average, days"), _("median, days")]
    return paper.table(_("Requests by basis"), [paper.column(_("Basis"), weight=2), *(paper.column(head, "number") for head in heads)], rows)


def _grounds(line, balance: Balance) -> dict:
    rows = [[words, line.grounds.get(key, 0)] for key, words in balance.grounds if line.grounds.get(key)]
    return paper.table(_("Refusals by ground"), [paper.column(_("Ground"), weight=3), paper.column(_("requests"), "number")], rows)


REPORTS = (
    Report(
        "requests", gettext_lazy("Statistics of requests"),
        gettext_lazy("Requests sent and received in the period: by country and basis, answered, refused, in how many days."),
        statistics, (Param("country", gettext_lazy("country"), register="countries"),), sideways=True, figures=True,
    ),
)  # fmt: skip
