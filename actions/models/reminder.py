"""What people were told by e-mail, and the private address of somebody's calendar."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from scr_tracker.history import AppendOnly
from scr_tracker.models import Partnership, User
from scr_tracker.words import day

from .action import Action


class Reminder(AppendOnly):
    """That somebody was asked for an answer on an overdue action, or reminded of it by a manager.

    ``silent_since`` is the day from which an answer has been missing: the target date, or that of the last answer
    if it is later. A step of chasing is taken once for each such silence. ``by`` is nobody for steps that the
    tracker takes by itself.
    """

    class Kind(models.TextChoices):
        """Why they were told."""

        LEAD = "lead", "Lead asked for an answer"
        SENIOR = "senior", "Senior lead told that there is no answer"
        CHAIR = "chair", "Chair told that there is no answer"
        BY_HAND = "by_hand", "Reminder sent"

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="reminders")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reminders_received")
    kind = models.CharField(max_length=10, choices=Kind)
    silent_since = models.DateField(null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="reminders_sent")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="reminder_kind_is_known", condition=Q(kind__in=["lead", "senior", "chair", "by_hand"])
            ),
            models.CheckConstraint(
                name="reminder_by_hand_says_by_whom_and_others_since_when",
                condition=Q(kind="by_hand", by__isnull=False, silent_since__isnull=True)
                | (~Q(kind="by_hand") & Q(by__isnull=True, silent_since__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=["action", "person", "kind", "silent_since"], name="reminder_of_a_silence_is_sent_once"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.person}"


class DigestQuerySet(models.QuerySet):
    """Digests in the domain's words."""

    def sent(self):
        """Those that the mail server has taken."""
        return self.filter(sent_at__isnull=False)

    def under_way(self):
        """Those that were begun, and of which nobody knows whether the mail server has taken them."""
        return self.filter(sent_at__isnull=True, problem="")


class Digest(models.Model):
    """The one message that somebody is sent on a day, and whether the mail server has taken it.

    ``told`` is what stood in it, as {group: keys of actions}; ``whole`` says that it was their digest, and not only a
    request for answers; ``about`` are the partnerships whose actions it named. The words are not kept.
    """

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="digests")
    day = models.DateField()
    message_id = models.CharField(max_length=200)
    begun_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField("why it was not sent", blank=True)
    whole = models.BooleanField(default=False)
    told = models.JSONField(default=dict, blank=True)
    about = models.ManyToManyField(Partnership, related_name="digests", blank=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "person__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "day"], name="digest_is_sent_once_a_day"),
        ]

    def __str__(self):
        return f"{self.person}, {day(self.day)}"


class CalendarFeed(models.Model):
    """The private address at which a calendar program reads somebody's target dates.

    Only a hash of the address's secret is kept, so that reading the database opens no calendar.
    """

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="calendar_feed")
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField("last read", null=True, blank=True, editable=False)

    class Meta:
        ordering = ["made_at", "pk"]

    def __str__(self):
        return f"Calendar of {self.user}"

    @staticmethod
    def hash_of(secret):
        """Return what is kept of an address's secret."""
        return salted_hmac("actions.CalendarFeed", secret, algorithm="sha256").hexdigest()
