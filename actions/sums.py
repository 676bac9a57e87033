"""How the plans of each partnership stand together: the sums of what is kept of its reviews (standing.py).

A first page adds up a handful of these, however many reviews there are. Restricted reviews have sums of their own: who
manages a partnership sees both, a member the others and the few restricted reviews that name them.

A sum is made anew from the figures of all reviews of its partnership, never counted up or down. A note says that it
must be, left by whoever found the figures of a review anew, and cleared by whoever makes the sum, who holds its row.
"""

from collections import defaultdict
from itertools import chain

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.utils import timezone

from reviews.models import Review, partnerships_of

from . import standing
from .models import AgencyStanding, AgencySum, ChangedReview, ChangedStanding, Standing, StandingSum
from .models.standing import Figures
from .rating import WORST_FIRST

#: What is summed of reviews. Beside it stand how many ``reviews`` there are, how many are ``unread``, that is to be
#: looked through for warnings, and ``since``, the latest of theirs.
NUMBERS = [
    *(rating.value for rating in WORST_FIRST),
    *("overdue", "due_soon", "returned", "submitted", "asked", "impact_due", "challenged"),
    *("recommendations", "no_action", "warnings"),
    *(f"{name}_{span}" for name in ("signed_off", "newly_overdue", "moved", "updates") for span in ("lately", "since")),
]
SUMMED = [*NUMBERS, "reviews", "unread"]
#: In which reviews the first few stand: [[when, key of the review], …]. Those that need most are the ``worst``.
FIRST = ("first_submitted_at", "first_asked_at", "first_challenged_at", "first_overdue_on", "last_update_at")
FEW, LAST_FIRST = (*FIRST, "worst"), ("last_update_at", "worst")
#: No page shows more of them.
MOST = 8
#: What is summed of agencies.
OF_AGENCIES = [*(field.name for field in Figures._meta.fields), "to_do"]


# --- Making them -------------------------------------------------------------------------------


def refresh(partnerships, on=None):
    """See to it that the sums of these partnerships (a QuerySet), and the figures of their reviews, are of today."""
    on = on or timezone.localdate()
    good = StandingSum.objects.filter(partnership=OuterRef("pk"), day=on)
    stale = partnerships.filter(~Exists(good) | _has_changed("pk")).order_by("pk")
    _make(stale.values_list("pk", flat=True), on)


def _has_changed(partnership):
    """Return the condition that something was noted in a partnership since its sums were made."""
    reviews = ChangedReview.objects.filter(review__partnership=OuterRef(partnership))
    standings = ChangedStanding.objects.filter(partnership=OuterRef(partnership))
    return Exists(reviews) | Exists(standings)


def _make(partnerships, on):
    for partnership in list(partnerships):
        standing.refresh(Review.objects.filter(partnership=partnership), on)
        _sum(partnership, on)


@transaction.atomic
def _sum(partnership, on):
    """Make the sums of a partnership anew.

    Their rows are locked before anything is read, so that of two who do this the later writes what is newer. A note
    that comes in meanwhile stays, and they are made once more.
    """
    both = [StandingSum(partnership_id=partnership, restricted=restricted) for restricted in (False, True)]
    StandingSum.objects.bulk_create(both, ignore_conflicts=True)
    kept = list(StandingSum.objects.filter(partnership=partnership).order_by("restricted").select_for_update())
    notes = list(ChangedStanding.objects.filter(partnership=partnership).values_list("pk", flat=True))
    if not notes and all(row.day == on for row in kept):
        return
    found = defaultdict(list)
    for restricted, figures in _each(Standing.objects.filter(review__partnership=partnership), "review__restricted"):
        found[restricted].append(figures)
    for row in kept:
        row.day, row.figures = on, together(found[row.restricted])
        row.save()
    of_agencies = AgencyStanding.objects.filter(review__partnership=partnership).order_by()
    sums = of_agencies.values("agency_id", restricted=F("review__restricted"))
    AgencySum.objects.filter(partnership=partnership).delete()
    AgencySum.objects.bulk_create(
        AgencySum(partnership_id=partnership, **{name.removeprefix("sum_"): value for name, value in row.items()})
        for row in sums.annotate(**{f"sum_{name}": Sum(name) for name in OF_AGENCIES})
    )
    ChangedStanding.objects.filter(pk__in=notes).delete()


