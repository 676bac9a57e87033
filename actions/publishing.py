"""What must be true before a response to the public is issued: everything found is cleared, and another approved it."""

import hashlib
import zipfile
from dataclasses import dataclass
from io import BytesIO
from xml.etree import ElementTree

import pdfplumber

from reviews.models import Publication, Review
from scr_tracker.models import Agency, User
from scr_tracker.rules import RuleBroken

from .exporting.table import fit_for_a_file
from .models import Approval, Clearance
from .reports import personal

#: What every PDF says of itself, and what nobody has written.
OF_EVERY_FILE = {"Creator", "Producer", "CreationDate", "ModDate"}


#: What files of Word and Excel say of themselves, whoever wrote them, and when they were made.
OF_EVERY_OFFICE_FILE = {"language": "en-GB", "revision": "1"}
MOMENTS = {"created", "modified"}
#: What they may say of the machine that wrote them names nobody.
OF_PEOPLE = {"Company", "Manager", "HyperlinkBase"}
#: Of which pieces they may be made: no comments, no properties of somebody's own, no pictures of a page.
PIECES_OF_OFFICE_FILES = ("[Content_Types].xml", "_rels/", "docProps/core.xml", "docProps/app.xml", "word/", "xl/")
#: How much of a title or a name they keep.
LONGEST = 255


@dataclass(frozen=True)
class Found:
    """Something that might identify somebody, and by whom it was cleared, if it was."""

    finding: personal.Finding
    fingerprint: str
    clearance: Clearance | None

    @property
    def kind(self):
        """What it looks like, in words."""
        return personal.KINDS[self.finding.kind]


class Standing:
    """How far a draft of a response is on its way to the public; ``report`` is what it would say."""

    def __init__(self, draft, report):
        cleared = {each.fingerprint: each for each in draft.clearances.select_related("by")}
        self.found = []
        for finding in _findings(draft, report):
            fingerprint = hashlib.sha256(finding.key.encode()).hexdigest()
            self.found.append(Found(finding, fingerprint, cleared.get(fingerprint)))
        self.authors = {draft.begun_by_id, *draft.authors.values_list("pk", flat=True)}
        approvals = draft.approvals.filter(fingerprint=report.fingerprint).exclude(by__in=self.authors)
        self.approval = approvals.select_related("by").last()
        self.lapsed = not self.approval and draft.approvals.exists()

    @property
    def uncleared(self):
        """What nobody has said may stand."""
        return [each for each in self.found if not each.clearance]

    def may_be_approved_by(self, user):
        """Whether the user is none of its authors, and it waits for an approval."""
        return not self.approval and not self.uncleared and user.pk not in self.authors


def check(draft, report):
    """Raise RuleBroken where a response is not ready for the public."""
    standing = Standing(draft, report)
    if count := len(standing.uncleared):
        raise RuleBroken(f"Clear what might identify somebody first: {count} still to look at.")
    if not standing.approval:
        raise RuleBroken("Somebody who did not write it must approve this response, as it reads now, first.")


def check_files(report, pdf, forms):
    """Raise RuleBroken where a file says more of itself than was looked over: the PDF, or one of {ending: bytes}."""
    with pdfplumber.open(BytesIO(pdf)) as opened:
        said = {name: words for name, words in opened.metadata.items() if name not in OF_EVERY_FILE and words}
    if said != report.metadata:
        _refuse(said)
    for content in forms.values():
        _check_office_file(report, content)


def _check_office_file(report, content):
    """Raise RuleBroken where a file of Word or Excel says of itself what its PDF does not."""
    author, title = (fit_for_a_file(report.metadata[entry])[:LONGEST] for entry in ("Author", "Title"))
    may = {"title": title, "creator": author, "lastModifiedBy": author} | OF_EVERY_OFFICE_FILE
    with zipfile.ZipFile(BytesIO(content)) as file:
        kept = [name for name in file.namelist() if not name.startswith(PIECES_OF_OFFICE_FILES)]
        core = ElementTree.fromstring(file.read("docProps/core.xml"))
        about = ElementTree.fromstring(file.read("docProps/app.xml"))
    said = {each.tag.rpartition("}")[2]: each.text for each in core if each.text}
    more = [name for name, words in said.items() if name not in MOMENTS and may.get(name) != words]
    more += [name for each in about if (name := each.tag.rpartition("}")[2]) in OF_PEOPLE and each.text]
    if kept or more:
        _refuse([*kept, *more])


def _refuse(said):
    raise RuleBroken(f"The file says more of itself than it may: {', '.join(sorted(said))}. It is not issued.")


def clear(draft, report, fingerprint, *, by, reason):
    """Keep that a finding may stand, and why."""
    found = next((each for each in Standing(draft, report).found if each.fingerprint == fingerprint), None)
    if found is None:
        raise RuleBroken("These words are no longer in the response.")
    if found.clearance:
        raise RuleBroken(f"{found.clearance.by} has cleared this already.")
    finding = found.finding
    about = {"kind": finding.kind, "words": finding.words, "place": finding.where, "around": finding.around}
    return Clearance.objects.create(draft=draft, fingerprint=fingerprint, reason=reason, by=by, **about)


def approve(draft, report, *, by):
    """Keep that a response may be published as it reads now."""
    standing = Standing(draft, report)
    if standing.uncleared:
        raise RuleBroken("Clear what might identify somebody first.")
    if by.pk in standing.authors:
        raise RuleBroken("Somebody who did not write this response must approve it.")
    return Approval.objects.create(draft=draft, fingerprint=report.fingerprint, by=by)


def _findings(draft, report):
    return personal.findings(
        report.texts, names=_names(draft.partnership), known_capitals=_capitals(draft.partnership, report)
    )


def _names(partnership):
    """Yield the names that may not be published: of people, and of reviews that are not published themselves."""
    for name, former in User.objects.values_list("name", "former_names"):
        for each in (name, *(was["name"] for was in former)):
            yield each
            yield from (word for word in each.split()[-1:] if len(word) > 2 and not word.isdecimal())
    for review in Review.objects.filter(partnership=partnership):
        yield review.lead_reviewer
        if review.publication != Publication.PUBLISHED:
            yield review.pseudonym
            yield review.reference if len(review.reference) > 2 else ""


def _capitals(partnership, report):
    """Yield abbreviations that are nobody's initials: of agencies, and of the partnership itself."""
    yield from (partnership.name, partnership.short_name)
    for agency in Agency.objects.of(partnership):
        yield from agency.names
