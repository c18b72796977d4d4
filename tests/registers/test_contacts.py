"""Contacts: what verifies them, what can be reached on a day, which was the first of its country; memberships and what falls due."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from gegma.accounts.models import SYSTEM, SYSTEM_WRITER
from gegma.engine import deadlines, registry, write
from gegma.kernel import dates
from gegma.registers.contacts import domain, queries
from gegma.registers.contacts.models import Contact
from tests.factories import form_data, make, minimal

TODAY = dt.date(2017, 12, 11)


@pytest.fixture(autouse=True)
def today(db, settings):
    """The tests' day."""
    settings.TODAY = f"{TODAY}"


@pytest.fixture
def country():
    """A partner."""
    return make("countries", code="DE", title_ka="გერმანია", title_en="Germany")


def contact(**given) -> Contact:
    return make("contacts", **given)


def verified(day: dt.date, **given) -> Contact:
    """A contact that was verified on a day, as an import would leave it."""
    made = contact(**given)
    make("contact-verifications", contact=made, on=day)
    return made


def status(record, day: dt.date = TODAY) -> str:
    return Contact.objects.annotate(then=queries.status_on(day)).get(pk=record.pk).then


def listed(**params) -> set[int]:
    return set(registry.get("contacts").rows(SYSTEM, params).values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("last", "given", "wanted"),
    [
        (dt.date(2016, 12, 11), {}, "reachable"),
        (dt.date(2016, 12, 10), {}, "to-verify"),
        (TODAY, {"valid_to": TODAY}, "reachable"),
        (TODAY, {"valid_to": dt.date(2017, 12, 10)}, "ended"),
        (TODAY, {"valid_from": dt.date(2017, 12, 12)}, "not-begun"),
        (TODAY, {"valid_from": TODAY}, "reachable"),
    ],
)
def test_the_state_follows_from_the_days(last, given, wanted):
    record = verified(last, **given)
    assert status(record) == wanted
    assert listed(status=wanted) == {record.pk} and listed(status__not=wanted) == set()


def test_a_contact_that_nobody_ever_verified_is_to_be_verified():
    assert status(contact()) == "to-verify"


def test_a_later_verification_does_not_change_what_was_so_on_an_earlier_day(users):
    record = verified(dt.date(2017, 3, 1))
    before = listed(verified__from="2016-12-31", verified__to="2017-12-31")
    domain.verify(users.officer, record)
    assert before == listed(verified__from="2016-12-31", verified__to="2017-12-31") == {record.pk}
    assert status(record, dt.date(2017, 3, 1)) == "reachable" and status(record, dt.date(2017, 2, 28)) == "to-verify"


def test_verifying_is_one_step_and_puts_the_next_one_a_year_off(users):
    record = domain.verify(users.officer, contact(verify_by=dt.date(2017, 1, 1)), how="telephone")
    record.refresh_from_db()
    assert record.verify_by == dt.date(2018, 12, 11)
    assert [(v.on, v.how) for v in record.verifications.all()] == [(TODAY, "telephone")]


def test_a_day_that_somebody_put_further_off_stays(users):
    record = domain.verify(users.officer, contact(verify_by=dt.date(2020, 1, 1)))
    assert record.verify_by == dt.date(2020, 1, 1)


@pytest.mark.parametrize("given", [{"valid_to": dt.date(2017, 12, 10)}, {"valid_from": dt.date(2017, 12, 12)}])
def test_what_is_not_in_force_is_not_verified(users, given):
    record = contact(**given)
    with pytest.raises(ValidationError):
        domain.verify(users.officer, record)
    assert not record.verifications.exists()


def test_it_is_verified_once_a_day_and_by_those_who_may_write(users):
    record = domain.verify(users.officer, contact())
    with pytest.raises(ValidationError):
        domain.verify(users.officer, record)
    with pytest.raises(PermissionDenied):
        domain.verify(users.viewer, contact())


def test_nobody_verified_on_a_day_to_come():
    with pytest.raises(ValidationError):
        make("contact-verifications", contact=contact(), on=TODAY + dt.timedelta(days=1))


