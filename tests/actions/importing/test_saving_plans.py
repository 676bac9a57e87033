"""A recognised plan goes into the database, whole or not at all, and comes out of it the same."""

import time
from dataclasses import replace
from datetime import date

import pytest

from actions.choices import Status, TargetKind
from actions.importing.export import plan_of
from actions.importing.plan import Plan, PlanAction, PlanRecommendation, PlanSection
from actions.importing.problems import CannotImport
from actions.importing.read import read
from actions.importing.recognise import recognise
from actions.importing.save import ImportedFile, save_plan
from actions.models import Action, PlanImport
from reviews.models import Practice, Recommendation, Response, Review, Section, Source
from scr_tracker.models import Agency
from tests.factories import AgencyFactory, PartnershipFactory, UserFactory

from .documents import HEADINGS, recognised, word

pytestmark = pytest.mark.django_db

PLAN = word(
    "**Northshire Safeguarding Children Partnership**",
    "**IMR action plans: Child K**",
    "# 1. Fire Service Actions",
    [
        [*HEADINGS, "RAG", "Cost code"],
        [
            "Recommendation 1\nListen to children (Reminder of good practice)",
            "a) Train crews\nb) Ask schools",
            "a) May 2012\nb) 3 months from the report",
            "Watch manager / Eastmere Police",
            "Children are heard",
            "a) Complete April 2012. Remainder in progress",
            "Register",
            "Amber",
            "ZX-14",
        ],
        ["2. Write", "Buy pens", "May 2012\nJune 2012", "", "", "On hold until the inquest", "", "", ""],
        ["3. Go and see", "", "", "", "", "", "", "", ""],
    ],
    "# 2. Eastmere Police Actions",
    [HEADINGS, ["4. Ring", "Buy telephones", "1 July 2012", "Eastmere Police\nFire Service", "", "lovely", ""]],
    "Thank you.",
)

PLANS = [
    *("WM.docx", "WM.xlsx", "WM.csv", "WM.pdf", "WM_pagebroken.docx", "WM_pagebroken_onetable.docx"),
    *("BP.docx", "BP.xlsx", "BP.pdf", "BUCKS.docx", "GLOS.docx"),
]


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Northshire")


def save(content_or_plan, partnership, by=None, reference="0319"):
    """Save a plan, or the plan in a document, and return what save_plan returns."""
    plan, problems = content_or_plan, ()
    if isinstance(content_or_plan, bytes):
        found = recognised(content_or_plan)
        plan, problems = found.plan, found.problems
    source = ImportedFile("plan.docx", PLAN, problems)
    return save_plan(plan=plan, partnership=partnership, reference=reference, kind="scr", by=by, source=source)


@pytest.fixture
def review(partnership):
    return save(PLAN, partnership).review


def action_called(text):
    return Action.objects.get(text=text)


class TestWhatIsSaved:
    def test_the_review_has_the_plan_as_printed(self, review):
        assert (review.reference, review.kind, review.pseudonym) == ("0319", "scr", "Child K")
        assert review.plan_title == "IMR action plans: Child K"
        assert review.plan_columns[:2] == [
            {"field": "recommendation", "heading": "Recommendation"},
            {"field": "action", "heading": "Action required"},
        ]
        assert review.plan_columns[-1] == {"field": "Cost code", "heading": "Cost code"}
        assert review.plan_notes == "Thank you."
        assert review.as_printed["partnership"] == "Northshire Safeguarding Children Partnership"

    def test_a_review_that_is_there_already_is_given_the_plan(self, partnership):
        known = Review.objects.create(partnership=partnership, reference="0319", kind="lcspr", pseudonym="Ash")
        saved = save(PLAN, partnership).review
        assert (saved.pk, saved.kind, saved.pseudonym) == (known.pk, "lcspr", "Ash")

    def test_sections_and_recommendations_keep_their_order_and_numbers(self, review):
        assert [str(section) for section in review.sections.all()] == [
            "1. Fire Service Actions",
            "2. Eastmere Police Actions",
        ]
        recommendations = Recommendation.objects.in_plan_order()
        assert [each.number for each in recommendations] == ["1", "2", "3", "4"]
        first = recommendations[0]
        assert (first.source, first.practice) == (Source.AGENCY_REVIEW, Practice.REMINDER)
        assert first.as_printed["number"] == "Recommendation 1"
        assert first.as_printed["Cost code"] == "ZX-14"

    def test_an_action_has_its_values_and_beside_them_the_words(self, review):
        action = action_called("Train crews")
        assert (action.label, action.status, action.target_kind) == ("a", Status.COMPLETE, TargetKind.MONTH)
        assert (
            f"{action.target_date} {action.original_target_date} {action.completed_on}"
            == "2012-05-31 2012-05-31 2012-04-30"
        )
        assert action.as_printed["target_date"] == "May 2012"
        assert action.as_printed["status"] == "a) Complete April 2012."
        assert (action.due, action.review) == ("May 2012", review)

    def test_a_target_without_a_date_has_its_kind(self, review):
        action = action_called("Ask schools")
        assert (action.target_date, action.target_kind, action.original_target_kind) == (None, "relative", "relative")
        assert action.due == "3 months from the report"

    def test_what_belongs_to_no_single_action_stands_on_the_recommendation(self, review):
        assert action_called("Buy pens").target_date is None
        assert action_called("Buy pens").recommendation.as_printed["target_date"] == "May 2012\nJune 2012"

    def test_an_action_that_is_paused_says_why_in_the_words_of_the_plan(self, review):
        action = action_called("Buy pens")
        assert (action.status, action.status_reason) == (Status.PAUSED, "On hold until the inquest")

    def test_one_response_may_answer_several_recommendations(self, partnership):
        table = [["Recommendation", "Response"], ["1. Listen", "We do"], ["2. Write", "^"], ["3. Go", "We do"]]
        save(word("Some words.", table), partnership)
        answered = [[each.number for each in response.recommendations.all()] for response in Response.objects.all()]
        assert answered == [["1", "2"], ["3"]]

    def test_the_file_is_kept_with_what_was_and_was_not_understood(self, review):
        kept = PlanImport.objects.get()
        assert (kept.review, kept.file_name, kept.state) == (review, "plan.docx", "imported")
        with kept.file.open() as file:
            assert file.read() == PLAN
        assert Plan.from_json(kept.recognised) == recognised(PLAN).plan
        assert {"where", "text", "what"} == kept.problems[0].keys()


