"""The evidence for actions, and what is said about them."""

from collections import defaultdict

from actions.models import Comment, Evidence
from scr_tracker.history import remember_changed, remember_joined, remember_new

from .history import when

GIVEN = ("title", "kind", "strength", "what_it_shows", "note", "link")


def add_evidence(told, plans, world, clock):
    """Add the evidence, join it to the actions it serves, and say what the partnership made of it."""
    served = defaultdict(list)
    for each, action in plans.actions.values():
        for key in each.get("evidence", []):
            served[key].append((each, action))
    found = {each["key"]: each for plan in told for each in plan.get("evidence", [])}
    saved = {}
    for key, each in found.items():
        at, by = clock.moment(each["added_days_ago"], minutes=60), world.people[each["by"]]
        saved[key] = Evidence(
            **{name: each.get(name, "") for name in GIVEN},
            agency=served[key][0][1].lead_agency,
            dated=clock.day(each["dated_days_ago"]),
            uploaded_by=by,
            uploaded_at=at,
        )
        when(saved[key], at, by=by, why="Evidence added")
    remember_new(list(saved.values()), by=None, why="")

    for key, each in found.items():
        evidence = saved[key]
        evidence.replaces = saved.get(each.get("replaces"))
        evidence.standing, evidence.standing_reason = each["standing"], each.get("standing_reason", "")
        at, by = _judged(each, served[key], world, clock)
        when(evidence, at, by=by, why=f"Evidence {evidence.get_standing_display().lower()}")
    judged = [
        saved[key] for key, each in found.items() if each["standing"] != Evidence.Standing.OFFERED or "replaces" in each
    ]
    remember_changed(judged, ("standing", "standing_reason", "replaces"), by=None, why="")
    remember_joined(Evidence, "actions", [(saved[key], action) for key in found for _, action in served[key]])


def _judged(told, served, world, clock):
    """Return when and by whom evidence was judged: with the first sign-off that it served, if any."""
    sign_offs = [each["signed_off"] for each, _ in served if "signed_off" in each]
    first = max(sign_offs, key=lambda sign_off: sign_off["days_ago"], default=None)
    by = world.people[first["by"]] if first else world.managers[served[0][1].review.partnership]
    return clock.moment((first or {"days_ago": told["added_days_ago"]})["days_ago"], minutes=8 * 60), by


def add_comments(plans, world, clock):
    """Add what was remarked and challenged, and what was replied."""
    for told, action in plans.actions.values():
        for each in told.get("comments", []):
            remark = Comment.objects.create(
                action=action,
                kind=each["kind"],
                by=world.people[each["by"]],
                at=clock.moment(each["days_ago"], minutes=5 * 60),
                text=each["text"],
            )
            for reply in each.get("replies", []):
                Comment.objects.create(
                    action=action,
                    in_reply_to=remark,
                    by=world.people[reply["by"]],
                    at=clock.moment(reply["days_ago"], minutes=6 * 60),
                    text=reply["text"],
                )
