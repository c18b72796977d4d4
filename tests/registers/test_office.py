"""The office: official numbers, answers in time, grades and days of clearances, what is published or updated."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings

from gegma.accounts.models import SYSTEM, SYSTEM_WRITER, User
from gegma.audit.models import Change
from gegma.engine import deadlines, registry, write
from gegma.registers.office.models import Letter
from tests.factories import make

pytestmark = pytest.mark.django_db
TODAY = override_settings(TODAY="2017-12-11")


def refused(key: str, **values) -> dict[str, list[str]]:
    """What is wrong with such a record, by field."""
    with pytest.raises(ValidationError) as error:
        make(key, **values)
    return error.value.message_dict


def word(key: str, record, name: str) -> str:
    """The derived word of a record."""
    spec = registry.get(key)
    return getattr(spec.annotated(spec.visible(SYSTEM), [name]).get(pk=record.pk), name)


# -- letters -----------------------------------------------------------------------------------------------------------


def test_an_official_number_is_given_once_a_year_and_direction():
    letter = make("letters", number="MIA 5 17 0001", registered_on=dt.date(2017, 3, 1))
    make("letters", number="MIA 5 17 0001", registered_on=dt.date(2018, 3, 1))
    make("letters", number="MIA 5 17 0001", registered_on=dt.date(2017, 3, 1), direction="out")
    message = refused("letters", number="MIA 5 17 0001", registered_on=dt.date(2017, 12, 31))
    assert list(message) == ["number"] and "2017" in message["number"][0] and "MIA 5 17 0001" in message["number"][0]
    assert str(letter) not in message["number"][0]
    letter.registered_on = dt.date(2018, 5, 5)
    with pytest.raises(ValidationError):
        write.save(registry.get("letters"), SYSTEM_WRITER, letter, version=letter.version)


def test_the_form_says_at_the_number_that_it_is_taken(as_officer):
    make("letters", number="17", registered_on=dt.date(2017, 3, 1))
    data = {"direction": "in", "number": "17", "registered_on": "05.06.2017", "title_ka": "მეორე"}
    answer = as_officer.post("/r/letters/quick/", data)
    assert answer.status_code == 200 and "17" in answer.context["form"].errors["number"][0]
    assert Letter.objects.count() == 1


def test_many_letters_at_once_are_numbered_once_as_well():
    rows = [Letter(number="1", registered_on=dt.date(2017, 1, n), title_ka="ა") for n in (2, 3)]
    with pytest.raises(Exception, match="letter_number_once_a_year|UNIQUE"):
        write.create_many(registry.get("letters"), SYSTEM_WRITER, rows)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, "none"),
        ({"answer_required": True}, "waiting"),
        ({"answer_required": True, "due_on": dt.date(2017, 12, 11)}, "waiting"),
        ({"answer_required": True, "due_on": dt.date(2017, 12, 10)}, "late"),
        ({"answer_required": True, "due_on": dt.date(2017, 12, 1), "answered_on": dt.date(2017, 12, 1)}, "in-time"),
        ({"answer_required": True, "due_on": dt.date(2017, 12, 1), "answered_on": dt.date(2017, 12, 2)}, "answered-late"),
        ({"answer_required": True, "answered_on": dt.date(2017, 12, 2)}, "in-time"),
    ],
)
@TODAY
def test_how_it_stands_with_an_answer_follows_from_the_days(values, state):
    letter = make("letters", registered_on=dt.date(2017, 11, 1), **values)
    assert word("letters", letter, "answer_state") == state
    spec = registry.get("letters")
    assert spec.rows(SYSTEM, {"answer_state": state}).get() == letter
    waits = [d for d in deadlines.between(SYSTEM, dt.date(2017, 1, 1), dt.date(2018, 1, 1)) if d.register == "letters"]
    assert len(waits) == (state in {"waiting", "late"} and "due_on" in values)


def test_internal_and_external_correspondence():
    inside, outside = make("letters", unit=make("units")), make("letters", counterpart="მოქალაქე")
    assert (word("letters", inside, "correspondence"), word("letters", outside, "correspondence")) == ("internal", "external")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"due_on": dt.date(2017, 5, 5)}, "answer_required"),
        ({"answer_required": True, "due_on": dt.date(2017, 2, 28)}, "due_on"),
        ({"answered_on": dt.date(2017, 2, 28)}, "answered_on"),
    ],
)
def test_days_that_contradict_one_another_are_refused(values, field):
    assert list(refused("letters", registered_on=dt.date(2017, 3, 1), **values)) == [field]
    assert list(refused("letters", unit=make("units"), organisation=make("organisations"))) == ["unit"]


@TODAY
def test_one_click_marks_a_letter_as_answered_and_one_takes_it_back(as_officer):
    letter = make("letters", registered_on=dt.date(2017, 12, 1), answer_required=True, due_on=dt.date(2017, 12, 20))
    page = as_officer.get(f"/r/letters/{letter.pk}/").content.decode()
    assert f"/r/office/{letter.pk}/answered/" in page and 'value="11.12.2017"' in page
    assert as_officer.post(f"/r/office/{letter.pk}/answered/", {"answered_on": "11.12.2017", "version": "1"}).status_code == 302
    letter.refresh_from_db()
    assert letter.answered_on == dt.date(2017, 12, 11) and word("letters", letter, "answer_state") == "in-time"
    again = as_officer.post(f"/r/office/{letter.pk}/answered/", {"answered_on": "11.12.2017", "version": "2"})
    assert again.status_code == 409
    as_officer.post(f"/r/changes/{Change.objects.latest('pk').pk}/undo/", {"step": "1"})
    letter.refresh_from_db()
    assert letter.answered_on is None


@TODAY
def test_an_answer_with_its_number_is_registered_and_linked_in_the_same_step(as_officer):
    donor = make("organisations")
    letter = make("letters", registered_on=dt.date(2017, 12, 1), answer_required=True, organisation=donor)
    url = f"/r/office/{letter.pk}/answered/"
    answer = as_officer.post(url, {"answered_on": "05.12.2017", "number": "OUT-9", "version": "1"})
    letter.refresh_from_db()
    assert answer.status_code == 302
    assert (letter.answer.direction, letter.answer.number, letter.answer.organisation, letter.answer.registered_on) == (
        "out", "OUT-9", donor, letter.answered_on,
    )  # fmt: skip
    other = make("letters", registered_on=dt.date(2017, 12, 2), answer_required=True)
    as_officer.post(f"/r/office/{other.pk}/answered/", {"answered_on": "06.12.2017", "number": "OUT-9", "version": "1"})
    other.refresh_from_db()
    assert other.answer == letter.answer and Letter.objects.count() == 3
    as_officer.post(f"/r/changes/{Change.objects.filter(record_id=letter.pk).latest('pk').pk}/undo/", {"step": "1"})
    assert Letter.objects.count() == 3  # another letter points to the answer: nothing is undone by halves
    letter.refresh_from_db()
    assert letter.answer == other.answer


@TODAY
def test_an_answer_that_cannot_be_writes_nothing(as_officer, as_viewer):
    letter = make("letters", registered_on=dt.date(2017, 12, 1), answer_required=True)
    url = f"/r/office/{letter.pk}/answered/"
    for data in (
        {"answered_on": "30.11.2017", "version": "1"}, {"answered_on": "31.02.2017", "version": "1"}, {"answered_on": "", "version": "1"},
        {"answered_on": "05.12.2017", "number": "x" * 61, "version": "1"}, {"answered_on": "05.12.2017"},
        {"answered_on": "30.11.2017", "number": "OUT-1", "version": "1"}, {"answered_on": "05.12.2017", "version": "7"},
    ):  # fmt: skip
        answer = as_officer.post(url, data)
        assert answer.status_code == 200 and 'class="error-summary"' in answer.content.decode(), data
    assert as_viewer.post(url, {"answered_on": "05.12.2017", "version": "1"}).status_code == 403
    assert as_officer.get("/r/office/999999/answered/").status_code == 404
    letter.refresh_from_db()
    assert letter.answered_on is None and Letter.objects.count() == 1


# -- inventory ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("needed", "provided", "state"), [(3, 0, "missing"), (3, 2, "partly"), (3, 3, "provided"), (3, 5, "provided")])
def test_supply_follows_from_the_quantities(needed, provided, state):
    given = dt.date(2017, 5, 5) if provided else None
    item = make("inventory", quantity_needed=needed, quantity_provided=provided, provided_on=given, needed_on=dt.date(2017, 5, 1))
    assert word("inventory", item, "supply") == state
    asked = [d for d in deadlines.between(SYSTEM, item.needed_on, item.needed_on) if d.register == "inventory"]
    assert len(asked) == (provided < needed)


def test_inventory_says_how_many_and_when():
    assert list(refused("inventory", quantity_needed=0)) == ["quantity_needed"]
    assert list(refused("inventory", quantity_needed=2, quantity_provided=1)) == ["provided_on"]


# -- posts and clearances ----------------------------------------------------------------------------------------------

GRADES = ("restricted", "secret", "top-secret", "special")


@pytest.mark.parametrize("needed", GRADES)
@pytest.mark.parametrize("held", GRADES)
def test_a_clearance_opens_its_own_grade_and_those_below(needed, held):
    person = make("people")
    post = make("posts", grade=needed, holder=person, since=dt.date(2016, 1, 1))
    make("clearances", person=person, grade=held, since=dt.date(2016, 1, 1))
    found = registry.get("posts").rows(SYSTEM, {"cleared__on": "2017-12-31"})
    assert (post in found) == (GRADES.index(held) >= GRADES.index(needed))


@pytest.mark.parametrize(
    ("since", "until", "state", "of_post"),
    [
        ((2017, 12, 12), None, "ahead", "missing"),
        ((2017, 12, 11), None, "valid", "valid"),
        ((2014, 1, 1), (2017, 12, 10), "expired", "missing"),
        ((2014, 1, 1), (2017, 12, 11), "expiring", "expiring"),
        ((2014, 1, 1), (2018, 3, 11), "expiring", "valid"),
        ((2014, 1, 1), (2018, 3, 12), "valid", "valid"),
    ],
)
@TODAY
def test_validity_follows_from_the_days_and_today(since, until, state, of_post):
    person = make("people")
    clearance = make("clearances", person=person, since=dt.date(*since), until=dt.date(*until) if until else None)
    post = make("posts", holder=person, since=dt.date(2016, 1, 1))
    assert word("clearances", clearance, "validity") == state
    assert word("posts", post, "clearance") == of_post


@TODAY
def test_a_post_that_nobody_holds_today_lacks_no_clearance():
    gone = make("posts", holder=make("people"), since=dt.date(2016, 1, 1), until=dt.date(2017, 12, 10))
    assert word("posts", gone, "clearance") == word("posts", make("posts"), "clearance") == "vacant"


def test_a_clearance_waits_for_renewal_as_long_as_its_holder_stays_and_nothing_follows():
    person, end = make("people"), dt.date(2018, 2, 1)
    clearance = make("clearances", person=person, since=dt.date(2014, 1, 1), until=end)

    def waiting() -> list[int]:
        return [d.record_id for d in deadlines.between(SYSTEM, end, end) if d.register == "clearances"]

    assert waiting() == []
    make("posts", holder=person, since=dt.date(2014, 1, 1), until=dt.date(2018, 1, 31))
    assert waiting() == []
    make("posts", holder=person, since=dt.date(2014, 1, 1))
    assert waiting() == [clearance.pk]
    make("clearances", person=person, since=dt.date(2018, 1, 15), until=dt.date(2023, 1, 1))
    assert waiting() == []


@pytest.mark.parametrize("key", ["posts", "clearances"])
def test_new_posts_and_clearances_are_offered_as_restricted_and_belong_to_a_unit(key, client):
    unit = make("units")
    client.force_login(User.objects.create_user("o@example.ge", name="ნინო", role="officer", unit=unit, reads=["clearances"]))
    form = client.get(f"/r/{key}/new/").context["form"]
    assert (form["confidentiality"].value(), form["owner_unit"].value()) == ("restricted", unit.pk)
    assert "owner_unit" in refused(key, confidentiality="restricted")


def test_a_clearance_keeps_grade_and_days_and_nothing_else():
    names = {f.name for f in registry.get("clearances").model._meta.get_fields()}
    assert names == {
        "id", "version", "created_at", "updated_at", "person", "grade", "since", "until", "owner_unit", "confidentiality", "readers",
    }  # fmt: skip


def test_days_of_posts_and_clearances():
    late, early = dt.date(2017, 5, 5), dt.date(2017, 5, 4)
    assert list(refused("clearances", since=late, until=early)) == ["until"]
    assert set(refused("posts", since=late, until=early)) == {"until", "holder"}


# -- web publications --------------------------------------------------------------------------------------------------


def test_what_was_published_or_updated_in_a_range_is_listed_once():
    spec = registry.get("web-publications")
    old = make("web-publications", state="published", published_on=dt.date(2016, 1, 1))
    new = make("web-publications", state="published", published_on=dt.date(2017, 2, 2))
    make("web-publications", state="published", published_on=dt.date(2016, 1, 1))
    for day in (3, 4):
        make("web-updates", publication=old, on=dt.date(2017, 2, day))
    make("web-updates", publication=new, on=dt.date(2018, 2, 2))
    found = spec.rows(SYSTEM, {"published_or_updated__from": "2017-01-01", "published_or_updated__to": "2017-12-31"})
    assert sorted(row.pk for row in found) == [old.pk, new.pk]
    shown = spec.annotated(spec.visible(SYSTEM), ["updated_on"]).get(pk=old.pk)
    assert shown.updated_on == dt.date(2017, 2, 4)
