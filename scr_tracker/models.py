"""People, partnerships and agencies: who works on plans, and on whose behalf."""

from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Coalesce, Lower, Now
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property

from .history import AppendOnly, History, TrackedQuerySet
from .permissions import GRANTS, Holding, Permission, Role, Scope
from .written import Written

#: The protective marking of a plan unless its partnership says otherwise.
DEFAULT_MARKING = "OFFICIAL-SENSITIVE"


def one_of(field, choices, name):
    """Return the constraint that ``field`` holds one of ``choices`` (or is empty where that is a choice)."""
    return models.CheckConstraint(name=name, condition=models.Q(**{f"{field}__in": list(choices.values)}))


def together(*fields):
    """Return the condition that these nullable fields are all given or all missing."""
    given = models.Q(**{f"{field}__isnull": False for field in fields})
    return given | models.Q(**{f"{field}__isnull": True for field in fields})


class Frequency(models.TextChoices):
    """How often somebody is told by e-mail what waits for them. A manager's own reminder, and being chased for an
    answer that is overdue, reach everybody.
    """

    NEWS = "news", "When something is new: newly due, overdue, returned or waiting for me"
    DAILY = "daily", "Every working day on which something waits for me"
    WEEKLY = "weekly", "Once a week, on Monday or the first day after it"
    NEVER = "never", "Never, but for reminders that want an answer"


