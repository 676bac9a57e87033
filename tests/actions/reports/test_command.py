"""manage.py report: the monitoring report from the command line."""

import hashlib
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from actions.management.commands.report import moment
from actions.models import Report, ReportDraft
from scr_tracker import pdf
from scr_tracker.history import remember
from tests.factories import ActionFactory, MembershipFactory, RecommendationFactory, ReviewFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def review():
    with time_machine.travel(datetime(2026, 2, 1, 9, tzinfo=UTC)):
        return ActionFactory(
            target_date=date(2026, 5, 31), recommendation__section__review__reference="0319"
        ).recommendation.section.review


@pytest.fixture
def output(tmp_path):
    return tmp_path / "report.pdf"


class TestWriting:
    def test_it_writes_the_pdf_and_says_where(self, review, output, capsys):
        call_command("report", "0319", output=str(output))
        assert output.read_bytes().startswith(b"%PDF-")
        assert capsys.readouterr().out == f"Wrote the monitoring report of 0319 Kit to {output}.\n"

    def test_a_past_day_shows_what_stood_at_its_end(self, review, output, readable):
        with time_machine.travel(datetime(2026, 3, 14, 20, tzinfo=UTC)):
            recommendation = review.sections.first().recommendations.first()
            recommendation.text = "Supervision should ask about fathers."
            remember(recommendation, by=UserFactory(), why="Corrected")
        call_command("report", "0319", output=str(output), as_at="13 March 2026")
        before = "".join(readable(output.read_bytes()))
        call_command("report", "0319", output=str(output), as_at="14/03/2026")
        after = "".join(readable(output.read_bytes()))
        assert "about fathers" not in before
        assert "about fathers" in after.replace("\n", " ")
        assert "14 March 2026, end of day" in after


class TestMoments:
    @pytest.mark.parametrize("words", ["2026-03-14", "14/03/2026", "14 March 2026", "14.3.2026"])
    def test_a_day_means_its_end(self, words):
        found = timezone.localtime(moment(words))
        assert (found.date(), found.hour, found.minute) == (date(2026, 3, 14), 23, 59)

    @pytest.mark.parametrize(
        "words", ["2026-06-14 17:30", "14 June 2026 17:30", "14/06/2026, 17.30", "2026-06-14T17:30"]
    )
    def test_a_time_is_londons(self, words):
        assert moment(words) == datetime(2026, 6, 14, 16, 30, tzinfo=UTC)

    def test_today_means_now(self):
        assert moment(f"{timezone.localdate()}") <= timezone.now()

    @pytest.mark.parametrize("words", ["", "soon", "March 2026", "31 February 2026", "1 May 2026 or 2 May 2026"])
    def test_anything_else_is_refused(self, words):
        with pytest.raises(CommandError, match="is no day: give one such as 14/03/2026"):
            moment(words)


class TestRefusing:
    def refusal(self, *args, **options):
        with pytest.raises(CommandError) as raised:
            call_command("report", *args, **options)
        assert raised.value.returncode == 1
        return str(raised.value)

    def test_an_unknown_review_names_those_near(self, review, output):
        assert self.refusal("0391", output=str(output)) == "There is no review 0391. Did you mean 0319?"

    def test_two_partnerships_with_one_reference_need_a_name(self, review, output):
        other = ReviewFactory(reference="0319")
        assert "give --partnership" in self.refusal("0319", output=str(output))
        call_command("report", "0319", output=str(output), partnership=other.partnership.name)

    def test_a_day_to_come(self, review, output):
        assert "1 January 2099 is yet to come" in self.refusal("0319", output=str(output), as_at="2099-01-01")
        assert not output.exists()

    def test_a_day_before_the_review_was_entered(self, review, output):
        said = self.refusal("0319", output=str(output), as_at="2026-01-31")
        assert said == "Review 0319 was not in the tracker on 31 January 2026: it was entered on 1 February 2026."

    def test_a_file_that_cannot_be_written(self, review, tmp_path):
        assert "choose another file" in self.refusal("0319", output=str(tmp_path / "no" / "such" / "folder.pdf"))

    def test_a_machine_without_pango(self, review, output, monkeypatch):
        def lacking():
            raise pdf.PdfError("PDF documents need Pango.")

        monkeypatch.setattr(pdf, "_weasyprint", lacking)
        assert self.refusal("0319", output=str(output)) == "PDF documents need Pango."


