from django.db import migrations

from scr_tracker.append_only import guard


class Migration(migrations.Migration):
    """Has PostgreSQL refuse to change or remove what is only ever added to."""

    dependencies = [
        ("reviews", "0001_initial"),
    ]

    operations = [
        guard(
            "reviews_historicalrecommendation",
            "reviews_historicalresponse",
            "reviews_historicalresponse_recommendations",
            "reviews_historicalreview",
            "reviews_historicalreview_named_people",
            "reviews_historicalsection",
        ),
    ]
