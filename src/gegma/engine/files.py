"""Files at records: checked by content, kept once under their SHA-256, remembered in the history of the record."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from gegma.audit.models import Action
from gegma.audit.record import Entry, lock
from gegma.audit.record import record as remember

from . import store
from .filetypes import TYPES, check, check_all, safe_name  # noqa: F401  (asked for here by those who take files)
from .history import FILES
from .models import Attachment
from .spec import Register

# What a file is called while it comes in, and the file whose lock keeps bytes from being removed.
COMING, DOOR = "coming-", ".door"
HOUR = 3600


def of_record(spec: Register, record) -> list[Attachment]:
    """The files at a record. The caller has asked the policy about the record."""
    return list(Attachment.objects.filter(register=spec.key, record_id=record.pk).select_related("uploaded_by"))


def find(spec: Register, record, pk: int) -> Attachment | None:
    """One file at a record."""
    return Attachment.objects.filter(register=spec.key, record_id=record.pk, pk=pk).first()


def path_of(sha256: str) -> Path:
    """Where the bytes with this SHA-256 are kept, where files lie in a folder."""
    return Path(settings.MEDIA_ROOT) / store.key_of(sha256)


def _may_change_files(spec: Register, user, record) -> bool:
    only = spec.policy.columns(user)
    return spec.may(user, "change", record) and (only is None or FILES in only)


def attach(
    spec: Register, user, record, uploads: list[UploadedFile], first: Callable[[], None] | None = None, once: bool = False
) -> list[Attachment]:
    """Keep files at a record and remember it in its history, all or none. Raises PermissionDenied and ValidationError.

    first: called when nobody else can write any more, before anything is kept; what it raises stops the step. once: a file that is at the
    record already, with this name and content, is not kept a second time; its row is among those returned.

    The bytes are on disk before their rows are written, so no row is ever without its file. They come under another name first, before the
    lock is taken: nobody waits for a large file. What a broken-off upload leaves behind sweep() takes away.
    """
    checked = [(upload, safe_name(upload.name), check(upload)) for upload in uploads]
    coming: list[tuple[Path, str]] = []
    try:
        for upload, _name, _type in checked:
            coming.append(_receive(upload))
        with transaction.atomic():
            lock()
            if not _may_change_files(spec, user, record):
                raise PermissionDenied
            if first is not None:
                first()
            there = {(row.name, row.sha256): row for row in of_record(spec, record)} if once else {}
            _check_count(spec, record, [u for (u, name, _t), (_p, sha256) in zip(checked, coming, strict=True) if (name, sha256) not in there])
            kept, held = [], []
            for (upload, name, content_type), (temporary, sha256) in zip(checked, coming, strict=True):
                if row := there.get((name, sha256)):
                    held.append(row)
                    continue
                row = Attachment(register=spec.key, record_id=record.pk, name=name, content_type=content_type)
                row.sha256, row.size, row.uploaded_by_id = sha256, upload.size, user.pk
                store.put(temporary, sha256)
                row.save()
                kept.append(row)
                there |= {(name, sha256): row} if once else {}
            if kept:
                after = {FILES: [row.name for row in kept], "sha256": [row.sha256 for row in kept]}
                remember(user, [Entry(spec.key, record.pk, Action.UPDATE, record.version, {}, after)])
    finally:
        for temporary, _sha256 in coming:
            temporary.unlink(missing_ok=True)
    return [*held, *kept]


def _check_count(spec: Register, record, uploads: list[UploadedFile]) -> None:
    if uploads and (problems := check_all(uploads, Attachment.objects.filter(register=spec.key, record_id=record.pk).count())):
        raise ValidationError(problems)


def remove(spec: Register, user, record, row: Attachment) -> None:
    """Take a file away from a record and remember it; the bytes go when no record has them any more."""
    with transaction.atomic():
        lock()
        if not _may_change_files(spec, user, record):
            raise PermissionDenied
        before = {FILES: [row.name], "sha256": [row.sha256]}
        row.delete()
        remember(user, [Entry(spec.key, record.pk, Action.UPDATE, record.version, before, {})])
        transaction.on_commit(lambda: _drop(row.sha256))


def purge(register: str, numbers: list[int]) -> int:
    """Remove all files of these records, for good, inside the caller's transaction; nobody's rights are asked. Returns how many there were."""
    rows = list(Attachment.objects.filter(register=register, record_id__in=numbers))
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for sha256 in {row.sha256 for row in rows}:
        transaction.on_commit(lambda sha=sha256: _drop(sha))
    return len(rows)


def _receive(upload: UploadedFile) -> tuple[Path, str]:
    """The bytes on disk under a name of their own, and their SHA-256; half a file is never seen under its hash."""
    digest = hashlib.sha256()
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=root, prefix=COMING)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            for chunk in upload.chunks():
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary, digest.hexdigest()


def _drop(sha256: str) -> bool:
    """Remove the bytes that no row names. Under the lock of all writers: nobody attaches the same bytes meanwhile."""
    with _door() as door:
        try:
            fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False  # a backup is reading, or another removes: sweep() comes back to it
        with transaction.atomic():
            lock()
            if Attachment.objects.filter(sha256=sha256).exists():
                return False
            store.drop(sha256)
            return True


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Inside, no bytes are removed: what a backup has seen in the database it finds on the disk."""
    with _door() as door:
        fcntl.flock(door, fcntl.LOCK_SH)
        yield


@contextlib.contextmanager
def _door() -> Iterator[int]:
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(root / DOOR, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def stored() -> Iterator[Path]:
    """Every file in the folder of files, also what does not belong there."""
    root = Path(settings.MEDIA_ROOT)
    return (path for path in sorted(root.rglob("*")) if path.is_file() and path != root / DOOR)


def sweep(age: float = HOUR) -> tuple[int, int]:
    """Take away what broken-off uploads left: half files older than age seconds, and bytes that no row names. Returns how many of each."""
    half = orphans = 0
    named = set(Attachment.objects.values_list("sha256", flat=True))
    for path in stored():
        if path.name.startswith(COMING):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime >= age:
                    path.unlink()
                    half += 1
        elif store.is_folder() and path == path_of(path.name) and path.name not in named:
            orphans += _drop(path.name)
    with contextlib.suppress(ValidationError):  # a bucket out of reach, which is logged: the next start comes back to it
        orphans += sum(_drop(sha256) for key in store.listed() if (sha256 := store.hash_of(key)) and sha256 not in named)
    return half, orphans
