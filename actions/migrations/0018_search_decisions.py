from django.db import migrations, models


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE TABLE actions_searchentry_0 PARTITION OF actions_searchentry FOR VALUES IN (0)", params=None
        )


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TABLE actions_searchentry_0", params=None)


class Migration(migrations.Migration):
    """Let the decisions of meetings be found. They come into the index after the migration: actions/apps.py."""

    dependencies = [("actions", "0017_quicker_at_size")]

    operations = [
        migrations.AlterField(
            model_name="searchentry",
            name="kind",
            field=models.PositiveSmallIntegerField(
                choices=[
                    *((1, "Reviews"), (2, "Recommendations"), (3, "Responses"), (4, "Actions")),
                    *((5, "Updates"), (6, "Comments"), (7, "Evidence"), (0, "Decisions")),
                ]
            ),
        ),
        migrations.RunPython(forwards, backwards),
    ]
