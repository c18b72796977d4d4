"""On PostgreSQL: the two functions by which the application moves the head and lawfully erases, without any other right to the tables."""

from django.db import migrations

FUNCTIONS = [
    """CREATE OR REPLACE FUNCTION gegma_move_head(new_count bigint, new_hash text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM audit_change WHERE hash = new_hash) THEN
            RAISE EXCEPTION 'the head of the history is the hash of a change';
        END IF;
        INSERT INTO audit_head (id, count, hash) VALUES (1, new_count, new_hash)
        ON CONFLICT (id) DO UPDATE SET count = EXCLUDED.count, hash = EXCLUDED.hash WHERE audit_head.count < EXCLUDED.count;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the head of the history only moves on';
        END IF;
    END $$""",
    """CREATE OR REPLACE FUNCTION gegma_erase(erased bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
        UPDATE audit_change SET before = '{{}}', after = '{{}}', salt = '' WHERE id = erased;
    $$""",
    "REVOKE ALL ON FUNCTION gegma_move_head(bigint, text), gegma_erase(bigint) FROM PUBLIC",
]


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
        for statement in FUNCTIONS:
            cursor.execute(statement.format(schema=schema))


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION gegma_move_head(bigint, text)")
        schema_editor.execute("DROP FUNCTION gegma_erase(bigint)")


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_access")]
    operations = [migrations.RunPython(forwards, backwards)]
