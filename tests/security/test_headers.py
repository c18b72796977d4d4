"""What every answer carries, and what nobody can forge: headers, cookies, hosts, redirects."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.test import Client

from gegma.accounts.models import User
from gegma.api import tokens
from tests.conftest import PASSWORD
from tests.factories import make

from . import addresses

FOREIGN = "evil.example"


@pytest.fixture
def person(db) -> User:
    """Somebody with an account."""
    return User.objects.create_user("person@example.ge", password=PASSWORD, name="person", role="officer", unit=make("units"))


@pytest.fixture
def client(person) -> Client:
    """Their browser."""
    made = Client()
    made.force_login(person)
    return made


def plain_pages() -> list[str]:
    """Every address that asks for nothing, with a page or data behind it."""
    return ["/" + one.route for one in addresses.everything() if not one.names and "(" not in one.route and one.name != "account_logout"]


def directives(response) -> dict[str, str]:
    """The content security policy of an answer."""
    parts = [part.split(None, 1) for part in response["Content-Security-Policy"].split(";") if part.strip()]
    return {part[0]: part[1] if len(part) > 1 else "" for part in parts}


def test_every_answer_carries_the_headers(client):
    wrong = []
    pages = plain_pages()
    assert len(pages) > 60
    for url in [*pages, "/nothing/", "/r/nothing/", "/api/v1/nothing/"]:
        response = client.get(url)
        policy = directives(response)
        facts = {
            "default-src": policy.get("default-src") == "'none'",
            "no inline": "unsafe" not in response["Content-Security-Policy"] and "*" not in response["Content-Security-Policy"],
            "frame-ancestors": policy.get("frame-ancestors") == "'none'" or "sandbox" in policy,
            "base-uri": "base-uri" in policy or "sandbox" in policy,
            "object-src": policy.get("object-src", policy.get("default-src")) == "'none'",
            "nosniff": response.get("X-Content-Type-Options") == "nosniff",
            "frames": response.get("X-Frame-Options") == "DENY",
            "referrer": response.get("Referrer-Policy") == "same-origin",
            "no store": "no-store" in response.get("Cache-Control", ""),
        }
        wrong += [f"{url} ({response.status_code}): {name}" for name, good in facts.items() if not good]
    assert wrong == [], "\n".join(wrong)


def test_what_is_given_out_of_a_record_is_not_kept_by_caches(client):
    made = make("meetings")
    for url in (f"/r/meetings/{made.pk}/", f"/r/meetings/{made.pk}/history/", "/r/meetings/export.csv", "/r/meetings/export.xlsx", f"/api/v1/meetings/{made.pk}/"):
        assert "no-store" in client.get(url).get("Cache-Control", ""), url


@pytest.mark.parametrize("host", [FOREIGN, f"{FOREIGN}:8000", "localhost.evil.example", "localhost@evil.example", "local host", ""])
def test_a_foreign_host_is_refused(client, host):
    for url in ("/", "/accounts/password/reset/", "/api/v1/meetings/"):
        assert client.get(url, headers={"host": host or "%"}).status_code == 400, (url, host)


@pytest.mark.parametrize("header", ["x-forwarded-host", "x-forwarded-server", "x-host", "forwarded", "x-original-host"])
def test_a_forwarded_host_is_not_believed(person, client, header, mailoutbox):
    assert FOREIGN not in client.get("/", headers={header: FOREIGN}).content.decode()
    Client().post("/accounts/password/reset/", {"email": person.email}, headers={header: FOREIGN})
    until = time.monotonic() + 10
    while not mailoutbox and time.monotonic() < until:  # the letter is sent beside the answer
        time.sleep(0.02)
    assert len(mailoutbox) == 1 and FOREIGN not in mailoutbox[0].body


def test_a_forwarded_scheme_is_not_believed(client):
    request = client.get("/", headers={"x-forwarded-proto": "https"}).wsgi_request
    assert not request.is_secure() or settings.SECURE_PROXY_SSL_HEADER is None


@pytest.mark.parametrize("target", [f"https://{FOREIGN}/", f"//{FOREIGN}/", f"/\\{FOREIGN}", f"https:{FOREIGN}", f"http://localhost@{FOREIGN}/", "javascript:alert(1)", f"///{FOREIGN}", f"\t//{FOREIGN}"])
def test_redirects_lead_only_to_ourselves(person, client, target):
    made = make("meetings")
    change = f"/r/changes/{_change(made)}/undo/"
    answers = [
        Client().post("/accounts/login/?next=" + target, {"login": person.email, "password": PASSWORD, "next": target}),
        client.post("/language/", {"language": "en", "next": target}),
        client.post(change, {"field": "title_ka", "next": target}),
        client.post("/accounts/logout/", {"next": target}),
    ]
    for number, response in enumerate(answers):
        assert response.status_code in {302, 404}, number
        location = response.get("Location", "/")
        assert location.startswith("/") and not location.startswith(("//", "/\\")), (number, location)


def _change(record) -> int:
    from gegma.audit.models import Change

    return Change.objects.filter(register="meetings", record_id=record.pk).latest("pk").pk


def test_cookies_are_kept_from_scripts_and_other_sites(person, client):
    browser = Client()
    browser.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    browser.get("/api/tokens/")
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        cookie = browser.cookies[name]
        assert cookie["httponly"] and cookie["samesite"] in {"Lax", "Strict"} and not cookie["domain"], name


def test_a_token_is_no_cookie_and_stands_in_no_address(person):
    word = tokens.make(person, "x", 7)
    assert Client().get(f"/api/v1/meetings/?token={word}").status_code == 401
    answer = Client().get("/api/v1/meetings/", headers={"authorization": f"Bearer {word}"})
    assert answer.status_code == 200 and not answer.cookies


def test_behind_https_cookies_are_secure_and_browsers_stay(tmp_path):
    """The settings are read once at the start, so another process looks at them."""
    program = (
        "import django; django.setup()\n"
        "from django.conf import settings as s\n"
        "from django.test import RequestFactory\n"
        "from django.middleware.security import SecurityMiddleware\n"
        "from django.http import HttpResponse\n"
        "r = SecurityMiddleware(lambda request: HttpResponse('x'))(RequestFactory().get('/', secure=True))\n"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, r['Strict-Transport-Security'])\n"
    )
    env = {**os.environ, "GEGMA_ADDRESS": "https://gegma.example.ge", "GEGMA_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "gegma.config.settings", "GEGMA_SECRET_KEY": secrets.token_urlsafe(64)}
    env.pop("GEGMA_DEMO", None)
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    secure, csrf, hsts = done.stdout.split(None, 2)
    assert secure == csrf == "True" and int(hsts.partition("max-age=")[2].split(";")[0]) >= 31_536_000


def test_hosts_are_named():
    assert "*" not in settings.ALLOWED_HOSTS and not settings.USE_X_FORWARDED_HOST and not settings.USE_X_FORWARDED_PORT
