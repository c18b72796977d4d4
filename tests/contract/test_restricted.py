"""A record that is not open to somebody does not exist: not in a list, a count, a search, an export, a title or a form.

Three ways of not being open: restricted to another unit, to the sister division, and for named readers only (who are others, though of the
same unit).
"""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from gegma.engine import files, history, registry
from gegma.engine.models import Attachment
from gegma.engine.tables import Listing
from tests.factories import form_data, make, minimal

CANARY = "საიდუმლოკანარი"


def owner_of(spec):
    """The register whose record carries the confidentiality, or nothing."""
    if "confidentiality" in {f.name for f in spec.model._meta.fields}:
        return spec
    parent = registry.get(spec.parent) if spec.parent else None
    return parent if parent and "confidentiality" in {f.name for f in parent.model._meta.fields} else None


def plain(response, number: str) -> str:
    """The page without the number of the record in addresses and without the tokens, which differ at each request."""
    text = response.content.decode().replace(f"/{number}/", "/N/")
    text = re.sub(r"/files/\d+/", "/files/N/", text)
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', "", text)


WAYS = [("restricted", "stranger"), ("restricted", "neighbour"), ("named", "colleague")]


@pytest.fixture
def closed_to(spec) -> tuple[str, str]:
    """(confidentiality, who does not see it): the registers take the three ways in turn. Whose rows are whose is asked of each
    register in every way by test_roles; here it is whether pages and exports go by that."""
    return WAYS[list(registry.everything()).index(spec.whole) % len(WAYS)]


@pytest.fixture
def stranger(people, closed_to):
    """The officer to whom the record is not open."""
    return getattr(people, closed_to[1])


@pytest.fixture
def as_stranger(signed_in, closed_to) -> Client:
    """A client of that officer."""
    return signed_in(closed_to[1])


@pytest.fixture
def hidden(spec, people, closed_to):
    """A record that the stranger may not see, and people.officer may."""
    owner = owner_of(spec)
    if owner is None:
        pytest.skip("the register has no confidentiality")
    secret = make(owner, title_ka=CANARY, confidentiality=closed_to[0], owner_unit=people.ours, m2m={"readers": [people.officer]})
    return secret if owner is spec else make(spec, **{spec.parent_field: secret})


def test_it_is_there_for_its_readers(spec, people, stranger, hidden):
    assert spec.visible(people.officer).filter(pk=hidden.pk).exists() and not spec.visible(stranger).filter(pk=hidden.pk).exists()
    assert spec.policy.sees(people.officer, hidden) and not spec.policy.sees(stranger, hidden)


def test_no_page_tells_of_it(spec, people, hidden, as_stranger):
    client, absent = as_stranger, 10**6
    change = history.of_record(spec, hidden.pk).first()
    number = f"{hidden.pk}"
    assert files.attach(spec, people.officer, hidden, [SimpleUploadedFile(f"{CANARY}.txt", b"text")])
    attachment = Attachment.objects.latest("pk")
    for part in ("", "edit/", "history/", "delete/", f"files/{attachment.pk}/", f"files/{attachment.pk}/delete/"):
        answer, other = client.get(f"{spec.url}{number}/{part}"), client.get(f"{spec.url}{absent}/{part}")
        assert answer.status_code == other.status_code == 404, part
        assert plain(answer, number) == plain(other, str(absent)), part
    assert client.post(f"{spec.url}{number}/files/").status_code == 404
    assert client.post(f"{spec.url}{number}/delete/", {"version": "1"}).status_code == 404
    assert client.post(reverse("change_revert", args=[change.pk])).status_code == 404
    assert spec.model.objects.filter(pk=hidden.pk).exists()


