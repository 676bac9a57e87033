"""The pages of plans and actions. Each view finds, permits, delegates and answers."""

from .actions import ActionList, action
from .home import home
from .plans import link_repeat, plan, plan_report, recommendation, review_history, review_list
from .queues import extension_queue, impact_queue, sign_off_queue
from .steps import reply, take_step

__all__ = [
    "ActionList",
    "action",
    "extension_queue",
    "home",
    "impact_queue",
    "link_repeat",
    "plan",
    "plan_report",
    "recommendation",
    "reply",
    "review_history",
    "review_list",
    "sign_off_queue",
    "take_step",
]
