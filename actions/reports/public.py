"""The public response: what each review recommended, and what the partnership answers, for everybody to read.

It is built from what may be public, field by field, and from nothing else. Of a plan these are: the kind of the
review; its reference, pseudonym and day of publication once the review itself is published; number and title of a
section; number and text of a recommendation, and whether it was accepted where there is no response; the text of a
response. Beside them stand the partnership's name, the moment, and the introduction written for the public.
"""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from reviews.models import Acceptance, Kind, Publication
from scr_tracker.words import day, listed, moment

from .. import plan as plans
from .frozen import Frozen
from .heading import paragraphs
from .monitoring import as_it_was

#: With fewer letters a response stands on one page: about a third of it.
SHORT = 1100


@dataclass(frozen=True)
class PublicName(Frozen):
    """What a review is called in public: by its name only once it is published itself."""

    kind: str
    name: str
    published: str

    @property
    def full(self):
        """The kind, and the name where there is one."""
        return f"{self.kind} {self.name}".strip()

    @classmethod
    def of(cls, review, now):
        """Return the name by which the public may know a review, which is to be published then and ``now``."""
        kind = Kind(review.kind).label
        if {review.publication, now.publication} != {Publication.PUBLISHED}:
            return cls(kind, "", "")
        name = f"{review.reference} {review.pseudonym}".strip()
        return cls(kind, name, f"Published {day(review.published_on)}" if review.published_on else "")


@dataclass(frozen=True)
class PublicHeading(Frozen):
    """What the response says of itself."""

    name: str
    partnership: str
    reviews: tuple[PublicName, ...]
    as_at: datetime
    introduction: tuple[str, ...]

    @property
    def about_in_full(self):
        """What the response is about: the review, or how many."""
        if len(self.reviews) == 1:
            return self.reviews[0].full
        return f"{len(self.reviews)} reviews"

    @property
    def headline(self):
        """What stands over the response."""
        if len(self.reviews) > 1:
            return f"Responses to the recommendations of {len(self.reviews)} reviews"
        review = self.reviews[0]
        return f"Response to the recommendations of {review.full if review.name else f'a {review.kind}'}"

    @property
    def as_at_words(self):
        """The moment the response speaks of."""
        return moment(self.as_at)


@dataclass(frozen=True)
class Recommended(Frozen):
    """A recommendation, as the public may read it."""

    number: str
    text: tuple[str, ...]


@dataclass(frozen=True)
class Answer(Frozen):
    """Recommendations that share a response, and the response: printed once."""

    recommendations: tuple[Recommended, ...]
    heading: str
    response: tuple[str, ...]

    @property
    def is_short(self):
        """Whether it is so short that it is kept on one page."""
        asked = sum(len(line) for each in self.recommendations for line in each.text)
        return max(asked, sum(map(len, self.response))) < SHORT


@dataclass(frozen=True)
class PublicSection(Frozen):
    """A section of a plan."""

    number: str
    title: str
    answers: tuple[Answer, ...]

    @property
    def full_title(self):
        """Number and title."""
        return f"{self.number} {self.title}".strip()


@dataclass(frozen=True)
class PublicReview(Frozen):
    """What one review recommended, with the responses."""

    name: PublicName
    sections: tuple[PublicSection, ...]


