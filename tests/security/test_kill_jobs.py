"""kill -9 at the worker of reports and at what makes one: every report that was asked for is made, once and whole, or is said to have failed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests import databases

ASK = """
from gegma.accounts.models import User
from gegma.reports import jobs
person = User.objects.create_user(email="nino@example.ge", name="Nino", role="officer")
for form in ("xlsx", "docx", "pdf"):
    print(jobs.start(person, jobs.Order("trainings", "2017", "en", form)).pk)
"""
TOLD = """
import datetime as dt, json
from django.utils import timezone
from gegma.reports.models import Job, JobFile, JobState
for line in sys.stdin:
    if line == "age\\n":  # as if the minute without a sign of life were over
        Job.objects.filter(state=JobState.RUNNING).update(beat_at=timezone.now() - dt.timedelta(minutes=5))
    rows = Job.objects.order_by("pk").values("pk", "state", "attempts", "why")
    files = {f.job_id: bytes(f.data[:4]).hex() for f in JobFile.objects.all()}
    print(json.dumps([{**row, "file": files.get(row["pk"])} for row in rows]), flush=True)
"""
BEGIN = {"504b0304", "25504446"}  # a zip, a PDF


class Queue:
    """A place with three reports asked for, and a process that tells how they stand."""

    def __init__(self, env):
        self.env = env
        self.asked = list(map(int, databases.run(env, ASK).split()))
        self.teller = databases.start(env, TOLD, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def jobs(self, word: str = "look") -> list[dict]:
        """How each stands."""
        self.teller.stdin.write(f"{word}\n")
        self.teller.stdin.flush()
        return json.loads(self.teller.stdout.readline())

    def worker(self, *words: str) -> subprocess.Popen:
        """«gegma work»."""
        return subprocess.Popen([sys.executable, "-m", "gegma.config.cli", "work", *words], env=self.env, cwd=databases.ROOT, stderr=subprocess.DEVNULL)

    def kill_in_the_making(self, child_too: bool) -> int:
        """Kill a worker that makes a report, with the process that makes it or without; returns which report it was."""
        worker, end = self.worker(), time.monotonic() + 90
        while time.monotonic() < end:
            made = [job["pk"] for job in self.jobs() if job["state"] == "running"]
            children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
            if made and children:
                break
            time.sleep(0.05)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        for child in children if child_too else ():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(int(child), signal.SIGKILL)
        assert made, "nothing was in the making"
        return made[0]


def test_reports_in_the_background_survive_the_death_of_their_worker(empty_database):
    queue = Queue(empty_database)
    try:
        first = queue.kill_in_the_making(child_too=True)
        stood = {job["pk"]: job for job in queue.jobs()}
        assert stood[first]["state"] == "running" and stood[first]["file"] is None  # nothing half-written
        queue.jobs("age")
        second = queue.kill_in_the_making(child_too=False)
        queue.jobs("age")
        assert queue.worker("--once").wait(timeout=200) == 0
        ended = {job["pk"]: job for job in queue.jobs()}
        assert sorted(ended) == queue.asked and {first, second} <= set(ended)
        for job in ended.values():
            if job["state"] == "failed":  # died twice, and says so
                assert job["pk"] == first == second and job["attempts"] == 2 and job["why"] and job["file"] is None
            else:
                assert job["state"] == "done" and job["file"] in BEGIN, job
    finally:
        queue.teller.stdin.close()
        queue.teller.wait(timeout=30)
        queue.teller.stdout.close()
