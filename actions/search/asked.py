"""Reads what a person typed: words, "phrases", -words to leave out; the last word may go on."""

import re
import unicodedata
from dataclasses import dataclass, replace

#: Nobody types more by hand; what is longer is refused in words.
LONGEST = 200

#: Words that stand in almost every text and narrow nothing. PostgreSQL does not keep most of them at all.
_COMMON_WORDS = (
    "a about above after again against all am an and any are as at be because been before being below between "
    "both but by can could did do does doing don down during each few for from further had has have having he her "
    "here hers herself him himself his how i if in into is it its itself just me more most my myself no nor not "
    "now of off on once only or other our ours ourselves out over own s same she should so some such t than that "
    "the their theirs them themselves then there these they this those through to too under until up very was we "
    "were what when where which while who whom why will with would you your yours yourself yourselves"
)
COMMON = frozenset(_COMMON_WORDS.split())

_PART = re.compile(r'(-?)"([^"]*)(?:"|$)|(\S+)')
_WORD = re.compile(r"[^\W_]+")

EMPTY = "Enter a word or a number, such as supervision or 58a."
ONLY_EXCLUDED = "Enter what to find as well as what to leave out."
TOO_SHORT = "Enter at least two letters."
TOO_LONG = f"Enter at most {LONGEST} characters."


@dataclass(frozen=True)
class Term:
    """A word, or several that stand next to each other."""

    words: tuple
    excluded: bool = False
    quoted: bool = False
    goes_on: bool = False

    def __str__(self):
        shown = " ".join(self.words)
        return f"{'-' * self.excluded}{shown if len(self.words) == 1 and not self.quoted else f'“{shown}”'}"

    @property
    def stems(self):
        """Beginnings of a word that goes on: typing "supervisi" must not lose what "superv" has found.

        The index holds words without their endings, so that the beginning of a long word may be longer than that.
        """
        (word,) = self.words
        return [word[:-cut] for cut in (1, 2, 3)] if self.goes_on and len(word) > 7 else []


@dataclass(frozen=True)
class Asked:
    """What was typed, as terms; or the sentence that says why nothing can be looked for."""

    text: str
    terms: tuple = ()
    problem: str = ""

    @property
    def included(self):
        """What must be found."""
        return tuple(term for term in self.terms if not term.excluded)

    @property
    def excluded(self):
        """What must not stand there."""
        return tuple(term for term in self.terms if term.excluded)

    def __bool__(self):
        return not self.problem

    def with_word(self, place, number, word):
        """Return the same with one word of one term in another spelling."""
        terms = list(self.terms)
        words = (*terms[place].words[:number], word, *terms[place].words[number + 1 :])
        terms[place] = replace(terms[place], words=words, goes_on=False)
        return replace(self, terms=tuple(terms), text=_as_typed(terms))


def read(text):
    """Return what a person asked for."""
    text = unicodedata.normalize("NFKC", text.replace("\0", " ")).strip()
    for sign in "“”„«»":
        text = text.replace(sign, '"')
    if len(text) > LONGEST:
        return Asked(text[:LONGEST], problem=TOO_LONG)
    terms = [term for match in _PART.finditer(text) if (term := _term(match)).words]
    if not terms:
        return Asked(text, problem=EMPTY)
    if all(term.excluded for term in terms):
        return Asked(text, problem=ONLY_EXCLUDED)
    telling = [term for term in terms if term.excluded or term.quoted or term.words[0] not in COMMON]
    if all(term.excluded for term in telling):
        common = next(term for term in terms if not term.excluded)
        return Asked(text, problem=f"“{common.words[0]}” stands almost everywhere. Add a word that says more.")
    if all(len("".join(term.words)) < 2 and not term.words[0].isdecimal() for term in telling if not term.excluded):
        return Asked(text, problem=TOO_SHORT)
    last = telling[-1]
    if not (last.excluded or last.quoted or len(last.words) > 1 or any(map(str.isdecimal, last.words[0]))):
        telling[-1] = replace(last, goes_on=len(last.words[0]) > 2)
    return Asked(text, tuple(telling))


def _term(match):
    minus, quoted, bare = match.groups()
    if bare is None:
        return Term(_words(quoted), excluded=bool(minus), quoted=True)
    excluded = bare.startswith("-") and len(bare) > 1
    return Term(_words(bare), excluded=excluded)


def _words(text):
    return tuple(word.lower() for word in _WORD.findall(text))


def _as_typed(terms):
    return " ".join(
        f'{"-" * term.excluded}"{" ".join(term.words)}"'
        if term.quoted
        else f"{'-' * term.excluded}{'-'.join(term.words)}"
        for term in terms
    )
