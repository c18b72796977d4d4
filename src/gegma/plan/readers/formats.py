"""Which format a file has, told by its content: the ending of a name may lie."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

from gegma.kernel.sandbox import Refused, guard_zip

from .blocks import Block

FILE_BYTES_MAX = 50 * 1024 * 1024


def sniff(path: Path) -> str:
    """text, docx, xlsx, html or pdf. Raises `Refused` for what is none of them, saying what it is."""
    try:
        size = path.stat().st_size
        with open(path, "rb") as handle:
            head = handle.read(4096)
    except FileNotFoundError:
        raise Refused("missing", "The file is not there.") from None
    except OSError as error:
        raise Refused("unreadable", f"The file cannot be read ({error.strerror}).") from None
    if size == 0:
        raise Refused("empty", "The file is empty.")
    if size > FILE_BYTES_MAX:
        raise Refused("too_large", f"The file is larger than {FILE_BYTES_MAX // 1024 // 1024} MB: this is not a plan.")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _office(path)
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise _ole(path)
    if head.lstrip().startswith(b"{\\rtf"):
        raise Refused("rtf", "This is an RTF document; open it in Word and save it as .docx.")
    for magic, name in _PICTURES.items():
        if head.startswith(magic):
            raise Refused("picture", f"This is {name}, not a document.", kind=name)
    if _is_html(head):
        return "html"
    return "text"


_PICTURES = {
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x1f\x8b": "a gzip archive",
}


def _office(path: Path) -> str:
    names = guard_zip(path)
    lowered = {name.lower() for name in names}
    if any(name.endswith("vbaproject.bin") for name in lowered):
        raise Refused("macros", "The document holds macros (programs); save it as .docx or .xlsx without them.")
    with zipfile.ZipFile(path) as archive:
        types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
        mimetype = archive.read("mimetype")[:100] if "mimetype" in names else b""
    if b"macroEnabled" in types:
        raise Refused("macros", "The document is of a kind that may hold macros; save it as .docx or .xlsx.")
    if mimetype.startswith(b"application/vnd.oasis.opendocument"):
        raise Refused("opendocument", "This is an OpenDocument file; save it as .docx or .xlsx.")
    if "word/document.xml" in lowered:
        return "docx"
    if "xl/workbook.xml" in lowered:
        return "xlsx"
    if "xl/workbook.bin" in lowered:
        raise Refused("xlsb", "This is a binary Excel workbook; save it as .xlsx.")
    raise Refused("not_document", "The file is a zip archive, but neither a Word nor an Excel document.")


def _ole(path: Path) -> Refused:
    with open(path, "rb") as handle:
        data = handle.read(4 * 1024 * 1024)
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Refused("encrypted", "The document is protected by a password; save it without one.")
    if "WordDocument".encode("utf-16-le") in data:
        return Refused("old_office", "This is an old Word document (.doc); save it as .docx.")
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return Refused("old_office", "This is an old Excel workbook (.xls); save it as .xlsx.")
    return Refused("old_office", "This is an old Office document, or an encrypted one; save it as .docx or .xlsx.")


def _is_html(head: bytes) -> bool:
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<meta", b"<!--")):
        return True
    if text.startswith(b"<?xml"):
        return b"<html" in text
    return b"<html" in text[:2000] and b"\t" not in text[:200]


def read_blocks(path: Path) -> tuple[str, list[Block]]:
    """(format, blocks) of a file. To be called only inside the limited child."""
    name = sniff(path)
    return name, _reader(name)(path)


def _reader(name: str) -> Callable[[Path], list[Block]]:
    # Imported on need: a parser that is not needed costs time and opens no door.
    if name == "docx":
        from . import docx as module
    elif name == "xlsx":
        from . import xlsx as module
    elif name == "html":
        from . import html as module
    elif name == "pdf":
        from . import pdf as module
    else:
        from . import text as module
    return module.read
