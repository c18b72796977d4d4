"""The list of countries, the pages of a country and of an organisation, and their short addresses."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gegma.engine import registry
from gegma.engine.views.common import record_or_404, spec_or_404
from gegma.kernel.text import fold

from . import page, parts


def nav(request) -> dict:
    """The place of the countries in the bar."""
    url = reverse("countries")
    spec = registry.get("countries")
    active = request.path.startswith((url, spec.url))
    return {"label": _("Countries"), "url": url, "active": active, "children": [], "order": 40}


def country(request, spec, record) -> tuple[str, dict]:
    """The page of a country: all that the registers hold on it, as far as the reader may see it."""
    return "partners/partner.html", _context(request, record, parts.COUNTRY_TALLIES, parts.COUNTRY)


def organisation(request, spec, record) -> tuple[str, dict]:
    """The page of an organisation."""
    return "partners/partner.html", _context(request, record, parts.ORGANISATION_TALLIES, parts.ORGANISATION)


def _context(request, record, tallies, wanted) -> dict:
    found = page.shown(request.user, record, wanted)
    return {
        "numbers": page.numbers(request.user, record, tallies, found),
        "shown": [one for one in found if one.count],
        "nothing": [one for one in found if not one.count],
        "all_url": f"{reverse('search')}?{urlencode({'q': str(record), 'all': 1})}",
    }


@require_safe
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """The short address of a country, such as /partners/de/."""
    spec = spec_or_404(request, "countries")
    found = spec.visible(request.user).filter(code__iexact=code).first()
    if found is None:
        raise Http404
    return redirect(spec.record_url(found))


@require_safe
def of_organisation(request: HttpRequest, pk: int) -> HttpResponse:
    """The address of an organisation beside that of the countries."""
    spec = spec_or_404(request, "organisations")
    return redirect(spec.record_url(record_or_404(request, spec, pk)))


@require_safe
def countries(request: HttpRequest) -> HttpResponse:
    """The countries with which there is anything, or all; each number leads to its list."""
    columns, rows = page.index(request.user, parts.INDEX)
    words, everything = request.GET.get("q", "").strip()[:100], request.GET.get("all") == "1"
    mine = request.GET.get("mine") == "1"
    rows = [row for row in rows if row.country.code != settings.COUNTRY]
    found = [row for row in rows if (everything or words or not row.empty) and _fits(row, words) and (not mine or row.country.officer_id == request.user.pk)]
    found.sort(key=lambda row: fold(str(row.country)))
    context = {
        "columns": columns, "rows": found, "q": words, "all": everything, "mine": mine, "spec": registry.get("countries"),
        "sums": [sum(row.numbers[place].count > 0 for row in found) for place in range(len(columns))],
    }  # fmt: skip
    return render(request, "partners/countries.html", context)


def _fits(row: page.Row, words: str) -> bool:
    names = fold(row.country.title_ka, row.country.title_en, row.country.code)
    return all(word in names for word in fold(words).split())
