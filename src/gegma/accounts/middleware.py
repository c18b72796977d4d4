"""Every page but sign-in needs an account; the language is what the person chose, else Georgian."""

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.utils import translation

OPEN_PREFIXES = ("/accounts/", "/static/", "/language/", "/health/")


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's own, with the few open addresses in one place."""

    def process_view(self, request, view_func, view_args, view_kwargs):
        """Let the open addresses through, send the rest to sign-in."""
        if request.path.startswith(OPEN_PREFIXES):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class NoStoreMiddleware:
    """Nothing that a page says is kept by a browser or a cache on the way: the next person at the machine must not find it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "private, no-store"
        return response


class LanguageMiddleware:
    """Takes ?lang=, then the cookie, then the first of the settings: not the browser's wish, whose default is often wrong here."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        known = dict(settings.LANGUAGES)
        asked = request.GET.get("lang")
        kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        code = asked if asked in known else kept if kept in known else settings.LANGUAGE_CODE
        translation.activate(code)
        request.LANGUAGE_CODE = code
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response
