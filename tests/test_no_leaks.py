"""Nobody learns from any answer that something exists which they may not see.

Every page that a person can reach is read before and after it comes into being, with marker words in each of
its texts: the answers are the same to the letter, but for one-time tokens.
"""

import re
import shutil
import subprocess
import zipfile
from html import unescape
from io import BytesIO
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actions import found_warnings, issuing, services
from actions.choices import Status
from actions.evidence import services as evidence_services
from actions.importing import drafts
from actions.meetings import services as meetings
from actions.models import Comment, Report
from actions.reminding import remind
from reviews.models import RecommendationLink, Review
from scr_tracker.permissions import Role
from tests.actions.evidence.files import pdf, upload
from tests.actions.importing.documents import HEADINGS, word
from tests.conftest import skip_or_fail
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    InvitationFactory,
    MembershipFactory,
    RecommendationFactory,
    ResponseFactory,
    ReviewFactory,
    SectionFactory,
    UpdateFactory,
    UserFactory,
    today,
)

pytestmark = pytest.mark.django_db

#: Stands in every text of what must not be learnt of.
MARKER = "Zanzibar"

#: What changes from answer to answer by itself: the tokens of forms.
TOKENS = re.compile(r'(name="(?:csrfmiddlewaretoken|[\w-]*token)" value=")[^"]*|(data-token=")[^"]*|(nonce=")[^"]*')

#: What is asked of the list of actions besides its links: words, filters and orders.
QUESTIONS = [
    *(f"?text={word}" for word in (MARKER, "template", "e")),
    *(f"?status={status}" for status in ("open", "submitted", "unknown", "nonsense")),
    *(f"?rating={rating}" for rating in ("red", "overdue", "green")),
    *(
        f"?sort={order}{name}"
        for name in ("action", "review", "number", "lead", "due", "rating")
        for order in ("", "-")
    ),
    *("?mine=assigned", "?mine=agency", f"?lead={MARKER}", "?lead=e", "?theme=999999", "?overdue_by=0", "?moved=0"),
    *("?evidence=none", "?evidence=some", "?silent_since=1", "?view=first", "?view=999999"),
    *("?columns=assigned,supporting,officers,originally,moved,own",),
    *("?page=2", "?page=99", "?due_after=1/1/2020", "?due_before=31/12/2040", "?review=999999", "?agency=999999"),
]
#: What is searched for: words of what is hidden, misspelt ones, and words that stand in what is seen as well.
SEARCHES = [
    *(f"?q={word}" for word in (MARKER, MARKER[:5], f"{MARKER[:-1]}e", "supervision", "supervison", "daily", "the")),
    *(f"?q={words}" for words in ("supervision+-child", "%22daily+life%22", f"supervision+-{MARKER}", "77", "minutes")),
    *(f"?q=supervision&kind={kind}" for kind in ("reviews", "actions", "updates", "evidence", "nonsense")),
    *(f"?q=supervision&{more}" for more in ("review=999999", "page=2", "page=99")),
]
#: The files of the list for each of these questions are not all made: files_of says which are. Nor is each of them
#: asked for the pages that lead away from the list and back to it.
FILTERED_FILE = re.compile(r"/actions/(?:export/\w+|sheet|columns|keys|views/new|\d+/quick)/\?")
#: Those pages, and ways to jump to an action.
BESIDE_THE_LIST = [
    *("/actions/sheet/", "/actions/columns/", "/actions/keys/", "/actions/views/", "/actions/views/new/"),
    *("/actions/jump/", "/actions/jump/?number=77", "/actions/jump/?number=1", "/actions/jump/?number=1a"),
]
#: The kinds of file in which lists and plans go out.
KINDS = ("docx", "xlsx", "csv")


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _time_stands_still(time_machine):
    """Let no answer differ by the time."""
    time_machine.move_to(timezone.now(), tick=False)


