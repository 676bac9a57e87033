"""Brings an action plan in from a Word document, an Excel workbook, a CSV file or a PDF."""

import json
from dataclasses import replace
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from actions.importing.problems import CannotImport
from actions.importing.read import read
from actions.importing.recognise import recognise
from actions.importing.save import ImportedFile, obstacle, save_plan
from reviews.models import Kind
from scr_tracker.models import Partnership


class Command(BaseCommand):
    """manage.py import_plan FILE --partnership NAME --review REFERENCE [--kind scr] [--dry-run] [--json OUT]"""

    help = "Import an action plan from a Word document (.docx), an Excel workbook (.xlsx), a CSV file or a PDF."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help="the document that holds the plan")
        parser.add_argument("--partnership", required=True, metavar="NAME", help="its name, in full or in short")
        parser.add_argument("--review", required=True, metavar="REFERENCE", help="the review's reference, such as 0319")
        parser.add_argument("--kind", choices=Kind.values, default=Kind.SCR, help="of a new review (default: scr)")
        parser.add_argument("--dry-run", action="store_true", help="show what would be imported, save nothing")
        parser.add_argument("--json", metavar="OUT", help="write what was recognised to this file")

    def handle(self, *, file, partnership, review, kind, dry_run, json, **options):
        try:
            document = read(file)
            found = recognise(document)
            plan = replace(found.plan, plan=review)
            self.show(document, plan, found.problems)
            if json:
                write_json(plan, json)
            home = self.partnership(partnership)
            why_not = obstacle(home, review) if home.pk else ""
            if dry_run:
                self.stdout.write(f"Nothing was saved: this was a dry run. {why_not}")
                return
            if why_not:
                raise CannotImport(why_not)
            source = ImportedFile(document.name, Path(file).read_bytes(), found.problems)
            self.save(plan, home, review, kind, source)
        except CannotImport as error:
            raise CommandError(str(error)) from error

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

    def save(self, plan, home, reference, kind, source):
        is_new = not home.pk
        with transaction.atomic():
            home.save()
            saved = save_plan(plan=plan, partnership=home, reference=reference, kind=kind, by=None, source=source)
        if is_new:
            self.stdout.write(f"Created the partnership {home}, the first one.")
        if saved.new_agencies:
            names = ", ".join(agency.name for agency in saved.new_agencies)
            self.stdout.write(f"Created {count(saved.new_agencies, 'agency', 'agencies')}: {names}.")
        self.stdout.write(self.style.SUCCESS(f"Saved as the plan of review {saved.review} of {home}."))

    def show(self, document, plan, problems):
        """Say what was found, and every place that was not understood."""
        dated = sum(bool(action.target_date_iso) for action in plan.actions)
        self.stdout.write(f"{document.name}: {plan.title or 'no title printed'}")
        self.stdout.write(
            f"Found {count(plan.sections, 'section')}, {count(plan.recommendations, 'recommendation')} and "
            f"{count(plan.actions, 'action')}, {dated} with a target date."
        )
        for section in plan.sections:
            actions = [action for each in section.recommendations for action in each.actions]
            name = f"{section.number}. {section.title}" if section.number else section.title
            self.stdout.write(
                f"  {name}: {count(section.recommendations, 'recommendation')}, {count(actions, 'action')}; "
                + (f"agency {section.agency}" if section.agency else "no agency")
            )
        self.stdout.write("Columns:")
        for column in plan.columns:
            meaning = column.field.replace("_", " ") if column.field else "not known, kept as printed"
            self.stdout.write(f"  {column.heading}: {meaning}")
        if not problems:
            self.stdout.write("Every place was understood.")
            return
        self.stdout.write(f"Not understood, for you to look at: {count(problems, 'place')}.")
        for problem in problems:
            self.stdout.write(f"  {problem}")


def write_json(plan, path):
    """Write a plan to a file in the interchange schema."""
    try:
        Path(path).write_text(json.dumps(plan.to_json(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"Cannot write {path} ({error.strerror}): choose another file.") from error


def count(things, name, names=None):
    """Return how many things there are: "1 section", "2 sections"."""
    return f"{len(things)} {name if len(things) == 1 else names or name + 's'}"
