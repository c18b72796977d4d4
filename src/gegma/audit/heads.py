"""The signed head: how long the history is and its last hash, to be kept where nobody who can write to the database can reach it.

Signed with Ed25519. The key is GEGMA_AUDIT_KEY, else one made at the first signing and kept in the data folder; it is never in the
database. Its public half is enough to check a head, so whoever keeps the heads needs no secret.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from dataclasses import replace
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.utils import timezone

from . import access
from .record import Verdict, verify

SIGNED = ("at", "count", "hash", "access")


class BadHead(ValueError):
    """Why a file is no head that can be relied on."""


def _key_file() -> Path:
    return Path(settings.DATA_DIR) / "audit_key"


def _private() -> Ed25519PrivateKey:
    given = settings.AUDIT_KEY
    if not given:
        kept = _key_file()
        if not kept.exists():
            own = kept.with_name(f"audit_key.{os.getpid()}")
            descriptor = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(32))
            with contextlib.suppress(FileExistsError):
                os.link(own, kept)  # of two processes that start at once the first wins
            own.unlink()
        given = kept.read_text().strip()
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(given))


def public_key() -> str:
    """The public half of our key, in hexadecimal."""
    return _private().public_key().public_bytes_raw().hex()


def signed(count: int, value: str) -> dict:
    """A head with its signature."""
    head = {"at": timezone.now().isoformat(timespec="seconds"), "count": count, "hash": value, "access": access.digest()}
    private = _private()
    return {**head, "key": private.public_key().public_bytes_raw().hex(), "signature": private.sign(_text(head)).hex()}


def _text(head: dict) -> bytes:
    return json.dumps({name: head.get(name) for name in SIGNED}, sort_keys=True, separators=(",", ":")).encode()


def read(text: str) -> dict:
    """A head from its file. Raises BadHead."""
    try:
        head = json.loads(text)
        parts = {name: head[name] for name in (*SIGNED, "key", "signature")}
        if not (isinstance(parts["count"], int) and isinstance(parts["access"], dict) and {"count", "last", "hash"} <= set(parts["access"])):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise BadHead("this is no head of the history: it was not made by «gegma audit head», or was cut off")
    return parts


def check_signature(head: dict, key: str = "") -> None:
    """Raises BadHead unless the head was signed with our key, or with the public key given."""
    wanted = key or public_key()
    if head["key"] != wanted:
        raise BadHead(f"the head was signed with another key ({str(head['key'])[:16]}…), not with {wanted[:16]}…")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(wanted)).verify(bytes.fromhex(head["signature"]), _text(head))
    except (InvalidSignature, ValueError, TypeError):
        raise BadHead("the signature of the head is wrong: it was changed after it was signed")


def verify_against(head: dict) -> Verdict:
    """Walk the history and the accesses, and say whether they still begin as they were when the head was signed."""
    found = verify(f"{head['count']}:{head['hash']}")
    if found.ok and access.digest(head["access"]["last"]) != head["access"]:
        return replace(found, ok=False, why="the record of who read or took out what is not the one that was known: rows were changed, removed or added")
    return found


def keep(head: dict) -> Path:
    """The head into the folder heads, by its day; a second one of a day stands beside the first. Returns the file."""
    folder = Path(settings.DATA_DIR) / "heads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = json.dumps(head, indent=1) + "\n"
    for number in range(1, 10_000):
        target = folder / (f"{head['at'][:10]}.json" if number == 1 else f"{head['at'][:10]}-{number}.json")
        try:
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return target
    raise BadHead(f"{folder} holds too many heads of one day")