class UserManager(BaseUserManager):
    """Makes people, and finds them by e-mail whatever its capitals."""

    def get_by_natural_key(self, email):
        """Return the person with this e-mail."""
        return self.get(email__iexact=email)

    def create_user(self, email, password=None, **fields):
        """Create a person who signs in by e-mail."""
        if not email:
            raise ValueError("A person needs an e-mail to sign in with.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        """Create an administrator, who sees everything and works in the admin."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class UserQuerySet(models.QuerySet):
    """People in the domain's words."""

    def assignable_to(self, action):
        """Those at work to whom an action can be assigned: its partnership's managers, its agencies' leads."""
        scope = action.permission_scope()
        managers = models.Q(memberships__role=Role.BUSINESS_MANAGER, memberships__partnership__in=scope.partnerships)
        leads = models.Q(memberships__agency__in=scope.agencies)
        return self.filter(managers | leads, is_active=True).distinct().order_by("name", "pk")

    def at_work_in(self, partnerships):
        """Those at work to whom actions of these partnerships can be assigned."""
        managers = models.Q(memberships__role=Role.BUSINESS_MANAGER, memberships__partnership__in=partnerships)
        leads = models.Q(memberships__agency__partnerships__in=partnerships)
        return self.filter(managers | leads, is_active=True).distinct().order_by("name", "pk")


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail. Never deleted: a leaver is made inactive."""

    email = models.EmailField("e-mail", max_length=254, unique=True)
    name = models.CharField(max_length=200)
    job_title = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField("active", default=True, help_text="Untick for somebody who has left.")
    is_staff = models.BooleanField("may use the admin", default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    former_names = models.JSONField(default=list, blank=True, editable=False)
    reminders = models.CharField("digests by e-mail", max_length=10, choices=Frequency, default=Frequency.NEWS)

    objects = UserManager.from_queryset(UserQuerySet)()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_is_unique",
                violation_error_message="There is already a person with this e-mail.",
            ),
            models.CheckConstraint(name="user_email_is_in_lower_case", condition=models.Q(email=Lower("email"))),
            one_of("reminders", Frequency, "user_reminders_is_a_known_frequency"),
        ]

    def __str__(self):
        return self.name or self.email

    def clean(self):
        """Keep the e-mail in lower case before it is compared with others."""
        super().clean()
        self.email = self.email.lower()

    @classmethod
    def from_db(cls, *args, **kwargs):
        """Note the name under which the person is known, so that save sees when it changes."""
        user = super().from_db(*args, **kwargs)
        user._known_as = user.__dict__.get("name")
        return user

    def save(self, *args, update_fields=None, **kwargs):
        """Keep the e-mail in lower case, however it was typed, and the former name if the name changes."""
        self.email = self.email.lower()
        before = getattr(self, "_known_as", None)
        if before and before != self.name and (update_fields is None or "name" in update_fields):
            self.former_names = [*self.former_names, {"name": before, "until": timezone.now().isoformat()}]
            update_fields = update_fields and {*update_fields, "former_names"}
        super().save(*args, update_fields=update_fields, **kwargs)
        self._known_as = self.__dict__.get("name")

    def name_at(self, moment):
        """Return the name under which the person was known at a past moment."""
        for former in self.former_names:
            if moment < datetime.fromisoformat(former["until"]):
                return former["name"]
        return self.name

    def get_full_name(self):
        """Return the name that history and pages show."""
        return str(self)

    get_short_name = get_full_name

    def partnerships_granting(self, permission):
        """The ids of the partnerships in which a role of the person's own, not an agency's, grants the permission."""
        return {held.partnership for held in self.holds if held.agency is None and permission in GRANTS[held.role]} - {
            None
        }

    @cached_property
    def holds(self):
        """The roles that the person holds and where, read once for a request: one Holding for each partnership."""
        rows = HOLDS.of(self.pk)
        return [Holding(role, partnership or served, agency) for role, partnership, served, agency in rows]

    @property
    def own_partnerships(self):
        """The ids of the partnerships in which the person has a role of their own, in order."""
        return sorted({held.partnership for held in self.holds if held.agency is None})

    @property
    def led_agencies(self):
        """The ids of the agencies that the person leads for, in order."""
        return sorted({held.agency for held in self.holds} - {None})

    def permissions_on(self, thing):
        """Return everything that the person may do to a thing; all of it as an administrator."""
        if not self.is_active:
            return set()
        if self.is_superuser:
            return set(Permission)
        scope = thing.permission_scope()
        return set().union(*(GRANTS[held.role] for held in self.holds if held.reaches(scope)))

    def may_somewhere(self, permission):
        """Whether the person may do this in any partnership at all: for menus, not for deciding."""
        if not self.is_active:
            return False
        return self.is_superuser or any(permission in GRANTS[held.role] for held in self.holds)


#: What a person is, and to which partnership, agency and partnership of the agency.
HOLDS = Written(
    lambda user: (
        Membership.objects.filter(user=user)
        .order_by("pk")
        .values_list("role", "partnership", "agency__partnerships", "agency")
    )
)


def name_people(*named):
    """Give records of several kinds the people whom they name, all read in one query.

    Each of ``named`` is some records and the fields of theirs by which they name people.
    """
    ends = [
        (record, name, getattr(record, f"{name}_id"))
        for records, *names in named
        for record in records
        for name in names
    ]
    keys = {key for *_, key in ends if key}
    people = {person.pk: person for person in _people(len(keys)).of(*keys)} if keys else {}
    for record, name, key in ends:
        if key:
            setattr(record, name, people[key])


@lru_cache(maxsize=64)
def _people(number):
    """Return the question for the names of so many people."""
    return Written(lambda *keys: User.objects.filter(pk__in=keys).only("name", "email").order_by(), number)


class PartnershipQuerySet(TrackedQuerySet):
    """Partnerships in the domain's words."""

    def visible_to(self, user):
        """Partnerships that the user is a member of, or that their agency serves."""
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(pk__in={held.partnership for held in user.holds} - {None})

    def where(self, user, *, may):
        """Partnerships in which the user may do this through a role in the partnership itself."""
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(
            pk__in=[held.partnership for held in user.holds if held.agency is None and may in GRANTS[held.role]]
        )

    def known_as(self, name):
        """Partnerships called ``name``, in full or in short, whatever the capitals."""
        return self.filter(models.Q(name__iexact=name) | models.Q(short_name__iexact=name))


def _days_of_silence(what, default):
    """Return the field that says after how many days overdue without an answer something is done; empty for never."""
    return models.PositiveSmallIntegerField(
        f"days overdue without an answer after which {what}",
        default=default,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
    )


class Partnership(models.Model):
    """A safeguarding partnership or board (LSCP, SAB, CSP) and the rules of its house."""

    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60, blank=True)
    protective_marking = models.CharField(max_length=60, default=DEFAULT_MARKING)
    due_soon_days = models.PositiveSmallIntegerField(
        "days that count as due soon",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
    )
    stale_days = models.PositiveSmallIntegerField(
        "days without an update that count as stale",
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
    )
    impact_check_months = models.PositiveSmallIntegerField(
        "months from sign-off to the impact check",
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    sends_reminders = models.BooleanField("sends reminders by e-mail", default=True)
    quiet_before_meetings = models.BooleanField(
        "leaves leads in peace from the day after papers close until the day of the meeting", default=True
    )
    chase_lead_days = _days_of_silence("the lead is asked for an answer", 14)
    chase_senior_days = _days_of_silence("the agency’s senior lead is told", 28)
    chase_chair_days = _days_of_silence("the board’s chair is told", 42)
    rating_labels = models.JSONField(
        default=dict,
        blank=True,
        help_text='Your own words for the ratings, such as {"blue": "Closed"}. Leave empty for the usual ones.',
    )
    logo = models.FileField(max_length=100, blank=True, editable=False)
    logo_words = models.CharField("what the logo shows", max_length=200, blank=True, editable=False)

    objects = PartnershipQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="partnership_name_is_unique",
                violation_error_message="There is already a partnership with this name.",
            ),
            models.CheckConstraint(
                name="partnership_days_are_between_1_and_366",
                condition=models.Q(due_soon_days__range=(1, 366), stale_days__range=(1, 366)),
            ),
            models.CheckConstraint(
                name="partnership_impact_check_is_due_within_5_years",
                condition=models.Q(impact_check_months__range=(1, 60)),
            ),
            models.CheckConstraint(
                name="partnership_chases_the_senior_lead_after_the_lead",
                condition=models.Q(chase_senior_days__gt=models.F("chase_lead_days")),
                violation_error_message="The senior lead is told later than the lead.",
            ),
            models.CheckConstraint(
                name="partnership_chases_the_chair_last_of_all",
                condition=models.Q(chase_chair_days__gt=Coalesce("chase_senior_days", "chase_lead_days")),
                violation_error_message="The chair is told later than the others.",
            ),
        ]

    def __str__(self):
        return self.name

    def permission_scope(self):
        """Whom what is done to the partnership concerns."""
        return Scope(partnerships=frozenset([self.pk]))


