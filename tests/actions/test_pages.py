"""The pages of plans: what they show, to whom, and how many questions they ask the database."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from actions.choices import Status
from actions.models import Comment
from reviews.models import RecommendationLink
from scr_tracker.permissions import Role
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    ExtensionFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    ResponseFactory,
    ReviewFactory,
    SectionFactory,
    UpdateFactory,
    today,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory(short_name="Wyvern", protective_marking="OFFICIAL")


@pytest.fixture
def review(partnership):
    """A review with two sections, five recommendations and nine actions."""
    review = ReviewFactory(partnership=partnership, reference="0319", pseudonym="Kit")
    agency = AgencyFactory(name="Wyvernshire Constabulary", partnerships=[partnership])
    for number in (1, 2):
        section = SectionFactory(review=review, number=str(number), order=number, agency=agency)
        for order in (1, 2):
            recommendation = RecommendationFactory(section=section, order=order, number=f"{number}{order}")
            for overdue in (True, False):
                action = ActionFactory(recommendation=recommendation, overdue=overdue, lead_agency=agency)
                UpdateFactory(action=action)
                EvidenceFactory(actions=[action])
    lonely = RecommendationFactory(section=section, order=3, number="23", text="Ask the child.")
    ResponseFactory(review=review, recommendations=[lonely], text="We now ask.")
    return review


def text_of(response):
    """Return the words of a page, tags and runs of space taken out."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


class TestThePlan:
    def test_shows_sections_recommendations_actions_dates_leads_and_ratings(self, client, sign_in_as, review):
        sign_in_as(of=review.partnership)
        page = text_of(client.get(review.get_absolute_url()))
        assert "Local Child Safeguarding Practice Review · Partnership" in page
        assert "5 recommendations and 8 actions" in page
        assert "10 days overdue" in page
        assert "Head of Practice" in page
        assert "Ask the child." in page
        assert "We now ask." in page
        assert "No action" in page
        assert "OFFICIAL" in page

    def test_takes_a_constant_number_of_queries(self, client, sign_in_as, review, django_assert_max_num_queries):
        sign_in_as(of=review.partnership)
        client.get(review.get_absolute_url())
        with django_assert_max_num_queries(15):
            client.get(review.get_absolute_url())

    def test_of_a_review_without_a_plan_says_what_to_do(self, client, sign_in_as, partnership):
        review = ReviewFactory(partnership=partnership)
        sign_in_as(of=partnership)
        assert "This review has no recommendations yet" in text_of(client.get(review.get_absolute_url()))

    def test_is_not_there_for_a_stranger(self, client, sign_in_as, review):
        sign_in_as(of=PartnershipFactory())
        for name in ("plan", "plan-report"):
            assert client.get(reverse(name, args=[review.pk])).status_code == 404

    def test_shows_words_of_the_document_only_where_they_say_more(self, client, sign_in_as, partnership):
        action = ActionFactory(
            recommendation__section__review__partnership=partnership,
            complete=True,
            as_printed={"status": "Complete (and ongoing)"},
        )
        ActionFactory(recommendation=action.recommendation, complete=True, as_printed={"status": "Complete"})
        sign_in_as(of=partnership)
        page = text_of(client.get(action.review.get_absolute_url()))
        assert page.count("Complete (and ongoing)") == 1
        assert page.count("Blue Complete Complete") == 1

    def test_shows_what_could_not_be_shared_out_among_the_actions(self, client, sign_in_as, partnership):
        action = ActionFactory(recommendation__section__review__partnership=partnership)
        action.recommendation.as_printed = {"target_date": "April 2025\nMay 2025"}
        action.recommendation.save()
        sign_in_as(of=partnership)
        page = text_of(client.get(action.review.get_absolute_url()))
        assert "By when, for all actions together: April 2025 May 2025" in page

    def test_marks_the_partnerships_rating_and_shows_the_leads_own_beside_it(self, client, sign_in_as, partnership):
        action = ActionFactory(
            recommendation__section__review__partnership=partnership,
            own_rating="green",
            validated_rating="red",
            validated_reason="The audit says otherwise.",
            validated_by=MembershipFactory().user,
            validated_at=timezone.now(),
        )
        sign_in_as(of=partnership)
        for address in (action.review.get_absolute_url(), action.get_absolute_url()):
            page = text_of(client.get(address))
            assert "Red validated" in page
            assert "Agency says Green" in page
        assert "The audit says otherwise." in page


class TestTheRecommendation:
    def test_shows_its_text_its_actions_and_the_way_to_its_neighbours(self, client, sign_in_as, review):
        sign_in_as(of=review.partnership)
        second = review.sections.first().recommendations.all()[1]
        page = text_of(client.get(second.get_absolute_url()))
        assert "Recommendation 12" in page
        assert "Previous" in page
        assert "Recommendation 11" in page
        assert "Recommendation 21" in page

    def test_shows_links_only_to_what_the_person_may_see(self, client, sign_in_as, review):
        here = review.sections.first().recommendations.first()
        hidden = RecommendationFactory(section__review__pseudonym="Hidden")
        seen = RecommendationFactory(section__review__partnership=review.partnership, section__review__pseudonym="Seen")
        for other in (hidden, seen):
            RecommendationLink.objects.create(recommendation=other, other=here, relation="repeats")
        sign_in_as(of=review.partnership)
        page = text_of(client.get(here.get_absolute_url()))
        assert "Seen" in page
        assert "Hidden" not in page

    def test_is_not_there_for_a_stranger(self, client, sign_in_as, review):
        sign_in_as(of=PartnershipFactory())
        here = review.sections.first().recommendations.first()
        assert client.get(here.get_absolute_url()).status_code == 404


