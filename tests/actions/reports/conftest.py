"""What tests of reports share: a small plan with something of everything, and reading a PDF back."""

import re
import shutil
import subprocess
from datetime import date, timedelta

import pytest
from django.utils import timezone

from actions.choices import Status, TargetKind
from scr_tracker.models import Partnership
from tests.conftest import skip_or_fail
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    PartnershipFactory,
    RecommendationFactory,
    ResponseFactory,
    ReviewFactory,
    SectionFactory,
    UpdateFactory,
    UserFactory,
)


@pytest.fixture
def police():
    return AgencyFactory(name="Wyvern Police")


@pytest.fixture
def trust():
    return AgencyFactory(name="Fernleigh Hospitals Trust")


@pytest.fixture
def review(police, trust):
    """A review whose plan has one thing of each kind that a board should see."""
    review = ReviewFactory(
        partnership=PartnershipFactory(name="Wyvernshire Safeguarding Children Partnership"),
        reference="0319",
        pseudonym="Kit",
        plan_title="Combined plan, as agreed in March",
        plan_notes="Health actions stand with the trust that provides.",
        plan_keys=[{"heading": "Colours", "items": ["Green: agency's own", "Blue: overview"]}],
        plan_columns=[
            {"field": "recommendation", "heading": "What we were asked"},
            {"field": "action", "heading": "What we shall do"},
            {"field": "target_date", "heading": "By when"},
            {"field": "lead", "heading": "Who"},
            {"field": "intended_outcome", "heading": "To what end"},
            {"field": "status", "heading": "Where it stands"},
            {"field": "completion_evidence", "heading": "What shows it"},
        ],
    )
    policing = SectionFactory(review=review, number="1", title="Policing", agency=police, order=1)
    health = SectionFactory(review=review, number="2", title="Hospitals", agency=trust, order=2)

    checks = RecommendationFactory(
        section=policing,
        number="1",
        order=1,
        text="Checks on every adult in the home should be made the same day.",
        intended_outcome="Nobody unknown lives with a child.",
        action_intro="The force is going to:",
        as_printed={"status": "Two of these are finished", "source": "Overview"},
    )
    ActionFactory(
        recommendation=checks,
        label="a",
        order=1,
        overdue=True,
        text="Write the checks into the duty handbook.",
        lead_agency=police,
        lead_officers=["Head of Public Protection"],
        as_printed={"target_date": "early autumn", "lead": "Head of Public Protection"},
    )
    moved = ActionFactory(
        recommendation=checks,
        label="b",
        order=2,
        text="Count the checks each quarter.",
        lead_agency=police,
        supporting_agencies=[trust],
    )
    later = moved.target_date + timedelta(90)
    moved.target_date, moved.times_moved = later, 3
    moved.save()
    UpdateFactory(action=moved, by=UserFactory(name="Siân Ruthven"), what_was_done="Counted from April to June.")
    ActionFactory(
        recommendation=checks,
        label="c",
        order=3,
        complete=True,
        text="Tell every duty sergeant.",
        lead_agency=police,
        completion_evidence="Read out at each of nine briefings.",
        completed_on=date(2026, 1, 5),
        target_date=date(2026, 1, 31),
        as_printed={"status": "Finished, and said so at the January board"},
    )
    RecommendationFactory(section=policing, number="2", order=2, text="Body-worn video should be kept for a year.")

    weights = RecommendationFactory(section=health, number="3", order=1, text="Babies should be weighed at each visit.")
    ActionFactory(
        recommendation=weights,
        order=1,
        complete=True,
        text="Buy scales for every team.",
        lead_agency=trust,
    )
    ActionFactory(
        recommendation=weights,
        order=2,
        undated=True,
        text="Weigh and write it down.",
        lead_agency=None,
        lead_officers=[],
        status=Status.UNKNOWN,
        last_update_on=None,
    )
    validated = ActionFactory(
        recommendation=weights,
        order=3,
        text="Audit thirty records.",
        lead_agency=trust,
        own_rating="green",
        validated_rating="amber",
        validated_reason="The sample was of one ward only.",
        validated_by=UserFactory(),
        validated_at=timezone.now(),
        target_date=None,
        target_kind=TargetKind.ONGOING,
        as_printed={"target_date": "for ever and a day"},
    )
    EvidenceFactory(actions=[validated], title="Audit of thirty records")
    ResponseFactory(review=review, recommendations=[weights], text="The trust accepts this without reserve.")
    return review


@pytest.fixture
def readable():
    """Return a function that gives the text of each page of a PDF, read cell by cell."""
    if not shutil.which("pdftotext"):
        skip_or_fail("pdftotext is not installed: apt-get install -y poppler-utils.")

    def pages(pdf):
        done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
        return done.stdout.decode().split("\f")[:-1]

    return pages


@pytest.fixture
def run_together():
    """Return a function that leaves only the letters and figures of a text, so that lines may break anywhere."""
    return lambda text: re.sub(r"\W", "", text).lower()


@pytest.fixture
def partnership(review):
    return Partnership.objects.get()
