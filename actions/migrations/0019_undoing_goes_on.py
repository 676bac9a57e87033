from django.db import migrations, models


class Migration(migrations.Migration):
    """Let the undoing of a batch go on where it stopped."""

    dependencies = [("actions", "0018_search_decisions")]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="undone_to",
            field=models.BigIntegerField(default=0),
        ),
    ]
