"""The life of an action: one table of the steps that people take with it.

The table decides what the services allow (services.py), which buttons a person sees on the action's page
(``open_to``), and draws docs/life-of-an-action.md (``manage.py draw_life``; a test compares the two).
"""

from collections.abc import Callable
from dataclasses import dataclass

from scr_tracker.permissions import Permission
from scr_tracker.rules import RuleBroken

from .choices import AT_WORK, SET_ASIDE, Status

#: What a progress update can make of it. Anything further is a step of its own.
REPORTED = (Status.NOT_STARTED, Status.IN_PROGRESS, Status.ONGOING)
ALL = tuple(Status)
#: What the diagram calls the box around AT_WORK.
BOX = "at_work"


def to(*after, before):
    """Return the moves of a step that takes each status of ``before`` to one of ``after``."""
    return dict.fromkeys(before, after)


def staying(*statuses):
    """Return the moves of a step that leaves the status as it is."""
    return {status: (status,) for status in statuses}


@dataclass(frozen=True)
class Bar:
    """What stands in the way of a step, beside the status: a sentence, and when it applies."""

    sentence: str
    applies: Callable


SUBMITTED_BY_THEM = Bar(
    "You submitted this action as complete, so somebody else must sign it off or return it.",
    lambda action, by: action.submitted_by_id == by.pk,
)
DATE_ASKED_FOR = Bar(
    "A later date has already been asked for and waits for a decision.", lambda action, by: action.extension_pending
)
NO_DATE_ASKED_FOR = Bar("No later date waits for a decision.", lambda action, by: not action.extension_pending)
ASKED_FOR_BY_ANOTHER = Bar(
    "Only the person who asked for the later date can withdraw the request.",
    lambda action, by: not action.extensions.filter(decision="waiting", asked_by=by.pk).exists(),
)
NOT_RATED = Bar("The partnership has not rated this action.", lambda action, by: not action.validated_rating)


@dataclass(frozen=True)
class Step:
    """Something that a person does with an action.

    ``name`` is that of its address; ``moves`` says what each status may become; ``done`` begins its line
    in the history; ``needs`` says, for people, what it takes.
    """

    name: str
    label: str
    done: str
    permission: Permission
    moves: dict
    needs: tuple = ()
    bars: tuple = ()

    @property
    def path(self):
        """The last part of the address: "sign-off", or "submit" for submit-action."""
        return self.name.removesuffix("-action")

    def told(self, why=""):
        """Return what the history says where the step was taken: what was done, and the person's reason."""
        return ": ".join(filter(None, [self.done, why]))

    def refusal(self, action, by):
        """Return the sentence that says why the step cannot be taken now, or nothing if it can."""
        if action.status not in self.moves:
            return f"This action is {Status(action.status).label.lower()}, so “{self.label}” is not possible now."
        return next((bar.sentence for bar in self.bars if bar.applies(action, by)), "")

    def objection(self, action, by, after=None):
        """Return the sentence that says why the step cannot be taken, or cannot make the action ``after``."""
        if refusal := self.refusal(action, by):
            return refusal
        if after is None or after in self.moves[action.status]:
            return ""
        if after == action.status:
            return f"This action is {Status(after).label.lower()}. Choose the status that it has now as well."
        return (
            f"This action is {Status(action.status).label.lower()}."
            f" “{self.label}” cannot make it {Status(after).label.lower()}."
        )

    def check(self, action, by, after=None):
        """Raise RuleBroken unless the step can be taken now, and the action may then be ``after``."""
        if objection := self.objection(action, by, after):
            raise RuleBroken(objection)