@dataclass(frozen=True)
class PublicResponse(Frozen):
    """What reviews recommended, and what the partnership answers."""

    heading: PublicHeading
    reviews: tuple[PublicReview, ...]

    @classmethod
    def of(cls, order):
        """Return the response that is ordered.

        Raises RuleBroken where its moment is yet to come, or is before a review was entered.
        """
        as_at = order.as_at or timezone.now()
        reviews = [as_it_was(review, order.as_at) if order.as_at else review for review in order.reviews]
        read = [plans.read(review, as_at=order.as_at) for review in reviews]
        answered = tuple(
            PublicReview(PublicName.of(plan.review, now), tuple(_sections(plan)))
            for plan, now in zip(read, order.reviews, strict=True)
        )
        heading = PublicHeading(
            name="Public response",
            partnership=read[0].review.partnership.name,
            reviews=tuple(review.name for review in answered),
            as_at=timezone.localtime(as_at),
            introduction=paragraphs(order.introduction),
        )
        return cls(heading, answered)

    @property
    def title(self):
        """What the response is called, as are its file and its entry in lists."""
        heading = self.heading
        about = heading.about_in_full if len(heading.reviews) == 1 else heading.partnership
        return " – ".join([heading.name, about, day(heading.as_at)])

    @property
    def metadata(self):
        """What the file says of itself beside its pages: {name of the entry: words}."""
        return {"Title": self.title, "Author": self.heading.partnership, "Subject": self.heading.headline}

    @property
    def fingerprint(self):
        """What is the same as long as the response says the same, at whatever moment."""
        said = self.to_dict()
        del said["heading"]["as_at"]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    @property
    def texts(self):
        """Yield (where it stands, text) for everything that anybody could read in the response or its file."""
        for entry, words in self.metadata.items():
            yield f"What the file says of itself: {entry.lower()}", words
        for text in self.heading.introduction:
            yield "Introduction", text
        for place, review in enumerate(self.reviews, start=1):
            within = f"Review {place}, " if len(self.reviews) > 1 else ""
            yield f"{within}name", f"{review.name.full} {review.name.published}".strip()
            for section in review.sections:
                yield f"{within}section heading", section.full_title
                for answer in section.answers:
                    yield from _texts_of(answer, f"{within}{section.full_title}: ")


def _texts_of(answer, where):
    for recommendation in answer.recommendations:
        name = f"recommendation {recommendation.number}".strip()
        yield f"{where}{name}", "\n".join((recommendation.number, *recommendation.text))
    for line in (answer.heading, *answer.response):
        yield f"{where}{answer.heading.lower() or 'response'}", line


def _sections(plan):
    """Yield the sections of a plan; a response is printed where it is first given, and referred to after that."""
    first = {}
    for section in plan.sections:
        together = defaultdict(list)
        for planned in section.recommendations:
            shared = tuple(response.pk for response in planned.responses)
            together[shared or planned.recommendation.pk].append(planned)
        answers = tuple(_answer(group, first) for group in together.values())
        if answers:
            yield PublicSection(section.section.number, section.section.title, answers)


def _answer(group, first):
    """Return recommendations that have the same responses, with these; ``first`` says where each stands already."""
    names = [planned.recommendation.number for planned in group]
    response = []
    for each in group[0].responses:
        if each.pk in first:
            response.append(f"See the response to {first[each.pk]}.")
            continue
        first[each.pk] = _recommendations(names)
        response += _lines(each.text)
    if not response:
        response = [_decision(group[0].recommendation)]
    recommended = (Recommended(each.recommendation.number, tuple(_lines(each.recommendation.text))) for each in group)
    is_headed = len(group) == 1 or response[0].casefold().startswith("response to ")
    heading = "" if is_headed else f"Response to {_recommendations(names)}"
    return Answer(tuple(recommended), heading, tuple(response))


def _decision(recommendation):
    """Return what is said where there is no response: whether it was accepted, never why."""
    if recommendation.acceptance:
        return f"{Acceptance(recommendation.acceptance).label}."
    return "No response has been given yet."


def _recommendations(names):
    """Return "recommendations 5 to 9", "recommendations 10 and 11"."""
    known = [name for name in names if name]
    if len(known) < len(names):
        return "these recommendations" if len(names) > 1 else "a recommendation above"
    if len(known) == 1:
        return f"recommendation {known[0]}"
    in_a_row = all(name.isdecimal() for name in known) and [int(name) for name in known] == list(
        range(int(known[0]), int(known[0]) + len(known))
    )
    return "recommendations " + (f"{known[0]} to {known[-1]}" if in_a_row and len(known) > 2 else listed(known))


def _lines(text):
    return [line.strip() for line in text.split("\n") if line.strip()]
