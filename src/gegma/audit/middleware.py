"""Gives each request an id, so that its writes can be found together, and keeps what it gave out."""

import uuid

from gegma.accounts.origin import address

from . import access
from .context import origin


class RequestMiddleware:
    """Sets the origin of all writes made by the request; writes the row of what it read or took out, at most one."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = uuid.uuid4().hex
        acting = getattr(request, "acting", None)
        with origin("web", request.id, address(request), acting, request.user.pk if acting else None), access.collecting() as noted:
            response = self.get_response(request)
            access.write(getattr(request, "user", None), request.get_full_path(), response, noted)
        response.headers["X-Request-Id"] = request.id
        return response
