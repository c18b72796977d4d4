"""Only the addresses that the base page names, so that the look can be tried without the application."""

from django.http import HttpResponse
from django.urls import include, path


def _nothing(request):
    return HttpResponse("")


urlpatterns = [
    path("search/", _nothing, name="search"),
    path("language/", _nothing, name="set_language"),
    path("", include("gegma.staff.urls")),
]
