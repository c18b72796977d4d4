"""Files of the age format (age-encryption.org/v1) locked with a passphrase, read and written piece by piece.

The library for age does this in memory only, which a backup with years of uploads does not fit into. The files are ordinary age files:
`age -d` opens them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"age-encryption.org/v1"
PIECE, TAG = 64 * 1024, 16
WORK, WORK_MAX = 16, 20  # powers of two: how dear a guess of the passphrase is; 16 costs a quarter of a second


class Locked(Exception):
    """Why the file cannot be opened."""


def _words(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _bytes(words: bytes) -> bytes:
    return base64.b64decode(words + b"=" * (-len(words) % 4), validate=True)


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, info).derive(key)


def _stretched(passphrase: str, salt: bytes, work: int) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=VERSION + b"/scrypt" + salt, n=2**work, r=8, p=1, maxmem=min(2 ** (work + 11), 2**31 - 1), dklen=32)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _pieces(source: BinaryIO, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """(number, piece, whether it is the last one); an empty file is one empty piece."""
    number, piece = 0, source.read(size)
    while True:
        following = source.read(size) if len(piece) == size else b""
        yield number, piece, not following
        if not following:
            return
        number, piece = number + 1, following


def lock(source: BinaryIO, target: BinaryIO, passphrase: str) -> None:
    """Write source to target, locked with the passphrase."""
    key, salt, nonce = secrets.token_bytes(16), secrets.token_bytes(16), secrets.token_bytes(16)
    wrapped = ChaCha20Poly1305(_stretched(passphrase, salt, WORK)).encrypt(bytes(12), key, None)
    head = b"%s\n-> scrypt %s %d\n%s\n---" % (VERSION, _words(salt), WORK, _words(wrapped))
    target.write(head + b" " + _words(hmac.digest(_derived(key, b"", b"header"), head, "sha256")) + b"\n" + nonce)
    cipher = ChaCha20Poly1305(_derived(key, nonce, b"payload"))
    for number, piece, last in _pieces(source, PIECE):
        target.write(cipher.encrypt(_nonce(number, last), piece, None))


def unlock(source: BinaryIO, target: BinaryIO, passphrase: str) -> None:
    """Write to target what lock() was given. Raises Locked for a wrong passphrase and for a file that was changed or cut off."""
    lines = [source.readline(200) for _n in range(4)]
    try:
        arrow, kind, salt, work = lines[1].split()
        if (lines[0], arrow, kind) != (VERSION + b"\n", b"->", b"scrypt") or not 1 <= int(work) <= WORK_MAX:
            raise ValueError
        mark, mac = lines[3].split()
        stretched, wrapped = _stretched(passphrase, _bytes(salt), int(work)), _bytes(lines[2].strip())
    except ValueError:
        raise Locked("it is not locked with a passphrase, or its beginning was changed")
    try:
        key = ChaCha20Poly1305(stretched).decrypt(bytes(12), wrapped, None)
    except InvalidTag:
        raise Locked("the passphrase is wrong, or the beginning of the file was changed")
    head = b"".join(lines[:3]) + mark
    if mark != b"---" or not hmac.compare_digest(hmac.digest(_derived(key, b"", b"header"), head, "sha256"), _bytes(mac)):
        raise Locked("its beginning was changed")
    cipher = ChaCha20Poly1305(_derived(key, source.read(16), b"payload"))
    try:
        for number, piece, last in _pieces(source, PIECE + TAG):
            target.write(cipher.decrypt(_nonce(number, last), piece, None))
    except InvalidTag:
        raise Locked("it was changed or cut off")
