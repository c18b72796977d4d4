"""The registers as known at a moment: whatever is done afterwards, what was read then is read again."""

import datetime as dt
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from gegma.accounts.models import SYSTEM_WRITER
from gegma.engine import files, registry, write
from gegma.engine.asknown import as_known
from gegma.engine.models import Attachment
from tests.factories import make, minimal

pytestmark = pytest.mark.django_db


def picture() -> dict:
    """Everything that the lists of these registers show, their to-many relations and files."""
    found = {}
    for key in ("meetings", "decisions", "organisations"):
        spec = registry.get(key)
        links = [m.name for m in spec.model._meta.many_to_many]
        for row in spec.rows(SYSTEM_WRITER).order_by("pk"):
            columns = {f.attname: getattr(row, f.attname) for f in spec.model._meta.concrete_fields if f.name not in {"created_at", "updated_at"}}
            many = {name: sorted(getattr(row, name).values_list("pk", flat=True)) for name in links}
            held = sorted(Attachment.objects.filter(register=key, record_id=row.pk).values_list("name", flat=True))
            found[key, row.pk] = (columns, many, held)
    meetings = registry.get("meetings")
    with_un = meetings.rows(SYSTEM_WRITER, {"organisation_kind": ["un"], "state": ["held"]}).count()
    return {"records": found, "held with the UN": with_un, "with a file": meetings.rows(SYSTEM_WRITER).filter(meetings.evidence_q()).count()}


def something_happens(chance: random.Random) -> None:
    """One write of one kind or another."""
    meetings, decisions = registry.get("meetings"), registry.get("decisions")
    organisations = list(registry.get("organisations").model.objects.all())
    present = list(meetings.model.objects.all())
    what = chance.choice(["new", "edit", "edit", "relations", "move", "delete", "child", "file", "no file", "partner"])
    if what == "partner":
        make("organisations", kind=chance.choice(["un", "ngo"]))
    elif what == "new" or not present:
        make("meetings", starts_on=dt.date(2017, chance.randint(1, 12), 3), m2m={"organisations": chance.sample(organisations, min(2, len(organisations)))})
    else:
        row = chance.choice(present)
        if what == "edit":
            row.place, row.thematic = f"ადგილი {chance.randint(1, 9)}", not row.thematic
            write.save(meetings, SYSTEM_WRITER, row, version=row.version)
        elif what == "relations":
            chosen = chance.sample(organisations, chance.randint(0, len(organisations)))
            write.save(meetings, SYSTEM_WRITER, row, version=row.version, m2m={"organisations": chosen})
        elif what == "move":
            row.starts_on = row.starts_on or dt.date(2017, 5, 5)
            write.move(meetings, SYSTEM_WRITER, row, "plan" if row.state == "held" else "hold", version=row.version)
        elif what == "delete":
            write.delete(meetings, SYSTEM_WRITER, row, version=row.version)
        elif what == "child":
            write.save(decisions, SYSTEM_WRITER, minimal(decisions, meeting=row, due_on=dt.date(2017, 6, 1)))
        elif what == "file":
            files.attach(meetings, SYSTEM_WRITER, row, [SimpleUploadedFile(f"ოქმი {chance.randint(1, 99)}.txt", b"text")])
        elif held := files.of_record(meetings, row):
            files.remove(meetings, SYSTEM_WRITER, row, held[0])


@pytest.mark.parametrize("seed", range(4))
def test_what_was_read_then_is_read_again(seed):
    chance = random.Random(seed)
    make("organisations", kind="un")
    seen = []
    for _step in range(40):
        something_happens(chance)
        seen.append((timezone.now(), picture()))
    now = picture()
    for moment, then in chance.sample(seen, 12):
        with as_known(moment):
            assert picture() == then
        assert picture() == now


def test_before_the_first_record_there_was_nothing():
    moment = timezone.now()
    record = make("meetings")
    with as_known(moment):
        assert not registry.get("meetings").model.objects.filter(pk=record.pk).exists()
    assert registry.get("meetings").model.objects.filter(pk=record.pk).exists()


def test_the_past_is_not_changed():
    moment = timezone.now()
    make("meetings")
    with as_known(moment), pytest.raises(RuntimeError, match="past"):
        make("organisations")


def test_nothing_is_left_behind_by_an_error():
    moment = timezone.now()
    make("meetings")
    with pytest.raises(ZeroDivisionError), as_known(moment):
        1 / 0  # noqa: B018
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_temp_master")
        else:
            cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 't' AND relname LIKE '%meeting%' AND relkind IN ('r', 'v')")
        assert cursor.fetchall() == []
    assert registry.get("meetings").model.objects.count() == 1


def test_nothing_is_laid_over_what_nobody_changed():
    make("meetings")
    moment = timezone.now()
    with as_known(moment), connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) FROM sqlite_temp_master")
            assert cursor.fetchone() == (0,)
        assert registry.get("meetings").model.objects.count() == 1


def test_columns_that_follow_from_children_are_those_of_then():
    agreements, steps = registry.get("agreements"), registry.get("agreement-steps")
    record = make(agreements)
    first = make(steps, agreement=record, kind="initiated", action_on=dt.date(2017, 2, 1))
    before = [getattr(agreements.model.objects.get(pk=record.pk), name) for name in agreements.follows]
    moment = timezone.now()
    write.delete(steps, SYSTEM_WRITER, first, version=first.version)
    after = [getattr(agreements.model.objects.get(pk=record.pk), name) for name in agreements.follows]
    assert before != after
    with as_known(moment):
        assert [getattr(agreements.model.objects.get(pk=record.pk), name) for name in agreements.follows] == before


