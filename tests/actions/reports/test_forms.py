"""A report is the same as PDF, Word, Excel and page: every figure and text of its frozen data stands in each."""

import io
import re
import zipfile
from dataclasses import fields
from datetime import date, datetime, timedelta
from html import unescape

import docx
import openpyxl
import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from actions import issuing
from actions.models import Report
from actions.reports import Edition, as_pdf, working_copy
from actions.reports.excel import as_excel
from actions.reports.frozen import Frozen
from actions.reports.heading import Order
from actions.reports.kinds import KINDS
from actions.reports.monitoring import MonitoringReport
from actions.reports.word import as_word
from actions.views.reports import on_screen
from reviews import services
from scr_tracker import pdf
from scr_tracker.models import AuditEvent, Job
from scr_tracker.permissions import Role
from scr_tracker.words import day, moment
from tests.factories import (
    ActionFactory,
    EvidenceFactory,
    PartnershipFactory,
    RecommendationFactory,
    ReviewFactory,
    ThemeFactory,
    UserFactory,
)

from .test_pages import assert_meets_pdf_ua

pytestmark = pytest.mark.django_db

MADE_AT = datetime(2026, 11, 21, 14, 5, tzinfo=timezone.get_default_timezone())

#: What is no text of its own: keys that tell parts apart, places that links lead to, and how a line is set.
NO_TEXT = {"key", "anchor", "link", "field", "kind_short"}
NO_TEXT_OF = {("Line", "kind"), ("ExceptionList", "of"), ("Heading", "as_at"), ("Column", "rated")}
#: Nor are changes' kinds, and how everything stood, which is kept for the next report to be compared with.
#: Nor what every public response is called beside what stands over it, and what a heading on each level says.
NO_TEXT_OF |= {("PublicHeading", "name"), ("PublicHeading", "as_at"), ("CarriedOut", "level")}
NO_TEXT_OF |= {("ChangeList", "of"), ("MonitoringReport", "standings"), ("OneReviewReport", "standings")}
#: How moments are said: the trend of a PDF has short names of months.
MOMENTS = {
    ("Changes", "as_at"): moment,
    ("Checked", "on"): day,
    ("YearlyExtract", "begins"): day,
    ("YearlyExtract", "ends"): day,
    ("Point", "as_at"): lambda at: f"{day(at)}|{at.day} {at:%b %Y}",
}
#: What is said by a mark of its own where it is so.
MARKS = {"validated": "(validated)|validated", "named_by_place": "go by their place", "restricted": "restricted"}
#: Names that paper has no column for: there an action stands beside its recommendation, and is known by its place.
NOT_ON_PAPER = {("PrintedAction", "reference"), ("PrintedRecommendation", "reference")}


def said_in(data, words, where="report"):
    """Yield (where, class and field, text or figure) for everything that frozen data says, field by field."""
    for field in fields(data):
        name = (type(data).__name__, field.name)
        if field.name in NO_TEXT or name in NO_TEXT_OF or (field.name == "meaning" and found_nothing(data)):
            continue
        yield from _said(getattr(data, field.name), name, words, f"{where}.{field.name}")


def found_nothing(data):
    """Whether this is a list of what was looked for and not found: it is named, and not explained."""
    return () in (getattr(data, "entries", None), getattr(data, "changes", None))


def _said(value, name, words, where):
    if isinstance(value, Frozen):
        yield from said_in(value, words, where)
    elif isinstance(value, tuple):
        for place, each in enumerate(value):
            yield from _said(each, name, words, f"{where}[{place}]")
    elif isinstance(value, bool):
        if value:
            yield where, name, MARKS[name[1]]
    elif name[1] == "rating" and value:
        yield where, name, words[value]
    elif name in MOMENTS:
        yield where, name, MOMENTS[name](value)
    elif isinstance(value, datetime | date):
        pytest.fail(f"{where} is a moment: say in this test how it stands in a report.")
    elif value:
        yield where, name, value


def missing(report, text, *, on_paper):
    """Return what a report says and a text does not. Figures stand as figures, texts in any lines."""
    words = {each.key: each.word for each in getattr(report, "ratings", ())}
    figures, together = set(re.findall(r"\d[\d,]*", text)), run_together(text)
    return [
        f"{where}: {value}"
        for where, name, value in said_in(report, words)
        if not (on_paper and name in NOT_ON_PAPER)
        and not (
            f"{value:,}" in figures
            if isinstance(value, int)
            else any(run_together(each) in together for each in value.split("|"))
        )
    ]


def run_together(text):
    return re.sub(r"[\W_]", "", text).lower()


