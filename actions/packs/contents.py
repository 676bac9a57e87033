"""What goes into a pack, as data: what a person sees of the evidence of a review or of an agency, named and sorted."""

from dataclasses import asdict, dataclass, replace

from django.db.models import Q
from django.utils import timezone

from actions import plan as plans
from actions.evidence import naming
from actions.evidence.checking import BY_CONTENT_TYPE
from actions.models import Action, Evidence
from actions.reports.references import References
from reviews.models import Review
from scr_tracker.models import Agency, Partnership
from scr_tracker.permissions import GRANTS, Permission
from scr_tracker.words import day, listed

#: The folders of a pack, for what counts and for what does not.
COUNTS, RETURNED, REPLACED = "Evidence", "Returned", "Replaced"

#: The longest name of a folder and of a file, in bytes: Windows takes some 260 for folders and name together.
LONGEST_FOLDER, LONGEST_NAME = 60, 110

#: Why a piece stands in the index only.
GONE, CHANGED = "its file is missing", "its file is not the one that was uploaded"
QUARANTINE, WITHDRAWN = "it is in quarantine", "it was withdrawn"


@dataclass(frozen=True)
class Line:
    """A piece of evidence in the index. ``path`` is where its file is in the pack, or would be if not left out."""

    number: int
    evidence: int
    actions: tuple
    review: str
    references: str
    title: str
    kind: str
    strength: str
    what_it_shows: str
    dated: str
    added: str
    added_by: str
    agency: str
    standing: str
    path: str
    file_name: str
    size: int
    sha256: str
    link: str
    note: str
    left_out: str = ""

    @property
    def where(self):
        """Where the evidence is: its path in the pack, or that it is not there."""
        if self.left_out:
            return f"Left out: {self.left_out}"
        return self.path or "In this index"


@dataclass(frozen=True)
class Contents:
    """What goes into a pack, as it was at a moment; ``withdrawn`` counts what was taken back and is not listed."""

    about: str
    review: int | None
    agency: int | None
    partnerships: str
    marking: str
    made_at: str
    made_for: str
    withdrawn: int
    lines: tuple

    def as_data(self):
        """Return plain values, to be kept."""
        return asdict(self)

    @classmethod
    def from_data(cls, data):
        """Return the contents that were kept."""
        return cls(**{**data, "lines": tuple(Line(**line) for line in data["lines"])})

    def with_lines(self, lines):
        """Return the contents with other lines."""
        return replace(self, lines=tuple(lines))

    def by_review(self):
        """Return the lines of each review: [(review, lines)]."""
        found = {}
        for line in self.lines:
            found.setdefault(line.review, []).append(line)
        return list(found.items())

    @property
    def summary(self):
        """What is in the pack, in a sentence."""
        left_out = sum(bool(line.left_out) for line in self.lines)
        files = sum(bool(line.path) and not line.left_out for line in self.lines)
        links, notes = (sum(bool(getattr(line, name)) for line in self.lines) for name in ("link", "note"))
        said = [_counted(files, "file"), _counted(links, "link"), _counted(notes, "note")]
        said = [each for each in said if not each.startswith("0 ")]
        if left_out:
            said.append(f"{left_out:,} left out, with the reason")
        return f"{listed(said)}."


def reviews_for(user):
    """Return the reviews whose evidence a person may take out: those that they see whole, where they may."""
    granted = Partnership.objects.where(user, may=Permission.PACK_REVIEW)
    return Review.objects.wholly_visible_to(user).filter(partnership__in=granted).select_related("partnership")


def agencies_for(user):
    """Return the agencies whose evidence a person may take out: their own, and those of partnerships they manage."""
    agencies = Agency.objects.visible_to(user)
    if user.is_superuser:
        return agencies
    granting = [held for held in user.holds if Permission.PACK_AGENCY in GRANTS[held.role]]
    serving = Agency.objects.filter(partnerships__in=[held.partnership for held in granting if held.agency is None])
    own = [held.agency for held in granting if held.agency]
    return agencies.filter(Q(pk__in=own) | Q(pk__in=serving.values("pk")))


