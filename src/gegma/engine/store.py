"""Where the bytes of files are kept: under their SHA-256 in Django's default storage, a folder or an S3-compatible server by the settings.

They have no address of their own: they are given out through our pages only.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage
from django.utils.translation import gettext as _

log = logging.getLogger("gegma.store")
KEY = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})")


def key_of(sha256: str) -> str:
    """The name of the bytes in the storage."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def is_folder() -> bool:
    """Whether files lie in a folder of this machine (or one that is mounted)."""
    return isinstance(default_storage, FileSystemStorage)


def place() -> str:
    """Where files are kept, in words for the administrator."""
    return str(default_storage.location) if is_folder() else f"bucket {default_storage.bucket_name}"


def listed() -> Iterator[str]:
    """The names of all that lies in the bucket, also of what does not belong there; nothing where files lie in a folder.

    Raises ValidationError where the storage is out of reach.
    """
    if is_folder():
        return
    with reached():
        for one in default_storage.bucket.objects.all():
            yield one.key


def hash_of(key: str) -> str:
    """The SHA-256 of the bytes that lie under this name; nothing where it is no name of ours."""
    found = KEY.fullmatch(key)
    return found[3] if found else ""


def put(temporary: Path, sha256: str) -> None:
    """Take a whole file into the storage under its hash. Half a file is never seen there. Raises ValidationError where the storage is out of reach."""
    if is_folder():
        final = Path(default_storage.path(key_of(sha256)))
        final.parent.mkdir(parents=True, exist_ok=True)
        os.replace(temporary, final)
        for folder in list(final.parents)[:3]:  # the name is as durable as the bytes: both outlast a power cut
            _sync(folder)
        return
    with reached(), temporary.open("rb") as content:
        if not default_storage.exists(key_of(sha256)):
            default_storage.save(key_of(sha256), File(content))
    temporary.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def get(sha256: str) -> IO[bytes] | None:
    """The bytes, to be read; None where they are not there. Raises ValidationError where the storage is out of reach."""
    with reached():
        try:
            return default_storage.open(key_of(sha256), "rb")
        except FileNotFoundError:
            return None


def drop(sha256: str) -> None:
    """Take the bytes away; that they are gone already is no error."""
    with reached():
        default_storage.delete(key_of(sha256))


@contextlib.contextmanager
def reached() -> Iterator[None]:
    """Turns the errors of a server that is out of reach into words."""
    from botocore.exceptions import BotoCoreError, ClientError
    from s3transfer.exceptions import RetriesExceededError

    try:
        yield
    except (BotoCoreError, ClientError, RetriesExceededError) as error:
        log.error("the file storage did not answer: %s", type(error).__name__)
        raise ValidationError(_("The file storage cannot be reached now. Nothing was changed; try again later or tell the administrator.")) from None
