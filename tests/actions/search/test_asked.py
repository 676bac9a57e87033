"""What a person may type, and what is made of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.search import asked


def terms(text):
    return [str(term) for term in asked.read(text).terms]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Neglect supervision", ["neglect", "supervision"]),
        ('"voice of the child"', ["“voice of the child”"]),
        ("“voice of the child” police", ["“voice of the child”", "police"]),
        ("training -online", ["training", "-online"]),
        ('training -"on line"', ["training", "-“on line”"]),
        ("0319/12", ["“0319 12”"]),
        ("58a)", ["58a"]),
        ("multi-agency", ["“multi agency”"]),
        ("the supervision of staff", ["supervision", "staff"]),
        ('unclosed "quote here', ["unclosed", "“quote here”"]),
        ("Siân", ["siân"]),
        ("police\0force", ["police", "force"]),
    ],
)
def test_words_phrases_and_numbers_are_read_as_meant(text, read):
    assert terms(text) == read


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        *((text, asked.EMPTY) for text in ("", " ", '"', '""', "%", "\0", "🙂", "-", "--", "'", "_")),
        ("x", asked.TOO_SHORT),
        ("-police", asked.ONLY_EXCLUDED),
        ("the", "“the” stands almost everywhere. Add a word that says more."),
        ("x" * 10_000, asked.TOO_LONG),
    ],
)
def test_what_cannot_be_looked_for_gets_a_sentence(text, problem):
    question = asked.read(text)
    assert not question
    assert question.problem == problem


def test_a_figure_is_enough():
    assert asked.read("7")


def test_the_last_word_goes_on_unless_it_is_a_number_or_in_quotes():
    assert asked.read("police superv").terms[-1].goes_on
    for text in ("police 58", 'police "superv"', "police -superv", "po"):
        assert not asked.read(text).terms[-1].goes_on, text


@given(st.text(max_size=60))
def test_anything_is_read_without_an_error(text):
    question = asked.read(text)
    assert question.problem or question.included
