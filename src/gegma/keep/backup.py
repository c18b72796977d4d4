"""Making a backup while people work: the database as it was at one moment, and the files that it names then."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from gegma.audit import heads
from gegma.audit.models import Change, Head
from gegma.audit.record import Verdict, verify
from gegma.engine import files, store
from gegma.engine.models import Attachment

from . import archive, tables


class CannotBackUp(Exception):
    """Why there is no backup."""


@dataclass(frozen=True)
class Made:
    """What stands in a backup."""

    path: Path
    size: int
    rows: int
    files: int
    changes: int
    history: Verdict


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read inside is of one moment; nobody who writes is kept waiting."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        kept, connection.transaction_mode = connection.transaction_mode, "DEFERRED"  # IMMEDIATE would keep all writers out
        try:
            with transaction.atomic():
                Head.objects.exists()  # with the first reading the moment is fixed
                yield
        finally:
            connection.transaction_mode = kept
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def make(target: Path, key: archive.Key | None = None, tick: Callable[[int], None] = lambda n: None) -> Made:
    """Write the backup as target: whole, durable and readable by its owner only, or not at all. Raises CannotBackUp."""
    if target.exists():
        raise CannotBackUp(f"{target} is there already: a backup never replaces another. Choose a new name.")
    if not target.parent.is_dir():
        raise CannotBackUp(f"There is no folder {target.parent}.")
    if connection.in_atomic_block:
        raise CannotBackUp("A backup cannot be made inside a transaction.")
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    plain = Path(settings.DATA_DIR) / f".backup.{os.getpid()}.part" if key else partial
    try:
        rows, count, changes, history = _fill(plain, tick)
        if key:
            archive.lock(plain, partial, key)
        _name(partial, target)
        descriptor = os.open(target.parent, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    except OSError as error:
        raise CannotBackUp(f"{target}: {error.strerror or error}")
    except ValidationError as error:  # the bucket did not answer
        raise CannotBackUp(f"{error.messages[0]} There is no backup.")
    finally:
        partial.unlink(missing_ok=True)
        plain.unlink(missing_ok=True)
    return Made(target, target.stat().st_size, rows, count, changes, history)


def _name(partial: Path, target: Path) -> None:
    """The finished file under its name. A link never replaces what somebody put there meanwhile; some disks know none."""
    try:
        os.link(partial, target)
    except FileExistsError:
        raise
    except OSError:
        os.rename(partial, target)


def _fill(path: Path, tick) -> tuple[int, int, int, Verdict]:
    with files.held(), archive.writing(path) as zipped:
        with one_moment():
            told = [_table(zipped, model, tick) for model in tables.kept(apps)]
            named = dict(Attachment.objects.order_by("sha256").values_list("sha256", "size"))
            migrations = sorted(MigrationRecorder(connection).applied_migrations())
            history = verify()
            end = Head.objects.filter(pk=1).first() or Head()
            head = heads.signed(end.count, end.hash)
            changes = Change.objects.count()
        for sha256, size in named.items():
            _file(zipped, sha256, size)
            tick(1)
        manifest = {
            "format": archive.FORMAT, "version": archive.VERSION, "made_at": timezone.now().isoformat(timespec="seconds"),
            "database": connection.vendor, "migrations": migrations, "tables": told,
            "files": [{"sha256": sha256, "size": size} for sha256, size in named.items()], "head": head,
        }  # fmt: skip
        zipped.writestr(archive.MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return sum(t["rows"] for t in told), len(named), changes, history


def _table(zipped, model, tick) -> dict:
    digest, rows = hashlib.sha256(), -1  # the first line is the names of the columns
    with zipped.open(f"data/{model._meta.db_table}.jsonl", "w", force_zip64=True) as member:
        for line in tables.lines(model):
            digest.update(line)
            member.write(line)
            rows += 1
    tick(1)
    return {
        "table": model._meta.db_table, "model": model._meta.label_lower, "rows": rows, "sha256": digest.hexdigest(), "last": tables.last_number(model),
    }  # fmt: skip


def _file(zipped, sha256: str, size: int) -> None:
    """An upload, checked on the way: a backup of damaged files would only be found out when it is needed."""
    source, digest, read = store.get(sha256), hashlib.sha256(), 0
    if source is None:
        raise CannotBackUp(f"The file {sha256} is missing. «gegma check» says at which record it belongs.")
    with store.reached(), source, zipped.open(zipfile.ZipInfo(f"files/{sha256}"), "w", force_zip64=True) as member:
        while piece := source.read(archive.PIECE):
            digest.update(piece)
            member.write(piece)
            read += len(piece)
    if digest.hexdigest() != sha256 or read != size:
        raise CannotBackUp(f"The file {sha256} is damaged. «gegma check» says at which record it belongs.")


def steps() -> int:
    """How many steps make() takes."""
    return len(tables.kept(apps)) + Attachment.objects.values("sha256").distinct().count()


