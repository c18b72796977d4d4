"""The life of every register's records: a state changes by a named move, with its day and its conditions, and the move is undone."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from gegma.accounts.models import SYSTEM_WRITER
from gegma.audit.models import Change
from gegma.engine import deadlines, history, write
from gegma.engine.policy import VIEW
from gegma.kernel import dates
from tests.factories import BESIDES, DAY, form_data, make, value_for

from .conftest import client_of


@pytest.fixture
def life(spec):
    """The life on trial."""
    if spec.life is None:
        pytest.skip("the records of this register have no states")
    return spec.life


def in_state(spec, state: str):
    """A record in this state, with what the state needs."""
    needed = {bound.path: value_for(bound.column) for name in spec.life.needs.get(state, ()) if not (bound := spec.all_fields[name]).many}
    return make(spec, **{**needed, **BESIDES.get((spec.key, state), {}), spec.life.field: state})


def move_data(spec, record, move) -> dict:
    """What a browser would send for the form of a move: its day and what the state reached needs."""
    needed = set(spec.life.needs.get(move.to, ()))
    asked = {n for n in {move.day, *needed} - {""} if n in move.fields or not spec.all_fields[n].filled(record)}
    found = {"version": str(record.version)}
    for name in asked:
        bound = spec.all_fields[name]
        path = f"{name}_ka" if bound.bilingual else bound.path
        kept = getattr(record, path, None)
        value = kept if kept not in (None, "") else value_for(bound.column)
        found[path] = str(getattr(value, "pk", value))
    return found


def test_each_state_has_a_word_and_each_move_begins_and_ends_in_one(spec, life):
    words = life.words(spec.model)
    for move in life.moves:
        assert {*move.start, move.to} <= set(words) and move.to not in move.start, move.name
        assert str(move.label) and set(move.fields) <= set(spec.all_fields), move.name
    assert set(life.tones) <= set(words) and set(life.needs) <= set(words)
    assert len({move.name for move in life.moves}) == len(life.moves)
    reached = {move.to for move in life.moves} | {spec.model._meta.get_field(life.field).get_default()}
    assert set(words) <= reached, f"no move leads to {set(words) - reached}"


def test_each_move_is_made_told_and_undone(spec, life, writer, as_writer):
    for move in life.moves:
        record = in_state(spec, move.start[0])
        url = reverse("record_move", args=[spec.key, record.pk, move.name])
        if move.refuses and move.refuses(record):
            answer = as_writer.get(url)
            assert str(move.refuses(record)) in answer.content.decode(), move.name
            assert as_writer.post(url, move_data(spec, record, move)).status_code == 409
            continue
        page = as_writer.get(spec.record_url(record).partition("#")[0]).content.decode()
        assert url in page and as_writer.get(url).status_code == 200, move.name
        answer = as_writer.post(url, move_data(spec, record, move))
        assert answer.status_code == 302, (move.name, answer.context["form"].errors)
        record.refresh_from_db()
        assert getattr(record, life.field) == move.to, move.name
        if move.day:
            assert getattr(record, spec.all_fields[move.day].path), move.name
        change = history.of_record(spec, record.pk).filter(register=spec.key).first()
        assert (change.before[life.field], change.after[life.field]) == (move.start[0], move.to)
        as_writer.post(reverse("change_revert", args=[change.pk]), {"step": "1"})
        if move.back:
            record.refresh_from_db()
            assert getattr(record, life.field) == move.to and life.move(move.back).to, move.name
            continue
        record.refresh_from_db()
        assert getattr(record, life.field) == move.start[0], move.name


def test_a_move_out_of_order_is_refused_with_the_reason(spec, life, writer, as_writer):
    words, changes = life.words(spec.model), None
    for move in life.moves:
        for state in set(words) - {*move.start, move.to}:
            record = in_state(spec, state)
            data, changes = move_data(spec, record, move), Change.objects.count()
            url = reverse("record_move", args=[spec.key, record.pk, move.name])
            answer = as_writer.post(url, data)
            assert answer.status_code == 409 and f"«{words[state]}»" in answer.content.decode(), (move.name, state)
            with pytest.raises(ValidationError):
                write.move(spec, writer, record, move.name, version=record.version)
            record.refresh_from_db()
            assert getattr(record, life.field) == state and Change.objects.count() == changes
            break


def test_a_move_without_what_its_state_needs_writes_nothing(spec, life, as_writer):
    for move in life.moves:
        needed = [n for n in life.needs.get(move.to, ()) if not spec.all_fields[n].many]
        record = in_state(spec, move.start[0])
        if not needed or (move.refuses and move.refuses(record)):
            continue
        bound = spec.all_fields[needed[0]]
        if needed[0] in move.fields:
            data = {**move_data(spec, record, move), bound.path: ""}
            answer = as_writer.post(reverse("record_move", args=[spec.key, record.pk, move.name]), data)
            assert answer.status_code == 200 and 'class="error-summary"' in answer.content.decode(), move.name
        record.refresh_from_db()
        assert getattr(record, life.field) == move.start[0]


def test_the_form_of_a_record_does_not_change_its_state(spec, life, writer, as_writer):
    if spec.parent:
        pytest.skip("rows of a record are edited with it; their moves are checked by the same rule")
    record = make(spec)
    states = [key for key in life.words(spec.model) if key != getattr(record, life.field)]
    data = form_data(spec, writer, record, **{life.field: states[0]})
    assert as_writer.post(f"{spec.url}{record.pk}/edit/", data).status_code == 302
    before = getattr(record, life.field)
    record.refresh_from_db()
    assert getattr(record, life.field) == before


def test_nothing_has_happened_on_a_day_to_come(spec, life, as_writer):
    tomorrow = dates.today() + dt.timedelta(days=1)
    for move in life.moves:
        record = in_state(spec, move.start[0])
        if not move.day or (move.refuses and move.refuses(record)):
            continue
        data = {**move_data(spec, record, move), move.day: f"{tomorrow:%d.%m.%Y}"}
        answer = as_writer.post(reverse("record_move", args=[spec.key, record.pk, move.name]), data)
        assert answer.status_code == 200 and move.day in answer.context["form"].errors, move.name
        record.refresh_from_db()
        assert getattr(record, life.field) == move.start[0]


def test_a_viewer_is_offered_no_move_and_makes_none(spec, life, people):
    record, client = make(spec), client_of(people.viewer)
    for move in life.leaving(getattr(record, life.field)):
        url = reverse("record_move", args=[spec.key, record.pk, move.name])
        assert url not in client.get(spec.record_url(record).partition("#")[0]).content.decode()
        assert client.get(url).status_code == 403 and client.post(url, move_data(spec, record, move)).status_code == 403
    assert as_absent(client, spec, record)


def as_absent(client, spec, record) -> bool:
    """A move that no life knows, and one of a record that never was, do not exist."""
    gone = (f"{spec.url}{record.pk}/move/nonsense/", f"{spec.url}{10**6}/move/{spec.life.moves[0].name}/")
    return all(client.get(url).status_code in {403, 404} for url in gone)


def test_what_is_due_is_told_once_and_the_first_day_stays(spec, writer):
    if not spec.dues:
        pytest.skip("nothing falls due in this register")
    assert spec.policy.may(writer, VIEW)
    for due in spec.dues:
        record = _waiting(spec, due)
        if record is None:
            continue
        day = getattr(record, due.date)
        told = [d for d in deadlines.between(writer, day, day) if (d.register, d.record_id, d.ask) == (spec.key, record.pk, due.ask)]
        assert len(told) == 1 and told[0].day == day and str(told[0].ask)
        if not due.first:
            continue
        assert getattr(record, due.first) == day
        for later in (day.replace(year=day.year + 1), None, day.replace(year=day.year + 2)):
            setattr(record, due.date, later)
            setattr(record, due.first, later)
            write.save(spec, writer, record, version=record.version)
            record.refresh_from_db()
            assert (getattr(record, due.date), getattr(record, due.first)) == (later, day)


def _waiting(spec, due):
    """A record with the day set, in a state in which it waits; nothing where only more than that makes it wait."""
    for state in spec.life.words(spec.model) if spec.life else [""]:
        try:
            record = in_state(spec, state) if state else make(spec)
            setattr(record, due.date, DAY)
            write.save(spec, SYSTEM_WRITER, record, version=record.version)
        except ValidationError:
            continue
        record.refresh_from_db()
        if deadlines.rows(spec, due, SYSTEM_WRITER).filter(pk=record.pk).exists():
            return record
    return None
