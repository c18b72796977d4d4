"""Attempts to sign in are kept for administrators and auditors: whose account, from where, how they ended; never what was typed."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gegma.accounts import sign_ins
from gegma.accounts.models import Session, SignIn
from gegma.staff import people

from .conftest import PASSWORD
from .test_second_factor import CODE, code_of, set_up  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
LOGIN, PAGE = "/accounts/login/", "/people-with-access/sign-ins/"


@pytest.fixture(autouse=True)
def tidied_today(monkeypatch):
    """As if this process had taken away today what is too old."""
    monkeypatch.setattr(sign_ins, "_tidied", [timezone.localdate()])


def kept() -> list[tuple[str, str]]:
    """(account, how it ended) of all attempts, the oldest first."""
    return [(row.person.name if row.person else "", row.outcome) for row in SignIn.objects.order_by("pk")]


def test_each_attempt_is_kept_with_its_end(staff, sign_in):
    sign_in(staff.nino)
    Client().post(LOGIN, {"login": staff.nino.email, "password": "wrong-wrong-1234"}, headers={"user-agent": "Firefox/1 Windows"})
    people.end_access(staff.admin, staff.giorgi)
    Client().post(LOGIN, {"login": staff.giorgi.email, "password": PASSWORD})
    assert kept() == [("nino", "signed-in"), ("nino", "refused"), ("giorgi", "refused")]
    row = SignIn.objects.all()[1]
    assert row.address == "127.0.0.1" and "Firefox" in row.device


@pytest.mark.parametrize("typed", ["my-secret-password", "nobody@mia.example.ge", "x" * 5000, "a\0b@c.ge", "'; --"])
def test_a_name_that_is_no_account_s_is_not_kept(staff, typed):
    Client().post(LOGIN, {"login": typed, "password": "wrong-wrong-1234"})
    assert all(row.person is None for row in SignIn.objects.all())
    told = str(list(SignIn.objects.values()))
    assert typed not in told


def test_the_same_is_asked_and_written_whether_there_is_an_account(staff):
    """Nothing that takes time tells them apart."""
    sent = []
    for name in (staff.nino.email, "nobody@mia.example.ge"):
        with CaptureQueriesContext(connection) as queries:
            Client().post(LOGIN, {"login": name, "password": "wrong-wrong-1234"})
        words = [re.sub(r"_django_curs_\w+", "", query["sql"]) for query in queries]  # PostgreSQL's cursors are numbered
        sent.append([one.split("WHERE")[0].split("VALUES")[0] for one in words if "accounts_signin" in one or "accounts_user" in one])
    assert sent[0] == sent[1] and any("INSERT" in words for words in sent[0])


def test_too_many_attempts_are_noted_once(staff):
    with override_settings(ACCOUNT_RATE_LIMITS={"login_failed": "2/5m/key"}):
        for _n in range(6):
            Client().post(LOGIN, {"login": staff.nino.email, "password": "wrong-wrong-1234"})
    assert kept() == [("nino", "refused")] * 2 + [("nino", "too-often")]


def test_a_lock_out_of_one_unknown_name_hides_no_other(staff):
    """Else whether a row is written would tell, by the time it takes, which name is an account's."""
    with override_settings(ACCOUNT_RATE_LIMITS={"login_failed": "1/5m/key"}):
        for name in ("a@mia.example.ge", "b@mia.example.ge", staff.nino.email, "A@mia.example.ge"):
            for _n in range(3):
                Client().post(LOGIN, {"login": name, "password": "wrong-wrong-1234"})
    assert sorted(kept()) == sorted([("", "refused"), ("", "too-often")] * 2 + [("nino", "refused"), ("nino", "too-often")])


def test_a_wrong_code_is_noted_with_its_account(staff, sign_in, set_up):  # noqa: F811
    _client, secret, _codes = set_up
    SignIn.objects.all().delete()
    client = Client()
    sign_in(staff.nino, client)
    assert kept() == []  # not in yet
    client.post(reverse(CODE), {"code": "000000"})
    assert kept() == [("nino", "code-refused")]
    client.post(reverse(CODE), {"code": code_of(secret, 1)})
    assert kept()[1:] == [("nino", "signed-in")]


def test_the_page_is_for_administrators_and_auditors(staff, sign_in):
    Client().post(LOGIN, {"login": staff.nino.email, "password": "wrong-wrong-1234"})
    Client().post(LOGIN, {"login": "nobody@mia.example.ge", "password": "wrong-wrong-1234"})
    for user, status in ((staff.admin, 200), (staff.auditor, 200), (staff.head, 404), (staff.nino, 404)):
        client = sign_in(user)
        answer = client.get(PAGE, {"outcome": "refused", "lang": "en"})
        assert answer.status_code == status, user
        assert (PAGE in client.get("/").content.decode()) == (user == staff.auditor)
        if status == 200:
            assert answer.context["page"].paginator.count == 2 and staff.nino.email in answer.content.decode()
    assert PAGE in sign_in(staff.admin).get(reverse("people_with_access")).content.decode()


def test_it_is_filtered_by_person_outcome_and_day(staff, sign_in):
    client = sign_in(staff.admin)
    Client().post(LOGIN, {"login": staff.nino.email, "password": "wrong-wrong-1234"})
    count = lambda **asked: client.get(PAGE, asked).context["page"].paginator.count  # noqa: E731
    assert count() == 2 and count(who="nino") == 1 and count(who="127.0.0.1") == 2 and count(outcome="signed-in") == 1
    today, before = f"{timezone.localdate():%d.%m.%Y}", f"{timezone.localdate() - dt.timedelta(days=1):%d.%m.%Y}"
    assert count(**{"from": today}) == 2 and count(to=before) == 0 and count(to=today, who="admin") == 1
    assert client.get(PAGE, {"from": "yesterday"}).status_code == 400
    assert client.get(PAGE, {"who": "\0" * 9, "outcome": "x", "page": "zzz"}).status_code == 200


def test_what_is_too_old_goes(staff, sign_in, monkeypatch):
    sign_in(staff.nino)
    now = timezone.now()
    SignIn.objects.create(at=now - dt.timedelta(days=91), person=staff.nino, outcome="refused")
    SignIn.objects.create(at=now - dt.timedelta(days=89), person=staff.nino, outcome="refused")
    Session.objects.create(session_key="old", session_data="", expire_date=now - dt.timedelta(minutes=1))
    monkeypatch.setattr(sign_ins, "_tidied", [None])
    sign_in(staff.giorgi)
    assert kept() == [("nino", "signed-in"), ("nino", "refused"), ("giorgi", "signed-in")]
    assert not Session.objects.filter(session_key="old").exists() and Session.objects.count() == 2
