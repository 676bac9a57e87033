"""Has PostgreSQL itself refuse to change or remove what is only ever added to.

For migrations. Rows are guarded, whole tables are not: tests empty tables by TRUNCATE, and so does nobody else.
A migration that must change old rows takes the guard away first and puts it back.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION scr_tracker_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is only ever added to: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$
"""


def guard(*tables):
    """Return the operation that has PostgreSQL refuse UPDATE and DELETE on the rows of tables; it can be reversed."""

    def put_up(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(FUNCTION, params=None)
            for table in tables:
                schema_editor.execute(
                    f'CREATE TRIGGER "append_only" BEFORE UPDATE OR DELETE ON "{table}"'
                    " FOR EACH ROW EXECUTE FUNCTION scr_tracker_refuse_change()"
                )

    def take_down(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for table in tables:
                schema_editor.execute(f'DROP TRIGGER IF EXISTS "append_only" ON "{table}"')

    return migrations.RunPython(put_up, take_down)