def told(response):
    """Return what an answer tells: status, where it leads, and its words."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"%PDF"):
        text = text_of_pdf(body)
    elif body.startswith(b"PK"):
        text = text_of_package(body)
    else:
        text = TOKENS.sub(r"\1\2\3", body.decode())
    return response.status_code, response.get("Location", ""), response.get("Content-Disposition", ""), text


def text_of_pdf(body):
    """Return the words of a PDF."""
    if not shutil.which("pdftotext"):
        skip_or_fail("pdftotext is not installed: apt-get install -y poppler-utils.")
    return subprocess.run(["pdftotext", "-raw", "-", "-"], input=body, capture_output=True, check=True).stdout.decode()


def text_of_package(body):
    """Return everything that a Word or Excel file holds, what no program shows included."""
    with zipfile.ZipFile(BytesIO(body)) as package:
        return "\n".join(
            f"{name}: {package.read(name).decode(errors='replace')}" for name in sorted(package.namelist())
        )


def signed_in(user):
    """Return the browser of a person."""
    client = Client()
    client.force_login(user)
    return client


def crawl(user, *more):
    """Return {address: what is told} of every page that a person reaches by links, and of the addresses given."""
    found_warnings.look_through(Review.objects.all())  # or the page of warnings would do so, and count them at home
    client, found = signed_in(user), {}
    waiting = [
        "/",
        *BESIDE_THE_LIST,
        reverse("action-list"),
        *(reverse("action-list") + question for question in QUESTIONS),
        *(reverse("search") + question for question in SEARCHES),
        *more,
    ]
    while waiting:
        address = waiting.pop()
        if address in found or urlsplit(address).path == reverse("sign-out"):
            continue
        found[address] = told(client.get(address))
        for link in re.findall(r'(?:href|src|action)="([^"#]+)', found[address][3]):
            link = urljoin(address, unescape(link))
            if link.startswith("/") and not link.startswith("/static/") and not FILTERED_FILE.match(link):
                waiting.append(link)
    return found


def assert_unchanged(before, after, marker=MARKER):
    """Hold what was told before against what is told now."""
    assert before.keys() == after.keys()
    for address, told_before in before.items():
        assert told_before == after[address], address
        # A page repeats what was asked of it.
        if marker not in address:
            assert marker not in "".join(map(str, after[address])), address


def files_of(action):
    """Return the addresses of every file in which an action may go out, whether it is offered or not."""
    return [
        *(reverse("export-actions", args=[kind]) + question for kind in KINDS for question in ("", f"?text={MARKER}")),
        *(reverse("export-plan", args=[action.review_id, kind]) for kind in KINDS),
    ]


def issued(capture, *reviews, **chosen):
    """Issue a report on some reviews."""
    by = UserFactory()
    draft = issuing.begin_draft(by=by, partnership=reviews[0].partnership, reviews=reviews, **chosen)
    with capture(execute=True):
        issuing.issue(draft=draft, by=by)
    return Report.objects.get(draft=draft)


def meeting_about(action, name="Board", text="Come back in May."):
    """Hold a meeting that decides something on an action."""
    board = meetings.enter_meeting(partnership=action.review.partnership, by=UserFactory(), name=name, date=today())
    decide(board, action, text)
    return board


def decide(board, action, text):
    """Let a meeting decide something on an action, as an administrator would record it."""
    by = UserFactory(administrator=True, name="Administrator")
    meetings.record(meeting=board, about=action, by=by, outcome="decision", text=text, who=text)


def files_of_meeting(board):
    """Return the address of the list of what a meeting decided."""
    return [reverse("minutes-as-word", args=[board.pk])]


def document(marker=""):
    """Return the document of a plan in which a marker stands everywhere."""
    row = [f"1. Ring {marker}", f"a) Buy {marker}\nb) Ask lately", f"May 2031 {marker}", f"{marker} Head"]
    return word(f"**{marker} plan**", f"# 1. {marker} Police", [HEADINGS, [*row, "", "lately", ""]])


def begun_import(partnership, marker="", **about):
    """Begin the import of a plan."""
    file = SimpleUploadedFile(f"{marker}plan.docx", document(marker))
    return drafts.upload(file=file, partnership=partnership, **{"review": None, "by": UserFactory(), **about})


def working_copy(user, review, capture):
    """Have a working copy made of a review's report, and return what it tells."""
    client = signed_in(user)
    with capture(execute=True):
        asked = client.post(reverse("plan-report", args=[review.pk]))
    ready = client.get(asked["Location"])["Location"]
    return told(client.get(f"{ready}download/"))


