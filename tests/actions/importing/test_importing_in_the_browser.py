"""A plan comes in through the pages: uploaded, looked at, put right, handed over, imported or dropped."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from actions.evidence import scanning
from actions.importing.save import ImportedFile, save_plan
from actions.models import Action, Evidence, PlanImport
from reviews.models import Recommendation, Review, Section
from scr_tracker.models import Agency, AuditEvent
from scr_tracker.permissions import Role
from tests.conftest import hidden
from tests.factories import (
    AgencyFactory,
    MembershipFactory,
    PartnershipFactory,
    ReviewFactory,
    SectionFactory,
    UserFactory,
)

from .documents import HEADINGS, recognised, separated, word

pytestmark = pytest.mark.django_db

PLAN = word(
    "**IMR action plans: Child K**",
    "# 1. Fire Service Actions",
    [
        [*HEADINGS[:-1], "Evidence of completion", "Cost code"],
        [
            "1. Listen to children",
            "a) Train crews\nb) Ask schools\nc) Audit",
            "May 2012\nJune 2012",
            "",
            "",
            "",
            "",
            "Z",
        ],
        ["2. Write it down", "Buy pens", "lately", "Eastmere Police", "", "Complete", "Audit to be commissioned.", ""],
    ],
    "# 2. Eastmer Police Actions",
    [HEADINGS, ["3. Ring", "Buy telephones", "1 July 2012", "", "", "In progress", ""]],
)
FIRST, SECOND = "table-1-row-2", "table-1-row-3"


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Northshire")


@pytest.fixture
def manager(sign_in_as, partnership):
    return sign_in_as(of=partnership)


@pytest.fixture
def upload(client):
    """Return a function that uploads a document as a person does, and returns the answer."""

    def send(content=PLAN, name="plan.docx", review=None):
        address = reverse("import-plan")
        form = client.get(address).context["form"]
        chosen = str(review.pk) if review else form.fields["review"].choices[0][0]
        return client.post(address, {**hidden(form), "review": chosen, "file": SimpleUploadedFile(name, content)})

    return send


@pytest.fixture
def draft(manager, upload):
    """An import that the manager has begun, of a new review."""
    assert upload().status_code == 302
    return PlanImport.objects.get()


@pytest.fixture
def look(client):
    """Return a function that opens a page of an import."""

    def get(name, record, *key):
        return client.get(reverse(name, args=[record.pk, *key]))

    return get


@pytest.fixture
def put_right(client):
    """Return a function that makes a correction by its form, and returns the answer."""

    def correct(step, record, key, query="", form=None, **typed):
        address = reverse(f"import-{step}", args=[record.pk, key]) + query
        form = form or client.get(address).context["form"]
        fields = {field.html_name: _value(field) for field in form if _value(field) is not None}
        for field in form:
            if field.widget_type == "govukdate":
                parts = field.field.widget.decompress(field.value())
                names = (f"{field.html_name}_{part}" for part in ("day", "month", "year"))
                fields |= dict(zip(names, parts, strict=True))
        return client.post(address, {**fields, **typed})

    return correct


def _value(field):
    """Return what a browser sends for a field as it stands: of a list to choose from its first choice."""
    if field.widget_type == "govukdate" or field.value() is False:
        return None
    return field.field.choices[0][0] if field.widget_type == "select" and field.value() is None else field.value()


@pytest.fixture
def bring_in(client):
    """Return a function that says which review it is, and imports."""

    def import_it(record, **details):
        if details:
            address = reverse("import-review", args=[record.pk])
            form = client.get(address).context["form"]
            assert client.post(address, {**hidden(form), "kind": "scr", **details}).status_code == 302
        address = reverse("bring-in", args=[record.pk])
        return client.post(address, hidden(client.get(address).context["form"]))

    return import_it


class TestUploading:
    def test_shows_what_was_found_and_saves_nothing_to_a_plan(self, client, draft, manager):
        response = client.get(draft.get_absolute_url())
        assert response.context["counts"] == {
            "sections": 2,
            "recommendations": 3,
            "actions": 5,
            "dated": 1,
            "complete": 1,
            "led": 1,
        }
        assert (draft.state, draft.by, draft.checked_by, draft.file_name) == ("draft", manager, manager, "plan.docx")
        assert not Section.objects.exists()
        assert not Review.objects.exists()
        assert "Say which new review this is the plan of" in response.content.decode()

    def test_is_done_once_however_often_the_form_is_sent(self, client, manager):
        address = reverse("import-plan")
        form = client.get(address).context["form"]
        chosen = form.fields["review"].choices[0][0]
        for _ in range(2):
            client.post(address, {**hidden(form), "review": chosen, "file": SimpleUploadedFile("plan.docx", PLAN)})
        assert PlanImport.objects.count() == 1

    @pytest.mark.parametrize(
        ("content", "name", "sentence"),
        [
            (b"", "plan.docx", "plan.docx is empty"),
            (b"\x89PNG\r\n", "plan.docx", "plan.docx is a picture"),
            (b"PK\x03\x04 broken", "plan.docx", "plan.docx is damaged"),
            (PLAN, "plan.xlsx", "plan.xlsx is named as an Excel workbook, but it is a Word document"),
            (word("Dear all, thank you."), "letter.docx", "letter.docx holds no table"),
        ],
    )
    def test_of_what_is_no_plan_says_what_to_do_and_keeps_nothing(self, manager, upload, content, name, sentence):
        response = upload(content, name)
        assert response.status_code == 200
        assert sentence in response.context["form"].errors["file"][0]
        assert not PlanImport.objects.exists()

    def test_of_more_than_the_site_takes_is_refused(self, manager, upload, settings):
        settings.EVIDENCE_MAX_BYTES, settings.EVIDENCE_MAX_MB = 10, 0
        assert "plan.docx is larger than 0 MB" in upload().context["form"].errors["file"][0]

    def test_of_nothing_asks_for_a_file(self, client, manager):
        form = client.get(reverse("import-plan")).context["form"]
        response = client.post(reverse("import-plan"), hidden(form))
        assert response.context["form"].errors["file"] == ["Choose the file of the plan"]

    @pytest.mark.parametrize(
        ("verdict", "sentence"),
        [
            (scanning.Verdict(Evidence.Scan.INFECTED, "Eicar"), "plan.docx holds a virus (Eicar)"),
            (scanning.Verdict(Evidence.Scan.WAITING), "could not be looked at by the virus scanner"),
        ],
    )
    def test_of_what_the_virus_scanner_does_not_pass_is_refused(self, manager, upload, monkeypatch, verdict, sentence):
        monkeypatch.setattr(scanning, "scan", lambda file: verdict)
        assert sentence in upload().context["form"].errors["file"][0]
        assert not PlanImport.objects.exists()

    def test_offers_the_reviews_of_the_partnerships_where_one_edits_plans(self, client, manager, partnership):
        ours, other = ReviewFactory(partnership=partnership, reference="0319"), ReviewFactory(reference="0777")
        elsewhere = MembershipFactory(user=manager, role=Role.BOARD_MEMBER, partnership=other.partnership)
        offered = client.get(reverse("import-plan") + f"?review={ours.pk}").context["form"]
        assert [label for _, label in offered.fields["review"].choices] == ["A new review", "0319 Kit"]
        assert offered["review"].value() == str(ours.pk)
        elsewhere.role = Role.BUSINESS_MANAGER
        elsewhere._history_user = None
        elsewhere.save()
        groups = client.get(reverse("import-plan")).context["form"].fields["review"].choices
        assert [label for label, _ in groups[1:]] == sorted([str(partnership), str(other.partnership)])


class TestImporting:
    def test_makes_the_review_with_its_plan_and_keeps_the_document(self, client, draft, bring_in, manager):
        response = bring_in(draft, reference="0412", pseudonym="Ash", completed_on_day="", commissioned_on_day="")
        review = Review.objects.get()
        assert response["Location"] == review.get_absolute_url()
        assert (review.reference, review.pseudonym, review.kind) == ("0412", "Ash", "scr")
        assert [each.text for each in Action.objects.in_plan_order()][0] == "Train crews"
        history = review.history.first()
        assert (history.history_user, history.history_change_reason) == (manager, "Imported from plan.docx")
        draft.refresh_from_db()
        assert (draft.state, draft.review, draft.closed_by) == ("imported", review, manager)

    def test_remembers_where_in_the_document_each_record_stood(self, client, draft, bring_in):
        bring_in(draft, reference="0412")
        first = Recommendation.objects.in_plan_order().first()
        assert first.source_place == "plan.docx, table 1, row 2"
        assert Action.objects.in_plan_order().last().source_place == "plan.docx, table 2, row 2"
        for record in (first, first.actions.first()):
            page = client.get(record.get_absolute_url()).content.decode()
            address = reverse("import-document", args=[draft.pk])
            assert f'<a class="govuk-link" href="{address}">plan.docx</a>, table 1, row 2' in page

    def test_begins_with_the_name_that_the_document_gives_the_child(self, draft, look):
        assert look("import-review", draft).context["form"]["pseudonym"].value() == "Child K"

    def test_asks_first_which_review_it_is(self, client, draft, look):
        assert look("bring-in", draft)["Location"] == reverse("import-review", args=[draft.pk])

    def test_refuses_a_reference_that_has_a_plan_and_dates_the_wrong_way_round(self, client, draft, look, partnership):
        SectionFactory(review__partnership=partnership, review__reference="0319")
        address, form = reverse("import-review", args=[draft.pk]), look("import-review", draft).context["form"]
        sent = {**hidden(form), "kind": "scr", "reference": "0319"}
        assert "already has a plan" in client.post(address, sent).context["form"].non_field_errors()[0]
        dates = {
            f"commissioned_on_{part}": value for part, value in zip(("day", "month", "year"), (1, 5, 2013), strict=True)
        }
        dates |= {
            f"completed_on_{part}": value for part, value in zip(("day", "month", "year"), (1, 5, 2012), strict=True)
        }
        form = look("import-review", draft).context["form"]
        errors = client.post(address, {**hidden(form), "kind": "scr", "reference": "9", **dates}).context["form"].errors
        assert errors["completed_on"] == ["The report cannot be completed before it was commissioned"]

    def test_into_a_review_without_a_plan(self, upload, manager, partnership, bring_in):
        review = ReviewFactory(partnership=partnership, reference="0319")
        upload(review=review)
        bring_in(PlanImport.objects.get())
        assert Section.objects.filter(review=review).count() == 2

    def test_into_a_review_with_a_plan_leads_to_the_differences(self, upload, manager, partnership, look):
        review = SectionFactory(review__partnership=partnership).review
        upload(review=review)
        record = PlanImport.objects.get()
        assert look("bring-in", record)["Location"] == reverse("import-differences", args=[record.pk])

    def test_is_refused_where_somebody_corrected_the_draft_after_it_was_shown(
        self, client, draft, bring_in, look, put_right
    ):
        bring_in_address = reverse("bring-in", args=[draft.pk])
        review = look("import-review", draft).context["form"]
        client.post(reverse("import-review", args=[draft.pk]), {**hidden(review), "kind": "scr", "reference": "0412"})
        form = client.get(bring_in_address).context["form"]
        put_right("drop", draft, SECOND)
        response = client.post(bring_in_address, hidden(form))
        assert "corrected this meanwhile" in response.context["form"].non_field_errors()[0]
        assert not Section.objects.exists()
        assert client.post(bring_in_address, hidden(response.context["form"])).status_code == 302
        assert Recommendation.objects.count() == 2


class TestPuttingRight:
    def test_every_page_opens(self, draft, look):
        for name in ("import-problems", "import-columns", "import-agencies", "import-corrections", "hand-over-import"):
            assert look(name, draft).status_code == 200
        assert look("import-section", draft, "section-1-fire-service-actions").status_code == 200
        assert look("import-row", draft, FIRST).status_code == 200
        for name in ("import-section", "import-row", "import-edit", "import-rescue", "import-column", "import-agency"):
            assert look(name, draft, "nothing").status_code == 404

    def test_a_row_is_edited_and_only_what_was_changed_is_noted(self, draft, put_right):
        put_right("edit", draft, f"{SECOND}.1", target_date_text="June 2013")
        draft.refresh_from_db()
        [made] = draft.corrections
        assert (made["op"], made["changes"], made["was"]) == (
            "edit",
            {"target_date_text": "June 2013"},
            {"target_date_text": "lately"},
        )

    def test_a_row_left_as_it_is_notes_nothing(self, draft, put_right):
        assert put_right("edit", draft, FIRST).status_code == 302
        draft.refresh_from_db()
        assert draft.corrections == []

    def test_dates_that_do_not_line_up_are_shared_out(self, client, draft, put_right, bring_in, look):
        assert len(look("import-problems", draft).context["places"]) == 3
        share = {"action_1": "0", "action_2": "0", "action_3": "1"}
        put_right("share", draft, FIRST, "?field=target_date_text", **share)
        places = look("import-problems", draft).context["places"]
        assert [place.problem.text for place in places] == ["Cost code", "lately"]
        bring_in(draft, reference="0412")
        assert [each.due for each in Action.objects.in_plan_order()][:3] == ["May 2012", "May 2012", "June 2012"]

    def test_actions_are_merged_and_split(self, draft, put_right, bring_in):
        put_right("merge", draft, f"{FIRST}.3", into=f"{FIRST}.2")
        put_right("split", draft, f"{SECOND}.1", text="Buy\n\npens")
        bring_in(draft, reference="0412")
        texts = [each.text for each in Action.objects.in_plan_order()]
        assert texts == ["Train crews", "Ask schools\nc) Audit", "Buy", "pens", "Buy telephones"]

    def test_a_split_that_changes_words_is_refused_and_what_was_typed_stays(self, draft, put_right):
        response = put_right("split", draft, f"{SECOND}.1", text="Buy\n\npencils")
        assert "The words must stay as they are" in response.context["form"].errors["text"][0]
        assert response.context["form"]["text"].value() == "Buy\n\npencils"

    def test_words_are_moved_by_line_or_by_copying_them(self, draft, put_right, bring_in):
        put_right("move", draft, f"{SECOND}.1", "?field=completion_evidence", words="to be commissioned.", to=SECOND)
        put_right("move", draft, FIRST, "?field=as_printed:Cost code", lines=["0"], to=f"{FIRST} new")
        bring_in(draft, reference="0412")
        second = Recommendation.objects.get(number="2")
        assert second.completion_evidence == "to be commissioned."
        assert second.actions.get().completion_evidence == "Audit"
        assert Action.objects.get(text="Z").recommendation.number == "1"

    def test_words_that_do_not_stand_there_cannot_be_moved(self, draft, put_right):
        response = put_right("move", draft, SECOND, words="Nowhere", to=FIRST)
        assert "do not stand there" in response.context["form"].errors["words"][0]
        response = put_right("move", draft, SECOND, to=FIRST)
        assert response.context["form"].errors["lines"] == ["Choose the words that go elsewhere"]

    def test_a_row_is_left_out_and_brought_back(self, client, draft, put_right, look):
        put_right("drop", draft, FIRST)
        assert look("import-row", draft, FIRST).status_code == 404
        client.post(reverse("undo-correction", args=[draft.pk, 0]))
        assert look("import-row", draft, FIRST).status_code == 200
        made = look("import-corrections", draft).context["corrections"]
        assert [each.says for each in made] == ["Undid: Left out table 1 row 2", "Left out table 1 row 2"]

    def test_leaving_out_the_last_of_a_section_leads_to_the_whole_plan(self, client, draft, put_right):
        assert put_right("drop", draft, SECOND)["Location"].endswith("/sections/section-1-fire-service-actions/")
        assert put_right("drop", draft, "table-2-row-2")["Location"] == draft.get_absolute_url()
        assert client.get(draft.get_absolute_url()).context["counts"]["sections"] == 1

    def test_the_meaning_of_a_column_has_the_document_read_again_and_keeps_other_corrections(
        self, draft, put_right, look, bring_in
    ):
        put_right("edit", draft, SECOND, text="Write everything down")
        headings = [each.heading for _, each, _ in look("import-columns", draft).context["headings"]]
        put_right("column", draft, str(headings.index("Cost code")), field="evidence_expected")
        put_right("column", draft, str(headings.index("Status")), field="")
        bring_in(draft, reference="0412")
        first, second, _ = Recommendation.objects.in_plan_order()
        assert (first.evidence_expected, second.text) == ("Z", "Write everything down")
        assert second.actions.get().status == "unknown"
        assert "Complete" in str(second.as_printed) + str(second.actions.get().as_printed)

    def test_a_meaning_that_leaves_no_plan_is_refused(self, draft, put_right, look):
        headings = [each.heading for _, each, _ in look("import-columns", draft).context["headings"]]
        put_right("column", draft, str(headings.index("Action required")), field="")
        response = put_right("column", draft, str(headings.index("Recommendation")), field="")
        assert response.status_code in (200, 302)
        draft.refresh_from_db()
        assert draft.state == "draft"

    def test_a_doubtful_agency_is_decided_on(self, draft, put_right, look, bring_in, partnership):
        police = AgencyFactory(name="Eastmere Police", partnerships=[partnership])
        named = {each.name: each for _, each in look("import-agencies", draft).context["named"]}
        assert named["Eastmere Police"].agency == police
        assert named["Eastmer Police"].is_doubtful
        assert named["Fire Service"].will_be_created
        number = list(named).index("Eastmer Police")
        put_right("agency", draft, str(number), agency=str(police.pk))
        bring_in(draft, reference="0412")
        agencies = [section.agency.name for section in Section.objects.order_by("order")]
        assert agencies == ["Fire Service", "Eastmere Police"]
        assert Agency.objects.count() == 2

    def test_a_row_that_was_not_understood_becomes_a_recommendation(self, upload, manager, put_right, look, bring_in):
        rows = [["Recommendation", "Action", "By when"], ["", "Buy paper", "May 2013"], ["Write", "Buy pens", ""]]
        upload(separated(rows), "plan.csv")
        record = PlanImport.objects.get()
        [place] = [each for each in look("import-problems", record).context["places"] if each.can_be_rescued]
        put_right("rescue", record, str(place.number), kind="recommendation")
        bring_in(record, reference="0412")
        assert "Buy paper\nMay 2013" in [each.text for each in Recommendation.objects.all()]
        assert "Buy paper" not in Review.objects.get().plan_notes

    def test_a_place_that_is_right_as_it_is_is_settled(self, client, draft, look):
        client.post(reverse("settle-problem", args=[draft.pk, 0]))
        context = look("import-problems", draft).context
        assert (len(context["places"]), len(context["looked_at"])) == (2, 1)

    def test_warns_of_what_is_odd_in_the_plan_itself(self, draft, look):
        groups = {group["kind"].value for group in look("import-problems", draft).context["groups"]}
        assert {"misaligned", "evidence_to_come"} <= groups

    def test_two_people_who_correct_the_same_row_hear_of_each_other(
        self, client, draft, put_right, sign_in_as, partnership
    ):
        address = reverse("import-edit", args=[draft.pk, FIRST])
        mine = client.get(address).context["form"]
        put_right("edit", draft, FIRST, text="Hear children")
        response = put_right("edit", draft, FIRST, form=mine, text="Listen well")
        [sentence] = response.context["form"].non_field_errors()
        assert "Somebody else corrected this meanwhile" in sentence
        assert response.context["form"]["text"].value() == "Listen well"
        again = put_right("edit", draft, FIRST, form=response.context["form"], text="Listen well")
        assert again.status_code == 302
        draft.refresh_from_db()
        assert draft.corrections[-1]["changes"]["text"] == "Listen well"

    def test_two_people_who_correct_different_rows_do_not(self, client, draft, put_right):
        mine = client.get(reverse("import-edit", args=[draft.pk, FIRST])).context["form"]
        put_right("edit", draft, SECOND, text="Write it all down")
        assert put_right("edit", draft, FIRST, form=mine, text="Listen well").status_code == 302

    def test_a_form_sent_twice_corrects_once(self, client, draft, put_right):
        form = client.get(reverse("import-drop", args=[draft.pk, FIRST])).context["form"]
        for _ in range(2):
            put_right("drop", draft, FIRST, form=form)
        draft.refresh_from_db()
        assert len(draft.corrections) == 1


class TestHandingOverAndDropping:
    def test_a_colleague_goes_on_where_one_stopped(self, client, draft, put_right, partnership, bring_in):
        put_right("edit", draft, FIRST, text="Hear children")
        colleague = MembershipFactory(partnership=partnership, user__name="Ivy Okafor").user
        form = client.get(reverse("hand-over-import", args=[draft.pk])).context["form"]
        assert str(colleague.pk) in form.people
        client.post(reverse("hand-over-import", args=[draft.pk]), {"to": colleague.pk})
        client.force_login(colleague)
        assert "plan.docx" in client.get(reverse("import-list")).content.decode()
        assert "Being checked by <strong>you" in client.get(draft.get_absolute_url()).content.decode()
        bring_in(draft, reference="0412")
        assert Recommendation.objects.first().text == "Hear children"
        assert Review.objects.get().history.first().history_user == colleague

    def test_it_is_handed_to_nobody_else(self, client, draft):
        stranger = UserFactory()
        response = client.post(reverse("hand-over-import", args=[draft.pk]), {"to": stranger.pk})
        assert response.context["form"].errors["to"]

    def test_a_dropped_import_keeps_its_file_and_can_no_longer_be_corrected(self, client, draft, look, manager):
        client.post(reverse("drop-import", args=[draft.pk]))
        draft.refresh_from_db()
        assert (draft.state, draft.closed_by) == ("dropped", manager)
        assert draft.file.storage.exists(draft.file.name)
        response = look("import-row", draft, FIRST)
        assert response["Location"] == draft.get_absolute_url()
        assert "Dropped" in client.get(draft.get_absolute_url()).content.decode()
        client.post(reverse("drop-import", args=[draft.pk]))
        assert PlanImport.objects.get().closed_by == manager


class TestTheDocument:
    def test_is_given_as_it_was_uploaded_to_be_saved_and_that_is_audited(self, client, draft, manager):
        response = client.get(reverse("import-document", args=[draft.pk]))
        assert b"".join(response.streaming_content) == PLAN

        assert response["Content-Disposition"] == 'attachment; filename="plan.docx"'
        assert response["X-Content-Type-Options"] == "nosniff"
        event = AuditEvent.objects.get(kind="downloaded")
        assert (event.by, event.detail["sha256"]) == (manager, draft.sha256)

    def test_that_was_changed_in_storage_is_not_given(self, client, draft):
        with draft.file.storage.open(draft.file.name, "wb") as file:
            file.write(b"something else")
        response = client.get(reverse("import-document", args=[draft.pk]))
        assert response["Location"] == draft.get_absolute_url()
        assert AuditEvent.objects.filter(kind="file_changed").count() == 1

    def test_is_there_for_board_members_once_it_is_imported_and_for_nobody_who_sees_a_part(
        self, client, draft, bring_in, partnership
    ):
        address = reverse("import-document", args=[draft.pk])
        member = MembershipFactory(partnership=partnership, role=Role.BOARD_MEMBER).user
        client.force_login(member)
        assert client.get(address).status_code == 404
        client.force_login(draft.by)
        bring_in(draft, reference="0412")
        review, agency = Review.objects.get(), Agency.objects.first()
        lead = MembershipFactory(agency_lead=True, agency=agency).user
        client.force_login(lead)
        assert client.get(review.get_absolute_url()).status_code == 200
        assert client.get(address).status_code == 404
        client.force_login(member)
        response = client.get(address)
        assert response.status_code == 200
        assert b"".join(response.streaming_content) == PLAN

        review.restricted = True
        review._history_user = None
        review.save()
        assert client.get(address).status_code == 404


class TestWhoMayImport:
    @pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.AGENCY_LEAD])
    def test_nobody_but_a_business_manager(self, client, draft, sign_in_as, partnership, role):
        sign_in_as(role, AgencyFactory(partnerships=[partnership]) if role == Role.AGENCY_LEAD else partnership)
        for name in ("import-list", "import-plan"):
            assert client.get(reverse(name)).status_code == 403
        for name in ("plan-import", "import-problems", "bring-in", "drop-import", "import-document"):
            assert client.get(reverse(name, args=[draft.pk])).status_code == 404
        assert client.post(reverse("undo-correction", args=[draft.pk, 0])).status_code == 404
        page = client.get(reverse("review-list")).content.decode()
        assert reverse("import-plan") not in page

    def test_a_manager_of_another_partnership_finds_nothing(self, client, draft, sign_in_as):
        sign_in_as(of=PartnershipFactory())
        assert client.get(draft.get_absolute_url()).status_code == 404
        assert "plan.docx" not in client.get(reverse("import-list")).content.decode()
        assert "under way" not in client.get(reverse("review-list")).content.decode()

    def test_a_review_of_another_partnership_cannot_be_chosen(self, upload, manager):
        response = upload(review=ReviewFactory())
        assert response.context["form"].errors["review"]

    def test_managers_find_the_way_from_the_reviews(self, client, manager, partnership):
        review = ReviewFactory(partnership=partnership)
        address = reverse("import-plan")
        assert f'href="{address}"' in client.get(reverse("review-list")).content.decode()
        assert f'href="{address}?review={review.pk}"' in client.get(review.get_absolute_url()).content.decode()


class TestLargeDocuments:
    @pytest.fixture(autouse=True)
    def _everything_is_large(self, monkeypatch):
        monkeypatch.setattr("actions.importing.drafts.LONG", dict.fromkeys(("Word document", "text file"), 0))

    def test_are_read_in_the_background(self, client, upload, manager, settings):
        settings.JOBS = "worker"
        upload()
        record = PlanImport.objects.get()
        assert (record.state, record.job.by) == ("waiting", manager)
        page = client.get(record.get_absolute_url()).content.decode()
        assert "Look again" in page
        assert "No worker is running" in page
        assert client.get(reverse("bring-in", args=[record.pk]))["Location"] == record.get_absolute_url()

    def test_can_then_be_checked(self, client, upload, manager, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            upload()
        record = PlanImport.objects.get()
        assert (record.state, record.job.state) == ("draft", "done")
        assert client.get(record.get_absolute_url()).context["counts"]["actions"] == 5

    def test_that_hold_no_plan_say_so(self, client, upload, manager, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            upload(word("Dear all, thank you."), "letter.docx")
        record = PlanImport.objects.get()
        assert record.state == "failed"
        assert "letter.docx holds no table" in client.get(record.get_absolute_url()).content.decode()
        assert client.get(reverse("drop-import", args=[record.pk])).status_code == 200


class TestSpeed:
    def plan_of(self, count):
        rows = [["Section", "Recommendation", "Action", "By when", "Lead", "Status"]]
        rows += [[f"Part {n // 50}", f"{n}. Do {n}", f"Act {n}", "May 2021", "Nurse", "Complete"] for n in range(count)]
        return separated(rows)

    def test_pages_take_the_same_number_of_queries_whatever_the_size(
        self, client, upload, manager, look, django_assert_max_num_queries
    ):
        for count in (3, 60):
            upload(self.plan_of(count), f"plan{count}.csv")
            record = PlanImport.objects.get(file_name=f"plan{count}.csv")
            draft_pages = [
                ("plan-import", ()),
                ("import-problems", ()),
                ("import-agencies", ()),
                ("import-section", ("section-part-0",)),
                ("import-row", ("line-2",)),
            ]
            for name, key in draft_pages:
                with django_assert_max_num_queries(11):
                    assert look(name, record, *key).status_code == 200

    def test_the_list_of_imports_takes_the_same_number_of_queries(
        self, client, upload, manager, django_assert_max_num_queries
    ):
        for number in range(6):
            upload(self.plan_of(2), f"plan{number}.csv")
        with django_assert_max_num_queries(10):
            client.get(reverse("import-list"))

    def test_a_section_of_many_recommendations_is_shown_in_pages(self, upload, manager, look):
        rows = [["Recommendation", "Action"], *([f"{n}. Do {n}", f"Act {n}"] for n in range(1, 46))]
        upload(separated(rows), "plan.csv")
        record = PlanImport.objects.get()
        key = look("plan-import", record).context["parts"][0]["row"].key
        page = look("import-section", record, key)
        assert (len(page.context["shown"]), page.context["page"].paginator.num_pages) == (20, 3)


def test_an_import_from_the_command_line_is_seen_with_what_became_of_it(client, manager, partnership):
    plan, source = recognised(PLAN).plan, ImportedFile("plan.docx", PLAN)
    save_plan(plan=plan, partnership=partnership, reference="0319", kind="scr", by=None, source=source)
    record = PlanImport.objects.get()
    assert "Imported by the command line" in client.get(record.get_absolute_url()).content.decode()
