"""The history of changes: what is written, and that every attack on it is found."""

import datetime as dt
import hashlib
import json

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from gegma.accounts.models import SYSTEM_WRITER
from gegma.audit import heads
from gegma.audit.context import origin
from gegma.audit.models import Access, Change, Head
from gegma.audit.record import ERASURE, erase, erase_again, erasures, record, verify
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


def truncate_and_append():
    """The end is cut off, and the system goes on writing over it."""
    truncate()
    _write_one()


def cut_forge_and_append():
    """The end is cut off, the head made to fit, and the system goes on writing past the length that was known."""
    forge_head()
    for _n in range(5):
        _write_one()


def _write_one():
    spec = registry.get("organisations")
    write.save(spec, SYSTEM_WRITER, spec.model(title_ka="შემდეგი", kind="ngo"))


def head_back():
    """The head alone is set back."""
    Head.objects.update(count=Change.objects.count() - 1, hash=last(1).hash)


# Attack → which row from the end is named first (counted before the attack; None: the end itself).
FOUND_ALONE = {edit: 5, edit_and_rehash: 4, remove: 4, insert: "new", swap: 5, truncate: None, truncate_and_append: "new", head_back: None}


@pytest.mark.parametrize("attack", FOUND_ALONE)
def test_attacks_are_found_without_anything_kept_elsewhere_and_the_first_row_named(ten, attack):
    rows = list(Change.objects.order_by("-pk").values_list("pk", flat=True)[:8])
    attack()
    found, place = verify(), FOUND_ALONE[attack]
    assert not found.ok and found.why
    assert found.row == (last().pk if place == "new" else None if place is None else rows[place])


@pytest.mark.parametrize("attack", [forge_head, rewrite_all, cut_forge_and_append])
def test_attacks_on_everything_are_found_with_the_head_kept_elsewhere(ten, attack):
    attack()
    assert verify().ok, "without the outside head this cannot be seen: that is why one is kept"
    assert not verify(ten).ok


def test_an_erased_body_leaves_the_chain_standing(ten):
    change = last(5)
    erase(SYSTEM_WRITER, change, "Request of the person, letter 12")
    found = verify(ten)
    assert found.ok and found.erased == 1
    change.refresh_from_db()
    assert (change.before, change.after, change.salt) == ({}, {}, "")
    assert [(line["row"], line["reason"]) for line in erasures()] == [(change.pk, "Request of the person, letter 12")]


def test_what_is_erased_without_the_ledger_is_found(ten):
    change = last(5)
    Change.objects.filter(pk=change.pk).update(before={}, after={}, salt="")
    found = verify(ten)
    assert not found.ok and found.row == change.pk and "erasure" in found.why


@pytest.mark.parametrize("again", [True, False])
def test_an_erasure_needs_a_reason_and_happens_once(ten, again):
    change = last(5)
    if again:
        erase(SYSTEM_WRITER, change, "why")
    with pytest.raises(ValueError):
        erase(SYSTEM_WRITER, change, "why" if again else " ")
    with pytest.raises(ValueError):
        erase(SYSTEM_WRITER, last(), "the erasure itself") if again else erase(SYSTEM_WRITER, change, "")


def test_erasures_are_replayed_over_an_older_state(ten):
    change = last(5)
    kept = {"before": change.before, "after": change.after, "salt": change.salt}
    erase(SYSTEM_WRITER, change, "why")
    ledger = erasures()
    Change.objects.filter(register=ERASURE).delete()  # the state before it, as a backup would bring it back
    Change.objects.filter(pk=change.pk).update(**kept)
    Head.objects.update(count=Change.objects.count(), hash=last().hash)
    assert erase_again(SYSTEM_WRITER, ledger) == 1 and erase_again(SYSTEM_WRITER, ledger) == 0
    assert verify(ten).ok and verify().erased == 1


# -- signed heads ------------------------------------------------------------------------------------------------------


@pytest.fixture
def head(ten, settings, tmp_path):
    """A head signed with a key of its own."""
    settings.DATA_DIR = tmp_path
    found = verify()
    return heads.signed(found.count, found.head.partition(":")[2])


def test_a_signed_head_is_checked_and_kept(head, tmp_path):
    first, second = heads.keep(head), heads.keep(head)
    assert first.parent == tmp_path / "heads" and first != second
    assert (first.stat().st_mode & 0o777, (tmp_path / "audit_key").stat().st_mode & 0o777) == (0o600, 0o600)
    read = heads.read(first.read_text())
    heads.check_signature(read)
    heads.check_signature(read, key=heads.public_key())
    _write_one()
    assert heads.verify_against(read).ok


@pytest.mark.parametrize("part", ["at", "count", "hash", "access", "signature"])
def test_a_forged_head_is_refused(head, part):
    forged = {**head, part: head[part] + 1 if part == "count" else {**head[part], "count": 9} if part == "access" else "0" + head[part][1:] + "0"}
    with pytest.raises(heads.BadHead):
        heads.check_signature(forged)


def test_a_head_of_another_key_is_refused(head, settings):
    settings.AUDIT_KEY = "ab" * 32
    with pytest.raises(heads.BadHead, match="another key"):
        heads.check_signature(head)


@pytest.mark.parametrize("text", ["", "{}", "[]", "12:abc", '{"at": 1, "count": "x"}'])
def test_what_is_no_head_is_refused(text):
    with pytest.raises(heads.BadHead):
        heads.read(text)


@pytest.mark.parametrize("attack", [rewrite_all, forge_head, edit, remove])
def test_a_signed_head_finds_what_was_done_to_the_history(head, attack):
    attack()
    assert not heads.verify_against(head).ok


@pytest.mark.parametrize("attack", ["change", "remove", "add"])
def test_a_signed_head_finds_what_was_done_to_the_accesses(ten, settings, tmp_path, attack):
    settings.DATA_DIR = tmp_path
    long_ago = timezone.now() - dt.timedelta(hours=1)
    rows = Access.objects.bulk_create(Access(at=long_ago, actor_name=f"n{n}", kind="export", register="meetings") for n in range(5))
    found = verify()
    head = heads.signed(found.count, found.head.partition(":")[2])
    assert head["access"]["count"] == 5 and heads.verify_against(head).ok
    if attack == "change":
        Access.objects.filter(pk=rows[1].pk).update(actor_name="somebody else")
    elif attack == "remove":
        rows[1].delete()
    else:
        Access.objects.filter(pk=rows[1].pk).delete()
        Access.objects.create(pk=rows[1].pk, at=long_ago, actor_name="other", kind="export")
    assert not heads.verify_against(head).ok


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