def steps_of(action):
    """Return the addresses of every step with an action, whether its button is shown or not."""
    names = ("update-action", "submit-action", "ask-extension", "add-evidence", "reuse-evidence", "quick-change")
    return [reverse(name, args=[action.pk]) for name in names]


def fill(action, agency, officer):
    """Put the marker into everything that hangs on an action: updates, comments, evidence, a later date, a person."""
    someone = MembershipFactory(agency_lead=True, agency=agency, user__name=officer, user__job_title=MARKER).user
    services.report_progress(
        action=action, by=someone, status=Status.IN_PROGRESS, what_was_done=f"{MARKER} done", own_rating="red"
    )
    services.ask_extension(action=action, by=someone, asked_for_date=today().replace(year=2040), reason=MARKER)
    Comment.objects.create(action=action, by=someone, at=timezone.now(), kind="challenge", text=MARKER)
    said = evidence_services.About(title=f"{MARKER} title", kind="minutes", strength="said", what_it_shows=MARKER)
    for content in (
        evidence_services.Content(file=upload(f"{MARKER}.pdf", pdf())),
        evidence_services.Content(note=f"{MARKER} note"),
        evidence_services.Content(link=f"https://{MARKER.lower()}.example.org/"),
    ):
        evidence_services.add(action=action, by=someone, about=said, content=content)
    action.people.add(someone)
    return someone


