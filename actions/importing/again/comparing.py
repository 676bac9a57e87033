"""Compares a document with the saved plan of a review, in a few queries whatever their size."""

from collections import defaultdict
from dataclasses import replace

from actions.exporting.table import UPDATE
from actions.importing.again import rules
from actions.importing.again.differences import PLACE, Kind, Since
from actions.importing.again.fields import fields_of
from actions.importing.again.finding import differences_between
from actions.importing.export import part_of, plan_of
from actions.importing.identities import key_in
from actions.importing.matching import known_by_name
from actions.importing.plan import Plan
from actions.importing.vocabulary import plain
from actions.models import Action, Update
from reviews.models import Acceptance, Recommendation, Section
from scr_tracker.models import Agency

MODELS = {"section": Section, "recommendation": Recommendation, "action": Action}
NOT_THEIRS = "{agency} neither leads nor supports it, so its return does not change it."


def compare(plan: Plan, review, *, base=None, exported=None, agency=None, answers=None, agencies=None):
    """Return what a plan read from a document would change in that of a review.

    ``agencies`` says which agencies names in the document are: {name in plain words: key, or None for a new one}.
    ``base`` is the moment at which the document was exported from here, if it was: what was not changed in it since
    then is no difference, and what was changed on both sides is a conflict. ``exported`` are the identities that the
    exported document held: what it never held has not gone from it. ``agency`` is whose return it is, if it is the
    return of one: what is not theirs is shown, and cannot be accepted. ``answers`` says of doubtful pairs whether
    they are one and the same.
    """
    known = _known_agencies(review.partnership, agencies or {})
    found = differences_between(
        plan_of(review),
        _without_what_was_told(_in_our_names(plan, review, known), review),
        base=plan_of(review, as_at=base) if base else None,
        exported=exported,
        answers=answers,
        withdrawn={
            f"R{pk}"
            for pk in Recommendation.objects.filter(
                section__review=review, acceptance=Acceptance.WITHDRAWN
            ).values_list("pk", flat=True)
        },
    )
    _say_what_follows(found, review)
    if agency:
        _say_what_is_not_theirs(found, review, agency)
    if base:
        _say_who_changed_it_here(found, base)
    return found


def _known_agencies(partnership, decided):
    """Return {name in plain words: agency}, with what a person said of names in the document."""
    known = known_by_name(Agency.objects.of(partnership))
    by_key = {agency.pk: agency for agency in known.values()}
    return known | {words: by_key.get(key) for words, key in decided.items()}


def _in_our_names(plan, review, known):
    """Return the plan with the agencies of its sections under the names that ours have."""
    printed = {
        section.agency_id: section.as_printed.get("agency")
        for section in review.sections.all()
        if section.agency_id and section.as_printed.get("agency")
    }

    def named(section):
        agency = known.get(plain(section.agency or ""))
        if agency is None:
            return section
        ours = printed.get(agency.pk, "")
        return replace(section, agency=ours if known.get(plain(ours)) == agency else agency.name)

    return replace(plan, sections=tuple(map(named, plan.sections)))


def _without_what_was_told(plan, review):
    """Return the plan without the reports of actions that were taken over as progress updates before."""
    if not any(UPDATE.heading in action.as_printed for action in plan.actions):
        return plan
    told = defaultdict(list)
    for pk, text in Update.objects.filter(action__review=review).values_list("action", "what_was_done"):
        told[pk].append(text)

    def untold(action):
        report, pk = action.as_printed.get(UPDATE.heading), key_in(action.identity, Action)
        if not report or not any(report in text for text in told[pk]):
            return action
        rest = {heading: text for heading, text in action.as_printed.items() if heading != UPDATE.heading}
        return replace(action, as_printed=rest)

    def of(recommendation):
        return replace(recommendation, actions=tuple(map(untold, recommendation.actions)))

    sections = (replace(each, recommendations=tuple(map(of, each.recommendations))) for each in plan.sections)
    return replace(plan, sections=tuple(sections))


def _say_what_follows(found, review):
    """Say of every change of an action, and of all that is gone, what accepting it does or why it cannot be."""
    actions = {f"A{action.pk}": action for action in Action.objects.filter(review=review)}
    for each in found.all:
        if each.kind == Kind.CHANGED and each.level == "action":
            for change in each.changes:
                if change.name != PLACE:
                    consequence = rules.of_change(change, actions[each.key])
                    change.effect, change.refusal = consequence.effect, consequence.refusal
        elif each.kind == Kind.GONE:
            _say_what_follows_from_going(each, actions)
        elif each.kind == Kind.NEW and _says_it_is_done(each):
            each.effect = rules.SUBMITS


def _say_what_follows_from_going(gone, actions):
    nodes = gone.below if gone.level == "recommendation" else [gone.node]
    consequences = [rules.of_gone(actions[node.key]) for node in nodes]
    if gone.level == "action":
        [consequence] = consequences
        gone.effect, gone.refusal = consequence.effect, consequence.refusal
    elif any(consequence.refusal == rules.WAITS_FOR_SIGN_OFF for consequence in consequences):
        gone.refusal = "An action of it waits for sign-off here: sign it off or return it first."
    else:
        gone.effect = rules.WITHDRAWS


def _says_it_is_done(new):
    nodes = new.below if new.level == "recommendation" else [new.node] if new.level == "action" else []
    return any(node.part.status in rules.SAID_TO_BE_DONE for node in nodes)


def _say_what_is_not_theirs(found, review, agency):
    """Mark what an agency's return says of actions that it neither leads nor supports, and of the plan around them."""
    theirs = {f"A{pk}" for pk in Action.objects.filter(review=review).of_agency(agency).values_list("pk", flat=True)}
    sections = {f"S{pk}" for pk in Section.objects.filter(review=review, agency=agency).values_list("pk", flat=True)}
    sentence = NOT_THEIRS.format(agency=agency)
    for each in found.all:
        nodes = [each.node, *each.below] if not each.pair else [each.pair.ours]
        if not any(_concerns(node, theirs, sections) for node in nodes):
            each.not_theirs = sentence


def _concerns(node, theirs, sections):
    """Whether a part of the plan is an agency's, or holds something that is."""
    if node.key in theirs or any(child.key in theirs for child in node.children):
        return True
    while node:
        ours = node.pair.ours if node.pair else node
        if ours.key in sections:
            return True
        node = node.parent
    return False


def _say_who_changed_it_here(found, base):
    """Say of every conflict who changed it here, and when."""
    conflicts = [(each, change) for each in found.all for change in each.changes if change.is_conflict]
    for level, model in MODELS.items():
        of_level = [(each, change) for each, change in conflicts if each.level == level]
        keys = {key_in(each.key, model) for each, _ in of_level}
        if not keys:
            continue
        lines = {}
        for line in (
            model.history.filter(id__in=keys, history_date__gt=base)
            .select_related("history_user")
            .order_by("history_date", "history_id")
        ):
            lines.setdefault(line.id, []).append(line)
        for each, change in of_level:
            change.since = _last_change(change, lines.get(key_in(each.key, model), ()), level)


def _last_change(change, lines, level):
    """Return who last changed a field, and when, from the lines of history since an export."""
    latest, before = None, None
    for line in lines:
        part = part_of(line.instance)
        value = next((each.read(part) for each in fields_of(level, part) if each.name == change.name), None)
        if latest is None or value != before:
            latest, before = line, value
    return latest and Since(str(latest.history_user or "Somebody"), latest.history_date)
