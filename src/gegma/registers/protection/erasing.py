"""Anonymising: what is personal goes from the record, its files, the search and the history; what statistics need stays.

Each erasure is entered in a ledger without the data itself, in the database and in a file outside it: after an older backup was restored,
replay() does again what the backup does not know of.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F as Column
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from gegma.audit.models import Action, Change
from gegma.audit.record import Entry, erase_all, lock, record
from gegma.engine import files, personal, registry, search
from gegma.engine.history import ANONYMISED, FILES
from gegma.engine.personal import Source

from .models import Erasure
from .retention import Holds

CHUNK = 200
REASON_MAX = 300


def anonymise(source: Source, numbers: Sequence[int], *, actor, reason: str, again: dict[int, Erasure] | None = None) -> list[Erasure]:
    """Take the data of these records away, for good. numbers: records that are there, or deleted ones of which the history still tells.

    again: the entries of the ledger by record, where they are done again. Raises ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("an erasure needs its reason")
    done: list[Erasure] = []
    wanted = sorted(set(numbers))
    for start in range(0, len(wanted), CHUNK):
        with transaction.atomic():
            lock()
            made = _anonymise(source, wanted[start : start + CHUNK], actor, reason[:REASON_MAX], again or {})
            transaction.on_commit(lambda rows=made: keep_outside(rows))
        done += made
    return done


def _anonymise(source: Source, numbers: list[int], actor, reason: str, again: dict[int, Erasure]) -> list[Erasure]:
    rows = list(source.model._default_manager.select_for_update().filter(pk__in=numbers))
    marks = {row.pk: mark_of(row) for row in rows} | _marks_of_gone(source, set(numbers) - {row.pk for row in rows})
    for row in rows:
        values = source.left(row)
        versioned = {"version": Column("version") + 1} if hasattr(row, "version") else {}
        source.model._default_manager.filter(pk=row.pk).update(**values, **versioned)
    if source.personal.files:
        files.purge(source.key, numbers)
    erase_all(actor, _changes(source, numbers), reason)
    kept = list(source.model._default_manager.filter(pk__in=[row.pk for row in rows]))
    if source.spec is not None:
        _find_anew(source, kept)
        record(actor, [Entry(source.key, row.pk, Action.UPDATE, getattr(row, "version", 1), {}, {ANONYMISED: source.term_key}) for row in kept])
    now = timezone.now()
    made = [
        again.get(pk) or Erasure(uid=uuid.uuid4(), at=now, source=source.term_key, record_id=pk, mark=mark, reason=reason, by_name=str(actor)[:200])
        for pk, mark in marks.items()
    ]
    known = set(Erasure.objects.filter(uid__in=[one.uid for one in made]).values_list("uid", flat=True))
    Erasure.objects.bulk_create([one for one in made if one.uid not in known])
    return made


def mark_of(row) -> str:
    """What a record is known by, whatever its number: the moment in which it was entered."""
    moment = row.created_at.astimezone(dt.UTC)
    return moment.isoformat(timespec="microseconds")


def _marks_of_gone(source: Source, numbers: set[int]) -> dict[int, str]:
    """Deleted records are known by the change that deleted them."""
    rows = Change.objects.filter(register=source.key, record_id__in=numbers, action=Action.DELETE).order_by("pk")
    return dict(rows.values_list("record_id", "hash"))


def _changes(source: Source, numbers: list[int]) -> list[int]:
    """The changes of these records that tell what is taken away."""
    names = {column.attname for column in map(source.model._meta.get_field, source.emptied)}
    names |= {FILES} if source.personal.files else set()
    rows = Change.objects.filter(register=source.key, record_id__in=numbers).exclude(salt="").iterator(chunk_size=500)
    return [change.pk for change in rows if names & set(change.fields)]


def _find_anew(source: Source, rows: list) -> None:
    """The words by which these records are found, and those of the records that take a word from them."""
    search.index(source.spec, rows)
    numbers = [row.pk for row in rows]
    for spec in registry.everything():
        for bound in spec.all_fields.values():
            if bound.search and bound.kind in {"relation", "relations"} and bound.column.related_model is source.model:
                found = spec.model._default_manager.filter(**{f"{bound.path}__in": numbers}).distinct()
                search.index(spec, list(spec.annotated(found, [b.name for b in spec.all_fields.values() if b.search])))


# -- the ledger --------------------------------------------------------------------------------------------------------


