"""Plans without a table: headings, numbered recommendations, and under each its response or its actions.

What is written as lines is laid out as the table that would say the same, a row for each recommendation or action,
so that one way of recognising serves both. A line may begin with the name of a column ("Lead: Named Nurse").
"""

import re
from dataclasses import dataclass, field, replace

from actions.importing.document import Cell, Document, Heading, Paragraph, Place, Row, Table
from actions.importing.front import is_short
from actions.importing.vocabulary import field_called, first_phrase, plain, vocabulary

NUMBER = r"[A-Z]{0,3}\d{1,3}(?:\.\d{1,3})*[a-z]?"
NUMBERED = re.compile(rf"\s*\(?(?P<number>{NUMBER}[.)]|[A-Z]{{0,3}}\d{{1,3}}(?:\.\d{{1,3}})+)\s+(?=\S)")
LABELLED = re.compile(
    rf"\s*(?:\d[\d.]*[.)]?\s+)?(?P<label>[A-Za-z][^:\n\d]{{0,50}}?)\s*(?P<number>{NUMBER})?\s*"
    r"(?P<stop>:|\s[–—-]\s|\.\s|$)\s*(?P<rest>.*)",
    re.DOTALL,
)
#: A label further on in a line: after a dash, a bracket, or the end of a sentence.
LABEL_WITHIN = re.compile(
    rf"(?:^|[.;|(]\s*|\s[–—-]\s+)(?P<label>[A-Z][A-Za-z ]{{1,30}}?)\s*(?P<number>{NUMBER})?:\s+(?=\S)"
)
#: The longest numbered title, and the level of a heading that has none of its own.
MOST_WORDS_OF_A_TITLE, LEAST_LEVEL = 4, 8
#: The fields that a line or heading by itself may open, for the lines under it.
MAY_STAND_ALONE = {"action", "response", "progress", "intended_outcome", "evidence_expected", "completion_evidence"}
OWN_COLUMN = {"recommendation", "action"}


@dataclass
class _Record:
    """A recommendation: its number, and rows of paragraphs by the key of their column."""

    number: str
    where: str
    rows: list[dict[str, list[Paragraph]]] = field(default_factory=lambda: [{}])
    places: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Label:
    """The name of a column with which a line begins: its field, what is printed, a number, and the words after it."""

    field: str
    heading: str
    number: str
    rest: str


def laid_out(document: Document):
    """Return a document with its recommendations laid out as tables, or None where it lists none."""
    for reader in (_Labelled, _Numbered, _Bulleted):
        reading = reader(document)
        if reading.applies():
            return replace(document, blocks=tuple(reading.blocks()))
    return None


