"""What is done to people, partnerships and agencies: invited, given roles, let go, renamed. Every step says by whom."""

import secrets
from datetime import timedelta
from functools import partial

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from . import notifications
from .audit import record
from .history import relate, remember, remember_end, remember_joined, version_of
from .models import Agency, AuditEvent, Invitation, Membership, Partnership, User
from .permissions import Permission, Role
from .rules import RuleBroken
from .words import day

Kind = AuditEvent.Kind


def address_of(name, *args):
    """Return the address of a page by its name."""
    return reverse(name, args=args)


@transaction.atomic
def invite(*, email, role, place, by, request=None):
    """Offer somebody a role; return the invitation and the secret of its link, which is kept nowhere."""
    email = email.lower()
    where = _where(role, place)
    if Membership.objects.filter(user__email=email, role=role, **where).exists():
        raise RuleBroken(f"{email} has this role already.")
    if Invitation.objects.open().filter(email=email, role=role, **where).exists():
        raise RuleBroken(f"{email} has been invited already. You can send the invitation again.")
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email,
        role=role,
        invited_by=by,
        secret_hash=Invitation.hash_of(secret),
        expires_at=_expiry(),
        **where,
    )
    _record(Kind.INVITED, invitation, by=by, request=request, step="invited")
    return invitation, secret


def _where(role, place):
    """Return the fields that hold where a role is held."""
    return {"agency" if role == Role.AGENCY_LEAD else "partnership": place}


def _expiry():
    return timezone.now() + timedelta(days=settings.INVITATION_DAYS)


def _record(kind, invitation, *, by, request, step):
    role = f"{invitation.get_role_display()}, {invitation.place}"
    record(kind, by=by, about=invitation.email, request=request, step=step, role=role)


def _open_invitation(invitation):
    """Return the invitation, locked, if it is still open."""
    found = Invitation.objects.open().select_for_update().filter(pk=invitation.pk).first()
    if not found:
        raise RuleBroken("The invitation has been accepted or cancelled meanwhile.")
    return found


@transaction.atomic
def invite_again(*, invitation, by, request=None):
    """Give an invitation a new link, which works from now on instead of the one before; return its secret."""
    invitation = _open_invitation(invitation)
    secret = secrets.token_urlsafe(32)
    invitation.secret_hash, invitation.expires_at = Invitation.hash_of(secret), _expiry()
    invitation.save()
    _record(Kind.INVITED, invitation, by=by, request=request, step="sent again")
    return invitation, secret


@transaction.atomic
def cancel_invitation(*, invitation, by, request=None):
    """Take an invitation back; its link stops working."""
    invitation = _open_invitation(invitation)
    invitation.cancelled_by, invitation.cancelled_at = by, timezone.now()
    invitation.save()
    _record(Kind.INVITED, invitation, by=by, request=request, step="cancelled")
    return invitation


@transaction.atomic
def join(*, invitation, name, job_title, password, request=None):
    """Make the account of somebody who was invited, with the role that was offered."""
    invitation = _open_invitation(invitation)
    user = User.objects.create_user(invitation.email, password, name=name, job_title=job_title)
    return _take_up(invitation, user, request)


@transaction.atomic
def accept(*, invitation, by, request=None):
    """Give somebody who has an account the role that was offered."""
    invitation = _open_invitation(invitation)
    if by.email != invitation.email:
        raise RuleBroken(f"This invitation is for {invitation.email}. Sign in with that e-mail to accept it.")
    return _take_up(invitation, by, request)


def _take_up(invitation, user, request):
    """Turn an invitation into a membership, whose history says who invited."""
    where = {"partnership": invitation.partnership, "agency": invitation.agency}
    if not user.memberships.filter(role=invitation.role, **where).exists():
        why = f"Accepted the invitation of {day(invitation.invited_at)}"
        remember(Membership(user=user, role=invitation.role, **where), by=invitation.invited_by, why=why)
    invitation.accepted_by, invitation.accepted_at = user, timezone.now()
    invitation.save()
    _record(Kind.INVITED, invitation, by=user, request=request, step="accepted")
    return user


@transaction.atomic
def end_role(*, membership, by, request=None):
    """Take a role away from somebody, who may keep others."""
    if membership.user == by:
        raise RuleBroken("You cannot end your own role. Ask another business manager, or an administrator.")
    about = str(membership)
    user = membership.user
    remember_end(membership, by=by, why="Role ended")
    record(Kind.ACCOUNT_CHANGED, by=by, about=about, request=request, what="Role ended")
    return user


def may_let_go(*, person, by):
    """Whether this person's account is for ``by`` to close or open: all of their roles are in what ``by`` manages."""
    if person == by or (person.is_superuser and not by.is_superuser):
        return False
    managed = Partnership.objects.where(by, may=Permission.MANAGE_PEOPLE)
    ours = Membership.objects.of(managed).filter(user=person).count()
    return by.is_superuser or 0 < ours == person.memberships.count()


def _must_be_ours(person, by):
    """Return the person, locked, if their account is for ``by`` to close or open."""
    if person == by:
        raise RuleBroken("You cannot do this to your own account. Ask another business manager, or an administrator.")
    if not may_let_go(person=person, by=by):
        raise RuleBroken(f"{person} has other roles on SCR Tracker too, or is an administrator: ask an administrator.")
    return User.objects.select_for_update().get(pk=person.pk)