def test_a_plan_without_actions_is_written_too(output):
    recommendation = RecommendationFactory(section__review__reference="0500")
    call_command("report", "0500", output=str(output))
    assert output.stat().st_size > 1000
    assert recommendation.section.review.reference == "0500"


class TestIssuing:
    @pytest.fixture
    def manager(self, review):
        return MembershipFactory(partnership=review.partnership, user__email="morgan@example.org").user

    def issue(self, *args, **options):
        call_command("report", "0319", *args, issue=True, **options)

    def test_it_keeps_the_report_and_writes_its_file(
        self, review, manager, output, capsys, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True) as callbacks, pytest.raises(CommandError):
            # In a test's transaction the report is made only afterwards.
            self.issue(by="morgan@example.org", decision=["Agree the dates."])
        assert len(callbacks) == 1
        report = Report.objects.get()
        assert (report.issued_by, list(report.reviews.all())) == (manager, [review])
        assert report.data["heading"]["decisions"] == ["Agree the dates."]

    @pytest.mark.django_db(transaction=True)
    def test_it_is_done_at_once_even_where_jobs_wait_for_a_worker(self, review, manager, output, capsys, settings):
        settings.JOBS = "worker"
        self.issue(by="morgan@example.org", output=str(output))
        report = Report.objects.get()
        assert hashlib.sha256(output.read_bytes()).hexdigest() == report.sha256
        assert capsys.readouterr().out == f"Issued and wrote the monitoring report of 0319 Kit to {output}.\n"
        self.issue(by="morgan@example.org", supersedes=report.pk)
        assert Report.objects.latest_versions().get().version == 2

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            ({}, "Give --by with the e-mail"),
            ({"by": "stranger@example.org"}, "may not issue reports of"),
            ({"by": "morgan@example.org", "meeting": "Board"}, "There is no meeting called Board"),
            ({"by": "morgan@example.org", "agency": ["Coastguard"]}, "There is no agency Coastguard"),
            ({"by": "morgan@example.org", "supersedes": 99}, "There is no issued report 99"),
            ({"by": "morgan@example.org", "embargo": "1 May 2099"}, "Only a public response has an embargo"),
            ({"by": "morgan@example.org", "embargo": "1 May 2019"}, "“1 May 2019” is over"),
        ],
    )
    def test_it_says_what_is_missing(self, review, manager, options, sentence):
        UserFactory(email="stranger@example.org")
        with pytest.raises(CommandError, match=sentence):
            self.issue(**options)

    def test_a_public_response_waits_under_its_embargo_for_another_persons_approval(self, review, manager):
        with pytest.raises(CommandError, match="approve.* The draft waits at /reports/drafts/"):
            self.issue(by="morgan@example.org", kind="public_response", embargo="1 May 2099")
        draft = ReportDraft.objects.get()
        assert draft.embargo_until == datetime(2099, 4, 30, 23, tzinfo=UTC)
        assert draft.is_open

    def test_it_needs_to_be_issued_to_have_an_embargo(self, review, output):
        with pytest.raises(CommandError, match="give --issue too"):
            call_command("report", "0319", output=str(output), kind="public_response", embargo="1 May 2099")

    def test_it_needs_somewhere_to_put_the_report(self, review):
        with pytest.raises(CommandError, match="Give --output"):
            call_command("report", "0319")


def test_several_reviews_are_one_report(review, output, readable):
    ActionFactory(
        recommendation__section__review__reference="0320",
        recommendation__section__review__partnership=review.partnership,
    )
    call_command("report", "0319", "0320", output=str(output), verbosity=0)
    everything = "".join(readable(output.read_bytes()))
    assert "The plan: 0320 Kit" in everything.replace("\n", " ")


class TestOneReview:
    def test_is_written_as_a_report_of_its_own(self, review, output, readable, capsys):
        call_command("report", "0319", output=str(output), kind="one_review")
        assert "Report on one review" in "".join(readable(output.read_bytes())).replace("\n", " ")
        assert capsys.readouterr().out == f"Wrote the report on one review of 0319 Kit to {output}.\n"

    def test_is_of_exactly_one(self, review, output):
        ActionFactory(
            recommendation__section__review__reference="0320",
            recommendation__section__review__partnership=review.partnership,
        )
        with pytest.raises(CommandError, match="about exactly one: select that review alone"):
            call_command("report", "0319", "0320", output=str(output), kind="one_review")
