"""The file of a backup: a zip with the tables as lines of JSON, the uploads, and a manifest of all of it; locked in the age format if asked.

    manifest.json            what is in it: migrations, tables with their counts and hashes, files, the signed head of the history
    data/TABLE.jsonl         the names of the columns, then a row a line
    files/SHA256             the uploads

The comment at the end is the hash of all bytes before it, so that any damage is seen before anything else is looked at.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyrage

from . import passphrase as passphrases

FORMAT, VERSION = "gegma-backup", 1
MANIFEST = "manifest.json"
MARK = b"sha256:"
PIECE = 1024 * 1024
MANIFEST_MAX = 256 * PIECE
MEMBER = re.compile(r"manifest\.json|data/[a-z0-9_]{1,63}\.jsonl|files/[0-9a-f]{64}")
LOCKED = b"age-encryption.org/v1"


class Damaged(Exception):
    """What is wrong with the file."""


@dataclass(frozen=True)
class Key:
    """What a backup is locked with or opened by: a recipient or identities of age, or a passphrase; nothing for an open one."""

    recipients: tuple = ()
    identities: tuple = ()
    passphrase: str = ""

    def __bool__(self) -> bool:
        return bool(self.recipients or self.identities or self.passphrase)


def recipient_key(words: tuple[str, ...]) -> Key:
    """The key to lock with, from age1… words. Raises Damaged."""
    try:
        return Key(recipients=tuple(pyrage.x25519.Recipient.from_str(one.strip()) for one in words))
    except pyrage.RecipientError:
        raise Damaged("this is no recipient of age: it begins with «age1»; «age-keygen» makes one")


def identity_key(text: str) -> Key:
    """The key to open with, from a file of age-keygen. Raises Damaged."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    try:
        return Key(identities=tuple(pyrage.x25519.Identity.from_str(line) for line in lines))
    except pyrage.IdentityError:
        raise Damaged("this is no identity of age: its line begins with «AGE-SECRET-KEY-1»")


def passphrase_key(text: str) -> Key:
    """The key of a passphrase: the first line of its file. Raises Damaged where it is too short to be one."""
    words = text.splitlines()[0].strip() if text.strip() else ""
    if len(words) < 12:
        raise Damaged("the passphrase has fewer than 12 characters")
    return Key(passphrase=words)


# -- writing -----------------------------------------------------------------------------------------------------------


def seal(path: Path) -> None:
    """Write the hash of all bytes before it into the comment of a finished zip."""
    digest = hashlib.sha256()
    with path.open("r+b") as file:
        left = path.stat().st_size - 64
        while left:
            piece = file.read(min(PIECE, left))
            digest.update(piece)
            left -= len(piece)
        file.write(digest.hexdigest().encode())
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def writing(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip to be filled; sealed at the end."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w+b") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        archive.comment = MARK + b"0" * 64
        yield archive
    seal(path)


def lock(source: Path, target: Path, key: Key) -> None:
    """source, encrypted, as target."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as plain, os.fdopen(descriptor, "wb") as locked:
        if key.passphrase:
            passphrases.lock(plain, locked, key.passphrase)
        else:
            pyrage.encrypt_io(plain, locked, list(key.recipients))
        locked.flush()
        os.fsync(locked.fileno())


# -- reading -----------------------------------------------------------------------------------------------------------


def is_locked(path: Path) -> bool:
    """Whether the file is one of age."""
    with path.open("rb") as file:
        return file.read(len(LOCKED)) == LOCKED


def unlock(source: Path, target: Path, key: Key) -> None:
    """The locked file, opened, as target. Raises Damaged."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with source.open("rb") as locked, os.fdopen(descriptor, "wb") as plain:
            if key.passphrase:
                passphrases.unlock(locked, plain, key.passphrase)
            else:
                pyrage.decrypt_io(locked, plain, list(key.identities))
    except passphrases.Locked as error:
        raise Damaged(f"the backup cannot be opened: {error}")
    except (pyrage.DecryptError, OSError) as error:
        raise Damaged(f"the backup cannot be opened: the key is another one, or the file was changed or cut off ({error})")


def check_seal(path: Path) -> None:
    """Raises Damaged unless every byte is as it was written."""
    size, digest = path.stat().st_size, hashlib.sha256()
    if size < 200:
        raise Damaged("the file is too short to be a backup")
    with path.open("rb") as file:
        left = size - 64
        last = b""
        while left:
            piece = file.read(min(PIECE, left))
            if not piece:
                raise Damaged("the file cannot be read to its end")
            digest.update(piece)
            left -= len(piece)
            last = (last + piece)[-len(MARK) :]
        if last != MARK:
            raise Damaged("the file is no backup of Gegma, or its end is cut off")
        if file.read() != digest.hexdigest().encode():
            raise Damaged("the file was damaged: its bytes are not the ones that were written")


def open_zip(path: Path) -> tuple[zipfile.ZipFile, dict]:
    """The archive and its manifest. Every member is one that the manifest names, under a name that a backup has. Raises Damaged."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Damaged("the file is no backup of Gegma: it cannot be read as an archive")
    try:
        return archive, _manifest(archive)
    except BaseException:
        archive.close()
        raise


def _manifest(archive: zipfile.ZipFile) -> dict:
    names = archive.namelist()
    for name in names:
        if not MEMBER.fullmatch(name):
            raise Damaged(f"«{name[:200]}» has no place in a backup")
    if len(set(names)) != len(names):
        raise Damaged("a member stands in the backup twice")
    if MANIFEST not in names:
        raise Damaged(f"{MANIFEST} is missing")
    if archive.getinfo(MANIFEST).file_size > MANIFEST_MAX:
        raise Damaged(f"{MANIFEST} is too large")
    try:
        manifest = json.loads(archive.read(MANIFEST))
        if (manifest["format"], manifest["version"]) != (FORMAT, VERSION):
            raise Damaged(f"the backup is of a kind that this version does not read ({manifest['format']}, {manifest['version']})")
        wanted = {MANIFEST, *(f"data/{t['table']}.jsonl" for t in manifest["tables"]), *(f"files/{f['sha256']}" for f in manifest["files"])}
        for table in manifest["tables"]:
            _ = str(table["sha256"]), int(table["rows"]), table["last"], str(table["model"])
        _ = manifest["head"]["hash"], manifest["made_at"], [(app, name) for app, name in manifest["migrations"]]
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise Damaged(f"{MANIFEST} cannot be understood ({type(error).__name__})")
    if missing := sorted(wanted - set(names)):
        raise Damaged(f"{missing[0]} is missing" + (f", and {len(missing) - 1} more" if len(missing) > 1 else ""))
    if more := sorted(set(names) - wanted):
        raise Damaged(f"{more[0]} is not in the manifest")
    return manifest
