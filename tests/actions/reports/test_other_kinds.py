"""The exceptions alone, and one agency's pack: what they hold, and what they must not hold."""

import pytest

from actions import issuing
from actions.models import Report, ReportKind
from actions.reports import MonitoringReport, Order
from actions.reports.kinds import KINDS
from scr_tracker.permissions import Role
from scr_tracker.rules import RuleBroken
from tests.factories import AgencyFactory, UserFactory

from .test_pages import assert_meets_pdf_ua, bookmarks

pytestmark = pytest.mark.django_db


def ordered(review, **chosen):
    return Order(partnership=review.partnership, reviews=(review,), **chosen)


def made(kind, order):
    return KINDS[kind].of(order)


class TestExceptionsOnly:
    def test_are_those_of_the_monitoring_report_to_the_letter(self, review):
        order = ordered(review)
        report, whole = made(ReportKind.EXCEPTIONS, order), MonitoringReport.of(order)
        assert report.summary == whole.summary
        texts = [[entry.text for entry in each.entries] for each in report.exceptions]
        assert texts == [[entry.text for entry in each.entries] for each in whole.exceptions]

    def test_come_back_from_json(self, review):
        report = made(ReportKind.EXCEPTIONS, ordered(review))
        assert KINDS[ReportKind.EXCEPTIONS].restored(report.to_dict()) == report

    def test_make_an_accessible_pdf_without_the_plan(self, review, readable):
        kind = KINDS[ReportKind.EXCEPTIONS]
        pdf = kind.as_pdf(kind.of(ordered(review, introduction="For the chair.")))
        text = "\n".join(readable(pdf))
        assert_meets_pdf_ua(pdf)
        assert "Write the checks into the duty handbook." in text
        assert "For the chair." in text
        assert "Read out at each of nine briefings." not in text
        assert [title for title, _ in bookmarks(pdf)] == [
            *("Exceptions", "Where the plan stands", "Introduction", "Exceptions", "Key"),
        ]


class TestAnAgencysPack:
    def test_holds_what_the_agency_leads_or_supports_and_nothing_else(self, review, trust, readable):
        kind = KINDS[ReportKind.AGENCY_PACK]
        pdf = kind.as_pdf(kind.of(ordered(review, agencies=(trust,))))
        text = "\n".join(readable(pdf))
        assert_meets_pdf_ua(pdf)
        assert "Buy scales for every team." in text
        assert "Count the checks each quarter." in text
        for of_others in ("Tell every duty sergeant.", "duty handbook", "Body-worn video", "Two of these are finished"):
            assert of_others not in text
        assert bookmarks(pdf)[0][0] == "Agency’s pack"

    def test_comes_back_from_json(self, review, trust):
        report = made(ReportKind.AGENCY_PACK, ordered(review, agencies=(trust,)))
        assert KINDS[ReportKind.AGENCY_PACK].restored(report.to_dict()) == report

    @pytest.mark.parametrize("agencies", [0, 2])
    def test_is_of_one_agency(self, review, agencies):
        with pytest.raises(RuleBroken, match="the one agency"):
            issuing.begin_draft(
                by=UserFactory(),
                partnership=review.partnership,
                reviews=[review],
                kind=ReportKind.AGENCY_PACK,
                agencies=AgencyFactory.create_batch(agencies),
            )

    def test_is_there_for_its_leads_and_for_no_others(
        self, client, sign_in_as, review, trust, django_capture_on_commit_callbacks
    ):
        by = UserFactory()
        chosen = {"partnership": review.partnership, "reviews": [review], "agencies": [trust]}
        draft = issuing.begin_draft(by=by, kind=ReportKind.AGENCY_PACK, **chosen)
        with django_capture_on_commit_callbacks(execute=True):
            issuing.issue(draft=draft, by=by)
        report = Report.objects.get()
        for agency, status in ((trust, 200), (AgencyFactory(), 404)):
            sign_in_as(Role.AGENCY_LEAD, agency)
            assert client.get(report.get_absolute_url()).status_code == status
