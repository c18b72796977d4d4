"""The trigram index over the search text: FTS5 on SQLite, pg_trgm on PostgreSQL."""

from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE engine_search_fts USING fts5(
        text, content='engine_searchentry', content_rowid='id', tokenize='trigram', detail='full')""",
    """CREATE TRIGGER engine_search_added AFTER INSERT ON engine_searchentry BEGIN
        INSERT INTO engine_search_fts(rowid, text) VALUES (new.id, new.text); END""",
    """CREATE TRIGGER engine_search_removed AFTER DELETE ON engine_searchentry BEGIN
        INSERT INTO engine_search_fts(engine_search_fts, rowid, text) VALUES ('delete', old.id, old.text); END""",
    """CREATE TRIGGER engine_search_changed AFTER UPDATE ON engine_searchentry BEGIN
        INSERT INTO engine_search_fts(engine_search_fts, rowid, text) VALUES ('delete', old.id, old.text);
        INSERT INTO engine_search_fts(rowid, text) VALUES (new.id, new.text); END""",
]
SQLITE_UNDO = [
    "DROP TRIGGER engine_search_added",
    "DROP TRIGGER engine_search_removed",
    "DROP TRIGGER engine_search_changed",
    "DROP TABLE engine_search_fts",
]
POSTGRES = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX engine_search_trgm ON engine_searchentry USING gin (text gin_trgm_ops)",
]
POSTGRES_UNDO = ["DROP INDEX engine_search_trgm"]


def forwards(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for statement in SQLITE_UNDO if schema_editor.connection.vendor == "sqlite" else POSTGRES_UNDO:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("engine", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
