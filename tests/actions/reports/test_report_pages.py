"""The pages of reports: drafting, issuing, handing out, and who may do which."""

import hashlib

import pytest
from django.urls import reverse
from django.utils import timezone

from actions import issuing
from actions.models import Meeting, Report, ReportDraft
from scr_tracker import pdf
from scr_tracker.models import Agency, AuditEvent, Job
from scr_tracker.permissions import Role
from tests.conftest import hidden
from tests.factories import PartnershipFactory, ReviewFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quickly_set(monkeypatch):
    monkeypatch.setattr(pdf, "render", lambda template, context: b"%PDF-1.7 %%EOF")


@pytest.fixture
def manager(partnership, sign_in_as):
    return sign_in_as(of=partnership)


@pytest.fixture
def issued(review, django_capture_on_commit_callbacks):
    """Return a function that issues a report on reviews, or on an agency."""

    def issue(*reviews, **chosen):
        by = UserFactory()
        draft = issuing.begin_draft(by=by, partnership=review.partnership, reviews=list(reviews) or [review], **chosen)
        with django_capture_on_commit_callbacks(execute=True):
            issuing.issue(draft=draft, by=by)
        return Report.objects.get(draft=draft)

    return issue


def typed(review, **more):
    return {
        "kind": "monitoring",
        "reviews": [review.pk],
        "report_version": "1",
        "protective_marking": "OFFICIAL-SENSITIVE",
    } | more


def page(client, name, *args):
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200, name
    return response.content.decode()


class TestMakingAReport:
    def test_from_choosing_to_the_file(self, client, manager, review, fill_in, django_capture_on_commit_callbacks):
        response = fill_in(reverse("new-report"), **typed(review, decisions_asked="Agree the dates."))
        draft = ReportDraft.objects.get()
        assert response["Location"] == draft.get_absolute_url()
        shown = page(client, "report-draft", draft.pk)
        for words in ("2 of 6 actions are complete.", "Agree the dates.", "Overdue", "Before you issue it"):
            assert words in shown
        with django_capture_on_commit_callbacks(execute=True):
            fill_in_button(client, draft, "issue-report")
        report = Report.objects.get()
        assert client.get(draft.get_absolute_url())["Location"] == report.get_absolute_url()
        assert report.sha256 in page(client, "report", report.pk)
        assert report.title in page(client, "report-list")
        assert hashlib.sha256(downloaded(client, report)).hexdigest() == report.sha256

    def test_links_each_warning_to_where_it_can_be_mended(self, client, manager, review, partnership):
        draft = issuing.begin_draft(by=manager, partnership=partnership, reviews=[review])
        shown = page(client, "report-draft", draft.pk)
        lacking = review.sections.get(number="1").recommendations.get(number="2")
        assert "Recommendations without an action (1)" in shown
        assert reverse("recommendation", args=[lacking.pk]) in shown
        assert "Dates moved three times or more (1)" in shown

    def test_sent_twice_it_is_one_draft_and_one_report(
        self, client, manager, review, partnership, django_capture_on_commit_callbacks
    ):
        form = client.get(reverse("new-report")).context["form"]
        for _ in range(2):
            client.post(reverse("new-report"), {**hidden(form), **typed(review)})
        draft = ReportDraft.objects.get()
        form = client.get(draft.get_absolute_url()).context["form"]
        with django_capture_on_commit_callbacks(execute=True):
            for _ in range(2):
                client.post(reverse("issue-report", args=[draft.pk]), hidden(form))
        assert (Report.objects.count(), Job.objects.count()) == (1, 1)

    def test_is_issued_only_as_it_was_looked_over(self, client, manager, review, partnership):
        draft = issuing.begin_draft(by=manager, partnership=partnership, reviews=[review])
        form = client.get(draft.get_absolute_url()).context["form"]
        issuing.change_draft(draft=draft, by=manager, reviews=[review], introduction="Other words.")
        response = client.post(reverse("issue-report", args=[draft.pk]), hidden(form), follow=True)
        assert "Somebody changed this draft meanwhile" in response.content.decode()
        assert not Job.objects.exists()

    def test_changing_over_somebody_else_is_said_and_loses_nothing(self, client, manager, review, partnership):
        draft = issuing.begin_draft(by=manager, partnership=partnership, reviews=[review])
        address = reverse("change-report-draft", args=[draft.pk])
        form = client.get(address).context["form"]
        issuing.change_draft(draft=draft, by=manager, reviews=[review], introduction="Other words.")
        again = client.post(address, {**hidden(form), **typed(review, introduction="My words.")})
        assert "Somebody else changed this draft" in again.content.decode()
        assert "My words." in again.content.decode()
        client.post(address, {**hidden(again.context["form"]), **typed(review, introduction="My words.")})
        assert ReportDraft.objects.get().introduction == "My words."

    @pytest.mark.parametrize(
        ("more", "sentence"),
        [
            ({"reviews": []}, "Select at least one review"),
            ({"report_version": "two"}, "Enter a number such as 2"),
            ({"as_at_time": "25:00"}, "Enter a time such as 17:30"),
            ({"as_at_time": "17:30"}, "Enter the day to which the time belongs"),
            ({"as_at_day_day": "1", "as_at_day_month": "1", "as_at_day_year": "2099"}, "Enter a moment in the past"),
            ({"as_at_day_day": "1", "as_at_day_month": "1", "as_at_day_year": "2001"}, "was entered on"),
        ],
    )
    def test_says_what_is_wrong(self, manager, review, fill_in, more, sentence):
        assert sentence in fill_in(reverse("new-report"), **typed(review, **more)).content.decode()

    def test_can_be_limited_and_dated(self, client, manager, review, trust, fill_in, clock):
        now = timezone.localtime()
        clock.shift(86400 * 3)
        client.force_login(manager)
        partnership = review.partnership
        meeting = Meeting.objects.create(partnership=partnership, name="Board", date=now.date())
        day = {f"as_at_day_{part}": getattr(now, part) for part in ("day", "month", "year")}
        trust.partnerships.add(partnership)
        fill_in(reverse("new-report"), **typed(review, agencies=[trust.pk], meeting=meeting.pk, **day))
        draft = ReportDraft.objects.get()
        assert (list(draft.agencies.all()), draft.meeting) == ([trust], meeting)
        assert timezone.localtime(draft.as_at).strftime("%H:%M:%S") == "23:59:59"
        shown = page(client, "report-draft", draft.pk)
        assert "Buy scales for every team." in shown
        assert "Tell every duty sergeant." not in shown

    def test_a_new_version_begins_with_what_the_old_one_had(self, client, manager, issued, fill_in, review):
        old = issued(introduction="For the board.")
        address = f"{reverse('new-report')}?supersedes={old.pk}"
        form = client.get(address).context["form"]
        assert (form["introduction"].value(), form["report_version"].value()) == ("For the board.", 2)
        fill_in(address, **typed(review, report_version="2"))
        assert ReportDraft.objects.open().get().supersedes == old
        assert "must" not in page(client, "report", old.pk)

    def test_a_meeting_is_entered_once(self, client, manager, partnership, fill_in):
        address = f"{reverse('new-meeting')}?partnership={partnership.pk}"
        said = {"name": "Board", "date_day": "3", "date_month": "6", "date_year": "2027"}
        fill_in(address, **said)
        assert Meeting.objects.get().name == "Board"
        assert "has been entered already" in fill_in(address, **said).content.decode()

    def test_while_it_is_made_the_page_says_how_far_it_is(self, client, manager, review, partnership, settings):
        settings.JOBS = "worker"
        draft = issuing.begin_draft(by=manager, partnership=partnership, reviews=[review])
        fill_in_button(client, draft, "issue-report")
        shown = page(client, "report-draft", draft.pk)
        assert "data-progress" in shown
        assert "No worker is running" in shown
        assert "Issue version" not in shown
        assert "Being made" in page(client, "report-list")

    def test_a_draft_can_be_discarded(self, client, manager, review, partnership):
        draft = issuing.begin_draft(by=manager, partnership=partnership, reviews=[review])
        fill_in_button(client, draft, "discard-report-draft")
        assert "This draft was discarded" in page(client, "report-draft", draft.pk)
        assert "Not issued yet" not in page(client, "report-list")