def test_no_list_count_or_export_holds_it(spec, hidden, as_stranger):
    client = as_stranger
    for url in (spec.url, f"{spec.url}?q={CANARY}", f"{spec.url}export.csv", f"{spec.url}export.xlsx", f"{spec.url}pick/", f"{spec.url}pick/?q={CANARY}"):
        response = client.get(url)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        assert response.status_code == 200
        assert CANARY not in content.decode("utf-8", "ignore").replace(f"q={CANARY}", "").replace(f'value="{CANARY}"', "").replace(f"«{CANARY}»", ""), url
    assert client.get(spec.url).context["listing"].count == spec.model.objects.count() - 1
    found = client.get("/search/", {"q": CANARY})
    assert found.context["total"] == 0
    assert client.get("/search/", {"q": spec.number(hidden)}).status_code == 200


def pointing_columns(spec, other) -> list:
    """The columns of another register that point to this one."""
    columns = [*other.model._meta.fields, *other.model._meta.many_to_many]
    return [c for c in columns if c.related_model is spec.model and c.name in other.all_fields and other.parent != spec.key]


def test_no_form_offers_it_and_no_record_names_it(spec, stranger, hidden, as_stranger):
    """Wherever another register points to this one."""
    for other in registry.everything():
        columns = pointing_columns(spec, other)
        if columns:
            one = {c.name: hidden for c in columns if not c.many_to_many}
            many = {c.name: [hidden] for c in columns if c.many_to_many}
            pointing = make(other, m2m=many, **one)
            words = (spec.number(hidden), CANARY) if spec.parent else (CANARY,)
            nothing_named(as_stranger, other, pointing, [c.name for c in columns], words)
            nothing_found(as_stranger, stranger, other, [c.name for c in columns if c.name in other.filters], hidden)
            chosen = [c.name for c in columns if c.editable and other.all_fields[c.name].editable]
            if chosen and other.policy.may(stranger, "add"):
                not_offered(as_stranger, stranger, other, chosen, hidden)
                kept_by_others(as_stranger, stranger, other, pointing, chosen, hidden)


def nothing_named(client, other, pointing, names: list[str], words: tuple[str, ...]) -> None:
    """No page, list or export of a record that points to the hidden one has its words."""
    for part in ("", "edit/", "history/", "delete/"):
        page = client.get(f"{other.url}{pointing.pk}/{part}", follow=True).content.decode()
        assert not any(w in page for w in words), (other.key, part)
    page = client.get(other.url, {"cols": ",".join(names)}).content.decode()
    assert not any(w in page for w in words), (other.key, names)
    assert CANARY not in client.get(f"{other.url}export.csv", {"cols": ",".join(names)}).getvalue().decode(), other.key


def nothing_found(client, stranger, other, names: list[str], hidden) -> None:
    """A filter by the hidden record finds nothing and does not say what it is."""
    for name in names:
        asked = Listing(other, stranger, QueryDict(f"{name}={hidden.pk}"))
        assert asked.count == 0 and CANARY not in str(asked.chips()), (other.key, name)
    if names:
        answer = client.get(other.url, dict.fromkeys(names, str(hidden.pk)))
        assert CANARY not in answer.content.decode() and answer.context["listing"].count == 0, other.key


def not_offered(client, stranger, other, names: list[str], hidden) -> None:
    """A form does not take it, whoever sends it, and does not say what it is."""
    data = form_data(other, stranger, minimal(other)) | dict.fromkeys(names, str(hidden.pk))
    answer = client.post(f"{other.url}new/", data)
    assert answer.status_code == 200 and CANARY not in answer.content.decode(), (other.key, names)
    assert set(names) <= set(answer.context["form"].errors), (other.key, names)


def kept_by_others(client, stranger, other, pointing, names: list[str], hidden) -> None:
    """Somebody who does not see it saves the record, and it still points there."""
    answer = client.post(f"{other.url}{pointing.pk}/edit/", form_data(other, stranger, pointing))
    assert answer.status_code == 302, (other.key, answer.context["form"].errors)
    pointing.refresh_from_db()
    for name in names:
        value = getattr(pointing, name)
        assert hidden in ([value] if isinstance(value, type(hidden)) else value.all()), (other.key, name)
