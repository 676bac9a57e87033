"""Brings action plans in from Word documents, Excel workbooks, CSV files and PDFs, one or many."""

import json
from functools import cache, partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.text import Truncator

from actions.importing.again import Kind as KindOfDifference
from actions.importing.batch import files_in, import_all
from reviews.models import Kind
from scr_tracker.models import Partnership, User

HEADS = ("File", "Review", "Sections", "Recommendations", "Actions", "Dated", "To look at", "Words lost", "Result")
NUMBERS = range(2, 8)
KINDS_OF_DIFFERENCE = {
    "new": "new",
    "changed": "changed",
    "gone": "gone",
    "doubtful": "perhaps the same",
    "conflict": "with a conflict",
}
#: Words that a plan need not hold, and what they are called; those without a name are lost.
KINDS_OF_LOSS = {"head": "repeated headings", "footer": "headers and footers", "cover": "the cover", "lost": ""}


class Command(BaseCommand):
    """manage.py import_plan FILE... --partnership NAME [--review REFERENCE] [--kind scr] [--dry-run] [--json OUT]

    Into a review that has a plan already it says what differs, and with --accept --by E-MAIL accepts it.
    """

    help = (
        "Import action plans from Word documents (.docx), Excel workbooks (.xlsx), CSV files and PDFs: one, several, "
        "or all of a folder. The exit code is 1 if any of them could not be imported."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "files", nargs="+", metavar="FILE", help="a document that holds a plan, or a folder of them"
        )
        parser.add_argument("--partnership", required=True, metavar="NAME", help="its name, in full or in short")
        parser.add_argument(
            "--review",
            metavar="REFERENCE",
            help="the review's reference, such as 0319; without it, the name of each file without its ending",
        )
        parser.add_argument("--kind", choices=Kind.values, default=Kind.SCR, help="of a new review (default: scr)")
        parser.add_argument(
            "--accept",
            action="store_true",
            help="where a review has a plan already, accept all that differs without conflict",
        )
        parser.add_argument("--by", metavar="E-MAIL", help="who accepts it: a business manager of the partnership")
        parser.add_argument("--dry-run", action="store_true", help="show what would be imported, save nothing")
        parser.add_argument(
            "--json", metavar="OUT", help="write what was recognised to this file; of several files, into this folder"
        )

    def handle(self, *, files, partnership, review, kind, dry_run, json, accept, by, verbosity, **options):
        paths, left_out = files_in(files)
        are_several = len(paths) != 1 or any(Path(each).is_dir() for each in files)
        if not paths:
            raise CommandError("No plan is in there: a plan ends in .docx, .xlsx, .csv or .pdf.")
        if review and are_several:
            raise CommandError("Give --review with one file only: of several, each has the name of its file.")

        person = self.person(by, accept)

        def on_found(found):
            if not are_several or verbosity > 1:
                self.show(found)
            if json:
                write_json(found.plan, Path(json, f"{found.name}.json") if are_several else json)

        find_home = cache(partial(self.partnership, partnership))
        outcomes = []
        for outcome in import_all(
            paths,
            find_home=find_home,
            reference=review,
            kind=kind,
            by=person,
            dry_run=dry_run,
            accept=accept,
            on_found=on_found,
        ):
            outcomes.append(outcome)
            self.say(outcome)
        if are_several:
            self.summary(outcomes, left_out, dry_run)
        elif dry_run and outcomes[0].found:
            self.stdout.write(f"Nothing was saved: this was a dry run. {outcomes[0].why_not}")
            return
        if failed := [each for each in outcomes if each.why_not]:
            files = counted(len(outcomes), "file")
            raise CommandError(f"{len(failed)} of {files} could not be imported." if are_several else failed[0].why_not)

    def partnership(self, name):
        """Return the partnership of this name, a new one (not yet saved) where there is none at all."""
        found = list(Partnership.objects.known_as(name.strip())[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise CommandError(f"Several partnerships are called {name}: give the full name of the one you mean.")
        known = list(Partnership.objects.values_list("name", flat=True))
        if known:
            raise CommandError(
                f"There is no partnership called {name}: give one of {'; '.join(known)}, or create it first."
            )
        return Partnership(name=name.strip())

    def person(self, email, accept):
        """Return who imports: the person of an e-mail, or nobody where none is given."""
        if accept and not email:
            raise CommandError("Say who accepts the changes: give --by with the e-mail of a business manager.")
        if email and not (found := User.objects.filter(email__iexact=email, is_active=True).first()):
            raise CommandError(f"There is nobody with the e-mail {email} who may sign in.")
        return found if email else None

    def say_differences(self, outcome):
        """Say what a plan changes, or would change, in that of a review."""
        found = outcome.differences
        if not found:
            self.stdout.write("Nothing differs from the plan as it stands.")
            return
        counts = ", ".join(f"{found.counts[kind]} {words}" for kind, words in KINDS_OF_DIFFERENCE.items())
        self.stdout.write(f"The review has a plan already. What differs: {counts}.")
        for each in found.all:
            self.stdout.write(f"  {each.title}: {each.kind.label.lower()}{self.about(each)}")
            for change in each.changes:
                self.stdout.write(f"    {change.label}: “{change.before}”, in the file “{change.after}”")
                if change.is_conflict:
                    self.stdout.write("      changed on both sides since it went out: choose in the browser")
                elif change.refusal:
                    self.stdout.write(f"      {change.refusal}")
        for sentence in outcome.accepted:
            self.stdout.write(self.style.SUCCESS(sentence))
        if not outcome.accepted:
            self.stdout.write(
                "Nothing was saved. Give --accept and --by to accept all that is without conflict, or import the "
                "file in the browser and choose."
            )

    def about(self, difference):
        """Return what there is to know of a row besides."""
        text = f" “{Truncator(difference.text).chars(100)}”" if difference.is_whole else ""
        doubt = f". {difference.pair.doubt}" if difference.kind == KindOfDifference.DOUBTFUL else ""
        return text + doubt + (f" ({difference.refusal})" if difference.refusal else "")

    def say(self, outcome):
        """Say of a plan that it was saved, or what it changes."""
        if outcome.differences is not None:
            self.say_differences(outcome)
        if outcome.saved is None:
            return
        home, new = outcome.saved.review.partnership, outcome.saved.new_agencies
        if outcome.is_first:
            self.stdout.write(f"Created the partnership {home}, the first one.")
        if new:
            names = ", ".join(agency.name for agency in new)
            self.stdout.write(f"Created {counted(len(new), 'agency', 'agencies')}: {names}.")
        self.stdout.write(self.style.SUCCESS(f"Saved as the plan of review {outcome.saved.review} of {home}."))

    def summary(self, outcomes, left_out, dry_run):
        """Show a line for each file, then why any of them was not imported."""
        lines = [HEADS, *(self.line(each, dry_run) for each in outcomes)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        self.stdout.write("")
        for line in lines:
            cells = (
                text.rjust(width) if place in NUMBERS else text.ljust(width)
                for place, (text, width) in enumerate(zip(line, widths, strict=True))
            )
            self.stdout.write("  ".join(cells).rstrip())
        reasons = [each.why_not for each in outcomes if each.why_not]
        if reasons:
            self.stdout.write("")
        for reason in reasons:
            self.stdout.write(reason)
        if left_out:
            names = ", ".join(path.name for path in left_out)
            self.stdout.write(f"Left out, because their endings are not those of plans: {names}.")
        if dry_run:
            self.stdout.write("Nothing was saved: this was a dry run.")

    def line(self, outcome, dry_run):
        found, problems = outcome.found, len(outcome.found.problems) if outcome.found else 0
        if outcome.differences is not None:
            result = "changes accepted" if outcome.accepted else "has a plan already"
        else:
            result = (
                "saved" if outcome.saved else "would be saved" if dry_run and not outcome.why_not else "not imported"
            )
        numbers = (*found.counts, problems, found.words_lost) if found else [""] * len(NUMBERS)
        return (outcome.name, found.reference if found else "", *map(str, numbers), result)

    def show(self, found):
        """Say what was found, and every place that was not understood."""
        plan, problems = found.plan, found.problems
        sections, recommendations, actions, dated = found.counts
        self.stdout.write(f"{found.name}: {plan.title or 'no title printed'}")
        self.stdout.write(
            f"Found {counted(sections, 'section')}, {counted(recommendations, 'recommendation')} and "
            f"{counted(actions, 'action')}, {dated} with a target date."
        )
        for section in plan.sections:
            actions = [action for each in section.recommendations for action in each.actions]
            name = f"{section.number}. {section.title}" if section.number else section.title
            recommendations = counted(len(section.recommendations), "recommendation")
            self.stdout.write(
                f"  {name}: {recommendations}, {counted(len(actions), 'action')}; "
                + (f"agency {section.agency}" if section.agency else "no agency")
            )
        self.stdout.write("Columns:")
        for column in plan.columns:
            meaning = column.field.replace("_", " ") if column.field else "not known, kept as printed"
            self.stdout.write(f"  {column.heading}: {meaning}")
        self.show_problems(problems)
        self.show_losses(found.losses)

    def show_problems(self, problems):
        """Say what was not understood, place by place."""
        if not problems:
            self.stdout.write("Every place was understood.")
            return
        self.stdout.write(f"Not understood, for you to look at: {counted(len(problems), 'place')}.")
        for problem in problems:
            self.stdout.write(f"  {problem}")

    def show_losses(self, losses):
        """Say which words of the document the plan does not hold; headings and footers said again only counted."""
        lost = [loss for loss in losses if loss.kind == "lost"]
        words = {kind: sum(len(each.text.split()) for each in losses if each.kind == kind) for kind in KINDS_OF_LOSS}
        aside = [f"{words[kind]} in {name}" for kind, name in KINDS_OF_LOSS.items() if name and words[kind]]
        self.stdout.write(
            f"Words of the document that are nowhere in the plan: {words['lost']}"
            + (f" (left aside: {', '.join(aside)})." if aside else ".")
        )
        for loss in lost:
            self.stdout.write(f"  {loss.where}: “{loss.text}”")


def write_json(plan, path):
    """Write a plan to a file in the interchange schema."""
    try:
        Path(path).write_text(json.dumps(plan.to_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"Cannot write {path} ({error.strerror}): choose another file.") from error


def counted(number, name, names=None):
    """Return how many things there are: "1 section", "2 sections"."""
    return f"{number} {name if number == 1 else names or name + 's'}"
