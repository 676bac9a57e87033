"""Doing something to many actions at once: shown beforehand, action by action, and then done to each by itself.

A batch is weighed before it is done: every action that was chosen is held against the rules, and against the version
that it then has. It is done many actions at a time, each time in one transaction; one that cannot be changed leaves the
others alone (docs/adr/0027-change-many-actions-one-by-one.md). Undoing it puts back all that nobody has changed since
(docs/adr/0032-undo-many-changes-as-one.md). Either goes on where it stopped on the way.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import islice

from django.db import transaction
from django.utils import timezone

from scr_tracker import jobs
from scr_tracker.permissions import Permission
from scr_tracker.rules import RuleBroken

from . import reminding, selecting, services
from .changing import Change, change_each, objections
from .models import Action, Batch, BatchedChange

#: How many actions can be chosen at once; how many are done before the page answers; how many at a time.
MOST, AT_ONCE, READ = 20_000, 100, 500

#: Stands for the history of an action that had none before, and cannot be undone.
NO_LINE = 0

GONE = "You can no longer see it."
STOPPED = "The work stopped before it came to this one."


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
    _set_to_work(batch, by, len(batch.versions))
    selecting.done_with(by=by, keys=batch.keys)
    return batch


@transaction.atomic
def go_on(*, batch, by, sent=None):
    """Have the rest of a batch done whose work stopped on the way."""
    batch = Batch.objects.select_for_update(of=("self",)).select_related("job").get(pk=batch.pk)
    if sent:
        sent.take_once(by=by)
    if not batch.has_stopped:
        raise RuleBroken("This is done already, or under way.")
    _set_to_work(batch, by, len(batch.left_to_do))
    return batch


def _set_to_work(batch, by, number):
    """Have a job change so many actions of a batch; if they are few, ``do`` does it before the page answers."""
    batch.job = None
    if number > AT_ONCE:
        title, leads_to = f"Changing {number:,} actions", batch.get_absolute_url()
        batch.job = jobs.start(do_in_background, title=title, by=by, leads_to=leads_to, batch=batch.pk)
    batch.save()


@jobs.job
def do_in_background(job, *, batch):
    """Do a batch, saying how far it is. What was changed stays so if the work stops; it goes on from there."""
    is_done = False
    while not is_done:
        done, of, is_done = _change_next(batch)
        jobs.tell(job, "Changing actions", done=done, of=of)


def do(batch):
    """Do a batch that was asked for and waits for no job."""
    if batch.job_id is None and batch.asked_at and not batch.done_at:
        _change_next(batch.pk)


@transaction.atomic
def _change_next(key):
    """Change the next actions of a batch; return how many have been looked at, of how many, and whether that is all.

    Those that follow are locked out meanwhile, so that two who do this at once do it once.
    """
    batch = Batch.objects.select_for_update(of=("self",)).select_related("by").get(pk=key)
    left = {} if batch.done_at else batch.left_to_do
    if not batch.done_at:
        versions = {int(each): version for each, version in islice(left.items(), READ)}
        seen = Action.objects.visible_to(batch.by).filter(pk__in=versions).values_list("pk", flat=True)
        seen = {each: versions[each] for each in seen}
        changed, refused = change_each(versions=seen, by=batch.by, change=Change.from_json(batch.wanted))
        BatchedChange.objects.bulk_create(_changes(batch, changed))
        batch.refused |= {str(each): refused.get(each, GONE) for each in versions.keys() - changed.keys()}
        batch.changed += len(changed)
        batch.done_at = timezone.now() if len(left) <= READ else None
        batch.save()
    return len(batch.versions) - max(len(left) - READ, 0), len(batch.versions), bool(batch.done_at)


def _changes(batch, versions):
    """Return what a batch did to actions, {key: (version before, version after)}, to be kept."""
    return [
        BatchedChange(batch=batch, action_id=key, before=before or NO_LINE, after=after)
        for key, (before, after) in versions.items()
    ]


@transaction.atomic
def keep_sheet(*, by, versions, query=""):
    """Keep what was changed on a sheet, {key: (version before, version after)}, so that it can be undone as one."""
    now = timezone.now()
    batch = Batch.objects.create(
        by=by, keys=list(versions), query=query, changed=len(versions), begun_at=now, asked_at=now, done_at=now
    )
    BatchedChange.objects.bulk_create(_changes(batch, versions))
    return batch


@transaction.atomic
def undo(*, batch, by, sent=None):
    """Put back what a batch changed, as far as nobody has changed it since; go on where that stopped on the way."""
    batch = Batch.objects.select_for_update(of=("self",)).select_related("job").get(pk=batch.pk)
    if sent:
        sent.take_once(by=by)
    if not batch.can_be_undone:
        raise RuleBroken("This cannot be undone now, because it is not done, or is undone already.")
    if batch.has_stopped:
        _leave_the_rest(batch)
    batch.undo_asked_at = timezone.now()
    if batch.changed > AT_ONCE:
        title, leads_to = f"Undoing {batch.changed:,} changes", batch.get_absolute_url()
        batch.job = jobs.start(undo_in_background, title=title, by=by, leads_to=leads_to, batch=batch.pk)
    batch.save()
    if batch.changed <= AT_ONCE:
        _put_back_next(batch.pk)
    return batch


def _leave_the_rest(batch):
    """Have a batch that stopped on the way count as done: what it did not come to stays as it is."""
    batch.refused |= dict.fromkeys(batch.left_to_do, STOPPED)
    batch.done_at = timezone.now()


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
