"""Many people writing at once: processes, each with threads that have a connection of their own. Used by the tests and by the bench."""

from __future__ import annotations

import json
import subprocess
import time

from tests import databases

# One process: its threads append their mark to the one record, and enter and change records of their own.
WRITE = """
import json, random, threading, time
from django.db import connection
from gegma.accounts.models import SYSTEM_WRITER
from gegma.engine import registry, write
me, threads, rounds, pk = map(int, sys.argv[1:5])
spec = registry.get("organisations")
told = {"marks": [], "own": {}, "refused": 0, "errors": [], "waits": []}
held = threading.Lock()

def save(row, version):
    began = time.perf_counter()
    write.save(spec, SYSTEM_WRITER, row, version=version)
    told["waits"].append(time.perf_counter() - began)

def append(mark):
    while True:
        row = spec.model.objects.get(pk=pk)
        version, row.notes = row.version, f"{row.notes} {mark}"
        try:
            return save(row, version)
        except write.Conflict:
            with held:
                told["refused"] += 1
            time.sleep(random.random() / 20)

def person(n):
    try:
        own = write.save(spec, SYSTEM_WRITER, spec.model(title_ka=f"p{n}", kind="ngo"))
        for number in range(1, rounds + 1):
            time.sleep(random.random() / 2)  # a person also thinks: nobody keeps the others out by never pausing
            if number % 3 == 0:
                append(f"p{n}.{number}")
                with held:
                    told["marks"].append(f"p{n}.{number}")
            else:
                own.notes = f"{own.notes} {number}"
                save(own, own.version)
                with held:
                    told["own"][str(own.pk)] = own.notes
    except Exception as error:
        told["errors"].append(f"{type(error).__name__}: {error}")
    finally:
        connection.close()

people = [threading.Thread(target=person, args=(me * threads + n,)) for n in range(threads)]
for one in people: one.start()
for one in people: one.join()
print(json.dumps(told))
"""
BEGIN = """
from gegma.accounts.models import SYSTEM_WRITER
from gegma.engine import registry, write
spec = registry.get("organisations")
print(write.save(spec, SYSTEM_WRITER, spec.model(title_ka="x", kind="ngo")).pk)
"""
END = """
import json
from gegma.audit.models import Change
from gegma.audit.record import verify
from gegma.engine import registry
from gegma.keep import check
rows = registry.get("organisations").model.objects
row = rows.get(pk=int(sys.argv[1]))
print(json.dumps({
    "ok": verify().ok, "version": row.version, "marks": row.notes.split(), "changes": Change.objects.filter(register="organisations", record_id=row.pk).count(),
    "own": {str(pk): notes for pk, notes in rows.exclude(pk=row.pk).values_list("pk", "notes")}, "problems": [str(p) for p in check.quickly()],
}))
"""


def at_once(env: dict[str, str], people: int, rounds: int, processes: int = 5) -> dict:
    """People writing some times each; what they were told, and what stands in the end."""
    pk = databases.run(env, BEGIN).split()[-1]
    began = time.monotonic()
    running = [
        databases.start(env, WRITE, n, people // processes, rounds, pk, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for n in range(processes)
    ]
    told = []
    for process in running:
        out, err = process.communicate(timeout=600)
        assert process.returncode == 0, err[-3000:]
        told.append(json.loads(out))
    took = time.monotonic() - began
    waits = sorted(w for one in told for w in one["waits"])
    return {
        "marks": sorted(m for one in told for m in one["marks"]), "own": {k: v for one in told for k, v in one["own"].items()},
        "refused": sum(one["refused"] for one in told), "errors": [e for one in told for e in one["errors"]], "writes": len(waits), "took": took,
        "p95": waits[int(len(waits) * 0.95)] if waits else None, "most": waits[-1] if waits else None, "end": json.loads(databases.run(env, END, pk)),
    }  # fmt: skip


def lost(found: dict) -> list[str]:
    """What was acknowledged and does not stand, and every other fault."""
    end = found["end"]
    faults = [*found["errors"], *end["problems"], *([] if end["ok"] else ["the chain is broken"])]
    if sorted(end["marks"]) != found["marks"]:
        faults.append(f"{len(set(found['marks']) - set(end['marks']))} writes to the one record are lost")
    if not end["version"] == end["changes"] == 1 + len(found["marks"]):
        faults.append(f"version {end['version']}, {end['changes']} changes, {len(found['marks'])} writes")
    faults += [f"record {pk}: {end['own'].get(pk)!r}, not {notes!r}" for pk, notes in found["own"].items() if end["own"].get(pk) != notes]
    return faults
