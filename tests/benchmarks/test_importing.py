"""What importing a Word document costs, beside python-docx walking all its cells."""

import docx
import pytest

from actions.importing.losses import lost_words
from actions.importing.read import read
from actions.importing.recognise import recognise

from .results import Stopwatch

pytestmark = pytest.mark.benchmark

#: How many times longer reading and recognising may take than walking the cells, and how often both are done.
AT_MOST, ROUNDS = 3.0, 9


def walk(path):
    """Look at the text of every cell as python-docx gives it."""
    return sum(len(cell.text) for table in docx.Document(path).tables for row in table.rows for cell in row.cells)


def test_what_importing_a_word_document_costs(shared_plans, results):
    path = shared_plans / "documents" / "WM.docx"
    watch = Stopwatch()
    for _ in range(ROUNDS):
        watch.time("walk", lambda: walk(str(path)))
        watch.time("read", lambda: read(path))
        watch.time("import", lambda: recognise(read(path)))
        watch.time("all", lambda: lost_words(document := read(path), recognise(document).plan))
    ratios = {name: watch.ratio(name, "walk") for name in ("read", "import", "all")}
    results.add(
        "Importing WM.docx: times python-docx walking all its cells",
        ["", "ms", "times", "at most"],
        [
            ["walking all cells", f"{watch.milliseconds('walk'):.0f}", 1.0, ""],
            ["reading", f"{watch.milliseconds('read'):.0f}", ratios["read"], ""],
            ["reading and recognising", f"{watch.milliseconds('import'):.0f}", ratios["import"], AT_MOST],
            ["and counting what is lost", f"{watch.milliseconds('all'):.0f}", ratios["all"], ""],
        ],
    )
    assert ratios["import"] < AT_MOST
