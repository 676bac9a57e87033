"""The yearly extract: impact, little progress, what is carried out, and what was recommended again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from actions.models import ReportKind
from actions.reports import Order
from actions.reports.kinds import KINDS
from reviews import services
from tests.factories import ActionFactory, RecommendationFactory, ThemeFactory, UserFactory, today

from .test_forms import text_of_page
from .test_pages import assert_meets_pdf_ua, bookmarks

pytestmark = pytest.mark.django_db

KIND = KINDS[ReportKind.YEARLY]


def extract(*reviews, **chosen):
    return KIND.of(Order(partnership=reviews[0].partnership, reviews=reviews, **chosen))


@pytest.fixture
def checked(review):
    """Return a function that has the impact of an action of the review checked so many days ago."""

    def check(days, result="held"):
        return ActionFactory(
            recommendation=review.sections.get(number="1").recommendations.get(number="1"),
            complete=True,
            text=f"Checked {days} days ago.",
            impact_result=result,
            impact_note="Ten records were read.",
            impact_checked_by=UserFactory(),
            impact_checked_at=timezone.now() - timedelta(days),
        )

    return check


class TestTheExtract:
    def test_tells_the_impact_found_in_the_year_alone(self, review, checked):
        checked(100), checked(200, "not_held"), checked(400)
        report = extract(review)
        assert [each.text for each in report.impact] == ["Checked 200 days ago.", "Checked 100 days ago."]
        assert "1 of 2 impact checks found a lasting difference" in report.headline

    def test_says_so_where_no_impact_was_checked(self, review):
        assert "no impact was checked" in extract(review).headline

    def test_tells_where_there_was_little_progress_and_why(self, review):
        weights = review.sections.get(number="2").recommendations.get()
        ActionFactory(recommendation=weights, text="Long overdue.", target_date=today() - timedelta(120))
        ActionFactory(recommendation=weights, text="Silent.", last_update_on=today() - timedelta(400))
        found = {area.name: [(each.text, each.why) for each in area.actions] for area in extract(review).areas}
        assert found["Policing"] == [("Count the checks each quarter.", "Moved 3 times")]
        assert [text for text, _ in found["Hospitals"]] == ["Long overdue.", "Silent."]
        assert found["Hospitals"][0][1] == "Overdue 120 days"
        assert found["Hospitals"][1][1].startswith("Nothing reported since")

    def test_tells_how_far_each_review_is_carried_out(self, review):
        action = review.actions.get(text="Tell every duty sergeant.")
        action.completed_on = today() - timedelta(10)
        action.save()
        (row,) = extract(review).carried_out
        assert (row.recommendations, row.without_action, row.actions) == (3, 1, 6)
        assert (row.done_in_year, row.done, row.open) == (1, 2, 4)

    def test_tells_apart_what_local_and_what_national_reviews_recommended(self, review):
        national = RecommendationFactory(
            section__review__partnership=review.partnership,
            section__review__reference="0500",
            section__review__level="national",
        )
        report = extract(review, national.section.review)
        found = [(each.heading, [row.review for row in each.reviews], each.headline) for each in report.levels]
        assert found == [
            (
                "Local reviews",
                ["0319 Kit"],
                "3 recommendations. 2 of 6 actions complete, 1 of them in the year.",
            ),
            (
                "National reviews",
                ["0500 Kit"],
                "1 recommendation. No action answers them yet.",
            ),
        ]
        assert [each.heading for each in extract(review).levels] == ["Local reviews"]

    def test_tells_what_was_recommended_again_in_these_reviews_and_no_others(self, review):
        first = review.sections.get(number="1").recommendations.get(number="1")
        again = RecommendationFactory(
            section__review__partnership=review.partnership, section__review__reference="0400", number="7"
        )
        elsewhere = RecommendationFactory()
        for link in ((again, first), (elsewhere, first)):
            services.link(recommendation=link[0], other=link[1], relation="repeats", by=None)
        (repeat,) = extract(review, again.section.review).repeats
        assert (repeat.review, repeat.reference) == ("0400 Kit", "7")
        assert (repeat.earlier_review, repeat.earlier_reference) == ("0319 Kit", "1")
        assert extract(review).repeats == ()

    def test_tells_what_came_of_each_theme(self, review, checked):
        first = review.sections.get(number="1").recommendations.get(number="1")
        again = RecommendationFactory(
            section__review__partnership=review.partnership, section__review__reference="0400"
        )
        ThemeFactory(name="Daily life", recommendations=[first, again])
        services.link(recommendation=again, other=first, relation="repeats", by=None)
        checked(5), checked(6, "not_held")
        report = extract(review, again.section.review)
        (theme,) = report.themes
        assert (theme.name, theme.recommendations, theme.reviews, theme.repeats) == ("Daily life", 2, 2, 1)
        assert (theme.held, theme.not_held) == (1, 1)
        assert report.without_theme == 2

    def test_one_that_was_issued_before_themes_were_told_says_nothing_of_them(self, review):
        kept = extract(review).to_dict()
        del kept["themes"], kept["without_theme"]
        assert "Themes" not in text_of_page(KIND.restored(kept), KIND)

    def test_comes_back_from_json(self, review, checked):
        checked(5)
        report = extract(review)
        assert KIND.restored(report.to_dict()) == report
        assert report.ends - report.begins == timedelta(364)

    def test_is_of_an_agency_alone_if_asked(self, review, trust):
        report = extract(review, agencies=(trust,))
        assert report.carried_out[0].actions == 3
        assert "duty sergeant" not in str(report.to_dict())

    def test_is_an_accessible_pdf_and_a_page(self, review, checked, readable):
        checked(5)
        report = extract(review, introduction="For the yearly report.")
        pdf = KIND.as_pdf(report)
        assert_meets_pdf_ua(pdf)
        page = text_of_page(report, KIND)
        for text in ("".join(readable(pdf)), page):
            assert "Ten records were read." in text
            assert "For the yearly report." in text
            assert "Local reviews" in text
        titles = [title for title, _ in bookmarks(pdf)]
        assert titles[-4:] == ["Impact", "Areas with little progress", "Recommended again", "Themes"]
