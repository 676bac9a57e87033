"""Names of agencies in a plan are matched by every name they are known by; the doubtful ones are offered."""

import pytest

from actions.importing.matching import likely_agencies, named_agencies
from actions.importing.plan import Plan, PlanAction, PlanRecommendation, PlanSection
from tests.factories import AgencyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agencies():
    police = AgencyFactory(name="Eastmere Police", other_names=["Eastmere Constabulary"])
    trust = AgencyFactory(name="Northshire Healthcare Foundation Trust", short_name="Northshire Health")
    return [police, trust]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Eastmere Polcie", ["Eastmere Police"]),
        ("The Eastmere Police Service", ["Eastmere Police"]),
        ("NHFT", ["Northshire Healthcare Foundation Trust"]),
        ("Head of Practice", []),
        ("Northshire", []),
    ],
)
def test_a_name_that_is_nearly_known_is_offered(agencies, name, found):
    assert [agency.name for agency in likely_agencies(name, agencies)] == found


def plan_of(*leads, agency=None):
    actions = tuple(PlanAction(text="Act", leads=(lead,)) for lead in leads)
    return Plan(
        sections=(PlanSection("Part", agency=agency, recommendations=(PlanRecommendation("R", actions=actions),)),)
    )


def test_every_other_name_is_known(agencies):
    [named] = named_agencies(plan_of("eastmere constabulary"), agencies, {})
    assert (named.agency, named.is_doubtful, named.will_be_created) == (agencies[0], False, False)


def test_a_post_is_no_agency_but_the_agency_of_a_section_is_created(agencies):
    [named] = named_agencies(plan_of("Head of Practice", agency="Fire Service"), agencies, {})
    assert (named.name, named.will_be_created) == ("Fire Service", True)


def test_what_a_person_decided_holds(agencies):
    plan = plan_of("Eastmere Polcie", "Eastmere Polcie")
    [doubtful] = named_agencies(plan, agencies, {})
    assert (doubtful.is_doubtful, doubtful.count) == (True, 2)
    [decided] = named_agencies(plan, agencies, {"eastmere polcie": agencies[0].pk})
    assert (decided.agency, decided.is_doubtful) == (agencies[0], False)
    [new] = named_agencies(plan, agencies, {"eastmere polcie": None})
    assert (new.agency, new.will_be_created) == (None, True)