class _Reading:
    """Goes through the lines of a document; the kinds of reading differ in what begins a recommendation."""

    def __init__(self, document):
        self.document = document
        self.lines = [block for block in document.blocks if not isinstance(block, Table) and block.text.strip()]
        self.columns = {}
        self.record = self.key = None
        self.default = self._usual_answer()

    def applies(self):
        """Whether the document lists recommendations in this way."""
        return self.announces() and any(self.beginning(line) for line in self.lines)

    def announces(self):
        """Whether the document says that it is about recommendations."""
        words = vocabulary()["prose"]["announces"]
        titles = (line.text for line in self.lines if isinstance(line, Heading) or line.bold or is_short(line.text))
        return any(first_phrase(plain(title), words) for title in titles)

    def beginning(self, line):
        """Return the (number, text) of the recommendation that a line begins, or None."""
        raise NotImplementedError

    def _usual_answer(self):
        """Return the name under which recommendations are answered here, for answers that stand under none."""
        labels = (_label(line.text) for line in self.lines)
        found = [label for label in labels if label and label.field in ("response", "action") and label.heading]
        return found[0] if found else _Label("response", "Response", "", "")

    def blocks(self):
        """Return the blocks of the document, runs of recommendations as tables."""
        parts, records = [], []
        for index, block in enumerate(self.document.blocks):
            if isinstance(block, Table):
                self.record = None
            elif block.text.strip() and self._take(block, index, records):
                continue
            if self.record is None and records:
                parts.append(records)
                records = []
            found = NUMBERED.match(block.text) if isinstance(block, Paragraph) else None
            is_title = found and _is_numbered_title(found, block.text)
            parts.append(Heading(block.text.strip(), LEAST_LEVEL, block.where) if is_title else block)
        parts.append(records)
        return [self._table(part) if isinstance(part, list) else part for part in parts if part]

    def _take(self, block, index, records):
        """Take a line as part of a recommendation; return whether it is one."""
        if (begins := self.beginning(block)) is not None:
            number, text = begins
            self.record = _Record(number, block.where)
            self.key = "recommendation"
            self.columns.setdefault(self.key, self.heading(block))
            if number:
                self.columns.setdefault("number", "No.")
            records.append(self.record)
            self._add(_with_text(block, text))
            return True
        if self.record is None:
            return False
        if not isinstance(block, Heading) and (parts := _parts(block.text)):
            self._open_all(parts, block)
            return True
        label = _label(block.text)
        if label and (label.rest or label.field in MAY_STAND_ALONE) and label.field != "recommendation":
            self._open(label, block)
            return True
        if (found := NUMBERED.match(block.text)) and _is_numbered_title(found, block.text):
            self.record = None
            return False
        if isinstance(block, Heading) or (block.bold and is_short(block.text) and not block.is_bullet):
            self.record = None
            return False
        if self._is_heading_within(block, index):
            return False
        self._answer(block)
        return True

    def heading(self, line):
        """Return what the recommendations are called."""
        return "Recommendation"

    def _open(self, label, block):
        """Begin a field of the recommendation; another action begins a row."""
        key = label.field if label.field in OWN_COLUMN else plain(label.heading)
        self.columns.setdefault(key, label.heading)
        rows = self.record.rows
        if label.field == "action" and "action" in rows[-1]:
            rows.append({})
            self.record.places.append(block.where)
        self.key = key
        if label.field == "action" and label.number:
            self.columns.setdefault("label", "Action no.")
            rows[-1]["label"] = [Paragraph(label.number)]
        if label.rest:
            self._add(_with_text(block, label.rest))

    def _open_all(self, parts, block):
        """Take in a line that says of an action who does it and by when: each part in its own column."""
        first, *labelled = parts
        if isinstance(first, str) and first:
            if self.key != "action" or self.record.rows[-1].get("action"):
                self._open(_Label("action", self.columns.get("action", "Action"), "", ""), block)
            self._add(_with_text(block, first))
        elif not isinstance(first, str):
            labelled = parts
        for label in labelled:
            self._open(label, block)
        self.key = "action"

    def _is_heading_within(self, block, index):
        """Whether a line is a title above further recommendations."""
        if block.is_bullet or not is_short(block.text) or block.text.rstrip().endswith((":", "?", "!")):
            return False
        following = next((each for each in self.document.blocks[index + 1 :] if _says(each)), None)
        return following is not None and not isinstance(following, Table) and self.beginning(following) is not None

    def _answer(self, block):
        """Add a line to the field that is open; a list under a recommendation that announces none answers it."""
        if self.key == "recommendation" and block.is_bullet:
            said = self.record.rows[0]["recommendation"]
            if not said or not (said[-1].text.rstrip().endswith(":") or said[-1].is_bullet):
                self.key = self.default.field if self.default.field in OWN_COLUMN else plain(self.default.heading)
                self.columns.setdefault(self.key, self.default.heading)
        self._add(_with_text(block, block.text))

    def _add(self, paragraph):
        self.record.rows[-1].setdefault(self.key, [])
        if not paragraph.is_blank:
            self.record.rows[-1][self.key].append(paragraph)

    def _table(self, records):
        """Return the table that says what these recommendations say."""
        names = [name for name in ("number", "recommendation", "label") if name in self.columns]
        names += [name for name in self.columns if name not in names]
        names = ["number", *names] if len(names) == 1 else names
        where = records[0].where
        rows = [Row(tuple(Place(_cell([Paragraph(self.columns.get(name, "No."))])) for name in names), where)]
        for record in records:
            above = None
            for index, said in enumerate(record.rows):
                said = {"number": [Paragraph(record.number)], **said} if index == 0 else said
                places = tuple(self._place(name, said, above, record) for name in names)
                rows.append(Row(places, record.places[index - 1] if index else record.where))
                above = above or dict(zip(names, places, strict=True))
        return Table(tuple(rows), where)

    def _place(self, name, said, above, record):
        """Return the place of a column in a row: its own, or that of the whole recommendation further up."""
        if above and name not in said and name not in self._of_actions(record):
            return Place(above[name].cell, from_above=True)
        return Place(_cell(said.get(name, [])))

    def _of_actions(self, record):
        """Return the columns that each action of a recommendation has to itself."""
        return {name for row in record.rows[1:] for name in row} | {"action", "label"}


