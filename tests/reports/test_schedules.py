"""Own reports that come by themselves: when, to whom, never twice, caught up once; the e-mail with a link; what ends them."""

import datetime as dt

import pytest
from click.testing import CliRunner
from django.core import mail
from django.core.exceptions import ValidationError

from gegma.accounts.models import User
from gegma.config.cli import main
from gegma.kernel import dates, periods
from gegma.plan.models import ReportingPeriod
from gegma.reports import job_child, jobs, schedules
from gegma.reports.catalogue import own
from gegma.reports.jobs import worker
from gegma.reports.models import Delivery, Ending, Job, JobState, LeftOut, OwnReport, Schedule
from tests.factories import make

from .test_jobs import MEETINGS

pytestmark = pytest.mark.django_db
MADE = dt.date(2017, 3, 15)  # a Wednesday


@pytest.fixture
def kept(users):
    return own.save(users.officer, OwnReport(), MEETINGS)


@pytest.fixture
def monthly(kept, users):
    return scheduled(kept, [users.officer, users.viewer])


def scheduled(kept, people, every="month", **given) -> Schedule:
    with dates.taken_as_today(MADE):
        return schedules.save(kept.owner, kept, Schedule(), {"every": every, "form": "xlsx", "recipients": [p.pk for p in people], "ends_on": "", **given})


def run(day: dt.date) -> int:
    with dates.taken_as_today(day):
        return schedules.run()


def carry_out_all() -> None:
    for job in Job.objects.filter(state=JobState.WAITING):
        job_child.carry_out(job.pk, worker.claim(job.pk).attempts)
        schedules.mail(Job.objects.get(pk=job.pk))


@pytest.mark.parametrize(("every", "today", "day", "period"), [
    ("week", dt.date(2017, 3, 19), None, None),
    ("week", dt.date(2017, 3, 20), dt.date(2017, 3, 20), "2017-03-13..2017-03-19"),
    ("week", dt.date(2017, 3, 30), dt.date(2017, 3, 27), "2017-03-20..2017-03-26"),
    ("month", dt.date(2017, 3, 31), None, None),
    ("month", dt.date(2017, 4, 1), dt.date(2017, 4, 1), "2017-03"),
    ("month", dt.date(2018, 1, 31), dt.date(2018, 1, 1), "2017-12"),
    ("quarter", dt.date(2017, 3, 31), None, None),
    ("quarter", dt.date(2017, 4, 2), dt.date(2017, 4, 1), "2017-Q1"),
    ("quarter", dt.date(2018, 3, 2), dt.date(2018, 1, 1), "2017-Q4"),
])  # fmt: skip
def test_when_it_falls_due_and_for_which_period(every, today, day, period):
    found = schedules.last(every, today, MADE)
    assert (found and (found.day, found.period)) == (day and (day, periods.parse(period)))


def test_each_recipient_gets_it_once(monthly, users):
    assert run(dt.date(2017, 3, 31)) == 0
    assert run(dt.date(2017, 4, 1)) == 2
    assert run(dt.date(2017, 4, 1)) == run(dt.date(2017, 4, 20)) == 0
    assert {job.owner for job in Job.objects.all()} == {users.officer, users.viewer}
    assert all(jobs.order_of(job).period == "2017-03" for job in Job.objects.all())


def test_after_a_pause_of_the_server_only_the_last_occasion_is_caught_up(monthly):
    assert run(dt.date(2017, 9, 14)) == 2
    assert set(Delivery.objects.values_list("on", flat=True)) == {dt.date(2017, 9, 1)}
    assert run(dt.date(2017, 9, 15)) == 0 and run(dt.date(2017, 10, 2)) == 2


def test_two_workers_at_one_time_do_not_deliver_twice(monthly, monkeypatch):
    run(dt.date(2017, 4, 1))
    occasion = schedules.last("month", dt.date(2017, 4, 1), MADE)
    assert schedules._deliver(monthly, occasion) == 0  # the other one had asked before this one had written
    assert Delivery.objects.count() == 2 and Job.objects.count() == 2