class AgencyQuerySet(TrackedQuerySet):
    """Agencies in the domain's words."""

    def visible_to(self, user):
        """Agencies of the partnerships in which the user has a role of their own, and the user's own agencies."""
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        own, led = user.own_partnerships, models.Q(pk__in=user.led_agencies)
        if not own:
            return self.filter(led)
        serving = Agency.partnerships.through.objects.filter(partnership__in=own).values("agency")
        return self.filter(models.Q(pk__in=serving) | led)

    def led_by(self, user):
        """Agencies for which the user is an agency lead."""
        return self.filter(pk__in=Membership.objects.filter(user=user, agency__isnull=False).values("agency"))

    def of(self, partnership):
        """Agencies that belong to the partnership."""
        return self.filter(partnerships=partnership)


class Agency(models.Model):
    """An organisation that leads or supports actions; one police force may serve several partnerships."""

    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60, blank=True)
    colour = models.CharField(
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "Enter a colour such as #1d70b8.")],
        help_text="Used beside the name, never instead of it. Six figures after a #, such as #1d70b8.",
    )
    other_names = models.JSONField(
        default=list,
        blank=True,
        help_text='Other names in plans, such as ["CSC", "Children’s Services"].',
    )
    successor = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        help_text="The agency that took over its duties, if it has gone.",
    )
    partnerships = models.ManyToManyField(Partnership, related_name="agencies", blank=True)

    objects = AgencyQuerySet.as_manager()
    history = History(m2m_fields=[partnerships])

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="agency_is_not_its_own_successor",
                condition=models.Q(successor__isnull=True) | ~models.Q(successor=models.F("pk")),
            ),
        ]

    def __str__(self):
        return self.name

    def version(self):
        """Return the number of the line of its history by which what is said of it last changed.

        Which partnerships it serves is left out: who manages one of them learns nothing of the others.
        """
        said, latest = None, None
        of_interest = ("name", "short_name", "colour", "other_names", "successor")
        for number, *values in self.history.order_by("history_id").values_list("history_id", *of_interest):
            if values != said:
                said, latest = values, number
        return latest

    @property
    def names(self):
        """Every name the agency is known by, the full one first."""
        return [name for name in (self.name, self.short_name, *self.other_names) if name]

    def permission_scope(self):
        """Whom what is done to the agency concerns: every partnership that it serves."""
        partnerships = frozenset(partnership.pk for partnership in self.partnerships.all())
        return Scope(partnerships=partnerships, agencies=frozenset([self.pk]))


def of_the_right_place():
    """Return the condition that agency leads have an agency, and everybody else a partnership."""
    return models.Q(role=Role.AGENCY_LEAD, agency__isnull=False, partnership__isnull=True) | (
        ~models.Q(role=Role.AGENCY_LEAD) & models.Q(agency__isnull=True, partnership__isnull=False)
    )


