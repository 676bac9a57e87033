"""A plan that comes in again, on its pages: what differs, what is chosen, and what accepting it does."""

import io

import openpyxl
import pytest
from django.urls import reverse

from actions import services
from actions.choices import Status
from actions.exporting.plans import form_for, plan_file
from actions.importing.again.choosing import Choosing
from actions.importing.save import ImportedFile, save_plan
from actions.models import Action, PlanImport
from reviews.models import Recommendation
from scr_tracker.models import Agency
from scr_tracker.permissions import Role
from tests.conftest import hidden
from tests.factories import MembershipFactory, PartnershipFactory, UserFactory

from .documents import HEADINGS as USUAL
from .documents import recognised, word

pytestmark = pytest.mark.django_db

HEADINGS = [*USUAL[:-1], "Actions completed with evidence"]
ROWS = [
    HEADINGS,
    [
        "1. Listen to what children say at home",
        "a) Train every crew to ask\nb) Ask schools who is absent on Mondays",
        "a) May 2012\nb) June 2012",
        "Watch manager",
        "Children are heard",
        "a) In progress\nb) Not started",
        "",
    ],
    [
        "2. Write down what daily life is like",
        "Change the template for supervision",
        "July 2012",
        "Head of Practice",
        "",
        "In progress",
        "",
    ],
]
HEALTH = [
    HEADINGS,
    [
        "3. Visit families in temporary housing twice",
        "Put a second visit into the pathway",
        "May 2012",
        "Named midwife",
        "",
        "In progress",
        "",
    ],
]


def document(fire=ROWS, health=HEALTH):
    return word("**Action plan**", "# 1. Fire Service Actions", fire, "# 2. Health Trust Actions", health)


def edited(rows, text, new):
    """Return the rows of a table in which a text stands instead of another."""
    assert any(text in cell for row in rows for cell in row)
    return [[cell.replace(text, new) for cell in row] for row in rows]


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Northshire")


@pytest.fixture
def review(partnership):
    source = ImportedFile("plan.docx", document())
    found = recognised(document())
    return save_plan(
        plan=found.plan, partnership=partnership, reference="0319", kind="scr", by=None, source=source
    ).review


@pytest.fixture
def manager(partnership, client):
    user = MembershipFactory(user__name="Siân Ahmed", partnership=partnership).user
    client.force_login(user)
    return user


@pytest.fixture
def upload(client, review, manager):
    """Return a function that uploads a document as a newer version of the plan, and returns its import."""

    def send(content, name="newer.docx"):
        address = reverse("import-plan")
        form = client.get(address).context["form"]
        file = io.BytesIO(content)
        file.name = name
        answer = client.post(address, {**hidden(form), "review": review.pk, "file": file})
        assert answer.status_code == 302, answer.context["form"].errors
        return PlanImport.objects.latest("pk")

    return send


def differences(record):
    return reverse("import-differences", args=[record.pk])


def choose(client, record, do="save", **chosen):
    """Choose on the page as a browser does: everything on it is sent, with what is chosen by the key of its row."""
    page = client.get(differences(record)).context["found"]
    sent = {"do": do}
    for part in page.parts:
        for row in part.rows:
            if row.difference.kind == "doubtful":
                sent[f"pair:{row.difference.key}"] = "1"
            for choice in row.choices:
                if choice.about:
                    sent[f"about:{choice.key}"] = choice.about
                    if choice.chosen is not None:
                        sent[f"take:{choice.key}"] = "yes" if choice.chosen else "no"
    return client.post(differences(record), {**sent, **chosen.pop("more", {})}, **chosen)


def accept_all(client, record, reason=""):
    """Accept everything in every section, and confirm it."""
    for group in Choosing(record).differences.groups:
        choose(client, record, do=f"accept:{group.key}")
    return confirm(client, record, reason)


def confirm(client, record, reason=""):
    address = reverse("accept-differences", args=[record.pk])
    form = client.get(address).context["form"]
    return client.post(address, {**hidden(form), "reason": reason})


