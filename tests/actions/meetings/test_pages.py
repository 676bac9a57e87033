"""The pages on which meetings are entered, prepared and run."""

from datetime import timedelta

import pytest
from django.urls import reverse

from actions.meetings import services
from actions.models import Meeting, MeetingDecision
from scr_tracker.permissions import Role
from tests.conftest import hidden
from tests.factories import ActionFactory, EvidenceFactory, MembershipFactory, RecommendationFactory, today


@pytest.fixture
def plan(recommendation):
    """Three actions that are overdue."""
    texts = ("First", "Second", "Third")
    return [ActionFactory(recommendation=recommendation, overdue=True, text=text, label=text[0]) for text in texts]


@pytest.fixture
def signed_in(client, manager):
    client.force_login(manager)
    return client


def address(name, meeting, *more):
    return reverse(name, args=[meeting.pk, *more])


def test_a_meeting_is_entered_and_leads_to_its_page(signed_in, partnership, fill_in):
    day = today() + timedelta(7)
    response = fill_in(
        f"{reverse('new-meeting')}?partnership={partnership.pk}",
        name="Sub-group",
        **{"date_day": day.day, "date_month": day.month, "date_year": day.year},
    )
    meeting = Meeting.objects.get(name="Sub-group")
    assert response["Location"] == meeting.get_absolute_url()
    assert meeting in signed_in.get(reverse("meeting-list")).context["coming"]


def test_a_meeting_of_the_only_partnership_needs_no_choice(signed_in, partnership, fill_in):
    page = signed_in.get(reverse("new-meeting"))
    assert page.context["partnership"] == partnership
    day = {"date_day": today().day, "date_month": today().month, "date_year": today().year}
    fill_in(reverse("new-meeting"), name="Sub-group", **day)
    assert Meeting.objects.get(name="Sub-group").partnership == partnership


def test_who_runs_meetings_of_several_partnerships_chooses_one(signed_in, manager, partnership):
    other = MembershipFactory(user=manager).partnership
    page = signed_in.get(reverse("new-meeting")).content.decode()
    for each in (partnership, other):
        assert f'href="?partnership={each.pk}"' in page
    assert signed_in.post(reverse("new-meeting"), {"name": "Lost"}).status_code == 200
    assert signed_in.get(f"{reverse('new-meeting')}?partnership={'9' * 40}").status_code == 404


def test_who_runs_no_meetings_enters_none(client, partnership):
    client.force_login(MembershipFactory(partnership=partnership, role=Role.BOARD_MEMBER).user)
    assert client.get(reverse("new-meeting")).status_code == 403


def test_the_agenda_is_put_in_order_and_items_are_left_out(signed_in, meeting, plan, fill_in):
    form = signed_in.get(address("meeting-agenda", meeting)).context["form"]
    first, second, third = (f"a{each.pk}" for each in plan)
    typed = {f"place_{first}": "3", f"place_{second}": "2", f"place_{third}": "3", f"drop_{second}": "on"}
    signed_in.post(address("meeting-agenda", meeting), {**hidden(form), **typed})
    shown = signed_in.get(address("meeting-agenda", meeting)).context["agenda"]
    assert [item.key for item in shown.items] == [third, first]
    assert [item.key for item in shown.dropped] == [second]


def test_a_place_that_is_no_number_is_said_and_nothing_is_lost(signed_in, meeting, plan):
    form = signed_in.get(address("meeting-agenda", meeting)).context["form"]
    typed = {f"place_a{each.pk}": "soon" for each in plan}
    page = signed_in.post(address("meeting-agenda", meeting), {**hidden(form), **typed}).content.decode()
    assert "as a number such as 3" in page
    assert 'value="soon"' in page


def test_two_who_arrange_at_once_do_not_overwrite_each_other(signed_in, meeting, plan, manager):
    form = signed_in.get(address("meeting-agenda", meeting)).context["form"]
    services.arrange_agenda(meeting=meeting, by=manager)
    typed = {f"place_a{each.pk}": "1" for each in plan}
    response = signed_in.post(address("meeting-agenda", meeting), {**hidden(form), **typed})
    assert "Somebody else changed this meeting" in response.content.decode()


def test_an_action_is_added_by_its_number(signed_in, meeting, recommendation, fill_in):
    action = ActionFactory(recommendation=recommendation, label="z")
    wrong = fill_in(address("add-to-agenda", meeting), review=recommendation.section.review_id, number="77")
    assert "has the number 77" in wrong.content.decode()
    fill_in(address("add-to-agenda", meeting), review=recommendation.section.review_id, number="12 z")
    shown = signed_in.get(address("meeting-agenda", meeting)).context["agenda"]
    assert [item.about for item in shown.items] == [action]


def test_the_agenda_is_prepared_and_opened_again(signed_in, meeting, plan):
    for name, is_prepared in (("prepare-agenda", True), ("open-agenda", False)):
        step = signed_in.get(address("meeting-agenda", meeting)).context["step_form"]
        signed_in.post(address(name, meeting), hidden(step))
        assert bool(Meeting.objects.get().prepared_at) == is_prepared
    signed_in.post(address("prepare-agenda", meeting), hidden(step))
    assert not Meeting.objects.get().prepared_at


