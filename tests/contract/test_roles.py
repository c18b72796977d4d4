"""Who may do what: every register, role, unit and confidentiality, against a table of the rule that shares no code with the policy.

spec.visible, policy.sees and spec.may must say the same, and what the table says.
"""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gegma.accounts.models import PLAIN, SYSTEM, SYSTEM_WRITER, ReaderGroup, Role, User
from gegma.engine import history, registry, write
from gegma.engine.asknown import as_known
from gegma.engine.filters import resolve
from gegma.registers.directory.models import Unit
from tests.factories import DAY, form_data, make

from .test_restricted import owner_of

UNITS = ["own", "below", "sister", "above", "other", "none"]
KINDS = ["internal", "restricted", "named", "named to me", "mine and named"]
WRITERS = {"officer", "division-head", "head", "administrator"}
# Registers that only some of the writers write: who, in the words of Role.
KEPT_BY = {
    **dict.fromkeys(["codes", "plans", "plan-sections", "activities", "indicators", "measures", "holds", "retention-terms"], {"administrator"}),
    "reporting-periods": {"administrator", "head"},
}
# Registers in which what is restricted must belong to a unit.
OWNED = {"posts", "clearances"}
# Registers that a focal point reads whole, and those that they read in part; the rest does not exist for them.
PUBLISHED = {
    "units", "organisations", "countries", "plans", "plan-sections", "activities", "plan-steps", "indicators", "measures", "typed-readings",
    "reporting-periods",
}  # fmt: skip
ADDRESSED = {
    "data-calls", "call-replies", "commitments", "actions", "memberships", "needs", "letters", "requests", "documents", "deliveries", "meetings",
    "decisions", "frameworks", "plan-updates",
}  # fmt: skip


def expected_to_see(role: str, unit: str, kind: str) -> bool:
    """The rule for a record that has confidentiality, in the words of docs/access.md; unit: that of the record, seen from the person."""
    if role == "auditor" or kind == "internal":
        return True
    if kind == "restricted":
        return unit == "own" or (unit == "below" and role in {"division-head", "head"})
    return kind != "named"


@pytest.fixture(scope="module")
def tree(world, django_db_blocker) -> SimpleNamespace:
    """Units around that of the person: «own» with one below it, a sister, the department above both, and another elsewhere."""
    with django_db_blocker.unblock():
        above = make("units", title_ka="ზედა")
        own, sister = make("units", title_ka="საკუთარი", parent=above), make("units", title_ka="მეზობელი", parent=above)
        return SimpleNamespace(above=above, own=own, sister=sister, below=make("units", title_ka="ქვედა", parent=own), other=make("units", title_ka="სხვა"), none=None)


def person(role: str, unit, reads=tuple(ReaderGroup.values)) -> User:
    """An account, made anew."""
    return User.objects.create_user(f"{role}@example.org", name=role, role=role, unit=unit, reads=list(reads))


def records_of(spec, tree, users) -> dict[tuple[str, str], object]:
    """A record of each unit and kind, and of each user one that is theirs: {(unit, kind or role): record}."""
    owner, found = owner_of(spec), {}

    def made(unit: str, confidentiality: str, readers=(), **given):
        secret = make(owner, m2m={"readers": list(readers)}, owner_unit=getattr(tree, unit), confidentiality=confidentiality, **given)
        return secret if owner is spec else make(spec, **{spec.parent_field: secret})

    has_officer = "officer" in {f.name for f in owner.model._meta.fields}
    for unit in UNITS:
        for kind in KINDS:
            if unit == "none" and owner.key in OWNED and kind == "restricted":
                continue
            if kind == "mine and named":
                for user in users if has_officer and unit in {"own", "other"} else ():
                    found[unit, user.role] = made(unit, "named", officer=user)
            else:
                found[unit, kind] = made(unit, kind.split()[0], users if kind == "named to me" else ())
    return found


