"""What stands on the agenda of a meeting, why, and in which order."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actions import plan
from actions import services as of_actions
from actions.choices import AgendaKind
from actions.demonstration import load
from actions.meetings import agenda, services
from actions.models import Action, Comment, Meeting
from actions.reports.exceptions import exceptions_of
from actions.reports.news import News
from actions.reports.references import References
from reviews.models import Review
from scr_tracker.history import remember
from scr_tracker.rules import RuleBroken
from tests.factories import (
    ActionFactory,
    ExtensionFactory,
    MembershipFactory,
    RecommendationFactory,
    ReviewFactory,
    SectionFactory,
    UserFactory,
    today,
)


@pytest.fixture
def add(recommendation):
    """Return a function that adds an action to the plan."""
    return lambda **about: ActionFactory(**{"recommendation": recommendation, **about})


def shown(meeting, user):
    """Return {what: its kinds} of the items of an agenda, in their order."""
    found = agenda.of(Meeting.objects.get(pk=meeting.pk), user)
    return {item.about: [kind for kind, _ in item.why] for item in found.items}


def order(meeting, user):
    """Return the texts of an agenda's items in their order."""
    return [about.text for about in shown(meeting, user)]


class TestWhatIsFound:
    def test_each_kind_is_found_and_a_thing_of_several_kinds_stands_once(self, meeting, manager, add, recommendation):
        add(text="On course")
        submitted = add(submitted=True)
        asked = add(overdue=True, extension_pending=True)
        ExtensionFactory(action=asked, reason="The trainer is ill.")
        challenged = add()
        Comment.objects.create(action=challenged, by=manager, at=timezone.now(), kind="challenge", text="How so?")
        returned = add(submitted=True)
        of_actions.return_action(action=returned, by=manager, reason="No audit.")
        bare = add(complete=True)
        unchecked = add(complete=True, completion_evidence="Seen.", impact_check_due=today() - timedelta(1))
        silent = add(last_update_on=today() - timedelta(100))
        unanswered = RecommendationFactory(section=recommendation.section, text="Nobody answers this.")
        assert shown(meeting, manager) == {
            submitted: ["sign_off"],
            asked: ["extension", "overdue"],
            challenged: ["challenge"],
            returned: ["returned"],
            unanswered: ["no_action"],
            bare: ["no_evidence"],
            unchecked: ["impact_check"],
            silent: ["silent"],
        }
        words = [words for item in agenda.of(meeting, manager).items for _, words in item.why]
        assert any("The trainer is ill." in each for each in words)
        assert any("No audit." in each for each in words)
        assert any("How so?" in each for each in words)

    def test_an_answered_challenge_and_what_was_submitted_again_are_not(self, meeting, manager, add):
        challenged = add()
        challenge = of_actions.comment_action(action=challenged, by=manager, kind="challenge", text="How so?")
        of_actions.reply(comment=challenge, by=UserFactory(), text="So.")
        returned = add(submitted=True)
        of_actions.return_action(action=returned, by=manager, reason="No audit.")
        of_actions.submit_action(action=returned, by=UserFactory(), what_was_done="Now.", no_evidence_reason="Paper.")
        assert shown(meeting, manager) == {returned: ["sign_off"]}

    def test_new_is_what_was_entered_since_the_last_meeting_of_the_series(self, partnership, manager, add):
        def hold(name, days):
            return services.enter_meeting(
                partnership=partnership, by=manager, name=name, date=today() + timedelta(days)
            )

        recommendation = add().recommendation
        old = Action(recommendation=recommendation, order=99, text="Old", last_update_on=today())
        old._history_date = timezone.now() - timedelta(60)
        remember(old, by=None, why="Plan entered")
        for name, days in (("Board", -30), ("Executive", -1)):
            hold(name, days)
        coming = hold("board", 5)
        new = remember(Action(recommendation=recommendation, order=100, text="New"), by=None, why="Plan entered")
        found = shown(coming, manager)
        assert found[new] == ["silent", "new"]
        assert old not in found
        assert "new" not in sum(shown(hold("Away day", 7), manager).values(), [])

    def test_only_chosen_kinds_and_reviews_are_gathered(self, meeting, manager, add, partnership):
        late, silent = add(overdue=True), add(last_update_on=today() - timedelta(100))
        elsewhere = ActionFactory(recommendation__section__review__partnership=partnership, overdue=True)
        services.choose_agenda(meeting=meeting, by=manager, reviews=[late.review], kinds=["overdue"])
        assert list(shown(meeting, manager)) == [late]
        services.choose_agenda(meeting=meeting, by=manager, reviews=[], kinds=["overdue"])
        assert set(shown(meeting, manager)) == {late, elsewhere}
        assert silent not in shown(meeting, manager)
        with pytest.raises(RuleBroken, match="own partnership"):
            services.choose_agenda(meeting=meeting, by=manager, reviews=[ReviewFactory()], kinds=[])

    def test_the_rules_are_those_of_the_exceptions_in_reports(self, django_db_setup, db):
        load()
        ours = {AgendaKind.SILENT: "stale", AgendaKind.IMPACT_CHECK: "impact_check"}
        for review in Review.objects.select_related("partnership"):
            told = plan.read(review)
            news = News.of(review, timezone.now())
            lists = {each.key: each for each in exceptions_of(told, References(told), news)}
            manager = MembershipFactory(partnership=review.partnership).user
            meeting = Meeting(partnership=review.partnership, name=f"On {review}", date=today())
            remember(meeting, by=manager, why="Entered")
            meeting.agenda_reviews.add(review)
            counts = agenda.counts_of(meeting, manager)
            kinds = set(AgendaKind) - {AgendaKind.SIGN_OFF, AgendaKind.CHALLENGE, AgendaKind.NEW}
            for kind in kinds:
                there = lists[ours.get(kind, kind.value)]
                assert counts[kind] == len(there.entries) + there.above, (review, kind)


