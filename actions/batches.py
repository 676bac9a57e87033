"""Doing something to many actions at once: shown beforehand, action by action, and then done to each by itself.

A batch is weighed before it is done: every action that was chosen is held against the rules, and against the version
that it then has. Doing it is one transaction for each action; one that cannot be changed leaves the others
alone, and a job that was interrupted goes on where it stopped (docs/adr/0027-change-many-actions-one-by-one.md).
Undoing it puts back all that nobody has changed since, many actions in each transaction, and goes on in the same way
(docs/adr/0032-undo-many-changes-as-one.md).
"""

from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from scr_tracker import jobs
from scr_tracker.forms import Sent
from scr_tracker.permissions import Permission
from scr_tracker.rules import AlreadySent, ChangedMeanwhile, RuleBroken

from . import reminding, selecting, services
from .changing import Change, change_action, objections
from .models import Action, Batch, BatchedChange

#: How many actions can be chosen at once; how many are done before the page answers; how many are read at a time.
MOST, AT_ONCE, READ = 20_000, 100, 500

#: Stands for the history of an action that had none before, and cannot be undone.
NO_LINE = 0

GONE = "You can no longer see it."
CHANGED_SINCE = "Somebody changed it after you looked at what would happen."


@dataclass(frozen=True)
class Refusal:
    """Why some of the actions are left as they are: the sentence, how many, and the first of them."""

    sentence: str
    number: int
    actions: list

    @property
    def rest(self):
        """How many there are beside the first of them."""
        return self.number - len(self.actions)


@transaction.atomic
def begin(*, by, keys, query="", sent=None):
    """Keep which actions were chosen."""
    if not keys:
        raise RuleBroken("Choose at least one action first.")
    if len(keys) > MOST:
        raise RuleBroken(f"That is more than {MOST:,} actions: filter the list first.")
    return Batch.objects.create(by=by, keys=keys, query=query)


def actions_of(batch, user):
    """Return the actions of a batch that the user still sees."""
    return Action.objects.visible_to(user).filter(pk__in=batch.keys)


@transaction.atomic
def weigh(*, batch, by, change, sent=None):
    """Say of every action of a batch whether the change can be made, as it stands now; keep the answer."""
    batch = _unasked(batch)
    if sent:
        sent.take_once(by=by)
    versions, refused = {}, dict.fromkeys(map(str, batch.keys), GONE)
    seen = actions_of(batch, by).select_related("review__partnership", "recommendation").with_version()
    for action in seen.prefetch_related("supporting_agencies", "people").iterator(chunk_size=READ):
        if found := objections(change, action, by):
            refused[str(action.pk)] = " ".join(found)
        else:
            versions[str(action.pk)] = action.version
            del refused[str(action.pk)]
    batch.wanted, batch.versions, batch.refused = change.to_json(), versions, refused
    batch.save()
    return batch


@transaction.atomic
def ask(*, batch, by, sent=None):
    """Have a batch done as it was weighed: at once if it is small, else in the background."""
    batch = _unasked(batch)
    if sent:
        sent.take_once(by=by)
    if not batch.versions:
        raise RuleBroken("None of these actions can be changed so.")
    batch.asked_at = timezone.now()
    if len(batch.versions) > AT_ONCE:
        title, leads_to = f"Changing {len(batch.versions):,} actions", batch.get_absolute_url()
        batch.job = jobs.start(do_in_background, title=title, by=by, leads_to=leads_to, batch=batch.pk)
    batch.save()
    selecting.done_with(by=by, keys=batch.keys)
    return batch


@jobs.job
def do_in_background(job, *, batch):
    """Do a batch, saying how far it is."""
    found = Batch.objects.select_related("by").get(pk=batch)
    refused = _change_each(found, lambda done: jobs.tell(job, "Changing actions", done=done, of=len(found.versions)))
    with jobs.finishing(job):
        _finish(found, refused)


def do(batch):
    """Do a batch that was asked for and waits for no job."""
    if batch.job_id is None and batch.asked_at and not batch.done_at:
        _finish(batch, _change_each(batch))


def _change_each(batch, say=lambda done: None):
    """Make the change to each action that it was weighed for; return the sentences of those that were left alone."""
    change, refused = Change.from_json(batch.wanted), {}
    for number, (key, version) in enumerate(batch.versions.items(), start=1):
        # The token makes it happen once, however often the batch is begun again.
        sent = Sent(f"batch-{batch.pk}-{key}", version)
        try:
            action = actions_of(batch, batch.by).select_related("review__partnership").get(pk=int(key))
            if objection := " ".join(objections(change, action, batch.by)):
                _unless_done(sent, batch.by, objection)
            with transaction.atomic():
                before, after = change_action(action=action, by=batch.by, change=change, sent=sent)
                BatchedChange.objects.create(batch=batch, action=action, before=before or NO_LINE, after=after)
        except Action.DoesNotExist:
            refused[key] = GONE
        except AlreadySent:
            pass
        except ChangedMeanwhile:
            refused[key] = CHANGED_SINCE
        except RuleBroken as broken:
            refused[key] = str(broken)
        if number % 25 == 0:
            say(number)
    return refused