def test_rows_by_role_unit_and_confidentiality(tree, db, key):
    spec = registry.get(key)
    if owner_of(spec) is None:
        pytest.skip("the register has no confidentiality")
    users = [person(role, tree.own) for role in Role.values if role != "focal-point"]
    made = records_of(spec, tree, users)
    numbers = [record.pk for record in made.values()]
    for user in users:
        seen = set(spec.visible(user).filter(pk__in=numbers).values_list("pk", flat=True))
        for (unit, kind), record in made.items():
            whose = "mine and named" if kind == user.role else "named" if kind in Role.values else kind
            holds(spec, user, unit, whose, record, seen)
        assert spec.may(user, "add") == (user.role in WRITERS)
        changeable = set(spec.model.objects.filter(spec.policy.q(user, "change"), pk__in=numbers).values_list("pk", flat=True))
        assert changeable == (seen if user.role in WRITERS else set()), user.role


def holds(spec, user, unit: str, kind: str, record, seen: set[int]) -> None:
    """q(), sees() and may() say of a record what the table says."""
    wanted = expected_to_see(user.role, unit, kind)
    said = {"visible": record.pk in seen, "sees": spec.policy.sees(user, record), "view": spec.may(user, "view", record)}
    assert set(said.values()) == {wanted}, (user.role, unit, kind, said, wanted)
    if kind in {"restricted", "internal"} and unit in {"own", "other"}:  # writing follows reading: asked of two of each
        writes = wanted and user.role in WRITERS
        assert [spec.may(user, action, record) for action in ("change", "delete")] == [writes, writes], (user.role, unit, kind)


@pytest.mark.parametrize("role", Role.values)
def test_registers_by_role(people, db, key, role):
    """Whether a register exists for a role at all, and who adds to it."""
    spec = registry.get(key)
    user = person(role, people.theirs)
    reads = role != "focal-point" or key in PUBLISHED | ADDRESSED
    assert spec.may(user, "view") == reads
    adds = role in KEPT_BY.get(key, WRITERS) if key != "plan-updates" else role in {"administrator", "head"}
    assert spec.may(user, "add") == adds
    record = make(spec)
    whole = owner_of(spec) is None and role != "focal-point"
    if whole or key in PUBLISHED:
        assert spec.policy.sees(user, record) and spec.visible(user).filter(pk=record.pk).exists() == reads


def test_the_system_and_nobody(db, tree, key):
    spec = registry.get(key)
    for kind in ["restricted", "named"] if owner_of(spec) else []:
        owner = owner_of(spec)
        secret = make(owner, owner_unit=tree.own, confidentiality=kind)
        record = secret if owner is spec else make(spec, **{spec.parent_field: secret})
        for reader, wanted in ((SYSTEM, True), (SYSTEM_WRITER, True), (PLAIN, False), (AnonymousUser(), False), (User(role="head", is_active=False), False)):
            assert spec.visible(reader).filter(pk=record.pk).exists() == spec.policy.sees(reader, record) == wanted, (reader, kind)
    assert [spec.may(SYSTEM, a) for a in ("view", "add", "change", "delete")] == [True, False, False, False]


def test_without_a_unit_one_reads_what_is_internal(db, tree):
    spec = registry.get("meetings")
    user = person("head", None)
    nobodys = make(spec, owner_unit=None, confidentiality="restricted")
    internal = make(spec, owner_unit=tree.own)
    assert not spec.policy.sees(user, nobodys) and not spec.visible(user).filter(pk=nobodys.pk).exists()
    assert spec.policy.sees(user, internal)


# -- focal points ------------------------------------------------------------------------------------------------------


def made(spec, **given):
    """A record; a reply to a data call has one addressee, and so no other name."""
    return make(spec, **({"title_ka": ""} if spec.key == "call-replies" else {}), **given)


def addressed(spec, unit, **given):
    """A record that is addressed to the unit by its first path, made through whatever stands between."""
    path = spec.addressed[0]
    first, _sep, rest = path.partition("__")
    column = spec.model._meta.get_field(first)
    if not rest:
        return make(spec, m2m={first: [unit]}, **given) if column.many_to_many else made(spec, **given, **{first: unit})
    if column.one_to_many:
        record = make(spec, **given)
        child = registry.of(column.related_model)
        step = child.model._meta.get_field(rest.split("__")[0])
        if step.one_to_many:  # one step further
            middle = make(child, **{column.field.name: record})
            made(registry.of(step.related_model), **{step.field.name: middle, rest.split("__")[1]: unit})
        else:
            made(child, **{column.field.name: record, rest: unit})
        return record
    other = make(registry.of(column.related_model), **{rest: unit})
    return make(spec, **given, **{first: other})