def of(user, *, review=None, agency=None):
    """Return what a pack about a review or an agency holds for a person, as things stand. Files are not looked at."""
    visible = Action.objects.visible_to(user)
    pieces = Evidence.objects.visible_to(user)
    if review:
        visible = visible.filter(review=review)
        pieces = pieces.filter(actions__in=visible).distinct()
    else:
        pieces = pieces.filter(agency=agency)
    pieces = list(pieces.for_list().order_by("uploaded_at", "pk"))
    serves = Evidence.actions.through.objects.filter(action__in=visible, evidence__in=[each.pk for each in pieces])
    shown = _places(user, serves.values_list("action__review", flat=True))
    found = {}
    for evidence, action in serves.values_list("evidence", "action"):
        found.setdefault(evidence, []).append(shown[action])
    kept = [each for each in pieces if not each.is_withdrawn]
    kept.sort(key=lambda each: min(found[each.pk]).order)
    partnerships = {place.partnership for each in kept for place in found[each.pk]}
    now = timezone.now()
    return Contents(
        about=str(review or agency),
        review=review and review.pk,
        agency=agency and agency.pk,
        partnerships=", ".join(sorted(each.name for each in partnerships)),
        marking=", ".join(sorted({each.protective_marking for each in partnerships})),
        made_at=now.isoformat(),
        made_for=str(user),
        withdrawn=len(pieces) - len(kept),
        lines=tuple(_lines(kept, found)),
    )


@dataclass(frozen=True, order=True)
class _Place:
    """Where an action stands, and what it is called."""

    order: tuple
    action: int
    review: str
    reference: str
    partnership: Partnership


def _places(user, reviews):
    """Return {action: its place} for the actions that a person sees in reviews."""
    places = {}
    seen = Review.objects.visible_to(user).with_wholeness(user).select_related("partnership")
    for review in seen.filter(pk__in=set(reviews)).order_by("reference", "pk"):
        shown = plans.visible_to(user, review)
        references = References(shown)
        for number, rated in enumerate(shown.actions):
            key = rated.action.pk
            order = (review.reference, review.pk, number)
            places[key] = _Place(order, key, str(review), references.action(key), review.partnership)
    return places


def _lines(pieces, found):
    numbers = {each.pk: number for number, each in enumerate(pieces, start=1)}
    taken = {}
    for each in pieces:
        places = sorted(found[each.pk])
        references = ", ".join(place.reference for place in places)
        yield Line(
            number=numbers[each.pk],
            evidence=each.pk,
            actions=tuple(place.action for place in places),
            review=places[0].review,
            references=references,
            title=each.title,
            kind=each.get_kind_display(),
            strength=each.get_strength_display(),
            what_it_shows=each.what_it_shows,
            dated=day(each.dated) if each.dated else "",
            added=day(timezone.localdate(each.uploaded_at)),
            added_by=str(each.uploaded_by),
            agency=each.agency.name if each.agency else "",
            standing=_standing(each, numbers),
            path=_path(each, places[0], taken) if each.file else "",
            file_name=each.file_name,
            size=each.size or 0,
            sha256=each.sha256,
            link=each.link,
            note=each.note,
            left_out=QUARANTINE if each.is_in_quarantine else "",
        )


def _standing(evidence, numbers):
    """Say what the partnership made of a piece, and whether a newer version has taken its place."""
    said = evidence.get_standing_display()
    if evidence.is_in_quarantine:
        said = f"{said}. {evidence.get_scan_display()}"
    if evidence.standing_reason:
        said = f"{said}: {evidence.standing_reason}"
    if not evidence.newer:
        return said
    newer = numbers.get(evidence.newer.pk)
    return f"Replaced by {f'no. {newer}' if newer else 'a version that is not here'} (was: {said})"


def _path(evidence, place, taken):
    """Return the path of a file in the pack, unlike every other whatever the capitals: folder, review, name.

    ``taken`` has each path so far in small letters, and how many files would have had it.
    """
    folder = COUNTS
    if evidence.standing == Evidence.Standing.RETURNED:
        folder = RETURNED
    elif evidence.newer:
        folder = REPLACED
    file_type = BY_CONTENT_TYPE.get(evidence.content_type)
    ending = file_type.ending if file_type else ".bin"
    review = _safe(place.review, "", LONGEST_FOLDER)
    words = f"{place.reference} {evidence.title}".strip()
    path = first = f"{folder}/{review}/{_safe(words, ending, LONGEST_NAME)}"
    while path.casefold() in taken:
        taken[first.casefold()] += 1
        path = f"{folder}/{review}/{_safe(words, f' ({taken[first.casefold()]}){ending}', LONGEST_NAME)}"
    taken[path.casefold()] = 1
    return path


def _safe(words, ending, longest):
    """Return words as a name that every system can keep, with its ending."""
    words = words.replace("/", "-").replace("\\", "-")
    return naming.saved(f"{words}.name", ending, longest=longest)


def _counted(number, word):
    return f"{number:,} {word}{'' if number == 1 else 's'}"
