"""Who may do what: one table, behind Django's own ``user.has_perm(permission, object)`` (backends.py).

An object takes part by having ``permission_scope()``: the ids of the partnerships it belongs to and
of the agencies that lead or support it.
"""

from dataclasses import dataclass, field

from django.db import models


class Role(models.TextChoices):
    """What a person is to a partnership, or to an agency."""

    BUSINESS_MANAGER = "business_manager", "Business manager"
    BOARD_MEMBER = "board_member", "Board member"
    AGENCY_LEAD = "agency_lead", "Agency lead"


class Permission(models.TextChoices):
    """What can be done to a plan. Seeing is not here: it is ``visible_to(user)`` on the QuerySets."""

    UPDATE_ACTION = "actions.report_progress", "Report progress on an action"
    MAKE_REPORT = "actions.make_report", "Make a monitoring report"


#: What each role may do to the plans that it sees.
GRANTS = {
    Role.BUSINESS_MANAGER: {Permission.UPDATE_ACTION, Permission.MAKE_REPORT},
    Role.BOARD_MEMBER: {Permission.UPDATE_ACTION, Permission.MAKE_REPORT},
    Role.AGENCY_LEAD: {Permission.UPDATE_ACTION, Permission.MAKE_REPORT},
}


@dataclass(frozen=True)
class Holding:
    """A role held by a person in a partnership, directly or through the agency given."""

    role: str
    partnership: int | None
    agency: int | None


@dataclass(frozen=True)
class Scope:
    """Whom an object concerns: ids of partnerships and of agencies."""

    partnerships: frozenset = field(default_factory=frozenset)
    agencies: frozenset = field(default_factory=frozenset)
