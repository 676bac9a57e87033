"""Signing in and out, one's own account, and the people of a partnership."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.account.views import LogoutView
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views import csrf
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import jobs, kept, notifications, second_factor, services
from .forms import DetailsForm, InvitationForm, JoinForm, RemindersForm, ResetSecondFactorForm
from .models import Invitation, Job, Membership, Partnership, User
from .permissions import Permission, Role
from .rules import RuleBroken


class SignOut(LogoutView):
    """Let a person out by a button, and show the sign-in page again."""

    def get(self, request, *args, **kwargs):
        """Refuse: a link or a picture on another site must not sign anybody out."""
        if request.user.is_authenticated:
            return HttpResponseNotAllowed(["POST"])
        return redirect("sign-in")


@login_not_required
def admin_sign_in(request):
    """Send whoever wants into the admin to our own sign-in, with its second factor."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect(f"{reverse('sign-in')}?{urlencode({'next': request.GET.get('next') or reverse('admin:index')})}")


@login_not_required
@require_safe
def accessibility(request):
    """Say to everybody how accessible the site is, and whom to tell where it is not."""
    context = {
        "organisation": settings.ORGANISATION,
        "email": settings.ACCESSIBILITY_EMAIL,
        "phone": settings.ACCESSIBILITY_PHONE,
        "site": request.get_host(),
    }
    return render(request, "accessibility.html", context)


#: What the words on the pages mean.
WORDS = (
    ("Status", "What the lead agency says of an action: not started, in progress, ongoing, or submitted as complete."),
    ("Rating", "How an action stands, worked out: red, amber, green, blue or grey."),
    ("Evidence", "What shows that an action was done: a file, a link or a note. It says how strongly it shows it."),
    ("Later date", "Asked for by the lead agency, with a reason. The first date stays on record."),
    ("Sign-off", "The partnership has accepted the evidence, and the action is complete."),
    ("Impact check", "Some months later: has it made a difference, and has that lasted? If so, it is embedded."),
    ("Theme", "What recommendations of several reviews have in common."),
    ("Report", "What was issued to a board. It is kept as it was."),
)


@require_safe
def help_page(request):
    """Say what people in one's roles come to do, and what the words mean."""
    roles = set(Role) if request.user.is_superuser else {held.role for held in request.user.holds}
    return render(request, "help.html", {"roles": roles, "words": WORDS})


def still_here(request):
    """Answer nothing: that somebody asked is the sign of life that keeps them signed in."""
    return HttpResponse(status=204)


def account(request):
    """Show a person their account, and what they can change about it."""
    authenticators = Authenticator.objects.filter(user=request.user)
    codes = authenticators.filter(type=Authenticator.Type.RECOVERY_CODES).first()
    context = {
        "app": authenticators.filter(type=Authenticator.Type.TOTP).first(),
        "passkeys": authenticators.filter(type=Authenticator.Type.WEBAUTHN).count(),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "microsoft": SocialAccount.objects.filter(user=request.user).first(),
        "memberships": request.user.memberships.select_related("partnership", "agency"),
        "second_factor_required": settings.SECOND_FACTOR_REQUIRED,
    }
    return render(request, "account.html", context)


def account_details(request):
    """Let a person change how they are called."""
    form = DetailsForm(request.POST if request.method == "POST" else None, instance=request.user)
    if form.is_valid():
        services.change_details(person=request.user, request=request, **form.cleaned_data)
        messages.success(request, "Details saved")
        return redirect("account")
    return render(request, "account_details.html", {"form": form})


def reminder_settings(request):
    """Let a person choose how often they are sent digests."""
    form = RemindersForm(request.POST if request.method == "POST" else None, instance=request.user)
    if form.is_valid():
        services.choose_reminders(person=request.user, request=request, **form.cleaned_data)
        messages.success(request, "Your choice is saved")
        return redirect("account")
    return render(request, "reminder_settings.html", {"form": form})


def managed_partnerships(request):
    """Return the partnerships whose people the user manages."""
    return Partnership.objects.where(request.user, may=Permission.MANAGE_PEOPLE)


