"""The pages of evidence: who may see and do what, how files are given out, how many questions are asked."""

import re
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from actions.evidence import services
from actions.evidence.services import Content
from actions.models import Evidence
from scr_tracker.history import remember
from scr_tracker.models import AuditEvent
from scr_tracker.permissions import Role
from tests.factories import ActionFactory, AgencyFactory, EvidenceFactory, MembershipFactory, PartnershipFactory

from .files import pdf, picture, upload, with_named_parts, word
from .test_working_with_evidence import ABOUT, add

pytestmark = pytest.mark.django_db

SAID = {"source": "files", "kind": "audit", "what_it_shows": "Nine of ten.", "strength": "audited"}
OF_EVIDENCE = (
    *("evidence", "download-evidence", "open-evidence", "evidence-picture", "share-evidence"),
    *("replace-evidence", "accept-evidence", "return-evidence", "withdraw-evidence"),
)
OF_ACTION = ("add-evidence", "reuse-evidence")


def text_of(response):
    """Return the words of a page, tags and runs of space taken out."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def evidence(action, manager):
    """A PDF as evidence for the action."""
    return add(action, manager)


def post(client, name, pk, **said):
    return client.post(reverse(name, args=[pk]), said)


def status_of(client, name, evidence):
    """Return the status with which an address answers, once it has been read to its end."""
    response = client.get(reverse(name, args=[evidence.pk]))
    list(response)
    return response.status_code


class TestAdding:
    def test_several_files_at_once_and_is_shown_them_on_the_action(self, client, action, manager):
        client.force_login(manager)
        files = [upload("Audit.pdf", pdf()), upload("Minutes.docx", word())]
        response = post(client, "add-evidence", action.pk, **SAID, title="Ignored", files=files)
        assert response["Location"] == f"{action.get_absolute_url()}#evidence"
        page = text_of(client.get(action.get_absolute_url()))
        assert "2 pieces of evidence added" in page
        assert "Audit Offered" in page
        assert "Minutes Offered" in page
        assert "Ignored" not in page

    def test_what_may_come_in_does_and_what_may_not_is_named(self, client, action, manager):
        client.force_login(manager)
        files = [upload("Audit.pdf", pdf()), upload("x.docx", with_named_parts(word(), {"word/vbaProject.bin": ""}))]
        page = text_of(post(client, "add-evidence", action.pk, **SAID, files=files))
        assert "Evidence added" in page
        assert "“x.docx” holds macros" in page
        assert "Nine of ten." in page
        assert Evidence.objects.get().title == "Audit"

    def test_a_form_sent_twice_stores_once(self, client, action, manager):
        client.force_login(manager)
        token = uuid4()
        for _ in range(2):
            post(client, "add-evidence", action.pk, **SAID, token=token, files=[upload("Audit.pdf", pdf())])
        assert Evidence.objects.count() == 1

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"source": "files"}, "Choose at least one file"),
            ({"source": "link"}, "Enter the link"),
            ({"source": "link", "link": "javascript:alert(1)"}, "Enter a link such as"),
            ({"source": "link", "link": "https://example.org"}, "Enter a title for the link"),
            ({"source": "note", "title": "Visit"}, "Enter the note"),
            ({"source": ""}, "Choose what you are adding"),
            ({"source": "files", "kind": ""}, "Choose the kind of evidence"),
            ({"source": "files", "what_it_shows": ""}, "Enter what it shows"),
            ({"source": "files", "strength": ""}, "Choose how strongly it shows that"),
        ],
    )
    def test_what_is_missing_is_asked_for_beside_its_field(self, client, action, manager, said, sentence):
        client.force_login(manager)
        response = post(client, "add-evidence", action.pk, **{**SAID, **said})
        assert sentence in text_of(response)
        assert not Evidence.objects.exists()

    def test_a_link_and_a_note_are_evidence_too(self, client, action, manager):
        client.force_login(manager)
        link = {"source": "link", "link": "example.org/policy", "title": "Policy", "note": "x", "files": ""}
        post(client, "add-evidence", action.pk, **{**SAID, **link})
        post(client, "add-evidence", action.pk, **{**SAID, "source": "note", "note": "Seen.", "title": "Visit"})
        assert list(Evidence.objects.values_list("link", "note").order_by("pk")) == [
            ("https://example.org/policy", ""),
            ("", "Seen."),
        ]

    def test_the_script_of_the_page_has_the_form_checked_first_and_then_sends_file_by_file(
        self, client, action, manager
    ):
        client.force_login(manager)
        token = uuid4()
        checked = post(client, "add-evidence", action.pk, **{**SAID, "kind": ""}, token=token, script="check")
        assert (checked.status_code, checked.json()) == (422, {"errors": [["id_kind", "Choose the kind of evidence"]]})
        assert post(client, "add-evidence", action.pk, **SAID, token=token, script="check").json() == {}
        assert not Evidence.objects.exists()
        for name, content in (("a.pdf", pdf()), ("b.docx", word())):
            sent = {**SAID, "token": token, "script": "file", "files": [upload(name, content)]}
            assert post(client, "add-evidence", action.pk, **sent).json() == {"added": 1, "refused": []}
        bad = {**SAID, "token": token, "script": "file", "files": [upload("c.pdf", b"MZ\0")]}
        assert "is a program" in post(client, "add-evidence", action.pk, **bad).json()["refused"][0]
        done = post(client, "add-evidence", action.pk, **SAID, token=token, script="done").json()
        assert done == {"next": f"{action.get_absolute_url()}#evidence"}
        assert "2 pieces of evidence added" in text_of(client.get(action.get_absolute_url()))

    def test_says_that_a_file_waits_for_the_scanner(self, client, action, manager, no_clamd):
        client.force_login(manager)
        post(client, "add-evidence", action.pk, **SAID, files=[upload("Audit.pdf", pdf())])
        page = text_of(client.get(action.get_absolute_url()))
        assert "It waits for the virus scan, and can be opened after it" in page
        assert "Waiting for a virus scan" in page


class TestGivingOut:
    def test_a_download_is_the_file_shut_in_and_entered_in_the_audit_log(self, client, manager, evidence):
        client.force_login(manager)
        response = client.get(reverse("download-evidence", args=[evidence.pk]))
        assert b"".join(response.streaming_content) == pdf()
        assert response["Content-Disposition"] == 'attachment; filename="Audit of May.pdf"'
        assert response["Content-Type"] == "application/pdf"
        assert response["Content-Length"] == str(len(pdf()))
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
        assert "no-store" in response["Cache-Control"]
        event = AuditEvent.objects.get()
        assert (event.kind, event.by, event.about) == ("downloaded", manager, f"Evidence {evidence.pk}")
        assert event.detail == {"evidence": evidence.pk, "sha256": evidence.sha256, "as": "download"}
        assert event.from_address == "127.0.0.1"

    @pytest.mark.parametrize("name", ["download-evidence", "open-evidence"])
    @pytest.mark.parametrize("damage", ["changed", "missing"])
    def test_a_file_that_is_not_the_one_uploaded_is_not_given_out(self, client, manager, evidence, name, damage):
        client.force_login(manager)
        path = default_storage.path(evidence.file.name)
        if damage == "changed":
            with open(path, "ab") as file:
                file.write(b" ")
        else:
            default_storage.delete(evidence.file.name)
        response = client.get(reverse(name, args=[evidence.pk]), follow=True)
        assert response.redirect_chain == [(evidence.get_absolute_url(), 302)]
        assert "not the one that was uploaded any more" in text_of(response)
        event = AuditEvent.objects.get()
        assert event.kind == AuditEvent.Kind.FILE_CHANGED

    def test_a_pdf_opens_in_the_browser_shut_in(self, client, manager, evidence):
        client.force_login(manager)
        response = client.get(reverse("open-evidence", args=[evidence.pk]))
        assert b"".join(response.streaming_content) == pdf()
        assert response["Content-Disposition"].startswith("inline")
        assert "sandbox" in response["Content-Security-Policy"]

    def test_nothing_but_a_pdf_opens_in_the_browser(self, client, action, manager):
        evidence = add(action, manager, content=Content(file=upload("a.docx", word())))
        client.force_login(manager)
        for name in ("open-evidence", "evidence-picture"):
            assert client.get(reverse(name, args=[evidence.pk])).status_code == 404

    @pytest.mark.parametrize("kind", ["PNG", "JPEG"])
    def test_a_picture_is_drawn_anew_without_what_was_hidden_in_it(self, client, action, manager, kind):
        content = picture(kind, size=(3000, 2000), **({"exif": b"Exif\0\0secret place"} if kind == "JPEG" else {}))
        evidence = add(action, manager, content=Content(file=upload("a", content)))
        client.force_login(manager)
        assert "evidence-picture" not in text_of(client.get(evidence.get_absolute_url()))
        response = client.get(reverse("evidence-picture", args=[evidence.pk]))
        assert response["Content-Type"] == "image/jpeg"
        assert b"secret place" not in response.content
        assert len(response.content) < 100_000
        assert "sandbox" in response["Content-Security-Policy"]

    def test_a_link_or_a_note_has_no_file(self, client, action, manager):
        client.force_login(manager)
        note = EvidenceFactory(actions=[action])
        assert client.get(reverse("download-evidence", args=[note.pk])).status_code == 404

    def test_a_file_in_quarantine_is_opened_by_nobody(self, client, action, manager, no_clamd):
        evidence = add(action, manager, content=Content(file=upload("a.png", picture())))
        client.force_login(manager)
        response = client.get(reverse("download-evidence", args=[evidence.pk]), follow=True)
        assert "cannot be opened: waiting for a virus scan" in text_of(response)
        assert client.get(reverse("evidence-picture", args=[evidence.pk])).status_code == 404
        assert not AuditEvent.objects.filter(kind=AuditEvent.Kind.DOWNLOADED).exists()

    def test_files_have_no_address_of_their_own(self, client, manager, evidence):
        with pytest.raises(ValueError, match="no address of their own"):
            _ = evidence.file.url
        client.force_login(MembershipFactory(user__is_superuser=True, user__is_staff=True).user)
        response = client.get(reverse("admin:actions_evidence_change", args=[evidence.pk]))
        assert response.status_code == 200
        assert evidence.file.name not in response.content.decode()

    def test_what_was_withdrawn_is_kept_from_others_than_who_added_it_and_who_judges(self, client, action, manager):
        note = Content(note="Kit was seen on Monday.")
        evidence = services.withdraw(evidence=add(action, manager, content=note), by=manager, reason="A name.")
        file = services.withdraw(evidence=add(action, manager), by=manager, reason="A name.")
        client.force_login(MembershipFactory(role=Role.BOARD_MEMBER, partnership=action.review.partnership).user)
        for address in (evidence.get_absolute_url(), action.get_absolute_url()):
            page = text_of(client.get(address))
            assert "Kit was seen" not in page
            assert "Nine of ten" not in page
            assert "A name." in page
        assert client.get(reverse("download-evidence", args=[file.pk])).status_code == 403


class TestWhoMay:
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_a_stranger_finds_nothing_at_any_address(self, client, sign_in_as, evidence, method):
        sign_in_as(of=PartnershipFactory())
        for name in OF_EVIDENCE:
            response = getattr(client, method)(reverse(name, args=[evidence.pk]))
            assert response.status_code in ({404} if method == "get" else {404, 405}), name
        for name in OF_ACTION:
            assert getattr(client, method)(reverse(name, args=[evidence.actions.get().pk])).status_code == 404, name

    def test_a_board_member_sees_and_opens_but_changes_nothing(self, client, sign_in_as, evidence, action):
        sign_in_as(Role.BOARD_MEMBER, action.review.partnership)
        allowed = {"evidence", "download-evidence", "open-evidence"}
        for name in OF_EVIDENCE:
            expected = 200 if name in allowed else 404 if name == "evidence-picture" else 403
            assert status_of(client, name, evidence) == expected, name
        for name in OF_ACTION:
            assert client.get(reverse(name, args=[action.pk])).status_code == 403, name
        assert "Add evidence" not in text_of(client.get(action.get_absolute_url()))

    def test_a_lead_adds_and_withdraws_but_does_not_judge(self, client, sign_in_as, action):
        agency = AgencyFactory(partnerships=[action.review.partnership])
        action.lead_agency = agency
        remember(action, by=None, why="")
        lead = sign_in_as(Role.AGENCY_LEAD, agency)
        evidence = add(action, lead)
        for name in OF_EVIDENCE:
            expected = {"accept-evidence": 403, "return-evidence": 403, "evidence-picture": 404}.get(name, 200)
            assert status_of(client, name, evidence) == expected, name
        page = text_of(client.get(evidence.get_absolute_url()))
        assert "Withdraw" in page
        assert "Accept" not in page

    def test_an_action_that_a_person_may_not_see_is_not_named(self, client, sign_in_as, evidence, action):
        hidden = ActionFactory(
            recommendation__section__review__restricted=True,
            recommendation__section__review__partnership=action.review.partnership,
            text="Hidden action",
        )
        evidence.actions.add(hidden)
        sign_in_as(Role.BOARD_MEMBER, action.review.partnership)
        assert "Hidden" not in text_of(client.get(evidence.get_absolute_url()))


class TestWorking:
    def test_a_manager_returns_and_the_action_tells_it(self, client, manager, evidence, action):
        client.force_login(manager)
        post(client, "return-evidence", evidence.pk, reason="The date is missing.")
        page = text_of(client.get(action.get_absolute_url()))
        assert "Evidence returned: Audit" in page
        assert "The date is missing." in page

    def test_a_newer_version_takes_the_place_of_the_old(self, client, manager, evidence, action):
        client.force_login(manager)
        form = client.get(reverse("replace-evidence", args=[evidence.pk])).context["form"]
        assert form["title"].value() == "Audit"
        response = post(client, "replace-evidence", evidence.pk, **SAID, files=[upload("b.docx", word())])
        newer = Evidence.objects.get(replaces=evidence)
        assert response["Location"] == newer.get_absolute_url()
        for address in (evidence.get_absolute_url(), newer.get_absolute_url()):
            page = text_of(client.get(address))
            assert "Version 1" in page
            assert "Version 2" in page
        assert "There is a newer version: b ." in text_of(client.get(evidence.get_absolute_url()))

    def test_evidence_is_used_for_another_action_from_either_side(self, client, manager, evidence, action):
        client.force_login(manager)
        one, two = (ActionFactory(recommendation__section__review=action.review) for _ in range(2))
        post(client, "reuse-evidence", one.pk, chosen=[evidence.pk])
        post(client, "share-evidence", evidence.pk, chosen=[two.pk])
        assert set(evidence.actions.all()) == {action, one, two}

    def test_choosing_nothing_or_what_may_not_be_chosen_is_refused(self, client, manager, evidence):
        client.force_login(manager)
        assert "Choose at least one action" in text_of(post(client, "share-evidence", evidence.pk))
        foreign = ActionFactory()
        response = post(client, "share-evidence", evidence.pk, chosen=[foreign.pk])
        assert "cannot be chosen any more" in text_of(response)
        assert not foreign.evidence.exists()

    def test_what_is_offered_is_found_by_words(self, client, manager, evidence, action):
        client.force_login(manager)
        for text in ("Train the staff", "Write the policy"):
            ActionFactory(recommendation__section__review=action.review, text=text)
        page = text_of(client.get(reverse("share-evidence", args=[evidence.pk]) + "?text=policy"))
        assert "Write the policy" in page
        assert "Train the staff" not in page

    def test_a_rule_broken_is_told_on_the_page(self, client, manager, evidence):
        client.force_login(manager)
        services.withdraw(evidence=evidence, by=manager, reason="Wrong file.")
        response = client.post(reverse("accept-evidence", args=[evidence.pk]), follow=True)
        assert "This evidence has been withdrawn." in text_of(response)


class TestQueries:
    @pytest.mark.parametrize("name", ["action", "evidence", "reuse-evidence", "share-evidence"])
    def test_are_as_many_for_much_as_for_little(
        self, client, manager, evidence, action, name, django_assert_max_num_queries, django_assert_num_queries
    ):
        client.force_login(manager)

        def grow():
            other = ActionFactory(recommendation__section__review=action.review)
            evidence.actions.add(other)
            for each in (action, ActionFactory(recommendation__section__review=action.review)):
                services.return_(evidence=add(each, manager), by=manager, reason="Why.")
                newer = Content(note="Seen.")
                services.add_version(evidence=add(each, manager), by=manager, about=ABOUT, content=newer)

        grow()
        address = reverse(name, args=[evidence.pk if name in OF_EVIDENCE else action.pk])
        with django_assert_max_num_queries(24) as few:
            client.get(address)
        for _ in range(4):
            grow()
        with django_assert_num_queries(len(few)):
            client.get(address)
