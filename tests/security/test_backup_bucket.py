"""Files in a bucket: backups take them, a restore puts them where the settings say, a check looks at them there."""

import hashlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from gegma.engine import store
from tests import buckets, databases
from tests.databases import command, run
from tests.security.test_backup import WITH_FILES, edit_history, facts, left, rewritten, same

AWAY = "cannot be reached"
SIGNED = {"GEGMA_AUDIT_KEY": "5a" * 32}
UNDER = """
from gegma.engine.models import Attachment
print(*sorted(set(Attachment.objects.values_list("sha256", flat=True))))
"""


def kind() -> str:
    """The server of the run on PostgreSQL."""
    return databases.server() if connection.vendor == "postgresql" else ""


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory):
    """A small place with files in its folder, and its backup."""
    folder = tmp_path_factory.mktemp("disk")
    with databases.empty(folder / "place") as env:
        env = {**env, **SIGNED}
        command(env, "setup")
        run(env, WITH_FILES, 2)
        command(env, "backup", folder / "open.zip")
        yield {"file": folder / "open.zip", "facts": facts(env), "hashes": run(env, UNDER).split()}


@pytest.fixture
def bucket():
    """An empty bucket."""
    with buckets.serving() as found:
        yield found


@pytest.mark.django_db
def test_from_the_folder_into_a_bucket_and_back(on_disk, bucket, tmp_path):
    with databases.empty(tmp_path / "there", kind()) as there:
        there = {**there, **bucket.env, **SIGNED}
        assert "WARNING" not in command(there, "restore", on_disk["file"])
        assert bucket.names() == sorted(map(store.key_of, on_disk["hashes"])) and len(on_disk["hashes"]) == 3
        for key in bucket.names():
            body = bucket.client.get_object(Bucket=buckets.NAME, Key=key)["Body"].read()
            assert hashlib.sha256(body).hexdigest() == store.hash_of(key)
        assert not [name for name in left(there) if name.startswith("files") and not name.endswith(".door")]
        assert command(there, "check").strip() == "Everything stands."
        command(there, "backup", tmp_path / "again.zip")
    with databases.empty(tmp_path / "back") as back:
        back = {**back, **SIGNED}
        command(back, "restore", tmp_path / "again.zip")
        same(facts(back), on_disk["facts"])


@pytest.mark.django_db
def test_what_does_not_stand_in_the_bucket_is_named(on_disk, bucket, tmp_path):
    with databases.empty(tmp_path / "there", kind()) as there:
        there = {**there, **bucket.env, **SIGNED}
        command(there, "restore", on_disk["file"])
        first, second, _third = bucket.names()
        body = bucket.client.get_object(Bucket=buckets.NAME, Key=first)["Body"].read()
        orphan = store.key_of("0" * 64)
        bucket.put(first, bytes(len(body)))
        bucket.take_away(second)
        bucket.put(orphan, b"left by an upload")
        bucket.put("somebody/else", b"x")
        told = command(there, "check", status=1)
        assert f"{first} is not the file that was kept" in told and f"{second} is missing" in told
        assert f"bucket gegma/{orphan}: no record has this file" in told and "somebody/else: no record" in told
        refused = command(there, "backup", tmp_path / "no.zip", status=1)
        assert store.hash_of(first) in refused or store.hash_of(second) in refused
        assert not list(tmp_path.glob("*.zip"))
        command(there, "setup")
        assert orphan not in bucket.names() and {first, "somebody/else"} <= set(bucket.names())


@pytest.mark.django_db
def test_a_bucket_out_of_reach_is_said(on_disk, bucket, tmp_path):
    with databases.empty(tmp_path / "there", kind()) as there:
        there = {**there, **bucket.env, **SIGNED}
        command(there, "restore", on_disk["file"])
        bucket.server.stop()
        told = command(there, "check", status=1)
        assert AWAY in told and "is missing" not in told
        assert AWAY in command(there, "backup", tmp_path / "no.zip", status=1)
        assert not [p for p in tmp_path.iterdir() if p.is_file()]
        command(there, "setup")  # the next start takes away what nobody names
    with databases.empty(tmp_path / "other") as other:
        other = {**other, **bucket.env, **SIGNED}
        assert AWAY in command(other, "restore", on_disk["file"], status=1)
        assert left(other) == []


@pytest.mark.django_db
def test_a_restore_into_a_bucket_is_whole_or_not_there(on_disk, bucket, tmp_path):
    bad = rewritten(on_disk["file"], tmp_path / "bad.zip", edit_history)
    with databases.empty(tmp_path / "there", kind()) as there:
        there = {**there, **bucket.env, **SIGNED}
        bucket.put("somebody/else", b"x")
        assert "new bucket" in command(there, "restore", on_disk["file"], status=1)
        assert bucket.names() == ["somebody/else"]
        bucket.take_away("somebody/else")
        assert "row" in command(there, "restore", bad, status=1)
        assert bucket.names() == [] and left(there) == []
        process = subprocess.Popen([sys.executable, "-m", "gegma.config.cli", "restore", str(on_disk["file"])], env=there, cwd=databases.ROOT)
        end = time.monotonic() + 60
        while not bucket.names() and time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert bucket.names() and (Path(there["GEGMA_DATA"]) / "restoring").exists()
        command(there, "restore", on_disk["file"])
        assert bucket.names() == sorted(map(store.key_of, on_disk["hashes"]))
