"""Addresses of the pages."""

from django.urls import include, path

from gegma.accounts.limits import handler429  # noqa: F401  (asked for here by the sign-in library)
from gegma.engine.views.accesses import accesses
from gegma.engine.views.lists import search

from . import health, measured
from .language import set_language

# Registers with pages beyond those that every register has.
WITH_PAGES = ("trainings", "agreements", "requests", "commitments", "needs", "contacts", "office", "datacalls", "protection")

urlpatterns = [
    path("", include("gegma.plan.urls")),
    *(path(f"r/{name}/", include(f"gegma.registers.{name}.urls")) for name in WITH_PAGES),
    path("r/", include("gegma.engine.urls")),
    path("partners/", include("gegma.partners.urls")),
    path("agenda/", include("gegma.agenda.urls")),
    path("reports/", include("gegma.reports.urls")),
    path("api/", include("gegma.api.urls")),
    path("search/", search, name="search"),
    path("accesses/", accesses, name="accesses"),
    path("", include("gegma.staff.urls")),
    path("language/", set_language, name="set_language"),
    path("health/", health.live, name="health"),
    path("health/live/", health.live, name="health_live"),
    path("health/ready/", health.ready, name="health_ready"),
    path("metrics/", measured.metrics, name="metrics"),
]
