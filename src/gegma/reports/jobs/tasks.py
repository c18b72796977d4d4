"""What stands in the queue: the number of a job. django-tasks calls this in the worker."""

from __future__ import annotations

from django_tasks import task


@task()
def make_report(number: int) -> str:
    """Make the report of the job with this number; returns how it ended."""
    from . import worker

    return worker.carry_out(number)
