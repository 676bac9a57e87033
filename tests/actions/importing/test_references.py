"""What a plan says of other places in itself becomes a link to them."""

import pytest

from actions.importing.plan import Plan, PlanAction, PlanRecommendation, PlanSection
from actions.importing.references import with_references
from actions.importing.save import ImportedFile, save_plan
from reviews.models import RecommendationLink
from tests.factories import PartnershipFactory


def plan(*, evidence="", status="", first_label="a"):
    """Return a plan in which the last action of the police says something of another place."""
    return Plan(
        sections=(
            PlanSection(
                title="Northshire LSCB",
                recommendations=(
                    PlanRecommendation(text="Listen", number="1", actions=(PlanAction("Train", "a"),)),
                    PlanRecommendation(text="Tell", number="2", actions=(PlanAction("Write", first_label),)),
                ),
            ),
            PlanSection(
                title="Northshire Police",
                recommendations=(
                    PlanRecommendation(text="Record", number="2", actions=(PlanAction("Buy a system"),)),
                    PlanRecommendation(
                        text="Look",
                        number="18",
                        actions=(
                            PlanAction("Ask", "a"),
                            PlanAction("Say", "b", status_text=status or None, completion_evidence=evidence or None),
                        ),
                    ),
                ),
            ),
        )
    )


def seen(**said):
    """Return (section, number, label) of all that the last action refers to."""
    *_, action = with_references(plan(**said)).actions
    return [(each.section, each.number, each.label) for each in action.see]


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("See action 1", ("Northshire LSCB", "1", None)),
        ("Complete – see LSCB action line 2", ("Northshire LSCB", "2", None)),
        ("see recommendation 2", ("Northshire Police", "2", None)),
        ("Covered by recommendation no. 1", ("Northshire LSCB", "1", None)),
        ("As per rec 1.", ("Northshire LSCB", "1", None)),
        ("see action 1a", ("Northshire LSCB", "1", "a")),
        ("As above", ("Northshire Police", "18", "a")),
        ("See above", ("Northshire Police", "18", "a")),
    ],
)
def test_words_name_a_place_in_the_plan(words, place):
    assert seen(evidence=words) == [place]


def test_several_numbers_are_several_places():
    assert seen(evidence="See actions 1 and 2") == [("Northshire LSCB", "1", None), ("Northshire Police", "2", None)]


def test_what_names_nothing_in_the_plan_is_kept_by_its_words():
    *_, action = with_references(plan(evidence="See action 99 of the old plan")).actions
    assert [(each.words, each.section) for each in action.see] == [("See action 99", None)]


def test_a_number_of_two_parts_is_not_guessed():
    two = plan(evidence="See Housing action 2")
    assert [each.section for each in with_references(two).actions[-1].see] == [None]


@pytest.mark.parametrize("words", ["To see 3 families", "As per the Children Act 1989", "see note", "Reviewed in 2012"])
def test_other_words_name_nothing(words):
    assert seen(evidence=words) == []


def test_an_action_with_a_reference_of_its_own_is_found_by_it():
    *_, action = with_references(plan(evidence="see action 2.1", first_label="2.1")).actions
    assert [(each.number, each.label) for each in action.see] == [("2", "2.1")]


@pytest.mark.django_db
def test_recommendations_that_name_one_another_are_linked_once():
    found = with_references(plan(evidence="See action 1", status="Complete – see recommendation 1"))
    source = ImportedFile("plan.docx", b"a document")
    save_plan(plan=found, partnership=PartnershipFactory(), reference="0319", kind="scr", by=None, source=source)
    [link] = RecommendationLink.objects.all()
    assert (link.recommendation.text, link.other.text, link.relation) == ("Look", "Listen", "see_also")
