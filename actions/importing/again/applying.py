"""Accepts what a document says otherwise, row by row and field by field, whole or not at all.

What is not accepted stays as it is. Nothing is deleted: what is gone is superseded or withdrawn, with a reason.
Statuses, dates and ratings go through the services that people use, so the same rules hold.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import date

from django.db import transaction

from actions import services, steps
from actions.choices import Status
from actions.importing.again import rules
from actions.importing.again.differences import DECISION, PLACE, Difference, Kind, title_of
from actions.importing.again.fields import (
    CELL,
    RATING,
    REPORT,
    SAID_TO_BE_DONE,
    is_note,
    own_rating_in,
    same_standing,
    tidy,
)
from actions.importing.save import PRACTICES, SOURCES, Saver
from actions.models import Action
from reviews.models import Acceptance, Practice, Recommendation, Response, Review, Section, Source
from scr_tracker.history import remember, remember_order
from scr_tracker.rules import RuleBroken

MODELS = {"section": Section, "recommendation": Recommendation, "action": Action}
PARENT = {"section": "review", "recommendation": "section", "action": "recommendation"}
PARENT_MODELS = {"section": Review, "recommendation": Section, "action": Recommendation}
#: The words kept beside the values of a recommendation, by the field of a plan that holds them.
KEPT_WORDS = {
    "number_printed": "number",
    "target_date_text": "target_date",
    "lead_text": "lead",
    "status_text": "status",
    "progress_text": "progress",
}


class ChangedHere(RuleBroken):
    """Somebody changed here what was to be accepted, after it was shown. ``keys`` says which choices it was."""

    def __init__(self, keys):
        self.keys = keys
        super().__init__("The plan was changed here after you looked. Nothing was accepted: look at it again.")


@transaction.atomic
def apply(find, accepted, *, review, by, source, reason="", agencies=None):
    """Accept these choices of a document: {key: what it was about when it was shown}. Return what was different.

    ``find()`` compares the document with the plan, once that is locked. Where a choice is about something else by then
    ChangedHere is raised, and nothing is changed. ``source`` is the ImportedFile. Every line of history says from
    which document it came, and the reason given.
    """
    Review.objects.select_for_update().get(pk=review.pk)
    list(Action.objects.select_for_update().filter(review=review).order_by("pk").values_list("pk"))
    differences = find()
    if changed := [key for key, about in accepted.items() if differences.choices.get(key) != about]:
        raise ChangedHere(changed)
    _Acceptance(differences, set(accepted), review, by, source, reason, agencies or {}).do()
    return differences


class _Acceptance:
    """Accepts some choices once."""

    def __init__(self, differences, accepted, review, by, source, reason, agencies):
        self.differences, self.accepted, self.review, self.by = differences, accepted, review, by
        self.why = ": ".join(filter(None, [f"From {source.name}, accepted by {by}", reason]))
        self.source = source
        self.rows = Saver(None, review.partnership, by, source, agencies, None)
        self.rows.why = self.why
        self.instances = self._instances()
        self.moves = {level: [] for level in MODELS}
        self.responses = []

    def _instances(self):
        """Return {identity: what is saved} of the whole plan."""
        found = {}
        of_review = {"section": "review", "recommendation": "section__review", "action": "review"}
        for level, model in MODELS.items():
            things = model.objects.filter(**{of_review[level]: self.review})
            if level == "action":
                things = things.select_related("recommendation__section__agency", "review__partnership")
            found |= {f"{level[0].upper()}{thing.pk}": thing for thing in things}
        return found

    def do(self):
        """Do everything that is accepted."""
        for each in self.differences.all:
            if each.kind == Kind.NEW and each.key in self.accepted:
                self._add(each)
        for each in self.differences.all:
            changes = [change for change in each.changes if change.key in self.accepted]
            if each.kind == Kind.CHANGED and changes:
                self._change(each, changes)
        self._respond()
        self._put_in_order()
        for each in self.differences.all:
            if each.kind == Kind.GONE and each.key in self.accepted:
                self._let_go(each)

    def _remember(self, thing):
        return remember(thing, by=self.by, why=self.why)

    # What is new

    def _add(self, new: Difference):
        """Add a new section, recommendation with its actions, or action."""
        self._made(new.node)
        for node in new.below:
            self._made(node)

    def _made(self, node):
        """Return what is saved for a part of the document, made now where it is new."""
        if node.pair:
            return self.instances[node.pair.ours.key]
        if node.key not in self.instances:
            parent = self._made(node.parent) if node.parent else self.review
            made = getattr(self, f"_make_{node.level}")(node.part, parent, self._last_order(node.level, parent) + 1)
            self.instances[node.key] = made
            self.moves[node.level].append(node)
        return self.instances[node.key]

    def _last_order(self, level, parent):
        return max((each.order for each in self._level(level) if self._parent_of(level, each) == parent.pk), default=0)

    def _level(self, level):
        return [each for each in self.instances.values() if isinstance(each, MODELS[level])]

    def _make_section(self, part, review, order):
        return self._remember(self.rows.section(part, review, order))

    def _make_recommendation(self, part, section, order):
        made = self._remember(self.rows.recommendation(part, section, order))
        if part.response:
            self.responses.append((made, part))
        return made

    def _make_action(self, part, recommendation, order):
        """Add an action; one that the document calls complete is submitted, for somebody else to sign off."""
        is_done = part.status in SAID_TO_BE_DONE
        planned = replace(part, status=Status.IN_PROGRESS.value, completed_on_iso=None) if is_done else part
        action = self._remember(self.rows.action(planned, recommendation, order))
        self.rows.name_supporting_agencies([action])
        if is_done:
            note = part.completion_evidence or ""
            action = self._submit(action, _day(part.completed_on_iso), note, note or part.status_text)
        return action

    # What is changed

    def _change(self, difference, changes):
        """Accept some fields of what is changed."""
        theirs = difference.pair.theirs
        for change in changes:
            if change.name == PLACE:
                self._move(difference, theirs)
        changes = {change.name: change for change in changes if change.name != PLACE}
        if changes:
            getattr(self, f"_change_{difference.level}")(difference.pair.ours.key, changes, theirs.part)

    def _move(self, difference, theirs):
        """Put something in its new place; a recommendation that it goes beneath must be there, or be accepted too."""
        parent = theirs.parent
        if parent and not parent.pair and parent.key not in self.instances:
            if parent.level == "recommendation":
                raise RuleBroken(f"Accept {title_of(parent)} too, or leave {difference.title} where it stands.")
            self._made(parent)
        self.moves[theirs.level].append(theirs)

    def _change_plan(self, key, changes, part):
        review = Review.objects.get(pk=self.review.pk)
        if "title" in changes:
            review.plan_title = (part.title or "")[:300]
            review.as_printed = _kept(review.as_printed, "title", part.title if len(part.title or "") > 300 else None)
        if "notes" in changes:
            review.plan_notes = part.notes or ""
        self._remember(review)

    def _change_section(self, key, changes, part):
        section = self.instances[key]
        fresh = self.rows.section(part, self.review, section.order)
        for name, change in changes.items():
            if name == "header_text":
                section.as_printed = _kept(section.as_printed, "heading", change.theirs)
            elif name == "agency":
                section.agency = fresh.agency
                section.as_printed = _kept(section.as_printed, "agency", change.theirs)
            else:
                setattr(section, name, getattr(fresh, name))
                if name == "title":
                    section.as_printed = _kept(section.as_printed, "title", fresh.as_printed.get("title"))
        self._remember(section)

    def _change_recommendation(self, key, changes, part):
        recommendation = self.instances[key]
        for name, change in changes.items():
            if name == "response":
                self.responses.append((recommendation, part))
            elif name == DECISION:
                recommendation.acceptance, recommendation.acceptance_reason = Acceptance.UNDECIDED, ""
            elif name == "source_or_type":
                recommendation.source = SOURCES.get(change.theirs, Source.UNKNOWN)
                recommendation.as_printed = _kept(recommendation.as_printed, "source", change.theirs)
            elif name == "practice_type":
                recommendation.practice = PRACTICES.get(change.theirs, Practice.UNKNOWN)
                recommendation.as_printed = _kept(recommendation.as_printed, "practice", change.theirs)
            elif name in KEPT_WORDS or name.startswith(CELL):
                kept = KEPT_WORDS.get(name, name.removeprefix(CELL))
                recommendation.as_printed = _kept(recommendation.as_printed, kept, change.theirs)
            else:
                setattr(recommendation, name, change.theirs or "")
        if changes.keys() != {"response"}:
            self._remember(recommendation)

    def _change_action(self, key, changes, part):
        """Change an action: its words at once, its date and status by the steps that people take."""
        action = self.instances[key]
        for name, change in changes.items():
            self._set(action, name, change, part)
        if changes.keys() - {REPORT, "target_date"}:
            self._remember(action)
        if "target_date" in changes:
            action = self._set_date(action, part)
        self._report(action, changes, part)
        self.instances[key] = Action.objects.select_related("recommendation__section__agency").get(pk=action.pk)

    def _set(self, action, name, change, part):
        """Set what no step of an action's life changes."""
        if name == REPORT:
            pass  # a progress update: see _report
        elif name.startswith(CELL):
            action.as_printed = _kept(action.as_printed, name.removeprefix(CELL), change.theirs)
        elif name == RATING:
            action.as_printed = _kept(action.as_printed, RATING, change.theirs)
        elif name == "status":
            action.as_printed = _kept(action.as_printed, "status", part.status_text)
        elif name == "completed_on":
            action.as_printed = _kept(action.as_printed, "completed_on", part.completed_on_text)
            action.completed_on = _day(part.completed_on_iso)
        elif name == "lead":
            self._set_lead(action, change, part)
        elif name == "target_date":
            pass  # an extension, perhaps: see _set_date
        else:
            setattr(action, name, change.theirs or "")

    def _set_lead(self, action, change, part):
        """Name other leads; an agency that was named before and is not now no longer supports it."""
        before = list(self.rows.named_as_lead(change.ours[1]))
        now = list(self.rows.named_as_lead(part.leads))
        action.lead_officers = list(part.leads)
        action.as_printed = _kept(action.as_printed, "lead", part.lead_text)
        if now:
            action.lead_agency = now[0]
        action._history_user, action._change_reason = self.by, self.why
        if gone := [agency for agency in before[1:] if agency not in now[1:]]:
            action.supporting_agencies.remove(*gone)
        if now[1:]:
            action.supporting_agencies.add(*now[1:])

    def _set_date(self, action, part):
        """Move the target date: to a later one as an extension that is agreed, else as it is; its words besides."""
        day = _day(part.target_date_iso)
        if rules.is_later(action, day):
            services.ask_extension(action=action, by=self.by, asked_for_date=day, reason=self.why)
            action = services.agree_extension(action=action, by=self.by, note=self.why)
        elif action.target_date and not day:
            action.times_moved += 1
        action.target_date, action.target_kind = day, part.date_kind
        action.as_printed = _kept(action.as_printed, "target_date_now", part.target_date_text or "")
        if part.target_date_text == action.as_printed.get("target_date", "") and not action.times_moved:
            action.as_printed = _kept(action.as_printed, "target_date_now", None)
        return self._remember(action)

    def _report(self, action, changes, part):
        """Tell what the lead agency says: its status, its own rating, what was done."""
        notes = sorted((name for name in changes if is_note(name)), key=lambda name: name != REPORT)
        note = "\n\n".join(filter(None, (_added(changes[name]) for name in notes)))
        rating = own_rating_in(changes[RATING].theirs) if RATING in changes else ""
        after = Status(part.status) if "status" in changes else None
        found = None
        if after and not same_standing(action.status, after):
            found = rules.route(action.status, after)
        for step in found or ():
            action = self._take(step, action, after, part, changes, note, rating)
        if any(step in (steps.UPDATE, steps.SUBMIT) for step in found or ()) or not (note or rating):
            return
        if action.status == Status.UNKNOWN:
            # A report would have to say where the action stands, and the document does not.
            action.own_rating = rating or action.own_rating
            if REPORT in changes:
                action.as_printed = _kept(action.as_printed, REPORT.removeprefix(CELL), changes[REPORT].theirs)
            self._remember(action)
            return
        self._tell(action, action.status, note, rating)

    def _take(self, step, action, after, part, changes, note, rating):
        """Take one step of an action's life, and return the action."""
        words = ": ".join(filter(None, [self.why, part.status_text]))
        if step == steps.UPDATE:
            self._tell(action, after, note, rating)
        elif step == steps.SUBMIT:
            if rating:
                action.own_rating = rating
                self._remember(action)
            day = _day(part.completed_on_iso) if "completed_on" in changes else None
            return self._submit(action, day, note, note or action.completion_evidence or part.status_text)
        elif step == steps.SUPERSEDE:
            services.supersede_action(action=action, by=self.by, reason=words)
        elif step == steps.PAUSE:
            services.pause_action(action=action, by=self.by, reason=words)
        elif step == steps.RESUME:
            services.resume_action(action=action, by=self.by, reason=words)
        else:
            services.take_back(action=action, by=self.by, reason=words)
        return Action.objects.get(pk=action.pk)

    def _tell(self, action, status, note, rating):
        services.report_progress(
            action=action,
            by=self.by,
            status=status,
            what_was_done="\n\n".join(filter(None, [note, f"({self.why})"])),
            own_rating=rating or action.own_rating,
        )

    def _submit(self, action, day, note, evidence):
        """Submit an action that a document calls complete; what that gives as evidence stands in for evidence."""
        return services.submit_action(
            action=action,
            by=self.by,
            what_was_done="\n\n".join(filter(None, [note, f"({self.why})"])),
            completed_on=day,
            no_evidence_reason=f"{self.source.name} says: {evidence}",
        )

    # Responses

    def _respond(self):
        """Give recommendations the responses of the document; one printed beside several answers them all."""
        order = max((each.order for each in Response.objects.filter(review=self.review)), default=0)
        accepted = {recommendation.pk: part.response for recommendation, part in self.responses}
        made = {}
        for recommendation, part in self.responses:
            present = list(recommendation.responses.prefetch_related("recommendations"))
            if part.response and len(present) == 1 and present[0].text == part.response:
                continue  # changed already, with another recommendation that it answers
            if part.response and len(present) == 1:
                answered = {each.pk for each in present[0].recommendations.all()}
                if all(accepted.get(pk) == part.response for pk in answered):
                    present[0].text = part.response
                    made[part.response] = self._remember(present[0])
                    continue
            for response in present:
                self._link(response.recommendations.remove, response, recommendation)
            if not part.response:
                continue
            if not (part.shares_response and part.response in made):
                order += 1
                made[part.response] = self._remember(Response(review=self.review, text=part.response, order=order))
            self._link(made[part.response].recommendations.add, made[part.response], recommendation)

    def _link(self, change, response, recommendation):
        response._history_user, response._change_reason = self.by, self.why
        change(recommendation)

    # Order

    def _put_in_order(self):
        """Put what is new or moved after what stands before it in the document, and move others on as need be."""
        for level, nodes in self.moves.items():
            moved = {self._made(node).pk: node for node in nodes}
            siblings = defaultdict(list)
            for thing in sorted(self._level(level), key=lambda each: each.order):
                if thing.pk not in moved:
                    siblings[self._parent_of(level, thing)].append(thing)
            for node in sorted(nodes, key=_path):
                among = siblings[self._made(node.parent).pk if node.parent else self.review.pk]
                among.insert(self._index_after_the_one_before(node, among), self._made(node))
            remember_order(self._numbered(level, siblings, moved), by=self.by, why=self.why)

    def _parent_of(self, level, thing):
        return getattr(thing, f"{PARENT[level]}_id")

    def _index_after_the_one_before(self, node, among):
        siblings = node.parent.children if node.parent else self.differences.their_sections
        for before in reversed(siblings[: node.index]):
            saved = self.instances.get(before.pair.ours.key if before.pair else before.key)
            if saved in among:
                return among.index(saved) + 1
        return 0

    def _numbered(self, level, siblings, moved):
        """Return what has to be saved again with another order, or beneath something else."""
        parents = {each.pk: each for each in self.instances.values() if isinstance(each, PARENT_MODELS[level])}
        changed = []
        for parent, things in siblings.items():
            last = 0
            for thing in things:
                is_elsewhere = self._parent_of(level, thing) != parent
                if is_elsewhere:
                    setattr(thing, PARENT[level], parents[parent])
                order = thing.order if thing.pk not in moved and thing.order > last else last + 1
                if order != thing.order or is_elsewhere:
                    thing.order = order
                    changed.append(thing)
                last = order
        return changed

    # What is gone

    def _let_go(self, gone: Difference):
        """Supersede an action that is gone, or withdraw a recommendation and supersede its open actions."""
        reason = f"Not in the plan any more. {self.why}"
        for node in gone.below if gone.level == "recommendation" else [gone.node]:
            action = self.instances[node.key]
            if not steps.SUPERSEDE.refusal(action, self.by):
                services.supersede_action(action=action, by=self.by, reason=reason)
        if gone.level == "recommendation":
            recommendation = self.instances[gone.key]
            recommendation.acceptance, recommendation.acceptance_reason = Acceptance.WITHDRAWN, reason
            self._remember(recommendation)


def _kept(as_printed, name, text):
    """Return the words as printed with these under a name, or with none under it."""
    others = {key: value for key, value in as_printed.items() if key != name}
    return others | {name: text} if text else others


def _added(change):
    """Return what a document says besides what stood there, or all that it says where that was rewritten."""
    before, after = tidy(change.before), tidy(change.after)
    return after[len(before) :].strip() if before and after.startswith(before) else after


def _day(iso):
    return date.fromisoformat(iso) if iso else None


def _path(node):
    return (*_path(node.parent), node.index) if node.parent else (node.index,)
