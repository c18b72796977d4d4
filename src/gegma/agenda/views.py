"""The calendar, the reminders of the day, and the person's own feed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe
from django.views.defaults import page_not_found

from gegma.accounts.models import User
from gegma.audit import access
from gegma.audit.models import Kind
from gegma.engine import deadlines, hooks, registry
from gegma.kernel import dates
from gegma.kernel.text import first_large

from . import calendar, feed, notices
from .models import Feed, Whose


@require_GET
def agenda(request: HttpRequest) -> HttpResponse:
    """The calendar of a month, as a month or as a list; the address is the view."""
    today, known = dates.today(), deadlines.kinds(request.user)
    choice = calendar.choose(request.GET, today, known)
    context = {
        "choice": choice, "today": today, "weekdays": [str(name) for name in WEEKDAYS.values()], "kinds": _menus(known, choice),
        "previous": _address(choice, -1), "next": _address(choice, 1), "this_month": choice.address(month=f"{today:%Y-%m}"),
        "to_month": choice.address(view="month"), "to_list": choice.address(view="list"), "has_unit": bool(request.user.unit_id),
        "whose": _whose(choice), "sentence": _sentence(choice, known),
    }  # fmt: skip
    if choice.view == "list":
        late, coming, context["more"] = calendar.listed(request.user, choice, today)
        _name_keepers([entry for day in late + coming for entry in day.entries])
        context |= {"late": late, "coming": coming, "n_late": sum(len(day.entries) for day in late)}
        context["count"] = sum(len(day.entries) for day in late + coming)
    else:
        context["weeks"], context["more"] = calendar.month(request.user, choice, today)
        context["count"] = sum(len(day.entries) for week in context["weeks"] for day in week if day.inside)
    return render(request, "agenda/calendar.html", context)


def _address(choice: calendar.Choice, steps: int) -> dict | None:
    month = choice.month(steps)
    return {"url": choice.address(month=month)} if month else None


def _menus(known: dict, choice: calendar.Choice) -> dict:
    """The options of the menus: registers, and what is asked in them."""
    asks = [
        (first_large(spec.title), [(f"{spec.key}.{what}", first_large(words), choice.ask == f"{spec.key}.{what}") for what, words in asks.items()])
        for spec, asks in known.items()
        if not choice.register or spec.key == choice.register
    ]  # fmt: skip
    return {"registers": [(spec.key, first_large(spec.title), spec.key == choice.register) for spec in known], "asks": asks}


def _whose(choice: calendar.Choice) -> list[tuple[str, str, bool]]:
    words = ((deadlines.MINE, _("mine")), (deadlines.UNIT, _("mine and my unit's")), (deadlines.ALL, _("everybody's")))
    return [(key, text, key == choice.whose) for key, text in words]


def _sentence(choice: calendar.Choice, known: dict) -> str:
    """What is shown, in words, for the foot of the printed page."""
    parts = [next(text for key, text, chosen in _whose(choice) if chosen)]
    key, _dot, what = choice.ask.partition(".")
    for spec, asks in known.items():
        if spec.key == (choice.register or key):
            parts.append(spec.title)
            if choice.ask:
                parts.append(asks[what])
    return "; ".join(parts)


def _name_keepers(entries: list[calendar.Entry]) -> None:
    """Say beside each entry who answers for it: the officer in charge, else the unit."""
    people = {one.pk: str(one) for one in User.objects.filter(pk__in={e.deadline.officer for e in entries if e.deadline.officer})}
    wanted = {e.deadline.actor or e.deadline.unit for e in entries} - {None}
    units = {unit.pk: str(unit) for unit in User._meta.get_field("unit").related_model.objects.filter(pk__in=wanted)} if wanted else {}
    for entry in entries:
        one = entry.deadline
        entry.keeper = units.get(one.actor, "") or people.get(one.officer, "") or units.get(one.unit, "")


@require_GET
def reminders(request: HttpRequest) -> HttpResponse:
    """The reminders that stand, those unread first."""
    today = dates.today()
    lines = notices.standing(request.user, today)
    unread, seen = [line for line in lines if not line.seen], [line for line in lines if line.seen]
    context = {"today": today, "unread": _grouped(unread), "seen": seen, "n": len(unread), "told": hooks.told(request.user)}
    return render(request, "agenda/reminders.html", context)


def _grouped(lines: list[notices.Line]) -> list[tuple[str, list[notices.Line]]]:
    groups: dict[str, list[notices.Line]] = {}
    for line in lines:
        groups.setdefault(line.deadline.register, []).append(line)
    return [(first_large(registry.get(key).title), group) for key, group in groups.items()]


@require_POST
def reminders_seen(request: HttpRequest) -> HttpResponse:
    """Mark reminders as read: those named, or all that stand on the page."""
    ids = [int(word) for word in request.POST.getlist("notice") if word.isascii() and word.isdecimal() and len(word) < 19]
    n = notices.read(request.user, ids)
    messages.success(request, ngettext("%(n)s reminder is marked as read.", "%(n)s reminders are marked as read.", n) % {"n": n})
    return redirect("reminders")


@require_http_methods(["GET", "POST"])
def calendar_feed(request: HttpRequest) -> HttpResponse:
    """The person's own feed: made, made anew, or revoked. The address is shown once, on the page that makes it."""
    token = ""
    if request.method == "POST":
        if request.POST.get("do") == "revoke":
            if feed.revoke(request.user):
                messages.success(request, _("The address is revoked: calendar programs can no longer read it."))
            return redirect("calendar_feed")
        whose = request.POST.get("whose", "")
        token = feed.make(request.user, whose if whose in Whose.values else Whose.MINE)
    kept = Feed.objects.select_related("person").filter(person=request.user).first()
    url = request.build_absolute_uri(reverse("calendar_feed_file", args=[token])) if token else ""
    context = {"feed": kept, "works": kept is not None and feed.works(kept), "url": url, "choices": Whose.choices}
    response = render(request, "agenda/feed.html", context)
    response["Cache-Control"] = "no-store"
    return response


@login_not_required
@require_safe
def calendar_feed_file(request: HttpRequest, token: str) -> HttpResponse:
    """The feed for calendar programs: the secret address stands for the sign-in. A wrong one is the same as none."""
    found = feed.find(token)
    if found is None:
        return _unlogged(page_not_found(request, Http404()))
    if feed.too_often(found):
        response = HttpResponse("Too many readings within the hour.\n", status=429, content_type="text/plain")
        response["Retry-After"] = str(feed.WINDOW)
    else:
        response = HttpResponse(feed.content(found), content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="gegma.ics"'
        access.note(Kind.FEED, actor=found.person)  # in no other words: the address is secret
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["X-Content-Type-Options"] = "nosniff"
    return _unlogged(response)


def _unlogged(response: HttpResponse) -> HttpResponse:
    """A refusal that Django does not write to the log: its line would hold the secret address."""
    response._has_been_logged = True
    return response
