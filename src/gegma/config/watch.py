"""Watches each request: a line of log, the counts behind /metrics/, a warning for a slow one. Knows routes and numbers, never what was asked."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase

from . import measured

log = logging.getLogger("gegma.request")


class _Queries:
    """Counts the statements of one request and the time they took."""

    def __init__(self):
        self.number, self.seconds = 0, 0.0

    def __call__(self, execute, sql, params, many, context):
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.number += 1
            self.seconds += time.perf_counter() - began


class WatchMiddleware:
    """Outermost, so that its time is the whole time."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began, queries = time.perf_counter(), _Queries()
        with connection.execute_wrapper(queries):
            response = self.get_response(request)
        facts = _facts(request, response, time.perf_counter() - began, queries)
        measured.count(facts)
        slow = facts["ms"] >= settings.SLOW_MS
        if slow:
            log.warning("slow request: %(route)s took %(ms)s ms (%(queries)s queries, %(db_ms)s ms)", facts, extra={"facts": facts})
        else:
            log.info("request", extra={"facts": facts})
        return response


def _facts(request: HttpRequest, response: HttpResponseBase, seconds: float, queries: _Queries) -> dict:
    size = response.headers.get("Content-Length")
    user = getattr(request, "_cached_user", None)  # only where it was asked for: a log costs no query
    return {
        "request": getattr(request, "id", ""), "user": user.pk if user is not None else None, "method": known(request.method),
        "route": route(request), "status": response.status_code, "ms": round(seconds * 1000),
        "bytes": int(size) if size and size.isdecimal() else None if response.streaming else len(response.content),
        "queries": queries.number, "db_ms": round(queries.seconds * 1000),
    }  # fmt: skip


def route(request: HttpRequest) -> str:
    """The name of the address, never the address itself: it may hold a token or a word."""
    match = request.resolver_match
    if match is None:
        return "static" if request.path.startswith(settings.STATIC_URL) else "unknown"
    return match.view_name or match.route or "home"


def known(method: str | None) -> str:
    """The method, where it is one of those that exist: the others would make a count of each word that somebody sends."""
    return method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "OTHER"
