"""A load to measure speed with: as many actions as wanted, in invented plans of the usual size.

Every plan is drawn from its own fixed seed, so that the first plan of a small load is, word for word, the
first plan of a large one.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from reviews import services, themes
from reviews.models import (
    Kind,
    Publication,
    Recommendation,
    RecommendationLink,
    RecommendationTheme,
    Review,
    Section,
    Theme,
)
from scr_tracker.history import remember_joined, remember_new
from scr_tracker.models import Agency, Membership, Partnership, User
from scr_tracker.permissions import Role

from . import standing, theme_sums
from .choices import DONE, SET_ASIDE, OwnRating, Status, TargetKind
from .models import Action, Extension, Update
from .search import index

#: Who sees all of it.
MANAGER = "load@example.org"

#: The size of a plan: that of the largest that the project knows.
SECTIONS, RECOMMENDATIONS, ACTIONS = 7, 68, 150

#: Reviews saved at a time.
BATCH = 20

WHY = "Made to measure speed with"

PLACES = ("Ashby", "Brackwell", "Calverdale", "Denholme", "Eastmere", "Farrowby", "Glaven", "Harnwick")
AGENCIES = (
    *("Children’s Services", "Adult Social Care", "Police", "Hospitals Trust", "Community Health"),
    *("Schools and Learning", "Housing", "Probation", "Youth Justice", "Primary Care"),
)
PSEUDONYMS = ("Alder", "Birch", "Cedar", "Elm", "Hazel", "Juniper", "Linden", "Maple", "Rowan", "Willow")
POSTS = (
    *("Head of Service", "Named Nurse", "Designated Doctor", "Training Manager", "Detective Inspector"),
    *("Assistant Director, Quality", "Safeguarding Lead", "Team Manager", "Audit Officer"),
)
VERBS = ("review", "rewrite", "introduce", "audit", "test", "publish", "agree", "widen", "strengthen")
THINGS = (
    *("the handover between duty teams", "the way that missed visits are noticed", "the escalation route"),
    *("the chronology kept on every open case", "supervision of newly qualified staff", "the referral form"),
    *("the checklist for discharge meetings", "joint training on neglect", "the record of who was consulted"),
)
PURPOSES = (
    *("so that nobody waits longer than ten working days", "with the views of families in mind"),
    *("and report what is found to the quality group", "before the next round of inspections"),
    *("so that a worker who joins late can see what was decided", "in step with the neighbouring areas"),
)
RESULTS = (
    *("Practitioners know whom to ring and are answered on the same day", "Decisions are written down once"),
    *("Fewer families have to tell their story twice", "Managers see drift before it becomes delay"),
    *("Audits find the wishes of the person in nine files of ten", "Staff feel able to disagree and do so"),
)
EVENTS = (
    *("The first draft went round all teams", "Forty people have been trained", "A dip sample was taken"),
    *("The group met and asked for more detail", "The form went live", "A second audit was agreed"),
)
COLUMNS = (
    *(("recommendation", "Recommendation"), ("action", "Action required"), ("target_date", "By when")),
    *(("lead", "Lead officers"), ("intended_outcome", "Outcome to be achieved"), ("status", "Status")),
    ("completion_evidence", "Actions completed with evidence"),
)
STATUSES = {
    **{Status.COMPLETE: 38, Status.IN_PROGRESS: 22, Status.NOT_STARTED: 9, Status.UNKNOWN: 9},
    **{Status.ONGOING: 8, Status.SUBMITTED: 5, Status.EMBEDDED: 3, Status.PAUSED: 3, Status.SUPERSEDED: 3},
}
UNDATED = {
    **{TargetKind.ONGOING: "Ongoing", TargetKind.IMMEDIATE: "Immediate"},
    **{TargetKind.TO_BE_CONFIRMED: "TBC", TargetKind.NONE: ""},
}


def already_made():
    """Return how many actions of a load the database holds, or None where it holds no load."""
    if not User.objects.filter(email=MANAGER).exists():
        return None
    places = Membership.objects.filter(user__email=MANAGER).values("partnership")
    return Action.objects.filter(review__partnership__in=places).count()


@transaction.atomic
def make(actions, *, in_each=ACTIONS, with_history=True, say=lambda progress: None):
    """Make exactly so many actions and what they hang on; return how many there are of each kind of thing.

    ``in_each`` says how many are in each plan; ``say`` is told the number of actions made so far, from time to time.
    The index of search is filled once at the end, and the figures of the reviews are found once.
    """
    index.uninstall("default")
    world = World(with_history)
    sizes = [in_each] * (actions // in_each) + [actions % in_each] * bool(actions % in_each)
    made = 0
    for first in range(0, len(sizes), BATCH):
        plans = [Plan(world, first + place, size) for place, size in enumerate(sizes[first : first + BATCH])]
        save_plans(world, plans)
        made += sum(len(plan.actions) for plan in plans)
        say(made)
    index.rebuild()
    standing.refresh(Review.objects.filter(partnership__in=world.partnerships))
    theme_sums.refresh(Partnership.objects.filter(pk__in=[each.pk for each in world.partnerships]))
    return world.saved


def gather_statistics():
    """Let the database look at what it holds, as it would by itself in a service that is some hours old."""
    with connection.cursor() as cursor:
        vacuum = connection.vendor == "postgresql" and not connection.in_atomic_block
        cursor.execute("VACUUM ANALYZE" if vacuum else "ANALYZE")


class World:
    """The partnerships, agencies and people that the plans are shared out among."""

    def __init__(self, with_history):
        self.with_history = with_history
        self.saved = Counter()
        self.manager = _person(MANAGER, "Load Manager")
        self.save([self.manager])
        self.partnerships = [
            Partnership(name=f"{place} Load Partnership", short_name=f"{place} LP") for place in PLACES
        ]
        self.save(self.partnerships)
        self.save(
            [
                Membership(user=self.manager, role=Role.BUSINESS_MANAGER, partnership=partnership)
                for partnership in self.partnerships
            ]
        )
        self.agencies = {
            partnership: [Agency(name=f"{place} {name}", short_name=f"{name}, {place}") for name in AGENCIES]
            for partnership, place in zip(self.partnerships, PLACES, strict=True)
        }
        self.save([agency for agencies in self.agencies.values() for agency in agencies])
        serves = [(agency, where) for where, agencies in self.agencies.items() for agency in agencies]
        remember_joined(Agency, "partnerships", serves)
        self.lead = {
            agency: _person(f"load-{number}@example.org", f"Lead of {agency}")
            for number, (agency, _) in enumerate(serves, start=1)
        }
        self.save(list(self.lead.values()))
        self.save([Membership(user=lead, role=Role.AGENCY_LEAD, agency=agency) for agency, lead in self.lead.items()])
        services.begin_themes()
        self.themes = list(Theme.objects.filter(partnership=None))

    def save(self, instances):
        """Save instances of one model, with their first line of history where that is kept and wanted."""
        if not instances:
            return
        model = type(instances[0])
        if self.with_history and hasattr(model, "history"):
            remember_new(instances, by=self.manager, why=WHY)
        else:
            model._base_manager.bulk_create(instances, batch_size=500)
        self.saved[model] += len(instances)


class Plan:
    """A review with its sections, recommendations and actions, and what was reported; nothing saved yet."""

    def __init__(self, world, number, size):
        self.draw = Random(f"load {number}")
        self.world = world
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)
        partnership = world.partnerships[number % len(world.partnerships)]
        self.agencies = world.agencies[partnership]
        self.review = self._review(partnership, number)
        self.sections = [
            Section(review=self.review, number=str(order), title=f"Actions for {agency}", agency=agency, order=order)
            for order, agency in enumerate(self.agencies[:SECTIONS], start=1)
        ]
        # Each of most recommendations has an action; further ones fall where they may.
        answered = range(min(size, RECOMMENDATIONS - 3))
        shared = Counter([*answered, *self.draw.choices(answered, k=size - len(answered))])
        self.recommendations, self.actions = [], []
        self.updates, self.extensions, self.supported = [], [], []
        for place in range(RECOMMENDATIONS):
            section = self.sections[place * SECTIONS // RECOMMENDATIONS]
            recommendation = self._recommendation(section, place)
            self.recommendations.append(recommendation)
            for order in range(shared[place]):
                self._add_action(recommendation, section.agency, order)
        self._give_themes(Random(f"load {number}, themes"))

    def _review(self, partnership, number):
        commissioned = self.today - timedelta(self.draw.randrange(300, 1500))
        return Review(
            partnership=partnership,
            kind=self.draw.choice([Kind.SCR, Kind.LCSPR, Kind.SAR, Kind.DHR]),
            reference=f"L{number:05}",
            pseudonym=self.draw.choice(PSEUDONYMS),
            commissioned_on=commissioned,
            completed_on=commissioned + timedelta(200),
            publication=self.draw.choice([Publication.UNDECIDED, Publication.TO_BE_PUBLISHED]),
            restricted=number % 20 == 19,
            plan_title="Combined action plan, monitoring version",
            plan_columns=[{"field": field, "heading": heading} for field, heading in COLUMNS],
        )

    def _recommendation(self, section, place):
        return Recommendation(
            section=section,
            number=str(place + 1),
            order=place,
            text=f"{section.agency} should {self._task()} {self._some(PURPOSES)}, and {self._task()}.",
            intended_outcome=f"{self._some(RESULTS)}. {self._some(RESULTS)}. {self._some(RESULTS)}.",
            completion_evidence=self._events(4) if self.draw.random() < 0.35 else "",
        )

    def _give_themes(self, draw):
        """Give most recommendations the themes that their wording suggests, or some; let a few repeat another.

        From a draw of its own, so that everything else of a plan is as it was.
        """
        self.themes, self.links = [], []
        for place, recommendation in enumerate(self.recommendations):
            if draw.random() < 0.15:
                continue
            found = [each.theme for each in themes.suggested(recommendation.text, self.world.themes, 1)]
            for theme in {theme.pk: theme for theme in (*found, draw.choice(self.world.themes))}.values():
                self.themes.append(RecommendationTheme(recommendation=recommendation, theme=theme))
            if place and draw.random() < 0.03:
                other = self.recommendations[draw.randrange(place)]
                relation = RecommendationLink.Relation.REPEATS
                self.links.append(RecommendationLink(recommendation=recommendation, other=other, relation=relation))

    def _add_action(self, recommendation, agency, order):
        status = self.draw.choices(list(STATUSES), STATUSES.values())[0]
        action = Action(
            review=self.review,
            recommendation=recommendation,
            label=chr(ord("a") + order % 26),
            order=order,
            text=f"{self._task().capitalize()} {self._some(PURPOSES)}.",
            completion_evidence=self._events(3) if self.draw.random() < (0.85 if status in DONE else 0.2) else "",
            lead_agency=agency,
            lead_officers=[self._some(POSTS)],
            status=status,
            **self._target(status),
        )
        action.original_target_date, action.original_target_kind = action.target_date, action.target_kind
        self.actions.append(action)
        if self.draw.random() < 0.2:
            self.supported.append((action, self._some([each for each in self.agencies if each != agency])))
        self._move(action)
        self._report(action)
        self._judge(action)

    def _target(self, status):
        """Return a target: mostly a day or a month around today, in the past for what is done."""
        if self.draw.random() < 0.12:
            kind = self._some(list(UNDATED))
            return {"target_kind": kind, "as_printed": {"target_date": UNDATED[kind]} if UNDATED[kind] else {}}
        day = self.today + timedelta(self.draw.randrange(*((-700, 60) if status in DONE else (-150, 400))))
        if self.draw.random() < 0.6:
            return {"target_date": day, "target_kind": TargetKind.DAY}
        return {"target_date": _end_of_month(day), "target_kind": TargetKind.MONTH}

    def _move(self, action):
        """Let some dates have been moved, and a move be asked for of some open actions."""
        if not action.target_date:
            return
        lead, asked_at = self.world.lead[action.lead_agency], self._moment(200)
        if self.draw.random() < 0.06:
            old = action.target_date - timedelta(60)
            self.extensions.append(
                Extension(
                    action=action,
                    old_date=old,
                    asked_for_date=action.target_date,
                    reason=f"{self._some(EVENTS)}, later than was hoped.",
                    asked_by=lead,
                    asked_at=asked_at,
                    decision=Extension.Decision.AGREED,
                    decided_by=self.world.manager,
                    decided_at=asked_at + timedelta(2),
                )
            )
            action.original_target_date, action.original_target_kind = old, TargetKind.DAY
            action.times_moved = 1
        elif action.is_open and self.draw.random() < 0.03:
            self.extensions.append(
                Extension(
                    action=action,
                    old_date=action.target_date,
                    asked_for_date=action.target_date + timedelta(90),
                    reason=f"{self._some(EVENTS)}, but that was not enough.",
                    asked_by=lead,
                    asked_at=asked_at,
                )
            )
            action.extension_pending = True

    def _report(self, action):
        """Let the lead have reported on it, unless it is not yet reported on."""
        if action.status == Status.UNKNOWN:
            return
        lead = self.world.lead[action.lead_agency]
        before = Status.UNKNOWN
        reached = Status.SUBMITTED if action.status in DONE else action.status
        if reached in SET_ASIDE:
            reached = Status.IN_PROGRESS
        moments = sorted(self._moment(250) for _ in range(self.draw.randrange(1, 4)))
        for place, at in enumerate(moments, start=1):
            after = reached if place == len(moments) else Status.IN_PROGRESS
            action.own_rating = self.draw.choices(["", *OwnRating.values], [6, 1, 2, 6])[0]
            self.updates.append(
                Update(
                    action=action,
                    by=lead,
                    at=at,
                    what_was_done=self._events(2),
                    own_rating=action.own_rating,
                    status_before=before,
                    status_after=after,
                )
            )
            before = after
        action.last_update_on = timezone.localdate(moments[-1])
        if reached == Status.SUBMITTED:
            action.submitted_at, action.submitted_by = moments[-1], lead

    def _judge(self, action):
        """Let the partnership have signed it off or set it aside where its status says so, and rated some."""
        at, by = self.now, self.world.manager
        if action.status in DONE:
            action.signed_off_at, action.signed_off_by = at, by
            action.completed_on = action.last_update_on
        elif action.status in SET_ASIDE:
            action.status_reason = f"{self._some(EVENTS)}, and it was set aside."
        elif self.draw.random() < 0.03:
            action.validated_rating, action.validated_reason = OwnRating.AMBER, "The partnership wants to see more."
            action.validated_at, action.validated_by = at, by

    def _some(self, words):
        return self.draw.choice(words)

    def _task(self):
        return f"{self._some(VERBS)} {self._some(THINGS)}"

    def _events(self, most):
        return ". ".join(self.draw.sample(EVENTS, self.draw.randrange(1, most + 1))) + "."

    def _moment(self, days):
        """Return noon of some day before today, of the last so many."""
        day = self.today - timedelta(self.draw.randrange(1, days))
        return timezone.make_aware(datetime.combine(day, time(12)))


def save_plans(world, plans):
    """Save some plans, one kind of thing after the other."""
    world.save([plan.review for plan in plans])
    for name in ("sections", "recommendations", "themes", "links", "actions", "updates", "extensions"):
        world.save([instance for plan in plans for instance in getattr(plan, name)])
    remember_joined(Action, "supporting_agencies", [pair for plan in plans for pair in plan.supported])


def _person(email, name):
    """Return somebody who cannot sign in with a password."""
    return User(email=email, name=name, password=make_password(None))


def _end_of_month(day):
    first_of_next = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return first_of_next - timedelta(1)
