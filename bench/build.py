"""Builds a database of many register records: the demo year, multiplied inside the database.

The demo year is written once through the product itself. Its records are then copied by INSERT … SELECT, each copy shifted by whole years
so that the copies spread evenly over the twelve years that end with the plan's, with the number of the copy in its texts. So
the proportions, the links between records and the texts are those of the demo year. Directory, frameworks, plan and accounts stay single.
Copies have no history: nothing that is measured reads it.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "mia-ird-2017"
YEARS = 12
# Parents before children. What is not named here stays as the demo made it.
GROWN = [
    "people", "agreements", "agreement-steps", "contacts", "contact-verifications", "memberships", "requests", "request-reminders",
    "commitments", "needs", "projects", "project-activities", "monitoring-entries", "trainings", "participations",
    "meetings", "decisions", "documents", "deliveries", "actions", "letters", "inventory", "posts", "clearances", "curricula",
    "web-publications", "web-updates", "data-calls", "call-replies",
]  # fmt: skip
YEARLY = {"cycle", "next_cycle"}  # a text that tells the year, as a cycle of commitments does
COPIES = "WITH RECURSIVE copies(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM copies WHERE k < {copies})"


def fingerprint() -> str:
    """Changes when a kept database must be built anew. New migrations are not part of it: they are applied to a kept database."""
    digest = hashlib.sha256()
    for file in (Path(__file__), EXAMPLE / "plan.txt", EXAMPLE / "measures.yaml"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def build(size: int) -> dict:
    """Fill the empty database of the settings. Returns {records: {register: n}, total, seconds}."""
    from gegma.config import demo_year

    began = time.monotonic()
    demo_year.make(EXAMPLE)
    copies = max(1, math.ceil((size - total(counts())) / total(grown_counts())))
    multiply(copies)
    found = counts()
    return {"records": found, "total": total(found), "copies": copies, "seconds": round(time.monotonic() - began)}


def counts() -> dict[str, int]:
    """Records of each register that is not part of the plan."""
    from gegma.engine import registry

    return {
        spec.key: spec.model._default_manager.count()
        for spec in registry.everything()
        if not spec.model.__module__.startswith("gegma.plan")
    }


def grown_counts() -> dict[str, int]:
    """Of the registers that are multiplied."""
    return {key: n for key, n in counts().items() if key in GROWN}


def total(found: dict[str, int]) -> int:
    """The sum."""
    return sum(found.values())


class Table:
    """A table to be multiplied: its columns as expressions over the row «t» of the demo year and the number of the copy «k»."""

    def __init__(self, model, vendor: str, strides: dict):
        from django.db.models import UniqueConstraint

        self.name, self.vendor, self.strides = model._meta.db_table, vendor, strides
        self.once = {name for one in model._meta.constraints if isinstance(one, UniqueConstraint) for name in one.fields}
        self.columns = {f.column: self.expression(f) for f in model._meta.concrete_fields}
        self.stride = strides[model]

    def expression(self, column) -> str:
        """The value of a column in copy k."""
        from django.db import models

        name = f't."{column.column}"'
        target = column.model if column.primary_key else column.related_model
        if target in self.strides:
            return f"{name} + k * {self.strides[target]}"
        if isinstance(column, models.DateField) and not isinstance(column, models.DateTimeField):
            if self.vendor == "sqlite":
                return f"date({name}, '-' || (k % {YEARS}) || ' years')"
            return f"({name} - make_interval(years => k % {YEARS}))::date"
        if column.name == "year":
            return f"{name} - k % {YEARS}"
        if column.name in YEARLY:
            return f"CASE WHEN {name} = '' OR k % {YEARS} = 0 THEN {name} ELSE {name} || '-' || (k % {YEARS}) END"
        if column.name in {"title_ka", "title_en", "goal_ka", "summary", "text"}:
            return f"CASE WHEN {name} = '' THEN '' ELSE {name} || ' (' || k || ')' END"
        if column.name in self.once and isinstance(column, models.CharField) and not column.choices:  # a number that only one may have
            return f"CASE WHEN {name} = '' THEN '' ELSE {name} || '/' || k END"
        return name

    def statement(self, copies: int, where: str = "") -> str:
        """INSERT … SELECT of all copies, copy by copy."""
        names = ", ".join(f'"{name}"' for name in self.columns)
        return (
            f'INSERT INTO "{self.name}" ({names}) {COPIES.format(copies=copies)} '
            f'SELECT {", ".join(self.columns.values())} FROM copies CROSS JOIN "{self.name}" t '
            f"WHERE t.id <= {self.stride} {where} ORDER BY k, t.id"
        )


def multiply(copies: int) -> None:
    """Copy what the demo year made, so many times."""
    from django.db import connection
    from django.db.models import Max

    from gegma.engine import registry
    from gegma.engine.models import Attachment, SearchEntry

    models = [registry.get(key).model for key in GROWN]
    through = [m.remote_field.through for model in models for m in model._meta.many_to_many]
    models += [*dict.fromkeys(through), Attachment, SearchEntry]
    strides = {model: model._default_manager.aggregate(n=Max("pk"))["n"] or 0 for model in models}
    with connection.cursor() as cursor:
        _loosen(cursor, connection.vendor)
        for model in models:
            began = time.monotonic()
            table, where = Table(model, connection.vendor, strides), ""
            if model in {Attachment, SearchEntry}:
                rows = {key: strides[registry.get(key).model] for key in GROWN}
                shift = "".join(f" WHEN '{key}' THEN {stride}" for key, stride in rows.items())
                table.columns["record_id"] = f"t.record_id + k * CASE t.register {shift} END"
                where = "AND t.register IN ({})".format(", ".join(f"'{key}'" for key in rows))
            cursor.execute(table.statement(copies, where))
            print(f"    {model._meta.db_table}: {cursor.rowcount} rows, {time.monotonic() - began:.1f} s", flush=True)
        _tighten(cursor, connection.vendor)
        if connection.vendor == "postgresql":
            from django.core.management.color import no_style

            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)


def _search_sql() -> tuple[list[str], list[str]]:
    """The statements of the migration that makes the search index: (SQLite, PostgreSQL)."""
    import importlib

    migration = importlib.import_module("gegma.engine.migrations.0002_search_index")
    return migration.SQLITE, migration.POSTGRES


def _loosen(cursor, vendor: str) -> None:
    """Leave checks and the search index aside: what is copied is consistent, and an index is made faster at the end."""
    if vendor == "sqlite":
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("PRAGMA synchronous=OFF")
        for statement in _search_sql()[0]:
            if statement.startswith("CREATE TRIGGER"):
                cursor.execute(f"DROP TRIGGER {statement.split()[2]}")
    else:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '256MB'")
        cursor.execute("DROP INDEX engine_search_trgm")


def _tighten(cursor, vendor: str) -> None:
    """Make the search index again, and let the planner look at the tables."""
    began = time.monotonic()
    if vendor == "sqlite":
        cursor.execute("INSERT INTO engine_search_fts(engine_search_fts) VALUES ('rebuild')")
        for statement in _search_sql()[0]:
            if statement.startswith("CREATE TRIGGER"):
                cursor.execute(statement)
        print(f"    search index: {time.monotonic() - began:.1f} s", flush=True)
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("ANALYZE")
    else:
        cursor.execute(_search_sql()[1][-1])
        print(f"    search index: {time.monotonic() - began:.1f} s", flush=True)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")


def refresh() -> None:
    """Bring a database that was kept up to date: tables and indexes made since, and the files that pages name."""
    from django.core.management import call_command

    from gegma.config.setup import setup

    setup()
    call_command("collectstatic", interactive=False, verbosity=0)


def main(size: int, note: Path) -> None:
    """Build, unless note says that what is there is still right; then refresh."""
    from gegma.config.cli import ready

    ready()
    kept = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
    if kept.get("fingerprint") != fingerprint():
        note.write_text(json.dumps({**build(size), "fingerprint": fingerprint()}), encoding="utf-8")
    refresh()


if __name__ == "__main__":
    import sys

    main(int(sys.argv[1]), Path(sys.argv[2]))