def test_one_click_on_the_record_and_one_more_undoes_it(as_officer, as_viewer):
    record = contact(title_ka="სამორიგეო")
    url = reverse("contact_verify", args=[record.pk])
    assert url in as_officer.get(f"/r/contacts/{record.pk}/").content.decode()
    assert url not in as_viewer.get(f"/r/contacts/{record.pk}/").content.decode()
    assert as_viewer.post(url).status_code == 403 and as_officer.get(url).status_code == 405
    page = as_officer.post(url, follow=True).content.decode()
    assert status(record) == "reachable" and "11.12.2018" in page
    undo = page.partition("/undo/")[0].rpartition("/r/changes/")[2]
    as_officer.post(reverse("change_revert", args=[undo]), {"step": "1"})
    record.refresh_from_db()
    assert status(record) == "to-verify" and record.verify_by != dt.date(2018, 12, 11)


def test_the_list_of_those_to_be_verified_leads_back_to_itself(as_officer, as_viewer):
    late, soon, later = (contact(verify_by=TODAY + dt.timedelta(days=n)) for n in (-5, 30, 31))
    contact(verify_by=dt.date(2017, 1, 1), valid_to=dt.date(2016, 12, 31))
    url = reverse("contacts_to_verify")
    shown = as_officer.get(url).context["page"].object_list
    assert [row.pk for row in shown] == [late.pk, soon.pk] and later.pk not in {row.pk for row in shown}
    answer = as_officer.post(reverse("contact_verify", args=[late.pk]), {"how": "letter", "next": url})
    assert answer.headers["Location"] == url
    assert [row.pk for row in as_officer.get(url).context["page"].object_list] == [soon.pk]
    assert "/verify/\">" not in as_viewer.get(url).content.decode().partition("<main")[2]
    outside = as_officer.post(reverse("contact_verify", args=[soon.pk]), {"next": "https://example.org/"})
    assert outside.headers["Location"] == f"/r/contacts/{soon.pk}/"


def test_a_verification_entered_in_the_form_moves_the_next_one(users, as_officer):
    spec, record = registry.get("contacts"), contact(verify_by=dt.date(2017, 1, 1))
    data = form_data(spec, users.officer, record)
    data |= {"contact-verifications-0-on": "01.12.2017", "contact-verifications-0-how": "meeting"}
    assert as_officer.post(f"/r/contacts/{record.pk}/edit/", data).status_code == 302
    record.refresh_from_db()
    assert record.verify_by == dt.date(2018, 12, 1) and record.verifications.count() == 1


def test_what_is_due_ends_with_the_contact(users):
    spec = registry.get("contacts")
    going, ended = contact(verify_by=TODAY), contact(verify_by=TODAY, valid_to=TODAY - dt.timedelta(days=1))
    told = {d.record_id for d in deadlines.between(users.officer, TODAY, TODAY) if d.register == spec.key}
    assert going.pk in told and ended.pk not in told


# -- countries ---------------------------------------------------------------------------------------------------------


def test_the_first_contact_of_a_country_follows_from_the_records(country):
    second = contact(country=country, entered_on=dt.date(2017, 5, 2))
    assert listed(first_of_country="1") == {second.pk}
    first = contact(country=country, entered_on=dt.date(2017, 5, 1))
    same_day = contact(country=country, entered_on=dt.date(2017, 5, 1))
    nowhere = contact(entered_on=dt.date(2001, 1, 1))
    assert listed(first_of_country="1") == {first.pk}
    assert listed(first_of_country="0") == {second.pk, same_day.pk, nowhere.pk}


def test_a_body_of_one_country_names_it(country):
    embassy, network = make("organisations", kind="mission"), make("organisations", kind="regional")
    with pytest.raises(ValidationError) as refused:
        contact(authority=embassy)
    assert "country" in refused.value.message_dict
    assert contact(authority=embassy, country=country).pk and contact(authority=network).pk


def test_days_that_run_backwards_are_refused():
    with pytest.raises(ValidationError):
        contact(valid_from=TODAY, valid_to=TODAY - dt.timedelta(days=1))


