"""Evidence packs: what is in one, for whom, under which names, and that it can be checked."""

import csv
import io
import os
import shutil
import subprocess
import tracemalloc
import unicodedata
import zipfile

import page as validation
import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.evidence import rights
from actions.evidence import services as evidence_services
from actions.models import Evidence
from actions.packs import contents, services
from scr_tracker import pdf as pdfs
from scr_tracker.history import remember, remember_new
from scr_tracker.models import AuditEvent, Job
from scr_tracker.permissions import Role
from tests.actions.evidence.files import pdf, upload
from tests.conftest import skip_or_fail
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    MembershipFactory,
    PartnershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.JOBS = "at-once"


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Wyvernshire Safeguarding Children Partnership")


@pytest.fixture
def police(partnership):
    return AgencyFactory(name="Wyvern Police", partnerships=[partnership])


@pytest.fixture
def action(partnership, police):
    about = {"recommendation__section__review__reference": "0319", "recommendation__number": "12"}
    return ActionFactory(
        recommendation__section__review__partnership=partnership, lead_agency=police, label="a", **about
    )


@pytest.fixture
def manager(partnership):
    return MembershipFactory(user__name="Siân Ahmed", partnership=partnership).user


@pytest.fixture
def quickly_set(monkeypatch):
    """Have the index set at once: most of these tests are not about its pages."""
    monkeypatch.setattr(pdfs, "render", lambda template, context: b"%PDF-1.7 " + template.encode())


def pdf_saying(words):
    return pdf(objects=b"%% %s\n" % words.encode("unicode-escape"))


def file_for(action, title="Minutes", content=None, name="minutes.pdf", by=None):
    said = evidence_services.About(title=title, kind="minutes", strength="said", what_it_shows="That it was agreed.")
    content = evidence_services.Content(file=upload(name, content or pdf_saying(title)))
    return evidence_services.add(action=action, by=by or UserFactory(), about=said, content=content)


@pytest.fixture
def packed(django_capture_on_commit_callbacks):
    """Return a function that asks for a pack as a person, and returns the job that has made its index."""

    def pack(about, by):
        with django_capture_on_commit_callbacks(execute=True):
            job = services.begin_pack(about=about, by=by)
        return Job.objects.get(pk=job.pk)

    return pack


def given(job, by):
    _, pieces = services.give_out(job=job, by=by)
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


def rows(archive):
    return list(csv.DictReader(io.StringIO(archive.read("Index.csv").decode("utf-8-sig"))))


