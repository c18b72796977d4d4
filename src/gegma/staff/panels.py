"""What accounts add to other pages: their place in the bar for administrators, and closing calendar addresses when access ends."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from gegma.accounts import leaving
from gegma.agenda import feed
from gegma.engine import hooks


def nav(request) -> dict | None:
    """The page of accounts in the bar; for administrators."""
    if not request.user.is_administrator:
        return None
    url = reverse("people_with_access")
    return {"label": _("Accounts"), "url": url, "active": request.path.startswith(url), "children": [], "order": 60}


def close_calendar(user, by) -> int:
    """End the person's calendar address. Returns how many there were."""
    return int(feed.revoke(user))


def install() -> None:
    """Hang these where they belong."""
    hooks.NAV.append(nav)
    leaving.HOOKS.append(close_calendar)
