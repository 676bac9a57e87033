"""The habits of the code, held by tests."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import get_resolver, reverse

from scr_tracker.history import TrackedQuerySet

ROOT = Path(__file__).resolve().parents[1]

#: Each may import only those to its right.
LAYERS = ["actions", "reviews", "scr_tracker"]

#: Addresses that strangers may visit, and what they are answered there.
PUBLIC = {
    "sign-in": 200,
    "account_login": 200,
    "accessibility": 200,
    "account_inactive": 200,
    "account_reset_password": 200,
    "account_reset_password_done": 200,
    "account_reset_password_from_key": 200,
    "account_reset_password_from_key_done": 200,
    "socialaccount_login_cancelled": 200,
    # Microsoft Entra ID is not set up here.
    "openid_connect_login": 404,
    "openid_connect_callback": 404,
    # There is no invitation, and no calendar, with such a secret.
    "invitation": 404,
    "calendar": 404,
}


def modules(*packages):
    """Return the Python files of the packages, without migrations."""
    return [path for package in packages for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts]


@pytest.mark.parametrize("package", LAYERS)
def test_imports_go_in_one_direction_only(package):
    above = LAYERS[: LAYERS.index(package)]
    for path in modules(package):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in names:
                assert name.split(".")[0] not in above, f"{path} imports {name}"


def test_views_reach_data_only_through_visible_to():
    for path in modules("actions/views") + [ROOT / "actions/filters.py"]:
        for line in path.read_text().splitlines():
            assert ".objects" not in line or ".objects.visible_to(" in line, f"{path}: {line.strip()}"


def test_no_signal_drives_the_domain():
    for path in modules(*LAYERS):
        assert "@receiver" not in path.read_text(), path


def test_every_model_with_a_history_refuses_writes_that_leave_no_trace():
    tracked = [model for model in apps.get_models() if hasattr(model._meta, "simple_history_manager_attribute")]
    assert len(tracked) >= 9
    for model in tracked:
        assert isinstance(model.objects.all(), TrackedQuerySet), model
        with pytest.raises(TypeError, match="has a history"):
            model.objects.all().update(pk=1)
        with pytest.raises(TypeError, match="has a history"):
            model.objects.bulk_create([])
        with pytest.raises(TypeError, match="has a history"):
            model.objects.all().delete()


def test_every_constraint_is_named_as_a_claim_that_fits_both_databases():
    for label in LAYERS:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            for constraint in model._meta.constraints:
                assert len(constraint.name) <= 63, constraint.name
                assert re.fullmatch(r"[a-z0-9_]+", constraint.name)
                assert len(constraint.name.split("_")) >= 3, constraint.name


def test_decisions_are_numbered_once_and_without_gaps():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs/adr").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def addresses():
    """Return (name, address) of every page outside the admin, with 1 for each key."""
    found = []
    for name, patterns in get_resolver().reverse_dict.lists():
        if isinstance(name, str):
            keys = patterns[0][0][0][1]
            found.append((name, reverse(name, args=[1] * len(keys))))
    return sorted(found)


@pytest.mark.django_db
def test_every_page_is_private_unless_it_says_otherwise(client):
    pages = addresses()
    assert len(pages) >= 8
    for name, address in pages:
        response = client.get(address)
        if name in PUBLIC:
            assert response.status_code == PUBLIC[name], name
        else:
            assert response.status_code == 302, name
            assert response["Location"].startswith(reverse("sign-in")), name
