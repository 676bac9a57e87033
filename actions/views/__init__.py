"""The pages of plans and actions. Each view finds, permits, delegates and answers."""

from .actions import ActionList, action, update_action
from .home import home
from .plans import plan, plan_report, recommendation, review_list

__all__ = [
    "ActionList",
    "action",
    "home",
    "plan",
    "plan_report",
    "recommendation",
    "review_list",
    "update_action",
]
