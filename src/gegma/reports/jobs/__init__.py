"""Reports made in the background: start() is the one way in; «gegma work» (worker.py) makes them, one after the other.

A job belongs to one person, is made with that person's rights, and its file is given out only as long as that person may still see
everything in it. It is kept for some days (settings.REPORT_DAYS).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ..job_models import UNFINISHED
from ..models import Job, JobState

# So many unfinished ones one person may have; the worker serves everybody.
MOST_AT_ONCE = 10


@dataclass(frozen=True)
class Order:
    """Which report, as words that can be kept and are checked again when it is made.

    what: «progress», the key of a report of the catalogue, or own-12. period: its key. form: docx, pdf or xlsx. given: parameters as
    typed; of the progress report: plan, division. schedule: the schedule that asks, where none of the person's own clicks does.
    built_in: without the department's own Word template.
    """

    what: str
    period: str
    lang: str
    form: str
    given: Mapping[str, Sequence[str]] = field(default_factory=dict)
    schedule: int = 0
    built_in: bool = False


class TooMany(Exception):
    """The person has enough reports in the making; str() says so."""


def order_of(job: Job) -> Order:
    """What a job was asked to make."""
    return Order(**job.asked)


def start(user, order: Order) -> Job:
    """Have a report made in the background with the rights of user; the same one is not made twice at a time.

    Raises TooMany, making.Refused where the person may not make it.
    """
    from . import making, tasks

    title = making.title(order, user)
    asked = asdict(order) | {"given": {name: list(words) for name, words in order.given.items()}}
    with transaction.atomic():
        mine = Job.objects.filter(owner_id=user.pk, state__in=UNFINISHED)
        for job in mine:
            if job.asked == asked and not job.stop_asked:
                return job
        if len(mine) >= MOST_AT_ONCE and not order.schedule:
            raise TooMany(_("%(n)s reports of yours are being made already: wait for one, or cancel one.") % {"n": MOST_AT_ONCE})
        job = Job.objects.create(owner_id=user.pk, what=order.what, title=title[:500], asked=asked)
        tasks.make_report.enqueue(job.pk)
    return job


def of(user) -> QuerySet[Job]:
    """The jobs of a person, newest first."""
    return Job.objects.filter(owner_id=user.pk).defer("read").select_related("file").defer("file__data", "read")


def cancel(job: Job) -> bool:
    """Ask that it be made no further. One that waits is cancelled at once, one in the making within seconds; returns whether it was not finished."""
    if Job.objects.filter(pk=job.pk, state=JobState.WAITING).update(state=JobState.CANCELLED, finished_at=timezone.now(), seen_at=timezone.now()):
        return True
    return bool(Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(stop_asked=True))


def seen(user, job: Job | None = None) -> None:
    """The person knows that it ended: this one, or all that did."""
    rows = Job.objects.filter(owner_id=user.pk, seen_at=None).exclude(state__in=UNFINISHED)
    (rows.filter(pk=job.pk) if job else rows).update(seen_at=timezone.now())


def untold(user) -> QuerySet[Job]:
    """Those that ended and that the person has not looked at since: what the bell counts."""
    return Job.objects.filter(owner_id=user.pk, seen_at=None, state__in=(JobState.DONE, JobState.FAILED))
