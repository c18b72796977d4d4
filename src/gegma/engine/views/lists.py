"""The list of a register, the page of all registers, the export, and suggestions for searchable selects."""

from __future__ import annotations

from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gegma.kernel.text import fold

from .. import access, exports, hooks, panel, registry
from ..filters import FilterError
from ..formfields import Options
from ..policy import VIEW
from ..search import registers_with, searched
from ..tables import Listing, address, cell_of
from .common import may_enter, spec_or_404

PICK_ROWS = 20


@require_safe
def registers(request: HttpRequest) -> HttpResponse:
    """All registers that the person may read, by group, with the number of records that this person may see."""
    specs = [s for s in registry.everything() if s.menu and s.policy.may(request.user, VIEW)]
    groups = [(title, [_row(request, spec) for spec in members]) for title, members in registry.groups(specs)]
    return render(request, "engine/registers.html", {"groups": groups})


def _row(request: HttpRequest, spec) -> dict:
    add = ""
    if may_enter(request.user, spec):
        add = reverse("record_quick" if spec.quick else "record_new", args=[spec.key])
    return {"spec": spec, "count": spec.visible(request.user).count(), "add": add}


@require_safe
def register(request: HttpRequest, key: str) -> HttpResponse:
    """The list of a register, as its address asks."""
    return _list(request, key)


@require_safe
def register_filters(request: HttpRequest, key: str) -> HttpResponse:
    """The same list with every filter drawn. A page that shows the list already asks for the filters that it lacks."""
    return _list(request, key, whole=True)


def _list(request: HttpRequest, key: str, whole: bool = False) -> HttpResponse:
    spec = spec_or_404(request, key)
    if any("" in values for _name, values in request.GET.lists()):  # a form sends its empty fields too: keep the address short
        clean = QueryDict(mutable=True)
        for name, values in request.GET.lists():
            if kept := [v for v in values if v != ""]:
                clean.setlist(name, kept)
        return redirect(f"{request.path}?{clean.urlencode(safe=',')}" if clean else request.path)
    try:
        listing = Listing(spec, request.user, request.GET)
    except FilterError as error:
        return refused(request, spec, error)
    form = panel.Panel(listing, whole)
    if whole and request.htmx:
        return render(request, "engine/parts/further.html", {"panel": form})
    access.listed(spec, listing.page.object_list)
    context = {
        "spec": spec,
        "listing": listing,
        "panel": form,
        "list_only": request.htmx.target == "list",
        "may_add": may_enter(request.user, spec),
        "buttons": hooks.list_actions(request, spec, request.GET),
        "export_query": address(request.GET, without=("page",)),
        "all_url": address(_shown_only(request.GET), without=("page",)),
        "column_hidden": [(k, v) for k, vs in request.GET.lists() if k not in {"cols", "page"} for v in vs],
        "empty": not listing.count and not listing.narrowed,
    }
    return render(request, "engine/list.html", context)


def _shown_only(params: QueryDict) -> QueryDict:
    kept = QueryDict(mutable=True)
    for name in ("cols", "sort"):
        if name in params:
            kept.setlist(name, params.getlist(name))
    return kept


def refused(request: HttpRequest, spec, error: FilterError) -> HttpResponse:
    """The page for an address that cannot be understood: it names the key, and leads to the list without it."""
    name = error.key.partition("__")[0]
    without = [k for k in request.GET if k == error.key or k == name or k.startswith(f"{name}__")]
    context = {"spec": spec, "key": error.key[:100], "message": error.message, "without": address(request.GET, without=tuple(without))}
    return render(request, "engine/refused.html", context, status=400)


