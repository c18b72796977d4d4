"""The catalogue in the interface: which reports there are, the page of one, the file."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gegma.engine import registry
from gegma.engine.policy import VIEW
from gegma.kernel import dates, periods
from gegma.kernel.text import LANGUAGES, language

from .. import jobs, schedule_views
from ..answer import BUILT_IN, answer, in_built_in_form
from ..jobs import making
from ..models import OwnReport
from ..word_templates import store as word_templates
from . import FORMATS, asking, base, everything, find, own

# By GET a short report comes at once; by POST also one that takes long can be asked for.
ASKED = require_http_methods(["GET", "HEAD", "POST"])
FORMS = [("docx", "Word"), ("pdf", "PDF"), ("xlsx", "Excel")]
# Addresses of the progress report from the time when it was the only one.
PROGRESS = {"plan", "period", "from", "to", "division", "in", "format", "form"}
YEARS_BACK = 2


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """All reports, each with its sentence and what it asks; those of one's own and those shared."""
    if set(request.GET) & PROGRESS:
        return redirect(f"{reverse('progress_report')}?{request.GET.urlencode()}")
    mine = [(kept, own.as_report(kept), own.may_change(request.user, kept)) for kept in own.visible(request.user)]
    return render(request, "reports/catalogue.html", {
        "reports": everything(), "mine": mine, "forms": FORMS, "may_change_templates": word_templates.may_change(request.user),
    })  # fmt: skip


@ASKED
def report(request: HttpRequest, key: str) -> HttpResponse:
    """A report of the catalogue: its parameters; with ?format= the file itself."""
    found = find(key)
    if found is None:
        raise Http404
    return _page(request, found)


@ASKED
def own_report(request: HttpRequest, pk: int) -> HttpResponse:
    """A report of one's own, or one that is shared."""
    kept = _kept(request, pk)
    return _page(request, own.as_report(kept), kept)


def _kept(request: HttpRequest, pk: int) -> OwnReport:
    kept = own.visible(request.user).filter(pk=pk).first() if pk < 2**63 else None
    if kept is None:
        raise Http404
    return kept


def _page(request: HttpRequest, found: base.Report, kept: OwnReport | None = None) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    given = {name: asked.getlist(name) for name in asked}
    fmt, lang, long = asked.get("format", ""), asked.get("in", language()), False
    faults: dict[str, str] = {}
    period = asking.period_of({})
    try:
        period = asking.period_of(asked)
    except asking.Wrong as wrong:
        faults |= wrong.faults
    try:
        asking.cleaned(found, request.user, given)
    except asking.Wrong as wrong:
        # An empty form is no mistake: what is needed is asked for once a file is wanted.
        faults |= {name: words for name, words in wrong.faults.items() if fmt or given.get(name)}
    if fmt and fmt not in FORMATS:
        faults["format"] = _("Choose Word, Excel or PDF.")
    if lang not in LANGUAGES:
        faults["in"] = _("Choose Georgian or English.")
    template = word_templates.in_use(found.key, lang) if kept is None else None
    if fmt and not faults:
        what = {name: words for name, words in given.items() if name not in asking.HOW}
        order = jobs.Order(found.key, period.key, lang, fmt, what, built_in=asked.get("form") == BUILT_IN)
        try:
            if response := answer(request, order):
                return response
            long = True
        except making.Refused as refused:
            faults |= refused.faults
        except jobs.TooMany as many:
            faults["background"] = str(many)
    context = {
        "report": found, "kept": kept, "may_change": kept is not None and own.may_change(request.user, kept), "faults": faults, "forms": FORMS,
        "params": [(param, _options(param, request, given)) for param in found.params], "lang": lang, "period": period, "periods": _periods(period),
        "template": template, "broken": "template" in faults, "built_in": in_built_in_form(asked),
        "asked": asked, "long": long, "schedules": schedule_views.of(request.user, kept) if kept else [],
    }  # fmt: skip
    return render(request, "reports/report.html", context, status=400 if fmt and faults else 200)


