"""Fields and registers with readers of their own: for everybody else they do not exist."""

import re

import pytest
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.http import QueryDict
from django.urls import reverse

from gegma.accounts.models import PLAIN, SYSTEM, ReaderGroup, Role
from gegma.engine import filters as fl
from gegma.engine import history, registry, search, write
from gegma.engine.models import SearchEntry
from gegma.engine.tables import Listing
from gegma.kernel import periods
from tests.factories import DAY, form_data, make, value_for

CANARY = "kept-from-most"
RARE = "21.08.1971"


@pytest.fixture
def kept_back(spec) -> list:
    """The fields of the register on trial that have readers of their own."""
    found = [bound for bound in spec.all_fields.values() if bound.readers]
    if not found:
        pytest.skip("all readers of this register read all of its fields")
    return found


def canary_for(bound):
    """A value that is told apart on a page: (as it is kept, as it is written)."""
    kind = bound.kind
    if kind == "date":
        return DAY.replace(year=1971, month=8, day=21), RARE
    if kind in {"text", "long"}:
        return (f"{CANARY}@example.ge", f"{CANARY}@example.ge") if "mail" in bound.name else (CANARY, CANARY)
    if kind in {"integer", "decimal"}:
        return 73, "73"
    value = value_for(bound.column)
    return value, bound.word(value)


@pytest.fixture
def secret(spec, people, kept_back):
    """A record with a canary in each of these fields, changed once after it was made."""
    own = {bound.name: canary_for(bound)[0] for bound in kept_back if bound.columns()}
    record = make(spec, people.officer)
    for name, value in own.items():
        setattr(record, name, value)
    write.save(spec, people.officer, record, version=record.version)
    record.refresh_from_db()
    return record


def words_of(kept_back) -> list[str]:
    """What may stand on no page: the canaries that no other word contains, and the labels of the fields."""
    rare = [canary_for(bound)[1] for bound in kept_back if bound.columns() and bound.kind in {"date", "text", "long"}]
    return [*rare, *(str(bound.label) for bound in kept_back)]


def said(page: str, words: list[str]) -> list[str]:
    """Which of the words stand on a page, the ones that begin a label large included."""
    return [word for word in words if re.search(rf">\s*{re.escape(word)}\s*<", page) or word in {CANARY, RARE, f"{CANARY}@example.ge"} and word in page]


def test_it_is_there_for_its_readers(spec, people, kept_back, secret, signed_in):
    seen = spec.readable_fields(people.officer)
    assert {bound.name for bound in kept_back} <= set(seen)
    assert not {bound.name for bound in kept_back} & set(spec.readable_fields(people.plain))
    for reader in (people.head, people.auditor, SYSTEM):
        assert spec.as_seen_by(reader).all_fields.keys() == spec.all_fields.keys()
    columns = ",".join(bound.name for bound in kept_back)
    page = signed_in("officer").get(spec.url, {"cols": columns}).content.decode()
    assert any(canary_for(bound)[1] in page for bound in kept_back if bound.columns())


def test_no_page_shows_it(spec, people, kept_back, secret, signed_in):
    client, words = signed_in("plain"), words_of(kept_back)
    for url in (
        spec.url, f"{spec.url}filters/", f"{spec.url}{secret.pk}/", f"{spec.url}{secret.pk}/edit/", f"{spec.url}{secret.pk}/history/", f"{spec.url}new/",
        f"{spec.url}{secret.pk}/delete/", f"{reverse('own_new')}?register={spec.key}", f"{spec.url}pick/",
    ):  # fmt: skip
        page = client.get(url, follow=True)
        assert page.status_code == 200, url
        assert said(page.content.decode(), words) == [], url
        names = [f'{part}="{name}' for bound in kept_back for name in bound.columns() for part in ("name", "value")]
        assert not [name for name in names if name in page.content.decode()], url
    content = b"".join(client.get(f"{spec.url}export.csv").streaming_content).decode()
    assert not [word for word in words if word in {CANARY, RARE} and word in content]