class TestALeadOfAnAgency:
    @pytest.fixture
    def ours(self):
        """An action of our agency, with something on it to look at."""
        agency = AgencyFactory()
        action = ActionFactory(lead_agency=agency, recommendation__number="1")
        agency.partnerships.add(action.review.partnership)
        UpdateFactory(action=action)
        ResponseFactory(review=action.review, recommendations=[action.recommendation])
        return action

    @pytest.fixture
    def lead(self, ours):
        return MembershipFactory(agency_lead=True, agency=ours.lead_agency).user

    @pytest.fixture
    def more(self, ours):
        """Addresses beside those that links lead to."""
        form = reverse("export-form", args=[ours.review_id, ours.lead_agency_id])
        return [*steps_of(ours), *files_of(ours), form]

    @pytest.fixture
    def piece(self, ours, lead):
        """A piece of evidence of ours."""
        said = evidence_services.About(title="Minutes", kind="minutes", strength="said", what_it_shows="It was agreed.")
        content = evidence_services.Content(file=upload("minutes.pdf", pdf()))
        return evidence_services.add(action=ours, by=lead, about=said, content=content)

    def theirs(self, ours, **about):
        """Make an action of another agency, full of marker words."""
        agency = AgencyFactory(name=f"{MARKER} Trust", partnerships=[ours.review.partnership])
        action = ActionFactory(
            **{"recommendation": ours.recommendation, **about},
            lead_agency=agency,
            text=f"{MARKER} text",
            lead_officers=[f"{MARKER} nurse"],
            intended_outcome=MARKER,
            evidence_expected=MARKER,
            completion_evidence=MARKER,
            overdue=True,
        )
        fill(action, agency, f"{MARKER} officer")
        return action

    def test_learns_nothing_of_what_others_do(self, ours, lead, piece, more, django_capture_on_commit_callbacks):
        board = meeting_about(ours)
        issued(django_capture_on_commit_callbacks, ours.review, agencies=[ours.lead_agency])
        more = [*more, *files_of_meeting(board), reverse("share-evidence", args=[piece.pk])]
        before = crawl(lead, *more)

        # Another agency has an action of the same recommendation, which our evidence serves, and a meeting decides.
        theirs = self.theirs(ours)
        evidence_services.reuse(evidence=piece, actions=[theirs], by=UserFactory(name=f"{MARKER} manager"))
        decide(board, theirs, MARKER)
        # It has a part of the plan of its own, to which ours is linked.
        section = SectionFactory(review=ours.review, title=MARKER)
        recommendation = RecommendationFactory(section=section, text=MARKER, number="77")
        self.theirs(ours, recommendation=recommendation)
        ResponseFactory(review=ours.review, text=MARKER, recommendations=[recommendation])
        RecommendationLink.objects.create(
            recommendation=ours.recommendation, other=recommendation, relation=RecommendationLink.Relation.values[0]
        )
        # Reports are about others too, and an import of the whole plan has begun.
        for agencies in ((), [theirs.lead_agency], [ours.lead_agency, theirs.lead_agency]):
            issued(django_capture_on_commit_callbacks, ours.review, agencies=agencies, introduction=MARKER)
        begun_import(ours.review.partnership, MARKER, review=ours.review)

        assert_unchanged(before, crawl(lead, *more))
        assert signed_in(lead).get(board.get_absolute_url()).status_code == 404

    def test_is_answered_at_their_addresses_as_where_nothing_is(self, ours, lead, piece):
        theirs = self.theirs(ours)
        evidence = theirs.evidence.first()
        comment = theirs.comments.first()
        client = signed_in(lead)
        for name, key in (
            *(
                (name, theirs.pk)
                for name in ("action", "update-action", "submit-action", "sign-off", "add-evidence", "reuse-evidence")
            ),
            *((name, evidence.pk) for name in ("evidence", "download-evidence", "open-evidence", "share-evidence")),
        ):
            there, nowhere = reverse(name, args=[key]), reverse(name, args=[987654])
            assert told(client.get(there)) == told(client.get(nowhere)), name
            assert told(client.post(there)) == told(client.post(nowhere)), name
            assert client.get(there).status_code == 404
        for args in ([theirs.pk, comment.pk], [ours.pk, comment.pk]):
            assert client.get(reverse("reply", args=args)).status_code == 404

    def test_is_told_of_choices_out_of_sight_as_of_choices_that_are_not_there(self, ours, lead, piece):
        theirs = self.theirs(ours)
        client, evidence = signed_in(lead), theirs.evidence.first()
        for name, about, key in (("reuse-evidence", ours, evidence.pk), ("share-evidence", piece, theirs.pk)):
            address = reverse(name, args=[about.pk])
            answers = []
            for chosen in (key, 987654):
                answers.append(told(client.post(address, {"chosen": [chosen]}))[3].replace(f'"{chosen}"', '"KEY"'))
            assert answers[0] == answers[1], name
            assert MARKER not in answers[0]
        for question in (f"?agency={theirs.lead_agency_id}", f"?text={MARKER}"):
            page = told(client.get(reverse("action-list") + question))[3]
            assert "text</a>" not in page
            assert f"{MARKER} Trust" not in page

    def test_learns_nothing_of_what_took_the_place_of_an_action(self, ours, lead):
        given_up = ActionFactory(recommendation=ours.recommendation, lead_agency=ours.lead_agency)
        manager = UserFactory(name="Manager")
        services.supersede_action(action=given_up, by=manager, reason="New law.", superseded_by=self.theirs(ours))
        for address, (_, _, _, page) in crawl(lead, *steps_of(given_up)).items():
            if MARKER not in address:
                assert MARKER not in page, address
                assert "may not see" not in page, address


def restricted_review(partnership):
    """Make a restricted review of a partnership, full of marker words."""
    review = ReviewFactory(
        partnership=partnership,
        reference=f"{MARKER}-1",
        pseudonym=MARKER,
        restricted=True,
        lead_reviewer=MARKER,
        plan_title=MARKER,
        plan_notes=MARKER,
    )
    agency = AgencyFactory()
    action = ActionFactory(
        recommendation__section=SectionFactory(review=review, title=MARKER),
        recommendation__text=f"{MARKER} rec",
        lead_agency=agency,
        text=MARKER,
        lead_officers=[MARKER],
        overdue=True,
    )
    fill(action, agency, MARKER)
    return action


