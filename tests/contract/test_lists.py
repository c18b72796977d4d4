"""The list of every register: who sees it, each filter, each sort, each column; the export is the same rows in the same order."""

import csv
import io
import zipfile
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.urls import reverse

from gegma.engine import exports
from gegma.engine.filters import (
    ChoiceFilter,
    DateFilter,
    FilterError,
    FlagFilter,
    NumberFilter,
    RelationFilter,
    SpanFilter,
    TextFilter,
)
from gegma.engine.tables import Listing
from gegma.engine.views import lists
from tests.factories import make


def body(response) -> str:
    """The text of a response, streamed or not."""
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


def exported(client, spec, query: str = "") -> list[list[str]]:
    """The rows of the export, without its head."""
    text = body(client.get(reverse("record_export", args=[spec.key, "csv"]) + query))
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))[1:]


def legal_values(spec) -> list[tuple[str, str]]:
    """A legal (key, word) for every key that the register's filters understand."""
    found = []
    for one in spec.filters.values():
        for key in sorted(one.keys()):
            suffix = key[len(one.name) + 2 :]
            if suffix == "set" or isinstance(one, FlagFilter):
                found += [(key, "1"), (key, "0")]
            elif isinstance(one, (DateFilter, SpanFilter)):
                found.append((key, "09.03.2017"))
            elif isinstance(one, ChoiceFilter):
                found += [(key, one.choices()[0][0])] if one.choices() else []
            elif isinstance(one, RelationFilter):
                found.append((key, "1"))
            elif isinstance(one, NumberFilter):
                found.append((key, "1,5"))
            elif isinstance(one, TextFilter):
                found.append((key, "ა"))
    return found


def test_everybody_with_an_account_reads_the_list(spec, record, signed_in):
    for name in ("viewer", "officer", "admin"):
        response = signed_in(name).get(spec.url, {"q": spec.number(record)})
        assert response.status_code == 200 and spec.number(record) in response.content.decode()


def test_strangers_are_sent_to_sign_in(spec, client, record):
    for url in (spec.url, f"{spec.url}{record.pk}/", f"{spec.url}export.csv", f"{spec.url}pick/", f"{spec.url}new/"):
        response = client.get(url)
        assert response.status_code == 302 and "/accounts/login/" in response.headers["Location"], url


def listing(spec, user, **params) -> Listing:
    """The list that an address asks for, without drawing the page."""
    asked = QueryDict(mutable=True)
    asked.update(params)
    return Listing(spec, user, asked)


def plain_column(spec) -> str:
    """A column that costs no further query."""
    return next(name for name, bound in spec.all_fields.items() if bound.kind not in {"relation", "relations"} and not bound.many)


