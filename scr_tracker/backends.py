"""Makes Django's own permission checks consult the table of roles."""

from django.contrib.auth.backends import BaseBackend


class MembershipBackend(BaseBackend):
    """Answers ``user.has_perm(permission, object)`` from the user's memberships."""

    def has_perm(self, user_obj, perm, obj=None):
        """Say whether one of the user's roles grants ``perm`` on ``obj``."""
        return user_obj.is_active and hasattr(obj, "permission_scope") and perm in user_obj.permissions_on(obj)