def test_it_cannot_be_asked_for(spec, people, kept_back, secret, signed_in):
    """No column, no filter, no order: the same answer as for a name that there never was."""
    client = signed_in("plain")
    hidden = {bound.name for bound in kept_back} | {name for name, one in spec.filters.items() if one.readers}
    keys = [key for key, (name, _suffix) in spec.keys.items() if name in hidden]
    for params in [*({"cols": bound.name} for bound in kept_back), *({"sort": bound.name} for bound in kept_back), *({key: "1"} for key in keys)]:
        for url in (spec.url, f"{spec.url}export.csv", f"{spec.url}export.xlsx"):
            answer = client.get(url, params)
            assert answer.status_code == 400, (url, params)
        with pytest.raises(fl.FilterError):
            Listing(spec, people.plain, QueryDict("&".join(f"{k}={v}" for k, v in params.items())))
    with pytest.raises(fl.FilterError):
        spec.rows(people.plain, {keys[0]: "1"} if keys else {"sort": kept_back[0].name})
    assert spec.rows(SYSTEM, {"sort": kept_back[0].name} if kept_back[0].sort_path else {}).exists()


def test_it_is_not_found_by_search(spec, people, kept_back, secret, signed_in):
    kept = SearchEntry.objects.get(register=spec.key, record_id=secret.pk).text
    assert CANARY not in kept and search.text_of(spec, secret) == kept
    labels = {str(bound.label) for bound in kept_back}
    found = signed_in("plain").get("/search/", {"q": str(secret), "all": "1"}).context["groups"]
    cells = [cell.label for group in found if group["spec"].key == spec.key for _row, facts in group["lines"] for cell in facts["cells"]]
    assert not labels & set(cells)
    for name in ("plain", "officer"):  # the common text of search is for all
        assert signed_in(name).get("/search/", {"q": CANARY, "all": "1"}).context["total"] == 0


def test_it_stays_after_others_save(spec, people, kept_back, secret, signed_in):
    before = {name: getattr(secret, name) for bound in kept_back for name in bound.columns()}
    data = form_data(spec, people.plain, secret)
    assert not set(data) & set(before)
    answer = signed_in("plain").post(f"{spec.url}{secret.pk}/edit/", data | dict.fromkeys(before, "x"), follow=True)
    assert answer.status_code == 200
    secret.refresh_from_db()
    assert {name: getattr(secret, name) for name in before} == before
    entry = SearchEntry.objects.get(register=spec.key, record_id=secret.pk)
    assert entry.text == search.text_of(spec, secret), "saving by those who read less must not change what a record is found by"


def test_its_history_is_for_its_readers(spec, people, kept_back, secret):
    hidden = {name for bound in kept_back for name in bound.columns()}
    changes = list(history.of_record(spec, secret.pk))
    own = [c for c in changes if c.register == spec.key]
    assert any(set(c.fields) & hidden for c in own)
    told = [line.label for step in history.in_words(changes, people.plain) for line in step.lines]
    labels = {str(bound.label) for bound in kept_back}
    assert not labels & set(told) and labels & {line.label for step in history.in_words(changes, people.officer) for line in step.lines}
    update = next(c for c in own if c.action == "update")
    name = next(iter(set(update.fields) & hidden))
    for only in (name, ""):
        with pytest.raises(PermissionDenied):
            write.revert(people.plain, update, only=only)
    write.revert(people.officer, update, only=name)


# -- declarations ------------------------------------------------------------------------------------------------------


def test_groups_are_those_that_accounts_hold(spec):
    assert spec.groups | {spec.readers} - {""} <= set(ReaderGroup.values) | {""}


def guarded_columns() -> dict[tuple, str]:
    """(model, column) → group, over all registers."""
    return {
        (spec.model, name): bound.readers
        for spec in registry.everything()
        for bound in spec.all_fields.values()
        if bound.readers
        for name in bound.columns()
    }


def paths_of(one) -> list[str]:
    """The paths that a field or filter looks at."""
    if isinstance(one, fl.SpanFilter):
        return [one.start, one.end]
    return list(getattr(one, "paths", ())) or [one.path or one.name]


