"""The accessibility statement: there for everybody, and naming whom this place has set."""

from django.urls import reverse


def test_is_there_for_everybody_and_linked_from_every_page(client, db):
    page = client.get(reverse("accessibility")).content.decode()
    for part in ("partially compliant", "Equality Advisory and Support Service", "How we tested it", "prepared on"):
        assert part in page
    assert f'href="{reverse("accessibility")}"' in client.get(reverse("sign-in")).content.decode()


def test_names_whom_to_tell(client, db, settings):
    settings.ORGANISATION, settings.ACCESSIBILITY_EMAIL = "Fern Valley Council", "access@fern.example"
    settings.ACCESSIBILITY_PHONE = "01632 960001"
    page = client.get(reverse("accessibility")).content.decode()
    for part in ("Fern Valley Council", "mailto:access@fern.example", "01632 960001"):
        assert part in page


def test_sends_people_to_their_business_manager_where_nobody_is_named(client, db):
    assert "business manager" in client.get(reverse("accessibility")).content.decode()
