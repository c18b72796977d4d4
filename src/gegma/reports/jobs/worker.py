"""The worker of «gegma work»: takes jobs from the queue, each made in a process of its own, and keeps house between them.

A process for each: what a large report needs of memory goes back when it ends, it can be ended when somebody cancels, and what goes
wrong in it does not end the worker. A worker that is told to stop gives the job back; one that dies is missed by the next.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.db import close_old_connections, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from ..job_models import ENDED, UNFINISHED
from ..models import Job, JobState

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds between two looks into the queue
BEAT = 5.0  # seconds between two signs of life
MISSED = dt.timedelta(seconds=60)  # without a sign of life, the worker is dead
ATTEMPTS = 2
LONGEST = 30 * 60  # seconds that one report may take
HOUSEKEEPING = 60.0  # seconds
stopping = threading.Event()


# -- one job -----------------------------------------------------------------------------------------------------------


def carry_out(number: int) -> str:
    """Make the report of a job in a process of its own, unless it was cancelled or somebody else does; returns its state."""
    job = claim(number)
    if job is None:
        return "nothing to do"
    child = subprocess.Popen([sys.executable, "-m", "gegma.reports.job_child", str(job.pk), str(job.attempts)], start_new_session=True)
    state = _watch(job, child)
    ended = Job.objects.get(pk=job.pk)
    _tell_recipient(ended)
    return state or ended.state


def claim(number: int) -> Job | None:
    """Take a waiting job; None where it waits no more."""
    now = timezone.now()
    job = Job.objects.filter(pk=number).first()
    if job is None:
        return None
    taken = Job.objects.filter(pk=number, state=JobState.WAITING, attempts=job.attempts).update(
        state=JobState.RUNNING, attempts=job.attempts + 1, started_at=now, beat_at=now, stage="", done=0, of=0
    )
    return Job.objects.get(pk=number) if taken else None


def _watch(job: Job, child: subprocess.Popen) -> str:
    """Wait for the process: sign of life, cancelling, stopping, the longest time."""
    began = beaten = time.monotonic()
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = child.wait(0.5)
            end(job, JobState.FAILED, _failed(job))  # where the process did not say how it ended
            if code:
                log.error("The report of job %s ended with status %s.", job.pk, code)
            return ""
        if stopping.is_set():
            _kill(child)
            give_back(job)
            return "given back"
        if time.monotonic() - beaten > BEAT or beaten == began:
            beaten = time.monotonic()
            Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(beat_at=timezone.now())
        if Job.objects.filter(pk=job.pk, stop_asked=True).exists():
            _kill(child)
            end(job, JobState.CANCELLED, "")
            return ""
        if time.monotonic() - began > LONGEST:
            _kill(child)
            end(job, JobState.FAILED, _in_words(job, lambda: _("It took longer than %(n)s minutes and was ended. Ask for a shorter period.") % {"n": LONGEST // 60}))
            return ""


def _kill(child: subprocess.Popen) -> None:
    """The process and what it started: the typesetter."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _in_words(job: Job, words: Callable[[], str]) -> str:
    with override(job.asked.get("lang", settings.LANGUAGE_CODE)):
        return words()


def _failed(job: Job) -> str:
    return _in_words(job, lambda: _("It could not be made: something went wrong that is ours to mend. The administrator finds it in the log under job %(n)s.") % {"n": job.pk})


def end(job: Job, state: str, why: str) -> bool:
    """Say how this attempt ended, unless that is said already."""
    return bool(
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts).update(
            state=state, why=why, finished_at=timezone.now(), seen_at=timezone.now() if state == JobState.CANCELLED else None
        )
    )


def give_back(job: Job) -> None:
    """Put a job back into the queue: the worker was told to stop, which is not the job's fault."""
    from . import tasks

    with transaction.atomic():
        if Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts).update(state=JobState.WAITING, attempts=job.attempts - 1, stage="", done=0, of=0):
            tasks.make_report.enqueue(job.pk)


def _tell_recipient(job: Job) -> None:
    from .. import schedules

    if job.asked.get("schedule"):
        schedules.mail(job)


# -- keeping house -----------------------------------------------------------------------------------------------------


def keep_house() -> None:
    """What has to be done from time to time: jobs of dead workers, results and drafts that are old, schedules that are due."""
    from gegma.plan import drafts

    from .. import schedules

    for chore in (take_up, sweep, drafts.sweep, schedules.run, schedules.mail_again):
        try:
            chore()
        except Exception:  # one that fails must not keep the others waiting; the log has the reason
            log.exception("Keeping house: %s", chore.__name__)


def take_up() -> int:
    """Put jobs whose worker died back into the queue; one that died twice is called failed. Returns how many were put back."""
    from django_tasks_db.models import DBTaskResult

    from . import tasks

    back = 0
    for job in Job.objects.filter(state=JobState.RUNNING, beat_at__lt=timezone.now() - MISSED):
        if job.attempts >= ATTEMPTS:
            why = _in_words(job, lambda: _("It could not be made: the worker ended twice while making it. Ask for a shorter period, or for the Excel file."))
            end(job, JobState.FAILED, why)
            continue
        with transaction.atomic():
            if Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts).update(state=JobState.WAITING, stage="", done=0, of=0):
                tasks.make_report.enqueue(job.pk)
                back += 1
    queued = {row["args"][0] for row in DBTaskResult.objects.filter(task_path=tasks.make_report.module_path, status__in=("READY", "RUNNING")).values_list("args_kwargs", flat=True)}
    lost = Job.objects.filter(state=JobState.WAITING, made_at__lt=timezone.now() - MISSED).exclude(pk__in=queued)
    for job in lost:
        tasks.make_report.enqueue(job.pk)
        back += 1
    return back


def sweep() -> int:
    """Take away what ended longer ago than reports are kept. Returns how many jobs went."""
    from django_tasks_db.models import DBTaskResult

    before = timezone.now() - dt.timedelta(days=settings.REPORT_DAYS)
    gone, _kinds = Job.objects.filter(state__in=ENDED, finished_at__lt=before).delete()
    DBTaskResult.objects.filter(status__in=("SUCCESSFUL", "FAILED"), finished_at__lt=before).delete()
    # those of workers that died while they had them
    DBTaskResult.objects.filter(status="RUNNING", started_at__lt=timezone.now() - dt.timedelta(seconds=2 * LONGEST)).delete()
    return gone


# -- the process -------------------------------------------------------------------------------------------------------


def run(once: bool = False) -> None:
    """Take jobs until told to stop (SIGTERM, Ctrl+C). once: until there is none left."""
    from django_tasks_db.management.commands.db_worker import Worker
    from django_tasks_db.models import DBTaskResult

    worker = Worker(
        queue_names=["default"], interval=PAUSE, batch=True, backend_name="default", startup_delay=False, max_tasks=None,
        worker_id=f"{os.uname().nodename[:20]}-{os.getpid()}-{get_random_string(8)}", excluded_queue_names=[],
    )  # fmt: skip

    def stop(_signal, _frame) -> None:
        worker.running = False
        stopping.set()

    stopping.clear()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    kept = -HOUSEKEEPING
    while not stopping.is_set():
        close_old_connections()
        if time.monotonic() - kept >= HOUSEKEEPING:
            keep_house()
            kept = time.monotonic()
        if DBTaskResult.objects.ready().exists():
            worker.run()
        elif once and not Job.objects.filter(state__in=UNFINISHED).exists():
            return
        stopping.wait(PAUSE)
