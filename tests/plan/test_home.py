"""Home lists as unfinished only what somebody can finish."""

import pytest

from gegma.engine import registry
from gegma.plan.views.home import mendable


@pytest.mark.parametrize(
    ("register", "key", "can"),
    [
        ("meetings", "state", True),  # the next step of its life
        ("documents", "approved_on__set", True),  # a day not entered yet
        ("requests", "basis", False),  # it rests on something else
        ("documents", "author_organisation", False),  # somebody else wrote it
        ("meetings", "agreement__set", True),  # a link not made
        ("participations", "completed", True),
        ("deliveries", "recipient", False),
    ],
)
def test_what_is_no_fault_of_the_record_is_not_unfinished(db, register, key, can):
    assert mendable(registry.get(register), key) is can
