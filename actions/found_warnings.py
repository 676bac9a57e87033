"""The warnings about saved plans, kept as they were found: a plan is looked through when it has changed.

The rules are in warnings.py. Here stands when they are applied, where what they find is put right, and how somebody
says of a warning that all is right. The page of warnings and the look before a report is issued both read it here.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from reviews.models import Recommendation, Review
from scr_tracker import jobs, paging
from scr_tracker.models import Job, Partnership
from scr_tracker.permissions import Permission
from scr_tracker.rules import RuleBroken

from . import plan as plans
from . import standing, sums, warnings
from .importing.vocabulary import plain
from .models import Action, FoundWarning, SettledWarning, Standing
from .warnings import Kind

#: How many changed plans are looked through while somebody waits; a worker does the others.
WHILE_WAITING = 3
#: How many warnings of a kind are counted and shown: whoever has more begins with those.
MOST = 500
#: The title of the job that does so.
TITLE = "Look through the plans for warnings"

#: What of a thing a warning is about: when one of these changes, what was said of the warning no longer counts.
OF_ACTION = (
    *("text", "status", "lead_agency_id", "lead_officers", "target_date", "target_kind", "completed_on"),
    *("evidence_expected", "completion_evidence", "no_evidence_reason", "times_moved", "signed_off_at"),
)
OF_RECOMMENDATION = ("text", "acceptance", "completion_evidence", "evidence_expected", "as_printed")


# --- Looking through plans ---------------------------------------------------------------------


def look_through(reviews, *, most=None):
    """Look through those of the reviews (a QuerySet) that have changed since, ``most`` of them at once.

    Return how many are left.
    """
    standing.refresh(reviews)
    waiting = Standing.objects.filter(review__in=reviews.order_by().values("pk"), warnings_are_due=True)
    done = 0
    # One by one, the earliest first: what an earlier review says may make it necessary to look at a later one.
    while (most is None or done < most) and (pk := waiting.order_by("pk").values_list("pk", flat=True).first()):
        _look_through(pk)
        done += 1
    return waiting.count() if done else 0


def look_through_soon(reviews, *, by):
    """Look through a few plans now, and have a worker look through the others; return how many are left."""
    if not _are_due(by):
        return 0
    left = look_through(reviews, most=WHILE_WAITING)
    if left and settings.JOBS == "worker" and not Job.objects.unended().filter(title=TITLE).exists():
        jobs.start(look_through_in_background, title=TITLE, by=by, leads_to=reverse("data-warnings"))
    return left


def _are_due(user):
    """Whether plans that a person may put right have changed since they were looked through; one query if not."""
    places = Partnership.objects.where(user, may=Permission.EDIT_PLAN).order_by()
    figures = sums.of_reviews(user, list(places.values_list("pk", flat=True)))
    return any(each["unread"] for each in figures.values())


@jobs.job
def look_through_in_background(job):
    """Look through every plan that has changed."""
    everything = Review.objects.all()
    standing.refresh(everything)
    total = done = Standing.objects.filter(warnings_are_due=True).count()
    while left := look_through(everything, most=10):
        done = total - left
        jobs.tell(job, "Looking through the plans", done=max(done, 0), of=total)


@transaction.atomic
def _look_through(pk):
    """Find the warnings of one plan anew, and remember what its recommendations say."""
    kept = Standing.objects.select_for_update().get(pk=pk)
    if not kept.warnings_are_due:
        return
    review = Review.objects.select_related("partnership").get(pk=pk)
    plan = plans.read(review)
    wordings = _wordings(planned.recommendation for planned in plan.recommendations)
    _tell_later_reviews(review, set(wordings) ^ set(kept.wordings))
    around = warnings.Surroundings(on=plan.on, report_on=review.completed_on, before=_said_before(review, plan))
    _keep(review, [_found(review, place, each) for place, each in enumerate(warnings.of_saved(plan, around))])
    kept.wordings, kept.warnings_are_due = wordings, False
    kept.save(update_fields=["wordings", "warnings_are_due"])
    standing.recount_warnings(review)


def _keep(review, found):
    """Keep what was found of a review; what is as it was keeps its key, for whoever has a form about it open."""
    before = {each.about: each for each in FoundWarning.objects.filter(review=review)}
    now = {each.about: each for each in found}
    for about, each in now.items():
        each.pk = before[about].pk if about in before else None
    FoundWarning.objects.filter(review=review).exclude(about__in=now).delete()
    FoundWarning.objects.bulk_create([each for each in now.values() if each.pk is None])
    FoundWarning.objects.bulk_update([each for each in now.values() if each.pk], ["place"], batch_size=200)


def _wordings(recommendations):
    """Return {digest of what it says: key}, the first of those that say the same."""
    found = {}
    for each in recommendations:
        found.setdefault(_digest(plain(each.text)), each.pk)
    return found


def _digest(*parts):
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()


def _tell_later_reviews(review, changed):
    """Have those later reviews looked through again that say what this one no longer or newly says."""
    if not changed:
        return
    later = Standing.objects.filter(review__partnership=review.partnership_id, pk__gt=review.pk)
    pks = [pk for pk, wordings in later.values_list("pk", "wordings") if not changed.isdisjoint(wordings)]
    Standing.objects.filter(pk__in=pks).update(warnings_are_due=True)


def _said_before(review, plan):
    """Return {words: where} of what recommendations of the plan repeat from earlier reviews of the partnership."""
    texts = {_digest(words): words for words in (plain(each.recommendation.text) for each in plan.recommendations)}
    earlier = Standing.objects.filter(review__partnership=review.partnership_id, pk__lt=review.pk)
    first = {}
    for wordings in earlier.order_by("pk").values_list("wordings", flat=True):
        for digest in texts.keys() & wordings:
            first.setdefault(digest, wordings[digest])
    found = Recommendation.objects.select_related("section__review").in_bulk(first.values())
    return {texts[digest]: f"{found[pk]} of {found[pk].section.review}" for digest, pk in first.items() if pk in found}


def _found(review, place, warning):
    about = warning.about
    action = about if isinstance(about, Action) else None
    recommendation = about if isinstance(about, Recommendation) else None
    stands = [getattr(action, name) for name in OF_ACTION] if action else []
    stands += [getattr(recommendation, name) for name in OF_RECOMMENDATION] if recommendation else []
    return FoundWarning(
        review=review,
        kind=warning.kind,
        action=action,
        recommendation=action.recommendation if action else recommendation,
        place=place,
        says=warning.says,
        about=_digest(review.pk, warning.kind, warning.says, about and about.pk, *stands),
        until=action.completed_on if warning.kind == Kind.DONE_LATER else None,
    )


# --- Reading what was found --------------------------------------------------------------------


def seen_by(user):
    """Return the reviews of whose plans a person may put warnings right."""
    reviews = Review.objects.visible_to(user)
    if user.is_superuser:
        return reviews
    return reviews.filter(partnership__in=user.partnerships_granting(Permission.EDIT_PLAN))


def of_reviews(reviews):
    """Return the warnings that hold today about the plans of reviews (a QuerySet), with ``is_settled``."""
    return FoundWarning.objects.filter(review__in=reviews.order_by().values("pk")).holding(timezone.localdate())


def unsettled(reviews):
    """Return the warnings about the plans of reviews (a QuerySet) that nobody has found all right."""
    return of_reviews(reviews).filter(is_settled=False)


def concerning(agencies):
    """Return the condition that a warning is about an action of agencies, or a recommendation that they answer."""
    leading = Action.objects.filter(lead_agency__in=agencies).values("pk")
    supporting = Action.supporting_agencies.through.objects.filter(agency__in=agencies).values("action")
    theirs = Q(action__in=leading) | Q(action__in=supporting)
    answers = Recommendation.objects.filter(
        Q(pk__in=Action.objects.filter(Q(pk__in=leading) | Q(pk__in=supporting)).values("recommendation"))
        | Q(section__agency__in=agencies)
    )
    return theirs | Q(action=None, recommendation__in=answers.values("pk"))


def counts(found):
    """Return [(Kind, number, whether there are more)] of warnings, in the order of Kind, without kinds of none.

    No more of a kind are counted than MOST.
    """
    numbers = paging.counts_up_to([found.filter(kind=kind) for kind in Kind], MOST)
    return [(kind, min(number, MOST), number > MOST) for kind, number in zip(Kind, numbers, strict=True) if number]


class InOrder:
    """Warnings to be shown page by page: kind by kind as they were counted, each by review and place in the plan."""

    def __init__(self, found, counts):
        self.found, self.counts = found, counts

    def __len__(self):
        return sum(number for _, number, _ in self.counts)

    def __getitem__(self, page):
        """Return a slice, with what a page names of each."""
        parts, before = [], 0
        for kind, number, _ in self.counts:
            start, stop = max(page.start - before, 0), min(page.stop - before, number)
            if start < stop:
                of_kind = self.found.filter(kind=kind).order_by("review_id", "place", "pk")
                parts.append(of_kind.values_list("pk")[start:stop])
            before += number
        keys = [key for (key,) in paging.rows_of(parts)]
        order = {kind: place for place, kind in enumerate(Kind)}
        found = with_surroundings(FoundWarning.objects.filter(pk__in=keys))
        return sorted(found, key=lambda each: (order[each.kind], each.review_id, each.place, each.pk))


def with_surroundings(found):
    """Return warnings with what a page names of each, in one query."""
    return found.select_related("review", "recommendation", "action__recommendation")


def grouped(found):
    """Return [(Kind, what it means, [Mendable])] of some warnings in order, with who found which all right."""
    found = list(found)
    said = {each.about: each for each in _said([each.about for each in found])}
    groups = {}
    for each in found:
        groups.setdefault(Kind(each.kind), []).append(Mendable(each, said.get(each.about)))
    return [(kind, MEANS[kind], several) for kind, several in groups.items()]


def _said(abouts):
    return SettledWarning.objects.filter(about__in=abouts).select_related("by")


@transaction.atomic
def settle(*, warning, by, why, sent=None):
    """Say of a warning that somebody looked at it, and why all is right. It comes back when the thing changes."""
    if sent:
        sent.take_once(by=by)
    if SettledWarning.objects.filter(about=warning.about).exists():
        raise RuleBroken("Somebody has said already that this is all right.")
    said = SettledWarning.objects.create(review=warning.review, kind=warning.kind, about=warning.about, by=by, why=why)
    standing.recount_warnings(warning.review)
    return said


# --- What puts it right ------------------------------------------------------------------------


@dataclass(frozen=True)
class Mendable:
    """A warning as a person reads it: what it is about, what it says, and the page on which it is put right."""

    found: FoundWarning
    said: SettledWarning | None = None

    @property
    def says(self):
        """The sentence."""
        return self.found.says

    @cached_property
    def about(self):
        """What it is about, within its review."""
        if self.found.action:
            return str(self.found.action)
        return str(self.found.recommendation) if self.found.recommendation else "The whole plan"

    @property
    def words(self):
        """The text of what it is about."""
        thing = self.found.action or self.found.recommendation
        return thing.text if thing else ""

    @property
    def page(self):
        """The page of what it is about."""
        found = self.found
        if found.action_id:
            return reverse("action", args=[found.action_id])
        if found.recommendation_id:
            return reverse("recommendation", args=[found.recommendation_id])
        return reverse("plan", args=[found.review_id])

    @property
    def url(self):
        """Where it is put right: a form where there is one, else the page of what it is about."""
        name = MENDED_BY.get(Kind(self.found.kind))
        key = self.found.recommendation_id if name == "new-action" else self.found.action_id
        return reverse(name, args=[key]) if name and key else self.page

    @property
    def to_do(self):
        """What to do there, as a link says it."""
        return MEND[Kind(self.found.kind)]


#: The form that puts each kind right, by the name of its address; the others are put right on the thing's own page.
MENDED_BY = {
    Kind.NO_EVIDENCE: "add-evidence",
    Kind.EVIDENCE_TO_COME: "add-evidence",
    Kind.NO_ACTION: "new-action",
    Kind.NO_LEAD: "assign-action",
    Kind.NO_DATE: "set-target-date",
    Kind.NO_EVIDENCE_EXPECTED: "change-action",
    Kind.DONE_BEFORE_REPORT: "change-action",
    Kind.DONE_LATER: "change-action",
}

#: What puts each kind right, as a link says it.
MEND = {
    Kind.MISALIGNED: "Share them out",
    Kind.SHIFTED: "Compare with its neighbours",
    Kind.NO_ACTION: "Add an action, or say why none is needed",
    Kind.EVIDENCE_TO_COME: "Add what was done since",
    Kind.NO_EVIDENCE: "Add evidence",
    Kind.DONE_BEFORE_REPORT: "Check the day it was done",
    Kind.DONE_LATER: "Check the day it was done",
    Kind.NO_LEAD: "Choose a lead",
    Kind.NO_DATE: "Set a target date",
    Kind.NO_EVIDENCE_EXPECTED: "Say what would show it",
    Kind.MOVED_OFTEN: "Look at how its date moved",
    Kind.SAID_BEFORE: "Compare and link the two",
}

#: Why each kind matters, beneath its heading.
MEANS = {
    Kind.MISALIGNED: "The plan gives more dates, leads or statuses than there are actions, or fewer.",
    Kind.SHIFTED: "Rows of a plan that was merged by hand slip against each other.",
    Kind.NO_ACTION: "The board will ask who is doing this. Add an action, or record why none is needed.",
    Kind.EVIDENCE_TO_COME: "It is called complete, but what stands beside it has still to happen.",
    Kind.NO_EVIDENCE: "Nobody could show an inspector that this was done.",
    Kind.DONE_BEFORE_REPORT: "It was finished before the report that asked for it. Check the date.",
    Kind.DONE_LATER: "It is called complete on a day that has not come yet. Check the date.",
    Kind.NO_LEAD: "Nobody will be reminded of it.",
    Kind.NO_DATE: "It can never be overdue, so nobody will notice when it drifts.",
    Kind.NO_EVIDENCE_EXPECTED: "Say now what would show that it is done: it is harder afterwards.",
    Kind.MOVED_OFTEN: "Ask whether it will ever be done as it stands.",
    Kind.SAID_BEFORE: "An earlier review asked for the same. Ask what came of it before asking again.",
}
