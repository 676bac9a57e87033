"""How each review stands, kept in figures: found anew when the review has changed, and on every new day.

Ratings depend on today, so what is kept is true for one day. Whoever needs the figures of some reviews calls
``refresh`` first; between two changes of a day that finds nothing to do, and costs one query.
"""

from collections import defaultdict
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q
from django.utils import timezone

from reviews.models import (
    Recommendation,
    RecommendationLink,
    RecommendationTheme,
    RefusedTheme,
    Response,
    Review,
    Section,
    without_a_theme,
)
from scr_tracker.models import Partnership

from . import rating, summaries, theme_figures
from .choices import AT_WORK, DONE, OPEN, Status
from .models import (
    Action,
    AgencyStanding,
    ChangedReview,
    ChangedStanding,
    ChangedThemes,
    Comment,
    Evidence,
    Extension,
    FoundWarning,
    Meeting,
    Standing,
    Update,
)

#: How many days "lately" and "soon" mean.
LATELY, SOON = 7, 30
#: Reviews whose figures are found at a time.
BATCH = 400

RATINGS = [each.value for each in rating.WORST_FIRST]
FIGURES = [
    field.name for field in Standing._meta.fields if field.name not in ("review", "warnings_are_due", "wordings")
]


# --- What has changed --------------------------------------------------------------------------


def _of_actions(keys):
    return Action.objects.filter(pk__in=keys).values_list("review", flat=True)


def _of_recommendations(keys):
    return Recommendation.objects.filter(pk__in=keys).values_list("section__review", flat=True)


def _of_reviews(keys):
    """A review itself, and those that repeat it: who learns of that depends on who may see it."""
    return {*keys, *theme_figures.repeating(keys)}


def _of_evidence(keys):
    return Evidence.actions.through.objects.filter(evidence__in=keys).values_list("action__review", flat=True)


#: By what in a line of history, or in something that is only added, the reviews are found that it changes.
CHANGES = {
    Action.history.model: ("review_id", None),
    Section.history.model: ("review_id", None),
    Response.history.model: ("review_id", None),
    Review.history.model: ("id", _of_reviews),
    Recommendation.history.model: (
        "section_id",
        lambda keys: Section.objects.filter(pk__in=keys).values_list("review", flat=True),
    ),
    RecommendationTheme.history.model: ("recommendation_id", _of_recommendations),
    RecommendationLink.history.model: ("recommendation_id", _of_recommendations),
    RefusedTheme: ("recommendation_id", _of_recommendations),
    Partnership.history.model: (
        "id",
        lambda keys: Review.objects.filter(partnership__in=keys).values_list("pk", flat=True),
    ),
    Extension.history.model: ("action_id", _of_actions),
    Evidence.history.model: ("id", _of_evidence),
    Update: ("action_id", _of_actions),
    Comment: ("action_id", _of_actions),
}


def note_changes(added):
    """Note which reviews are changed by what was added to a record. A note stands in nobody's way."""
    if not added or type(added[0]) not in CHANGES:
        return
    by, look_up = CHANGES[type(added[0])]
    keys = {getattr(each, by) for each in added}
    reviews = set(look_up(keys)) if look_up else keys
    ChangedReview.objects.bulk_create(ChangedReview(review_id=pk) for pk in sorted(reviews))
    if type(added[0]) is Review.history.model:
        # One that was elsewhere before leaves the sums of there.
        places = set(Review.history.filter(id__in=keys).order_by().values_list("partnership_id", flat=True))
        ChangedStanding.objects.bulk_create(ChangedStanding(partnership_id=pk) for pk in sorted(places))


# --- Finding the figures -----------------------------------------------------------------------


