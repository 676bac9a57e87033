"""Keeps the index of search beside migrations."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ActionsConfig(AppConfig):
    """Plans and actions."""

    name = "actions"

    def ready(self):
        """Have the index's triggers out of the way of migrations, and back after them."""
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
