"""What a rating in a plan means: letters, words, signs and colours, by the plan's own key where it has one."""

import pytest

from actions.importing.document import Cell, Paragraph, Place, Row
from actions.importing.plan import PlanKey
from actions.importing.ratings import colour_called, key_in_line, key_in_rows, rating_named

KEY = PlanKey("Key", ("★ – Finished", "▲ – Slipping (amber)", "▼ – Overdue", "1 – On track"))


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("R", "red"),
        ("Amber", "amber"),
        ("yellow", "amber"),
        ("G", "green"),
        ("BLUE", "blue"),
        ("🔴", "red"),
        ("On track", "green"),
        ("Overdue", "red"),
        ("", None),
        (None, None),
        ("Not rated", None),
        ("Red team to meet the green team", None),
        ("x", None),
    ],
)
def test_what_is_beyond_doubt_is_a_rating(text, rating):
    assert rating_named(text) == rating


@pytest.mark.parametrize(("text", "rating"), [("★", "blue"), ("▲", "amber"), ("▼", "red"), ("1", "green"), ("2", None)])
def test_a_key_says_what_its_signs_mean(text, rating):
    assert rating_named(text, [KEY]) == rating


@pytest.mark.parametrize(
    ("fill", "name"),
    [
        ("FF0000", "red"),
        ("C00000", "red"),
        ("FFC000", "amber"),
        ("FFFF00", "amber"),
        ("ED7D31", "amber"),
        ("00B050", "green"),
        ("92D050", "green"),
        ("0070C0", "blue"),
        ("7F7F7F", "grey"),
        ("FFFFFF", None),
        ("000000", None),
        ("7030A0", None),
        (None, None),
        ("auto", None),
        ("zzzzzz", None),
    ],
)
def test_a_colour_is_known_by_its_hue(fill, name):
    assert colour_called(fill) == name


@pytest.mark.parametrize(
    "line",
    ["Key: R = overdue; A = slipping; G = on track", "RAG: R: overdue, A: slipping, G: on track"],
)
def test_a_key_may_be_one_line(line):
    assert key_in_line(line).items == ("R – overdue", "A – slipping", "G – on track")


@pytest.mark.parametrize("line", ["Key people: the panel", "Time: 10, Place: Hall, Chair: A. Person", "R = red"])
def test_another_line_is_no_key(line):
    assert key_in_line(line) is None


def test_a_key_of_colours_names_them_only_if_they_are_ratings():
    def rows(*cells):
        return [Row((Place(Cell((Paragraph(text),), fill)),), "") for text, fill in cells]

    ratings = key_in_rows(rows(("Finished", "0070C0"), ("Overdue", "FF0000")), "Key")
    assert ratings.key.items == ("Blue – Finished", "Red – Overdue")
    sources = key_in_rows(rows(("Overview report", "0070C0"), ("Schools' review", "FF0000")), "Key")
    assert sources.key.items == ("Overview report", "Schools' review")
    assert sources.colours == {"0070C0": "Overview report", "FF0000": "Schools' review"}
