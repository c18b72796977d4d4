"""Whether everything stands: tables, references, files, search, editions, history. Each finding says where, what, and what to do."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor

from gegma.audit.models import Access, Action, Change
from gegma.audit.record import verify
from gegma.engine import files, registry, store
from gegma.engine.models import Attachment, SearchEntry
from gegma.reports import editions
from gegma.reports.models import Edition, EditionFile

from . import archive

NAMED = 5
FROM_BACKUP = "Restore it from a backup made before."


@dataclass(frozen=True)
class Problem:
    """One thing that does not stand."""

    where: str
    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def everything(history: bool = True) -> Iterator[Problem]:
    """All that does not stand. Reads every row and every file. history: whether the chain is walked as well."""
    waiting = list(migrations())
    yield from waiting
    if waiting:  # the tables are not those that the rest asks
        return
    yield from database()
    yield from references()
    yield from pointers()
    yield from stored_files()
    yield from frozen()
    yield from search_entries()
    yield from records_and_history()
    if history:
        yield from chain()


def migrations() -> Iterator[Problem]:
    """Every migration is applied."""
    executor = MigrationExecutor(connection)
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Problem("database", f"{len(plan)} migrations are not applied, the first is {plan[0][0]}", "Run «gegma setup».")


def database() -> Iterator[Problem]:
    """The file of SQLite is whole."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(5)")
        for (line,) in cursor.fetchall():
            if line != "ok":
                yield Problem("database", f"the file is damaged: {line}", FROM_BACKUP)


def references() -> Iterator[Problem]:
    """Every foreign key points to a row."""
    quote = connection.ops.quote_name
    for model in _own_models():
        for column in model._meta.concrete_fields:
            if not column.is_relation or column.related_model is None or not column.db_constraint:
                continue
            other, table = column.related_model._meta, quote(model._meta.db_table)
            target = quote(column.target_field.column)
            statement = (
                f"SELECT t.{quote(model._meta.pk.column)} FROM {table} t LEFT JOIN {quote(other.db_table)} o ON o.{target} = t.{quote(column.column)} "
                f"WHERE t.{quote(column.column)} IS NOT NULL AND o.{target} IS NULL LIMIT {NAMED}"
            )
            with connection.cursor() as cursor:
                cursor.execute(statement)
                for (pk,) in cursor.fetchall():
                    yield Problem(f"{model._meta.db_table} {pk}", f"«{column.name}» points to a row of {other.db_table} that is not there", FROM_BACKUP)


def _own_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]


def pointers() -> Iterator[Problem]:
    """Every row that names a register and a record of it (files, editions, reminders) names one that is there, or was and was deleted."""
    for model in _own_models():
        names = {f.name for f in model._meta.concrete_fields}
        if not {"register", "record_id"} <= names or model in (Change, Access, SearchEntry):
            continue
        wanted: dict[str, set[int]] = {}
        for key, pk in model._base_manager.exclude(record_id=None).order_by().values_list("register", "record_id").distinct().iterator():
            wanted.setdefault(key, set()).add(pk)
        for key, numbers in wanted.items():
            yield from _dangling(model, key, numbers)


def _dangling(model, key: str, numbers: set[int]) -> Iterator[Problem]:
    spec = registry.find(key)
    if spec is None:
        yield Problem(model._meta.db_table, f"names a register «{key}» that does not exist", "Install the version that has it, or tell its makers.")
        return
    gone = numbers - _here(spec, numbers)
    deleted = set(Change.objects.filter(register=key, action=Action.DELETE).values_list("record_id", flat=True)) if gone else set()
    for pk in sorted(gone - deleted)[:NAMED]:
        yield Problem(model._meta.db_table, f"names the record {spec.prefix or key}-{pk}, which is not there and was never deleted", FROM_BACKUP)


def _here(spec, numbers: set[int]) -> set[int]:
    """Those of the numbers that are records."""
    found: set[int] = set()
    wanted = sorted(numbers)
    for start in range(0, len(wanted), 500):
        found.update(spec.model._base_manager.filter(pk__in=wanted[start : start + 500]).values_list("pk", flat=True))
    return found


def stored_files(hashes: bool = True) -> Iterator[Problem]:
    """Every file is there with its hash, and no file is there that no record has; in the folder or the bucket, whichever is set."""
    try:
        named = yield from _named_files(hashes)
        yield from _unnamed_files(named)
    except ValidationError as error:
        yield Problem(f"files, {store.place()}", error.messages[0], "Look whether the server runs and GEGMA_S3_… is right, then check again: files were not all looked at.")


