"""A backup brings everything back, on either database; a damaged one brings nothing; and what is wrong in a place is named."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pyrage
import pytest
from django.db import connection

from gegma.keep import archive
from gegma.keep import passphrase as passphrases
from tests import databases, template
from tests.databases import command, run

WITH_FILES = """
from django.core.files.uploadedfile import SimpleUploadedFile
from gegma.accounts.models import SYSTEM_WRITER
from gegma.engine import files, registry, write
spec = registry.get("meetings")
for n in range(int(sys.argv[1])):
    row = write.save(spec, SYSTEM_WRITER, spec.model(title_ka=f"შეხვედრა «{n}» – ﬁ\\u0301", kind="visit", notes="line\\n\\ttab \\U0001f600"))
    files.attach(spec, SYSTEM_WRITER, row, [SimpleUploadedFile(f"ოქმი {n}.pdf", b"%PDF-1.7 " + bytes([n]) * 70000), SimpleUploadedFile("same.txt", b"the same")])
gone = write.save(spec, SYSTEM_WRITER, spec.model(title_ka="წასაშლელი", kind="visit"))
print(gone.pk)
write.delete(spec, SYSTEM_WRITER, gone, version=1)
"""
FACTS = """
import hashlib, json
from django.apps import apps
from gegma.engine import files
from gegma.keep import check, tables
from gegma.kernel.periods import Period
from gegma.plan.figures import figures
from gegma.plan.models import Plan
found = {"tables": {}, "last": {}, "readings": []}
for model in tables.kept(apps):
    digest, n = hashlib.sha256(), -1
    for line in tables.lines(model):
        digest.update(json.dumps(json.loads(line), sort_keys=True).encode())  # PostgreSQL keeps no order of keys
        n += 1
    found["tables"][model._meta.db_table] = [n, digest.hexdigest()]
    found["last"][model._meta.db_table] = tables.last_number(model)
for plan in Plan.objects.order_by("pk"):
    found["readings"] += [{k: str(v) for k, v in row.items()} for row in figures(plan, Period(plan.starts_on, plan.ends_on))]
found["files"] = sorted((p.name, hashlib.sha256(p.read_bytes()).hexdigest()) for p in files.stored())
found["problems"] = [str(p) for p in check.everything()]
print(json.dumps(found))
"""


def facts(env) -> dict:
    """Everything in a place, counted and hashed in a form that no database has a say in."""
    return json.loads(run(env, FACTS))


def left(env) -> list[str]:
    """What stands in the data folder beside the keys."""
    return sorted(str(p.relative_to(env["GEGMA_DATA"])) for p in Path(env["GEGMA_DATA"]).rglob("*") if p.is_file() and p.name not in {"secret_key", "audit_key"})


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The small year with the 2017 plan and its measures, and some files; the key of the heads is kept apart."""
    folder = tmp_path_factory.mktemp("world")
    with databases.empty(folder / "place") as env:
        env = {**env, "GEGMA_TODAY": "2017-12-11", "GEGMA_AUDIT_KEY": "5a" * 32}
        template.put_into(env, template.folder_of(tmp_path_factory))
        done = subprocess.run([sys.executable, "-m", "tests.e2e.world"], env=env, cwd=databases.ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-4000:]
        gone = run(env, WITH_FILES, 3).strip()
        command(env, "backup", folder / "world.zip")
        yield {"env": env, "file": folder / "world.zip", "facts": facts(env), "gone": int(gone)}


def like(env, world) -> dict:
    """The environment of another place for the same world."""
    return {**env, "GEGMA_TODAY": "2017-12-11", "GEGMA_AUDIT_KEY": world["env"]["GEGMA_AUDIT_KEY"]}


def same(found: dict, wanted: dict) -> None:
    """Compare part by part, so that a failure says which."""
    for part in ("files", "last", "readings", "problems"):
        assert found[part] == wanted[part], part
    assert {t: v for t, v in found["tables"].items() if v != wanted["tables"].get(t)} == {}
    assert found == wanted


