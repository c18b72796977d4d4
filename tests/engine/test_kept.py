"""A statement that is kept gives what one built anew gives: for another record, another reader, another day, as known at a past moment."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gegma.accounts.models import SYSTEM_WRITER
from gegma.engine import asknown, kept, registry, write
from gegma.kernel import dates
from gegma.partners import page, parts
from tests.factories import make


@pytest.fixture(autouse=True)
def anew(db):
    """Nothing kept from another test."""
    kept.forget()


def requests_of(user, country: int) -> list[int]:
    spec = registry.get("requests")
    built = lambda: spec.visible(user).filter(country=kept.HOLE).order_by("pk")  # noqa: E731
    return [row.pk for row in kept.rows(("requests of", spec.policy.key(user)), built, country)]


def test_another_record_gets_its_own_rows(users):
    one, other = make("countries", code="DE"), make("countries", code="FR")
    of_one, of_other = make("requests", country=one), make("requests", country=other)
    assert requests_of(users.officer, one.pk) == [of_one.pk]
    assert requests_of(users.officer, other.pk) == [of_other.pk]
    assert requests_of(users.officer, one.pk) == [of_one.pk]


def test_what_came_since_is_there(users):
    one = make("countries", code="DE")
    assert requests_of(users.officer, one.pk) == []
    new = make("requests", country=one)
    assert requests_of(users.officer, one.pk) == [new.pk]


def test_readers_with_other_rights_share_nothing(users):
    ours, theirs = make("units"), make("units")
    one = make("countries", code="DE")
    secret = make("requests", country=one, confidentiality="restricted", owner_unit=ours)
    users.officer.unit, users.viewer.unit = ours, theirs
    assert requests_of(users.officer, one.pk) == [secret.pk]
    assert requests_of(users.viewer, one.pk) == []
    users.viewer.unit = ours
    assert requests_of(users.viewer, one.pk) == [secret.pk]


def test_the_second_time_it_is_sent_and_not_built(users):
    calls = []
    spec = registry.get("countries")

    def build():
        calls.append(1)
        return spec.visible(users.viewer)

    with CaptureQueriesContext(connection) as sent:
        assert kept.rows(("all",), build) == kept.rows(("all",), build)
    assert len(calls) == 1 and len(sent) == 2


def test_a_statement_without_the_number_is_refused(users):
    with pytest.raises(ValueError, match="number of the record"):
        kept.rows(("none",), lambda: registry.get("countries").visible(users.viewer), 1)


def test_nothing_to_be_found_is_kept_too(users):
    none = registry.get("countries").model.objects.none
    assert kept.rows(("nothing",), none) == kept.rows(("nothing",), none) == []


def test_only_so_many_are_kept(users, monkeypatch):
    monkeypatch.setattr(kept, "KEPT_MAX", 2)
    spec = registry.get("countries")
    for name in "abac":
        kept.rows((name,), lambda: spec.visible(users.viewer))
    assert [key[0] for key in kept._kept] == ["a", "c"]


def test_the_past_is_read_by_the_same_statement(users):
    one = make("countries", code="DE")
    record = make("requests", country=one)
    assert requests_of(users.officer, one.pk) == [record.pk]
    before, number = timezone.now(), record.pk
    write.delete(registry.get("requests"), SYSTEM_WRITER, record, version=record.version)
    assert requests_of(users.officer, one.pk) == []
    with asknown.as_known(before):
        assert requests_of(users.officer, one.pk) == [number]


@pytest.mark.parametrize("part", [*parts.COUNTRY, *parts.ORGANISATION], ids=lambda part: f"{part.register}-{part.by}")
def test_each_part_of_a_partner_page_finds_what_its_list_finds(part, users, settings):
    """The number on the page is the number of rows of the list behind it, with one record that the part is about and one that it is not."""
    settings.TODAY = "2017-12-11"
    whole = make("organisations" if part in parts.ORGANISATION else "countries")
    make("organisations" if part in parts.ORGANISATION else "countries")
    spec = page.readable(users.officer, part)
    for _round in range(2):
        (shown,) = [one for one in [page._shown(users.officer, whole, part, spec)] if one]
        rows = spec.rows(users.officer, page.asked(part, whole.pk))
        assert shown.count == rows.count() and [line.number for line in shown.lines] == [spec.number(r) for r in page._ordered(spec, rows, part)[: part.most]]
        column = next((f for f in spec.model._meta.get_fields() if f.name == part.by and f.concrete), None)
        if column is None or spec.parent:
            break
        make(part.register, **({"m2m": {part.by: [whole]}} if column.many_to_many else {part.by: whole}))


def test_the_day_is_part_of_the_key(users, settings):
    settings.TODAY = "2017-12-11"
    spec = registry.get("requests")
    make("requests", due_on=dt.date(2017, 12, 20))
    late = lambda: [r.pk for r in kept.rows(("late",), lambda: spec.visible(users.officer).filter(due_on__lt=dates.today()))]  # noqa: E731
    assert late() == []
    settings.TODAY = "2017-12-21"
    assert len(late()) == 1