class TestTheAction:
    def test_tells_everything_that_happened_as_one_timeline(self, client, sign_in_as, partnership):
        action = ActionFactory(recommendation__section__review__partnership=partnership)
        UpdateFactory(action=action, what_was_done="Held the first workshop.", status_before=Status.NOT_STARTED)
        ExtensionFactory(action=action, reason="The trainer is ill.")
        EvidenceFactory(actions=[action], title="Register of the workshop")
        action.text = "Hold three workshops."
        action._change_reason = "Wording agreed by the board"
        action.save()
        sign_in_as(of=partnership)
        page = text_of(client.get(action.get_absolute_url()))
        for words in (
            "Held the first workshop.",
            "Not started",
            "The trainer is ill.",
            "Register of the workshop",
            "Wording agreed by the board",
            "Hold three workshops.",
        ):
            assert words in page, words

    def test_takes_the_same_number_of_queries_however_much_happened(
        self, client, sign_in_as, partnership, django_assert_max_num_queries, django_assert_num_queries
    ):
        action = ActionFactory(recommendation__section__review__partnership=partnership)
        manager = sign_in_as(of=partnership)

        def happens():
            UpdateFactory(action=action)
            EvidenceFactory(actions=[action])
            said = {"action": action, "by": manager, "at": timezone.now()}
            Comment.objects.create(**said, text="Thanks.", in_reply_to=Comment.objects.create(**said, text="Done."))
            action.text += " More."
            action.save()

        happens()
        happens()
        client.get(action.get_absolute_url())
        with django_assert_max_num_queries(20) as few:
            client.get(action.get_absolute_url())
        for _ in range(4):
            happens()
        with django_assert_num_queries(len(few)):
            page = text_of(client.get(action.get_absolute_url()))
        assert page.count("Reply by") == page.count("Comment by") == 6


class TestTheList:
    def names(self, response):
        """Return the actions of a page in their order."""
        return [row.record.text for row in response.context["table"].page.object_list]

    @pytest.fixture
    def listed(self, client, sign_in_as, partnership):
        """Three actions of one review, and somebody who may see them."""
        recommendation = RecommendationFactory(section__review__partnership=partnership, text="About supervision.")
        force = AgencyFactory(name="Constabulary", partnerships=[partnership])
        trust = AgencyFactory(name="Health trust", partnerships=[partnership])
        ActionFactory(recommendation=recommendation, text="late", overdue=True, lead_agency=force)
        ActionFactory(recommendation=recommendation, text="later", lead_agency=trust, supporting_agencies=[force])
        ActionFactory(recommendation=recommendation, text="done", complete=True, undated=True)
        ActionFactory(text="foreign")
        sign_in_as(of=partnership)
        return {"force": force, "trust": trust, "review": recommendation.section.review}

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("", ["late", "later", "done"]),
            ("?status=open", ["late", "later"]),
            ("?status=complete", ["done"]),
            ("?rating=red", ["late"]),
            ("?rating=overdue", ["late"]),
            ("?rating=blue", ["done"]),
            ("?text=later", ["later"]),
            ("?text=supervision+late", ["late", "later"]),
            ("?text=foreign", []),
            ("?sort=-due", ["later", "late", "done"]),
            ("?sort=rating", ["late", "later", "done"]),
            ("?sort=-rating", ["done", "later", "late"]),
            ("?sort=action", ["done", "late", "later"]),
            ("?page=99", ["late", "later", "done"]),
            ("?sort=nonsense", ["late", "later", "done"]),
        ],
    )
    def test_filters_and_sorts(self, client, listed, query, expected):
        assert self.names(client.get(reverse("action-list") + query)) == expected

    def test_filters_by_agency_whether_it_leads_or_supports(self, client, listed):
        address = reverse("action-list")
        assert self.names(client.get(f"{address}?agency={listed['force'].pk}")) == ["late", "later"]
        assert self.names(client.get(f"{address}?agency={listed['trust'].pk}")) == ["later"]

    def test_filters_by_review_and_by_target_date(self, client, listed):
        address = f"{reverse('action-list')}?review={listed['review'].pk}"
        assert len(self.names(client.get(address))) == 3
        day = today() + timedelta(1)
        assert self.names(client.get(f"{address}&due_before={day:%d/%m/%Y}")) == ["late"]
        assert self.names(client.get(f"{address}&due_after={day:%d/%m/%Y}")) == ["later"]

    def test_a_date_that_is_none_is_named(self, client, listed):
        response = client.get(reverse("action-list") + "?due_before=soon")
        assert response.status_code == 200
        assert "Enter a date such as 31/3/2026" in text_of(response)

    def test_offers_no_review_or_agency_that_the_person_may_not_see(self, client, listed):
        ReviewFactory(pseudonym="Elsewhere")
        AgencyFactory(name="Foreign agency", partnerships=[PartnershipFactory()])
        page = text_of(client.get(reverse("action-list")))
        assert "Elsewhere" not in page
        assert "Foreign agency" not in page
        foreign = ActionFactory().review.pk
        response = client.get(f"{reverse('action-list')}?review={foreign}")
        assert "Select a valid choice" in text_of(response)

    def test_shows_fifty_to_a_page(self, client, sign_in_as, partnership):
        recommendation = RecommendationFactory(section__review__partnership=partnership)
        ActionFactory.create_batch(55, recommendation=recommendation)
        sign_in_as(of=partnership)
        assert len(self.names(client.get(reverse("action-list")))) == 50
        second = client.get(reverse("action-list") + "?page=2")
        assert len(self.names(second)) == 5
        assert "55 actions" in text_of(second)

    def test_takes_the_same_few_queries_for_one_action_and_for_many(
        self, client, sign_in_as, partnership, django_assert_max_num_queries
    ):
        recommendation = RecommendationFactory(section__review__partnership=partnership)
        ActionFactory(recommendation=recommendation)
        sign_in_as(of=partnership)
        address = reverse("action-list")
        with django_assert_max_num_queries(13) as few:
            client.get(address)
        ActionFactory.create_batch(40, recommendation=recommendation)
        with django_assert_max_num_queries(13) as many:
            client.get(address)
        assert len(few) == len(many)