UPDATE = Step(
    "update-action",
    "Report progress",
    "Progress update",
    Permission.UPDATE_ACTION,
    {**to(*REPORTED, before=AT_WORK), **staying(*(status for status in Status if status not in AT_WORK))},
    needs=("what was done, or a new status or rating",),
)
SUBMIT = Step(
    "submit-action",
    "Submit as complete",
    "Submitted as complete",
    Permission.SUBMIT_ACTION,
    to(Status.SUBMITTED, before=AT_WORK),
    needs=("what was done", "evidence, or the reason why there is none"),
)
TAKE_BACK = Step(
    "take-back",
    "Take back the submission",
    "Submission taken back",
    Permission.SUBMIT_ACTION,
    to(Status.IN_PROGRESS, before=[Status.SUBMITTED]),
    needs=("a reason",),
)
SIGN_OFF = Step(
    "sign-off",
    "Sign off",
    "Signed off",
    Permission.SIGN_OFF_ACTION,
    to(Status.COMPLETE, before=[Status.SUBMITTED]),
    needs=("evidence, or the reason why there is none",),
    bars=(SUBMITTED_BY_THEM,),
)
RETURN = Step(
    "return-action",
    "Return to the lead agency",
    "Returned",
    Permission.SIGN_OFF_ACTION,
    to(Status.IN_PROGRESS, before=[Status.SUBMITTED]),
    needs=("a reason",),
    bars=(SUBMITTED_BY_THEM,),
)
ASK_EXTENSION = Step(
    "ask-extension",
    "Ask for a later date",
    "Later date asked for",
    Permission.ASK_EXTENSION,
    staying(*AT_WORK),
    needs=("a later date", "a reason"),
    bars=(DATE_ASKED_FOR,),
)
WITHDRAW_EXTENSION = Step(
    "withdraw-extension",
    "Withdraw the request for a later date",
    "Request for a later date withdrawn",
    Permission.ASK_EXTENSION,
    staying(*ALL),
    bars=(NO_DATE_ASKED_FOR, ASKED_FOR_BY_ANOTHER),
)
AGREE_EXTENSION = Step(
    "agree-extension",
    "Agree the later date",
    "Later date agreed",
    Permission.DECIDE_EXTENSION,
    staying(*ALL),
    bars=(NO_DATE_ASKED_FOR,),
)
REFUSE_EXTENSION = Step(
    "refuse-extension",
    "Refuse the later date",
    "Later date refused",
    Permission.DECIDE_EXTENSION,
    staying(*ALL),
    needs=("a reason",),
    bars=(NO_DATE_ASKED_FOR,),
)
PAUSE = Step(
    "pause-action",
    "Pause",
    "Paused",
    Permission.SET_ASIDE_ACTION,
    to(Status.PAUSED, before=AT_WORK),
    needs=("a reason",),
)
SUPERSEDE = Step(
    "supersede-action",
    "Supersede",
    "Superseded",
    Permission.SET_ASIDE_ACTION,
    to(Status.SUPERSEDED, before=[*AT_WORK, Status.PAUSED]),
    needs=("a reason, and by what",),
)
RESUME = Step(
    "resume-action",
    "Resume",
    "Resumed",
    Permission.SET_ASIDE_ACTION,
    to(Status.IN_PROGRESS, before=SET_ASIDE),
    needs=("a reason",),
)
CHECK_IMPACT = Step(
    "check-impact",
    "Record the impact check",
    "Impact checked",
    Permission.CHECK_IMPACT,
    to(Status.EMBEDDED, Status.IN_PROGRESS, before=[Status.COMPLETE, Status.EMBEDDED]),
    needs=("what was found",),
)
VALIDATE_RATING = Step(
    "validate-rating",
    "Give the partnership’s rating",
    "Rating validated",
    Permission.VALIDATE_RATING,
    staying(*ALL),
    needs=("a rating", "a reason"),
)
WITHDRAW_RATING = Step(
    "withdraw-rating",
    "Withdraw the partnership’s rating",
    "Rating withdrawn",
    Permission.VALIDATE_RATING,
    staying(*ALL),
    needs=("a reason",),
    bars=(NOT_RATED,),
)
ASSIGN = Step(
    "assign-action",
    "Change who is responsible",
    "Assigned",
    Permission.EDIT_PLAN,
    staying(*(status for status in Status if status != Status.SUPERSEDED)),
)
SET_TARGET_DATE = Step(
    "set-target-date",
    "Set the target date",
    "Target date set",
    Permission.EDIT_PLAN,
    staying(*AT_WORK, Status.PAUSED),
    needs=("a date", "a reason, where there was one before"),
    bars=(DATE_ASKED_FOR,),
)
COMMENT = Step(
    "comment-action",
    "Comment or challenge",
    "Commented",
    Permission.COMMENT,
    staying(*ALL),
    needs=("a text",),
)
REPLY = Step("reply", "Reply", "Replied", Permission.REPLY, staying(*ALL), needs=("a text",))

