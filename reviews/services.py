"""What is done to reviews and recommendations, each in one transaction, with who and why."""

from django.db import transaction

from scr_tracker.history import remember

from .models import RecommendationLink


@transaction.atomic
def link_repeat(*, recommendation, earlier, by):
    """Say that a recommendation repeats an earlier one. Said twice, it is said once."""
    link, is_new = RecommendationLink.objects.get_or_create(
        recommendation=recommendation, other=earlier, relation=RecommendationLink.Relation.REPEATS
    )
    if is_new:
        remember(recommendation, by=by, why=f"Linked: repeats {earlier} of {earlier.section.review}")
    return link
