"""Lists in neighbouring cells: shared out where labels or counts agree, kept whole where they do not."""

import pytest

from .documents import HEADINGS, found_in_row, plan_in, row, texts


def test_one_action_has_what_stands_beside_it():
    [action] = row("1. Listen", "Train staff", "May 2012", "Named nurse", "", "Complete", "Register").actions
    assert action.text == "Train staff"
    assert (action.target_date_iso, action.leads, action.status) == ("2012-05-31", ("Named nurse",), "complete")
    assert action.evidence_expected == "Register"


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_paragraphs_are_actions_and_share_out_what_has_as_many(between):
    beside = [between.join(each) for each in (("One", "Two"), ("May 2012", "June 2012"), ("Nurse", "Head teacher"))]
    actions = row("Listen", *beside).actions
    assert texts(actions) == ["One", "Two"]
    assert texts(actions, "target_date_iso") == ["2012-05-31", "2012-06-30"]
    assert texts(actions, "leads") == [("Nurse",), ("Head teacher",)]


def test_blank_lines_separate_actions_that_have_several_paragraphs():
    actions = row("Listen", "One\nin two lines\n\nTwo", "May 2012\n\nJune 2012").actions
    assert texts(actions) == ["One\nin two lines", "Two"]


def test_one_value_beside_several_actions_is_shared_by_them():
    recommendation, problems = found_in_row("Listen", "One\nTwo", "May 2012", "Nurse", "", "Ongoing")
    assert texts(recommendation.actions, "target_date_iso") == ["2012-05-31"] * 2
    assert texts(recommendation.actions, "leads") == [("Nurse",)] * 2
    assert texts(recommendation.actions, "status") == ["ongoing"] * 2
    assert not problems


def test_what_has_another_count_stays_whole_and_is_flagged_never_guessed():
    recommendation, problems = found_in_row(
        "Listen", "One\nTwo\nThree", "May 2012\nJune 2012", "Nurse\nDoctor", "", "Complete\nOngoing"
    )
    assert texts(recommendation.actions, "target_date_iso") == [None] * 3
    assert texts(recommendation.actions, "leads") == [()] * 3
    assert texts(recommendation.actions, "status") == ["unknown"] * 3
    assert recommendation.target_date_text == "May 2012\nJune 2012"
    assert recommendation.lead_text == "Nurse\nDoctor"
    assert (recommendation.status_text, recommendation.status) == ("Complete\nOngoing", "in_progress")
    assert [problem.what for problem in problems] == [
        "2 dates beside 3 actions: kept on the recommendation",
        "2 leads beside 3 actions: kept on the recommendation",
        "2 statuses beside 3 actions: kept on the recommendation",
    ]
    assert {problem.where for problem in problems} == {"table 1, row 2"}


def test_the_same_lists_the_other_way_round_are_not_guessed_either():
    recommendation, _ = found_in_row("Listen", "One\nTwo", "May 2012\nJune 2012\nJuly 2012")
    assert texts(recommendation.actions, "target_date_iso") == [None, None]
    assert recommendation.target_date_text == "May 2012\nJune 2012\nJuly 2012"


def test_several_dates_beside_one_action_are_not_its_date():
    recommendation, problems = found_in_row("Listen", "One", "May 2012\nJune 2012")
    assert recommendation.actions[0].target_date_iso is None
    assert recommendation.target_date_text == "May 2012\nJune 2012"
    assert len(problems) == 1


def test_as_many_paragraphs_as_actions_are_no_dates_unless_each_is_one():
    recommendation, _ = found_in_row("Listen", "One\nTwo", "May 2012\nor so, says the chair")
    assert texts(recommendation.actions, "target_date_text") == [None, None]
    assert recommendation.target_date_text == "May 2012\nor so, says the chair"


def test_several_leads_beside_one_action_are_all_its_leads():
    [action] = row("Listen", "One", "May 2012", "Named nurse\nNamed doctor").actions
    assert action.leads == ("Named nurse", "Named doctor")


def test_evidence_beside_several_actions_is_theirs_only_where_there_is_as_much():
    own = row("Listen", "One\nTwo", "", "", "", "", "Minutes\nLetter")
    assert texts(own.actions, "evidence_expected") == ["Minutes", "Letter"]
    whole = row("Listen", "One\nTwo", "", "", "", "", "Minutes")
    assert texts(whole.actions, "evidence_expected") == [None, None]
    assert whole.evidence_expected == "Minutes"


