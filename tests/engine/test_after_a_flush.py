"""Tables that a test with real transactions emptied are as every test expects them, at once and in any order of tests."""

import pytest
from django.core.management import call_command

from gegma.engine import codes
from gegma.engine.models import Code


def _flush() -> None:
    call_command("flush", interactive=False, verbosity=0)


@pytest.mark.django_db
def test_the_codelists_are_back_after_a_flush():
    kept = set(Code.objects.values_list("list", "key"))
    _flush()
    assert kept and set(Code.objects.values_list("list", "key")) == kept
    assert codes.choices("meeting-kind")


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_with_real_transactions_finds_them(transactional_db, turn):
    codes.forget()
    assert codes.choices("meeting-kind")
