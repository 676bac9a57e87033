"""Issuing a report: drafted, made in the background, kept for good."""

import hashlib
from datetime import timedelta
from random import Random
from time import sleep

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from actions import issuing
from actions.evidence import verifying
from actions.models import Report, ReportDraft
from actions.reports import MonitoringReport
from actions.reports.kinds import KINDS
from scr_tracker import pdf
from scr_tracker.models import Job
from scr_tracker.rules import RuleBroken
from tests.factories import ActionFactory, PartnershipFactory, RecommendationFactory, ReviewFactory, UserFactory
from tests.workers import LOST_AFTER, at_work, wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return UserFactory(name="Morgan Hale")


@pytest.fixture
def quickly_set(monkeypatch):
    """Have the pages set at once: these tests are not about them."""
    monkeypatch.setattr(pdf, "render", lambda template, context: b"%PDF-1.7 " + template.encode())


@pytest.fixture
def issued(review, manager, quickly_set, django_capture_on_commit_callbacks):
    """Return a function that drafts and issues a report with what is chosen."""

    def issue(draft=None, **chosen):
        with django_capture_on_commit_callbacks(execute=True):
            draft = issuing.issue(draft=draft or drafted(review, manager, **chosen), by=manager)
        job = Job.objects.get(pk=draft.job_id)
        assert job.state == Job.State.DONE, job.problem
        return Report.objects.get(draft=draft)

    return issue


def drafted(review, by, **chosen):
    chosen = {"partnership": review.partnership, "reviews": [review]} | chosen
    return issuing.begin_draft(by=by, **chosen)


def stored(report):
    with report.pdf.open("rb") as file:
        return file.read()


class TestAnIssuedReport:
    def test_holds_its_data_its_pdf_and_who_issued_it_when(self, issued, review, manager):
        report = issued(introduction="For the board.", decisions_asked="Agree the dates.\nHear the police.")
        assert report.sha256 == hashlib.sha256(stored(report)).hexdigest()
        assert report.size == len(stored(report))
        assert (report.issued_by, report.version, list(report.reviews.all())) == (manager, 1, [review])
        kept = KINDS[report.kind].restored(report.data)
        assert kept.heading.decisions == ("Agree the dates.", "Hear the police.")
        assert kept.summary.actions == 6
        assert report.title == kept.title

    def test_is_as_at_the_moment_when_the_button_was_pressed(self, review, manager, quickly_set, clock, settings):
        settings.JOBS = "worker"
        clock.move_to(timezone.now(), tick=False)
        pressed = timezone.now()
        draft = issuing.issue(draft=drafted(review, manager), by=manager)
        clock.shift(timedelta(hours=3))
        issuing.make_report.func(context(draft), draft.job_id, draft=draft.pk)
        report = Report.objects.get()
        assert report.as_at == pressed
        assert report.issued_at == pressed + timedelta(hours=3)

    def test_can_be_about_any_past_moment(self, issued, review, clock):
        then = timezone.now()
        clock.shift(timedelta(days=40))
        report = issued(as_at=then)
        assert (report.as_at, MonitoringReport.from_dict(report.data).heading.as_at) == (then, then)

    def test_made_again_for_its_moment_has_the_same_data(self, issued, review, clock):
        first = issued()
        clock.shift(timedelta(days=40))
        ActionFactory(recommendation__section__review=review)
        review.partnership.stale_days = 5
        review.partnership.save()
        assert issued(as_at=first.as_at).data == first.data
        assert issued().data != first.data

    def test_cannot_be_changed_or_removed(self, issued):
        report = issued()
        with pytest.raises(TypeError, match="only ever added to"):
            report.save()
        with pytest.raises(TypeError, match="only ever added to"):
            report.delete()
        with pytest.raises(TypeError, match="only ever added to"):
            Report.objects.update(title="Another")

    @pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such guard")
    @pytest.mark.parametrize(
        "attempt",
        [
            "UPDATE actions_report SET title = 'x'",
            "DELETE FROM actions_report",
            "DELETE FROM actions_report_reviews",
        ],
    )
    def test_cannot_be_changed_behind_our_back_either(self, issued, attempt):
        issued()
        with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
            connection.cursor().execute(attempt)

    def test_is_superseded_by_a_new_version_that_names_it(self, issued, review):
        first = issued()
        second = issued(supersedes=first, version=2)
        assert (second.supersedes, second.version) == (first, 2)
        assert list(Report.objects.latest_versions()) == [second]
        with pytest.raises(RuleBroken, match="superseded already"):
            drafted(review, first.issued_by, supersedes=first, version=3)

    def test_tells_of_several_reviews_together(self, issued, review):
        other = RecommendationFactory(
            section__review__partnership=review.partnership, section__review__reference="0400"
        ).section.review
        report = MonitoringReport.from_dict(issued(reviews=[review, other]).data)
        assert [each.review for each in report.reviews] == ["0319 Kit", "0400 Kit"]
        assert report.summary.without_action == 2
        lacking = next(each for each in report.exceptions if each.key == "no_action").entries
        assert {entry.review for entry in lacking} == {"0319 Kit", "0400 Kit"}

    def test_about_an_agency_holds_only_what_it_leads_or_supports(self, issued, review):
        trust = review.sections.get(number="2").agency
        report = MonitoringReport.from_dict(issued(agencies=[trust]).data)
        assert report.heading.agencies == (trust.name,)
        assert report.summary.actions == 3


