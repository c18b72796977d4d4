"""The days of every register: the first is kept, whoever moves it is told, and the calendar, the feed and the reminders know it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from gegma.accounts.models import SYSTEM_WRITER
from gegma.audit.models import Change
from gegma.engine import deadlines, registry, write
from gegma.engine.moved import moved_days
from tests.factories import DAY, make

from .conftest import client_of
from .test_life import _waiting

# (register, column) → why its first day is kept nowhere, where it is not the own day of an event (Due.begins).
NO_FIRST_DAY: dict[tuple[str, str], str] = {
    ("clearances", "until"): "grade and days are kept of a clearance and nothing else; one for longer is a clearance of its own",
    ("contacts", "verify_by"): "comes round every year: each verification sets the next one, and the days of all are kept",
    ("incidents", "notify_on"): "follows from the hour of the discovery, which is kept: nobody moves it",
    ("memberships", "fee_due_on"): "comes round every year: each payment sets the next one",
    ("requests", "next_check_on"): "a note of ours when to look again: each reminder sets the next one",
}


def test_every_due_keeps_its_first_day(spec):
    """Or is the day of an event ahead, which is moved with it, or has a reason in the list."""
    lacking = [due.date for due in spec.dues if not due.first and not due.begins and (spec.key, due.date) not in NO_FIRST_DAY]
    assert lacking == [], f"give these a column that keeps the first day (Due.first), or a reason: {lacking}"
    for column, first in spec.kept_first().items():
        kept = spec.model._meta.get_field(first)
        assert type(kept) is type(spec.model._meta.get_field(column)) and not kept.editable, first


def test_every_reason_is_still_needed():
    waiting = {(spec.key, due.date) for spec in registry.everything() for due in spec.dues if not due.first and not due.begins}
    assert set(NO_FIRST_DAY) <= waiting, set(NO_FIRST_DAY) - waiting


def test_kinds_have_words_of_their_own(spec):
    named = spec.named_dues()
    assert len(named) == len(spec.dues) and all(str(due.ask) for due in named.values())


@pytest.fixture
def moved(spec, writer):
    """(record, due): a record whose day the writer moved twice."""
    for due in spec.dues:
        if due.first and (record := _waiting(spec, due)) is not None:
            try:
                for days in (10, 20):
                    setattr(record, due.date, DAY + dt.timedelta(days=days))
                    write.save(spec, writer, record, version=record.version)
                    record.refresh_from_db()
            except ValidationError:
                continue
            return record, due
    pytest.skip("no day of this register can be moved by itself")


def test_moves_are_logged_and_shown_beside_the_record(spec, writer, moved):
    record, due = moved
    (told,) = [one for one in moved_days(spec, record, writer) if one.column == due.date]
    first, second = DAY + dt.timedelta(days=10), DAY + dt.timedelta(days=20)
    assert (told.first, told.now) == ([DAY], [second])
    assert [(step.before, step.after) for step in told.steps][:2] == [([first], [second]), ([DAY], [first])]
    assert told.steps[0].change.actor_id == writer.pk
    text = client_of(writer).get(spec.record_url(record).partition("#")[0]).content.decode()
    assert 'id="moved"' in text and f"{DAY:%d.%m.%Y}" in text and f"{second:%d.%m.%Y}" in text
    entry = next(d for d in deadlines.between(writer, second, second) if (d.register, d.record_id, d.what) == (spec.key, record.pk, due.date))
    assert entry.first == DAY and entry.moved


def test_the_first_day_is_not_to_be_changed_by_any_way(spec, writer, moved):
    record, due = moved
    setattr(record, due.first, DAY + dt.timedelta(days=300))
    write.save(spec, writer, record, version=record.version)
    record.refresh_from_db()
    assert getattr(record, due.first) == DAY
    setting = Change.objects.filter(register=spec.key, record_id=record.pk, after__has_key=due.first).order_by("pk").first()
    if setting is not None and setting.action == "update":  # nor by taking back the step that first set it, from the history
        write.revert(writer, setting, only=due.first)
        record.refresh_from_db()
        assert getattr(record, due.first) == DAY
    for change in Change.objects.filter(register=spec.key, record_id=record.pk, before__has_key=due.date).order_by("-pk")[:2]:
        write.revert(writer, change)
        record.refresh_from_db()
        assert getattr(record, due.first) == DAY
    assert getattr(record, due.date) == DAY and moved_days(spec, record, writer) == []


def test_undoing_the_step_that_first_set_a_day_undoes_both(spec, writer):
    for due in spec.dues:
        column = spec.model._meta.get_field(due.date)
        if not due.first or not column.null or _waiting(spec, due) is None:
            continue
        try:
            record = make(spec, **{due.date: None})
            if getattr(record, due.date) is not None:
                continue  # the register works the day out itself
            setattr(record, due.date, DAY)
            write.save(spec, SYSTEM_WRITER, record, version=record.version)
            record.refresh_from_db()
        except ValidationError:
            continue
        change = Change.objects.filter(register=spec.key, record_id=record.pk).order_by("-pk").first()
        write.revert(SYSTEM_WRITER, change)
        record.refresh_from_db()
        assert (getattr(record, due.date), getattr(record, due.first)) == (None, None)


def test_days_are_days(spec):
    for due in spec.dues:
        assert isinstance(spec.model._meta.get_field(due.date), models.DateField), due.date
