"""One resource for every register: lists, records, writing against the version seen, moves, history, files."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from gegma.api import columns
from gegma.audit.models import Change
from gegma.audit.record import verify
from gegma.engine import files, registry
from gegma.engine.forms import can_enter
from tests.factories import make

from .conftest import Program

MEETINGS = "/api/v1/meetings/"
ABSENT = 10**6


@pytest.fixture
def officer(program) -> Program:
    """A program of the officer of our unit."""
    return program("officer")


@pytest.fixture
def stranger(program) -> Program:
    """A program of the officer of the other unit."""
    return program("stranger")


def test_every_register_has_a_resource_and_every_column_is_told(people, program):
    auditor = program("auditor")  # who reads every field
    for spec in registry.everything():
        made = make(spec)
        answer = auditor.get(f"/api/v1/{spec.key}/{made.pk}/")
        assert answer.status_code == 200, spec.key
        told = answer.json()
        assert {"id", "number", "version", *(c.name for c in columns.all_columns(spec))} <= told.keys(), spec.key
        assert [inline.register for inline in spec.inlines] == list(told.get("children", {})), spec.key
        listed = auditor.get(f"/api/v1/{spec.key}/", page_size="100").json()
        assert made.pk in [row["id"] for row in listed["results"]] or listed["count"] > 100, spec.key


def test_a_field_with_readers_of_its_own_does_not_exist_for_others(program):
    """Not told, not asked for, not sorted by, not written, not in the history."""
    person, officer = make("people", phone="599123456"), program("officer")
    url = f"/api/v1/people/{person.pk}/"
    assert program("auditor").get(url).json()["phone"] == "599123456"
    assert "phone" not in officer.get(url).json() and "599123456" not in officer.get(f"{url}history/").content.decode()
    for asked in ({"sex": "female"}, {"sort": "sex"}):
        assert officer.get("/api/v1/people/", **asked).status_code == 400, asked
    assert officer.send("PATCH", url, {"version": 1, "phone": "1"}).status_code == 400
    assert officer.send("PATCH", url, {"version": 1, "notes": "x"}).status_code == 200
    person.refresh_from_db()
    assert person.phone == "599123456" and person.notes == "x"
    assert officer.get("/api/v1/clearances/").status_code == program("viewer").get("/api/v1/posts/").status_code == 404


def test_the_list_takes_the_filters_of_the_page(officer, people):
    early, late = make("meetings", starts_on=dt.date(2017, 3, 1)), make("meetings", starts_on=dt.date(2017, 9, 1))
    found = officer.get(MEETINGS, starts_on__from="2017-06-01").json()
    assert [row["id"] for row in found["results"]] == [late.pk] and found["count"] == 1
    assert [row["id"] for row in officer.get(MEETINGS, sort="starts_on").json()["results"]] == [early.pk, late.pk]
    second = officer.get(MEETINGS, sort="starts_on", page_size="1", page="2").json()
    assert [row["id"] for row in second["results"]] == [late.pk] and second["pages"] == 2
    assert officer.get(MEETINGS, page="7").json()["results"] == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("nope", "1"), ("sort", "agenda"), ("sort", "owner_unit__users__password"), ("owner_unit__users__password", "x"), ("page", "0"),
        ("page", "x"), ("page_size", "101"), ("page_size", "-1"), ("starts_on__from", "yesterday"), ("measure", "1"), ("q", "x" * 301), ("q", "a\0b"),
    ],
)  # fmt: skip
def test_what_the_list_does_not_understand_is_refused_by_name(officer, key, value):
    answer = officer.get(MEETINGS, **{key: value})
    assert answer.status_code == 400
    assert answer.json()["errors"][key] and answer.json()["detail"]


def test_a_record_is_made_changed_moved_and_deleted(officer, people):
    made = officer.send("POST", MEETINGS, {"title_ka": "შეხვედრა", "kind": "session", "starts_on": "2017-03-01"})
    assert made.status_code == 201, made.json()
    row = made.json()
    assert made["Location"] == f"{MEETINGS}{row['id']}/" and row["owner_unit"] == people.ours.pk and row["version"] == 1
    url = made["Location"]
    changed = officer.send("PATCH", url, {"version": 1, "place": "თბილისი"}).json()
    assert (changed["version"], changed["place"], changed["title_ka"]) == (2, "თბილისი", "შეხვედრა")
    moved = officer.send("POST", f"{url}move/hold/", {"version": 2, "starts_on": "2017-03-02"})
    assert moved.status_code == 200 and moved.json()["state"] == "held", moved.json()
    history = officer.get(f"{url}history/").json()["results"]
    assert len(history) == 3 and history[0]["who"] == str(people.officer)
    assert set(Change.objects.filter(register="meetings").values_list("source", flat=True)) == {"api"}
    assert officer.send("DELETE", f"{url}?version={moved.json()['version']}").status_code == 204
    assert officer.get(url).status_code == 404
    assert verify().ok


def test_a_change_needs_the_version_and_an_old_one_shows_both_texts(officer, people):
    made = make("meetings", owner_unit=people.ours)
    url = f"{MEETINGS}{made.pk}/"
    for method, target in (("PATCH", url), ("DELETE", url), ("POST", f"{url}move/hold/")):
        answer = officer.send(method, target, {"place": "x"} if method == "PATCH" else {})
        assert answer.status_code == 428 and "version" in answer.json()["errors"], method
    assert officer.send("PATCH", url, {"version": 1, "place": "Tbilisi", "agenda": "A"}).status_code == 200
    answer = officer.send("PATCH", url, {"version": 1, "place": "Batumi", "agenda": "A"})
    assert answer.status_code == 409
    assert answer.json()["conflicts"] == [{"field": "place", "yours": "Batumi", "theirs": "Tbilisi"}] and answer.json()["version"] == 2
    assert officer.send("DELETE", f"{url}?version=1").status_code == 409
    for wrong in ("1", True, 0, -1, 2**40, 1.5, None):
        assert officer.send("PATCH", url, {"version": wrong, "place": "x"}).status_code in {400, 428}, wrong
    made.refresh_from_db()
    assert (made.place, made.version) == ("Tbilisi", 2)


def test_what_is_wrong_stands_at_its_field_and_nothing_is_written(officer, people):
    other = make("meetings")
    wrong = {
        "title_ka": 5, "kind": "no-such-kind", "starts_on": "01.03.2017", "country": ABSENT, "organisations": [ABSENT], "international": "yes",
        "level": "emperor", "place": "x" * 300, "state": "held", "nope": 1, "id": other.pk, "owner_unit": True, "agenda": "a\0b",
    }  # fmt: skip
    before = Change.objects.count()
    for name, value in wrong.items():
        for method, url, sent in (("POST", MEETINGS, {"title_ka": "x", "kind": "session"}), ("PATCH", f"{MEETINGS}{other.pk}/", {"version": 1})):
            if name == "state" and method == "POST":
                continue
            answer = officer.send(method, url, sent | {name: value})
            assert answer.status_code == 400 and answer.json()["errors"].get(name), (method, name, answer.json())
    assert Change.objects.count() == before


@pytest.mark.parametrize("body", ["[1]", '"x"', "{", "[" * 100_000, '{"version": NaN}', '{"a": ' + "9" * 5000 + "}", '{"title_ka": "\\ud800", "kind": "session"}', "\xff"])
def test_what_is_no_json_object_is_refused(officer, body):
    answer = officer.client.generic("POST", MEETINGS, body.encode("latin-1"), "application/json", headers=officer.headers)
    assert answer.status_code == 400 and answer.json()["detail"]


def test_only_json_is_taken(officer):
    assert officer.client.post(MEETINGS, {"title_ka": "x"}, headers=officer.headers).status_code == 415


def test_a_hidden_record_is_an_absent_one(officer, stranger, people):
    secret = make("meetings", title_ka="საიდუმლო", confidentiality="restricted", owner_unit=people.ours)
    kept = files.attach(registry.get("meetings"), people.officer, secret, [SimpleUploadedFile("a.txt", b"text")])[0]
    assert officer.get(f"{MEETINGS}{secret.pk}/files/{kept.pk}/").status_code == 200
    parts = ("", "history/", "files/", f"files/{kept.pk}/")
    for part in parts:
        hidden, absent = stranger.get(f"{MEETINGS}{secret.pk}/{part}"), stranger.get(f"{MEETINGS}{ABSENT}/{part}")
        assert hidden.status_code == 404 and hidden.content == absent.content, part
    for method, part, body in (("PATCH", "", {"version": 1}), ("DELETE", "?version=1", None), ("POST", "move/hold/", {"version": 1})):
        hidden, absent = stranger.send(method, f"{MEETINGS}{secret.pk}/{part}", body), stranger.send(method, f"{MEETINGS}{ABSENT}/{part}", body)
        assert hidden.status_code == 404 and hidden.content == absent.content, method
    assert stranger.get(MEETINGS).json()["count"] == 0
    assert stranger.get(MEETINGS, q="საიდუმლო").json()["count"] == 0


def test_a_hidden_relation_is_not_told_and_stays(officer, stranger, people):
    secret = make("projects", confidentiality="restricted", owner_unit=people.ours)
    meeting = make("meetings", project=secret)
    url = f"{MEETINGS}{meeting.pk}/"
    assert officer.get(url).json()["project"] == secret.pk
    assert stranger.get(url).json()["project"] is None
    answer = stranger.send("PATCH", url, {"version": 1, "project": None, "place": "x"})
    assert answer.status_code == 200, answer.json()
    meeting.refresh_from_db()
    assert meeting.project_id == secret.pk and meeting.place == "x"
    assert stranger.send("POST", MEETINGS, {"title_ka": "x", "kind": "session", "project": secret.pk}).status_code == 400
    need = make("needs", confidentiality="restricted", owner_unit=people.ours)
    project = make("projects", m2m={"needs": [need]})
    address = f"/api/v1/projects/{project.pk}/"
    assert officer.get(address).json()["needs"] == [need.pk] and stranger.get(address).json()["needs"] == []
    answer = stranger.send("PATCH", address, {"version": 1, "needs": [], "notes": "x"})
    assert answer.status_code == 200, answer.json()
    assert list(project.needs.all()) == [need]


def test_nobody_gives_a_record_away_unseen(officer, people):
    given = {"title_ka": "x", "kind": "session", "confidentiality": "restricted", "owner_unit": people.theirs.pk}
    before = Change.objects.count()
    assert officer.send("POST", MEETINGS, given).status_code == 403
    assert Change.objects.count() == before


def test_a_viewer_writes_nothing(program):
    viewer, made = program("viewer"), make("meetings")
    for method, url in (("POST", MEETINGS), ("PATCH", f"{MEETINGS}{made.pk}/"), ("DELETE", f"{MEETINGS}{made.pk}/?version=1"), ("POST", f"{MEETINGS}{made.pk}/move/hold/")):
        assert viewer.send(method, url, {"version": 1}).status_code == 403, method


def test_registers_without_a_form_take_no_new_records(program):
    closed = [spec.key for spec in registry.everything() if not can_enter(spec)]
    assert closed
    for key in closed:
        assert program("admin").send("POST", f"/api/v1/{key}/", {}).status_code == 405, key


def test_what_others_point_to_is_not_deleted_and_they_are_not_named(program, people):
    unit = make("units", title_ka="მესამე")
    make("meetings", title_ka="საიდუმლო", confidentiality="restricted", owner_unit=unit)
    answer = program("officer").send("DELETE", f"/api/v1/units/{unit.pk}/?version=1")
    assert answer.status_code == 409 and "საიდუმლო" not in answer.content.decode() and "M-" not in answer.json()["detail"]


def test_a_page_of_a_list_costs_no_more_queries_for_more_rows(officer, people, django_assert_max_num_queries):
    from django.test.utils import CaptureQueriesContext

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            officer.get(MEETINGS)
        return len(found)

    for _n in range(2):
        make("meetings", m2m={"organisations": [make("organisations")]})
    officer.get(MEETINGS)
    few = cost()
    for _n in range(8):
        make("meetings", m2m={"organisations": [make("organisations")]})
    assert cost() == few


def test_numbers_that_no_database_holds(officer):
    assert officer.get(f"{MEETINGS}{2**70}/").status_code == 404
    assert officer.get(f"{MEETINGS}1/files/{2**70}/").status_code == 404
