"""Who may do what with a piece of evidence, and what they may use again where."""

from dataclasses import dataclass

from django.db.models import Q

from actions.models import Action, Evidence
from scr_tracker.permissions import GRANTS, Permission


@dataclass(frozen=True)
class Rights:
    """What a person may do with a piece of evidence that they see; ``actions`` are those of its actions they see."""

    actions: tuple
    change: bool
    judge: bool
    open: bool


def of(user, evidence):
    """Return the person's rights: to change what is theirs or their agency's, to judge in their partnership.

    What was withdrawn may hold what should never have been uploaded: only who uploaded it and who judges it
    still open it.
    """
    actions = tuple(
        Action.objects.visible_to(user)
        .filter(evidence=evidence)
        .select_related("review__partnership", "recommendation__section", "lead_agency")
        .prefetch_related("supporting_agencies")
        .in_plan_order()
    )
    may_add = any(user.has_perm(Permission.ADD_EVIDENCE, action) for action in actions)
    judge = any(user.has_perm(Permission.JUDGE_EVIDENCE, action) for action in actions)
    own = evidence.uploaded_by_id == user.pk
    return Rights(
        actions=actions,
        change=judge or (may_add and (own or evidence.agency_id in _agencies(user))),
        judge=judge,
        open=not evidence.is_in_quarantine and (judge or own or not evidence.is_withdrawn),
    )


def evidence_to_reuse(user):
    """Evidence that a person may use for further actions: their own, their agency's, all of a manager's partnership."""
    usable = Evidence.objects.visible_to(user).current().exclude(standing__in=["withdrawn", "returned"])
    usable = usable.exclude(scan=Evidence.Scan.INFECTED)
    if user.is_superuser:
        return usable
    managed = Evidence.actions.through.objects.filter(action__review__partnership__in=_managed(user))
    return usable.filter(Q(uploaded_by=user) | Q(agency__in=_agencies(user)) | Q(pk__in=managed.values("evidence")))


def actions_to_serve(user):
    """Actions to which a person may add evidence."""
    actions = Action.objects.visible_to(user)
    if user.is_superuser:
        return actions
    agencies = _agencies(user)
    supported = Action.supporting_agencies.through.objects.filter(agency__in=agencies).values("action")
    return actions.filter(Q(review__partnership__in=_managed(user)) | Q(lead_agency__in=agencies) | Q(pk__in=supported))


def _agencies(user):
    """The agencies that a person acts for."""
    return set(user.led_agencies)


def _managed(user):
    """The partnerships whose evidence a person judges."""
    return {held.partnership for held in user.holds if Permission.JUDGE_EVIDENCE in GRANTS[held.role]} - {None}