@pytest.mark.usefixtures("quickly_set")
class TestWhatIsInAPack:
    def test_files_stand_under_the_name_of_their_action_and_links_and_notes_in_the_index(self, packed, action, manager):
        piece = file_for(action, "Minutes of the sub-group")
        EvidenceFactory(actions=[action], title="Audit", note="Nine of ten.")
        EvidenceFactory(actions=[action], title="Dashboard", note="", link="https://example.org/figures")
        archive = given(packed(action.review, manager), manager)
        assert archive.namelist() == [
            "Index.pdf",
            f"Evidence/{action.review}/12 a Minutes of the sub-group.pdf",
            "Index.csv",
            "SHA256SUMS",
        ]
        with piece.file.open() as file:
            assert archive.read(archive.namelist()[1]) == file.read()
        found = rows(archive)
        assert [each["Title"] for each in found] == ["Minutes of the sub-group", "Audit", "Dashboard"]
        assert found[0]["SHA-256"] == piece.sha256
        assert (found[1]["Note"], found[1]["Where it is"]) == ("Nine of ten.", "In this index")
        assert found[2]["Link"] == "https://example.org/figures"
        assert {each["Recommendation or action"] for each in found} == {"12 a"}

    def test_returned_replaced_withdrawn_and_quarantined_pieces_are_told_apart(self, packed, action, manager):
        accepted, returned, withdrawn, waiting = (
            file_for(action, title) for title in ("Accepted", "Returned", "Withdrawn", "Waiting")
        )
        evidence_services.accept(evidence=accepted, by=manager)
        evidence_services.return_(evidence=returned, by=manager, reason="It is not signed.")
        evidence_services.withdraw(evidence=withdrawn, by=manager, reason="It names a child.")
        waiting.scan = Evidence.Scan.WAITING
        remember(waiting, by=None, why="Virus scan")
        said = evidence_services.About(title="Newer", kind="minutes", strength="", what_it_shows="")
        content = evidence_services.Content(file=upload("newer.pdf", pdf_saying("newer")))
        evidence_services.add_version(evidence=accepted, by=manager, about=said, content=content)
        archive = given(packed(action.review, manager), manager)
        folders = {name.split("/")[0]: name for name in archive.namelist() if "/" in name}
        assert folders["Evidence"].endswith("12 a Newer.pdf")
        assert folders["Returned"].endswith("12 a Returned.pdf")
        assert folders["Replaced"].endswith("12 a Accepted.pdf")
        found = {each["Title"]: each for each in rows(archive)}
        assert found["Returned"]["Standing"] == "Returned: It is not signed."
        assert found["Accepted"]["Standing"] == "Replaced by no. 4 (was: Accepted)"
        assert found["Waiting"]["Where it is"] == "Left out: it is in quarantine"
        assert "Withdrawn" not in found
        assert "names a child" not in archive.read("Index.csv").decode()

    def test_what_is_packed_is_open_to_who_has_it(self, packed, action, manager):
        evidence = [file_for(action), EvidenceFactory(actions=[action])]
        archive = given(packed(action.review, manager), manager)
        assert len(rows(archive)) == len(evidence)
        assert all(rights.of(manager, each).open for each in evidence)

    def test_nothing_in_the_index_is_a_formula(self, packed, action, manager):
        EvidenceFactory(actions=[action], title='=HYPERLINK("http://example.org")', note="+1")
        found = rows(given(packed(action.review, manager), manager))
        assert found[0]["Title"] == '\'=HYPERLINK("http://example.org")'
        assert found[0]["Note"] == "'+1"

    def test_a_piece_that_serves_two_actions_is_packed_once(self, packed, action, manager):
        other = ActionFactory(recommendation=action.recommendation, label="b")
        piece = file_for(action)
        evidence_services.reuse(evidence=piece, actions=[other], by=manager)
        found = rows(given(packed(action.review, manager), manager))
        assert [each["Recommendation or action"] for each in found] == ["12 a, 12 b"]

    def test_without_evidence_the_job_says_so(self, packed, action, manager):
        assert packed(action.review, manager).problem == "There is no evidence to pack yet."


