"""Who read or took out what: one row where it matters, none for ordinary reading, and who may see the rows."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gegma.accounts.models import SYSTEM_WRITER, User
from gegma.audit.models import Access
from gegma.engine import files, registry
from tests.factories import form_data, make

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 x"


@pytest.fixture
def office(db):
    """A unit, its officer, an auditor and an administrator of it, with a client for each; a restricted record and an open one."""

    class Office:
        unit = make("units", title_ka="სამმართველო")

        def person(self, name, role):
            user = User.objects.create_user(f"{name}@example.ge", name=name, role=role, unit=self.unit)
            client = Client()
            client.force_login(user)
            return user, client

    office = Office()
    office.officer, office.as_officer = office.person("officer", "officer")
    office.auditor, office.as_auditor = office.person("auditor", "auditor")
    office.admin, office.as_admin = office.person("admin", "administrator")
    office.secret = make("meetings", owner_unit=office.unit, confidentiality="restricted")
    office.open = make("meetings", owner_unit=office.unit)
    return office


def rows():
    """The rows so far, oldest first."""
    return list(Access.objects.order_by("pk"))


@pytest.mark.parametrize("name", ["record", "record_history", "record_edit", "record_delete"])
def test_a_page_of_a_restricted_record_is_one_row(office, name):
    assert office.as_officer.get(reverse(name, args=["meetings", office.secret.pk]), REMOTE_ADDR="10.1.2.3").status_code == 200
    (row,) = rows()
    assert (row.kind, row.register, row.record_id, row.actor, row.actor_name) == ("read", "meetings", office.secret.pk, office.officer, "officer")
    assert row.address == "10.1.2.3" and row.request_id


def test_ordinary_reading_leaves_no_row(office):
    for address in ("/", "/r/", reverse("record", args=["meetings", office.open.pk]), "/r/countries/", "/search/?q=x", "/agenda/"):
        assert office.as_officer.get(address).status_code == 200
    assert rows() == []


def test_what_is_refused_leaves_no_row(office):
    stranger, client = office.person("stranger", "officer")
    stranger.unit = make("units", title_ka="სხვა")
    stranger.save()
    assert client.get(reverse("record", args=["meetings", office.secret.pk])).status_code == 404
    assert rows() == []


def test_a_list_with_restricted_records_names_them(office):
    second = make("meetings", owner_unit=office.unit, confidentiality="restricted")
    office.as_officer.get("/r/meetings/")
    (row,) = rows()
    assert (row.kind, row.register, row.record_id, row.count) == ("list", "meetings", None, 2)
    assert set(row.records.split()) == {f"meetings/{office.secret.pk}", f"meetings/{second.pk}"}


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_an_export_is_one_row_with_its_filter(office, form):
    office.as_officer.get(f"/r/meetings/export.{form}?confidentiality=restricted").getvalue()
    (row,) = rows()
    assert (row.kind, row.register, row.record_id, row.count) == ("export", "meetings", office.secret.pk, 1)
    assert row.words and row.words != "all records"


def test_an_export_without_restricted_records_is_a_row_too(office):
    office.as_officer.get("/r/countries/export.csv").getvalue()
    assert [(row.kind, row.register, row.records) for row in rows()] == [("export", "countries", "")]


def test_a_file_is_one_row(office):
    spec = registry.get("meetings")
    (kept,) = files.attach(spec, SYSTEM_WRITER, office.open, [SimpleUploadedFile("ოქმი.pdf", PDF)])
    office.as_officer.get(reverse("file_download", args=["meetings", office.open.pk, kept.pk])).getvalue()
    assert [(row.kind, row.record_id, row.words) for row in rows()] == [("file", office.open.pk, "ოქმი.pdf")]


def test_a_download_that_no_view_speaks_of_is_seen(office):
    response = office.as_officer.get(reverse("request_balance_export"))
    assert response.headers["Content-Disposition"].startswith("attachment")
    (row,) = rows()
    assert row.kind == "file" and "balance" in row.words


def test_a_saved_form_is_a_change_and_no_reading_but_a_conflict_is(office):
    spec = registry.get("meetings")
    data = form_data(spec, office.officer, office.secret, title_ka="ახალი")
    address = reverse("record_edit", args=["meetings", office.secret.pk])
    assert office.as_officer.post(address, data).status_code == 302
    assert rows() == []
    assert office.as_officer.post(address, {**data, "title_ka": "სხვა"}).status_code == 409
    assert [row.kind for row in rows()] == ["read"]


def test_it_costs_at_most_one_insert(office):
    with CaptureQueriesContext(connection) as seen:
        office.as_officer.get("/r/meetings/export.csv").getvalue()
    assert sum("audit_access" in q["sql"] for q in seen) == 1


def test_the_auditor_sees_the_page_and_nobody_else(office):
    office.as_officer.get("/r/meetings/export.csv").getvalue()
    for client in (office.as_officer, office.as_admin):
        assert client.get("/accesses/").status_code == 404
        assert "/accesses/" not in client.get("/").content.decode()
    page = office.as_auditor.get("/accesses/")
    assert page.status_code == 200 and "officer" in page.content.decode()
    assert "/accesses/" in office.as_auditor.get("/").content.decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("who=OFFIC", 2), ("who=nobody", 0), ("kind=export", 1), ("kind=read", 1), ("register=meetings", 2), ("register=countries", 0),
        ("from=01.01.2017", 2), ("to=01.01.2017", 0), ("record=M-{pk}", 2), ("record=M-999999", 0), ("kind=export&register=meetings&who=officer", 1),
    ],
)  # fmt: skip
def test_the_page_is_filtered(office, asked, found):
    office.as_officer.get("/r/meetings/export.csv?confidentiality=restricted").getvalue()
    office.as_officer.get(reverse("record", args=["meetings", office.secret.pk]))
    assert registry.get("meetings").prefix == "M"
    page = office.as_auditor.get("/accesses/?" + asked.format(pk=office.secret.pk))
    assert page.status_code == 200
    assert page.context["page"].paginator.count == found


@pytest.mark.parametrize("asked", ["from=x", "to=32.01.2017", "record=M12%00", "record=%D9%A3-%D9%A3"])
def test_what_cannot_be_understood_is_said(office, asked):
    page = office.as_auditor.get("/accesses/?" + asked)
    assert page.status_code == 400 and page.context["faults"]


def test_the_history_of_a_record_says_who_looked_at_it(office):
    address = reverse("record_history", args=["meetings", office.secret.pk])
    office.as_officer.get(reverse("record", args=["meetings", office.secret.pk]), REMOTE_ADDR="10.9.8.7")
    assert "10.9.8.7" not in office.as_officer.get(address).content.decode()
    assert "10.9.8.7" in office.as_admin.get(address).content.decode()