def test_each_filter_means_the_same_everywhere(spec, record, writer, as_writer):
    numbers = {r.pk: spec.number(r) for r in spec.rows(writer)}
    values = legal_values(spec)
    for key, word in values:
        rows = [numbers[pk] for pk in spec.rows(writer, {key: word}).values_list("pk", flat=True)]
        asked = listing(spec, writer, cols=plain_column(spec), **{key: word})
        assert asked.count == len(rows) and asked.chips(), (key, word)
        assert [row[0] for row in exports.rows(asked)] == rows, (key, word)
    for key, word in values[:: max(1, len(values) // 2)]:
        response = as_writer.get(spec.url, {key: word})
        assert response.status_code == 200
        assert response.context["listing"].count == len(exported(as_writer, spec, "?" + urlencode({key: word}))), (key, word)


def test_each_sort_and_column_is_the_same_in_list_and_export(spec, record, writer, as_writer):
    make(spec)
    names = list(spec.all_fields)
    query = f"?cols={','.join(names)}"
    response = as_writer.get(spec.url + query)
    assert response.status_code == 200
    assert [head.name for head in response.context["listing"].heads()] == names
    assert len(exported(as_writer, spec, query)[0]) == len(names) + 1
    for sort in [sign + name for name in names for sign in ("", "-")]:
        if not spec.all_fields[sort.removeprefix("-")].sort_path:
            with pytest.raises(FilterError):
                listing(spec, writer, sort=sort)
            continue
        asked = listing(spec, writer, sort=sort, cols=plain_column(spec))
        assert [row[0] for row in exports.rows(asked)][:50] == [spec.number(r) for r, _cells in asked.cells()], sort
    column = next(c for c in spec.default_columns() if spec.all_fields[c].sort_path)
    for sort, word in ((column, "ascending"), (f"-{column}", "descending")):
        assert f'aria-sort="{word}"' in as_writer.get(spec.url, {"sort": sort}).content.decode()


def test_the_workbook_has_the_rows_of_the_list(spec, record, writer, as_writer):
    response = as_writer.get(reverse("record_export", args=[spec.key, "xlsx"]))
    book = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert len([n for n in book.namelist() if n.startswith("xl/worksheets/sheet")]) == 2
    rows = book.read("xl/worksheets/sheet1.xml").decode().count("<row ")
    assert rows == spec.rows(writer).count() + 1


NONSENSE = ["nonsense=1", "sort=nonsense", "cols=nonsense", "page=0", "page=x", "page=99999999999", "pk=1", "id__in=1"]
LOOKUPS = ["owner_unit__users__password__startswith", "version__gt", "title_ka__regex", "officer__email", "owner_unit__id", "pk__in"]


def test_what_is_not_understood_is_refused_and_named(spec, writer, as_writer):
    for words in [*NONSENSE, *(f"{lookup}=a" for lookup in LOOKUPS)]:
        name, _is, value = words.partition("=")
        with pytest.raises(FilterError) as refused:
            listing(spec, writer, **{name: value})
        assert refused.value.key == name
    for url in (spec.url, reverse("record_export", args=[spec.key, "csv"])):
        response = as_writer.get(f"{url}?nonsense=1&page=1")
        assert response.status_code == 400
        assert "nonsense" in response.content.decode() and f'href="{spec.url}?page=1"' in response.content.decode()


HOSTILE = ["\0", "x" * 5000, "' OR 1=1 --", "%%%s%(a)s", "1e400", "nan", "-1", "9" * 18, "9" * 40, "\ud7ff", "<script>alert(1)</script>", "{{7*7}}", "99.99.9999", "٣"]


def test_hostile_values_break_nothing(spec, record, writer):
    everything = spec.rows(writer).count()
    one_of_each = {type(one): one for one in spec.filters.values()}.values()
    for key in ["q", "sort", "cols", "page", *(key for one in one_of_each for key in sorted(one.keys()))]:
        for word in HOSTILE:
            try:
                count = listing(spec, writer, **{key: word}).count
            except FilterError as error:
                assert error.key.partition("__")[0] == key.partition("__")[0], (key, word)
            else:
                assert key not in {"sort", "cols", "page"} or count == everything, (key, word)


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_values_are_answered(signed_in, word):
    as_writer, key = signed_in("officer"), "meetings"
    asked = [(f"/r/{key}/", name) for name in ("q", "sort", "cols", "page", "kind", "body", "starts_on__from")]
    for url, name in [*asked, (f"/r/{key}/export.csv", "q"), (f"/r/{key}/pick/", "q"), (f"/r/{key}/pick/", "for"), ("/search/", "q")]:
        response = as_writer.get(url, {name: word})
        assert response.status_code in ({200, 302, 400} if name != "for" else {404}), (url, name)
        assert "<script>alert(1)" not in body(response)


def test_suggestions_hold_so_many_and_find_by_words(spec, record, as_writer, monkeypatch):
    monkeypatch.setattr(lists, "PICK_ROWS", 1)
    results = as_writer.get(f"{spec.url}pick/").json()["results"]
    assert len(results) == 1 and set(results[0]) == {"id", "text"}
    monkeypatch.undo()
    found = as_writer.get(f"{spec.url}pick/", {"q": spec.number(record)}).json()["results"]
    assert record.pk in [row["id"] for row in found]


def test_suggestions_hold_at_most_twenty(signed_in):
    for _n in range(21):
        make("organisations")
    assert len(signed_in("officer").get("/r/organisations/pick/").json()["results"]) == 20


def test_the_search_finds_the_record(spec, record, as_writer):
    response = as_writer.get("/search/", {"q": spec.number(record)})
    assert response.status_code == 302 and response.headers["Location"] == spec.record_url(record)
    if "title" in spec.all_fields:
        response = as_writer.get("/search/", {"q": record.title_ka}, follow=True)  # some are found straight by their whole name
        assert spec.number(record) in response.content.decode()
