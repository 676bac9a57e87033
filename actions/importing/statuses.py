"""What the words of a plan say about where an action stands. Words that say nothing known stay "unknown"."""

import re
from dataclasses import dataclass

from actions.choices import Status
from actions.importing.vocabulary import begins_with, first_phrase, plain, vocabulary
from actions.target_dates import find_dates

SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n+")
PERCENT = re.compile(r"\s*(\d{1,3})\s?%")
#: A part and what is said of it: "Part a) complete", "b) - in progress".
PART = re.compile(
    r"(?:^|(?<=[\s;,.]))(?:(?:part|action|task|point)s?\s+)?\(?([a-z]|[ivx]{2,4}|\d{1,2})\)\s*[-–:]?\s*", re.I
)
NOT_A_COMPLETION = re.compile(r"\b(?:review|due|by|until|from|for|next|see)\b[^.;]*$", re.I)
MOST_WORDS_OF_A_PART = 5


@dataclass(frozen=True)
class Standing:
    """What is said of an action: its status, and when it was completed, as written and as a date."""

    status: Status = Status.UNKNOWN
    text: str | None = None
    completed_on_text: str | None = None
    completed_on: str | None = None
    is_partial: bool = False


def standing(text):
    """Return what a text says of one action."""
    text = (text or "").strip()
    status, is_partial = _status(text)
    if status != Status.COMPLETE:
        return Standing(status, text or None, is_partial=is_partial)
    words, day = _completion(text)
    return Standing(status, text, words, day)


def completion_in_target(words):
    """Return what "Completed June 2011", written where the target date belongs, says of an action."""
    if begins_with(plain(words or ""), ["completed", "complete"]) and find_dates(words):
        return standing(words)
    return Standing(text=words)


def standings_of_parts(text, labels):
    """Return what is said of each labelled part, for "Part a) complete. The rest in progress"; else nothing."""
    parts = list(PART.finditer(text or ""))
    named = [each.group(1).lower() for each in parts]
    if not parts or not set(named) <= set(labels) or _says_something(text[: parts[0].start()]):
        return {}
    ends = [each.start() for each in parts[1:]] + [len(text)]
    said, rest = {}, None
    for label, part, end in zip(named, parts, ends, strict=True):
        first, *others = SENTENCE.split(text[part.end() : end].strip())
        for other in others:
            if match := begins_with(plain(other), vocabulary()["status_words"]["the_rest"]):
                status, _ = _status(plain(other)[match.end() :].strip())
                rest = Standing(status, other.strip())
            else:
                first = f"{first} {other}"
        whole = standing(first)
        shown = text[part.start() : part.end() + len(first)].strip()
        said[label] = Standing(whole.status, shown, whole.completed_on_text, whole.completed_on)
    return said | {label: rest for label in labels if rest and label not in said}


def overall(statuses):
    """Return the one status of several: theirs if they agree, else "in progress" where anything is known."""
    known = set(statuses)
    if len(known) == 1:
        return known.pop()
    return Status.UNKNOWN if not known else Status.IN_PROGRESS


def _status(text):
    """Return the status a text names, and whether it does so only for a part ("Training complete")."""
    if percent := PERCENT.match(text):
        done = int(percent.group(1))
        return (Status.COMPLETE if done == 100 else Status.IN_PROGRESS if done else Status.NOT_STARTED), False
    sentences = [each for each in SENTENCE.split(text) if plain(each)]
    if not sentences:
        return Status.UNKNOWN, False
    words = vocabulary()["status_words"]
    opening = _without_fillers(plain(sentences[0]), words["before"])
    for status, phrases in vocabulary()["status"].items():
        if match := begins_with(opening, phrases["at_the_start"]):
            if any(_begins_longer(opening, other, match) for other in vocabulary()["status"].values()):
                continue
            narrowed = begins_with(opening[match.end() :].strip(), words["narrowing"])
            if status == Status.COMPLETE and narrowed:
                return Status.IN_PROGRESS, True
            return Status(status), False
    for sentence in sentences:
        for status, phrases in vocabulary()["status"].items():
            if first_phrase(plain(sentence), phrases.get("anywhere", ["\0"])):
                return Status(status), False
    return (Status.IN_PROGRESS, True) if _names_a_part(opening) else (Status.UNKNOWN, False)


def _begins_longer(opening, phrases, match):
    """Whether another status has a longer phrase at the same place: "complete" in "complete and ongoing" has not."""
    other = begins_with(opening, phrases["at_the_start"])
    return bool(other) and other.end() > match.end()


def _without_fillers(text, fillers):
    while match := begins_with(text, fillers):
        text = text[match.end() :].strip()
    return text


def _names_a_part(opening):
    """Whether a few words end in "complete": what they name is complete, and no more is said to be."""
    words = opening.split()
    ends = begins_with(words[-1], ["complete", "completed"]) if words else None
    negated = {"to", "be", "not", "until", "when", "once", "if", "will"} & set(words)
    return bool(ends) and 1 < len(words) <= MOST_WORDS_OF_A_PART and not negated


def _completion(text):
    """Return the date of completion as written and as a date: in the first sentence, or a sentence by itself."""
    first, *others = SENTENCE.split(text)
    for sentence in [first, *(each for each in others if not _says_something(_without_dates(each)))]:
        dates = find_dates(sentence)
        if dates and not NOT_A_COMPLETION.search(sentence[: sentence.index(dates[0].words)]):
            return dates[0].words, dates[0].date.isoformat()
    return None, None


def _without_dates(text):
    for each in find_dates(text):
        text = text.replace(each.words, "")
    return text


def _says_something(text):
    return bool(plain(text))
