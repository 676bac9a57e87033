"""What is read about one action by its key, each question written once (scr_tracker/written.py)."""

from functools import lru_cache

from scr_tracker.models import Agency, User
from scr_tracker.written import Written

from .models import Action, Comment, Evidence, Extension, MeetingDecision, Reminder, Update

ACTION = Written(
    lambda action: Action.objects.filter(pk=action).with_surroundings().prefetch_related(None).with_version()
)
SUPPORTING = Written(lambda action: Agency.objects.filter(supported_actions=action))
PEOPLE = Written(lambda action: User.objects.filter(assigned_actions=action))
ALSO_ANSWERS = Written(lambda action: Action.also_answers.through.objects.filter(action=action))
LINES = Written(lambda action: Action.history.filter(id=action).order_by("history_id"))
UPDATES = Written(lambda action: Update.objects.filter(action=action))
EXTENSIONS = Written(lambda action: Extension.objects.filter(action=action))
COMMENTS = Written(lambda action: Comment.objects.filter(action=action))
EVIDENCE = Written(lambda action: Evidence.objects.filter(actions=action).select_related("replaced_by"))
DECISIONS = Written(lambda action: MeetingDecision.objects.filter(action=action).select_related("meeting"))
REMINDERS = Written(lambda action: Reminder.objects.filter(action=action))


def seen_by(user, pk):
    """Return an action with its surroundings and its version, or None where the user does not see it."""
    holds = () if user.is_superuser else tuple(user.holds)
    if not _sight(user.pk, user.is_active, user.is_superuser, holds).of(pk):
        return None
    (action,) = ACTION.of(pk)
    SUPPORTING.fill(action, "supporting_agencies")
    return action


@lru_cache(maxsize=1024)
def _sight(key, is_active, is_superuser, holds):
    """Return the question whether somebody sees an action, by all that it depends on: who they are, and as what."""
    user = User(pk=key, is_active=is_active, is_superuser=is_superuser)
    user.holds = holds
    return Written(lambda action: Action.objects.each_visible_to(user).filter(pk=action).values_list("pk"))
