"""The world of the contract suite: people of two units, one register more than the product has."""

from types import SimpleNamespace

import pytest
from django.test import Client

from gegma.accounts.models import User
from gegma.engine import registry
from tests.factories import make

from .dummy import Pebbles

KEYS = [spec.key for spec in registry.everything()] + ["pebbles"]


def pytest_generate_tests(metafunc):
    """Every test that asks for `key` runs for every register."""
    if "key" in metafunc.fixturenames:
        metafunc.parametrize("key", KEYS)


@pytest.fixture(autouse=True)
def pebbles(db):
    """The register is known while a test of the contract runs."""
    registry.register(Pebbles)
    yield
    registry.unregister("pebbles")


@pytest.fixture
def spec(key):
    """The register on trial."""
    return registry.get(key)


@pytest.fixture
def people(db) -> SimpleNamespace:
    """ours and theirs are two units; an officer of each, an administrator and a viewer of ours."""
    ours, theirs = make("units", title_ka="ჩვენი სამმართველო"), make("units", title_ka="სხვა სამმართველო")

    def person(name, role, unit):
        return User.objects.create_user(f"{name}@example.ge", name=name, role=role, unit=unit)

    return SimpleNamespace(
        ours=ours,
        theirs=theirs,
        officer=person("ნინო", "officer", ours),
        stranger=person("გიორგი", "officer", theirs),
        viewer=person("თამარ", "viewer", ours),
        admin=person("დავით", "administrator", ours),
    )


def client_of(user) -> Client:
    """A client signed in as user."""
    client = Client(raise_request_exception=True)
    client.force_login(user)
    return client


@pytest.fixture
def writer(people, spec):
    """Somebody who may write to the register on trial."""
    return people.officer if spec.policy.may(people.officer, "add") else people.admin


@pytest.fixture
def as_writer(writer) -> Client:
    """A client of that person."""
    return client_of(writer)
