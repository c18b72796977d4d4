"""A person of each kind with a token, and a client that speaks JSON."""

import json
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.test import Client

from gegma.accounts.models import ReaderGroup, User
from gegma.api import tokens
from tests.factories import make


class Program:
    """What a program does: requests with a token, JSON both ways."""

    def __init__(self, word: str = "", **client):
        self.client = Client(raise_request_exception=True, **client)
        self.headers = {"authorization": f"Bearer {word}"} if word else {}

    def send(self, method: str, url: str, body=None):
        """The answer to one request; body becomes JSON."""
        text = json.dumps(body) if body is not None else ""
        return self.client.generic(method, url, text, "application/json", headers=self.headers)

    def get(self, url: str, **params):
        """A reading."""
        return self.client.get(url, params, headers=self.headers)


@pytest.fixture
def people(db) -> SimpleNamespace:
    """ours and theirs are two units; officers of each, an administrator, a viewer, an auditor; the keeper is an administrator who reads every field."""
    cache.clear()
    ours, theirs = make("units", title_ka="ჩვენი"), make("units", title_ka="სხვა")

    def person(name, role, unit, **more):
        return User.objects.create_user(f"{name}@example.ge", password="დიდი-პაროლი-2017", name=name, role=role, unit=unit, **more)

    return SimpleNamespace(
        ours=ours, theirs=theirs, officer=person("officer", "officer", ours), stranger=person("stranger", "officer", theirs),
        viewer=person("viewer", "viewer", ours), admin=person("admin", "administrator", ours), auditor=person("auditor", "auditor", theirs),
        keeper=person("keeper", "administrator", ours, reads=list(ReaderGroup.values)),
    )  # fmt: skip


@pytest.fixture
def program(people):
    """`program("officer")`: a program of that person, with a token that writes."""

    def of(name: str, may_write: bool = True) -> Program:
        return Program(tokens.make(getattr(people, name), "tests", 7, may_write))

    return of
