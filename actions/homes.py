"""What the first page says to each person: what needs them, what is theirs to do, and how their partnership stands.

Everything is read from the figures that are kept of each review (standing.py) and of each partnership (sums.py), and
the few things that are shown are looked for in the few reviews that hold them: the page costs the same for ten thousand
actions as for a million.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import Truncator

from reviews.models import Review, keys_open_to, keys_seen_whole_by
from scr_tracker.models import Agency, Partnership, User
from scr_tracker.permissions import Permission
from scr_tracker.words import shortened

from . import next_steps, standing, sums
from .choices import AT_WORK, Status
from .models import (
    Action,
    AgencyStanding,
    AgencySum,
    ChangedReview,
    Comment,
    Extension,
    Meeting,
    Report,
    Standing,
    Update,
)
from .rating import NO_ACTION, READ, WORST_FIRST
from .timeline import Event

#: How many of each kind of thing are shown.
FEW, UPDATES, ROWS, ACTIONS = 3, 5, 8, 12
#: In how many reviews each kind is looked for: the first three of all stand in the first three of them.
WAITING = {"first_submitted_at": FEW, "first_asked_at": FEW, "first_challenged_at": FEW}
PANEL = {"first_overdue_on": UPDATES, "last_update_at": UPDATES, "worst": ROWS}
#: What is said of a review: its name, and in the table of reviews how it is rated.
NAMED = ("review__reference", "review__pseudonym")
#: What is said of an action that is overdue.
OVERDUE = (
    *(*READ, "text", "target_kind", "as_printed", "lead_agency__name", "lead_agency__short_name"),
    *("review__reference", "review__pseudonym", "review__partnership"),
)
RATED = (*(rating.value for rating in WORST_FIRST), "no_action")


@dataclass
class Home:
    """The first page of somebody; what does not concern them is None."""

    needed: object = None
    mine: object = None
    panel: object = None

    @property
    def is_empty(self):
        """Whether there is nothing for them yet."""
        return not (self.needed or self.mine or self.panel)

    @property
    def waiting(self):
        """How much waits in each queue, for the menu."""
        return {each.section: each.number for each in self.needed.queues if each.section} if self.needed else {}


def of(user, partnership=None):
    """Return the first page of a person, with the panel of one of their partnerships, by its key.

    None where the key is of none of theirs. Takes a constant number of queries.
    """
    places = list(Partnership.objects.where(user, may=Permission.COMMENT))
    chosen = places[0] if places else None
    if partnership is not None:
        chosen = next((each for each in places if each.pk == partnership), None)
        if chosen is None:
            return None
    agencies = user.led_agencies
    if agencies:
        _refresh_for(user, agencies)
    figures = sums.of_reviews(user, [each.pk for each in places]) if places else {}
    managed = [each.pk for each in places if user.is_superuser or each.pk in user.partnerships_granting(MANAGES)]
    needed = sums.together([figures[pk] for pk in managed])
    panel = figures[chosen.pk] if chosen else sums.together([])
    reviews = Reviews(user, _keys(needed, WAITING) | _keys(panel, PANEL)) if places else None
    return Home(
        needed=Needed(needed, reviews) if managed else None,
        mine=Mine(user, agencies) if agencies else None,
        panel=Panel(user, chosen, places, panel, reviews, chosen.pk in managed) if chosen else None,
    )


#: What makes somebody a manager here.
MANAGES = Permission.SIGN_OFF_ACTION


def _refresh_for(user, agencies):
    """See to it that the sums of the partnerships are those of today in which a person's agencies may have actions."""
    served = {held.partnership for held in user.holds} - {None}
    known = AgencySum.objects.filter(agency__in=agencies).values("partnership")
    # In a partnership that the agency is not known to serve, an action may have been given to it just now.
    changed = ChangedReview.objects.filter(review__partnership=OuterRef("pk"))
    sums.refresh(Partnership.objects.filter(Q(pk__in=served) | Q(pk__in=known) | Exists(changed)))


def _keys(figures, kinds):
    """Return the keys of the reviews in which things of some kinds are looked for."""
    return {pk for name, most in kinds.items() for _, pk in figures[name][:most]}


