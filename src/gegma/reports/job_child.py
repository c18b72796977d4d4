"""python -m gegma.reports.job_child JOB ATTEMPT: makes one report and keeps its file. Started by the worker, one process for each job."""

from __future__ import annotations

import os
import sys
import time

# So often the progress is written, in seconds.
TOLD_EVERY = 0.5


class Teller:
    """Writes how far it is, not too often; ends the process where the worker is gone, who would end it when it is cancelled."""

    def __init__(self, number: int):
        self.number, self.told, self.stage, self.parent = number, 0.0, "", os.getppid()

    def __call__(self, stage: str, done: int, of: int) -> None:
        """Say it, unless it was said just now."""
        from .models import Job

        if stage == self.stage and time.monotonic() - self.told < TOLD_EVERY:
            return
        if os.getppid() != self.parent:
            sys.exit("the worker is gone")
        self.stage, self.told = stage, time.monotonic()
        Job.objects.filter(pk=self.number).update(stage=stage, done=done, of=of)


def carry_out(number: int, attempt: int, teller=None) -> None:
    """Make the report of a job with its owner's rights, and keep the file; or why there is none."""
    from django.db import transaction
    from django.utils import translation

    from .jobs import making, order_of, worker
    from .models import Job, JobFile, JobState

    job = Job.objects.select_related("owner").get(pk=number)
    job.attempts, order = attempt, order_of(job)
    with translation.override(order.lang):
        try:
            if not job.owner.is_active:
                raise making.Refused("")
            made = making.make(order, job.owner, teller)
        except making.Refused as refused:
            worker.end(job, JobState.FAILED, str(refused))
            return
        with transaction.atomic():
            if worker.end(job, JobState.DONE, ""):
                Job.objects.filter(pk=number).update(read=made.read, stage="")
                JobFile.objects.create(job=job, name=made.name, form=order.form, size=len(made.data), data=made.data)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gegma.config.settings")
    django.setup()
    carry_out(int(sys.argv[1]), int(sys.argv[2]), Teller(int(sys.argv[1])))
