"""record() adds to the history inside the caller's transaction; verify() walks the chain."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from .context import Origin, current, is_past
from .models import Action, Change, Head

# Any number, the same for every writer: the advisory lock that makes writers queue before they read the head.
LOCK = 7_103_417
# So many rows one statement may name.
AT_ONCE = 400
# Under this key the chain says that the content of one of its rows was lawfully removed.
ERASURE = "erasure"


@dataclass
class Entry:
    """What happened to one record; before and after hold only the fields that differ."""

    register: str
    record_id: int
    action: str
    version: int
    before: dict
    after: dict
    parent_register: str = ""
    parent_id: int | None = None


def lock() -> None:
    """Queue for the end of the chain; call first in the transaction, so that no writer waits while it holds rows."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def record(actor, entries: list[Entry]) -> list[Change]:
    """Append one Change per entry. Must run inside the transaction of the write itself."""
    if not entries:
        return []
    if is_past():
        raise RuntimeError("the past cannot be changed: nothing is written while the registers are read as known at a moment")
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() belongs inside the transaction of the write")
    lock()
    head = Head.objects.filter(pk=1).first() or Head(pk=1)
    where, now, last, changes = current(), timezone.now(), head.hash, []
    for number, entry in enumerate(entries, head.count + 1):
        change = Change(
            at=now,
            **_who(actor, where),
            source=where.source,
            request_id=where.request_id,
            address=where.address,
            salt=secrets.token_hex(16),
            previous_hash=last,
            **_plain(entry),
        )
        change.body_hash = body_hash(change)
        change.hash = last = chain_hash(number, last, change.body_hash)
        changes.append(change)
    Change.objects.bulk_create(changes, batch_size=500)
    _move_head(head.count + len(changes), last)
    return changes


def _who(actor, where: Origin) -> dict:
    """Who did it, and in whose place: a substitute writes with the rights of the absent one, and is named as who wrote."""
    if where.acting is None or actor.pk is None or actor.pk != where.for_whom:
        return {"actor_id": actor.pk, "actor_name": str(actor)[:200]}
    return {
        "actor_id": where.acting.pk, "actor_name": str(where.acting)[:200],
        "on_behalf_of_id": actor.pk, "on_behalf_name": str(actor)[:200],
    }  # fmt: skip