class TestHomeAndReviews:
    def test_show_how_everything_stands(self, client, sign_in_as, review):
        sign_in_as(of=review.partnership)
        home = text_of(client.get(reverse("home")))
        assert "4 overdue" in home
        assert "0319 Kit" in home
        reviews = text_of(client.get(reverse("review-list")))
        assert "0319 Kit" in reviews

    def test_tell_a_newcomer_what_to_do(self, client, sign_in_as):
        sign_in_as()
        assert "There is nothing here for you yet" in text_of(client.get(reverse("home")))
        assert "There is no review yet that you can see" in text_of(client.get(reverse("review-list")))

    @pytest.mark.parametrize(
        ("who", "said"),
        [
            ({}, ("Import a plan as you have it", "Import the plan of a review")),
            ({"role": Role.BOARD_MEMBER}, ("ask the business manager", "Actions come with the plans of reviews")),
            ({"agency_lead": True}, ("ask the business manager", "Actions come with the plans of reviews")),
        ],
        ids=["a manager", "a board member", "an agency lead"],
    )
    def test_empty_lists_say_what_to_do(self, client, who, said):
        client.force_login(MembershipFactory(**who).user)
        for name, words in zip(("review-list", "action-list"), said, strict=True):
            assert words in text_of(client.get(reverse(name)))
        filtered = client.get(reverse("action-list"), {"status": "open"})
        assert said[1] in text_of(filtered)

    @pytest.mark.parametrize("name", ["review-list"])
    def test_take_a_constant_number_of_queries(
        self, client, sign_in_as, review, name, django_assert_num_queries, django_assert_max_num_queries
    ):
        sign_in_as(of=review.partnership)
        with django_assert_max_num_queries(20) as few:
            client.get(reverse(name))
        for _ in range(5):
            UpdateFactory(action=ActionFactory(recommendation__section__review__partnership=review.partnership))
        with django_assert_num_queries(len(few)):
            client.get(reverse(name))

    def test_show_nothing_of_another_partnership(self, client, sign_in_as, review):
        ActionFactory(recommendation__section__review__pseudonym="Foreign", overdue=True, text="Foreign action")
        sign_in_as(of=review.partnership)
        for name in ("home", "review-list", "action-list"):
            assert "Foreign" not in text_of(client.get(reverse(name))), name


class TestEveryPage:
    def test_is_kept_out_of_caches(self, client, sign_in_as, review):
        sign_in_as(of=review.partnership)
        assert "no-store" in client.get(review.get_absolute_url())["Cache-Control"]

    def test_runs_no_script_but_our_own(self, client, sign_in_as):
        sign_in_as()
        policy = client.get(reverse("home"))["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe-inline" not in policy

    def test_names_the_kind_of_review_and_never_another(self, client, sign_in_as, partnership):
        review = ActionFactory(recommendation__section__review__partnership=partnership).review
        sign_in_as(role=Role.BUSINESS_MANAGER, of=partnership)
        page = text_of(client.get(review.get_absolute_url()))
        assert "Serious Case Review" not in page
        assert "SCR" not in page.replace("SCR Tracker", "")

    def test_that_does_not_exist_says_so_kindly(self, client, sign_in_as):
        sign_in_as()
        response = client.get("/reviews/999999/")
        assert response.status_code == 404
        assert "Page not found" in text_of(response)
