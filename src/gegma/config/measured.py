"""The counts that /metrics/ tells, in Prometheus's text format, added up over all worker processes."""

from __future__ import annotations

import hmac
import ipaddress
import os

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess

SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30)
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")

requests = Counter("gegma_requests", "Requests answered", ["route", "method", "status"])
seconds = Histogram("gegma_request_seconds", "Time taken by requests", ["route"], buckets=SECONDS)
queries = Counter("gegma_queries", "Statements sent to the database", ["route"])
database = Counter("gegma_database_seconds", "Time spent waiting for the database", ["route"])
slow = Counter("gegma_slow_requests", "Requests that took longer than GEGMA_SLOW_MS", ["route"])


def count(facts: dict) -> None:
    """Add one request."""
    name = facts["route"]
    requests.labels(name, facts["method"], str(facts["status"])).inc()
    seconds.labels(name).observe(facts["ms"] / 1000)
    queries.labels(name).inc(facts["queries"])
    database.labels(name).inc(facts["db_ms"] / 1000)
    if facts["ms"] >= settings.SLOW_MS:
        slow.labels(name).inc()


@login_not_required
@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """The counts, to this machine itself or to whoever has the token; for everybody else the address does not exist."""
    if not (_has_token(request) or _is_near(request)):
        raise Http404
    found = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        found = CollectorRegistry()
        multiprocess.MultiProcessCollector(found)
    return HttpResponse(generate_latest(found), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    told = request.headers.get("Authorization", "")
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(told.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())


def _is_near(request: HttpRequest) -> bool:
    """From this machine, and not passed on by a web server, for which everybody's request comes from this machine."""
    if any(name in request.META for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