#: Every step, in the order in which their buttons stand.
STEPS = (
    *(UPDATE, SUBMIT, TAKE_BACK, SIGN_OFF, RETURN),
    *(ASK_EXTENSION, WITHDRAW_EXTENSION, AGREE_EXTENSION, REFUSE_EXTENSION),
    *(CHECK_IMPACT, VALIDATE_RATING, WITHDRAW_RATING),
    *(ASSIGN, SET_TARGET_DATE, PAUSE, SUPERSEDE, RESUME, COMMENT, REPLY),
)
#: Those whose forms stand on the action's page itself, or beneath each comment.
ON_THE_PAGE = (UPDATE, COMMENT, REPLY)
#: Those that answer what waits for a decision: where they can be taken, they are what to do first.
DECISIONS = (SIGN_OFF, RETURN, AGREE_EXTENSION, REFUSE_EXTENSION)
#: How the history tells each step, and the step that it tells.
BY_HISTORY = {step.done: step for step in STEPS}

#: The steps that who took them can take back from the list, as long as nothing else has happened; and how the history
#: tells that.
CAN_BE_UNDONE = (UPDATE, ASSIGN, SET_TARGET_DATE)
UNDONE = "Undone"


def of_line(line):
    """Return the step that a line of an action's history tells, or None."""
    return BY_HISTORY.get((line.history_change_reason or "").partition(": ")[0])


def open_to(user, action):
    """Return the steps that the user may take with the action now."""
    allowed = user.permissions_on(action)
    return [step for step in STEPS if step.permission in allowed and not step.refusal(action, user)]


def reportable(status):
    """Return the choices of status that a progress update offers, the present one first."""
    status = Status(status)
    following = [following for following in UPDATE.moves[status] if following != status]
    return [(choice.value, choice.label) for choice in (status, *following)]


def diagram():
    """Return the steps that change the status as a Mermaid state diagram; those at work stand in one box."""
    inside, outside = [], []
    for step in STEPS:
        for before, after in _arrows(step):
            among = inside if {before, after} <= set(AT_WORK) else outside
            among.append(f"    {before} --> {after}: {step.label}")
    return "\n".join(
        [
            "stateDiagram-v2",
            *(f"    {status.value}: {status.label}" for status in Status),
            f'    state "With the lead agency" as {BOX} {{',
            *(f"    {line}" for line in [f"    [*] --> {Status.UNKNOWN}", *inside]),
            "    }",
            *outside,
        ]
    )


def _arrows(step):
    """Return (before, after) of each arrow of a step; one that leaves from everywhere at work leaves from their box."""
    arrows = [(before, each) for before, after in step.moves.items() for each in after if each != before]
    for after in dict.fromkeys(after for _, after in arrows):
        all_at_work = [(before, after) for before in AT_WORK]
        if set(arrows).issuperset(all_at_work):
            arrows = [(BOX, after), *(arrow for arrow in arrows if arrow not in all_at_work)]
    return arrows


def described():
    """Return the table of steps in Markdown, for the documentation."""
    lines = ["| step | from | to | permission | needs | not |", "|---|---|---|---|---|---|"]
    for step in STEPS:
        before = "any" if set(step.moves) == set(Status) else ", ".join(status.label for status in step.moves)
        after = [each for status, all_after in step.moves.items() for each in all_after if each != status]
        after = ", ".join(dict.fromkeys(each.label for each in after)) or "stays"
        bars = " ".join(bar.sentence for bar in step.bars)
        cells = (step.label, before, after, Permission(step.permission).label, "; ".join(step.needs), bars)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)