def _unless_done(sent, by, objection):
    """Raise what stands in the way of a change, or AlreadySent where this batch itself has made it before."""
    with transaction.atomic():
        sent.take_once(by=by)
        raise RuleBroken(objection)


def _finish(batch, refused):
    batch.changed = len(batch.versions) - len(refused)
    batch.refused |= refused
    batch.done_at = timezone.now()
    batch.save()


@transaction.atomic
def keep_sheet(*, by, versions, query=""):
    """Keep what was changed on a sheet, {key: (version before, version after)}, so that it can be undone as one."""
    now = timezone.now()
    batch = Batch.objects.create(
        by=by, keys=list(versions), query=query, changed=len(versions), begun_at=now, asked_at=now, done_at=now
    )
    BatchedChange.objects.bulk_create(
        BatchedChange(batch=batch, action_id=key, before=before or NO_LINE, after=after)
        for key, (before, after) in versions.items()
    )
    return batch


@transaction.atomic
def undo(*, batch, by, sent=None):
    """Put back what a batch changed, as far as nobody has changed it since; go on where that stopped on the way."""
    batch = Batch.objects.select_for_update(of=("self",)).select_related("job").get(pk=batch.pk)
    if sent:
        sent.take_once(by=by)
    if not batch.can_be_undone:
        raise RuleBroken("This cannot be undone now, because it is not done, or is undone already.")
    batch.undo_asked_at = timezone.now()
    if batch.changed > AT_ONCE:
        title, leads_to = f"Undoing {batch.changed:,} changes", batch.get_absolute_url()
        batch.job = jobs.start(undo_in_background, title=title, by=by, leads_to=leads_to, batch=batch.pk)
    batch.save()
    if batch.changed <= AT_ONCE:
        _put_back_next(batch.pk)
    return batch


@jobs.job
def undo_in_background(job, *, batch):
    """Undo a batch, saying how far it is. What was put back stays so if the work stops; it goes on from there."""
    is_done = False
    while not is_done:
        done, of, is_done = _put_back_next(batch)
        jobs.tell(job, "Putting actions back", done=done, of=of)


@transaction.atomic
def _put_back_next(key):
    """Put back the next actions of a batch; return how many have been looked at, of how many, and whether that is all.

    Those that follow are locked out meanwhile, so that two who do this at once do it once.
    """
    batch = Batch.objects.select_for_update(of=("self",)).select_related("by").get(pk=key)
    if not batch.undone_at:
        changes = list(batch.changes.filter(action__gt=batch.undone_to).order_by("action")[:READ])
        versions = {each.action_id: (each.before, each.after) for each in changes}
        seen = set(Action.objects.visible_to(batch.by).filter(pk__in=versions).values_list("pk", flat=True))
        left = dict.fromkeys(versions.keys() - seen, GONE)
        left |= services.undo_each(versions={each: versions[each] for each in seen}, by=batch.by)
        batch.left |= {str(each): why for each, why in left.items()}
        batch.put_back += len(changes) - len(left)
        batch.undone_to = max(versions, default=batch.undone_to)
        batch.undone_at = timezone.now() if len(changes) < READ else None
        batch.save()
    return batch.put_back + len(batch.left), batch.changed, bool(batch.undone_at)


def refusals(refused, user, first=10):
    """Return why actions are left as they are, {key: sentence}: the most frequent first, with the first of each."""
    counted = Counter(refused.values())
    keys = {sentence: [] for sentence in counted}
    for key, sentence in refused.items():
        if len(keys[sentence]) < first:
            keys[sentence].append(int(key))
    shown = [key for of_sentence in keys.values() for key in of_sentence]
    seen = Action.objects.visible_to(user).for_list().in_bulk(shown)
    return [
        Refusal(sentence, number, [seen[key] for key in keys[sentence] if key in seen])
        for sentence, number in counted.most_common()
    ]


def remindable(batch, user):
    """Return the open actions of a batch of which the user may remind people."""
    seen = actions_of(batch, user).open()
    return seen.where_granted(user, Permission.REMIND).select_related("review__partnership", "recommendation")


def remind(*, batch, by, note="", sent=None):
    """Remind the people of the open actions of a batch, each of them once; return what came of it (Reminded)."""
    found = list(remindable(batch, by))
    if not found:
        raise RuleBroken("None of these actions is open and yours to chase.")
    reminded = reminding.remind(found, by, note, sent=sent)
    selecting.done_with(by=by, keys=batch.keys)
    return reminded


def _unasked(batch):
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.asked_at:
        raise RuleBroken("This has been done already. Choose the actions again to do something else.")
    return batch
