"""Asks the ministry's own virus scanner, where the settings name one: ClamAV's daemon, by its INSTREAM command."""

from __future__ import annotations

import logging
import socket
import struct

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

log = logging.getLogger("gegma.antivirus")
CHUNK = 64 * 1024
ANSWER_MAX = 4096


def check(upload: UploadedFile, name: str) -> None:
    """Raise ValidationError where the scanner finds something, or cannot be asked and the settings do not let files pass unseen."""
    if not settings.CLAMD:
        return
    try:
        found = scan(upload)
    except OSError as error:
        log.error("the virus scanner did not answer: %s", type(error).__name__)
        if settings.CLAMD_OPEN:
            return
        raise ValidationError(
            _("«%(name)s» cannot be looked at for viruses now, so it is not taken. Nothing else is lost; try again later or tell the administrator.") % {"name": name}
        ) from None
    if found:
        log.warning("a virus was refused: %s", found)
        raise ValidationError(_("«%(name)s» holds a virus (%(virus)s) and is not taken. Tell whoever looks after security.") % {"name": name, "virus": found})


def scan(upload: UploadedFile) -> str:
    """The name of what the daemon finds, or nothing. Raises OSError where it does not answer, or says that it could not look."""
    with _connected() as daemon:
        daemon.sendall(b"zINSTREAM\0")
        try:
            while piece := upload.read(CHUNK):
                daemon.sendall(struct.pack("!L", len(piece)) + piece)
            daemon.sendall(struct.pack("!L", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it says why in its answer: longer than its StreamMaxLength
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < ANSWER_MAX and (more := daemon.recv(ANSWER_MAX)):
            answer += more
    words = answer.rstrip(b"\0\n").decode("utf-8", "replace").removeprefix("stream: ")
    if words.endswith(" FOUND"):
        return words.removesuffix(" FOUND")[:80]
    if words != "OK":
        raise OSError(words[:80] or "no answer")
    return ""


def _connected() -> socket.socket:
    address: str | tuple[str, int] = settings.CLAMD
    if settings.CLAMD.startswith("/"):
        daemon = socket.socket(socket.AF_UNIX)
        daemon.settimeout(settings.CLAMD_SECONDS)
        try:
            daemon.connect(address)
        except OSError:
            daemon.close()
            raise
        return daemon
    host, _colon, port = settings.CLAMD.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=settings.CLAMD_SECONDS)
