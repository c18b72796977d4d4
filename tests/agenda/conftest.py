"""The people of two units, and records of theirs that fall due."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import translation

from gegma.accounts.models import SYSTEM_WRITER, User
from gegma.engine import registry, write
from tests.factories import make

TODAY = dt.date(2017, 12, 11)


@pytest.fixture(autouse=True)
def today(settings):
    """The day of the tests."""
    settings.TODAY = TODAY.isoformat()
    with translation.override("en"):
        yield TODAY


@pytest.fixture
def people(db) -> SimpleNamespace:
    """ours and theirs are two units; two officers and a viewer of ours, an officer of theirs, somebody who left."""
    ours, theirs = make("units", title_ka="ჩვენი", title_en="ours"), make("units", title_ka="სხვისი", title_en="theirs")

    def person(name, role, unit, **more):
        return User.objects.create_user(f"{name}@example.ge", name=name, role=role, unit=unit, language="en", **more)

    return SimpleNamespace(
        ours=ours,
        theirs=theirs,
        officer=person("officer", "officer", ours),
        colleague=person("colleague", "officer", ours),
        viewer=person("viewer", "viewer", ours),
        stranger=person("stranger", "officer", theirs),
        gone=person("gone", "officer", ours, is_active=False),
    )


@pytest.fixture
def meeting(people):
    """A meeting held, kept by the officer of ours."""
    return make("meetings", title_ka="თათბირი", title_en="Meeting", officer=people.officer, owner_unit=people.ours, state="held", starts_on=TODAY)


@pytest.fixture
def decision(meeting):
    """decision(day): a decision of that meeting due then."""

    def made(day, title="წერილი", of=meeting, **given):
        return make("decisions", meeting=of, title_ka=title, title_en=given.pop("title_en", "Letter"), due_on=day, **given)

    return made


def change(record, **values):
    """Change a record as the system does."""
    record.refresh_from_db()
    for name, value in values.items():
        setattr(record, name, value)
    return write.save(registry.of(record), SYSTEM_WRITER, record, version=record.version)


def client_of(user) -> Client:
    """A client signed in as user, in English."""
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client
