"""Making reports in the interface."""

from __future__ import annotations

from django.shortcuts import render as page
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gegma.kernel.text import language
from gegma.plan.models import Plan
from gegma.plan.views.common import choose_period, current_plan

from . import editions, jobs
from .answer import answer
from .jobs.making import PROGRESS, Refused
from .render import FORMATS


@require_http_methods(["GET", "HEAD", "POST"])
def progress_report(request):
    """Choose plan, period, division, language and format; with a format the file itself comes, or the page of the job that makes it."""
    asked = request.POST if request.method == "POST" else request.GET
    plan = Plan.objects.filter(key=asked.get("plan", "")).first() or current_plan()
    if plan is None:
        return page(request, "reports/progress.html", {"plan": None})
    chosen = choose_period(request, plan, asked)
    fmt, error, long = asked.get("format", ""), chosen.error, False
    lang = asked.get("in", language())
    division = asked.get("division", "")
    if fmt in FORMATS and lang in {"ka", "en"} and not error:
        try:
            if response := answer(request, jobs.Order(PROGRESS, chosen.period.key, lang, fmt, {"plan": [plan.key], "division": [division]})):
                return response
            long = True
        except (Refused, jobs.TooMany) as refused:
            error = str(refused)
    if fmt and fmt not in FORMATS:
        error = _("Choose Word, Excel or PDF.")
    return page(
        request,
        "reports/progress.html",
        {
            "plan": plan, "plans": Plan.objects.all(), "chosen": chosen, "error": error, "lang": lang, "division": division, "long": long, "asked": asked,
            "divisions": plan.sections.filter(parent=None).order_by("order"), "may_freeze": editions.may_freeze(request.user),
        },
    )  # fmt: skip


def nav(request) -> dict:
    """The reports' place in the bar."""
    from django.urls import reverse

    return {
        "label": _("Reports"),
        "url": reverse("reports"),
        "active": request.path.startswith("/reports/"),
        "children": [],
        "order": 50,
    }
