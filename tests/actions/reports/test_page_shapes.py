"""A report is upright where it is read and wide where it has a plan; its summary is one page, whatever it tells."""

from io import BytesIO
from itertools import groupby

import pikepdf
import pytest

from actions.models import ReportKind
from actions.reports import Order, summary_page
from actions.reports.kinds import KINDS
from tests.factories import ActionFactory, AgencyFactory, RecommendationFactory, ReviewFactory, SectionFactory

pytestmark = pytest.mark.django_db

#: A4, in points, as it is read and as it holds a plan.
SHAPES = {(595, 842): "upright", (842, 595): "wide"}

#: The shapes of each kind's pages, in their order, and what stands on those that are upright.
PAGES = {
    ReportKind.MONITORING: (["upright", "wide", "upright"], ["As at", "Where the plan stands", "Key"]),
    ReportKind.AGENCY_PACK: (["upright", "wide", "upright"], ["As at", "Where the plan stands", "Key"]),
    ReportKind.ONE_REVIEW: (["upright", "wide", "upright"], ["As at", "Where the plan stands", "The review", "Key"]),
    ReportKind.EXCEPTIONS: (["upright", "wide"], ["As at", "Where the plan stands"]),
    ReportKind.YEARLY: (["upright"], ["As at", "What reviews recommended"]),
    ReportKind.PUBLIC_RESPONSE: (["upright"], ["Recommendation"]),
}

SENTENCE = "Say who sees to it, by when it will be done, and what will show that it has made a difference to children. "


def shapes(pdf):
    """Return the shape of each page."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return [SHAPES[tuple(round(float(side)) for side in page.mediabox[2:])] for page in opened.pages]


@pytest.mark.parametrize("kind", KINDS)
def test_turns_to_wide_pages_once_and_back_once(review, trust, readable, kind):
    agencies = (trust,) if kind == ReportKind.AGENCY_PACK else ()
    pdf = KINDS[kind].as_pdf(KINDS[kind].of(Order(review.partnership, (review,), agencies)))
    found, (turns, upright) = shapes(pdf), PAGES[kind]
    assert [shape for shape, _ in groupby(found)] == turns
    read = [text for text, shape in zip(readable(pdf), found, strict=True) if shape == "upright"]
    assert [words for words, text in zip(upright, read, strict=False) if words not in text] == []
    if "wide" in turns:
        assert len(read) == len(upright)
        assert "What we were asked" not in "".join(read)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"introduction": SENTENCE, "decisions": SENTENCE},
        {"introduction": SENTENCE * 9, "decisions": "\n".join([SENTENCE] * 4)},
        {"introduction": SENTENCE * 3, "decisions": "\n".join([SENTENCE * 2] * 20)},
    ],
    ids=["nothing said", "a little", "a long introduction", "many decisions"],
)
@pytest.mark.parametrize("reviews", [1, 14])
def test_the_summary_is_one_page_however_much_there_is(readable, reviews, said):
    agencies = [AgencyFactory(name=f"Wyvernshire Association of Schools, district {n}") for n in range(30)]
    made = [ReviewFactory(pseudonym="of a name that takes two lines in a column of the summary")]
    made += [ReviewFactory(partnership=made[0].partnership) for _ in range(reviews - 1)]
    for place, agency in enumerate(agencies):
        recommendation = RecommendationFactory(section=SectionFactory(review=made[place % reviews], order=place))
        ActionFactory(recommendation=recommendation, lead_agency=agency)
    order = Order(made[0].partnership, tuple(made), **said)
    pdf = KINDS[ReportKind.MONITORING].as_pdf(KINDS[ReportKind.MONITORING].of(order))
    read = readable(pdf)
    apart = len(said.get("introduction", "")) > 3 * len(SENTENCE) or said.get("decisions", "").count("\n") > 3
    assert "Ratings by lead agency" in read[1]
    assert "other agencies" in read[1]
    assert "In this report" in read[1]
    assert ("Ratings by review" in read[1]) == (reviews > 1)
    assert ("Exceptions" in read[2].split("\n")[0]) != apart
    if "introduction" in said:
        assert "made a difference to children" in (read[2] if apart else read[1]).replace("\n", " ")


def test_an_introduction_stands_on_the_summary_or_apart_never_on_both(review):
    def held(introduction):
        order = Order(review.partnership, (review,), introduction=introduction)
        return summary_page.of(KINDS[ReportKind.MONITORING].of(order))

    short, long = held(SENTENCE), held(SENTENCE * 12)
    assert (len(short["introduction"]), short["asked_apart"]) == (1, False)
    assert (len(long["introduction"]), long["asked_apart"]) == (0, True)