def test_no_path_leads_around(spec):
    """A field or filter of any register that ends at a column with readers has the same readers."""
    guarded = guarded_columns()
    assert guarded
    for one in [*spec.all_fields.values(), *spec.filters.values()]:
        for path in paths_of(one):
            *relations, last = path.split("__")
            model = spec.model
            try:
                for part in relations:
                    model = model._meta.get_field(part).related_model
            except FieldDoesNotExist:  # a filter that looks at no path
                continue
            group = guarded.get((model, last), "")
            assert not group or one.readers == group, (one.name, path)


def test_a_narrowed_register_is_made_once(spec, people):
    assert spec.as_seen_by(people.plain) is spec.as_seen_by(people.plain)
    assert spec.as_seen_by(SYSTEM) is spec.as_seen_by(None) is spec
    assert spec.as_seen_by(people.plain).whole is spec


def test_a_measure_that_asks_by_such_a_field_lists_nobody(people, db):
    """The figure stays; who is on the list would say what the field says."""
    from gegma.plan import compute

    make("people", staff_from=DAY)
    definition = {"register": "people", "scope": {"staff__on": "$end"}}
    period = periods.parse("2017")
    for user, listed in ((people.officer, True), (people.plain, False), (PLAIN, False)):
        [part] = compute.passport(definition, period, user)
        assert part.counted == compute.read(definition, period).value > 0
        assert part.listed == listed and part.hidden == (0 if listed else part.counted)


# -- registers with readers --------------------------------------------------------------------------------------------


@pytest.fixture
def closed_register(spec):
    """The register on trial, where it has readers of its own."""
    if not spec.readers:
        pytest.skip("the register is for everybody")
    return spec


def test_a_register_with_readers_does_not_exist_for_others(closed_register, people, record, signed_in):
    spec, client = closed_register, signed_in("plain")
    assert not spec.may(people.plain, "view") and not spec.may(people.plain, "add") and not spec.visible(people.plain).exists()
    assert not spec.policy.sees(people.plain, record) and spec.policy.sees(people.auditor, record)
    for part in ("", "filters/", "export.csv", "pick/", "new/", f"{record.pk}/", f"{record.pk}/edit/", f"{record.pk}/history/"):
        assert client.get(f"{spec.url}{part}").status_code == 404, part
    change = history.of_record(spec, record.pk).first()
    assert client.post(reverse("change_revert", args=[change.pk])).status_code == 404
    assert spec.title not in client.get(reverse("registers")).content.decode()
    assert spec.key not in {group["spec"].key for group in client.get("/search/", {"q": str(record), "all": "1"}).context["groups"]}
    assert client.get("/search/", {"q": spec.number(record)}).status_code == 200


def test_nothing_else_names_its_records(closed_register, people, record, signed_in):
    """Related records on the pages of others: the register is not named there."""
    for other in registry.everything():
        if any(related.register == closed_register.key for related in other.related) and other.key != closed_register.key:
            page = signed_in("plain").get(f"{other.url}{make(other).pk}/").content.decode()
            assert closed_register.title not in page


def test_the_command_line_knows_all_roles_and_groups():
    from gegma.config import cli

    assert set(cli.ROLES) == set(Role.values) and set(cli.GROUPS) == set(ReaderGroup.values)


def test_a_shared_report_leaves_out_what_its_reader_may_not_read(people, db, signed_in):
    from gegma.reports.catalogue import base, own
    from gegma.reports.models import OwnReport

    make("people", title_ka="ნინო", phone=CANARY)
    kept = own.save(people.officer, OwnReport(), {
        "title_ka": "ტელეფონები", "title_en": "", "before": "", "register": "people", "address": "", "columns": ["title", "phone"], "day": "", "shared": True,
    })  # fmt: skip
    for user, there in ((people.officer, True), (people.plain, False)):
        paper = base.make(own.as_report(kept), user, periods.parse("2017"), "ka", {})
        assert (CANARY in str(paper)) == there
    assert signed_in("plain").get(reverse("own_report", args=[kept.pk])).status_code == 200
