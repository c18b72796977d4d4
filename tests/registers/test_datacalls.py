"""Data calls: sent to somebody, replies entered many at once, terms that move, reminders to those who are late."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings

from gegma.accounts.models import SYSTEM, SYSTEM_WRITER
from gegma.audit.models import Change
from gegma.engine import deadlines, registry, write
from gegma.registers.datacalls.models import CallReply
from tests.factories import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
SENT, DUE = dt.date(2017, 11, 1), dt.date(2017, 11, 20)


@pytest.fixture
def on_the_day():
    """Today is 11 December 2017."""
    with override_settings(TODAY="2017-12-11"):
        yield


@pytest.fixture
def call(db):
    """A call that was sent to three units."""
    made = make("data-calls", state="sent", sent_on=SENT, due_on=DUE, title_ka="კითხვები")
    for name in ("ა", "ბ", "გ"):
        make("call-replies", call=made, unit=make("units", title_ka=name), title_ka="", due_on=DUE)
    return made


def rows_of(call) -> list[CallReply]:
    return list(call.replies.order_by("unit__title_ka"))


def state(reply) -> str:
    spec = registry.get("call-replies")
    return spec.annotated(spec.visible(SYSTEM), ["reply_state"]).get(pk=reply.pk).reply_state


def grid(call, **changes) -> dict:
    """What a browser sends for the page of replies."""
    data = {"day": "", "new_due": ""}
    for row in rows_of(call):
        data[f"r{row.pk}-replied_on"] = f"{row.replied_on:%d.%m.%Y}" if row.replied_on else ""
        data[f"r{row.pk}-number"], data[f"r{row.pk}-version"] = row.number, str(row.version)
    return {**data, **changes}


# -- the life of a call ------------------------------------------------------------------------------------------------


def test_a_call_without_addressees_is_not_sent(as_officer):
    draft = make("data-calls", due_on=DUE)
    url = f"/r/data-calls/{draft.pk}/move/send/"
    page = as_officer.get(url, {"lang": "en"}).content.decode()
    assert "no addressees yet" in page
    assert as_officer.post(url, {"sent_on": "01.11.2017", "due_on": "20.11.2017", "version": "1"}).status_code == 409
    draft.refresh_from_db()
    assert draft.state == "drafting"


def test_sending_gives_the_addressees_their_term_and_undoing_takes_it_back(as_officer):
    draft = make("data-calls")
    early, late = make("call-replies", call=draft, due_on=dt.date(2017, 11, 10)), make("call-replies", call=draft)
    data = {"sent_on": "01.11.2017", "due_on": "20.11.2017", "version": "1"}
    assert as_officer.post(f"/r/data-calls/{draft.pk}/move/send/", data).status_code == 302
    early.refresh_from_db(), late.refresh_from_db()
    assert (early.due_on, late.due_on, late.first_due_on) == (dt.date(2017, 11, 10), DUE, DUE)
    as_officer.post(f"/r/changes/{Change.objects.filter(register='data-calls').latest('pk').pk}/undo/", {"step": "1"})
    draft.refresh_from_db(), late.refresh_from_db()
    assert (draft.state, late.due_on) == ("drafting", None)


def test_a_call_that_was_answered_does_not_go_back_to_drafting(call):
    reply = rows_of(call)[0]
    reply.replied_on = DUE
    write.save(registry.get("call-replies"), SYSTEM_WRITER, reply, version=1)
    with pytest.raises(ValidationError, match="მიღებულია|come already"):
        write.move(registry.get("data-calls"), SYSTEM_WRITER, call, "redraft", version=call.version)


@pytest.mark.parametrize(
    ("call_state", "due", "replied", "wanted"),
    [
        ("drafting", DUE, None, "draft"),
        ("sent", dt.date(2017, 12, 11), None, "waiting"),
        ("sent", None, None, "waiting"),
        ("sent", dt.date(2017, 12, 10), None, "late"),
        ("closed", dt.date(2017, 12, 10), None, "never"),
        ("sent", DUE, DUE, "answered"),
        ("closed", DUE, dt.date(2017, 11, 21), "answered-late"),
    ],
)
def test_the_state_of_a_reply_follows_from_the_days_and_the_call(call_state, due, replied, wanted):
    sent = {} if call_state == "drafting" else {"sent_on": SENT, **({"closed_on": DUE} if call_state == "closed" else {})}
    reply = make("call-replies", call=make("data-calls", state=call_state, due_on=DUE, **sent), due_on=due, replied_on=replied)
    assert state(reply) == wanted
    assert registry.get("call-replies").rows(SYSTEM, {"reply_state": wanted}).get() == reply


def test_a_row_has_one_addressee_once(call):
    unit = rows_of(call)[0].unit
    for values in (
        {"unit": unit, "title_ka": ""}, {"title_ka": ""}, {"unit": make("units"), "organisation": make("organisations"), "title_ka": ""},
        {"unit": make("units"), "title_ka": "კიდევ"}, {"replied_on": dt.date(2017, 10, 31)}, {"due_on": dt.date(2017, 10, 31)},
    ):  # fmt: skip
        with pytest.raises(ValidationError):
            make("call-replies", call=call, **values)
    assert call.replies.count() == 3


def test_what_is_due_is_told_once_for_a_call_and_for_those_with_a_term_of_their_own(call):
    later = dt.date(2017, 11, 27)
    row = rows_of(call)[0]
    row.due_on = later
    write.save(registry.get("call-replies"), SYSTEM_WRITER, row, version=1)
    told = [(d.register, d.day, d.first) for d in deadlines.between(SYSTEM, SENT, later)]
    assert told == [("data-calls", DUE, DUE), ("call-replies", later, DUE)]


# -- the page of replies -----------------------------------------------------------------------------------------------


def test_many_replies_are_entered_at_once_and_undone_at_once(call, as_officer):
    first, second, third = rows_of(call)
    data = grid(call, day="15.11.2017", take=[str(first.pk), str(second.pk)], **{f"r{second.pk}-replied_on": "21.11.2017", f"r{second.pk}-number": "17-5"})
    assert as_officer.post(f"/r/datacalls/{call.pk}/replies/", {**data, "_save": "1"}).status_code == 302
    first, second, third = rows_of(call)
    assert (first.replied_on, second.replied_on, third.replied_on) == (dt.date(2017, 11, 15), dt.date(2017, 11, 21), None)
    assert second.number == "17-5" and (first.version, third.version) == (2, 1)
    as_officer.post(f"/r/changes/{Change.objects.filter(register='call-replies').latest('pk').pk}/undo/", {"step": "1"})
    assert not any(row.replied_on for row in rows_of(call))


def test_a_mistake_in_one_row_writes_none_and_keeps_what_was_typed(call, as_officer):
    first, second, _third = rows_of(call)
    for name, value in (("replied_on", "31.02.2017"), ("replied_on", "03/04/2017"), ("replied_on", "01.10.2017"), ("number", "9" * 61)):
        data = grid(call, _save="1", **{f"r{first.pk}-replied_on": "15.11.2017", f"r{second.pk}-{name}": value})
        answer = as_officer.post(f"/r/datacalls/{call.pk}/replies/", data)
        page = answer.content.decode()
        assert answer.status_code == 200 and value in page and "15.11.2017" in page and f'href="#id_r{second.pk}-replied_on"' in page
        assert answer.context["errors"][0]["text"].startswith("ბ")
    assert not any(row.replied_on for row in rows_of(call))


def test_ticked_without_a_day_and_extended_without_a_tick_are_asked_about(call, as_officer):
    url, row = f"/r/datacalls/{call.pk}/replies/", rows_of(call)[0]
    for data in ({"take": [str(row.pk)], "_save": "1"}, {"new_due": "01.12.2017", "_extend": "1"}, {"take": [str(row.pk)], "_extend": "1"}):
        answer = as_officer.post(url, grid(call, **data))
        assert answer.status_code == 200 and answer.context["many"].errors
    assert all(row.version == 1 for row in rows_of(call))


def test_a_row_that_somebody_changed_meanwhile_is_named_and_saved_the_second_time(call, as_officer):
    first, second, _third = rows_of(call)
    data = grid(call, _save="1", **{f"r{first.pk}-number": "ჩემი", f"r{second.pk}-number": "ჩემი"})
    second.number = "მათი"
    write.save(registry.get("call-replies"), SYSTEM_WRITER, second, version=1)
    url = f"/r/datacalls/{call.pk}/replies/"
    answer = as_officer.post(url, data)
    assert answer.status_code == 200 and [row.number for row in rows_of(call)] == ["", "მათი", ""]
    assert [line.reply.pk for line in answer.context["lines"] if line.form.errors] == [second.pk]
    data[f"r{second.pk}-version"] = str(answer.context["lines"][1].form["version"].value())
    assert as_officer.post(url, data).status_code == 302
    assert [row.number for row in rows_of(call)] == ["ჩემი", "ჩემი", ""]


def test_a_term_is_extended_for_some_and_the_first_day_stays(call, as_officer):
    first, second, third = rows_of(call)
    data = grid(call, _extend="1", new_due="20.12.2017", take=[str(first.pk), str(third.pk)])
    assert as_officer.post(f"/r/datacalls/{call.pk}/replies/", data).status_code == 302
    moved = dt.date(2017, 12, 20)
    assert [(row.due_on, row.first_due_on) for row in rows_of(call)] == [(moved, DUE), (DUE, DUE), (moved, DUE)]


def test_one_click_logs_a_reminder_to_all_who_are_late(call, as_officer):
    first, second, third = rows_of(call)
    first.replied_on, third.due_on = DUE, dt.date(2017, 12, 20)
    for row in (first, third):
        write.save(registry.get("call-replies"), SYSTEM_WRITER, row, version=1)
    url = f"/r/datacalls/{call.pk}/replies/"
    page = as_officer.get(url)
    assert [row.pk for row in page.context["late"]] == [second.pk]
    assert "კითხვები" in page.context["text"] and "20.11.2017" in page.context["text"]
    assert as_officer.post(url, {"_remind": "1", "text": "გთხოვთ, გვიპასუხოთ.", "version": str(call.version)}).status_code == 302
    call.refresh_from_db()
    assert call.reminder == "გთხოვთ, გვიპასუხოთ."
    assert [(row.reminded_on, row.reminders) for row in rows_of(call)] == [(None, 0), (dt.date(2017, 12, 11), 1), (None, 0)]
    stale = as_officer.post(url, {"_remind": "1", "text": "კიდევ", "version": "1"})
    assert stale.status_code == 200 and "კიდევ" in stale.content.decode()
    assert rows_of(call)[1].reminders == 1


# -- the page of addressees --------------------------------------------------------------------------------------------


def test_many_addressees_are_added_in_one_step_and_none_twice(call, as_officer):
    there, new, agency = rows_of(call)[0].unit, [make("units"), make("units")], make("organisations")
    make("units", active=False, title_ka="გაუქმებული დანაყოფი")
    url = f"/r/datacalls/{call.pk}/addressees/"
    assert "გაუქმებული დანაყოფი" not in as_officer.get(url).content.decode()
    data = {"unit": [str(u.pk) for u in [there, *new]], "organisation": [str(agency.pk), "999999", "x"], "due_on": ""}
    assert as_officer.post(url, data).status_code == 302
    added = call.replies.order_by("pk")[3:]
    assert [(row.unit, row.organisation, row.due_on) for row in added] == [(new[0], None, DUE), (new[1], None, DUE), (None, agency, DUE)]
    as_officer.post(f"/r/changes/{Change.objects.latest('pk').pk}/undo/", {"step": "1"})
    assert call.replies.count() == 3


def test_addressees_that_cannot_be_added(call, as_officer):
    url, unit = f"/r/datacalls/{call.pk}/addressees/", make("units")
    for data in ({}, {"unit": "999999"}, {"unit": str(unit.pk), "due_on": "soon"}, {"unit": str(unit.pk), "due_on": "01.10.2017"}):
        answer = as_officer.post(url, data)
        assert answer.status_code == 200 and answer.context["problem"], data
    write.move(registry.get("data-calls"), SYSTEM_WRITER, _closing(call), "close", version=call.version)
    assert as_officer.post(url, {"unit": str(unit.pk)}).context["problem"]
    assert call.replies.count() == 3


def _closing(call):
    call.closed_on = DUE
    return call


def test_who_may_not_write_or_see_finds_neither_page(call, as_viewer, as_officer):
    for page in ("replies", "addressees"):
        assert as_viewer.get(f"/r/datacalls/{call.pk}/{page}/").status_code == 403
        assert as_viewer.post(f"/r/datacalls/{call.pk}/{page}/", {}).status_code == 403
        assert as_officer.get(f"/r/datacalls/999999/{page}/").status_code == 404
    hidden = make("data-calls", confidentiality="restricted", owner_unit=make("units"))
    for page in ("replies", "addressees"):
        assert as_officer.get(f"/r/datacalls/{hidden.pk}/{page}/").status_code == 404
    assert "/datacalls/" not in as_viewer.get(f"/r/data-calls/{call.pk}/").content.decode()
