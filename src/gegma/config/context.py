"""What every page knows: the bar, the links to new records, the day, the demo's notice."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from gegma.accounts.middleware import UNTIL_SET_UP, lacks_second_factor
from gegma.accounts.models import User
from gegma.agenda import panels
from gegma.api.pages import my_links as my_programs
from gegma.engine import hooks, registry
from gegma.engine.policy import VIEW
from gegma.engine.views.common import may_enter
from gegma.kernel import dates
from gegma.kernel.text import first_large

REGISTERS_ORDER = 30
# What people enter day by day stands under «New»; the rest is added from the page of all registers.
NEW = [
    "meetings", "requests", "letters", "documents", "agreements", "projects", "trainings", "needs", "commitments", "actions", "contacts", "data-calls",
]  # fmt: skip

try:
    VERSION = version("gegma")
except PackageNotFoundError:
    VERSION = "0.1.0"


def page(request: HttpRequest) -> dict:
    """The context of all pages, made once for a request: each part that is drawn by itself asks for it too."""
    if not hasattr(request, "of_all_pages"):
        request.of_all_pages = _made(request)
    return request.of_all_pages


def _made(request: HttpRequest) -> dict:
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
        if settings.OIDC_PROVIDER and match and match.url_name == "account_login":
            context["identity_provider"] = {"name": settings.OIDC_NAME, "url": reverse("openid_connect_login", args=[settings.OIDC_PROVIDER])}
        return context
    if settings.MFA_ROLES and request.path.startswith(UNTIL_SET_UP) and lacks_second_factor(request):
        return {**context, "needs_second_factor": True}
    return {
        **context, "nav": _nav(request), "new_links": _new_links(user), "bell": panels.bell(user), "my_links": [*panels.my_links(), *my_programs()],
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
    """The registers by group, as the menu has them, and the page of all of them. What is kept under a parent is found there."""
    children = [{"label": _("All registers"), "url": reverse("registers"), "active": request.path == reverse("registers")}]
    pages = hooks.menu_pages(request)
    for title, specs in registry.groups(s for s in registry.everything() if s.menu and not s.parent and s.policy.may(request.user, VIEW)):
        links = [{"label": first_large(s.title), "url": s.url, "active": request.path.startswith(s.url)} for s in specs]
        links += [{"label": page["label"], "url": page["url"], "active": request.path == page["url"]} for page in pages if page["heading"] == title]
        children.append({"heading": title, "links": links})
    return children


def _new_links(user) -> list[dict]:
    specs = [s for key in NEW if (s := registry.find(key)) and may_enter(user, s)]
    links = [{"label": first_large(s.singular), "url": reverse("record_quick" if s.quick else "record_new", args=[s.key])} for s in specs]
    return [*links, {"label": _("Another record"), "url": reverse("registers")}] if links else []


def _demo_people() -> list[dict]:
    people = User.objects.filter(is_active=True).select_related("unit").order_by("pk")[:16]
    return [
        {
            "name": person.name,
            "role": " · ".join(filter(None, [person.get_role_display(), str(person.unit or "")])),
            "login": person.email,
            "password": settings.DEMO_PASSWORD,
        }
        for person in people
    ]
