"""Gives each request an id, so that its writes can be found together."""

import uuid

from .context import origin


class RequestMiddleware:
    """Sets the origin of all writes made by the request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = uuid.uuid4().hex
        with origin("web", request.id, request.META.get("REMOTE_ADDR", "")):
            response = self.get_response(request)
        response.headers["X-Request-Id"] = request.id
        return response