def people(request):
    """List everybody with a role in the partnerships that the user manages, and who is invited."""
    partnerships = managed_partnerships(request)
    if not partnerships:
        raise PermissionDenied
    memberships = Membership.objects.of(partnerships).select_related("user", "partnership", "agency")
    found = {}
    for membership in memberships.order_by("user__name", "user", "role", "pk"):
        found.setdefault(membership.user, []).append(membership)
    context = {
        "partnerships": partnerships,
        "working": [(person, roles) for person, roles in found.items() if person.is_active],
        "left": [(person, roles) for person, roles in found.items() if not person.is_active],
        "invitations": Invitation.objects.open().of(partnerships).select_related("partnership", "agency", "invited_by"),
        "section": "people",
    }
    return render(request, "people/people.html", context)


def get_person(request, pk):
    """Return somebody with a role where the user manages people, and those roles."""
    memberships = Membership.objects.of(managed_partnerships(request)).select_related("partnership", "agency", "user")
    person = get_object_or_404(User, pk__in=memberships.values("user"), pk=pk)
    return person, memberships.filter(user=person)


def person(request, pk):
    """Show somebody's roles, and the open actions that are assigned to them."""
    found, memberships = get_person(request, pk)
    return render(request, "people/person.html", person_context(request, found, memberships))


def person_context(request, found, memberships):
    """Return what the pages about a person show."""
    actions = found.assigned_actions.visible_to(request.user).open().by_target_date()
    return {
        "person": found,
        "memberships": memberships,
        "actions": actions.select_related("review", "lead_agency"),
        "may_let_go": services.may_let_go(person=found, by=request.user),
        "has_second_factor": second_factor.is_set_up(found),
        "section": "people",
    }


def let_go(request, pk):
    """Close the account of somebody who has left, showing first what they leave behind."""
    found, memberships = get_person(request, pk)
    if request.method == "POST":
        services.let_go(person=found, by=request.user, request=request)
        messages.success(request, f"{found} can no longer sign in")
        return redirect("person", found.pk)
    return render(request, "people/let_go.html", person_context(request, found, memberships))


def bring_back(request, pk):
    """Open somebody's account again."""
    found, memberships = get_person(request, pk)
    if request.method == "POST":
        services.bring_back(person=found, by=request.user, request=request)
        messages.success(request, f"{found} can sign in again")
        return redirect("person", found.pk)
    return render(request, "people/bring_back.html", person_context(request, found, memberships))


def reset_second_factor(request, pk):
    """Let somebody who has lost their second factor set up a new one."""
    found, memberships = get_person(request, pk)
    form = ResetSecondFactorForm(kept.written(request), by=request.user)
    if request.method == "POST":
        if form.was_sent():
            return redirect("person", found.pk)
        if form.is_valid():
            about = {"person": found, "by": request.user, "sent": form.sent, "request": request}
            services.reset_second_factor(**about, **form.cleaned_data)
            messages.success(request, f"{found} sets up a new second factor at the next sign-in")
            return redirect("person", found.pk)
    context = person_context(request, found, memberships)
    return render(request, "people/reset_second_factor.html", {**context, "form": form})


def end_role(request, pk):
    """Take a role away from somebody, after asking."""
    memberships = Membership.objects.of(managed_partnerships(request)).select_related("user", "partnership", "agency")
    membership = get_object_or_404(memberships, pk=pk)
    if request.method == "POST":
        services.end_role(membership=membership, by=request.user, request=request)
        messages.success(request, "Role ended")
        return redirect("people")
    return render(request, "people/end_role.html", {"membership": membership, "section": "people"})


