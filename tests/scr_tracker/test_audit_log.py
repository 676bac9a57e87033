"""The audit log has refusals, downloads, exports, changed files and viruses; the server's log has no secrets."""

import logging

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from actions import issuing
from actions.evidence import quarantine, services
from actions.evidence.scanning import Verdict
from actions.importing import drafts
from actions.models import Evidence, Report
from scr_tracker import logs, views
from scr_tracker import pdf as pages
from scr_tracker.models import AuditEvent, Invitation, Job
from scr_tracker.permissions import Role
from tests.actions.evidence.files import pdf, upload
from tests.actions.importing.documents import HEADINGS, word
from tests.factories import (
    PASSWORD,
    SECRET,
    ActionFactory,
    AgencyFactory,
    InvitationFactory,
    MembershipFactory,
    PartnershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

Kind = AuditEvent.Kind


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def action():
    return ActionFactory()


@pytest.fixture
def piece(action):
    """A file of evidence."""
    said = services.About(title="Minutes", kind="minutes", strength="said", what_it_shows="It was agreed.")
    content = services.Content(file=upload("minutes.pdf", pdf()))
    return services.add(action=action, by=UserFactory(), about=said, content=content)


@pytest.fixture
def quickly_set(monkeypatch):
    """Have the pages of reports set at once."""
    monkeypatch.setattr(pages, "render", lambda template, context: b"%PDF-1.7 %%EOF")


def events(kind):
    """Return what the audit log has of a kind, the oldest first."""
    return list(AuditEvent.objects.filter(kind=kind).order_by("pk"))


class TestRefusals:
    def test_of_what_is_not_theirs_to_do_are_kept(self, client, sign_in_as, action):
        member = sign_in_as(Role.BOARD_MEMBER, action.review.partnership)
        address = reverse("sign-off", args=[action.pk])
        assert client.post(address).status_code == 403
        (event,) = events(Kind.REFUSED)
        assert (event.by, event.about, event.from_address) == (member, address, "127.0.0.1")
        assert event.detail == {"answer": 403, "method": "POST"}

    def test_of_what_is_not_theirs_to_see_are_kept(self, client, sign_in_as, action):
        stranger = sign_in_as(of=PartnershipFactory())
        assert client.get(action.get_absolute_url()).status_code == 404
        (event,) = events(Kind.REFUSED)
        assert (event.by, event.about) == (stranger, action.get_absolute_url())
        assert event.detail == {"answer": 404, "method": "GET"}

    def test_in_the_admin_are_kept(self, client, sign_in_as, action):
        sign_in_as(of=action.review.partnership)
        assert client.get(reverse("admin:index"), follow=True).status_code == 403
        assert [event.about for event in events(Kind.REFUSED)] == ["/admin/login/"]

    def test_of_forms_from_elsewhere_are_kept(self, action):
        client = Client(enforce_csrf_checks=True)
        client.force_login(MembershipFactory(partnership=action.review.partnership).user)
        assert client.post(reverse("sign-off", args=[action.pk])).status_code == 403
        assert events(Kind.REFUSED)

    def test_hold_no_secret_of_a_link(self, client, sign_in_as):
        sign_in_as()
        client.get(reverse("invitation", args=["a-secret"]))
        assert [event.about for event in events(Kind.REFUSED)] == ["invitation"]

    def test_are_not_entered_for_addresses_that_do_not_exist_or_for_visitors(self, client, sign_in_as, action):
        client.get(action.get_absolute_url())
        sign_in_as()
        client.get("/no-such-page/")
        assert not events(Kind.REFUSED)


class TestGivingOut:
    def test_a_download_of_evidence_is_kept(self, client, sign_in_as, action, piece):
        by = sign_in_as(of=action.review.partnership)
        b"".join(client.get(reverse("download-evidence", args=[piece.pk])).streaming_content)
        (event,) = events(Kind.DOWNLOADED)
        assert (event.by, event.about) == (by, f"Evidence {piece.pk}")

    def test_a_working_copy_of_a_report_is_kept(
        self, client, sign_in_as, action, quickly_set, django_capture_on_commit_callbacks
    ):
        by = sign_in_as(of=action.review.partnership)
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("plan-report", args=[action.review_id]))
        assert not events(Kind.DOWNLOADED)
        job = Job.objects.get()
        b"".join(client.get(reverse("download-working-copy", args=[action.review_id, job.pk])).streaming_content)
        (event,) = events(Kind.DOWNLOADED)
        assert (event.by, event.about) == (by, f"Working copy of the monitoring report: {action.review}")

    def test_an_issued_report_is_kept(
        self, client, sign_in_as, action, quickly_set, django_capture_on_commit_callbacks
    ):
        by = sign_in_as(of=action.review.partnership)
        draft = issuing.begin_draft(by=by, partnership=action.review.partnership, reviews=[action.review])
        with django_capture_on_commit_callbacks(execute=True):
            issuing.issue(draft=draft, by=by)
        report = Report.objects.get()
        b"".join(client.get(reverse("download-report", args=[report.pk])).streaming_content)
        (event,) = events(Kind.DOWNLOADED)
        assert (event.by, event.about) == (by, report.title)
        assert event.detail == {"report": report.pk, "sha256": report.sha256}

    def test_a_document_of_an_import_is_kept(self, client, sign_in_as, action):
        partnership = action.review.partnership
        by = sign_in_as(of=partnership)
        document = SimpleUploadedFile("plan.docx", word("**Plan**", "# 1. Police", [HEADINGS, ["1. Ring", "Buy"]]))
        record = drafts.upload(file=document, partnership=partnership, review=None, by=by)
        b"".join(client.get(reverse("import-document", args=[record.pk])).streaming_content)
        (event,) = events(Kind.DOWNLOADED)
        assert (event.by, event.about) == (by, f"Imported document {record.pk}")
        assert event.detail == {"sha256": record.sha256}

    @pytest.mark.parametrize("kind", ["docx", "xlsx", "csv"])
    def test_exports_of_a_plan_a_form_and_a_list_are_kept(self, client, sign_in_as, action, kind):
        review = action.review
        action.lead_agency = AgencyFactory(name="Police", partnerships=[review.partnership])
        action.save()
        by = sign_in_as(of=review.partnership)
        plan, form = reverse("export-plan", args=[review.pk, kind]), action.lead_agency_id
        for address in (
            plan,
            reverse("export-form", args=[review.pk, form]),
            f"{reverse('export-actions', args=[kind])}?status=open",
        ):
            b"".join(client.get(address).streaming_content)
        found = events(Kind.EXPORTED)
        about = {"review": review.pk, "actions": 1}
        assert [event.detail for event in found] == [
            {**about, "format": kind},
            {**about, "format": "xlsx", "agency": "Police"},
            {"actions": 1, "format": kind, "filters": {"Status": "Open"}},
        ]
        assert {event.by for event in found} == {by}

    def test_exports_by_command_are_kept(self, action, tmp_path, quickly_set):
        review, plan, report = action.review, tmp_path / "plan.json", tmp_path / "report.pdf"
        call_command("export_plan", review.reference, output=str(plan), verbosity=0)
        call_command("report", review.reference, output=str(report), verbosity=0)
        assert [(event.about, event.detail) for event in events(Kind.EXPORTED)] == [
            (str(plan), {"review": review.pk, "format": "json", "actions": 1}),
            (f"Monitoring report of {review}", {"file": str(report), "size": report.stat().st_size}),
        ]

    def test_an_export_of_the_audit_trail_is_kept(self, tmp_path):
        call_command("export_audit", output=tmp_path / "trail.csv", verbosity=0)
        assert [event.about for event in events(Kind.EXPORTED)] == ["audit trail"]


