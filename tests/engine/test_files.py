"""Files at records: what is taken, how it is kept, how it is given out."""

import hashlib
import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from gegma.audit.models import Change
from gegma.engine import files, registry
from gegma.engine.models import Attachment
from tests.factories import make

PDF = b"%PDF-1.7\n%%EOF"


def office(*names: str, **texts: str) -> bytes:
    """A zip file with these members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, texts.get(name, "x"))
    return made.getvalue()


DOCX = office("[Content_Types].xml", "word/document.xml")
GOOD = {
    "a.pdf": PDF,
    "a.docx": DOCX,
    "a.xlsx": office("[Content_Types].xml", "xl/workbook.xml"),
    "a.odt": office("mimetype", mimetype="application/vnd.oasis.opendocument.text"),
    "a.jpg": b"\xff\xd8\xff\xe0\0\x02\xff\xd9",
    "a.png": b"\x89PNG\r\n\x1a\n\0\0\0\0IEND\xaeB`\x82",
    "ოქმი.txt": "ტექსტი".encode(),
    "a.zip": office("x.txt"),
}
BAD = {
    "page.html": b"<html>",
    "drawing.svg": b"<svg onload='alert(1)'>",
    "setup.exe": b"MZ",
    "run.js": b"alert(1)",
    "old.doc": b"\xd0\xcf\x11\xe0",
    "macro.xlsm": DOCX,
    "page.pdf": b"<html><script>alert(1)</script>",
    "page.txt": b"<!DOCTYPE html><script>",
    "picture.png": b"<svg>",
    "program.txt": b"MZ\x90\x00",
    "not.docx": office("xl/workbook.xml", "[Content_Types].xml"),
    "macro.docx": office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
    "cut.docx": DOCX[:40],
    "empty.pdf": b"",
    "nameless": b"text",
}


@pytest.fixture
def record(db):
    """A record to put files at."""
    return make("meetings")


@pytest.fixture
def spec():
    """Its register."""
    return registry.get("meetings")


@pytest.mark.parametrize("name", GOOD)
def test_what_is_taken(name):
    assert files.check(SimpleUploadedFile(name, GOOD[name])) == files.TYPES[name.rpartition(".")[2]]


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused_says_which_file_and_why(name):
    with pytest.raises(ValidationError) as refused:
        files.check(SimpleUploadedFile(name, BAD[name]))
    assert name in refused.value.messages[0]


def test_a_file_that_is_too_large(settings):
    settings.MAX_FILE_BYTES = 10
    with pytest.raises(ValidationError, match="a.pdf"):
        files.check(SimpleUploadedFile("a.pdf", PDF))


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd.txt", "passwd.txt"), ("C:\\x\\ოქმი.pdf", "ოქმი.pdf"), ("a\r\nb.txt", "ab.txt"), ("exe\u202efdp.txt", "exefdp.txt"), ("...", "file")],
)
def test_names_are_made_safe(given, kept):
    assert files.safe_name(given) == kept


def test_the_same_bytes_are_kept_once_and_go_with_the_last_record(spec, record, users, django_capture_on_commit_callbacks):
    other = make("meetings")
    for owner in (record, other):
        files.attach(spec, users.officer, owner, [SimpleUploadedFile("a.pdf", PDF)])
    digest = hashlib.sha256(PDF).hexdigest()
    assert set(Attachment.objects.values_list("sha256", flat=True)) == {digest}
    assert files.path_of(digest).read_bytes() == PDF
    assert oct(files.path_of(digest).stat().st_mode)[-3:] == "600"
    for owner, left in ((record, True), (other, False)):
        with django_capture_on_commit_callbacks(execute=True):
            files.remove(spec, users.officer, owner, files.of_record(spec, owner)[0])
        assert files.path_of(digest).exists() is left


def test_giving_and_taking_a_file_is_remembered(as_officer, record, spec):
    url = f"/r/meetings/{record.pk}/files/"
    answer = as_officer.post(url, {"files": [SimpleUploadedFile("ოქმი.pdf", PDF), SimpleUploadedFile("x.html", b"<html>")]}, follow=True)
    assert "x.html" in answer.content.decode()  # the refusal names the file, the good one is kept
    kept = Attachment.objects.get()
    change = Change.objects.latest("pk")
    assert (change.record_id, change.after["files"]) == (record.pk, ["ოქმი.pdf"])
    assert "ოქმი.pdf" in as_officer.get(f"/r/meetings/{record.pk}/history/").content.decode()
    refused = as_officer.post(f"/r/changes/{change.pk}/undo/", follow=True)
    assert "notice error" in refused.content.decode() and Attachment.objects.exists()
    as_officer.post(f"{url}{kept.pk}/delete/")
    assert not Attachment.objects.exists() and Change.objects.latest("pk").before["files"] == ["ოქმი.pdf"]


def test_a_file_is_never_shown_inside_our_pages(as_officer, record, spec, users):
    files.attach(spec, users.officer, record, [SimpleUploadedFile("ოქმი.pdf", PDF)])
    response = as_officer.get(f"/r/meetings/{record.pk}/files/{Attachment.objects.get().pk}/")
    assert response.getvalue() == PDF
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_refused_file_in_the_form_loses_nothing_that_was_typed(as_officer, db):
    data = {"title_ka": "აკრეფილი", "kind": "visit", "state": "planned", "confidentiality": "internal",
            "decisions-TOTAL_FORMS": "0", "decisions-INITIAL_FORMS": "0", "files": SimpleUploadedFile("x.exe", b"MZ")}  # fmt: skip
    response = as_officer.post("/r/meetings/new/", data)
    page = response.content.decode()
    assert response.status_code == 200 and "x.exe" in page and "აკრეფილი" in page
    assert not registry.get("meetings").model.objects.exists()
