"""The names of agencies in a plan, and which agencies of the partnership they stand for."""

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

from actions.importing.vocabulary import first_phrase, plain, vocabulary

#: How alike two names are that may stand for one agency.
ALIKE = 0.8
#: What says nothing about which agency is meant.
WITHOUT_MEANING = {"the", "of", "and", "for", "nhs", "trust", "service", "services", "council", "team", "board"}
MOST_OFFERED = 5


@dataclass(frozen=True)
class NamedAgency:
    """A name in a plan: how often it stands there, and what agency it is.

    ``agency`` is the one known by that name; ``likely`` are others that may be meant; ``is_section`` says that a
    section is that agency's, so that it is created where it is not known.
    """

    name: str
    count: int
    is_section: bool
    agency: object = None
    likely: tuple = ()
    is_decided: bool = False

    @property
    def is_doubtful(self):
        """Whether a person should say which agency is meant."""
        return not self.agency and not self.is_decided and bool(self.likely)

    @property
    def will_be_created(self):
        """Whether importing creates an agency of this name."""
        return not self.agency and (self.is_section or self.is_decided)


def known_by_name(agencies):
    """Return {name in plain words: agency} for every name that agencies are known by."""
    return {plain(name): agency for agency in agencies for name in agency.names}


def named_agencies(plan, agencies, decided):
    """Return each name in a plan that is an agency's, or may be; those to decide on first.

    ``decided``: {name in plain words: key of an agency, or None for a new one}, what a person said.
    """
    known, by_key = known_by_name(agencies), {agency.pk: agency for agency in agencies}
    leads = Counter(name for action in plan.actions for name in action.leads)
    sections = Counter(section.agency for section in plan.sections if section.agency)
    spelt = {plain(name): name for name in (*leads, *sections)}
    found = []
    for words, name in spelt.items():
        is_section = any(plain(each) == words for each in sections)
        count = sum(number for each, number in (*leads.items(), *sections.items()) if plain(each) == words)
        if words in decided:
            found.append(NamedAgency(name, count, is_section, by_key.get(decided[words]), (), is_decided=True))
        elif words in known:
            found.append(NamedAgency(name, count, is_section, known[words]))
        else:
            likely = tuple(likely_agencies(name, agencies))
            if likely or is_section:
                found.append(NamedAgency(name, count, is_section, None, likely))
    return sorted(found, key=lambda each: (not each.is_doubtful, not each.will_be_created, plain(each.name)))


def likely_agencies(name, agencies):
    """Return the agencies that a name may stand for, the likeliest first."""
    scored = ((max(_likeness(plain(name), plain(each)) for each in agency.names), agency) for agency in agencies)
    likely = sorted(((score, agency.name, agency) for score, agency in scored if score >= ALIKE), reverse=True)
    return [agency for _, _, agency in likely[:MOST_OFFERED]]


def _likeness(name, known):
    """Return how alike two names in plain words are: spelt alike, one shorter, or one the other's initials."""
    mine, theirs = set(name.split()) - WITHOUT_MEANING, set(known.split()) - WITHOUT_MEANING
    shorter, longer = sorted((mine, theirs), key=len)
    if len(shorter) >= 2 and shorter <= longer:
        return 0.95
    if len(name) >= 3 and name in _initials(known) or len(known) >= 3 and known in _initials(name):
        return 0.9
    if first_phrase(name, vocabulary()["leads"]["posts"]) and not mine & theirs:
        return 0
    matcher = SequenceMatcher(None, name, known)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE else 0


def _initials(name):
    words = name.split()
    return {"".join(word[0] for word in words), "".join(word[0] for word in words if word not in ("of", "and", "the"))}
