"""Files at records: checked by content, kept once under their SHA-256, remembered in the history of the record."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import unicodedata
import zipfile
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from gegma.audit.models import Action
from gegma.audit.record import Entry, lock
from gegma.audit.record import record as remember

from .history import FILES
from .models import Attachment
from .spec import Register

OFFICE = "application/vnd.openxmlformats-officedocument."
# Extension → what is said of the content when the file is given out. Anything else is not taken.
TYPES = {
    "pdf": "application/pdf",
    "docx": OFFICE + "wordprocessingml.document",
    "xlsx": OFFICE + "spreadsheetml.sheet",
    "pptx": OFFICE + "presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "txt": "text/plain",
    "csv": "text/csv",
    "eml": "message/rfc822",
    "zip": "application/zip",
}
ZIPPED = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
OPEN_DOCUMENT = {"odt", "ods"}
TEXTS = {"txt", "csv", "eml"}
# Programs, and pages that could run a script in a browser.
ACTIVE = {"html", "htm", "xhtml", "svg", "xml", "js", "mjs", "exe", "dll", "msi", "bat", "cmd", "ps1", "vbs", "scr", "com", "jar", "sh", "lnk", "hta", "swf"}
WITH_MACROS = {"docm", "xlsm", "pptm", "doc", "xls", "ppt"}
MARKUP = re.compile(rb"^\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|script|svg|\?xml)", re.I)


def of_record(spec: Register, record) -> list[Attachment]:
    """The files at a record. The caller has asked the policy about the record."""
    return list(Attachment.objects.filter(register=spec.key, record_id=record.pk).select_related("uploaded_by"))


def find(spec: Register, record, pk: int) -> Attachment | None:
    """One file at a record."""
    return Attachment.objects.filter(register=spec.key, record_id=record.pk, pk=pk).first()


def path_of(sha256: str) -> Path:
    """Where the bytes with this SHA-256 are kept."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256[2:4] / sha256


def safe_name(name: str) -> str:
    """The file's name without a path, control characters or marks that turn the direction of writing."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C").strip(" .")
    stem, dot, extension = name.rpartition(".")
    return f"{(stem or extension)[:200]}.{extension[:10]}" if dot and stem else name[:200] or "file"


def check(upload: UploadedFile) -> str:
    """The content type of an upload. Raises ValidationError that says what is wrong and what would do."""
    name = safe_name(upload.name)
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if upload.size > settings.MAX_FILE_BYTES:
        limit = settings.MAX_FILE_BYTES // 1024 // 1024
        raise ValidationError(_("«%(name)s» is larger than %(limit)s MB: save it smaller or in parts.") % {"name": name, "limit": limit})
    if not upload.size:
        raise ValidationError(_("«%(name)s» is empty.") % {"name": name})
    if extension in ACTIVE:
        raise ValidationError(_("«%(name)s»: files of the kind .%(kind)s can run programs and are not taken. Save it as PDF.") % {"name": name, "kind": extension})
    if extension in WITH_MACROS:
        raise ValidationError(_("«%(name)s»: the old Office format .%(kind)s may hold macros and is not taken. Save it as %(new)s or PDF.") % {"name": name, "kind": extension, "new": "." + extension[:3] + "x"})
    if extension not in TYPES:
        raise ValidationError(_("«%(name)s»: files of this kind are not taken. These are: %(kinds)s.") % {"name": name, "kinds": ", ".join(sorted(TYPES))})
    if not _content_fits(upload, extension):
        raise ValidationError(_("«%(name)s» is not really a .%(kind)s file: its content is something else. Save it anew.") % {"name": name, "kind": extension})
    return TYPES[extension]


def _content_fits(upload: UploadedFile, extension: str) -> bool:
    upload.seek(0)
    head = upload.read(4096)
    upload.seek(0)
    if extension == "pdf":
        return b"%PDF-" in head[:1024]
    if extension in {"jpg", "jpeg"}:
        return head.startswith(b"\xff\xd8\xff")
    if extension == "png":
        return head.startswith(b"\x89PNG\r\n\x1a\n")
    if extension in TEXTS:
        return b"\0" not in head and not MARKUP.match(head) and not head.startswith(b"MZ")
    return _archive_fits(upload, extension)


def _archive_fits(upload: UploadedFile, extension: str) -> bool:
    try:
        with zipfile.ZipFile(upload) as archive:
            names = archive.namelist()
            if extension in OPEN_DOCUMENT:
                return "mimetype" in names and archive.getinfo("mimetype").file_size < 200 and archive.read("mimetype").decode() == TYPES[extension]
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, NotImplementedError):
        return False
    finally:
        upload.seek(0)
    if extension in ZIPPED:
        return "[Content_Types].xml" in names and any(n.startswith(ZIPPED[extension]) for n in names) and not any(n.endswith("vbaProject.bin") for n in names)
    return True


def attach(spec: Register, user, record, uploads: list[UploadedFile]) -> list[Attachment]:
    """Keep files at a record and remember it in its history, all or none. Raises PermissionDenied and ValidationError."""
    checked = [(upload, safe_name(upload.name), check(upload)) for upload in uploads]
    with transaction.atomic():
        lock()
        if not spec.may(user, "change", record):
            raise PermissionDenied
        kept = []
        for upload, name, content_type in checked:
            row = Attachment(register=spec.key, record_id=record.pk, name=name, content_type=content_type)
            row.sha256, row.size, row.uploaded_by_id = _store(upload), upload.size, user.pk
            row.save()
            kept.append(row)
        if kept:
            after = {FILES: [row.name for row in kept], "sha256": [row.sha256 for row in kept]}
            remember(user, [Entry(spec.key, record.pk, Action.UPDATE, record.version, {}, after)])
    return kept


def remove(spec: Register, user, record, row: Attachment) -> None:
    """Take a file away from a record and remember it; the bytes go when no record has them any more."""
    with transaction.atomic():
        lock()
        if not spec.may(user, "change", record):
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


def _store(upload: UploadedFile) -> str:
    """Write the bytes once, under their SHA-256; half a file is never seen."""
    digest = hashlib.sha256()
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=root, prefix="coming-")
    try:
        with os.fdopen(descriptor, "wb") as target:
            for chunk in upload.chunks():
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        final = path_of(digest.hexdigest())
        final.parent.mkdir(parents=True, exist_ok=True)
        os.replace(temporary, final)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    return digest.hexdigest()


def _drop(sha256: str) -> None:
    if not Attachment.objects.filter(sha256=sha256).exists():
        path_of(sha256).unlink(missing_ok=True)