def text_of_word(content):
    """Return every text of a Word document, in its order, with what stands over and under each page."""
    document = docx.Document(io.BytesIO(content))
    paragraphs = document.element.body.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p")
    pages = [p.text for page in document.sections for p in (*page.header.paragraphs, *page.footer.paragraphs)]
    return "\n".join(["".join(t.text or "" for t in p.iter() if t.tag.endswith("}t")) for p in paragraphs] + pages)


def text_of_excel(content):
    """Return every text of a workbook, dates and numbers as they are shown."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None)
    return "\n".join(_shown(cell) for cell in cells)


def _shown(cell):
    if not cell.is_date:
        return f"{cell.value:,}" if isinstance(cell.value, int) else str(cell.value)
    shown = {"d mmmm yyyy": f"{cell.value.day} {cell.value:%B %Y}", "mmmm yyyy": f"{cell.value:%B %Y}"}
    return shown.get(cell.number_format, f"{cell.value:%Y}")


def text_of_page(report, kind=KINDS["monitoring"]):
    page = render_to_string("actions/reports/_outline.html", on_screen(kind, report, Edition(MADE_AT)))
    page = re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)
    return unescape(strip_tags(page.replace("<", "\n<")))


@pytest.fixture
def issue(review, django_capture_on_commit_callbacks):
    """Return a function that issues a report on reviews, of which no page is set."""

    def issue(*reviews):
        by = UserFactory()
        draft = issuing.begin_draft(by=by, partnership=review.partnership, reviews=reviews)
        with pytest.MonkeyPatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
            patch.setattr(pdf, "render", lambda template, context: b"%PDF-1.7 %%EOF")
            issuing.issue(draft=draft, by=by)
        return Report.objects.get(draft=draft)

    return issue


@pytest.fixture
def ordered(review, issue, clock):
    """A report that has something in every field, on two reviews, and that another came before."""
    other = ReviewFactory(
        partnership=review.partnership,
        reference="0420",
        pseudonym="Rowan & Łucja",
        restricted=True,
        publication="withheld",
        publication_reason="the children could be known by it",
    )
    lacking = RecommendationFactory(section__review=other, number="", text="=1+1 is what a formula would say.")
    ActionFactory(recommendation=lacking, text="@SUM(A1) and <b>bold</b> are words.", overdue=True)
    later = ActionFactory(recommendation=lacking, text="Wait until it is later.")
    issue(review, other)
    clock.shift(timedelta(days=400))
    RecommendationFactory(section__review=other, number="", text="+44 begins a telephone number.")
    ActionFactory(recommendation=lacking, text="Begin what nobody had begun.")
    EvidenceFactory(actions=[later], title="Minutes of the seventh meeting")
    return MonitoringReport.of(
        Order(
            partnership=review.partnership,
            reviews=(review, other),
            introduction="For the meeting in the new year.",
            decisions="Agree the later dates.\nAsk for evidence.",
        )
    )


@pytest.fixture
def outline(ordered):
    return KINDS["monitoring"].outline(ordered, Edition(MADE_AT))


class TestEveryFormSaysTheSame:
    def test_pdf(self, ordered, readable):
        assert not missing(ordered, "\n".join(readable(as_pdf(ordered, Edition(MADE_AT)))), on_paper=True)

    def test_word(self, ordered, outline):
        assert not missing(ordered, text_of_word(as_word(outline)), on_paper=True)

    def test_excel(self, ordered, outline):
        assert not missing(ordered, text_of_excel(as_excel(outline)), on_paper=False)

    def test_page(self, ordered):
        assert not missing(ordered, text_of_page(ordered), on_paper=False)

    def test_and_a_text_that_a_form_forgets_is_found(self, ordered, outline):
        text = text_of_word(as_word(outline)).replace("Audit thirty records.", "")
        assert any("Audit thirty records." in each for each in missing(ordered, text, on_paper=True))


@pytest.fixture
def of_kind(review, ordered):
    """Return a function that makes a report of a kind that has something in every field."""

    def of_kind(kind):
        first, second = review.sections.get(number="1").recommendations.order_by("order")
        services.link(recommendation=second, other=first, relation="repeats", by=None)
        ThemeFactory(name="Daily life", recommendations=[first])
        ActionFactory(
            recommendation=first,
            complete=True,
            text="Look again.",
            impact_result="held",
            impact_note="Ten records were read.",
            impact_checked_by=UserFactory(),
            impact_checked_at=timezone.now() - timedelta(3),
        )
        ActionFactory(recommendation=first, text="Wait for ever.", target_date=timezone.localdate() - timedelta(200))
        reviews = tuple(review.partnership.reviews.order_by("pk"))
        said = {"introduction": "For all who ask.", "decisions": "Agree it.\nPublish it."}
        return KINDS[kind].of(Order(partnership=review.partnership, reviews=reviews, **said))

    return of_kind


@pytest.mark.parametrize("kind", ["exceptions", "yearly", "public_response"])
class TestEveryOtherKindSaysTheSameInEveryForm:
    def test_pdf(self, of_kind, readable, kind):
        report = of_kind(kind)
        pdf = KINDS[kind].as_pdf(report, Edition(MADE_AT, version=1))
        assert_meets_pdf_ua(pdf)
        assert not missing(report, "\n".join(readable(pdf)), on_paper=True)

    def test_word(self, of_kind, kind):
        report = of_kind(kind)
        assert not missing(report, text_of_word(KINDS[kind].written("docx", report, Edition(MADE_AT))), on_paper=True)

    def test_excel(self, of_kind, kind):
        report = of_kind(kind)
        assert not missing(report, text_of_excel(KINDS[kind].written("xlsx", report, Edition(MADE_AT))), on_paper=False)

    def test_page(self, of_kind, kind):
        report = of_kind(kind)
        assert not missing(report, text_of_page(report, KINDS[kind]), on_paper=False)

    def test_and_it_comes_back_from_json(self, of_kind, kind):
        report = of_kind(kind)
        assert KINDS[kind].restored(report.to_dict()) == report


class TestWord:
    @pytest.fixture
    def document(self, outline):
        return docx.Document(io.BytesIO(as_word(outline)))

    def test_has_headings_contents_and_heads_that_are_repeated(self, document, ordered):
        styles = [(each.style.name, each.text) for each in document.paragraphs]
        assert ("Title", "Monitoring report") in styles
        assert [text for style, text in styles if style == "Heading 1"] == [
            *("Where the plans stand", "Decisions asked for", "By review", "Exceptions"),
            f"What changed since {ordered.changes.since}",
            *("The plan: 0319 Kit", "The plan: 0420 Rowan & Łucja", "Evidence", "Key"),
        ]
        assert {text for style, text in styles if style.startswith("Heading")} >= {"1 Policing", "2 Hospitals"}
        xml = document.element.xml
        assert 'TOC \\o "1-2"' in xml
        assert len(document.tables) == xml.count("<w:tblHeader/>") == xml.count("<w:tblCaption")

    def test_is_landscape_for_what_is_looked_up_and_says_marking_and_page_on_each(self, document, ordered):
        assert [page.page_width > page.page_height for page in document.sections] == [False, *[True] * 4, False]
        for page in document.sections:
            assert page.header.paragraphs[0].text == ordered.heading.marking
            fields = re.findall(r'w:instr="(\w+)"', page.footer.paragraphs[0]._p.xml)
            assert fields == ["PAGE", "NUMPAGES"]

    def test_says_its_title_and_language(self, document, ordered):
        assert document.core_properties.title == ordered.title
        assert document.core_properties.language == "en-GB"
        assert 'w:val="en-GB"' in document.styles.element.xml

    def test_says_a_rating_by_a_sign_and_a_word(self, document):
        text = text_of_word(_saved(document))
        for said in ("◆ Red", "▲ Amber", "■ Blue", "○ No action"):
            assert said in text


class TestExcel:
    @pytest.fixture
    def book(self, outline):
        return openpyxl.load_workbook(io.BytesIO(as_excel(outline)))

    def test_has_a_sheet_for_each_purpose(self, book):
        plans = "Plan 1 0319 Kit", "Plan 2 0420 Rowan & Łucja"
        assert book.sheetnames == ["Summary", "Exceptions", "Changes", *plans, "Evidence", "Key"]
        for sheet in book.worksheets[1:]:
            assert (sheet.freeze_panes, bool(sheet.auto_filter.ref)) == ("A2", True)

    def test_has_dates_as_dates_and_numbers_as_numbers(self, book):
        assert "overdue" in str([cell.value for cell in book["Exceptions"][1]])
        heads = {cell.value: cell.column for cell in book["Plan 1 0319 Kit"][1]}
        dates = [row[heads["By when"] - 1].value for row in book["Plan 1 0319 Kit"].iter_rows(min_row=2)]
        assert any(isinstance(each, datetime) for each in dates)
        overdue = {cell.value: cell.column for cell in book["Exceptions"][1]}["Days overdue"]
        assert isinstance(book["Exceptions"].cell(2, overdue).value, int)

    def test_runs_no_text_as_a_formula(self, outline):
        book = openpyxl.load_workbook(io.BytesIO(as_excel(outline)))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
        assert any(str(cell.value).startswith("=1+1") or "\n=1+1" in str(cell.value) for cell in cells)


def _saved(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


# --- Handing them out ---


@pytest.fixture
def issued(review, issue):
    return issue(review)


def given(client, name, *args):
    response = client.get(reverse(name, args=args))
    return b"".join(response.streaming_content) if response.streaming else response.content.decode()


class TestAnIssuedReport:
    def test_is_offered_in_every_form(self, client, sign_in_as, partnership, issued):
        sign_in_as(Role.BOARD_MEMBER, partnership)
        shown = given(client, "report", issued.pk)
        for form in ("docx", "xlsx"):
            assert reverse("download-report-as", args=[issued.pk, form]) in shown
        assert reverse("read-report", args=[issued.pk]) in shown
        assert "Write the checks into the duty handbook." in given(client, "read-report", issued.pk)

    @pytest.mark.parametrize("form", ["docx", "xlsx"])
    def test_is_the_same_bytes_whatever_has_become_of_the_plan(
        self, client, sign_in_as, partnership, issued, review, clock, form
    ):
        sign_in_as(Role.BOARD_MEMBER, partnership)
        first = given(client, "download-report-as", issued.pk, form)
        clock.shift(86400 * 400)
        ActionFactory(recommendation__section__review=review, text="Something new.")
        sign_in_as(Role.BOARD_MEMBER, partnership)
        assert given(client, "download-report-as", issued.pk, form) == first
        with zipfile.ZipFile(io.BytesIO(first)) as file:
            assert {entry.date_time[0] for entry in file.infolist()} == {issued.issued_at.year}

    def test_is_handed_over_as_a_file_and_entered_in_the_audit_log(self, client, sign_in_as, partnership, issued):
        reader = sign_in_as(Role.BOARD_MEMBER, partnership)
        response = client.get(reverse("download-report-as", args=[issued.pk, "docx"]))
        assert response["Content-Disposition"].startswith('attachment; filename="Monitoring report - 0319 Kit')
        assert response["X-Content-Type-Options"] == "nosniff"
        event = AuditEvent.objects.get(kind=AuditEvent.Kind.DOWNLOADED)
        assert event.detail["sha256"] == issued.files.get(form="docx").sha256
        assert (event.by, event.about, event.detail["format"]) == (reader, issued.title, "docx")
        assert b"".join(response.streaming_content)

    def test_is_not_there_for_others_nor_in_other_forms(self, client, sign_in_as, partnership, issued):
        sign_in_as(Role.BOARD_MEMBER, partnership)
        assert client.get(reverse("download-report-as", args=[issued.pk, "csv"])).status_code == 404
        sign_in_as(Role.BOARD_MEMBER, PartnershipFactory())
        assert client.get(reverse("download-report-as", args=[issued.pk, "docx"])).status_code == 404
        assert client.get(reverse("read-report", args=[issued.pk])).status_code == 404
        assert not AuditEvent.objects.filter(kind=AuditEvent.Kind.DOWNLOADED).exists()

    def test_takes_the_same_queries_however_long_it_is(
        self, client, sign_in_as, partnership, issued, django_assert_max_num_queries
    ):
        sign_in_as(Role.BOARD_MEMBER, partnership)
        issued.refresh_from_db()
        for name, args in (("read-report", []), ("download-report-as", ["docx"]), ("download-report-as", ["xlsx"])):
            with django_assert_max_num_queries(14):
                given(client, name, issued.pk, *args)


class TestAWorkingCopy:
    def test_comes_in_every_form_for_who_asked(
        self, client, sign_in_as, partnership, review, monkeypatch, django_capture_on_commit_callbacks
    ):
        monkeypatch.setattr(pdf, "render", lambda template, context: b"%PDF-1.7 %%EOF")
        sign_in_as(of=partnership)
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("plan-report", args=[review.pk]))
        job = Job.objects.get()
        shown = given(client, "working-copy", review.pk, job.pk)
        assert reverse("download-working-copy-as", args=[review.pk, job.pk, "xlsx"]) in shown
        for form, read in (("docx", text_of_word), ("xlsx", text_of_excel)):
            written = given(client, "download-working-copy-as", review.pk, job.pk, form)
            assert not missing(working_copy(review), read(written), on_paper=form == "docx")
        assert "Weigh and write it down." in given(client, "read-working-copy", review.pk, job.pk)
        sign_in_as(of=partnership)
        assert client.get(reverse("read-working-copy", args=[review.pk, job.pk])).status_code == 404
        assert client.get(reverse("download-working-copy-as", args=[review.pk, job.pk, "docx"])).status_code == 404

    def test_that_has_been_cleared_away_says_so(self, client, sign_in_as, partnership, review, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        job = Job.objects.create(title="Working copy", by=sign_in_as(of=partnership))
        Job.objects.update(leads_to=reverse("working-copy", args=[review.pk, job.pk]))
        for name, args in (("read-working-copy", []), ("download-working-copy-as", ["docx"])):
            response = client.get(reverse(name, args=[review.pk, job.pk, *args]), follow=True)
            assert "has been cleared away" in response.content.decode()
