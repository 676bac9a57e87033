"""What stands before and around the tables: the title, whose review it is, keys and notes."""

import re
from dataclasses import dataclass, field

from actions.importing.document import Heading, Paragraph
from actions.importing.ratings import is_key, key_in_line, key_in_rows
from actions.importing.sections import is_title_of_document
from actions.importing.vocabulary import first_phrase, plain, sentence_case, vocabulary

MOST_WORDS_OF_A_TITLE = 18
PAGE_NUMBER = re.compile(r"\W*\bpage\b[\s\d|/]*(?:of[\s\d]*)?$|^\W*\d*\W*$", re.I)


@dataclass
class FrontMatter:
    """What a document says outside its tables, collected while it is read."""

    lines: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    keys: list = field(default_factory=list)
    headings: list = field(default_factory=list)

    def all_notes(self, unless):
        """Return the notes, with each heading in its place that is nobody's title."""
        used = {plain(text or "") for text in unless}
        notes, before = [], 0
        for place, heading in self.headings:
            notes += self.notes[before:place]
            before = place
            if plain(heading) not in used and heading not in notes[-1:]:
                notes.append(heading)
        return "\n".join(notes + self.notes[before:]) or None

    @property
    def partnership(self):
        """The name of the partnership, which may stand on two lines with its place on the first."""
        phrases = vocabulary()["front_page"]["partnership"]
        for index, line in enumerate([*self.lines, *(heading for _, heading in self.headings[:1])]):
            match = first_phrase(plain(line), phrases)
            if not match:
                continue
            is_kind_only = plain(line)[: match.start()].strip() in ("", "local")
            place = self.lines[index - 1] if index and is_kind_only else ""
            name = _first_part(line, plain(line)[: match.end()])
            return " ".join(sentence_case(part) for part in (place, name) if part)
        return None

    @property
    def title(self):
        """The lines of the title without that of the partnership, in one line."""
        partnership = plain(self.partnership or "")
        lines = [
            line[len(_first_part(line, partnership)) :].strip() if plain(line).startswith(partnership) else line
            for line in self.lines
            if plain(line) and plain(line) not in partnership
        ]
        return " – ".join(sentence_case(line) for line in lines) or None

    def review_name(self, file_name):
        """Return the name that protects the subject of the review, such as "Child A", where one is printed."""
        words = vocabulary()
        subjects = "|".join(words["front_page"]["subjects"])
        short = (note for note in self.notes if is_short(note) and ":" in note)
        for text in (*self.lines, *(heading for _, heading in self.headings), *short, file_name):
            for match in re.finditer(rf"\b((?i:{subjects}))\s+([A-Z]{{1,2}}\d?)\b(?!['’])", text):
                if match[2].lower() not in words["capitals"]["small"]:
                    return f"{match[1].capitalize()} {match[2]}"
        return None


def title_lines(blocks):
    """Return the lines with which a document begins that are its title, and the blocks after them."""
    lines, rest = [], list(blocks)
    while rest and (_is_blank(rest[0]) or _may_be_title(rest[0])):
        if _is_blank(rest[0]):
            following = next((each for each in rest if not _is_blank(each)), None)
            if lines and not (_may_be_title(following) and _stands_out(following)):
                break
        else:
            lines.append(rest[0].text.strip())
        rest.pop(0)
    return lines, rest


def _is_blank(block):
    return isinstance(block, Paragraph) and block.is_blank


def _may_be_title(block):
    """Whether a block is a short line that is not the heading of a part."""
    is_line = isinstance(block, Paragraph) or isinstance(block, Heading) and block.level == 0
    return is_line and is_short(block.text) and not announces_key(block.text) and not key_in_line(block.text)


def _stands_out(block):
    return isinstance(block, Heading) or block.bold or is_title_of_document(block.text)


def is_short(text):
    """Whether a line is short enough to be a title, and does not end as a sentence does."""
    return len(plain(text).split()) <= MOST_WORDS_OF_A_TITLE and not text.rstrip().endswith((".", ";", ","))


def announces_key(text):
    """Whether a line stands over a key to colours or signs."""
    words = plain(text)
    return is_short(text) and (words == "key" or bool(first_phrase(words, vocabulary()["front_page"]["key"])))


def key_in(table, heading):
    """Return the key that a table is, with its colours, or None: one announced, or one whose signs are ratings."""
    rows = [row for row in table.rows if not row.is_blank]
    said = [cell for cell in rows[0].cells if not cell.is_blank] if rows else []
    if said and len(rows) > 1 and (len(said) == 1 or not heading) and announces_key(said[0].text):
        heading, rows = "\t".join(cell.text for cell in said), rows[1:]
    found = key_in_rows(rows, heading or "Key")
    return found if found and (heading or is_key(found.key)) else None


def without_page_number(text):
    """Return the text of a header or footer without "Page 3 of 20"."""
    return PAGE_NUMBER.sub("", text).strip()


def _first_part(line, words):
    """Return the beginning of a line that has these plain words."""
    end = 0
    while end < len(line) and plain(line[:end]) != words:
        end += 1
    return line[:end]
