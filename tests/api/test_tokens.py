"""Tokens: made by the person, shown once, kept as a hash, and useless once anything about the person's access ends."""

import datetime as dt

import pytest
from django.test import Client, override_settings
from django.utils import timezone, translation

from gegma.api import tokens
from gegma.api.models import Token
from gegma.audit.models import Change
from gegma.audit.record import verify
from gegma.staff import chain
from gegma.staff import people as staff_people
from tests.factories import make

from .conftest import Program

LIST = "/api/v1/meetings/"


def signed_in(person, **options) -> Client:
    client = Client(**options)
    client.force_login(person)
    return client


def test_a_token_is_shown_once_and_kept_as_a_hash(people):
    client = signed_in(people.officer)
    page = client.post("/api/tokens/", {"name": "Report", "days": "30", "rights": "write"})
    word = page.context["made"]
    assert word in page.content.decode() and page["Cache-Control"] == "no-store"
    assert word not in client.get("/api/tokens/").content.decode()
    kept = Token.objects.get()
    assert word not in str(vars(kept)) and kept.token_hash == tokens.digest(word)
    assert Program(word).get(LIST).status_code == 200
    kept.refresh_from_db()
    assert kept.used_at is not None


@pytest.mark.parametrize("sent", [{"name": "", "days": "30"}, {"name": "x", "days": "31"}, {"name": "x", "days": "x" * 50}, {"name": "x" * 101, "days": "30"}])
def test_a_wrong_form_says_what_is_wrong(people, sent):
    page = signed_in(people.officer).post("/api/tokens/", sent)
    assert page.status_code == 400 and page.context["problem"] and not Token.objects.exists()


def test_only_so_many_tokens_work_at_a_time(people):
    for _n in range(tokens.MOST):
        tokens.make(people.officer, "x", 7)
    assert signed_in(people.officer).post("/api/tokens/", {"name": "x", "days": "30"}).status_code == 400


def test_a_person_ends_own_tokens_and_nobody_else_s(people):
    word = tokens.make(people.officer, "x", 7)
    pk = str(Token.objects.get().pk)
    signed_in(people.stranger).post("/api/tokens/", {"do": "end", "token": pk})
    assert Program(word).get(LIST).status_code == 200
    signed_in(people.officer).post("/api/tokens/", {"do": "end", "token": pk})
    assert Program(word).get(LIST).status_code == 401


def _expires(person):
    Token.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))


def _leaves(person):
    person.is_active = False
    person.save()


def _changes_password(person):
    person.set_password("ახალი-პაროლი-2018")
    person.save()


@pytest.mark.parametrize("ends", [_expires, _leaves, _changes_password, lambda person: tokens.close_tokens(person, person)])
def test_it_ends_at_once(people, ends):
    program = Program(tokens.make(people.officer, "x", 7))
    assert program.get(LIST).status_code == 200
    ends(people.officer)
    answer = program.get(LIST)
    assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith("Bearer")


def test_wrong_tokens_all_get_the_same_answer(people):
    ended = tokens.make(people.officer, "x", 7)
    tokens.close_tokens(people.officer, people.officer)
    answers = {Program(word).get(LIST).content for word in (ended, "gegma_x", "x" * 1000, "ა")}
    assert len(answers) == 1


def test_a_read_only_token_reads(people, program):
    reads = program("officer", may_write=False)
    made = make("meetings")
    assert reads.get(LIST).status_code == 200
    for method, url in (("POST", LIST), ("PATCH", f"{LIST}{made.pk}/"), ("DELETE", f"{LIST}{made.pk}/?version=1")):
        assert reads.send(method, url, {"version": 1}).status_code == 403, method
    made.refresh_from_db()
    assert made.version == 1


def test_without_a_token_nothing_is_told(people):
    for url in (LIST, f"{LIST}1/", "/api/v1/schema/", "/api/v1/nothing/", "/api/v1/plans/x/readings/"):
        answer = Client().get(url)
        assert answer.status_code == 401 and answer["Content-Type"] == "application/json", url


def test_a_session_needs_the_csrf_token_to_write(people):
    client = signed_in(people.officer, enforce_csrf_checks=True)
    assert client.get(LIST).status_code == 200
    sent = {"title_ka": "x", "kind": "session"}
    assert client.post(LIST, sent, content_type="application/json").status_code == 403
    token = client.get("/api/tokens/").context["csrf_token"]
    assert client.post(LIST, sent, content_type="application/json", headers={"x-csrftoken": str(token)}).status_code == 201