class Reviews:
    """The few reviews that things are looked for in: those of them that a person sees whole, and how they are rated."""

    def __init__(self, user, keys):
        seen = Standing.objects.filter(pk__in=keys).filter(pk__in=keys_seen_whole_by(user))
        self.by_key = {row["review"]: row for row in seen.values("review", *NAMED, *RATED)}

    def of(self, figures, name, most):
        """Return [(when or how, key)] of those that hold the first of a kind."""
        return [(when, pk) for when, pk in figures[name][:most] if pk in self.by_key]

    def keys_of(self, figures, name, most):
        """Return the keys alone."""
        return [pk for _, pk in self.of(figures, name, most)]

    def name_of(self, key):
        """Return what a review is called."""
        reference, pseudonym = (self.by_key[key][name] for name in NAMED)
        return str(Review(reference=reference, pseudonym=pseudonym))


# --- What needs a manager ----------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One thing that waits: what it is about, and since when."""

    title: str
    url: str
    about: str
    when: object = None


@dataclass
class Queue:
    """What waits of one kind: how many, where they are listed, and the few that have waited longest."""

    title: str
    number: int
    url: str
    says: str
    few: list = field(default_factory=list)
    section: str = ""
    note: str = ""


class Needed:
    """What needs a business manager, in all their partnerships."""

    def __init__(self, figures, reviews):
        self.sums, self.reviews = figures, reviews

    @cached_property
    def queues(self):
        """What waits, kind by kind, those with nothing last."""
        sums = self.sums
        found = [
            Queue(
                "To sign off",
                sums["submitted"],
                reverse("sign-off-queue"),
                "The lead agency says it is complete.",
                self._submissions(),
                "sign-off",
            ),
            Queue(
                "Later dates to decide",
                sums["asked"],
                reverse("extension-queue"),
                "The lead agency asks for more time.",
                self._requests(),
                "extensions",
            ),
            Queue(
                "Challenges without a reply",
                sums["challenged"],
                "",
                "Somebody on the board has questioned it.",
                self._challenges(),
            ),
            Queue(
                "Impact checks due",
                sums["impact_due"],
                reverse("impact-queue"),
                "Did it make a difference, and has it lasted?",
                section="impact",
            ),
            Queue(
                "Returned, not yet answered", sums["returned"], "", "Sent back, and now with the lead agency to answer."
            ),
            self._warnings(),
        ]
        return sorted(found, key=lambda queue: not (queue.number or queue.note))

    def _warnings(self):
        unread = self.sums["unread"]
        return Queue(
            "Data warnings",
            self.sums["warnings"],
            reverse("data-warnings"),
            "Worth a second look in the plans.",
            note=f"{unread} plan{'' if unread == 1 else 's'} changed since and will be looked through."
            if unread
            else "",
        )

    def _submissions(self):
        waiting = Action.objects.waiting_for_sign_off()
        return self._items(waiting, "first_submitted_at", "", "submitted_at")

    def _requests(self):
        waiting = Extension.objects.filter(decision=Extension.Decision.WAITING)
        return self._items(waiting, "first_asked_at", "action__", "asked_at")

    def _challenges(self):
        return self._items(Comment.objects.open_challenges(), "first_challenged_at", "action__", "at", "#comments")

    def _items(self, things, kind, to, when, place=""):
        """Return the first few of some things (a QuerySet) that wait; ``to`` leads to the action of each."""
        things = things.filter(**{f"{to}review__in": self.reviews.keys_of(self.sums, kind, WAITING[kind])})
        rows = things.order_by(when, "pk").values_list(f"{to}pk", f"{to}text", f"{to}review", when)[:FEW]
        return [
            Item(
                shortened(text, 90),
                reverse("action", args=[action]) + place,
                self.reviews.name_of(review),
                since,
            )
            for action, text, review, since in rows
        ]


# --- What is a lead's to do --------------------------------------------------------------------


