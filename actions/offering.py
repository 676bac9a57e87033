"""The reviews that a list offers to be narrowed by: all that a person may see, or the newest of very many."""

#: How many reviews a list to choose from holds; a partnership has seldom a hundred.
MOST = 100


def reviews_offered(reviews, chosen=""):
    """Return the reviews to choose from, of some (a QuerySet), by reference; and whether older ones are left out.

    ``chosen`` is what an address says: the key of a review, which is then offered however old it is, or anything else.
    """
    found = list(reviews.only("reference", "pseudonym").order_by("-pk")[: MOST + 1])
    kept = found[:MOST]
    if chosen.isascii() and chosen.isdecimal() and len(chosen) < 19:
        kept += reviews.filter(pk=chosen).exclude(pk__in=[review.pk for review in kept])
    return sorted(kept, key=lambda review: (review.reference, review.pk)), len(found) > MOST
