"""The fields in which two versions of a plan are compared: what each side says, and whether that is the same.

What is only written otherwise is the same: "31/05/2012" and "31 May 2012", "1." and "1", two spaces and one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from actions.choices import OwnRating, Status, TargetKind
from actions.exporting.table import UPDATE
from actions.importing.vocabulary import plain, vocabulary
from actions.target_dates import find_dates

#: What is said to be done, by whichever of the two sides.
SAID_TO_BE_DONE = (Status.SUBMITTED, Status.COMPLETE, Status.EMBEDDED)
CELL = "cell:"
#: What an agency was asked for since the last report, which becomes a progress update and stands nowhere else.
REPORT = CELL + UPDATE.heading
RATING = "rating"
#: Columns of which a cell left empty beneath or beside another says the same as that.
DITTO = ("status", "completed_on")


@dataclass(frozen=True)
class Field:
    """A field: its name here and in the columns of a document, its name for people, how it is read and compared.

    ``read`` returns what a part of a plan says in it as plain values; ``words`` tells those to a person, who sees
    beside them what the other side says.
    """

    name: str
    label: str
    read: Callable
    same: Callable
    words: Callable = lambda value, other=None: value or ""
    column: str | None = None


def tidy(text):
    """Return a text with single spaces and without empty lines."""
    lines = (" ".join(line.split()) for line in (text or "").splitlines())
    return "\n".join(filter(None, lines))


def _same_text(ours, theirs):
    return tidy(ours) == tidy(theirs)


def _same_signs_aside(ours, theirs):
    return plain(ours or "") == plain(theirs or "")


def _same_if_said(ours, theirs):
    """Whether a document says nothing else; what stands in headings around a table may well be left out."""
    return not theirs or _same_text(ours, theirs)


def text_field(name, label, column=None, same=_same_text):
    """Return the field of a text."""
    return Field(name, label, lambda part: getattr(part, name) or None, same, column=column)


def _same_target(ours, theirs):
    (our_words, our_day, our_kind), (their_words, their_day, their_kind) = ours, theirs
    if (our_day, our_kind) != (their_day, their_kind):
        return False
    return _same_text(our_words, their_words) or bool(our_day and _only_a_date(our_words) and _only_a_date(their_words))


def _only_a_date(words):
    """Whether words hold a date and nothing besides; no words at all hold nothing besides."""
    for each in find_dates(words):
        words = words.replace(each.words, "")
    return not plain(words or "")


def _target_words(value, other=None):
    words, day, kind = value
    return words or day or ("" if kind == TargetKind.NONE else TargetKind(kind).label)


def same_standing(ours, theirs):
    """Whether a status read in a document says no other than ours does: whether it is signed off is ours to say."""
    return ours == theirs or (theirs in (Status.SUBMITTED, Status.COMPLETE) and ours in SAID_TO_BE_DONE)


def _same_status(ours, theirs):
    (our_words, our_status), (their_words, their_status) = ours, theirs
    if _same_text(our_words, their_words):
        return their_status == Status.UNKNOWN or same_standing(our_status, their_status)
    if their_status == Status.UNKNOWN:
        return not plain(their_words or "") and not plain(our_words or "")
    return same_standing(our_status, their_status) and _only_the_label(their_words)


def _only_the_label(words):
    return plain(words or "") in {plain(status.label) for status in Status}


def _status_words(value, other=None):
    """Tell a status by its words; where these do not say it, by its name, and by its words if they are others."""
    words, status = value
    label = "" if status == Status.UNKNOWN else Status(status).label
    if not words or (other and _same_text(words, other[0])):
        return label
    return words if plain(label) in plain(words) else f"{label} (printed: {words})"


def _same_lead(ours, theirs):
    (our_words, our_names), (their_words, their_names) = ours, theirs
    return _same_text(our_words, their_words) or list(our_names) == list(their_names)


def _same_completion(ours, theirs):
    (our_words, our_day), (their_words, their_day) = ours, theirs
    if not (their_words or their_day):
        return not our_words
    return our_day == their_day and (not our_words or _same_text(our_words, their_words) or bool(our_day))


SECTION = (
    text_field("title", "Title"),
    text_field("number", "Number", same=_same_signs_aside),
    text_field("header_text", "Heading of the table", same=_same_if_said),
    text_field("agency", "Agency", same=_same_signs_aside),
)

RECOMMENDATION = (
    text_field("number", "Number", same=_same_signs_aside),
    text_field("number_printed", "Number as printed", same=_same_signs_aside),
    text_field("text", "Recommendation"),
    text_field("source_or_type", "Where it comes from", same=_same_if_said),
    text_field("practice_type", "New practice or reminder", same=_same_if_said),
    text_field("intended_outcome", "Intended outcome", "intended_outcome"),
    text_field("response", "Response", "response"),
    text_field("action_intro", "Lead-in to the actions"),
    text_field("target_date_text", "By when, for all actions", "target_date"),
    text_field("lead_text", "Lead, for all actions", "lead"),
    text_field("evidence_expected", "Evidence expected", "evidence_expected"),
    text_field("status_text", "Status, for all actions", "status"),
    text_field("progress_text", "Progress, for all actions", "progress"),
    text_field("completion_evidence", "What was done, with evidence", "completion_evidence"),
)

ACTION = (
    text_field("label", "Label", "label", same=_same_signs_aside),
    text_field("text", "Action"),
    text_field("intended_outcome", "Intended outcome", "intended_outcome"),
    Field(
        "target_date",
        "By when",
        lambda part: [part.target_date_text, part.target_date_iso, part.date_kind],
        _same_target,
        _target_words,
        "target_date",
    ),
    Field(
        "lead",
        "Lead",
        lambda part: [part.lead_text, list(part.leads)],
        _same_lead,
        lambda value, other=None: value[0] or ", ".join(value[1]),
        "lead",
    ),
    text_field("evidence_expected", "Evidence expected", "evidence_expected"),
    Field("status", "Status", lambda part: [part.status_text, part.status], _same_status, _status_words, "status"),
    Field(
        "completed_on",
        "Completed on",
        lambda part: [part.completed_on_text, part.completed_on_iso],
        _same_completion,
        lambda value, other=None: value[0] or value[1] or "",
        "completed_on",
    ),
    text_field("completion_evidence", "What was done, with evidence", "completion_evidence"),
    Field(
        RATING,
        "Lead’s own rating",
        lambda part: part.rating_text or part.as_printed.get(RATING) or None,
        _same_signs_aside,
        column="rating",
    ),
)

PLAN = (
    text_field("title", "Title of the plan", same=_same_if_said),
    text_field("notes", "Notes around the plan", same=_same_if_said),
)

FIELDS = {"plan": PLAN, "section": SECTION, "recommendation": RECOMMENDATION, "action": ACTION}


def fields_of(level, *parts):
    """Return the fields in which parts of a plan are compared: those of their level, and the further columns.

    A column that names the section says where a part stands, which is compared already.
    """
    headings = dict.fromkeys(
        heading for part in parts for heading in getattr(part, "as_printed", ()) if heading != RATING
    )
    sections = vocabulary()["columns"]["section"]
    return (*FIELDS[level], *(cell_field(heading) for heading in headings if plain(heading) not in sections))


def cell_field(heading):
    """Return the field of a column that is kept as printed, under its heading."""
    return Field(CELL + heading, heading, lambda part: part.as_printed.get(heading) or None, _same_text, column=heading)


def own_rating_in(text):
    """Return the lead's own rating that a cell gives, or nothing."""
    first = plain(text or "").split(" ")[0]
    return next((rating.value for rating in OwnRating if first in (rating.value, rating.value[0])), "")


def is_note(name):
    """Whether a field holds what was done so far, which is told on the timeline besides."""
    if name in ("completion_evidence", "progress_text"):
        return True
    heading = name.removeprefix(CELL)
    return name == REPORT or heading != name and plain(heading) in vocabulary()["columns"]["progress"]


def silent_columns(plan):
    """Return a test whether a document says nothing of a field because it has no column for it."""
    has = {name for column in plan.columns for name in (column.field, column.heading)}
    said = {
        field.column
        for level, parts in (("recommendation", plan.recommendations), ("action", plan.actions))
        for part in parts
        for field in fields_of(level, part)
        if field.column and any(_flat(field.read(part)))
    }

    def is_silent(field):
        return bool(field.column and plan.columns) and field.column not in has | said

    return is_silent


def _flat(value):
    """Yield what a field says, the words for saying nothing aside."""
    for each in value if isinstance(value, list) else [value]:
        if each and each not in (TargetKind.NONE, Status.UNKNOWN):
            yield each


def lines_of(value):
    """Return the lines of a text, as a set of plain words, by which texts that are laid out otherwise are compared."""
    return {plain(line) for line in re.split(r"\n+", value or "") if plain(line)}
