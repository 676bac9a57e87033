"""What stands on the agenda of a meeting, and what the meeting made of it."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from reviews.models import Recommendation
from scr_tracker.history import AppendOnly, AppendOnlyQuerySet
from scr_tracker.models import User, one_of
from scr_tracker.permissions import Scope

from ..choices import SAYS_ENOUGH, Outcome
from .action import Action
from .board import Meeting


def about_one_thing():
    """Return the condition that something is about an action, or about a recommendation, and not both."""
    return Q(action__isnull=False, recommendation__isnull=True) | Q(action__isnull=True, recommendation__isnull=False)


class AboutOne(models.Model):
    """For what is about an action, or about a recommendation that has none."""

    class Meta:
        abstract = True

    @property
    def about(self):
        """The action or the recommendation."""
        return self.action if self.action_id else self.recommendation

    @property
    def key(self):
        """What the item is called in addresses: a12 is an action, r5 a recommendation."""
        return f"a{self.action_id}" if self.action_id else f"r{self.recommendation_id}"


class AgendaItem(AboutOne):
    """Something whose place on an agenda is settled: where it stands and why, or that it was left out.

    ``why`` is a list of [kind, words]. Working material, as the draft of a report is: who changed the agenda when
    stands in the history of the meeting.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agenda_items")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, null=True, blank=True, related_name="agenda_items")
    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.PROTECT, null=True, blank=True, related_name="agenda_items"
    )
    place = models.PositiveIntegerField()
    why = models.JSONField(default=list, blank=True)
    by_hand = models.BooleanField("added by hand", default=False)
    dropped = models.BooleanField("left out", default=False)

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.CheckConstraint(name="agenda_item_is_about_one_thing", condition=about_one_thing()),
            models.UniqueConstraint(
                fields=["meeting", "action"],
                name="agenda_item_names_an_action_once",
                condition=Q(action__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["meeting", "recommendation"],
                name="agenda_item_names_a_recommendation_once",
                condition=Q(recommendation__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.place}. {self.about}"


class MeetingDecisionQuerySet(AppendOnlyQuerySet):
    """Decisions of meetings in the domain's words."""

    def visible_to(self, user):
        """Decisions on the actions and recommendations that the user may see."""
        actions = Action.objects.visible_to(user).values("pk")
        recommendations = Recommendation.objects.visible_to(user).values("pk")
        return self.filter(Q(action__in=actions) | Q(recommendation__in=recommendations))

    def standing(self):
        """Those that no correction has replaced, and that were not withdrawn."""
        return self.filter(correction__isnull=True, withdrawn=False)

    def with_surroundings(self):
        """With what a list of decisions says of each."""
        return self.select_related(
            *("meeting", "by", "corrects", "correction"),
            *("action__review", "action__recommendation", "action__lead_agency"),
            *("recommendation__section__review", "recommendation__section__agency"),
        )


class MeetingDecision(AboutOne, AppendOnly):
    """What a meeting decided on an action, or on a recommendation that has none. Only ever added, never changed.

    ``text`` is what was decided, ``who`` is to do it, ``by_when``; ``new_date`` is the target date where that was
    moved. A correction is a decision that names the one it ``corrects``; ``withdrawn`` says that none was taken.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items_decided")
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, null=True, blank=True, related_name="meeting_decisions"
    )
    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.PROTECT, null=True, blank=True, related_name="meeting_decisions"
    )
    outcome = models.CharField(max_length=12, choices=Outcome)
    text = models.TextField(blank=True)
    who = models.CharField("who is to do it", max_length=200, blank=True)
    by_when = models.DateField(null=True, blank=True)
    new_date = models.DateField("new target date", null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="meeting_decisions")
    at = models.DateTimeField(default=timezone.now)
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="correction")
    withdrawn = models.BooleanField(default=False)

    objects = MeetingDecisionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(name="meeting_decision_is_about_one_thing", condition=about_one_thing()),
            one_of("outcome", Outcome, "meeting_decision_outcome_is_known"),
            models.CheckConstraint(
                name="meeting_decision_says_what_was_decided",
                condition=~Q(text="") | Q(outcome__in=[outcome.value for outcome in SAYS_ENOUGH]),
            ),
            models.CheckConstraint(
                name="meeting_decision_is_withdrawn_by_a_correction",
                condition=Q(withdrawn=False) | (Q(corrects__isnull=False) & ~Q(text="")),
            ),
            models.CheckConstraint(
                name="meeting_decision_does_not_correct_itself",
                condition=Q(corrects__isnull=True) | ~Q(corrects=F("pk")),
            ),
        ]

    def __str__(self):
        return f"{self.get_outcome_display()} at {self.meeting}"

    @property
    def was_corrected(self):
        """Whether a later record has taken its place."""
        return hasattr(self, "correction")

    def permission_scope(self):
        """Whom the decision concerns."""
        return Scope(partnerships=frozenset([self.meeting.partnership_id]))
