"""A newer version of a plan is compared with the saved one, and accepted bit by bit."""

from dataclasses import replace
from datetime import date

import docx
import pytest
from django.utils import timezone

from actions import services
from actions.choices import Status
from actions.importing.again import ChangedHere, Kind, apply, compare
from actions.importing.export import plan_of
from actions.importing.plan import Plan, PlanAction, PlanColumn, PlanRecommendation, PlanSection
from actions.importing.read import read
from actions.importing.recognise import recognise
from actions.importing.save import ImportedFile, save_plan
from actions.models import Action, Extension, Update
from reviews.models import Recommendation, Response
from tests.factories import PartnershipFactory, UserFactory

pytestmark = pytest.mark.django_db

TRAIN = PlanAction(
    text="Train every crew to ask about the child’s day",
    label="a",
    target_date_text="31 May 2012",
    target_date_iso="2012-05-31",
    date_kind="day",
    lead_text="Watch manager",
    leads=("Watch manager",),
    status_text="In progress",
    status="in_progress",
    completion_evidence="Two watches were trained.",
)
ASK = PlanAction(text="Ask schools which children are absent on Mondays", label="b", status="not_started")
LISTEN = PlanRecommendation(text="Crews should listen to what children say at home", number="1", actions=(TRAIN, ASK))
WRITE = PlanRecommendation(
    text="Supervision notes should say what daily life is like",
    number="2",
    response="The template asks for it.",
    actions=(PlanAction(text="Change the template for notes of supervision", status="complete"),),
)
VISIT = PlanRecommendation(text="Midwives should visit families in temporary housing twice", number="3")
FIRE = PlanSection(title="Fire Service Actions", number="1", agency="Fire Service", recommendations=(LISTEN,))
HEALTH = PlanSection(title="Health Trust Actions", number="2", agency="Health Trust", recommendations=(WRITE, VISIT))
PLAN = Plan(plan="0319", title="Action plan", sections=(FIRE, HEALTH))
NEWER = ImportedFile("newer.docx", b"newer")


@pytest.fixture
def manager():
    return UserFactory(name="Siân Ahmed")


@pytest.fixture
def review():
    source = ImportedFile("plan.docx", b"plan")
    partnership = PartnershipFactory(name="Northshire")
    return save_plan(plan=PLAN, partnership=partnership, reference="0319", kind="scr", by=None, source=source).review


def changed(plan, text, /, **values):
    """Return a plan in which the recommendation or action that begins with a text says something else."""

    def change(part):
        return replace(part, **values) if part.text.startswith(text) else part

    return with_recommendations(
        plan, lambda each: replace(change(each), actions=tuple(map(change, change(each).actions)))
    )


def with_recommendations(plan, change):
    sections = (
        replace(section, recommendations=tuple(filter(None, map(change, section.recommendations))))
        for section in plan.sections
    )
    return replace(plan, sections=tuple(sections))


def without(plan, text):
    """Return a plan without the recommendation or action that begins with a text."""

    def keep(each):
        if each.text.startswith(text):
            return None
        return replace(each, actions=tuple(action for action in each.actions if not action.text.startswith(text)))

    return with_recommendations(plan, keep)


def identified(plan, review):
    """Return a plan as a workbook brings it back: everything with the identity that the saved plan has."""
    by_text = {
        part.text: part.identity for saved in [plan_of(review)] for part in (*saved.recommendations, *saved.actions)
    }
    return with_recommendations(
        plan,
        lambda each: replace(
            each,
            identity=by_text.get(each.text),
            actions=tuple(replace(action, identity=by_text.get(action.text)) for action in each.actions),
        ),
    )


def told(found):
    """Return what is different: {title: (kind, names of the fields)}."""
    return {each.title: (each.kind, [change.name for change in each.changes]) for each in found.all}