@pytest.mark.parametrize("label", ["{}) ", "{}. ", "({}) "])
def test_letters_share_out_by_letter(label):
    def lettered(*lines):
        return "\n".join(label.format(letter) + line for letter, line in zip("abc", lines, strict=False))

    actions = row(
        "Listen", lettered("One", "Two", "Three"), lettered("May 2012", "June 2012", "July 2012"), "Nurse"
    ).actions
    assert texts(actions, "label") == ["a", "b", "c"]
    assert texts(actions) == ["One", "Two", "Three"]
    assert texts(actions, "target_date_iso") == ["2012-05-31", "2012-06-30", "2012-07-31"]
    assert texts(actions, "lead_text") == ["Nurse"] * 3


def test_a_letter_that_is_missing_leaves_its_action_without():
    actions = row("Listen", "1) One\n2) Two\n3) Three", "1) May 2012\n2) June 2012").actions
    assert texts(actions, "target_date_iso") == ["2012-05-31", "2012-06-30", None]


def test_letters_typed_into_one_paragraph_are_a_list_too():
    actions = row("Listen", "a) One b) Two", "a) May 2012 b) June 2012").actions
    assert texts(actions) == ["One", "Two"]
    assert texts(actions, "target_date_iso") == ["2012-05-31", "2012-06-30"]


def test_what_follows_a_letter_belongs_to_it():
    actions = row("Listen", "a) One\nwhich goes on\nb) Two").actions
    assert texts(actions) == ["One\nwhich goes on", "Two"]


def test_a_single_letter_labels_a_single_action():
    [action] = row("Listen", "a) One", "", "a) Nurse", "", "a) complete").actions
    assert (action.label, action.text, action.lead_text, action.status) == ("a", "One", "Nurse", "complete")


def test_statuses_by_letter_in_one_sentence():
    actions = row("Listen", "a) One\nb) Two\nc) Three", "", "", "", "Part b) complete. The rest in progress").actions
    assert texts(actions, "status") == ["in_progress", "complete", "in_progress"]


def test_a_lead_in_with_points_is_one_action():
    [action] = row("Listen", "Review the clinics as to:\n* their place;\n* their hours.", "May 2012").actions
    assert action.text == "Review the clinics as to:\ntheir place;\ntheir hours."


def test_a_lead_in_whose_points_have_dates_of_their_own_leads_in_as_many_actions():
    recommendation = row("Listen", "Revise the form:\n* draft it\n* print it", "May 2012\nJune 2012", "Nurse")
    assert recommendation.action_intro == "Revise the form:"
    assert texts(recommendation.actions) == ["draft it", "print it"]
    assert texts(recommendation.actions, "target_date_iso") == ["2012-05-31", "2012-06-30"]


def test_one_date_more_than_points_is_that_of_the_lead_in():
    recommendation = row("Listen", "Revise the form:\n* draft it\n* print it", "July 2012\nMay 2012\nJune 2012")
    assert recommendation.target_date_text == "July 2012"
    assert texts(recommendation.actions, "target_date_iso") == ["2012-05-31", "2012-06-30"]


def test_points_under_a_sentence_belong_to_it():
    actions = row("Listen", "See that staff ask:\n* who lives here\n* who visits\nTo audit what they write").actions
    assert texts(actions) == ["See that staff ask:\nwho lives here\nwho visits", "To audit what they write"]


def test_what_ends_a_list_without_naming_a_task_belongs_to_the_list():
    actions = row("Listen", "Agree a form that shows:\n* name\n* school\nAny other known carers").actions
    assert texts(actions) == ["Agree a form that shows:\nname\nschool\nAny other known carers"]


def test_points_alone_are_each_an_action():
    assert texts(row("Listen", "* One\n* Two").actions) == ["One", "Two"]


def test_as_above_means_what_stood_above_and_is_kept_as_printed():
    plan = plan_in(
        [
            HEADINGS,
            ["One", "Do one", "May 2012", "Named nurse", "", "Ongoing", ""],
            ["Two", "Do two", "As above", "As Above", "", "As above", ""],
        ]
    )
    action = plan.actions[1]
    assert (action.lead_text, action.leads) == ("As Above", ("Named nurse",))
    assert (action.target_date_text, action.target_date_iso) == ("As above", "2012-05-31")
    assert (action.status_text, action.status) == ("As above", "ongoing")


def test_completed_in_place_of_the_target_is_both():
    [action] = row("Listen", "One", "Completed June 2011").actions
    assert (action.target_date_iso, action.status) == ("2011-06-30", "complete")
    assert (action.completed_on_text, action.completed_on_iso) == ("June 2011", "2011-06-30")


def test_a_target_or_a_status_that_is_not_understood_is_kept_and_flagged():
    recommendation, problems = found_in_row("Listen", "One", "see minutes", "", "", "lovely")
    [action] = recommendation.actions
    assert (action.target_date_text, action.target_date_iso) == ("see minutes", None)
    assert (action.status_text, action.status) == ("lovely", "unknown")
    assert sorted(problem.text for problem in problems) == ["lovely", "see minutes"]
