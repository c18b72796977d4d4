"""What may lie inside an archive: Office and OpenDocument files, and plain zip files. None of it is trusted, nothing is unpacked to disk."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from gegma.kernel.sandbox import Refused, guard_zip

from .content import LOCKED, MARKUP, OLE, TWO_KINDS, magic, on_disk, other

# Programs, and pages that could run a script in a browser.
ACTIVE = {
    "html", "htm", "xhtml", "mhtml", "mht", "svg", "svgz", "xml", "xsl", "xslt", "js", "mjs", "jse", "wasm", "swf", "exe", "dll", "msi", "msix",
    "msp", "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "wsf", "wsh", "scr", "com", "pif", "cpl", "jar", "sh", "bash", "lnk", "url", "hta", "reg", "chm",
    "scf", "inf", "gadget", "application", "appref-ms", "iso", "img", "vhd", "vhdx", "apk", "app", "dmg", "pkg", "deb", "rpm", "elf", "bin", "so", "php",
    "phtml", "asp", "aspx", "jsp", "cgi", "py", "pl", "rb", "xll", "xlam", "one", "desktop",
}  # fmt: skip
OLD_OFFICE = {"docm", "dotm", "xlsm", "xltm", "xlsb", "pptm", "potm", "ppsm", "doc", "xls", "ppt"}
PACKED = {"zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "xz", "zst", "lz", "lzh", "arj", "cab", "ace", "z"}
OFFICE_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
OPEN_DOCUMENT = {"odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet"}
ARE_ZIP = {*OFFICE_PARTS, *OPEN_DOCUMENT}
# Parts of an Office or OpenDocument file that are programs.
MACROS = re.compile(r"(?:^|/)(?:vbaproject\.bin|vbadata\.xml|macrosheets/.*|activex/.*|basic/.*|scripts/.+)$", re.I)
REMOTE_TEMPLATE = re.compile(rb"attachedTemplate\"[^>]*Target=\"(?:https?|ftp):|Target=\"(?:https?|ftp):[^>]*attachedTemplate\"", re.I)
BROKEN = (zipfile.BadZipFile, struct.error, ValueError, OSError, RuntimeError, NotImplementedError, EOFError, OverflowError)


def is_zip(upload: UploadedFile) -> bool:
    """Whether a zip program would find an archive in it, wherever it lies."""
    upload.seek(0)
    try:
        with zipfile.ZipFile(upload) as archive:
            return bool(archive.infolist())
    except BROKEN:
        return False
    finally:
        upload.seek(0)


def wrong(upload: UploadedFile, extension: str) -> str:
    """Why an archive of this extension is not to be taken, or nothing."""
    upload.seek(0)
    if not upload.read(4).startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return str(TWO_KINDS) if is_zip(upload) else other(extension)
    with on_disk(upload) as path:
        try:
            names = guard_zip(path)
        except Refused as refused:
            return say(refused)
        try:
            with zipfile.ZipFile(path) as archive:
                return _plain(archive, names) if extension == "zip" else _document(archive, names, extension)
        except BROKEN:
            return other(extension)


def _document(archive: zipfile.ZipFile, names: list[str], extension: str) -> str:
    lowered = [name.lower() for name in names]
    if extension in OFFICE_PARTS:
        types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
        if not types or OFFICE_PARTS[extension] not in lowered:
            return other(extension)
        macros = b"macroenabled" in types.lower() or any(map(MACROS.search, names))
    else:
        if "mimetype" not in names or archive.read("mimetype")[:200] != OPEN_DOCUMENT[extension].encode():
            return other(extension)
        manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
        if b"encryption-data" in manifest:
            return str(LOCKED)
        macros = any(map(MACROS.search, names))
    if macros:
        return _("the document holds macros, which are programs. Save it without them, or as PDF.")
    if "word/_rels/settings.xml.rels" in lowered and REMOTE_TEMPLATE.search(archive.read(names[lowered.index("word/_rels/settings.xml.rels")])):
        return _("the document fetches its template from the internet when it is opened. Save it anew with a template of your own.")
    inside = next((name for name in names if magic(_head(archive, name)) and not name.lower().endswith((".xml", ".rels"))), "")
    return _("inside it lies «%(inside)s», which is a program or a packed archive. It is not taken.") % {"inside": inside} if inside else ""


def _plain(archive: zipfile.ZipFile, names: Iterable[str]) -> str:
    if not any(not name.endswith("/") for name in names):
        return _("the archive is empty.")
    return next((words for name in names if not name.endswith("/") and (words := wrong_member(name, _head(archive, name)))), "")


def _head(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return member.read(4096)


def wrong_member(name: str, head: bytes) -> str:
    """Why a file inside an archive or a letter keeps the whole from being taken, or nothing. head: how its content begins, where known."""
    extension = name.rpartition(".")[2].lower().strip() if "." in name else ""
    told = {"inside": name}
    if extension in PACKED or (head.startswith(b"PK\x03\x04") and extension not in ARE_ZIP):
        return _("inside it lies the archive «%(inside)s». Archives inside archives are not taken: put the files in one.") % told
    if extension in OLD_OFFICE or head.startswith(OLE):
        return _("inside it lies «%(inside)s», which may hold macros or is locked. Save that one as .docx, .xlsx or PDF.") % told
    if extension in ACTIVE or magic(head) or MARKUP.match(head):
        return _("inside it lies «%(inside)s», which is a program or a packed archive. It is not taken.") % told
    return ""


def say(refused: Refused) -> str:
    """The reason of the guard, in the reader's language."""
    inside = refused.params.get("name", "")
    if refused.code in {"zip_size", "zip_ratio", "zip_members", "zip_overlap", "too_big", "too_slow", "too_deep"}:
        return _("it unpacks to far more than its size, as files do that are made to stop a system. Save it anew, or in parts.")
    if refused.code == "zip_encrypted":
        return str(LOCKED)
    if refused.code == "xml_dtd":
        return _("its part «%(inside)s» declares entities, as no Office document does but files do that are made to stop a system. Save it anew.") % {"inside": inside}
    if refused.code in {"zip_duplicate", "zip_symlink", "zip_name", "zip_method"}:
        return _("its part «%(inside)s» is named or packed as no honest program does it. Save it anew.") % {"inside": inside}
    return _("it is damaged or cut short. Save it anew.")
