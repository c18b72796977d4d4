"""Reminders: on which days, to whom, once each; one digest for each person and day."""

import datetime as dt
import json

import pytest
from click.testing import CliRunner
from django.core import mail

from gegma.agenda import notices, remind
from gegma.agenda.models import Digest, Notice, Run
from gegma.config.cli import main
from gegma.engine import registry
from tests.factories import make

from .conftest import TODAY, change, client_of

DAY = dt.timedelta(days=1)


def walk(first: dt.date, last: dt.date) -> dict[dt.date, remind.Told]:
    """Run every day from first to last."""
    return {day: remind.run(day) for n in range((last - first).days + 1) if (day := first + n * DAY)}


def reminded(told: dict) -> list[int]:
    """On which days after the due day somebody was reminded, taken from the notices themselves."""
    return [(day, one.notices) for day, one in told.items() if one.notices]


@pytest.mark.parametrize("due", [dt.date(2017, 6, 15), dt.date(2016, 2, 29), dt.date(2016, 3, 1), dt.date(2017, 1, 1)])
def test_each_stage_is_told_once_on_its_day_over_months(people, decision, due):
    decision(due)
    told = walk(due - 45 * DAY, due + 45 * DAY)
    assert reminded(told) == [(due + n * DAY, 1) for n in (-30, -7, -1, 1, 7, 30)]
    assert [m.to for m in mail.outbox] == [["officer@example.ge"]] * 6
    assert Notice.objects.values_list("stage", flat=True).order_by("stage").distinct().count() == 6


def test_the_leap_day_is_counted(people, decision):
    decision(dt.date(2016, 3, 2))
    assert remind.run(dt.date(2016, 2, 24)).notices == 1  # seven days with the 29th of February among them
    assert not remind.run(dt.date(2016, 2, 25)).notices


def test_running_again_adds_nothing_and_sends_nothing(people, decision):
    decision(TODAY + 7 * DAY)
    first, again = remind.run(TODAY), remind.run(TODAY)
    assert (first.notices, list(first.digests)) == (1, ["officer@example.ge"])
    assert (again.notices, again.digests) == (0, {}) and len(mail.outbox) == 1
    assert Notice.objects.count() == Digest.objects.count() == Run.objects.count() == 1


def test_what_comes_up_later_in_the_day_waits_for_the_next_digest(people, decision):
    decision(TODAY + 7 * DAY)
    remind.run(TODAY)
    decision(TODAY + DAY, title_en="Late comer")
    assert remind.run(TODAY).notices == 1 and len(mail.outbox) == 1
    remind.run(TODAY + DAY)
    assert len(mail.outbox) == 2 and "Late comer" in mail.outbox[1].body and "due today" in mail.outbox[1].body


def test_missed_days_are_caught_up_once_with_the_present_state(people, decision):
    decision(TODAY + 7 * DAY, title_en="In a week")
    decision(TODAY - DAY, title_en="Yesterday")
    decision(TODAY + 2 * DAY, title_en="Two stages missed")  # 7 days before was before the pause; 1 day before falls into it
    remind.run(TODAY - DAY)
    mail.outbox.clear()
    told = remind.run(TODAY + 2 * DAY)
    assert told.since == TODAY - DAY and len(mail.outbox) == 1
    body = mail.outbox[0].body
    assert all(body.count(title) == 1 for title in ("In a week", "Yesterday", "Two stages missed"))
    assert "due in 5 days" in body and "late by 3 days" in body and "due today" in body


def test_a_long_pause_brings_each_record_once_and_no_storm(people, decision):
    remind.run(TODAY - 300 * DAY)
    for n in range(-60, 60):
        decision(TODAY + n * DAY, title_en=f"Decision of day {n}.")
    told = remind.run(TODAY)
    assert told.since == TODAY - 31 * DAY and len(mail.outbox) == 1
    assert Notice.objects.count() == len({(n.record_id) for n in Notice.objects.all()}) == told.notices
    body = mail.outbox[0].body
    assert body.count("Decision of day") == 60 and f"{told.notices - 60} more are on the page" in body


def test_a_moved_day_begins_anew_and_the_old_reminder_goes(people, decision):
    row = decision(TODAY + 7 * DAY)
    remind.run(TODAY)
    assert notices.unread(people.officer) == 1
    change(row, due_on=TODAY + 40 * DAY)
    assert notices.unread(people.officer) == 0 and notices.standing(people.officer, TODAY) == []
    assert [day for day, n in reminded(walk(TODAY + DAY, TODAY + 39 * DAY))] == [TODAY + n * DAY for n in (10, 33, 39)]
    assert "first due 18.12.2017" in mail.outbox[-1].body