def filled_in(content, column, row_says, value):
    """Return a workbook in which a cell says something: that of a column, in the row in which a text stands."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        rows = list(sheet.iter_rows())
        heads = [row for row in rows if any(cell.value == column for cell in row)]
        for row in rows:
            if heads and any(row_says in str(cell.value) for cell in row):
                [place] = [cell.column for cell in heads[0] if cell.value == column]
                sheet.cell(row[0].row, place).value = value
                file = io.BytesIO()
                book.save(file)
                return file.getvalue()
    raise AssertionError(f"No row says {row_says}.")


class TestANewerVersion:
    def test_it_leads_to_what_differs_and_says_how_much(self, client, review, upload):
        record = upload(document(edited(ROWS, "Watch manager", "Station manager")))
        assert "See what it would change" in client.get(record.get_absolute_url()).content.decode()
        page = client.get(reverse("bring-in", args=[record.pk]), follow=True)
        said = page.content.decode()
        assert "What newer.docx would change" in said
        assert "<del>Watch</del> manager" in said
        assert "<ins>Station</ins> manager" in said

    def test_nothing_changes_before_it_is_confirmed(self, client, review, upload):
        record = upload(document(edited(ROWS, "Watch manager", "Station manager")))
        for group in Choosing(record).differences.groups:
            choose(client, record, do=f"accept:{group.key}")
        assert set(Action.objects.values_list("as_printed__lead", flat=True)) >= {"Watch manager"}
        page = client.get(reverse("accept-differences", args=[record.pk]))
        assert page.context["sentences"] == ["2 fields of 2 rows will be changed."]
        assert confirm(client, record).url == record.get_absolute_url()
        assert "Station manager" in Action.objects.first().as_printed["lead"]
        said = client.get(record.get_absolute_url()).content.decode()
        assert "2 fields of 2 rows were changed." in said

    def test_choices_are_kept_for_tomorrow_and_for_a_colleague(self, client, review, upload, partnership):
        record = upload(document(edited(ROWS, "Watch manager", "Station manager")))
        first, second = Choosing(record).differences.choices
        choose(client, record, more={f"take:{first}": "yes", f"take:{second}": "no"})
        client.force_login(MembershipFactory(partnership=partnership).user)
        page = client.get(differences(record))
        assert page.content.decode().count(" checked>") == 2
        assert page.context["choosing"].counts == {"accepted": 1, "refused": 1, "open": 0}

    def test_what_is_refused_or_not_chosen_changes_nothing(self, client, review, upload):
        record = upload(document(edited(ROWS, "Watch manager", "Station manager")))
        first, *_ = Choosing(record).differences.choices
        choose(client, record, more={f"take:{first}": "no"})
        lines = Action.history.count()
        confirm(client, record)
        record.refresh_from_db()
        assert (record.state, record.outcome) == ("imported", ["Nothing in the plan was changed."])
        assert Action.history.count() == lines

    def test_a_withdrawal_needs_a_reason(self, client, review, upload):
        record = upload(
            document(health=HEALTH[:1] + [["4. Write a quite different thing down", "", "", "", "", "", ""]])
        )
        page = client.get(differences(record)).context["found"]
        assert {row.difference.kind for part in page.parts for row in part.rows} == {"new", "gone"}
        answer = accept_all(client, record)
        assert answer.context["form"].errors == {"reason": ["Enter why what is gone is withdrawn"]}
        assert accept_all(client, record, reason="Agreed by the board").status_code == 302
        gone = Recommendation.objects.get(number="3")
        assert gone.acceptance == "withdrawn"
        assert gone.acceptance_reason.endswith("accepted by Siân Ahmed: Agreed by the board")

    def test_a_doubtful_row_is_asked_about_first(self, client, review, upload):
        record = upload(
            document(
                health=edited(HEALTH, "Visit families in temporary housing twice", "Keep a register of empty flats")
            )
        )
        [doubtful] = [each for each in Choosing(record).differences.all if each.kind == "doubtful"]
        choose(client, record, more={f"same:{doubtful.key}": "yes"})
        [same] = Choosing(PlanImport.objects.get(pk=record.pk)).differences.all
        assert [change.name for change in same.changes] == ["text"]

    def test_the_page_can_be_narrowed_to_a_kind(self, client, review, upload):
        record = upload(
            document(
                edited(ROWS, "Watch manager", "Station manager"),
                HEALTH[:1] + [["4. Write a quite different thing down", "", "", "", "", "", ""]],
            )
        )
        page = client.get(differences(record), {"show": "gone"}).context["found"]
        assert [row.difference.title for part in page.parts for row in part.rows] == ["Recommendation 3"]
        assert [(each.words, each.count) for each in page.filters if each.name == "changed"] == [("Changed", 2)]

    def test_the_same_plan_again_makes_no_difference_and_can_be_finished(self, client, review, upload):
        record = upload(document())
        assert "Nothing differs from the plan as it stands." in client.get(differences(record)).content.decode()
        confirm(client, record)
        record.refresh_from_db()
        assert record.state == "imported"

    def test_what_changed_here_after_choosing_is_shown_again(self, client, review, upload, manager):
        record = upload(document(edited(ROWS, "b) Not started", "b) In progress")))
        [key] = Choosing(record).differences.choices
        choose(client, record, more={f"take:{key}": "yes"})
        address = reverse("accept-differences", args=[record.pk])
        form = client.get(address).context["form"]
        action = Action.objects.get(label="b")
        services.report_progress(
            action=action, by=manager, status=Status.ONGOING, what_was_done="Asked.", own_rating=""
        )
        answer = client.post(address, {**hidden(form), "reason": ""})
        assert "not what this page showed before" in answer.content.decode()
        action.refresh_from_db()
        assert action.status == Status.ONGOING
        assert "Choose again" in client.get(differences(record)).content.decode()

    def test_a_confirmation_sent_twice_counts_once(self, client, review, upload):
        record = upload(document(edited(ROWS, "Watch manager", "Station manager")))
        choose(client, record, do=f"accept:{Choosing(record).differences.groups[0].key}")
        address = reverse("accept-differences", args=[record.pk])
        data = hidden(client.get(address).context["form"]) | {"reason": ""}
        client.post(address, data)
        lines = Action.history.count()
        client.post(address, data)
        assert Action.history.count() == lines


class TestAReturn:
    def test_a_plan_that_went_out_as_a_workbook_comes_back_without_difference(self, client, review, upload):
        record = upload(plan_file(review, "xlsx").content, "back.xlsx")
        assert not Choosing(record).differences

    def test_what_was_filled_in_is_found_and_accepted(self, client, review, upload, manager):
        content = plan_file(review, "xlsx").content
        record = upload(filled_in(content, HEADINGS[-1], "Put a second visit", "The pathway was changed."), "back.xlsx")
        accept_all(client, record)
        action = Action.objects.get(text__startswith="Put a second visit")
        assert action.updates.get().what_was_done.startswith("The pathway was changed.")
        why = "From back.xlsx, accepted by Siân Ahmed"
        assert why in action.history.values_list("history_change_reason", flat=True)

    def test_a_status_of_complete_is_submitted_for_somebody_else_to_sign_off(self, client, review, upload, manager):
        content = plan_file(review, "xlsx").content
        record = upload(filled_in(content, "Status", "Put a second visit", "Complete"), "back.xlsx")
        page = client.get(differences(record)).content.decode()
        assert "submitted as complete in your name" in page
        accept_all(client, record)
        action = Action.objects.get(text__startswith="Put a second visit")
        assert (action.status, action.submitted_by) == (Status.SUBMITTED, manager)
        assert action.signed_off_by is None

    def test_a_field_changed_on_both_sides_is_a_conflict_that_is_never_accepted_with_the_rest(
        self, client, review, upload, manager
    ):
        content = plan_file(review, "xlsx").content
        action = Action.objects.get(label="b")
        lead = UserFactory(name="Owen Hughes")
        services.report_progress(action=action, by=lead, status=Status.ONGOING, what_was_done="Asked.", own_rating="")
        record = upload(filled_in(content, "Status", "Ask schools", "Complete"), "back.xlsx")
        said = client.get(differences(record)).content.decode()
        assert "Ours, changed by Owen Hughes on" in said
        assert "When it went out it said “b) Not started" in said
        accept_all(client, record)
        action.refresh_from_db()
        assert action.status == Status.ONGOING

    def test_the_form_of_an_agency_is_known_as_its_return_and_others_rows_are_not_theirs(
        self, client, review, upload, manager
    ):
        health = Agency.objects.get(name="Health Trust")
        content = form_for(review, health, Action.objects.of_agency(health)).content
        record = upload(content, "return.xlsx")
        choosing = Choosing(record)
        assert choosing.agency == health
        assert not choosing.differences, [each.title for each in choosing.differences.all]

    def test_what_an_agency_fills_in_on_its_form_becomes_one_update_and_a_submission(
        self, client, review, upload, manager
    ):
        health = Agency.objects.get(name="Health Trust")
        content = form_for(review, health, Action.objects.of_agency(health)).content
        for column, value in {
            "Status now (fill in)": "Submitted as complete",
            "Your rating (fill in)": "Amber",
            "Update: what was done since the last one (fill in)": "We changed the pathway.",
            "Evidence of what was done (fill in)": "The pathway, version 2",
            "Date done (fill in)": "3 May 2012",
        }.items():
            content = filled_in(content, column, "Put a second visit", value)
        record = upload(content, "return.xlsx")
        [difference] = Choosing(record).differences.all
        assert (difference.changes[0].before, difference.changes[0].after) == ("In progress", "Submitted as complete")
        accept_all(client, record)
        action = Action.objects.get(text__startswith="Put a second visit")
        update = action.updates.get()
        assert (action.status, action.submitted_by, action.own_rating) == (Status.SUBMITTED, manager, "amber")
        assert (action.completion_evidence, str(action.completed_on)) == ("The pathway, version 2", "2012-05-03")
        assert update.what_was_done == (
            "We changed the pathway.\n\nThe pathway, version 2\n\n(From return.xlsx, accepted by Siân Ahmed)"
        )
        assert not Choosing(upload(content, "return.xlsx")).differences

    def test_a_manager_says_whose_return_it_is(self, client, review, upload):
        health = Agency.objects.get(name="Health Trust")
        record = upload(document(edited(ROWS, "Watch manager", "Station manager")))
        client.post(differences(record), {"do": "whose", "agency": health.pk})
        page = client.get(differences(record))
        assert "Health Trust neither leads nor supports it" in page.content.decode()
        assert not page.context["choosing"].differences.choices


class TestWhoMayDoThis:
    @pytest.mark.parametrize("name", ["import-differences", "accept-differences"])
    def test_only_managers_of_the_partnership_see_it(self, client, review, upload, sign_in_as, name):
        record = upload(document())
        address = reverse(name, args=[record.pk])
        assert client.get(address).status_code == 200
        sign_in_as(Role.BUSINESS_MANAGER, PartnershipFactory())
        assert client.get(address).status_code == 404
        sign_in_as(Role.BOARD_MEMBER, review.partnership)
        assert client.get(address).status_code == 404
        sign_in_as(Role.AGENCY_LEAD, Agency.objects.get(name="Health Trust"))
        assert client.get(address).status_code == 404

    def test_an_import_that_is_finished_cannot_be_chosen_from_again(self, client, review, upload):
        record = upload(document())
        confirm(client, record)
        assert client.get(differences(record)).url == record.get_absolute_url()

    def test_a_review_without_a_plan_has_no_differences(self, client, review, upload):
        record = upload(document())
        record.review = None
        record.save()
        assert client.get(differences(record)).url == reverse("bring-in", args=[record.pk])


def test_the_page_takes_the_same_number_of_queries_whatever_differs(
    client, review, upload, django_assert_max_num_queries
):
    record = upload(document(edited(edited(ROWS, "Watch", "Station"), "In progress", "Complete"), HEALTH[:1]))
    with django_assert_max_num_queries(24):
        client.get(differences(record))
