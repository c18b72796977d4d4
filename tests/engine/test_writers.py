"""Many people writing at once to one record: nothing is lost, nobody sees a lock, the chain stands. Real processes, a real database."""

import os
import subprocess
import sys

import dj_database_url
import psycopg
import pytest
from django.db import connection

WRITER = """
import sys, django
django.setup()
from gegma.accounts.models import SYSTEM_WRITER
from gegma.engine import registry, write
me, times, pk = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
spec = registry.get("organisations")
refused = 0
for n in range(times):
    while True:
        row = spec.model.objects.get(pk=pk)
        version = row.version
        row.notes = f"{row.notes} {me}.{n}"
        try:
            write.save(spec, SYSTEM_WRITER, row, version=version)
            break
        except write.Conflict:
            refused += 1
print(refused)
"""
BEGIN = """
import django
django.setup()
from gegma.config.setup import setup
setup()
from gegma.accounts.models import SYSTEM_WRITER
from gegma.engine import registry, write
spec = registry.get("organisations")
print(write.save(spec, SYSTEM_WRITER, spec.model(title_ka="x", kind="ngo")).pk)
"""
END = """
import sys, django
django.setup()
from gegma.audit.models import Change
from gegma.audit.record import verify
from gegma.engine import registry
row = registry.get("organisations").model.objects.get(pk=int(sys.argv[1]))
print(verify().ok, row.version, Change.objects.filter(register="organisations", record_id=row.pk).count(), *row.notes.split())
"""


@pytest.fixture
def empty_database(tmp_path):
    """The environment of a process with an empty database of the kind that the tests run on."""
    env = {**os.environ, "GEGMA_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "gegma.config.settings", "PYTHONPATH": "src"}
    if connection.vendor == "sqlite":
        env.pop("DATABASE_URL", None)
        yield env
        return
    base = dj_database_url.parse(os.environ["DATABASE_URL"])
    name = f"writers_{os.getpid()}"
    where = {"host": base["HOST"], "port": base["PORT"] or None, "user": base["USER"], "password": base["PASSWORD"] or None}
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        old = f"/{base['NAME']}"
        head, _sep, tail = os.environ["DATABASE_URL"].rpartition(old)
        yield {**env, "DATABASE_URL": f"{head}/{name}{tail}"}
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(env, code, *words):
    """What a process prints."""
    done = subprocess.run([sys.executable, "-c", code, *map(str, words)], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_no_update_is_lost(empty_database):
    people, times = 6, 10
    pk = run(empty_database, BEGIN)[-1]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, f"p{n}", str(times), pk], env=empty_database, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for n in range(people)
    ]  # fmt: skip
    for writer in writers:
        _out, err = writer.communicate(timeout=240)
        assert writer.returncode == 0, err
    ok, version, changes, *marks = run(empty_database, END, pk)
    assert ok == "True"
    assert sorted(marks) == sorted(f"p{n}.{m}" for n in range(people) for m in range(times))
    assert int(version) == int(changes) == 1 + people * times