def context(draft):
    """Return what a worker gives a job beside its arguments, at its first attempt."""

    class Context:
        attempt = Job.objects.get(pk=draft.job_id).attempt + 1

    return Context


class TestADraft:
    def test_changes_until_it_is_issued(self, review, manager, issued):
        draft = drafted(review, manager)
        issuing.change_draft(draft=draft, by=manager, reviews=[review], introduction="Better words.")
        assert ReportDraft.objects.get().introduction == "Better words."
        issued(draft)
        with pytest.raises(RuleBroken, match="has been issued"):
            issuing.change_draft(draft=draft, by=manager, reviews=[review])
        with pytest.raises(RuleBroken, match="has been issued"):
            issuing.issue(draft=draft, by=manager)

    def test_waits_while_it_is_made(self, review, manager, settings):
        settings.JOBS = "worker"
        draft = issuing.issue(draft=drafted(review, manager), by=manager)
        for attempt in (issuing.issue, issuing.discard_draft):
            with pytest.raises(RuleBroken, match="is being made just now"):
                attempt(draft=draft, by=manager)

    def test_can_be_issued_again_after_it_failed(self, review, manager, issued, monkeypatch, quickly_set):
        def lacking(template, context):
            raise pdf.PdfError("PDF documents need Pango.")

        with monkeypatch.context() as broken:
            broken.setattr(pdf, "render", lacking)
            with pytest.raises(AssertionError, match="need Pango"):
                issued()
        draft = ReportDraft.objects.get()
        assert issued(draft).draft == draft

    @pytest.mark.parametrize(
        ("chosen", "sentence"),
        [
            ({"reviews": []}, "Choose at least one review"),
            ({"kind": "newsletter"}, "no such kind of report"),
            ({"as_at": timezone.now() + timedelta(days=9)}, "in the past"),
            ({"as_at": timezone.now() - timedelta(days=9)}, "was entered on"),
        ],
    )
    def test_says_what_cannot_become_a_report(self, review, manager, chosen, sentence):
        with pytest.raises(RuleBroken, match=sentence):
            drafted(review, manager, **chosen)

    def test_on_one_review_is_about_that_alone_and_all_of_it(self, review, manager, trust):
        other = ReviewFactory(partnership=review.partnership)
        with pytest.raises(RuleBroken, match="about exactly one"):
            drafted(review, manager, kind="one_review", reviews=[review, other])
        with pytest.raises(RuleBroken, match="select no agency"):
            drafted(review, manager, kind="one_review", agencies=[trust])
        assert drafted(review, manager, kind="one_review").kind == "one_review"

    def test_is_about_one_partnership(self, review, manager):
        with pytest.raises(RuleBroken, match="one partnership only"):
            drafted(review, manager, reviews=[review, ReviewFactory(partnership=PartnershipFactory())])

    def test_that_is_discarded_is_over(self, review, manager):
        draft = issuing.discard_draft(draft=drafted(review, manager), by=manager)
        assert not ReportDraft.objects.open().exists()
        with pytest.raises(RuleBroken, match="has been discarded"):
            issuing.issue(draft=draft, by=manager)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_ten_random_moments_issues_each_report_once_and_whole(manager, settings, tmp_path):
    settings.JOBS, settings.WORKER_LOST_AFTER_SECONDS = "worker", LOST_AFTER
    random, log = Random(5), tmp_path / "worker.log"
    action = ActionFactory()
    for _ in range(25):
        ActionFactory(recommendation__section=action.recommendation.section)
    drafts = [issuing.issue(draft=drafted(action.review, manager), by=manager) for _ in range(10)]
    jobs = Job.objects.filter(report_draft__in=drafts)
    for draft in drafts:
        with at_work(log):
            # Killed between the first word of this job and, now and then, after its last.
            wait_until(lambda draft=draft: Job.objects.get(pk=draft.job_id).attempt, log)
            sleep(random.uniform(0, 1.5))
    assert jobs.filter(attempt__gt=0).count() == 10
    with at_work(log):
        wait_until(lambda: not jobs.unended().exists(), log)
    assert {job.state for job in jobs} == {Job.State.DONE}, log.read_text()
    assert Report.objects.count() == 10
    for report in Report.objects.all():
        whole = stored(report)
        assert whole.startswith(b"%PDF-")
        assert whole.rstrip().endswith(b"%%EOF")
        assert (len(whole), hashlib.sha256(whole).hexdigest()) == (report.size, report.sha256)
        assert MonitoringReport.from_dict(report.data).summary.actions == 26
        assert default_storage.exists(report.pdf.name)
    assert jobs.filter(attempt__gt=1).exists()


def test_a_file_that_is_not_the_one_that_was_issued_is_found(issued, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    report = issued()
    assert verifying.verify().all_is_well
    default_storage.delete(report.pdf.name)
    assert verifying.verify().broken_reports == [report]
    default_storage.save(report.pdf.name, ContentFile(b"%PDF-1.7 forged"))
    assert verifying.verify().broken_reports == [report]