@pytest.mark.usefixtures("quickly_set")
class TestNames:
    def test_hostile_titles_make_names_that_every_system_can_keep(self, packed, action, manager):
        titles = [
            *("../../etc/passwd", "..\\..\\windows", "/root", "CON", "a:b*c?d", "x\ny\u202egpj.exe"),
            *("Łódź Şükrü Siân", "Protokół 3/4", "same", "SAME", "same.", "z" * 200, "ж" * 200, " . "),
        ]
        for number, title in enumerate(titles):
            file_for(action, title, content=pdf_saying(f"file {number}"))
        archive = given(packed(action.review, manager), manager)
        names = [name for name in archive.namelist() if "/" in name]
        assert len(names) == len(titles)
        assert len({name.casefold() for name in names}) == len(names)
        for name in names:
            assert name == unicodedata.normalize("NFC", name)
            assert name.count("/") == 2
            assert name.endswith(".pdf")
            assert not set(name) & set('\\:*?"<>|')
            assert not any(unicodedata.category(letter).startswith("C") for letter in name)
            assert all(part.strip(". ") == part and part for part in name.split("/"))
            assert len(name.encode()) <= 190
        assert any("Łódź Şükrü Siân" in name for name in names)
        assert any("Protokół 3-4" in name for name in names)

    def test_unpacked_it_stays_in_its_folder_and_sha256sum_agrees(self, packed, action, manager, tmp_path):
        if not shutil.which("sha256sum"):
            skip_or_fail("sha256sum is not installed: apt-get install -y coreutils.")
        for title in ("Łódź", "../../up", "two"):
            file_for(action, title)
        folder = tmp_path / "here" / "pack"
        archive = given(packed(action.review, manager), manager)
        archive.extractall(folder)
        assert {path.parent.name for path in (tmp_path / "here").iterdir()} == {"here"}
        check = ["sha256sum", "--strict", "-c", "SHA256SUMS"]
        done = subprocess.run(check, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count(": OK") == 5  # three files and the index, twice


@pytest.mark.usefixtures("quickly_set")
class TestAChangedFile:
    def spoil(self, piece):
        name = piece.file.name
        default_storage.delete(name)
        default_storage.save(name, io.BytesIO(b"something else"))

    def test_is_left_out_when_the_pack_is_made(self, packed, action, manager):
        spoilt, gone, _ = (file_for(action, title) for title in ("Spoilt", "Gone", "Whole"))
        self.spoil(spoilt)
        default_storage.delete(gone.file.name)
        archive = given(packed(action.review, manager), manager)
        assert [name for name in archive.namelist() if "/" in name] == [f"Evidence/{action.review}/12 a Whole.pdf"]
        assert [each["Where it is"] for each in rows(archive)][:2] == [
            "Left out: its file is not the one that was uploaded",
            "Left out: its file is missing",
        ]
        noted = AuditEvent.objects.filter(kind=AuditEvent.Kind.FILE_CHANGED)
        assert {each.detail["evidence"] for each in noted} == {spoilt.pk, gone.pk}

    def test_is_left_out_when_it_changed_after_the_pack_was_made(self, packed, action, manager):
        spoilt, _ = file_for(action, "Spoilt"), file_for(action, "Whole")
        job = packed(action.review, manager)
        self.spoil(spoilt)
        archive = given(job, manager)
        assert "Spoilt" not in "".join(archive.namelist())
        assert "Spoilt" not in archive.read("SHA256SUMS").decode()
        assert rows(archive)[0]["Where it is"] == "Left out: its file is not the one that was uploaded"
        assert AuditEvent.objects.filter(kind=AuditEvent.Kind.FILE_CHANGED, by=manager).exists()

    def test_is_left_out_when_it_was_withdrawn_after_the_pack_was_made(self, packed, action, manager):
        piece, _ = file_for(action, "Taken back"), file_for(action, "Whole")
        job = packed(action.review, manager)
        evidence_services.withdraw(evidence=piece, by=manager, reason="It names a child.")
        archive = given(job, manager)
        assert "Taken back" not in "".join(archive.namelist())
        assert rows(archive)[0]["Where it is"] == "Left out: it was withdrawn"


@pytest.mark.usefixtures("quickly_set")
class TestWhoGetsWhat:
    def test_an_agency_lead_gets_their_own_agencys_evidence_that_they_see(self, packed, action, police, partnership):
        lead = MembershipFactory(agency_lead=True, agency=police).user
        file_for(action, "Ours")
        beside = ActionFactory(
            recommendation=action.recommendation, lead_agency=AgencyFactory(partnerships=[partnership])
        )
        file_for(beside, "Theirs")
        hidden = ActionFactory(
            recommendation__section__review__partnership=partnership,
            recommendation__section__review__restricted=True,
            lead_agency=police,
        )
        file_for(hidden, "Restricted")
        archive = given(packed(police, lead), lead)
        assert [each["Title"] for each in rows(archive)] == ["Ours"]
        assert "Theirs" not in "".join(archive.namelist())
        assert list(contents.agencies_for(lead)) == [police]
        assert not contents.reviews_for(lead)

    def test_a_manager_gets_of_an_agency_only_what_is_in_their_partnership(self, packed, action, police, manager):
        elsewhere = PartnershipFactory()
        police.partnerships.add(elsewhere)
        foreign = ActionFactory(recommendation__section__review__partnership=elsewhere, lead_agency=police)
        file_for(action, "Ours")
        file_for(foreign, "Elsewhere")
        assert [each["Title"] for each in rows(given(packed(police, manager), manager))] == ["Ours"]

    def test_board_members_choose_among_the_reviews_that_they_see_whole(self, action, partnership):
        member = MembershipFactory(partnership=partnership, role=Role.BOARD_MEMBER).user
        restricted = ActionFactory(
            recommendation__section__review__partnership=partnership,
            recommendation__section__review__restricted=True,
        )
        assert list(contents.reviews_for(member)) == [action.review]
        restricted.review.named_people.add(member)
        assert set(contents.reviews_for(member)) == {action.review, restricted.review}
        assert not contents.agencies_for(member)

    def test_who_may_no_longer_see_something_gets_no_pack(self, packed, action, police, client):
        lead = MembershipFactory(agency_lead=True, agency=police).user
        file_for(action)
        job = packed(police, lead)
        action.review.restricted = True
        remember(action.review, by=None, why="Criminal proceedings")
        client.force_login(lead)
        response = client.get(reverse("download-evidence-pack", args=[job.pk]), follow=True)
        assert "What you may see, or its index, has changed since this pack was made" in response.content.decode()
        assert not AuditEvent.objects.filter(kind=AuditEvent.Kind.DOWNLOADED).exists()

    def test_whose_role_has_ended_gets_no_pack(self, packed, action, manager):
        file_for(action)
        job = packed(action.review, manager)
        manager.memberships.first().delete()
        del manager.holds
        with pytest.raises(services.RuleBroken):
            services.give_out(job=job, by=manager)

    def test_asking_and_downloading_are_in_the_audit_log(self, packed, action, manager):
        piece = file_for(action)
        given(packed(action.review, manager), manager)
        asked, had = AuditEvent.objects.filter(about=f"Evidence pack: {action.review}").order_by("pk")
        assert (asked.kind, asked.by, asked.detail["review"]) == ("exported", manager, action.review_id)
        assert (had.kind, had.by, had.detail["evidence"]) == ("downloaded", manager, [piece.pk])


@pytest.mark.usefixtures("quickly_set")
class TestManyPieces:
    def many(self, action, number, one):
        """Let so many pieces serve an action, all with the same file."""
        names = ("title", "file", "file_name", "content_type", "size", "sha256", "uploaded_by", "uploaded_at")
        about = {name: getattr(one, name) for name in names}
        made = remember_new([Evidence(**about) for _ in range(number)], by=None, why="Evidence added")
        through = Evidence.actions.through
        through.objects.bulk_create([through(evidence=each, action=action) for each in made])

    def costs(self, job, by):
        """Return how many queries a download takes, and how much memory its pieces take at most."""
        with CaptureQueriesContext(connection) as asked:
            _, pieces = services.give_out(job=job, by=by)
            tracemalloc.start()
            for _ in pieces:
                pass
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return len(asked), most

    def test_take_as_many_queries_as_few_and_little_memory(self, packed, action, manager):
        one = file_for(action)
        contents.of(manager, review=action.review)  # reads what is read once for a request
        with CaptureQueriesContext(connection) as few:
            contents.of(manager, review=action.review)
        few_queries, _ = self.costs(packed(action.review, manager), manager)
        self.many(action, 2000, one)
        with CaptureQueriesContext(connection) as many:
            found = contents.of(manager, review=action.review)
        assert len(found.lines) == 2001
        assert len({line.path.casefold() for line in found.lines}) == 2001
        assert len(many) == len(few)
        queries, most = self.costs(packed(action.review, manager), manager)
        assert queries == few_queries
        assert most < 12_000_000

    def test_a_large_file_is_sent_in_constant_memory(self, packed, action, manager):
        # Random figures, so that compressing them saves little.
        file_for(action, content=os.urandom(8_000_000).hex().encode(), name="figures.txt")
        job = packed(action.review, manager)
        _, pieces = services.give_out(job=job, by=manager)
        tracemalloc.start()
        sent = sum(map(len, pieces))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert sent > 8_000_000
        assert most < 6_000_000

    def test_beyond_the_limits_of_old_zip_files_it_is_zip64(self, packed, action, manager, monkeypatch):
        monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 500)
        monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2)
        file_for(action)
        job = packed(action.review, manager)
        _, pieces = services.give_out(job=job, by=manager)
        made = b"".join(pieces)
        assert b"PK\x06\x06" in made
        monkeypatch.undo()
        assert zipfile.ZipFile(io.BytesIO(made)).testzip() is None


