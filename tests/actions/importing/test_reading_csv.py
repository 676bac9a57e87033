"""What is read in CSV files, whatever separates their values and however they are encoded."""

import pytest

from .documents import document_in, separated

ROWS = [
    ["No", "Recommendation", "Action"],
    ["1", "Listen – always", "Ask, then; wait | write"],
    ["2", "Café visits", "Go"],
]


def texts_in(content, name="plan.csv"):
    [table] = document_in(content, name).tables
    return [[place.cell.text for place in row.places] for row in table.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_separator_and_any_usual_encoding_is_understood(delimiter, encoding):
    assert texts_in(separated(ROWS, delimiter, encoding)) == ROWS


def test_a_quoted_cell_may_have_lines_and_rows_say_on_which_line_they_begin():
    content = b'Recommendation,Action\r\n"One","First task\r\nSecond task"\r\nTwo,Third task\r\n'
    [table] = document_in(content, "plan.csv").tables
    assert [row.where for row in table.rows] == ["line 1", "line 2", "line 4"]
    assert [each.text for each in table.rows[1].places[1].cell.paragraphs] == ["First task", "Second task"]


def test_ragged_rows_are_filled_up():
    assert texts_in(b"a,b,c\nd\ne,f\n") == [["a", "b", "c"], ["d", "", ""], ["e", "f", ""]]


def test_one_column_is_a_table_too():
    assert texts_in(b"only\nthese\n") == [["only"], ["these"]]
