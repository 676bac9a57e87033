"""What a plan says of other places in itself: "see action 18", "as above", "see LSCB action line 2"."""

import re
from dataclasses import dataclass, replace
from functools import cache

from actions.importing.plan import Plan, PlanReference
from actions.importing.vocabulary import first_phrase, is_phrase, plain, vocabulary

ONE = r"[A-Z]{0,3}\d{1,3}(?:\.\d{1,3})*[a-z]?\b"
NUMBERS = rf"(?P<numbers>{ONE}(?:\s*(?:,|and|&|or|/)\s*{ONE})*)"
NUMBER = re.compile(r"(?P<stem>[A-Z]{0,3}\d{1,3}(?:\.\d{1,3})*)(?P<letter>[a-z])?", re.I)
#: The fields in which a plan says such things.
LOOKED_IN = (
    *("text", "target_date_text", "lead_text", "status_text", "progress_text", "response"),
    *("evidence_expected", "completion_evidence", "intended_outcome", "rating_text"),
)


@dataclass(frozen=True)
class _Place:
    """A recommendation, the title of its part, and one of its actions or None."""

    section: str
    agency: str
    recommendation: object
    action: object = None

    def named(self, words):
        """Return the reference to this place that these words are."""
        label = self.action.label if self.action else None
        return PlanReference(words, self.section, self.recommendation.number, label)


def with_references(plan: Plan):
    """Return a plan with what each of its recommendations and actions says of other places in it."""
    places = list(_places(plan))
    index, previous, sections = _index(places), None, []
    for section in plan.sections:
        made = []
        for recommendation in section.recommendations:
            here = _Place(section.title, section.agency or "", recommendation)
            actions, above = [], previous
            for action in recommendation.actions:
                actions.append(replace(action, see=_references(action, here, above, index)))
                above = replace(here, action=action)
            bare = replace(recommendation, actions=())
            see = _references(bare, here, previous, index)
            made.append(replace(recommendation, see=see, actions=tuple(actions)))
            previous = above if recommendation.actions else here
        sections.append(replace(section, recommendations=tuple(made)))
    return replace(plan, sections=tuple(sections))


def _places(plan):
    for section in plan.sections:
        for recommendation in section.recommendations:
            place = _Place(section.title, section.agency or "", recommendation)
            yield place
            yield from (replace(place, action=action) for action in recommendation.actions if action.label)


def _index(places):
    """Return the places by their number: recommendations, and actions with a reference of their own."""
    found = {}
    for place in places:
        own = place.action.label if place.action else place.recommendation.number
        if own:
            found.setdefault(own.lower(), []).append(place)
        if place.action and place.recommendation.number and len(own) == 1:
            found.setdefault(f"{place.recommendation.number}{own}".lower(), []).append(place)
    return found


def _references(made, here, above, index):
    """Return what the texts of a recommendation or an action name, each once."""
    texts = [getattr(made, name, None) for name in LOOKED_IN] + [*made.as_printed.values()]
    found = {}
    for text in filter(None, texts):
        for line in text.split("\n"):
            for reference in _in_line(line, here, above, index):
                found.setdefault((reference.section, reference.number, reference.label, reference.words), reference)
    return tuple(found.values())


def _in_line(line, here, above, index):
    words = vocabulary()["repeats"]
    if is_phrase(plain(line), words["above"]):
        if above:
            yield above.named(line.strip())
        return
    if not first_phrase(plain(line), words["see"]):
        return
    for match in _pattern().finditer(line):
        for number in re.findall(ONE, match["numbers"], re.IGNORECASE):
            place = _place(number.lower(), match["whose"] or "", match["kind"], here, index)
            yield place.named(match.group().strip()) if place else PlanReference(match.group().strip())


@cache
def _pattern():
    """Return the pattern of "see LSCB action line 2": what opens it, whose it is, its kind and numbers."""
    words = vocabulary()["repeats"]
    see, kinds = (
        "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in sorted(words[name], key=len, reverse=True))
        for name in ("see", "kinds")
    )
    return re.compile(
        rf"\b(?:{see})\s+(?:also\s+)?(?:the\s+)?(?P<whose>(?!(?:{kinds})\b)[^.;:,\d\n]{{0,60}}?\s)??"
        rf"(?P<kind>(?:(?:{kinds})s?\.?\s+)+){NUMBERS}",
        re.IGNORECASE,
    )


def _place(number, whose, kind, here, index):
    """Return the place that a number names: in the part that is named, in the same part, or the only one there is."""
    places = [each for each in index.get(number, []) if each.recommendation is not here.recommendation]
    if not places and (match := NUMBER.fullmatch(number)) and match["letter"]:
        places = index.get(match["stem"], [])
    if whose := plain(whose):
        places = [each for each in places if set(whose.split()) & set(plain(f"{each.section} {each.agency}").split())]
    else:
        places = [each for each in places if each.section == here.section] or places
    wanted = [each for each in places if bool(each.action) == ("action" in plain(kind).split())] or places
    exact = {(each.section, each.recommendation.number, each.action and each.action.label) for each in wanted}
    return wanted[0] if len(exact) == 1 else None