def out_of_drafting(spec, record):
    """Take it out of the state in which nothing has gone out yet."""
    for path in spec.unaddressed:
        thing = record
        *parts, last = path.split("__")
        for part in parts:
            thing = getattr(thing, part)
        states = [key for key, _word in thing._meta.get_field(last).flatchoices if key not in spec.unaddressed[path]]
        type(thing).objects.filter(pk=thing.pk).update(**{last: states[0]})
    return spec.model.objects.get(pk=record.pk)


def test_paths_of_addressees_lead_to_units(spec):
    for path in spec.addressed:
        assert resolve(spec.model, path).related_model is Unit, path
    for path in spec.unaddressed:
        assert resolve(spec.model, path), path


def test_a_focal_point_sees_what_is_addressed_to_their_unit(db, tree, key):
    spec = registry.get(key)
    if not spec.addressed:
        pytest.skip("nothing here is addressed to a unit")
    user, spaced = person("focal-point", tree.own), make(spec)
    mine, others = (out_of_drafting(spec, addressed(spec, unit)) for unit in (tree.own, tree.below))
    rows = spec.visible(user)
    for record, wanted in ((mine, True), (others, False), (spaced, False)):
        fresh = User.objects.get(pk=user.pk)
        assert rows.filter(pk=record.pk).exists() == spec.policy.sees(fresh, record) == spec.may(fresh, "view", record) == wanted, record
        assert spec.may(fresh, "change", record) == (wanted and bool(spec.answers))
        assert not spec.may(fresh, "delete", record) and not spec.may(fresh, "add")
    for path, values in spec.unaddressed.items():  # not gone out yet
        thing, *parts = mine, *path.split("__")
        for part in parts[:-1]:
            thing = getattr(thing, part)
        type(thing).objects.filter(pk=thing.pk).update(**{parts[-1]: values[0]})
        early, fresh = spec.model.objects.get(pk=mine.pk), User.objects.get(pk=user.pk)
        assert not rows.filter(pk=mine.pk).exists() and not spec.policy.sees(fresh, early)


def test_a_focal_point_opens_what_is_addressed_to_their_unit(db, tree, key):
    """With all its parts, though most registers that are told of there do not exist for them."""
    spec = registry.get(key)
    if not spec.addressed:
        pytest.skip("nothing here is addressed to a unit")
    client = Client()
    client.force_login(person("focal-point", tree.own))
    record = out_of_drafting(spec, addressed(spec, tree.own))
    for part in ("", "history/", *(["edit/"] if spec.answers else [])):
        answer = client.get(f"{spec.record_url(record)}{part}", follow=True)
        assert answer.status_code == 200, part


@pytest.mark.parametrize("kind", ["internal", "restricted", "named"])
def test_a_focal_point_and_confidentiality(db, tree, key, kind):
    """What is addressed to their unit and restricted to another is not theirs; what their own unit owns is, unless it is named."""
    spec = registry.get(key)
    owner = owner_of(spec)
    if not spec.addressed or owner is None:
        pytest.skip("nothing here is addressed to a unit and has confidentiality")
    user = person("focal-point", tree.own)
    sent = out_of_drafting(spec, addressed(spec, tree.own))
    holder = spec.policy._holder(sent)
    type(holder).objects.filter(pk=holder.pk).update(confidentiality=kind, owner_unit=tree.other)
    secret = make(owner, confidentiality=kind, owner_unit=tree.own)
    owned = secret if owner is spec else make(spec, **{spec.parent_field: secret})
    for record, wanted in ((spec.model.objects.get(pk=sent.pk), kind == "internal"), (owned, kind != "named")):
        fresh = User.objects.get(pk=user.pk)
        assert spec.visible(fresh).filter(pk=record.pk).exists() == spec.policy.sees(fresh, record) == wanted, (record, kind)


