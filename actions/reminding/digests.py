"""What one person is told today: the items of their digest, each of them from what they may see at this moment."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from scr_tracker.models import Frequency

from ..models import Action, Reminder
from . import waiting

#: How many actions of a group are listed; the others are counted.
SHOWN = 20
#: How many keys are asked about at a time.
AT_ONCE = 5000

Kind = Reminder.Kind

#: The title of each group, and what the reader is to do about it.
TITLES = {
    Kind.LEAD: ("Overdue, and waiting for your answer", "Report what was done, or ask for a later date."),
    Kind.SENIOR: (
        "Overdue in your agency, and not answered",
        "Whoever answers for these actions was asked and has not reported since.",
    ),
    Kind.CHAIR: ("Overdue, and not answered", "The lead agencies were asked and have not reported since."),
    waiting.SIGN_OFF: ("Waiting for your sign-off", "Submitted as complete: sign off, or return with a reason."),
    waiting.EXTENSION: ("Later dates asked for", "Agree or refuse each."),
    waiting.RETURNED: ("Came back to you", "Submitted before, and open again: read why, and report."),
    waiting.OVERDUE: ("Overdue", "Report what was done, or ask for a later date."),
    waiting.TODAY: ("Due today", ""),
    waiting.SOON: (f"Due in the next {waiting.SOON_DAYS} days", ""),
    waiting.LATER: (f"Due in the next {waiting.LATER_DAYS} days", ""),
}
#: How the subject counts each group. It names nobody and no review.
IN_SUBJECT = {
    Kind.LEAD: "waiting for your answer",
    Kind.SENIOR: "not answered",
    Kind.CHAIR: "not answered",
    waiting.SIGN_OFF: "to sign off",
    waiting.EXTENSION: "later date asked for",
    waiting.RETURNED: "returned",
    waiting.OVERDUE: "overdue",
    waiting.TODAY: "due today",
    waiting.SOON: "due soon",
    waiting.LATER: "due soon",
}


def link_to(address):
    """Return the whole address of a page of this site, for an e-mail."""
    return f"{settings.SITE_URL}{address}"


@dataclass(frozen=True)
class Item:
    """An action as an e-mail names it: discreetly. Of a restricted review nothing but its number is said."""

    title: str
    about: str
    url: str


def item_of(action, today):
    """Return the item of an action that its reader may see."""
    review, recommendation = action.review, action.recommendation
    number = " ".join(
        filter(None, [f"recommendation {recommendation.number}" * bool(recommendation.number), action.label])
    )
    title = f"Action {action.pk}" if review.restricted else Truncator(" ".join(action.text.split())).chars(140)
    late = (today - action.target_date).days if action.target_date and action.target_date < today else 0
    about = [f"{review.reference}, {number}" if number else review.reference]
    about += [f"due {action.due}"] * bool(action.due)
    about += [f"{late} day{'s' * (late != 1)} ago"] * bool(late)
    return Item(title, " · ".join(about), link_to(f"{action.get_absolute_url()}#update"))


@dataclass
class Group:
    """Some actions under one title; ``more`` are not listed."""

    key: str
    keys: list
    items: list = field(default_factory=list)

    @property
    def title(self):
        """What the actions have in common."""
        return TITLES[self.key][0]

    @property
    def to_do(self):
        """What the reader is to do."""
        return TITLES[self.key][1]

    @property
    def more(self):
        """How many are not listed."""
        return len(self.keys) - len(self.items)


@dataclass
class Content:
    """What somebody is told on a day. ``whole`` says that it is their digest, and not only a request for answers.

    ``told`` has the keys of the actions by group, to know what is new the next time; ``chased``, by step, those on
    which an answer is asked for, with the day since when; ``about`` the partnerships that they belong to.
    """

    person: object
    day: object
    groups: list
    whole: bool
    told: dict
    chased: dict
    about: set

    @property
    def counts(self):
        """How many there are of each kind, in words: "2 overdue, 1 due soon"."""
        counted = {}
        for group in self.groups:
            words = IN_SUBJECT[group.key]
            counted[words] = counted.get(words, 0) + len(group.keys)
        return ", ".join(f"{number} {words}" for words, number in counted.items())


def seen_by(person, keys):
    """Return {key: (partnership, target date)} of those of the actions that somebody may see now."""
    keys = sorted(keys)
    found = {}
    for first in range(0, len(keys), AT_ONCE):
        some = Action.objects.visible_to(person).filter(pk__in=keys[first : first + AT_ONCE])
        rows = some.order_by().values_list("pk", "review__partnership", "target_date")
        found |= {key: (partnership, target) for key, partnership, target in rows}
    return found


def content_for(person, candidates, today, last):
    """Return what to tell somebody now, or None for nothing. ``last`` is their last whole Digest, or None."""
    wanted = {key for keys in candidates.groups.values() for key in keys}
    wanted |= {key for keys in candidates.chased.values() for key in keys}
    seen = seen_by(person, wanted)
    chased = {
        step: {key: since for key, since in candidates.chased[step].items() if key in seen}
        for step in (Kind.LEAD, Kind.SENIOR, Kind.CHAIR)
        if step in candidates.chased
    }
    chased = {step: keys for step, keys in chased.items() if keys}
    asked = {key for keys in chased.values() for key in keys}
    groups = {
        group: [key for key in candidates.groups[group] if key in seen]
        for group in waiting.GROUPS
        if group in candidates.groups
    }
    groups = {group: keys for group, keys in groups.items() if keys}
    whole = is_their_day(person.reminders, groups, today, last)
    groups = groups if whole else {}
    chosen = [Group(step, list(keys)) for step, keys in chased.items()]
    remaining = ((group, [key for key in keys if key not in asked]) for group, keys in groups.items())
    chosen += [Group(group, keys) for group, keys in remaining if keys]
    if not chosen:
        return None
    _fill(person, chosen, seen, today)
    named = {key for group in chosen for key in group.keys}
    return Content(person, today, chosen, whole, groups, chased, {seen[key][0] for key in named})


def _fill(person, groups, seen, today):
    """Read the first actions of each group, the soonest due first, and make items of them."""
    for group in groups:
        group.keys.sort(key=lambda key: (seen[key][1] is None, seen[key][1] or today, key))
    shown = [key for group in groups for key in group.keys[:SHOWN]]
    actions = Action.objects.visible_to(person).select_related("review", "recommendation").in_bulk(shown)
    for group in groups:
        group.items = [item_of(actions[key], today) for key in group.keys[:SHOWN] if key in actions]


def is_their_day(frequency, groups, today, last):
    """Whether somebody wants their digest today: by how often, what it would say, and what the last one said."""
    if not groups or frequency == Frequency.NEVER:
        return False
    if frequency == Frequency.DAILY or last is None:
        return True
    if frequency == Frequency.WEEKLY:
        return last.day < today - timedelta(today.weekday())
    return any(set(keys) - set(last.told.get(group, ())) for group, keys in groups.items())


def context_of(content):
    """Return what the templates of a digest are filled from."""
    return {
        "content": content,
        "person": content.person,
        "groups": content.groups,
        "actions_url": link_to(reverse("home")),
        "settings_url": link_to(reverse("reminder-settings")),
        "now": timezone.localtime(),
    }