class Mine:
    """What the agencies of a lead have to do."""

    def __init__(self, user, agencies):
        self.user, self.agencies = user, agencies
        self.kept = AgencyStanding.objects.filter(agency__in=agencies, review__in=keys_open_to(user))

    @cached_property
    def figures(self):
        """How much there is to do, agency by agency."""
        found = sums.of_agencies(self.agencies, self.user)
        agencies = Agency.objects.filter(pk__in=self.agencies)
        return [(agency, found.get(agency.pk) or dict.fromkeys(sums.OF_AGENCIES, 0)) for agency in agencies]

    @property
    def came_back(self):
        """What was sent back to them, the longest ago first, each with what to do next."""
        return self._shown["returned"]

    @property
    def to_do(self):
        """What they are to work on, the most urgent first, each with what to do next."""
        return self._shown["to_do"]

    @property
    def waits(self):
        """What they have submitted and the partnership has not looked at, the longest ago first."""
        return self._shown["submitted"]

    @cached_property
    def _shown(self):
        """What is shown of each kind, found by a few values of what stands in a few reviews, and read whole at once.

        Asked for the first of a kind in order, the database would walk along everybody's target dates.
        """
        found = {"returned": [], "to_do": [], "submitted": []}
        for action in self._of_few_reviews().values_list("pk", "status", "target_date", "returned_at", "submitted_at"):
            pk, status, due, returned_at, submitted_at = action
            if status == Status.SUBMITTED:
                found["submitted"].append((submitted_at is None, submitted_at, pk))
            elif returned_at:
                found["returned"].append((False, returned_at, pk))
            else:
                found["to_do"].append((due is None, due, pk))
        most = {"returned": ACTIONS, "to_do": ACTIONS, "submitted": FEW}
        keys = {kind: [pk for *_, pk in sorted(several)[: most[kind]]] for kind, several in found.items()}
        whole = Action.objects.select_related("review__partnership", "recommendation", "lead_agency")
        actions = whole.in_bulk([pk for several in keys.values() for pk in several])
        steps = {step.action.pk: step for step in next_steps.of(actions.values())}
        return {kind: [steps[pk] for pk in several] for kind, several in keys.items()}

    def _of_few_reviews(self):
        """Return what is theirs, and to do or waiting, in the reviews that hold the first of each kind."""
        soonest = F("first_due_on").asc(nulls_last=True)
        ways = (("to_do", ACTIONS * len(self.agencies), soonest), ("returned", ACTIONS), ("submitted", ACTIONS))
        reviews = set()
        for name, most, *order in ways:
            kept = self.kept.filter(**{f"{name}__gt": 0}).order_by(*order, "review")
            reviews.update(kept.values_list("review", flat=True)[:most])
        supported = Action.supporting_agencies.through.objects.filter(agency__in=self.agencies).values("action")
        actions = Action.objects.filter(review__in=sorted(reviews), status__in=[*AT_WORK, Status.SUBMITTED]).order_by()
        return actions.filter(Q(lead_agency__in=self.agencies) | Q(pk__in=supported.filter(action__review__in=reviews)))

    @property
    def has_any(self):
        """Whether any action is theirs to do, or waits."""
        return any(figures["to_do"] or figures["submitted"] for _, figures in self.figures)

    @property
    def left(self):
        """How many more there are to do than are shown."""
        total = max((figures["to_do"] for _, figures in self.figures), default=0)
        return max(total - len(self.to_do) - len(self.came_back), 0)


# --- How a partnership stands ------------------------------------------------------------------