def _each(standings, by):
    """Yield what ``by`` leads to, and the figures, of each of some standings (a QuerySet)."""
    for row in standings.values("review", by, "since", "warnings_are_due", *NUMBERS, *FIRST):
        figures = {name: row[name] for name in NUMBERS} | {"reviews": 1, "unread": int(row["warnings_are_due"])}
        figures["since"] = row["since"] and row["since"].isoformat()
        figures |= {name: [[row[name].isoformat(), row["review"]]] for name in FIRST if row[name]}
        figures["worst"] = [[[row["red"], row["amber"], row["no_action"]], row["review"]]]
        yield row[by], figures


def together(several):
    """Return the sum of several figures; of none, all are nought."""
    found = {name: sum(figures.get(name, 0) for figures in several) for name in SUMMED}
    found["since"] = max((figures["since"] for figures in several if figures.get("since")), default=None)
    for name in FEW:
        few = chain.from_iterable(figures.get(name, ()) for figures in several)
        found[name] = sorted(few, reverse=name in LAST_FIRST)[:MOST]
    return found


# --- Reading them ------------------------------------------------------------------------------


def of_reviews(user, partnerships):
    """Return {partnership: figures} of the reviews that a person sees whole in some of their partnerships, by key.

    They are made anew where they must be.
    """
    on = timezone.localdate()
    rows = _kept(partnerships)
    good = {row["partnership"] for row in rows if row["day"] == on and not row["changed"]}
    if bad := sorted(set(partnerships) - good):
        _make(bad, on)
        rows = _kept(partnerships)
    managed = _managed(user, partnerships)
    found, hidden = {key: [] for key in partnerships}, set()
    for row in rows:
        if not row["restricted"] or row["partnership"] in managed:
            found[row["partnership"]].append(row["figures"])
        elif row["figures"]["reviews"]:
            hidden.add(row["partnership"])
    if hidden:
        named = Standing.objects.filter(_names(user), review__partnership__in=hidden)
        for partnership, figures in _each(named, "review__partnership"):
            found[partnership].append(figures)
    return {partnership: together(several) for partnership, several in found.items()}


#: The sums with what is read of them: put together once, for that takes longer than the database takes to answer.
KEPT = StandingSum.objects.annotate(changed=_has_changed("partnership")).values(
    "partnership", "restricted", "day", "figures", "changed"
)


def _kept(partnerships):
    return list(KEPT.filter(partnership__in=partnerships))


def _managed(user, partnerships):
    return set(partnerships) if user.is_superuser else set(partnerships_of(user)[0])


def _names(user):
    """Return the condition that the review of a standing is restricted, and names a person."""
    named = Review.named_people.through.objects.filter(user=user).values("review")
    return Q(review__restricted=True, review__in=named)


def of_agencies_in(partnership, user):
    """Return {agency: figures, its ``name`` among them} of the reviews that a person sees whole in a partnership."""
    sees_all = partnership in _managed(user, [partnership])
    return _of_agencies(user, sees_all, {"partnership": partnership}, {"review__partnership": partnership})


def of_agencies(agencies, user):
    """Return the same of some agencies of a person, in all reviews that are not restricted or name them."""
    return _of_agencies(user, False, {"agency__in": agencies}, {"agency__in": agencies})


def _of_agencies(user, sees_all, sums, standings):
    """Add up the sums, and where a person may not see all of them the standings instead, that these say."""
    read = ("agency", "agency__name", *OF_AGENCIES)
    rows = list(AgencySum.objects.filter(**sums).values("restricted", *read))
    if not sees_all and any(row["restricted"] for row in rows):
        rows = [row for row in rows if not row["restricted"]]
        rows += AgencyStanding.objects.filter(_names(user), **standings).values(*read)
    found = {}
    for row in rows:
        figures = found.setdefault(row["agency"], {"name": row["agency__name"], **dict.fromkeys(OF_AGENCIES, 0)})
        for name in OF_AGENCIES:
            figures[name] += row[name]
    return found
