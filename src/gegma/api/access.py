"""Who calls: a session with its CSRF token, or a personal token; how often; and what a read-only token may not."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.authentication import SessionAuthentication as RestSession
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.throttling import BaseThrottle

from . import tokens
from .models import Token

WINDOW = 60


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer gegma_…`. A wrong, ended or expired token, or one of a person who left, get the same answer."""

    def authenticate(self, request):
        """(person, token), or None where no token is given. Raises AuthenticationFailed."""
        scheme, _space, word = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = tokens.find(word.strip()) if len(word) < 200 else None
        if found is None:
            raise AuthenticationFailed(_("The token does not work: make a new one on the page «Programs and tokens»."))
        return found.person, found

    def authenticate_header(self, request) -> str:
        """What a caller without a token is asked for."""
        return 'Bearer realm="gegma"'


class SessionAuthentication(RestSession):
    """The session of the pages; what changes anything needs the CSRF token."""


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema names the token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema) -> dict:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "A personal token, made on the page «Programs and tokens»."}


class SessionScheme(OpenApiAuthenticationExtension):
    """How the schema names the session."""

    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema) -> dict:
        """The cookie of the pages."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class Allowed(BasePermission):
    """Somebody signed in; a read-only token reads. What the person may do to which record is asked of the register's policy."""

    def has_permission(self, request, view) -> bool:
        """Whether the request may go on."""
        if not (request.user and request.user.is_authenticated and request.user.is_active):
            return False
        if isinstance(request.auth, Token) and not request.auth.may_write and request.method not in SAFE_METHODS:
            self.message = _("This token may only read.")
            return False
        return True


class Throttle(BaseThrottle):
    """At most so many requests a minute for each person, counted in the cache that all processes share."""

    def allow_request(self, request, view) -> bool:
        """Counts this request; says whether there were too many."""
        now = timezone.now()
        self.left = WINDOW - now.second
        writes = request.method not in SAFE_METHODS
        most = settings.API_WRITES_PER_MINUTE if writes else settings.API_READS_PER_MINUTE
        key = f"api:{'w' if writes else 'r'}:{request.user.pk}:{now:%Y%m%d%H%M}"
        count = cache.get(key, 0) + 1
        cache.set(key, count, WINDOW)
        return count <= most

    def wait(self) -> float:
        """Seconds until it may be tried again."""
        return float(self.left)
