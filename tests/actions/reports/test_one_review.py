"""A report on one review: what it is, all that happened, and what was said before and since."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions import issuing
from actions.models import Comment, Extension, ReportKind
from actions.reports import Edition, MonitoringReport, Order
from actions.reports.excel import as_excel
from actions.reports.kinds import KINDS
from actions.reports.word import as_word
from reviews import services
from scr_tracker.history import remember
from scr_tracker.permissions import Role
from tests.factories import EvidenceFactory, RecommendationFactory, UpdateFactory, UserFactory

from .test_forms import MADE_AT, missing, text_of_excel, text_of_page, text_of_word
from .test_pages import assert_meets_pdf_ua, bookmarks

pytestmark = pytest.mark.django_db

KIND = KINDS[ReportKind.ONE_REVIEW]


def made(review, **chosen):
    return KIND.of(Order(partnership=review.partnership, reviews=(review,), **chosen))


@pytest.fixture
def lived(review):
    """The review after everything that can happen to an action has happened to one."""
    review.lead_reviewer, review.completed_on = "Dr Ines Okoye", date(2026, 2, 3)
    review.publication, review.publication_reason = "withheld", "a trial that is not over"
    review.save()
    action = review.actions.get(text="Write the checks into the duty handbook.")
    manager = UserFactory(name="Morgan Hale")
    now = timezone.now()
    UpdateFactory(action=action, by=UserFactory(name="Sam Ode"), what_was_done="The chapter is drafted.")
    Extension.objects.create(
        action=action,
        old_date=action.target_date,
        asked_for_date=action.target_date + timedelta(900),
        reason="The handbook is printed once a year.",
        asked_by=manager,
        asked_at=now - timedelta(3),
        decision="refused",
        decided_by=manager,
        decided_at=now - timedelta(2),
        decision_note="It can be sent round by e-mail.",
    )
    asked = Comment.objects.create(action=action, kind="challenge", by=manager, at=now, text="Who reads the handbook?")
    Comment.objects.create(action=action, in_reply_to=asked, by=manager, at=now, text="Every sergeant, each spring.")
    Comment.objects.create(action=action, by=manager, at=now, text="A word between ourselves.")
    action.status, action.status_reason = "paused", "The printer is closed."
    remember(action, by=manager, why="Paused: The printer is closed.")
    EvidenceFactory(actions=[action], title="Draft of the chapter", what_it_shows="It says who checks.")
    return review


class TestTheReport:
    def test_says_what_is_known_of_the_review(self, lived):
        told = {fact.name: fact.text for fact in made(lived).about}
        assert told["Completed"] == "3 February 2026"
        assert told["Publication"] == "Withheld: a trial that is not over"
        assert told["Lead reviewer"] == "Dr Ines Okoye"
        assert told["What it recommended"] == "3 recommendations in 2 sections, with 6 actions"
        assert told["What was answered"] == "1 response"
        assert told["Agencies that lead or support"] == "Fernleigh Hospitals Trust and Wyvern Police"

    def test_tells_all_that_happened_to_an_action_in_its_order(self, lived):
        story = next(each for each in made(lived).stories if each.text.startswith("Write the checks"))
        told = [(each.what.partition(":")[0], each.who, each.words) for each in story.happenings]
        assert ("Progress update", "Sam Ode", "The chapter is drafted.") in told
        assert ("Later date refused", "Morgan Hale", "It can be sent round by e-mail.") in told
        assert ("Challenge", "Morgan Hale", "Who reads the handbook?") in told
        assert ("Reply to a challenge", "Morgan Hale", "Every sergeant, each spring.") in told
        assert ("Paused", "Morgan Hale", "The printer is closed.") in told
        assert "Evidence" in [what for what, _, _ in told]
        assert [what for what, _, _ in told].index("Later date refused") < [what for what, _, _ in told].index("Paused")
        assert "A word between ourselves." not in str(told)

    def test_names_the_actions_to_which_nothing_happened(self, review, lived):
        report = made(lived)
        assert {story.reference for story in report.stories}.isdisjoint(report.silent)
        assert len(report.stories) + len(report.silent) == 6
        assert report.silence.startswith("Three actions have no entry since the plan was entered: ")

    def test_has_what_the_monitoring_report_has_to_the_letter(self, lived):
        order = Order(partnership=lived.partnership, reviews=(lived,))
        report, whole = KIND.of(order), MonitoringReport.of(order)
        assert (report.summary, report.plans, report.exceptions) == (whole.summary, whole.plans, whole.exceptions)

    def test_of_a_past_moment_knows_nothing_of_what_came_after(self, lived, clock):
        then = timezone.now()
        before = made(lived, as_at=then)
        clock.shift(timedelta(days=30))
        action = lived.actions.get(text="Write the checks into the duty handbook.")
        UpdateFactory(action=action, at=timezone.now(), what_was_done="Printed at last.")
        assert made(lived, as_at=then) == before
        assert "Printed at last." in str(made(lived).to_dict())

    def test_lists_the_reports_that_were_issued_on_it(
        self, lived, clock, monkeypatch, django_capture_on_commit_callbacks
    ):
        monkeypatch.setattr("scr_tracker.pdf.render", lambda template, context: b"%PDF-1.7 %%EOF")
        by = UserFactory()
        draft = issuing.begin_draft(by=by, partnership=lived.partnership, reviews=[lived])
        with django_capture_on_commit_callbacks(execute=True):
            issuing.issue(draft=draft, by=by)
        clock.shift(timedelta(days=1))
        told = {fact.name: fact.text for fact in made(lived).about}
        assert told["Reports that were issued on it"].startswith("Monitoring report – 0319 Kit – ")

    def test_takes_the_same_queries_however_much_happened(self, lived, django_assert_num_queries):
        with CaptureQueriesContext(connection) as few:
            made(lived, as_at=timezone.now())
        for action in lived.actions.all():
            UpdateFactory.create_batch(3, action=action)
            EvidenceFactory(actions=[action])
        with django_assert_num_queries(len(few)):
            made(lived, as_at=timezone.now())


class TestBeforeAndSince:
    @pytest.fixture
    def linked(self, review):
        """Return a function that says that a recommendation of another review is repeated by one of this."""
        first = review.sections.get(number="1").recommendations.get(number="1")

        def link(reference="0200", *, since=False, **about):
            about = {"partnership": review.partnership, **about}
            other = RecommendationFactory(
                number="7",
                text=f"Said in {reference}.",
                **{f"section__review__{name}": value for name, value in {"reference": reference, **about}.items()},
            )
            here, there = (other, first) if since else (first, other)
            return services.link(recommendation=here, other=there, relation="repeats", by=None)

        return link

    def test_what_was_said_before_and_again_is_told_with_where_it_stands(self, review, linked):
        linked("0200"), linked("0500", since=True)
        told = made(review).said_again
        assert [(each.how, each.other_review, each.other_reference) for each in told] == [
            ("Said before in", "0200 Kit", "7"),
            ("Said again in", "0500 Kit", "7"),
        ]
        assert told[0].other_text == "Said in 0200."
        assert told[0].standing == "No action answers it."

    def test_nothing_is_told_of_reviews_that_not_all_may_see(self, review, linked):
        linked("0200", restricted=True)
        linked("0300", partnership=RecommendationFactory().section.review.partnership)
        assert made(review).said_again == ()


class TestEveryFormSaysTheSame:
    @pytest.fixture
    def report(self, lived):
        first = lived.sections.get(number="1").recommendations.get(number="1")
        other = RecommendationFactory(
            section__review__partnership=lived.partnership, section__review__reference="0200", number="7"
        )
        services.link(recommendation=first, other=other, relation="repeats", by=None)
        return made(lived, introduction="For the inspectors.", decisions="Close the review.")

    def test_pdf(self, report, readable):
        pdf = KIND.as_pdf(report, Edition(MADE_AT))
        assert_meets_pdf_ua(pdf)
        assert not missing(report, "\n".join(readable(pdf)), on_paper=True)
        assert [title for title, _ in bookmarks(pdf)] == [
            *("Report on one review", "Where the plan stands", "The review", "Exceptions", "By agency"),
            *("The plan", "What happened", "Recommended before and since", "Evidence", "Key"),
        ]

    def test_word(self, report):
        written = as_word(KIND.outline(report, Edition(MADE_AT)))
        assert not missing(report, text_of_word(written), on_paper=True)

    def test_excel(self, report):
        written = as_excel(KIND.outline(report, Edition(MADE_AT)))
        assert not missing(report, text_of_excel(written), on_paper=False)

    def test_page(self, report):
        assert not missing(report, text_of_page(report, KIND), on_paper=False)

    def test_and_it_comes_back_from_json(self, report):
        assert KIND.restored(report.to_dict()) == report


def test_is_chosen_in_the_form_and_says_when_it_cannot_be(client, sign_in_as, review):
    sign_in_as(Role.BUSINESS_MANAGER, review.partnership)
    page = client.get(f"{reverse('new-report')}?partnership={review.partnership.pk}").content.decode()
    assert "Report on one review" in page
