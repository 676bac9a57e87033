"""Random edits of random plans: exactly the edits are found, and exactly what is accepted is changed."""

from dataclasses import replace

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from actions.importing.again import Kind, apply, compare
from actions.importing.export import plan_of
from actions.importing.plan import Plan, PlanAction, PlanRecommendation, PlanSection
from actions.importing.save import ImportedFile, save_plan
from tests.factories import PartnershipFactory, UserFactory

SUBJECTS = [
    *("crews", "midwives", "teachers", "supervisors", "dentists", "paramedics", "chairs", "auditors", "nurses"),
    *("wardens", "clerks", "governors", "sergeants", "registrars", "trustees", "drivers", "coaches", "porters"),
]
DEEDS = [
    *("train", "visit", "record", "share", "review", "publish", "agree", "audit", "brief", "rewrite"),
    *("display", "collect", "compare", "rehearse", "translate", "summarise", "question", "observe"),
]
THINGS = [
    *("supervision notes", "birth plans", "night rotas", "school absences", "housing lists", "dental charts"),
    *("custody records", "travel claims", "risk scores", "home addresses", "meeting minutes", "telephone logs"),
    *("family trees", "case closures", "court orders", "vaccine cards", "play sessions", "staff handbooks"),
]
LATER = {"target_date_text": "31 July 2013", "target_date_iso": "2013-07-31", "date_kind": "day"}
EDITS_OF_ACTIONS = {
    "evidence_expected": {"evidence_expected": "A register of what was done"},
    "intended_outcome": {"intended_outcome": "Children are seen sooner"},
    "target_date": LATER,
    "lead": {"lead_text": "Head of Quality", "leads": ("Head of Quality",)},
    "status": {"status_text": "On-going", "status": "ongoing"},
    "cell:Cost code": {"as_printed": {"Cost code": "ZX-9"}},
}
EDITS_OF_RECOMMENDATIONS = {
    "intended_outcome": {"intended_outcome": "Families are heard"},
    "evidence_expected": {"evidence_expected": "Minutes of the board"},
    "action_intro": {"action_intro": "All agencies will:"},
    "response": {"response": "We have done so."},
    "number_printed": {"number_printed": "Recommendation B"},
}


def texts():
    """Texts of which no two say the same thing."""
    words = st.tuples(st.permutations(SUBJECTS), st.permutations(DEEDS), st.permutations(THINGS))
    return words.map(lambda of: [f"All {s} should {d} {t} with other {s}" for s, d, t in zip(*of, strict=True)])


@st.composite
def plans(draw):
    """Plans of which every recommendation and action says something of its own."""
    said = iter(draw(texts()))
    sections, number = [], 0
    for s in range(draw(st.integers(1, 3))):
        recommendations = []
        for _ in range(draw(st.integers(1, 2))):
            number += 1
            actions = tuple(
                PlanAction(
                    text=next(said),
                    label="abc"[a],
                    status=draw(st.sampled_from(["not_started", "in_progress"])),
                    target_date_text="31 May 2012",
                    target_date_iso="2012-05-31",
                    date_kind="day",
                )
                for a in range(draw(st.integers(0, 2)))
            )
            recommendations.append(PlanRecommendation(text=next(said), number=str(number), actions=actions))
        sections.append(
            PlanSection(title=f"Part {'ABC'[s]}", number=str(s + 1), recommendations=tuple(recommendations))
        )
    return Plan(plan="0319", title="Action plan", sections=tuple(sections))


@st.composite
def edits(draw):
    """A plan, its edited version, and what was edited: {text: "gone" | "new" | {field}}."""
    plan = draw(plans())
    edited = {}

    def edit(part, changes):
        names = draw(st.sets(st.sampled_from(sorted(changes)), max_size=2))
        values = {}
        for name in names:
            values |= changes[name]
        if names:
            edited[part.text] = names
        return replace(part, **values)

    sections, count = [], 0
    for section in plan.sections:
        recommendations = []
        for each in section.recommendations:
            if draw(st.integers(0, 5)) == 0:
                edited[each.text] = "gone"
                continue
            actions = []
            for action in each.actions:
                if draw(st.integers(0, 5)) == 0:
                    edited[action.text] = "gone"
                else:
                    actions.append(edit(action, EDITS_OF_ACTIONS))
            if draw(st.integers(0, 4)) == 0:
                count += 1
                new = PlanAction(text=f"Quite unheard of number {count} {'xyzuvw' * count}", label="n")
                edited[new.text] = "new"
                actions.insert(draw(st.integers(0, len(actions))), new)
            recommendations.append(replace(edit(each, EDITS_OF_RECOMMENDATIONS), actions=tuple(actions)))
            if draw(st.integers(0, 4)) == 0:
                count += 1
                new = PlanRecommendation(text=f"Never seen before {count} {'klmnop' * count}", number=f"N{count}")
                edited[new.text] = "new"
                recommendations.append(new)
        sections.append(replace(section, recommendations=tuple(recommendations)))
    return plan, replace(plan, sections=tuple(sections)), edited


