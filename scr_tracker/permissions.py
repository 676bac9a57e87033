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
    """What can be done. Seeing is not here: it is ``visible_to(user)`` on the QuerySets."""

    # On an action that one's agency leads or supports, or anywhere in one's partnership.
    UPDATE_ACTION = "actions.update_action", "Report progress on an action"
    ADD_EVIDENCE = "actions.add_evidence", "Add evidence, and withdraw one's own"
    ASK_EXTENSION = "actions.ask_extension", "Ask for a later target date"
    SUBMIT_ACTION = "actions.submit_action", "Submit an action as complete"
    REPLY = "actions.reply", "Reply to a comment or challenge"
    SHARE_VIEW = "actions.share_view", "Share a view of the actions list with one's team"
    # For one's agency, or any that serves one's partnership.
    PACK_AGENCY = "actions.pack_agency", "Take out the evidence of an agency"
    # In one's partnership.
    COMMENT = "actions.comment", "Comment on an action, or challenge it"
    DECIDE_EXTENSION = "actions.decide_extension", "Agree or refuse a later target date"
    VALIDATE_RATING = "actions.validate_rating", "Give the partnership's rating"
    SIGN_OFF_ACTION = "actions.sign_off_action", "Sign off an action, or return it"
    SET_ASIDE_ACTION = "actions.set_aside_action", "Pause, resume or supersede an action"
    CHECK_IMPACT = "actions.check_impact", "Record whether an action made a difference"
    JUDGE_EVIDENCE = "actions.judge_evidence", "Accept or return evidence"
    EDIT_PLAN = "reviews.edit_plan", "Edit, import and assign a plan"
    MANAGE_THEMES = "reviews.manage_themes", "Add, rename and merge the partnership’s own themes"
    MAKE_REPORT = "actions.make_report", "Make a monitoring report"
    SEE_REPORTS = "actions.see_reports", "Download reports"
    RUN_MEETING = "actions.run_meeting", "Enter meetings, run them, and record what they decide"
    SEE_MEETINGS = "actions.see_meetings", "Read what was decided at meetings"
    PACK_REVIEW = "actions.pack_review", "Take out the evidence of a review that one sees whole"
    REMIND = "actions.remind", "Remind leads, and say when they are chased"
    MANAGE_PEOPLE = "scr_tracker.manage_people", "Invite and manage people"
    MANAGE_PARTNERSHIP = "scr_tracker.manage_partnership", "Change the partnership's settings and agencies"


#: What an agency lead may do, on the actions that the agency leads or supports.
OF_AN_AGENCY = {
    Permission.UPDATE_ACTION,
    Permission.ADD_EVIDENCE,
    Permission.ASK_EXTENSION,
    Permission.SUBMIT_ACTION,
    Permission.REPLY,
    Permission.SHARE_VIEW,
}

#: What each role may do to the plans that it sees (design, "Who may see and do what").
GRANTS = {
    Role.BUSINESS_MANAGER: set(Permission),
    Role.BOARD_MEMBER: {
        *(Permission.COMMENT, Permission.REPLY),
        *(Permission.SEE_REPORTS, Permission.SEE_MEETINGS, Permission.PACK_REVIEW),
    },
    Role.AGENCY_LEAD: OF_AN_AGENCY | {Permission.PACK_AGENCY},
}


@dataclass(frozen=True)
class Holding:
    """A role held by a person in a partnership, directly or through the agency given."""

    role: str
    partnership: int | None
    agency: int | None

    def reaches(self, scope):
        """Whether the role counts for what the scope says: for an agency lead, only where the agency takes part."""
        if self.partnership not in scope.partnerships:
            return False
        return self.agency is None or self.agency in scope.agencies


@dataclass(frozen=True)
class Scope:
    """Whom an object concerns: ids of partnerships and of agencies."""

    partnerships: frozenset = field(default_factory=frozenset)
    agencies: frozenset = field(default_factory=frozenset)