@require_safe
def record_export(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """Exactly the list shown, as xlsx or csv."""
    spec = spec_or_404(request, key)
    try:
        listing = Listing(spec, request.user, request.GET)
    except FilterError as error:
        return refused(request, spec, error)
    access.exported(spec, spec.rows(request.user, listing.asked), listing.count, listing.sentence())
    name = exports.file_name(listing, form)
    if form == "csv":
        response = StreamingHttpResponse(exports.as_csv(listing), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    made = exports.as_xlsx(listing, spec.url + address(request.GET, without=("page",)))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return FileResponse(made, as_attachment=True, filename=name, content_type=kind)


@require_safe
def record_pick(request: HttpRequest, key: str) -> JsonResponse:
    """At most twenty records whose text contains q: [{id, text}]. for: «register.field», whose own condition holds too."""
    spec = spec_or_404(request, key)
    words = request.GET.get("q", "").replace("\0", "")[:100]
    rows = spec.visible(request.user)
    if asking := request.GET.get("for"):
        rows = _choosable(request, spec, asking)
    if fold(words):
        rows = rows.filter(searched(spec, words, request.user))
    rows = spec.annotated(rows, []).order_by(*spec.order)[:PICK_ROWS]
    return JsonResponse({"results": [{"id": row.pk, "text": str(row)} for row in rows]})


def _choosable(request: HttpRequest, spec, asking: str):
    """What may be chosen for a field of another register."""
    key, _dot, name = asking.partition(".")
    other = registry.find(key)
    column = {f.name: f for f in [*other.model._meta.fields, *other.model._meta.many_to_many]}.get(name) if other else None
    if column is None or column.related_model is not spec.model:
        raise Http404
    return Options(request.user).rows(column)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What contains the words, over all registers that the person may read; a record's number leads straight to it."""
    words = request.GET.get("q", "").replace("\0", " ").strip()[:200]
    words = " ".join(words.split()[:10])
    found = "" if request.GET.get("all") else _by_number(request, words) or _by_name(request, words)
    if found:
        return redirect(found)
    groups = _hits(request, words) if fold(words) else []
    total = sum(g["count"] for g in groups)
    return render(request, "engine/search.html", {"search_text": words, "groups": groups, "total": total})


def _by_number(request: HttpRequest, words: str) -> str:
    """The address of the record with this number («M-12», «m 12»), if the person may see it."""
    letters, _dash, digits = fold(words).replace("№", "").replace("–", "-").replace(" ", "-").rpartition("-")
    if not (letters and digits.isascii() and digits.isdecimal() and len(digits) < 19):
        return ""
    for spec in registry.everything():
        if spec.prefix and fold(spec.prefix) == letters and spec.policy.may(request.user, VIEW):
            record = spec.visible(request.user).filter(pk=int(digits)).first()
            return spec.record_url(record) if record else ""
    return ""


def _by_name(request: HttpRequest, words: str) -> str:
    """The address of the one record that bears exactly this name, where its register wants it found so."""
    found = []
    for spec in registry.everything():
        if spec.straight and fold(words) and spec.policy.may(request.user, VIEW):
            same = Q()
            for column in spec.straight:
                same |= Q(**{f"{column}__iexact": words})
            found += [(spec, row) for row in spec.visible(request.user).filter(same)[:2]]
    return found[0][0].record_url(found[0][1]) if len(found) == 1 else ""


def _hits(request: HttpRequest, words: str) -> list[dict]:
    groups = []
    possible = registers_with(words)
    for spec in registry.everything():
        if spec.key not in possible or not spec.policy.may(request.user, VIEW):
            continue
        spec = spec.as_seen_by(request.user)
        rows = spec.rows(request.user, {"q": words})
        count = rows.count()
        if count:
            names = _told(spec)
            shown = list(spec.annotated(rows, names)[:10])
            lines = [(row, _facts(spec, names, row, request.user)) for row in shown]
            asked = QueryDict(mutable=True)
            asked["q"] = words
            link = f"{spec.url}?{asked.urlencode()}" if spec.menu else ""
            groups.append({"spec": spec, "count": count, "lines": lines, "url": link})
    return sorted(groups, key=lambda g: -g["count"])


def _told(spec) -> list[str]:
    """What is said of a hit beside its title: the first few short columns of the list."""
    kinds = {"code", "choice", "date"}
    return [c.name for c in spec.all_fields.values() if c.list and c.kind in kinds and not c.many][:3]


def _facts(spec, names: list[str], row, user) -> dict:
    cells = [cell_of(spec, spec.all_fields[n], row, user) for n in names]
    return {"number": spec.number(row), "url": spec.record_url(row), "title": str(row), "cells": [c for c in cells if c.text]}