def as_line(row: Erasure) -> dict:
    """An entry of the ledger as it stands outside the database."""
    return {
        "uid": str(row.uid), "at": row.at.isoformat(), "source": row.source, "record": row.record_id, "mark": row.mark, "reason": row.reason,
        "by": row.by_name,
    }  # fmt: skip


def ledger() -> list[dict]:
    """All entries, the oldest first."""
    return [as_line(row) for row in Erasure.objects.order_by("pk")]


def keep_outside(rows: Iterable[Erasure]) -> None:
    """Add entries to the file outside the database, unless they stand there; only its owner reads it."""
    path = Path(settings.ERASURES_FILE)
    known = {line["uid"] for line in read_ledger(path)} if path.exists() else set()
    new = [json.dumps(as_line(row), ensure_ascii=False) for row in rows if str(row.uid) not in known]
    if not new:
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in new))
        file.flush()
        os.fsync(file.fileno())


class BadLedger(ValueError):
    """A file that is no ledger of erasures; it says in which line."""


FIELDS = {"uid": str, "at": str, "source": str, "record": int, "mark": str, "reason": str, "by": str}


def read_ledger(path: Path) -> list[dict]:
    """The entries of a ledger outside the database. Raises BadLedger."""
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadLedger(_("The ledger of erasures cannot be read: %(why)s") % {"why": error})
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            if not isinstance(entry, dict) or any(type(entry.get(name)) is not kind for name, kind in FIELDS.items()):
                raise ValueError("fields")
            uuid.UUID(entry["uid"])
            if (moment := parse_datetime(entry["at"])) is None or timezone.is_naive(moment):
                raise ValueError("at")
        except ValueError:
            raise BadLedger(_("Line %(number)s of the ledger of erasures is no entry.") % {"number": number})
        found.append(entry)
    return found


@dataclass(frozen=True)
class Replayed:
    """done: erased again; already: nothing was there to erase; strange: another record stands under the number; unknown: no such data."""

    done: int = 0
    already: int = 0
    strange: int = 0
    unknown: int = 0


def replay(actor, path: Path | None = None) -> Replayed:
    """Do again all erasures that the ledger outside the database, and the one in it, know of. Safe to run again. Raises BadLedger."""
    path = Path(path or settings.ERASURES_FILE)
    entries = {entry["uid"]: entry for entry in ledger()}
    entries |= {entry["uid"]: entry for entry in (read_ledger(path) if path.exists() else [])}
    told = {"done": 0, "already": 0, "strange": 0, "unknown": 0}
    for entry in sorted(entries.values(), key=lambda one: one["at"]):
        told[_again(entry, actor)] += 1
    return Replayed(**told)


def _again(entry: dict, actor) -> str:
    source, number = personal.source(entry["source"]), entry["record"]
    if source is None:
        return "unknown"
    row = source.model._default_manager.filter(pk=number).first()
    gone = None if row else Change.objects.filter(register=source.key, record_id=number, hash=entry["mark"]).first()
    if row is None and gone is None:
        return "strange"
    if row is not None and mark_of(row) != entry["mark"]:
        return "strange"
    kept = Erasure(
        uid=uuid.UUID(entry["uid"]), at=parse_datetime(entry["at"]), source=entry["source"], record_id=number, mark=entry["mark"],
        reason=entry["reason"][:REASON_MAX], by_name=entry["by"][:200],
    )  # fmt: skip
    known = Erasure.objects.filter(uid=kept.uid).exists()
    holding = row is not None and source.model._default_manager.filter(source.holding(), pk=number).exists()
    if known and not holding and not _changes(source, [number]):
        return "already"
    anonymise(source, [number], actor=actor, reason=kept.reason or entry["source"], again={number: kept})
    return "done"


def erase_person(person, *, actor, reason: str) -> list[Erasure]:
    """Take all data on one person away at once, whatever the terms say. Records that name the person keep only the neutral word.

    Raises ValidationError where the person is on hold.
    """
    done: list[Erasure] = []
    mine = [one for one in personal.sources() if one.spec is not None and one.model is type(person) and one.erases]
    if held := Holds().of(mine[0], [person.pk]):
        raise ValidationError(_("The person is on hold: %(why)s") % {"why": held[person.pk]})
    with transaction.atomic():
        for source in mine:
            done += anonymise(source, [person.pk], actor=actor, reason=reason)
    return done