def fill_in_button(client, draft, name):
    """Press a button on the page of a draft."""
    form = client.get(draft.get_absolute_url()).context["form"]
    return client.post(reverse(name, args=[draft.pk]), hidden(form))


def downloaded(client, report):
    response = client.get(reverse("download-report", args=[report.pk]))
    assert response.streaming
    return b"".join(response.streaming_content)


class TestAWorkingCopy:
    def test_is_made_in_the_background_and_handed_to_who_asked(
        self, client, manager, review, sign_in_as, partnership, django_capture_on_commit_callbacks
    ):
        assert "Working copy" in page(client, "plan", review.pk)
        with django_capture_on_commit_callbacks(execute=True):
            job = client.post(reverse("plan-report", args=[review.pk]))["Location"]
        ready = client.get(job)["Location"]
        shown = client.get(ready).content.decode()
        response = client.get(reverse("download-working-copy", args=[review.pk, Job.objects.get().pk]))
        assert "is not issued" in shown
        assert b"".join(response.streaming_content) == b"%PDF-1.7 %%EOF"
        assert not Report.objects.exists()
        sign_in_as(of=partnership)
        assert client.get(ready).status_code == 404

    def test_is_not_there_any_more_for_who_may_no_longer_see_the_review(
        self, client, review, sign_in_as, partnership, django_capture_on_commit_callbacks
    ):
        sign_in_as(Role.BOARD_MEMBER, partnership)
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("plan-report", args=[review.pk]))
        args = [review.pk, Job.objects.get().pk]
        assert page(client, "working-copy", *args)
        review.restricted = True
        review.save()
        for name in ("working-copy", "download-working-copy", "read-working-copy"):
            assert client.get(reverse(name, args=args)).status_code == 404
        assert client.get(reverse("download-working-copy-as", args=[*args, "docx"])).status_code == 404

    def test_is_cleared_away_after_a_day(self, client, manager, review, clock, django_capture_on_commit_callbacks):
        for days in (0, 2):
            clock.shift(86400 * days)
            client.force_login(manager)
            with django_capture_on_commit_callbacks(execute=True):
                client.post(reverse("plan-report", args=[review.pk]))
        latest, first = Job.objects.all()
        assert client.get(reverse("download-working-copy", args=[review.pk, first.pk])).status_code == 302
        response = client.get(reverse("download-working-copy", args=[review.pk, latest.pk]))
        assert b"".join(response.streaming_content)

    def test_waits_for_a_worker_and_blocks_no_page(self, client, manager, review, settings, monkeypatch):
        settings.JOBS = "worker"
        monkeypatch.setattr(pdf, "render", lambda *args: pytest.fail("A page has rendered"))
        response = client.post(reverse("plan-report", args=[review.pk]), follow=True)
        assert "data-progress" in response.content.decode()