def test_who_is_there_is_ticked(signed_in, meeting, partnership, fill_in):
    member = MembershipFactory(partnership=partnership, role=Role.BOARD_MEMBER, user__name="Kim Osei").user
    stranger = MembershipFactory().user
    fill_in(address("meeting-present", meeting), attended=[member.pk], present="The designated doctor")
    assert list(Meeting.objects.get().attended.all()) == [member]
    page = signed_in.get(meeting.get_absolute_url()).content.decode()
    assert "Kim Osei" in page
    assert "The designated doctor" in page
    fill_in(address("meeting-present", meeting), attended=[stranger.pk])
    assert list(Meeting.objects.get().attended.all()) == [member]


def test_a_board_member_reads_the_agenda_once_it_is_prepared(
    client, meeting, plan, manager, partnership, recommendation
):
    hidden_one = ActionFactory(
        recommendation__section__review__partnership=partnership,
        recommendation__section__review__restricted=True,
        overdue=True,
        text="Kept from them",
    )
    client.force_login(MembershipFactory(partnership=partnership, role=Role.BOARD_MEMBER).user)
    assert plan[0].get_absolute_url() not in client.get(meeting.get_absolute_url()).content.decode()
    services.prepare_agenda(meeting=meeting, by=manager)
    page = client.get(meeting.get_absolute_url()).content.decode()
    for each in plan:
        assert each.get_absolute_url() in page
    assert "Overdue by" in page
    assert hidden_one.text not in page
    assert "Run the meeting" not in page


def test_the_walk_goes_on_where_it_was_left(signed_in, meeting, plan, manager):
    assert signed_in.get(address("run-meeting", meeting))["Location"].endswith(f"/a{plan[0].pk}/")
    services.record(meeting=meeting, about=plan[0], by=manager, outcome="noted")
    page = signed_in.get(signed_in.get(address("run-meeting", meeting))["Location"])
    assert page.context["screen"].item.about == plan[1]
    assert "2 of 3" in page.content.decode()
    assert "1 dealt with" in page.content.decode()
    for each in plan[1:]:
        services.record(meeting=meeting, about=each, by=manager, outcome="noted")
    assert signed_in.get(address("run-meeting", meeting))["Location"] == address("end-meeting", meeting)


def test_a_screen_takes_the_same_queries_however_long_the_agenda_is(
    signed_in, meeting, plan, recommendation, django_assert_max_num_queries
):
    for _ in range(6):
        with django_assert_max_num_queries(48):
            signed_in.get(address("meeting-item", meeting, f"a{plan[0].pk}"))
        ActionFactory(recommendation=recommendation, overdue=True)


def test_a_form_that_lacks_something_stays_open_with_what_was_typed(signed_in, meeting, plan):
    where = address("meeting-item", meeting, f"a{plan[0].pk}")
    panels = {panel.way.name: panel for panel in signed_in.get(where).context["panels"]}
    assert set(panels) == {"decide", "date", "challenge", "note"}
    response = signed_in.post(where, {"form": "date", **hidden(panels["date"].form), "new_date_day": "1"})
    page = response.content.decode()
    assert "Error: " in page
    assert "Enter why the meeting decides so" in page
    assert not MeetingDecision.objects.exists()


def test_what_somebody_else_did_first_is_shown_with_what_was_typed(signed_in, meeting, recommendation, manager):
    submitted = ActionFactory(recommendation=recommendation, submitted=True)
    EvidenceFactory(actions=[submitted])
    where = address("meeting-item", meeting, f"a{submitted.pk}")
    panels = {panel.way.name: panel for panel in signed_in.get(where).context["panels"]}
    services.record(meeting=meeting, about=submitted, by=manager, outcome="signed_off")
    response = signed_in.post(where, {"form": "return", **hidden(panels["return"].form), "text": "No dates in it"})
    assert response.status_code == 409
    page = response.content.decode()
    assert "Somebody else was quicker" in page
    assert "so “Return to the lead agency” is not possible now" in page
    assert "You wrote: “No dates in it”" in page


def test_what_no_item_offers_is_not_recorded(signed_in, meeting, recommendation):
    lonely = RecommendationFactory(section=recommendation.section)
    where = address("meeting-item", meeting, f"r{lonely.pk}")
    for name in ("sign", "date", "nonsense", ""):
        assert signed_in.post(where, {"form": name, "text": "x"}).status_code == 200
    assert not MeetingDecision.objects.exists()


def test_what_cannot_be_done_is_said_instead_of_asked(signed_in, meeting, plan, manager, recommendation):
    own = ActionFactory(recommendation=recommendation, submitted=True, submitted_by=manager)
    page = signed_in.get(address("meeting-item", meeting, f"a{own.pk}")).content.decode()
    assert "somebody else must sign it off or return it" in page


def test_what_an_item_waits_for_is_offered_first(signed_in, meeting, recommendation):
    submitted = ActionFactory(recommendation=recommendation, submitted=True)
    page = signed_in.get(address("meeting-item", meeting, f"a{submitted.pk}"))
    assert [panel.way.name for panel in page.context["panels"]] == [
        *("sign", "return", "decide", "date", "challenge", "note")
    ]


def test_a_recommendation_without_an_action_offers_a_decision(signed_in, meeting, recommendation):
    lonely = RecommendationFactory(section=recommendation.section)
    page = signed_in.get(address("meeting-item", meeting, f"r{lonely.pk}"))
    assert [panel.way.name for panel in page.context["panels"]] == ["decide", "note"]


def test_an_item_that_is_not_on_the_agenda_is_not_there(signed_in, meeting, recommendation):
    green = ActionFactory(recommendation=recommendation)
    for key in (f"a{green.pk}", "a987654", "x1", "a"):
        assert signed_in.get(address("meeting-item", meeting, key)).status_code == 404
