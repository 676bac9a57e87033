"""The plans that partnerships really have: imported, and printed again without losing a word."""

import json

import page as validation
import pytest
from django.core.management import call_command

from actions import reports
from reviews.models import Review
from tests.factories import PartnershipFactory

pytestmark = pytest.mark.django_db

#: What the truth says about a document beside its words.
NOT_WORDS = {
    *("schema_version", "plan", "source", "notes", "alignment", "source_lines", "status", "leads", "aliases"),
    *("status_key", "status_alternatives", "leads_alternatives", "columns", "number", "review_name", "title"),
    *("target_date_values", "target_date_iso", "target_date_iso_alternatives", "date_kind", "completed_on_iso"),
    *("agency", "colour_key_heading", "preamble", "intended_outcome_items"),
}


def words_of(truth):
    """Yield every line of every text of a plan."""
    if isinstance(truth, dict):
        for name, value in truth.items():
            if name not in NOT_WORDS:
                yield from words_of(value)
    elif isinstance(truth, list):
        for value in truth:
            yield from words_of(value)
    elif isinstance(truth, str):
        yield from truth.split("\n")


@pytest.mark.parametrize("name", ["WM", "BP"])
def test_every_word_of_the_plan_stands_in_the_report(shared_plans, readable, run_together, name):
    PartnershipFactory(name="Wyvernshire")
    document = shared_plans / "documents" / f"{name}.docx"
    call_command("import_plan", str(document), partnership="Wyvernshire", review="0319", verbosity=0)
    pdf = reports.monitoring_pdf(Review.objects.get())[1]

    read = run_together("".join(readable(pdf)))
    truth = json.loads((shared_plans / "truth" / f"{name}.json").read_text())
    assert [line for line in words_of(truth) if run_together(line) not in read] == []

    found = validation.validate_pdf_bytes(pdf, profile=validation.ValidationProfile.PDF_UA_1)
    assert found.is_compliant, str(found)
