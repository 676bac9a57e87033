"""The words on a page of a PDF: letters become words, words lines, and lines paragraphs again."""

import re
from collections import Counter
from dataclasses import dataclass
from statistics import median

from pdfplumber.utils import extract_words

from actions.importing.document import BULLET, Paragraph, joined_text

BOLD = re.compile(r"bold|black|heavy|demi", re.I)
#: A letter, number or Roman number with which a point of a list begins.
LABEL = re.compile(r"\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+\S", re.I)

SPACE_BETWEEN_WORDS = 0.18
USUAL_PITCH = 1.2
#: Measured in the size of the letters: how much further apart lines of different paragraphs are, and a blank line.
WIDER = 0.15
BLANK_LINE = 0.75
#: In how many lines the least distance must be that of the lines of a paragraph.
ENOUGH_LINES = 6
#: Signs that are a bullet, or a dash in the middle of a sentence that happens to begin a line.
DASHES = "-–—*"


@dataclass(slots=True)
class Word:
    """A word: where it stands, in points from the top left corner, and how it is printed."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    bold: bool


@dataclass(slots=True)
class Line:
    """Words beside each other."""

    words: list[Word]

    @property
    def x0(self):
        return self.words[0].x0

    @property
    def x1(self):
        return self.words[-1].x1

    @property
    def top(self):
        return min(word.top for word in self.words)

    @property
    def bottom(self):
        return median(word.bottom for word in self.words)

    @property
    def size(self):
        return median(word.size for word in self.words)

    @property
    def bold(self):
        return all(word.bold for word in self.words)

    @property
    def text(self):
        """The words with spaces between them; a tab after the letter "o", which may be a bullet."""
        pieces = [self.words[0].text]
        for before, word in zip(self.words, self.words[1:], strict=False):
            is_wide = len(pieces) == 1 and word.x0 - before.x1 > 0.5 * word.size
            pieces.append(("\t" if is_wide and before.text == "o" else " ") + word.text)
        return "".join(pieces)


def words_of(chars):
    """Return the words that letters form."""
    found = extract_words(chars, x_tolerance_ratio=SPACE_BETWEEN_WORDS, y_tolerance=2, return_chars=True)
    return [
        Word(
            text=each["text"].replace("\0", ""),
            x0=each["x0"],
            x1=each["x1"],
            top=each["top"],
            bottom=each["bottom"],
            size=median(char["size"] for char in each["chars"]) or 1,
            bold=bool(BOLD.search(each["chars"][0]["fontname"])),
        )
        for each in found
    ]


def lines_of(words):
    """Return the lines that words form, from top to bottom: words are beside each other if they overlap by half."""
    lines = []
    for word in sorted(words, key=lambda each: (each.top, each.x0)):
        for line in reversed(lines[-4:]):
            beside = line[0]
            overlap = min(word.bottom, beside.bottom) - max(word.top, beside.top)
            if overlap > 0.5 * min(word.bottom - word.top, beside.bottom - beside.top):
                line.append(word)
                break
        else:
            lines.append([word])
    return [Line(sorted(line, key=lambda each: each.x0)) for line in lines]


def usual_pitch(groups):
    """Return how far apart the lines of a paragraph are in these groups of lines, in the size of their letters."""
    pitches = Counter()
    for lines in groups:
        pitches.update(
            round(_pitch(*pair), 2) for pair in zip(lines, lines[1:], strict=False) if 0.9 < _pitch(*pair) < 2
        )
    if not pitches:
        return USUAL_PITCH
    most = max(pitches.values())
    return min(pitch for pitch, count in pitches.items() if 3 * count >= most)


def paragraphs_of(lines, right, pitch, where=""):
    """Return the paragraphs in lines that may be as long as up to `right`; a wide gap leaves a blank one between."""
    pitches = [_pitch(*pair) for pair in zip(lines, lines[1:], strict=False)]
    if len(pitches) >= ENOUGH_LINES and min(pitches) < pitch + BLANK_LINE:
        pitch = max(pitch, min(pitches))
    found, current = [], []
    for line in lines:
        if current:
            gap = _pitch(current[-1], line) - pitch
            if gap > WIDER or _begins(line, current, right):
                found.append(_paragraph(current, right, where))
                current = []
            if gap > BLANK_LINE:
                found.append(Paragraph("", where=where))
        current.append(line)
    return [*found, _paragraph(current, right, where)] if current else found


def fits(word, line, right):
    """Whether a word would have had room at the end of a line."""
    spaces = [after.x0 - before.x1 for before, after in zip(line.words, line.words[1:], strict=False)]
    space = median(spaces) if spaces else 0.3 * line.size
    return line.x1 + space + (word.x1 - word.x0) < right - 0.5


def _pitch(line, following):
    return (following.bottom - line.bottom) / max(line.size, 1)


def _begins(line, current, right):
    """Whether a line begins a paragraph under these lines of another."""
    before = current[-1]
    return bool(
        BULLET.match(line.text)
        and (line.text[0] not in DASHES or BULLET.match(current[0].text) or before.text.endswith((".", ":", ";")))
        or fits(line.words[0], before, right)
        or LABEL.match(line.text)
        and (LABEL.match(current[0].text) or before.text.endswith((".", ":", ";")))
        or abs(line.size - before.size) > 0.12 * before.size
        or line.bold != before.bold
        and line.words[0].bold != before.words[-1].bold
    )


def _paragraph(lines, right, where):
    text = lines[0].text
    for line in lines[1:]:
        text = joined_text(text, line.text)
    made = Paragraph.typed(text, bold=all(line.bold for line in lines), where=where)
    last = lines[-1]
    width = (last.x1 - last.x0) / max(len(last.text), 1)
    return Paragraph(made.text, made.level, made.bold, where, room=int((right - last.x1) / max(width, 1)))
