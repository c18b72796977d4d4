"""What the bytes of a file say of it, whatever its name says."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PROGRAM, PACKED = gettext_lazy("a program"), gettext_lazy("a packed archive")
LOCKED = gettext_lazy("the document is protected by a password, so nobody can see what it holds. Save it without one.")
SCRIPTED = gettext_lazy("the content is a web page or a drawing that can run a script. Save it as PDF.")
TWO_KINDS = gettext_lazy("the file is of two kinds at once: behind its content hides an archive or a page. Save it anew.")
# What a file is whose content begins so; only where no kind that is taken begins so too.
MAGIC = [
    (b"MZ", PROGRAM),
    (b"\x7fELF", PROGRAM),
    (b"\xca\xfe\xba\xbe", PROGRAM),
    (b"\xcf\xfa\xed\xfe", PROGRAM),
    (b"\xce\xfa\xed\xfe", PROGRAM),
    (b"#!", PROGRAM),
    (b"\0asm", PROGRAM),
    (b"L\0\0\0\x01\x14\x02\0", gettext_lazy("a shortcut to a program")),
    (b"CWS", gettext_lazy("a Flash film")),
    (b"FWS", gettext_lazy("a Flash film")),
    (b"Rar!", PACKED),
    (b"7z\xbc\xaf'\x1c", PACKED),
    (b"\x1f\x8b", PACKED),
    (b"BZh", PACKED),
    (b"\xfd7zXZ", PACKED),
    (b"{\\rtf", gettext_lazy("an RTF document")),
]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP = re.compile(rb"^(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)?<(?:!doctype|!entity|html|head|body|script|svg|iframe|\?xml|\?php)", re.I | re.S)
SCRIPT = re.compile(rb"<(?:script|html|svg|iframe|\?php)[\s>/]", re.I)
LETTERS = (b"MZ", b"CWS", b"FWS", b"BZh", b"Rar!")
CONTROL = re.compile(rb"[\0-\x08\x0e-\x1f\x7f]")
OVERLAP = 64


def magic(head: bytes) -> str:
    """What a content that begins so is called, where it is of a kind never taken; or nothing."""
    if head.startswith(LETTERS) and not CONTROL.search(head):
        return ""  # a text that happens to begin with these letters
    return next((str(words) for sign, words in MAGIC if head.startswith(sign)), "")


def other(extension: str) -> str:
    """The words for a content that does not fit its name."""
    return _("it is not really a .%(kind)s file: its content is something else. Save it anew.") % {"kind": extension}


def holds(upload: UploadedFile, pattern: re.Pattern) -> bool:
    """Whether the content holds it, read in pieces that overlap."""
    upload.seek(0)
    before = b""
    for chunk in upload.chunks():
        if pattern.search(before + chunk):
            return True
        before = chunk[-OVERLAP:]
    return False


@contextlib.contextmanager
def on_disk(upload: UploadedFile) -> Iterator[str]:
    """The path of a copy that a child process can read."""
    with tempfile.NamedTemporaryFile(prefix="gegma-look-") as file:
        upload.seek(0)
        for chunk in upload.chunks():
            file.write(chunk)
        file.flush()
        yield file.name