def refresh(reviews, on=None):
    """See to it that the figures of these reviews (a QuerySet) are those of today."""
    on = on or timezone.localdate()
    good = Standing.objects.filter(review=OuterRef("pk"), day=on)
    changed = ChangedReview.objects.filter(review=OuterRef("pk"))
    stale = reviews.filter(~Exists(good) | Exists(changed)).order_by("partnership", "pk")
    of_partnership = defaultdict(list)
    for pk, partnership in stale.values_list("pk", "partnership"):
        of_partnership[partnership].append(pk)
    for partnership, pks in of_partnership.items():
        for first in range(0, len(pks), BATCH):
            _refresh(partnership, sorted(pks[first : first + BATCH]), on)


@transaction.atomic
def _refresh(partnership, pks, on):
    """Find the figures of some reviews of a partnership anew.

    Their rows are locked before anything is read, so that of two who do this the later writes what is newer.
    """
    Standing.objects.bulk_create([Standing(review_id=pk) for pk in pks], ignore_conflicts=True)
    rows = Standing.objects.filter(review__in=pks).order_by("pk").select_for_update().in_bulk()
    notes = list(ChangedReview.objects.filter(review__in=pks).values_list("pk", "review"))
    since = _last_meeting(partnership, on)
    found, of_agencies = _figures(pks, on, since), _agency_figures(pks, on)
    changed = {review for _, review in notes}
    themes_changed = theme_figures.find_anew(pks, on)
    if any(row.without_theme != found[pk].get("without_theme", 0) for pk, row in rows.items()):
        themes_changed.add(partnership)
    ChangedThemes.objects.bulk_create(ChangedThemes(partnership_id=pk) for pk in sorted(themes_changed))
    for pk, row in rows.items():
        for name in FIGURES:
            setattr(row, name, found[pk].get(name, Standing._meta.get_field(name).get_default()))
        row.day, row.since = on, since
        row.warnings_are_due = row.warnings_are_due or pk in changed
    Standing.objects.bulk_update(rows.values(), [*FIGURES, "warnings_are_due"], batch_size=100)
    AgencyStanding.objects.filter(review__in=pks).delete()
    AgencyStanding.objects.bulk_create(
        (AgencyStanding(review_id=review, agency_id=agency, **row) for (review, agency), row in of_agencies.items()),
        batch_size=500,
    )
    ChangedReview.objects.filter(pk__in=[pk for pk, _ in notes]).delete()
    ChangedStanding.objects.create(partnership_id=partnership)


def _last_meeting(partnership, on):
    """Return the day of a partnership's last meeting before a day, or None where there was none."""
    past = Meeting.objects.filter(partnership=partnership, date__lt=on)
    return past.aggregate(last=Max("date"))["last"]


