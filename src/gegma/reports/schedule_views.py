"""The pages on which the owner of a report lets it come by itself: how often, to whom, paused, ended."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gegma.accounts.models import User
from gegma.kernel import dates

from . import schedules
from .catalogue import own
from .models import Ending, Every, OwnReport, Schedule

FORMS = [("docx", "Word"), ("pdf", "PDF"), ("xlsx", "Excel")]
# So many of the last deliveries are shown.
SHOWN = 20


def of(user, kept: OwnReport) -> list[dict]:
    """The schedules of a report with what came of them, for its owner's page."""
    if not own.may_change(user, kept):
        return []
    today = dates.today()
    rows = kept.schedules.prefetch_related("recipients")
    return [{"schedule": one, "people": list(one.recipients.all()), "next": schedules.next_day(one, today), "last": _last(one)} for one in rows]


def _last(schedule: Schedule) -> list:
    """The deliveries of the last occasion."""
    rows = list(schedule.deliveries.select_related("person", "job").defer("job__read")[:SHOWN])
    return [row for row in rows if row.occasion == rows[0].occasion]


def _mine(request: HttpRequest, pk: int) -> OwnReport:
    kept = own.visible(request.user).filter(pk=pk).first() if pk < 2**62 else None
    if kept is None or not own.may_change(request.user, kept):
        raise Http404
    return kept


def _one(kept: OwnReport, number: int) -> Schedule:
    found = kept.schedules.filter(pk=number, ended_at=None).first() if number < 2**62 else None
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def schedule_edit(request: HttpRequest, pk: int, number: int = 0) -> HttpResponse:
    """Let a report come by itself, or change how it does."""
    kept = _mine(request, pk)
    schedule = _one(kept, number) if number else Schedule()
    given, faults = _kept(request, schedule), {}
    if request.method == "POST":
        given = _given(request)
        try:
            schedules.save(request.user, kept, schedule, given)
        except ValidationError as error:
            faults = {name: " ".join(words) for name, words in error.message_dict.items()}
        else:
            messages.success(request, _("The report will come by itself."))
            return redirect("own_report", pk=pk)
    people = User.objects.filter(is_active=True).select_related("unit").order_by("name", "pk")
    context = {"kept": kept, "schedule": schedule, "given": given, "faults": faults, "every": Every.choices, "forms": FORMS, "people": people, "most": schedules.RECIPIENTS_MAX}
    return render(request, "reports/schedule_edit.html", context, status=400 if faults else 200)


def _kept(request: HttpRequest, schedule: Schedule) -> dict:
    people = list(schedule.recipients.values_list("pk", flat=True)) if schedule.pk else [request.user.pk]
    return {"every": schedule.every, "form": schedule.form, "recipients": people, "ends_on": f"{schedule.ends_on:%d.%m.%Y}" if schedule.ends_on else ""}


def _given(request: HttpRequest) -> dict:
    numbers = [int(word) for word in request.POST.getlist("recipients") if word.isascii() and word.isdecimal() and len(word) < 19]
    return {**{name: request.POST.get(name, "").replace("\0", "") for name in ("every", "form", "ends_on")}, "recipients": numbers}


@require_POST
def schedule_step(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Pause it, let it go on, or end it."""
    schedule = _one(_mine(request, pk), number)
    step = request.POST.get("step", "")
    if step == "pause":
        schedules.pause(schedule)
        messages.success(request, _("The schedule is paused: nothing comes until it goes on."))
    elif step == "go-on":
        schedules.go_on(schedule)
        messages.success(request, _("The schedule goes on."))
    elif step == "end":
        schedules.end(schedule, Ending.OWNER)
        messages.success(request, _("The schedule is ended."))
    return redirect("own_report", pk=pk)
