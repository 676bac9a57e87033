"""What a column holds by what stands in it, where its heading does not say."""

import re

from actions.choices import Status
from actions.importing.ratings import colour_called, rating_named
from actions.importing.statuses import standing
from actions.importing.vocabulary import first_phrase, plain, vocabulary
from actions.target_dates import parse_target_date

#: How many of its cells must agree for a column to have a meaning, and how many it must have.
MOST, LEAST_CELLS = 0.7, 2
NUMBER = re.compile(r"[A-Z]{0,3}\d{1,3}(?:\.\d{1,3})*[a-z]?[.)]?")
SHORT, LONG = 6, 3


def meanings_by_content(columns, known):
    """Return {place: field} for columns of cells; a field that another column has already is not given again."""
    found, free = {}, [*columns]
    for field, is_one in TESTS.items():
        if field in known:
            continue
        for place in free:
            cells = [cell for cell in columns[place] if not cell.is_blank or cell.fill]
            if len(cells) >= LEAST_CELLS and sum(map(is_one, cells)) >= MOST * len(cells):
                found[place] = field
                free.remove(place)
                break
    return found | _texts({place: columns[place] for place in free}, known)


def _texts(columns, known):
    """Return which columns of longer texts hold recommendations and actions: the recommendations stand first."""
    wanted = [field for field in ("recommendation", "action") if field not in known]
    least = LONG if len(wanted) == 2 else LONG - 1
    long = []
    for place in sorted(columns):
        words = [len(plain(cell.text).split()) for cell in columns[place] if not cell.is_blank]
        if len(words) >= LEAST_CELLS and sum(words) >= least * len(words):
            long.append(place)
    if len(wanted) == 2 and len(long) < 2:
        wanted = ["action"]
    return dict(zip(long, wanted, strict=False))


def _is_date(cell):
    target = parse_target_date(cell.text)
    return cell.day is not None or (len(plain(cell.text).split()) <= 2 * SHORT and target.kind != "none")


def _is_status(cell):
    return len(plain(cell.text).split()) <= 2 * SHORT and standing(cell.text).status != Status.UNKNOWN


def _is_rating(cell):
    return rating_named(cell.text) is not None if cell.text else colour_called(cell.fill) is not None


def _is_lead(cell):
    posts = vocabulary()["leads"]["posts"]
    return len(plain(cell.text).split()) <= SHORT and bool(first_phrase(plain(cell.text), posts))


def _is_number(cell):
    return bool(NUMBER.fullmatch(cell.text))


#: In the order in which columns are looked at: what is surer comes first.
TESTS = {
    "rating": _is_rating,
    "target_date": _is_date,
    "status": _is_status,
    "number": _is_number,
    "lead": _is_lead,
}
