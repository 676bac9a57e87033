"""Reminders: who answers for an action, what they are told by e-mail and when, and who is told if they do not answer.

``remind`` is a manager's own reminder; ``manage.py send_reminders`` sends everybody's digest (sending.py).
"""

from .by_hand import Reminded, remind

__all__ = ["Reminded", "remind"]
