"""Making reports in the interface."""

from __future__ import annotations

import logging

from django.http import Http404, HttpResponse
from django.shortcuts import render as page
from django.utils.translation import gettext as _

from gegma.audit import access
from gegma.audit.models import Kind
from gegma.engine import files
from gegma.kernel import dates
from gegma.kernel.text import language
from gegma.plan.models import Plan
from gegma.plan.views.common import choose_period, current_plan

from . import editions
from .context import progress
from .render import FORMATS, render
from .word_templates import store as word_templates
from .word_templates import texts as template_texts

log = logging.getLogger(__name__)


def progress_report(request):
    """Choose plan, period, division, language and format; with ?format= the file itself comes. Its annex is of all that is internal."""
    if request.user.is_focal_point:
        raise Http404
    plan = Plan.objects.filter(key=request.GET.get("plan", "")).first() or current_plan()
    if plan is None:
        return page(request, "reports/progress.html", {"plan": None})
    chosen = choose_period(request, plan)
    fmt, error = request.GET.get("format", ""), chosen.error
    lang = request.GET.get("in", language())
    division = request.GET.get("division", "")
    template, broken = word_templates.in_use("progress", lang), ""
    if fmt in FORMATS and lang in {"ka", "en"} and not error:
        try:
            return _file(plan, chosen.period, lang, division, fmt, None if request.GET.get("form") == "built-in" else template)
        except word_templates.Broken as found:
            broken = template_texts.say(found.refused)
    if fmt and fmt not in FORMATS:
        error = _("Choose Word, Excel or PDF.")
    return page(
        request,
        "reports/progress.html",
        {
            "template": template, "broken": broken, "built_in": _built_in(request),
            "plan": plan, "plans": Plan.objects.all(), "chosen": chosen, "error": error, "lang": lang, "division": division,
            "divisions": plan.sections.filter(parent=None).order_by("order"), "may_freeze": editions.may_freeze(request.user),
        },
        status=400 if broken else 200,
    )  # fmt: skip


def _built_in(request) -> str:
    asked = request.GET.copy()
    asked["form"] = "built-in"
    return f"?{asked.urlencode()}"


def _file(plan: Plan, period, lang: str, division: str, fmt: str, template) -> HttpResponse:
    context = progress(plan, period, lang, division=division)
    template = template if fmt == "docx" else None
    data = word_templates.fill(template, word_templates.of_progress(context, period)) if template else render(context, fmt)
    form = f"-template-v{template.number}" if template else ""
    response = HttpResponse(data, content_type=files.TYPES[fmt])
    name = f"{plan.key}-{period.key.replace('..', '_')}-{dates.today()}-{lang}{form}.{fmt}"
    access.note(Kind.REPORT, words=name)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


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
