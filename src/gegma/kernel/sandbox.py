"""Reading what strangers send: a guard for zip files and a limited child process.

Word and Excel files are zip files of XML. A few kilobytes can unpack to gigabytes, and some parsers abort the whole
process on hostile input. So every untrusted document is looked over by `guard_zip` and read by `run_limited` in a
fresh child that has no environment, little memory, little time and no right to write a file.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import resource
import selectors
import signal
import stat
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEMBERS_MAX = 2_000
MEMBER_BYTES_MAX = 64 * 1024 * 1024
TOTAL_BYTES_MAX = 200 * 1024 * 1024
RATIO_MAX = 200
# Small members compress well without being a bomb (a sheet of empty rows): the ratio is judged above this size.
RATIO_FROM_BYTES = 1024 * 1024

ADDRESS_SPACE_MAX = 768 * 1024 * 1024
CPU_SECONDS = 15
WALL_SECONDS = 20
RESULT_BYTES_MAX = 64 * 1024 * 1024
CHUNK = 1 << 16


class Refused(Exception):
    """A document that is not read, with the reason.

    `code` is stable (for translation and tests), `message` one English sentence, `params` the values inside it,
    `where` the place in the document, where known.
    """

    def __init__(self, code: str, message: str, where: str = "", **params: Any):
        super().__init__(f"{where}: {message}" if where else message)
        self.code, self.message, self.where, self.params = code, message, where, params

    def as_dict(self) -> dict[str, Any]:
        """The reason as plain data: code, what, where, params."""
        return {"code": self.code, "what": self.message, "where": self.where, "params": self.params}


@dataclass(frozen=True)
class _Entry:
    info: zipfile.ZipInfo
    start: int
    end: int


def guard_zip(path: str | Path) -> list[str]:
    """Look over a zip file without trusting one number in it; return its member names.

    Every member is inflated with a counter. Raises `Refused` (codes: zip_broken, zip_members, zip_encrypted,
    zip_duplicate, zip_symlink, zip_name, zip_overlap, zip_method, zip_size, zip_ratio, xml_dtd).
    """
    with open(path, "rb") as handle:
        try:
            archive = zipfile.ZipFile(handle)
        except (zipfile.BadZipFile, struct.error, ValueError, OSError, OverflowError) as error:
            raise Refused("zip_broken", f"The file is damaged or cut short ({error}).") from None
        infos = archive.infolist()
        if len(infos) > MEMBERS_MAX:
            raise Refused(
                "zip_members", f"The file holds {len(infos)} parts; at most {MEMBERS_MAX} are read.", n=len(infos)
            )
        entries = [_entry(handle, info) for info in infos]
        _check_names(infos)
        _check_overlap(entries)
        total = 0
        for entry in entries:
            total += _inflate(handle, entry, TOTAL_BYTES_MAX - total)
        return [info.filename for info in infos]


def _check_names(infos: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for info in infos:
        name = info.filename
        if name in seen:
            raise Refused("zip_duplicate", f"Two parts of the file have the same name: {name}.", name=name)
        seen.add(name)
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or "\0" in name:
            raise Refused("zip_name", f"A part of the file has a name that leads outside it: {name}.", name=name)
        if info.flag_bits & 0x41:
            raise Refused("zip_encrypted", f"The part {name} is encrypted; save the file without a password.", name=name)
        if stat.S_ISLNK(info.external_attr >> 16):
            raise Refused("zip_symlink", f"The part {name} is a link, not a file.", name=name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("zip_method", f"The part {name} is packed in a way that is not read.", name=name)


def _entry(handle: io.BufferedReader, info: zipfile.ZipInfo) -> _Entry:
    handle.seek(info.header_offset)
    header = handle.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise Refused("zip_broken", f"The part {info.filename} has no header: the file is damaged.", name=info.filename)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    start = info.header_offset + 30 + name_length + extra_length
    return _Entry(info, start, start + info.compress_size)


def _check_overlap(entries: list[_Entry]) -> None:
    end = 0
    for entry in sorted(entries, key=lambda e: e.info.header_offset):
        if entry.info.header_offset < end:
            raise Refused("zip_overlap", "Parts of the file lie over one another.", name=entry.info.filename)
        end = entry.end


def _inflate(handle: io.BufferedReader, entry: _Entry, left: int) -> int:
    """Inflate one member, counting; returns its true size."""
    info = entry.info
    handle.seek(entry.start)
    remaining, size, tail = info.compress_size, 0, b""
    inflater = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
    is_xml = info.filename.lower().endswith((".xml", ".rels", ".vml"))
    while remaining > 0:
        packed = handle.read(min(CHUNK, remaining))
        if not packed:
            raise Refused("zip_broken", f"The part {info.filename} is cut short.", name=info.filename)
        remaining -= len(packed)
        while packed:
            try:
                data = inflater.decompress(packed, CHUNK * 4) if inflater else packed
            except zlib.error as error:
                raise Refused("zip_broken", f"The part {info.filename} is damaged ({error}).", name=info.filename) from None
            packed = inflater.unconsumed_tail if inflater else b""
            size += len(data)
            _check_size(info, size, left)
            if is_xml:
                tail = _check_dtd(info, tail + data)
            if inflater and inflater.eof:
                remaining = 0
                break
    return size


def _check_size(info: zipfile.ZipInfo, size: int, left: int) -> None:
    if size > MEMBER_BYTES_MAX or size > left:
        limit = MEMBER_BYTES_MAX if size > MEMBER_BYTES_MAX else TOTAL_BYTES_MAX
        raise Refused(
            "zip_size", f"The file unpacks to more than {limit // 1024 // 1024} MB ({info.filename}).", name=info.filename
        )
    if size > RATIO_FROM_BYTES and size > RATIO_MAX * max(info.compress_size, 1):
        raise Refused("zip_ratio", f"The part {info.filename} unpacks to over {RATIO_MAX} times its size.", name=info.filename)


def _check_dtd(info: zipfile.ZipInfo, data: bytes) -> bytes:
    flat = data.replace(b"\0", b"") if b"\0" in data else data
    if b"<!DOCTYPE" in flat or b"<!ENTITY" in flat:
        raise Refused(
            "xml_dtd", f"The part {info.filename} declares entities, which an office document never does.", name=info.filename
        )
    return data[-24:]


# --- the limited child --------------------------------------------------------------------------------------------

_CHILD = "import sys; sys.path[:0] = {paths!r}; from gegma.kernel.sandbox import _child; _child()"


def run_limited(
    function: str,
    payload: dict[str, Any],
    *,
    wall_seconds: float = WALL_SECONDS,
    cpu_seconds: int = CPU_SECONDS,
    memory_bytes: int = ADDRESS_SPACE_MAX,
) -> Any:
    """Run `package.module:function`(payload) in a fresh limited child and return what it returns.

    Payload and result are JSON. Raises `Refused` as the function raised it, or with code too_slow (CPU or wall time),
    too_big (memory or result), crashed (anything else: the child died or raised what it should not).
    """
    source_root = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-I", "-B", "-X", "utf8", "-c", _CHILD.format(paths=[source_root])]
    order = json.dumps(
        {"function": function, "payload": payload, "cpu": cpu_seconds, "memory": memory_bytes}, ensure_ascii=False
    )
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
        close_fds=True,
    )
    try:
        answer = _converse(child, order.encode(), time.monotonic() + wall_seconds)
    finally:
        if child.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        if child.stdout:
            child.stdout.close()
    return _unpack(answer, child.returncode)


def _converse(child: subprocess.Popen, order: bytes, deadline: float) -> bytes:
    if child.stdin is None or child.stdout is None:
        raise RuntimeError("the child was started without pipes")
    try:
        child.stdin.write(order)
        child.stdin.close()
    except BrokenPipeError:
        return b""
    parts, size = [], 0
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise Refused("too_slow", "Reading the document took too long; split it or save it anew.")
            data = os.read(child.stdout.fileno(), CHUNK)
            if not data:
                break
            size += len(data)
            if size > RESULT_BYTES_MAX:
                raise Refused("too_big", "The document holds more text than is read at once; split it.")
            parts.append(data)
    try:
        child.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise Refused("too_slow", "Reading the document took too long; split it or save it anew.") from None
    return b"".join(parts)


def _unpack(answer: bytes, returncode: int) -> Any:
    if returncode in (-signal.SIGXCPU, -signal.SIGKILL) and not answer:
        raise Refused("too_slow", "Reading the document took too long; split it or save it anew.")
    try:
        told = json.loads(answer)
    except ValueError:
        raise Refused("crashed", "The document could not be read: its reader stopped. It is damaged or hostile.") from None
    if "refused" in told:
        bad = told["refused"]
        raise Refused(bad["code"], bad["what"], bad["where"], **bad["params"])
    return told["result"]


def _child() -> None:
    """What runs in the child: take the limits on, do the order, answer on stdout."""
    order = json.loads(sys.stdin.buffer.read())
    module, _, name = order["function"].partition(":")
    _limit(order["cpu"], order["memory"])
    try:
        try:
            result = getattr(importlib.import_module(module), name)(order["payload"])
            answer = json.dumps({"result": result}, ensure_ascii=False).encode("utf-8", "replace")
        except Refused as refused:
            answer = json.dumps({"refused": refused.as_dict()}, ensure_ascii=False).encode("utf-8", "replace")
    except MemoryError:
        answer = _told("too_big", "The document needs more memory to read than is allowed; split it.")
    except RecursionError:
        answer = _told("too_deep", "The document is nested too deeply to be read.")
    except Exception as error:
        answer = _told("crashed", f"The document could not be read ({type(error).__name__}). It is damaged or hostile.")
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    # Skip the interpreter's tidying: a parser's broken state must not spoil an answer already given.
    os._exit(0)


def _told(code: str, message: str) -> bytes:
    return json.dumps({"refused": {"code": code, "what": message, "where": "", "params": {}}}).encode()


def _limit(cpu_seconds: int, memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
