"""The reviews of the demonstration and their plans, as they stood on the day they were entered."""

from datetime import date

from actions.choices import Status
from actions.models import Action
from reviews import services
from reviews.models import (
    Acceptance,
    Level,
    Practice,
    Publication,
    Recommendation,
    RecommendationLink,
    RecommendationTheme,
    Response,
    Review,
    Section,
    Source,
    Theme,
)
from scr_tracker.history import remember, remember_joined, remember_new

from .history import when

ENTERED = "Plan entered"
ABOUT = ("kind", "reference", "pseudonym", "lead_reviewer", "restricted")

SOURCES = {"Overview report": Source.OVERVIEW, "Health overview report": Source.HEALTH_OVERVIEW}
PRACTICES = {"New practice": Practice.NEW, "Reminder of existing practice": Practice.REMINDER}


class Plans:
    """Saves the plans; keeps recommendations and actions by their ids in the files."""

    def __init__(self, told, world, clock):
        self.world, self.clock = world, clock
        self.recommendations, self.actions = {}, {}
        self.reviews = [self._review(each) for each in told]
        plans = list(zip(told, self.reviews, strict=True))
        sections = self._sections(plans)
        self._recommendations(sections)
        self._responses(plans)
        self._actions(sections)
        self._themes_and_links(plans)

    def join_actions(self):
        """Join actions to agencies and people; last, so that every line of their history says so."""
        supporting, people = [], []
        for told, action in self.actions.values():
            supporting += [(action, self.world.agencies[key]) for key in told.get("supporting_agencies", [])]
            people += [(action, person) for person in [self.world.leads.get(action.lead_agency)] if person]
        remember_joined(Action, "supporting_agencies", supporting)
        remember_joined(Action, "people", people)

    def _review(self, told):
        review, plan, clock = told["review"], told["plan"], self.clock
        published = review["publication"] == Publication.PUBLISHED
        saved = Review(
            partnership=self.world.partnerships[told["partnership"]],
            **{name: review[name] for name in ABOUT},
            level=review.get("level", Level.LOCAL),
            commissioned_on=clock.day(review["commissioned_days_ago"]),
            completed_on=clock.day(review["completed_days_ago"]),
            publication=Publication.TO_BE_PUBLISHED if published else review["publication"],
            publication_reason=review.get("publication_reason", ""),
            plan_title=plan["title"],
            plan_columns=[
                {"field": field, "heading": heading}
                for field, heading in zip(plan.get("column_fields", []), plan.get("columns", []), strict=True)
            ],
            plan_keys=_keys(plan),
            plan_notes="\n\n".join(filter(None, [review["summary"], plan.get("preamble")])),
            as_printed={"partnership": plan["partnership"], "review_name": plan["review_name"]},
        )
        entered_by = self.world.people[review["entered_by"]]
        remember(when(saved, clock.moment(review["entered_days_ago"])), by=entered_by, why=ENTERED)
        if published:
            saved.publication, saved.report_url = review["publication"], review["report_url"]
            saved.published_on = clock.day(review["published_days_ago"])
            when(saved, clock.moment(review["published_days_ago"], minutes=60))
            remember(saved, by=entered_by, why="Report published")
        remember_joined(Review, "named_people", [(saved, self.world.people[key]) for key in review.get("named", [])])
        return saved

    def _new(self, instance, told):
        """Date the first line of history of a part of a plan."""
        review = told["review"]
        entered = self.clock.moment(review["entered_days_ago"])
        return when(instance, entered, by=self.world.people[review["entered_by"]], why=ENTERED)

    def _sections(self, plans):
        sections = [
            (told, section, Section(
                review=review,
                number=section.get("number", ""),
                title=section["title"],
                agency=self.world.agencies.get(section.get("agency")),
                order=order,
                as_printed={"heading": section["title"]},
            ))
            for told, review in plans
            for order, section in enumerate(told["plan"]["sections"], 1)
        ]  # fmt: skip
        remember_new([self._new(saved, told) for told, _, saved in sections], by=None, why=ENTERED)
        return sections

    def _recommendations(self, sections):
        for told, section, saved in sections:
            for order, each in enumerate(section["recommendations"], 1):
                usually = told["review"].get("acceptance", "")
                recommendation = self._recommendation(each, saved, order, usually)
                self.recommendations[each["id"]] = self._new(recommendation, told)
        remember_new(list(self.recommendations.values()), by=None, why=ENTERED)

    def _recommendation(self, told, section, order, acceptance):
        decided = told.get("acceptance", {"decision": acceptance})
        source, practice = told.get("source_or_type", ""), told.get("practice_type", "")
        printed = {
            "number": told.get("number"),
            "source": source,
            "practice": practice,
            "status": told.get("status_text"),
            "progress": told.get("progress_text"),
        }
        return Recommendation(
            section=section,
            number=told.get("number", ""),
            order=order,
            text=told["text"],
            source=SOURCES.get(source, Source.AGENCY_REVIEW if source else Source.UNKNOWN),
            practice=PRACTICES.get(practice, Practice.UNKNOWN),
            **_given(told, "intended_outcome", "action_intro", "evidence_expected", "completion_evidence"),
            acceptance=Acceptance(decided["decision"]),
            acceptance_reason=decided.get("reason", ""),
            as_printed={name: words for name, words in printed.items() if words},
        )

    def _responses(self, plans):
        """Save the responses; one that several recommendations share is told beside the first of them."""
        saved, pairs = [], []
        for told, review in plans:
            answered = [each for section in told["plan"]["sections"] for each in section["recommendations"]]
            by_number = {each.get("number"): self.recommendations[each["id"]] for each in answered}
            order = 0
            for each in answered:
                if "response" not in each:
                    continue
                order += 1
                numbers = each.get("response_shared_with", [each["number"]])
                response = Response(
                    review=review,
                    text=each["response"],
                    order=order,
                    as_printed={"heading": _response_heading(numbers)},
                )
                saved.append(self._new(response, told))
                pairs += [(response, by_number[number]) for number in numbers]
        remember_new(saved, by=None, why=ENTERED)
        remember_joined(Response, "recommendations", pairs)

    def _actions(self, sections):
        for told, section, _ in sections:
            usual_lead = section.get("agency", told["review"].get("lead_agency"))
            for recommendation in section["recommendations"]:
                for order, each in enumerate(recommendation["actions"], 1):
                    action = self._action(each, recommendation, order, usual_lead)
                    self.actions[each["id"]] = (each, self._new(action, told))
        remember_new([action for _, action in self.actions.values()], by=None, why=ENTERED)

    def _action(self, told, recommendation, order, usual_lead):
        target_date = told.get("target_date_iso")
        target_date = date.fromisoformat(target_date) if target_date else None
        recommendation = self.recommendations[recommendation["id"]]
        printed = {
            "target_date": told.get("target_date_text"),
            "lead": told.get("lead_text"),
            "status": told.get("status_text"),
        }
        return Action(
            review=recommendation.section.review,
            recommendation=recommendation,
            label=told.get("label", ""),
            order=order,
            text=told["text"],
            **_given(told, "intended_outcome", "evidence_expected", "completion_evidence"),
            lead_agency=self.world.agencies.get(told.get("lead_agency", usual_lead)),
            lead_officers=told.get("leads", []),
            target_date=target_date,
            target_kind=told["date_kind"],
            original_target_date=target_date,
            original_target_kind=told["date_kind"],
            status=_first_status(told),
            own_rating="" if told.get("updates") else told.get("own_rating", ""),
            as_printed={name: words for name, words in printed.items() if words},
        )

    def _themes_and_links(self, plans):
        """Give the themes that a manager confirmed some days after each plan was entered, and link what is linked."""
        services.begin_themes()
        shared = {theme.name: theme for theme in Theme.objects.filter(partnership=None)}
        own, given, links = {}, [], []
        for told, review in plans:
            by = self.world.people[told["review"]["entered_by"]]
            read = self.clock.moment(max(told["review"]["entered_days_ago"] - 3, 0))
            entered = [each for section in told["plan"]["sections"] for each in section["recommendations"]]
            for each in entered:
                recommendation = self.recommendations[each["id"]]
                for name in each.get("themes", []):
                    theme = shared.get(name) or self._own_theme(own, name, review.partnership, by, read)
                    confirmed = RecommendationTheme(recommendation=recommendation, theme=theme)
                    given.append(when(confirmed, read, by=by, why=services.THEME_GIVEN))
                for link in each.get("links", []):
                    other = self.recommendations[link["to"]]
                    linked = RecommendationLink(recommendation=recommendation, other=other, relation=link["kind"])
                    links.append(when(linked, read, by=by, why=services.LINKED))
        remember_new(given, by=None, why=services.THEME_GIVEN)
        remember_new(links, by=None, why=services.LINKED)

    def _own_theme(self, own, name, partnership, by, at):
        """Return the theme of this name that a partnership has for itself."""
        if (partnership, name) not in own:
            theme = when(Theme(name=name, partnership=partnership), at)
            own[partnership, name] = remember(theme, by=by, why="Theme added")
        return own[partnership, name]


def _first_status(told):
    """Return the status with which an action was entered: nobody had reported on it, unless it was done."""
    status = Status(told["status"])
    if status == Status.COMPLETE and "submitted" not in told:
        return status
    return Status.NOT_STARTED if status == Status.NOT_STARTED and "updates" not in told else Status.UNKNOWN


def _given(told, *names):
    return {name: told.get(name, "") for name in names}


def _keys(plan):
    keys = [
        {"heading": plan.get("colour_key_heading", ""), "items": plan.get("colour_key", [])},
        {"heading": "Status", "items": plan.get("status_key", [])},
    ]
    return [key for key in keys if key["items"]]


def _response_heading(numbers):
    if len(numbers) == 1:
        return f"Response to recommendation {numbers[0]}"
    return f"Response to recommendations {', '.join(numbers[:-1])} and {numbers[-1]}"
