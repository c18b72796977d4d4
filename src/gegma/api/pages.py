"""The page on which a person makes and ends tokens."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from . import tokens


@require_http_methods(["GET", "POST"])
def my_tokens(request: HttpRequest) -> HttpResponse:
    """The person's tokens; a new one is shown once, on the page that makes it."""
    made, problem = "", ""
    if request.method == "POST":
        if request.POST.get("do") == "end":
            word = request.POST.get("token", "")
            if word.isascii() and word.isdecimal() and len(word) < 19 and tokens.end(request.user, request.user, int(word)):
                messages.success(request, _("The token is ended: no program gets in with it any more."))
            return redirect("api_tokens")
        made, problem = _make(request)
    rows = [{"token": row, "works": tokens.works(row)} for row in tokens.of_person(request.user)]
    days = [(n, ngettext("%(n)s day", "%(n)s days", n) % {"n": n}) for n in tokens.DAYS]
    name = "" if made else request.POST.get("name", "")[:100]
    context = {"made": made, "problem": problem, "rows": rows, "days": days, "name": name, "chosen": request.POST.get("days", "90")}
    response = render(request, "api/tokens.html", context, status=400 if problem else 200)
    response["Cache-Control"] = "no-store"
    return response


def _make(request: HttpRequest) -> tuple[str, str]:
    """The new token, or what is wrong with what was asked for."""
    name = request.POST.get("name", "").replace("\0", "").strip()
    if not name:
        return "", _("Say what the token is for, so that you know later which one to end.")
    if len(name) > 100:
        return "", _("The name is longer than 100 characters.")
    days = request.POST.get("days", "")
    if days not in {str(n) for n in tokens.DAYS}:
        return "", _("Choose how long the token works.")
    if tokens.working(request.user) >= tokens.MOST:
        return "", _("You have %(n)s tokens: end one of them first.") % {"n": tokens.MOST}
    return tokens.make(request.user, name, int(days), request.POST.get("rights") == "write"), ""


def my_links() -> list[dict]:
    """What stands in the person's own menu."""
    return [{"label": _("Programs and tokens"), "url": reverse("api_tokens")}]
