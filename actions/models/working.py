"""How people work on the list of actions: what they choose to see, and what they do to many at once."""

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from scr_tracker.models import Agency, Job, Partnership, User
from scr_tracker.permissions import Permission, Scope

from .action import Action


class SavedViewQuerySet(models.QuerySet):
    """Saved views in the domain's words."""

    def visible_to(self, user):
        """A person's own, and those shared with the managers of a partnership or the leads of an agency of theirs."""
        if not user.is_active:
            return self.none()
        return self.filter(
            Q(owner=user)
            | Q(partnership__in=user.partnerships_granting(Permission.SHARE_VIEW))
            | Q(agency__in=user.led_agencies)
        )


class SavedView(models.Model):
    """A list of actions that somebody opens again and again: its filters, its order and its columns, under a name.

    ``query`` is what its address ends in. One that is shared belongs to the team: the managers of a partnership
    or the leads of an agency.
    """

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.TextField(blank=True)
    columns = models.JSONField(default=list, blank=True)
    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, null=True, blank=True, related_name="saved_views"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="saved_views")

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="saved_view_name_is_unique_for_its_owner",
                violation_error_message="You have a view with this name already.",
            ),
            models.CheckConstraint(name="saved_view_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="saved_view_is_shared_with_one_team",
                condition=Q(partnership__isnull=True) | Q(agency__isnull=True),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the address of the list that it stands for."""
        return f"{reverse('action-list')}?{self.query}{'&' if self.query else ''}view={self.pk}"

    @property
    def team(self):
        """With whom it is shared: a partnership, whose managers, or an agency, whose leads; nobody if private."""
        return self.partnership or self.agency

    def permission_scope(self):
        """Whom it concerns."""
        return Scope(
            partnerships=frozenset([self.partnership_id] if self.partnership_id else []),
            agencies=frozenset([self.agency_id] if self.agency_id else []),
        )

    def may_be_changed_by(self, user):
        """Whether the user may change it: their own, or one of a team of theirs."""
        if self.owner_id == user.pk:
            return True
        if self.agency_id:
            return any(held.agency == self.agency_id for held in user.holds)
        return user.has_perm(Permission.SHARE_VIEW, self)


class ListSettings(models.Model):
    """How one person likes the list of actions: the columns, the view that opens first, and keys that do something."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="list_settings")
    columns = models.JSONField(default=list, blank=True)
    opens_with = models.ForeignKey(
        SavedView, on_delete=models.SET_NULL, null=True, blank=True, related_name="opened_first_by"
    )
    has_keys = models.BooleanField("single keys do something", default=True)

    class Meta:
        verbose_name_plural = "list settings"

    def __str__(self):
        return f"List settings of {self.user}"


class Selected(models.Model):
    """A tick: an action that a person has selected in the list, on whatever page, to do something with it soon."""

    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="selected")
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="selections")

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "selected"
        constraints = [
            models.UniqueConstraint(fields=["by", "action"], name="selected_is_an_action_once_for_each_person")
        ]

    def __str__(self):
        return f"{self.action_id} selected by {self.by_id}"


class BatchQuerySet(models.QuerySet):
    """Batches in the domain's words."""

    def visible_to(self, user):
        """Those that the person began."""
        return self.filter(by=user) if user.is_active else self.none()


class Batch(models.Model):
    """Actions that a person chose from the list, and what was done to all of them at once.

    ``keys`` are the actions chosen. ``wanted`` is what is to be done, in plain values, and ``versions`` the actions
    as they were when it was shown beforehand what that would change. ``refused`` says, for each action that was left
    as it was, why. ``query`` is the list that they were chosen from. What was changed on a sheet is a batch as well:
    its actions may have been changed in different ways.

    ``put_back`` and ``left`` say what came of undoing it: how many actions, and why not the others; ``undone_to`` is
    the last action that was looked at for it, where the rest is still to be undone.
    """

    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="batches")
    begun_at = models.DateTimeField(default=timezone.now, editable=False)
    query = models.TextField(blank=True)
    keys = models.JSONField(default=list)
    wanted = models.JSONField(default=dict, blank=True)
    versions = models.JSONField(default=dict, blank=True)
    refused = models.JSONField(default=dict, blank=True)
    changed = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    undo_asked_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_to = models.BigIntegerField(default=0)
    put_back = models.PositiveIntegerField(default=0)
    left = models.JSONField(default=dict, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-begun_at", "-pk"]
        verbose_name_plural = "batches"
        constraints = [
            models.CheckConstraint(
                name="batch_is_asked_for_before_it_is_done",
                condition=Q(done_at__isnull=True) | Q(asked_at__isnull=False, done_at__gte=F("asked_at")),
            ),
            models.CheckConstraint(
                name="batch_is_done_before_it_is_undone",
                condition=Q(undo_asked_at__isnull=True, undone_at__isnull=True)
                | Q(done_at__isnull=False, undo_asked_at__gte=F("done_at")),
            ),
        ]

    def __str__(self):
        return f"{len(self.keys)} actions chosen by {self.by}"

    def get_absolute_url(self):
        """Return the address of the page on which it goes on."""
        return reverse("batch", args=[self.pk])

    @property
    def list_url(self):
        """The list that the actions were chosen from."""
        return f"{reverse('action-list')}?{self.query}" if self.query else f"{reverse('action-list')}?view=all"

    @property
    def has_stopped(self):
        """Whether it was asked for and is not done, and nothing is at work to do it."""
        return bool(self.asked_at and not self.done_at and (self.job is None or self.job.has_ended))

    @property
    def left_to_do(self):
        """The actions that the work has not come to, {key: version}."""
        done = {str(key) for key in self.changes.values_list("action", flat=True)} | self.refused.keys()
        return {key: version for key, version in self.versions.items() if key not in done}

    @property
    def can_be_undone(self):
        """Whether it changed something that is not put back, and that nothing is at work to put back."""
        if not self.done_at:
            return self.has_stopped and self.changes.exists()
        is_under_way = bool(self.undo_asked_at and self.job and not self.job.has_ended)
        return bool(not self.undone_at and not is_under_way and self.changes.exists())


class BatchedChangeQuerySet(models.QuerySet):
    """What batches did, in the domain's words."""

    def untouched_since(self):
        """Those after which nothing else has happened to their actions."""
        lines = Action.history.filter(id=OuterRef("action")).order_by("-history_id")
        return self.filter(after=Subquery(lines.values("history_id")[:1]))


class BatchedChange(models.Model):
    """What a batch did to one action: everything in its history after the line ``before``, up to ``after``."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="changes")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="+")
    before = models.BigIntegerField()
    after = models.BigIntegerField()

    objects = BatchedChangeQuerySet.as_manager()

    class Meta:
        ordering = ["action", "pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "action"], name="batch_changes_an_action_once")]

    def __str__(self):
        return f"Action {self.action_id} in batch {self.batch_id}"
