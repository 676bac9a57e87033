"""Issued reports are handed over as they are kept: nobody waits for a page to be set, and nothing fills the memory."""

import hashlib
import tracemalloc
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from actions import issuing
from actions.evidence import verifying
from actions.models import Report, ReportDraft, ReportFile
from actions.reports import kinds
from scr_tracker import pdf
from scr_tracker.models import Job
from scr_tracker.permissions import Role
from tests.factories import ActionFactory, MembershipFactory, RecommendationFactory, SectionFactory, UserFactory
from tests.workers import LOST_AFTER, at_work, wait_until

pytestmark = pytest.mark.django_db

FORMS = ("docx", "xlsx")


@pytest.fixture
def issued(review, monkeypatch, django_capture_on_commit_callbacks):
    """A report of which the PDF was set by somebody quick."""
    by = UserFactory()
    draft = issuing.begin_draft(by=by, partnership=review.partnership, reviews=[review])
    with monkeypatch.context() as quickly, django_capture_on_commit_callbacks(execute=True):
        quickly.setattr(pdf, "render", lambda template, context: b"%PDF-1.7 %%EOF")
        issuing.issue(draft=draft, by=by)
    return Report.objects.get()


@pytest.fixture
def nothing_is_set_here(issued, monkeypatch, settings):
    """Have whatever sets or writes a report fail, as only a worker may do it."""

    def refuse(*args, **options):
        raise AssertionError("A request sets the pages of a report.")

    settings.JOBS = "worker"
    monkeypatch.setattr(pdf, "render", refuse)
    monkeypatch.setattr(pdf, "_weasyprint", refuse)
    monkeypatch.setattr(kinds.Kind, "written", refuse)


def downloads_of(report):
    return [
        reverse("download-report", args=[report.pk]),
        *(reverse("download-report-as", args=[report.pk, form]) for form in FORMS),
    ]


def whole(response):
    return b"".join(response.streaming_content)


class TestNoRequestSetsPages:
    @pytest.mark.usefixtures("nothing_is_set_here")
    def test_from_the_form_to_the_download(self, issued, review, client, sign_in_as, partnership):
        sign_in_as(Role.BUSINESS_MANAGER, partnership)
        for name in ("report", "read-report"):
            assert client.get(reverse(name, args=[issued.pk])).status_code == 200
        for address in downloads_of(issued):
            assert whole(client.get(address))
        draft = issuing.begin_draft(by=UserFactory(), partnership=review.partnership, reviews=[review])
        page = client.get(draft.get_absolute_url())
        sent = {name: page.context["form"][name].value() for name in ("token", "version")}
        assert client.post(reverse("issue-report", args=[draft.pk]), sent).status_code == 302
        assert ReportDraft.objects.get(pk=draft.pk).is_being_made
        assert client.get(draft.get_absolute_url()).status_code == 200
        assert client.post(reverse("plan-report", args=[review.pk])).status_code == 302
        assert Job.objects.unended().count() == 2

    @pytest.mark.django_db(transaction=True)
    def test_two_chairs_download_while_a_third_report_is_set(self, settings, tmp_path, live_server, client):
        settings.JOBS, settings.WORKER_LOST_AFTER_SECONDS, log = "worker", LOST_AFTER, tmp_path / "worker.log"
        small, large = ActionFactory().review, self._large_review()
        by = UserFactory()
        chairs = [MembershipFactory(partnership=small.partnership, role=Role.BOARD_MEMBER).user for _ in range(2)]
        first = issuing.begin_draft(by=by, partnership=small.partnership, reviews=[small])
        third = issuing.begin_draft(by=by, partnership=large.partnership, reviews=[large])
        with at_work(log):
            job = issuing.issue(draft=first, by=by).job
            wait_until(lambda: Job.objects.get(pk=job.pk).has_ended, log)
            job = issuing.issue(draft=third, by=by).job
            wait_until(lambda: Job.objects.get(pk=job.pk).step == "Setting the pages", log)
            read = self._download_at_once(client, chairs, live_server, Report.objects.get())
            assert Job.objects.get(pk=job.pk).step == "Setting the pages", "The downloads waited for the third report."
        report = Report.objects.get()
        expected = sorted([report.sha256, *report.files.values_list("sha256", flat=True)] * 2)
        assert sorted(hashlib.sha256(each).hexdigest() for each in read) == expected

    def _large_review(self):
        section = SectionFactory()
        for order in range(120):
            recommendation = RecommendationFactory(section=section, order=order, number=str(order))
            ActionFactory(recommendation=recommendation, text="Say it at length, and once more. " * 20)
        return section.review

    def _download_at_once(self, client, chairs, live_server, report):
        """Return what these people download at the same moment from a server, each on a connection of their own."""

        def download(session, address):
            request = urllib.request.Request(f"{live_server.url}{address}", headers={"Cookie": f"sessionid={session}"})
            with urllib.request.urlopen(request, timeout=30) as response:
                assert response.headers["Content-Disposition"], response.url
                return response.read()

        sessions = []
        for chair in chairs:
            client.force_login(chair)
            sessions.append(client.cookies["sessionid"].value)
            client.cookies.clear()
        with ThreadPoolExecutor(len(chairs)) as at_once:
            return list(at_once.map(download, *zip(*product(sessions, downloads_of(report)), strict=True)))


class TestAFileThatIsKept:
    def test_was_written_when_the_report_was_issued_and_has_its_hash(self, issued):
        assert [each.form for each in issued.files.all()] == ["docx", "xlsx"]
        for each in issued.files.all():
            with each.file.open("rb") as file:
                content = file.read()
            assert (each.size, each.sha256) == (len(content), hashlib.sha256(content).hexdigest())

    def test_cannot_be_changed_or_removed(self, issued):
        with pytest.raises(TypeError, match="only ever added to"):
            issued.files.first().delete()
        with pytest.raises(TypeError, match="only ever added to"):
            ReportFile.objects.update(form="pdf")

    def test_that_is_gone_is_found(self, issued):
        assert verifying.verify().broken_reports == []
        default_storage.delete(issued.files.get(form="xlsx").file.name)
        assert verifying.verify().broken_reports == [issued]

    @pytest.mark.parametrize("form", ["pdf", *FORMS])
    def test_is_read_in_small_pieces_however_large_it_is(self, issued, client, sign_in_as, partnership, form):
        size = 64_000_000
        file = issued.pdf if form == "pdf" else issued.files.get(form=form).file
        default_storage.delete(file.name)
        default_storage.save(file.name, ContentFile(bytes(size)))
        sign_in_as(Role.BOARD_MEMBER, partnership)
        address = dict(zip(("pdf", *FORMS), downloads_of(issued), strict=True))[form]
        whole(client.head(address))
        tracemalloc.start()
        response = client.get(address)
        read = sum(len(piece) for piece in response.streaming_content)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert read == size
        assert int(response["Content-Length"]) == size
        assert peak < 3_000_000

    def test_is_only_named_to_who_asks_for_its_head(self, issued, client, sign_in_as, partnership):
        sign_in_as(Role.BOARD_MEMBER, partnership)
        for address in downloads_of(issued):
            response = client.head(address)
            assert int(response["Content-Length"]) > 0
            assert not b"".join(response.streaming_content)
