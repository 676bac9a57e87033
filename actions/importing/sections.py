"""The parts of a plan: their numbers, titles and agencies, from the headings above tables and rows within them."""

import re
from dataclasses import dataclass, replace

from actions.importing.vocabulary import agency_named_in, is_phrase, plain, sentence_case, vocabulary

NUMBER = re.compile(
    r"\s*(?:(?:section|part|theme|priority|area|objective|strand|chapter)\s+)?(\d{1,3}(?:\.\d{1,3})*|[A-Z](?=[.):]))[.):]?\s+(?=\S)",
    re.I,
)
#: What says of itself that it is a recommendation: "Recommendation 3: …", "Finding 2".
SAYS_SO = re.compile(r"\s*(?:recommendation|finding|learning point|lesson)\s*(?:no\.?|number)?\s*\d", re.I)
LONGEST_TITLE = 25
MOST_WORDS_OF_A_PLAIN_TITLE = 9


@dataclass(frozen=True)
class Part:
    """Which part of a plan rows belong to. ``above``: the headings further up, which say where it comes from."""

    title: str
    number: str | None = None
    header_text: str | None = None
    agency: str | None = None
    above: tuple[str, ...] = ()

    @property
    def printed(self):
        """The title with its number."""
        return f"{self.number} {self.title}" if self.number else self.title

    @property
    def key(self):
        """What makes two parts the same one."""
        return (self.number, plain(self.title))


def part_called(title, above=()):
    """Return the part of a plan with this title: "3. Fire Service Actions"."""
    title = " ".join(title.split()).rstrip(":").strip()
    number = NUMBER.match(title)
    name = title[number.end() :] if number else title
    label, colon, agency = name.partition(":")
    if colon and agency.strip() and is_phrase(plain(label), vocabulary()["sections"]["label_of_agency"]):
        return Part(
            agency.strip(), number and number.group(1), agency=sentence_case(agency.strip()), above=tuple(above)
        )
    return Part(
        title=name or title,
        number=number.group(1) if number and name else None,
        agency=agency_named_in(name or title),
        above=tuple(above),
    )


def part_of_owner(header, above=()):
    """Return the part of a plan whose table says in its header whose recommendations it holds."""
    part = part_called(header.owner, above)
    is_title = plain(header.owner).endswith(("recommendations", "recs"))
    agency = part.agency if is_title else sentence_case(part.title)
    return replace(part, header_text=header.owner_text, agency=agency)


def title_in_row(row, header):
    """Return the title that a row of a table is, or None for a row of the plan.

    It is one text across the whole table, or one by itself where the table has numbers, or one bold and short.
    """
    cells = row.cells
    texts = [cell for cell in cells if not cell.is_blank]
    if len(texts) != 1 or any(place.from_above for place in row.places):
        return None
    [cell] = texts
    if len(plain(cell.text).split()) > LONGEST_TITLE or "\n" in cell.text:
        return None
    if len(cells) == 1 and len(row.places) > 1:
        return cell.text
    place = next(place for place, each in enumerate(row.places) if each.cell is cell)
    in_number = any(column.place == place for column in header.of("number") if header.of("recommendation"))
    if in_number and len(plain(cell.text).split()) > 1:
        return cell.text
    if place == 0 and _is_plain_title(cell.text):
        return cell.text
    if place == 0 and all(each.bold for each in cell.paragraphs if not each.is_blank):
        return None if is_recommendation(cell.text) else cell.text
    return None


def _is_plain_title(text):
    """Whether a text that stands by itself in a row is a title by its words: "IMR recommendations: Housing"."""
    words = plain(text).split()
    if not words or len(words) > MOST_WORDS_OF_A_PLAIN_TITLE or text.rstrip().endswith(".") or is_recommendation(text):
        return False
    titles = ("recommendations", "actions", "recs", "imr", "imrs")
    return any(word in titles for word in words) and not re.match(r"\s*(?:\d+|to\s)", text, re.I)


def is_recommendation(text):
    """Whether a text says of itself that it is a recommendation, or begins with a number and goes on as one."""
    begins = re.match(r"\s*(?:recommendation|rec)\b|\s*\d+(?:\.\d+)*[.)]?\s", text, re.I)
    return bool(begins) and len(plain(text).split()) > 6 or bool(SAYS_SO.match(text))


def is_title_of_document(text):
    """Whether a line names the whole document rather than a part of it."""
    words = vocabulary()["front_page"]
    return any(phrase in plain(text) for phrase in [*words["title"], *words["partnership"]])
