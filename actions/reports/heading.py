"""What is ordered, and the words over every report that come of it."""

from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from reviews.models import Kind
from scr_tracker.words import day, listed, moment

from .. import logos
from ..plan import as_known
from .frozen import Frozen


@dataclass(frozen=True)
class Order:
    """What somebody chose for a report; ``as_at`` None means as things stand.

    ``agencies`` limits it to what these lead or support; ``supersedes`` is the report whose place it will take.
    """

    partnership: object
    reviews: tuple
    agencies: tuple = ()
    as_at: datetime | None = None
    meeting: object = None
    marking: str = ""
    introduction: str = ""
    decisions: str = ""
    supersedes: object = None


@dataclass(frozen=True)
class ReviewName(Frozen):
    """What a review is called; ``dates`` say what has become of it."""

    kind: str
    kind_short: str
    reference: str
    pseudonym: str
    restricted: bool
    dates: tuple[str, ...]

    @property
    def short(self):
        """The name in common use: "0319 Kit"."""
        return " ".join(filter(None, [self.reference, self.pseudonym]))

    @property
    def full(self):
        """The name with its kind: "Serious Case Review 0319 Kit"."""
        return f"{self.kind} {self.short}"

    @classmethod
    def of(cls, review, dates):
        """Return the names of a review as it is or was."""
        kind = Kind(review.kind).label
        return cls(kind, review.kind_short, review.reference, review.pseudonym, review.restricted, tuple(dates))


@dataclass(frozen=True)
class Logo(Frozen):
    """The partnership's logo: a picture as an address that holds it, its size in points, and what it shows."""

    picture: str
    width: int
    height: int
    words: str

    @classmethod
    def of(cls, partnership):
        """Return the logo that a partnership has or had, or None."""
        found = logos.read(partnership.logo.name)
        return cls(*found, partnership.logo_words) if found else None

    @property
    def content(self):
        """The bytes of the picture."""
        return b64decode(self.picture.partition(",")[2])

    def width_in(self, width, height):
        """Return how wide it stands in a box, whole and undistorted."""
        return min(width, height * self.width / self.height)


@dataclass(frozen=True)
class Heading(Frozen):
    """What every report says of itself: whose it is, about what, for which meeting, as at when."""

    name: str
    partnership: str
    reviews: tuple[ReviewName, ...]
    agencies: tuple[str, ...]
    as_at: datetime
    marking: str
    meeting: str
    meeting_on: str
    introduction: tuple[str, ...]
    decisions: tuple[str, ...]
    logo: Logo | None = None

    @classmethod
    def of(cls, order, name, *, partnership, reviews, as_at):
        """Return the heading of a report called ``name``; partnership and reviews are as they were at the moment."""
        meeting = order.meeting
        return cls(
            name=name,
            partnership=partnership.name,
            reviews=tuple(reviews),
            agencies=tuple(agency.name for agency in as_known(order.agencies, order.as_at)),
            as_at=timezone.localtime(as_at),
            marking=order.marking or partnership.protective_marking,
            meeting=meeting.name if meeting else "",
            meeting_on=day(meeting.date) if meeting else "",
            introduction=paragraphs(order.introduction),
            decisions=paragraphs(order.decisions),
            logo=Logo.of(partnership),
        )

    @property
    def restricted(self):
        """Whether only business managers and the people named may see a review that it tells of."""
        return any(review.restricted for review in self.reviews)

    @property
    def about(self):
        """What the report is about, in a few words: the review, or how many."""
        if len(self.reviews) == 1:
            return self.reviews[0].short
        return f"{len(self.reviews)} reviews"

    @property
    def about_in_full(self):
        """What the report is about: the review with its kind, or all of them."""
        if len(self.reviews) == 1:
            return self.reviews[0].full
        return listed([review.short for review in self.reviews])

    @property
    def title(self):
        """What the report is called: "Monitoring report – 0319 Kit – 21 November 2026"."""
        about = self.about if len(self.reviews) == 1 else self.partnership
        return " – ".join(filter(None, [self.name, about, listed(self.agencies), day(self.as_at)]))

    @property
    def as_at_words(self):
        """The moment the report speaks of."""
        return moment(self.as_at)


@dataclass(frozen=True)
class Edition:
    """Which copy of a report this is; ``version`` None is a working copy, made when it speaks of."""

    made_at: datetime
    version: int | None = None
    supersedes: int | None = None

    @property
    def words(self):
        """Which copy this is, in words."""
        made = f"made {moment(timezone.localtime(self.made_at))}"
        if self.version is None:
            return f"Working copy, {made}"
        instead = f", in place of version {self.supersedes}" if self.supersedes else ""
        return f"Version {self.version}, {made}{instead}"


def paragraphs(text):
    """Return the lines of a text that say something."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