def accept(found, review, manager, *keys, reason=""):
    """Accept choices, all that there are unless some are given."""
    accepted = {key: found.choices[key] for key in keys or found.choices}
    return apply(lambda: found, accepted, review=review, by=manager, source=NEWER, reason=reason)


def action_called(text):
    return Action.objects.get(text__startswith=text)


class TestFindingDifferences:
    def test_the_same_plan_makes_no_difference(self, review):
        found = compare(PLAN, review)
        assert not found
        assert found.counts["same"] == 6

    def test_a_changed_field_is_told_with_both_values_and_the_words_that_differ(self, review):
        found = compare(changed(PLAN, "Train", lead_text="Watch managers", leads=("Watch managers",)), review)
        [difference] = found.all
        [change] = difference.changes
        assert (difference.title, change.label) == ("Recommendation 1, action a", "Lead")
        assert (change.before, change.after) == ("Watch manager", "Watch managers")
        old, new = change.pieces
        assert [(piece.text, piece.is_changed) for piece in new] == [("Watch ", False), ("managers", True)]

    def test_a_text_that_was_edited_is_known_again_by_its_number(self, review):
        found = compare(changed(PLAN, "Midwives", text="Midwives should visit families in hostels twice"), review)
        assert told(found) == {"Recommendation 3": (Kind.CHANGED, ["text"])}

    def test_a_plan_numbered_anew_is_known_again_by_its_wording(self, review):
        first = PlanRecommendation(text="Something quite new comes before everything else here", number="1")
        plan = changed(changed(changed(PLAN, "Crews", number="2"), "Supervision", number="3"), "Midwives", number="4")
        plan = replace(
            plan,
            sections=(
                replace(plan.sections[0], recommendations=(first, *plan.sections[0].recommendations)),
                plan.sections[1],
            ),
        )
        found = compare(plan, review)
        assert [(each.kind, [change.name for change in each.changes]) for each in found.all] == [
            (Kind.NEW, []),
            (Kind.CHANGED, ["number"]),
            (Kind.CHANGED, ["number"]),
            (Kind.CHANGED, ["number"]),
        ]

    def test_what_is_new_and_what_is_gone(self, review):
        new = PlanAction(text="Buy telephones for the night shift", label="c")
        plan = without(changed(PLAN, "Crews", actions=(TRAIN, ASK, new)), "Midwives")
        assert told(compare(plan, review)) == {
            "Recommendation 1, action c": (Kind.NEW, []),
            "Recommendation 3": (Kind.GONE, []),
        }

    def test_the_same_number_with_other_words_is_never_guessed(self, review):
        plan = changed(PLAN, "Midwives", text="Housing officers will keep a register of empty flats")
        [doubtful] = compare(plan, review).all
        assert doubtful.kind == Kind.DOUBTFUL
        assert doubtful.pair.doubt == "It has the same number, but says something else."
        assert not doubtful.choices
        assert told(compare(plan, review, answers={doubtful.key: True})) == {
            "Recommendation 3": (Kind.CHANGED, ["text"])
        }
        another = changed(plan, "Housing", text="Housing officers will count the empty flats")
        assert [each.kind for each in compare(another, review, answers={doubtful.key: True}).all] == [Kind.DOUBTFUL]
        apart = compare(plan, review, answers={doubtful.key: False})
        assert sorted(each.kind for each in apart.all) == [Kind.GONE, Kind.NEW]

    def test_an_identity_counts_before_number_and_wording(self, review):
        plan = identified(PLAN, review)
        plan = changed(plan, "Midwives", text="Housing officers will keep a register of empty flats", number="9")
        assert told(compare(plan, review)) == {"Recommendation 3": (Kind.CHANGED, ["number", "text"])}

    def test_an_identity_beside_the_words_of_another_row_is_doubtful(self, review):
        plan = identified(PLAN, review)
        first, third = plan.recommendations[0], plan.recommendations[2]
        sections = (
            replace(FIRE, recommendations=(replace(first, identity=third.identity),)),
            replace(HEALTH, recommendations=(plan.recommendations[1], replace(third, identity=first.identity))),
        )
        found = compare(replace(plan, sections=sections), review)
        assert {each.kind for each in found.all} == {Kind.DOUBTFUL}

    def test_an_identity_of_another_plan_means_nothing(self, review):
        assert not compare(changed(PLAN, "Midwives", identity="R999999"), review)

    def test_what_is_only_written_otherwise_is_the_same(self, review):
        plan = changed(
            PLAN, "Train", target_date_text="31/05/2012", text="Train  every crew to ask about the child’s day "
        )
        assert not compare(plan, review)

    def test_a_document_without_a_column_says_nothing_about_it(self, review):
        columns = (PlanColumn("Recommendation", "recommendation"), PlanColumn("Action", "action"))
        bare = replace(PLAN, columns=columns)
        for text in ("Train", "Ask", "Change"):
            bare = changed(
                bare,
                text,
                target_date_text=None,
                target_date_iso=None,
                date_kind="none",
                lead_text=None,
                leads=(),
                status_text=None,
                status="unknown",
                completion_evidence=None,
            )
        found = compare(changed(bare, "Supervision", response=None), review)
        assert not found
        assert set(found.silent) == {"By when", "Lead", "Status", "What was done, with evidence", "Response"}

    def test_an_agency_by_another_of_its_names_is_the_same(self, review):
        fire = review.sections.first().agency
        fire.other_names = ["Northshire Fire and Rescue"]
        fire.save()
        sections = (replace(FIRE, agency="Northshire Fire and Rescue"), HEALTH)
        assert not compare(replace(PLAN, sections=sections), review)

    def test_a_recommendation_that_moved_to_another_section_is_told_as_moved(self, review):
        sections = (replace(FIRE, recommendations=(LISTEN, VISIT)), replace(HEALTH, recommendations=(WRITE,)))
        assert told(compare(replace(PLAN, sections=sections), review)) == {
            "Recommendation 3": (Kind.CHANGED, ["place"])
        }

    def test_comparing_takes_a_few_queries_whatever_the_size(self, review, django_assert_max_num_queries):
        plan = without(changed(PLAN, "Train", text="Something"), "Midwives")
        with django_assert_max_num_queries(14):
            compare(plan, review)


