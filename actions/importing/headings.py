"""What the headings of a document's tables were taken for, for a person to look at and put right."""

from dataclasses import dataclass

from actions.importing.vocabulary import plain

MOST_EXAMPLES = 3
LONGEST_EXAMPLE = 120

#: What a column may mean, in the words of the page.
MEANINGS = {
    "number": "Number of the recommendation",
    "section": "Section of the plan",
    "recommendation": "Recommendation",
    "label": "Number of the action",
    "action": "Action",
    "target_date": "By when",
    "completed_on": "Date completed",
    "lead": "Lead",
    "intended_outcome": "Intended outcome",
    "evidence_expected": "Evidence expected",
    "completion_evidence": "What was done, with evidence",
    "status": "Status",
    "rating": "Rating",
    "progress": "Progress",
    "response": "Response",
    "source": "Where the recommendation comes from",
}


@dataclass(frozen=True)
class FoundHeading:
    """A heading, what it was taken for (None: kept as printed), where it first stands, and what stands under it."""

    heading: str
    field: str | None
    where: str
    examples: tuple[str, ...] = ()


def headings_of(groups):
    """Return every heading over rows of a plan, each once, in the order of the document."""
    found = {}
    for group in groups:
        for column in group.header.columns:
            first = found.setdefault(plain(column.heading), (column, group.where, []))
            if len(first[2]) < MOST_EXAMPLES:
                cells = (place.cell.text for place in group.places(column) if not place.from_above)
                first[2].extend(_short(text) for text in cells if text)
    return tuple(
        FoundHeading(column.heading, column.field, where, tuple(dict.fromkeys(examples))[:MOST_EXAMPLES])
        for column, where, examples in found.values()
    )


def _short(text):
    text = " / ".join(text.split("\n"))
    return text if len(text) <= LONGEST_EXAMPLE else f"{text[: LONGEST_EXAMPLE - 1]}…"
