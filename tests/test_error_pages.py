"""Pages that say that something went wrong: in our style, in plain English, and telling nothing."""

import pytest
from django.core.exceptions import SuspiciousOperation
from django.test import Client
from django.urls import reverse

from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

#: What no such page may hold.
TELLING = ("Traceback", "Django", "django", "DEBUG", "Exception", "/home/", "scr_tracker.", "SECRET", "CSRF", "Kaput")


@pytest.fixture
def client():
    """A browser that is shown what a person would be shown."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(MembershipFactory().user)
    return client


@pytest.fixture
def home_breaks_with(monkeypatch):
    """Return a function that lets the first page break."""

    def let_break(error):
        def broken(*args, **kwargs):
            raise error

        monkeypatch.setattr("actions.homes.of", broken)

    return let_break


def assert_says(response, status, title):
    """Hold an answer against what a page that says what went wrong must be."""
    page = response.content.decode()
    assert response.status_code == status
    assert f'<h1 class="govuk-heading-l">{title}</h1>' in page
    assert "app.css" in page
    assert not [word for word in TELLING if word in page]
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Permissions-Policy"]


def test_something_that_cannot_be_understood(client, home_breaks_with):
    home_breaks_with(SuspiciousOperation("Kaput"))
    assert_says(client.get("/"), 400, "There is a problem with what was sent")


def test_something_that_is_not_theirs_to_do(client):
    client.force_login(UserFactory())
    assert_says(client.get(reverse("people")), 403, "You do not have permission to do this")


def test_a_form_from_elsewhere(client):
    assert_says(client.post(reverse("account-details"), {"name": "Kim"}), 403, "This page was open for too long")


def test_a_page_that_is_not_there(client):
    for address in ("/no-such-page/", reverse("action", args=[987654])):
        assert_says(client.get(address), 404, "Page not found")


def test_too_much_at_once(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    response = client.post(reverse("account-details"), {"name": "x" * 1000})
    assert_says(response, 400, "There is a problem with what was sent")


def test_too_many_fields_at_once(client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2
    response = client.post(reverse("account-details"), {f"name{number}": "x" for number in range(9)})
    assert_says(response, 400, "There is a problem with what was sent")


def test_too_many_files_at_once(client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 0
    from tests.actions.evidence.files import upload

    response = client.post(reverse("account-details"), {"file": upload("a.txt", b"a")})
    assert_says(response, 400, "There is a problem with what was sent")


def test_too_many_attempts(settings):
    client = Client()
    for _ in range(40):
        response = client.post(reverse("account_reset_password"), {"email": "kim@example.org"})
        if response.status_code == 429:
            break
    assert_says(response, 429, "Too many attempts")


def test_something_that_breaks(client, home_breaks_with):
    home_breaks_with(ValueError("Kaput"))
    assert_says(client.get("/"), 500, "Sorry, there is a problem with the service")