def test_what_is_done_disappears_and_comes_back_when_it_is_open_again(people, decision):
    row = decision(TODAY - DAY, title_en="A reply to the embassy")
    remind.run(TODAY)
    client = client_of(people.officer)
    assert "A reply to the embassy" in client.get("/agenda/reminders/").content.decode()
    change(row, state="done", done_on=TODAY)
    page = client.get("/agenda/reminders/")
    assert "A reply to the embassy" not in page.content.decode() and page.context["bell"]["count"] == 0
    change(row, state="open")
    assert notices.unread(people.officer) == 1


def test_nothing_is_sent_of_what_was_done_before_the_digest(people, decision):
    row = decision(TODAY - DAY)
    remind.run(TODAY, mail=False)
    change(row, state="done", done_on=TODAY)
    told = remind.run(TODAY)
    assert told.digests == {} and mail.outbox == [] and not Digest.objects.exists()


def test_who_is_reminded(people, decision, meeting):
    def told() -> set[str]:
        remind.run(TODAY)
        found = {n.person.name for n in Notice.objects.all()}
        Notice.objects.all().delete()
        Run.objects.all().delete()
        return found

    row = decision(TODAY + DAY)
    assert told() == {"officer"}
    change(meeting, officer=None)
    assert told() == {"officer", "colleague"}  # the officers of the unit: no viewer, nobody who left
    change(meeting, officer=people.gone)
    assert told() == {"officer", "colleague"}
    change(meeting, officer=people.officer)
    change(row, unit=people.theirs)
    assert told() == {"officer", "stranger"}  # and whoever is to act
    change(meeting, owner_unit=None, officer=None)
    change(row, unit=None)
    assert told() == set()


def test_nobody_is_told_of_a_record_that_they_may_not_see(people, decision, meeting):
    row = decision(TODAY + DAY, title_en="Canary", unit=people.theirs)
    change(meeting, confidentiality="restricted")
    told = remind.run(TODAY)
    assert list(told.digests) == ["officer@example.ge"]
    assert not Notice.objects.filter(person=people.stranger).exists()
    change(meeting, confidentiality="internal")
    remind.run(TODAY, mail=False)
    assert notices.unread(people.stranger) == 1
    change(meeting, confidentiality="restricted")  # after the reminder was made, before it was sent
    assert notices.unread(people.stranger) == 0
    assert "Canary" not in client_of(people.stranger).get("/agenda/reminders/").content.decode()
    mail.outbox.clear()
    remind.run(TODAY + 2 * DAY)
    assert all(m.to != ["stranger@example.ge"] for m in mail.outbox)
    assert row.pk


def test_an_account_that_was_closed_gets_no_digest(people, decision):
    decision(TODAY + DAY)
    remind.run(TODAY, mail=False)
    people.officer.is_active = False
    people.officer.save()
    assert list(remind.run(TODAY).digests) == ["colleague@example.ge"]  # now there is nobody in charge but the unit
    assert [m.to for m in mail.outbox] == [["colleague@example.ge"]]


def test_the_digest_is_grouped_and_holds_no_line_of_anybody_else(people, decision, meeting):
    decision(TODAY + DAY, title_en="Two\r\nBcc: everybody@example.com\n\nlines", title="ორი\nსტრიქონი")
    make("trainings", title_ka="ტრენინგი", title_en="Training", officer=people.officer, starts_on=TODAY + 6 * DAY, ends_on=TODAY + 7 * DAY)
    remind.run(TODAY)
    sent = mail.outbox[0]
    assert sent.subject == "Gegma: 2 records with a deadline, 11.12.2017" and sent.recipients() == ["officer@example.ge"]
    lines = sent.body.splitlines()
    assert "Decisions" in lines and "Trainings" in lines
    assert any(line.endswith("Two Bcc: everybody@example.com lines") for line in lines)
    assert any(line.strip() == "decision to be carried out: due in 1 day (12.12.2017)" for line in lines)
    assert any("planned for this day: due in 7 days" in line for line in lines)


@pytest.mark.parametrize(("language", "title"), [("", "წერილი"), ("ka", "წერილი"), ("en", "Letter"), ("xx", "წერილი")])
def test_the_digest_is_in_the_language_of_the_person(people, decision, language, title):
    decision(TODAY + DAY)
    people.officer.language = language
    people.officer.save()
    remind.run(TODAY)
    assert title in mail.outbox[0].body


