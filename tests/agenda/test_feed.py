"""The private calendar address: its token, what it holds, and a file that every calendar program can read."""

import datetime as dt
import re

import pytest
from django.test import Client

from gegma.agenda import feed, ical
from gegma.agenda.models import Feed
from gegma.engine.deadlines import Deadline
from tests.factories import make

from .conftest import TODAY, change, client_of

DAY = dt.timedelta(days=1)
HOSTILE = [
    "Line\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:forged",
    "a, b; c\\ d: \"e\" \\n f",
    "თათბირი " * 40,
    "𝕳🗓️🇬🇪" * 30,
    "bare\rreturn\nand\u2028separator\x00\x1b[31m\x85end",
    "=cmd|' /C calc'!A0",
    "",
]


def parse(content: bytes) -> list[dict[str, str]]:
    """The events of a calendar file, read as strictly as RFC 5545 says. {name with parameters: value}."""
    assert content.endswith(b"\r\n") and b"\n" not in content.replace(b"\r\n", b"") and b"\r" not in content.replace(b"\r\n", b"")
    raw = content.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 for line in raw) and all(line.decode("utf-8") for line in raw)  # no letter is cut in two
    lines = content.decode("utf-8").replace("\r\n ", "").split("\r\n")[:-1]
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "END:VCALENDAR"
    events, open_, head = [], None, []
    for line in lines[1:-1]:
        assert re.match(r"[A-Z-]+(;[A-Z-]+=[A-Z-]+)*:", line), line
        assert not re.search(r"[\x00-\x08\x0a-\x1f\x7f]", line)
        name, _colon, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            assert open_ is None
            open_ = {}
        elif line == "END:VEVENT":
            events.append(open_)
            open_ = None
        elif open_ is None:
            head.append(name)
        else:
            assert name not in open_, f"{name} twice"
            open_[name] = value
    assert open_ is None and {"VERSION", "PRODID"} <= set(head) and len(head) == len(set(head))
    for event in events:
        assert {"UID", "DTSTAMP", "DTSTART;VALUE=DATE", "SUMMARY"} <= set(event)
        assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"]) and re.fullmatch(r"\d{8}", event["DTSTART;VALUE=DATE"])
        for name in ("SUMMARY", "DESCRIPTION", "CATEGORIES"):
            assert not re.search(r"(?<!\\)(\\\\)*[,;]", event.get(name, "")), event[name]
    assert len({event["UID"] for event in events}) == len(events)
    return events