def saved(plan):
    return save_plan(
        plan=plan,
        partnership=PartnershipFactory(),
        reference="0319",
        kind="scr",
        by=None,
        source=ImportedFile("plan.docx", b"plan"),
    ).review


def rows(plan):
    """Return {text: row} of a plan, the rows without what stands beneath them."""
    recommendations = {each.text: replace(each, actions=()) for each in plan.recommendations}
    return recommendations | {action.text: action for action in plan.actions}


def names_in(difference):
    return {change.name for change in difference.changes}


QUICKLY = (Phase.explicit, Phase.generate)
SLOWLY = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), phases=QUICKLY)


class TestAtRandom(TestCase):
    @SLOWLY
    @given(edits(), st.booleans())
    def test_exactly_the_edits_are_found(self, drawn, is_return):
        plan, newer, edited = drawn
        review = saved(plan)
        if is_return:
            newer = identified(newer, plan_of(review))
        found = {}
        for each in compare(newer, review).all:
            for node in (each.node, *each.below):
                kind = {Kind.NEW: "new", Kind.GONE: "gone"}.get(each.kind) or names_in(each)
                found[node.part.text] = kind
        beneath = {
            action.text for each in plan.recommendations if edited.get(each.text) == "gone" for action in each.actions
        }
        assert found == edited | dict.fromkeys(beneath, "gone")

    @SLOWLY
    @given(edits())
    def test_accepting_all_gives_the_edited_plan_and_accepting_none_changes_nothing(self, drawn):
        plan, newer, edited = drawn
        review, manager = saved(plan), UserFactory()
        source = ImportedFile("newer.docx", b"newer")
        apply(lambda: compare(newer, review), {}, review=review, by=manager, source=source)
        assert plan_of(review) == plan
        found = compare(newer, review)
        apply(lambda: found, found.choices, review=review, by=manager, source=source)
        assert without_what_went(plan_of(review), edited, plan) == newer
        assert not compare(newer, review)

    @SLOWLY
    @given(edits(), st.randoms(use_true_random=False))
    def test_accepting_a_random_subset_changes_exactly_that(self, drawn, random):
        plan, newer, _ = drawn
        review, manager = saved(plan), UserFactory()
        found = compare(newer, review)
        accepted = {key: about for key, about in found.choices.items() if random.random() < 0.5}
        expected, before, after = rows(plan), rows(plan), rows(newer)
        for each in found.all:
            for change in each.changes:
                if change.key in accepted:
                    text = each.part.text
                    expected[text] = replace(expected[text], **values_of(change.name, after[text]))
            if each.kind == Kind.NEW and each.key in accepted:
                expected |= {node.part.text: after[node.part.text] for node in (each.node, *each.below)}
            if each.kind == Kind.GONE and each.key in accepted:
                for node in (each.node, *each.below):
                    if node.level == "action":
                        expected[node.part.text] = replace(before[node.part.text], status="superseded")
        apply(lambda: found, accepted, review=review, by=manager, source=ImportedFile("newer.docx", b"newer"))
        assert rows(plan_of(review)) == expected
        again = compare(newer, review)
        assert set(again.choices) == set(found.choices) - set(accepted)


def values_of(name, part):
    """Return the values of a part of a plan that a field stands for."""
    values = {**EDITS_OF_RECOMMENDATIONS, **EDITS_OF_ACTIONS}[name]
    return {each: getattr(part, each) for each in values}


def identified(newer, ours):
    by_text = {part.text: part.identity for part in (*ours.recommendations, *ours.actions)}
    return replace(
        newer,
        sections=tuple(
            replace(
                section,
                recommendations=tuple(
                    replace(
                        each,
                        identity=by_text.get(each.text),
                        actions=tuple(replace(action, identity=by_text.get(action.text)) for action in each.actions),
                    )
                    for each in section.recommendations
                ),
            )
            for section in newer.sections
        ),
    )


def without_what_went(plan, edited, before):
    """Return a plan without the rows that stay on record, but have gone."""
    gone = {text for text, what in edited.items() if what == "gone"}
    return replace(
        plan,
        sections=tuple(
            replace(
                section,
                recommendations=tuple(
                    replace(each, actions=tuple(action for action in each.actions if action.text not in gone))
                    for each in section.recommendations
                    if each.text not in gone
                ),
            )
            for section in plan.sections
        ),
    )
