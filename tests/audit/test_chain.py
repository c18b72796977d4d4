"""The history of changes: what is written, and that every attack on it is found."""

import datetime as dt
import hashlib
import json

import pytest
from django.core.exceptions import ValidationError

from gegma.accounts.models import SYSTEM_WRITER
from gegma.audit.context import origin
from gegma.audit.models import Change, Head
from gegma.audit.record import record, verify
from gegma.engine import registry, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def ten():
    """Ten records, one of them changed twice: twelve rows of history, and the head as somebody kept it."""
    spec = registry.get("organisations")
    before = Change.objects.count()
    rows = write.create_many(spec, SYSTEM_WRITER, [spec.model(title_ka=f"ორგანიზაცია {n}", kind="ngo") for n in range(10)])
    for title in ("A", "B"):
        rows[3].title_en = title
        write.save(spec, SYSTEM_WRITER, rows[3], version=rows[3].version)
    assert Change.objects.count() == before + 12
    assert verify().ok
    return verify().head


def last(n=0):
    """The n-th row from the end."""
    return Change.objects.order_by("-pk")[n]


def test_a_change_says_who_what_and_from_where(users):
    spec = registry.get("organisations")
    row = spec.model(title_ka="ახალი", kind="ngo")
    with origin("web", "r" * 32, "10.1.2.3"):
        write.save(spec, users.officer, row)
        row.kind = "un"
        write.save(spec, users.officer, row, version=1)
    change = last()
    assert (change.actor, change.actor_name, change.source) == (users.officer, str(users.officer), "web")
    assert (change.register, change.record_id, change.action, change.version) == ("organisations", row.pk, "update", 2)
    assert (change.before, change.after) == ({"kind": "ngo"}, {"kind": "un"})
    assert (change.request_id, change.address) == ("r" * 32, "10.1.2.3")


def test_many_to_many_is_in_the_same_change(users):
    spec = registry.get("meetings")
    country = registry.get("countries").model.objects.create(code="ZZ", title_ka="ქვეყანა")
    row = write.save(spec, users.officer, spec.model(title_ka="შეხვედრა", kind="visit"), m2m={"partner_countries": [country]})
    assert last().after["partner_countries"] == [country.pk]
    write.save(spec, users.officer, row, version=1, m2m={"partner_countries": []})
    assert (last().before, last().after) == ({"partner_countries": [country.pk]}, {"partner_countries": []})


def test_saving_nothing_new_writes_no_history(users):
    spec = registry.get("organisations")
    row = write.save(spec, users.officer, spec.model(title_ka="იგივე", kind="ngo"))
    count = Change.objects.count()
    write.save(spec, users.officer, row, version=1)
    assert Change.objects.count() == count
    assert row.version == 1


def test_a_failed_write_leaves_no_history(users):
    spec = registry.get("organisations")
    count = Change.objects.count()
    with pytest.raises(ValidationError, match="no-such-kind"):
        write.save(spec, users.officer, spec.model(title_ka="x", kind="no-such-kind"))
    assert Change.objects.count() == count and verify().ok


def test_record_refuses_to_run_outside_the_transaction_of_the_write(transactional_db):
    with pytest.raises(RuntimeError):
        record(SYSTEM_WRITER, [object()])


def edit():
    """Somebody changes what a row says."""
    change = last(5)
    Change.objects.filter(pk=change.pk).update(after={**change.after, "title_ka": "სხვა"})


def edit_and_rehash():
    """… and makes the row's own hashes fit again."""
    from gegma.audit.record import body_hash, chain_hash

    change = last(5)
    change.after = {**change.after, "title_ka": "სხვა"}
    number = Change.objects.filter(pk__lte=change.pk).count()
    change.body_hash = body_hash(change)
    change.hash = chain_hash(number, change.previous_hash, change.body_hash)
    change.save()


def remove():
    """A row is taken out of the middle."""
    last(5).delete()


def insert():
    """A row is put in."""
    change = last(5)
    change.pk, change.hash = None, "0" * 64
    change.save(force_insert=True)


def swap():
    """Two rows change places."""
    first, second = last(5), last(4)
    Change.objects.filter(pk=first.pk).update(before=second.before, after=second.after, record_id=second.record_id)
    Change.objects.filter(pk=second.pk).update(before=first.before, after=first.after, record_id=first.record_id)


def truncate():
    """The end is cut off."""
    Change.objects.filter(pk__gte=last(2).pk).delete()


def forge_head():
    """The end is cut off and the head made to fit."""
    Change.objects.filter(pk__gte=last(2).pk).delete()
    Head.objects.update(count=Change.objects.count(), hash=last().hash)


def rewrite_all():
    """Everything is computed anew after an edit, the head too."""
    from gegma.audit.record import body_hash, chain_hash

    edit()
    previous = ""
    for number, change in enumerate(Change.objects.order_by("pk"), 1):
        change.previous_hash = previous
        change.body_hash = body_hash(change)
        change.hash = previous = chain_hash(number, change.previous_hash, change.body_hash)
        change.save()
    Head.objects.update(hash=previous)


@pytest.mark.parametrize("attack", [edit, edit_and_rehash, remove, insert, swap, truncate])
def test_attacks_are_found_without_anything_kept_elsewhere(ten, attack):
    attack()
    assert not verify().ok


@pytest.mark.parametrize("attack", [forge_head, rewrite_all])
def test_attacks_on_everything_are_found_with_the_head_kept_elsewhere(ten, attack):
    attack()
    assert verify().ok, "without the outside head this cannot be seen: that is why one is kept"
    assert not verify(ten).ok


def test_an_erased_body_leaves_the_chain_standing(ten):
    change = last(5)
    Change.objects.filter(pk=change.pk).update(before={}, after={}, salt="")
    found = verify(ten)
    assert found.ok and found.erased == 1


def test_rows_written_before_there_were_substitutes_keep_their_hash(ten):
    """What was hashed then, in the order of then; a row that names a substitute hashes more."""
    change = last()
    then = [
        change.at.astimezone(dt.UTC).isoformat(timespec="microseconds"), change.actor_id, change.actor_name, change.source, change.request_id,
        change.address, change.register, change.record_id, change.parent_register, change.parent_id, change.action, change.version,
        change.before, change.after,
    ]  # fmt: skip
    text = json.dumps(then, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert change.body_hash == hashlib.sha256(f"{change.salt}{text}".encode()).hexdigest()
    Change.objects.filter(pk=change.pk).update(on_behalf_name="somebody")
    assert verify(ten).row == change.pk
