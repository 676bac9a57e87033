"""The list of decisions: the same in Word and in PDF, and only what its reader may see."""

import re
import shutil
import subprocess
from datetime import timedelta
from io import BytesIO

import docx
import pikepdf
import pytest
from django.urls import reverse

from actions.meetings import minutes, services
from scr_tracker.models import AuditEvent
from tests.conftest import skip_or_fail
from tests.factories import ActionFactory, EvidenceFactory, MembershipFactory, RecommendationFactory, UserFactory, today


@pytest.fixture
def decided(meeting, manager, recommendation, agency):
    """The minutes of a meeting that decided something of each kind."""
    late = ActionFactory(recommendation=recommendation, lead_agency=agency, overdue=True, label="a")
    done = ActionFactory(recommendation=recommendation, lead_agency=agency, submitted=True, label="b")
    EvidenceFactory(actions=[done])
    lonely = RecommendationFactory(section=recommendation.section, number="13", text="Listen to children.")
    services.change_meeting(
        meeting=meeting, by=manager, name="Board", date=today(), decisions="Thanks to the chair.\nNext time in May."
    )
    services.note_present(
        meeting=meeting, by=manager, attended=[manager, UserFactory(name="Kim Osei")], present="Apologies: the trust."
    )

    def record(about, outcome, **said):
        return services.record(meeting=meeting, about=about, by=manager, outcome=outcome, **said)

    record(
        late, "decision", text="Bring figures & names <by team>.", who="Chief nurse", by_when=today() + timedelta(20)
    )
    record(late, "date_set", text="Before the inspection.", new_date=today() + timedelta(60))
    record(done, "signed_off", text="Well done.")
    old = record(lonely, "decision", text="Ask the trst.", who="Trust")
    services.correct_decision(decision=old, by=manager, text="Ask the trust.", who="Trust")
    meeting.refresh_from_db()
    return minutes.of(meeting, manager)


def every_word(told):
    """Yield each text of the minutes in the order of the document."""
    yield from (told.partnership, f"Decisions of the {told.meeting}", told.on, told.summary, *told.present)
    for item in told.items:
        yield from (str(item.number), f"{item.review} · {item.reference}", item.text, item.lead)
        for each in item.decisions:
            yield from (each.title, *each.lines)
    for task in told.tasks:
        yield from (task.by_when, task.who, task.what, str(task.number))
    yield from told.notes


def plain(text):
    return re.sub(r"\s+", "", text)


def text_of_word(content):
    document = docx.Document(BytesIO(content))
    words = []
    for block in document.iter_inner_content():
        if hasattr(block, "rows"):
            words += [cell.text for row in block.rows for cell in row.cells]
        else:
            words.append(block.text)
    return "\n".join(words)


def text_of_pdf(content):
    if not shutil.which("pdftotext"):
        skip_or_fail("pdftotext is not installed: apt-get install -y poppler-utils.")
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def test_word_and_pdf_hold_the_same_in_the_same_order(decided):
    for text in (text_of_word(minutes.as_word(decided)), text_of_pdf(minutes.as_pdf(decided))):
        rest = plain(text)
        for words in every_word(decided):
            before, found, rest = rest.partition(plain(words))
            assert found, words


def test_what_is_to_be_done_is_listed_by_its_day(decided):
    assert [(task.who, task.what) for task in decided.tasks] == [
        ("Chief nurse", "Bring figures & names <by team>."),
        ("Trust", "Ask the trust."),
    ]


def test_a_corrected_record_stands_once_and_says_so(decided):
    (corrected,) = decided.items[-1].decisions
    assert corrected.text == "Ask the trust."
    assert "corrected" in corrected.corrected


def test_the_pdf_is_tagged_titled_and_marked(decided):
    content = minutes.as_pdf(decided)
    with pikepdf.open(BytesIO(content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.docinfo.Title) == decided.title
    assert text_of_pdf(content).count("OFFICIAL-SENSITIVE") >= 2


class TestDownloading:
    @pytest.fixture(autouse=True)
    def _at_once(self, settings, tmp_path):
        settings.MEDIA_ROOT, settings.JOBS = tmp_path / "media", "at-once"

    @pytest.fixture
    def made(self, client, decided, meeting, manager, django_capture_on_commit_callbacks):
        """The address of the PDF that the manager had made."""
        client.force_login(manager)
        with django_capture_on_commit_callbacks(execute=True):
            asked = client.post(reverse("make-minutes", args=[meeting.pk]))
        page = client.get(asked["Location"])["Location"]
        assert "Download the PDF" in client.get(page).content.decode()
        return f"{page}download/"

    def test_both_forms_are_downloaded_and_that_is_audited(self, client, made, decided, meeting):
        word = reverse("minutes-as-word", args=[meeting.pk])
        for address, ending, begins in ((made, "pdf", b"%PDF"), (word, "docx", b"PK")):
            response = client.get(address)
            assert f"Decisions - Board - {decided.on}.{ending}" in response["Content-Disposition"]
            assert b"".join(response.streaming_content).startswith(begins)
            if response.file_to_stream:
                response.file_to_stream.close()
        assert AuditEvent.objects.filter(kind=AuditEvent.Kind.DOWNLOADED).count() == 2

    def test_a_pdf_that_no_longer_says_what_holds_is_not_given_out(self, client, made, meeting, manager):
        services.change_meeting(meeting=meeting, by=manager, name="Board", date=today(), decisions="One more thing.")
        response = client.get(made)
        assert response["Location"] == meeting.get_absolute_url()
        assert "has changed since" in client.get(response["Location"]).content.decode()

    def test_nobody_else_gets_it(self, client, made, partnership):
        client.force_login(MembershipFactory(partnership=partnership).user)
        assert client.get(made).status_code == 404


def test_a_board_member_gets_only_what_they_may_see(meeting, manager, decided, partnership):
    secret = ActionFactory(
        recommendation__section__review__partnership=partnership,
        recommendation__section__review__restricted=True,
    )
    services.record(meeting=meeting, about=secret, by=manager, outcome="decision", text="Zanzibar.")
    member = MembershipFactory(partnership=partnership, role="board_member").user
    assert minutes.of(meeting, member).items == decided.items
    assert "Zanzibar" in str(minutes.of(meeting, manager))


def test_queries_do_not_grow_with_the_decisions(meeting, manager, recommendation, django_assert_max_num_queries):
    for _ in range(6):
        services.record(
            meeting=meeting, about=ActionFactory(recommendation=recommendation), by=manager, outcome="noted"
        )
        with django_assert_max_num_queries(6):
            minutes.of(meeting, manager)
