"""Every report of the catalogue, and the progress report, in each format and language: seconds from asking to the file."""

from __future__ import annotations

from typing import Any

from . import clock

GOAL = 10.0
YEAR = "2017"
FORMS = ("docx", "pdf", "xlsx")


def catalogue() -> list[dict[str, Any]]:
    """Rows of {report, lang, records, docx, pdf, xlsx}: the least of two turns. What a report needs is chosen so that it holds the most."""
    from gegma.accounts.models import User
    from gegma.kernel import periods
    from gegma.plan.models import Plan
    from gegma.reports import catalogue as reports
    from gegma.reports import jobs
    from gegma.reports.catalogue import asking, base
    from gegma.reports.jobs import making

    user = User.objects.filter(role="officer", unit__isnull=False, is_active=True).order_by("pk").first()
    period, found = periods.parse(YEAR), []

    def size(report, given) -> int:
        return base.size(report, user, period, asking.cleaned(report, user, given))

    wanted = [(making.PROGRESS, {"plan": [Plan.objects.get(key="mia-ird-2017").key]}, 0)]
    for report in reports.everything():
        ways = [{param.name: [value] for param in report.needs for value in [choice]} for choice in _choices(report, user)] or [{}]
        given = max(ways, key=lambda way: size(report, way))
        wanted.append((report.key, given, size(report, given)))
    for key, given, records in wanted:
        for lang in ("ka", "en"):
            row: dict[str, Any] = {"report": key, "lang": lang, "records": records}
            for form in FORMS:
                order = jobs.Order(key, YEAR, lang, form, given)
                row[form] = min(clock.once(lambda order=order: making.make(order, user))[1] for _turn in range(2))
            found.append(row)
    return found


def _choices(report, user) -> list[str]:
    """The values of the one parameter that a report needs."""
    return [value for param in report.needs for value, _words in param.choices(user)]


def lines(rows: list[dict[str, Any]]) -> list[str]:
    """The table of the bench."""
    slow = [row for row in rows if max(row[form] for form in FORMS) > GOAL]
    found = [f"catalogue: seconds from asking to the file, goal {GOAL:g}   {'MISS' if slow else 'pass'}"]
    return found + [f"   {row['report']:12} {row['lang']}   docx {row['docx']:5.2f}   pdf {row['pdf']:5.2f}   xlsx {row['xlsx']:5.2f}   {row['records']} records" for row in rows]
