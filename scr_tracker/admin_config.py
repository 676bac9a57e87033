"""Says which admin the site has."""

from django.contrib.admin.apps import AdminConfig


class SetUpConfig(AdminConfig):
    """The admin, with our own site in place of the usual one."""

    default_site = "scr_tracker.admin_site.SetUpSite"
