"""What goes out through the pages: to whom, of what, and that it is entered in the audit log."""

import csv
import io
import zipfile

import openpyxl
import pytest
from django.urls import reverse

from actions.exporting import carried
from actions.importing.read import read
from actions.importing.recognise import recognise
from scr_tracker.models import AuditEvent
from scr_tracker.permissions import Role
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    PartnershipFactory,
    RecommendationFactory,
    ReviewFactory,
    SectionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Northshire Safeguarding Partnership")


@pytest.fixture
def police(partnership):
    return AgencyFactory(name="Northshire Police", partnerships=[partnership])


@pytest.fixture
def review(partnership, police):
    """A review with an action of the police and one of the schools on one recommendation, and another."""
    review = ReviewFactory(partnership=partnership, reference="0319", plan_notes="For the board only.")
    schools = AgencyFactory(name="Northshire Schools", partnerships=[partnership])
    section = SectionFactory(review=review, number="1", title="Listening", order=1)
    shared = RecommendationFactory(section=section, order=1, text="Ask the child.")
    ActionFactory(recommendation=shared, lead_agency=police, text="Brief all officers.", order=1)
    ActionFactory(recommendation=shared, lead_agency=schools, text="Tell every head.", order=2)
    other = RecommendationFactory(section=section, order=2, text="Share what is known.")
    ActionFactory(recommendation=other, lead_agency=schools, text="Agree how to share.", order=1)
    return review


def body(response):
    """Return what a download holds."""
    return b"".join(response.streaming_content)


def plan_in(response, kind):
    return recognise(read(io.BytesIO(body(response)), f"plan.{kind}")).plan


def everything_in(content, kind):
    """Return all that a file says, seen or unseen."""
    if kind == "csv":
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        return "\n".join(["".join(line) for line in lines] + [carried.unpacked(line[-1] for line in lines[1:])])
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return "\n".join(package.read(name).decode("utf-8", "replace") for name in package.namelist())


def texts(plan):
    return [action.text for action in plan.actions]


class TestThePlan:
    @pytest.mark.parametrize("kind", ["docx", "xlsx", "csv"])
    def test_goes_out_whole_to_a_business_manager(self, client, sign_in_as, review, kind):
        sign_in_as(of=review.partnership)
        response = client.get(reverse("export-plan", args=[review.pk, kind]))
        assert response["Content-Disposition"].startswith('attachment; filename="0319-plan-')
        plan = plan_in(response, kind)
        assert texts(plan) == ["Brief all officers.", "Tell every head.", "Agree how to share."]
        assert plan.notes == "For the board only."

    @pytest.mark.parametrize("kind", ["docx", "xlsx", "csv"])
    def test_goes_out_to_an_agency_lead_as_far_as_they_see_it(self, client, sign_in_as, review, police, kind):
        sign_in_as(Role.AGENCY_LEAD, of=police)
        content = body(client.get(reverse("export-plan", args=[review.pk, kind])))
        plan = recognise(read(io.BytesIO(content), f"plan.{kind}")).plan
        assert texts(plan) == ["Brief all officers."]
        assert [each.text for each in plan.recommendations] == ["Ask the child."]
        assert plan.notes is None
        for hidden in ("Tell every head", "Share what is known", "For the board only", "Northshire Schools"):
            assert hidden not in everything_in(content, kind)

    def test_is_not_there_for_strangers_nor_in_other_formats(self, client, sign_in_as, review):
        sign_in_as(of=PartnershipFactory())
        assert client.get(reverse("export-plan", args=[review.pk, "docx"])).status_code == 404
        sign_in_as(of=review.partnership)
        assert client.get(reverse("export-plan", args=[review.pk, "json"])).status_code == 404

    def test_going_out_is_entered_in_the_audit_log(self, client, sign_in_as, review):
        user = sign_in_as(of=review.partnership)
        client.get(reverse("export-plan", args=[review.pk, "xlsx"]))
        event = AuditEvent.objects.filter(kind=AuditEvent.Kind.EXPORTED).get()
        assert event.by == user
        assert event.detail == {"review": review.pk, "format": "xlsx", "actions": 3}

    def test_is_offered_on_its_page(self, client, sign_in_as, review):
        sign_in_as(of=review.partnership)
        page = client.get(review.get_absolute_url()).content.decode()
        for kind in ("docx", "xlsx", "csv"):
            assert reverse("export-plan", args=[review.pk, kind]) in page

    def test_takes_the_same_number_of_queries_whatever_its_size(
        self, client, sign_in_as, review, django_assert_max_num_queries
    ):
        sign_in_as(of=review.partnership)
        section = review.sections.get()
        for order in range(3, 9):
            ActionFactory(recommendation=RecommendationFactory(section=section, order=order))
        address = reverse("export-plan", args=[review.pk, "csv"])
        client.get(address)
        with django_assert_max_num_queries(16):
            client.get(address)


