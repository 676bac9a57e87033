"""What this package does when the site starts, and around migrations."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ActionsConfig(AppConfig):
    """Plans and what becomes of them."""

    name = "actions"

    def ready(self):
        """Let every change of a review be noted, and have the triggers of search out of the way of migrations."""
        from scr_tracker.history import WATCHERS

        from . import standing

        WATCHERS.append(standing.note_changes)
        pre_migrate.connect(_before_migrations, sender=self)
        post_migrate.connect(_after_migrations, sender=self)


def _before_migrations(*, using, plan, **kwargs):
    from .search import index

    if plan:
        index.uninstall(using)


def _after_migrations(*, using, plan=(), apps=None, **kwargs):
    from .search import index

    if plan and "searchentry" in apps.all_models["actions"]:
        index.install(using)
        index.put_right(using)
