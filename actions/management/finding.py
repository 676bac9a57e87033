"""Finds on the command line what a person names."""

from difflib import get_close_matches

from django.core.management.base import CommandError

from reviews.models import Review
from scr_tracker.models import Partnership


def find_review(reference, partnership=None):
    """Return the one review of this reference, of the partnership if it is given.

    Raises CommandError, naming those that come near, where there is none, or more than one.
    """
    reviews = Review.objects.select_related("partnership")
    if partnership:
        reviews = reviews.filter(partnership__in=Partnership.objects.known_as(partnership))
    found = list(reviews.filter(reference__iexact=reference))
    if len(found) == 1:
        return found[0]
    if found:
        names = "; ".join(sorted(review.partnership.name for review in found))
        raise CommandError(f"Several partnerships have a review {reference}: give --partnership, one of {names}.")
    of = f" of {partnership}" if partnership else ""
    near = get_close_matches(reference, reviews.values_list("reference", flat=True), n=3, cutoff=0.3)
    raise CommandError(
        f"There is no review {reference}{of}. "
        + (f"Did you mean {' or '.join(near)}?" if near else "Check its reference.")
    )
