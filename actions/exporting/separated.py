"""Writes a plan as a CSV file that Excel opens rightly: UTF-8 with its mark, and no text that runs as a formula."""

import csv
import io

from actions.exporting import carried
from actions.exporting.table import laid_out
from scr_tracker.spreadsheets import harmless


def separated(plan, about):
    """Return the bytes of a CSV file of a plan: a row for each action."""
    plan = carried.identified(plan)
    table = laid_out(plan, is_flat=True)
    pieces = iter(carried.packed(carried.written(plan, about)))
    lines = [[*(column.heading for column in table.columns), carried.HEADING]]
    lines += [[*(harmless(cell) for cell in row.cells), next(pieces, "")] for row in table.rows]
    lines += [[""] * len(table.columns) + [piece] for piece in pieces]
    return separated_values(lines)


def separated_values(lines):
    """Return the bytes of a CSV file of these lines."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(lines)
    return file.getvalue().encode("utf-8-sig")
