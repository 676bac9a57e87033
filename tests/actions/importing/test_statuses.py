"""What the words of a plan say about where an action stands."""

import pytest

from actions.choices import Status
from actions.importing.statuses import completion_in_target, overall, standing, standings_of_parts


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Complete", Status.COMPLETE),
        ("COMPLETED.", Status.COMPLETE),
        ("Complete (and ongoing)", Status.COMPLETE),
        ("Complete – see line 2", Status.COMPLETE),
        ("Complete New policy is in use", Status.COMPLETE),
        ("Now fully complete", Status.COMPLETE),
        ("All actions have been completed", Status.COMPLETE),
        ("Green – complete", Status.COMPLETE),
        ("Done", Status.COMPLETE),
        ("100%", Status.COMPLETE),
        ("In progress", Status.IN_PROGRESS),
        ("Not yet complete", Status.IN_PROGRESS),
        ("Partially complete", Status.IN_PROGRESS),
        ("Incomplete", Status.IN_PROGRESS),
        ("Currently being implemented", Status.IN_PROGRESS),
        ("Letters were sent. Some work is in progress.", Status.IN_PROGRESS),
        ("Delayed", Status.IN_PROGRESS),
        ("Overdue", Status.IN_PROGRESS),
        ("Open", Status.IN_PROGRESS),
        ("50%", Status.IN_PROGRESS),
        ("Not started", Status.NOT_STARTED),
        ("Not yet started.", Status.NOT_STARTED),
        ("0 %", Status.NOT_STARTED),
        ("Ongoing", Status.ONGOING),
        ("On-going (also part of another plan).", Status.ONGOING),
        ("On going but inspection is awaited", Status.ONGOING),
        ("On hold until the inquest", Status.PAUSED),
        ("Superseded by action 4", Status.SUPERSEDED),
        ("", Status.UNKNOWN),
        (None, Status.UNKNOWN),
        (".", Status.UNKNOWN),
        ("To be completed by the new manager", Status.UNKNOWN),
        ("The team met twice to discuss completion", Status.UNKNOWN),
        ("A tool has been developed to help staff", Status.UNKNOWN),
        ("Audit report completes the picture of practice", Status.UNKNOWN),
    ],
)
def test_words_have_the_status_that_they_name(words, status):
    assert standing(words).status == status


@pytest.mark.parametrize(
    "words", ["Council complete", "Training completed", "Completed at one site", "Complete but for the audit"]
)
def test_what_is_complete_in_part_is_in_progress_and_says_so(words):
    said = standing(words)
    assert (said.status, said.is_partial) == (Status.IN_PROGRESS, True)


@pytest.mark.parametrize(
    ("words", "written", "day"),
    [
        ("Complete November 2011", "November 2011", "2011-11-30"),
        ("Completed on 3 May 2021. Minutes are on file.", "3 May 2021", "2021-05-03"),
        ("Complete Policy now in use. (April 2012)", "April 2012", "2012-04-30"),
        ("Complete", None, None),
        ("Complete, review due March 2013", None, None),
        ("Complete. The next audit is in March 2013.", None, None),
        ("In progress since May 2012", None, None),
    ],
)
def test_the_date_of_completion_is_found_where_it_is_said(words, written, day):
    said = standing(words)
    assert (said.completed_on_text, said.completed_on) == (written, day)


def test_the_words_are_kept_as_printed():
    assert standing(" Complete (and ongoing) ").text == "Complete (and ongoing)"


def test_parts_have_their_own_statuses_and_the_rest_one_together():
    said = standings_of_parts("Part a) complete. The rest in progress", ["a", "b", "c"])
    assert {label: each.status for label, each in said.items()} == {
        "a": Status.COMPLETE,
        "b": Status.IN_PROGRESS,
        "c": Status.IN_PROGRESS,
    }
    assert (said["a"].text, said["c"].text) == ("Part a) complete.", "The rest in progress")


def test_parts_in_a_row_have_each_their_status():
    said = standings_of_parts("a) Complete May 2012 b) not started", ["a", "b", "c"])
    assert {label: (each.status, each.completed_on) for label, each in said.items()} == {
        "a": (Status.COMPLETE, "2012-05-31"),
        "b": (Status.NOT_STARTED, None),
    }


@pytest.mark.parametrize("words", ["Complete", "x) complete", "See a) complete", None])
def test_nothing_is_said_of_parts_that_are_not_there(words):
    assert standings_of_parts(words, ["a", "b"]) == {}


def test_a_completion_written_in_place_of_the_target_is_a_completion():
    said = completion_in_target("Completed June 2011")
    assert (said.status, said.completed_on) == (Status.COMPLETE, "2011-06-30")


@pytest.mark.parametrize("words", ["June 2011", "Completion June 2011", "Complete", "", None])
def test_other_targets_say_nothing_of_completion(words):
    assert completion_in_target(words).status == Status.UNKNOWN


def test_several_statuses_are_one_only_where_they_agree():
    assert overall([Status.COMPLETE, Status.COMPLETE]) == Status.COMPLETE
    assert overall([Status.COMPLETE, Status.NOT_STARTED]) == Status.IN_PROGRESS
    assert overall([]) == Status.UNKNOWN
