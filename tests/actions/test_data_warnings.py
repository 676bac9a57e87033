"""The page of data warnings: what it lists, where each is put right, and how somebody says that all is right."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions import found_warnings, pre_issue
from actions.models import FoundWarning, ReportDraft, SettledWarning
from actions.warnings import Kind
from reviews.models import Review
from scr_tracker.history import remember
from scr_tracker.permissions import Role
from tests.factories import ActionFactory, AgencyFactory, MembershipFactory, PartnershipFactory, RecommendationFactory

from .test_pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory()


@pytest.fixture
def undated(partnership):
    """An action without a date, beside one that lacks nothing."""
    agency = AgencyFactory(name="Fern Valley Police", partnerships=[partnership])
    about = {"lead_agency": agency, "evidence_expected": "An audit."}
    action = ActionFactory(recommendation__section__review__partnership=partnership, **about, undated=True)
    ActionFactory(recommendation=action.recommendation, **about)
    return action


@pytest.fixture
def manager(client, partnership):
    user = MembershipFactory(partnership=partnership).user
    client.force_login(user)
    return user


def page_of(client, **query):
    return text_of(client.get(reverse("data-warnings"), query))


def listed(client, **query):
    groups = client.get(reverse("data-warnings"), query).context["groups"]
    return [(kind, each.found.action or each.found.recommendation) for kind, _, found in groups for each in found]


class TestTheList:
    def test_says_what_stands_out_with_a_link_that_leads_where_it_is_put_right(self, client, manager, undated):
        page = page_of(client)
        assert "It has no target date" in page
        assert "Set a target date" in page
        (group,) = client.get(reverse("data-warnings")).context["groups"]
        assert client.get(group[2][0].url).status_code == 200

    def test_every_kind_says_what_it_means_and_what_puts_it_right(self):
        assert set(found_warnings.MEND) == set(found_warnings.MEANS) == set(Kind)

    def test_is_narrowed_by_kind_review_and_agency(self, client, manager, undated, partnership):
        bare = RecommendationFactory(section__review__partnership=partnership, text="Tell the school.")
        assert listed(client) == [(Kind.NO_ACTION, bare), (Kind.NO_DATE, undated)]
        assert listed(client, kind="no_date") == [(Kind.NO_DATE, undated)]
        assert listed(client, review=bare.section.review_id) == [(Kind.NO_ACTION, bare)]
        assert listed(client, agency=undated.lead_agency_id) == [(Kind.NO_DATE, undated)]
        assert "Nothing stands out here" in page_of(
            client, agency=AgencyFactory(name="Another", partnerships=[partnership]).pk
        )

    def test_shows_nothing_of_another_partnership(self, client, manager, undated):
        foreign = ActionFactory(undated=True, text="Foreign action").review
        page = page_of(client)
        assert "Foreign action" not in page
        assert str(foreign) not in page
        assert "It has no target date" in page
        assert "Foreign" not in page_of(client, review=foreign.pk)

    @pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.AGENCY_LEAD])
    def test_is_for_who_edits_plans(self, client, sign_in_as, partnership, role):
        of = AgencyFactory(partnerships=[partnership]) if role == Role.AGENCY_LEAD else partnership
        sign_in_as(role, of=of)
        assert client.get(reverse("data-warnings")).status_code == 403

    def test_says_so_where_nothing_stands_out(self, client, manager):
        assert "Nothing stands out in your plans" in page_of(client)

    def test_is_right_after_every_change(self, client, manager, undated):
        assert listed(client) == [(Kind.NO_DATE, undated)]
        undated.target_kind = "ongoing"
        remember(undated, by=manager, why="Changed")
        assert listed(client) == []

    def test_takes_a_constant_number_of_queries(self, client, manager, undated, partnership):
        def queries():
            for _ in range(9):
                client.get(reverse("data-warnings"))  # looks through a few plans at a time
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse("data-warnings"))
            return len(captured)

        few = queries()
        for _ in range(6):
            ActionFactory(recommendation__section__review__partnership=partnership, undated=True)
        assert queries() == few
        assert few <= 20


class TestSayingThatItIsAllRight:
    @pytest.fixture
    def warning(self, client, manager, undated):
        client.get(reverse("data-warnings"))
        return FoundWarning.objects.get(kind=Kind.NO_DATE)

    def settle(self, fill_in, warning, why="It goes on for as long as the service does."):
        return fill_in(reverse("settle-warning", args=[warning.pk]), why=why)

    def test_takes_it_off_the_list_with_who_and_why(self, client, fill_in, manager, warning, undated):
        assert self.settle(fill_in, warning).status_code == 302
        assert listed(client) == []
        page = page_of(client, settled=1)
        assert "It goes on for as long as the service does." in page
        assert str(manager) in page
        said = SettledWarning.objects.get()
        assert (said.by, said.kind, said.review) == (manager, Kind.NO_DATE, undated.review)

    def test_needs_a_reason(self, client, fill_in, warning):
        response = self.settle(fill_in, warning, why="")
        assert "Enter why it is all right" in text_of(response)
        assert not SettledWarning.objects.exists()

    def test_holds_until_the_thing_changes(self, client, fill_in, manager, warning, undated):
        self.settle(fill_in, warning)
        undated.intended_outcome = "Nobody waits."
        remember(undated, by=manager, why="Changed")
        assert listed(client) == []
        undated.text = "Something else altogether."
        remember(undated, by=manager, why="Changed")
        assert listed(client) == [(Kind.NO_DATE, undated)]

    def test_is_said_once_however_often_it_is_sent(self, client, fill_in, warning):
        address = reverse("settle-warning", args=[warning.pk])
        form = client.get(address).context["form"]
        typed = {"token": form["token"].value(), "why": "It goes on."}
        assert [client.post(address, typed).status_code for _ in range(2)] == [302, 302]
        assert SettledWarning.objects.count() == 1

    def test_tells_somebody_who_comes_second(self, client, fill_in, warning):
        self.settle(fill_in, warning)
        assert "Somebody has said already" in text_of(self.settle(fill_in, warning))

    def test_keeps_the_form_good_while_the_plan_is_looked_through_again(self, client, manager, warning, undated):
        other = undated.recommendation.actions.exclude(pk=undated.pk).get()
        remember(other, by=manager, why="Changed")
        client.get(reverse("data-warnings"))
        assert FoundWarning.objects.get(kind=Kind.NO_DATE).pk == warning.pk

    def test_counts_at_home_and_before_a_report_is_issued(self, client, fill_in, warning, manager, partnership):
        draft = ReportDraft.objects.create(partnership=partnership, protective_marking="OFFICIAL", begun_by=manager)
        draft.reviews.add(*Review.objects.all())
        ((heading, found),) = pre_issue.warnings_of(draft)
        assert (heading, [each.found for each in found]) == (Kind.NO_DATE.label, [warning])
        assert "1 Data warnings" in text_of(client.get(reverse("home")))
        self.settle(fill_in, warning)
        assert pre_issue.warnings_of(draft) == []
        assert "0 Data warnings" in text_of(client.get(reverse("home")))
