"""What became of the actions after they were entered: told step by step, in the order of its days."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from actions.choices import ImpactResult, Status
from actions.models import Extension, Update
from actions.steps import WITHDRAW_EXTENSION
from scr_tracker.history import remember, remember_changed

from .history import when

#: Minutes between two steps of an action, and between the first steps of two actions.
A_WHILE, APART = 17, 7


@dataclass
class Step:
    """One change of an action: when, by whom, why, and what it does to which fields."""

    days_ago: int
    by: str
    why: str
    fields: tuple
    do: Callable


class Lives:
    """Lives the actions through: updates, extensions, submission, sign-off, impact checks and the rest."""

    def __init__(self, plans, world, clock):
        self.plans, self.world, self.clock = plans, world, clock
        self.updates = []
        lives = [(action, self._steps(told, action)) for told, action in plans.actions.values()]
        for number in range(max(len(steps) for _, steps in lives)):
            self._live(number, lives)
        Update.objects.bulk_create(self.updates)

    def _live(self, number, lives):
        """Take the step with this number in the life of each action that has one."""
        alike = defaultdict(list)
        for n, (action, steps) in enumerate(lives):
            if number >= len(steps):
                continue
            step = steps[number]
            at = self.clock.moment(step.days_ago, minutes=n * APART % 240 + number * A_WHILE)
            by = self.world.people[step.by]
            step.do(action, by, at)
            alike[step.fields].append(when(action, at, by=by, why=step.why))
        for fields, actions in alike.items():
            remember_changed(actions, fields, by=None, why="")

    def _steps(self, told, action):
        """Return the steps of an action, the oldest first."""
        steps = [
            *self._reports(told),
            *(step for each in told.get("returned", []) for step in self._returned(each)),
            *(step for each in told.get("extensions", []) for step in self._extension(each)),
            *self._set_aside(told),
            *self._done(told),
            *self._validated(told),
        ]
        return sorted(steps, key=lambda step: -step.days_ago)

    def _report(self, days_ago, by, text, status, own_rating=""):
        """Return the step of a progress update."""

        def report(action, person, at):
            self.updates.append(
                Update(
                    action=action,
                    by=person,
                    at=at,
                    what_was_done=text,
                    own_rating=own_rating or action.own_rating,
                    status_before=action.status,
                    status_after=status,
                )
            )
            submitted = status == Status.SUBMITTED
            action.submitted_at, action.submitted_by = (at, person) if submitted else (None, None)
            action.completed_on = timezone.localdate(at) if submitted else None
            action.status, action.own_rating = status, own_rating or action.own_rating
            action.last_update_on = timezone.localdate(at)

        changed = ("status", "own_rating", "last_update_on", "submitted_at", "submitted_by", "completed_on")
        return Step(days_ago, by, "Progress update", changed, report)

    def _reports(self, told):
        updates = told.get("updates", [])
        for each in updates:
            final = told.get("own_rating", "") if each is updates[-1] else ""
            yield self._report(
                each["days_ago"], each["by"], each["text"], each["status"], each.get("own_rating", final)
            )
        if submitted := told.get("submitted"):
            yield self._report(submitted["days_ago"], submitted["by"], submitted["text"], Status.SUBMITTED)

    def _returned(self, told):
        def give_back(action, person, at):
            action.status, action.submitted_at, action.submitted_by = Status.IN_PROGRESS, None, None
            action.completed_on = None

        first = "We believe that this is done."
        yield self._report(told["submitted_days_ago"], told["submitted_by"], first, Status.SUBMITTED)
        changed = ("status", "submitted_at", "submitted_by", "completed_on")
        yield Step(told["days_ago"], told["by"], f"Returned: {told['reason']}", changed, give_back)

    def _extension(self, told):
        asked, decision = {}, told.get("decision")

        def ask(action, person, at):
            asked["extension"] = Extension(
                action=action,
                old_date=action.target_date,
                asked_for_date=date.fromisoformat(told["new_target_date_iso"]),
                reason=told["reason"],
                asked_by=person,
                asked_at=at,
            )
            remember(when(asked["extension"], at), by=person, why="Later date asked for")
            action.extension_pending = True

        def decide(action, person, at):
            extension = asked["extension"]
            extension.decision, extension.decided_by, extension.decided_at = decision["outcome"], person, at
            extension.decision_note = decision.get("reason", "")
            remember(when(extension, at), by=person, why=f"Later date {extension.decision}")
            action.extension_pending = False
            if decision["outcome"] == Extension.Decision.AGREED:
                action.target_date, action.target_kind = extension.asked_for_date, told["new_date_kind"]
                action.times_moved += 1

        yield Step(told["days_ago"], told["by"], "Later date asked for", ("extension_pending",), ask)
        if decision:
            changed = ("extension_pending", "target_date", "target_kind", "times_moved")
            withdrawn = decision["outcome"] == Extension.Decision.WITHDRAWN
            why = WITHDRAW_EXTENSION.done if withdrawn else f"Later date {decision['outcome']}"
            yield Step(decision["days_ago"], decision["by"], why, changed, decide)

    def _set_aside(self, told):
        reason = told.get("status_reason")
        if not reason:
            return

        def set_aside(action, person, at):
            action.status, action.status_reason = told["status"], reason["reason"]
            if by := told.get("superseded_by"):
                _, action.superseded_by = self.plans.actions[by]

        changed = ("status", "status_reason", "superseded_by")
        yield Step(reason["days_ago"], reason["by"], Status(told["status"]).label, changed, set_aside)

    def _done(self, told):
        """Yield the sign-off, and the check some months later whether it made a difference."""
        signed_off, impact = told.get("signed_off"), told.get("impact_check")
        if not signed_off:
            return

        def sign_off(action, person, at):
            action.status, action.signed_off_at, action.signed_off_by = Status.COMPLETE, at, person
            action.no_evidence_reason = told.get("no_evidence_reason", "")
            action.impact_check_due = self.clock.day(-impact["due_in_days"]) if impact else None

        def check_impact(action, person, at):
            action.impact_result, action.impact_note = impact["result"], impact["text"]
            action.impact_checked_by, action.impact_checked_at, action.impact_check_due = person, at, None
            if impact["result"] == ImpactResult.HELD:
                action.status = Status.EMBEDDED
                return
            action.status, action.completed_on = Status.IN_PROGRESS, None
            action.submitted_at = action.submitted_by = action.signed_off_at = action.signed_off_by = None

        done = ("status", "signed_off_at", "signed_off_by", "no_evidence_reason", "impact_check_due")
        why = ": ".join(filter(None, ["Signed off", signed_off.get("text")]))
        yield Step(signed_off["days_ago"], signed_off["by"], why, done, sign_off)
        if impact and "result" in impact:
            changed = (
                "impact_result",
                "impact_note",
                "impact_checked_by",
                "impact_checked_at",
                "impact_check_due",
                "status",
            )
            changed += ("completed_on", "submitted_at", "submitted_by", "signed_off_at", "signed_off_by")
            yield Step(impact["days_ago"], impact["by"], "Impact checked", changed, check_impact)

    def _validated(self, told):
        validated = told.get("validated_rating")
        if not validated:
            return

        def validate(action, person, at):
            action.validated_rating, action.validated_reason = validated["rating"], validated["reason"]
            action.validated_by, action.validated_at = person, at

        changed = ("validated_rating", "validated_reason", "validated_by", "validated_at")
        yield Step(validated["days_ago"], validated["by"], "Rating validated", changed, validate)