class TestTheFormForAnAgency:
    def test_holds_the_open_actions_of_that_agency_alone(self, client, sign_in_as, review, police):
        sign_in_as(of=review.partnership)
        content = body(client.get(reverse("export-form", args=[review.pk, police.pk])))
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert book.sheetnames[:2] == ["Instructions", "Your actions"]
        assert texts(recognise(read(io.BytesIO(content), "form.xlsx")).plan) == ["Brief all officers."]
        assert not book["Your actions"].protection.sheet

    def test_its_own_lead_may_have_it_and_a_board_member_may_not(self, client, sign_in_as, review, police):
        address = reverse("export-form", args=[review.pk, police.pk])
        sign_in_as(Role.AGENCY_LEAD, of=police)
        assert client.get(address).status_code == 200
        sign_in_as(Role.BOARD_MEMBER, of=review.partnership)
        assert client.get(address).status_code == 403

    def test_of_another_agency_is_not_there_for_a_lead(self, client, sign_in_as, review, police):
        other = AgencyFactory(partnerships=[review.partnership])
        sign_in_as(Role.AGENCY_LEAD, of=police)
        assert client.get(reverse("export-form", args=[review.pk, other.pk])).status_code == 404

    def test_of_an_agency_without_open_actions_is_not_made(self, client, sign_in_as, review):
        idle = AgencyFactory(name="Northshire Ambulance", partnerships=[review.partnership])
        sign_in_as(of=review.partnership)
        response = client.get(reverse("export-form", args=[review.pk, idle.pk]), follow=True)
        assert "Northshire Ambulance has no open action in this plan." in response.content.decode()

    def test_is_offered_where_it_may_be_had(self, client, sign_in_as, review, police):
        address = reverse("export-form", args=[review.pk, police.pk])
        sign_in_as(of=review.partnership)
        assert address in client.get(review.get_absolute_url()).content.decode()
        sign_in_as(Role.BOARD_MEMBER, of=review.partnership)
        assert address not in client.get(review.get_absolute_url()).content.decode()


class TestTheListOfActions:
    def rows(self, response):
        return list(csv.DictReader(io.StringIO(body(response).decode("utf-8-sig"))))

    def test_goes_out_as_it_is_filtered_and_sorted(self, client, sign_in_as, review):
        sign_in_as(of=review.partnership)
        address = reverse("export-actions", args=["csv"])
        rows = self.rows(client.get(address, {"sort": "-action"}))
        assert [row["Action"] for row in rows] == ["Tell every head.", "Brief all officers.", "Agree how to share."]
        assert [row["Action"] for row in self.rows(client.get(address, {"text": "share"}))] == ["Agree how to share."]

    def test_holds_only_what_the_person_may_see(self, client, sign_in_as, review, police):
        ActionFactory(text="Elsewhere.")
        sign_in_as(Role.AGENCY_LEAD, of=police)
        rows = self.rows(client.get(reverse("export-actions", args=["csv"])))
        assert [row["Action"] for row in rows] == ["Brief all officers."]

    @pytest.mark.parametrize("kind", ["docx", "xlsx", "csv"])
    def test_goes_out_in_each_kind_of_file_and_is_entered_in_the_audit_log(self, client, sign_in_as, review, kind):
        user = sign_in_as(of=review.partnership)
        response = client.get(reverse("export-actions", args=[kind]), {"status": "open"})
        assert len(body(response)) > 100
        event = AuditEvent.objects.filter(kind=AuditEvent.Kind.EXPORTED).get()
        assert (event.by, event.detail) == (user, {"format": kind, "actions": 3, "filters": {"Status": "Open"}})

    def test_runs_no_formula(self, client, sign_in_as, review):
        recommendation = RecommendationFactory(section=review.sections.get(), order=9)
        ActionFactory(recommendation=recommendation, text='=HYPERLINK("http://example.org")')
        sign_in_as(of=review.partnership)
        response = client.get(reverse("export-actions", args=["xlsx"]))
        book = openpyxl.load_workbook(io.BytesIO(body(response)))
        cells = [cell for row in book["Actions"].iter_rows() for cell in row if str(cell.value).startswith("=")]
        assert [cell.data_type for cell in cells] == ["s"]
        rows = self.rows(client.get(reverse("export-actions", args=["csv"])))
        assert '\'=HYPERLINK("http://example.org")' in [row["Action"] for row in rows]

    def test_that_is_too_long_for_word_says_so(self, client, sign_in_as, review, monkeypatch):
        monkeypatch.setattr("actions.exporting.lists.LONGEST", {"docx": 2})
        sign_in_as(of=review.partnership)
        response = client.get(reverse("export-actions", args=["docx"]), {"status": "open"}, follow=True)
        assert response.redirect_chain[0][0] == "/actions/?status=open"
        assert "This list has 3 actions, and Word takes at most 2" in response.content.decode()

    def test_is_offered_with_the_filters_in_use(self, client, sign_in_as, review):
        sign_in_as(of=review.partnership)
        page = client.get(reverse("action-list"), {"status": "open"}).content.decode()
        assert f"{reverse('export-actions', args=['xlsx'])}?status=open" in page