def test_each_gets_what_that_person_may_see_and_who_may_not_read_is_left_out_with_a_word(kept, users, as_officer, monkeypatch):
    unit = make("units")
    User.objects.filter(pk=users.officer.pk).update(unit=unit)
    make("meetings", title_ka="დახურული", state="held", starts_on=MADE, owner_unit=unit, confidentiality="restricted")
    gone = User.objects.create_user("gone@example.ge", name="წასული")
    scheduled(kept, [users.officer, users.viewer, users.administrator, gone])
    User.objects.filter(pk=gone.pk).update(is_active=False)
    from gegma.engine import registry

    policy = registry.get("meetings").policy
    may = policy.may
    monkeypatch.setattr(policy, "may", lambda user, action: user.pk != users.administrator.pk and may(user, action))
    assert run(dt.date(2017, 4, 1)) == 2
    carry_out_all()
    assert {job.owner: len(job.read["meetings"]) for job in Job.objects.all()} == {users.officer: 1, users.viewer: 0}
    assert dict(Delivery.objects.exclude(why="").values_list("person", "why")) == {gone.pk: LeftOut.CLOSED, users.administrator.pk: LeftOut.NOT_OPEN}
    page = as_officer.get(f"/reports/own/{kept.pk}/").content.decode()
    assert "წასული" in page and str(LeftOut.CLOSED.label) in page


def test_the_report_comes_by_e_mail_as_a_link_and_stands_by_the_bell(monthly, users, as_viewer, settings):
    users.viewer.language = "en"
    users.viewer.save()
    run(dt.date(2017, 4, 1))
    carry_out_all()
    assert len(mail.outbox) == 2 and not any(message.attachments for message in mail.outbox)
    message = next(m for m in mail.outbox if m.to == [users.viewer.email])
    job = Job.objects.get(owner=users.viewer)
    assert f"{settings.ADDRESS}/reports/made/{job.pk}/" in message.body and message.subject.startswith("Gegma: report «Visits")
    assert as_viewer.get("/").context["bell"]["count"] == 1
    assert as_viewer.get(f"/reports/made/{job.pk}/file/").status_code == 200  # not shared, and yet theirs
    schedules.mail(job)
    assert schedules.mail_again() == 0 and len(mail.outbox) == 2


def test_an_e_mail_that_could_not_be_sent_is_tried_again_a_few_times(monthly, monkeypatch):
    def refuse(message):
        raise OSError("the mail server is away")

    sent = schedules.EmailMessage.send
    monkeypatch.setattr(schedules.EmailMessage, "send", refuse)
    with dates.taken_as_today(dt.date(2017, 4, 1)):
        schedules.run()
        carry_out_all()
        assert not mail.outbox and schedules.mail_again() == 0
        monkeypatch.setattr(schedules.EmailMessage, "send", sent)
        assert schedules.mail_again() == 2 and len(mail.outbox) == 2
        Delivery.objects.update(mailed_at=None)
        assert schedules.mail_again() == 0  # three times is enough


def test_a_closed_reporting_period_brings_it_for_that_period(kept, users):
    schedule = scheduled(kept, [users.officer], every="close")
    q1 = periods.parse("2017-Q1")
    reporting = make("reporting-periods", starts_on=q1.start, ends_on=q1.end, state="planned")
    assert run(dt.date(2017, 4, 20)) == 0
    ReportingPeriod.objects.filter(pk=reporting.pk).update(state="closed", closed_on=dt.date(2017, 4, 18))
    assert run(dt.date(2017, 4, 20)) == 1 and run(dt.date(2017, 4, 21)) == 0
    assert jobs.order_of(Job.objects.get()).period == "2017-Q1" and schedule.deliveries.get().on == dt.date(2017, 4, 18)