class Panel:
    """How one partnership stands, for its managers and members."""

    def __init__(self, user, partnership, places, figures, reviews, is_managed):
        self.user, self.partnership, self.places, self.is_managed = user, partnership, places, is_managed
        self.sums, self.reviews = figures, reviews
        self.on = timezone.localdate()

    @property
    def labels(self):
        """The partnership's own words for the ratings."""
        return self.partnership.rating_labels

    @property
    def counts(self):
        """How many actions are rated how, and how many recommendations have no action."""
        return _counts(self.sums)

    @property
    def due_soon_query(self):
        """What the address of the list says for the actions that are due soon."""
        last = self.on + timedelta(standing.SOON)
        days = {"due_after": self.on.strftime("%d/%m/%Y"), "due_before": last.strftime("%d/%m/%Y")}
        return urlencode({"status": "open"} | days)

    @cached_property
    def by_review(self):
        """The reviews that need most, as rows of a table of ratings."""
        return [
            {
                "name": self.reviews.name_of(pk),
                "url": reverse("plan", args=[pk]),
                "counts": _counts(self.reviews.by_key[pk]),
            }
            for pk in self.reviews.keys_of(self.sums, "worst", ROWS)
        ]

    @property
    def more_reviews(self):
        """How many more reviews there are than are shown."""
        return max(self.sums["reviews"] - ROWS, 0)

    @cached_property
    def by_agency(self):
        """The agencies whose actions need most, as rows of a table of ratings."""
        names = [each.value for each in WORST_FIRST]
        found = sums.of_agencies_in(self.partnership.pk, self.user)
        rated = [(key, row) for key, row in found.items() if any(row[name] for name in names)]
        rated.sort(key=lambda each: (-each[1]["red"], -each[1]["amber"], each[1]["name"]))
        actions = reverse("action-list")
        return [
            {
                "name": row["name"],
                "url": f"{actions}?agency={key}&status=open",
                "counts": {name: row[name] for name in names} | {NO_ACTION: 0},
            }
            for key, row in rated[:ROWS]
        ]

    @cached_property
    def overdue(self):
        """The actions that are longest overdue."""
        overdue = Action.objects.filter(review__in=self.reviews.keys_of(self.sums, "first_overdue_on", UPDATES))
        # In the order of lists, the database would walk along the target dates of everybody's actions.
        found = overdue.overdue(self.on).order_by("target_date", "pk").select_related("review", "lead_agency")
        actions = list(found.only(*OVERDUE)[:UPDATES])
        for action in actions:
            action.review.partnership = self.partnership
        return actions

    @cached_property
    def events(self):
        """The latest updates as events of a timeline, each leading to its action."""
        reviews = self.reviews.of(self.sums, "last_update_at", UPDATES)
        updates = Update.objects.filter(action__review__in=[pk for _, pk in reviews])
        if len(reviews) == UPDATES:
            # No update that is shown is older than the latest one of each of so many reviews.
            updates = updates.filter(at__gte=datetime.fromisoformat(reviews[-1][0]))
        said = ("at", "what_was_done", "by__name", "by__email", "action", "action__text")
        rows = updates.order_by("-at", "-pk").values_list(*said)[:UPDATES]
        return [
            Event(
                title=shortened(text, 90),
                when=at,
                who=str(User(name=name, email=email)),
                text=Truncator(what_was_done).words(30),
                kind="update",
                url=reverse("action", args=[action]),
            )
            for at, what_was_done, name, email, action, text in rows
        ]

    @property
    def since(self):
        """The day of the last meeting, or None where none was held yet."""
        return date.fromisoformat(self.sums["since"]) if self.sums["since"] else None

    @cached_property
    def meeting(self):
        """The next meeting, today's included, or None."""
        coming = Meeting.objects.filter(partnership=self.partnership, date__gte=self.on)
        return coming.only("name", "date", "papers_close_on").order_by("date", "pk").first()

    @property
    def days_to_papers(self):
        """How many days are left until the papers of the next meeting close; None where that is past or not said."""
        closes = self.meeting and self.meeting.papers_close_on
        return (closes - self.on).days if closes and closes >= self.on else None

    @cached_property
    def report(self):
        """The latest issued report that the person may read, or None."""
        reports = Report.objects.visible_to(self.user).filter(partnership=self.partnership).latest_versions()
        return reports.only("title", "as_at", "version", "size").first()

    @property
    def moved(self):
        """What has moved: [(number, what)], in the last week for who manages, since the last meeting for others."""
        span = "lately" if self.is_managed else "since"
        return [
            (self.sums[f"{name}_{span}"], one, several)
            for name, one, several in (
                ("signed_off", "action signed off", "actions signed off"),
                ("newly_overdue", "action newly overdue", "actions newly overdue"),
                ("moved", "target date moved", "target dates moved"),
                ("updates", "update", "updates"),
            )
        ]


def _counts(figures):
    return {rating: figures[rating.value] for rating in WORST_FIRST} | {NO_ACTION: figures["no_action"]}
