"""Makes Django's own permission checks consult the table of roles."""

from django.contrib.auth.backends import BaseBackend

from .permissions import GRANTS


class MembershipBackend(BaseBackend):
    """Answers ``user.has_perm(permission, object)`` from the user's memberships."""

    def has_perm(self, user_obj, perm, obj=None):
        """Say whether one of the user's roles grants ``perm`` on ``obj``."""
        if obj is None or not user_obj.is_active or not hasattr(obj, "permission_scope"):
            return False
        scope = obj.permission_scope()
        return any(perm in GRANTS[held.role] and held.reaches(scope) for held in user_obj.holds)
