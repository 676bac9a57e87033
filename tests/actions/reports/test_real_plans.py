"""The plans that partnerships really have: imported, and printed again without losing a word."""

import json
from collections import Counter
from itertools import pairwise

import page as validation
import pytest
from django.core.management import call_command
from django.utils import timezone

from actions.models import ReportKind
from actions.reports import Edition, Order
from actions.reports.kinds import KINDS
from reviews.models import Review
from tests.actions.test_main_path import printed_words, words
from tests.factories import PartnershipFactory

pytestmark = pytest.mark.django_db

#: What the truth says about a document beside its words.
NOT_WORDS = {
    *("schema_version", "plan", "source", "notes", "alignment", "source_lines", "status", "leads", "aliases"),
    *("status_key", "status_alternatives", "leads_alternatives", "columns", "number", "review_name", "title"),
    *("target_date_values", "target_date_iso", "target_date_iso_alternatives", "date_kind", "completed_on_iso"),
    *("agency", "colour_key_heading", "preamble", "intended_outcome_items", "response_items", "text_items"),
    # The number that one document prints over each response is no word of it: the import sets it aside, and says so.
    *("partnership_inferred", "response_heading", "table_match"),
    *("source_or_type", "practice_type", "response_shared_with", "response_source_lines", "partnership", "group"),
}

#: The plans of the five documents, and the form beside the monitoring report in which each was made or published.
PLANS = {
    "WM": ReportKind.ONE_REVIEW,
    "BP": ReportKind.ONE_REVIEW,
    "BP_NARRATIVE": ReportKind.ONE_REVIEW,
    "BUCKS": ReportKind.ONE_REVIEW,
    "GLOS": ReportKind.PUBLIC_RESPONSE,
    "FAMY": ReportKind.PUBLIC_RESPONSE,
}


def lines_of(truth):
    """Yield every line of every text of a plan."""
    if isinstance(truth, dict):
        for name, value in truth.items():
            if name not in NOT_WORDS:
                yield from lines_of(value)
    elif isinstance(truth, list):
        for value in truth:
            yield from lines_of(value)
    elif isinstance(truth, str):
        yield from truth.split("\n")


def lost(truth, pages, run_together):
    """Return the lines of a plan that pages have not, and the words that they have not as often as a recommendation."""
    counted, together = Counter(words("\n".join(pages))), [run_together(page) for page in pages]
    lines = [line for line in lines_of(truth) if not stands_in(together, run_together(line))]
    missing = [
        (recommendation["number"], dict(found))
        for section in truth["sections"]
        for recommendation in section["recommendations"]
        if (found := printed_words(without(recommendation)) - counted)
    ]
    return lines + missing


def stands_in(pages, line):
    """Whether a line stands on one of these pages, or goes on from one to the next."""
    if line in "".join(pages):
        return True
    for page, after in pairwise(pages):
        fits = next((length for length in range(len(line) - 1, 0, -1) if line[:length] in page), 0)
        if fits and line[fits:] in after:
            return True
    return False


def without(recommendation):
    """Return a recommendation of the truth without what is there of its text for the second time."""
    return {name: value for name, value in recommendation.items() if name not in NOT_WORDS or name == "number"}


@pytest.fixture
def imported(shared_plans):
    """Return a function that imports a plan, and gives its review and the truth about it."""
    PartnershipFactory(name="Wyvernshire")

    def bring(name):
        document = shared_plans / "documents" / f"{name}.docx"
        call_command("import_plan", str(document), partnership="Wyvernshire", review="0319", verbosity=0)
        return Review.objects.get(), json.loads((shared_plans / "truth" / f"{name}.json").read_text())

    return bring


@pytest.mark.parametrize("name", PLANS)
def test_every_word_of_the_plan_stands_in_the_report_and_in_its_own_form(imported, readable, run_together, name):
    review, truth = imported(name)
    for kind in (KINDS[ReportKind.MONITORING], KINDS[PLANS[name]]):
        report = kind.of(Order(partnership=review.partnership, reviews=(review,)))
        pdf = kind.as_pdf(report, Edition(made_at=timezone.now(), version=1))
        assert lost(truth, readable(pdf), run_together) == [], kind.key
        found = validation.validate_pdf_bytes(pdf, profile=validation.ValidationProfile.PDF_UA_1)
        assert found.is_compliant, f"{kind.key}: {found}"


def test_a_word_that_a_report_lost_is_found(imported, run_together):
    _, truth = imported("GLOS")
    text = "\n".join(lines_of(truth))
    said = truth["sections"][0]["recommendations"][0]["text"]
    numbers = " ".join(each["number"] for each in truth["sections"][0]["recommendations"])
    assert lost(truth, [text, numbers], run_together) == []
    assert lost(truth, [text.replace(said, said.partition(" ")[2]), numbers], run_together)