@pytest.mark.parametrize("closed", ["restricted", "named"])
def test_what_was_closed_since_is_closed_in_the_past_too(users, closed):
    """Nobody gets round a restriction by asking for the day before it."""
    meetings, ours = registry.get("meetings"), make("units")
    secret, open_one = make("meetings"), make("meetings")
    before = timezone.now()
    secret.confidentiality, secret.owner_unit = closed, ours
    write.save(meetings, SYSTEM_WRITER, secret, version=secret.version, m2m={"readers": [users.administrator]} if closed == "named" else {})
    with as_known(before):
        assert list(meetings.visible(users.officer)) == [open_one]
        assert set(meetings.visible(SYSTEM_WRITER)) == {secret, open_one}
        assert (secret in meetings.visible(users.administrator)) == (closed == "named")


MEETINGS = "meetings"


def moved_to(record, **values):
    """Write the record's owner unit, officer or confidentiality, and its named readers."""
    spec, readers = registry.get(MEETINGS), values.pop("readers", None)
    record.refresh_from_db()
    for name, value in values.items():
        setattr(record, name, value)
    return write.save(spec, SYSTEM_WRITER, record, version=record.version, m2m={} if readers is None else {"readers": readers})


def sees(user, record) -> bool:
    """Whether user finds the record in the list; the row at hand has to say the same."""
    spec, user = registry.get(MEETINGS), type(user).objects.get(pk=user.pk)
    found = spec.visible(user).filter(pk=record.pk).exists()
    assert spec.policy.sees(user, spec.model.objects.get(pk=record.pk)) == found
    return found


@pytest.fixture
def two_units(users):
    """The officer is of the first unit, the administrator of the second."""
    first, second = make("units"), make("units")
    for person, unit in ((users.officer, first), (users.administrator, second)):
        person.unit = unit
        person.save()
    return first, second


def test_readers_are_judged_by_the_owner_unit_of_now(users, two_units):
    first, second = two_units
    record = moved_to(make(MEETINGS), confidentiality="restricted", owner_unit=first)
    then = timezone.now()
    moved_to(record, owner_unit=second)
    for _now in range(2):
        assert not sees(users.officer, record) and sees(users.administrator, record)
    with as_known(then):
        assert not sees(users.officer, record) and sees(users.administrator, record)
        assert registry.get(MEETINGS).model.objects.get(pk=record.pk).owner_unit_id == first.pk, "what is read is that of then"
        assert registry.get(MEETINGS).visible(SYSTEM_WRITER).filter(pk=record.pk, owner_unit=first).exists()
    assert not sees(users.officer, record) and sees(users.administrator, record)


def test_readers_are_judged_by_the_officer_and_the_names_of_now(users):
    record = moved_to(make(MEETINGS), confidentiality="named", officer=users.officer, readers=[])
    then = timezone.now()
    moved_to(record, officer=users.administrator)
    with as_known(then):
        assert not sees(users.officer, record) and sees(users.administrator, record)
    moved_to(record, readers=[users.officer])
    with as_known(then):
        assert sees(users.officer, record)


def test_what_was_opened_since_is_open(users, two_units):
    record = moved_to(make(MEETINGS), confidentiality="restricted", owner_unit=two_units[1])
    then = timezone.now()
    assert not sees(users.officer, record)
    moved_to(record, confidentiality="internal")
    with as_known(then):
        assert sees(users.officer, record)


@pytest.mark.parametrize("closed", ["restricted", "named"])
def test_what_is_gone_is_judged_by_what_it_was_at_last(users, two_units, closed):
    spec, (first, second) = registry.get(MEETINGS), two_units
    record = moved_to(make(MEETINGS), confidentiality="internal", owner_unit=first)
    then = timezone.now()
    record = moved_to(record, confidentiality=closed, owner_unit=second, officer=None, readers=[users.administrator] if closed == "named" else [])
    record.refresh_from_db()
    number = record.pk
    write.delete(spec, SYSTEM_WRITER, record, version=record.version)
    record.pk = number
    with as_known(then):
        assert not sees(users.officer, record) and sees(users.administrator, record)


def test_a_focal_point_reads_what_its_unit_owns_now(users, two_units):
    first, second = two_units
    calls = registry.get("data-calls") if registry.find("data-calls") else None
    spec = calls or next(s for s in registry.everything() if s.addressed and s.policy._owned and not s.parent_field)
    users.officer.role = "focal-point"
    users.officer.save()
    record = make(spec, owner_unit=first)
    then = timezone.now()
    focal = type(users.officer).objects.get(pk=users.officer.pk)
    assert spec.visible(focal).filter(pk=record.pk).exists()
    record.refresh_from_db()
    record.owner_unit = second
    write.save(spec, SYSTEM_WRITER, record, version=record.version)
    with as_known(then):
        focal = type(users.officer).objects.get(pk=users.officer.pk)
        assert not spec.visible(focal).filter(pk=record.pk).exists()
        assert not spec.policy.sees(focal, spec.model.objects.get(pk=record.pk))


@pytest.mark.parametrize("was", ["internal", "restricted"])
def test_what_is_restricted_to_another_unit_now_is_theirs_in_the_past_too(users, was):
    meetings, before_it, now_it = registry.get("meetings"), make("units"), make("units")
    record = make("meetings", confidentiality=was, owner_unit=before_it, officer=users.officer)
    moment = timezone.now()
    record.confidentiality, record.owner_unit, record.officer = "restricted", now_it, None
    write.save(meetings, SYSTEM_WRITER, record, version=record.version)
    users.officer.unit, users.viewer.unit = before_it, now_it
    with as_known(moment):
        assert not meetings.visible(users.officer).exists()
        assert meetings.visible(users.viewer).get() == record
        assert meetings.visible(SYSTEM_WRITER).get().version == 1