def test_choosing_a_language_is_kept_with_the_account(people):
    client = client_of(people.officer)
    client.post("/language/", {"language": "en", "next": "/"})
    people.officer.refresh_from_db()
    assert people.officer.language == "en"
    client.post("/language/", {"language": "<b>", "next": "/"})
    people.officer.refresh_from_db()
    assert people.officer.language == "en"


def test_an_email_that_fails_is_said_and_sent_by_the_next_run(people, decision, meeting, monkeypatch):
    decision(TODAY + DAY, unit=people.theirs)
    send = remind.EmailMessage.send

    def refuse(message, *args):
        if message.to == ["officer@example.ge"]:
            raise OSError("no route to the host")
        return send(message, *args)

    monkeypatch.setattr(remind.EmailMessage, "send", refuse)
    told = remind.run(TODAY)
    assert told.failed == {"officer@example.ge": "no route to the host"} and list(told.digests) == ["stranger@example.ge"]
    monkeypatch.undo()
    assert list(remind.run(TODAY).digests) == ["officer@example.ge"]


def test_responsible_people_are_reminded_of_the_plan(people):
    section = make("plan-sections", plan=make("plans", starts_on=dt.date(2017, 1, 1), ends_on=TODAY + 30 * DAY), owner_unit=people.theirs)
    make("activities", plan=section.plan, section=section, text_en="Write it", m2m={"responsible": [people.officer, people.gone]})
    told = remind.run(TODAY)
    assert list(told.digests) == ["officer@example.ge"]
    mail.outbox.clear()
    make("activities", plan=section.plan, section=section, text_en="Of the unit", due_on=TODAY + 7 * DAY)
    remind.run(TODAY)
    remind.run(TODAY + DAY)
    assert [m.to for m in mail.outbox] == [["stranger@example.ge"]]


def test_reminders_are_read_one_by_one_and_all(people, decision):
    for n in range(3):
        decision(TODAY + DAY, title_en=f"Letter {n}")
    remind.run(TODAY)
    client = client_of(people.officer)
    page = client.get("/agenda/reminders/")
    assert page.context["n"] == 3 and page.context["bell"]["count"] == 3
    ids = list(Notice.objects.values_list("pk", flat=True))
    client_of(people.colleague).post("/agenda/reminders/seen/", {"notice": ids})  # somebody else's: nothing happens
    client.post("/agenda/reminders/seen/", {"notice": ids[:1]})
    page = client.get("/agenda/reminders/")
    assert page.context["n"] == 2 and len(page.context["seen"]) == 1
    client.post("/agenda/reminders/seen/", {"notice": [*ids, "x", "-1", "9" * 30]})
    assert client.get("/agenda/reminders/").context["bell"]["count"] == 0
    assert client.get("/agenda/reminders/seen/").status_code == 405


def test_the_bell_costs_one_query_while_nothing_is_written(people, decision, django_assert_num_queries):
    decision(TODAY + DAY)
    remind.run(TODAY)
    assert notices.unread(people.officer) == 1
    with django_assert_num_queries(1):
        assert notices.unread(people.officer) == 1
    with django_assert_num_queries(1):
        assert notices.unread(people.stranger) == 0


def test_the_command(people, decision):
    decision(TODAY + 7 * DAY)
    told = CliRunner().invoke(main, ["remind", "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.output) == {
        "day": "2017-12-11", "since": "2017-12-10", "notices": 1, "digests": {"officer@example.ge": 1}, "failed": {}, "scheduled": 0,
    }  # fmt: skip
    again = CliRunner().invoke(main, ["remind", "--day", "12.12.2017"])
    assert again.output == "2017-12-12: 0 reminders, 0 e-mails, 0 scheduled reports asked for.\n"
    assert CliRunner().invoke(main, ["remind", "--day", "soon"]).exit_code == 2
    assert "30, 7 and 1 days" in CliRunner().invoke(main, ["remind", "--help"]).output


def test_every_register_with_a_keeper_can_be_reminded_of():
    """Whoever answers for a row is found through the declaration alone."""
    from gegma.engine.deadlines import _keepers

    for spec in registry.everything():
        if spec.dues and not _keepers(spec):
            assert spec.key == "plan-steps", f"{spec.key} falls due, and nobody is reminded of it"
