"""Who signed in, and who tried to: for administrators and auditors."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gegma.accounts import origin
from gegma.accounts.models import Role, SignIn, SignInOutcome
from gegma.engine.views.accesses import within_days

ROWS = 50
FILTERS = ("who", "outcome", "from", "to")
TONES = {SignInOutcome.SIGNED_IN: "done", SignInOutcome.REFUSED: "soon", SignInOutcome.CODE_REFUSED: "soon", SignInOutcome.TOO_OFTEN: "late"}


def may_see(user) -> bool:
    """Administrators and auditors."""
    return user.is_administrator or user.role == Role.AUDITOR


@require_safe
def sign_ins(request: HttpRequest) -> HttpResponse:
    """The attempts, the newest first. ?who=, ?outcome=, ?from=, ?to=. Nobody else learns that there is such a page."""
    if not may_see(request.user):
        raise Http404
    given = {name: request.GET.get(name, "").replace("\0", "").strip()[:200] for name in FILTERS}
    rows, faults = _asked(given)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    for row in page:
        row.tone, row.device_words = TONES[row.outcome], origin.in_words(row.device)
    context = {
        "page": page, "given": given, "faults": faults, "narrowed": any(given.values()), "days": settings.SIGN_IN_DAYS,
        "outcomes": SignInOutcome.choices, "links": request.user.is_administrator,
    }  # fmt: skip
    return render(request, "staff/sign_ins.html", context, status=400 if faults else 200)


def _asked(given: dict[str, str]) -> tuple[QuerySet, list[str]]:
    rows = SignIn.objects.select_related("person")
    if given["who"]:
        rows = rows.filter(Q(person__name__icontains=given["who"]) | Q(person__email__icontains=given["who"]) | Q(address=given["who"]))
    if given["outcome"] in SignInOutcome.values:
        rows = rows.filter(outcome=given["outcome"])
    return within_days(rows, given)
