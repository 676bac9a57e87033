"""What might identify somebody is found before anything is published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.reports.personal import findings, is_nhs_number


def found_in(text, **known):
    return [(each.kind, each.words) for each in findings([("Response 1", text)], **known)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Send it to ann.lee@trust.example by Friday.", "email", "ann.lee@trust.example"),
        ("The child (DOB 03/04/2011) was seen.", "birth", "DOB 03/04/2011"),
        ("She was born on 3rd April 2011 in the town.", "birth", "born on 3rd April 2011"),
        ("Number 943 476 5919 was on the form.", "nhs_number", "943 476 5919"),
        ("Number 9434765919 was on the form.", "nhs_number", "9434765919"),
        ("Ring 01632 960 983 for the duty desk.", "telephone", "01632 960 983"),
        ("Ring +44 7700 900 123 at night.", "telephone", "+44 7700 900 123"),
        ("The home at ZZ9 4QQ was visited.", "postcode", "ZZ9 4QQ"),
        ("Dr Okonkwo-Łódź will write the protocol.", "name", "Dr Okonkwo-Łódź"),
        ("To be agreed by Mrs A. Vance before March.", "name", "Mrs A. Vance"),
        ("Designated Nurse and HW will lead.", "initials", "HW"),
        ("Checked by P. K. in June.", "initials", "P. K."),
    ],
)
def test_finds(text, kind, words):
    assert found_in(text) == [(kind, words)]


@pytest.mark.parametrize(
    "text",
    [
        "The LSCB and the NHS will audit ten cases by 31 May 2012.",
        "Complete by 31/03/2013.",
        "An order number 1234567890 is no NHS number.",
        "The GP, the IRO and the LADO meet in MASH.",
        "POLICE IN WYVERNSHIRE WILL DO SO",
        "A child was seen at 10 AM.",
    ],
)
def test_leaves_alone(text):
    assert found_in(text) == []


def test_knows_the_people_of_the_tracker():
    assert found_in("As siân rhydderch said, it is done.", names=["Siân Rhydderch"]) == [("name", "siân rhydderch")]


def test_knows_the_short_names_of_agencies():
    assert found_in("WPT and HW agreed.", known_capitals=["WPT"]) == [("initials", "HW")]


def test_says_where_and_with_which_words_around():
    text = "The policy was written and then, after a good deal of thought, agreed with HW in the spring of that year."
    [finding] = findings([("Response 4", text)])
    assert finding.where == "Response 4"
    assert finding.around == "…ter a good deal of thought, agreed with HW in the spring of that year."


def test_a_clearance_does_not_hold_for_other_words_around():
    [first] = findings([("Response 4", "Agreed with HW.")])
    [second] = findings([("Response 4", "Agreed with HW and the mother.")])
    assert first.key != second.key


@given(st.integers(0, 999_999_999))
def test_an_nhs_number_with_one_digit_changed_is_none(body):
    numbers = [number for number in (f"{body:09d}{check}" for check in range(10)) if is_nhs_number(number)]
    assert len(numbers) <= 1


@given(st.text(max_size=300))
def test_any_text_is_searched_without_trouble(text):
    for each in findings([("anywhere", text)], names=["Ann Lee"]):
        assert each.words in text
