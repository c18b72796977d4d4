"""Making reports in the interface."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import render as page
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gegma.kernel.text import language
from gegma.plan.models import Plan
from gegma.plan.views.common import choose_period, current_plan

from . import editions, jobs
from .answer import BUILT_IN, answer, in_built_in_form
from .jobs.making import PROGRESS, Refused
from .render import FORMATS
from .word_templates import store as word_templates


@require_http_methods(["GET", "HEAD", "POST"])
def progress_report(request):
    """Choose plan, period, division, language and format; with a format the file itself comes, or the page of the job that makes it.

    Its annex is of all that is internal.
    """
    if request.user.is_focal_point:
        raise Http404
    asked = request.POST if request.method == "POST" else request.GET
    plan = Plan.objects.filter(key=asked.get("plan", "")).first() or current_plan()
    if plan is None:
        return page(request, "reports/progress.html", {"plan": None})
    chosen = choose_period(request, plan, asked)
    fmt, error, long = asked.get("format", ""), chosen.error, False
    lang = asked.get("in", language())
    division = asked.get("division", "")
    template, broken = word_templates.in_use(PROGRESS, lang), ""
    built_in = asked.get("form") == BUILT_IN
    if fmt in FORMATS and lang in {"ka", "en"} and not error:
        try:
            if response := answer(request, jobs.Order(PROGRESS, chosen.period.key, lang, fmt, {"plan": [plan.key], "division": [division]}, built_in=built_in)):
                return response
            long = True
        except (Refused, jobs.TooMany) as refused:
            broken = getattr(refused, "faults", {}).get("template", "")
            error = "" if broken else str(refused)
    if fmt and fmt not in FORMATS:
        error = _("Choose Word, Excel or PDF.")
    return page(
        request,
        "reports/progress.html",
        {
            "template": template, "broken": broken, "built_in": in_built_in_form(asked),
            "plan": plan, "plans": Plan.objects.all(), "chosen": chosen, "error": error, "lang": lang, "division": division, "long": long, "asked": asked,
            "divisions": plan.sections.filter(parent=None).order_by("order"), "may_freeze": editions.may_freeze(request.user),
        },
        status=400 if broken else 200,
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