#: What a recommendation that says its own name is called.
REC = {"recommendation", "rec", "recommendation no", "rec no", "recommendation number"}


class _Labelled(_Reading):
    """Recommendations that say that they are: "Recommendation 3: …", or "Learning point 3" above its text."""

    def beginning(self, line):
        label = _label(line.text)
        if label is None or label.field != "recommendation" or not label.number:
            return None
        return f"{label.heading} {label.number}" if plain(label.heading) in REC else label.number, label.rest

    def announces(self):
        return True

    def heading(self, line):
        label = _label(line.text)
        return label.heading if plain(label.heading) not in REC else "Recommendation"


class _Numbered(_Reading):
    """Recommendations that are numbered paragraphs under the headings of parts."""

    def beginning(self, line):
        found = NUMBERED.match(line.text)
        is_title = isinstance(line, Heading) or line.bold and is_short(line.text)
        if not found or is_title or line.is_bullet or _label(line.text) or _is_numbered_title(found, line.text):
            return None
        number = found["number"].strip(".)")
        if self.record and number.startswith(f"{self.record.number.strip('.)')}."):
            return None
        return found["number"], line.text[found.end() :]


class _Bulleted(_Reading):
    """Recommendations that are the points of lists under headings that announce them."""

    def __init__(self, document):
        super().__init__(document)
        self.under = {}
        heading = ""
        for line in self.lines:
            if isinstance(line, Heading) or line.bold and is_short(line.text):
                heading = plain(line.text)
            self.under[id(line)] = heading

    def beginning(self, line):
        heading = self.under.get(id(line), "")
        is_top = isinstance(line, Paragraph) and line.is_bullet and line.level == 0
        return ("", line.text) if is_top and "recommendation" in heading else None


def _label(text):
    """Return the name of a column with which a line begins, or None."""
    found = LABELLED.fullmatch(text.strip())
    if not found or (found["stop"] == "" and found["rest"]):
        return None
    heading = found["label"].strip()
    meaning = field_called(heading)
    if meaning is None or (found["stop"].strip() == "." and not found["number"]):
        return None
    return _Label(meaning, heading, found["number"] or "", found["rest"].strip())


def _parts(text):
    """Return the parts of a line with several labels ("… – Lead: Nurse – By: May 2022"), or None."""
    found = []
    for match in LABEL_WITHIN.finditer(text):
        if name := field_called(match["label"]):
            found.append((match, name))
    opened = found and not text[: found[0][0].start()].strip(" –—-(;.")
    if len(found) < (2 if opened else 1):
        return None
    ends = [match.start() for match, _ in found[1:]] + [len(text)]
    labels = [
        _Label(name, match["label"].strip(), match["number"] or "", text[match.end() : end].strip(" –—-;,|()"))
        for (match, name), end in zip(found, ends, strict=True)
    ]
    before = text[: found[0][0].start()].strip(" –—-;,|(")
    return [before, *labels] if before else labels


def _is_numbered_title(found, text):
    """Whether a numbered line is a title: "1.0 Introduction"."""
    title = text[found.end() :]
    is_brief = len(title.split()) <= MOST_WORDS_OF_A_TITLE and not title.rstrip().endswith((".", ";", ":"))
    is_title = found["number"].strip(".)").endswith(".0") or first_phrase(plain(title), vocabulary()["prose"]["titles"])
    return is_brief and bool(is_title)


def _says(block):
    """Whether a block says anything."""
    return isinstance(block, Table) or bool(block.text.strip())


def _with_text(block, text):
    """Return a line as a paragraph with another text."""
    level = block.level if isinstance(block, Paragraph) else None
    return Paragraph(text.strip(), level, where=block.where)


def _cell(paragraphs):
    return Cell(tuple(paragraphs))
