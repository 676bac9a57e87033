from django.db import migrations

from scr_tracker.append_only import guard


class Migration(migrations.Migration):
    """Has PostgreSQL refuse to change or remove what is only ever added to."""

    dependencies = [
        ("actions", "0003_life_queues"),
    ]

    operations = [
        guard(
            "actions_comment",
            "actions_historicalaction",
            "actions_historicalaction_also_answers",
            "actions_historicalaction_people",
            "actions_historicalaction_supporting_agencies",
            "actions_historicalevidence",
            "actions_historicalevidence_actions",
            "actions_historicalextension",
            "actions_update",
        ),
    ]
