"""Every kind of report makes sense when its tags are read one after another, as a screen reader does."""

from io import BytesIO

import pikepdf
import pytest
from django.utils import timezone

from actions.models import ReportKind
from actions.packs import contents, index
from actions.reports import Edition, Order
from actions.reports.kinds import KINDS
from tests import tag_tree
from tests.factories import EvidenceFactory, MembershipFactory, UpdateFactory

from .test_pages import assert_meets_pdf_ua, bookmarks

pytestmark = pytest.mark.django_db

PACK = "evidence pack index"


def of_cover(report):
    heading = report.heading
    yield from (heading.partnership, heading.name, heading.reviews[0].full, heading.as_at_words, heading.marking)


def of_exceptions(report):
    for each in report.exceptions:
        if each.entries:
            yield from (each.heading, each.meaning)
        for entry in each.entries:
            yield from (entry.reference, entry.text, entry.lead, entry.due)


def of_plans(report):
    for plan in report.plans:
        fields = [column.field for column in plan.columns]
        for section in plan.sections:
            yield from (section.title, section.standing, *(column.heading for column in plan.columns))
            for recommendation in section.recommendations:
                yield recommendation.cells[fields.index("recommendation")][0].said
                for action in recommendation.actions:
                    yield action.cells[fields.index("action")][0].said


def of_monitoring(report):
    yield from of_cover(report)
    yield report.summary.headline
    yield from report.heading.introduction
    yield from report.summary.facts
    yield from of_what_follows(report)


def of_what_follows(report):
    yield from of_exceptions(report)
    yield from ("By agency", *(row.agency for row in report.agencies))
    yield from of_plans(report)
    yield from of_end(report)


def of_end(report):
    for each in report.evidence:
        yield from (each.reference, each.text, *(piece.title for piece in each.pieces))
    yield from (
        text for each in (*report.ratings, *report.statuses, *report.glossary) for text in (each.word, each.meaning)
    )


def of_one_review(report):
    yield from of_cover(report)
    yield report.summary.headline
    yield from (text for fact in report.about for text in (fact.name, *fact.text.split("\n")))
    yield from of_exceptions(report)
    yield from of_plans(report)
    for story in report.stories:
        yield from (story.reference, story.text)
        yield from (text for each in story.happenings for text in (each.on, each.what, each.who, each.words))
    yield from of_end(report)


def of_exceptions_only(report):
    yield from of_cover(report)
    yield from of_exceptions(report)


def of_yearly(report):
    yield from of_cover(report)
    yield from (report.headline, *(row.review for row in report.carried_out))
    yield from (text for area in report.areas for text in (area.name, *(each.text for each in area.actions)))


def of_public(report):
    yield from (report.heading.partnership, report.heading.headline)
    for review in report.reviews:
        for section in review.sections:
            yield section.full_title
            for answer in section.answers:
                yield from (line for each in answer.recommendations for line in each.text)
                yield from (answer.heading, *answer.response)


#: What each kind says, in the order in which it is to be read.
SAYS = {
    ReportKind.MONITORING: of_monitoring,
    ReportKind.EXCEPTIONS: of_exceptions_only,
    ReportKind.AGENCY_PACK: of_monitoring,
    ReportKind.ONE_REVIEW: of_one_review,
    ReportKind.YEARLY: of_yearly,
    ReportKind.PUBLIC_RESPONSE: of_public,
}


@pytest.fixture
def made(review, trust):
    """Return a function that makes the PDF of a kind, and what it says in its order."""
    for action in review.actions.all():
        UpdateFactory(action=action, what_was_done=f"We went on with it: {action.text}")
        EvidenceFactory.create_batch(2, actions=[action])

    def make(kind):
        if kind == PACK:
            manager = MembershipFactory(partnership=review.partnership).user
            found = contents.of(manager, review=review)
            said = [text for _, lines in found.by_review() for line in lines for text in (line.references, line.title)]
            return index.as_pdf(found), [found.summary, *said]
        about = {"agencies": (trust,)} if kind == ReportKind.AGENCY_PACK else {}
        order = Order(review.partnership, (review,), introduction="Read this first.", **about)
        report = KINDS[kind].of(order)
        pdf = KINDS[kind].as_pdf(report, Edition(made_at=timezone.now(), version=1))
        return pdf, [text for text in SAYS[kind](report) if text]

    return make


def test_every_kind_is_looked_at_here():
    assert set(SAYS) == set(KINDS)


@pytest.mark.parametrize("kind", [*SAYS, PACK])
def test_headings_lists_tables_pictures_and_order_make_sense(made, kind):
    pdf, said = made(kind)
    assert_meets_pdf_ua(pdf)
    root = tag_tree.read(pdf)
    assert list(tag_tree.problems(root)) == []
    assert tag_tree.out_of_order(said, root) is None
    marked = [title for above, below in bookmarks(pdf) for title in (above, *below)]
    assert tag_tree.out_of_order(marked, root) is None
    headed = {text.replace(" ", "") for _, text in tag_tree.headings(root)}
    assert {title.replace(" ", "") for title in marked} <= headed


class TestWhatIsWrongIsFound:
    """The reading itself, on reports in which something was made wrong."""

    @pytest.fixture
    def spoilt(self, made):
        """Return a function that gives the problems of a report after every element has been through a change."""
        pdf, said = made(ReportKind.MONITORING)

        def spoil(change):
            with pikepdf.open(BytesIO(pdf)) as opened:
                for each in list(opened.objects):
                    if isinstance(each, pikepdf.Dictionary) and "/S" in each and "/P" in each:
                        change(each)
                file = BytesIO()
                opened.save(file)
            root = tag_tree.read(file.getvalue())
            return " ".join(tag_tree.problems(root)), tag_tree.out_of_order(said, root)

        return spoil

    @pytest.mark.parametrize(
        ("kind", "becomes", "problem"),
        [
            ("/H2", "/H3", "skips a level"),
            ("/H1", "/P", "not one heading of the first level"),
            ("/LI", "/P", "more in it than its items"),
            ("/LBody", "/P", "has no body"),
            ("/L", "/Div", "stands in no list"),
            ("/TH", "/TD", "has no head"),
        ],
    )
    def test_a_tag_that_is_another(self, spoilt, kind, becomes, problem):
        def change(element):
            if kind == element.S:
                element.S = pikepdf.Name(becomes)

        assert problem in spoilt(change)[0]

    @pytest.mark.parametrize(
        ("kind", "entry", "problem"), [("/Figure", "/Alt", "has no words"), ("/TH", "/A", "is not said to be its")]
    )
    def test_a_tag_that_lacks_something(self, spoilt, kind, entry, problem):
        def change(element):
            if kind == element.S and entry in element:
                del element[entry]

        assert problem in spoilt(change)[0]

    def test_parts_that_are_read_in_another_order(self, spoilt):
        def change(element):
            if element.S == "/Document":
                element.K = pikepdf.Array(reversed(list(element.K)))

        problems, lost = spoilt(change)
        assert "is read after what stands on page" in problems
        assert lost
