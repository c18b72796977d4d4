"""The second factor: set up, asked for, kept encrypted, each code good for once; and the pages of it are ours."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client
from django.urls import reverse

from gegma.accounts import sealing
from gegma.audit.models import Change
from gegma.staff import people

pytestmark = pytest.mark.django_db
CODE, SECOND = "mfa_authenticate", "mfa_reauthenticate"


def code_of(secret: str, ahead: int = 0) -> str:
    """What the app shows now, or in so many half minutes."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


@pytest.fixture
def set_up(staff, sign_in):
    """nino sets up an app: (her client, the secret, the recovery codes)."""
    client = sign_in(staff.nino)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'<code class="secret">(\w+)</code>', page)[1]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}, follow=True)
    codes = re.findall(r"<li><code>(\d+)</code></li>", answer.content.decode())
    assert len(codes) == 10, answer.content.decode()[:3000]
    return client, secret, codes


def half_way(staff, sign_in) -> Client:
    """Past the password, before the code."""
    client = Client()
    assert sign_in(staff.nino, client).url == reverse(CODE)
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_signing_in_asks_for_the_code(staff, sign_in, set_up):
    _client, secret, _codes = set_up
    client = half_way(staff, sign_in)
    assert not is_in(client) and client.get(reverse("home")).status_code == 302
    client.post(reverse(CODE), {"code": "123"})
    assert not is_in(client)
    client.post(reverse(CODE), {"code": code_of(secret, 1)})
    assert is_in(client)


def test_a_code_opens_once(staff, sign_in, set_up):
    _client, secret, codes = set_up
    for code in (code_of(secret, 1), codes[0]):
        first, again = half_way(staff, sign_in), half_way(staff, sign_in)
        first.post(reverse(CODE), {"code": code})
        answer = again.post(reverse(CODE) + "?lang=en", {"code": code})
        assert is_in(first) and not is_in(again) and "used already" in answer.content.decode()


def test_secrets_are_kept_encrypted_and_opened_by_the_former_key_too(staff, set_up, settings):
    _client, secret, codes = set_up
    kept = {row.type: row for row in Authenticator.objects.filter(user=staff.nino)}
    assert kept["totp"].data["secret"].startswith(sealing.PREFIX) and secret not in str(kept["totp"].data)
    assert kept["recovery_codes"].data["seed"].startswith(sealing.PREFIX)
    assert sealing.unseal(kept["totp"].data["secret"]) == secret
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "x" * 60
    assert sealing.unseal(kept["totp"].data["secret"]) == secret
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(ValueError):
        sealing.unseal(kept["totp"].data["secret"])
    with pytest.raises(ValueError):
        sealing.unseal(secret)


def test_setting_it_up_is_told_recorded_and_ends_other_sessions(staff, sign_in, django_capture_on_commit_callbacks):
    other = sign_in(staff.nino)
    client = sign_in(staff.nino)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'<code class="secret">(\w+)</code>', page)[1]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    kinds = {change.after["second_factor"] for change in Change.objects.filter(register="accounts", record_id=staff.nino.pk)}
    assert kinds == {"totp_activated"} and mail.outbox[-1].to == [staff.nino.email]
    assert client.get(reverse("home")).status_code == 200 and other.get(reverse("home")).status_code == 302


def test_recovery_codes_are_shown_once(staff, set_up):
    client, _secret, codes = set_up
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert not any(code in page for code in codes)
    assert client.get("/accounts/2fa/recovery-codes/download/").status_code in {403, 404}


def test_a_forgotten_password_leaves_the_second_factor_standing(staff, sign_in, set_up):
    staff.nino.refresh_from_db()
    link = people.password_link(staff.nino)
    client = Client()
    page = client.get(link[link.index("/accounts/") :], follow=True)
    new = "სრულიად-ახალი-პაროლი-47"
    client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    fresh = Client()
    assert sign_in(staff.nino, fresh, new).url == reverse(CODE) and not is_in(fresh)


def test_the_last_factor_stays_where_the_role_asks_for_one(staff, set_up, settings):
    client, _secret, _codes = set_up
    settings.MFA_ROLES = frozenset({"officer"})
    answer = client.post(reverse("mfa_deactivate_totp") + "?lang=en")
    assert Authenticator.objects.filter(user=staff.nino, type="totp").exists() and "Your role asks" in answer.content.decode()
    key = Authenticator.objects.create(user=staff.nino, type="webauthn", data={"name": "გასაღები", "credential": {}})
    client.post(reverse("mfa_deactivate_totp"))
    client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert Authenticator.objects.filter(pk=key.pk).exists()  # the app went, so the passkey is the last
    settings.MFA_ROLES = frozenset()
    client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert not Authenticator.objects.filter(pk=key.pk).exists()
    assert not Authenticator.objects.filter(user=staff.nino, type="totp").exists()


@pytest.mark.parametrize("name", ["mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"])
def test_who_signed_in_long_ago_says_again_who_they_are(staff, name):
    client = Client()
    client.force_login(staff.nino)
    assert client.get(reverse(name)).url.startswith(reverse("account_reauthenticate"))


def ours(response) -> bool:
    page = response.content.decode()
    return response.status_code == 200 and 'class="calm' in page and "web/gegma.css" in page and page.count("<h1") == 1


@pytest.mark.parametrize("lang", ["ka", "en"])
def test_every_page_of_it_is_ours(staff, sign_in, set_up, lang):
    client, _secret, _codes = set_up
    Authenticator.objects.create(user=staff.nino, type="webauthn", data={"name": "გასაღები", "credential": {}})
    key = Authenticator.objects.get(type="webauthn").pk
    pages = [reverse(n) for n in ("mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp", "mfa_list_webauthn", SECOND)]
    pages += [reverse("mfa_remove_webauthn", args=[key]), reverse("mfa_edit_webauthn", args=[key])]
    for address in pages:
        assert ours(client.get(f"{address}?lang={lang}")), address
    Authenticator.objects.filter(pk=key).delete()
    for address in (reverse("mfa_add_webauthn"), reverse("account_reauthenticate"), reverse("account_change_password")):
        assert ours(client.get(f"{address}?lang={lang}")), address
    assert ours(half_way(staff, sign_in).get(f"{reverse(CODE)}?lang={lang}"))


def test_what_is_off_is_not_there(staff, sign_in):
    client = Client()
    for address in ("/accounts/2fa/trust/", "/accounts/2fa/webauthn/signup/", "/accounts/login/code/confirm/", "/accounts/social/connections/"):
        assert client.get(address).status_code == 404, address
    assert client.post("/accounts/signup/", {"email": "x@y.example", "password1": "ოთხი-სიტყვა-აქ-არის"}).status_code == 200
    assert not staff.nino.__class__.objects.filter(email="x@y.example").exists()
