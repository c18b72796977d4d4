"""The pages of editions: the list, one edition with its files and its drift, two side by side, freezing, sending."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from gegma.accounts.models import SYSTEM
from gegma.audit import access
from gegma.audit.models import Kind
from gegma.engine import files, registry
from gegma.engine.views.common import say
from gegma.kernel import dates, periods
from gegma.kernel.numbers import number
from gegma.kernel.text import language
from gegma.plan.models import Plan
from gegma.plan.views.common import choose_period

from . import editions
from .models import Edition, EditionFile
from .word_templates import store as word_templates
from .word_templates import texts as template_texts

# Records named under one figure; the rest is told by number.
NAMED = 12


@require_GET
def edition_list(request):
    """All editions, newest first."""
    _for_the_house(request)
    rows = Edition.objects.defer("content").select_related("plan").prefetch_related("sendings")
    return render(request, "reports/editions.html", {"editions": rows[:200], "may_freeze": editions.may_freeze(request.user)})


@require_http_methods(["GET", "POST"])
def freeze(request):
    """GET: say what is to be frozen, as the form of the report describes it. POST: freeze it."""
    if not editions.may_freeze(request.user):
        raise PermissionDenied
    asked = request.POST if request.method == "POST" else request.GET
    plan = Plan.objects.filter(key=asked.get("plan", "")).first()
    division = plan and plan.sections.filter(parent=None, code=asked.get("division", "")).first()
    if plan is None or (asked.get("division") and division is None):
        raise Http404
    if request.method == "GET":
        chosen = choose_period(request, plan)
        if chosen.error:  # the form says so
            return redirect(f"{reverse('progress_report')}?{request.GET.urlencode()}")
        return render(request, "reports/freeze.html", {"plan": plan, "chosen": chosen, "division": division})
    try:
        period = periods.parse(request.POST.get("period", ""))
    except ValueError:
        raise Http404
    try:
        made = editions.freeze(plan, period, request.user, division=division.code if division else "", built_in=request.POST.get("form") == "built-in")
    except word_templates.Broken as broken:
        told = {"plan": plan, "chosen": {"period": period}, "division": division, "broken": template_texts.say(broken.refused), "template": broken.template}
        return render(request, "reports/freeze.html", told, status=400)
    say(request, _("%(edition)s is frozen: it will not change any more.") % {"edition": made.number})
    return redirect("edition", pk=made.pk)


def _for_the_house(request) -> None:
    """What is made of all that is internal does not exist for the focal points of other units."""
    if request.user.is_focal_point:
        raise Http404


def _find(request, pk: int) -> Edition:
    _for_the_house(request)
    found = Edition.objects.select_related("plan").prefetch_related("sendings").filter(pk=pk).first() if pk < 2**62 else None
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def edition(request, pk: int):
    """One edition: what it is, its files, whether it is whole, and what would be different today. POST: it was sent."""
    found = _find(request, pk)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        errors = _send(request, found)
        if not errors:
            say(request, _("It is entered that %(edition)s was sent.") % {"edition": found.number})
            return redirect("edition", pk=pk)
    drifts = editions.today(found)
    made_with = {told["sha256"]: told.get("template") for told in found.content["files"]}
    context = {
        "edition": found,
        "files": [(file, made_with.get(file.sha256)) for file in found.files.defer("data")],
        "checked": editions.verify(found),
        "sendings": found.sendings.all(),
        "lines": _lines(drifts, request.user),
        "different": sum(1 for drift in drifts if drift.differs),
        "figures": sum(1 for drift in drifts if drift.value_changed),
        "others": Edition.objects.filter(plan=found.plan).exclude(pk=pk).defer("content"),
        "may_freeze": editions.may_freeze(request.user),
        "errors": errors,
        "given": request.POST,
        "then_word": found.number,
        "now_word": _("today"),
    }
    return render(request, "reports/edition.html", context, status=400 if errors else 200)


def _send(request, found: Edition) -> dict[str, list[str]]:
    try:
        on = dates.parse_day(request.POST.get("on", ""))
    except ValueError:
        return {"on": [_("Write the day as day.month.year, such as 03.09.2026.")]}
    try:
        to, letter = (request.POST.get(name, "").replace("\0", "").strip() for name in ("to", "letter"))
        editions.send(found, request.user, on=on, to=to, letter=letter)
    except ValidationError as error:
        return error.message_dict
    return {}


@require_GET
def side_by_side(request, pk: int, other: int):
    """Two editions laid side by side: the one named first is «then»."""
    first, second = _find(request, pk), _find(request, other)
    drifts = editions.compare(first.content["readings"], second.content["readings"])
    context = {
        "first": first, "second": second, "lines": _lines(drifts, request.user),
        "different": sum(1 for drift in drifts if drift.differs), "then_word": _named(first, second), "now_word": _named(second, first),
    }  # fmt: skip
    return render(request, "reports/compare.html", context)


def _named(edition: Edition, other: Edition) -> str:
    """An edition as the head of its column: with its period, where the two are on different ones."""
    return edition.number if edition.period == other.period else f"{edition.number}, {edition.period.sentence()}"


@require_GET
def edition_file(request, pk: int, number: int):
    """A file of an edition, byte for byte as it was frozen."""
    _for_the_house(request)
    found = EditionFile.objects.filter(pk=number, edition_id=pk).first() if max(pk, number) < 2**62 else None
    if found is None:
        raise Http404
    access.note(Kind.REPORT, words=f"E-{pk}: {found.name}")
    response = HttpResponse(bytes(found.data), content_type=files.TYPES.get(found.form, "application/octet-stream"))
    response["Content-Disposition"] = f'attachment; filename="{found.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _lines(drifts: list[editions.Drift], user) -> list[dict]:
    """Each figure in words, with the records that made the difference: those that the person may see by name."""
    moved = [one for drift in drifts for one in drift.moved]
    seen = editions.titles(user, moved)
    there = editions.titles(SYSTEM, [one for one in moved if one.what == "gone"])  # out of scope, and perhaps not open to this person
    return [_line(drift, seen, there.keys() - seen.keys()) for drift in drifts]


def _line(drift: editions.Drift, seen: dict, closed: set) -> dict:
    reading = drift.now or drift.then
    named, hidden = [], 0
    for moved in drift.moved:
        row = seen.get((moved.register, moved.pk))
        if row is None and (moved.what != "gone" or (moved.register, moved.pk) in closed):
            hidden += 1
            continue
        spec = registry.get(moved.register)
        url = spec.record_url(row) if row is not None else ""
        named.append({"number": f"{spec.prefix}-{moved.pk}", "title": str(row) if row is not None else "", "url": url, "what": _what(moved)})
    return {
        "activity": reading["activity"],
        "label": reading["label"],
        "title": reading["title"].get(language()) or reading["title"]["ka"],
        "then": _figure(drift.then),
        "now": _figure(drift.now),
        "changed": drift.value_changed,
        "differs": drift.differs,
        "definition": drift.definition_changed,
        "moved": named[:NAMED],
        "more": max(0, len(named) - NAMED),
        "hidden": ngettext("%(n)s record that is not open to you", "%(n)s records that are not open to you", hidden) % {"n": hidden} if hidden else "",
    }


def _what(moved: editions.Moved) -> str:
    if moved.what == "late":
        return _("entered after that, and counts") if moved.counts else _("entered after that")
    if moved.what == "gone":
        return _("deleted since, or no longer in scope")
    if moved.what == "same":
        return _("the same record: counts in the second only") if moved.counts else _("the same record: counts in the first only")
    return _("changed since, and counts") if moved.counts else _("changed since, and no longer counts")


def _figure(reading: dict | None) -> str:
    if reading is None:
        return _("no such measure")
    if reading["value"] is None:
        return "–"
    words = number(float(reading["value"]), language())
    if reading["percent"]:
        base = f" ({number(float(reading['numerator']), language())}/{number(float(reading['denominator']), language())})" if reading["denominator"] else ""
        return f"{words}\u00a0%{base}"
    return words


# -- what editions say on the pages of records -------------------------------------------------------------------------


def stands_in(request, spec, record):
    """On a record's page: the editions that were sent and in which it counts."""
    found = editions.standing_in(spec.key, record.pk)
    return ("reports/panel_editions.html", {"editions": found}) if found else None


def sent_before(request, spec, record) -> str | None:
    """To whoever edits a record that a report was sent with."""
    found = editions.standing_in(spec.key, record.pk)
    if not found:
        return None
    names = ", ".join(one.number for one in found[:5])
    return _("This record counts in a report that was sent (%(editions)s). The report stays as it was; what you change will stand beside it as a difference.") % {"editions": names}