@transaction.atomic
def let_go(*, person, by, request=None):
    """Close the account of somebody who has left. What they did stays theirs by name, and so do their roles."""
    person = _must_be_ours(person, by)
    person.is_active = False
    person.save()
    end_sessions(person)
    for invitation in Invitation.objects.open().filter(email=person.email):
        cancel_invitation(invitation=invitation, by=by, request=request)
    record(Kind.ACCOUNT_CHANGED, by=by, about=person.email, request=request, what="Account closed: has left")
    return person


@transaction.atomic
def bring_back(*, person, by, request=None):
    """Open the account of somebody who left, and has come back or was let go by mistake."""
    person = _must_be_ours(person, by)
    person.is_active = True
    person.save()
    record(Kind.ACCOUNT_CHANGED, by=by, about=person.email, request=request, what="Account opened again")
    return person


@transaction.atomic
def reset_second_factor(*, person, by, reason, sent=None, request=None):
    """Take away how somebody proves who they are beyond the password, because they have lost it.

    They are signed out everywhere, told by e-mail, and set a new second factor up when they next sign in.
    """
    person = _must_be_ours(person, by)
    if sent:
        sent.take_once(by=by)
    lost, _ = Authenticator.objects.filter(user=person).delete()
    if not lost:
        raise RuleBroken(f"{person} has no second factor here that could be reset.")
    end_sessions(person)
    what = "Second factor reset"
    record(Kind.ACCOUNT_CHANGED, by=by, about=person.email, request=request, what=what, reason=reason)
    transaction.on_commit(partial(notifications.second_factor_reset, person, by, reason), robust=True)
    return person


@transaction.atomic
def set_senior(*, membership, is_senior, by, request=None):
    """Say whether somebody is the senior lead of an agency or chairs a board, and so is told of silence."""
    membership = Membership.objects.select_for_update().get(pk=membership.pk)
    if not membership.senior_words:
        raise RuleBroken("Only an agency lead can be senior lead, and only a board member the chair.")
    membership.is_senior = is_senior
    what = f"{'Made' if is_senior else 'No longer'} {membership.senior_words}"
    remember(membership, by=by, why=what)
    record(Kind.ACCOUNT_CHANGED, by=by, about=str(membership), request=request, what=what)
    return membership


@transaction.atomic
def choose_reminders(*, person, reminders, request=None):
    """Change how often somebody is sent digests, as they wish."""
    person = User.objects.select_for_update().get(pk=person.pk)
    before = {"reminders": person.reminders}
    person.reminders = reminders
    person.save(update_fields=["reminders"])
    record(Kind.ACCOUNT_CHANGED, by=person, about=person.email, request=request, what="Digests", before=before)
    return person


def end_sessions(person):
    """Sign somebody out wherever they are signed in."""
    for session in UserSession.objects.filter(user=person):
        session.end()


@transaction.atomic
def change_details(*, person, name, job_title, request=None):
    """Change how somebody is called, as they wish."""
    person = User.objects.select_for_update().get(pk=person.pk)
    before = {"name": person.name, "job_title": person.job_title}
    person.name, person.job_title = name, job_title
    person.save()
    record(
        Kind.ACCOUNT_CHANGED, by=person, about=person.email, request=request, what="Name or job title", before=before
    )
    return person


@transaction.atomic
def change_partnership(*, partnership, by, reason="", sent=None, **about):
    """Change the rules of a partnership's house: marking, days, words for ratings."""
    partnership = Partnership.objects.select_for_update().get(pk=partnership.pk)
    if sent:
        sent.take_once(by=by)
        sent.check_version(version_of(partnership))
    for name, value in about.items():
        setattr(partnership, name, value)
    return remember(partnership, by=by, why=": ".join(filter(None, ["Changed", reason])))


@transaction.atomic
def add_agency(*, partnership, by, serves=(), sent=None, **about):
    """Add an agency, which belongs to a partnership and perhaps to others."""
    if sent:
        sent.take_once(by=by)
    agency = Agency(**about)
    _check_agency(agency, by)
    remember(agency, by=by, why="Agency added")
    remember_joined(Agency, "partnerships", [(agency, each) for each in {partnership, *serves}])
    return agency


@transaction.atomic
def change_agency(*, agency, by, serves=(), reason="", sent=None, **about):
    """Change what an agency is called and who took over from it, and let it belong to further partnerships."""
    agency = Agency.objects.select_for_update().get(pk=agency.pk)
    if sent:
        sent.take_once(by=by)
        sent.check_version(agency.version())
    for name, value in about.items():
        setattr(agency, name, value)
    _check_agency(agency, by)
    if serves:
        relate(agency, "partnerships", [*agency.partnerships.all(), *serves])
    return remember(agency, by=by, why=": ".join(filter(None, ["Changed", reason])))


def _check_agency(agency, by):
    """Refuse a name that is taken, as far as the person may know, and a circle of agencies that succeed each other."""
    namesakes = Agency.objects.visible_to(by).filter(name__iexact=agency.name).exclude(pk=agency.pk)
    if namesakes.exists():
        raise RuleBroken(f"There is already an agency called {agency.name}.")
    seen, successor = {agency.pk}, agency.successor
    while successor:
        if successor.pk in seen:
            raise RuleBroken(f"{agency.successor} cannot take over from {agency}: it was itself followed by it.")
        seen.add(successor.pk)
        successor = successor.successor
