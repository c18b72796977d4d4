"""Files through the API: the same checks, rights and history as on the pages."""

import hashlib
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from gegma.audit.models import Change
from gegma.engine import store
from gegma.engine.models import Attachment
from tests.factories import make

MEETINGS = "/api/v1/meetings/"
pytestmark = pytest.mark.django_db


def macros() -> bytes:
    """A Word document with a program in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", '<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>')
        archive.writestr("word/document.xml", "<w/>")
        archive.writestr("word/vbaProject.bin", "x")
    return made.getvalue()


@pytest.fixture
def send(program):
    """`send("officer", record, {"a.txt": b"text"})`: the answer."""

    def of(name: str, pk: int, sent: dict[str, bytes], may_write: bool = True, field: str = "file"):
        caller = program(name, may_write)
        parts = [SimpleUploadedFile(file, data) for file, data in sent.items()]
        return caller.client.post(f"{MEETINGS}{pk}/files/", {field: parts}, headers=caller.headers)

    return of


def test_files_are_kept_listed_given_out_and_taken_away(send, program, people):
    record = make("meetings", owner_unit=people.ours)
    answer = send("officer", record.pk, {"notes.txt": b"text", "list.csv": b"a;b\n1;2\n"})
    assert answer.status_code == 201, answer.content
    kept = answer.json()["results"]
    assert [row["name"] for row in kept] == ["notes.txt", "list.csv"]
    officer = program("officer")
    assert officer.get(f"{MEETINGS}{record.pk}/files/").json()["results"] == kept
    assert b"".join(officer.get(kept[0]["url"]).streaming_content) == b"text"
    change = Change.objects.filter(register="meetings", record_id=record.pk).latest("pk")
    assert (change.source, change.actor) == ("api", people.officer) and change.after["files"] == ["notes.txt", "list.csv"]
    assert officer.send("DELETE", f"{MEETINGS}{record.pk}/files/{kept[0]['id']}/").status_code == 204
    assert [row["name"] for row in officer.get(f"{MEETINGS}{record.pk}/files/").json()["results"]] == ["list.csv"]
    assert officer.send("DELETE", f"{MEETINGS}{record.pk}/files/{kept[0]['id']}/").status_code == 404


@pytest.mark.parametrize(("name", "data"), [("a.exe", b"MZ\x90\0" * 50), ("a.docx", macros()), ("a.pdf", b"<html><script>"), ("a.svg", b"<svg onload='x'/>"), ("a.txt", b"")])
def test_what_the_pages_refuse_is_refused_and_nothing_is_kept(send, people, name, data):
    record = make("meetings", owner_unit=people.ours)
    good = f"kept only with {name}".encode()
    answer = send("officer", record.pk, {"good.txt": good, name: data})
    assert answer.status_code == 400 and answer.json()["errors"]["file"], answer.content
    assert not Attachment.objects.exists() and store.get(hashlib.sha256(good).hexdigest()) is None


def test_what_is_no_file_says_so(send, program, people):
    record = make("meetings", owner_unit=people.ours)
    assert list(send("officer", record.pk, {"a.txt": b"text"}, field="files").json()["errors"]) == ["files"]
    officer = program("officer")
    for sent in ({}, {"file": "words"}):
        answer = officer.client.post(f"{MEETINGS}{record.pk}/files/", sent, headers=officer.headers)
        assert answer.status_code == 400 and "file" in answer.json()["errors"], answer.content
    assert officer.send("POST", f"{MEETINGS}{record.pk}/files/", {"file": "x"}).status_code == 415
    with override_settings(MAX_FILES=2):
        assert "file" in send("officer", record.pk, {f"{n}.txt": b"text" for n in range(3)}).json()["errors"]
    assert not Attachment.objects.exists()


def test_who_may_not_change_the_record_keeps_no_file_there(send, program, people):
    record, secret = make("meetings", owner_unit=people.ours), make("meetings", owner_unit=people.ours, confidentiality="restricted")
    asked = {"viewer": (record, True, 403), "auditor": (record, True, 403), "officer": (record, False, 403), "stranger": (secret, True, 404)}
    for name, (where, may_write, status) in asked.items():
        assert send(name, where.pk, {"a.txt": b"text"}, may_write).status_code == status, name
    kept = send("officer", secret.pk, {"a.txt": b"text"}).json()["results"][0]
    assert program("stranger").send("DELETE", kept["url"]).status_code == 404
    assert program("auditor").send("DELETE", kept["url"]).status_code == 403
    assert Attachment.objects.count() == 1