def test_a_focal_point_without_a_unit_sees_only_what_is_published(db, people, key):
    spec = registry.get(key)
    user, record = person("focal-point", None), make(spec)
    assert spec.visible(user).filter(pk=record.pk).exists() == (key in PUBLISHED)


def test_what_is_not_addressed_to_them_does_not_exist(people, db, key, record, signed_in):
    """For a focal point: no page, no part, no export, no search tells of it; registers that address nobody are not there at all."""
    spec, client = registry.get(key), signed_in("focal_point")
    if key in PUBLISHED:
        assert client.get(spec.url).status_code == 200 and client.get(f"{spec.url}new/").status_code == 403
        return
    there = key in ADDRESSED
    for part in ("", "filters/", "export.csv", "export.xlsx", "pick/"):
        assert client.get(f"{spec.url}{part}").status_code == (200 if there else 404), part
    for part in (f"{record.pk}/", f"{record.pk}/edit/", f"{record.pk}/history/", f"{record.pk}/delete/"):
        assert client.get(f"{spec.url}{part}").status_code == 404, part
    assert client.get(f"{spec.url}new/").status_code == (403 if there else 404)
    if there:
        assert client.get(spec.url).context["listing"].count == 0
    groups = client.get("/search/", {"q": str(record), "all": "1"}).context["groups"]
    assert spec.key not in {group["spec"].key for group in groups}
    assert client.get("/search/", {"q": spec.number(record)}).status_code == 200


@pytest.mark.parametrize("url", ["/", "/r/", "/plan/", "/agenda/", "/agenda/reminders/", "/partners/", "/reports/"])
def test_pages_that_everybody_has(people, db, signed_in, url):
    for name in ("focal_point", "auditor", "reviewer", "plain"):
        assert signed_in(name).get(url, follow=True).status_code == 200, name


@pytest.mark.parametrize("url", ["/reports/progress/", "/reports/editions/", "/reports/editions/1/", "/reports/editions/1/files/1/"])
def test_reports_of_all_that_is_internal_are_not_for_focal_points(people, db, signed_in, url):
    assert signed_in("focal_point").get(url).status_code == 404


# -- an addressee answers ----------------------------------------------------------------------------------------------


@pytest.fixture
def asked_of_theirs(people, db):
    """Replies to one call: that of the focal point's unit, and that of another."""
    call = make("data-calls", title_ka="მოთხოვნა", state="sent", sent_on=DAY, due_on=DAY, owner_unit=people.ours, notes="შიდა")
    mine, others = (made(registry.get("call-replies"), call=call, unit=unit) for unit in (people.theirs, people.sister))
    return SimpleNamespace(call=call, mine=mine, others=others)


def test_a_focal_point_answers_for_their_unit_and_nothing_else(people, asked_of_theirs, signed_in):
    spec, client, reply = registry.get("call-replies"), signed_in("focal_point"), asked_of_theirs.mine
    page = client.get(f"/r/data-calls/{asked_of_theirs.call.pk}/").content.decode()
    assert f"/r/call-replies/{reply.pk}/edit/" in page and str(people.sister) not in page
    form = client.get(f"{spec.url}{reply.pk}/edit/").context["form"]
    assert set(form.fields) == {"replied_on", "number", "reply"}
    data = form_data(spec, people.focal_point, reply, replied_on="10.03.2017", number="ა-1", reply="გვაქვს", unit=str(people.sister.pk), due_on="01.01.2030")
    assert client.post(f"{spec.url}{reply.pk}/edit/", data).status_code == 302
    reply.refresh_from_db()
    assert (reply.number, reply.unit, reply.due_on) == ("ა-1", people.theirs, asked_of_theirs.mine.due_on)
    assert client.get(f"{spec.url}{asked_of_theirs.others.pk}/edit/").status_code == 404
    assert client.get(f"/r/data-calls/{asked_of_theirs.call.pk}/edit/").status_code == 403
    assert client.get(reverse("call_replies", args=[asked_of_theirs.call.pk])).status_code == 403