class TestAgencies:
    def test_agencies_are_known_by_any_of_their_names(self, partnership):
        fire = AgencyFactory(
            name="Northshire Fire and Rescue", other_names=["Fire Service"], partnerships=[partnership]
        )
        saved = save(PLAN, partnership)
        assert Section.objects.first().agency == fire
        assert [agency.name for agency in saved.new_agencies] == ["Eastmere Police"]

    def test_an_agency_of_another_partnership_is_not_taken_for_ours(self, partnership):
        theirs = AgencyFactory(name="Fire Service", partnerships=[PartnershipFactory()])
        save(PLAN, partnership)
        assert Section.objects.first().agency != theirs
        assert Agency.objects.filter(name="Fire Service").count() == 2

    def test_the_lead_is_the_agency_named_as_lead_else_that_of_the_section(self, review):
        police, fire = Agency.objects.get(name="Eastmere Police"), Agency.objects.get(name="Fire Service")
        assert action_called("Train crews").lead_agency == police
        assert action_called("Buy pens").lead_agency == fire

    def test_further_agencies_named_support_it_and_all_names_are_kept(self, review):
        action = action_called("Buy telephones")
        assert action.lead_agency.name == "Eastmere Police"
        assert [agency.name for agency in action.supporting_agencies.all()] == ["Fire Service"]
        assert action.lead_officers == ["Eastmere Police", "Fire Service"]


class TestHistory:
    def test_everything_says_from_the_start_who_imported_it_and_from_what(self, partnership):
        user = UserFactory()
        save(PLAN, partnership, by=user)
        for model in (Review, Section, Recommendation, Action, Agency):
            assert model.objects.exists()
            for thing in model.objects.all():
                line = thing.history.earliest()
                assert (line.history_user, line.history_change_reason) == (user, "Imported from plan.docx")
        supported = action_called("Buy telephones").history.latest()
        assert (supported.history_user, supported.history_change_reason) == (user, "Imported from plan.docx")

    def test_the_plan_can_be_read_back_as_it_was_imported(self, review):
        action = action_called("Train crews")
        assert action.history.earliest().instance.text == "Train crews"


class TestAllOrNothing:
    def test_a_second_plan_is_refused_in_a_sentence_and_changes_nothing(self, review, partnership):
        before = [list(model.objects.order_by("pk").values()) for model in (Review, Section, Action)]
        with pytest.raises(CannotImport, match="already has a plan"):
            save(PLAN, partnership)
        assert [list(model.objects.order_by("pk").values()) for model in (Review, Section, Action)] == before

    def test_what_goes_wrong_half_way_leaves_nothing_behind(self, partnership):
        broken = PlanRecommendation(text="Write", actions=(PlanAction(text=""),))
        plan = Plan(sections=(PlanSection(title="Police", agency="Police", recommendations=(broken,)),))
        with pytest.raises(Exception, match="(?i)action_says_something"):
            save(plan, partnership)
        assert not any(model.objects.exists() for model in (Review, Section, Recommendation, Agency, PlanImport))

    def test_the_longest_texts_find_their_place(self, partnership):
        long = "x" * 1_000
        section = PlanSection(title=long, agency=long, recommendations=(PlanRecommendation(text=long),))
        plan = Plan(plan="0319", title=long, review_name=long, sections=(section,))
        assert plan_of(save(plan, partnership).review).sections[0].title == long


class TestExport:
    def test_a_saved_plan_comes_out_as_it_was_recognised(self, review):
        exported = plan_of(Review.objects.get())
        assert exported.to_json() == replace(recognised(PLAN).plan, plan="0319").to_json()

    def test_changes_since_the_import_come_out_too(self, review):
        action = action_called("Train crews")
        action.status, action.target_date, action.times_moved = Status.IN_PROGRESS, date(2012, 7, 31), 1
        action.save()
        [exported] = [each for each in plan_of(review).actions if each.text == "Train crews"]
        assert (exported.status, exported.target_date_iso, exported.target_date_text) == (
            "in_progress",
            "2012-07-31",
            "July 2012",
        )

    def test_a_plan_of_any_size_takes_a_few_queries(self, review, django_assert_max_num_queries):
        with django_assert_max_num_queries(6):
            plan_of(review)

    @pytest.mark.parametrize("name", PLANS)
    def test_a_real_plan_comes_out_as_it_was_recognised(self, name, partnership, shared_plans):
        plan = replace(recognise(read(shared_plans / "documents" / name)).plan, plan="0319")
        started = time.perf_counter()
        saved = save(plan, partnership)
        assert time.perf_counter() - started < 2
        assert plan_of(saved.review).to_json() == plan.to_json()
