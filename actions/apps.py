"""What Django must know of this package."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    """Plans and what becomes of them."""

    name = "actions"

    def ready(self):
        """Let every change of a review be noted, for the figures that are kept of it."""
        from scr_tracker.history import WATCHERS

        from . import standing

        WATCHERS.append(standing.note_changes)
