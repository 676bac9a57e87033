"""The pages of plans and actions. Each view finds, permits, delegates and answers."""

from .actions import ActionList, action
from .data_warnings import data_warnings, settle_warning
from .exports import ActionListExport, export_form, export_plan
from .home import home
from .plans import plan, plan_report, recommendation, review_history, review_list
from .queues import extension_queue, impact_queue, sign_off_queue
from .steps import reply, take_step

__all__ = [
    "ActionList",
    "ActionListExport",
    "action",
    "data_warnings",
    "export_form",
    "export_plan",
    "extension_queue",
    "home",
    "impact_queue",
    "plan",
    "plan_report",
    "recommendation",
    "reply",
    "review_history",
    "review_list",
    "settle_warning",
    "sign_off_queue",
    "take_step",
]
