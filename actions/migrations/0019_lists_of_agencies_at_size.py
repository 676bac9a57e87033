from django.db import migrations, models
from django.db.models import F
from django.db.models.lookups import IsNull

#: The index of 0016_selections_and_undone_batches, behind an agency.
BY_URGENCY = (
    models.Func(
        F("status"),
        output_field=models.BooleanField(),
        template="(%(expressions)s IN ('complete', 'embedded', 'paused', 'superseded'))",
    ),
    IsNull(F("target_date"), True),
    *(F(name) for name in ("target_date", "id", "review", "status", "own_rating", "validated_rating", "times_moved")),
    *(F(name) for name in ("extension_pending", "last_update_on", "submitted_at")),
)


class Migration(migrations.Migration):
    """Cut pages of what an agency leads from an index, the most urgent first."""

    dependencies = [("actions", "0018_search_decisions")]

    operations = [
        migrations.RemoveIndex(model_name="action", name="action_agency_target"),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(F("lead_agency"), *BY_URGENCY, name="action_of_agency_by_urgency"),
        ),
    ]
