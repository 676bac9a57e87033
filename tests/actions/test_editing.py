"""A business manager makes a plan by hand, and changes it: every word with who and why."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from actions import editing
from actions.choices import Status, TargetKind
from actions.importing.again.differences import Kind
from actions.models import Action, PlanImport
from actions.reports import working_copy
from reviews import services
from reviews.models import Acceptance, Publication, Recommendation, Response, Review, Section, Source
from reviews.numbering import after, next_number
from scr_tracker.permissions import Role
from scr_tracker.rules import RuleBroken
from tests.conftest import hidden
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    ResponseFactory,
    ReviewFactory,
    SectionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

REVIEW = {"kind": "lcspr", "reference": "0420", "publication": "undecided"}


@pytest.fixture
def partnership():
    return PartnershipFactory(name="Wyvernshire Safeguarding Partnership")


@pytest.fixture
def manager(client, partnership):
    """A business manager, signed in."""
    user = MembershipFactory(partnership=partnership, user__name="Siân Ahmed").user
    client.force_login(user)
    return user


@pytest.fixture
def review(partnership):
    return ReviewFactory(partnership=partnership)


@pytest.fixture
def agency(partnership):
    return AgencyFactory(name="Wyvernshire Constabulary", partnerships=[partnership])


def text_of(response):
    return response.content.decode()


def errors_of(response):
    """Return the errors of a form by field."""
    return {name: list(found) for name, found in response.context["form"].errors.items()}


class TestAReview:
    @pytest.fixture(autouse=True)
    def _signed_in(self, manager):
        pass

    def test_is_added_and_its_page_leads_to_its_plan(self, fill_in, client, manager):
        response = fill_in(reverse("new-review"), **REVIEW, pseudonym="Robin", lead_reviewer="A. Reviewer")
        review = Review.objects.get(reference="0420")
        assert response["Location"] == review.get_absolute_url()
        line = review.history.get()
        assert (line.history_user, line.history_change_reason) == (manager, "Review added")
        page = text_of(client.get(review.get_absolute_url()))
        assert "This review has no recommendations yet" in page
        assert reverse("new-recommendation", args=[review.pk]) in page
        assert f"{reverse('import-plan')}?review={review.pk}" in page

    def test_has_a_reference_that_no_other_of_the_partnership_has(self, fill_in, review):
        response = fill_in(reverse("new-review"), **{**REVIEW, "reference": review.reference})
        assert "already has a review with the reference" in errors_of(response)["reference"][0]
        with pytest.raises(RuleBroken, match="already has a review"):
            services.create_review(partnership=review.partnership, by=UserFactory(), reference=review.reference)

    def test_may_have_a_reference_that_another_partnership_uses(self, fill_in):
        other = ReviewFactory()
        fill_in(reverse("new-review"), **{**REVIEW, "reference": other.reference})
        assert Review.objects.filter(reference=other.reference).count() == 2

    def test_says_why_it_is_withheld_and_when_it_was_published(self, fill_in):
        response = fill_in(reverse("new-review"), **{**REVIEW, "publication": "withheld"})
        assert errors_of(response) == {"publication_reason": ["Enter why the report is withheld"]}
        response = fill_in(reverse("new-review"), **{**REVIEW, "publication": "published"})
        assert errors_of(response) == {"published_on": ["Enter when the report was published"]}

    def test_is_changed_with_one_line_of_history_that_names_people_too(self, fill_in, review, partnership, manager):
        member = MembershipFactory(partnership=partnership, role=Role.BOARD_MEMBER).user
        about = {**REVIEW, "restricted": "on", "named_people": [member.pk], "reason": "Trial begins"}
        fill_in(reverse("change-review", args=[review.pk]), **about)
        review.refresh_from_db()
        assert (review.restricted, list(review.named_people.all())) == (True, [member])
        line = review.history.first()
        assert (line.history_user, line.history_change_reason) == (manager, "Changed: Trial begins")
        assert [each.user for each in line.named_people.all()] == [member]
        assert review.history.count() == 2

    def test_names_only_people_of_its_partnership(self, fill_in, client, review, partnership):
        stranger = MembershipFactory(role=Role.BOARD_MEMBER, user__name="Kim Elsewhere").user
        MembershipFactory(partnership=partnership, role=Role.BOARD_MEMBER)
        address = reverse("change-review", args=[review.pk])
        assert "Kim Elsewhere" not in text_of(client.get(address))
        response = fill_in(address, **REVIEW, named_people=[stranger.pk])
        assert "named_people" in errors_of(response)

    def test_of_one_of_several_partnerships_is_asked_which(self, fill_in, manager):
        second = MembershipFactory(user=manager).partnership
        response = fill_in(reverse("new-review"), **REVIEW)
        assert errors_of(response) == {"partnership": ["Choose the partnership"]}
        fill_in(reverse("new-review"), **REVIEW, partnership=second.pk)
        assert Review.objects.get().partnership == second

    def test_is_not_changed_over_somebody_elses_head(self, client, review, manager):
        address = reverse("change-review", args=[review.pk])
        form = client.get(address).context["form"]
        services.change_review(
            review=review, by=UserFactory(name="Kim Osei"), named_people=[], pseudonym="Ash", reason="Family asked"
        )
        response = client.post(address, {**hidden(form), **REVIEW, "pseudonym": "Robin"})
        assert response.status_code == 409
        for words in ("Kim Osei", "Family asked", "Ash", "Robin"):
            assert words in text_of(response)
        again = response.context["form"]
        client.post(address, {**hidden(again), **REVIEW, "pseudonym": "Robin"})
        assert Review.objects.get(pk=review.pk).pseudonym == "Robin"


class TestASection:
    @pytest.fixture(autouse=True)
    def _signed_in(self, manager):
        pass

    def test_is_added_renamed_moved_and_removed_while_empty(self, fill_in, client, review, agency):
        fill_in(reverse("new-section", args=[review.pk]), title="Police", number="1", agency=agency.pk)
        fill_in(reverse("new-section", args=[review.pk]), title="Health", number="2")
        first, second = review.sections.order_by("order")
        assert (first.agency, second.agency) == (agency, None)
        fill_in(reverse("change-section", args=[second.pk]), title="Midwifery", number="2")
        client.post(reverse("move-section-up", args=[second.pk]))
        assert [each.title for each in review.sections.order_by("order")] == ["Midwifery", "Police"]
        shown = client.get(reverse("section-list", args=[review.pk])).context["sections"]
        assert [each.title for each in shown] == ["Midwifery", "Police"]
        client.post(reverse("move-section-up", args=[second.pk]))
        assert [each.title for each in review.sections.order_by("order")] == ["Midwifery", "Police"]
        client.post(reverse("remove-section", args=[second.pk]))
        assert [each.title for each in review.sections.all()] == ["Police"]
        assert Section.history.filter(id=second.pk).first().history_type == "-"

    def test_with_recommendations_is_not_removed(self, client, review):
        section = RecommendationFactory(section__review=review).section
        response = client.post(reverse("remove-section", args=[section.pk]), follow=True)
        assert "Move them to another section first" in text_of(response)
        with pytest.raises(RuleBroken, match="Move them"):
            services.remove_section(section=section, by=UserFactory())

    def test_list_takes_a_constant_number_of_queries(self, client, review, django_assert_max_num_queries):
        for _ in range(12):
            RecommendationFactory(section=SectionFactory(review=review))
        with django_assert_max_num_queries(14):
            page = client.get(reverse("section-list", args=[review.pk]))
        assert len(page.context["sections"]) == 12


class TestARecommendation:
    @pytest.fixture(autouse=True)
    def _signed_in(self, manager):
        pass

    def test_the_first_makes_its_section(self, fill_in, client, review, manager):
        address = reverse("new-recommendation", args=[review.pk])
        form = client.get(address).context["form"]
        assert (form["number"].value(), form["new_section"].value()) == ("1", "Recommendations")
        response = fill_in(address, text="Listen to children.\r\nAlways.", number="1", new_section="Recommendations")
        made = Recommendation.objects.get()
        assert response["Location"] == made.get_absolute_url()
        assert (made.text, made.section.title, made.order) == ("Listen to children.\nAlways.", "Recommendations", 1)
        assert made.history.get().history_user == manager

    def test_the_next_one_is_offered_after_it(self, fill_in, client, review):
        section = RecommendationFactory(section__review=review, number="6.1").section
        address = reverse("new-recommendation", args=[review.pk])
        assert client.get(address).context["form"]["number"].value() == "6.2"
        response = fill_in(address, text="Write it down.", number="6.2", section=section.pk, another="1")
        assert response["Location"] == address
        assert [each.number for each in section.recommendations.order_by("order")] == ["6.1", "6.2"]

    def test_asks_for_what_is_missing_in_sentences(self, fill_in, review):
        SectionFactory(review=review)
        response = fill_in(reverse("new-recommendation", args=[review.pk]), acceptance="not_accepted")
        assert errors_of(response) == {
            "text": ["Enter the text of the recommendation"],
            "new_section": ["Enter the title of the section, or choose one that is there"],
            "acceptance_reason": ["Enter the reason for the decision"],
        }

    def test_is_made_once_however_often_it_is_sent(self, client, review):
        address = reverse("new-recommendation", args=[review.pk])
        sent = {**hidden(client.get(address).context["form"]), "text": "Once.", "new_section": "All"}
        for _ in range(3):
            assert client.post(address, sent).status_code == 302
        assert (Recommendation.objects.count(), Section.objects.count()) == (1, 1)

    def test_shows_what_was_said_before_and_keeps_everything_typed(self, client, review):
        earlier = RecommendationFactory(
            section__review=ReviewFactory(partnership=review.partnership, reference="0119"),
            text="Midwives should ask about domestic abuse at booking, alone with the mother.",
        )
        ActionFactory(recommendation=earlier, complete=True)
        address = reverse("new-recommendation", args=[review.pk])
        typed = {
            "text": "All midwives must ask the mother about domestic abuse when she books.",
            "number": "7",
            "new_section": "Health",
            "acceptance": "not_accepted",
        }
        form = client.get(address).context["form"]
        response = client.post(address, {**hidden(form), **typed, "look-up": "1"})
        assert response.status_code == 200
        page = text_of(response)
        assert "recommended something in much the same words" in page
        assert "of 0119 Kit" in page
        assert "1 of 1 action complete" in page
        assert "There is a problem" not in page
        again = response.context["form"]
        assert {name: again[name].value() for name in typed} == typed
        assert not Recommendation.objects.exclude(pk=earlier.pk).exists()
        client.post(address, {**hidden(again), **typed, "acceptance": "accepted"})
        assert Recommendation.objects.filter(number="7").count() == 1

    def test_says_so_where_nothing_like_it_was_said(self, fill_in, review):
        page = text_of(fill_in(reverse("new-recommendation", args=[review.pk]), text="Xylophones.", **{"look-up": "1"}))
        assert "No earlier review that you can see said this" in page

    def test_is_changed_with_a_reason_and_keeps_the_words_of_its_document(self, fill_in, review, manager):
        printed = {"number": "R1.", "lead": "Head of Practice", "source": "IMR"}
        found = RecommendationFactory(section__review=review, number="1", as_printed=printed, source="agency_review")
        said = {"section": found.section_id, "number": "1", "text": "Listen.", "source": "overview"}
        response = fill_in(reverse("change-recommendation", args=[found.pk]), **said)
        assert errors_of(response) == {"reason": ["Enter why it is changed"]}
        fill_in(reverse("change-recommendation", args=[found.pk]), **said, reason="Final report")
        found.refresh_from_db()
        assert (found.text, found.source) == ("Listen.", Source.OVERVIEW)
        # What was not said anew stands as it was printed; what was is no longer contradicted by the document.
        assert found.as_printed == {"number": "R1.", "lead": "Head of Practice"}
        assert found.history.first().history_change_reason == "Changed: Final report"

    def test_saved_as_it_is_changes_no_word(self, client, review):
        found = RecommendationFactory(
            section__review=review,
            text="One.\n\nTwo.",
            action_intro="We will:",
            evidence_expected="An audit.\nA report.",
        )
        address = reverse("change-recommendation", args=[found.pk])
        form = client.get(address).context["form"]
        sent = {field.html_name: field.value() for field in form}
        sent = {name: str(getattr(value, "pk", value) or "").replace("\n", "\r\n") for name, value in sent.items()}
        assert client.post(address, {**sent, "reason": "None"}).status_code == 302
        last, first = found.history.all()
        assert not last.diff_against(first).changes

    def test_moves_to_another_section_and_within_it(self, fill_in, client, review):
        one, two = (RecommendationFactory(section__review=review) for _ in range(2))
        said = {"section": two.section_id, "number": "9", "text": one.text, "reason": "Belongs there"}
        fill_in(reverse("change-recommendation", args=[one.pk]), **said)
        assert list(two.section.recommendations.order_by("order")) == [two, one]
        client.post(reverse("move-recommendation-up", args=[one.pk]))
        assert list(two.section.recommendations.order_by("order")) == [one, two]
        client.post(reverse("move-recommendation-down", args=[two.pk]))
        assert list(two.section.recommendations.order_by("order")) == [one, two]

    def test_is_withdrawn_with_a_reason_and_gets_no_more_actions(self, fill_in, client, review):
        found = RecommendationFactory(section__review=review)
        response = fill_in(reverse("withdraw-recommendation", args=[found.pk]))
        assert errors_of(response) == {"reason": ["Enter why the recommendation is withdrawn"]}
        fill_in(reverse("withdraw-recommendation", args=[found.pk]), reason="Said twice")
        found.refresh_from_db()
        assert (found.acceptance, found.acceptance_reason) == (Acceptance.WITHDRAWN, "Said twice")
        page = text_of(client.get(found.get_absolute_url()))
        assert reverse("new-action", args=[found.pk]) not in page
        response = fill_in(reverse("new-action", args=[found.pk]), text="Do it.")
        assert "This recommendation is withdrawn" in text_of(response)

    def test_that_was_withdrawn_may_be_taken_up_again_by_another_decision(self, fill_in, review):
        found = RecommendationFactory(section__review=review, acceptance="withdrawn", acceptance_reason="Said twice")
        said = {"section": found.section_id, "text": found.text, "acceptance": "accepted", "reason": "It was not"}
        fill_in(reverse("change-recommendation", args=[found.pk]), **said)
        found.refresh_from_db()
        assert found.acceptance == Acceptance.ACCEPTED

    def test_history_of_the_review_tells_who_did_what_and_why(self, fill_in, client, review):
        found = RecommendationFactory(section__review=review)
        said = {"section": found.section_id, "number": found.number, "text": "New words.", "reason": "Final report"}
        fill_in(reverse("change-recommendation", args=[found.pk]), **said)
        fill_in(reverse("withdraw-recommendation", args=[found.pk]), reason="Said twice")
        page = text_of(client.get(reverse("review-history", args=[review.pk])))
        for words in ("Siân Ahmed", "Final report", "New words.", "Withdrawn", "Said twice"):
            assert words in page


class TestAResponse:
    @pytest.fixture(autouse=True)
    def _signed_in(self, manager):
        pass

    def test_answers_several_recommendations(self, fill_in, client, review):
        one, two = (RecommendationFactory(section__review=review) for _ in range(2))
        response = fill_in(reverse("new-response", args=[one.pk]), text="We agree.", recommendations=[one.pk, two.pk])
        assert response["Location"] == one.get_absolute_url()
        made = Response.objects.get()
        assert set(made.recommendations.all()) == {one, two}
        line = made.history.get()
        assert {each.recommendation for each in line.recommendations.all()} == {one, two}
        fill_in(reverse("change-response", args=[made.pk]), text="We do.", recommendations=[two.pk], reason="Only that")
        assert list(made.recommendations.all()) == [two]
        assert made.history.count() == 2
        assert "We do." in text_of(client.get(two.get_absolute_url()))

    def test_answers_nothing_of_another_plan(self, fill_in, review):
        one, foreign = RecommendationFactory(section__review=review), RecommendationFactory()
        response = fill_in(reverse("new-response", args=[one.pk]), text="No.", recommendations=[foreign.pk])
        assert "recommendations" in errors_of(response)
        with pytest.raises(RuleBroken, match="one plan only"):
            services.add_response(review=review, by=UserFactory(), text="No.", recommendations=[one, foreign])
        with pytest.raises(RuleBroken, match="at least one"):
            services.add_response(review=review, by=UserFactory(), text="No.", recommendations=[])


class TestAnAction:
    @pytest.fixture(autouse=True)
    def _signed_in(self, manager):
        pass

    @pytest.fixture
    def recommendation(self, review):
        return RecommendationFactory(section__review=review)

    def test_is_added_with_everything_in_one_line_of_history(self, fill_in, client, recommendation, agency, manager):
        second = AgencyFactory(partnerships=[recommendation.section.review.partnership])
        lead = MembershipFactory(agency_lead=True, agency=agency).user
        also = RecommendationFactory(section=recommendation.section)
        response = fill_in(
            reverse("new-action", args=[recommendation.pk]),
            text="Brief every officer.",
            label="a",
            due="May 2031",
            lead_agency=agency.pk,
            lead_officers="Head of Learning\r\n\r\n  Chief   Inspector ",
            supporting_agencies=[second.pk, agency.pk],
            people=[lead.pk],
            also_answers=[also.pk],
            evidence_expected="Register of briefings.",
        )
        action = Action.objects.get()
        assert response["Location"] == action.get_absolute_url()
        assert (action.target_kind, f"{action.target_date}", action.due) == (TargetKind.MONTH, "2031-05-31", "May 2031")
        assert (action.original_target_date, action.times_moved) == (action.target_date, 0)
        assert (action.status, action.lead_officers) == (Status.UNKNOWN, ["Head of Learning", "Chief Inspector"])
        assert list(action.supporting_agencies.all()) == [second]
        line = action.history.get()
        assert line.history_user == manager
        assert [each.user for each in line.people.all()] == [lead]
        assert [each.recommendation for each in line.also_answers.all()] == [also]
        page = text_of(client.get(action.get_absolute_url()))
        assert "Due May 2031: overdue after 31 May 2031." in page
        assert reverse("change-action", args=[action.pk]) in page

    @pytest.mark.parametrize(
        ("words", "kind", "due"),
        [
            ("31/05/2031", TargetKind.DAY, "31 May 2031"),
            ("Q2 2031", TargetKind.QUARTER, "April to June 2031"),
            ("3 months after publication", TargetKind.RELATIVE, "3 months after publication"),
            ("Ongoing", TargetKind.ONGOING, "Ongoing"),
            ("TBC", TargetKind.TO_BE_CONFIRMED, "TBC"),
            ("", TargetKind.NONE, ""),
        ],
    )
    def test_is_due_as_typed(self, recommendation, words, kind, due):
        action = editing.add_action(recommendation=recommendation, by=UserFactory(), text="Do it.", due=words)
        assert (action.target_kind, action.due) == (kind, due)

    def test_with_a_date_that_nobody_understands_is_not_added_and_says_what_to_write(self, fill_in, recommendation):
        response = fill_in(reverse("new-action", args=[recommendation.pk]), text="Do it.", due="31 June 2031")
        assert "“31 June 2031” was not understood as a target date" in errors_of(response)["due"][0]
        response = fill_in(reverse("new-action", args=[recommendation.pk]), text="Do it.", due="soonish")
        assert "Enter a date such as" in errors_of(response)["due"][0]
        assert response.context["form"]["text"].value() == "Do it."

    def test_is_assigned_only_to_leads_of_the_agencies_at_work(self, fill_in, recommendation, agency):
        partnership = recommendation.section.review.partnership
        other = MembershipFactory(agency_lead=True, agency=AgencyFactory(partnerships=[partnership])).user
        stranger = MembershipFactory(agency_lead=True).user
        address = reverse("new-action", args=[recommendation.pk])
        response = fill_in(address, text="Do it.", lead_agency=agency.pk, people=[other.pk])
        assert "can only be assigned to what their agency leads or supports" in errors_of(response)["people"][0]
        response = fill_in(address, text="Do it.", lead_agency=agency.pk, people=[stranger.pk])
        assert "people" in errors_of(response)
        with pytest.raises(RuleBroken, match="cannot be assigned"):
            editing.add_action(
                recommendation=recommendation, by=UserFactory(), text="Do it.", lead_agency=agency, people=[other]
            )

    def test_is_led_only_by_agencies_of_the_partnership(self, fill_in, recommendation):
        elsewhere = AgencyFactory(name="Elsewhere Police", partnerships=[PartnershipFactory()])
        response = fill_in(reverse("new-action", args=[recommendation.pk]), text="Do it.", lead_agency=elsewhere.pk)
        assert "lead_agency" in errors_of(response)
        assert "Elsewhere Police" not in text_of(response)
        with pytest.raises(RuleBroken, match="belong to the partnership"):
            editing.add_action(recommendation=recommendation, by=UserFactory(), text="Do.", lead_agency=elsewhere)

    def test_is_lettered_as_its_plan_is(self, recommendation):
        assert editing.next_label(recommendation) == "a"
        ActionFactory(recommendation=recommendation, label="b")
        assert editing.next_label(recommendation) == "c"
        unlabelled = ActionFactory()
        assert editing.next_label(unlabelled.recommendation) == ""

    def test_is_changed_with_a_reason_and_may_answer_another_recommendation(self, fill_in, recommendation):
        action = ActionFactory(recommendation=recommendation, as_printed={"target_date": "soon"})
        other = RecommendationFactory(section=recommendation.section)
        address = reverse("change-action", args=[action.pk])
        said = {"text": "Train.", "label": "b", "recommendation": other.pk, "also_answers": [recommendation.pk]}
        assert errors_of(fill_in(address, **said)) == {"reason": ["Enter why the action is changed"]}
        fill_in(address, **said, reason="Better words")
        action.refresh_from_db()
        assert (action.text, action.recommendation, action.as_printed) == ("Train.", other, {"target_date": "soon"})
        assert list(action.also_answers.all()) == [recommendation]
        assert action.history.count() == 2
        assert action.history.first().history_change_reason == "Changed: Better words"

    def test_keeps_its_lead_its_date_and_its_people_when_its_words_change(self, fill_in, recommendation, agency):
        lead = MembershipFactory(agency_lead=True, agency=agency).user
        action = editing.add_action(
            recommendation=recommendation, by=lead, text="Do.", due="May 2031", lead_agency=agency, people=[lead]
        )
        fill_in(
            reverse("change-action", args=[action.pk]), text="Do it.", recommendation=recommendation.pk, reason="Typo"
        )
        action.refresh_from_db()
        assert (action.due, action.lead_agency, list(action.people.all())) == ("May 2031", agency, [lead])

    def test_moves_under_its_recommendation(self, client, recommendation):
        one, two = (ActionFactory(recommendation=recommendation) for _ in range(2))
        client.post(reverse("move-action-up", args=[two.pk]))
        assert list(recommendation.actions.order_by("order")) == [two, one]

    def test_is_shown_what_a_lead_reported_meanwhile(self, client, recommendation):
        action = ActionFactory(recommendation=recommendation)
        address = reverse("change-action", args=[action.pk])
        form = client.get(address).context["form"]
        other = editing.change_action(
            action=action,
            by=UserFactory(name="Kim Osei"),
            recommendation=recommendation,
            also_answers=[],
            reason="Clearer",
            text="Their words.",
        )
        said = {"text": "My words.", "recommendation": recommendation.pk, "reason": "Mine"}
        response = client.post(address, {**hidden(form), **said})
        assert response.status_code == 409
        for words in ("Kim Osei", "Clearer", "Their words.", "My words."):
            assert words in text_of(response), words
        other.refresh_from_db()
        assert other.text == "Their words."


def test_a_change_that_shows_nowhere_is_told_as_a_change(client, manager, review):
    """Somebody else moves what is being changed: the page says so, rather than nothing."""
    one, two = (RecommendationFactory(section__review=review) for _ in range(2))
    section = one.section
    services.change_recommendation(recommendation=two, by=manager, reason="There", section=section)
    address = reverse("change-recommendation", args=[one.pk])
    form = client.get(address).context["form"]
    services.move_recommendation(recommendation=two, by=UserFactory(name="Kim Osei"), up=True)
    said = {"section": section.pk, "text": "Mine.", "reason": "Why not"}
    response = client.post(address, {**hidden(form), **said})
    assert response.status_code == 409
    assert "Kim Osei" in text_of(response)


@pytest.mark.parametrize(
    ("number", "next_one"),
    [
        ("1", "2"),
        ("6.9", "6.10"),
        ("R12", "R13"),
        ("3.", "4."),
        ("a", "b"),
        ("8a", "8b"),
        ("z", ""),
        ("iv", ""),
        ("", ""),
        ("(9)", "(10)"),
    ],
)
def test_numbers_go_on_as_people_count(number, next_one):
    assert after(number) == next_one


def test_a_new_section_goes_on_as_the_plan_counts(review):
    first = RecommendationFactory(section__review=review, section__number="1", number="1.1", section__order=1).section
    second = SectionFactory(review=review, number="2", order=2)
    assert next_number(review, first) == "1.2"
    assert next_number(review, second) == "2.1"
    running = ReviewFactory()
    RecommendationFactory(section__review=running, number="12")
    assert next_number(running, SectionFactory(review=running)) == "13"
    assert next_number(running) == "13"
    again = ReviewFactory()
    for _ in range(2):
        RecommendationFactory(section__review=again, number="1")
    assert next_number(again, SectionFactory(review=again)) == "1"
    assert next_number(ReviewFactory()) == "1"


class TestWhoMay:
    @pytest.mark.parametrize("name", ["change-recommendation", "withdraw-recommendation", "new-action", "new-response"])
    def test_board_members_read_and_do_not_change(self, client, sign_in_as, review, name):
        found = RecommendationFactory(section__review=review)
        sign_in_as(Role.BOARD_MEMBER, of=review.partnership)
        assert client.get(reverse(name, args=[found.pk])).status_code == 403
        page = text_of(client.get(found.get_absolute_url()))
        assert reverse(name, args=[found.pk]) not in page

    def test_nobody_elsewhere_learns_that_there_is_anything(self, client, sign_in_as, review):
        response = ResponseFactory(review=review, recommendations=[RecommendationFactory(section__review=review)])
        sign_in_as(Role.BUSINESS_MANAGER, of=PartnershipFactory())
        assert client.get(reverse("change-response", args=[response.pk])).status_code == 404

    def test_publication_is_one_of_those_we_know(self, fill_in, manager):
        assert "publication" in errors_of(fill_in(reverse("new-review"), **{**REVIEW, "publication": "maybe"}))
        assert Publication.UNDECIDED == "undecided"


@pytest.mark.usefixtures("manager")
class TestTheDayItWasDone:
    def change(self, client, action, **typed):
        address = reverse("change-action", args=[action.pk])
        form = client.get(address).context["form"]
        said = {"text": action.text, "recommendation": action.recommendation_id, "reason": "The day was wrong"}
        return client.post(address, {**hidden(form), **said, **typed})

    def day(self, day):
        return {"completed_on_day": day.day, "completed_on_month": day.month, "completed_on_year": day.year}

    def test_can_be_put_right(self, client, review):
        action = ActionFactory(recommendation__section__review=review, complete=True)
        action.as_printed["completed_on"] = "in the summer"
        action.save()
        day = timezone.localdate() - timedelta(400)
        assert self.change(client, action, **self.day(day)).status_code == 302
        action.refresh_from_db()
        assert action.completed_on == day
        assert "completed_on" not in action.as_printed

    def test_is_not_to_come(self, client, review):
        action = ActionFactory(recommendation__section__review=review, complete=True)
        response = self.change(client, action, **self.day(timezone.localdate() + timedelta(1)))
        assert "Enter a day that has passed" in text_of(response)

    def test_is_asked_of_nothing_that_is_not_done(self, client, review):
        action = ActionFactory(recommendation__section__review=review)
        form = client.get(reverse("change-action", args=[action.pk])).context["form"]
        assert "completed_on" not in form.fields


class TestAPlanMadeByHandGoesOutAndComesInAgain:
    @pytest.fixture(autouse=True)
    def _own_storage(self, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path / "media"

    @pytest.fixture
    def plan(self, review, manager, agency):
        """A plan with something of everything that a form asks for."""
        by = {"by": manager}
        section = services.add_section(review=review, title="Police", number="1", agency=agency, **by)
        about = {"text": "Listen to children.\nAlways.", "number": "1.1", "source": "overview", "practice": "new"}
        first = services.add_recommendation(
            review=review, section=section, intended_outcome="Children are heard.", acceptance="accepted", **about, **by
        )
        second = services.add_recommendation(
            review=review, new_section="Learning", text="Publish a leaflet.", number="2.1", **by
        )
        services.add_response(review=review, recommendations=[first, second], text="We agree.", **by)
        about = {"due": "May 2031", "lead_agency": agency, "lead_officers": ["Head of Learning"]}
        editing.add_action(
            recommendation=first, text="Brief officers.", label="a", evidence_expected="Register.", **about, **by
        )
        editing.add_action(recommendation=first, text="Audit it.", label="b", due="ongoing", **by)
        editing.add_action(recommendation=second, text="Print it.", **by)
        return review

    @pytest.fixture
    def again(self, client, plan):
        """Return a function that brings a file in as a newer version of the plan, and what is different in it."""

        def bring(kind, change=lambda content: content):
            content = client.get(reverse("export-plan", args=[plan.pk, kind])).getvalue()
            address = reverse("import-plan")
            file = SimpleUploadedFile(f"plan.{kind}", change(content))
            sent = {**hidden(client.get(address).context["form"]), "review": plan.pk, "file": file}
            assert client.post(address, sent).status_code == 302
            found = client.get(reverse("import-differences", args=[PlanImport.objects.latest("pk").pk]))
            return found.context["choosing"].differences.all

        return bring

    @pytest.mark.parametrize("kind", ["docx", "xlsx", "csv"])
    def test_without_a_difference_where_nobody_changed_it(self, again, kind):
        assert [each.kind for each in again(kind) if each.kind != Kind.SAME] == []

    def test_with_the_one_difference_that_somebody_made(self, again):
        found = again("csv", lambda content: content.replace(b"Brief officers.", b"Brief every officer."))
        (changed,) = [each for each in found if each.kind != Kind.SAME]
        assert (changed.kind, [change.after for change in changed.changes]) == (Kind.CHANGED, ["Brief every officer."])

    def test_and_is_shown_in_every_place(self, client, plan):
        for address in (plan.get_absolute_url(), reverse("action-list"), reverse("review-list")):
            assert client.get(address).status_code == 200
        report = working_copy(plan).to_dict()
        words = str(report)
        for said in ("Brief officers.", "May 2031", "Head of Learning", "We agree.", "Children are heard."):
            assert said in words, said