class PlacedQuerySet(models.QuerySet):
    """What has a role for a place: memberships and invitations."""

    def of(self, partnerships):
        """Those for the partnerships, or for an agency that serves one of them."""
        serving = Agency.partnerships.through.objects.filter(partnership__in=partnerships).values("agency")
        return self.filter(models.Q(partnership__in=partnerships) | models.Q(agency__in=serving))


class MembershipQuerySet(PlacedQuerySet, TrackedQuerySet):
    """Memberships in the domain's words."""


class Membership(models.Model):
    """A role that a person has: for a partnership, or (agency leads) for an agency."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    is_senior = models.BooleanField(
        "senior",
        default=False,
        help_text="An agency’s senior lead, or the chair of a board: told when overdue actions are not answered.",
    )

    objects = MembershipQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["user__name", "pk"]
        constraints = [
            one_of("role", Role, "membership_role_is_known"),
            models.CheckConstraint(
                name="membership_is_of_an_agency_only_for_agency_leads",
                condition=of_the_right_place(),
                violation_error_message=("Choose an agency for an agency lead, and a partnership for everybody else."),
            ),
            models.CheckConstraint(
                name="membership_of_a_manager_is_not_senior",
                condition=models.Q(is_senior=False) | ~models.Q(role=Role.BUSINESS_MANAGER),
                violation_error_message="Only an agency lead can be senior lead, and only a board member the chair.",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "partnership"],
                name="membership_of_a_partnership_is_held_once",
                condition=models.Q(partnership__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user", "agency"],
                name="membership_of_an_agency_is_held_once",
                condition=models.Q(agency__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()}, {self.place}"

    @property
    def senior_words(self):
        """What somebody with this role is called who is senior in it; nothing for a manager."""
        return {Role.AGENCY_LEAD: "senior lead", Role.BOARD_MEMBER: "chair"}.get(self.role, "")

    @property
    def place(self):
        """The partnership or agency in which the role is held."""
        return self.partnership or self.agency

    def permission_scope(self):
        """Whom what is done to the membership concerns."""
        return self.place.permission_scope()


class InvitationQuerySet(PlacedQuerySet):
    """Invitations in the domain's words."""

    def open(self):
        """Neither accepted nor cancelled; the link may have expired, and can then be sent again."""
        return self.filter(accepted_at__isnull=True, cancelled_at__isnull=True)

    def with_secret(self, secret):
        """Those that the link with this secret opens today: one, or none."""
        return self.open().filter(secret_hash=Invitation.hash_of(secret), expires_at__gt=timezone.now())


