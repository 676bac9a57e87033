"""Makes the dullest valid object of each kind; traits name the interesting ones."""

import base64
import hmac
import struct
import time
from datetime import timedelta

import factory
from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from actions.choices import Status, TargetKind
from actions.models import Action, Evidence, Extension, Update
from reviews.models import Kind, Recommendation, RecommendationTheme, Response, Review, Section, Theme
from scr_tracker.models import Agency, Invitation, Membership, Partnership, User
from scr_tracker.permissions import Role

PASSWORD = "a-long-enough-password"

#: The key of everybody's authenticator app, and of every invitation's link.
APP_KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SECRET = "the-secret-of-the-link"


def app_code(key=APP_KEY, steps=0):
    """Return the code that an authenticator app shows now, or so many half minutes later."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.digest(base64.b32decode(key), counter, "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def today():
    """Return the day it is in London."""
    return timezone.localdate()


class PartnershipFactory(factory.django.DjangoModelFactory):
    """A partnership with the usual rules of the house."""

    class Meta:
        model = Partnership

    name = factory.Sequence(lambda n: f"Partnership {n}")


class AgencyFactory(factory.django.DjangoModelFactory):
    """An agency; give ``partnerships`` to say which it serves."""

    class Meta:
        model = Agency
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Agency {n}")

    @factory.post_generation
    def partnerships(self, create, extracted, **kwargs):
        """Let it serve the partnerships given."""
        if create and extracted:
            self.partnerships.add(*extracted)


class UserFactory(factory.django.DjangoModelFactory):
    """A person without any role."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password(PASSWORD)

    class Params:
        administrator = factory.Trait(is_superuser=True, is_staff=True)

    @factory.post_generation
    def app(self, create, extracted, **kwargs):
        """Give them an authenticator app, if asked."""
        if create and extracted:
            TOTP.activate(self, APP_KEY)


class MembershipFactory(factory.django.DjangoModelFactory):
    """A business manager of a partnership, unless another role is given."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = Role.BUSINESS_MANAGER
    partnership = factory.Maybe(
        factory.LazyAttribute(lambda o: o.role != Role.AGENCY_LEAD),
        factory.SubFactory(PartnershipFactory),
        None,
    )

    class Params:
        agency_lead = factory.Trait(role=Role.AGENCY_LEAD, partnership=None, agency=factory.SubFactory(AgencyFactory))


class InvitationFactory(factory.django.DjangoModelFactory):
    """A board member invited a moment ago."""

    class Meta:
        model = Invitation

    email = factory.Sequence(lambda n: f"invited{n}@example.org")
    role = Role.BOARD_MEMBER
    partnership = factory.SubFactory(PartnershipFactory)
    invited_by = factory.SubFactory(UserFactory)
    secret_hash = Invitation.hash_of(SECRET)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))


class ReviewFactory(factory.django.DjangoModelFactory):
    """A review without a plan."""

    class Meta:
        model = Review
        skip_postgeneration_save = True

    partnership = factory.SubFactory(PartnershipFactory)
    kind = Kind.LCSPR
    reference = factory.Sequence(lambda n: f"{n:04}")
    pseudonym = "Kit"


class SectionFactory(factory.django.DjangoModelFactory):
    """A section of a plan."""

    class Meta:
        model = Section

    review = factory.SubFactory(ReviewFactory)
    title = factory.Sequence(lambda n: f"Section {n}")
    order = factory.Sequence(lambda n: n)


class RecommendationFactory(factory.django.DjangoModelFactory):
    """A recommendation without an action."""

    class Meta:
        model = Recommendation

    section = factory.SubFactory(SectionFactory)
    number = factory.Sequence(lambda n: str(n + 1))
    order = factory.Sequence(lambda n: n)
    text = "Supervision should ask what daily life is like for the child."


class ThemeFactory(factory.django.DjangoModelFactory):
    """A theme of everybody's; give ``recommendations`` to say which have it."""

    class Meta:
        model = Theme
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Theme {n}")

    @factory.post_generation
    def recommendations(self, create, extracted, **kwargs):
        """Give it to the recommendations."""
        for recommendation in extracted or ():
            RecommendationTheme.objects.create(theme=self, recommendation=recommendation)


class ResponseFactory(factory.django.DjangoModelFactory):
    """A response; give ``recommendations`` to say which it answers."""

    class Meta:
        model = Response
        skip_postgeneration_save = True

    review = factory.SubFactory(ReviewFactory)
    text = "The supervision template now asks for it."
    order = factory.Sequence(lambda n: n)

    @factory.post_generation
    def recommendations(self, create, extracted, **kwargs):
        """Let it answer the recommendations given."""
        if create and extracted:
            self.recommendations.add(*extracted)


class ActionFactory(factory.django.DjangoModelFactory):
    """An action due in half a year, in progress and reported on today: rated green."""

    class Meta:
        model = Action
        skip_postgeneration_save = True

    recommendation = factory.SubFactory(RecommendationFactory)
    order = factory.Sequence(lambda n: n)
    text = "Add the question to the supervision template."
    status = Status.IN_PROGRESS
    lead_officers = factory.LazyFunction(lambda: ["Head of Practice"])
    target_date = factory.LazyFunction(lambda: today() + timedelta(180))
    target_kind = TargetKind.DAY
    last_update_on = factory.LazyFunction(today)

    class Params:
        overdue = factory.Trait(target_date=factory.LazyFunction(lambda: today() - timedelta(10)))
        undated = factory.Trait(target_date=None, target_kind=TargetKind.NONE)
        complete = factory.Trait(status=Status.COMPLETE)
        paused = factory.Trait(status=Status.PAUSED, status_reason="Waiting for the inquest.")
        submitted = factory.Trait(
            status=Status.SUBMITTED,
            submitted_at=factory.LazyFunction(timezone.now),
            submitted_by=factory.SubFactory(UserFactory),
        )

    @factory.post_generation
    def supporting_agencies(self, create, extracted, **kwargs):
        """Let the agencies given support it."""
        if create and extracted:
            self.supporting_agencies.add(*extracted)


class UpdateFactory(factory.django.DjangoModelFactory):
    """A progress update made now."""

    class Meta:
        model = Update

    action = factory.SubFactory(ActionFactory)
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)
    what_was_done = "The template was changed."
    status_before = Status.IN_PROGRESS
    status_after = Status.IN_PROGRESS


class ExtensionFactory(factory.django.DjangoModelFactory):
    """A later date asked for, and not decided on."""

    class Meta:
        model = Extension

    action = factory.SubFactory(ActionFactory)
    old_date = factory.LazyAttribute(lambda o: o.action.target_date)
    asked_for_date = factory.LazyFunction(lambda: today() + timedelta(365))
    reason = "The provider of the training has withdrawn."
    asked_by = factory.SubFactory(UserFactory)
    asked_at = factory.LazyFunction(timezone.now)


class EvidenceFactory(factory.django.DjangoModelFactory):
    """A note as evidence; give ``actions`` to say which it serves."""

    class Meta:
        model = Evidence
        skip_postgeneration_save = True

    title = "Audit of supervision records"
    note = "Nine of ten records held the child's view."
    uploaded_by = factory.SubFactory(UserFactory)
    uploaded_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def actions(self, create, extracted, **kwargs):
        """Let it serve the actions given."""
        if create and extracted:
            self.actions.add(*extracted)
