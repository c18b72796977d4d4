"""Fifty people writing at once, to one record and to many: no update is lost, no lock is shown, and the page of a conflict keeps both texts."""

import http.cookiejar
import json
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from tests import databases, writers

PEOPLE, ROUNDS = 50, 6
FORMS = 4

ACCOUNTS = """
from gegma.accounts.models import SYSTEM_WRITER, User
from gegma.engine import registry, write
from django.conf import settings
from gegma.accounts.sessions import SessionStore
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
spec = registry.get("organisations")
row = write.save(spec, SYSTEM_WRITER, spec.model(title_ka="x", kind="ngo"))
keys = []
for n in range(int(sys.argv[1])):
    user = User.objects.create_user(f"p{n}@example.ge", name=f"p{n}", role="officer", reads=["personal"])
    session = SessionStore()
    session.update({SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0], HASH_SESSION_KEY: user.get_session_auth_hash()})
    session.save()
    keys.append(session.session_key)
from gegma.config import serving
serving.collect_static()
print(row.pk, *keys)
"""


def test_nothing_is_lost_and_no_lock_is_shown(empty_database):
    found = writers.at_once(empty_database, PEOPLE, ROUNDS)
    assert writers.lost(found) == []
    assert (len(found["own"]), len(found["marks"])) == (PEOPLE, PEOPLE * ROUNDS // 3), "everybody got to write"
    assert found["refused"] > 0, "they met: a test in which nobody meets proves nothing"


class Person:
    """Somebody with a browser, as far as forms go."""

    def __init__(self, base: str, session: str):
        self.base = base
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.opener.addheaders = [("Cookie", f"sessionid={session}")]
        self.session = session

    def ask(self, path: str, data: dict | None = None) -> tuple[int, str]:
        """The status and text of a page, redirects followed."""
        body = urllib.parse.urlencode(data).encode() if data is not None else None
        request = urllib.request.Request(self.base + path, body, {"Cookie": self._cookies(), "Referer": self.base + path})
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def _cookies(self) -> str:
        kept = "; ".join(f"{c.name}={c.value}" for handler in self.opener.handlers if hasattr(handler, "cookiejar") for c in handler.cookiejar if c.name != "sessionid")
        return f"sessionid={self.session}" + (f"; {kept}" if kept else "")

    def form(self, path: str) -> dict:
        """The fields of the form on a page, as a browser would send them."""
        status, text = self.ask(path)
        assert status == 200, text[:500]
        return fields(text)


def fields(text: str) -> dict:
    """What the form of the page would send: hidden and text fields, chosen options, ticked radios, text areas."""
    form = next((f for f in re.findall(r'<form[^>]*method="post".*?</form>', text, re.S) if 'name="version"' in f), None)
    assert form, text[:3000]
    found = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, kind = _attribute(tag, "name"), _attribute(tag, "type") or "text"
        if name and kind not in {"submit", "file", "checkbox", "radio"} or (name and " checked" in tag):
            found[name] = _attribute(tag, "value")
    for name, inner in re.findall(r'<select\b[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        found[name] = next((_attribute(o, "value") for o in re.findall(r"<option\b[^>]*>", inner) if " selected" in o), "")
    for name, inner in re.findall(r'<textarea\b[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = inner.strip()
    return found


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


@pytest.fixture
def served(empty_database):
    """A live server of two processes over a place of its own: its address, the number of a record, sessions of people."""
    pk, *keys = databases.run(empty_database, ACCOUNTS, FORMS).split()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "gegma.config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--log-level", "warning"],
        env=empty_database, cwd=databases.ROOT, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        base, end = f"http://127.0.0.1:{port}", time.monotonic() + 60
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"{base}/health/", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        yield base, int(pk), [Person(base, key) for key in keys], empty_database
    finally:
        server.terminate()
        server.communicate(timeout=30)


def test_forms_meet_in_the_page_of_the_conflict_and_lose_nothing(served):
    """Each person puts their mark into one text by the form, again and again; whoever comes second chooses both and sends again."""
    _base, pk, people, env = served
    path, faults, done, met = f"/r/organisations/{pk}/edit/", [], [], []

    def work(person: Person, me: int) -> None:
        try:
            for number in range(3):
                mark = f"form{me}.{number}"
                data = person.form(path)
                data["notes"] = f"{data['notes']} {mark}".strip()
                status, text = person.ask(path, data)
                while status == 409:
                    met.append(mark)
                    assert mark in text, "the page of the conflict keeps what was typed"
                    again = fields(text)
                    theirs = re.search(r'name="take-notes" value="theirs"[^>]*> <span>(.*?)</span>', text, re.S) or re.search(r'value="theirs"[^>]*> <span>(.*?)</span>', text, re.S)
                    assert theirs, "and what the other one typed"
                    again = {k: v for k, v in again.items() if not (k.startswith("take") and k.endswith("notes"))}
                    again["notes"] = f"{'' if theirs[1] == '—' else theirs[1]} {mark}".strip()
                    status, text = person.ask(path, again)
                assert status == 200, f"{status}: {text[:300]}"
                assert "locked" not in text
                done.append(mark)
        except Exception as error:
            faults.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=work, args=(person, n)) for n, person in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    end = json.loads(databases.run(env, writers.END, pk))
    assert faults == [] and end["problems"] == [] and end["ok"]
    assert sorted(end["marks"]) == sorted(done) and len(done) == FORMS * 3
    assert end["version"] == 1 + len(done)
    assert met, "nobody met"