@pytest.mark.django_db
def test_everything_comes_back_on_either_database(world, tmp_path):
    """SQLite to SQLite; in the run on PostgreSQL SQLite to PostgreSQL, and from there back to SQLite."""
    wanted = world["facts"]
    assert wanted["problems"] == [] and len(wanted["files"]) == 4 and len(wanted["readings"]) >= 110
    assert sum(row["value"] != "None" for row in wanted["readings"]) >= 110
    with databases.empty(tmp_path / "there", databases.server() if connection.vendor == "postgresql" else "") as env:
        there = like(env, world)
        assert "WARNING" not in command(there, "restore", world["file"])
        same(facts(there), wanted)
        # the number of what was deleted is not given out again, and everything can be written to
        after = int(run(there, WITH_FILES, 1).strip())
        assert after > world["gone"]
        if connection.vendor == "postgresql":
            command(there, "backup", tmp_path / "back.zip")
            with databases.empty(tmp_path / "back") as again:
                command(like(again, world), "restore", tmp_path / "back.zip")
                same(facts(like(again, world)), facts(there))


WRITER = WITH_FILES.replace('for n in range(int(sys.argv[1])):', 'import itertools\nfor n in itertools.count(int(sys.argv[1]) * 100000):').replace("bytes([n])", "str(n).encode()")


