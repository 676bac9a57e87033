"""The reviews that a list offers to be narrowed by: all that a person may see, or the newest of very many."""

from django.db.models import Exists, OuterRef, Q

from reviews.models import Review, keys_seen_whole_by, named_or_unrestricted, of_actions_of

from .models import AgencyStanding, ChangedReview, Standing

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


def reviews_seen_by(user):
    """Return what ``Review.objects.visible_to`` does, so that the newest are found without reading all of somebody's.

    In which reviews an agency has a part is kept (AgencyStanding). Of those that have changed since, or whose figures
    were never found, the actions say it.
    """
    agencies = user.led_agencies
    if not agencies or (user.is_superuser and user.is_active):
        return Review.objects.visible_to(user)
    whole = Q(pk__in=keys_seen_whole_by(user))
    changed = Exists(ChangedReview.objects.filter(review=OuterRef("pk")))
    has_part = Exists(AgencyStanding.objects.filter(review=OuterRef("pk"), agency__in=agencies))
    # What is cheap to find out stands first: no action is read where no review is left to be looked through.
    unknown = (changed | ~Exists(Standing.objects.filter(review=OuterRef("pk")))) & Q(
        pk__in=of_actions_of(user, "review")
    )
    seen_in_part = named_or_unrestricted(user) & ((has_part & ~changed) | unknown)
    return Review.objects.filter(whole | seen_in_part)
