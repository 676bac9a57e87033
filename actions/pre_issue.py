"""What is worth mending before a report is issued, each with the page where it can be mended."""

from reviews.models import Review

from . import found_warnings
from .found_warnings import Mendable
from .warnings import Kind


def warnings_of(draft):
    """Return [(heading, [Mendable])] for the plans of a draft as they stand now, empty kinds left out.

    Of a draft about agencies alone, what concerns them. What somebody has looked at and found all right is not told
    again.
    """
    reviews = Review.objects.filter(pk__in=draft.reviews.values("pk"))
    found_warnings.look_through(reviews)
    found = found_warnings.unsettled(reviews)
    agencies = list(draft.agencies.values_list("pk", flat=True))
    if agencies:
        found = found.filter(found_warnings.concerning(agencies))
    by_kind = {}
    ordered = found_warnings.with_surroundings(found).order_by("review__reference", "review", "place")
    for each in ordered:
        by_kind.setdefault(each.kind, []).append(Mendable(each))
    return [(kind.label, by_kind[kind]) for kind in Kind if kind in by_kind]
