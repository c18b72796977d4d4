"""One record of every register: its page, entering, editing, two people at once, deleting, undoing, its history."""

import pytest
from django.db import models
from django.urls import reverse

from gegma.audit.models import Change
from gegma.audit.record import verify
from gegma.engine import history
from gegma.engine.forms import can_enter
from tests.factories import form_data, minimal


def text_column(spec) -> str:
    """A text field of the register's form that one can change freely."""
    names = [f.name for f in spec.model._meta.concrete_fields if type(f) in {models.CharField, models.TextField} and not f.choices]
    free = [n for n in names if n in {"title_ka", "notes", "finding", "text", "label", "reason", "result", "by"}]
    return free[0] if free else ""


def page_of(spec, record, part: str = "") -> str:
    """The address of a record's page or of one beside it."""
    return f"{spec.url}{record.pk}/{part}"


def test_the_record_page_and_the_pages_beside_it(spec, record, as_writer):
    response = as_writer.get(page_of(spec, record))
    if spec.parent:
        assert response.status_code == 302 and response.headers["Location"] == spec.record_url(record)
        response = as_writer.get(response.headers["Location"])
    assert response.status_code == 200
    assert spec.parent or str(record) in response.content.decode()
    assert not spec.parent or f'id="{spec.key}-{record.pk}"' in response.content.decode()
    for part in ("edit/", "history/", "delete/"):
        assert as_writer.get(page_of(spec, record, part)).status_code == 200, part


@pytest.fixture
def enterable(spec, as_writer):
    """Some records come only by import: there is no form for new ones, and its address does not exist."""
    if not can_enter(spec):
        assert as_writer.get(f"{spec.url}new/").status_code == 404
        pytest.skip("new records come by import only")


def test_entering_a_record(spec, writer, as_writer, enterable):
    record = minimal(spec)
    data = form_data(spec, writer, record)
    assert as_writer.get(f"{spec.url}new/").status_code == 200
    before = spec.model.objects.count()
    response = as_writer.post(f"{spec.url}new/", data)
    assert response.status_code == 302, response.context and (response.context["form"].errors, response.context["formset_errors"])
    assert spec.model.objects.count() == before + 1
    made = spec.model.objects.latest("pk")
    change = Change.objects.latest("pk")
    assert (change.register, change.record_id, change.action, change.actor) == (spec.key, made.pk, "create", writer)
    answer = as_writer.get(response.headers["Location"].partition("#")[0])
    assert reverse("change_revert", args=[change.pk]) in answer.content.decode()


def test_the_short_form(spec, as_writer, writer, enterable):
    response = as_writer.get(f"{spec.url}quick/")
    if not spec.quick:
        assert response.status_code == 302
        return
    assert response.status_code == 200
    whole = form_data(spec, writer, minimal(spec))
    names = response.context["form"].fields
    data = {name: whole[name] for name in names if name in whole}
    response = as_writer.post(f"{spec.url}quick/", {**data, "_again": "1"})
    assert response.status_code == 302 and response.headers["Location"] == f"{spec.url}quick/"
    made = spec.model.objects.latest("pk")
    if hasattr(made, "owner_unit_id"):
        assert (made.owner_unit_id, made.officer_id) == (writer.unit_id, writer.pk)


def test_a_form_that_is_sent_empty_says_what_is_wrong_and_keeps_what_was_typed(spec, as_writer, enterable):
    column = text_column(spec)
    response = as_writer.post(f"{spec.url}new/", {column: "აკრეფილი ტექსტი"} if column else {})
    if response.status_code == 302:
        return  # nothing was missing
    page = response.content.decode()
    assert response.status_code == 200 and 'class="error-summary"' in page
    assert not column or "აკრეფილი ტექსტი" in page


def test_editing_undoing_and_the_history(spec, record, writer, as_writer):
    column = text_column(spec)
    if not column:
        pytest.skip("the register has no free text")
    data = form_data(spec, writer, record, **{column: "ახალი ტექსტი"})
    response = as_writer.post(page_of(spec, record, "edit/"), data)
    assert response.status_code == 302, response.context["form"].errors
    record.refresh_from_db()
    assert (getattr(record, column), record.version) == ("ახალი ტექსტი", 2)
    assert "ახალი ტექსტი" in as_writer.get(page_of(spec, record, "history/")).content.decode()
    change = history.of_record(spec, record.pk).first()
    assert list(change.after) == [column]
    as_writer.post(reverse("change_revert", args=[change.pk]))
    record.refresh_from_db()
    assert getattr(record, column) != "ახალი ტექსტი"
    assert record.version == 3 and verify().ok