class TestAccounts:
    @pytest.fixture
    def administrator(self, client):
        user = UserFactory(administrator=True)
        client.force_login(user)
        return user

    def test_that_are_changed_in_the_admin_are_kept(self, client, administrator):
        person = UserFactory()
        address = reverse("admin:scr_tracker_user_change", args=[person.pk])
        form = client.get(address).context["adminform"].form
        typed = {field.html_name: field.value() for field in form if field.value()}
        inline = {f"memberships-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
        assert client.post(address, {**typed, **inline, "is_superuser": "on"}).status_code == 302
        (event,) = events(Kind.ACCOUNT_CHANGED)
        assert (event.by, event.about) == (administrator, person.email)
        assert "Superuser status" in str(event.detail)

    def test_whose_password_is_changed_in_the_admin_are_kept_without_it(self, client, administrator):
        person = UserFactory()
        new = "three random words"
        address = reverse("admin:auth_user_password_change", args=[person.pk])
        client.post(address, {"usable_password": "true", "password1": new, "password2": new})
        (event,) = events(Kind.ACCOUNT_CHANGED)
        assert event.about == person.email
        assert new not in str(event.detail)


class TestFiles:
    def damage(self, piece):
        with open(default_storage.path(piece.file.name), "ab") as file:
            file.write(b" ")

    def test_that_are_not_the_ones_uploaded_are_kept_when_asked_for(self, client, sign_in_as, action, piece):
        by = sign_in_as(of=action.review.partnership)
        self.damage(piece)
        client.get(reverse("download-evidence", args=[piece.pk]))
        (event,) = events(Kind.FILE_CHANGED)
        assert (event.by, event.detail) == (by, {"evidence": piece.pk, "sha256": piece.sha256})
        assert not events(Kind.DOWNLOADED)

    def test_that_are_not_the_ones_uploaded_are_kept_when_verified(self, piece):
        self.damage(piece)
        with pytest.raises(CommandError, match="backup"):
            call_command("verify_evidence", verbosity=0)
        assert [event.about for event in events(Kind.FILE_CHANGED)] == [f"Evidence {piece.pk}"]

    def test_that_are_not_the_ones_uploaded_are_kept_when_scanned(self, piece):
        self.damage(piece)
        quarantine.scan(everything=True)
        assert [event.about for event in events(Kind.FILE_CHANGED)] == [f"Evidence {piece.pk}"]

    def test_with_a_virus_found_later_are_kept(self, piece):
        services.record_scan(evidence=piece, verdict=Verdict(Evidence.Scan.INFECTED, "Tests.Eicar"))
        (event,) = events(Kind.VIRUS_FOUND)
        assert event.detail == {"evidence": piece.pk, "sha256": piece.sha256, "found": "Tests.Eicar"}

    def test_with_a_virus_that_are_uploaded_are_kept(self, action, monkeypatch):
        monkeypatch.setattr(
            "actions.evidence.scanning.scan", lambda file: Verdict(Evidence.Scan.INFECTED, "Tests.Eicar")
        )
        said = services.About(title="", kind="minutes", strength="said", what_it_shows="It was agreed.")
        by = UserFactory()
        with pytest.raises(services.Refused):
            services.add(action=action, by=by, about=said, content=services.Content(file=upload("a.pdf", pdf())))
        (event,) = events(Kind.VIRUS_FOUND)
        assert (event.by, event.about, event.detail["found"]) == (by, "a.pdf", "Tests.Eicar")


class TestTheServersLog:
    @pytest.fixture
    def written(self, caplog):
        """Return what is written to the log, by the filter of the settings."""
        caplog.set_level(logging.DEBUG)
        caplog.handler.addFilter(logs.WithoutSecrets())
        return caplog

    def crash(self, monkeypatch, client, address, **typed):
        def broken(*args, **kwargs):
            raise ValueError("Broken.")

        monkeypatch.setattr(views.Invitation.objects.__class__, "with_secret", broken)
        client.raise_request_exception = False
        return client.post(address, typed)

    def test_has_no_password_of_a_failing_sign_in(self, client, written):
        user = UserFactory()
        client.post(reverse("sign-in"), {"login": user.email, "password": "my-secret-guess"})
        assert "my-secret-guess" not in written.text

    def test_has_no_password_and_no_secret_of_a_link_when_something_crashes(self, client, written, monkeypatch):
        InvitationFactory()
        address = reverse("invitation", args=[SECRET])
        response = self.crash(monkeypatch, client, address, name="Kim", password1=PASSWORD, password2=PASSWORD)
        assert response.status_code == 500
        assert "Internal Server Error: /invitations/…/" in written.text
        assert SECRET not in written.text
        assert PASSWORD not in written.text

    def test_has_no_secret_of_a_link_that_is_over(self, client, written):
        client.get(reverse("invitation", args=["an-old-secret"]))
        client.get("/sign-in/forgotten-password/1-an-old-key/no-such-page/")
        assert "/invitations/…/" in written.text
        assert "an-old" not in written.text

    def test_is_filtered_wherever_it_is_written(self, settings):
        assert all("without secrets" in each["filters"] for each in settings.LOGGING["handlers"].values())

    def test_invitations_keep_no_secret_in_the_database(self):
        assert SECRET not in str(InvitationFactory().__dict__)
        assert Invitation.objects.with_secret(SECRET).exists()
