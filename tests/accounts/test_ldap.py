"""Signing in with the password of the ministry's directory: it is played by ldap3 itself."""

import ldap3
import pytest
from django.test import Client
from django.urls import reverse
from ldap3.core.exceptions import LDAPSocketOpenError

from gegma.accounts import ldap
from gegma.accounts.models import User
from gegma.staff import people

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db
BASE = "ou=people,dc=mia,dc=example,dc=ge"
READER = f"cn=gegma,{BASE}"
THEIRS = "სამინისტროს-პაროლი-5"


@pytest.fixture
def directory(settings, monkeypatch):
    """A directory with three people and the account that reads it. Yields the list of who asked to be let in."""
    settings.LDAP_URL, settings.LDAP_BASE, settings.LDAP_FILTER = "ldaps://ldap.example", BASE, "(mail={email})"
    settings.LDAP_USER, settings.LDAP_PASSWORD = READER, "reader"
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, "gegma.accounts.ldap.LdapBackend"]
    server, asked = ldap3.Server("mock", get_info=ldap3.OFFLINE_SLAPD_2_4), []

    def connect(user, password):
        asked.append(user)
        made = ldap3.Connection(server, user=user, password=password, client_strategy=ldap3.MOCK_SYNC)
        made.strategy.add_entry(READER, {"userPassword": "reader", "sn": "r", "objectClass": "person"})
        for cn, mail in (("nino", "nino@mia.example.ge"), ("stranger", "stranger@mia.example.ge"), ("a", "two@mia.example.ge"), ("b", "two@mia.example.ge")):
            made.strategy.add_entry(f"cn={cn},{BASE}", {"userPassword": THEIRS, "sn": cn, "mail": mail, "objectClass": "inetOrgPerson"})
        return made

    monkeypatch.setattr(ldap, "connect", connect)
    return asked


@pytest.fixture
def nino(staff):
    """Has an account and no password of ours."""
    staff.nino.set_unusable_password()
    staff.nino.save()
    return staff.nino


def enter(email: str, password: str) -> str:
    client = Client()
    client.post(reverse("account_login"), {"login": email, "password": password})
    return client.session.get("_auth_user_id", "")


def test_the_password_of_the_directory_opens_an_account_made_before(directory, nino):
    assert enter("nino@mia.example.ge", THEIRS) == str(nino.pk)


@pytest.mark.parametrize("password", ["wrong-wrong-wrong", "reader", "a\0b", "*"])
def test_another_password_does_not(directory, nino, password):
    assert enter("nino@mia.example.ge", password) == ""


def test_it_makes_no_account(directory, staff):
    before = User.objects.count()
    assert enter("stranger@mia.example.ge", THEIRS) == "" and User.objects.count() == before


def test_an_ended_account_stays_shut(directory, nino, staff):
    people.end_access(staff.admin, nino)
    assert enter("nino@mia.example.ge", THEIRS) == ""


def test_two_entries_with_one_address_open_nothing(directory, staff):
    User.objects.create_user("two@mia.example.ge", None, name="two")
    assert enter("two@mia.example.ge", THEIRS) == ""


@pytest.mark.parametrize("email", ["*@mia.example.ge", "nino@mia.example.ge)(cn=*"])
def test_an_address_is_no_filter(directory, nino, email):
    assert not ldap.knows(email, THEIRS)


def test_the_directory_is_asked_as_often_whether_there_is_an_account_or_not(directory, nino):
    counts = []
    for email in ("nino@mia.example.ge", "stranger@mia.example.ge", "nobody@mia.example.ge"):
        directory.clear()
        enter(email, "wrong-wrong-wrong")
        counts.append(len(directory))
    assert counts == [2, 2, 2]


def test_a_directory_that_does_not_answer_shuts_nobody_out_who_has_a_password_of_ours(directory, staff, monkeypatch):
    def silent(user, password):
        raise LDAPSocketOpenError("no answer")

    monkeypatch.setattr(ldap, "connect", silent)
    assert enter("giorgi@mia.example.ge", PASSWORD) == str(staff.giorgi.pk)
    assert enter("giorgi@mia.example.ge", "wrong-wrong-wrong") == ""
