"""What accounts add to other pages: their place in the bar for administrators, and closing calendar addresses when access ends."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from gegma.accounts import leaving
from gegma.agenda import feed
from gegma.engine import hooks

from .views import sign_ins


def nav(request) -> dict | None:
    """The page of accounts in the bar, for administrators; for auditors that of sign-ins alone."""
    if request.user.is_administrator:
        url, label = reverse("people_with_access"), _("Accounts")
    elif sign_ins.may_see(request.user):
        url, label = reverse("sign_ins"), _("Sign-ins")
    else:
        return None
    return {"label": label, "url": url, "active": request.path.startswith(url), "children": [], "order": 60}


def close_calendar(user, by) -> int:
    """End the person's calendar address. Returns how many there were."""
    return int(feed.revoke(user))


def install() -> None:
    """Hang these where they belong."""
    hooks.NAV.append(nav)
    leaving.HOOKS.append(close_calendar)
