"""What is taken as a file: recognised by name and content, both must agree. Whatever could run a program or hide one is named and refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from gegma.kernel.sandbox import Refused, run_limited

from . import antivirus, archives
from .content import LOCKED, MARKUP, OLE, SCRIPT, SCRIPTED, TWO_KINDS, holds, magic, on_disk, other

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
# Shown by the browser itself; everything else is only ever saved. A PDF is not among them: browsers do not show one in a sandbox.
INLINE = {"image/jpeg", "image/png"}
PICTURES = {"jpg": (b"\xff\xd8\xff", b"\xff\xd9"), "jpeg": (b"\xff\xd8\xff", b"\xff\xd9"), "png": (b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82")}
TEXTS = {"txt", "csv", "eml"}
# Names that Windows keeps for devices.
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.I)
NAME_MAX, NAME_BYTES_MAX, EXTENSION_MAX = 200, 240, 10


def safe_name(name: str) -> str:
    """The file's name as it can be kept on any machine, and read as what it is.

    Without a path, control characters, marks that turn the direction of writing, and what Windows forbids. A program's ending inside the
    name («bill.exe.pdf») is no ending any more («bill_exe.pdf»).
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    name = "".join(" " if c in "\u2028\u2029" else c for c in name if unicodedata.category(c)[0] != "C")
    name = re.sub(r'[<>:"|?*]', "_", " ".join(name.split())).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem:
        return _short(_unreserved(name), NAME_MAX) or "file"
    extension = extension.strip()[:EXTENSION_MAX]
    inner = stem.split(".")
    stem = inner[0] + "".join(("_" if part.strip().lower() in archives.ACTIVE else ".") + part for part in inner[1:])
    return f"{_short(_unreserved(stem), NAME_MAX, 4 * EXTENSION_MAX)}.{extension}"


def _unreserved(name: str) -> str:
    return f"_{name}" if RESERVED.match(name) else name


def _short(text: str, most: int, less: int = 0) -> str:
    """Short enough for the file systems of all machines, which count bytes; a letter is never cut in two."""
    return text[:most].encode()[: NAME_BYTES_MAX - less].decode(errors="ignore")


def check_all(uploads: Iterable[UploadedFile], present: int = 0) -> list[str]:
    """What keeps uploads from being kept at a record that has so many files already, in words; empty where nothing does."""
    uploads = list(uploads)
    problems = []
    if len(uploads) > settings.MAX_FILES:
        problems.append(_("%(n)s files were chosen; at most %(most)s are taken at once.") % {"n": len(uploads), "most": settings.MAX_FILES})
    elif present + len(uploads) > settings.MAX_RECORD_FILES:
        problems.append(_("A record holds at most %(most)s files, and this one would hold %(n)s: put some of them together, or elsewhere.") % {"most": settings.MAX_RECORD_FILES, "n": present + len(uploads)})
    if problems:
        return problems
    for upload in uploads:
        try:
            check(upload)
        except ValidationError as error:
            problems += error.messages
    return problems


def check(upload: UploadedFile) -> str:
    """The content type of an upload. Raises ValidationError that says what is wrong and what would do. Asked twice, it looks once."""
    if not hasattr(upload, "recognised_as"):
        upload.recognised_as = _check(upload)
    return upload.recognised_as


def _check(upload: UploadedFile) -> str:
    name = safe_name(upload.name)
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    _check_size(upload, name)
    _check_extension(name, extension)
    upload.seek(0)
    try:
        why = _wrong(upload, extension)
        if why:
            raise ValidationError(_("«%(name)s»: %(why)s") % {"name": name, "why": why})
        upload.seek(0)
        antivirus.check(upload, name)
    finally:
        upload.seek(0)
    return TYPES[extension]


def _check_size(upload: UploadedFile, name: str) -> None:
    if upload.size > settings.MAX_FILE_BYTES:
        limit = settings.MAX_FILE_BYTES // 1024 // 1024
        raise ValidationError(_("«%(name)s» is larger than %(limit)s MB: save it smaller or in parts.") % {"name": name, "limit": limit})
    if not upload.size:
        raise ValidationError(_("«%(name)s» is empty.") % {"name": name})


def _check_extension(name: str, extension: str) -> None:
    if extension in archives.ACTIVE:
        raise ValidationError(_("«%(name)s»: files of the kind .%(kind)s can run programs and are not taken. Save it as PDF.") % {"name": name, "kind": extension})
    if extension in archives.OLD_OFFICE:
        raise ValidationError(_("«%(name)s»: the old Office format .%(kind)s may hold macros and is not taken. Save it as %(new)s or PDF.") % {"name": name, "kind": extension, "new": "." + extension[:3] + "x"})
    if extension not in TYPES:
        raise ValidationError(_("«%(name)s»: files of this kind are not taken. These are: %(kinds)s.") % {"name": name, "kinds": ", ".join(sorted(TYPES))})


def _wrong(upload: UploadedFile, extension: str) -> str:
    """Why the content is not to be taken as what the name says, or nothing."""
    head = upload.read(4096)
    if head.startswith(OLE):
        return _ole(upload)
    if words := magic(head):
        return _("the content is %(what)s, whatever its name says. It is not taken.") % {"what": words}
    if MARKUP.match(head):
        return str(SCRIPTED)
    if extension == "pdf":
        return _pdf(upload, head)
    if extension in PICTURES:
        return _picture(upload, head, extension)
    if extension in TEXTS:
        return _text(upload, head, extension)
    return archives.wrong(upload, extension)


def _ole(upload: UploadedFile) -> str:
    if holds(upload, re.compile(re.escape("EncryptedPackage".encode("utf-16-le")))):
        return str(LOCKED)
    return _("the content is an old Office document or an installer, which may hold macros. Save it as .docx, .xlsx or PDF.")


def _pdf(upload: UploadedFile, head: bytes) -> str:
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"%PDF-"):
        return other("pdf")
    if archives.is_zip(upload):
        return str(TWO_KINDS)
    if holds(upload, re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")) and not _opens(upload):
        return str(LOCKED)
    return ""


def _opens(upload: UploadedFile) -> bool:
    """Whether a PDF that is encrypted opens without a password, as those do in which only printing is forbidden."""
    with on_disk(upload) as path:
        try:
            return bool(run_limited("gegma.kernel.opened:pdf", {"path": path}))
        except Refused:
            return False


def _picture(upload: UploadedFile, head: bytes, extension: str) -> str:
    start, end = PICTURES[extension]
    if not head.startswith(start):
        return other(extension)
    if archives.is_zip(upload) or holds(upload, SCRIPT):
        return str(TWO_KINDS)
    return "" if holds(upload, re.compile(re.escape(end))) else _("the picture is cut short. Save it anew.")


def _text(upload: UploadedFile, head: bytes, extension: str) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # what Excel and Notepad call Unicode
        if MARKUP.match(head[2:].replace(b"\0", b"")):
            return str(SCRIPTED)
    elif holds(upload, re.compile(rb"\0")) or head.startswith((b"PK\3\4", b"%PDF-", *(start for start, _end in PICTURES.values()))):
        return other(extension)
    if archives.is_zip(upload):
        return str(TWO_KINDS)
    return _letter(upload) if extension == "eml" else ""


def _letter(upload: UploadedFile) -> str:
    with on_disk(upload) as path:
        try:
            names = run_limited("gegma.kernel.opened:letter", {"path": path})
        except Refused as refused:
            return archives.say(refused)
    return next((words for name in names if (words := archives.wrong_member(safe_name(name), b""))), "")
