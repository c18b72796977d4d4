"""Addresses of the pages."""

from django.http import HttpResponse
from django.urls import include, path

from gegma.engine.views.lists import search

from .language import set_language


def health(request) -> HttpResponse:
    """For whoever watches over the server: it answers."""
    return HttpResponse("ok", content_type="text/plain")


# Registers with pages beyond those that every register has.
WITH_PAGES = ("trainings", "agreements", "requests", "commitments", "needs", "contacts", "office", "datacalls")

urlpatterns = [
    path("", include("gegma.plan.urls")),
    *(path(f"r/{name}/", include(f"gegma.registers.{name}.urls")) for name in WITH_PAGES),
    path("r/", include("gegma.engine.urls")),
    path("partners/", include("gegma.partners.urls")),
    path("agenda/", include("gegma.agenda.urls")),
    path("reports/", include("gegma.reports.urls")),
    path("api/", include("gegma.api.urls")),
    path("search/", search, name="search"),
    path("accounts/", include("allauth.account.urls")),
    path("language/", set_language, name="set_language"),
    path("health/", health, name="health"),
]
