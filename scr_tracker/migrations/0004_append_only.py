from django.db import migrations

from scr_tracker.append_only import guard


class Migration(migrations.Migration):
    """Has PostgreSQL refuse to change or remove what is only ever added to."""

    dependencies = [
        ("scr_tracker", "0003_life_form_sent_and_impact_check"),
    ]

    operations = [
        guard(
            "scr_tracker_auditevent",
            "scr_tracker_historicalagency",
            "scr_tracker_historicalagency_partnerships",
            "scr_tracker_historicalmembership",
        ),
    ]
