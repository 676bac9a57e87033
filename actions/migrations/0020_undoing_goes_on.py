from django.db import migrations, models


class Migration(migrations.Migration):
    """Let the undoing of a batch go on where it stopped."""

    dependencies = [("actions", "0019_lists_of_agencies_at_size")]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="undone_to",
            field=models.BigIntegerField(default=0),
        ),
    ]
