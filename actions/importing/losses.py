"""Counts the words of a document that ended up nowhere in the plan recognised in it, so that none is lost unseen.

Every occurrence counts: a word that stands three times in a recommendation's rows must stand three times in what
was made of them, or else in the titles, keys and notes of the plan. What a row only says again counts once: the
recommendation that a spreadsheet repeats beside each of its actions, and the labels by which neighbouring cells
name the actions.
"""

import re
from collections import Counter
from dataclasses import dataclass, field, fields
from itertools import takewhile

from actions.importing.document import Document, Heading, Table
from actions.importing.forms import find_plan
from actions.importing.lists import label_of, line_by_line
from actions.importing.plan import Plan
from actions.importing.vocabulary import plain

#: The number of a heading: "1.1.1. Response".
OUTLINE_NUMBER = re.compile(r"^\s*\d[\d.]*[.)]?\s+")
#: What was read from other fields and is no word of the document by itself.
READ_FROM_OTHERS = {
    "where",
    "practice_type",
    "target_date_iso",
    "date_kind",
    "status",
    "completed_on_iso",
    "rating",
    "identity",
}
#: Fields whose words may be a part of those of another.
HOLDS = {"completed_on_text": ("status_text", "target_date_text"), "number": ("number_printed",)}


@dataclass(frozen=True)
class Loss:
    """Words that the plan does not hold, in their order, and where in the document they stand.

    ``kind``: "head" for headings of columns and names of sheets said again, "footer" for what stands in the
    margins of pages, "cover" for lines above the plan, and "lost" for everything else.
    """

    where: str
    text: str
    kind: str

    def __str__(self):
        return f"{self.where}: “{self.text}” ({self.kind})"


@dataclass
class _Line:
    """A line of the document and where it stands; ``missing`` are those of its words that were not found yet.

    ``labels`` are those with which its paragraphs begin, ``above`` is the cell above it in its
    column, and ``top`` the first of that column.
    """

    where: str
    row: str
    text: str
    kind: str
    missing: list[str]
    labels: list[str] = field(default_factory=list)
    above: "_Line | None" = None
    top: "_Line | None" = None


def lost_words(document: Document, plan: Plan) -> tuple[Loss, ...]:
    """Return the words of a document that are nowhere in a plan."""
    lines = list(_lines(document))
    headings = {plain(text) for text in _headings(document, plan)}
    _look_for(lines, plan, headings)
    lines_above = {id(line) for line in _above_the_plan(lines, plan)}
    return tuple(
        Loss(line.where, " ".join(line.missing), _kind(line, headings, id(line) in lines_above))
        for line in lines
        if line.missing
    )


def _above_the_plan(lines, plan):
    begins = {each.where for each in plan.recommendations}
    return takewhile(lambda line: line.row not in begins, lines)


def _kind(line, headings, is_above):
    if line.kind in ("head", "footer"):
        return line.kind
    if _is_heading(line, headings) or _are_headings(line.missing, headings):
        return "head"
    return "cover" if is_above and line.kind == "paragraph" else "lost"


def _are_headings(words, headings):
    """Whether words are nothing but headings one after the other, as in "Lead: … By when: …"."""
    if not words:
        return True
    lengths = (length for length in range(len(words), 0, -1) if " ".join(words[:length]) in headings)
    return any(_are_headings(words[length:], headings) for length in lengths)


def _look_for(lines, plan, headings):
    """Take each word out of the recommendation in whose place it stands, and else out of what is around them all."""
    pools, around = {}, Counter(_words(_texts_around(plan)))
    said = {plain(text) for text in _all_texts(plan)}
    columns = {column.field for column in plan.columns}
    for recommendation in plan.recommendations:
        pool = _pool(recommendation, columns)
        if not recommendation.where:
            around.update(pool)
        places = dict.fromkeys(each.where for each in (recommendation, *recommendation.actions))
        for where in places:
            labels = {(action.label or "").lower() for action in recommendation.actions}
            pools.setdefault(where, []).append((pool, labels))
    recommended = {plain(text) for each in plan.recommendations for text in (each.text, _with_number(each))}
    first_in_column, said_again = {}, {}
    for line in lines:
        first = first_in_column.setdefault((id(line.top or line), plain(line.text)), line)
        if first is not line and plain(line.text) in recommended:
            said_again.setdefault(line.row, first)
    current, scopes = [], {}
    for line in lines:
        first = said_again.get(line.row)
        current = pools.get(line.row) or (scopes[id(first)] if first else current)
        scopes[id(line)] = current

    def is_said_above(line):
        above, text = line.above, plain(line.text)
        if above is not None and plain(above.text) == text and _share(scopes[id(above)], scopes[id(line)]):
            return True
        return text in recommended and first_in_column[id(line.top or line), text] is not line

    def turn(line):
        is_repetition = line.kind == "head" or _is_heading(line, headings) or is_said_above(line)
        return is_repetition, plain(line.text) not in said

    for line in sorted(lines, key=turn):
        scope = [] if _is_heading(line, headings) else scopes[id(line)]
        _pass_over_labels(line, scope)
        for pool in (*(words for words, _ in scope), around):
            _take(line, pool)
        if is_said_above(line) and plain(line.text) in said:
            line.missing = []


