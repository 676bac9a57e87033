"""What is kept of each theme in each partnership: the sums of its reviews, made anew when one of them has changed.

Who sees the reviews of a partnership whole reads these, and the rows of the few restricted reviews that name them: it
costs the same whatever there is. Whoever needs the sums calls ``refresh`` first.
"""

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.utils import timezone

from reviews.models import Review, partnerships_of
from scr_tracker.models import Partnership

from . import standing
from .models import ChangedReview, ChangedThemes, Standing, ThemesSummed, ThemeStanding, ThemeSum
from .models.standing import ThemeFigures

#: What is summed.
NUMBERS = [field.name for field in ThemeFigures._meta.fields]


def of_user(user):
    """Return the partnerships (keys, or a QuerySet) of which the user sees reviews whole."""
    if not user.is_active:
        return []
    if user.is_superuser:
        return Partnership.objects.all()
    managed, others = partnerships_of(user)
    return [*managed, *others]


def _left(partnership):
    """Return the notes about reviews that are summed in a partnership and have changed; theirs may be another now."""
    return ChangedReview.objects.filter(review__theme_standings__partnership=partnership)


#: The partnerships with the day of their sums, and whether something was noted since: put together once, for that takes
#: longer than the database takes to answer.
KEPT = (
    Partnership.objects.annotate(
        changed=Exists(ChangedReview.objects.filter(review__partnership=OuterRef("pk")))
        | Exists(_left(OuterRef("pk")))
        | Exists(ChangedThemes.objects.filter(partnership=OuterRef("pk")))
    )
    .order_by("pk")
    .values_list("pk", "themes_summed__day", "changed")
)


def refresh(partnerships, on=None):
    """See to it that the sums of these partnerships (keys, or a QuerySet) and their figures are of today."""
    on = on or timezone.localdate()
    pks = [pk for pk, day, changed in KEPT.filter(pk__in=partnerships) if changed or day != on]
    for pk in pks:
        standing.refresh(Review.objects.filter(Q(partnership=pk) | Q(pk__in=_left(pk).values("review"))), on)
    for pk in pks:
        _sum(pk, on)


@transaction.atomic
def _sum(partnership, on):
    """Make the sums of a partnership anew.

    Its row is locked before anything is read, so that of two who do this the later writes what is newer. A note that
    comes in meanwhile stays, and the sums are made once more.
    """
    ThemesSummed.objects.bulk_create([ThemesSummed(partnership_id=partnership)], ignore_conflicts=True)
    summed = ThemesSummed.objects.select_for_update().get(pk=partnership)
    notes = list(ChangedThemes.objects.filter(partnership=partnership).values_list("pk", flat=True))
    if summed.day == on and not notes:
        return
    rows = ThemeStanding.objects.filter(partnership=partnership).values("theme_id", "restricted")
    sums = rows.annotate(reviews=Count("pk"), **{f"sum_{name}": Sum(name) for name in NUMBERS}).order_by()
    ThemeSum.objects.filter(partnership=partnership).delete()
    ThemeSum.objects.bulk_create(
        ThemeSum(
            partnership_id=partnership,
            theme_id=row["theme_id"],
            restricted=row["restricted"],
            reviews=row["reviews"],
            **{name: row[f"sum_{name}"] for name in NUMBERS},
        )
        for row in sums
    )
    without = Standing.objects.filter(review__partnership=partnership).aggregate(number=Sum("without_theme"))["number"]
    summed.day, summed.without_theme = on, without or 0
    summed.save()
    ChangedThemes.objects.filter(pk__in=notes).delete()


class Sight:
    """What somebody sees of what is kept: conditions on ThemeSums and ThemeStandings, found once for a page.

    ``summed`` is what they see whomever a review names, ``named`` (None where there is nothing) the restricted reviews
    that they see because these name them, and ``whole`` both.
    """

    def __init__(self, user):
        self.summed, self.named = Q(), None
        if not user.is_active:
            self.summed = Q(pk__in=[])
        elif not user.is_superuser:
            managed, others = partnerships_of(user)
            self.summed = Q(partnership__in=managed)
            if others:
                self.summed |= Q(partnership__in=others, restricted=False)
                named = Review.named_people.through.objects.filter(user=user, review__partnership__in=others)
                keys = list(named.values_list("review", flat=True))
                self.named = Q(partnership__in=others, restricted=True, review__in=keys) if keys else None
        self.whole = self.summed | self.named if self.named else self.summed
