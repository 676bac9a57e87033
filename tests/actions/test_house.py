"""A business manager keeps the house: the settings of the partnership, and its agencies."""

import pytest
from django.urls import reverse

from scr_tracker import services
from scr_tracker.models import Agency, Partnership
from scr_tracker.permissions import Role
from scr_tracker.rules import RuleBroken
from tests.conftest import hidden
from tests.factories import AgencyFactory, MembershipFactory, PartnershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Wyvernshire Safeguarding Partnership")


@pytest.fixture(autouse=True)
def manager(client, partnership):
    user = MembershipFactory(partnership=partnership, user__name="Siân Ahmed").user
    client.force_login(user)
    return user


def errors_of(response):
    return {name: list(found) for name, found in response.context["form"].errors.items()}


SETTINGS = {
    "short_name": "Wyvernshire",
    "protective_marking": "OFFICIAL",
    "due_soon_days": "14",
    "stale_days": "60",
    "impact_check_months": "12",
}


class TestThePartnership:
    def test_has_its_own_days_marking_and_words_for_ratings(self, fill_in, partnership, manager):
        address = reverse("change-partnership", args=[partnership.pk])
        fill_in(address, **SETTINGS, label_blue="Closed", reason="Agreed by the board")
        partnership.refresh_from_db()
        assert (partnership.due_soon_days, partnership.stale_days) == (14, 60)
        assert partnership.rating_labels == {"blue": "Closed"}
        assert partnership.name == "Wyvernshire Safeguarding Partnership"
        line = partnership.history.first()
        assert (line.history_user, line.history_change_reason) == (manager, "Changed: Agreed by the board")

    def test_keeps_its_name_whatever_is_sent(self, fill_in, partnership):
        fill_in(reverse("change-partnership", args=[partnership.pk]), **SETTINGS, name="Ours")
        assert not Partnership.objects.filter(name="Ours").exists()

    @pytest.mark.parametrize(("typed", "said"), [("0", "1 to 366"), ("367", "1 to 366"), ("", "a number"), ("x", "30")])
    def test_counts_days_in_numbers_that_make_sense(self, fill_in, partnership, typed, said):
        about = {**SETTINGS, "stale_days": typed}
        response = fill_in(reverse("change-partnership", args=[partnership.pk]), **about)
        assert said in errors_of(response)["stale_days"][0]

    def test_is_not_changed_over_somebody_elses_head(self, client, partnership):
        address = reverse("change-partnership", args=[partnership.pk])
        form = client.get(address).context["form"]
        services.change_partnership(partnership=partnership, by=UserFactory(name="Kim Osei"), stale_days=30)
        response = client.post(address, {**hidden(form), **SETTINGS})
        assert response.status_code == 409
        assert "Kim Osei" in response.content.decode()


class TestAnAgency:
    def test_is_added_with_the_names_that_plans_have_for_it(self, fill_in, partnership, manager):
        about = {
            "short_name": "WP",
            "other_names": "The  police\r\n\r\nConstabulary\r\nThe police",
            "colour": "#1d70b8",
        }
        fill_in(reverse("new-agency"), name="Wyvernshire Police", **about)
        agency = Agency.objects.of(partnership).get()
        assert agency.names == ["Wyvernshire Police", "WP", "The police", "Constabulary"]
        line = agency.history.get()
        assert (line.history_user, [each.partnership for each in line.partnerships.all()]) == (manager, [partnership])

    def test_has_a_colour_and_a_name_that_make_sense(self, fill_in, partnership):
        AgencyFactory(name="Wyvernshire Police", partnerships=[partnership])
        response = fill_in(reverse("new-agency"), name="WYVERNSHIRE police", colour="blue")
        assert set(errors_of(response)) == {"name", "colour"}

    def test_may_be_called_as_one_elsewhere_of_which_nobody_here_knows(self, fill_in, partnership):
        AgencyFactory(name="Eastmere Police", partnerships=[PartnershipFactory()])
        fill_in(reverse("new-agency"), name="Eastmere Police")
        assert Agency.objects.of(partnership).count() == 1

    def test_is_followed_by_another_but_not_in_a_circle(self, fill_in, partnership, manager):
        old, new = (AgencyFactory(name=name, partnerships=[partnership]) for name in ("PCT", "CCG"))
        fill_in(reverse("change-agency", args=[old.pk]), name="PCT", successor=new.pk)
        old.refresh_from_db()
        assert old.successor == new
        response = fill_in(reverse("change-agency", args=[new.pk]), name="CCG", successor=old.pk)
        assert "cannot take over" in response.content.decode()
        with pytest.raises(RuleBroken, match="cannot take over"):
            services.change_agency(agency=new, by=manager, successor=old)

    def test_keeps_a_successor_that_the_manager_does_not_see(self, fill_in, partnership, client):
        hidden_one = AgencyFactory(name="Elsewhere ICB", partnerships=[PartnershipFactory()])
        agency = AgencyFactory(name="CCG", partnerships=[partnership])
        services.change_agency(agency=agency, by=UserFactory(), successor=hidden_one)
        address = reverse("change-agency", args=[agency.pk])
        assert "Elsewhere ICB" not in client.get(address).content.decode()
        assert "Elsewhere ICB" not in client.get(reverse("agency-list")).content.decode()
        fill_in(address, name="The CCG")
        agency.refresh_from_db()
        assert (agency.name, agency.successor) == ("The CCG", hidden_one)

    def test_changed_elsewhere_says_that_it_was_and_not_by_whom(self, client, partnership):
        agency = AgencyFactory(name="Police", partnerships=[partnership])
        address = reverse("change-agency", args=[agency.pk])
        form = client.get(address).context["form"]
        agency.partnerships.add(PartnershipFactory())
        assert client.get(address).context["form"]["version"].value() == form["version"].value()
        services.change_agency(agency=agency, by=UserFactory(name="Kim Elsewhere"), short_name="WP", reason="Secret")
        response = client.post(address, {**hidden(form), "name": "Constabulary"})
        page = response.content.decode()
        assert response.status_code == 409
        assert "WP" in page
        assert "Kim Elsewhere" not in page
        assert "Secret" not in page
        client.post(address, {**hidden(response.context["form"]), "name": "Constabulary"})
        agency.refresh_from_db()
        assert agency.name == "Constabulary"

    def test_comes_to_serve_another_partnership_of_the_same_manager(self, fill_in, partnership, manager):
        second = MembershipFactory(user=manager).partnership
        agency = AgencyFactory(name="Police", partnerships=[partnership])
        fill_in(reverse("change-agency", args=[agency.pk]), name="Police", serves=[second.pk])
        assert set(agency.partnerships.all()) == {partnership, second}

    def test_list_takes_a_constant_number_of_queries(self, client, partnership, django_assert_max_num_queries):
        for _ in range(9):
            AgencyFactory(partnerships=[partnership], successor=AgencyFactory(partnerships=[partnership]))
        with django_assert_max_num_queries(12):
            client.get(reverse("agency-list"))


def test_board_members_do_not_keep_the_house(client, sign_in_as, partnership):
    sign_in_as(Role.BOARD_MEMBER, of=partnership)
    for address in (
        reverse("agency-list"),
        reverse("new-agency"),
        reverse("change-partnership", args=[partnership.pk]),
    ):
        assert client.get(address).status_code == 403
