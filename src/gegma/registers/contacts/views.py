"""The pages that contacts have beyond every register's: what is to be verified, and which countries can be reached on a day."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gegma.engine import codes, write
from gegma.engine.policy import CHANGE
from gegma.engine.views.common import made_now, record_or_404, require, say, spec_or_404
from gegma.kernel import dates

from . import domain, queries

AHEAD_DAYS = 30
PAGE_ROWS = 50


def action_verify(request, spec, params) -> dict | None:
    """The button over the list of contacts that leads to those to be verified."""
    if spec.key == "contacts":
        return {"label": _("To be verified"), "url": reverse("contacts_to_verify"), "icon": "check"}
    return None


def action_reachable(request, spec, params) -> dict | None:
    """The button over the list of contacts that leads to the countries that can be reached."""
    if spec.key == "contacts":
        return {"label": _("Reachable countries"), "url": reverse("contacts_reachable"), "icon": "globe"}
    return None


@require_safe
def to_verify(request: HttpRequest) -> HttpResponse:
    """The contacts whose verification is late or due within a month, each with its button."""
    spec = spec_or_404(request, "contacts")
    today = dates.today()
    until = today + dt.timedelta(days=AHEAD_DAYS)
    rows = domain.to_verify(request.user, until)
    number = request.GET.get("page", "1")
    page = Paginator(rows, PAGE_ROWS).get_page(number if number.isascii() and len(number) < 7 else "1")
    context = {
        "spec": spec, "page": page, "count": page.paginator.count, "until": until, "ways": codes.choices("verification-way"),
        "may_change": spec.policy.may(request.user, CHANGE), "list_url": f"{spec.url}?verify_by__to={until:%d.%m.%Y}&status=to-verify&status=reachable",
    }  # fmt: skip
    return render(request, "contacts/to_verify.html", context)


@require_POST
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """One click: the contact answers, today. how: by which way."""
    spec = spec_or_404(request, "contacts")
    contact = record_or_404(request, spec, pk)
    require(request, spec, CHANGE, contact)
    how = request.POST.get("how", "")
    if how not in {"", *(key for key, _word in codes.choices("verification-way"))}:
        how = ""
    name = f"{spec.number(contact)} «{contact}»"
    try:
        domain.verify(request.user, contact, how=how)
    except ValidationError as error:
        messages.error(request, f"{name}: {' '.join(error.messages)}")
    except write.Conflict as error:
        messages.error(request, f"{name}: {error}")
    else:
        words = _("%(contact)s is verified; next time by %(day)s.") % {"contact": name, "day": f"{contact.verify_by:%d.%m.%Y}"}
        say(request, words, undo=made_now(request, spec))
    return redirect(_back(request) or spec.record_url(contact))


def _back(request: HttpRequest) -> str:
    given = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(given, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return given if safe else ""


@require_safe
def reachable(request: HttpRequest) -> HttpResponse:
    """Which partner countries can be reached on a day, which not, and why."""
    spec = spec_or_404(request, "contacts")
    day, problem = dates.today(), ""
    if given := request.GET.get("on", "").strip()[:40]:
        try:
            day = dates.parse_day(given)
            dates.add_months(day, -queries.FRESH_MONTHS)
        except dates.AmbiguousDate:
            problem = _("«%(value)s» can be read in two ways: write day.month.year, such as 03.09.2026.") % {"value": given}
        except (ValueError, OverflowError):
            problem = _("«%(value)s» is not a date: write day.month.year, such as 03.09.2026.") % {"value": given}
    rows = domain.reach(request.user, day)
    reached = [row for row in rows if row.reached]
    words, tones = dict(queries.STATUS), queries.STATUS_TONES
    not_reached = [(row, words.get(row.why) or _("no contact entered"), tones.get(row.why, "late")) for row in rows if not row.reached]
    context = {
        "spec": spec, "day": day, "given": given or f"{day:%d.%m.%Y}", "problem": problem, "reached": reached, "not_reached": not_reached,
        "may_add": spec.policy.may(request.user, "add"),
    }  # fmt: skip
    return render(request, "contacts/reachable.html", context, status=400 if problem else 200)
