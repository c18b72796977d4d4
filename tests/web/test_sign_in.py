"""The sign-in pages are ours, each one: none falls back to the bare pages of the library."""

from copy import deepcopy

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_the_application(settings):
    """The menus need the application; the pages do not."""
    templates = deepcopy(settings.TEMPLATES)
    processors = templates[0]["OPTIONS"]["context_processors"]
    templates[0]["OPTIONS"]["context_processors"] = [p for p in processors if not p.startswith("gegma.")]
    settings.TEMPLATES = templates


def is_ours(response) -> bool:
    page = response.content.decode()
    return response.status_code == 200 and 'class="calm' in page and "web/gegma.css" in page and "<h1" in page


@pytest.mark.parametrize(
    "name", ["account_login", "account_reset_password", "account_reset_password_done", "account_signup", "account_inactive"]
)
def test_a_page_for_strangers(client, name):
    assert is_ours(client.get(reverse(name)))


@pytest.mark.parametrize("name", ["account_change_password", "account_logout", "account_reauthenticate"])
def test_a_page_for_who_is_signed_in(as_officer, name):
    assert is_ours(as_officer.get(reverse(name)))


def test_a_worn_out_link_says_what_to_do(client):
    response = client.get(reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "worn-out"}))
    assert is_ours(response)
    assert reverse("account_reset_password") in response.content.decode()


def test_a_wrong_password_is_told_at_the_form_and_the_address_stays(client):
    response = client.post(reverse("account_login"), {"login": "nino@example.ge", "password": "wrong-password-1"})
    page = response.content.decode()
    assert is_ours(response)
    assert 'class="error-summary"' in page and 'value="nino@example.ge"' in page
    assert "wrong-password-1" not in page


def test_library_pages_without_a_template_of_ours_still_look_like_ours(client, settings):
    from django.template.loader import render_to_string

    page = render_to_string("account/verification_sent.html", {})
    assert 'class="calm"' in page and "web/gegma.css" in page
