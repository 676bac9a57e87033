from django.conf import settings
from django.core.management.base import BaseCommand

from actions import steps

DOCUMENT = settings.BASE_DIR / "docs" / "life-of-an-action.md"

INTRODUCTION = """\
# The life of an action

Drawn by `manage.py draw_life` from the one table of steps, `actions/steps.py`. The same table decides what the
services allow and which buttons a person sees.

Complete is not closed: only a sign-off by somebody other than the person who submitted makes an action complete,
administrators included. It needs evidence, or the reason why there is none. The check whether it made a difference is
due some months later (six, unless the partnership says otherwise); one that fails puts the action in progress again.
"""


def document():
    """Return the whole page: the introduction, the diagram, and the table of steps."""
    return f"{INTRODUCTION}\n```mermaid\n{steps.diagram()}\n```\n\n## The steps\n\n{steps.described()}\n"


class Command(BaseCommand):
    help = "Draws the steps of an action's life into docs/life-of-an-action.md."

    def handle(self, **options):
        DOCUMENT.write_text(document(), encoding="utf-8")
        self.stdout.write(f"Drawn in {DOCUMENT.relative_to(settings.BASE_DIR)}.")
