"""Reports in the background: made with the rights of who asked, once, with progress; given out as long as all in it is open; swept."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from gegma.accounts.models import User
from gegma.engine import registry, write
from gegma.reports import job_child, jobs
from gegma.reports.catalogue import everything, own
from gegma.reports.jobs import estimate, making, tasks, worker
from gegma.reports.models import Job, JobFile, JobState, OwnReport, Stage
from tests.factories import make

from .test_own_reports import GIVEN

pytestmark = pytest.mark.django_db
TRAININGS = jobs.Order("trainings", "2017", "en", "xlsx")
MAY = dt.date(2017, 5, 5)
MEETINGS = {**GIVEN, "address": "", "day": "starts_on"}


def carry_out(job: Job) -> Job:
    """What the worker and its process do, without the process."""
    taken = worker.claim(job.pk)
    job_child.carry_out(job.pk, taken.attempts)
    return Job.objects.get(pk=job.pk)


@pytest.fixture
def restricted(users):
    """A meeting that only its unit sees, an officer of the unit, and a report that holds it."""
    unit = make("units")
    User.objects.filter(pk=users.officer.pk).update(unit=unit)
    officer = User.objects.get(pk=users.officer.pk)
    make("meetings", title_ka="ღია შეხვედრა", state="held", starts_on=MAY)
    hidden = make("meetings", title_ka="დახურული შეხვედრა", state="held", starts_on=MAY, owner_unit=unit, confidentiality="restricted")
    kept = own.save(officer, OwnReport(), {**MEETINGS, "shared": True})
    return officer, hidden, jobs.Order(f"own-{kept.pk}", "2017", "ka", "xlsx")


# -- asking ----------------------------------------------------------------------------------------------------------------


def test_the_box_puts_a_short_report_into_the_background_too(as_viewer, users):
    answer = as_viewer.post("/reports/trainings/", {"format": "xlsx", "period": "2017", "in": "en", "background": "1"})
    job = Job.objects.get()
    assert answer.status_code == 302 and answer.url == f"/reports/made/{job.pk}/"
    assert (job.owner, job.state) == (users.viewer, JobState.WAITING)
    assert DBTaskResult.objects.get().args_kwargs["args"] == [job.pk]
    page = as_viewer.get(answer.url).content.decode()
    assert "hx-get" in page and f'href="{answer.url}"' in page  # without a script one looks again


def test_without_the_box_a_short_one_comes_at_once(as_viewer):
    answer = as_viewer.post("/reports/trainings/", {"format": "xlsx"})
    assert answer["Content-Disposition"].startswith("attachment") and not Job.objects.exists()


def test_what_takes_long_goes_to_the_background_by_itself_but_an_address_starts_nothing(as_viewer, monkeypatch):
    monkeypatch.setattr(estimate, "LONGEST_WAIT", -1)
    answer = as_viewer.get("/reports/trainings/?format=xlsx")
    assert answer.status_code == 200 and answer.context["long"] and not Job.objects.exists()
    assert as_viewer.post("/reports/trainings/", {"format": "xlsx"}).status_code == 302 and Job.objects.count() == 1
    plan = make("plans", key="any-plan")
    assert as_viewer.get(f"/reports/progress/?plan={plan.key}&format=pdf").context["long"]
    assert as_viewer.post("/reports/progress/", {"plan": plan.key, "format": "pdf"}).status_code == 302
    assert Job.objects.first().what == making.PROGRESS


def test_the_estimate_follows_the_size(users):
    plan = make("plans", key="large-plan")
    section = make("plan-sections", plan=plan)
    order = jobs.Order(making.PROGRESS, "2017", "ka", "pdf", {"plan": [plan.key]})
    before = estimate.seconds(order, users.viewer)
    for number in range(3):
        make("activities", plan=plan, section=section, code=f"1.{number}")
    assert before == 0 < estimate.seconds(order, users.viewer) < estimate.LONGEST_WAIT
    assert 1000 * (estimate.ACTIVITY_READ + estimate.ACTIVITY_SET["xlsx"]) > estimate.LONGEST_WAIT  # a plan of a thousand waits for nobody
    small = estimate.seconds(TRAININGS, users.viewer)
    make("trainings", state="held", starts_on=MAY, ends_on=MAY)
    assert estimate.seconds(TRAININGS, users.viewer) > small


@pytest.mark.parametrize("key", [report.key for report in everything() if not report.needs])
def test_every_report_can_be_sized(users, key):
    assert estimate.seconds(jobs.Order(key, "2017", "ka", "docx"), users.viewer) >= 0


def test_the_same_report_is_not_made_twice_at_a_time_and_not_too_many(users):
    first = jobs.start(users.viewer, TRAININGS)
    assert jobs.start(users.viewer, TRAININGS) == first != jobs.start(users.officer, TRAININGS)
    for month in range(1, jobs.MOST_AT_ONCE):
        jobs.start(users.viewer, jobs.Order("trainings", f"2017-{month:02d}", "en", "xlsx"))
    with pytest.raises(jobs.TooMany):
        jobs.start(users.viewer, jobs.Order("trainings", "2016", "en", "xlsx"))


@pytest.mark.parametrize("order", [
    jobs.Order("no-such", "2017", "ka", "pdf"), jobs.Order("own-99", "2017", "ka", "pdf"), jobs.Order("own-x", "2017", "ka", "pdf"),
    jobs.Order("progress", "2017", "ka", "pdf", {"plan": ["none"]}), jobs.Order("briefing", "2017", "ka", "pdf", {"country": ["99999"]}),
])  # fmt: skip
def test_what_cannot_be_made_is_refused_with_words(users, order):
    with pytest.raises(making.Refused) as refused:
        jobs.start(users.viewer, order)
    assert str(refused.value) and not Job.objects.exists()


# -- making, and having the file -------------------------------------------------------------------------------------------


def test_it_is_made_told_of_and_fetched_by_its_owner_alone(as_viewer, as_officer, users):
    make("trainings", state="held", starts_on=MAY, ends_on=MAY)
    job = carry_out(jobs.start(users.viewer, TRAININGS))
    assert (job.state, job.why, job.attempts) == (JobState.DONE, "", 1) and job.file.name.startswith("trainings-2017-")
    assert job.read["trainings"]
    assert f"/reports/made/{job.pk}/" in as_viewer.get("/agenda/reminders/").content.decode() and as_viewer.get("/").context["bell"]["count"] == 1
    page = as_viewer.get(f"/reports/made/{job.pk}/").content.decode()
    assert f"/reports/made/{job.pk}/file/" in page and "hx-trigger" not in page
    assert as_viewer.get("/").context["bell"]["count"] == 0
    file = as_viewer.get(f"/reports/made/{job.pk}/file/")
    assert file.content == bytes(job.file.data) and file["X-Content-Type-Options"] == "nosniff"
    assert f"/reports/made/{job.pk}/" in as_viewer.get("/reports/made/").content.decode()
    for address in (f"/reports/made/{job.pk}/", f"/reports/made/{job.pk}/file/", f"/reports/made/{10**25}/"):
        assert as_officer.get(address).status_code == 404
    assert as_officer.post(f"/reports/made/{job.pk}/cancel/").status_code == 404
    assert Client().get(f"/reports/made/{job.pk}/file/").status_code == 302


def test_it_holds_what_its_owner_may_see(restricted, users):
    officer, _hidden, order = restricted
    mine, theirs = carry_out(jobs.start(officer, order)), carry_out(jobs.start(users.viewer, order))
    assert len(mine.read["meetings"]) == 2 and len(theirs.read["meetings"]) == 1


def test_rights_at_the_moment_of_making_count(restricted):
    officer, _hidden, order = restricted
    job = jobs.start(officer, order)
    User.objects.filter(pk=officer.pk).update(unit=None)
    assert len(carry_out(job).read["meetings"]) == 1


def test_a_record_hidden_afterwards_takes_the_file_with_it(restricted):
    officer, hidden, order = restricted
    job = carry_out(jobs.start(officer, order))
    client = Client()
    client.force_login(officer)
    assert client.get(f"/reports/made/{job.pk}/file/").status_code == 200
    User.objects.filter(pk=officer.pk).update(unit=make("units"))
    for address in (f"/reports/made/{job.pk}/", f"/reports/made/{job.pk}/file/"):
        assert client.get(address).status_code == 404
    assert f"/reports/made/{job.pk}/" not in client.get("/reports/made/").content.decode()


def test_a_report_no_longer_shared_takes_its_files_along(restricted, as_viewer, users):
    officer, _hidden, order = restricted
    job = carry_out(jobs.start(users.viewer, order))
    assert as_viewer.get(f"/reports/made/{job.pk}/file/").status_code == 200
    OwnReport.objects.update(shared=False)
    assert as_viewer.get(f"/reports/made/{job.pk}/file/").status_code == 404


def test_the_evidence_of_a_progress_report_is_among_what_was_read(users):
    plan = make("plans", key="plan-x", starts_on=dt.date(2017, 1, 1), ends_on=dt.date(2017, 12, 31))
    activity = make("activities", plan=plan, section=make("plan-sections", plan=plan), code="1.1")
    make("measures", indicator=make("indicators", activity=activity), register="meetings", definition={"register": "meetings", "date": {"by": "starts_on", "rule": "in"}, "aggregate": "count"})
    meeting = make("meetings", state="held", starts_on=dt.date(2017, 3, 3))
    job = carry_out(jobs.start(users.viewer, jobs.Order(making.PROGRESS, "2017", "ka", "xlsx", {"plan": [plan.key]})))
    assert job.state == JobState.DONE and job.read == {"meetings": [meeting.pk]}


def test_a_deleted_record_hides_nothing(restricted):
    officer, hidden, order = restricted
    job = carry_out(jobs.start(officer, order))
    write.delete(registry.get("meetings"), officer, hidden, version=hidden.version)
    assert making.still_open(jobs.order_of(job), officer, job.read)


# -- progress, cancelling, dying -------------------------------------------------------------------------------------------


def test_progress_is_written_with_its_stage_and_shown(as_viewer, users):
    job = jobs.start(users.viewer, TRAININGS)
    worker.claim(job.pk)
    tell = job_child.Teller(job.pk)
    tell(Stage.READING, 30, 60)
    tell(Stage.READING, 31, 60)  # told just now
    page = as_viewer.get(f"/reports/made/{job.pk}/", headers={"hx-request": "true", "accept-language": "en"}).content.decode()
    assert "<html" not in page and "50" in page and Job.objects.get().done == 30
    tell(Stage.SETTING, 0, 0)
    assert Job.objects.get().stage == Stage.SETTING


def test_cancelled_while_it_waits_it_is_never_made(as_viewer, users):
    job = jobs.start(users.viewer, TRAININGS)
    assert as_viewer.post(f"/reports/made/{job.pk}/cancel/").status_code == 302
    assert worker.claim(job.pk) is None and worker.carry_out(job.pk) == "nothing to do"
    assert Job.objects.get().state == JobState.CANCELLED and not JobFile.objects.exists()
    assert as_viewer.get(f"/reports/made/{job.pk}/cancel/").status_code == 405


def test_cancelled_while_it_is_made_its_process_is_ended(users, monkeypatch):
    job = jobs.start(users.viewer, TRAININGS)
    taken = worker.claim(job.pk)
    jobs.cancel(taken)
    child = Endless()
    monkeypatch.setattr(worker, "_kill", lambda one: one.killed())
    worker._watch(taken, child)
    assert child.was_killed and Job.objects.get().state == JobState.CANCELLED
    job_child.carry_out(job.pk, taken.attempts)  # its last breath changes nothing
    assert Job.objects.get().state == JobState.CANCELLED and not JobFile.objects.exists()


class Endless:
    """A process that never ends by itself."""

    was_killed = False

    def wait(self, seconds=None):
        import subprocess

        raise subprocess.TimeoutExpired("endless", seconds)

    def killed(self):
        self.was_killed = True


class Broken(Endless):
    """A process that ended without a word."""

    def wait(self, seconds=None):
        return -9


def test_a_process_that_breaks_is_called_failed_in_plain_words(as_viewer, users):
    job = jobs.start(users.viewer, TRAININGS)
    worker._watch(worker.claim(job.pk), Broken())
    job = Job.objects.get()
    assert job.state == JobState.FAILED and job.why and "Traceback" not in job.why
    assert job.why in as_viewer.get(f"/reports/made/{job.pk}/").content.decode().replace("&#x27;", "'")


def test_a_worker_told_to_stop_gives_its_job_back(users, monkeypatch):
    job = jobs.start(users.viewer, TRAININGS)
    taken, child = worker.claim(job.pk), Endless()
    monkeypatch.setattr(worker, "_kill", lambda one: one.killed())
    worker.stopping.set()
    try:
        assert worker._watch(taken, child) == "given back" and child.was_killed
    finally:
        worker.stopping.clear()
    job = Job.objects.get()
    assert (job.state, job.attempts) == (JobState.WAITING, 0) and DBTaskResult.objects.count() == 2
    assert carry_out(job).state == JobState.DONE


def test_the_job_of_a_dead_worker_is_taken_up_once_more_and_then_called_failed(users):
    job = jobs.start(users.viewer, TRAININGS)
    for attempt in (1, 2):
        assert worker.claim(job.pk).attempts == attempt
        assert worker.take_up() == 0  # it lives
        Job.objects.update(beat_at=timezone.now() - 2 * worker.MISSED)
        assert worker.take_up() == (1 if attempt == 1 else 0)
    job = Job.objects.get()
    assert job.state == JobState.FAILED and job.why
    assert worker.claim(job.pk) is None


def test_the_process_of_a_dead_worker_keeps_nothing_of_a_job_that_was_taken_up_again(users):
    job = jobs.start(users.viewer, TRAININGS)
    worker.claim(job.pk)
    Job.objects.update(beat_at=timezone.now() - 2 * worker.MISSED)
    worker.take_up()
    worker.claim(job.pk)
    job_child.carry_out(job.pk, 1)
    assert Job.objects.get().state == JobState.RUNNING and not JobFile.objects.exists()
    job_child.carry_out(job.pk, 2)
    assert Job.objects.get().state == JobState.DONE


def test_a_job_that_is_in_no_queue_any_more_is_queued_again(users):
    job = jobs.start(users.viewer, TRAININGS)
    Job.objects.update(made_at=timezone.now() - 2 * worker.MISSED)
    assert worker.take_up() == 0
    DBTaskResult.objects.all().delete()
    assert worker.take_up() == 1 and DBTaskResult.objects.get().args_kwargs["args"] == [job.pk]


def test_of_somebody_who_left_nothing_is_made(users):
    job = jobs.start(users.viewer, TRAININGS)
    User.objects.filter(pk=users.viewer.pk).update(is_active=False)
    assert carry_out(job).state == JobState.FAILED and not JobFile.objects.exists()


def test_results_are_swept_after_some_days(users, settings):
    settings.REPORT_DAYS = 3
    old, new, waiting = carry_out(jobs.start(users.viewer, TRAININGS)), carry_out(jobs.start(users.officer, TRAININGS)), jobs.start(users.administrator, TRAININGS)
    Job.objects.filter(pk=old.pk).update(finished_at=timezone.now() - dt.timedelta(days=4))
    Job.objects.filter(pk=waiting.pk).update(made_at=timezone.now() - dt.timedelta(days=4))
    worker.sweep()
    assert set(Job.objects.values_list("pk", flat=True)) == {new.pk, waiting.pk} and JobFile.objects.get().job_id == new.pk


def test_the_task_in_the_queue_makes_the_report(users, monkeypatch):
    job = jobs.start(users.viewer, TRAININGS)
    monkeypatch.setattr(worker, "carry_out", lambda number: f"made {number}")
    assert tasks.make_report.call(job.pk) == f"made {job.pk}"
