"""Signing in with the ministry's identity provider: only into accounts that an administrator has made, and by issuer and subject."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.test import Client

from gegma.accounts.models import User
from gegma.audit.models import Change
from gegma.staff import people

from .provider import Provider

pytestmark = pytest.mark.django_db
ID = "oidc-test"


@pytest.fixture(scope="module")
def running():
    found = Provider()
    yield found
    found.close()


@pytest.fixture
def provider(running, settings):
    """The provider, with the settings naming it."""
    running.said, running.userinfo, running.issuer_said, running.challenge, running.checked = {}, None, "", "", False
    settings.ROOT_URLCONF = "tests.accounts.urls_with_provider"
    settings.OIDC_ISSUER, settings.OIDC_PROVIDER, settings.OIDC_NAME = running.issuer, ID, "სამინისტრო"
    app = {"provider_id": ID, "name": "სამინისტრო", "client_id": "gegma", "secret": "s", "settings": {"server_url": running.issuer, "oauth_pkce_enabled": True}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    return running


def come_back(provider: Provider, client: Client | None = None, **said):
    """Press the button, let the provider say this of the person, and come back. Returns the answer and the client."""
    client = client or Client()
    provider.said = said
    sent = client.post(f"/accounts/oidc/{ID}/login/")
    asked = parse_qs(urlsplit(sent.url).query)
    assert sent.url.startswith(provider.issuer) and asked["code_challenge_method"] == ["S256"]
    provider.challenge = asked["code_challenge"][0]
    return client.get(f"/accounts/oidc/{ID}/login/callback/?code=c&state={asked['state'][0]}"), client


def signed_in(client: Client) -> str:
    return client.session.get("_auth_user_id", "")


def test_a_verified_address_of_an_account_opens_it_and_is_linked(provider, staff):
    answer, client = come_back(provider, sub="77", email="Nino@mia.example.ge", email_verified=True)
    assert answer.status_code == 302 and signed_in(client) == str(staff.nino.pk) and provider.checked
    assert SocialAccount.objects.get().uid == "77"
    assert Change.objects.filter(register="accounts", record_id=staff.nino.pk, after__identity="77").exists()
    _answer, again = come_back(provider, sub="77", email="other@elsewhere.example", email_verified=False)
    assert signed_in(again) == str(staff.nino.pk)  # from now on it is the subject that counts


@pytest.mark.parametrize(
    "said",
    [
        {"sub": "1", "email": "nobody@mia.example.ge", "email_verified": True},
        {"sub": "1", "email": "nino@mia.example.ge", "email_verified": False},
        {"sub": "1", "email": "nino@mia.example.ge", "email_verified": "true"},
        {"sub": "1", "email": "nino@mia.example.ge"},
        {"sub": "1"},
        {"sub": "1", "email": "auditor@mia.example.ge", "email_verified": True},
        {"sub": "1", "email": ["nino@mia.example.ge"], "email_verified": True},
    ],
)
def test_everybody_else_gets_one_and_the_same_answer(provider, staff, said):
    people.end_access(staff.admin, staff.auditor)
    before = User.objects.count()
    answer, client = come_back(provider, **said)
    nobody, _client = come_back(provider, sub="2", email="x@y.example", email_verified=True)
    pages = {re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": "|state=)\w+', "", a.content.decode()) for a in (answer, nobody)}
    assert answer.status_code == nobody.status_code == 403 and len(pages) == 1
    assert not signed_in(client) and User.objects.count() == before and not SocialAccount.objects.exists()


def test_an_ended_account_stays_shut_although_it_is_linked(provider, staff):
    come_back(provider, sub="77", email="nino@mia.example.ge", email_verified=True)
    people.end_access(staff.admin, staff.nino)
    answer, client = come_back(provider, sub="77", email="nino@mia.example.ge", email_verified=True)
    assert answer.status_code == 403 and not signed_in(client)


def test_an_account_is_linked_with_one_person_alone(provider, staff):
    come_back(provider, sub="77", email="nino@mia.example.ge", email_verified=True)
    answer, client = come_back(provider, sub="78", email="nino@mia.example.ge", email_verified=True)
    assert answer.status_code == 403 and not signed_in(client)


def test_an_administrator_links_by_the_subject(provider, staff):
    assert people.change(staff.admin, staff.nino, "99")
    _answer, client = come_back(provider, sub="99", email="whatever@elsewhere.example", email_verified=False)
    assert signed_in(client) == str(staff.nino.pk)
    with pytest.raises(ValidationError):
        people.change(staff.admin, staff.giorgi, "99")


def test_another_issuer_or_two_subjects_are_refused(provider, staff):
    provider.issuer_said = "https://evil.example"
    answer, client = come_back(provider, sub="77", email="nino@mia.example.ge", email_verified=True)
    assert answer.status_code == 403 and not signed_in(client)
    provider.issuer_said = ""
    provider.userinfo = {"sub": "78", "email": "nino@mia.example.ge", "email_verified": True}
    answer, client = come_back(provider, sub="77", email="x@y.example")
    assert answer.status_code == 403 and not signed_in(client)


def test_without_the_key_of_pkce_or_the_state_nothing_opens(provider, staff):
    client = Client()
    provider.said = {"sub": "77", "email": "nino@mia.example.ge", "email_verified": True}
    sent = client.post(f"/accounts/oidc/{ID}/login/")
    provider.challenge = "another"
    state = parse_qs(urlsplit(sent.url).query)["state"][0]
    client.get(f"/accounts/oidc/{ID}/login/callback/?code=c&state={state}")
    assert not signed_in(client)
    provider.challenge = parse_qs(urlsplit(sent.url).query)["code_challenge"][0]
    Client().get(f"/accounts/oidc/{ID}/login/callback/?code=c&state={state}")
    assert not SocialAccount.objects.exists()


def test_whoever_is_signed_in_cannot_take_the_identity_of_another(provider, staff, sign_in):
    client = sign_in(staff.giorgi)
    answer, client = come_back(provider, client, sub="77", email="nino@mia.example.ge", email_verified=True)
    assert answer.status_code == 403 and not SocialAccount.objects.exists()


def test_the_button_and_its_pages_are_ours(provider, staff):
    page = Client().get("/accounts/login/?lang=en").content.decode()
    assert "Sign in with სამინისტრო" in page and f"/accounts/oidc/{ID}/login/" in page
    for address in (f"/accounts/oidc/{ID}/login/", "/accounts/cancelled/", "/accounts/error/"):
        page = Client().get(address).content.decode()
        assert 'class="calm' in page and "web/gegma.css" in page, address


def test_there_is_no_page_to_sign_up_or_to_connect(provider, staff, sign_in):
    client = sign_in(staff.nino)
    for address in ("/accounts/social/signup/", "/accounts/3rdparty/", "/accounts/email/", "/accounts/confirm-email/"):
        assert client.get(address).status_code == 404
