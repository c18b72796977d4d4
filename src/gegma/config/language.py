"""Choosing the language of the pages."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as choose

from gegma.accounts.models import prefers


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the choice in a cookie and with the account, and go back to the page one was on, with its query; a lang= there would overrule the choice."""
    data = request.POST.copy()
    parts = urlsplit(data.get("next", ""))
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k != "lang"])
    data["next"] = urlunsplit(parts._replace(query=query))
    request.POST = data
    if request.user.is_authenticated and data.get("language") in dict(settings.LANGUAGES):
        prefers(request.user, data["language"])
    return choose(request)
