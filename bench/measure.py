"""python -m bench.measure PART: measures one part on the database of the settings, and prints what it found as JSON.

Each part runs in a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from . import clock, keep

YEAR = {"start": "2017-01-01", "end": "2017-12-31"}


def fetch(statement: str) -> list[tuple]:
    """The rows of a statement, as they come."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def plan():
    """The plan of 2017."""
    from gegma.plan.models import Plan

    return Plan.objects.get(key="mia-ird-2017")


def readings() -> dict[str, Any]:
    """Every measure that counts: our reading and the hand-written statement, their figures and their times."""
    from gegma.engine import codes
    from gegma.plan import board, compute, statements

    from .by_hand import statements as by_hand

    found, wrong, hand = [], [], by_hand()
    measures = [
        ((a.code, i.label, m.name), m.definition)
        for a in board.load(plan())
        for i in a.indicators.all()
        for m in i.measures.all()
    ]
    period = plan().period
    bound = {key: d for key, d in measures if compute.read(d, period).bound}
    if set(bound) != set(hand):
        raise SystemExit(f"Not the same measures by hand and in the plan: {sorted(set(bound) ^ set(hand))}")
    for key, definition in bound.items():
        statement = hand[key].format(**YEAR)
        pair = clock.in_turns(lambda d=definition: compute.read(d, period), lambda s=statement: fetch(s)[0])
        ours = (pair.ours_result.numerator,) + ((pair.ours_result.denominator,) if pair.ours_result.percent else ())
        by_hand = tuple(int(n or 0) for n in pair.bare_result)
        if ours != by_hand:
            wrong.append({"measure": " ".join(key), "ours": ours, "by_hand": by_hand})
        codes._lists()  # the codelists are read anew every few seconds, whoever asks: not this measure's query
        with clock.queries() as sent:
            compute.read(definition, period)
        found.append({"measure": " ".join(key), "ours": pair.ours, "by_hand": pair.bare, "figure": ours, "queries": len(sent)})
    with_evidence, _r = clock.repeated(lambda: [compute.read(d, period, evidence=True) for d in bound.values()])
    statements.forget()
    _r, first = clock.once(lambda: [compute.read(d, period) for d in bound.values()])
    return {"measures": found, "wrong": wrong, "with_evidence": with_evidence, "first": first}


class Person:
    """An officer who has signed in."""

    def __init__(self):
        from django.conf import settings
        from django.test import Client

        import gegma.config.wsgi  # noqa: F401  (what the server does when it starts belongs to every page)
        from gegma.accounts.models import User

        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        self.user = User.objects.filter(role="officer", unit__isnull=False, is_active=True).order_by("pk").first()
        User.objects.filter(pk=self.user.pk).update(reads=["personal", "clearances"])  # every register and field is measured
        self.client = Client()
        self.client.force_login(self.user)

    def post(self, address: str, sent: dict) -> None:
        """Send a form; anything but its being taken ends the measurement."""
        answer = self.client.post(address, sent)
        if answer.status_code != 302:
            raise SystemExit(f"{address}: {answer.status_code}, not taken")

    def get(self, address: str) -> str:
        """The page; anything but a page ends the measurement."""
        answer = self.client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
        return answer.content.decode()


def _page(case_address: str, page: int) -> str:
    return case_address + (("&" if "?" in case_address else "?") + f"page={page}" if page > 1 else "")


def _rows(page: str) -> int:
    body = page.partition("<tbody")[2].partition("</tbody>")[0]
    return len(re.findall(r"<tr\b", body))


