"""The public response: what it holds and what it never holds, and all that stands between it and the public."""

import json
import zipfile
from datetime import date, timedelta
from io import BytesIO

import docx
import openpyxl
import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from actions import issuing, publishing
from actions.models import Approval, Clearance, Meeting, Report, ReportDraft, ReportKind
from actions.reports import Edition, Order, file_name
from actions.reports.excel import as_excel
from actions.reports.kinds import KINDS
from actions.reports.word import as_word
from reviews.models import Publication, Review
from scr_tracker import pdf as pdfs
from scr_tracker.models import Job
from scr_tracker.permissions import Role
from scr_tracker.rules import RuleBroken
from tests.conftest import hidden
from tests.factories import (
    ActionFactory,
    EvidenceFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    ResponseFactory,
    ReviewFactory,
    SectionFactory,
    UpdateFactory,
    UserFactory,
)

from .test_forms import text_of_page
from .test_pages import assert_meets_pdf_ua, bookmarks

pytestmark = pytest.mark.django_db

KIND = KINDS[ReportKind.PUBLIC_RESPONSE]


def secret(name):
    return f"Zq{name}zq"


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Wyvernshire Safeguarding Children Partnership", protective_marking=secret("mark"))


@pytest.fixture
def withheld(partnership):
    """A review withheld from publication, whose plan has a marker in every field that is not public."""
    review = ReviewFactory(
        partnership=partnership,
        reference=secret("ref"),
        pseudonym=secret("pseudonym"),
        publication=Publication.WITHHELD,
        publication_reason=secret("reason"),
        lead_reviewer=secret("reviewer"),
        report_url="https://example.org/zqurlzq",
        plan_title=secret("title"),
        plan_notes=secret("note"),
        plan_keys=[{"heading": secret("key"), "items": [secret("key")]}],
        plan_columns=[{"field": "recommendation", "heading": secret("column")}],
        as_printed={"partnership": secret("place"), "review_name": secret("place")},
    )
    section = SectionFactory(
        review=review, number="1", title="Policing", order=1, as_printed={"heading": secret("heading")}
    )
    words = ["Ask who lives there.", "Ask again each year.", "Keep the answers."]
    first, second, third = (
        RecommendationFactory(
            section=section,
            number=str(order),
            order=order,
            text=text,
            intended_outcome=secret("outcome"),
            action_intro=secret("intro"),
            evidence_expected=secret("evidence"),
            completion_evidence=secret("done"),
            acceptance="not_accepted",
            acceptance_reason=secret("reason"),
            as_printed={"status": secret("status"), "lead": secret("lead"), "progress": secret("progress")},
            source_place=secret("place"),
        )
        for order, text in enumerate(words, start=1)
    )
    assert third.number == "3"
    ResponseFactory(
        review=review,
        recommendations=[first, second],
        text="We ask at every visit.\nWe ask at every review.",
        as_printed={"heading": secret("heading")},
    )
    action = ActionFactory(
        recommendation=first,
        text=secret("task"),
        lead_officers=[secret("officer")],
        intended_outcome=secret("outcome"),
        completion_evidence=secret("done"),
        as_printed={"target_date": secret("date")},
        source_place=secret("place"),
    )
    UpdateFactory(action=action, by=UserFactory(name=secret("author")), what_was_done=secret("update"))
    EvidenceFactory(actions=[action], title=secret("evidence"), note=secret("evidence"))
    return review


@pytest.fixture
def published(partnership):
    review = ReviewFactory(
        partnership=partnership,
        reference="0319",
        pseudonym="Kit",
        publication=Publication.PUBLISHED,
        published_on=date(2026, 5, 4),
    )
    recommendation = RecommendationFactory(section__review=review, number="1", text="Weigh babies at each visit.")
    ResponseFactory(review=review, recommendations=[recommendation], text="Every team has scales.")
    return review


def ordered(*reviews, **chosen):
    return Order(partnership=reviews[0].partnership, reviews=reviews, **chosen)


def drafted(*reviews, by=None, **chosen):
    chosen = {"kind": ReportKind.PUBLIC_RESPONSE, "partnership": reviews[0].partnership} | chosen
    return issuing.begin_draft(by=by or UserFactory(), reviews=list(reviews), **chosen)


