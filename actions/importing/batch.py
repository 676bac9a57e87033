"""Plans come in from files, one or many: each is read, recognised and saved by itself, and what came of it is said."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from actions.importing.again import Differences, choosing
from actions.importing.document import Problem
from actions.importing.losses import Loss, lost_words
from actions.importing.plan import Plan
from actions.importing.problems import CannotImport
from actions.importing.read import CLAIMS, read
from actions.importing.recognise import recognise
from actions.importing.save import ImportedFile, SavedPlan, new_import, obstacle, save_plan
from reviews.models import Review
from scr_tracker.permissions import Permission
from scr_tracker.rules import RuleBroken

#: Why something is accepted that nobody looked at by itself.
WITHOUT_CONFLICT = "all that was without conflict"
LONGEST_REFERENCE = Review._meta.get_field("reference").max_length


@dataclass(frozen=True)
class Found:
    """A plan found in a file, with the reference of the review whose plan it becomes."""

    path: Path
    name: str
    reference: str
    plan: Plan
    problems: tuple[Problem, ...]
    losses: tuple[Loss, ...] = ()
    sent: dict = field(default_factory=dict)

    @property
    def words_lost(self):
        """How many words of the document are nowhere in the plan."""
        return sum(len(loss.text.split()) for loss in self.losses if loss.kind == "lost")

    @property
    def counts(self):
        """How many sections, recommendations and actions there are, and actions with a date."""
        dated = sum(bool(action.target_date_iso) for action in self.plan.actions)
        return len(self.plan.sections), len(self.plan.recommendations), len(self.plan.actions), dated

    @property
    def source(self):
        """The file as it is kept with the review."""
        return ImportedFile(self.name, self.path.read_bytes(), self.problems)


@dataclass(frozen=True)
class Outcome:
    """What came of one file: what was found in it, if anything, and why it was not imported, if it was not.

    ``is_first``: its partnership was created with it. ``differences``: what it would change, or changed, in a review
    that has a plan already; ``accepted`` what was done of that, in sentences.
    """

    name: str
    found: Found | None = None
    why_not: str = ""
    saved: SavedPlan | None = None
    is_first: bool = False
    differences: Differences | None = None
    accepted: tuple[str, ...] = ()


def files_in(paths):
    """Return the files that these paths name, and those of a folder that are left out because they are no plans.

    Of a folder, those are read whose ending is that of a plan.
    """
    files, left_out = [], []
    for path in map(Path, paths):
        if not path.is_dir():
            files.append(path)
            continue
        inside = sorted(each for each in path.iterdir() if each.is_file() and not each.name.startswith((".", "~$")))
        files += [each for each in inside if each.suffix.lower() in CLAIMS]
        left_out += [each for each in inside if each.suffix.lower() not in CLAIMS]
    return files, left_out


def find(path, reference=None):
    """Return the plan in a file, or raise CannotImport.

    Without a reference it is that of the review from which the file went out, or else the file's own name.
    """
    document = read(path)
    recognised = recognise(document)
    went_out_from = recognised.sent.about.review if recognised.sent else ""
    reference = reference or went_out_from or Path(document.name).stem.strip()
    if len(reference) > LONGEST_REFERENCE:
        raise CannotImport(
            f"“{reference}” is too long for a review's reference: give the file a shorter name, or give --review."
        )
    plan = replace(recognised.plan, plan=reference)
    losses = () if recognised.sent or document.said else lost_words(document, plan)
    sent = recognised.sent.as_values() if recognised.sent else {}
    return Found(Path(path), document.name, reference, plan, recognised.problems, losses, sent)


def import_all(paths, *, find_home, reference=None, kind, by, dry_run=False, accept=False, on_found=lambda found: None):
    """Import the plan in each file by itself, yielding an Outcome for each.

    ``find_home`` is asked for the partnership once a plan is found; a new one is saved with its first plan. Where the
    review has a plan already, it says what differs; with ``accept`` it accepts all that is without conflict, in the
    name of ``by``. A dry run saves nothing.
    """
    for path in paths:
        found = None
        try:
            found = find(path, reference)
            on_found(found)
            home = find_home()
            if home.pk and obstacle(home, found.reference):
                yield _again(found, home, by, accept=accept and not dry_run)
            elif dry_run:
                yield Outcome(found.name, found)
            else:
                is_first = not home.pk
                yield Outcome(found.name, found, saved=_save(found, home, kind, by), is_first=is_first)
        except CannotImport as error:
            yield Outcome(Path(path).name, found, str(error))


@transaction.atomic
def _again(found, home, by, *, accept):
    """Compare a plan with the one that its review has, and accept all that is without conflict if asked."""
    review = Review.objects.get(partnership=home, reference=found.reference)
    if accept and not by.has_perm(Permission.EDIT_PLAN, review):
        raise CannotImport(f"{by} may not change the plan of review {review}: ask a business manager of {home}.")
    record = new_import(found.source, partnership=home, review=review, by=by, at=timezone.now(), checked_by=by)
    record.recognised, record.sent = found.plan.to_json(places=True), found.sent
    differences = choosing.Choosing(record).differences
    if not (accept and differences):
        return Outcome(found.name, found, differences=differences)
    record.problems = [vars(problem) for problem in found.problems]
    record.save()
    try:
        done = choosing.accept(record=record, accepted=differences.safe_choices, by=by, reason=WITHOUT_CONFLICT)
    except RuleBroken as broken:
        raise CannotImport(str(broken)) from broken
    return Outcome(found.name, found, differences=differences, accepted=tuple(done.outcome))


def _save(found, home, kind, by):
    """Save a plan, and with it its partnership if that is new."""
    is_new = not home.pk
    try:
        with transaction.atomic():
            if is_new:
                home.save()
            return save_plan(
                plan=found.plan, partnership=home, reference=found.reference, kind=kind, by=by, source=found.source
            )
    except CannotImport:
        home.pk = None if is_new else home.pk
        raise