class TestTheFile:
    def test_is_handed_over_to_be_saved_and_entered_in_the_audit_log(self, client, manager, issued):
        report = issued()
        response = client.get(reverse("download-report", args=[report.pk]))
        assert len(b"".join(response.streaming_content)) == report.size
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Disposition"].startswith('attachment; filename="Monitoring report - 0319 Kit')
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Length"] == str(report.size)
        event = AuditEvent.objects.get(kind=AuditEvent.Kind.DOWNLOADED)
        assert (event.by, event.about, event.detail["report"]) == (manager, report.title, report.pk)


class TestWhoSeesAReport:
    def may_have(self, client, report):
        statuses = set()
        for name in ("report", "download-report"):
            response = client.get(reverse(name, args=[report.pk]))
            statuses.add(response.status_code)
            assert not response.streaming or b"".join(response.streaming_content)
        listed = report.title in page(client, "report-list")
        assert statuses in ({200}, {404})
        assert listed == (statuses == {200})
        return listed

    def test_a_board_member_of_its_partnership(self, client, sign_in_as, partnership, issued):
        report = issued()
        sign_in_as(Role.BOARD_MEMBER, partnership)
        assert self.may_have(client, report)
        sign_in_as(Role.BOARD_MEMBER, PartnershipFactory())
        assert not self.may_have(client, report)

    def test_nobody_who_may_not_see_a_review_in_it(self, client, sign_in_as, partnership, issued, review):
        secret = ReviewFactory(partnership=partnership, restricted=True)
        report = issued(review, secret)
        member = sign_in_as(Role.BOARD_MEMBER, partnership)
        assert not self.may_have(client, report)
        secret.named_people.add(member)
        assert self.may_have(client, report)
        sign_in_as(Role.BUSINESS_MANAGER, partnership)
        assert self.may_have(client, report)

    def test_an_agency_lead_only_those_about_that_agency_alone(self, client, sign_in_as, issued, trust):
        police = Agency.objects.get(name="Wyvern Police")
        about_all, about_trust, about_both = issued(), issued(agencies=[trust]), issued(agencies=[trust, police])
        sign_in_as(Role.AGENCY_LEAD, trust)
        assert [client.get(each.get_absolute_url()).status_code for each in (about_all, about_trust, about_both)] == [
            *(404, 200, 404)
        ]

    def test_drafts_are_for_those_who_make_reports(self, client, sign_in_as, partnership, review):
        draft = issuing.begin_draft(by=UserFactory(), partnership=partnership, reviews=[review])
        names = ("report-draft", "change-report-draft", "issue-report", "discard-report-draft")
        for role in (Role.BOARD_MEMBER, Role.AGENCY_LEAD):
            sign_in_as(role, partnership if role == Role.BOARD_MEMBER else Agency.objects.first())
            assert [client.get(reverse(name, args=[draft.pk])).status_code for name in names] == [404] * 4
            assert client.get(reverse("new-report")).status_code == 403
            assert str(draft) not in page(client, "report-list")

    def test_a_new_version_is_not_a_board_members_to_make(self, client, sign_in_as, partnership, issued):
        report = issued()
        sign_in_as(Role.BOARD_MEMBER, partnership)
        assert client.get(f"{reverse('new-report')}?supersedes={report.pk}").status_code == 403

    def test_the_list_takes_the_same_number_of_queries_however_long(
        self, client, manager, issued, review, django_assert_max_num_queries
    ):
        for _ in range(4):
            issued()
            issuing.begin_draft(by=manager, partnership=review.partnership, reviews=[review])
        with django_assert_max_num_queries(14):
            client.get(reverse("report-list"))
