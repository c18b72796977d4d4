"""What keeping costs: the chain walked, the row of a reading, a backup and its restore, many writers, kill -9."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CHANGES = 100_000
WRITERS, ROUNDS = 50, 40
KILL_SECONDS, DEATHS = 180, 500


def audit() -> dict[str, Any]:
    """A hundred thousand changes recorded and verified, then forgotten again."""
    from django.db import transaction

    from gegma.accounts.models import SYSTEM_WRITER
    from gegma.audit import protect
    from gegma.audit.models import Change
    from gegma.audit.record import Entry, record, verify

    protect.lift()
    with transaction.atomic():
        began = time.perf_counter()
        missing = CHANGES - Change.objects.count()
        for start in range(0, max(0, missing), 1000):
            after = {"title_ka": "ორენოვანი სახელი", "kind": "visit", "starts_on": "2017-03-09", "partner_countries": [1, 2, 3]}
            record(SYSTEM_WRITER, [Entry("meetings", 10**9 + start + n, "create", 1, {}, after) for n in range(1000)])
        recorded = time.perf_counter() - began
        began = time.perf_counter()
        found = verify()
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    protect.protect()
    return {"rows": found.count, "ok": found.ok, "recorded": recorded, "seconds": took, "goal": 5}


def access() -> dict[str, Any]:
    """The page of a record as a restricted and as an open one: the difference is the row of who read it."""
    from django.urls import reverse

    from gegma.audit.models import Access
    from gegma.engine import registry
    from gegma.engine.models import Confidentiality

    from .measure import Person

    person, spec, times = Person(), registry.get("meetings"), {}
    row = spec.visible(person.user).filter(owner_unit=person.user.unit).order_by("pk").first()
    address, before = reverse("record", args=["meetings", row.pk]), Access.objects.count()
    for mark in (Confidentiality.INTERNAL, Confidentiality.RESTRICTED):
        spec.model.objects.filter(pk=row.pk).update(confidentiality=mark)
        turns = []
        for _n in range(30):
            began = time.perf_counter()
            assert person.client.get(address).status_code == 200
            turns.append(time.perf_counter() - began)
        times[str(mark)] = statistics.median(turns)
    spec.model.objects.filter(pk=row.pk).update(confidentiality=row.confidentiality)
    return {"open": times["internal"], "restricted": times["restricted"], "rows": Access.objects.count() - before}


def backup() -> dict[str, Any]:
    """A backup of all that is there, and its restore into an empty place on SQLite in a process of its own."""
    from gegma.keep import backup as backups

    with tempfile.TemporaryDirectory() as folder:
        file, there = Path(folder) / "all.zip", Path(folder) / "there"
        began = time.perf_counter()
        made = backups.make(file)
        took = time.perf_counter() - began
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "gegma.config.cli", "restore", str(file), "--accept-faults"],  # the copies of the bench have no history
            env={**os.environ, "GEGMA_DATA": str(there), "DATABASE_URL": ""}, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(done.stderr)
        restored = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return {"rows": made.rows, "mib": made.size / 2**20, "seconds": took, "restore": restored, "restore_peak_mib": peak}


def _place(part) -> dict[str, Any]:
    """Run a part in a new place on the kind of database that is measured."""
    from tests import databases

    with tempfile.TemporaryDirectory() as folder, databases.empty(Path(folder), databases.server()) as env:
        databases.command(env, "setup")
        return part(env)


def writers() -> dict[str, Any]:
    """Fifty people, each writing many times."""
    from tests import writers as people

    found = _place(lambda env: people.at_once(env, WRITERS, ROUNDS))
    faults = people.lost(found)
    if faults:
        raise SystemExit("; ".join(faults[:5]))
    return {**{k: found[k] for k in ("writes", "refused", "took", "p95", "most")}, "per_second": found["writes"] / found["took"]}


def kill() -> dict[str, Any]:
    """The writer killed for minutes."""
    from tests import killing

    found = _place(lambda env: killing.many_lives(env, KILL_SECONDS, DEATHS))
    if found["faults"]:
        raise SystemExit("; ".join(found["faults"][:5]))
    return found
