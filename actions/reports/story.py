"""The whole story of one review: what it is, what happened action by action, and what was recommended before and since.

It is for an inspector, or for the people who made the review. Everything in it is as it was known at the moment that
the report speaks of.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from reviews.models import Acceptance, Level, Publication, Review
from scr_tracker.models import User
from scr_tracker.words import counted, cut, day, listed, number, sentence

from .. import plan as plans
from .. import steps
from ..choices import Status
from ..models import Action, Comment, Extension, Report, Update
from ..timeline import TOLD_ELSEWHERE
from .frozen import Frozen
from .heading import ReviewName
from .monitoring import MonitoringReport, as_it_was
from .references import References, anchor


@dataclass(frozen=True)
class Fact(Frozen):
    """Something that is known of the review: what it is called, and what it is."""

    name: str
    text: str


@dataclass(frozen=True)
class Happening(Frozen):
    """Something that happened to an action: on which day, what, by whom, and in which words."""

    on: str
    what: str
    who: str
    words: str


@dataclass(frozen=True)
class StoryOf(Frozen):
    """All that happened to an action, the first thing first."""

    reference: str
    anchor: str
    rating: str
    text: str
    happenings: tuple[Happening, ...]


@dataclass(frozen=True)
class SaidAgain(Frozen):
    """A recommendation of the review beside one of another review that says the same; ``how`` says which came first."""

    reference: str
    anchor: str
    text: str
    how: str
    other_review: str
    other_reference: str
    other_text: str
    standing: str


@dataclass(frozen=True)
class OneReviewReport(MonitoringReport):
    """The monitoring report of one review, with the whole of its story.

    ``silent`` are the names of the actions to which nothing has happened since the plan was entered.
    """

    about: tuple[Fact, ...] = ()
    stories: tuple[StoryOf, ...] = ()
    silent: tuple[str, ...] = ()
    said_again: tuple[SaidAgain, ...] = ()

    @classmethod
    def named(cls):
        """Return what a report of this kind is called."""
        return "Report on one review"

    @classmethod
    def besides(cls, read, as_at):
        """Return what this report tells beside what every monitoring report does."""
        (of,) = read
        happened = _happenings(of, as_at)
        stories = [
            StoryOf(
                of.references.action(rated.action.pk),
                anchor(rated.action.recommendation_id),
                str(rated.rating),
                cut(" ".join(rated.action.text.split())),
                tuple(happened[rated.action.pk]),
            )
            for rated in of.plan.actions
        ]
        return {
            "about": tuple(Fact(*each) for each in _facts(of.plan, as_at)),
            "stories": tuple(story for story in stories if story.happenings),
            "silent": tuple(story.reference for story in stories if not story.happenings),
            "said_again": tuple(_said_again(of, as_at)),
        }

    @property
    def silence(self):
        """Which actions nothing has happened to, as a sentence; "" where there is none."""
        if not self.silent:
            return ""
        if not self.stories:
            return "Nothing has been reported on any action since the plan was entered."
        have = "action has" if len(self.silent) == 1 else "actions have"
        start = sentence(f"{number(len(self.silent))} {have} no entry since the plan was entered")
        return f"{start[:-1]}: {listed(list(self.silent))}."


# --- The review ---------------------------------------------------------------------------------


def _facts(plan, as_at):
    """Yield (name, text) of what is known of the review itself, and of what was decided about it as a whole."""
    review = plan.review
    name = ReviewName.of(review, ())
    yield "Kind of review", name.kind
    if review.level == Level.NATIONAL:
        yield "Local or national", Level(review.level).label
    yield "Reference", review.reference
    if review.pseudonym:
        yield "Known as", review.pseudonym
    for called, on in (("Commissioned", review.commissioned_on), ("Completed", review.completed_on)):
        yield called, day(on) if on else "Not known"
    yield "Publication", _publication(review)
    if review.report_url:
        yield "Published report", review.report_url
    if review.lead_reviewer:
        yield "Lead reviewer", review.lead_reviewer
    yield "Who may see it", "Business managers and the people named" if review.restricted else "All of the partnership"
    yield "What it recommended", _asked(plan)
    yield "What was answered", _answered(plan)
    if taking_part := _taking_part(plan):
        yield "Agencies that lead or support", listed(taking_part)
    if given := _reports_on(review, as_at):
        yield "Reports that were issued on it", "\n".join(given)


def _publication(review):
    label = Publication(review.publication).label
    if review.publication == Publication.PUBLISHED and review.published_on:
        return f"Published on {day(review.published_on)}"
    return f"{label}: {review.publication_reason}" if review.publication_reason else label


def _asked(plan):
    asked = counted(len(plan.recommendations), "recommendation")
    return f"{asked} in {counted(len(plan.sections), 'section')}, with {counted(len(plan.actions), 'action')}"


def _answered(plan):
    """Return in words what the partnership decided about the recommendations, and how many it answered."""
    decided = [planned.recommendation.acceptance for planned in plan.recommendations]
    said = [
        f"{decided.count(each):,} {each.label.lower()}"
        for each in Acceptance
        if each != Acceptance.UNDECIDED and each in decided
    ]
    responses = {response.pk for planned in plan.recommendations for response in planned.responses}
    if responses:
        said.append(counted(len(responses), "response"))
    return listed(said) if said else "No decision or response is recorded"


def _taking_part(plan):
    leading = [rated.action.lead_agency for rated in plan.actions]
    supporting = [agency for rated in plan.actions for agency in rated.supporting_agencies]
    return sorted({agency.name for agency in (*leading, *supporting) if agency})


def _reports_on(review, as_at):
    """Return the titles of the reports that were issued on the review before the moment, the latest last."""
    out = Q(embargo_until__isnull=True) | Q(embargo_until__lte=as_at)
    found = Report.objects.filter(out, reviews=review.pk, issued_at__lt=as_at).order_by("issued_at", "pk")
    return [
        f"{title}, version {version}, issued {day(timezone.localdate(at))}"
        for title, version, at in found.values_list("title", "version", "issued_at")
    ]


# --- What happened ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Event:
    """Something that happened to an action, before it is said in words; ``by`` is the key of a person or None."""

    action: int
    at: datetime
    what: str
    by: int | None = None
    words: str = ""


def _happenings(of, as_at):
    """Return {key of an action: [Happening, …]}; takes a constant number of queries."""
    events = [*_updates(of, as_at), *_extensions(of, as_at), *_steps(of, as_at)]
    events += [*_evidence(of), *_challenges(of, as_at)]
    people = User.objects.filter(pk__in={event.by for event in events if event.by})
    known = {person.pk: str(person) for person in plans.as_known(list(people), as_at)}
    told = defaultdict(list)
    for event in sorted(events, key=lambda event: event.at):
        who = known.get(event.by, "")
        on = day(timezone.localdate(event.at))
        told[event.action].append(Happening(on, event.what, who, " ".join(event.words.split())))
    return told


def _updates(of, as_at):
    found = Update.objects.filter(action__review=of.review.pk, at__lte=as_at)
    for update in found.order_by("at", "pk"):
        before, after = Status(update.status_before).label, Status(update.status_after).label
        submitted = update.status_after == Status.SUBMITTED != update.status_before
        what = (steps.SUBMIT if submitted else steps.UPDATE).done
        changed = f": {before} to {after.lower()}" if before != after and not submitted else ""
        yield _Event(update.action_id, update.at, f"{what}{changed}", update.by_id, update.what_was_done)


def _extensions(of, as_at):
    found = Extension.objects.filter(action__review=of.review.pk, asked_at__lte=as_at)
    for each in found.order_by("asked_at", "pk"):
        asked = f"{steps.ASK_EXTENSION.done}: {day(each.asked_for_date)}"
        yield _Event(each.action_id, each.asked_at, asked, each.asked_by_id, each.reason)
        if each.decided_at and each.decided_at <= as_at:
            decided = f"Later date {each.get_decision_display().lower()}"
            yield _Event(each.action_id, each.decided_at, decided, each.decided_by_id, each.decision_note)


def _steps(of, as_at):
    """Yield the steps that leave nothing but a line of history: signed off, returned, paused, checked and so on."""
    found = Action.history.filter(review_id=of.review.pk, history_date__lte=as_at, history_type="~")
    for line in found.order_by("history_date", "history_id"):
        done, _, reason = (line.history_change_reason or "").partition(": ")
        if done in steps.BY_HISTORY and done not in TOLD_ELSEWHERE:
            yield _Event(line.id, line.history_date, done, line.history_user_id, reason)


def _evidence(of):
    for rated in of.plan.actions:
        for item in rated.offered:
            what = f"Evidence: {item.title}"
            yield _Event(rated.action.pk, item.uploaded_at, what, item.uploaded_by_id, item.what_it_shows)


def _challenges(of, as_at):
    challenge = Comment.Kind.CHALLENGE
    found = Comment.objects.filter(action__review=of.review.pk, at__lte=as_at)
    found = found.filter(Q(kind=challenge) | Q(in_reply_to__kind=challenge))
    for each in found.order_by("at", "pk"):
        what = "Reply to a challenge" if each.in_reply_to_id else "Challenge"
        yield _Event(each.action_id, each.at, what, each.by_id, each.text)


# --- Before and since ---------------------------------------------------------------------------


def _said_again(of, as_at):
    """Yield what was recommended before or since, in reviews that all of the partnership may see."""
    own = {planned.recommendation.pk: planned for planned in of.plan.recommendations}
    before, since = plans.repeats_of(own, as_at=as_at), plans.repeated_by(own, as_at=as_at)
    pairs = [
        *((link.recommendation_id, link.other_id, "Said before in") for link in before),
        *((link.other_id, link.recommendation_id, "Said again in") for link in since),
    ]
    others = _others({other for _, other, _ in pairs if other not in own}, of.review.partnership, as_at)
    others |= {pk: (of.name.short, of.references, planned) for pk, planned in own.items()}
    for here, other, how in pairs:
        if other not in others:
            continue
        review, references, planned = others[other]
        yield SaidAgain(
            of.references.recommendation(here),
            anchor(here),
            cut(" ".join(own[here].recommendation.text.split())),
            how,
            review,
            references.recommendation(other),
            cut(" ".join(planned.recommendation.text.split())),
            _standing(planned),
        )


def _others(keys, partnership, as_at):
    """Return {key: (its review's name, its references, it as planned)} for recommendations of other reviews."""
    found = {}
    reviews = Review.objects.filter(sections__recommendations__in=keys, partnership=partnership.pk, restricted=False)
    for review in reviews.distinct().order_by("pk"):
        if not review.history.filter(history_date__lte=as_at).exists():
            continue
        plan = plans.read(as_it_was(review, as_at), as_at=as_at)
        if plan.review.restricted:
            continue
        references, name = References(plan), ReviewName.of(plan.review, ()).short
        found |= {
            planned.recommendation.pk: (name, references, planned)
            for planned in plan.recommendations
            if planned.recommendation.pk in keys
        }
    return found


def _standing(planned):
    """Return in words how far a recommendation is carried out."""
    if planned.lacks_action:
        return "No action answers it."
    stands = [Status(rated.action.status).label.lower() for rated in (*planned.actions, *planned.also_answered_by)]
    return sentence(listed(list(dict.fromkeys(stands)))) if stands else "No action is owed."
