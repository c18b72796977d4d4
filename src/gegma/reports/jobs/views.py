"""«My reports being made»: the list, one with its progress, the file, cancelling."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gegma.kernel.periods import parse

from .. import jobs
from ..answer import as_file
from ..models import Job, JobFile, JobState
from . import making

FORMS = {"docx": "Word", "pdf": "PDF", "xlsx": "Excel"}
SHOWN = 50


def _find(request: HttpRequest, pk: int) -> Job:
    """The person's own job; a 404 page where what it holds is no longer open to them, as if it had never been."""
    job = Job.objects.select_related("delivery__schedule__report__owner").filter(pk=pk, owner_id=request.user.pk).first() if pk < 2**62 else None
    if job is None or not _open(request, job):
        raise Http404
    return job


def _open(request: HttpRequest, job: Job) -> bool:
    return making.still_open(jobs.order_of(job), request.user, job.read if job.state == JobState.DONE else {})


@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """The reports that the person asked for in the background, or that came by a schedule, newest first."""
    rows = [job for job in Job.objects.filter(owner_id=request.user.pk).select_related("delivery__schedule__report__owner")[:SHOWN] if _open(request, job)]
    return render(request, "reports/jobs.html", {"jobs": [_facts(job) for job in rows], "running": any(job.unfinished for job in rows)})


@require_safe
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How far one is. Asked for by htmx, only the part that changes; looked at when it has ended, the bell forgets it."""
    job = _find(request, pk)
    if not job.unfinished:
        jobs.seen(request.user, job)
    template = "reports/job_state.html" if request.htmx else "reports/job.html"
    response = render(request, template, _facts(job))
    response["Cache-Control"] = "no-store"
    return response


def _facts(job: Job) -> dict:
    order = jobs.order_of(job)
    kept = JobFile.objects.filter(job=job).defer("data").first() if job.state == JobState.DONE else None
    delivery = getattr(job, "delivery", None)
    tones = {JobState.WAITING: "none", JobState.RUNNING: "going", JobState.DONE: "done", JobState.FAILED: "late", JobState.CANCELLED: "none"}
    return {
        "job": job, "file": kept, "tone": tones[JobState(job.state)], "form": FORMS.get(order.form, ""), "lang": order.lang,
        "period": parse(order.period).sentence(), "by": delivery.schedule if delivery else None, "url": again(order),
    }  # fmt: skip


def again(order: jobs.Order) -> str:
    """The page on which the same report can be asked for anew."""
    if order.what == making.PROGRESS:
        return reverse("progress_report")
    number = order.what.removeprefix("own-")
    return reverse("report", args=[order.what]) if number == order.what else reverse("own_report", args=[int(number)])


@require_safe
def job_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file, as long as the person may see all that is in it."""
    job = _find(request, pk)
    kept = JobFile.objects.filter(job=job).first() if job.state == JobState.DONE else None
    if kept is None:
        raise Http404
    jobs.seen(request.user, job)
    return as_file(kept.name, kept.form, bytes(kept.data))


@require_POST
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it no further."""
    job = _find(request, pk)
    if jobs.cancel(job):
        messages.success(request, _("The report will not be made."))
    else:
        messages.info(request, _("It had ended already."))
    return redirect("report_job", pk=pk)


@require_POST
def jobs_seen(request: HttpRequest) -> HttpResponse:
    """The bell forgets all that ended."""
    jobs.seen(request.user)
    return redirect("report_jobs")


# -- the bell and the person's menu ------------------------------------------------------------------------------------


def told(user) -> list[dict]:
    """What the page of the bell says about reports that ended."""
    rows = jobs.untold(user).defer("read")[:SHOWN]
    words = {JobState.DONE: _("The report is made"), JobState.FAILED: _("The report was not made")}
    return [{"label": job.title, "words": words[JobState(job.state)], "url": reverse("report_job", args=[job.pk]), "at": job.finished_at, "tone": "done" if job.state == JobState.DONE else "late"} for job in rows]


def count(user) -> int:
    """How many that are, for the bell."""
    return jobs.untold(user).count()


def my_link() -> dict:
    """The place in the person's own menu."""
    return {"label": _("My reports being made"), "url": reverse("report_jobs")}