class TestAccepting:
    def test_accepting_nothing_changes_nothing(self, review, manager):
        lines = Action.history.count()
        found = compare(without(PLAN, "Train"), review)
        apply(lambda: found, {}, review=review, by=manager, source=NEWER)
        assert plan_of(review) == PLAN
        assert Action.history.count() == lines

    def test_one_field_of_a_row_may_be_accepted_and_another_refused(self, review, manager):
        plan = changed(
            PLAN, "Ask", text="Ask all schools which children are absent on Mondays", evidence_expected="A list"
        )
        found = compare(plan, review)
        accept(found, review, manager, f"{found.all[0].key}:evidence_expected")
        action = action_called("Ask schools")
        assert action.evidence_expected == "A list"
        line = action.history.latest()
        assert (line.history_user, line.history_change_reason) == (manager, "From newer.docx, accepted by Siân Ahmed")

    def test_the_reason_given_stands_in_the_history(self, review, manager):
        found = compare(changed(PLAN, "Ask", evidence_expected="A list"), review)
        accept(found, review, manager, reason="Agreed on 3 May")
        why = action_called("Ask").history.latest().history_change_reason
        assert why == "From newer.docx, accepted by Siân Ahmed: Agreed on 3 May"

    def test_what_is_new_is_added_in_its_place(self, review, manager):
        new = PlanRecommendation(
            text="Ambulance crews should note who is at home",
            number="1a",
            actions=(PlanAction(text="Change the form"),),
        )
        plan = replace(PLAN, sections=(FIRE, replace(HEALTH, recommendations=(new, WRITE, VISIT))))
        accept(compare(plan, review), review, manager)
        assert plan_of(review) == plan
        assert Recommendation.objects.get(number="1a").history.earliest().history_user == manager

    def test_a_new_action_that_is_complete_waits_for_sign_off_by_somebody_else(self, review, manager):
        new = PlanAction(
            text="Buy telephones for the night shift",
            label="c",
            status_text="Complete",
            status="complete",
            completed_on_text="3 May 2012",
            completed_on_iso="2012-05-03",
        )
        accept(compare(changed(PLAN, "Crews", actions=(TRAIN, ASK, new)), review), review, manager)
        action = action_called("Buy telephones")
        assert (action.status, action.submitted_by, action.signed_off_by) == (Status.SUBMITTED, manager, None)
        assert action.completed_on == date(2012, 5, 3)

    def test_what_is_complete_in_the_document_is_submitted_and_never_signed_off(self, review, manager):
        plan = changed(
            PLAN,
            "Train",
            status_text="Complete",
            status="complete",
            completion_evidence="Two watches were trained. So were the rest.",
        )
        accept(compare(plan, review), review, manager)
        action = action_called("Train")
        assert (action.status, action.submitted_by, action.signed_off_by) == (Status.SUBMITTED, manager, None)
        assert action.no_evidence_reason == "newer.docx says: So were the rest."
        assert not compare(plan, review)

    def test_a_note_and_the_leads_own_rating_become_an_update(self, review, manager):
        plan = changed(
            PLAN, "Train", rating_text="Amber", completion_evidence="Two watches were trained. So were the rest."
        )
        accept(compare(plan, review), review, manager)
        action, update = action_called("Train"), Update.objects.get()
        assert (action.own_rating, update.own_rating, update.by) == ("amber", "amber", manager)
        assert update.what_was_done == "So were the rest.\n\n(From newer.docx, accepted by Siân Ahmed)"
        assert (update.status_before, update.status_after) == (Status.IN_PROGRESS, Status.IN_PROGRESS)
        assert action.completion_evidence == "Two watches were trained. So were the rest."

    def test_a_report_on_an_action_of_unknown_status_is_kept_although_it_says_no_status(self, review, manager):
        heading = "Update: what was done since the last one"
        plan = changed(PLAN, "Ask", status="unknown", as_printed={heading: "We asked two schools."})
        action = action_called("Ask")
        action.status = Status.UNKNOWN
        action.save()
        accept(compare(plan, review), review, manager)
        action.refresh_from_db()
        assert (action.status, action.as_printed[heading]) == (Status.UNKNOWN, "We asked two schools.")

    def test_a_later_date_is_an_extension_with_its_reason_and_the_original_date_stays(self, review, manager):
        plan = changed(
            PLAN, "Train", target_date_text="end of July 2012", target_date_iso="2012-07-31", date_kind="month"
        )
        accept(compare(plan, review), review, manager, reason="The trainer was ill")
        action, extension = action_called("Train"), Extension.objects.get()
        assert (action.target_date, action.original_target_date) == (date(2012, 7, 31), date(2012, 5, 31))
        assert (action.times_moved, extension.decision, extension.decided_by) == (1, "agreed", manager)
        assert extension.reason == "From newer.docx, accepted by Siân Ahmed: The trainer was ill"
        assert not compare(plan, review)
        assert action.originally_due == "31 May 2012"

    def test_an_earlier_date_is_taken_over_and_is_no_extension(self, review, manager):
        plan = changed(PLAN, "Train", target_date_text="April 2012", target_date_iso="2012-04-30", date_kind="month")
        accept(compare(plan, review), review, manager)
        action = action_called("Train")
        assert (action.target_date, action.original_target_date) == (date(2012, 4, 30), date(2012, 5, 31))
        assert not Extension.objects.exists()
        assert not compare(plan, review)

    def test_what_is_gone_is_withdrawn_with_a_reason_and_never_deleted(self, review, manager):
        plan = without(without(PLAN, "Midwives"), "Ask")
        accept(compare(plan, review), review, manager, reason="Agreed by the board")
        action, recommendation = action_called("Ask"), Recommendation.objects.get(number="3")
        assert (action.status, recommendation.acceptance) == (Status.SUPERSEDED, "withdrawn")
        assert action.status_reason.endswith("From newer.docx, accepted by Siân Ahmed: Agreed by the board")
        assert not compare(plan, review)

    def test_what_was_withdrawn_can_come_back_with_a_later_version(self, review, manager):
        found = compare(without(PLAN, "Midwives"), review)
        accept(found, review, manager)
        assert told(compare(PLAN, review)) == {"Recommendation 3": (Kind.CHANGED, ["decision"])}
        accept(compare(PLAN, review), review, manager)
        assert Recommendation.objects.get(number="3").acceptance == ""
        assert not compare(PLAN, review)

    def test_what_is_signed_off_here_cannot_be_reopened_or_withdrawn_by_a_document(self, review, manager):
        plan = changed(PLAN, "Change", status_text="In progress", status="in_progress")
        [change] = compare(plan, review).all[0].changes
        assert "signed off here" in change.refusal
        assert not compare(plan, review).choices
        [gone] = compare(without(PLAN, "Change"), review).all
        assert gone.refusal == "It is signed off here, so it stays in the plan."

    def test_a_changed_response_takes_the_place_of_the_old_one(self, review, manager):
        plan = changed(PLAN, "Supervision", response="The template asks for it, in its first line.")
        accept(compare(plan, review), review, manager)
        assert Response.objects.get().text == "The template asks for it, in its first line."
        assert plan_of(review) == plan

    def test_a_moved_recommendation_takes_its_actions_with_it(self, review, manager):
        sections = (replace(FIRE, recommendations=()), replace(HEALTH, recommendations=(WRITE, LISTEN, VISIT)))
        plan = replace(PLAN, sections=sections)
        accept(compare(plan, review), review, manager)
        assert plan_of(review) == plan

    def test_another_order_is_taken_over(self, review, manager):
        sections = (
            replace(FIRE, recommendations=(replace(LISTEN, actions=(ASK, TRAIN)),)),
            replace(HEALTH, recommendations=(VISIT, WRITE)),
        )
        plan = replace(PLAN, sections=sections)
        accept(compare(plan, review), review, manager)
        assert plan_of(review) == plan

    def test_what_changed_here_after_it_was_shown_is_not_overwritten(self, review, manager):
        plan = changed(PLAN, "Ask", status_text="In progress", status="in_progress")
        shown = compare(plan, review)
        services.report_progress(
            action=action_called("Ask"), by=manager, status=Status.ONGOING, what_was_done="All asked.", own_rating=""
        )
        with pytest.raises(ChangedHere) as changed_here:
            apply(lambda: compare(plan, review), shown.choices, review=review, by=manager, source=NEWER)
        assert changed_here.value.keys == list(shown.choices)
        assert action_called("Ask").status == Status.ONGOING