def test_a_backup_made_while_people_work_restores_to_one_moment(empty_database, tmp_path):
    writers = [databases.start(empty_database, WRITER, n + 1, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for n in range(3)]
    try:
        for number in range(3):
            time.sleep(1.5 if number == 0 else 0.3)
            command(empty_database, "backup", tmp_path / f"{number}.zip")
    finally:
        for writer in writers:
            assert writer.poll() is None, writer.stderr.read()[-2000:]
            writer.kill()
            writer.communicate()
    archives = [archive.open_zip(tmp_path / f"{number}.zip") for number in range(3)]
    sizes = [len(manifest["files"]) for _zipped, manifest in archives]
    assert 1 < sizes[0] < sizes[1] < sizes[2]
    with databases.empty(tmp_path / "there") as there:  # it checks itself before it says so
        assert f" {sizes[2]} files" in command(there, "restore", tmp_path / "2.zip")


# -- one small place with files, its backup, and what may become of that ----------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small place on SQLite and its backups: open, for a recipient, with a passphrase."""
    folder = tmp_path_factory.mktemp("small")
    with databases.empty(folder / "place") as env:
        template.put_into(env, template.folder_of(tmp_path_factory))
        command(env, "setup")
        run(env, WITH_FILES, 2)
        identity = pyrage.x25519.Identity.generate()
        (folder / "identity").write_text(f"# made today\n{identity}\n")
        (folder / "passphrase").write_text("რვა სიტყვა რომელსაც ვერავინ გამოიცნობს\n", encoding="utf-8")
        (folder / "wrong").write_text("another passphrase altogether\n")
        command(env, "backup", folder / "open.zip")
        command(env, "backup", folder / "key.age", "--age-recipient", identity.to_public())
        command(env, "backup", folder / "pass.age", "--passphrase-file", folder / "passphrase")
        yield {"env": env, "folder": folder}


def rewritten(source: Path, target: Path, change) -> Path:
    """The backup with its members and manifest changed, and everything else made to fit: what an attacker with time would do."""
    with zipfile.ZipFile(source) as old:
        members = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    change(members, manifest)
    with archive.writing(target) as zipped:
        for name, data in members.items():
            zipped.writestr(name, data)
        if manifest:
            zipped.writestr("manifest.json", json.dumps(manifest))
    return target


def _traversal(members, manifest):
    members["files/../../../etc/cron.d/x"] = b"x"


def _more(members, manifest):
    members["files/" + "a" * 64] = b"x"


def _missing_table(members, manifest):
    del members["data/audit_change.jsonl"]


def _missing_file(members, manifest):
    del members[next(n for n in members if n.startswith("files/"))]


def _other_file(members, manifest):
    members[next(n for n in members if n.startswith("files/"))] += b"x"


def _no_manifest(members, manifest):
    manifest.clear()


def _no_list(members, manifest):
    manifest["tables"] = "x"


def _later_version(members, manifest):
    manifest["migrations"].append(["plan", "9999_what_is_to_come"])


def _later_format(members, manifest):
    manifest["version"] = 2


def _edited_table(members, manifest):
    members["data/engine_code.jsonl"] = members["data/engine_code.jsonl"].replace(b"true", b"false", 1)


def edit_history(members, manifest):
    """A row of the history is changed, with every hash of the backup made to fit."""
    name = "data/audit_change.jsonl"
    members[name] = members[name].replace("შეხვედრა".encode(), "შეცვლილი".encode(), 1)
    next(t for t in manifest["tables"] if t["table"] == "audit_change")["sha256"] = hashlib.sha256(members[name]).hexdigest()


def _dangling_pointer(members, manifest):
    name = "data/engine_attachment.jsonl"
    lines = members[name].splitlines(keepends=True)
    row = json.loads(lines[1])
    row[json.loads(lines[0]).index("record_id")] = 987654
    lines[1] = json.dumps(row).encode() + b"\n"
    members[name] = b"".join(lines)
    next(t for t in manifest["tables"] if t["table"] == "engine_attachment")["sha256"] = hashlib.sha256(members[name]).hexdigest()


DAMAGES = {
    _traversal: "has no place in a backup", _more: "is not in the manifest", _missing_table: "data/audit_change.jsonl is missing",
    _missing_file: "is missing", _other_file: "is not the file that was kept", _no_manifest: "manifest.json is missing",
    _no_list: "cannot be understood", _later_version: "later version", _later_format: "a kind that this version does not read",
    _edited_table: "data/engine_code.jsonl: its content is not the one", _dangling_pointer: "987654",
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_refused_by_name_and_leaves_nothing(small, tmp_path, damage):
    file = rewritten(small["folder"] / "open.zip", tmp_path / "bad.zip", damage)
    with databases.empty(tmp_path / "there") as there:
        assert DAMAGES[damage] in command(there, "restore", file, status=1)
        assert left(there) == []


@pytest.mark.django_db
def test_a_restore_that_fails_late_leaves_an_empty_database_of_any_kind(small, tmp_path):
    bad = rewritten(small["folder"] / "open.zip", tmp_path / "bad.zip", edit_history)
    with databases.empty(tmp_path / "there", databases.server() if connection.vendor == "postgresql" else "") as there:
        assert "row" in command(there, "restore", bad, status=1)
        assert left(there) == []
        told = command(there, "restore", bad, "--accept-faults")
        assert "WARNING: the history in the backup is broken" in told and "Done" in told
        assert "Broken at row" in command(there, "audit", "verify", status=1)
        assert "not empty" in command(there, "restore", small["folder"] / "open.zip", status=1)


@pytest.mark.parametrize(
    ("file", "key", "says"),
    [
        ("pass.age", ["--passphrase-file", "wrong"], "the passphrase is wrong"),
        ("pass.age", ["--age-identity", "identity"], "the key is another one"),
        ("pass.age", [], "is encrypted"),
        ("key.age", ["--passphrase-file", "passphrase"], "not locked with a passphrase"),
        ("key.age", [], "is encrypted"),
        ("open.zip", ["--passphrase-file", "passphrase"], "is not encrypted"),
        ("identity", [], "too short"),
        ("nothing", [], "no file"),
    ],
)
def test_a_wrong_key_is_refused(small, tmp_path, file, key, says):
    with databases.empty(tmp_path / "there") as there:
        words = [small["folder"] / w if n % 2 else w for n, w in enumerate(key)]
        assert says in command(there, "restore", small["folder"] / file, *words, status=1)
        assert left(there) == []


def test_an_encrypted_backup_comes_back(small, tmp_path):
    folder = small["folder"]
    assert not any(b"audit_change" in (folder / file).read_bytes() for file in ("key.age", "pass.age"))
    archive.unlock(folder / "pass.age", tmp_path / "opened.zip", archive.passphrase_key((folder / "passphrase").read_text(encoding="utf-8")))
    archive.check_seal(tmp_path / "opened.zip")
    with databases.empty(tmp_path / "there") as there:
        command(there, "restore", folder / "key.age", "--age-identity", folder / "identity")
        same(facts(there), facts(small["env"]))


def test_each_flipped_bit_and_each_cut_is_seen(small, tmp_path):
    whole = (small["folder"] / "open.zip").read_bytes()
    bad = tmp_path / "bad.zip"
    step = max(1, len(whole) // 150)
    for place in [*range(0, len(whole), step), *range(len(whole) - 90, len(whole))]:
        bad.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
        with pytest.raises(archive.Damaged):
            archive.check_seal(bad)
        bad.write_bytes(whole[:place])
        with pytest.raises(archive.Damaged):
            archive.check_seal(bad)
    bad.write_bytes(whole)
    archive.check_seal(bad)


@pytest.mark.parametrize("size", [0, passphrases.PIECE, 2 * passphrases.PIECE + 1])
def test_what_is_locked_with_a_passphrase_is_an_ordinary_age_file(tmp_path, size):
    plain, locked, opened = (tmp_path / n for n in ("plain", "locked", "opened"))
    plain.write_bytes(os.urandom(size))
    with plain.open("rb") as source, locked.open("wb") as target:
        passphrases.lock(source, target, "one two three four")
    assert pyrage.passphrase.decrypt(locked.read_bytes(), "one two three four") == plain.read_bytes()
    with locked.open("rb") as source, opened.open("wb") as target:
        passphrases.unlock(source, target, "one two three four")
    assert opened.read_bytes() == plain.read_bytes()
    for cut in {len(locked.read_bytes()) - 1, passphrases.PIECE + 200, 180, 20} & set(range(len(locked.read_bytes()))):
        with locked.open("rb") as source:
            short = tmp_path / "short"
            short.write_bytes(source.read(cut))
        with short.open("rb") as source, opened.open("wb") as target, pytest.raises(passphrases.Locked):
            passphrases.unlock(source, target, "one two three four")


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(small, tmp_path):
    def before_the_calendar(members, manifest):
        manifest["migrations"] = [m for m in manifest["migrations"] if m[0] != "agenda"]
        for table in [t for t in manifest["tables"] if t["model"].startswith("agenda.")]:
            manifest["tables"].remove(table)
            del members[f"data/{table['table']}.jsonl"]

    file = rewritten(small["folder"] / "open.zip", tmp_path / "old.zip", before_the_calendar)
    with databases.empty(tmp_path / "there") as there:
        assert "Done" in command(there, "restore", file)  # after the same checks as «gegma check»


def test_a_backup_never_replaces_a_file_and_is_its_owners(small, tmp_path):
    target = small["folder"] / "open.zip"
    before = target.read_bytes()
    assert "is there already" in command(small["env"], "backup", target, status=1)
    assert "no folder" in command(small["env"], "backup", tmp_path / "no" / "x.zip", status=1)
    assert "age1" in command(small["env"], "backup", tmp_path / "x.age", "--age-recipient", "age1x", status=1)
    assert target.read_bytes() == before
    assert [oct(f.stat().st_mode & 0o777) for f in small["folder"].glob("*.[az][gi][ep]")] == ["0o600"] * 3
    assert list(tmp_path.iterdir()) == []


def test_a_restore_that_was_killed_is_said_and_can_be_done_again(small, tmp_path):
    with databases.empty(tmp_path / "there") as there:
        process = subprocess.Popen([sys.executable, "-m", "gegma.config.cli", "restore", str(small["folder"] / "open.zip")], env=there, cwd=databases.ROOT)
        end = time.monotonic() + 60
        while not (Path(there["GEGMA_DATA"]) / "gegma.sqlite3").exists() and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.5)
        process.send_signal(signal.SIGKILL)
        process.wait()
        done = subprocess.run([sys.executable, "-m", "gegma.config.cli", "setup"], env=there, cwd=databases.ROOT, capture_output=True, text=True)
        assert done.returncode != 0 and "broken off" in done.stderr
        command(there, "restore", small["folder"] / "open.zip")
        same(facts(there), facts(small["env"]))


# -- check -------------------------------------------------------------------------------------------------------------

BREAK = """
import json, os
from django.db import connection, transaction
from gegma.audit import protect
from gegma.engine import files
from gegma.engine.models import Attachment
from gegma.keep import check
protect.lift()
row = Attachment.objects.first()
path = files.path_of(row.sha256)
whole = path.read_bytes()
kept = {p: p.read_bytes() for p in files.stored()}
with connection.cursor() as cursor:
    cursor.execute("PRAGMA foreign_keys=OFF" if connection.vendor == "sqlite" else "SET session_replication_role = replica")
found = {}
for what in json.loads(sys.argv[1]):
    with transaction.atomic():
        if what == "missing": path.unlink()
        elif what == "other": path.write_bytes(b"x" * row.size)
        elif what == "orphan": (path.parent / ("0" * 64)).write_bytes(b"x")
        elif what == "half": (path.parents[2] / "coming-x").write_bytes(b"x")
        else:
            with connection.cursor() as cursor:
                cursor.execute(what)
        found[what] = [f"{p} {p.do}" for p in check.everything()]
        transaction.set_rollback(True)
    for p in files.stored():
        if p not in kept: p.unlink()
    for p, data in kept.items():
        p.write_bytes(data)
print(json.dumps(found))
print([str(p) for p in check.everything()])
"""
BROKEN = {
    "missing": "is missing", "other": "its content was changed", "orphan": "no record has this file", "half": "broken off",
    "UPDATE engine_attachment SET record_id = 987654": "M-987654, which is not there",
    "UPDATE engine_attachment SET register = 'x'": "a register «x» that does not exist",
    "UPDATE engine_attachment SET uploaded_by_id = 987654": "«uploaded_by» points to a row of accounts_user",
    "DELETE FROM engine_searchentry WHERE register = 'meetings'": "is not found by its words",
    "UPDATE engine_searchentry SET record_id = 987654 WHERE register = 'meetings' AND id = (SELECT max(id) FROM engine_searchentry WHERE register = 'meetings')": "search, meetings/987654",
    "UPDATE meetings_meeting SET version = 7": "it is version 7, and the history ends at version 1",
    "DELETE FROM audit_change WHERE register = 'meetings'": "the history knows nothing of it",
    "UPDATE audit_change SET after = '{}' WHERE register = 'meetings'": "this row was changed",
    "DELETE FROM django_migrations WHERE app = 'agenda'": "migrations are not applied",
}  # fmt: skip


def test_what_does_not_stand_is_named_with_what_to_do(empty_database):
    run(empty_database, WITH_FILES, 1)
    told, after = run(empty_database, BREAK, json.dumps(list(BROKEN))).strip().splitlines()
    missed = {what: found for what, found in json.loads(told).items() if not any(BROKEN[what] in line for line in found)}
    assert missed == {} and after == "[]"


def test_the_command_says_so_with_its_status(small, tmp_path):
    assert command(small["env"], "check").strip() == "Everything stands."
    with databases.empty(tmp_path / "there") as nothing:
        assert "Run «gegma setup»" in command(nothing, "check", status=1)
