"""The database itself refuses to change what was recorded: by triggers on both databases, and on PostgreSQL by the rights of the role."""

import json

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from gegma.accounts.models import SYSTEM_WRITER
from gegma.audit import protect
from gegma.audit.models import Access, Change, Head
from gegma.audit.record import erase, verify
from gegma.engine import registry, write
from tests import databases

pytestmark = pytest.mark.django_db


@pytest.fixture
def protected(db):
    """Three records of history and one access, and the protection; both are gone with the test's transaction."""
    assert protect.protect()
    spec = registry.get("organisations")
    rows = [write.save(spec, SYSTEM_WRITER, spec.model(title_ka=f"ორგანიზაცია {n}", kind="ngo")) for n in range(3)]
    Access.objects.create(at=Change.objects.last().at, actor_name="x", kind="export")
    return rows


ATTACKS = {
    "change a row": lambda: Change.objects.filter(pk=Change.objects.last().pk).update(after={"title_ka": "x"}),
    "change who it was": lambda: Change.objects.filter(pk=Change.objects.last().pk).update(actor_name="x"),
    "blank a row and change its hash": lambda: Change.objects.filter(pk=Change.objects.last().pk).update(before={}, after={}, salt="", hash="0" * 64),
    "blank half of it": lambda: Change.objects.filter(pk=Change.objects.last().pk).update(after={}),
    "delete a row": lambda: Change.objects.filter(pk=Change.objects.last().pk).delete(),
    "delete all": lambda: Change.objects.all().delete(),
    "set the head back": lambda: Head.objects.update(count=1),
    "delete the head": lambda: Head.objects.all().delete(),
    "change an access": lambda: Access.objects.update(actor_name="y"),
    "delete an access": lambda: Access.objects.all().delete(),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_was_recorded_cannot_be_changed(protected, attack):
    before = (list(Change.objects.values()), list(Access.objects.values()), list(Head.objects.values()))
    with pytest.raises(DatabaseError, match="not changed"), transaction.atomic():
        ATTACKS[attack]()
    assert (list(Change.objects.values()), list(Access.objects.values()), list(Head.objects.values())) == before


def test_writing_and_lawful_erasing_go_on(protected):
    spec, row = registry.get("organisations"), protected[0]
    row.title_en = "New"
    write.save(spec, SYSTEM_WRITER, row, version=1)
    erase(SYSTEM_WRITER, Change.objects.filter(register="organisations").first(), "Letter 12")
    assert verify().ok and verify().erased == 1


def test_putting_it_on_twice_and_taking_it_off(protected):
    assert protect.protect()
    protect.lift()
    assert Change.objects.filter(pk=Change.objects.last().pk).update(actor_name="x") == 1


@pytest.mark.parametrize("role", ["no-such-role", "bad name", 'x"; DROP TABLE audit_change; --'])
def test_a_role_that_cannot_be_is_named(db, role):
    if connection.vendor != "postgresql":
        pytest.skip("roles are PostgreSQL's")
    with pytest.raises(protect.CannotProtect, match="role"):
        protect.protect(role)


def test_the_owner_itself_is_no_such_role(db):
    if connection.vendor != "postgresql":
        pytest.skip("roles are PostgreSQL's")
    with pytest.raises(protect.CannotProtect, match="owner"):
        protect.protect(connection.settings_dict["USER"])


# -- the application works as a role that owns nothing -----------------------------------------------------------------

AS_THE_ROLE = """
import json
from django.db import connection, transaction
from gegma.config.setup import setup
print(json.dumps(setup()))
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from gegma.accounts.models import SYSTEM_WRITER, User
from gegma.audit.models import Access, Change
from gegma.audit.record import erase, verify
from gegma.engine import files, registry, write
from gegma.kernel import dates
spec = registry.get("organisations")
row = write.save(spec, SYSTEM_WRITER, spec.model(title_ka="x", kind="ngo"))
row.title_en = "y"
write.save(spec, SYSTEM_WRITER, row, version=1)
write.delete(spec, SYSTEM_WRITER, write.save(spec, SYSTEM_WRITER, spec.model(title_ka="z", kind="ngo")), version=1)
(kept,) = files.attach(spec, SYSTEM_WRITER, row, [SimpleUploadedFile("a.pdf", b"%PDF-1.7 x")])
files.remove(spec, SYSTEM_WRITER, row, kept)
erase(SYSTEM_WRITER, Change.objects.filter(register="organisations").first(), "letter 12")
user = User.objects.create_user("a@example.ge", name="a", role="officer")  # a role that is asked for no second factor
client = Client(HTTP_HOST="127.0.0.1")
client.force_login(user)
call_command("collectstatic", interactive=False, verbosity=0)
pages = [client.get(a).status_code for a in ("/", "/r/", "/r/organisations/", f"/r/organisations/{row.pk}/history/", "/search/?q=x", "/agenda/")]
b"".join(client.get("/r/organisations/export.csv").streaming_content)
found = verify()
refused = {}
for statement in json.loads(sys.argv[1]):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        refused[statement] = ""
    except Exception as error:
        refused[statement] = str(error)
print(json.dumps({"pages": pages, "ok": found.ok and verify().ok, "erased": found.erased, "exports": Access.objects.filter(kind="export").count(), "refused": refused}))
"""
STATEMENTS = [
    "UPDATE audit_change SET actor_name = 'x'", "UPDATE audit_change SET before = '{}', after = '{}', salt = ''", "DELETE FROM audit_change",
    "TRUNCATE audit_change", "DROP TABLE audit_change", "ALTER TABLE audit_change DISABLE TRIGGER ALL", "DROP TRIGGER audit_change_kept ON audit_change",
    "UPDATE audit_access SET actor_name = 'x'", "DELETE FROM audit_access", "TRUNCATE audit_access",
    "UPDATE audit_head SET count = 1", "INSERT INTO audit_head VALUES (2, 1, '')", "DELETE FROM audit_head", "TRUNCATE audit_head",
    "SELECT gegma_move_head(1, (SELECT hash FROM audit_change ORDER BY id LIMIT 1))", "SELECT gegma_move_head(1000000, 'x')",
    "CREATE OR REPLACE FUNCTION gegma_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "SET session_replication_role = replica", "DELETE FROM django_migrations",
]  # fmt: skip


def test_the_application_works_as_a_role_that_cannot_touch_the_history(tmp_path):
    if connection.vendor != "postgresql":
        pytest.skip("roles are PostgreSQL's")
    role = "gegma_app_of_test"
    with databases.empty(tmp_path, databases.server()) as env, psycopg.connect(dbname="postgres", autocommit=True, **databases.of_server(databases.server())) as admin:
        admin.execute(f"DROP ROLE IF EXISTS {role}")
        admin.execute(f"CREATE ROLE {role} LOGIN")
        try:
            databases.command({**env, "GEGMA_DATABASE_ROLE": role}, "setup")
            owner = databases.of_server(env["DATABASE_URL"])["user"]
            theirs = {**env, "DATABASE_URL": env["DATABASE_URL"].replace(f"//{owner}@", f"//{role}@").replace(f"//{owner}:", f"//{role}:")}
            assert "owner" in databases.command(theirs, "audit", "protect", "--role", role, status=1)
            _setup, told = databases.run(theirs, AS_THE_ROLE, json.dumps(STATEMENTS)).strip().splitlines()[-2:]
            databases.command(theirs, "audit", "verify")
        finally:
            with psycopg.connect(dbname=env["DATABASE_URL"].rpartition("/")[2], autocommit=True, **databases.of_server(env["DATABASE_URL"])) as there:
                there.execute(f"DROP OWNED BY {role}")
            admin.execute(f"DROP ROLE {role}")
    told = json.loads(told)
    assert told["pages"] == [200] * 6 and told["ok"] and (told["erased"], told["exports"]) == (1, 1)
    assert [statement for statement, why in told["refused"].items() if not why] == []