def plain(value: str) -> str:
    """A text value with its escapes undone."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


@pytest.fixture
def read(people):
    """read(token): the answer of the feed to a program without a session."""
    return lambda token: Client().get(f"/agenda/feed/{token}.ics")


def test_a_feed_is_made_read_and_revoked(people, decision, read):
    row = decision(TODAY + 7 * DAY)
    client = client_of(people.officer)
    page = client.post("/agenda/feed/", {"whose": "mine"})
    url = page.context["url"]
    token = url.rsplit("/", 1)[1].removesuffix(".ics")
    assert url in page.content.decode() and page["Cache-Control"] == "no-store" and len(token) >= 43
    assert token not in client.get("/agenda/feed/").content.decode()
    answer = read(token)
    assert answer.status_code == 200 and answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "no-store" and "noindex" in answer["X-Robots-Tag"]
    (event,) = parse(answer.content)
    assert plain(event["SUMMARY"]) == f"D-{row.pk} Letter" and event["DTSTART;VALUE=DATE"] == "20171218"
    assert event["URL"].endswith(f"/r/meetings/{row.meeting_id}/#decisions-{row.pk}")
    client.post("/agenda/feed/", {"do": "revoke"})
    assert read(token).status_code == 404 and not Feed.objects.exists()


def test_the_token_is_kept_as_a_hash_and_the_old_one_ends(people, read):
    first = feed.make(people.officer)
    assert read(first).status_code == 200
    second = feed.make(people.officer)
    assert first != second and read(first).status_code == 404 and read(second).status_code == 200
    kept = " ".join(str(value) for value in Feed.objects.values_list().get())
    assert second not in kept and len(Feed.objects.get().token_hash) == 64


def same(answer, token: str) -> str:
    """The page without what differs at every request."""
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', "", answer.content.decode().replace(token, ""))


def test_no_token_is_written_to_the_log(people, read, monkeypatch, caplog):
    token = feed.make(people.officer)
    monkeypatch.setattr(feed, "READINGS", 0)
    assert read(token).status_code == 429
    people.officer.is_active = False
    people.officer.save()
    assert read(token).status_code == 404 and token not in caplog.text


def test_a_wrong_token_a_closed_account_and_a_changed_password_are_as_absent(people, read):
    token = feed.make(people.officer)
    absent = read("A" * 43)
    assert absent.status_code == 404
    people.officer.is_active = False
    people.officer.save()
    closed = read(token)
    assert closed.status_code == 404 and same(closed, token) == same(absent, "A" * 43)
    people.officer.is_active = True
    people.officer.save()
    assert read(token).status_code == 200
    people.officer.set_password("a new one, quite long")
    people.officer.save()
    assert read(token).status_code == 404
    assert "It ended when you changed your password" in client_of(people.officer).get("/agenda/feed/").content.decode()


def test_the_page_of_the_feed_needs_a_session_and_the_feed_takes_no_writing(people):
    assert Client().get("/agenda/feed/").status_code == 302
    assert Client().get("/agenda/").status_code == Client().get("/agenda/reminders/").status_code == 302
    assert Client().post(f"/agenda/feed/{feed.make(people.officer)}.ics").status_code == 405


def test_it_holds_only_what_is_the_persons_own_and_open_to_them(people, decision, meeting, read):
    decision(TODAY + DAY, title_en="Of the officer")
    ours = make("meetings", title_ka="x", owner_unit=people.ours, state="held", starts_on=TODAY)
    decision(TODAY + DAY, of=ours, title_en="Of the unit")
    theirs = make("meetings", title_ka="y", owner_unit=people.theirs, state="held", starts_on=TODAY)
    decision(TODAY + DAY, of=theirs, title_en="Of others")
    secret = make(
        "meetings", title_ka="z", owner_unit=people.theirs, confidentiality="restricted", officer=people.officer, state="held", starts_on=TODAY
    )
    decision(TODAY + DAY, of=secret, title_en="Canary", title="კანარი", unit=people.ours)

    def titles(whose: str) -> list[str]:
        return sorted(plain(event["SUMMARY"]).partition(" ")[2] for event in parse(read(feed.make(people.officer, whose)).content))

    assert titles("mine") == ["Of the officer"]
    assert titles("unit") == ["Of the officer", "Of the unit"]
    change(secret, confidentiality="internal")
    assert titles("mine") == ["Canary", "Of the officer"]


def test_what_the_person_may_no_longer_see_is_gone_at_the_next_reading(people, decision, meeting, read):
    decision(TODAY + DAY)
    token = feed.make(people.officer)
    assert len(parse(read(token).content)) == 1
    people.officer.unit = people.theirs
    people.officer.save()
    change(meeting, confidentiality="restricted")
    assert parse(read(token).content) == []


def test_an_event_keeps_its_name_when_its_day_is_moved(people, decision, read):
    row = decision(TODAY + DAY)
    token = feed.make(people.officer)
    (before,) = parse(read(token).content)
    change(row, due_on=TODAY + 9 * DAY)
    (after,) = parse(read(token).content)
    assert before["UID"] == after["UID"] and after["DTSTART;VALUE=DATE"] == "20171220"
    assert "first due 12.12.2017" in plain(after["DESCRIPTION"])


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_can_break_the_file(title):
    one = Deadline(TODAY, title, title, "/r/decisions/1/", "D-1", "decisions", 1, what="due_on")
    content = ical.calendar_of([one], dt.datetime(2017, 12, 11, 8, 0, tzinfo=dt.UTC), TODAY)
    (event,) = parse(content)
    kept = re.sub(r"\r\n|[\r\u2028\u2029]", "\n", title)
    assert plain(event["SUMMARY"]) == "D-1 " + re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]+", " ", kept)


@pytest.mark.parametrize("length", range(60, 90))
def test_lines_are_folded_at_75_octets(length):
    for letter in ("a", "ა", "𝕳"):
        content = ical.folded(f"SUMMARY:{letter * length}")
        assert all(len(line) <= 75 for line in content.split(b"\r\n"))
        assert content.decode().replace("\r\n ", "") == f"SUMMARY:{letter * length}\r\n"


def test_a_feed_that_is_read_too_often_is_refused_for_the_hour_and_others_are_not(people, read, monkeypatch):
    monkeypatch.setattr(feed, "READINGS", 3)
    token, other = feed.make(people.officer), feed.make(people.stranger)
    assert [read(token).status_code for _n in range(5)] == [200, 200, 200, 429, 429]
    assert read(token)["Retry-After"] == "3600" and read(other).status_code == 200


def test_the_feed_is_in_the_language_of_the_person(people, decision, read):
    decision(TODAY + DAY)
    people.officer.language = "ka"
    people.officer.save()
    (event,) = parse(read(feed.make(people.officer)).content)
    assert "წერილი" in event["SUMMARY"]
