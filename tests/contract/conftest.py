"""The world of the contract suite: people of two units, some records of every register, one register more than the product has."""

from types import SimpleNamespace

import pytest
from django.db import models, transaction
from django.test import Client

from gegma.accounts.models import ReaderGroup, User
from gegma.engine import registry
from tests.factories import make

from .dummy import Pebbles

KEYS = [spec.key for spec in registry.everything()] + ["pebbles"]
RECORDS = 2


def pytest_generate_tests(metafunc):
    """Every test that asks for `key` runs for every register."""
    if "key" in metafunc.fixturenames:
        metafunc.parametrize("key", KEYS)


@pytest.fixture(scope="package")
def known():
    """The register that no product has is known while the tests of the contract run."""
    registry.register(Pebbles)
    yield
    registry.unregister("pebbles")


@pytest.fixture(scope="package")
def world(known, django_db_setup, django_db_blocker):
    """Written once: each test's own transaction lies inside of this one, so that nothing stays of what the test does."""
    with django_db_blocker.unblock(), transaction.atomic():
        people = _people()
        records = {key: [make(registry.get(key)).pk for _n in range(RECORDS)] for key in KEYS}
        sessions = {name: client_of(person).cookies for name, person in vars(people).items() if isinstance(person, User)}
        yield SimpleNamespace(people=people, records=records, sessions=sessions)
        transaction.set_rollback(True)


def _people() -> SimpleNamespace:
    """ours, a sister of it, and the department above both; theirs is a unit elsewhere. All read every group of fields but the plain officer."""
    above = make("units", title_ka="დეპარტამენტი")
    ours, sister = (make("units", title_ka=title, parent=above) for title in ("ჩვენი სამმართველო", "მეზობელი სამმართველო"))
    theirs = make("units", title_ka="სხვა სამმართველო")

    def person(name, role, unit, reads=tuple(ReaderGroup.values)):
        return User.objects.create_user(f"{name}@example.ge", name=name, role=role, unit=unit, reads=list(reads))

    return SimpleNamespace(
        above=above,
        ours=ours,
        sister=sister,
        theirs=theirs,
        officer=person("ნინო", "officer", ours),
        stranger=person("გიორგი", "officer", theirs),
        viewer=person("თამარ", "viewer", ours),
        admin=person("დავით", "administrator", ours),
        neighbour=person("ლევან", "officer", sister),
        division_head=person("მაია", "division-head", ours),
        sister_head=person("ზურაბ", "division-head", sister),
        head=person("ქეთევან", "head", above),
        reviewer=person("ირაკლი", "reviewer", above),
        focal_point=person("ანა", "focal-point", theirs),
        auditor=person("ნანა", "auditor", None),
        plain=person("ლუკა", "officer", ours, reads=()),
        colleague=person("სოფიო", "officer", ours),
    )


@pytest.fixture
def people(world, db) -> SimpleNamespace:
    """ours and theirs are two units; an officer of each, an administrator and a viewer of ours. They begin as in a new request."""
    for person in vars(world.people).values():
        person.__dict__.pop("_known_once", None)
    return world.people


@pytest.fixture
def spec(known, key):
    """The register on trial."""
    return registry.get(key)


@pytest.fixture
def record(world, db, spec) -> models.Model:
    """A record of it that has what is required and nothing more."""
    return spec.model.objects.get(pk=world.records[spec.key][0])


def client_of(user) -> Client:
    """A client signed in as user."""
    client = Client(raise_request_exception=True)
    client.force_login(user)
    return client


@pytest.fixture
def signed_in(world, db):
    """`signed_in("viewer")`: a client of that person, whose session stands already."""

    def client(name: str) -> Client:
        made = Client(raise_request_exception=True)
        made.cookies.update(world.sessions[name])
        return made

    return client


@pytest.fixture
def may_write(people, spec) -> str:
    """The name of somebody who may write to the register on trial."""
    return "officer" if spec.policy.may(people.officer, "add") else "admin"


@pytest.fixture
def writer(people, may_write) -> User:
    """That person."""
    return getattr(people, may_write)


@pytest.fixture
def as_writer(signed_in, may_write) -> Client:
    """A client of that person."""
    return signed_in(may_write)
