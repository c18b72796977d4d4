"""Who read restricted records, or took lists, reports and files out of the house: the auditor's page, and a record's own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gegma.accounts.models import Role
from gegma.audit import access
from gegma.audit.models import Access, Kind
from gegma.kernel import dates
from gegma.kernel.text import first_large

from .. import registry

PAGE_ROWS = 50
READERS = 100
NAMED = 8


@dataclass(frozen=True)
class Row:
    """One access as it stands in a table: records are (number, address or nothing)."""

    access: Access
    what: str
    register: str
    records: tuple[tuple[str, str], ...]
    more: int


def may_see_log(user) -> bool:
    """Auditors see all that was read or taken out."""
    return user.role == Role.AUDITOR


def may_see_readers(user) -> bool:
    """Auditors and administrators see who looked at a record that they may open."""
    return user.role in {Role.AUDITOR, Role.ADMINISTRATOR}


def readers(spec, pk: int) -> list[Row]:
    """Who looked at a record, newest first. The caller has found the record through the policy."""
    return _rows(access.of_record(spec.key, pk)[:READERS], None)


@require_safe
def accesses(request: HttpRequest) -> HttpResponse:
    """The page of all accesses, with filters. For whoever is no auditor it does not exist."""
    if not may_see_log(request.user):
        raise Http404
    rows, faults = _asked(request)
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    specs = sorted(((s.key, first_large(s.title)) for s in registry.everything()), key=lambda pair: pair[1])
    context = {
        "page": page, "rows": _rows(page.object_list, request.user), "faults": faults, "given": request.GET,
        "kinds": [(key, words, key == request.GET.get("kind")) for key, words in Kind.choices],
        "registers": [(key, words, key == request.GET.get("register")) for key, words in specs],
        "narrowed": any(request.GET.get(name) for name in ("who", "kind", "register", "from", "to", "record")),
    }  # fmt: skip
    return render(request, "engine/accesses.html", context, status=400 if faults else 200)


def _asked(request: HttpRequest) -> tuple[QuerySet, list[str]]:
    """The rows that the address asks for, and what of it could not be understood."""
    given, faults = {name: request.GET.get(name, "").replace("\0", "").strip()[:200] for name in ("who", "kind", "register", "from", "to", "record")}, []
    rows = Access.objects.select_related("actor")
    if given["who"]:
        rows = rows.filter(actor_name__icontains=given["who"])
    if given["kind"] in Kind.values:
        rows = rows.filter(kind=given["kind"])
    if registry.find(given["register"]):
        rows = rows.filter(register=given["register"])
    if given["record"]:
        spec, pk = _numbered(given["record"])
        rows = rows.filter(access.about(spec.key, pk)) if spec else rows.none()
        if spec is None:
            faults.append(_("«%(number)s» is no number of a record: write it as on its page, such as M-12.") % {"number": given["record"]})
    rows, more = within_days(rows, given)
    return rows, [*faults, *more]


def within_days(rows: QuerySet, given: dict[str, str]) -> tuple[QuerySet, list[str]]:
    """The rows whose moment «at» lies from the day given["from"] to the day given["to"], and what could not be understood."""
    faults = []
    for name, side in (("from", "gt"), ("to", "lte")):
        try:
            if given[name]:
                day = dates.parse_day(given[name])
                rows = rows.filter(**{f"at__{side}": dates.end_of(day if side == "lte" else day - dt.timedelta(days=1))})
        except (ValueError, OverflowError):
            faults.append(_("Write the day as day.month.year, such as 03.09.2026."))
    return rows, faults


def _numbered(text: str):
    """The register and number behind «M-12», or nothing."""
    letters, _dash, digits = text.replace(" ", "").rpartition("-")
    if digits.isascii() and digits.isdecimal() and len(digits) < 19:
        for spec in registry.everything():
            if spec.prefix and spec.prefix.casefold() == letters.casefold():
                return spec, int(digits)
    return None, 0


def _rows(found, user) -> list[Row]:
    """The accesses in words; a record is a link where user may open it."""
    found, refs = list(found), {}
    for row in found:
        refs[row.pk] = [(row.register, row.record_id)] if row.record_id else [
            (key, int(pk)) for key, _sep, pk in (ref.partition("/") for ref in row.records.split()) if pk.isdecimal()
        ]  # fmt: skip
    wanted: dict[str, set[int]] = {}
    for listed in refs.values():
        for key, pk in listed[:NAMED]:
            wanted.setdefault(key, set()).add(pk)
    open_to = {} if user is None else {
        (key, row.pk): spec.record_url(row)
        for key, numbers in wanted.items() if (spec := registry.find(key)) for row in spec.visible(user).filter(pk__in=numbers)
    }  # fmt: skip
    return [_row(row, refs[row.pk], open_to) for row in found]


def _row(row: Access, refs: list[tuple[str, int]], open_to: dict) -> Row:
    spec = registry.find(row.register)
    named = tuple((_number(key, pk), open_to.get((key, pk), "")) for key, pk in refs[:NAMED])
    return Row(row, str(Kind(row.kind).label), first_large(spec.title) if spec else "", named, max(0, len(refs) - NAMED))


def _number(key: str, pk: int) -> str:
    spec = registry.find(key)
    return f"{spec.prefix}-{pk}" if spec and spec.prefix else f"{key}/{pk}"


def nav(request) -> dict | None:
    """Its place in the bar, for auditors."""
    from django.urls import reverse

    if not may_see_log(request.user):
        return None
    url = reverse("accesses")
    return {"label": _("Who read or exported"), "url": url, "active": request.path == url, "children": [], "order": 60}
