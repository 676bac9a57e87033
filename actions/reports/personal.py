"""What might identify somebody in a text that is to be published: found, shown, and cleared by a person.

The law and the statutory guidance on publishing reviews ask that nothing published identifies the child, the family or
the professionals (Working Together to Safeguard Children, chapter 5). The check is made to find too much rather
than too little: whoever approves the publication says of each finding that it may stand, or mends the text.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .frozen import Frozen

#: Abbreviations of the trade, which are nobody's initials; add to the file what else is not.
ABBREVIATIONS = frozenset(Path(__file__).with_name("abbreviations.txt").read_text(encoding="utf-8").split())
TITLES = r"Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Rev|Revd|PC|DC|DS|DI|DCI|DSU|Sgt|Insp|Nurse|Judge"
MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
DAY = rf"\d{{1,2}}(?:st|nd|rd|th)? {MONTH},? \d{{2,4}}|\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}"

EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
NHS_NUMBER = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
TELEPHONE = re.compile(r"(?<![\d/])(?:\+44[ ]?|0)(?:\d[ ]?){9,10}(?!\d)")
POSTCODE = re.compile(r"\b(?:[A-Z]{1,2}\d[A-Z\d]?) ?\d[A-Z]{2}\b")
BIRTH = re.compile(
    rf"(?:\b(?:born|birth(?:day)?|d\.?o\.?b\.?)\b[^.\n]{{0,20}}?(?:{DAY})|(?:{DAY})[^.\n]{{0,10}}\b(?:d\.?o\.?b\.?\b|\(?born))",
    re.IGNORECASE,
)
TITLED_NAME = re.compile(
    rf"\b(?:{TITLES})\.?[ \u00a0](?:[A-Z]\.? ?){{0,2}}[A-ZÀ-Ž][\w'’À-ž-]+(?: [A-ZÀ-Ž][\w'’À-ž-]+)?"
)
INITIALS = re.compile(r"(?<![\w&/.])(?:[A-Z]\.[ ]?){2,3}(?![A-Z]\w)|(?<![\w&.-])[A-Z]{2,3}(?![\w&-])")


@dataclass(frozen=True)
class Finding(Frozen):
    """Some words that might identify somebody: what they look like, where they stand, and the words around them.

    ``key`` is the same wherever and however often the same words stand in the same place, so that a clearance
    holds until the text changes.
    """

    kind: str
    words: str
    where: str
    around: str

    @property
    def key(self):
        """What a clearance of this finding is kept under."""
        return "|".join((self.where, self.kind, self.words, self.around))


#: What each kind of finding is called.
KINDS = {
    "name": "A name",
    "initials": "Initials",
    "birth": "A date of birth",
    "nhs_number": "An NHS number",
    "email": "An e-mail address",
    "telephone": "A telephone number",
    "postcode": "A postcode",
}


def findings(texts: Iterable[tuple[str, str]], *, names=(), known_capitals=()):
    """Return what might identify somebody in texts, each given with where it stands.

    ``names`` are the people and pseudonyms that the tracker knows; ``known_capitals`` are abbreviations that it
    knows besides those of the trade, such as the short names of agencies.
    """
    people = _any_of(names)
    capitals = ABBREVIATIONS | {word.upper() for words in known_capitals for word in words.split()}
    found = {}
    for where, text in texts:
        for kind, start, end in _in_text(text, people, capitals):
            finding = Finding(kind, text[start:end].strip(), where, _around(text, start, end))
            found.setdefault(finding.key, finding)
    return tuple(found.values())


def is_nhs_number(digits):
    """Whether ten digits are an NHS number by their check digit (modulus 11, NHS Data Dictionary)."""
    *body, check = (int(digit) for digit in digits)
    remainder = 11 - sum(weight * digit for weight, digit in zip(range(10, 1, -1), body, strict=True)) % 11
    return remainder % 11 == check and remainder != 10


def _in_text(text, people, capitals):
    """Yield (kind, start, end) in the order of the text; words that are two things are told as the surer one."""
    taken = []
    for kind, start, end in _candidates(text, people, capitals):
        if not any(start < other_end and other_start < end for other_start, other_end in taken):
            taken.append((start, end))
            yield kind, start, end


def _candidates(text, people, capitals):
    for kind, pattern in (("email", EMAIL), ("birth", BIRTH)):
        yield from ((kind, *match.span()) for match in pattern.finditer(text))
    for match in NHS_NUMBER.finditer(text):
        if is_nhs_number(re.sub(r"\D", "", match.group())):
            yield "nhs_number", *match.span()
    for kind, pattern in (("telephone", TELEPHONE), ("postcode", POSTCODE), ("name", TITLED_NAME)):
        yield from ((kind, *match.span()) for match in pattern.finditer(text))
    if people:
        yield from (("name", *match.span()) for match in people.finditer(text))
    for match in INITIALS.finditer(text):
        if match.group() not in capitals and not _in_capitals(text, match):
            yield "initials", *match.span()


def _in_capitals(text, match):
    """Whether the words around are in capitals too, as a heading is: then two letters are a word of it."""
    before = text[: match.start()].split()[-3:]
    after = text[match.end() :].split()[:3]
    return any(len(word) > 3 and word.isupper() for word in (*before, *after))


def _any_of(names):
    """Return the pattern that finds any of these names as whole words, or None where there is none to look for."""
    known = sorted({name.strip() for name in names if len(name.strip()) > 1}, key=len, reverse=True)
    if not known:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, known))})(?!\w)", re.IGNORECASE)


def _around(text, start, end, letters=40):
    """Return the words with a little of what stands on either side."""
    before, after = text[max(0, start - letters) : start], text[end : end + letters]
    return " ".join(
        ("…" * (start > letters) + before + text[start:end] + after + "…" * (len(text) > end + letters)).split()
    )
