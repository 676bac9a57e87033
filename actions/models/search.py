"""The index of everything that can be searched."""

from django.db import models

from reviews.models import Review

from .action import Action


class SearchKind(models.IntegerChoices):
    """What was found. The numbers stand in the database (actions/search/sources.py)."""

    REVIEW = 1, "Reviews"
    RECOMMENDATION = 2, "Recommendations"
    RESPONSE = 3, "Responses"
    ACTION = 4, "Actions"
    UPDATE = 5, "Updates"
    COMMENT = 6, "Comments"
    EVIDENCE = 7, "Evidence"
    DECISION = 0, "Decisions"


class SearchEntry(models.Model):
    """The words of one thing that can be searched: a copy, kept by triggers of the database alone.

    ``id`` is eight times the key of the thing, plus its kind. actions/search/sources.py says what stands here.
    PostgreSQL keeps beside it ``vector``, made of the three texts, and SQLite the table actions_searchtext.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.PositiveSmallIntegerField(choices=SearchKind)
    key = models.BigIntegerField()
    review = models.ForeignKey(Review, on_delete=models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    action = models.ForeignKey(Action, on_delete=models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    numbers = models.TextField()
    title = models.TextField()
    body = models.TextField()

    class Meta:
        verbose_name_plural = "search entries"

    def __str__(self):
        return f"{self.get_kind_display()} {self.key}"