def _named_files(hashes: bool) -> Generator[Problem, None, set[str]]:
    """What is wrong with files that records have; returns the hashes of all of them."""
    named: set[str] = set()
    for row in Attachment.objects.order_by("pk").iterator(chunk_size=500):
        if row.sha256 in named:
            continue
        named.add(row.sha256)
        where, path = f"file «{row.name}» at {row.register}/{row.record_id}", f"{store.place()}/{store.key_of(row.sha256)}"
        content = store.get(row.sha256)
        if content is None:
            yield Problem(where, f"{path} is missing", "Copy files/" + row.sha256 + " out of a backup to this place.")
            continue
        with store.reached(), content:
            whole = content.size == row.size and (not hashes or _sha256(content) == row.sha256)
        if not whole:
            yield Problem(where, f"{path} is not the file that was kept: its content was changed", "Copy files/" + row.sha256 + " out of a backup to this place.")
    return named


def _unnamed_files(named: set[str]) -> Iterator[Problem]:
    orphan = "Run «gegma setup», which takes it away where an upload left it; else move it away."
    for path in files.stored():
        if path.name.startswith(files.COMING):
            yield Problem(str(path), "half a file of an upload that was broken off", "Run «gegma setup», which takes away what is older than an hour.")
        elif store.is_folder() and (path.name not in named or path != files.path_of(path.name)):
            yield Problem(str(path), "no record has this file", orphan)
    for key in store.listed():
        if store.hash_of(key) not in named:
            yield Problem(f"{store.place()}/{key}", "no record has this file", orphan)


def _sha256(file) -> str:
    digest = hashlib.sha256()
    while piece := file.read(archive.PIECE):
        digest.update(piece)
    return digest.hexdigest()


def frozen() -> Iterator[Problem]:
    """Every edition is as it was frozen, and its files are."""
    for edition in Edition.objects.order_by("pk").iterator(chunk_size=10):
        checked = editions.verify(edition)
        if not checked.ok:
            yield Problem(f"edition {edition.number}", str(checked.why), FROM_BACKUP)
    for file in EditionFile.objects.order_by("pk").iterator(chunk_size=10):
        if hashlib.sha256(bytes(file.data)).hexdigest() != file.sha256:
            yield Problem(f"edition E-{file.edition_id}", f"its file «{file.name}» was changed", FROM_BACKUP)


def search_entries() -> Iterator[Problem]:
    """Every entry of the search leads to a record, and every record that was written has one."""
    for spec in registry.everything():
        here = set(spec.model._base_manager.values_list("pk", flat=True))
        found = set(SearchEntry.objects.filter(register=spec.key).values_list("record_id", flat=True))
        written = set(Change.objects.filter(register=spec.key).values_list("record_id", flat=True))
        for pk in sorted(found - here)[:NAMED]:
            yield Problem(f"search, {spec.key}/{pk}", "the record is not there", FROM_BACKUP)
        for pk in sorted((here & written) - found)[:NAMED]:
            yield Problem(f"search, {spec.key}/{pk}", "the record is not found by its words", "Save the record once.")
    keys = {spec.key for spec in registry.everything()}
    for key in set(SearchEntry.objects.values_list("register", flat=True).distinct()) - keys:
        yield Problem("search", f"names a register «{key}» that does not exist", "Install the version that has it, or tell its makers.")


def records_and_history() -> Iterator[Problem]:
    """What the history says is there is there in that version, and what it says was deleted is not."""
    for spec in registry.everything():
        last: dict[int, tuple[str, int]] = {}
        told = Change.objects.filter(register=spec.key).order_by("pk").values_list("record_id", "action", "version")
        for pk, action, version in told.iterator(chunk_size=2000):
            last[pk] = (action, version)
        here = dict(spec.model._base_manager.values_list("pk", "version").iterator(chunk_size=2000))
        yield from _compared(spec, last, here)


def _compared(spec, last: dict[int, tuple[str, int]], here: dict[int, int]) -> Iterator[Problem]:
    for pk, (action, version) in last.items():
        where = f"{spec.prefix or spec.key}-{pk}"
        if action == Action.DELETE and pk in here:
            yield Problem(where, "the history says that it was deleted, and it is there", FROM_BACKUP)
        elif action != Action.DELETE and pk not in here:
            yield Problem(where, "the history says that it was written, and it is not there", FROM_BACKUP)
        elif pk in here and here[pk] != version:
            yield Problem(where, f"it is version {here[pk]}, and the history ends at version {version}", FROM_BACKUP)
    for pk in sorted(set(here) - set(last))[:NAMED]:
        yield Problem(f"{spec.prefix or spec.key}-{pk}", "it is there, and the history knows nothing of it", FROM_BACKUP)


def chain() -> Iterator[Problem]:
    """The history is whole."""
    found = verify()
    if not found.ok:
        yield Problem(f"history, row {found.row or 'the end'}", found.why, "Find out who can write to the database past the application; a backup has the row as it was.")


def quickly() -> Iterator[Problem]:
    """What a broken-off write could leave: everything but the content of files, editions and single references."""
    yield from pointers()
    yield from stored_files(hashes=False)
    yield from search_entries()
    yield from records_and_history()
    yield from chain()
