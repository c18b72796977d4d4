"""kill -9 at random moments: nothing acknowledged is lost, nothing half-written stays. The server of PostgreSQL is stopped at once, too."""

import contextlib
import os
import subprocess
import sys
import time

import pytest
from django.db import connection

from tests import databases, killing

sys.path.insert(0, str(databases.ROOT / "scripts"))
SECONDS, DEATHS = 25, 100


def test_nothing_acknowledged_is_lost_and_nothing_half_written_stays(empty_database):
    found = killing.many_lives(empty_database, SECONDS, DEATHS)
    assert found["faults"] == []
    assert found["deaths"] >= DEATHS and found["said"] > DEATHS // 4, "a writer that never gets to write proves nothing"


@pytest.mark.django_db
def test_the_server_of_the_database_stops_at_once(tmp_path):
    """The whole of PostgreSQL is stopped «immediate», as when the machine fails, while a writer writes; durability on."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server")
    with durable_server(tmp_path) as (url, restart), databases.empty(tmp_path / "place", url) as env:
        databases.command(env, "setup")
        place = killing.Killed(env)
        said = []
        for _n in range(3):
            place.writer.stdin.write("go\n")
            place.writer.stdin.flush()
            time.sleep(0.7)
            restart()
            said += [line.strip() for line in iter(place.writer.stdout.readline, "dead\n") if not line.startswith("pid")]
        place.close()
        assert len(said) > 3
        place = killing.Killed(env)
        try:
            assert place.look(said, whole=True) == []
        finally:
            place.close()


@contextlib.contextmanager
def durable_server(folder):
    """A PostgreSQL with durability on: its DATABASE_URL, and what stops it at once and starts it again."""
    import tempfile
    from pathlib import Path
    from urllib.parse import quote

    from postgres import ENCODING, _account, find_binaries  # of scripts/

    binaries, account = find_binaries(), _account()
    home = Path(tempfile.mkdtemp(prefix="gegma-kill-", dir="/tmp"))
    if account:
        os.chown(home, account["user"], account["group"])

    def pg_ctl(*words):
        done = subprocess.run(
            [binaries / "pg_ctl", "-D", home / "data", "-w", "-t", "60", *words], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **account
        )
        assert done.returncode == 0, words

    def start():
        pg_ctl("-l", home / "log", "-o", f"-k {home} -c listen_addresses= -c max_connections=100", "start")

    try:
        subprocess.run([binaries / "initdb", "-D", home / "data", "-U", "gegma", "-A", "trust", *ENCODING], check=True, cwd="/", stdout=subprocess.DEVNULL, **account)
        start()
        subprocess.run([binaries / "createdb", "-h", home, "-U", "gegma", "gegma"], check=True)

        def restart():
            pg_ctl("-m", "immediate", "stop")
            start()

        yield f"postgres://gegma@{quote(str(home), safe='')}/gegma", restart
    finally:
        with contextlib.suppress(AssertionError):
            pg_ctl("-m", "immediate", "stop")
        import shutil

        shutil.rmtree(home, ignore_errors=True)
