"""Disclosures, incidents with their clock, requests of people: what follows by itself, what is refused, what other pages offer."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from gegma.accounts.models import SYSTEM_WRITER
from gegma.engine import deadlines, registry, write
from gegma.engine.formfields import MomentField
from gegma.kernel import dates
from gegma.registers.protection import queries
from gegma.registers.protection.models import Disclosure, Incident, PersonRequest
from tests.factories import form_data, make

NOW = timezone.make_aware(dt.datetime(2026, 3, 9, 14, 30))


@pytest.fixture
def at(monkeypatch):
    """`at(hours)`: so many hours after NOW."""

    def move(hours: float = 0) -> None:
        moment = NOW + dt.timedelta(hours=hours)
        monkeypatch.setattr(dates, "now", lambda: moment)
        monkeypatch.setattr(dates, "today", lambda: timezone.localdate(moment))

    move()
    return move


# -- incidents ---------------------------------------------------------------------------------------------------------


def derived(incident) -> str:
    """The state of the clock as lists and filters have it."""
    return Incident.objects.annotate(clock=queries.clock()).get(pk=incident.pk).clock


def test_the_clock_runs_for_72_hours_to_the_minute(db, at):
    incident = make("incidents", discovered_at=NOW)
    assert incident.notify_by == NOW + dt.timedelta(hours=72) and incident.notify_on == dt.date(2026, 3, 12)
    for hours, state, left in ((0, "running", (72, 0)), (71.5, "running", (0, 30)), (72, "running", (0, 0)), (73.25, "over", (1, 15))):
        at(hours)
        clock = queries.clock_of(incident)
        assert (clock.state, (clock.hours, clock.minutes)) == (state, left) and derived(incident) == state, hours


@pytest.mark.parametrize(("after", "state"), [(72, "in-time"), (72.1, "late")])
def test_notified_in_time_or_late(db, at, after, state):
    incident = make("incidents", discovered_at=NOW)
    at(100)
    incident.notified_at = NOW + dt.timedelta(hours=after)
    write.move(registry.get("incidents"), SYSTEM_WRITER, incident, "notify", version=incident.version)
    incident.refresh_from_db()
    assert queries.clock_of(incident).state == derived(incident) == state and incident.state == "notified"


def test_the_deadline_stands_in_the_calendar_until_the_authority_is_notified(db, at, users):
    incident = make("incidents", discovered_at=NOW)

    def told() -> list:
        day = incident.notify_on
        return [d for d in deadlines.between(users.officer, day, day) if d.register == "incidents"]

    assert len(told()) == 1
    incident.notified_at = NOW
    write.move(registry.get("incidents"), SYSTEM_WRITER, incident, "notify", version=incident.version)
    assert told() == []


def test_a_move_by_the_form_keeps_the_hour_and_is_undone(as_officer, users, at):
    incident = make("incidents", discovered_at=NOW)
    at(5)
    url = reverse("record_move", args=["incidents", incident.pk, "notify"])
    assert as_officer.post(url, {"version": incident.version, "notified_at": "09.03.2026 25:00"}).status_code == 200
    assert as_officer.post(url, {"version": incident.version, "notified_at": "10.03.2026 14:30"}).status_code == 200, "that hour is still to come"
    assert as_officer.post(url, {"version": incident.version, "notified_at": "09.03.2026 14:00"}).status_code == 200, "before it was discovered"
    assert as_officer.post(url, {"version": incident.version, "notified_at": "9.3.2026 15:45", "reference": "№ 7"}).status_code == 302
    incident.refresh_from_db()
    assert timezone.localtime(incident.notified_at).hour == 15 and queries.clock_of(incident).hours == 1
    page = as_officer.get(f"/r/incidents/{incident.pk}/history/").content.decode()
    assert "09.03.2026 15:45" in page


def test_the_page_shows_the_clock_and_names_the_authority(as_officer, users, at, settings):
    settings.PROTECTION_AUTHORITY = {"ka": "საზედამხედველო უწყება", "en": "Supervisory Body"}
    incident = make("incidents", discovered_at=NOW)
    at(10)
    page = as_officer.get(f"/r/incidents/{incident.pk}/?lang=en").content.decode()
    assert 'id="clock"' in page and "62 h 0 min" in page and "Supervisory Body" in page
    with translation.override("ka"):
        assert queries.authority() == "საზედამხედველო უწყება"
    settings.PROTECTION_AUTHORITY = {"ka": "", "en": ""}
    with translation.override("en"):
        assert queries.authority() == "data protection authority"


def test_what_is_saved_anew_without_a_change_is_no_change(as_officer, users, at):
    incident = make("incidents", discovered_at=NOW + dt.timedelta(seconds=17))
    spec = registry.get("incidents")
    assert as_officer.post(f"/r/incidents/{incident.pk}/edit/", form_data(spec, users.officer, incident)).status_code == 302
    assert Incident.objects.get(pk=incident.pk).version == 1


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("9.3.2026 14:30", NOW), ("2026-03-09 14:30", NOW), ("09.03.26, 14.30", NOW), ("2026-03-09T10:30:00+00:00", NOW), ("9.3.2026", NOW.replace(hour=0, minute=0))],
)
def test_a_moment_is_typed_as_people_write_it(typed, wanted):
    assert MomentField().clean(typed) == wanted


@pytest.mark.parametrize("typed", ["gestern", "9.3.2026 24:00", "9.3.2026 14:60", "3/4/2026 10:00", "31.02.2026 10:00", "9.3.2026 14:30 x", "0.0.0 1:00"])
def test_what_is_no_moment_is_refused(typed):
    with pytest.raises(ValidationError):
        MomentField().clean(typed)


# -- disclosures -------------------------------------------------------------------------------------------------------


def test_from_a_request_one_click_fills_the_disclosure_in(as_officer, users):
    country = make("countries", code="D9", title_ka="ქვეყანა")
    body = make("organisations", country=country)
    asked = make("requests", country=country, organisation=body, direction="outgoing", title_ka="პირის დადგენა")
    page = as_officer.get(f"/r/requests/{asked.pk}/").content.decode()
    url = f"/r/disclosures/new/?request={asked.pk}"
    assert url in page
    form = as_officer.get(url).context["form"]
    shown = {name: str(form[name].value()) for name in ("request", "recipient", "country", "to")}
    assert shown == {"request": str(asked.pk), "recipient": str(body.pk), "country": str(country.pk), "to": "abroad"}
    data = form_data(registry.get("disclosures"), users.officer, Disclosure(), title_ka=form["title_ka"].value(), request=str(asked.pk), basis="law", category="identity", to="abroad")
    assert as_officer.post(url, data).status_code == 302
    made = Disclosure.objects.get()
    assert (made.recipient, made.country, made.request) == (body, country, asked) and "პირის დადგენა" in made.title_ka


def test_from_a_document_with_its_latest_delivery(as_officer, users):
    body = make("organisations", country=make("countries", code="D8"))
    document = make("documents", title_ka="სია")
    make("deliveries", document=document, recipient=body, delivered_on=dt.date(2017, 1, 9))
    last = make("deliveries", document=document, recipient=body, delivered_on=dt.date(2017, 3, 9))
    page = as_officer.get(f"/r/documents/{document.pk}/").content.decode()
    assert f"/r/disclosures/new/?document={document.pk}&amp;delivery={last.pk}" in page
    form = as_officer.get(f"/r/disclosures/new/?document={document.pk}&delivery={last.pk}").context["form"]
    assert form["recipient"].value() == body.pk and "სია" in form["title_ka"].value()


def test_a_viewer_is_offered_nothing(as_viewer, users):
    document = make("documents")
    assert "/r/disclosures/new/" not in as_viewer.get(f"/r/documents/{document.pk}/").content.decode()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"to": "abroad"}, "recipient"), ({"to": "home"}, "recipient"), ({"basis": "agreement"}, "agreement"),
        ({"disclosed_on": dt.date(2999, 1, 1)}, "disclosed_on"),
    ],
)  # fmt: skip
def test_what_is_refused(db, given, field):
    with pytest.raises(ValidationError) as refused:
        make("disclosures", **given)
    assert field in refused.value.message_dict


def test_our_own_country_is_not_abroad(db, settings):
    with pytest.raises(ValidationError):
        make("disclosures", to="abroad", country=make("countries", code=settings.COUNTRY))


def test_a_restricted_request_is_not_told_by_its_disclosure(as_officer, users):
    secret = make("requests", confidentiality="restricted", owner_unit=make("units"), title_ka="საიდუმლოკანარი")
    form = as_officer.get(f"/r/disclosures/new/?request={secret.pk}")
    assert "საიდუმლოკანარი" not in form.content.decode()


# -- requests of people ------------------------------------------------------------------------------------------------


def test_the_answer_is_due_after_the_days_of_the_settings(as_officer, users, settings):
    settings.PERSON_REQUEST_DAYS = 12
    spec = registry.get("person-requests")
    empty = form_data(spec, users.officer, PersonRequest(kind="access"), applicant="ვინმე", title_ka="გაცნობა", received_on="09.03.2026")
    assert as_officer.post("/r/person-requests/new/", empty).status_code == 302
    made = PersonRequest.objects.get()
    assert (made.due_on, made.first_due_on) == (dt.date(2026, 3, 21), dt.date(2026, 3, 21))
    made.state, made.answered_on = "answered", dt.date(2026, 3, 8)
    with pytest.raises(ValidationError):
        write.save(spec, users.officer, made, version=made.version)


# -- pages -------------------------------------------------------------------------------------------------------------


def test_the_pages_stand_in_the_menu_of_those_for_whom_they_are(as_viewer, as_admin, users):
    users.viewer.reads = []
    users.viewer.save()
    seen, all_of_them = as_viewer.get("/").content.decode(), as_admin.get("/").content.decode()
    for name, for_all in (("personal_data", True), ("personal_find", False), ("retention", False)):
        link = f'href="{reverse(name)}"'
        assert link in all_of_them and (link in seen) == for_all, name


def test_a_record_is_put_on_hold_from_its_page(as_admin, users):
    person = make("people")
    contact = make("contacts", person=person)
    assert f"/r/holds/new/?person={person.pk}" in as_admin.get(f"/r/people/{person.pk}/").content.decode()
    assert f"/r/holds/new/?register=contacts&amp;number={contact.pk}" in as_admin.get(f"/r/contacts/{contact.pk}/").content.decode()
    form = as_admin.get(f"/r/holds/new/?register=contacts&number={contact.pk}").context["form"]
    assert (form["register"].value(), form["number"].value()) == ("contacts", str(contact.pk))
    make("holds", person=None, register="contacts", number=contact.pk, reason="სასამართლო საქმე")
    assert "სასამართლო საქმე" in as_admin.get(f"/r/contacts/{contact.pk}/").content.decode()