def _options(param: base.Param, request: HttpRequest, given: dict) -> list[tuple[str, str, bool]]:
    if param.kind == "text":
        return []
    chosen = set(given.get(param.name, ()))
    if param.kind == "record" and chosen:
        try:
            chosen = {str(asking.cleaned(base.Report("", "", "", None, (param,)), request.user, {param.name: list(chosen)})[param.name].pk)}
        except asking.Wrong:
            chosen = set()
    return [(value, words, value in chosen) for value, words in param.choices(request.user)]


def _periods(chosen) -> list[tuple[str, str, bool]]:
    """This year with its halves, quarters and months, and the years before; what was asked beyond them too."""
    year = dates.today().year
    found = [*periods.choices(periods.parse(str(year))), *(periods.parse(str(year - n)) for n in range(1, YEARS_BACK + 1))]
    if chosen not in found:
        found.insert(0, chosen)
    return [(period.key, period.sentence(), period == chosen) for period in found]


# -- reports of one's own ----------------------------------------------------------------------------------------------


def own_edit(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """Put a report together, or change one's own: first the register, then filters, columns and words."""
    kept = _kept(request, pk) if pk else OwnReport(owner=request.user)
    if pk and not own.may_change(request.user, kept):
        raise Http404
    source = request.POST if request.method == "POST" else request.GET
    spec = registry.find(kept.register or source.get("register", ""))
    if spec is not None and not spec.policy.may(request.user, VIEW):
        spec = None
    if spec is None:
        readable = [one for one in registry.everything() if one.policy.may(request.user, VIEW) and (one.menu or one.parent)]
        return render(request, "reports/own_register.html", {"specs": readable})
    spec = spec.as_seen_by(request.user)
    given = _given(spec, kept, source)
    faults: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = own.save(request.user, kept, given)
            return redirect(reverse("own_report", args=[made.pk]))
        except ValidationError as error:
            faults = {name: " ".join(words) for name, words in error.message_dict.items()} if hasattr(error, "error_dict") else {"register": " ".join(error.messages)}
    columns = [*(n for n in given["columns"] if n in spec.all_fields), *(n for n in spec.all_fields if n not in given["columns"])]
    context = {
        "spec": spec, "kept": kept, "given": given, "faults": faults, "days": own.days(spec),
        "columns": [(name, str(spec.all_fields[name].label), name in given["columns"]) for name in columns],
    }  # fmt: skip
    return render(request, "reports/own_edit.html", context, status=400 if faults else 200)


def _given(spec, kept: OwnReport, source) -> dict:
    """What stands in the form: what was sent, else what is kept, else what the list showed that it was asked from."""
    texts = {name: source.get(name, getattr(kept, name)) for name in ("title_ka", "title_en", "before", "address", "day")}
    columns = source.getlist("columns") if "columns" in source else [n for n in source.get("cols", "").split(",") if n] or kept.columns or spec.default_columns()
    sent = "sent" in source
    return {**texts, "register": spec.key, "columns": columns, "shared": source.get("shared") == "1" if sent else kept.shared}


@require_POST
def own_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own report away."""
    kept = _kept(request, pk)
    if not own.may_change(request.user, kept):
        raise Http404
    own.remove(request.user, kept)
    return redirect("reports")


# -- where other pages lead here ---------------------------------------------------------------------------------------


def on_the_record(request, spec, record) -> dict | None:
    """The button at a record that a report is about: briefing of a country, sheet of a project, report of a framework."""
    found = next((one for one in everything() if one.shows == spec.key), None)
    if found is None:
        return None
    param = next(param for param in found.params if param.register == spec.key)
    return {"label": found.title, "url": f"{reverse('report', args=[found.key])}?{urlencode({param.name: record.pk})}", "icon": "file"}


def on_the_list(request, spec, params) -> dict | None:
    """The button over a list that puts a report together from it."""
    kept = [(key, value) for key, values in params.lists() for value in values if key not in {"cols", "page"}]
    asks = {"register": spec.key, "address": urlencode(kept), **({"cols": params["cols"]} if params.get("cols") else {})}
    return {"label": _("Report from this list"), "url": f"{reverse('own_new')}?{urlencode(asks)}", "icon": "file"}
