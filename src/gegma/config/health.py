"""For whoever watches over the servers: is this process alive, and can it do its work. Strangers learn yes or no, nothing else."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = logging.getLogger("gegma.health")
# What was well is not looked at again for so many seconds: the address is open to all, and these looks cost something.
WELL_FOR = {"_migrations": 60.0, "_storage": 10.0}
_well: dict[str, float] = {}


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The process can do its work: 200, or 503 where not; what is wrong stands in the log."""
    wrong = [check for check in CHECKS if not _is_well(check)]  # all are asked, so that the log names all
    return JsonResponse({"ready": True}) if not wrong else JsonResponse({"ready": False}, status=503)


def _is_well(check: Callable[[], None]) -> bool:
    name = check.__name__
    if name in _well and time.monotonic() - _well[name] < WELL_FOR.get(name, 0):
        return True
    try:
        check()
    except Exception as error:  # whatever it is: the answer is no, and the log has its kind
        log.error("not ready: %s (%s)", name.strip("_"), type(error).__name__)
        return False
    _well[name] = time.monotonic()
    return True


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


class Behind(Exception):
    """Tables that an update should have brought are missing."""


def _migrations() -> None:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Behind


def _storage() -> None:
    name = default_storage.save(f"coming-ready-{secrets.token_hex(8)}", ContentFile(b"ready"))
    default_storage.delete(name)


CHECKS = (_database, _migrations, _storage)
