"""Who is named as a reader reads, whichever way the records that name them are looked up."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gegma.accounts.models import SYSTEM_WRITER, User
from gegma.engine import policy, registry, write
from tests.factories import make


def anew(user) -> User:
    """The person as the next request knows them."""
    return User.objects.get(pk=user.pk)


@pytest.fixture
def named(users):
    """Records of two registers, and of one kept under a parent, that name the officer."""
    given = {"confidentiality": "named", "m2m": {"readers": [users.officer]}}
    document, meeting = make("documents", **given), make("meetings", **given)
    return {"documents": document, "meetings": meeting, "deliveries": make("deliveries", document=document)}


@pytest.mark.parametrize("most", [policy.NAMED_MAX, 0], ids=["by number", "by subquery"])
def test_who_is_named_reads_and_nobody_else(users, named, monkeypatch, most):
    monkeypatch.setattr(policy, "NAMED_MAX", most)
    for key, record in named.items():
        spec = registry.get(key)
        assert list(spec.visible(anew(users.officer))) == [record]
        assert not spec.visible(anew(users.viewer)).exists()


def test_all_registers_are_asked_at_once(users, named):
    officer = anew(users.officer)
    with CaptureQueriesContext(connection) as sent:
        for key in named:
            registry.get(key).visible(officer)
    assert len(sent) == 1


def test_who_was_named_since_has_another_key(users, named):
    documents = registry.get("documents")
    before = documents.policy.key(anew(users.viewer))
    assert documents.policy.key(anew(users.viewer)) == before
    named["documents"].readers.add(users.viewer)
    assert documents.policy.key(anew(users.viewer)) != before
    assert frozenset({named["documents"].pk}) in registry.get("deliveries").policy.key(anew(users.viewer))


def test_who_is_named_reads_in_the_same_request(users, named):
    documents, viewer, record = registry.get("documents"), anew(users.viewer), named["documents"]
    assert not documents.visible(viewer).exists()
    write.save(documents, SYSTEM_WRITER, record, version=record.version, m2m={"readers": [viewer]})
    assert documents.visible(viewer).exists()
    write.save(documents, SYSTEM_WRITER, record, version=record.version, m2m={"readers": []})
    assert not documents.visible(viewer).exists()
