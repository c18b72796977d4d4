"""The world of the matrix, shared by what walks over it."""

import logging

import pytest
from django.db import transaction
from django.test import override_settings

from .world import build


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker):
    """Written once, and gone after the last test that asks for it. A test has a transaction of its own inside of it: fixture «inside»."""
    settings = override_settings(TODAY="2017-12-11", API_READS_PER_MINUTE=10**6, API_WRITES_PER_MINUTE=10**6)
    with settings, django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def inside(world, db):
    """What a test writes is taken back before the next. Thousands of refusals are no news for the log."""
    logging.disable(logging.ERROR)
    yield world
    logging.disable(logging.NOTSET)
