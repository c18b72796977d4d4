"""A process that writes and says what is done, killed at random moments; and what must stand then. Used by the tests and by the bench."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests import databases

# Parents fork a child for each life: starting Python and Django anew would leave time for few. The child says on its pipe what is done.
WRITER = """
import os, random
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from gegma.accounts.models import SYSTEM_WRITER
from gegma.audit.context import origin
from gegma.engine import files, registry, write
from gegma.plan import importing, readers

meetings, decisions, organisations = (registry.get(k) for k in ("meetings", "decisions", "organisations"))
countries = list(registry.get("countries").model.objects.order_by("pk")[:20])
TEXT = sys.argv[1]

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def meeting(n):
    row = meetings.model(title_ka=f"შეხვედრა {n}", kind="seminar")
    children = [write.Child(decisions, decisions.model(title_ka=f"{n}/{i}")) for i in range(3)]
    chosen = random.sample(countries, 5)
    with transaction.atomic():
        write.save(meetings, SYSTEM_WRITER, row, m2m={"partner_countries": chosen}, children=children)
        files.attach(meetings, SYSTEM_WRITER, row, [upload(n, 0)])
    say("meeting", row.pk, row.version, *sorted(c.pk for c in chosen))
    return row

def upload(n, i):
    return SimpleUploadedFile(f"{n}-{i}.txt", f"{n} {i} {random.random()} ".encode() * random.choice([10, 5000, 50000]))

def change(row, n):
    row.title_ka = f"შეცვლილი {n}"
    write.save(meetings, SYSTEM_WRITER, row, version=row.version)
    say("meeting", row.pk, row.version)

def attach(row, n):
    kept = files.attach(meetings, SYSTEM_WRITER, row, [upload(n, i) for i in range(3)])
    say("files", row.pk, *(k.sha256 for k in kept))
    if n % 4 == 0:
        files.remove(meetings, SYSTEM_WRITER, row, kept[0])
        say("removed", row.pk, kept[0].sha256)

def many(n):
    rows = write.create_many(organisations, SYSTEM_WRITER, [organisations.model(title_ka=f"ო {n} {i}", kind="ngo") for i in range(40)])
    say("organisations", *(r.pk for r in rows))

def delete(n):
    row = write.save(meetings, SYSTEM_WRITER, meetings.model(title_ka=f"w {n}", kind="visit"))
    number = row.pk
    write.delete(meetings, SYSTEM_WRITER, row, version=1)
    say("deleted", number)

def plan(n):
    key = f"plan-{os.getpid()}-{n}"
    with origin("import"), transaction.atomic():
        made = importing.store(readers.read_plan(TEXT).as_json(), SYSTEM_WRITER, key=key)
    say("plan", made.pk, made.activities.count())

def life():
    random.seed()
    n, row = 0, None
    while True:
        n += 1
        row = meeting(n) if row is None or n % 5 == 0 else row
        (change if n % 2 else attach)(row, n)
        if n % 6 == 1: many(n)
        if n % 7 == 3: delete(n)
        if n % 9 == 2: plan(n)

connection.close()
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        life()
    say("pid", child)
    os.waitpid(child, 0)
    say("dead")
"""
LOOK = """
import json
from gegma.audit.models import Change
from gegma.engine import files, registry
from gegma.engine.models import Attachment
from gegma.keep import check
from gegma.plan.models import Plan
print("ready", flush=True)
models = {k: registry.get(k).model.objects for k in ("meetings", "organisations")}
for line in sys.stdin:
    told = json.loads(line)
    swept = files.sweep(0)
    faults = [str(p) for p in (check.everything() if told["whole"] else check.quickly())]
    for words in told["said"]:
        kind, *rest = words.split()
        if kind == "meeting":
            pk, version, *chosen = map(int, rest)
            row = models["meetings"].filter(pk=pk).first()
            if row is None or row.version < version: faults.append(f"lost: {words}")
            elif chosen and sorted(row.partner_countries.values_list("pk", flat=True)) != chosen: faults.append(f"lost: {words}")
            elif chosen and row.decisions.count() != 3: faults.append(f"half: {words}")
        elif kind == "files":
            if Attachment.objects.filter(register="meetings", record_id=rest[0], sha256__in=rest[1:]).count() < len(rest[1:]) - sum(w == f"removed {rest[0]} {s}" for s in rest[1:] for w in told["said"]) - told["maybe"]:
                faults.append(f"lost: {words}")
        elif kind == "removed" and Attachment.objects.filter(record_id=rest[0], sha256=rest[1]).exists(): faults.append(f"came back: {words}")
        elif kind == "organisations" and models["organisations"].filter(pk__in=rest).count() != 40: faults.append(f"lost: {words}")
        elif kind == "deleted" and models["meetings"].filter(pk=rest[0]).exists(): faults.append(f"came back: {words}")
        elif kind == "plan" and not Plan.objects.filter(pk=rest[0], activities__isnull=False).exists(): faults.append(f"lost: {words}")
    print(json.dumps({"faults": faults, "swept": swept, "changes": Change.objects.count()}), flush=True)
"""
PLAN = Path(databases.ROOT) / "examples" / "mia-ird-2017" / "plan.txt"


class Killed:
    """A place with a process that writes and one that looks."""

    def __init__(self, env: dict[str, str]):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.writer = databases.start(env, WRITER, PLAN, **pipes, stderr=subprocess.DEVNULL, start_new_session=True)
        self.looker = databases.start(env, LOOK, **pipes)
        assert self.looker.stdout.readline().strip() == "ready"
        self.deaths, self.said, self.swept, self.changes = 0, 0, [0, 0], 0

    def life(self, seconds: float) -> list[str]:
        """One life of the writer, ended by SIGKILL; returns what it had said was done."""
        self.writer.stdin.write("go\n")
        self.writer.stdin.flush()
        pid = next(int(line.split()[1]) for line in self.writer.stdout if line.startswith("pid "))
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        said = []
        for line in self.writer.stdout:
            if line == "dead\n":
                break
            said.append(line.rstrip("\n"))
        self.deaths += 1
        self.said += len(said)
        return said

    def look(self, said: list[str], whole: bool = False) -> list[str]:
        """What does not stand after these lives."""
        maybe = 1  # a file may have been taken away when the kill came before it was said
        self.looker.stdin.write(json.dumps({"said": said, "whole": whole, "maybe": maybe}) + "\n")
        self.looker.stdin.flush()
        told = json.loads(self.looker.stdout.readline())
        self.swept = [a + b for a, b in zip(self.swept, told["swept"], strict=True)]
        self.changes = told["changes"]
        return told["faults"]

    def close(self) -> None:
        """End both."""
        for process in (self.writer, self.looker):
            process.stdin.close()
            process.wait(timeout=30)
            process.stdout.close()


def many_lives(env: dict[str, str], seconds: float, deaths: int, every: int = 10, tell: Callable[[str], None] = lambda words: None) -> dict:
    """Kill the writer again and again, until so many seconds and deaths are over; look after every few."""
    place, end, faults, said = Killed(env), time.monotonic() + seconds, [], []
    try:
        while not faults and (time.monotonic() < end or place.deaths < deaths):
            said += place.life(random.uniform(0.01, 0.35))
            if place.deaths % every == 0:
                faults += place.look(said)
                tell(f"{place.deaths} deaths, {place.said} acknowledged")
                said = []
        faults += place.look(said, whole=True)
    finally:
        place.close()
    return {"faults": faults, "deaths": place.deaths, "said": place.said, "half_files": place.swept[0], "orphans": place.swept[1], "changes": place.changes}
