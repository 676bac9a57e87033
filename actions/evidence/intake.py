"""Takes what a form of evidence brings, piece by piece, and says of each whether it came in."""

from dataclasses import dataclass, field

from .wrong import Refused


@dataclass
class Intake:
    """What came in, and the sentence for each file that did not."""

    added: list = field(default_factory=list)
    refused: list = field(default_factory=list)

    @property
    def words(self):
        """What came in, as a person would say it."""
        waiting = sum(evidence.scan == evidence.Scan.WAITING for evidence in self.added)
        return said(len(self.added), waiting)


def said(count, waiting=0):
    """Say how many pieces were added, and how many of them nobody can open yet."""
    words = "Evidence added" if count == 1 else f"{count} pieces of evidence added"
    if waiting:
        words += ". It waits" if count == 1 else f". {waiting} of them wait{'s' if waiting == 1 else ''}"
        words += " for the virus scan, and can be opened after it"
    return words


def take_in(form, add):
    """Add each piece that a valid form brings with ``add(about=…, content=…, submission=…)``."""
    taken = Intake()
    for content in form.content:
        try:
            taken.added.append(add(about=form.said, content=content, submission=form.submission))
        except Refused as refused:
            taken.refused.append(str(refused))
    return taken