@pytest.fixture
def issued(django_capture_on_commit_callbacks):
    """Return a function that has a draft issued."""

    def issue(draft):
        with django_capture_on_commit_callbacks(execute=True):
            draft = issuing.issue(draft=draft, by=draft.begun_by)
        job = Job.objects.get(pk=draft.job_id)
        assert job.state == Job.State.DONE, job.problem
        return Report.objects.get(draft=draft)

    return issue


def approved(draft):
    issuing.approve_draft(draft=draft, by=UserFactory())
    return draft


def uncleared(draft):
    return publishing.Standing(draft, issuing.would_be(draft)).uncleared


def all_of(office_file):
    """Return everything that a file of Word or Excel holds, in the pages and beside them."""
    with zipfile.ZipFile(BytesIO(office_file)) as file:
        return "".join(file.namelist()) + "".join(file.read(name).decode() for name in file.namelist())


def everything_in(pdf):
    """Return every string of a PDF's objects beside its pages: metadata, bookmarks, names."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        said = [str(value) for value in opened.docinfo.values()]
        said += [str(title) for title in bookmarks(pdf)]
        for each in opened.objects:
            if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/XML":
                said.append(each.read_bytes().decode())
            elif isinstance(each, pikepdf.Dictionary):
                said += [str(value) for value in each.values() if isinstance(value, pikepdf.String)]
    return "\n".join(said)


class TestWhatItHolds:
    def test_recommendations_with_their_responses_and_shared_ones_once(self, withheld):
        (review,) = KIND.of(ordered(withheld)).reviews
        (section,) = review.sections
        together, alone = section.answers
        assert [each.number for each in together.recommendations] == ["1", "2"]
        assert together.heading == "Response to recommendations 1 and 2"
        assert together.response == ("We ask at every visit.", "We ask at every review.")
        assert alone.response == ("Not accepted.",)

    def test_a_response_given_before_is_referred_to(self, withheld):
        later = RecommendationFactory(
            section=SectionFactory(review=withheld, title="Health", order=2), number="9", text="Write it down."
        )
        withheld.responses.get().recommendations.add(later)
        (_, health) = KIND.of(ordered(withheld)).reviews[0].sections
        assert health.answers[0].response == ("See the response to recommendations 1 and 2.",)

    def test_nothing_that_is_not_on_the_list(self, withheld, published, readable):
        meeting = Meeting.objects.create(
            partnership=withheld.partnership, name=secret("meeting"), date=date(2026, 1, 1)
        )
        chosen = {"meeting": meeting, "marking": secret("mark"), "decisions": secret("decision")}
        for reviews in ((withheld,), (withheld, published)):
            report = KIND.of(ordered(*reviews, introduction="For everybody.", **chosen))
            pdf = KIND.as_pdf(report, Edition(made_at=timezone.now(), version=1))
            outline = KIND.outline(report, Edition(made_at=timezone.now(), version=1))
            page = text_of_page(report, KIND)
            word, excel = as_word(outline), as_excel(outline)
            pages = "\n".join(readable(pdf))
            assert "For everybody." in pages
            assert "We ask at every visit." in pages
            for said in (
                *(pages, everything_in(pdf), page, all_of(word), all_of(excel)),
                *(str(report.to_dict()), report.title, file_name(report)),
            ):
                assert "zq" not in said.lower()

    def test_the_name_of_a_review_only_once_it_is_published(self, withheld, published):
        report = KIND.of(ordered(published, withheld))
        assert [each.full for each in report.heading.reviews] == [
            "Local Child Safeguarding Practice Review 0319 Kit",
            "Local Child Safeguarding Practice Review",
        ]
        published.publication = Publication.TO_BE_PUBLISHED
        published.save()
        assert "Kit" not in str(KIND.of(ordered(published)).to_dict())

    def test_a_name_that_was_public_once_is_not_told_again(self, published, clock):
        then = timezone.now()
        clock.shift(timedelta(days=9))
        published.publication, published.publication_reason = Publication.WITHHELD, "A retrial."
        published.save()
        assert "Kit" not in str(KIND.of(ordered(published, as_at=then)).to_dict())

    def test_it_comes_back_from_json(self, withheld, published):
        report = KIND.of(ordered(withheld, published))
        assert KIND.restored(report.to_dict()) == report

    def test_it_is_an_accessible_pdf(self, withheld, published):
        assert_meets_pdf_ua(KIND.as_pdf(KIND.of(ordered(withheld, published))))

    def test_without_an_edition_it_says_that_it_is_a_draft(self, published, readable):
        report = KIND.of(ordered(published))
        assert "not approved for publication" in "".join(readable(KIND.as_pdf(report)))

    def test_every_word_of_a_real_one_stands_in_it(self, shared_plans, readable, run_together):
        PartnershipFactory(name="Elsewhere")
        document = shared_plans / "documents" / "GLOS.docx"
        call_command("import_plan", str(document), partnership="Elsewhere", review="0500", verbosity=0)
        pdf = KIND.as_pdf(KIND.of(ordered(Review.objects.get(partnership__name="Elsewhere"))))
        assert_meets_pdf_ua(pdf)
        read = run_together("".join(readable(pdf)))
        truth = json.loads((shared_plans / "truth" / "GLOS.json").read_text())
        recommended = [each for section in truth["sections"] for each in section["recommendations"]]
        words = [line for each in recommended for line in f"{each['text']}\n{each['response']}".split("\n")]

        def stands(line):
            """Whether a line stands there, perhaps in two pieces on two pages."""
            return line in read or any(line[:at] in read and line[at:] in read for at in range(1, len(line)))

        assert [line for line in words if not stands(run_together(line))] == []


class TestTheCheck:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("Ask Zqpseudonymzq too.", "name"),
            ("Written by Siân Ruthven.", "name"),
            ("Told by Ruthven.", "name"),
            ("HW was seen.", "initials"),
            ("Born on 3 April 2011.", "birth"),
            ("Number 943 476 5919.", "nhs_number"),
            ("Write to ann@trust.example.", "email"),
        ],
    )
    def test_finds_what_might_identify_somebody(self, withheld, published, text, kind):
        UserFactory(name="Siân Ruthven")
        response = published.responses.get()
        response.text = text
        response.save()
        assert [each.finding.kind for each in uncleared(drafted(published))] == [kind]

    def test_looks_into_the_introduction_and_the_file_too(self, published, partnership):
        partnership.name = "Partnership of Dr Fenwick"
        partnership.save()
        wheres = {each.finding.where for each in uncleared(drafted(published, introduction="By Mr Vance."))}
        assert wheres == {"What the file says of itself: author", "Introduction"}

    def test_must_be_cleared_with_a_reason_before_issue(self, published, issued):
        draft = drafted(published, introduction="Mr Vance asked for it.")
        with pytest.raises(RuleBroken, match="1 still to look at"):
            issuing.issue(draft=draft, by=draft.begun_by)
        with pytest.raises(RuleBroken, match="Clear what might identify"):
            issuing.approve_draft(draft=draft, by=UserFactory())
        by = UserFactory(name="Morgan Hale")
        issuing.clear_finding(draft=draft, finding=uncleared(draft)[0].fingerprint, by=by, reason="A novel's hero.")
        kept = Clearance.objects.get()
        assert (kept.words, kept.place, kept.reason, kept.by) == ("Mr Vance", "Introduction", "A novel's hero.", by)
        assert issued(approved(draft)).kind == ReportKind.PUBLIC_RESPONSE

    def test_a_clearance_holds_until_the_text_changes(self, published):
        draft = drafted(published, introduction="Mr Vance asked for it.")
        said = {"draft": draft, "by": draft.begun_by, "reviews": [published]}
        issuing.clear_finding(
            draft=draft, finding=uncleared(draft)[0].fingerprint, by=draft.begun_by, reason="A novel's hero."
        )
        issuing.change_draft(**said, version=2)
        assert not uncleared(ReportDraft.objects.get())
        issuing.change_draft(**said, introduction="Mr Vance refused it.")
        assert len(uncleared(ReportDraft.objects.get())) == 1

    def test_a_file_that_says_more_of_itself_is_not_issued(self, published, monkeypatch, issued):
        draft, render = approved(drafted(published)), pdfs.render

        def telling(template, context):
            with pikepdf.open(BytesIO(render(template, context))) as opened:
                opened.docinfo["/Keywords"] = "Kit"
                opened.save(out := BytesIO())
            return out.getvalue()

        monkeypatch.setattr(pdfs, "render", telling)
        with pytest.raises(AssertionError, match="says more of itself"):
            issued(draft)
        assert not Report.objects.exists()

    def test_its_word_and_excel_files_say_whose_they_are_and_no_more(self, published, issued):
        report = issued(approved(drafted(published)))
        metadata = KIND.restored(report.data).metadata
        assert {file.form for file in report.files.all()} == {"docx", "xlsx"}
        for file in report.files.all():
            with file.file.open() as kept:
                opened = kept.read()
            read = docx.Document if file.form == "docx" else openpyxl.load_workbook
            properties = getattr(read(BytesIO(opened)), "core_properties" if file.form == "docx" else "properties")
            author = properties.author if file.form == "docx" else properties.creator
            assert (properties.title, author) == (metadata["Title"], metadata["Author"])
            with zipfile.ZipFile(BytesIO(opened)) as pieces:
                assert not [name for name in pieces.namelist() if "custom" in name or "thumbnail" in name]

    @pytest.mark.parametrize("form", ["docx", "xlsx"])
    @pytest.mark.parametrize(
        ("name", "more"),
        [
            ("docProps/core.xml", b'<more:keywords xmlns:more="urn:more">Kit</more:keywords>'),
            ("docProps/app.xml", b'<more:Manager xmlns:more="urn:more">Mr Vance</more:Manager>'),
            ("docProps/custom.xml", b"<Properties/>"),
        ],
    )
    def test_a_file_of_word_or_excel_that_says_more_is_not_issued(self, published, form, name, more):
        report = KIND.of(ordered(published))
        edition = Edition(made_at=timezone.now(), version=1)
        pdf, content = KIND.as_pdf(report, edition), KIND.written(form, report, edition)
        publishing.check_files(report, pdf, {form: content})
        with zipfile.ZipFile(BytesIO(content)) as made, zipfile.ZipFile(out := BytesIO(), "w") as file:
            pieces = {each: made.read(each) for each in made.namelist()}
            before, close, end = pieces.get(name, b"").rpartition(b"</")
            for each, said in (pieces | {name: before + more + close + end}).items():
                file.writestr(each, said)
        with pytest.raises(RuleBroken, match="says more of itself"):
            publishing.check_files(report, pdf, {form: out.getvalue()})

    def test_clearances_and_approvals_are_only_ever_added(self, published):
        draft = approved(drafted(published))
        with pytest.raises(TypeError, match="only ever added to"):
            draft.approvals.get().delete()
        if connection.vendor == "postgresql":
            with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
                connection.cursor().execute("UPDATE actions_approval SET fingerprint = ''")


class TestTheApproval:
    def test_is_somebody_elses_than_an_authors(self, published):
        draft, second = drafted(published), UserFactory()
        issuing.change_draft(draft=draft, by=second, reviews=[published], introduction="For everybody.")
        for author in (draft.begun_by, second):
            with pytest.raises(RuleBroken, match="did not write"):
                issuing.approve_draft(draft=draft, by=author)
        assert not Approval.objects.exists()

    def test_is_needed_before_issue(self, published):
        draft = drafted(published)
        with pytest.raises(RuleBroken, match="must approve"):
            issuing.issue(draft=draft, by=draft.begun_by)

    def test_lapses_when_the_response_reads_otherwise(self, published, issued):
        draft = approved(drafted(published))
        response = published.responses.get()
        response.text = "Half of the teams have scales."
        response.save()
        with pytest.raises(RuleBroken, match="must approve"):
            issuing.issue(draft=draft, by=draft.begun_by)
        assert issued(approved(draft))

    def test_is_of_public_responses_alone(self, published):
        with pytest.raises(RuleBroken, match="to be published"):
            issuing.approve_draft(draft=drafted(published, kind=ReportKind.MONITORING), by=UserFactory())

    def test_is_asked_for_on_the_command_line_too(self, published, partnership, tmp_path):
        by = MembershipFactory(partnership=partnership).user.email
        with pytest.raises(CommandError, match="must approve"):
            call_command("report", "0319", kind="public_response", issue=True, by=by)
        out = tmp_path / "response.pdf"
        call_command("report", "0319", kind="public_response", output=str(out), verbosity=0)
        assert out.read_bytes().startswith(b"%PDF-")


class TestTheEmbargo:
    def test_lets_only_business_managers_see_it_until_then(self, client, sign_in_as, published, issued, clock):
        draft = approved(drafted(published, embargo_until=timezone.now() + timedelta(days=3)))
        report = issued(draft)
        seen = {}
        for days in (0, 4):
            clock.shift(timedelta(days=days))
            for role in (Role.BUSINESS_MANAGER, Role.BOARD_MEMBER):
                sign_in_as(role, published.partnership)
                pages = [client.get(reverse(name, args=[report.pk])) for name in ("report", "download-report")]
                seen[days, role] = [page.status_code for page in pages]
                assert all(b"".join(page.streaming_content) for page in pages if page.streaming)
                listed = report.title in client.get(reverse("report-list")).content.decode()
                assert listed == (seen[days, role] == [200, 200])
        assert seen[0, Role.BOARD_MEMBER] == [404, 404]
        assert all(seen[key] == [200, 200] for key in seen if key != (0, Role.BOARD_MEMBER))

    def test_an_older_version_does_not_tell_of_one_under_embargo(self, client, sign_in_as, published, issued):
        old = issued(approved(drafted(published)))
        until = timezone.now() + timedelta(days=3)
        issued(approved(drafted(published, supersedes=old, version=2, embargo_until=until)))
        sign_in_as(Role.BOARD_MEMBER, published.partnership)
        assert "later version" not in client.get(old.get_absolute_url()).content.decode()

    def test_is_of_public_responses_alone(self, published):
        until = timezone.now() + timedelta(days=3)
        with pytest.raises(RuleBroken, match="Only a public response"):
            drafted(published, kind=ReportKind.MONITORING, embargo_until=until)
        with pytest.raises(RuleBroken, match="select no agency"):
            drafted(published, agencies=[None])


class TestThePages:
    def test_lead_from_a_finding_to_the_issued_response(
        self, client, sign_in_as, published, partnership, fill_in, django_capture_on_commit_callbacks
    ):
        author = sign_in_as(of=partnership)
        draft = drafted(published, by=author, introduction="Mr Vance asked for it.")

        def page():
            return client.get(draft.get_absolute_url()).content.decode()

        def press(name):
            form = client.get(draft.get_absolute_url()).context["form"]
            return client.post(reverse(name, args=[draft.pk]), hidden(form), follow=True).content.decode()

        assert "1 of 1 still to look at" in page()
        assert "Issue version" not in page()
        address = reverse("clear-finding", args=[draft.pk, uncleared(draft)[0].fingerprint])
        assert "Say why these words" in fill_in(address, reason="").content.decode()
        fill_in(address, reason="A novel's hero.")
        assert "A novel&#x27;s hero." in page()
        assert "Approve it" not in page()
        assert "did not write" in press("approve-report")
        sign_in_as(of=partnership)
        assert "Approve it as it reads now" in page()
        assert "Approved as it reads now by" in press("approve-report")
        with django_capture_on_commit_callbacks(execute=True):
            press("issue-report")
        assert "Public response" in client.get(Report.objects.get().get_absolute_url()).content.decode()

    def test_are_chosen_on_the_form_with_an_embargo(self, client, sign_in_as, published, partnership, fill_in):
        sign_in_as(of=partnership)
        chosen = {
            "kind": "public_response",
            "reviews": [published.pk],
            "report_version": "1",
            "protective_marking": "OFFICIAL",
        }
        past = {"embargo_day_day": "1", "embargo_day_month": "1", "embargo_day_year": "2001"}
        assert "Enter a moment to come" in fill_in(reverse("new-report"), **chosen, **past).content.decode()
        fill_in(reverse("new-report"), **chosen, **(past | {"embargo_day_year": "2099"}), embargo_time="09:30")
        until = timezone.localtime(ReportDraft.objects.get().embargo_until)
        assert (until.year, until.hour, until.minute) == (2099, 9, 30)

    def test_are_not_there_for_others(self, client, sign_in_as, published, partnership):
        draft = drafted(published)
        for role, where in ((Role.BOARD_MEMBER, partnership), (Role.BUSINESS_MANAGER, PartnershipFactory())):
            sign_in_as(role, where)
            for address in (
                reverse("approve-report", args=[draft.pk]),
                reverse("clear-finding", args=[draft.pk, "0" * 64]),
            ):
                assert client.post(address).status_code == 404
