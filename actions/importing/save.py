"""The last step of an import: a plan goes into the database, whole or not at all.

Where the words of the document are kept beside the values read from them is said on the models; what a cell
says that no field holds stands in ``as_printed`` too, under the heading of its column.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from actions.choices import OwnRating, Status
from actions.importing.document import Problem
from actions.importing.matching import known_by_name
from actions.importing.plan import Plan
from actions.importing.problems import CannotImport
from actions.importing.vocabulary import plain
from actions.models import Action, PlanImport
from reviews.models import Practice, Recommendation, RecommendationLink, Response, Review, Section, Source
from scr_tracker.history import remember, remember_new
from scr_tracker.models import Agency

SOURCES = {
    "Overview Report": Source.OVERVIEW,
    "Health Overview Report": Source.HEALTH_OVERVIEW,
    "IMR": Source.AGENCY_REVIEW,
    "Individual Agency Report": Source.AGENCY_REVIEW,
}
PRACTICES = {
    "new recommendation": Practice.NEW,
    "reminder of existing practice": Practice.REMINDER,
}


@dataclass(frozen=True)
class ImportedFile:
    """The file that a plan was recognised in, and what was not understood in it."""

    name: str
    content: bytes
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class SavedPlan:
    """The review that now has the plan, and the agencies that were not known before."""

    review: Review
    new_agencies: tuple[Agency, ...]


def obstacle(partnership, reference):
    """Return why no plan can be saved as that of the partnership's review, in a sentence; empty where one can."""
    if not Section.objects.filter(review__partnership=partnership, review__reference=reference).exists():
        return ""
    return (
        f"Review {reference} already has a plan, which an import would not replace: "
        "import under another reference, or change the plan itself."
    )


@transaction.atomic
def save_plan(*, plan: Plan, partnership, reference, kind, by, source: ImportedFile, agencies=None, draft=None, **more):
    """Save a recognised plan as that of a review, which is created where it does not exist.

    ``by`` is the user who imports it, or None for the command line. Agencies are those of the partnership with
    that name, created where there is none, or what a person said in ``agencies``: {name in plain words: key of an
    agency, or None for a new one}. ``draft`` is the PlanImport in which the plan was checked, which ends with this;
    ``more`` is what else is known of a new review, such as its dates.
    """
    return Saver(plan, partnership, by, source, agencies or {}, draft).save(reference, kind, more)


def source_place(file_name, where):
    """Return where a record was imported from: "plan.docx, table 3, row 12"."""
    return f"{file_name}, {where}"[:300] if where else file_name[:300]