def _move_head(count: int, value: str) -> None:
    """The head to the new end. On PostgreSQL by its own function: the role that the application works as may not touch the table."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT gegma_move_head(%s, %s)", [count, value])
    else:
        Head.objects.update_or_create(pk=1, defaults={"count": count, "hash": value})


def _plain(entry: Entry) -> dict:
    values = dict(vars(entry))
    for side in ("before", "after"):  # as the database will give it back, so that the hash is the same then
        values[side] = json.loads(json.dumps(values[side], cls=DjangoJSONEncoder))
    return values


def body_hash(change: Change) -> str:
    """The salted hash of everything that the row says."""
    body = [
        change.at.astimezone(timezone.get_fixed_timezone(0)).isoformat(timespec="microseconds"),
        change.actor_id, change.actor_name, change.source, change.request_id, change.address,
        change.register, change.record_id, change.parent_register, change.parent_id,
        change.action, change.version, change.before, change.after,
    ]  # fmt: skip
    if change.on_behalf_of_id is not None or change.on_behalf_name:  # rows written before there were substitutes hash as they did
        body.append([change.on_behalf_of_id, change.on_behalf_name])
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{change.salt}{text}".encode()).hexdigest()


def chain_hash(number: int, previous: str, body: str) -> str:
    """The hash of the row at this position, over the row before it."""
    return hashlib.sha256(f"{number}|{previous}|{body}".encode()).hexdigest()


def erase(actor, change: Change, reason: str) -> None:
    """Lawfully remove what a row says, with its salt: its place in the chain stays, and the chain says by whom and why.

    Raises ValueError where it is removed already, or no reason is given.
    """
    if change.register == ERASURE:
        raise ValueError("that something was erased is not erased itself")
    if not erase_all(actor, [change.pk], reason):
        raise ValueError("the content of this row is removed already")


def erase_all(actor, numbers: Iterable[int], reason: str) -> int:
    """The same for many rows: returns how many had anything to remove. Erasures themselves are passed over. Raises ValueError without a reason."""
    if not reason.strip():
        raise ValueError("an erasure needs its reason")
    wanted, done = sorted(set(numbers)), 0
    with transaction.atomic():
        lock()
        for start in range(0, len(wanted), AT_ONCE):
            rows = Change.objects.filter(pk__in=wanted[start : start + AT_ONCE]).exclude(salt="").exclude(register=ERASURE)
            found = dict(rows.order_by("pk").values_list("pk", "hash"))
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT gegma_erase(n) FROM unnest(%s::bigint[]) AS n", [list(found)])
            else:
                Change.objects.filter(pk__in=found).update(before={}, after={}, salt="")
            record(actor, [Entry(ERASURE, pk, Action.DELETE, 1, {}, {"hash": value, "reason": reason}) for pk, value in found.items()])
            done += len(found)
    return done


def erasures() -> list[dict]:
    """The ledger of erasures: what is to be erased again after an older backup was restored."""
    rows = Change.objects.filter(register=ERASURE).order_by("pk")
    return [{"row": row.record_id, "at": row.at.isoformat(), "by": row.actor_name, **row.after} for row in rows]


def erase_again(actor, ledger: list[dict]) -> int:
    """Replay a ledger: erase what it names and is there again. Returns how many rows that were."""
    done = 0
    for line in ledger:
        change = Change.objects.filter(pk=line["row"], hash=line["hash"]).exclude(salt="").first()
        if change is not None:
            erase(actor, change, line["reason"])
            done += 1
    return done


@dataclass(frozen=True)
class Verdict:
    """ok, or the first row at which the chain breaks and why; head is to be kept elsewhere and given next time.

    erased counts the rows whose content and salt were lawfully removed; their place in the chain still stands.
    """

    ok: bool
    count: int
    head: str
    row: int | None = None
    why: str = ""
    erased: int = 0


def verify(known_head: str = "") -> Verdict:
    """Walk the chain. known_head ("count:hash", kept elsewhere) also finds truncation and a rewrite of everything."""
    known_count, _, known_hash = known_head.partition(":")
    last, number = "", 0
    erased: dict[int, int] = {}
    ledger: set[int] = set()
    for change in Change.objects.order_by("pk").iterator(chunk_size=2000):
        number += 1
        if change.previous_hash != last:
            return Verdict(False, number, "", change.pk, "a row is missing, added or out of order before this one")
        if not (change.salt or change.before or change.after):
            erased[change.pk] = number
        elif change.body_hash != body_hash(change):
            return Verdict(False, number, "", change.pk, "this row was changed")
        elif change.register == ERASURE:
            ledger.add(change.record_id)
        if change.hash != chain_hash(number, last, change.body_hash):
            return Verdict(False, number, "", change.pk, "the hash of this row was changed")
        last = change.hash
        if known_count and number == int(known_count) and last != known_hash:
            return Verdict(False, number, "", change.pk, "the history up to here is not the one that was known")
    if unlawful := sorted(set(erased) - ledger):
        return Verdict(False, erased[unlawful[0]], "", unlawful[0], "the content of this row was removed, and no erasure is recorded")
    head = Head.objects.filter(pk=1).first() or Head()
    if (head.count, head.hash) != (number, last):
        return Verdict(False, number, f"{number}:{last}", None, "rows at the end are missing, or the head was changed")
    if known_count and number < int(known_count):
        return Verdict(False, number, f"{number}:{last}", None, "rows at the end are missing")
    return Verdict(True, number, f"{number}:{last}", erased=len(erased))