def test_which_countries_are_reached_on_a_day_and_why_the_others_are_not(users, as_officer):
    names = ("a", "b", "c", "d", "e")
    found = {name: make("countries", code=f"{name}1".upper(), title_ka=name, title_en=name) for name in names}
    verified(dt.date(2017, 2, 1), country=found["a"], entered_on=dt.date(2015, 1, 1))
    contact(country=found["a"], entered_on=dt.date(2015, 1, 1))
    verified(dt.date(2016, 1, 1), country=found["b"], entered_on=dt.date(2015, 1, 1))
    verified(dt.date(2017, 2, 1), country=found["c"], entered_on=dt.date(2015, 1, 1), valid_to=dt.date(2017, 6, 30))
    contact(country=found["d"], entered_on=TODAY)
    make("agreements", m2m={"countries": [found["e"]]})

    def told(day):
        return {row.country.title_ka: (row.reached, row.why) for row in domain.reach(users.officer, day)}

    assert told(TODAY) == {
        "a": (True, ""), "b": (False, "to-verify"), "c": (False, "ended"), "d": (False, "to-verify"), "e": (False, ""),
    }  # fmt: skip
    assert told(dt.date(2017, 6, 30)) == {"a": (True, ""), "b": (False, "to-verify"), "c": (True, ""), "e": (False, "")}
    page = as_officer.get(reverse("contacts_reachable"), {"on": "30.06.2017"})
    assert [row.country.title_ka for row in page.context["reached"]] == ["a", "c"]
    for bad in ("soon", "05/03", "32.01.2017"):
        assert as_officer.get(reverse("contacts_reachable"), {"on": bad}).status_code == 400, bad


def test_a_restricted_contact_reaches_nothing_for_others(users, country):
    theirs = make("units")
    verified(TODAY, country=country, confidentiality="restricted", owner_unit=theirs)
    assert domain.reach(users.officer, TODAY) == []


# -- attachés ----------------------------------------------------------------------------------------------------------


def test_whoever_is_an_attache_by_a_contact_can_be_named_as_one(users):
    person, other = make("people"), make("people")
    record = contact(role="attache", person=person, valid_from=TODAY)
    contact(role="liaison", person=other)
    person.refresh_from_db()
    other.refresh_from_db()
    assert person.attache and not other.attache
    record.role = "contact-point"
    write.save(registry.get("contacts"), users.officer, record, version=record.version)
    person.refresh_from_db()
    assert person.attache  # what he supported as one stays with him


def test_many_at_once_mark_their_attaches_too():
    person = make("people")
    write.create_many(registry.get("contacts"), SYSTEM_WRITER, [minimal(registry.get("contacts"), role="attache", person=person)])
    person.refresh_from_db()
    assert person.attache


# -- memberships -------------------------------------------------------------------------------------------------------


def test_the_state_of_a_membership_and_its_span(users):
    spec = registry.get("memberships")
    going = make("memberships", starts_on=dt.date(2010, 1, 1))
    ended = make("memberships", starts_on=dt.date(2010, 1, 1), ends_on=dt.date(2017, 12, 10))
    ahead = make("memberships", starts_on=dt.date(2018, 1, 1))
    unknown = make("memberships")
    told = {row.pk: row.status for row in spec.annotated(spec.visible(users.viewer), ["status"])}
    assert told == {going.pk: "in-force", ended.pk: "ended", ahead.pk: "not-begun", unknown.pk: "not-begun"}
    assert {r.pk for r in spec.rows(users.viewer, {"member__on": "2017-12-10"})} == {going.pk, ended.pk}
    with pytest.raises(ValidationError):
        make("memberships", contribution=5)


def test_the_contribution_is_due_while_the_membership_lasts(users):
    going = make("memberships", fee_due_on=TODAY)
    make("memberships", fee_due_on=TODAY, starts_on=dt.date(2010, 1, 1), ends_on=dt.date(2017, 6, 1))
    told = [d.record_id for d in deadlines.between(users.officer, TODAY, TODAY) if d.register == "memberships"]
    assert told == [going.pk]


def test_today_is_the_day_of_the_tests():
    assert dates.today() == TODAY
