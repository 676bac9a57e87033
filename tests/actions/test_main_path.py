"""The main job on the command line: a real Word plan in, a board's PDF out, and not a word lost."""

import json
import re
import shutil
import subprocess
from collections import Counter

import page as validation
import pytest
from django.core.management import CommandError, call_command

from actions.models import Action
from tests.conftest import skip_or_fail
from tests.factories import ActionFactory

pytestmark = pytest.mark.django_db

#: Keys of the truth that say about the document what the document does not print.
NOT_PRINTED = {
    *("notes", "alignment", "source", "source_lines", "target_date_values", "target_date_iso", "date_kind"),
    *("completed_on_iso", "status", "leads_alternatives", "status_alternatives", "target_date_iso_alternatives"),
    *("schema_version", "plan", "review_name", "aliases", "practice_type", "source_or_type", "leads", "agency"),
    *("table_match", "title", "header_text", "partnership", "columns", "status_key"),
}


def words(text):
    """Return the words of a text, whatever their capitals and apostrophes."""
    text = text.replace("’", "'").replace("‘", "'").replace("\xad", "").lower()
    return re.findall(r"[^\W_]+", text)


def printed_words(value, key=None):
    """Count the words that a record of the truth prints, each text once for each recommendation."""
    found = Counter()
    if isinstance(value, dict):
        for name, each in value.items():
            if name not in NOT_PRINTED:
                found |= printed_words(each, name)
    elif isinstance(value, list):
        for each in value:
            found |= printed_words(each, key)
    elif isinstance(value, str):
        found = Counter(words(value))
    return found


def text_of(pdf, tmp_path):
    """Return the text of a PDF as pdftotext reads it."""
    if not shutil.which("pdftotext"):
        skip_or_fail("pdftotext is not installed (sudo apt-get install -y poppler-utils).")
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("name", ["WM", "BP"])
def test_a_real_plan_becomes_a_report_in_which_every_word_stands(name, shared_plans, tmp_path):
    document = str(shared_plans / "documents" / f"{name}.docx")
    call_command("import_plan", document, partnership="Somewhere", review="0319", verbosity=0)
    output = tmp_path / "out.pdf"
    call_command("report", "0319", output=str(output), verbosity=0)
    pdf = output.read_bytes()

    result = validation.validate_pdf_bytes(pdf, profile=validation.ValidationProfile.PDF_UA_1)
    assert result.is_compliant, result.failures[:5]

    printed = Counter(words(text_of(pdf, tmp_path)))
    truth = json.loads((shared_plans / "truth" / f"{name}.json").read_text())
    for section in truth["sections"]:
        for recommendation in section["recommendations"]:
            missing = printed_words(recommendation) - printed
            assert not missing, (recommendation["number"], missing)


def test_an_unknown_review_is_met_with_those_that_come_near():
    ActionFactory(recommendation__section__review__reference="WSCP-07")
    with pytest.raises(CommandError, match="There is no review WSCP-70. Did you mean WSCP-07?"):
        call_command("report", "WSCP-70", output="unused.pdf")


@pytest.mark.parametrize(
    ("as_at", "sentence"),
    [
        ("1 January 2099", "is yet to come"),
        ("2001-01-01", "was not in the tracker on 1 January 2001"),
        ("soon", "“soon” is no day"),
        ("31/02/2026", "is no day"),
    ],
)
def test_a_day_that_cannot_be_reported_on_is_refused_in_a_sentence(as_at, sentence, tmp_path):
    review = ActionFactory().review
    with pytest.raises(CommandError, match=sentence):
        call_command("report", review.reference, output=str(tmp_path / "x.pdf"), as_at=as_at)
    assert not list(tmp_path.iterdir())


def test_two_partnerships_with_one_reference_are_told_apart():
    for _ in range(2):
        ActionFactory(recommendation__section__review__reference="0319")
    with pytest.raises(CommandError, match="Several partnerships have a review 0319"):
        call_command("report", "0319", output="unused.pdf")


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    review = Action.objects.get(pk=ActionFactory().pk).review
    with pytest.raises(CommandError, match="choose another file"):
        call_command("report", review.reference, output=str(tmp_path / "missing" / "x.pdf"))