class TestTheIndex:
    def test_meets_pdf_ua_and_says_everything(self, packed, action, manager, readable):
        EvidenceFactory(actions=[action], title="Łódź audit", note="Nine of ten.\nThe tenth was late.")
        EvidenceFactory(actions=[action], title="Figures", note="", link="https://example.org/figures")
        returned = file_for(action, "Returned minutes")
        evidence_services.return_(evidence=returned, by=manager, reason="It is not signed.")
        made = given(packed(action.review, manager), manager).read("Index.pdf")
        found = validation.validate_pdf_bytes(made, profile=validation.ValidationProfile.PDF_UA_1)
        assert found.is_compliant, str(found)
        text = " ".join(" ".join(readable(made)).split())
        for words in ("Łódź audit", "The tenth was late.", "https://example.org/figures", "It is not signed."):
            assert words in text
        assert returned.sha256[:32] in text
        assert returned.sha256[32:] in text


@pytest.mark.usefixtures("quickly_set")
class TestThePages:
    def test_from_the_review_to_the_download(
        self, client, action, manager, fill_in, django_capture_on_commit_callbacks
    ):
        file_for(action)
        client.force_login(manager)
        address = f"{reverse('new-evidence-pack')}?review={action.review_id}"
        assert address in client.get(action.review.get_absolute_url()).content.decode()
        assert f'<option value="review-{action.review_id}" selected' in client.get(address).content.decode()
        with django_capture_on_commit_callbacks(execute=True):
            response = fill_in(address, about=f"review-{action.review_id}")
        page = client.get(response["Location"], follow=True)
        assert "1 file." in page.content.decode()
        response = client.get(f"{page.request['PATH_INFO']}download/")
        assert response["Content-Type"] == "application/zip"
        assert (
            "Evidence%20pack" in response["Content-Disposition"] or "Evidence pack" in response["Content-Disposition"]
        )
        assert zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))).testzip() is None

    def test_a_pack_is_there_only_for_who_asked_for_it(self, client, packed, action, manager, partnership):
        file_for(action)
        job = packed(action.review, manager)
        client.force_login(MembershipFactory(partnership=partnership).user)
        for name in ("evidence-pack", "download-evidence-pack"):
            assert client.get(reverse(name, args=[job.pk])).status_code == 404

    def test_what_one_may_not_take_out_is_not_offered_and_not_taken(self, client, fill_in, action, police):
        lead = MembershipFactory(agency_lead=True, agency=police).user
        client.force_login(lead)
        response = fill_in(reverse("new-evidence-pack"), about=f"review-{action.review_id}")
        assert response.status_code == 200
        assert not Job.objects.exists()

    def test_a_pack_that_was_cleared_away_says_so(self, client, packed, action, manager):
        file_for(action)
        job = packed(action.review, manager)
        default_storage.delete(f"evidence-packs/{job.pk}.json")
        client.force_login(manager)
        assert "has been cleared away" in client.get(reverse("evidence-pack", args=[job.pk])).content.decode()
        again = client.get(reverse("download-evidence-pack", args=[job.pk]), follow=True)
        assert "has been cleared away" in again.content.decode()