def test_saving_without_a_change_writes_nothing(spec, record, writer, as_writer):
    changes = Change.objects.count()
    response = as_writer.post(page_of(spec, record, "edit/"), form_data(spec, writer, record))
    assert response.status_code == 302, (response.context["form"].errors, response.context["formset_errors"])
    record.refresh_from_db()
    assert (record.version, Change.objects.count()) == (1, changes)


def test_two_people_at_once_lose_nothing(spec, record, writer, as_writer):
    column = text_column(spec)
    if not column:
        pytest.skip("the register has no free text")
    mine = form_data(spec, writer, record, **{column: "ჩემი ტექსტი"})
    as_writer.post(page_of(spec, record, "edit/"), form_data(spec, writer, record, **{column: "მათი ტექსტი"}))
    response = as_writer.post(page_of(spec, record, "edit/"), mine)
    page = response.content.decode()
    assert response.status_code == 409 and "ჩემი ტექსტი" in page and "მათი ტექსტი" in page
    record.refresh_from_db()
    assert getattr(record, column) == "მათი ტექსტი"
    again = dict(response.context["resend"])
    assert response.context["clashes"][0].take == "mine"
    for choice, wanted in (("theirs", "მათი ტექსტი"), ("mine", "ჩემი ტექსტი")):
        answer = as_writer.post(page_of(spec, record, "edit/"), {**again, f"_take_{column}": choice})
        assert answer.status_code == 302
        record.refresh_from_db()
        assert getattr(record, column) == wanted


def test_a_change_without_its_version_is_refused(spec, record, writer, as_writer):
    data = form_data(spec, writer, record)
    del data["version"]
    column = text_column(spec)
    response = as_writer.post(page_of(spec, record, "edit/"), {**data, **({column: "უვერსიო"} if column else {})})
    assert response.status_code == 200 and 'class="error-summary"' in response.content.decode()
    record.refresh_from_db()
    assert record.version == 1


def test_deleting_and_undoing(spec, record, as_writer):
    stale = as_writer.post(page_of(spec, record, "delete/"), {"version": "99"})
    assert stale.status_code == 409 and spec.model.objects.filter(pk=record.pk).exists()
    response = as_writer.post(page_of(spec, record, "delete/"), {"version": "1"})
    assert response.status_code == 302
    assert not spec.model.objects.filter(pk=record.pk).exists()
    assert as_writer.get(page_of(spec, record)).status_code == 404
    change = Change.objects.get(register=spec.key, record_id=record.pk, action="delete")
    as_writer.post(reverse("change_revert", args=[change.pk]), {"step": "1"})
    back = spec.model.objects.get(pk=record.pk)
    assert str(back) == str(record) and back.version > record.version and verify().ok


def test_a_new_record_is_undone_in_one_click(spec, writer, as_writer, enterable):
    as_writer.post(f"{spec.url}new/", form_data(spec, writer, minimal(spec)))
    change = Change.objects.filter(register=spec.key, action="create").latest("pk")
    response = as_writer.post(reverse("change_revert", args=[change.pk]), {"step": "1"})
    assert response.status_code == 302
    assert not spec.model.objects.filter(pk=change.record_id).exists()


def test_a_viewer_reads_and_does_not_write(spec, record, signed_in):
    client = signed_in("viewer")
    assert client.get(spec.record_url(record).partition("#")[0]).status_code == 200
    for part in ("edit/", "delete/"):
        assert client.get(page_of(spec, record, part)).status_code == 403
        assert client.post(page_of(spec, record, part), {"version": "1"}).status_code == 403
    for part in ("new/", "quick/"):
        assert client.get(f"{spec.url}{part}").status_code == 403
        assert client.post(f"{spec.url}{part}", {}).status_code == 403
    assert client.post(page_of(spec, record, "files/")).status_code == 403
    change = history.of_record(spec, record.pk).first()
    assert client.post(reverse("change_revert", args=[change.pk])).status_code == 403
    assert spec.model.objects.filter(pk=record.pk, version=1).exists()


def test_records_that_never_were(spec, as_writer):
    for page in ("0/", f"{10**6}/", f"{10**6}/edit/", f"{10**6}/history/", f"{10**6}/delete/", f"{10**30}/"):
        assert as_writer.get(spec.url + page).status_code == 404, page