class TestReturns:
    """The workbook that was exported from here comes back filled in."""

    def test_what_changed_here_only_is_no_difference(self, review, manager):
        returned, exported_at = identified(PLAN, review), timezone.now()
        services.report_progress(
            action=action_called("Ask"), by=manager, status=Status.ONGOING, what_was_done="All asked.", own_rating=""
        )
        assert compare(returned, review)
        assert not compare(returned, review, base=exported_at)

    def test_a_field_that_changed_on_both_sides_is_a_conflict_with_who_and_when(self, review, manager):
        returned, exported_at = identified(PLAN, review), timezone.now()
        returned = changed(returned, "Ask", status_text="In progress", status="in_progress", evidence_expected="A list")
        services.report_progress(
            action=action_called("Ask"), by=manager, status=Status.ONGOING, what_was_done="All asked.", own_rating=""
        )
        found = compare(returned, review, base=exported_at)
        [difference] = found.all
        clear, conflict = difference.changes
        assert (clear.name, clear.is_conflict) == ("evidence_expected", False)
        assert (conflict.name, conflict.is_conflict, conflict.since.by) == ("status", True, "Siân Ahmed")
        assert (conflict.before, conflict.was, conflict.after) == ("Ongoing", "Not started", "In progress")
        assert list(found.safe_choices) == [clear.key]

    def test_a_row_that_was_not_exported_has_not_gone(self, review):
        returned = identified(without(PLAN, "Midwives"), review)
        held = {part.identity for part in (*returned.recommendations, *returned.actions)}
        assert not compare(returned, review, exported=held)
        assert compare(returned, review)

    def test_a_row_that_was_added_here_since_has_not_gone(self, review, manager):
        returned, exported_at = identified(PLAN, review), timezone.now()
        new = PlanRecommendation(text="Ambulance crews should note who is at home", number="4")
        longer = replace(PLAN, sections=(FIRE, replace(HEALTH, recommendations=(WRITE, VISIT, new))))
        accept(compare(longer, review), review, manager)
        assert not compare(returned, review, base=exported_at)

    def test_rows_of_other_agencies_are_shown_as_not_theirs_and_cannot_be_accepted(self, review):
        fire = review.sections.first().agency
        returned = identified(PLAN, review)
        returned = changed(changed(returned, "Ask", evidence_expected="A list"), "Change", evidence_expected="A note")
        ours, others = compare(returned, review, agency=fire).all
        assert ours.choices
        assert not ours.not_theirs
        assert others.not_theirs == "Fire Service neither leads nor supports it, so its return does not change it."
        assert not others.choices

    def test_another_order_of_the_rows_in_a_return_means_nothing(self, review):
        returned = identified(PLAN, review)
        sections = (FIRE, replace(HEALTH, recommendations=returned.sections[1].recommendations[::-1]))
        assert not compare(replace(returned, sections=(returned.sections[0], sections[1])), review)


