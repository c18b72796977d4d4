"""The rules of requests: what is proposed, what is refused, the numbers, the life, what needs attention."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, Value, When
from django.test import Client
from django.urls import reverse
from django.utils import translation

from gegma.accounts.models import SYSTEM_WRITER, User
from gegma.engine import deadlines, registry, write
from gegma.engine.filters import DerivedFilter
from gegma.registers.requests.models import Request
from tests.factories import make

DAY = dt.date(2017, 3, 9)
TODAY = dt.date(2017, 6, 1)


@pytest.fixture(autouse=True)
def first_of_june(settings):
    """Today is 1 June 2017, and messages are in the language of the source."""
    settings.TODAY = TODAY.isoformat()
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def world(db) -> SimpleNamespace:
    """Two countries, an agreement with the first, its authority, two units with an officer each."""
    first, second = make("countries", title_ka="პირველი", title_en="First"), make("countries", title_ka="მეორე", title_en="Second")
    ours, theirs = make("units", title_ka="ჩვენი"), make("units", title_ka="სხვა")
    agreement = make("agreements", m2m={"countries": [first]}, title_ka="შეთანხმება პირველთან", kind="intergovernmental")
    officer = User.objects.create_user("ours@example.ge", name="ნინო", role="officer", unit=ours)
    stranger = User.objects.create_user("theirs@example.ge", name="გია", role="officer", unit=theirs)
    return SimpleNamespace(
        first=first, second=second, agreement=agreement, ours=ours, theirs=theirs, officer=officer, stranger=stranger,
        authority=make("organisations", title_ka="პოლიცია", kind="foreign-authority", country=first), spec=registry.get("requests"),
    )  # fmt: skip


def client_of(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def enter(world, user=None, **given) -> Request:
    """Send the short form with little more than what it needs, as a browser without a script would."""
    data = {"direction": "outgoing", "country": world.first.pk, "title_ka": "გადამოწმება", "urgency": "normal", "registered_on": "09.03.2017"}
    answer = client_of(user or world.officer).post(reverse("record_quick", args=["requests"]), {**data, **given})
    assert answer.status_code == 302, (answer.context["form"].errors, answer.context["form"].non_field_errors())
    return Request.objects.latest("pk")


def refusal(world, user=None, **given) -> dict:
    """The errors of the short form."""
    data = {"direction": "outgoing", "country": world.first.pk, "title_ka": "გადამოწმება", "urgency": "normal", "registered_on": "09.03.2017"}
    answer = client_of(user or world.officer).post(reverse("record_quick", args=["requests"]), {**data, **given})
    assert answer.status_code == 200
    return {name: " ".join(errors) for name, errors in answer.context["form"].errors.items()}


def request_of(world, **given) -> Request:
    return make("requests", **{"country": world.first, "registered_on": DAY, **given})


# -- what is filled in -------------------------------------------------------------------------------------------------


def test_what_is_left_empty_follows_from_the_country(world):
    made = enter(world)
    assert (made.basis, made.agreement, made.organisation) == ("agreement", world.agreement, world.authority)
    assert (made.our_number, made.due_on, made.first_due_on) == ("1", dt.date(2017, 4, 8), dt.date(2017, 4, 8))
    assert (made.owner_unit, made.officer, made.state) == (world.ours, world.officer, "registered")


def test_a_country_without_an_agreement_is_asked_by_reciprocity(world):
    made = enter(world, country=world.second.pk)
    assert (made.basis, made.agreement, made.organisation) == ("reciprocity", None, None)


def test_what_is_typed_stays(world):
    made = enter(world, basis="other", due_on="20.03.2017", our_number="17-ა")
    assert (made.basis, made.agreement, made.due_on, made.our_number) == ("other", None, dt.date(2017, 3, 20), "17-ა")


def test_an_agreement_chosen_alone_gives_basis_authority_and_the_day_of_the_answer(world, monkeypatch):
    monkeypatch.setattr(type(world.agreement), "answer_days", 12, raising=False)
    if "answer_days" in {f.name for f in world.agreement._meta.get_fields()}:
        monkeypatch.undo()
        world.agreement.answer_days = 12
        write.save(registry.get("agreements"), SYSTEM_WRITER, world.agreement, version=world.agreement.version)
    made = enter(world, agreement=world.agreement.pk, urgency="urgent")
    assert (made.basis, made.organisation, made.due_on) == ("agreement", world.authority, dt.date(2017, 3, 21))


def test_without_a_term_in_the_agreement_the_urgency_decides(world, settings):
    settings.REQUEST_DAYS = {**settings.REQUEST_DAYS, "urgent": 9}
    assert enter(world, urgency="urgent").due_on == dt.date(2017, 3, 18)


def test_of_several_agreements_the_one_used_last_is_proposed(world):
    make("agreements", m2m={"countries": [world.first]}, title_ka="მეორე შეთანხმება")
    assert (enter(world).basis, enter(world).agreement) == ("", None)
    request_of(world, basis="agreement", agreement=world.agreement, registered_on=DAY + dt.timedelta(days=1))
    assert enter(world).agreement == world.agreement


def test_an_agreement_that_one_may_not_see_is_neither_proposed_nor_offered(world):
    hidden = make("agreements", m2m={"countries": [world.second]}, title_ka="დამალული", confidentiality="restricted", owner_unit=world.theirs)
    assert enter(world, country=world.second.pk).agreement is None
    request_of(world, country=world.second, basis="agreement", agreement=hidden)
    assert enter(world, country=world.second.pk).agreement is None
    page = client_of(world.officer).get(reverse("record_quick", args=["requests"]), {"country": world.second.pk})
    assert "დამალული" not in page.content.decode()
    assert enter(world, user=world.stranger, country=world.second.pk).agreement == hidden


def test_the_form_offers_only_agreements_with_the_country_and_multilateral_ones(world):
    other = make("agreements", m2m={"countries": [world.second]}, title_ka="სხვისი")
    many = make("agreements", title_ka="კონვენცია", multilateral=True)
    answer = client_of(world.officer).get(reverse("record_quick", args=["requests"]), {"country": world.first.pk})
    form = answer.context["form"]
    offered = {key for key, _words in form.fields["agreement"].choices if key}
    assert offered == {world.agreement.pk, many.pk} and other.pk not in offered
    assert (form["basis"].value(), form["agreement"].value(), form["our_number"].value()) == ("agreement", world.agreement.pk, "1")
    # the script asks for the form anew when the country changes, without the subject, and redraws what follows from it
    attrs = form.fields["country"].widget.attrs
    assert attrs["hx-get"] == reverse("record_quick", args=["requests"]) and "title" not in attrs["hx-include"]
    assert "#field-id_agreement" in attrs["hx-select-oob"] and 'id="field-id_agreement"' in answer.content.decode()


def test_an_incoming_request_is_received_the_day_it_is_registered_unless_said_otherwise(world):
    made = enter(world, direction="incoming")
    assert (made.received_on, made.passed_on, made.sent_on) == (DAY, DAY, None)


def test_the_forms_say_that_a_case_does_not_belong_here(world):
    for page in ("record_quick", "record_new"):
        assert "does not belong here" in client_of(world.officer).get(reverse(page, args=["requests"])).content.decode()


# -- numbers -----------------------------------------------------------------------------------------------------------


def test_the_next_number_runs_by_year_and_direction_over_all_records(world):
    request_of(world, our_number="41", confidentiality="restricted", owner_unit=world.theirs)
    request_of(world, our_number="7", direction="incoming")
    request_of(world, our_number="900", registered_on=dt.date(2016, 5, 5))
    request_of(world, our_number="500-ბ")
    assert enter(world).our_number == "42"
    assert enter(world, direction="incoming").our_number == "8"
    assert enter(world, registered_on="05.05.2016").our_number == "901"


def test_a_number_is_taken_once_in_its_year_and_direction_and_the_refusal_names_the_record(world):
    taken = request_of(world, our_number="17", their_number="AB 1", title_ka="პირველი ჩანაწერი")
    found = refusal(world, our_number=" 17 ")
    assert f"RQ-{taken.pk} «პირველი ჩანაწერი»" in found["our_number"]
    assert f"RQ-{taken.pk}" in refusal(world, their_number="AB 1", country=world.second.pk)["their_number"]
    assert enter(world, direction="incoming", our_number="17", their_number="AB 1").our_number == "17"
    assert enter(world, registered_on="09.03.2016", our_number="17", their_number="AB 1").year == 2016
    with pytest.raises(ValidationError, match="taken"):
        request_of(world, our_number="17")
    request_of(world, our_number="")
    request_of(world, our_number="")


def test_the_refusal_does_not_name_a_record_that_one_may_not_see(world):
    taken = request_of(world, our_number="17", title_ka="საიდუმლო", confidentiality="restricted", owner_unit=world.theirs)
    words = refusal(world, our_number="17")["our_number"]
    assert "not open to you" in words and "საიდუმლო" not in words and f"RQ-{taken.pk}" not in words


def test_saving_a_record_again_does_not_clash_with_itself(world):
    record = request_of(world, our_number="17")
    record.notes = "შენიშვნა"
    write.save(world.spec, world.officer, record, version=record.version)


# -- what does not fit together ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"checked_on": dt.date(2017, 3, 8)}, "checked_on"),
        ({"direction": "incoming", "received_on": dt.date(2017, 3, 10)}, "received_on"),
        ({"sent_on": dt.date(2017, 3, 12), "answered_on": dt.date(2017, 3, 11)}, "answered_on"),
        ({"due_on": dt.date(2017, 3, 8)}, "due_on"),
        ({"sent_on": dt.date(2017, 6, 2)}, "sent_on"),
        ({"direction": "incoming", "sent_on": DAY}, "sent_on"),
        ({"forwarded_on": DAY}, "forwarded_on"),
        ({"confirmed_on": DAY}, "confirmed_on"),
        ({"urgency": "verbal-urgent"}, "confirm_by"),
        ({"basis": "agreement"}, "agreement"),
        ({"state": "refused", "answered_on": DAY}, "refusal_ground"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(world, given, field):
    with pytest.raises(ValidationError) as caught:
        request_of(world, **given)
    assert list(caught.value.message_dict) == [field]


def test_days_on_the_border_fit(world):
    request_of(
        world, checked_on=DAY, sent_on=DAY, acknowledged_on=DAY, answered_on=DAY, due_on=DAY, state="answered", closed_on=None,
    )  # fmt: skip
    request_of(world, sent_on=TODAY)


def test_an_agreement_with_another_country_is_refused_a_multilateral_one_is_not(world):
    other = make("agreements", m2m={"countries": [world.second]}, title_ka="სხვისი")
    assert "not with the partner country" in refusal(world, basis="agreement", agreement=other.pk)["agreement"]
    many = make("agreements", m2m={"countries": [world.second]}, title_ka="კონვენცია", multilateral=True)
    assert enter(world, agreement=many.pk).agreement == many
    assert "clear one" in refusal(world, basis="reciprocity", agreement=world.agreement.pk)["agreement"]


# -- the life ------------------------------------------------------------------------------------------------------------


def move(world, record, name: str, **given) -> Request:
    for field, value in given.items():
        setattr(record, field, value)
    write.move(world.spec, world.officer, record, name, version=record.version)
    record.refresh_from_db()
    return record


def test_an_outgoing_request_goes_abroad_and_back(world):
    record = request_of(world, unit=world.ours)
    move(world, record, "check", checked_on=DAY)
    with pytest.raises(ValidationError, match="incoming requests only"):
        move(world, record, "forward", forwarded_on=DAY)
    record.refresh_from_db()
    move(world, record, "send", sent_on=DAY + dt.timedelta(days=1))
    assert record.passed_on == DAY + dt.timedelta(days=1)
    move(world, record, "answer-partly", answered_on=dt.date(2017, 4, 1))
    assert (record.state, record.outcome) == ("partly", "partly")
    move(world, record, "answer", answered_on=dt.date(2017, 4, 20))
    move(world, record, "close", closed_on=dt.date(2017, 4, 21))
    assert (record.state, record.outcome) == ("closed", "answered")
    move(world, record, "reopen", reopened_on=dt.date(2017, 5, 2))
    assert (record.state, record.outcome) == ("in-execution", "")


def test_an_incoming_request_goes_to_a_unit(world):
    record = request_of(world, direction="incoming", received_on=DAY)
    move(world, record, "check", checked_on=DAY)
    with pytest.raises(ValidationError, match="outgoing requests only"):
        move(world, record, "send")
    record.refresh_from_db()
    with pytest.raises(ValidationError) as caught:
        move(world, record, "forward", forwarded_on=DAY)
    assert list(caught.value.message_dict) == ["unit"]
    record.refresh_from_db()
    assert move(world, record, "forward", forwarded_on=DAY, unit=world.theirs).state == "forwarded"


def test_a_refusal_needs_its_ground_and_is_remembered_when_closed(world):
    record = request_of(world, sent_on=DAY, checked_on=DAY, state="sent")
    with pytest.raises(ValidationError) as caught:
        move(world, record, "refuse", answered_on=DAY)
    assert list(caught.value.message_dict) == ["refusal_ground"]
    record.refresh_from_db()
    move(world, record, "refuse", answered_on=DAY, refusal_ground="incomplete")
    move(world, record, "close", closed_on=DAY)
    assert (record.outcome, record.refusal_ground) == ("refused", "incomplete")


def test_what_was_never_passed_on_goes_back_to_the_beginning_and_not_into_execution(world):
    record = request_of(world, state="withdrawn", withdrawn_on=DAY)
    with pytest.raises(ValidationError, match="never passed on"):
        move(world, record, "reopen", reopened_on=DAY)
    record.refresh_from_db()
    assert move(world, record, "register-again", reopened_on=DAY).state == "registered"


def test_the_first_due_day_stays_when_the_answer_is_put_off(world):
    record = enter(world)
    record.due_on = dt.date(2017, 9, 1)
    write.save(world.spec, world.officer, record, version=record.version)
    record.refresh_from_db()
    assert (record.due_on, record.first_due_on) == (dt.date(2017, 9, 1), dt.date(2017, 4, 8))


def test_a_verbal_request_waits_for_its_written_confirmation(world, settings):
    settings.REQUEST_DAYS = {**settings.REQUEST_DAYS, "confirmation": 4}
    record = enter(world, urgency="verbal-urgent")
    assert record.confirm_by == dt.date(2017, 3, 13)

    def asked() -> list[str]:
        return [str(d.ask) for d in deadlines.between(world.officer, DAY, dt.date(2017, 3, 13)) if d.register == "requests"]

    assert "written confirmation of the request" in asked()
    record.confirmed_on = dt.date(2017, 3, 10)
    write.save(world.spec, world.officer, record, version=record.version)
    assert "written confirmation of the request" not in asked()


# -- what needs attention ------------------------------------------------------------------------------------------------


def attention_of(world, record) -> str:
    return world.spec.annotated(world.spec.visible(world.officer).filter(pk=record.pk), ["attention"]).get().attention


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"due_on": dt.date(2017, 5, 31)}, "late"),
        ({"due_on": TODAY}, "soon"),
        ({"due_on": dt.date(2017, 6, 8)}, "soon"),
        ({"due_on": dt.date(2017, 6, 9)}, "waiting"),
        ({}, "waiting"),
        ({"due_on": dt.date(2017, 6, 9), "urgency": "verbal-urgent", "confirm_by": TODAY}, "confirm"),
        ({"due_on": dt.date(2017, 6, 9), "urgency": "verbal-urgent", "confirm_by": TODAY, "confirmed_on": TODAY}, "waiting"),
        ({"due_on": dt.date(2017, 5, 1), "state": "answered", "answered_on": dt.date(2017, 5, 20)}, "done"),
        ({"due_on": dt.date(2017, 5, 31), "state": "partly", "answered_on": dt.date(2017, 5, 20)}, "late"),
    ],
)
def test_what_a_request_needs_follows_from_its_days(world, given, word):
    record = request_of(world, **given)
    assert attention_of(world, record) == word
    assert list(world.spec.rows(world.officer, {"attention": word})) == [record]
    assert (record in world.spec.rows(world.officer, {"late": "1"})) == (word == "late")


def flagged(world) -> dict[str, str]:
    """Open requests under the agreement, late and not, beside what must not be flagged."""
    rows = {
        "late": request_of(world, agreement=world.agreement, due_on=dt.date(2017, 5, 1)),
        "going": request_of(world, agreement=world.agreement, due_on=dt.date(2017, 9, 1)),
        "settled": request_of(world, agreement=world.agreement, state="answered", answered_on=DAY),
        "free": request_of(world, basis="reciprocity", due_on=dt.date(2017, 9, 1)),
    }
    found = {name: attention_of(world, row) for name, row in rows.items()}
    assert set(world.spec.rows(world.officer, {"on_suspended": "1"})) == {row for name, row in rows.items() if "suspended" in found[name]}
    return found


SUSPENDED = {"late": "late-suspended", "going": "suspended", "settled": "done", "free": "waiting"}


def test_a_suspended_agreement_flags_its_open_requests(world, monkeypatch):
    """By the filter «stage» that agreements have, or one that stands in for it."""
    agreements = registry.get("agreements")
    stage = Case(When(pk=world.agreement.pk, then=Value("suspended")), default=Value("in-force"), output_field=CharField())
    stages = (("in-force", "in force"), ("suspended", "suspended"))
    stand_in = DerivedFilter("stage", "stage", options=stages, expression=lambda: stage).bind(agreements.model)
    monkeypatch.setitem(agreements.filters, "stage", stand_in)
    monkeypatch.setitem(agreements.keys, "stage", ("stage", ""))
    assert flagged(world) == SUSPENDED


def test_an_agreement_suspended_by_a_dated_step_flags_its_open_requests(world):
    if "stage" not in registry.get("agreements").filters or registry.find("agreement-steps") is None:
        pytest.skip("agreements keep no stage here")
    for number, kind in enumerate(("signed", "consented", "in-force", "suspended")):
        make("agreement-steps", agreement=world.agreement, kind=kind, action_on=dt.date(2015, 1 + number, 5))
    assert flagged(world) == SUSPENDED


def test_where_agreements_keep_no_stage_nothing_is_flagged(world, monkeypatch):
    monkeypatch.delitem(registry.get("agreements").filters, "stage", raising=False)
    assert set(flagged(world).values()) == {"late", "waiting", "done"}