def senior_role(request, pk):
    """Say, or say no longer, that somebody is the senior lead of an agency or the chair of a board, after asking."""
    memberships = Membership.objects.of(managed_partnerships(request)).select_related("user", "partnership", "agency")
    membership = get_object_or_404(memberships, pk=pk)
    if request.method == "POST":
        wanted = not membership.is_senior
        services.set_senior(membership=membership, is_senior=wanted, by=request.user, request=request)
        said = "is now" if wanted else "is no longer"
        messages.success(request, f"{membership.user} {said} {membership.senior_words}, {membership.place}")
        return redirect("person", membership.user_id)
    return render(request, "people/senior_role.html", {"membership": membership, "section": "people"})


def invite(request):
    """Invite somebody to a role."""
    partnerships = managed_partnerships(request)
    if not partnerships:
        raise PermissionDenied
    form = InvitationForm(request.POST if request.method == "POST" else None, partnerships=partnerships)
    if form.is_valid():
        send_link(request, *services.invite(by=request.user, request=request, **form.cleaned_data))
        return redirect("people")
    return render(request, "people/invite.html", {"form": form, "section": "people"})


def send_link(request, invitation, secret):
    """Send an invitation its link, and say whether that went well."""
    try:
        notifications.invited(invitation, request.build_absolute_uri(reverse("invitation", args=[secret])))
    except OSError:
        messages.error(request, f"The invitation could not be sent to {invitation.email}. Send it again in a while.")
    else:
        messages.success(request, f"Invitation sent to {invitation.email}")


def get_invitation(request, pk):
    """Return an open invitation to where the user manages people."""
    return get_object_or_404(Invitation.objects.open().of(managed_partnerships(request)), pk=pk)


def invite_again(request, pk):
    """Send an invitation once more, with a new link."""
    invitation = get_invitation(request, pk)
    if request.method == "POST":
        send_link(request, *services.invite_again(invitation=invitation, by=request.user, request=request))
    return redirect("people")


def cancel_invitation(request, pk):
    """Take an invitation back."""
    invitation = get_invitation(request, pk)
    if request.method == "POST":
        services.cancel_invitation(invitation=invitation, by=request.user, request=request)
        messages.success(request, f"The invitation of {invitation.email} is cancelled")
    return redirect("people")


@never_cache
@login_not_required
def invitation(request, secret):
    """Let somebody who was invited make their account, or accept with the one they have."""
    offers = Invitation.objects.with_secret(secret).select_related("partnership", "agency", "invited_by")
    offer = offers.first()
    if not offer:
        return render(request, "people/invitation_gone.html", status=404)
    if request.user.is_authenticated or User.objects.filter(email=offer.email).exists():
        return accept(request, offer)
    form = JoinForm(request.POST if request.method == "POST" else None, instance=User(email=offer.email))
    if form.is_valid():
        user = services.join(invitation=offer, request=request, **form.cleaned_data)
        messages.success(request, f"Your account is made. You are {offer.get_role_display().lower()}, {offer.place}")
        return perform_password_login(request, {"email": user.email}, Login(user=user, email=user.email))
    return render(request, "people/invitation.html", {"invitation": offer, "form": form})


def accept(request, offer):
    """Let somebody with an account accept an invitation, once they are signed in with it."""
    if request.method == "POST" and request.user.is_authenticated:
        try:
            services.accept(invitation=offer, by=request.user, request=request)
        except RuleBroken as error:
            messages.error(request, str(error))
            return redirect(request.path)
        messages.success(request, f"You are now {offer.get_role_display().lower()}, {offer.place}")
        return redirect("home")
    is_theirs = request.user.is_authenticated and request.user.email == offer.email
    return render(request, "people/accept.html", {"invitation": offer, "is_theirs": is_theirs})


def csrf_failure(request, reason=""):
    """Offer a form back whose page is older than the person's sign-in; refuse what is not from a form of ours."""
    if kept.keep(request):
        return redirect(request.path)
    return csrf.csrf_failure(request, reason=reason)


@require_safe
def job(request, pk):
    """Show how far a job is that the person asked for; once it is done, lead to what came of it."""
    found = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    if found.state == Job.State.DONE and found.leads_to:
        return redirect(found.leads_to)
    return render(request, "job.html", {"job": found, "nobody_works": jobs.nobody_works(found)})
