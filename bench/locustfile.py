"""Two hundred people at work, for locust: each signs in once, then opens, searches, reads, enters and takes out, with time to think between.

GEGMA_LOAD names a file with what bench.load found in the database: accounts, password, records to open. The answers are written beside it.
Each person comes from an address of their own (127.1.x.y), as people do: the limits of sign-in count by address.
"""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

from locust import HttpUser, between, constant, events, task
from lxml import html
from requests.adapters import HTTPAdapter

WORK = Path(os.environ["GEGMA_LOAD"])
GIVEN = json.loads(WORK.read_text(encoding="utf-8"))
THINK = GIVEN["think"]
SIGN_IN = "sign in"
IDLE = int(os.environ.get("GEGMA_LOAD_IDLE") or 0)
# One of so many people asks for long reports.
LONG_OF_PEOPLE = 40
LOOKS, LOOK_SECONDS = 36, 10
_people = iter(range(1_000_000))
_answers: list[tuple[str, float, float, str]] = []  # page, when, milliseconds, what went wrong


@events.request.add_listener
def keep(name, response_time, exception, **_more):
    """Every answer, to be counted at the end."""
    _answers.append((name, time.time(), response_time, str(exception)[:200] if exception else ""))


@events.quitting.add_listener
def write(**_more):
    """Beside what was given."""
    WORK.with_suffix(".answers.json").write_text(json.dumps(_answers), encoding="utf-8")


class _From(HTTPAdapter):
    """Connects from an address of one's own."""

    def __init__(self, number: int):
        self.place = (f"127.1.{number // 250}.{number % 250 + 1}", 0)
        super().__init__()

    def init_poolmanager(self, *words, **named):
        super().init_poolmanager(*words, **named, source_address=self.place)


class Person(HttpUser):
    """Somebody of the department on an ordinary day. The numbers at the tasks say how often."""

    abstract = bool(IDLE)
    wait_time = between(*THINK)

    def on_start(self):
        """Come in over some time, sign in."""
        self.number = next(_people)
        self.client.mount("http://", _From(self.number))
        email = GIVEN["accounts"][self.number % len(GIVEN["accounts"])]
        form = self._form("/accounts/login/", SIGN_IN + ": the page")
        with self.client.post("/accounts/login/", {**form, "login": email, "password": GIVEN["password"]}, name=SIGN_IN, allow_redirects=False, catch_response=True) as answer:
            if answer.status_code != 302:
                answer.failure(f"not signed in: {answer.status_code}")

    def _get(self, name: str, address: str, kind: str = "text/html", straight: bool = False):
        with self.client.get(address, name=name, allow_redirects=False, catch_response=True) as answer:
            if straight and answer.status_code == 302:
                return answer
            if answer.status_code != 200 or not answer.headers.get("Content-Type", "").startswith(kind) or not answer.content:
                answer.failure(f"{answer.status_code} {answer.headers.get('Content-Type')} {address}")
            return answer

    def _form(self, address: str, name: str) -> dict[str, str]:
        page = html.fromstring(self._get(name, address).text)
        form = next(f for f in page.forms if f.method == "POST" and {"title_ka", "login"} & set(f.fields))
        return {name: value for name, value in form.form_values() if not name.startswith("_")}

    @task(10)
    def home(self):
        """What is to be done today."""
        self._get("home", "/")

    @task(18)
    def a_list(self):
        """A list with filters."""
        self._get(*random.choice(GIVEN["lists"]))

    @task(12)
    def search(self):
        """A word over all registers."""
        self._get("search", "/search/?q=" + random.choice(GIVEN["words"]), straight=True)  # a search with one answer leads straight to it

    @task(24)
    def record(self):
        """A record."""
        key, numbers = random.choice(list(GIVEN["records"].items()))
        self._get("record", f"/r/{key}/{random.choice(numbers)}/")

    @task(8)
    def enter(self):
        """A meeting in the short form: the page, a minute's work, the record."""
        data = self._form("/r/meetings/quick/", "form")
        data |= {"title_ka": f"შეხვედრა {self.number}-{time.time():.3f}", "kind": GIVEN["kind"]}
        with self.client.post("/r/meetings/quick/", data, name="form: entered", allow_redirects=False, catch_response=True) as answer:
            if answer.status_code != 302:
                errors = html.fromstring(answer.text).xpath("//*[contains(@class,'error')]")
                answer.failure(f"not entered: {answer.status_code} {[e.text_content().strip()[:80] for e in errors[:3]]}")

    @task(8)
    def country(self):
        """The page of a country."""
        self._get("country", f"/r/countries/{random.choice(GIVEN['countries'])}/")

    @task(8)
    def board(self):
        """The plan's board."""
        self._get("board", f"/plan/{GIVEN['plan']}/")

    @task(4)
    def calendar(self):
        """The month."""
        self._get("calendar", "/agenda/?of=all")

    @task(4)
    def export(self):
        """A list of a year, for Excel."""
        self._get("export", GIVEN["export"], "application/")

    @task(2)
    def report(self):
        """A report in Word, of a day; some ask for one of a quarter, which is made in the background."""
        if IDLE or self.number % LONG_OF_PEOPLE:
            with self.client.get(GIVEN["report"], name="report", catch_response=True) as answer:
                # with so many records even a day's takes long: then a page says that it is made in the background, and offers that
                offered = answer.status_code == 200 and 'name="background"' in answer.text
                if not offered and not answer.headers.get("Content-Type", "").startswith("application/"):
                    answer.failure(f"{answer.status_code} {answer.headers.get('Content-Type')}")
        else:
            self._long_report(*GIVEN["long_report"])

    def _long_report(self, address: str, words: dict[str, str]):
        """Ask, look again until it is there, fetch it."""
        form = next(f for f in html.fromstring(self._get("report: the page", address).text).forms if "background" in f.fields)
        data = {**dict(form.form_values()), **words, "period": "", "format": "docx", "background": "on"}
        with self.client.post(address, data, name="report: asked for", allow_redirects=False, catch_response=True) as answer:
            if answer.status_code != 302:
                answer.failure(f"not asked for: {answer.status_code}")
                return
        job = answer.headers["Location"]
        for _turn in range(LOOKS):
            time.sleep(LOOK_SECONDS)
            files = html.fromstring(self._get("report: looked again", job).text).xpath("//a[contains(@href, '/file/')]/@href")
            if files:
                self._get("report: fetched", files[0], "application/")
                return
        with self.client.get(job, name="report: fetched", catch_response=True) as answer:
            answer.failure(f"not made in {LOOKS * LOOK_SECONDS} s")


class Alone(Person):
    """One person who opens each page so many times while nobody else is there, then goes."""

    abstract = not IDLE
    wait_time = constant(0)

    def on_start(self):
        """All of it, then the end."""
        try:
            for _turn in range(IDLE):
                self.client.cookies.clear()
                super().on_start()
                for work in (self.home, self.search, self.record, self.enter, self.country, self.board, self.calendar, self.export, self.report):
                    work()
                for name, address in GIVEN["lists"]:
                    self._get(name, address)
        finally:
            self.environment.runner.quit()
