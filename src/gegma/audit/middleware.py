"""Gives each request an id, so that its writes can be found together."""

import uuid

from gegma.accounts.origin import address

from .context import origin


class RequestMiddleware:
    """Sets the origin of all writes made by the request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = uuid.uuid4().hex
        acting = getattr(request, "acting", None)
        with origin("web", request.id, address(request), acting, request.user.pk if acting else None):
            response = self.get_response(request)
        response.headers["X-Request-Id"] = request.id
        return response
