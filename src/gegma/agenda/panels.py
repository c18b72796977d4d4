"""What the calendar adds to other pages: its place in the bar, and beside a record how its days were moved."""

from __future__ import annotations

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gegma.engine import hooks, personal
from gegma.engine.moved import moved_days
from gegma.engine.personal import Personal

from . import notices
from .models import Digest, Feed, Notice


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


def declare_personal() -> None:
    """Reminders, digests and feeds are data on whoever gets them."""
    reminders = Personal(
        purpose=gettext_lazy("To remind people of what falls due."), basis=gettext_lazy("Tasks laid on the Ministry by law"),
        subject=gettext_lazy("people with an account"), categories=(gettext_lazy("reminders and what was read"),), fields=("person",),
        recipients=gettext_lazy("nobody else"), abroad=gettext_lazy("never"),
    )  # fmt: skip
    for key, model in (("feeds", Feed), ("notices", Notice), ("digests", Digest)):
        personal.add(key, model, model._meta.verbose_name_plural, reminders)


def install() -> None:
    """Hand the calendar's parts to the engine."""
    hooks.NAV.append(nav)
    hooks.RECORD_PANELS.append(moved)
