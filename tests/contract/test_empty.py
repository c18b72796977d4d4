"""Lists of a system that has no records yet."""

import pytest

from gegma.accounts.models import ReaderGroup, User

from .conftest import client_of


def test_empty_lists_say_why(db, spec):
    admin = User.objects.create_user("admin@example.ge", name="დავით", role="administrator", reads=ReaderGroup.values)
    if spec.rows(admin).exists():
        pytest.skip("this register starts with records")
    client = client_of(admin)
    assert "There are no records" in client.get(spec.url, {"lang": "en"}).content.decode()
    assert "No record fits" in client.get(spec.url, {"lang": "en", "q": "ჰჰჰჰ"}).content.decode()
