"""Files from an enemy: none is taken that could act, none is given out so that it could; a scanner and another store by settings."""

from __future__ import annotations

import hashlib
import socket
import struct
import threading

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from gegma.engine import antivirus, files, registry, store
from gegma.engine.models import Attachment
from tests import buckets
from tests.factories import make

from . import hostile

GOOD = {
    "a.pdf": hostile.PDF, "a.png": hostile.png(), "a.jpg": hostile.JPG, "a.docx": hostile.docx(), "a.odt": hostile.odt(),
    "a.zip": hostile.packed({"b.docx": hostile.docx(), "c.txt": b"text", "folder/": b""}), "a.csv": "ა;ბ\n".encode(),
    "wide.csv": "\ufeffა\tბ\n".encode("utf-16-le"), "CWS.txt": b"CWS is a rate", "a.eml": hostile.letter("bill.pdf"), "sum.csv": b"a;<b>;=1+1\n",
}  # fmt: skip


@pytest.fixture(autouse=True)
def in_english():
    """The reasons as they stand in the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def spec():
    """A register with files."""
    return registry.get("meetings")


@pytest.mark.parametrize("name", GOOD)
def test_honest_files_are_taken(name):
    assert files.check(SimpleUploadedFile(name, GOOD[name])) == files.TYPES[name.rpartition(".")[2]]


@pytest.mark.parametrize("name", hostile.ACTIVE)
def test_what_is_active_by_its_name_is_refused_by_name(name):
    with pytest.raises(ValidationError) as refused:
        files.check(SimpleUploadedFile(name, hostile.ACTIVE[name]))
    assert name in refused.value.messages[0] and "." + name.rpartition(".")[2] in refused.value.messages[0]


@pytest.mark.parametrize("what", hostile.DISGUISED)
def test_what_hides_is_named_and_refused(what):
    name, content, why = hostile.DISGUISED[what]
    with pytest.raises(ValidationError) as refused:
        files.check(SimpleUploadedFile(name, content))
    message = refused.value.messages[0]
    assert name in message and why in message


def test_a_pdf_in_which_only_printing_is_forbidden_is_taken(monkeypatch):
    content = hostile.PDF + b"\ntrailer << /Encrypt 5 0 R >>"
    monkeypatch.setattr("gegma.engine.filetypes.run_limited", lambda function, payload: True)
    assert files.check(SimpleUploadedFile("a.pdf", content)) == "application/pdf"


# Twelve types that a browser would act on, should one ever stand in the table of files.
TYPES = [
    "text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml", "text/javascript", "application/javascript",
    "application/pdf", "application/x-shockwave-flash", "multipart/related", "text/xsl", "application/x-msdownload",
]  # fmt: skip


@pytest.mark.parametrize("kind", TYPES)
def test_active_types_are_never_shown(kind, spec, users, as_officer):
    record = make("meetings")
    row, = files.attach(spec, users.officer, record, [SimpleUploadedFile("a.txt", b"alert(document.cookie)")])
    Attachment.objects.filter(pk=row.pk).update(content_type=kind, name="a.html")
    response = as_officer.get(f"/r/meetings/{record.pk}/files/{row.pk}/")
    assert response.status_code == 200 and response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_picture_is_shown_and_cannot_act(spec, users, as_officer):
    record = make("meetings")
    row, = files.attach(spec, users.officer, record, [SimpleUploadedFile("სურათი.png", hostile.png())])
    response = as_officer.get(f"/r/meetings/{record.pk}/files/{row.pk}/")
    assert response.headers["Content-Type"] == "image/png" and response.headers["Content-Disposition"].startswith("inline;")
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox" and response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("bill\u202efdp.exe", "billfdp.exe"), ("a\u2066b\u200f.pdf", "ab.pdf"), ("a\u2028b.pdf", "a b.pdf"), ("a\0b\x1b[31m.txt", "ab[31m.txt"),
        ("CON.txt", "_CON.txt"), ("lpt1.tar.pdf", "_lpt1.tar.pdf"), ("contract.txt", "contract.txt"), ("nul", "_nul"),
        ("bill.exe.pdf", "bill_exe.pdf"), ("x.php.jpg", "x_php.jpg"), ("2017.12.11.pdf", "2017.12.11.pdf"), ("a<b>:\"|?*.pdf", "a_b______.pdf"),
        (".htaccess", "htaccess"), ("..\\..\\a.pdf", "a.pdf"), ("a.pdf. . ", "a.pdf"), ("e\u0301.pdf", "é.pdf"), ("", "file"),
    ],
)  # fmt: skip
def test_names_are_safe_everywhere(given, kept):
    assert files.safe_name(given) == kept


def test_a_very_long_name_keeps_its_ending_and_no_half_letter():
    for name in ("ა" * 5000 + ".pdf", "a" * 5000 + ".pdf", "ა" * 5000):
        made = files.safe_name(name)
        assert len(made.encode()) <= 255 and "\ufffd" not in made
        assert made.endswith(".pdf") is name.endswith(".pdf")


def test_so_many_files_and_no_more(spec, users, as_officer, settings):
    settings.MAX_FILES, settings.MAX_RECORD_FILES = 2, 3
    record = make("meetings")
    address = f"/r/meetings/{record.pk}/files/"
    send = lambda n: as_officer.post(address, {"files": [SimpleUploadedFile(f"{k}.txt", b"text") for k in range(n)]}, follow=True)  # noqa: E731
    assert "notice error" in send(3).content.decode() and not Attachment.objects.exists()
    assert send(2).status_code == 200 and Attachment.objects.count() == 2
    assert "notice error" in send(2).content.decode() and Attachment.objects.count() == 3  # the one that still had room


# -- the scanner ---------------------------------------------------------------------------------------------------------


class Daemon(threading.Thread):
    """Speaks as clamd does; finds a virus where the word stands in the stream."""

    def __init__(self, family, address, answer=None):
        super().__init__(daemon=True)
        self.door, self.answer, self.seen = socket.socket(family), answer, b""
        self.door.bind(address)
        self.door.listen()
        self.start()

    def run(self):
        while True:
            try:
                line, _who = self.door.accept()
            except OSError:
                return
            with line, line.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                self.seen = b""
                while size := struct.unpack("!L", stream.read(4))[0]:
                    self.seen += stream.read(size)
                found = b"stream: Test.Virus FOUND\0" if b"EVIL" in self.seen else b"stream: OK\0"
                line.sendall(found if self.answer is None else self.answer)


@pytest.fixture
def daemon(settings):
    """The scanner, by its port."""
    made = Daemon(socket.AF_INET, ("127.0.0.1", 0))
    settings.CLAMD = f"127.0.0.1:{made.door.getsockname()[1]}"
    yield made
    made.door.close()


def test_the_scanner_sees_every_byte_and_its_word_counts(daemon, spec, users, db):
    whole = b"text " * 40_000
    files.check(SimpleUploadedFile("a.txt", whole))
    assert daemon.seen == whole
    with pytest.raises(ValidationError, match=r"«a.txt» holds a virus \(Test.Virus\)"):
        files.attach(spec, users.officer, make("meetings"), [SimpleUploadedFile("a.txt", whole + b"EVIL")])
    assert not Attachment.objects.exists()


def test_the_scanner_by_a_socket_file(tmp_path, settings):
    made = Daemon(socket.AF_UNIX, str(tmp_path / "clamd.ctl"))
    settings.CLAMD = str(tmp_path / "clamd.ctl")
    assert antivirus.scan(SimpleUploadedFile("a.txt", b"text")) == ""
    assert antivirus.scan(SimpleUploadedFile("a.txt", b"EVIL")) == "Test.Virus"
    made.door.close()


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"nonsense\0"])
def test_a_scanner_that_does_not_know_lets_nothing_through(answer, settings):
    made = Daemon(socket.AF_INET, ("127.0.0.1", 0), answer)
    settings.CLAMD = f"127.0.0.1:{made.door.getsockname()[1]}"
    with pytest.raises(ValidationError, match="cannot be looked at for viruses now"):
        files.check(SimpleUploadedFile("a.txt", b"text"))
    made.door.close()


def test_a_scanner_that_is_away_closes_the_door_unless_told_otherwise(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.CLAMD = f"127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(ValidationError, match="cannot be looked at for viruses now"):
            files.check(SimpleUploadedFile("a.txt", b"text"))
        settings.CLAMD_OPEN = True
        assert files.check(SimpleUploadedFile("a.txt", b"text")) == "text/plain"


# -- another store -------------------------------------------------------------------------------------------------------


@pytest.fixture
def bucket(settings, monkeypatch):
    """A server that speaks S3, and the settings that name it."""
    from gegma.config import operating

    with buckets.serving() as found:
        for name, value in found.env.items():
            monkeypatch.setenv(name, value)
        settings.STORAGES = {**settings.STORAGES, "default": operating.s3_storage()}
        yield found.client, found.server


def test_files_in_a_bucket_come_through_our_pages_only(bucket, spec, users, as_officer, settings, tmp_path, django_capture_on_commit_callbacks):
    client, server = bucket
    settings.MEDIA_ROOT = tmp_path / "files"
    first, second = make("meetings"), make("meetings")
    for record in (first, second):
        files.attach(spec, users.officer, record, [SimpleUploadedFile("a.pdf", hostile.PDF)])
    digest = hashlib.sha256(hostile.PDF).hexdigest()
    kept = client.list_objects_v2(Bucket="gegma")["Contents"]
    assert [one["Key"] for one in kept] == [store.key_of(digest)] and not [p for p in (tmp_path / "files").rglob("*") if p.is_file()]
    grants = client.get_object_acl(Bucket="gegma", Key=store.key_of(digest))["Grants"]
    assert all("AllUsers" not in str(grant) for grant in grants)
    address = f"/r/meetings/{first.pk}/files/{files.of_record(spec, first)[0].pk}/"
    response = as_officer.get(address)
    assert response.getvalue() == hostile.PDF and response.headers["Content-Disposition"].startswith("attachment;")
    for record, left in ((first, True), (second, False)):
        with django_capture_on_commit_callbacks(execute=True):
            files.remove(spec, users.officer, record, files.of_record(spec, record)[0])
        assert bool(client.list_objects_v2(Bucket="gegma").get("Contents")) is left
    row, = files.attach(spec, users.officer, first, [SimpleUploadedFile("a.pdf", hostile.PDF)])
    client.delete_object(Bucket="gegma", Key=store.key_of(digest))
    assert as_officer.get(f"/r/meetings/{first.pk}/files/{row.pk}/").status_code == 404


def test_a_store_out_of_reach_is_said_and_nothing_is_half_written(spec, users, as_officer, settings, monkeypatch):
    from gegma.config import operating

    for name, value in {"BUCKET": "gegma", "ENDPOINT": "http://127.0.0.1:9", "KEY": "key", "SECRET": "secret"}.items():
        monkeypatch.setenv(f"GEGMA_S3_{name}", value)
    settings.STORAGES = {**settings.STORAGES, "default": operating.s3_storage()}
    record = make("meetings")
    response = as_officer.post(f"/r/meetings/{record.pk}/files/", {"files": [SimpleUploadedFile("a.txt", b"text")]}, follow=True)
    assert "notice error" in response.content.decode() and not Attachment.objects.exists()


def test_nothing_but_the_store_writes_files():
    """Files of records have one way to the disk; reports and drafts lie in the database."""
    from pathlib import Path

    import gegma

    root = Path(gegma.__file__).parent
    naming = {p.relative_to(root).as_posix() for p in root.rglob("*.py") if "MEDIA_ROOT" in p.read_text() or "default_storage" in p.read_text()}
    assert naming == {"config/settings.py", "config/health.py", "engine/files.py", "engine/store.py", "keep/restore.py"}
