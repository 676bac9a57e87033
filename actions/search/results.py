"""What was found, as a person reads it: what it is, where it stands, where it leads, and the words around it."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Prefetch
from django.utils.formats import date_format
from django.utils.timezone import localtime

from actions.models import Action, Comment, Evidence, MeetingDecision, SearchKind, Update
from reviews.models import Recommendation, Response, Review

from .databases import database
from .excerpts import excerpt

#: What one of each kind is called.
NAMES = {
    **{SearchKind.REVIEW: "Review", SearchKind.RECOMMENDATION: "Recommendation", SearchKind.RESPONSE: "Response"},
    **{SearchKind.ACTION: "Action", SearchKind.UPDATE: "Update", SearchKind.COMMENT: "Comment"},
    **{SearchKind.EVIDENCE: "Evidence", SearchKind.DECISION: "Decision"},
}


@dataclass
class Result:
    """One thing that was found. ``rating`` and ``status`` are those of an action."""

    kind: SearchKind
    name: str
    place: str
    url: str
    words: tuple
    heading: str = ""
    rating: str = ""
    labels: dict | None = None
    status: str = ""

    @property
    def kind_name(self):
        """What one of its kind is called."""
        return NAMES[self.kind]


def of(ids, asked, user):
    """Return the results of some entries in their order, in a number of queries that does not depend on how many."""
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*database().marked(ids, asked))
        texts = {row[0]: row[1:] for row in cursor}
    things = _things(ids, user)
    return [
        _SHOWN[key % 8](things[key % 8][key // 8], texts[key])
        for key in ids
        if key in texts and key // 8 in things[key % 8]
    ]


def _things(ids, user):
    """Return {kind: {key: what was found, with what is shown of it}}."""
    actions = Action.objects.visible_to(user).select_related("review__partnership", "recommendation", "lead_agency")
    recommendations = Recommendation.objects.visible_to(user).select_related("section__review")
    of_action = ("action__review__partnership", "action__recommendation", "by")
    sources = {
        SearchKind.REVIEW: Review.objects.select_related("partnership"),
        SearchKind.RECOMMENDATION: Recommendation.objects.select_related("section__review"),
        SearchKind.RESPONSE: Response.objects.select_related("review").prefetch_related(
            Prefetch("recommendations", recommendations, to_attr="seen")
        ),
        SearchKind.ACTION: Action.objects.select_related("review__partnership", "recommendation", "lead_agency"),
        SearchKind.UPDATE: Update.objects.select_related(*of_action),
        SearchKind.COMMENT: Comment.objects.select_related(*of_action),
        SearchKind.DECISION: MeetingDecision.objects.with_surroundings(),
        SearchKind.EVIDENCE: Evidence.objects.prefetch_related(Prefetch("actions", actions, to_attr="seen")),
    }
    keys = {kind: [key // 8 for key in ids if key % 8 == kind] for kind in SearchKind}
    return {kind: source.in_bulk(keys[kind]) for kind, source in sources.items()}


# --- One of each kind --------------------------------------------------------------------------


def _words(texts, *, title=True):
    """Return the excerpts of what was found: of the text that it begins with, and of the rest where that has a hit."""
    first, rest, first_marked, rest_marked = texts
    shown = [excerpt(first, first_marked)] if title and first else []
    if (around := excerpt(rest, rest_marked)) and "<mark>" in around:
        shown.append(around)
    return tuple(shown)


def _review(review, texts):
    place = f"{review.get_kind_display()} · {review.partnership}"
    return Result(SearchKind.REVIEW, str(review), place, review.get_absolute_url(), _words(texts, title=False))


def _recommendation(recommendation, texts):
    place = f"{recommendation.section.review} · {recommendation.section}"
    name = f"Recommendation {recommendation.number}".strip()
    return Result(SearchKind.RECOMMENDATION, name, place, recommendation.get_absolute_url(), _words(texts))


def _response(response, texts):
    numbers = [each.number for each in response.seen if each.number]
    name = f"Response to recommendation{'s' * (len(numbers) > 1)} {', '.join(numbers)}" if numbers else "Response"
    page = response.seen[0] if response.seen else response.review
    url = f"{page.get_absolute_url()}#response-{response.pk}"
    return Result(SearchKind.RESPONSE, name, str(response.review), url, _words(texts))


def _action(action, texts):
    lead = action.lead_agency.name if action.lead_agency else ", ".join(action.lead_officers)
    due = f"due {action.due}" if action.due else "no target date"
    return Result(
        SearchKind.ACTION,
        _name_of(action),
        " · ".join(part for part in (str(action.review), lead, due) if part),
        action.get_absolute_url(),
        _words(texts),
        rating=action.rating(),
        labels=action.review.partnership.rating_labels,
        status=action.status,
    )


def _update(update, texts):
    return _said(SearchKind.UPDATE, "Update", update, texts)


def _comment(comment, texts):
    return _said(SearchKind.COMMENT, "Reply" if comment.in_reply_to_id else comment.get_kind_display(), comment, texts)


def _said(kind, what, said, texts):
    """Return what somebody said of an action, which leads to its place among the action's history."""
    action, day = said.action, date_format(localtime(said.at), "j F Y")
    place = f"{action.review} · {said.by}, {day}"
    url = f"{action.get_absolute_url()}#{kind.name.lower()}-{said.pk}"
    name = f"{what} on {_name_of(action)[0].lower()}{_name_of(action)[1:]}"
    return Result(kind, name, place, url, _words(texts))


def _decision(decision, texts):
    action, recommendation = decision.action, decision.recommendation
    review = action.review if action else recommendation.section.review
    about = _name_of(action) if action else f"Recommendation {recommendation.number}".strip()
    name = f"{decision.get_outcome_display()} on {about[0].lower()}{about[1:]}"
    url = f"{decision.about.get_absolute_url()}#decision-{decision.pk}"
    return Result(SearchKind.DECISION, name, f"{review} · {decision.meeting}", url, _words(texts))


def _evidence(evidence, texts):
    reviews = ", ".join(sorted({str(action.review) for action in evidence.seen}))
    served = f"for {len(evidence.seen)} action{'s' * (len(evidence.seen) != 1)}"
    place = f"{reviews} · {evidence.get_kind_display()} {served} · {evidence.get_standing_display()}"
    title = excerpt(texts[0], texts[2])
    words = _words(texts, title=False)
    return Result(SearchKind.EVIDENCE, evidence.title, place, evidence.get_absolute_url(), words, heading=title)


def _name_of(action):
    """Return what an action is called, as printed: "Action 58a"."""
    number = action.recommendation.number
    return f"Action {number}{action.label}" if number and action.label else str(action)


_SHOWN = {
    SearchKind.REVIEW: _review,
    SearchKind.RECOMMENDATION: _recommendation,
    SearchKind.RESPONSE: _response,
    SearchKind.ACTION: _action,
    SearchKind.UPDATE: _update,
    SearchKind.COMMENT: _comment,
    SearchKind.EVIDENCE: _evidence,
    SearchKind.DECISION: _decision,
}