def test_the_write_path_keeps_an_addressee_to_the_answer(people, asked_of_theirs):
    spec, reply = registry.get("call-replies"), asked_of_theirs.mine
    reply.due_on = DAY.replace(year=2030)
    with pytest.raises(PermissionDenied):
        write.save(spec, people.focal_point, reply, version=reply.version)
    reply.refresh_from_db()
    reply.number = "ა-2"
    write.save(spec, people.focal_point, reply, version=reply.version)
    for other in (asked_of_theirs.others, asked_of_theirs.call):
        of = registry.of(other)
        other.title_ka = "სხვა"
        with pytest.raises(PermissionDenied):
            write.save(of, people.focal_point, other, version=other.version)
    with pytest.raises(PermissionDenied):
        write.delete(spec, people.focal_point, reply, version=reply.version)


def test_a_focal_point_sees_neither_counts_nor_history_of_the_others(people, asked_of_theirs, signed_in):
    client, call = signed_in("focal_point"), asked_of_theirs.call
    seen = registry.get("data-calls").readable_fields(people.focal_point)
    assert "asked" not in seen and "asked" in registry.get("data-calls").readable_fields(people.officer)
    for part in ("", "history/"):
        page = client.get(f"/r/data-calls/{call.pk}/{part}").content.decode()
        assert str(people.sister) not in page and f"CR-{asked_of_theirs.others.pk}" not in page


# -- named readers, heads, nobody locked out ---------------------------------------------------------------------------


def test_nobody_locks_themselves_out(people, db):
    spec = registry.get("meetings")
    draft = spec.model(title_ka="საიდუმლო", kind="seminar", starts_on=DAY, confidentiality="named", owner_unit=people.ours)
    with pytest.raises(PermissionDenied):
        write.save(spec, people.officer, draft)
    assert not spec.model.objects.filter(title_ka="საიდუმლო").exists()
    draft = spec.model(title_ka="საიდუმლო", kind="seminar", starts_on=DAY, confidentiality="named", owner_unit=people.ours)
    write.save(spec, people.officer, draft, m2m={"readers": [people.officer]})
    with pytest.raises(PermissionDenied):
        write.save(spec, people.officer, draft, m2m={"readers": [people.colleague]}, version=draft.version)
    draft = spec.model.objects.get(pk=draft.pk)
    assert [r.pk for r in draft.readers.all()] == [people.officer.pk]
    draft.officer = people.colleague
    write.save(spec, people.officer, draft, version=draft.version)
    assert spec.policy.sees(people.colleague, draft) and not spec.policy.sees(people.head, draft) and spec.policy.sees(people.auditor, draft)


def test_named_readers_are_in_the_history_and_in_what_was_known(people, db):
    spec = registry.get("meetings")
    record = make(spec, confidentiality="named", m2m={"readers": [people.officer]})
    then = timezone.now()
    write.save(spec, SYSTEM_WRITER, record, m2m={"readers": [people.colleague]}, version=record.version)
    [change] = [c for c in history.of_record(spec, record.pk) if c.action == "update"]
    assert (change.before["readers"], change.after["readers"]) == ([people.officer.pk], [people.colleague.pk])
    [line] = history.in_words([change], people.colleague)[0].lines
    assert (line.before, line.after) == (str(people.officer), str(people.colleague))
    assert not spec.visible(people.officer).filter(pk=record.pk).exists()
    with as_known(then):  # whoever was taken off the list since does not read it by asking for the day before
        assert not spec.visible(people.officer).filter(pk=record.pk).exists() and spec.visible(people.colleague).filter(pk=record.pk).exists()


def test_a_named_record_that_was_deleted_is_given_back_to_its_readers_only(people, db, signed_in):
    spec = registry.get("meetings")
    record = make(spec, confidentiality="named", owner_unit=people.ours, m2m={"readers": [people.officer]})
    number = record.pk
    write.delete(spec, people.officer, record, version=record.version)
    change = history.deletion(spec, number)
    assert signed_in("colleague").post(reverse("change_revert", args=[change.pk])).status_code == 404
    assert signed_in("officer").post(reverse("change_revert", args=[change.pk])).status_code == 302
    assert [r.pk for r in spec.model.objects.get(pk=number).readers.all()] == [people.officer.pk]


