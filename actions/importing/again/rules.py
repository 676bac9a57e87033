"""What accepting a change does to an action, and what stands in its way: a document goes through the rules too."""

from dataclasses import dataclass
from datetime import date

from actions import steps
from actions.choices import CLOSED, Status
from actions.importing.again.fields import SAID_TO_BE_DONE, is_note, own_rating_in, same_standing

SIGNED_OFF_STAYS = "It is signed off here, which a document cannot undo: record an impact check if it did not last."
NOT_UNDERSTOOD = "The words are kept as printed. No status can be read in them, so the status stays."
SUBMITS = "It is submitted as complete in your name, and somebody else signs it off or returns it."
WAITS = "A later date has already been asked for here and waits for a decision: decide on that first."
DATE_STAYS = "It is {status} here, so its target date stays."
WAITS_FOR_SIGN_OFF = "It waits for sign-off here: sign it off or return it first."
WITHDRAWS = "It is withdrawn and its open actions superseded, with the reason that you give. Their history stays."
EXTENDS = "It counts as an extension that you agree. The original date stays on record."
TOLD = "It is told on the timeline as a progress update."


@dataclass(frozen=True)
class Consequence:
    """What accepting something does besides, or why it cannot be accepted."""

    effect: str = ""
    refusal: str = ""


def of_change(change, action):
    """Return what accepting a changed field of an action does."""
    if change.name == "status":
        return _of_status(change, action)
    if change.name == "target_date":
        return _of_date(change, action)
    if change.name == "rating":
        rating = own_rating_in(change.theirs)
        return Consequence(TOLD if rating else "It is kept as printed: no rating of ours can be read in it.")
    return Consequence(TOLD) if is_note(change.name) else Consequence()


def of_gone(action):
    """Return what accepting that an action is gone does."""
    if refusal := steps.SUPERSEDE.refusal(action, None):
        if action.status == Status.SUBMITTED:
            return Consequence(refusal=WAITS_FOR_SIGN_OFF)
        if action.status in SAID_TO_BE_DONE:
            return Consequence(refusal="It is signed off here, so it stays in the plan.")
        return Consequence(refusal=refusal)
    return Consequence("It is superseded, with the reason that you give. Its history and evidence stay.")


def route(before, after):
    """Return the steps by which a document takes an action from one status to another, or None where none leads."""
    if before in (Status.COMPLETE, Status.EMBEDDED) or after == Status.UNKNOWN:
        return None
    if after in SAID_TO_BE_DONE:
        last, begin = steps.SUBMIT, steps.RESUME if before in CLOSED else None
    elif after in (Status.PAUSED, Status.SUPERSEDED):
        last, begin = (steps.PAUSE if after == Status.PAUSED else steps.SUPERSEDE), None
    else:
        begin = {Status.SUBMITTED: steps.TAKE_BACK}.get(before, steps.RESUME if before in CLOSED else None)
        last = None if begin and after == Status.IN_PROGRESS else steps.UPDATE
    found = [step for step in (begin, last) if step]
    return found if before in found[0].moves else None


def _of_status(change, action):
    after = Status(change.theirs[1])
    if after == Status.UNKNOWN:
        return Consequence(NOT_UNDERSTOOD)
    if same_standing(action.status, after):
        return Consequence("Only the words as printed change.")
    found = route(action.status, after)
    if found is None:
        done = action.status in SAID_TO_BE_DONE
        label = Status(action.status).label.lower()
        refusal = SIGNED_OFF_STAYS if done else f"It is {label} here: change that on its own page first."
        return Consequence(refusal=refusal)
    if steps.SUBMIT in found:
        return Consequence(SUBMITS)
    return Consequence(
        "The action is " + ", then ".join(_TOLD[step.name].format(after.label.lower()) for step in found)
    )


_TOLD = {
    steps.UPDATE.name: "reported as {}.",
    steps.TAKE_BACK.name: "no longer submitted as complete, but in progress.",
    steps.RESUME.name: "taken up again.",
    steps.PAUSE.name: "paused, with the words of the document as the reason.",
    steps.SUPERSEDE.name: "superseded, with the words of the document as the reason.",
}


def _of_date(change, action):
    _, day, kind = change.theirs
    new = day and date.fromisoformat(day)
    if new == action.target_date and kind == action.target_kind:
        return Consequence("Only the words as printed change.")
    if action.status not in steps.AT_WORK:
        return Consequence(refusal=DATE_STAYS.format(status=Status(action.status).label.lower()))
    if is_later(action, new):
        if refusal := steps.ASK_EXTENSION.refusal(action, None):
            return Consequence(refusal=WAITS if action.extension_pending else refusal)
        return Consequence(EXTENDS)
    if action.target_date:
        return Consequence("The original date stays on record.")
    return Consequence()


def is_later(action, day):
    """Whether a day lies after the present target date, so that moving there is an extension."""
    return bool(day and action.target_date and day > action.target_date)