class Saver:
    """Saves one plan; every row of it says in its history who imported it from what."""

    def __init__(self, plan, partnership, by, source, decided, draft):
        self.plan, self.partnership, self.by, self.source, self.draft = plan, partnership, by, source, draft
        self.why = f"Imported from {source.name}"
        self.agencies = known_by_name(Agency.objects.of(partnership))
        self.new_agencies = []
        self._as_decided(decided)

    def _as_decided(self, decided):
        """Let names stand for the agencies that a person said."""
        by_key = {agency.pk: agency for agency in self.agencies.values()}
        for words, key in decided.items():
            self.agencies.pop(words, None)
            if key in by_key:
                self.agencies[words] = by_key[key]
        new = {words for words, key in decided.items() if key is None}
        for action in self.plan.actions if self.plan else ():
            for name in action.leads:
                if plain(name) in new:
                    self._agency(name)

    def save(self, reference, kind, more):
        review = self._review(reference, kind, more)
        sections = self._remember_new(
            self.section(part, review, order) for order, part in enumerate(self.plan.sections, start=1)
        )
        recommendations = self._remember_new(
            self.recommendation(planned, section, order)
            for part, section in zip(self.plan.sections, sections, strict=True)
            for order, planned in enumerate(part.recommendations, start=1)
        )
        actions = self._remember_new(
            self.action(planned, recommendation, order)
            for part, recommendation in zip(self.plan.recommendations, recommendations, strict=True)
            for order, planned in enumerate(part.actions, start=1)
        )
        self.name_supporting_agencies(actions)
        self._respond(review, recommendations)
        self._link(recommendations)
        self._keep_file(review)
        return SavedPlan(review, tuple(self.new_agencies))

    def _remember(self, instance):
        return remember(instance, by=self.by, why=self.why)

    def _remember_new(self, instances):
        return remember_new(list(instances), by=self.by, why=self.why)

    def _review(self, reference, kind, more):
        plan = self.plan
        known = Review.objects.select_for_update().filter(partnership=self.partnership, reference=reference)
        review = known.first() or Review(partnership=self.partnership, reference=reference, kind=kind, **more)
        if why_not := obstacle(self.partnership, reference):
            raise CannotImport(why_not)
        review.pseudonym = review.pseudonym or (plan.review_name or "")[:120]
        review.plan_title = (plan.title or "")[:300]
        review.plan_columns = [{"field": each.field or each.heading, "heading": each.heading} for each in plan.columns]
        review.plan_keys = [{"heading": each.heading, "items": list(each.items)} for each in plan.keys]
        review.plan_notes = plan.notes or ""
        review.as_printed = _given(
            partnership=plan.partnership, review_name=plan.review_name, title=_if_longer(plan.title, 300)
        )
        return self._remember(review)

    def _agency(self, name):
        """Return the partnership's agency with this name, a new one where there is none."""
        if plain(name) not in self.agencies:
            agency = self._remember(Agency(name=name[:200]))
            agency.partnerships.add(self.partnership)
            self.agencies[plain(name)] = agency
            self.new_agencies.append(agency)
        return self.agencies[plain(name)]

    def section(self, part, review, order):
        return Section(
            review=review,
            number=part.number or "",
            title=part.title[:300],
            agency=self._agency(part.agency) if part.agency else None,
            order=order,
            as_printed=_given(heading=part.header_text, agency=part.agency, title=_if_longer(part.title, 300)),
        )

    def recommendation(self, planned, section, order):
        return Recommendation(
            section=section,
            number=planned.number or "",
            order=order,
            text=planned.text,
            source=SOURCES.get(planned.source_or_type, Source.UNKNOWN),
            practice=PRACTICES.get(planned.practice_type, Practice.UNKNOWN),
            intended_outcome=planned.intended_outcome or "",
            action_intro=planned.action_intro or "",
            evidence_expected=planned.evidence_expected or "",
            completion_evidence=planned.completion_evidence or "",
            as_printed=planned.as_printed
            | _given(
                number=planned.number_printed,
                source=planned.source_or_type,
                practice=planned.practice_type,
                target_date=planned.target_date_text,
                lead=planned.lead_text,
                status=planned.status_text,
                progress=planned.progress_text,
            ),
            source_place=source_place(self.source.name, planned.where),
        )

    def action(self, planned, recommendation, order):
        target = date.fromisoformat(planned.target_date_iso) if planned.target_date_iso else None
        is_set_aside = planned.status in (Status.PAUSED, Status.SUPERSEDED)
        return Action(
            review=recommendation.section.review,
            recommendation=recommendation,
            label=planned.label or "",
            order=order,
            text=planned.text,
            intended_outcome=planned.intended_outcome or "",
            evidence_expected=planned.evidence_expected or "",
            completion_evidence=planned.completion_evidence or "",
            lead_agency=next(self.named_as_lead(planned.leads), recommendation.section.agency),
            lead_officers=list(planned.leads),
            target_date=target,
            target_kind=planned.date_kind,
            original_target_date=target,
            original_target_kind=planned.date_kind,
            status=planned.status,
            status_reason=(planned.status_text or self.why) if is_set_aside else "",
            own_rating=planned.rating if planned.rating in OwnRating.values else "",
            completed_on=planned.completed_on_iso and date.fromisoformat(planned.completed_on_iso),
            as_printed=planned.as_printed
            | _given(
                target_date=planned.target_date_text,
                lead=planned.lead_text,
                status=planned.status_text,
                completed_on=planned.completed_on_text,
                rating=planned.rating_text,
            ),
            source_place=source_place(self.source.name, planned.where)
            if planned.where
            else recommendation.source_place,
        )

    def named_as_lead(self, names):
        """Yield each agency that we know among the leads that a plan names."""
        agencies = (self.agencies.get(plain(name)) for name in names)
        yield from dict.fromkeys(agency for agency in agencies if agency)

    def name_supporting_agencies(self, actions):
        """The agencies named after the first one support it."""
        for action in actions:
            if supporting := list(self.named_as_lead(action.lead_officers))[1:]:
                action._history_user, action._change_reason = self.by, self.why
                action.supporting_agencies.add(*supporting)

    def _respond(self, review, recommendations):
        """Save the responses; one printed beside several recommendations answers them all."""
        response, order = None, 0
        for planned, recommendation in zip(self.plan.recommendations, recommendations, strict=True):
            if not planned.response:
                response = None
                continue
            if not (response and planned.shares_response and planned.response == response.text):
                order += 1
                response = self._remember(Response(review=review, text=planned.response, order=order))
            response.recommendations.add(recommendation)

    def _link(self, recommendations):
        """Link each recommendation to those of the plan that it or one of its actions says to see."""
        planned = [(part.title, each) for part in self.plan.sections for each in part.recommendations]
        places = {}
        for (title, each), recommendation in zip(planned, recommendations, strict=True):
            places.setdefault((title, each.number), []).append(recommendation)
        links = {}
        for (_, each), recommendation in zip(planned, recommendations, strict=True):
            for see in (*each.see, *(see for action in each.actions for see in action.see)):
                named = places.get((see.section, see.number), [])
                if see.section and len(named) == 1 and named[0] != recommendation:
                    links[recommendation.pk, named[0].pk] = RecommendationLink(
                        recommendation=recommendation, other=named[0], relation=RecommendationLink.Relation.SEE_ALSO
                    )
        self._remember_new(links.values())

    def _keep_file(self, review):
        """Keep the document with the review; one that was checked before is kept already."""
        now = timezone.now()
        kept = self.draft or new_import(self.source, partnership=self.partnership, by=self.by, at=now)
        kept.review, kept.state, kept.closed_by, kept.closed_at = review, PlanImport.State.IMPORTED, self.by, now
        if not self.draft:
            kept.recognised = self.plan.to_json(places=True)
            kept.problems = [vars(problem) for problem in self.source.problems]
        kept.save()


def new_import(source, **values):
    """Return the import of a file, with the file stored, not yet saved."""
    digest = hashlib.sha256(source.content).hexdigest()
    return PlanImport(
        file=ContentFile(source.content, name=digest[:16] + PurePath(source.name).suffix[:10]),
        file_name=source.name[:255],
        sha256=digest,
        **values,
    )


def _given(**values):
    """Return the values that there are."""
    return {name: value for name, value in values.items() if value}


def _if_longer(text, length):
    return text if text and len(text) > length else None
