"""The reviews that a list offers to be narrowed by: all that a person may see, or the newest of very many."""

from django.db.models import Q

#: How many reviews a list to choose from holds; a partnership has seldom a hundred.
MOST = 200


def reviews_offered(reviews, chosen=""):
    """Return the reviews to choose from, of some (a QuerySet), by reference; and whether older ones are left out.

    ``chosen`` is what an address says: the key of a review, which is then offered however old it is, or anything else.
    """
    newest = Q(pk__in=reviews.order_by("-pk").values("pk")[: MOST + 1])
    if chosen.isascii() and chosen.isdecimal() and len(chosen) < 19:
        newest |= Q(pk=chosen)
    found = list(reviews.filter(newest).only("reference", "pseudonym").order_by("-pk"))
    kept = [review for place, review in enumerate(found) if place < MOST or str(review.pk) == chosen]
    return sorted(kept, key=lambda review: (review.reference, review.pk)), len(found) > MOST
