"""The pages of needs: the matrix of impact and urgency, a new package for donors, donors by area."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from gegma.engine import panel, registry
from gegma.engine.filters import FilterError
from gegma.engine.policy import ADD
from gegma.engine.tables import Listing, address, cell_of
from gegma.engine.views.common import made_now, require, say
from gegma.engine.views.lists import refused

from . import domain, queries
from .forms import PackageForm
from .models import Score
from .packages import Package, make

FILTERS = ("area", "unit", "state", "identified_on")
CHOSEN = ("cell", "pick")
COLUMNS = ("priority", "unit", "area", "state", "cost")
PACKAGE_MAX = 300


def _asked(request: HttpRequest) -> QueryDict:
    """The filters of the list that the address asks for: without what only shows it, and what this page adds."""
    kept = QueryDict(mutable=True)
    for key, values in request.GET.lists():
        if key not in {*CHOSEN, "page", "cols", "sort", "lang"} and (values := [v for v in values if v]):
            kept.setlist(key, values)
    return kept


@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    """Impact × urgency: how many needs stand where, each number a link to exactly these."""
    spec, params = registry.get("needs"), _asked(request)
    try:
        listing = Listing(spec, request.user, params)
    except FilterError as error:
        return refused(request, spec, error)
    rows = spec.rows(request.user, params)
    cells = queries.matrix(rows)
    placed = sum(cell.count for line in cells for cell in line)
    lines = [
        (Score(line[0].impact), [(cell, spec.url + address(params, impact=cell.impact, urgency=cell.urgency)) for cell in line])
        for line in cells
    ]
    shown = panel.Panel(listing)
    controls = shown.only(FILTERS)
    context = {
        "spec": spec, "listing": listing, "lines": lines, "placed": placed, "heads": list(Score),
        "unplaced": listing.count - placed, "unplaced_url": spec.url + address(params, placed="0"),
        "list_url": spec.url + address(params), "controls": controls, "panel": shown,
        "hidden": [*shown.hidden(controls), *(("q", word) for word in params.getlist("q"))],
        "kept": [(k, v) for k, vs in params.lists() for v in vs], "may_package": _may_package(request.user),
        "weights": domain.WEIGHTS, "high_from": domain.HIGH_FROM, "medium_from": domain.MEDIUM_FROM,
    }  # fmt: skip
    return render(request, "needs/matrix.html", context)


def _may_package(user) -> bool:
    return all(registry.get(key).policy.may(user, ADD) for key in ("documents", "deliveries"))


@require_http_methods(["GET", "POST"])
def package(request: HttpRequest) -> HttpResponse:
    """A new package: the needs that the address names, ticked; its title and day; the donors that it goes to."""
    spec, params = registry.get("needs"), _asked(request)
    require(request, registry.get("documents"), ADD)
    try:
        rows = spec.rows(request.user, params)
        listing = Listing(spec, request.user, params)
    except FilterError as error:
        return refused(request, spec, error)
    rows = _chosen(request.GET, rows)
    count = rows.order_by().count()
    rows = rows.filter(state__in=domain.PACKABLE)
    offered = list(spec.annotated(rows, ["priority", "points", "unit"]).order_by("-points", "pk")[: PACKAGE_MAX + 1])
    ticked = {str(need.pk) for need in offered}
    form = PackageForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        ticked = set(request.POST.getlist("need"))
        if form.is_valid() and (answer := _make(request, form, ticked)):
            return answer
    context = {
        "spec": spec, "form": form, "listing": listing, "narrowed": listing.narrowed or any(request.GET.getlist(k) for k in CHOSEN),
        "needs": [_line(spec, need, str(need.pk) in ticked, request.user) for need in offered[:PACKAGE_MAX]], "too_many": len(offered) > PACKAGE_MAX,
        "most": PACKAGE_MAX, "left": max(0, count - len(offered)),
    }  # fmt: skip
    return render(request, "needs/package.html", context)


def _line(spec, need, ticked: bool, user) -> tuple:
    """A need in the table: itself, ticked or not, its address and number, its cells."""
    cells = [cell_of(spec, spec.all_fields[name], need, user) for name in COLUMNS]
    return need, ticked, spec.record_url(need), spec.number(need), cells


def _chosen(params: QueryDict, rows):
    """Of these needs the ones in the cells, or under the numbers, that the address names; all where it names none."""
    cells, picks = params.getlist("cell"), [p for p in params.getlist("pick") if p.isascii() and p.isdecimal() and len(p) < 19]
    if cells:
        rows = rows.filter(queries.in_cells(cells))
    return rows.filter(pk__in=picks) if params.getlist("pick") else rows


def _make(request: HttpRequest, form: PackageForm, ticked: set[str]) -> HttpResponse | None:
    """Write the package; nothing where something is refused, which the form then says."""
    needs, documents = registry.get("needs"), registry.get("documents")
    numbers = [int(t) for t in ticked if t.isascii() and t.isdecimal() and len(t) < 19]
    chosen = list(needs.annotated(needs.visible(request.user).filter(pk__in=numbers), ["points", "unit"]).order_by("-points", "pk"))
    if not chosen or len(chosen) != len(ticked):
        missing = _("Some of the ticked needs are no longer there: look at the list again.")
        form.add_error(None, missing if chosen else _("No need is ticked: tick those that go into the package."))
        return None
    wanted = Package(needs=chosen, **{**form.cleaned_data, "donors": list(form.cleaned_data["donors"])})
    try:
        made = make(request.user, wanted)
    except ValidationError as error:
        form.refuse(error)
        return None
    except PermissionDenied:
        form.add_error(None, _("You may not change all of these needs."))
        return None
    words = ngettext("%(package)s holds %(n)s need", "%(package)s holds %(n)s needs", len(chosen))
    words %= {"package": f"{documents.number(made)} «{made}»", "n": len(chosen)}
    if wanted.donors:
        told = ngettext("%(package)s and is delivered to %(n)s donor", "%(package)s and is delivered to %(n)s donors", len(wanted.donors))
        words = told % {"package": words, "n": len(wanted.donors)}
    say(request, words + ".", undo=made_now(request, documents))
    return redirect(documents.record_url(made))


@require_safe
def donors(request: HttpRequest) -> HttpResponse:
    """Areas × donors: where needs are open, who pays for projects there, who was offered needs of the area."""
    spec = registry.get("needs")
    context = {"spec": spec, "areas": queries.areas_by_donor(request.user), "may_package": _may_package(request.user)}
    return render(request, "needs/donors.html", context)