class TestABoardMember:
    @pytest.fixture
    def ours(self):
        """An action of an open review."""
        action = ActionFactory()
        UpdateFactory(action=action)
        return action

    @pytest.fixture
    def member(self, ours):
        return MembershipFactory(role=Role.BOARD_MEMBER, partnership=ours.review.partnership).user

    def test_learns_nothing_of_a_restricted_review(self, ours, member, django_capture_on_commit_callbacks):
        board, capture = meeting_about(ours), django_capture_on_commit_callbacks
        said = evidence_services.About(title="Minutes", kind="minutes", strength="said", what_it_shows="It was agreed.")
        content = evidence_services.Content(note="Agreed by all.")
        piece = evidence_services.add(action=ours, by=UserFactory(), about=said, content=content)
        more = [*files_of(ours), *files_of_meeting(board)]
        issued(capture, ours.review)
        before, report_before = crawl(member, *more), working_copy(member, ours.review, capture)
        hidden = restricted_review(ours.review.partnership)
        decide(board, hidden, MARKER)
        evidence_services.reuse(evidence=piece, actions=[hidden], by=UserFactory(name=MARKER))
        RecommendationLink.objects.create(
            recommendation=ours.recommendation,
            other=hidden.recommendation,
            relation=RecommendationLink.Relation.values[0],
        )
        their_import = begun_import(ours.review.partnership, MARKER, review=hidden.review)
        their_report = issued(capture, hidden.review)
        issued(capture, ours.review, hidden.review)
        issuing.begin_draft(by=UserFactory(), partnership=ours.review.partnership, reviews=[hidden.review])
        assert_unchanged(before, crawl(member, *more))
        assert working_copy(member, ours.review, capture) == report_before
        client = signed_in(member)
        for name, key, *rest in (
            *((name, hidden.review_id) for name in ("plan", "review-history", "plan-report")),
            *(("export-plan", hidden.review_id, kind) for kind in KINDS),
            ("recommendation", hidden.recommendation_id),
            ("action", hidden.pk),
            *((name, their_import.pk) for name in ("plan-import", "import-document", "bring-in")),
            *((name, their_report.pk) for name in ("report", "download-report")),
            ("report-draft", their_report.draft_id),
        ):
            there, nowhere = reverse(name, args=[key, *rest]), reverse(name, args=[987654, *rest])
            assert told(client.get(there)) == told(client.get(nowhere)), name


class TestABusinessManager:
    def test_learns_nothing_of_another_partnership(self, django_capture_on_commit_callbacks):
        ours = ActionFactory(overdue=True, lead_agency=AgencyFactory())
        board = meeting_about(ours)
        agency = AgencyFactory(partnerships=[ours.review.partnership])
        manager = MembershipFactory(partnership=ours.review.partnership).user
        begun_import(ours.review.partnership, by=manager)
        issuing.begin_draft(by=manager, partnership=ours.review.partnership, reviews=[ours.review])
        issued(django_capture_on_commit_callbacks, ours.review)
        names = ("people", "invite", "sign-off-queue", "extension-queue", "impact-queue")
        names = (*names, "import-list", "import-plan", "report-list", "new-report", "meeting-list", "reminders")
        more = [*map(reverse, names), *steps_of(ours), *files_of(ours), reverse("supersede-action", args=[ours.pk])]
        more += [reverse("remind-lead", args=[ours.pk]), f"{reverse('reminders')}?show=everybody"]
        before = crawl(manager, *more)
        theirs = restricted_review(ReviewFactory(partnership__name=MARKER).partnership)
        agency_of_both = AgencyFactory(name=f"{MARKER} force", partnerships=[theirs.review.partnership])
        MembershipFactory(agency_lead=True, agency=agency_of_both, user__name=MARKER)
        InvitationFactory(partnership=theirs.review.partnership, email=f"{MARKER.lower()}@example.org")
        meeting_about(theirs, name=MARKER, text=MARKER)
        assert signed_in(manager).get(board.get_absolute_url()).status_code == 200
        begun_import(theirs.review.partnership, MARKER)
        issuing.begin_draft(by=UserFactory(), partnership=theirs.review.partnership, reviews=[theirs.review])
        issued(django_capture_on_commit_callbacks, theirs.review)
        remind([theirs], by=MembershipFactory(partnership=theirs.review.partnership).user, note=MARKER)
        agency.partnerships.add(theirs.review.partnership)
        assert_unchanged(before, crawl(manager, *more))