# -- what it costs -----------------------------------------------------------------------------------------------------


def test_the_tree_of_units_is_asked_for_once_in_a_request(people, db, signed_in):
    """One query for a head, none for others, whatever the page shows."""
    for number in range(6):
        make("meetings", owner_unit=people.ours, confidentiality="restricted" if number % 2 else "internal")
    for url in ("/r/meetings/", "/r/", "/search/?q=ჩანაწერი&all=1"):
        for name, wanted in (("head", 1), ("division_head", 1), ("officer", 0), ("focal_point", 0)):
            with CaptureQueriesContext(connection) as asked:
                assert signed_in(name).get(url).status_code == 200
            tree = [q["sql"] for q in asked if q["sql"].startswith('SELECT "directory_unit"."id"') and 'WHERE "directory_unit"."parent_id" IS NOT NULL' in q["sql"]]
            assert len(tree) == wanted, (name, url)


def test_a_record_that_is_not_named_costs_nothing_for_its_readers(people, db, signed_in):
    spec, table = registry.get("meetings"), registry.get("meetings").model.readers.through._meta.db_table
    record = make(spec, owner_unit=people.ours)
    with CaptureQueriesContext(connection) as asked:
        assert spec.policy.sees(people.officer, record)
    assert len(asked) == 0
    with CaptureQueriesContext(connection) as asked:
        signed_in("officer").get(f"/r/meetings/{record.pk}/")
    assert not [q["sql"] for q in asked if f'FROM "{table}"' in q["sql"].split("WHERE")[0]]


def test_the_policy_joins_nothing_but_the_parent(spec, people):
    """No row is joined for units, readers or addressees: they stand in subqueries."""
    for user in (people.head, people.officer, people.focal_point):
        query = spec.visible(user).query
        joined = {alias for alias, one in query.alias_map.items() if query.alias_refcount[alias] and getattr(one, "parent_alias", None)}
        assert len(joined) <= len(spec.policy.prefix.split("__")) - 1 + (spec.key == "plan-updates" or 0), (user.role, joined)


def test_notes_of_the_house_are_not_for_focal_points(db, tree, key):
    """No page, part, export, search or program shows what the house has noted on a record that was addressed to them."""
    spec = registry.get(key)
    bound = spec.all_fields.get("notes")
    if not (spec.addressed or spec.published) or bound is None:
        pytest.skip("no focal point sees notes here")
    assert bound.inside
    canary, focal, officer = "მხოლოდჩვენთვის", person("focal-point", tree.own), person("officer", tree.own)
    record = addressed(spec, tree.own) if spec.addressed else make(spec)
    record.refresh_from_db()
    record.notes = canary
    write.save(spec, SYSTEM_WRITER, record, version=record.version)
    record = out_of_drafting(spec, record)
    assert "notes" not in spec.readable_fields(focal) and "notes" in spec.readable_fields(officer)
    assert spec.rows(officer, {"q": canary}).get() == record and not spec.rows(focal, {"q": canary}).exists()
    client = Client()
    client.force_login(focal)
    for part in (spec.url, f"{spec.url}filters/", spec.record_url(record), f"{spec.url}{record.pk}/history/", f"/api/v1/{key}/{record.pk}/"):
        answer = client.get(part, follow=True)
        assert canary not in answer.content.decode(), part
    assert client.get(spec.record_url(record), follow=True).status_code == 200
    assert client.get(spec.url, {"cols": "notes"}).status_code == 400
    assert client.get("/search/", {"q": canary, "all": "1"}).context["total"] == 0
    picked = client.get(f"{spec.url}pick/", {"q": canary}).json()["results"]
    assert picked == []
    assert canary not in b"".join(client.get(f"{spec.url}export.csv").streaming_content).decode()