@pytest.mark.parametrize("newer", ["WM.xlsx", "WM.csv"])
def test_the_same_real_plan_from_another_kind_of_file_makes_no_difference(newer, shared_plans):
    plans = [recognise(read(shared_plans / "documents" / name)).plan for name in ("WM.docx", newer)]
    review = save_plan(
        plan=plans[0],
        partnership=PartnershipFactory(),
        reference="0319",
        kind="scr",
        by=None,
        source=ImportedFile("WM.docx", b"plan"),
    ).review
    found = compare(plans[1], review)
    assert told(found) == {}


def test_what_was_edited_in_a_real_plan_is_all_that_differs(shared_plans, tmp_path, manager):
    plan = recognise(read(shared_plans / "documents" / "WM.docx")).plan
    source = ImportedFile("WM.docx", b"plan")
    partnership = PartnershipFactory()
    review = save_plan(plan=plan, partnership=partnership, reference="0319", kind="scr", by=None, source=source).review
    document = docx.Document(shared_plans / "documents" / "WM.docx")
    rows = [row for table in document.tables for row in table.rows if row.cells[0].text.startswith("3.")]
    paragraph = rows[0].cells[0].paragraphs[0]
    paragraph.add_run(" This was agreed again.")
    document.save(tmp_path / "WM-2.docx")
    newer = recognise(read(tmp_path / "WM-2.docx")).plan
    found = compare(newer, review)
    assert told(found) == {"Recommendation 3": (Kind.CHANGED, ["text"])}
    apply(lambda: found, found.choices, review=review, by=manager, source=ImportedFile("WM-2.docx", b"newer"))
    assert plan_of(review).recommendations[2].text == newer.recommendations[2].text
    assert not compare(newer, review)