def _is_heading(line, headings):
    return plain(line.text) in headings or plain(OUTLINE_NUMBER.sub("", line.text)) in headings


def _share(scope, other):
    return any(pool is another for pool, _ in scope for another, _ in other)


def _pass_over_labels(line, scope):
    """Labels by which a cell names actions of the recommendation are theirs already."""
    known = {label for _, labels in scope for label in labels}
    for label in line.labels:
        if label in known and label in line.missing:
            line.missing.remove(label)


def _take(line, pool):
    """Take the words of a line out of a pool; those that are not in it stay missing."""
    missing = []
    for word in line.missing:
        if pool[word] > 0:
            pool[word] -= 1
        else:
            missing.append(word)
    line.missing = missing


def _lines(document):
    """Yield each line of a document once: of its blocks in their order, and of its margins."""
    for block in document.blocks:
        if isinstance(block, Table):
            yield from _cells(block)
        elif block.text.strip():
            is_sheet_name = isinstance(block, Heading) and block.is_sheet_name
            yield _line(block.where, block.where, block.text, "head" if is_sheet_name else "paragraph")
    for each in document.margins:
        yield _line(each.where, each.where, each.text, "footer")


def _cells(table):
    above = {}
    for row in table.rows:
        for place, each in enumerate(row.places, start=1):
            if each.from_above or each.from_left or each.cell.is_blank:
                continue
            line = _line(f"{row.where}, column {place}", row.where, each.cell.text, "cell")
            line.labels = list(filter(None, map(label_of, line_by_line(each.cell.paragraphs))))
            line.above = above.get(place)
            line.top = line.above and (line.above.top or line.above)
            above[place] = line
            yield line


def _line(where, row, text, kind):
    return _Line(where, row, text, kind, plain(text).split())


def _headings(document, plan):
    """Yield each heading of a column in the tables of a plan, and each title of a part of it."""
    yield from (column.heading for column in plan.columns)
    yield from (plan.title or "", plan.partnership or "")
    for section in plan.sections:
        yield from (section.title, f"{section.number} {section.title}", section.header_text or "", section.agency or "")
    for table in document.tables:
        if found := find_plan(table):
            yield from (column.heading for column in found.header.columns)
            yield from (cell.text for cell in found.row.cells)
            yield from found.over


def _all_texts(plan):
    yield from (text for text in _texts_around(plan) if text)
    for recommendation in plan.recommendations:
        yield _with_number(recommendation)
        for made in (recommendation, *recommendation.actions):
            yield from (text for _, text in _texts(made))


def _texts_around(plan):
    """Yield every text of a plan that belongs to no single recommendation."""
    yield from (plan.title, plan.partnership, plan.notes)
    for column in plan.columns:
        yield column.heading
    for key in plan.keys:
        yield from (key.heading, *key.items)
    for section in plan.sections:
        yield section.number
        yield section.header_text if plain(section.title) in plain(section.header_text or "") else section.title


def _pool(recommendation, columns):
    """Return the words that a recommendation and its actions keep; a status read from progress counts once."""
    pool = Counter()
    progress = "" if "status" in columns else recommendation.progress_text or ""
    for made in (recommendation, *recommendation.actions):
        for name, text in _texts(made):
            is_said_already = name == "status_text" and text in progress
            if not is_said_already and (name != "source_or_type" or "source" in columns):
                pool.update(plain(text).split())
    return pool


def _texts(made):
    """Yield the name and text of each field in which a recommendation or an action keeps what is printed."""
    for each in fields(made):
        value = getattr(made, each.name)
        if each.name == "as_printed":
            yield from value.items()
        elif isinstance(value, str) and value and each.name not in READ_FROM_OTHERS:
            is_within = any(value in (getattr(made, name, None) or "") for name in HOLDS.get(each.name, ()))
            if not is_within:
                yield each.name, value


def _words(texts):
    return (word for text in texts if text for word in plain(text).split())


def _with_number(recommendation):
    return f"{recommendation.number_printed or recommendation.number or ''} {recommendation.text}"
