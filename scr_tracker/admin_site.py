"""Django's admin, for administrators alone."""

from django.contrib.admin import AdminSite


class SetUpSite(AdminSite):
    """The admin, in which only superusers set things up and help: it knows nothing of partnerships and roles."""

    site_header = "SCR Tracker: set-up and support"
    site_title = "SCR Tracker"
    index_title = "Set-up and support"

    def has_permission(self, request):
        """Let in administrators who have not left, and nobody else, whatever permissions they were given."""
        return request.user.is_active and request.user.is_superuser