def lists() -> list[dict[str, Any]]:
    """Pages of registers against their bare SQL."""
    from . import lists as cases

    person, found = Person(), []
    for case in cases.CASES:
        count, _rows_sql = cases.bare(case, person.user.unit_id, 1)
        total = fetch(count)[0][0]
        page = max(1, total // cases.ROWS // 2) if case.deep else 1
        count, rows = cases.bare(case, person.user.unit_id, page)
        found.append(_page_against(person, case.name, _page(case.address, page), total, count, rows))
    from django.db import connection

    for words in cases.SEARCHES:
        count, rows = cases.bare_search(words, connection.vendor, person.user.unit_id, "documents", cases.ROWS)
        total = fetch(count)[0][0]
        found.append(_page_against(person, f"documents, searched for «{words}»", f"/r/documents/?q={words}", total, count, rows))
    return found


def _page_against(person: Person, name: str, address: str, total: int, count: str, rows: str) -> dict[str, Any]:
    pair = clock.in_turns(lambda: person.get(address), lambda: (fetch(count), fetch(rows))[1])
    shown, expected = _rows(pair.ours_result), len(pair.bare_result)
    with clock.queries() as sent:
        person.get(address)
    return {
        "page": name, "ours": pair.ours, "bare": pair.bare, "processor": pair.processor, "records": total, "queries": len(sent),
        "wrong": None if shown == expected else f"{shown} rows shown, {expected} expected",
    }  # fmt: skip


def tasks() -> list[dict[str, Any]]:
    """The pages of the main tasks, and a request entered, against their bare SQL."""
    from . import pages

    person, found = Person(), []
    mine, (country,) = person.user.unit_id, fetch(BUSIEST)[0]
    framework, cycle, _n = fetch("SELECT framework_id, cycle, count(*) FROM commitments_commitment GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 1")[0]
    facts = {"mine": mine, "country": country, "framework": framework, "cycle": cycle}
    for case in pages.PAGES:
        address, statements = case.address.format(**facts), [statement.format(**facts) for statement in case.statements]
        pair = clock.in_turns(lambda a=address: person.get(a), lambda s=statements: [fetch(one) for one in s])
        shown, expected = _rows(pair.ours_result), len(pair.bare_result[case.rows]) + case.more if case.rows is not None else None
        with clock.queries() as sent:
            person.get(address)
        found.append({
            "page": case.name, "ours": pair.ours, "bare": pair.bare, "processor": pair.processor, "records": sum(map(len, pair.bare_result)), "queries": len(sent),
            "wrong": None if expected in (None, shown) else f"{shown} rows shown, {expected} expected",
        })  # fmt: skip
    return [*found, _entry(person, country)]


BUSIEST = "SELECT country_id FROM requests_request GROUP BY country_id ORDER BY count(*) DESC, country_id LIMIT 1"


def _entry(person: Person, country: int) -> dict[str, Any]:
    """A request entered through the quick form and kept, against the least that must be written. What was entered is taken away again."""
    from django.db import connection, transaction

    from gegma.engine import registry

    from . import pages

    model = registry.get("requests").model
    last = fetch("SELECT max(id) FROM requests_request")[0][0]
    columns = [f.column for f in model._meta.concrete_fields if not f.primary_key]
    values = ", ".join({"our_number": "'by hand ' || id", "their_number": "''"}.get(name, name) for name in columns)
    number, *inserts = [statement.format(columns=", ".join(columns), values=values) for statement in pages.ENTRY_SQL]

    def by_hand() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            fetch(number)
            for statement in inserts:
                cursor.execute(statement)

    sent = {**pages.ENTRY, "country": str(country)}
    pair = clock.in_turns(lambda: person.post("/r/requests/quick/", sent), by_hand)
    with clock.queries() as asked:
        person.post("/r/requests/quick/", sent)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM engine_searchentry WHERE register = 'requests' AND record_id > %s", [last])
        cursor.execute("DELETE FROM requests_request WHERE id > %s", [last])
    return {"page": "request entered and kept", "ours": pair.ours, "bare": pair.bare, "processor": pair.processor, "records": 1, "queries": len(asked)}


def search() -> list[dict[str, Any]]:
    """The search over all registers against its bare SQL."""
    from django.db import connection

    from . import lists as cases

    person, found = Person(), []
    for words in cases.SEARCHES:
        statements = [
            s for key in cases.SEARCHED for s in cases.bare_search(words, connection.vendor, person.user.unit_id, key, 10)
        ]
        pair = clock.in_turns(
            lambda words=words: person.get(f"/search/?q={words}"), lambda statements=statements: [fetch(s) for s in statements]
        )
        hits = sum(rows[0][0] for rows in pair.bare_result[::2])
        with clock.queries() as sent:
            person.get(f"/search/?q={words}")
        found.append(
            {"page": f"search for «{words}»", "ours": pair.ours, "bare": pair.bare, "processor": pair.processor, "records": hits, "queries": len(sent)}
        )
    return found


def page(address: str, kept: bool = False) -> dict[str, Any]:
    """One page: seconds, size, queries. kept: as it comes when nothing was written since it was last computed."""
    from gegma.plan.views.common import _boards

    person = Person()

    def get() -> str:
        if not kept:
            _boards.clear()
        return person.get(address)

    seconds, text = clock.repeated(get)
    with clock.queries() as sent:
        get()
    return {"ours": seconds, "kib": len(text.encode()) // 1024, "queries": len(sent)}


def _indicator(activity: str) -> str:
    from gegma.plan.models import Indicator

    found = Indicator.objects.filter(activity__plan=plan(), activity__code=activity).order_by("order").first()
    return f"/plan/mia-ird-2017/indicator/{found.pk}/"


PAGES = {
    "plan board after a change": lambda: page("/plan/mia-ird-2017/"),
    "plan board, nothing changed since": lambda: page("/plan/mia-ird-2017/", kept=True),
    "plan board without months": lambda: page("/plan/mia-ird-2017/?trend=0"),
    "plan board, compared": lambda: page("/plan/mia-ird-2017/?compare=1"),
    "activity page (2.2.8)": lambda: page("/plan/mia-ird-2017/activity/2.2.8/"),
    "indicator page (1.2.4)": lambda: page(_indicator("1.2.4")),
    "home": lambda: page("/"),
    "home, unfinished": lambda: page("/home/unfinished/"),
    "all registers": lambda: page("/r/"),
}


def reports() -> list[dict[str, Any]]:
    """The annual report in each format, against the libraries by hand."""
    from .reports import reports

    return reports()


def catalogue() -> list[dict[str, Any]]:
    """Every report of the catalogue in each format and language."""
    from .catalogue import catalogue

    return catalogue()


def size() -> int:
    """Bytes of the PostgreSQL database."""
    return fetch("SELECT pg_database_size(current_database())")[0][0]


PARTS = {
    "size": size,
    "readings": readings,
    "lists": lists,
    "search": search,
    "tasks": tasks,
    **PAGES,
    **{name: getattr(keep, name) for name in ("audit", "access", "backup", "writers", "kill")},
    "reports": reports,
    "catalogue": catalogue,
}


def main(part: str) -> None:
    """Measure one part and print {result, peak_mib, start_mib}."""
    from gegma.config.cli import ready

    ready("ka")
    start = clock.peak_mib()
    result = PARTS[part]()
    print(json.dumps({"result": result, "peak_mib": clock.peak_mib(), "start_mib": start}, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1])