def _figures(pks, on, since):
    """Return {review: {figure: number}}; ``since`` as ``lately`` where no meeting was held yet."""
    lately = on - timedelta(LATELY)
    since = since or lately
    found = defaultdict(dict)
    actions = Action.objects.filter(review__in=pks)
    for pk, rated, count in _counted(actions.with_rating(on), "review", "rated"):
        found[pk][rated] = count
    overdue = Q(status__in=OPEN) & rating.is_overdue_in_sql(on)
    figures = {
        "overdue": Count("pk", filter=overdue),
        "due_soon": Count("pk", filter=Q(status__in=OPEN, target_date__range=(on, on + timedelta(SOON)))),
        "returned": Count("pk", filter=Q(status__in=AT_WORK, returned_at__isnull=False)),
        "submitted": Count("pk", filter=Q(status=Status.SUBMITTED)),
        "asked": Count("pk", filter=Q(extension_pending=True)),
        "impact_due": Count("pk", filter=Q(status__in=DONE, impact_check_due__lte=on)),
        "signed_off_lately": Count("pk", filter=Q(signed_off_at__gte=_start(lately))),
        "signed_off_since": Count("pk", filter=Q(signed_off_at__gte=_start(since))),
        "newly_overdue_lately": Count("pk", filter=overdue & Q(target_date__gte=lately)),
        "newly_overdue_since": Count("pk", filter=overdue & Q(target_date__gte=since)),
        "first_submitted_at": Min("submitted_at", filter=Q(status=Status.SUBMITTED)),
        "first_overdue_on": Min("target_date", filter=overdue),
    }
    _add(found, actions.order_by().values("review").annotate(**figures))
    recommendations = Recommendation.objects.filter(section__review__in=pks)
    of_review = recommendations.order_by().values(review=F("section__review"))
    themeless = Count("pk", filter=without_a_theme())
    _add(found, of_review.annotate(recommendations=Count("pk"), without_theme=themeless))
    lacking = summaries.without_action(recommendations).order_by().values(review=F("section__review"))
    _add(found, lacking.annotate(no_action=Count("pk")))
    _add(
        found,
        Update.objects.filter(action__review__in=pks)
        .order_by()
        .values(review=F("action__review"))
        .annotate(
            updates_lately=Count("pk", filter=Q(at__gte=_start(lately))),
            updates_since=Count("pk", filter=Q(at__gte=_start(since))),
            last_update_at=Max("at"),
        ),
    )
    agreed = Q(decision=Extension.Decision.AGREED)
    _add(
        found,
        Extension.objects.filter(action__review__in=pks)
        .order_by()
        .values(review=F("action__review"))
        .annotate(
            moved_lately=Count("pk", filter=agreed & Q(decided_at__gte=_start(lately))),
            moved_since=Count("pk", filter=agreed & Q(decided_at__gte=_start(since))),
            first_asked_at=Min("asked_at", filter=Q(decision=Extension.Decision.WAITING)),
        ),
    )
    challenges = Comment.objects.filter(action__review__in=pks).open_challenges()
    _add(
        found,
        challenges.order_by()
        .values(review=F("action__review"))
        .annotate(challenged=Count("pk"), first_challenged_at=Min("at")),
    )
    _add(found, FoundWarning.objects.filter(review__in=pks).unsettled(on).counted_by_review())
    return found


@transaction.atomic
def recount_warnings(review):
    """Count the warnings of one review anew, after one was found or settled, or it was looked through."""
    on = timezone.localdate()
    rows = FoundWarning.objects.filter(review=review).unsettled(on).counted_by_review()
    Standing.objects.filter(review=review).update(warnings=sum(row["warnings"] for row in rows))
    ChangedStanding.objects.create(partnership_id=review.partnership_id)


def _add(found, rows):
    for row in rows:
        found[row.pop("review")].update(row)


def _counted(actions, *by):
    return actions.order_by().values_list(*by).annotate(number=Count("pk"))


def _agency_figures(pks, on):
    """Return {(review, agency): {figure: number}}: the ratings of what it leads, and what it has to do."""
    found = defaultdict(lambda: defaultdict(int))
    actions = Action.objects.filter(review__in=pks)
    led = actions.filter(lead_agency__isnull=False)
    for review, agency, rated, count in _counted(led.with_rating(on), "review", "lead_agency", "rated"):
        found[review, agency][rated] = count
    led, supported = led.annotate(by=F("lead_agency")), actions.annotate(by=F("supporting_agencies"))
    supported = supported.filter(Q(lead_agency=None) | ~Q(lead_agency=F("by")), by__isnull=False)
    figures = {
        "to_do": Count("pk", filter=Q(status__in=AT_WORK)),
        "overdue": Count("pk", filter=Q(status__in=OPEN) & rating.is_overdue_in_sql(on)),
        "due_soon": Count("pk", filter=Q(status__in=OPEN, target_date__range=(on, on + timedelta(SOON)))),
        "returned": Count("pk", filter=Q(status__in=AT_WORK, returned_at__isnull=False)),
        "submitted": Count("pk", filter=Q(status=Status.SUBMITTED)),
        "first_due_on": Min("target_date", filter=Q(status__in=AT_WORK)),
    }
    for part in (led, supported):
        for row in part.order_by().values("review", "by").annotate(**figures):
            kept = found[row.pop("review"), row.pop("by")]
            days = [day for day in (kept.get("first_due_on"), row.pop("first_due_on")) if day]
            kept["first_due_on"] = min(days, default=None)
            for name, count in row.items():
                kept[name] += count
    return found


def _start(day):
    """Return the moment at which a day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))