class Invitation(models.Model):
    """An e-mail that offers somebody a role. Its link works once, and not for ever.

    Only a hash of the link's secret is kept, so that reading the database opens no link.
    """

    email = models.EmailField("e-mail", max_length=254)
    role = models.CharField(max_length=20, choices=Role)
    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations")
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations_sent")
    invited_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations_accepted"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations_cancelled"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at", "-pk"]
        constraints = [
            one_of("role", Role, "invitation_role_is_known"),
            models.CheckConstraint(
                name="invitation_is_to_an_agency_only_for_agency_leads", condition=of_the_right_place()
            ),
            models.CheckConstraint(name="invitation_email_is_in_lower_case", condition=models.Q(email=Lower("email"))),
            models.CheckConstraint(
                name="invitation_acceptance_says_who_and_when", condition=together("accepted_by", "accepted_at")
            ),
            models.CheckConstraint(
                name="invitation_cancellation_says_who_and_when", condition=together("cancelled_by", "cancelled_at")
            ),
            models.CheckConstraint(
                name="invitation_is_not_both_accepted_and_cancelled",
                condition=models.Q(accepted_at__isnull=True) | models.Q(cancelled_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["email", "role", "partnership"],
                name="invitation_to_a_partnership_is_open_once",
                condition=models.Q(partnership__isnull=False, accepted_at__isnull=True, cancelled_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["email", "agency"],
                name="invitation_to_an_agency_is_open_once",
                condition=models.Q(agency__isnull=False, accepted_at__isnull=True, cancelled_at__isnull=True),
            ),
        ]

    def __str__(self):
        return f"{self.email}: {self.get_role_display()}, {self.place}"

    @staticmethod
    def hash_of(secret):
        """Return what is kept of a link's secret."""
        return salted_hmac("scr_tracker.Invitation", secret, algorithm="sha256").hexdigest()

    @property
    def place(self):
        """The partnership or agency to which the person is invited."""
        return self.partnership or self.agency

    @property
    def has_expired(self):
        """Whether its link is too old to open."""
        return self.expires_at <= timezone.now()

    def permission_scope(self):
        """Whom what is done to the invitation concerns."""
        return self.place.permission_scope()


class AuditEvent(AppendOnly):
    """Something that was done to the site rather than to a plan: a sign-in, a refusal, a download, an export.

    Only ever added. What was done to plans is in their history.
    """

    class Kind(models.TextChoices):
        """What happened."""

        SIGNED_IN = "signed_in", "Signed in"
        SIGNED_OUT = "signed_out", "Signed out"
        SIGN_IN_FAILED = "sign_in_failed", "Could not sign in"
        ACCOUNT_CHANGED = "account_changed", "Account changed"
        INVITED = "invited", "Invited"
        REFUSED = "refused", "Refused for lack of permission"
        DOWNLOADED = "downloaded", "Downloaded"
        EXPORTED = "exported", "Exported"
        FILE_CHANGED = "file_changed", "File in storage is changed or gone"
        VIRUS_FOUND = "virus_found", "Virus found"

    at = models.DateTimeField(default=timezone.now, db_index=True, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="audit_events")
    about = models.CharField(max_length=300, blank=True, help_text="What it was done to, such as a file or an address.")
    from_address = models.GenericIPAddressField(null=True, blank=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="audit_event_kind_is_known",
                condition=models.Q(
                    kind__in=[
                        *("signed_in", "signed_out", "sign_in_failed", "account_changed", "invited"),
                        *("refused", "downloaded", "exported", "file_changed", "virus_found"),
                    ]
                ),
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.about}"


class FormSent(models.Model):
    """The one-time token of a form that was sent and did what it said, so that sending it again does nothing."""

    token = models.CharField(max_length=32, primary_key=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="forms_sent")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "forms sent"
        ordering = ["-at", "token"]

    def __str__(self):
        return self.token


class JobQuerySet(models.QuerySet):
    """Jobs in the domain's words."""

    def visible_to(self, user):
        """Jobs that the user asked for; an administrator sees all."""
        if not user.is_active:
            return self.none()
        return self if user.is_superuser else self.filter(by=user)

    def unended(self):
        """Those that wait or run."""
        return self.filter(ended_at__isnull=True)

    def held(self, job):
        """The job, if it runs and nobody has taken it over since ``job`` was read; else nothing."""
        return self.filter(pk=job.pk, state=Job.State.RUNNING, attempt=job.attempt)


class Job(models.Model):
    """A slow piece of work that is done in the background, and how far it is (scr_tracker/jobs.py)."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Under way"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    title = models.CharField(max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="jobs")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    step = models.CharField("what is being done now", max_length=200, blank=True)
    done = models.PositiveIntegerField("steps that are done", default=0)
    of = models.PositiveIntegerField("steps in all", default=0)
    leads_to = models.CharField("the page to go to when it is done", max_length=300, blank=True)
    problem = models.TextField("what went wrong", blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    task = models.UUIDField("its place in the queue", null=True, blank=True, editable=False)
    attempt = models.PositiveSmallIntegerField(default=0, editable=False)
    errors = models.PositiveSmallIntegerField("attempts that ended in an error", default=0, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "pk"]
        constraints = [
            # A job that has ended says when; no other does, and there is no further state.
            models.CheckConstraint(
                name="job_says_when_it_ended",
                condition=models.Q(state__in=["done", "failed"], ended_at__isnull=False)
                | models.Q(state__in=["waiting", "running"], ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="job_says_why_it_failed", condition=~models.Q(state="failed") | ~models.Q(problem="")
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], name="job_unended", condition=models.Q(ended_at__isnull=True)),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        """Return the page that shows how far it is."""
        return reverse("job", args=[self.pk])

    @property
    def has_ended(self):
        """Whether nothing more will come of it."""
        return self.ended_at is not None


class WorkerQuerySet(models.QuerySet):
    """Workers in the domain's words. The database's clock counts, for it is the same for all machines."""

    def alive(self):
        """Those that have shown a sign of life lately."""
        return self.filter(seen_at__gt=Now() - timedelta(seconds=settings.WORKER_LOST_AFTER_SECONDS))


class Worker(models.Model):
    """A process that does jobs, and when it last showed a sign of life."""

    id = models.CharField(max_length=64, primary_key=True)
    on_machine = models.CharField(max_length=255, blank=True)
    since = models.DateTimeField(db_default=Now(), editable=False)
    seen_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = WorkerQuerySet.as_manager()

    class Meta:
        ordering = ["since", "pk"]

    def __str__(self):
        return f"{self.id} on {self.on_machine}"
