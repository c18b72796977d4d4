"""A restricted record of another unit does not exist: not in a list, a count, a search, an export, a title or a form."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gegma.engine import files, history, registry
from gegma.engine.models import Attachment
from tests.factories import form_data, make, minimal

from .conftest import client_of

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


@pytest.fixture
def hidden(spec, people):
    """A record that people.stranger may not see."""
    owner = owner_of(spec)
    if owner is None:
        pytest.skip("the register has no confidentiality")
    secret = make(owner, title_ka=CANARY, confidentiality="restricted", owner_unit=people.ours)
    return secret if owner is spec else make(spec, **{spec.parent_field: secret})


def test_it_is_there_for_its_unit(spec, people, hidden):
    assert spec.visible(people.officer).filter(pk=hidden.pk).exists()
    assert spec.policy.sees(people.officer, hidden) and not spec.policy.sees(people.stranger, hidden)


def test_no_page_tells_of_it(spec, people, hidden):
    client, absent = client_of(people.stranger), 10**6
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


def test_no_list_count_or_export_holds_it(spec, people, hidden):
    client = client_of(people.stranger)
    for url in (spec.url, f"{spec.url}?q={CANARY}", f"{spec.url}export.csv", f"{spec.url}export.xlsx", f"{spec.url}pick/", f"{spec.url}pick/?q={CANARY}"):
        response = client.get(url)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        assert response.status_code == 200
        assert CANARY not in content.decode("utf-8", "ignore").replace(f"q={CANARY}", "").replace(f'value="{CANARY}"', "").replace(f"«{CANARY}»", ""), url
    assert client.get(spec.url).context["listing"].count == 0
    found = client.get("/search/", {"q": CANARY})
    assert found.context["total"] == 0
    assert client.get("/search/", {"q": spec.number(hidden)}).status_code == 200


def test_no_form_offers_it_and_no_record_names_it(spec, people, hidden):
    """Wherever another register points to this one."""
    client = client_of(people.stranger)
    for other in registry.everything():
        for column in [*other.model._meta.fields, *other.model._meta.many_to_many]:
            if column.related_model is not spec.model or column.name not in other.all_fields or other.parent == spec.key:
                continue
            chosen = {column.name: [hidden]} if column.many_to_many else None
            pointing = make(other, m2m=chosen, **({} if chosen else {column.name: hidden}))
            words = (spec.number(hidden), CANARY) if spec.parent else (CANARY,)
            for part in ("", "edit/", "history/", "delete/"):
                page = client.get(f"{other.url}{pointing.pk}/{part}", follow=True).content.decode()
                assert not any(w in page for w in words), (other.key, column.name, part)
            page = client.get(other.url, {"cols": column.name}).content.decode()
            assert not any(w in page for w in words), (other.key, column.name)
            assert CANARY not in client.get(f"{other.url}export.csv", {"cols": column.name}).getvalue().decode()
            if column.name in other.filters:
                answer = client.get(other.url, {column.name: str(hidden.pk)})
                assert CANARY not in answer.content.decode() and answer.context["listing"].count == 0
            if column.editable and other.all_fields[column.name].editable and other.policy.may(people.stranger, "add"):
                data = form_data(other, people.stranger, minimal(other))
                data[column.name] = str(hidden.pk)
                answer = client.post(f"{other.url}new/", data)
                assert answer.status_code == 200 and CANARY not in answer.content.decode(), (other.key, column.name)
                kept = form_data(other, people.stranger, pointing)
                answer = client.post(f"{other.url}{pointing.pk}/edit/", kept)
                assert answer.status_code == 302, (other.key, column.name, answer.context["form"].errors)
                pointing.refresh_from_db()
                assert list(getattr(pointing, column.name).all()) == [hidden] if chosen else getattr(pointing, column.attname) == hidden.pk
