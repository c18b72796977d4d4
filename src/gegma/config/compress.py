"""Pages travel compressed: the plan's board is a quarter of a megabyte of HTML, and a tenth of that on the wire."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressPagesMiddleware(GZipMiddleware):
    """Django's own, which pads each answer by a random length against guessing; for pages alone.

    Downloads are compressed already or are streamed, and static files are kept compressed.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress what is HTML."""
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
