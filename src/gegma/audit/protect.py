"""The database itself refuses to change what was recorded.

Put on by `gegma setup`, after the tables are made, and not by a migration: tests empty their tables, and only an installation is to refuse
that. On both databases triggers refuse to change or delete a row of the history or of the accesses; only the content of one change can be
blanked (audit.record.erase), and the head only moves on. On PostgreSQL the role that the application works as gets no right to it besides.
"""

from __future__ import annotations

import re

from django.db import connection

from .models import Access, Change, Head

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$-]{0,62}")
ERASED = ("before", "after", "salt")
REFUSAL = "what was recorded is not changed"


class CannotProtect(Exception):
    """Why the rights were not given."""


def _kept_columns() -> list[str]:
    return [f.column for f in Change._meta.concrete_fields if f.name not in ERASED]


def _sqlite() -> dict[str, str]:
    """Trigger → its statement."""
    change, access, head = Change._meta.db_table, Access._meta.db_table, Head._meta.db_table
    blank = " AND ".join(["NEW.before = '{}'", "NEW.after = '{}'", "NEW.salt = ''", *(f'NEW."{c}" IS OLD."{c}"' for c in _kept_columns())])
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return {
        "audit_change_kept": f"CREATE TRIGGER audit_change_kept BEFORE UPDATE ON {change} WHEN NOT ({blank}) {refuse}",
        "audit_change_stays": f"CREATE TRIGGER audit_change_stays BEFORE DELETE ON {change} {refuse}",
        "audit_access_kept": f"CREATE TRIGGER audit_access_kept BEFORE UPDATE ON {access} {refuse}",
        "audit_access_stays": f"CREATE TRIGGER audit_access_stays BEFORE DELETE ON {access} {refuse}",
        "audit_head_on": f"CREATE TRIGGER audit_head_on BEFORE UPDATE ON {head} WHEN NOT (NEW.id = OLD.id AND NEW.count > OLD.count) {refuse}",
        "audit_head_stays": f"CREATE TRIGGER audit_head_stays BEFORE DELETE ON {head} {refuse}",
    }


def _postgres() -> list[str]:
    change, access, head = Change._meta.db_table, Access._meta.db_table, Head._meta.db_table
    blank = " AND ".join(
        ["NEW.before = '{}'::jsonb", "NEW.after = '{}'::jsonb", "NEW.salt = ''", *(f'NEW."{c}" IS NOT DISTINCT FROM OLD."{c}"' for c in _kept_columns())]
    )
    refuse = "CREATE OR REPLACE FUNCTION gegma_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '" + REFUSAL + "'; END $$"
    made = [refuse, *_postgres_undo()]
    conditions = {change: f"NOT ({blank})", access: "", head: "NOT (NEW.id = OLD.id AND NEW.count > OLD.count)"}
    for table, condition in conditions.items():
        when = f"WHEN ({condition}) " if condition else ""
        made += [
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} FOR EACH ROW {when}EXECUTE FUNCTION gegma_refuse()",
            f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION gegma_refuse()",
            f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION gegma_refuse()",
        ]
    return made


def _postgres_undo() -> list[str]:
    tables = [model._meta.db_table for model in (Change, Access, Head)]
    return [f"DROP TRIGGER IF EXISTS {table}_{end} ON {table}" for table in tables for end in ("kept", "stays", "whole")]


def _run(statements) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def owns() -> bool:
    """Whether the present role owns the history, and so may put the protection on."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = %s::regclass", [Change._meta.db_table])
        return bool(cursor.fetchone()[0])


def protect(role: str = "") -> bool:
    """Put the triggers on, and, on PostgreSQL, give role what the application needs and nothing more. Safe to run again.

    Returns whether it was done: a role that does not own the tables leaves it to the one that does. Raises CannotProtect.
    """
    if not owns():
        if role:
            raise CannotProtect("Only the owner of the tables can give rights: run this with the owner's DATABASE_URL.")
        return False
    if connection.vendor == "sqlite":
        _run(f"DROP TRIGGER IF EXISTS {name}" for name in _sqlite())
        _run(_sqlite().values())
    else:
        _run(_postgres())
        if role:
            _grant(role)
    return True


def lift() -> None:
    """Take the triggers off."""
    _run((f"DROP TRIGGER IF EXISTS {name}" for name in _sqlite()) if connection.vendor == "sqlite" else _postgres_undo())


def _owner_too(role: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(%s::oid, relowner, 'MEMBER') FROM pg_class WHERE oid = %s::regclass", [role, Change._meta.db_table])
        return cursor.fetchone()[0]


def _grant(role: str) -> None:
    if not NAME.fullmatch(role):
        raise CannotProtect(f"«{role}» is no name of a role.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, oid, current_schema() FROM pg_roles WHERE rolname = %s", [role])
        found = cursor.fetchone()
    if found is None:
        raise CannotProtect(f"There is no role «{role}»: CREATE ROLE \"{role}\" LOGIN PASSWORD '…' first.")
    if found[0] or _owner_too(found[1]):
        raise CannotProtect(f"«{role}» is a superuser or may act as the owner of the tables: nothing can be kept from it. Choose another role.")
    schema, name = f'"{found[2]}"', f'"{role}"'
    change, access, head = (model._meta.db_table for model in (Change, Access, Head))
    _run([
        f"GRANT USAGE ON SCHEMA {schema} TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}",
        f"REVOKE ALL ON {change}, {access}, {head} FROM {name}, PUBLIC",
        f"GRANT SELECT, INSERT ON {change}, {access} TO {name}",
        f"GRANT SELECT ON {head} TO {name}",
        f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {name}",
        f"GRANT EXECUTE ON FUNCTION gegma_move_head(bigint, text), gegma_erase(bigint) TO {name}",
    ])  # fmt: skip
