"""Files through the API: the same checks, rights and history as on the pages, all or none, and safe to repeat."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from gegma.audit.models import Change
from gegma.engine import files, registry, write
from gegma.engine.models import Attachment
from tests.factories import make


@pytest.fixture
def meeting(people):
    return make("meetings", owner_unit=people.ours)


def text(name="minutes.txt", content=b"what was said"):
    return SimpleUploadedFile(name, content)


def send(program, pk, *uploads, register="meetings", **fields):
    """The answer to files sent at a record."""
    return program.client.post(f"/api/v1/{register}/{pk}/files/", {**fields, **({"files": list(uploads)} if uploads else {})}, headers=program.headers)


def kept():
    return sorted(Attachment.objects.values_list("name", flat=True))


def test_files_are_kept_read_again_and_remembered(people, program, meeting):
    ours = program("officer")
    answer = send(ours, meeting.pk, text(), text("other.txt", b"more"), version=meeting.version)
    assert answer.status_code == 201, answer.content
    rows = answer.json()["results"]
    assert [row["name"] for row in rows] == ["minutes.txt", "other.txt"] == kept()
    assert b"".join(ours.get(rows[0]["url"]).streaming_content) == b"what was said"
    assert ours.get(f"/api/v1/meetings/{meeting.pk}/files/").json()["results"] == rows
    change = Change.objects.filter(register="meetings", record_id=meeting.pk).latest("pk")
    assert (change.actor, change.source, change.after["files"]) == (people.officer, "api", ["minutes.txt", "other.txt"])


def test_a_step_may_be_repeated(program, meeting):
    ours = program("officer")
    codes = [send(ours, meeting.pk, text(), version=meeting.version).status_code for _n in range(2)]
    assert codes == [201, 200] and kept() == ["minutes.txt"]
    before = Change.objects.count()
    assert send(ours, meeting.pk, text("again.txt"), text("again.txt"), version=meeting.version).status_code == 201
    assert kept() == ["again.txt", "minutes.txt"] and Change.objects.count() == before + 1
    assert send(ours, meeting.pk, text(content=b"another text"), version=meeting.version).status_code == 201, "another content is another file"


def test_the_version_is_asked_for(people, program, meeting):
    ours = program("officer")
    assert send(ours, meeting.pk, text()).status_code == 428
    for wrong in ("x", "-1", "0", "1.0", "9" * 30):
        assert send(ours, meeting.pk, text(), version=wrong).status_code == 400, wrong
    seen = meeting.version
    meeting.title_ka = "სხვა შეხვედრა"
    write.save(registry.get("meetings"), people.officer, meeting, version=seen)
    answer = send(ours, meeting.pk, text(), version=seen)
    assert answer.status_code == 409 and answer.json()["version"] == seen + 1 and not kept()


def bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("zeros.txt", b"0" * 60_000_000)
    return made.getvalue()


@pytest.mark.parametrize("bad", [("page.html", b"<script>x</script>"), ("a.exe", b"MZ"), ("a.pdf", b"MZ\x90 not what it says"), ("a.txt", b""), ("a.zip", bomb())], ids=lambda bad: bad[0])
def test_all_or_none_and_the_same_checks(program, meeting, bad):
    answer = send(program("officer"), meeting.pk, text(), text(*bad), version=meeting.version)
    assert answer.status_code == 400 and answer.json()["errors"]["files"] and not kept()


def test_what_is_no_list_of_files_is_refused(program, meeting):
    ours = program("officer")
    assert send(ours, meeting.pk, version=meeting.version).status_code == 400
    assert send(ours, meeting.pk, text(), version=meeting.version, more="x").json()["errors"].keys() == {"more"}
    assert ours.send("POST", f"/api/v1/meetings/{meeting.pk}/files/", {"version": 1}).status_code == 415
    for body in (b"", b"--x", b"--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a\"\r\n\r\n"):
        answer = ours.client.generic("POST", f"/api/v1/meetings/{meeting.pk}/files/", body, "multipart/form-data; boundary=x", headers=ours.headers)
        assert answer.status_code == 400 and answer["Content-Type"] == "application/json", body
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FILES=1):
        answer = send(ours, meeting.pk, text(), text("b.txt"), version=meeting.version)
    assert answer.status_code == 400 and answer["Content-Type"] == "application/json"
    assert not kept()


def test_only_who_may_change_the_record(people, program):
    secret = make("meetings", owner_unit=people.ours, confidentiality="restricted")
    absent, hidden = (send(program("stranger"), pk, text(), version=1) for pk in (secret.pk + 1000, secret.pk))
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content) == (404, absent.content)
    assert send(program("viewer"), secret.pk, text(), version=secret.version).status_code == 403
    assert send(program("officer", may_write=False), secret.pk, text(), version=secret.version).status_code == 403
    assert not kept()
    assert send(program("officer"), secret.pk, text(), version=secret.version).status_code == 201
    assert files.of_record(registry.get("meetings"), secret)[0].uploaded_by == people.officer


@pytest.mark.parametrize("cut", [5, 60, 200])
@pytest.mark.parametrize("place", ["program", "page"])
def test_a_form_that_was_broken_off_keeps_no_half_file(program, people, meeting, place, cut):
    """Where the line breaks less comes than the head announced; the last file would be half a file."""
    body = encode_multipart(BOUNDARY, {"version": meeting.version, "files": text(content=b"half of it and the other half" * 9)})
    client, headers, address = Client(), {}, f"/r/meetings/{meeting.pk}/files/"
    if place == "program":
        headers, address = program("officer").headers, f"/api/v1/meetings/{meeting.pk}/files/"
    else:
        client.force_login(people.officer)
    for sent, statuses in ((body[:-cut], {400}), (body, {201, 302})):
        answer = client.generic("POST", address, body, MULTIPART_CONTENT, headers=headers, **{"wsgi.input": io.BytesIO(sent)})
        assert answer.status_code in statuses, answer.content
        assert Attachment.objects.count() == (0 if statuses == {400} else 1)
