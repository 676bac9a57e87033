"""The index holds what the data says, whatever is done to the data and however."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from actions import load
from actions.models import Action, Comment, Evidence, Meeting, MeetingDecision, SearchEntry, SearchKind, Update
from actions.search import index
from reviews.models import Recommendation, Response, Review, Section
from scr_tracker.history import remember_changed, remember_end, remember_new, remember_order
from tests.factories import (
    ActionFactory,
    EvidenceFactory,
    RecommendationFactory,
    ResponseFactory,
    SectionFactory,
    UpdateFactory,
    UserFactory,
)


def of(thing, kind):
    """Return the entry of a thing."""
    return SearchEntry.objects.get(id=thing.pk * 8 + kind)


@pytest.mark.django_db
class TestTheIndex:
    def test_knows_a_plan_made_in_bulk(self):
        load.make(40)
        assert SearchEntry.objects.filter(kind=SearchKind.ACTION).count() == 40
        assert not index.differences()

    def test_follows_bulk_helpers_of_the_history(self):
        action = ActionFactory()
        action.text = "Ask the neighbours."
        remember_changed([action], ["text"], by=None, why="Better words")
        assert of(action, SearchKind.ACTION).title == "Ask the neighbours."
        other = ActionFactory.build(recommendation=action.recommendation, review=action.review, order=99)
        remember_new([other], by=None, why="Added")
        remember_order([action, other], by=None, why="Order")
        assert not index.differences()

    def test_follows_raw_writes(self):
        action = ActionFactory()
        Action._base_manager.filter(pk=action.pk).update(text="Raw")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE reviews_recommendation SET text = 'Rawer'")
        assert of(action, SearchKind.ACTION).title == "Raw"
        assert of(action.recommendation, SearchKind.RECOMMENDATION).title == "Rawer"

    def test_gives_actions_their_new_numbers(self):
        action = ActionFactory(label="a", recommendation__number="58", recommendation__section__review__reference="03")
        Review._base_manager.update(reference="0319")
        assert "0319/58a" in of(action, SearchKind.ACTION).numbers
        Recommendation._base_manager.update(number="59")
        assert "0319/59a" in of(action, SearchKind.ACTION).numbers
        assert "0319/59" in of(action.recommendation, SearchKind.RECOMMENDATION).numbers

    def test_follows_a_section_into_another_review(self):
        action, elsewhere = ActionFactory(), SectionFactory(review__reference="0777")
        Section._base_manager.filter(pk=action.recommendation.section_id).update(review=elsewhere.review, order=9)
        assert "0777" in of(action, SearchKind.ACTION).numbers
        Action._base_manager.update(review=elsewhere.review)
        assert not index.differences()

    def test_keeps_the_words_of_withdrawn_evidence_out(self):
        piece = EvidenceFactory(title="Letter", what_it_shows="What should not be said.")
        assert "should not" in of(piece, SearchKind.EVIDENCE).body
        Evidence._base_manager.update(standing="withdrawn", standing_reason="Names a child.")
        assert of(piece, SearchKind.EVIDENCE).body == ""

    def test_forgets_what_is_taken_away(self):
        response = ResponseFactory()
        key = response.pk * 8 + SearchKind.RESPONSE
        response.recommendations.clear()
        remember_end(response, by=None, why="Entered twice")
        assert not SearchEntry.objects.filter(id=key).exists()

    def test_has_nothing_of_an_update_without_words(self):
        UpdateFactory(what_was_done="")
        assert not SearchEntry.objects.filter(kind=SearchKind.UPDATE).exists()

    def test_takes_texts_longer_than_postgresql_can_index(self):
        text = " ".join(f"word{number}" for number in range(200_000))
        action = ActionFactory(text=text, completion_evidence=text)
        assert of(action, SearchKind.ACTION).title == text

    def test_keeps_nothing_that_a_broken_off_transaction_wrote(self):
        action = ActionFactory()
        with transaction.atomic():
            Action._base_manager.update(text="Never")
            transaction.set_rollback(True)
        assert of(action, SearchKind.ACTION).title == action.text


@pytest.mark.django_db
class TestTheCommand:
    def test_says_that_the_index_is_as_the_data(self, capsys):
        ActionFactory()
        call_command("rebuild_search", check=True)
        assert "as the data" in capsys.readouterr().out

    def test_finds_a_difference_and_mends_it(self, capsys):
        action = ActionFactory()
        SearchEntry.objects.filter(action=action).delete()
        with pytest.raises(CommandError, match="1 entries are missing"):
            call_command("rebuild_search", check=True)
        call_command("rebuild_search")
        call_command("rebuild_search", check=True)

    def test_after_migrations_only_what_differs_is_put_right(self):
        kept, lost = ActionFactory(), ActionFactory()
        SearchEntry.objects.filter(action=lost).delete()
        index.uninstall("default")
        Action._base_manager.filter(pk=kept.pk).update(text="While the triggers were away")
        index.install("default")
        found = index.put_right()
        assert (found.missing, found.surplus) == (2, 1)
        assert not index.differences()


TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("review", "recommendation", "response", "action", "update", "comment", "evidence", "decision"),
                *("decision on recommendation", "correction"),
                *("reference", "number", "move", "rewrite", "withdraw", "plan_notes", "gone", "rolled back"),
            ]
        ),
        TEXTS,
        st.integers(0, 5),
    ),
    max_size=12,
)


class TestAnyChanges(TestCase):
    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(CHANGES)
    def test_leave_the_index_equal_to_the_data(self, changes):
        world = World()
        for what, text, number in changes:
            world.change(what, text, number)
        assert not index.differences()


class World:
    """Makes and changes things at random, past every service."""

    def __init__(self):
        self.by = UserFactory()
        self.action = ActionFactory()

    def decide(self, text, on_action=True, **more):
        """Let a meeting decide something on the action or its recommendation."""
        partnership = self.action.review.partnership
        meeting, _ = Meeting.objects.get_or_create(partnership=partnership, name="Board", date=timezone.localdate())
        about = {"action": self.action} if on_action else {"recommendation": self.action.recommendation}
        MeetingDecision.objects.create(meeting=meeting, by=self.by, outcome="decision", text=text, **about, **more)

    def change(self, what, text, number):
        """Do something."""
        some = lambda model: model._base_manager.order_by("pk")[number : number + 1]  # noqa: E731
        at = timezone.now()
        if what == "recommendation":
            RecommendationFactory(text=text, number=text[:5])
        elif what == "response":
            ResponseFactory(text=text, recommendations=[self.action.recommendation])
        elif what in {"action", "review"}:
            self.action = ActionFactory(text=text, label=text[:3], lead_officers=[text])
        elif what == "update":
            UpdateFactory(action=self.action, what_was_done=text if number else "")
        elif what == "comment":
            Comment.objects.create(action=self.action, by=self.by, at=at, text=text)
        elif what == "evidence":
            EvidenceFactory(title=text, what_it_shows=text)
        elif what in {"decision", "decision on recommendation"}:
            self.decide(text, on_action=what == "decision")
        elif what == "correction":
            for each in MeetingDecision.objects.filter(correction=None)[number : number + 1]:
                self.decide(text, corrects=each, withdrawn=number == 0)
        elif what == "reference":
            for review in some(Review):
                Review._base_manager.filter(pk=review.pk).update(reference=f"{text[:20]}{review.pk}")
        elif what == "plan_notes":
            Review._base_manager.update(plan_notes=text)
        elif what == "number":
            Recommendation._base_manager.filter(pk__in=[each.pk for each in some(Recommendation)]).update(
                number=text[:9]
            )
        elif what == "move":
            section = SectionFactory()
            for each in some(Action):
                recommendation = RecommendationFactory(section=section, text=text)
                Action._base_manager.filter(pk=each.pk).update(recommendation=recommendation, review=section.review)
        elif what == "rewrite":
            for model, name in ((Action, "text"), (Recommendation, "text"), (Response, "text"), (Evidence, "note")):
                keys = [each.pk for each in some(model)]
                if name != "note" or Evidence._base_manager.filter(pk__in=keys).exclude(note="").exists():
                    model._base_manager.filter(pk__in=keys).update(**{name: text})
        elif what == "withdraw":
            Evidence._base_manager.update(standing="withdrawn", standing_reason="Wrong.")
        elif what == "gone":
            for response in some(Response):
                response.recommendations.clear()
                remember_end(response, by=None, why="Entered twice")
        elif what == "rolled back":
            with transaction.atomic():
                Update.objects.create(
                    action=self.action,
                    by=self.by,
                    at=at,
                    what_was_done=text,
                    status_before="unknown",
                    status_after="ongoing",
                )
                transaction.set_rollback(True)
