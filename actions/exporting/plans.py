"""Which plan goes out, for whom: all of it or what a person sees, or the form in which an agency reports."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.text import slugify

from actions.exporting.carried import About
from actions.exporting.excel import workbook
from actions.exporting.files import KINDS
from actions.importing.export import plan_of
from actions.plan import Only


@dataclass(frozen=True)
class File:
    """A file that goes out: its name, what a browser calls its kind, what it holds, and how many actions that is."""

    name: str
    content_type: str
    content: bytes
    actions: int


def plan_file(review, kind, only=None):
    """Return the plan of a review, or only a part of it, as a file of a kind ("docx", "xlsx", "csv", "json")."""
    says = about(review)
    plan = plan_of(review, only)
    content = KINDS[kind].write(plan, says)
    return File(f"{file_name(review.reference, 'plan')}.{kind}", KINDS[kind].content_type, content, len(plan.actions))


def form_for(review, agency, actions):
    """Return the workbook in which an agency fills in where its actions stand, for these actions of a review."""
    actions = list(actions.filter(review=review).values_list("pk", "recommendation"))
    only = Only(recommendations={key for _, key in actions}, actions={key for key, _ in actions})
    says = about(review, agency=agency.name, form="return")
    content = workbook(plan_of(review, only), says)
    name = file_name(review.reference, "actions", agency.short_name or agency.name)
    return File(f"{name}.xlsx", KINDS["xlsx"].content_type, content, len(actions))


def about(review, **more):
    """Return what a file says of itself. To be asked before its plan is read: what it says was so at that moment."""
    return About(
        partnership=review.partnership.name,
        review=review.reference,
        review_key=review.pk,
        marking=review.partnership.protective_marking,
        exported_at=timezone.now().isoformat(),
        **more,
    )


def file_name(*parts):
    """Return the beginning of a file's name, with the day on which it is made."""
    return f"{slugify(' '.join(parts))}-{timezone.localdate().isoformat()}"
