"""What is worth a second look is found in a plan on its way in and in a saved one, by the same rules."""

from datetime import date

import pytest

from actions import plan as plans
from actions import warnings
from actions.choices import Status, TargetKind
from actions.importing.corrections import apply
from actions.importing.plan import Plan, PlanAction, PlanRecommendation, PlanSection
from actions.importing.read import read
from actions.importing.recognise import recognise
from actions.warnings import Kind, Surroundings, to_come
from reviews.models import Review
from tests.factories import ActionFactory, RecommendationFactory, SectionFactory

AROUND = Surroundings(on=date(2013, 1, 1), report_on=date(2012, 5, 1))
WHOLE = {"target_date_text": "May 2012", "date_kind": "month", "leads": ("Nurse",), "evidence_expected": "Audit"}


def found(*recommendations, around=AROUND):
    """Return (kind, sentence) of each warning about a plan of these recommendations."""
    corrected = apply(Plan(sections=(PlanSection("Part", recommendations=recommendations),)), [])
    return [(each.kind, each.says) for each in warnings.of_document(corrected, around)]


def kinds(*recommendations, **values):
    return [kind for kind, _ in found(*recommendations, **values)]


def answered(**values):
    return PlanRecommendation("Listen", actions=(PlanAction("Act", **{**WHOLE, **values}),))


class TestOnTheWayIn:
    def test_nothing_stands_out_where_everything_is_said(self):
        assert found(answered()) == []

    @pytest.mark.parametrize(
        ("values", "kind"),
        [
            ({"leads": ()}, Kind.NO_LEAD),
            ({"date_kind": "none"}, Kind.NO_DATE),
            ({"evidence_expected": None}, Kind.NO_EVIDENCE_EXPECTED),
            ({"status": "complete"}, Kind.NO_EVIDENCE),
            ({"status": "complete", "completion_evidence": "Audit to be commissioned."}, Kind.EVIDENCE_TO_COME),
            (
                {"status": "complete", "completion_evidence": "Done.", "completed_on_iso": "2011-04-30"},
                Kind.DONE_BEFORE_REPORT,
            ),
            ({"completed_on_iso": "2014-04-30"}, Kind.DONE_LATER),
        ],
    )
    def test_an_action_is_pointed_out(self, values, kind):
        assert kinds(answered(**values)) == [kind]

    def test_what_stands_on_the_recommendation_counts_for_its_actions(self):
        bare = PlanRecommendation(
            "Listen", lead_text="A\nB", target_date_text="x", evidence_expected="y", actions=(PlanAction("Act"),)
        )
        assert kinds(bare) == [Kind.MISALIGNED, Kind.MISALIGNED]

    def test_lists_that_do_not_line_up_are_counted(self):
        both = (PlanAction("A", **WHOLE), PlanAction("B", **WHOLE))
        uneven = PlanRecommendation("Listen", status_text="Complete\nComplete\nComplete", actions=both)
        assert found(uneven) == [(Kind.MISALIGNED, "3 statuses beside 2 actions: it is not said which is whose")]

    def test_a_recommendation_without_an_action_is_pointed_out_unless_it_is_answered(self):
        alone, told = PlanRecommendation("Ring"), PlanRecommendation("Go", response="We went.")
        assert kinds(answered(), alone, told) == [Kind.NO_ACTION]

    def test_what_holds_for_all_is_said_once(self):
        assert found(PlanRecommendation("A"), PlanRecommendation("B")) == [
            (Kind.NO_ACTION, "No recommendation of this plan has an action yet")
        ]

    def test_words_of_an_earlier_review_are_recognised(self):
        around = Surroundings(on=AROUND.on, before={"listen": "recommendation 3 of 0319 Kit"})
        assert found(answered(), around=around) == [
            (Kind.SAID_BEFORE, "The same words stand in recommendation 3 of 0319 Kit")
        ]


@pytest.mark.parametrize(
    "words",
    [
        "Audit to be commissioned.",
        "Training will follow.",
        "The policy is being drafted",
        "Report awaiting approval",
        "The audit is due to start in May",
    ],
)
def test_evidence_that_speaks_of_the_future_is_recognised(words):
    assert to_come(f"Circulated in May. {words}") == words


@pytest.mark.parametrize("words", ["Audit done in May.", "It continues to be used", "They seem to be linked", ""])
def test_evidence_of_the_past_is_not(words):
    assert to_come(words) == ""


def test_the_real_plan_says_complete_beside_the_future_at_least_fourteen_times(shared_plans):
    corrected = apply(recognise(read(shared_plans / "documents" / "WM.docx")).plan, [])
    said = [each.kind for each in warnings.of_document(corrected, AROUND)]
    assert said.count(Kind.EVIDENCE_TO_COME) >= 14
    assert said.count(Kind.MISALIGNED) >= 8


@pytest.mark.django_db
def test_the_same_rules_look_at_a_saved_plan():
    section = SectionFactory()
    late = RecommendationFactory(section=section, as_printed={"status": "Complete\nComplete"})
    ActionFactory(
        recommendation=late,
        status=Status.COMPLETE,
        completion_evidence="Audit to be commissioned.",
        times_moved=3,
        lead_officers=[],
        target_kind=TargetKind.NONE,
        target_date=None,
    )
    ActionFactory(recommendation=late, evidence_expected="Audit")
    alone = RecommendationFactory(section=section)
    plan = plans.read(Review.objects.get())
    said = [(each.kind, each.about) for each in warnings.of_saved(plan, AROUND)]
    assert [kind for kind, _ in said] == [
        Kind.MISALIGNED,
        Kind.NO_ACTION,
        Kind.EVIDENCE_TO_COME,
        Kind.NO_LEAD,
        Kind.NO_DATE,
        Kind.NO_EVIDENCE_EXPECTED,
        Kind.MOVED_OFTEN,
    ]
    assert (said[0][1], said[1][1]) == (late, alone)


def test_actions_that_slipped_beside_another_recommendation_are_pointed_at():
    told = PlanRecommendation(
        number="1",
        text="Midwives should record who comes with a mother to each antenatal appointment.",
        actions=(PlanAction("Send every school the minutes of the conference within a week."),),
    )
    minutes = PlanRecommendation(
        number="2",
        text="Minutes of each conference should reach the school within a week.",
        actions=(PlanAction("Send every school the minutes of each conference."),),
    )
    plan = Plan(sections=(PlanSection("Health", recommendations=(told, minutes)),))
    shifted = [each for each in warnings.of_document(apply(plan, []), AROUND) if each.kind == Kind.SHIFTED]
    assert [(each.about.made.number, each.says) for each in shifted] == [
        ("1", "Its actions speak rather of recommendation 2: check the rows")
    ]


def test_the_rows_that_slipped_in_a_real_plan_are_pointed_at(shared_plans):
    plan = recognise(read(shared_plans / "documents" / "WM.docx")).plan
    found = warnings.of_document(apply(plan, []), AROUND)
    shifted = {each.about.made.number for each in found if each.kind == Kind.SHIFTED}
    assert {"58", "59", "60"} <= shifted
    assert len(shifted) <= 5
