"""The steps of an action's life: one page for each, and the conversation about it.

actions/steps.py says who may take which step when; here stands what each asks and what does it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from scr_tracker.kept import written
from scr_tracker.rules import AlreadySent, ChangedMeanwhile, RuleBroken

from .. import forms, services, steps, timeline
from ..update_forms import UpdateForm
from .actions import about_action, get_action
from .queues import said_with_what_waits


@dataclass(frozen=True)
class StepPage:
    """What the page of a step asks, what does it, and what is said when it is done.

    ``about`` is a template shown before the form; ``fields`` is that of its fields, where they are not simply one
    after the other.
    """

    form: type
    service: Callable
    said: str
    about: str = ""
    button: str = ""
    fields: str = ""


#: What each decision means, and what comes of it.
GUIDANCE = {
    "update-action": "Say what has changed since the last update. Everybody who can see the action reads it.",
    "submit-action": "Submit it when the work is done and something shows it. The partnership looks at the evidence, "
    "then signs it off or sends it back to you.",
    "take-back": "The action is in progress again, and nobody is asked to sign it off.",
    "sign-off": "Sign it off if the evidence shows that what was asked was done. The action is then complete, and "
    "its impact is checked some months later.",
    "return-action": "Return it if something is missing. The action is in progress again, and the lead agency reads "
    "what you write.",
    "ask-extension": "The partnership decides. The present date counts until then, and the first date stays on record.",
    "withdraw-extension": "The present target date stays as it is.",
    "agree-extension": "The new date counts from now on. The first date, and how often it was moved, stay on record, "
    "and the board is told.",
    "refuse-extension": "The present target date stays. Say what the lead agency should do instead.",
    "check-impact": "Ask whether anything is different for children, adults and families, not whether the task was "
    "done. If it has not lasted, the action is in progress again.",
    "validate-rating": "Your rating stands over the computed one and the lead agency’s own, and is marked as yours. "
    "Use it where you know more than the dates do.",
    "withdraw-rating": "The computed rating counts again.",
    "pause-action": "A paused action is not chased and is never overdue. Pause it only while something outside stands "
    "in its way.",
    "supersede-action": "A superseded action is not chased any more. It stays in the plan with your reason.",
    "resume-action": "The action is in progress again, and its target date counts.",
    "assign-action": "The lead agency answers for the action. Those it is assigned to find it among "
    "their own, and are reminded of it.",
    "set-target-date": "The new date counts from now on. The first date, and how often it was moved, stay on record.",
    "comment-action": "Ask for an answer with a challenge; add what others should know with a comment.",
}

PAGES = {
    "update-action": StepPage(
        UpdateForm, services.report_progress, "Update saved", button="Save update", fields="actions/_update_form.html"
    ),
    "submit-action": StepPage(
        forms.SubmitForm,
        services.submit_action,
        "Submitted. A business manager will sign it off or return it",
        "actions/_evidence_short.html",
    ),
    "take-back": StepPage(forms.TakeBackForm, services.take_back, "The submission is taken back"),
    "sign-off": StepPage(forms.SignOffForm, services.sign_off, "Signed off", "actions/_submission.html"),
    "return-action": StepPage(
        forms.ReturnForm, services.return_action, "Returned to the lead agency", "actions/_submission.html"
    ),
    "ask-extension": StepPage(
        forms.AskExtensionForm, services.ask_extension, "A later date is asked for", "actions/_dates.html"
    ),
    "withdraw-extension": StepPage(
        forms.WithdrawExtensionForm, services.withdraw_extension, "The request is withdrawn", "actions/_dates.html"
    ),
    "agree-extension": StepPage(
        forms.AgreeExtensionForm, services.agree_extension, "The later date is agreed", "actions/_dates.html"
    ),
    "refuse-extension": StepPage(
        forms.RefuseExtensionForm, services.refuse_extension, "The later date is refused", "actions/_dates.html"
    ),
    "check-impact": StepPage(forms.ImpactForm, services.check_impact, "Impact check recorded", "actions/_impact.html"),
    "validate-rating": StepPage(
        forms.RatingForm, services.validate_rating, "The partnership’s rating is given", "actions/_ratings.html"
    ),
    "withdraw-rating": StepPage(
        forms.WithdrawRatingForm,
        services.withdraw_rating,
        "The partnership’s rating is withdrawn",
        "actions/_ratings.html",
    ),
    "pause-action": StepPage(forms.PauseForm, services.pause_action, "The action is paused"),
    "supersede-action": StepPage(forms.SupersedeForm, services.supersede_action, "The action is superseded"),
    "resume-action": StepPage(forms.ResumeForm, services.resume_action, "The action is in progress again"),
    "assign-action": StepPage(forms.AssignForm, services.assign, "Saved who is responsible", button="Save"),
    "set-target-date": StepPage(
        forms.TargetDateForm, services.set_target_date, "The target date is set", "actions/_dates.html", "Save"
    ),
    "comment-action": StepPage(forms.CommentForm, services.comment_action, "Your words are added"),
}
REPLY_PAGE = StepPage(forms.ReplyForm, services.reply, "Your reply is added", "actions/_comment.html")


@require_http_methods(["GET", "HEAD", "POST"])
def take_step(request, pk, step):
    """Show what a step asks for, and take it."""
    found, page = get_action(request, pk, step.permission), PAGES[step.name]
    form = page.form(written(request), action=found, by=request.user)
    if request.method == "POST":
        if done_by(form, page.service, action=found):
            messages.success(request, said_with_what_waits(page.said, step, request.user))
            return redirect(found)
        found = get_action(request, pk, step.permission)
        form = asked_again(form, found)
    return show_step(request, found, step, form)


def show_step(request, action, step, form):
    """Show what a step asks for, with what stands in its way."""
    context = {
        **about_action(action),
        "step": step,
        "form": form,
        "page": PAGES[step.name],
        "guidance": GUIDANCE[step.name],
    }
    context["refusal"] = step.refusal(action, request.user)
    return render(request, "actions/step.html", context, status=409 if form.meanwhile else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request, pk, comment_pk):
    """Take an answer to a comment or challenge."""
    found = get_action(request, pk, steps.REPLY.permission)
    comment = get_object_or_404(found.comments.select_related("by"), pk=comment_pk)
    form = forms.ReplyForm(written(request), by=request.user)
    if request.method == "POST" and done_by(form, services.reply, comment=comment):
        messages.success(request, REPLY_PAGE.said)
        return redirect(f"{found.get_absolute_url()}#comments")
    context = {**about_action(found), "step": steps.REPLY, "form": form, "comment": comment, "page": REPLY_PAGE}
    return render(request, "actions/step.html", context)


def done_by(form, service, **about):
    """Have a service do what a form says, once; say whether it is done."""
    if form.was_sent():
        return True
    if not form.is_valid():
        return False
    try:
        service(by=form.by, sent=form.sent, **about, **form.cleaned_data)
    except AlreadySent:
        pass  # and done
    except ChangedMeanwhile:
        return False  # asked_again shows what changed
    except RuleBroken as broken:
        form.add_error(None, str(broken))
        return False
    return True


def asked_again(form, action):
    """Return a form that could not do what it says, as it was typed.

    Where somebody else changed the action meanwhile, the form is about the action as it now stands, and
    its ``meanwhile`` holds what happened.
    """
    started = form.started_from
    if started is None or started == action.version:
        return form
    again = type(form)(form.data, action=action, by=form.by, prefix=form.prefix)
    again.renew(version=action.version)
    again.meanwhile = timeline.since(action, started, form.by)
    return again
