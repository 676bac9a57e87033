"""Everything that happened to a review and its plan, as one long list, newest first.

A page of it takes the same number of queries whatever the review's size: the database first cuts the keys of
the page from everything that happened, then each kind of thing is read once.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet, Value
from django.utils.text import Truncator

from reviews import services
from reviews.models import (
    Recommendation,
    RecommendationLink,
    RecommendationTheme,
    RefusedTheme,
    Response,
    Review,
    Section,
)

from . import lines, timeline
from .models import Action, Comment, Evidence, Extension, MeetingDecision, Update


@dataclass
class Source:
    """One kind of thing that happens: where it is kept, when it happened, and how it is told."""

    happened: QuerySet
    when: str
    tell: Callable
    #: What the events are about, where that is not the action that they hang on.
    model: type[Model] = Action

    def keys(self, kind):
        """Return the kind, key and moment of everything that happened."""
        return self.happened.order_by().values(event_kind=Value(kind), event_key=F("pk"), event_at=F(self.when))


class ReviewHistory:
    """The events of a review that a person may see; made for a Paginator."""

    def __init__(self, review, user):
        self.user, self.sources = user, _sources(review, user)

    def count(self):
        """How many there are."""
        return self._keys().count()

    def __len__(self):
        return self.count()

    def __getitem__(self, wanted):
        """Return the events of a slice, newest first."""
        cut = self._keys().order_by("-event_at", "-event_key")[wanted]
        keys = [(row["event_kind"], row["event_key"]) for row in cut]
        events = {}
        for kind, source in self.sources.items():
            if of_kind := [key for each, key in keys if each == kind]:
                events |= {(kind, key): event for key, event in source.tell(source, of_kind, self.user)}
        return [events[key] for key in keys if key in events]

    def _keys(self):
        first, *others = (source.keys(kind) for kind, source in self.sources.items())
        return first.union(*others, all=True)


def _sources(review, user):
    """Return {kind: Source} of what happened in a review, as far as the person may see it."""
    actions = Action.objects.visible_to(user).filter(review=review)
    recommendations = Recommendation.objects.visible_to(user).filter(section__review=review)
    tracked = {
        Review: Review.objects.filter(pk=review.pk),
        Section: Section.objects.filter(pk__in=recommendations.values("section")),
        Recommendation: recommendations,
        Response: Response.objects.filter(recommendations__in=recommendations),
        Action: actions,
        Evidence: Evidence.objects.filter(actions__in=actions),
    }
    of_actions = {"action__in": actions.values("pk")}
    extensions = Extension.objects.filter(**of_actions)
    return {
        **{
            model.__name__: Source(_told_lines(model, seen, actions), "history_date", _lines, model)
            for model, seen in tracked.items()
        },
        "link": Source(_of_links(recommendations, user), "history_date", _told_links, RecommendationLink),
        "theme": Source(
            RecommendationTheme.history.filter(recommendation__in=recommendations.values("pk")),
            "history_date",
            _told_themes,
            RecommendationTheme,
        ),
        "refused theme": Source(
            RefusedTheme.objects.filter(recommendation__in=recommendations.values("pk")), "at", _told_refusals
        ),
        "update": Source(Update.objects.filter(**of_actions), "at", _told(timeline.of_update, "by")),
        "comment": Source(Comment.objects.filter(**of_actions), "at", _told(timeline.of_comment, "by")),
        "meeting": Source(
            MeetingDecision.objects.filter(Q(**of_actions) | Q(recommendation__in=recommendations)),
            "at",
            _told_of_meetings,
        ),
        "request": Source(extensions, "asked_at", _told(timeline.of_request, "asked_by")),
        "decision": Source(
            extensions.filter(decided_at__isnull=False), "decided_at", _told(timeline.of_decision, "decided_by")
        ),
    }


def _told_lines(model, seen, actions):
    """Return the lines of history that are told, without evidence that began to serve an action out of sight."""
    told = model.history.filter(id__in=seen.values("pk"))
    told = told.exclude(history_type="~", history_change_reason__in=timeline.TOLD_ELSEWHERE)
    if model is not Evidence:
        return told
    links = Evidence.history.model.actions
    before = links.filter(evidence=OuterRef("evidence"), action=OuterRef("action"), history__lt=OuterRef("history"))
    anew = links.filter(~Exists(before), history=OuterRef("history_id"), action__in=actions.values("pk"))
    return told.exclude(~Exists(anew), history_change_reason=timeline.EVIDENCE_REUSED)


def _lines(source, keys, user):
    """Yield (key, event) for lines of the history of a model."""
    model = source.model
    found = list(model.history.filter(history_id__in=keys).with_previous().select_related("history_user"))
    before = model.history.in_bulk({line.previous for line in found} - {None})
    changed = lines.changes(model, [(line, before[line.previous]) for line in found if line.previous], user)
    related = {Action: ["recommendation"]}.get(model, [])
    things = model._base_manager.select_related(*related).in_bulk({line.id for line in found})
    for line in found:
        if event := timeline.of_line(line, changed.get(line.pk, [])):
            yield line.pk, _about(event, things.get(line.id))


def _of_links(recommendations, user):
    """Return the lines of history of links of these recommendations to and from what the person sees."""
    seen, here = Recommendation.objects.visible_to(user).values("pk"), recommendations.values("pk")
    told = RecommendationLink.history.filter(recommendation__in=seen, other__in=seen)
    return told.filter(Q(recommendation__in=here) | Q(other__in=here))


def _told_links(source, keys, user):
    """Yield (key, event) for lines of history of links between recommendations."""
    related = ("history_user", "recommendation__section__review", "other__section__review")
    for line in source.model.history.filter(history_id__in=keys).select_related(*related):
        here, there = line.recommendation, line.other
        said = (
            f"{here} of {here.section.review} {line.get_relation_display().lower()} {there} of {there.section.review}"
        )
        yield line.pk, _of_line(line, services.LINKED, said, here)


def _told_themes(source, keys, user):
    """Yield (key, event) for lines of history of themes that recommendations have."""
    lines = source.model.history.filter(history_id__in=keys)
    for line in lines.select_related("history_user", "theme", "recommendation"):
        yield (
            line.pk,
            _of_line(line, services.THEME_GIVEN, f"{line.theme}, to {line.recommendation}", line.recommendation),
        )


def _of_line(line, otherwise, said, recommendation):
    """Return the event of a line of history that says what was done, and perhaps why after a colon."""
    done, _, why = (line.history_change_reason or otherwise).partition(": ")
    who = str(line.history_user or "")
    url = recommendation.get_absolute_url()
    return timeline.Event(f"{done}: {said}", line.history_date, who=who, why=why, url=url)


def _told_refusals(source, keys, user):
    """Yield (key, event) for suggested themes that somebody refused."""
    for each in RefusedTheme.objects.filter(pk__in=keys).select_related("by", "theme", "recommendation"):
        said = f"{each.theme} refused" if each.theme else "None fits"
        title, url = f"Suggested theme: {said}, {each.recommendation}", each.recommendation.get_absolute_url()
        yield each.pk, timeline.Event(title, each.at, who=str(each.by or ""), url=url)


def _told(tell, by):
    """Return what yields (key, event) for things that hang on an action and tell themselves."""

    def read(source, keys, user):
        found = source.happened.model.objects.filter(pk__in=keys).select_related(by, "action__recommendation")
        return ((each.pk, _about(tell(each), each.action)) for each in found)

    return read


def _told_of_meetings(source, keys, user):
    """Yield (key, event) for what meetings decided on actions and recommendations."""
    found = MeetingDecision.objects.filter(pk__in=keys).with_surroundings()
    return ((each.pk, _about(timeline.of_meeting_decision(each), each.about)) for each in found)


def _about(event, thing):
    """Say in an event what it is about, and lead to it where it has a page."""
    if thing is not None:
        event.title = f"{event.title}: {Truncator(str(thing)).chars(90)}"
        event.url = thing.get_absolute_url() if hasattr(thing, "get_absolute_url") else ""
    return event