def test_a_token_needs_no_csrf_token_and_opens_no_page(people):
    word = tokens.make(people.officer, "x", 7, True)
    assert Program(word, enforce_csrf_checks=True).send("POST", LIST, {"title_ka": "x", "kind": "session"}).status_code == 201
    for page in ("/", "/r/meetings/", "/api/tokens/", "/api/docs/"):
        assert Client().get(page, headers={"authorization": f"Bearer {word}"}).status_code == 302, page


@override_settings(API_READS_PER_MINUTE=3, API_WRITES_PER_MINUTE=1)
def test_too_many_requests_are_refused_each_kind_alone(people, program):
    ours, theirs = program("officer"), program("stranger")
    assert [ours.get(LIST).status_code for _n in range(4)] == [200, 200, 200, 429]
    assert ours.send("POST", LIST, {"title_ka": "x", "kind": "session"}).status_code == 201
    assert ours.send("POST", LIST, {"title_ka": "x", "kind": "session"}).status_code == 429
    refused = ours.get(LIST)
    assert 0 < int(refused["Retry-After"]) <= 60 and refused.json()["detail"]
    assert theirs.get(LIST).status_code == 200


def kept_of(person) -> list:
    return list(Change.objects.filter(register="accounts", record_id=person.pk).order_by("pk"))


def test_making_and_ending_stand_in_the_history_without_the_secret(people):
    client = signed_in(people.officer)
    word = client.post("/api/tokens/", {"name": "Report", "days": "30", "rights": "write"}).context["made"]
    made = Token.objects.get()
    for _twice in range(2):  # what is ended already leaves no second row
        client.post("/api/tokens/", {"do": "end", "token": str(made.pk)})
    first, last = kept_of(people.officer)
    assert first.actor == last.actor == people.officer and first.source == "web" and (first.before, last.after) == ({}, {})
    assert first.after == last.before and first.after["tokens"][0] | {"until": ""} == {"number": made.pk, "name": "Report", "writes": True, "until": ""}
    told = str([(c.before, c.after) for c in (first, last)])
    assert not [secret for secret in (word, made.token_hash, made.credential) if secret in told]
    assert verify().ok
    with translation.override("en"):
        what, before, after = chain.in_words(first)[0]
    assert what == "tokens of programs" and not before and "«Report» (reads and writes, to " in after


def test_a_refused_form_and_a_stranger_leave_no_row(people):
    signed_in(people.officer).post("/api/tokens/", {"name": "x", "days": "31"})
    tokens.make(people.officer, "x", 7)
    signed_in(people.stranger).post("/api/tokens/", {"do": "end", "token": str(Token.objects.get().pk)})
    assert len(kept_of(people.officer)) == 1 and not kept_of(people.stranger)


def test_an_administrator_ends_a_token_and_leaving_ends_all(people, client):
    words = [tokens.make(people.officer, name, 7) for name in ("first", "second", "third")]
    numbers = list(Token.objects.order_by("pk").values_list("pk", flat=True))
    client.post("/accounts/login/", {"login": people.admin.email, "password": "დიდი-პაროლი-2017"})
    page = client.get(f"/people-with-access/{people.officer.pk}/").content.decode()
    assert "second" in page and words[1] not in page
    assert client.post(f"/people-with-access/{people.stranger.pk}/tokens/{numbers[1]}/end/").status_code == 404
    assert signed_in(people.stranger).post(f"/people-with-access/{people.officer.pk}/tokens/{numbers[1]}/end/").status_code == 404
    assert client.post(f"/people-with-access/{people.officer.pk}/tokens/{numbers[1]}/end/").status_code == 302
    assert [Program(word).get(LIST).status_code for word in words] == [200, 401, 200]
    staff_people.end_access(people.keeper, people.officer)
    *_made, ended, left, _access = kept_of(people.officer)
    assert ended.actor == people.admin and [t["name"] for t in ended.before["tokens"]] == ["second"]
    assert left.actor == people.keeper and [t["name"] for t in left.before["tokens"]] == ["first", "third"]
