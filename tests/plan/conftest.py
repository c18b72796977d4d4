"""The small year and the 2017 plan, written once for each file of tests that asks for it, and gone after it."""

import pytest
from django.db import transaction
from django.utils import translation

from . import small_year as years


@pytest.fixture(scope="module")
def small_year_written(django_db_setup, django_db_blocker):
    """Each test's own transaction lies inside of this one, so that the year is written once and nothing stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield years.write_all()
        transaction.set_rollback(True)


@pytest.fixture
def year(small_year_written, db) -> years.SmallYear:
    """The small year with the plan, for a test that may change it: the change is undone after the test."""
    return small_year_written


@pytest.fixture
def english():
    """Reasons and labels in the language of the source."""
    with translation.override("en"):
        yield
