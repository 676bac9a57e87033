"""The admin is for administrators alone."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_lets_administrators_in(client):
    client.force_login(UserFactory(administrator=True))
    assert client.get(reverse("admin:index")).status_code == 200


def test_refuses_anybody_else_whatever_permissions_they_were_given(client):
    user = MembershipFactory(user__is_staff=True).user
    user.user_permissions.set(Permission.objects.all())
    client.force_login(user)
    for name in ("admin:index", "admin:actions_action_changelist", "admin:scr_tracker_user_changelist"):
        assert client.get(reverse(name), follow=True).status_code == 403


def test_refuses_an_administrator_who_has_left(client):
    user = UserFactory(administrator=True)
    client.force_login(user)
    user.is_active = False
    user.save()
    assert client.get(reverse("admin:index")).status_code == 302
