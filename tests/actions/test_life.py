"""The life of an action: who may take which step when, and what each step leaves behind."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from actions import services, steps, timeline
from actions.choices import Status, TargetKind
from actions.management.commands import draw_life
from actions.models import Action, Comment, Extension
from actions.views import steps as steps_views
from scr_tracker.permissions import Permission, Role
from scr_tracker.rules import RuleBroken
from tests.factories import (
    ActionFactory,
    AgencyFactory,
    EvidenceFactory,
    ExtensionFactory,
    MembershipFactory,
    PartnershipFactory,
    UserFactory,
    today,
)

pytestmark = pytest.mark.django_db


def fresh(action):
    """Return an action as the database has it."""
    return Action.objects.get(pk=action.pk)


def submit(action, by=None, **changes):
    """Submit an action with a reason for there being no evidence."""
    said = {"what_was_done": "All staff were trained.", "no_evidence_reason": "The register is paper.", **changes}
    return services.submit_action(action=action, by=by or UserFactory(), **said)


@pytest.fixture
def submitted():
    """An action that somebody submitted with evidence."""
    action = ActionFactory(submitted=True)
    EvidenceFactory(actions=[action])
    return action


class TestTheTable:
    def test_names_each_step_and_its_line_in_the_history_once(self):
        assert len({step.name for step in steps.STEPS}) == len({step.done for step in steps.STEPS}) == len(steps.STEPS)

    def test_reaches_every_status_and_leaves_none_without_a_way_on(self):
        changing = [
            (before, each)
            for step in steps.STEPS
            for before, after in step.moves.items()
            for each in after
            if each != before
        ]
        assert {after for _, after in changing} == set(Status) - {Status.UNKNOWN}
        assert {before for before, _ in changing} == set(Status)

    def test_lets_only_a_sign_off_make_an_action_complete(self):
        ways = [
            (step, before)
            for step in steps.STEPS
            for before, after in step.moves.items()
            if Status.COMPLETE in after and before != Status.COMPLETE
        ]
        assert ways == [(steps.SIGN_OFF, Status.SUBMITTED)]

    def test_is_drawn_in_the_documentation_as_it_is(self):
        assert draw_life.DOCUMENT.read_text(encoding="utf-8") == draw_life.document()

    @pytest.mark.parametrize("step", steps.STEPS, ids=lambda step: step.name)
    @pytest.mark.parametrize("status", Status)
    def test_bars_what_it_does_not_list(self, step, status):
        action = Action(pk=7, status=status, validated_rating="red")
        for action.extension_pending in (True, False):
            refusal = step.refusal(action, UserFactory.build(pk=7))
            if status not in step.moves:
                assert "is not possible now" in refusal
            elif refusal:
                assert refusal in {bar.sentence for bar in step.bars}


class TestSubmitting:
    def test_keeps_what_was_done_who_said_so_and_when(self):
        action = submit(ActionFactory(last_update_on=None), completed_on=date(2026, 3, 1))
        update = action.updates.get()
        assert (action.status, action.submitted_by, action.submitted_at) == (Status.SUBMITTED, update.by, update.at)
        assert (action.completed_on, action.last_update_on) == (date(2026, 3, 1), today())
        assert action.no_evidence_reason == "The register is paper."
        assert update.what_was_done == "All staff were trained."

    def test_needs_what_was_done(self):
        with pytest.raises(RuleBroken, match="Say what was done"):
            submit(ActionFactory(), what_was_done="")

    def test_needs_evidence_or_the_reason_why_there_is_none(self):
        action = ActionFactory()
        with pytest.raises(RuleBroken, match="Add evidence, or say why"):
            submit(action, no_evidence_reason="")
        EvidenceFactory(actions=[action])
        assert submit(action, no_evidence_reason="").status == Status.SUBMITTED

    @pytest.mark.parametrize("standing", ["returned", "withdrawn"])
    def test_does_not_take_evidence_that_was_turned_down(self, standing):
        action = ActionFactory()
        EvidenceFactory(actions=[action], standing=standing, standing_reason="Another year's audit.")
        with pytest.raises(RuleBroken, match="Add evidence"):
            submit(action, no_evidence_reason="")

    def test_forgets_the_reason_for_no_evidence_once_there_is_some(self):
        action = ActionFactory(no_evidence_reason="None yet.")
        EvidenceFactory(actions=[action])
        assert submit(action).no_evidence_reason == ""

    @pytest.mark.parametrize("status", [Status.COMPLETE, Status.EMBEDDED, Status.SUBMITTED])
    def test_is_for_what_is_not_submitted_or_done_yet(self, status):
        action = ActionFactory(submitted=True)
        action.status = status
        action.save()
        with pytest.raises(RuleBroken, match="is not possible now"):
            submit(action)

    def test_can_be_taken_back_with_a_reason(self, submitted):
        action = services.take_back(action=submitted, by=submitted.submitted_by, reason="Two schools are missing.")
        assert (action.status, action.submitted_by, action.completed_on) == (Status.IN_PROGRESS, None, None)
        assert action.history.latest().history_change_reason == "Submission taken back: Two schools are missing."


class TestSigningOff:
    def test_makes_it_complete_and_keeps_the_submission(self, submitted):
        manager = UserFactory()
        action = services.sign_off(action=submitted, by=manager, note="The audit is clear.")
        assert (action.status, action.signed_off_by) == (Status.COMPLETE, manager)
        assert (action.submitted_by, action.submitted_at) == (submitted.submitted_by, submitted.submitted_at)
        assert action.history.latest().history_change_reason == "Signed off: The audit is clear."

    @pytest.mark.parametrize("traits", [{}, {"administrator": True}])
    def test_is_refused_to_the_person_who_submitted_even_an_administrator(self, traits):
        person = UserFactory(**traits)
        action = submit(ActionFactory(), by=person)
        for service, said in ((services.sign_off, {}), (services.return_action, {"reason": "No."})):
            with pytest.raises(RuleBroken, match="somebody else must sign it off"):
                service(action=action, by=person, **said)
        assert fresh(action).status == Status.SUBMITTED

    def test_is_offered_to_everybody_but_the_person_who_submitted(self, submitted):
        submitter, other = UserFactory(administrator=True), UserFactory(administrator=True)
        submitted.submitted_by = submitter
        assert steps.SIGN_OFF in steps.open_to(other, submitted)
        assert steps.SIGN_OFF not in steps.open_to(submitter, submitted)

    def test_needs_evidence_that_still_stands(self, submitted):
        evidence = submitted.evidence.get()
        evidence.standing, evidence.standing_reason = "withdrawn", "Names a child."
        evidence.save()
        with pytest.raises(RuleBroken, match="Nothing shows that this action is complete"):
            services.sign_off(action=submitted, by=UserFactory())

    def test_makes_the_impact_check_due_when_the_partnership_says(self, submitted, time_machine):
        time_machine.move_to("2026-08-31 12:00")
        assert services.sign_off(action=submitted, by=UserFactory()).impact_check_due == date(2027, 2, 28)

    def test_leaves_no_request_for_a_later_date_hanging(self, submitted):
        services_extension = ExtensionFactory(action=submitted)
        submitted.extension_pending = True
        submitted.save()
        assert not services.sign_off(action=submitted, by=UserFactory()).extension_pending
        services_extension.refresh_from_db()
        assert services_extension.decision == "refused"
        assert "no longer needed" in services_extension.decision_note.lower()

    def test_a_return_says_why_and_forgets_the_submission(self, submitted):
        action = services.return_action(action=submitted, by=UserFactory(), reason="Minutes are missing.")
        assert (action.status, action.submitted_by, action.completed_on) == (Status.IN_PROGRESS, None, None)
        assert action.history.latest().history_change_reason == "Returned: Minutes are missing."

    def test_the_one_who_returned_it_may_submit_it_and_then_not_sign_it_off(self, submitted):
        manager = UserFactory()
        services.return_action(action=submitted, by=manager, reason="Minutes are missing.")
        submit(submitted, by=manager)
        with pytest.raises(RuleBroken, match="somebody else"):
            services.sign_off(action=submitted, by=manager)


class TestALaterDate:
    def ask(self, action, days=30):
        return services.ask_extension(
            action=action,
            by=UserFactory(),
            asked_for_date=action.target_date + timedelta(days),
            reason="The trainer is ill.",
        )

    def test_is_asked_for_with_a_reason_and_waits(self):
        action = ActionFactory()
        extension = self.ask(action)
        assert (extension.old_date, extension.decision) == (action.target_date, "waiting")
        assert fresh(action).extension_pending

    def test_is_asked_for_once_at_a_time(self):
        action = ActionFactory()
        self.ask(action)
        with pytest.raises(RuleBroken, match="already been asked for"):
            self.ask(action)

    def test_must_be_later(self):
        with pytest.raises(RuleBroken, match="after the present target date"):
            self.ask(ActionFactory(), days=0)

    def test_once_agreed_moves_the_date_and_keeps_the_first(self):
        action = ActionFactory(target_kind=TargetKind.MONTH)
        first, manager = action.target_date, UserFactory()
        for number in (1, 2):
            extension = self.ask(fresh(action))
            moved = services.agree_extension(action=action, by=manager, note="Once more.")
            assert (moved.target_date, moved.target_kind) == (extension.asked_for_date, TargetKind.DAY)
            assert (moved.original_target_date, moved.times_moved, moved.days_moved) == (first, number, number * 30)
            assert not moved.extension_pending
        extension.refresh_from_db()
        assert (extension.decision, extension.decided_by, extension.decision_note) == ("agreed", manager, "Once more.")

    def test_once_refused_leaves_the_date_and_says_why(self):
        action = ActionFactory()
        self.ask(action)
        refused = services.refuse_extension(action=action, by=UserFactory(), note="The board wants it in May.")
        assert (refused.target_date, refused.times_moved) == (action.target_date, 0)
        assert not refused.extension_pending
        assert Extension.objects.get().decision_note == "The board wants it in May."

    def test_is_not_agreed_where_the_date_has_moved_past_it_meanwhile(self):
        action = ActionFactory()
        extension = self.ask(action)
        moved = fresh(action)
        moved.target_date = extension.asked_for_date + timedelta(1)
        moved.save()
        with pytest.raises(RuleBroken, match="after the present"):
            services.agree_extension(action=action, by=UserFactory())
        assert Extension.objects.get().decision == "waiting"

    def test_is_withdrawn_by_who_asked_for_it_and_by_nobody_else(self):
        lead, manager = UserFactory(), UserFactory()
        action = ActionFactory()
        later = action.target_date + timedelta(30)
        services.ask_extension(action=action, by=lead, asked_for_date=later, reason="The trainer is ill.")
        with pytest.raises(RuleBroken, match="Only the person who asked"):
            services.withdraw_extension(action=action, by=manager)
        services.withdraw_extension(action=action, by=lead, note="The trainer is well.")
        extension = Extension.objects.get()
        assert (extension.decision, extension.decided_by) == ("withdrawn", lead)
        assert (fresh(action).extension_pending, fresh(action).times_moved) == (False, 0)
        (event, *_) = timeline.of_action(fresh(action), UserFactory(administrator=True))
        assert (event.title, event.text) == ("Request for a later date withdrawn", "The trainer is well.")
        services.ask_extension(action=action, by=manager, asked_for_date=later, reason="Ill again.")

    def test_cannot_be_decided_where_none_was_asked_for(self):
        with pytest.raises(RuleBroken, match="No later date waits"):
            services.refuse_extension(action=ActionFactory(), by=UserFactory(), note="No.")


class TestSettingAside:
    def test_a_pause_has_its_reason_and_ends_with_one(self):
        action = services.pause_action(action=ActionFactory(), by=UserFactory(), reason="The inquest is open.")
        assert (action.status, action.status_reason) == (Status.PAUSED, "The inquest is open.")
        action = services.resume_action(action=action, by=UserFactory(), reason="The inquest has closed.")
        assert (action.status, action.status_reason) == (Status.IN_PROGRESS, "")
        assert action.history.latest().history_change_reason == "Resumed: The inquest has closed."

    def test_a_superseded_action_says_by_what_and_can_be_taken_up_again(self):
        action, other = ActionFactory(), ActionFactory()
        services.ask_extension(
            action=action, by=UserFactory(), asked_for_date=today() + timedelta(400), reason="Too much to do."
        )
        done = services.supersede_action(action=action, by=UserFactory(), reason="A new duty.", superseded_by=other)
        assert (done.status, done.superseded_by, done.extension_pending) == (Status.SUPERSEDED, other, False)
        assert services.resume_action(action=action, by=UserFactory(), reason="A mistake.").superseded_by is None

    def test_nothing_is_superseded_by_itself_or_by_something_superseded(self):
        action = ActionFactory()
        gone = ActionFactory(status=Status.SUPERSEDED, status_reason="Old law.")
        for other in (action, gone):
            with pytest.raises(RuleBroken, match="Choose another action"):
                services.supersede_action(action=action, by=UserFactory(), reason="New law.", superseded_by=other)

    def test_names_its_successor_only_to_those_who_may_see_it(self, client, sign_in_as):
        action, hidden = ActionFactory(), ActionFactory(recommendation__number="", recommendation__text="Hidden words.")
        services.supersede_action(action=action, by=UserFactory(), reason="New law.", superseded_by=hidden)
        sign_in_as(of=action.review.partnership)
        for address in (action.get_absolute_url(), reverse("review-history", args=[action.review_id])):
            page = client.get(address).content.decode()
            assert "Hidden words." not in page
            assert "New law." in page
            assert "Superseded by" not in page


class TestTheImpactCheck:
    @pytest.fixture
    def complete(self, submitted):
        return services.sign_off(action=submitted, by=UserFactory())

    def test_that_held_embeds_the_action(self, complete):
        action = services.check_impact(action=complete, by=UserFactory(), result="held", note="The audit says so.")
        assert (action.status, action.impact_result) == (Status.EMBEDDED, "held")
        assert action.signed_off_by == complete.signed_off_by

    def test_that_held_is_made_again_on_the_day_that_is_given(self, complete):
        again = today() + timedelta(200)
        said = {"result": "held", "note": "The audit says so."}
        action = services.check_impact(action=complete, by=UserFactory(), **said, check_again_on=again)
        assert (action.status, action.impact_check_due) == (Status.EMBEDDED, again)
        waiting = Action.objects.waiting_for_an_impact_check
        assert list(waiting(on=again)) == [action]
        services.check_impact(action=action, by=UserFactory(), **said)
        assert not waiting(on=again).exists()

    def test_that_failed_reopens_it_with_the_reason(self, complete):
        action = services.check_impact(action=complete, by=UserFactory(), result="not_held", note="Nobody does it.")
        assert (action.status, action.impact_result, action.impact_note) == (
            Status.IN_PROGRESS,
            "not_held",
            "Nobody does it.",
        )
        assert (action.submitted_by, action.signed_off_by, action.completed_on) == (None, None, None)

    def test_that_failed_is_forgotten_by_the_next_sign_off_but_not_by_the_history(self, complete):
        services.check_impact(action=complete, by=UserFactory(), result="not_held", note="Nobody does it.")
        submit(complete)
        action = services.sign_off(action=complete, by=UserFactory())
        assert (action.impact_result, action.impact_checked_by) == ("", None)
        assert action.impact_check_due > today()
        assert "not_held" in {line.impact_result for line in action.history.all()}

    def test_is_for_complete_actions(self):
        with pytest.raises(RuleBroken, match="is not possible now"):
            services.check_impact(action=ActionFactory(), by=UserFactory(), result="held", note="Yes.")


class TestThePartnershipsRating:
    def test_has_its_reason_and_can_be_withdrawn(self):
        manager = UserFactory()
        action = services.validate_rating(action=ActionFactory(), by=manager, rating="red", reason="No progress.")
        assert (action.rating(), action.validated_by) == ("red", manager)
        action = services.withdraw_rating(action=action, by=manager, reason="Progress since.")
        assert (action.validated_rating, action.validated_reason, action.validated_by) == ("", "", None)
        assert action.history.latest().history_change_reason == "Rating withdrawn: Progress since."

    def test_is_not_withdrawn_where_there_is_none(self):
        with pytest.raises(RuleBroken, match="has not rated"):
            services.withdraw_rating(action=ActionFactory(), by=UserFactory(), reason="Wrong.")


class TestTheConversation:
    def test_a_reply_to_a_reply_joins_the_first(self):
        action = ActionFactory()
        first = services.comment_action(action=action, by=UserFactory(), kind="challenge", text="How do you know?")
        second = services.reply(comment=first, by=UserFactory(), text="By audit.")
        third = services.reply(comment=second, by=UserFactory(), text="Which?")
        assert [each.in_reply_to for each in (second, third)] == [first, first]

    def test_adds_no_line_to_the_history_of_the_action(self):
        action = ActionFactory()
        services.comment_action(action=action, by=UserFactory(), kind="comment", text="Thank you.")
        assert action.history.count() == 1


# --- The pages ----------------------------------------------------------------------------------


@pytest.fixture
def agency():
    return AgencyFactory(partnerships=[PartnershipFactory()])


@pytest.fixture
def action(agency):
    """An action that the agency leads."""
    return ActionFactory(
        recommendation__section__review__partnership=agency.partnerships.get(), lead_agency=agency, text="Train all."
    )


def partnership_of(action):
    return action.review.partnership


def buttons(client, action):
    """Return the names of the steps that the page of an action offers by buttons."""
    context = client.get(action.get_absolute_url()).context
    return {step.name for step in context["steps"]}


class TestTheButtons:
    def test_of_an_agency_lead(self, client, sign_in_as, action, agency):
        lead = sign_in_as(Role.AGENCY_LEAD, agency)
        assert buttons(client, action) == {"submit-action", "ask-extension"}
        submit(action, by=lead)
        assert buttons(client, action) == {"take-back"}

    def test_of_a_business_manager(self, client, sign_in_as, action):
        sign_in_as(Role.BUSINESS_MANAGER, partnership_of(action))
        first = {"submit-action", "ask-extension", "pause-action", "supersede-action", "validate-rating"}
        assert buttons(client, action) == first | {"assign-action", "set-target-date"}
        submit(action)
        assert buttons(client, action) == {
            *("take-back", "sign-off", "return-action", "validate-rating", "assign-action"),
        }

    def test_of_a_board_member_are_none_but_a_form_to_comment(self, client, sign_in_as, action):
        sign_in_as(Role.BOARD_MEMBER, partnership_of(action))
        assert buttons(client, action) == set()
        page = client.get(action.get_absolute_url())
        assert page.context["comment_form"]
        assert page.context["form"] is None

    @pytest.mark.parametrize("step", [step for step in steps.STEPS if step != steps.REPLY], ids=lambda step: step.name)
    @pytest.mark.parametrize("role", [*Role, None])
    def test_agree_with_what_the_address_answers(self, client, sign_in_as, action, agency, step, role):
        of = {Role.AGENCY_LEAD: agency, None: PartnershipFactory()}.get(role, partnership_of(action))
        user = sign_in_as(role or Role.BUSINESS_MANAGER, of)
        for method in (client.get, client.post):
            status = method(reverse(step.name, args=[action.pk])).status_code
            if role is None:
                assert status == 404
            else:
                assert (status == 403) is not user.has_perm(step.permission, action)


class TestTheForms:
    def test_carry_a_submission_from_the_lead_to_the_manager_and_back(
        self, client, fill_in, sign_in_as, action, agency
    ):
        sign_in_as(Role.AGENCY_LEAD, agency)
        address = reverse("submit-action", args=[action.pk])
        assert "Add evidence on the action’s page first" in fill_in(address, what_was_done="Done.").content.decode()
        assert fill_in(address, what_was_done="Done.", no_evidence_reason="A talk.").status_code == 302
        sign_in_as(Role.BUSINESS_MANAGER, partnership_of(action))
        queue = client.get(reverse("sign-off-queue")).content.decode()
        assert "Train all." in queue
        page = client.get(reverse("return-action", args=[action.pk])).content.decode()
        assert "Done." in page
        assert "A talk." in page
        assert fill_in(reverse("return-action", args=[action.pk]), reason="Who came?").status_code == 302
        timeline = client.get(action.get_absolute_url()).content.decode()
        for words in ("Submitted as complete", "Returned", "Who came?"):
            assert words in timeline
        assert "Nothing waits for sign-off" in client.get(reverse("sign-off-queue")).content.decode()

    def test_say_to_the_submitter_why_there_is_no_form(self, client, sign_in_as, action):
        manager = sign_in_as(Role.BUSINESS_MANAGER, partnership_of(action))
        submit(action, by=manager)
        response = client.get(reverse("sign-off", args=[action.pk]))
        assert "You submitted this action as complete, so somebody else" in response.content.decode()
        assert (
            "You submitted it: somebody else must sign it off" in client.get(reverse("sign-off-queue")).content.decode()
        )
        client.post(reverse("sign-off", args=[action.pk]), {"version": action.history.latest().pk})
        assert fresh(action).status == Status.SUBMITTED

    def test_move_a_date(self, client, fill_in, sign_in_as, action):
        sign_in_as(Role.BUSINESS_MANAGER, partnership_of(action))
        day = action.target_date + timedelta(40)
        typed = {f"asked_for_date_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
        assert fill_in(reverse("ask-extension", args=[action.pk]), reason="Ill.", **typed).status_code == 302
        assert "Ill." in client.get(reverse("extension-queue")).content.decode()
        assert fill_in(reverse("agree-extension", args=[action.pk])).status_code == 302
        page = client.get(action.get_absolute_url()).content.decode()
        assert "moved 1 time, 40 days in all" in page

    @pytest.mark.parametrize(
        ("day", "error"), [(-1, "must be after the present one"), (None, "Enter the new target date")]
    )
    def test_refuse_a_date_that_is_not_later(self, fill_in, sign_in_as, action, day, error):
        sign_in_as(Role.BUSINESS_MANAGER, partnership_of(action))
        typed = {}
        if day is not None:
            asked = action.target_date + timedelta(day)
            typed = {f"asked_for_date_{part}": str(getattr(asked, part)) for part in ("day", "month", "year")}
        page = fill_in(reverse("ask-extension", args=[action.pk]), reason="Ill.", **typed).content.decode()
        assert error in page
        assert "Ill." in page

    def test_supersede_by_an_action_of_this_plan_or_by_an_address_one_can_open(self, fill_in, sign_in_as, action):
        sign_in_as(Role.BUSINESS_MANAGER, partnership_of(action))
        here = ActionFactory(recommendation=action.recommendation)
        there = ActionFactory(recommendation__section__review__partnership=partnership_of(action))
        hidden = ActionFactory()
        address = reverse("supersede-action", args=[action.pk])
        page = fill_in(address, reason="New.", elsewhere=f"https://x.uk/actions/{hidden.pk}/").content.decode()
        assert "that you can open yourself" in page
        for typed in ({"superseded_by": here.pk}, {"elsewhere": f"https://x.uk/actions/{there.pk}/"}):
            assert fill_in(address, reason="New.", **typed).status_code == 302
            assert fresh(action).superseded_by in {here, there}
            assert fill_in(reverse("resume-action", args=[action.pk]), reason="No.").status_code == 302

    def test_rate_check_pause_and_comment(self, client, fill_in, sign_in_as, action):
        sign_in_as(Role.BUSINESS_MANAGER, partnership_of(action))
        for name, typed in (
            ("validate-rating", {"rating": "red", "reason": "No news."}),
            ("withdraw-rating", {"reason": "News."}),
            ("pause-action", {"reason": "Inquest."}),
            ("resume-action", {"reason": "Inquest closed."}),
            ("comment-action", {"kind": "challenge", "text": "Is it so?"}),
        ):
            assert fill_in(reverse(name, args=[action.pk]), **typed).status_code == 302, name
        submit(action)
        services.sign_off(action=action, by=UserFactory())
        assert fill_in(reverse("check-impact", args=[action.pk]), result="held", note="Audit.").status_code == 302
        page = client.get(action.get_absolute_url()).content.decode()
        for words in (
            "Rating validated",
            "Paused",
            "Impact checked",
            "Challenge",
            "It made a difference that has lasted",
        ):
            assert words in page, words

    def test_an_agency_lead_replies_to_a_challenge_and_cannot_comment(
        self, client, fill_in, sign_in_as, action, agency
    ):
        challenge = services.comment_action(action=action, by=UserFactory(), kind="challenge", text="Is it so?")
        sign_in_as(Role.AGENCY_LEAD, agency)
        assert client.get(reverse("comment-action", args=[action.pk])).status_code == 403
        assert fill_in(reverse("reply", args=[action.pk, challenge.pk]), text="It is.").status_code == 302
        assert "It is." in client.get(action.get_absolute_url()).content.decode()

    def test_a_reply_to_a_comment_on_another_action_is_not_found(self, client, sign_in_as, action):
        other = services.comment_action(action=ActionFactory(), by=UserFactory(), kind="comment", text="Elsewhere.")
        sign_in_as(Role.BUSINESS_MANAGER, partnership_of(action))
        assert client.get(reverse("reply", args=[action.pk, other.pk])).status_code == 404
        assert Comment.objects.count() == 1


class TestTheQueues:
    NAMES = ("sign-off-queue", "extension-queue", "impact-queue")

    @pytest.mark.parametrize("name", NAMES)
    def test_are_for_those_who_may_decide(self, client, sign_in_as, action, agency, name):
        for role, of, status in (
            (Role.BUSINESS_MANAGER, partnership_of(action), 200),
            (Role.BOARD_MEMBER, partnership_of(action), 403),
            (Role.AGENCY_LEAD, agency, 403),
        ):
            sign_in_as(role, of)
            assert client.get(reverse(name)).status_code == status, role

    def test_show_what_waits_in_ones_own_partnership_only(self, client, sign_in_as, action):
        submit(action)
        submit(ActionFactory(text="Foreign."))
        user = sign_in_as(Role.BUSINESS_MANAGER, partnership_of(action))
        other = ActionFactory(text="Only looked at.")
        submit(other)
        MembershipFactory(user=user, role=Role.BOARD_MEMBER, partnership=partnership_of(other))
        page = client.get(reverse("sign-off-queue"))
        assert [each.text for each in page.context["page"]] == ["Train all."]

    def test_are_counted_in_the_menu_for_those_who_may_decide(self, client, sign_in_as, action):
        submit(action)
        sign_in_as(Role.BUSINESS_MANAGER, partnership_of(action))
        assert client.get("/").context["waiting"] == {"sign-off": 1, "extensions": 0, "impact": 0}
        sign_in_as(Role.BOARD_MEMBER, partnership_of(action))
        page = client.get("/")
        assert page.context["waiting"] == {}
        assert reverse("sign-off-queue") not in page.content.decode()

    def test_name_the_impact_checks_that_are_due_the_longest_first(self, client, sign_in_as, action):
        def signed_off(text, due, **traits):
            ActionFactory(recommendation=action.recommendation, text=text, impact_check_due=due, **traits)

        signed_off("Due today.", today(), complete=True)
        signed_off("Long due.", today() - timedelta(40), complete=True)
        signed_off("Not due yet.", today() + timedelta(1), complete=True)
        signed_off("Never to be checked.", None, complete=True)
        signed_off("Checked.", None, status=Status.EMBEDDED)
        signed_off("To be checked again.", today() - timedelta(20), status=Status.EMBEDDED)
        sign_in_as(Role.BUSINESS_MANAGER, partnership_of(action))
        page = client.get(reverse("impact-queue"))
        assert [each.text for each in page.context["page"]] == [
            "Long due.",
            "To be checked again.",
            "Due today.",
        ]
        assert page.content.decode().count("40 days overdue") == 1
        assert client.get("/").context["waiting"]["impact"] == 3

    @pytest.mark.parametrize("name", NAMES)
    def test_take_the_same_queries_for_one_and_for_many(
        self, client, sign_in_as, action, name, django_assert_num_queries, django_assert_max_num_queries
    ):
        def one_more():
            other = ActionFactory(recommendation=action.recommendation)
            submit(other)
            waits = ActionFactory(recommendation=action.recommendation, extension_pending=True)
            ExtensionFactory(action=waits)
            ActionFactory(recommendation=action.recommendation, complete=True, impact_check_due=today())

        one_more()
        sign_in_as(Role.BUSINESS_MANAGER, partnership_of(action))
        with django_assert_max_num_queries(10) as few:
            client.get(reverse(name))
        for _ in range(6):
            one_more()
        with django_assert_num_queries(len(few)):
            client.get(reverse(name))


def test_every_permission_over_actions_opens_some_step_or_page():
    used = {step.permission for step in steps.STEPS}
    elsewhere = {
        *(Permission.ADD_EVIDENCE, Permission.JUDGE_EVIDENCE, Permission.EDIT_PLAN),
        *(Permission.MAKE_REPORT, Permission.SEE_REPORTS, Permission.MANAGE_PEOPLE),
        *(Permission.PACK_REVIEW, Permission.PACK_AGENCY, Permission.MANAGE_PARTNERSHIP, Permission.SHARE_VIEW),
        *(Permission.REMIND, Permission.SEE_MEETINGS, Permission.RUN_MEETING, Permission.MANAGE_THEMES),
    }
    assert used | elsewhere == set(Permission)


def test_an_administrator_cannot_change_a_status_or_a_sign_off_in_the_admin(client):
    client.force_login(UserFactory(administrator=True))
    action = ActionFactory(submitted=True)
    page = client.get(reverse("admin:actions_action_change", args=[action.pk]))
    offered = set(page.context["adminform"].form.fields)
    assert not offered & {"status", "submitted_by", "submitted_at", "signed_off_by", "signed_off_at", "impact_result"}


def test_every_step_says_what_the_decision_means():
    assert set(steps_views.GUIDANCE) == set(steps_views.PAGES)