class TestItsOrder:
    @pytest.fixture
    def three(self, add):
        return [add(overdue=True, text=text) for text in ("First", "Second", "Third")]

    def test_items_are_moved_to_a_place_and_the_others_make_way(self, meeting, manager, three):
        keys = {each.text: f"a{each.pk}" for each in three}
        services.arrange_agenda(meeting=meeting, by=manager, places={keys["Third"]: 1})
        assert order(meeting, manager) == ["Third", "First", "Second"]
        services.arrange_agenda(meeting=meeting, by=manager, places={keys["Third"]: 2})
        assert order(meeting, manager) == ["First", "Third", "Second"]

    def test_an_item_is_left_out_and_taken_back(self, meeting, manager, three):
        key = f"a{three[1].pk}"
        services.arrange_agenda(meeting=meeting, by=manager, dropped={key})
        assert order(meeting, manager) == ["First", "Third"]
        assert [item.key for item in agenda.of(meeting, manager).dropped] == [key]
        services.arrange_agenda(meeting=meeting, by=manager)
        assert order(meeting, manager) == ["First", "Third", "Second"]

    def test_a_live_agenda_drops_what_is_done_and_puts_what_is_new_last(self, meeting, manager, three, add):
        services.arrange_agenda(meeting=meeting, by=manager, places={f"a{three[2].pk}": 1})
        of_actions.pause_action(action=three[0], by=manager, reason="Waits.")
        add(submitted=True, text="New")
        assert order(meeting, manager) == ["Third", "Second", "New"]

    def test_a_prepared_agenda_stays_as_it_is_until_it_is_opened_again(self, meeting, manager, three, add):
        services.prepare_agenda(meeting=meeting, by=manager)
        of_actions.pause_action(action=three[0], by=manager, reason="Waits.")
        add(submitted=True, text="New")
        assert order(meeting, manager) == ["First", "Second", "Third"]
        assert "Overdue by 10 days" in agenda.of(Meeting.objects.get(), manager).items[0].why[0][1]
        with pytest.raises(RuleBroken, match="is prepared"):
            services.choose_agenda(meeting=meeting, by=manager, reviews=[], kinds=[])
        services.open_agenda(meeting=meeting, by=manager)
        assert order(meeting, manager) == ["Second", "Third", "New"]

    def test_what_is_added_by_hand_comes_last_and_stays(self, meeting, manager, three, add):
        by_hand = add(text="By hand")
        services.add_items(meeting=meeting, by=manager, things=[by_hand])
        assert order(meeting, manager)[-1] == "By hand"
        assert "Siân Ahmed" in agenda.of(meeting, manager).items[-1].why[0][1]

    def test_the_history_of_the_meeting_says_who_did_what(self, meeting, manager, three):
        services.arrange_agenda(meeting=meeting, by=manager)
        services.prepare_agenda(meeting=meeting, by=manager)
        lines = list(meeting.history.order_by("history_id").values_list("history_change_reason", "history_user"))
        assert lines == [(why, manager.pk) for why in ("Meeting entered", "Agenda arranged", "Agenda prepared")]


class TestANumber:
    def test_names_an_action_all_of_a_recommendation_or_the_recommendation(self, manager, add, recommendation):
        first, second = add(label="a"), add(label="b)")
        lonely = RecommendationFactory(section=recommendation.section, number="13")
        elsewhere = RecommendationFactory(section=SectionFactory(), number="12")
        review = recommendation.section.review
        assert agenda.find_things("12 B", review, manager) == [second]
        assert agenda.find_things("12", review, manager) == [first, second]
        assert agenda.find_things("13.", review, manager) == [lonely]
        assert agenda.find_things("14", review, manager) == []
        assert agenda.find_things("12", elsewhere.section.review, manager) == []


def test_queries_do_not_grow_with_the_agenda(meeting, manager, recommendation, django_assert_max_num_queries):
    for _ in range(2):
        ActionFactory(recommendation=recommendation, overdue=True)
        ActionFactory(recommendation=recommendation, submitted=True)
    for _ in range(8):
        with django_assert_max_num_queries(24):
            assert agenda.of(meeting, manager).items
        ActionFactory(recommendation=recommendation, overdue=True)
        RecommendationFactory(section=recommendation.section)


def test_a_restricted_review_is_for_those_who_see_it(meeting, manager, partnership):
    hidden = ActionFactory(
        recommendation__section__review__partnership=partnership,
        recommendation__section__review__restricted=True,
        overdue=True,
    )
    member = MembershipFactory(partnership=partnership, role="board_member").user
    services.prepare_agenda(meeting=meeting, by=manager)
    assert list(shown(meeting, manager)) == [hidden]
    assert shown(meeting, member) == {}
