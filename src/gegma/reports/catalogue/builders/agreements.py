"""The list of treaties and memoranda by stage and country, what happened in the period, what expires soon."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.engine import registry
from gegma.kernel import dates
from gegma.kernel.text import first_large

from .. import paper
from ..base import Ask, Paper, Param, Report
from ..listing import listing

COLUMNS = ["title", "kind", "area", "stage", "reached_on", "expires_on"]
PARTIES = ["countries", "organisations"]
SOON_DAYS = 365


def asked(ask: Ask) -> dict[str, str]:
    """The filters of the agreements that the report lists."""
    found = {"countries": str(ask["country"].pk)} if ask["country"] else {}
    return {**found, **({"kind": ask["kind"]} if ask["kind"] else {})}


def treaties(ask: Ask) -> Paper:
    """The list of agreements."""
    spec, where = ask.spec("agreements"), asked(ask)
    rows = list(spec.annotated(ask.counted("agreements", where), [*COLUMNS, *PARTIES]))
    stage = spec.all_fields["stage"]
    stages, countries = Counter(row.stage for row in rows), Counter()
    for row in rows:
        countries.update(str(country) for country in spec.all_fields["countries"].value(row, ask.user))
    chapters = []
    for key, words in stage.options:
        of_stage = [row for row in rows if row.stage == key]
        if of_stage:
            chapters += [paper.heading(first_large(str(words)), 2), _listed(ask, f"{words} ({len(of_stage)})", COLUMNS, of_stage)]
    happened = [(words, ask.rows("agreements", {**where, **ask.within(name)})) for name, words in (
        ("signed_on", _("Signed in the period")), ("entered_on", _("Entered into force in the period")),
    )]  # fmt: skip
    blocks = [
        paper.heading(_("Summary")),
        paper.figures(
            (_("agreements"), len(rows)), (_("in force today"), stages["in-force"] + stages["provisional"]),
            (_("signed in the period"), happened[0][1].count()), (_("entered into force in the period"), happened[1][1].count()),
        ),
        paper.chart("status", _("Agreements by stage"), [(words, stages[key], stage.tones[key]) for key, words in stage.options if stages[key]], (_("Stage"), _("Agreements"))),
        paper.chart("bars", _("Agreements by country"), countries.most_common(), (_("Country"), _("Agreements"))),
        paper.heading(_("Expiring soon")), _expiring(ask, where),
        paper.heading(_("In the period")), *(_listed(ask, words, COLUMNS, found) for words, found in happened),
        paper.heading(_("By stage")), *(chapters or [paper.text(_("No agreement is entered."))]),
    ]  # fmt: skip
    return Paper(blocks, facts=[(_("Country"), str(ask["country"] or "")), (_("Note"), _("Stages are those of today; drafts count too."))])


def _listed(ask: Ask, title: str, names: list[str], rows) -> dict:
    """Agreements with their parties, countries and organisations in one column."""
    spec = ask.spec("agreements")
    parties = lambda row: "; ".join(filter(None, (spec.all_fields[name].text(row, ask.user) for name in PARTIES)))  # noqa: E731
    found = spec.annotated(rows, PARTIES) if hasattr(rows, "annotate") else rows
    return listing(ask, title, "agreements", names, found, extra=[(paper.column(_("Parties"), weight=1.5), parties)])


def _expiring(ask: Ask, where: dict) -> dict:
    today = dates.today()
    soon = {"expires_on__from": f"{today:%d.%m.%Y}", "expires_on__to": f"{today + dt.timedelta(days=SOON_DAYS):%d.%m.%Y}"}
    rows = ask.rows("agreements", {**where, **soon}).order_by("expires_on", "pk")
    names = ["title", "stage", "expires_on", "renews_years", "notice_by"]
    return _listed(ask, _("In force until a day within a year from today"), names, rows)


REPORTS = (
    Report(
        "treaties", gettext_lazy("List of treaties and memoranda"),
        gettext_lazy("Agreements by country and stage, those signed and entered into force in the period, those that expire soon."),
        treaties, (
            Param("country", gettext_lazy("country"), register="countries"),
            Param("kind", gettext_lazy("kind"), "choice", options=lambda user: registry.get("agreements").filters["kind"].choices()),
        ), sideways=True, figures=True,
    ),
)  # fmt: skip
