"""Restoring a backup into an empty place: all of it, checked, or nothing.

The tables are made as they were when the backup was made, filled, and only then brought up to date, so a backup of an earlier version is
restored by this one. Whatever goes wrong, the place is emptied again; where even that was cut short, a note in the data folder says so.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import apps as current_apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from gegma.audit import heads, protect
from gegma.audit.record import verify
from gegma.engine import files, store

from . import archive, check, tables

NOTE = "restoring"
# Tables whose rows every new database has, and those that are made from others.
BEFOREHAND = {"django_migrations", "django_content_type", "auth_permission", "cache"}


class CannotRestore(Exception):
    """Why nothing was restored."""


@dataclass
class Restored:
    """What was restored."""

    made_at: str
    rows: int = 0
    files: int = 0
    changes: int = 0
    warnings: list[str] = field(default_factory=list)


def restore(source: Path, key: archive.Key | None = None, *, accept_faults: bool = False, tick: Callable[[int], None] = lambda n: None) -> Restored:
    """Restore the backup. Raises CannotRestore with what is wrong; then the place is as empty as before."""
    if not source.is_file():
        raise CannotRestore(f"There is no file {source}.")
    opened = Path(settings.DATA_DIR) / f".restore.{os.getpid()}.part"
    try:
        plain = _opened(source, opened, key)
        zipped, manifest = archive.open_zip(plain)
        with zipped:
            older = _check_schema(manifest)
            _check_place()
            return _into_place(zipped, manifest, older, accept_faults, tick)
    except archive.Damaged as error:
        raise CannotRestore(f"{source}: {error}.")
    except ValidationError as error:
        raise CannotRestore(f"Nothing was restored: {error.messages[0]}")
    finally:
        opened.unlink(missing_ok=True)


def _opened(source: Path, opened: Path, key: archive.Key | None) -> Path:
    if archive.is_locked(source):
        if not key:
            raise CannotRestore(f"{source} is encrypted: give --age-identity or --passphrase-file.")
        archive.unlock(source, opened, key)
        archive.check_seal(opened)
        return opened
    if key:
        raise CannotRestore(f"{source} is not encrypted: leave --age-identity and --passphrase-file out, or look whether it is the right file.")
    archive.check_seal(source)
    return source


def _check_schema(manifest: dict) -> bool:
    """Whether the backup is of an earlier version. Raises CannotRestore for one of a later."""
    known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    theirs = {(app, name) for app, name in manifest["migrations"]}
    if unknown := sorted(theirs - known):
        app, name = unknown[0]
        raise CannotRestore(f"The backup was made by a later version of Gegma (it knows the migration {app}.{name}). Install that version first, then restore.")
    return bool(known - theirs)


# -- the place ---------------------------------------------------------------------------------------------------------


def _identity() -> dict:
    """Which place this is, without its password."""
    kept = connection.settings_dict
    return {**{name: str(kept.get(name) or "") for name in ("ENGINE", "NAME", "HOST", "PORT")}, "FILES": store.place()}


def note_file() -> Path:
    """The note that a restore is under way, or was cut short."""
    return Path(settings.DATA_DIR) / NOTE


def _broken_off() -> bool:
    """Whether what is here is the half of a restore that was cut short."""
    try:
        return json.loads(note_file().read_text(encoding="utf-8")) == _identity()
    except (OSError, ValueError):
        return False


def _staging() -> Path:
    return Path(f"{settings.MEDIA_ROOT}.{NOTE}")


def _check_place() -> None:
    """Raises CannotRestore unless the place is empty."""
    if _broken_off():
        _empty()
        return
    if not (connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists()):
        _check_tables()
    root = Path(settings.MEDIA_ROOT)
    if root.is_dir() and any(path.is_file() and path.name != files.DOOR for path in root.rglob("*")):
        raise CannotRestore(f"There are files in {root}: a backup is only restored into an empty place. Move them away first.")
    if any(True for _key in store.listed()):
        raise CannotRestore(f"There are files in the {store.place()}: a backup is only restored into an empty place. Name a new bucket in GEGMA_S3_BUCKET.")


def _check_tables() -> None:
    ours = {m._meta.db_table for m in current_apps.get_models(include_auto_created=True)} | BEFOREHAND
    with connection.cursor() as cursor:
        there = [name for name in connection.introspection.table_names(cursor) if not name.startswith("engine_search_fts")]
        if strange := sorted(set(there) - ours):
            raise CannotRestore(f"The database holds tables that are not Gegma's ({strange[0]}): restore into a database of its own.")
        for table in sorted(set(there) - BEFOREHAND):
            cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")
            if cursor.fetchone():
                raise CannotRestore(f"The database is not empty ({table} has rows): a backup is only restored into an empty one. Make a new database and name it in DATABASE_URL, or another GEGMA_DATA.")


def _empty() -> None:
    """No tables, no files."""
    shutil.rmtree(_staging(), ignore_errors=True)
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    _empty_database()
    for sha256 in [found for key in store.listed() if (found := store.hash_of(key))]:  # the bucket was empty when we began
        store.drop(sha256)


def _empty_database() -> None:
    if connection.vendor == "sqlite" and not connection.is_in_memory_db():
        connection.close()
        for end in ("", "-wal", "-shm", "-journal"):
            Path(f"{connection.settings_dict['NAME']}{end}").unlink(missing_ok=True)
        return
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")
        cursor.execute("SELECT p.oid::regprocedure FROM pg_proc p WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'gegma\\_%%'")
        for (function,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {function}")


# -- filling it --------------------------------------------------------------------------------------------------------


def _into_place(zipped: zipfile.ZipFile, manifest: dict, older: bool, accept_faults: bool, tick) -> Restored:
    note_file().write_text(json.dumps(_identity()), encoding="utf-8")
    try:
        found = Restored(manifest["made_at"], files=len(manifest["files"]))
        _empty()
        _files(zipped, manifest, tick)
        _tables(zipped, manifest, found, tick)
        if older:
            _bring_up_to_date()
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        protect.protect(settings.DATABASE_ROLE)
        if store.is_folder() and _staging().is_dir():
            Path(settings.MEDIA_ROOT).parent.mkdir(parents=True, exist_ok=True)
            os.rename(_staging(), settings.MEDIA_ROOT)
        _check_history(manifest, found, accept_faults)
        _check_all(found, accept_faults)
        tick(1)
    except (DatabaseError, OSError, ValueError, zipfile.BadZipFile, protect.CannotProtect) as error:
        _undo()
        raise CannotRestore(f"Nothing was restored: {error}")
    except BaseException:
        _undo()
        raise
    shutil.rmtree(_staging(), ignore_errors=True)
    note_file().unlink()
    return found


def _undo() -> None:
    with suppress(DatabaseError):
        connection.close()
    with suppress(ValidationError):  # out of reach: the note stays, and the next restore empties the bucket first
        _empty()
        note_file().unlink(missing_ok=True)


def _files(zipped: zipfile.ZipFile, manifest: dict, tick) -> None:
    for one in manifest["files"]:
        name = one["sha256"]
        target, digest = _staging() / name[:2] / name[2:4] / name, hashlib.sha256()
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with zipped.open(f"files/{name}") as source, os.fdopen(descriptor, "wb") as file:
            while piece := source.read(archive.PIECE):
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != name:
            raise archive.Damaged(f"files/{name} is not the file that was kept")
        if not store.is_folder():
            store.put(target, name)
        tick(1)


def _tables(zipped: zipfile.ZipFile, manifest: dict, found: Restored, tick) -> None:
    """The tables as they were then, filled in one transaction."""
    theirs = [(app, name) for app, name in manifest["migrations"]]
    executor = MigrationExecutor(connection)
    ends = [node for node in theirs if not any(child.key in set(theirs) and child.key[0] == node[0] for child in executor.loader.graph.node_map[node].children)]
    executor.migrate(ends)
    models = {m._meta.db_table: m for m in tables.kept(executor.loader.project_state(ends).apps)}
    told = {one["table"]: one for one in manifest["tables"]}
    if set(models) != set(told):
        raise archive.Damaged(f"the backup and its version do not fit: {sorted(set(models) ^ set(told))[0]}")
    with transaction.atomic():
        for name, model in models.items():
            with zipped.open(f"data/{name}.jsonl") as source:
                try:
                    tables.load(model, source, told[name]["sha256"], told[name]["rows"])
                except tables.Unfit as error:
                    raise archive.Damaged(f"data/{name}.jsonl: {error}")
            if told[name]["last"] is not None:
                tables.give_out_after(model, told[name]["last"])
            found.rows += told[name]["rows"]
            tick(1)


def _bring_up_to_date() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def _check_history(manifest: dict, found: Restored, accept_faults: bool) -> None:
    """The history is whole, and the one of which the backup holds the signed head."""
    head = manifest["head"]
    verdict = heads.verify_against(head) if head["count"] else verify()
    found.changes = verdict.count
    if not verdict.ok:
        words = f"the history in the backup is broken at row {verdict.row or 'the end'}: {verdict.why}"
        if not accept_faults:
            raise ValueError(f"{words}. Take an earlier backup, or, knowing that, --accept-faults.")
        found.warnings.append(words)
    try:
        heads.check_signature(heads.read(json.dumps(head)))
    except heads.BadHead as error:
        found.warnings.append(f"The signature of the backup's head was not checked against our key: {error}. That is expected on a new machine without the old GEGMA_AUDIT_KEY.")


def _check_all(found: Restored, accept_faults: bool) -> None:
    """What came out is what went in, hash by hash; a fault that is found now was in the place that the backup was made of."""
    problems = list(check.everything(history=False))
    if accept_faults:
        found.warnings += [str(p) for p in problems[:20]]
        if len(problems) > 20:
            found.warnings.append(f"and {len(problems) - 20} more: «gegma check» tells all")
    elif problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise ValueError(f"what is in the backup does not stand: {problems[0]}{more}. Take an earlier backup, or, knowing that, --accept-faults.")
