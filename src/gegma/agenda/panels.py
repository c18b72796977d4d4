"""What the calendar adds to other pages: its place in the bar, and beside a record how its days were moved."""

from __future__ import annotations

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from gegma.engine import hooks
from gegma.engine.moved import moved_days

from . import notices


def moved(request, spec, record) -> tuple[str, dict] | None:
    """The days of the record and of its rows that were moved, with who moved them."""
    found = moved_days(spec, record, request.user)
    return ("engine/parts/moved.html", {"moved": found, "record": record}) if found else None


def nav(request) -> dict:
    """The calendar's place in the bar."""
    url = reverse("agenda")
    return {"label": _("Calendar"), "url": url, "active": request.path.startswith(url), "children": [], "order": 25}


def bell(user) -> dict:
    """The bell in the bar. Its number is asked for only where a bar is drawn."""
    return {"url": reverse("reminders"), "count": SimpleLazyObject(lambda: notices.unread(user) + hooks.unread(user))}


def my_links() -> list[dict]:
    """What stands in the person's own menu."""
    return [{"label": _("My calendar feed"), "url": reverse("calendar_feed")}, *(link() for link in hooks.MY_LINKS)]


def install() -> None:
    """Hand the calendar's parts to the engine."""
    hooks.NAV.append(nav)
    hooks.RECORD_PANELS.append(moved)