def test_paused_nothing_comes_and_what_was_missed_is_not_made_up_for(monthly):
    schedules.pause(monthly)
    assert run(dt.date(2017, 5, 10)) == 0
    with dates.taken_as_today(dt.date(2017, 5, 10)):
        schedules.go_on(monthly)
    assert run(dt.date(2017, 5, 11)) == 0 and run(dt.date(2017, 6, 1)) == 2


def test_it_ends_with_its_last_day_and_that_day_is_still_served(kept, users):
    schedule = scheduled(kept, [users.officer], ends_on="02.04.2017")
    assert run(dt.date(2017, 4, 9)) == 1  # the first of April, caught up
    assert run(dt.date(2017, 4, 9)) == 0
    assert Schedule.objects.get(pk=schedule.pk).ended_why == Ending.LAST_DAY and run(dt.date(2017, 5, 1)) == 0


@pytest.mark.parametrize("by_hook", [True, False])
def test_it_stops_when_the_access_of_its_owner_ends(monthly, users, by_hook):
    if by_hook:
        running = jobs.start(users.officer, jobs.Order("trainings", "2017", "ka", "xlsx"))
        schedules.access_ended(users.officer, users.administrator)
        assert Job.objects.get(pk=running.pk).state == JobState.CANCELLED
    else:
        User.objects.filter(pk=users.officer.pk).update(is_active=False)
    assert run(dt.date(2017, 4, 1)) == 0
    assert Schedule.objects.get().ended_why == Ending.ACCESS


def test_its_owner_makes_changes_pauses_and_ends_it_and_nobody_else(kept, users, as_officer, as_viewer):
    OwnReport.objects.update(shared=True)
    base = f"/reports/own/{kept.pk}/schedules/"
    given = {"every": "week", "form": "pdf", "recipients": [users.viewer.pk, users.officer.pk], "ends_on": "31.12.2117"}
    assert as_viewer.get(f"{base}new/").status_code == as_viewer.post(f"{base}new/", given).status_code == 404
    assert as_officer.post(f"{base}new/", given).status_code == 302
    schedule = Schedule.objects.get()
    assert (schedule.every, schedule.form, schedule.recipients.count()) == ("week", "pdf", 2)
    assert as_viewer.post(f"{base}{schedule.pk}/step/", {"step": "end"}).status_code == 404
    as_officer.post(f"{base}{schedule.pk}/step/", {"step": "pause"})
    assert Schedule.objects.get().paused
    as_officer.post(f"{base}{schedule.pk}/step/", {"step": "go-on"})
    assert not Schedule.objects.get().paused
    assert as_officer.post(f"{base}{schedule.pk}/", {**given, "every": "quarter"}).status_code == 302 and Schedule.objects.get().every == "quarter"
    as_officer.post(f"{base}{schedule.pk}/step/", {"step": "end"})
    assert Schedule.objects.get().ended_why == Ending.OWNER
    assert as_officer.post(f"{base}{schedule.pk}/", given).status_code == 404
    with pytest.raises(ValidationError):
        schedules.save(users.viewer, kept, Schedule(), given)


@pytest.mark.parametrize(("name", "value"), [("every", "daily"), ("form", "odt"), ("recipients", []), ("recipients", ["x", "9" * 40]), ("ends_on", "9.9"), ("ends_on", "01.01.2001")])
def test_what_is_wrong_is_said_at_its_field(kept, as_officer, users, name, value):
    given = {"every": "week", "form": "pdf", "recipients": [users.viewer.pk], "ends_on": "", name: value}
    answer = as_officer.post(f"/reports/own/{kept.pk}/schedules/new/", given)
    assert answer.status_code == 400 and list(answer.context["faults"]) == [name] and not Schedule.objects.exists()


def test_the_daily_run_of_the_command_line_asks_for_what_is_due(monthly):
    done = CliRunner().invoke(main, ["remind", "--day", "2017-04-01", "--no-mail"])
    assert done.exit_code == 0 and "2 scheduled reports" in done.output and Job.objects.count() == 2
    assert "0 scheduled reports" in CliRunner().invoke(main, ["remind", "--day", "2017-04-01", "--no-mail"]).output
