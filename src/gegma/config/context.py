"""What every page knows: the bar, the links to new records, the day, the demo's notice."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gegma.accounts.models import User
from gegma.agenda import panels
from gegma.engine import hooks, registry
from gegma.engine.policy import ADD, VIEW
from gegma.kernel import dates
from gegma.kernel.text import first_large

REGISTERS_ORDER = 30
# What people enter most stands first under «New».
NEW_FIRST = ["meetings", "requests", "documents", "projects", "trainings"]

try:
    VERSION = version("gegma")
except PackageNotFoundError:
    VERSION = "0.1.0"


def page(request: HttpRequest) -> dict:
    """The context of all pages. The bar costs one query, that of the bell."""
    today = dates.today()
    context = {"today": today, "version": VERSION}
    if settings.DEMO:
        context["demo_notice"] = _("Demo with an invented year. Today is taken to be %(day)s.") % {"day": f"{today:%d.%m.%Y}"}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        match = request.resolver_match
        if settings.DEMO and match and match.url_name == "account_login":
            context["demo_people"] = _demo_people()
        return context
    return {
        **context, "nav": _nav(request), "new_links": _new_links(user), "bell": panels.bell(user), "my_links": panels.my_links(),
    }  # fmt: skip


def _nav(request: HttpRequest) -> list[dict]:
    home = reverse("home")
    above = hooks.nav(request)
    items = [
        {"label": _("Home"), "url": home, "active": request.path == home, "order": 0},
        {
            "label": _("Registers"),
            "active": request.path.startswith(reverse("registers")) and not any(item["active"] for item in above),
            "children": _registers(request),
            "order": REGISTERS_ORDER,
        },
        *above,
    ]
    return sorted(items, key=lambda item: item.get("order", 20))


def _registers(request: HttpRequest) -> list[dict]:
    """The registers by group, as the menu has them, and the page of all of them."""
    groups: dict[str, list[dict]] = {}
    for spec in registry.everything():
        if spec.menu and spec.policy.may(request.user, VIEW):
            url = spec.url
            child = {"label": first_large(spec.title), "url": url, "active": request.path.startswith(url)}
            groups.setdefault(str(spec.group), []).append(child)
    children = [{"label": _("All registers"), "url": reverse("registers"), "active": request.path == reverse("registers")}]
    for title, links in groups.items():
        children += [{"heading": title}, *links]
    return children


def _new_links(user) -> list[dict]:
    specs = [s for s in registry.everything() if s.menu and not s.parent and s.policy.may(user, ADD)]
    specs.sort(key=lambda s: NEW_FIRST.index(s.key) if s.key in NEW_FIRST else len(NEW_FIRST))
    return [
        {"label": first_large(s.singular), "url": reverse("record_quick" if s.quick else "record_new", args=[s.key])} for s in specs
    ]


def _demo_people() -> list[dict]:
    people = User.objects.filter(is_active=True).select_related("unit").order_by("pk")[:12]
    return [
        {
            "name": person.name,
            "role": " · ".join(filter(None, [person.get_role_display(), str(person.unit or "")])),
            "login": person.email,
            "password": settings.DEMO_PASSWORD,
        }
        for person in people
    ]
