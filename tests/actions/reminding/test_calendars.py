"""Target dates in somebody's own calendar: what stands there, for whom, and for how long."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from actions import calendars, services
from actions.choices import Status
from actions.models import Action, CalendarFeed
from scr_tracker.logs import SECRETS
from scr_tracker.models import AuditEvent, User
from tests.factories import ActionFactory, AgencyFactory, ReviewFactory

from .conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(world, client):
    """Return a function that makes the lead's calendar address and reads what stands there."""
    secret = calendars.make_feed(user=world.lead)

    def read():
        answer = client.get(reverse("calendar", args=[secret]))
        assert answer.status_code == 200
        return answer

    return read


def events(answer):
    """Return the events of a calendar."""
    return Calendar.from_ical(answer.content).walk("VEVENT")


class TestACalendar:
    def test_has_each_target_date_as_a_whole_day_discreetly(self, due, read, settings, world):
        settings.SITE_URL = "https://tracker.example.gov.uk"
        action = due(9, text="Ring Zanzibar.", recommendation__number="3; a, “b”", label="c")
        (event,) = events(read())
        assert event["summary"] == "Due: 0319, recommendation 3; a, “b” c (Police)"
        assert event["uid"] == f"action-{action.pk}@tracker.example.gov.uk"
        assert event["dtstart"].dt == TODAY + timedelta(9)
        assert event["dtend"].dt == TODAY + timedelta(10)
        assert event["url"] == f"https://tracker.example.gov.uk/actions/{action.pk}/"
        assert event["transp"] == "TRANSPARENT"
        text = read().content.decode()
        assert "DTSTART;VALUE=DATE:20261203" in text
        assert r"3\; a\, “b” c" in text
        assert not {word for word in ("Zanzibar", "Kit", "Wyvernshire") if word in text}

    def test_is_folded_and_ends_its_lines_as_the_standard_says(self, due, read, world):
        agency = AgencyFactory(name="Łódź Road Surgery and Community Paediatrics, “Wyvernshire” and the Borders " * 2)
        due(9, lead_agency=agency, supporting_agencies=[world.agency])
        answer = read()
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        lines = answer.content.split(b"\r\n")
        assert b"\n" not in b"".join(lines)
        assert max(map(len, lines)) <= 75
        assert agency.name in str(events(answer)[0]["summary"])

    def test_names_an_action_of_a_restricted_review_by_its_key_alone(self, due, read, world):
        review = ReviewFactory(partnership=world.partnership, restricted=True, reference="Zanzibar")
        review.named_people.add(world.lead)
        action = due(9, recommendation__section__review=review)
        answer = read()
        assert events(answer)[0]["summary"] == f"Due: action {action.pk}"
        assert "Zanzibar" not in answer.content.decode()

    def test_has_what_one_answers_for_and_may_see_now(self, due, read, world):
        due(9, people=[], recommendation__number="agency")
        due(9, people=[world.senior], recommendation__number="of another")
        due(9, status=Status.COMPLETE, recommendation__number="complete")
        restricted = ReviewFactory(partnership=world.partnership, restricted=True)
        due(9, recommendation__section__review=restricted)
        seen = due(9, recommendation__number="mine")
        foreign = ActionFactory(recommendation__number="foreign")
        foreign.people.add(world.lead)
        words = " ".join(str(event["summary"]) for event in events(read()))
        assert "mine" in words
        assert "agency" in words
        assert not {word for word in ("of another", "complete", "action", "foreign") if word in words}
        Action._base_manager.filter(pk=seen.pk).update(lead_agency=AgencyFactory())
        assert "mine" not in " ".join(str(event["summary"]) for event in events(read()))

    def test_says_of_a_moved_date_that_the_same_entry_has_changed(self, due, read, world, day):
        action = due(9)
        (before,) = events(read())
        assert events(read())[0] == before
        day(1)
        services.ask_extension(action=action, by=world.lead, asked_for_date=date(2027, 3, 28), reason="Training.")
        services.agree_extension(action=action, by=world.manager)
        (after,) = events(read())
        assert after["uid"] == before["uid"]
        assert after["sequence"] > before["sequence"]
        assert after["last-modified"].dt > before["last-modified"].dt
        # The clocks go forward on that day, which has 23 hours: it is a day all the same.
        assert (after["dtstart"].dt, after["dtend"].dt) == (date(2027, 3, 28), date(2027, 3, 29))

    def test_takes_the_same_few_queries_for_one_action_and_for_many(self, due, world, django_assert_max_num_queries):
        for _ in range(20):
            due(9)
        with django_assert_max_num_queries(4):
            calendars.of(world.lead)


class TestTheAddress:
    def test_is_shown_once_and_kept_as_a_hash(self, world, client):
        client.force_login(world.lead)
        address = reverse("calendar-feed")
        page = client.get(address)
        token = page.context["form"]["token"].value()
        shown = client.post(address, {"token": token, "do": "make"}).context["address"]
        secret = shown.split("/")[-2]
        assert client.get(reverse("calendar", args=[secret])).status_code == 200
        assert secret not in client.get(address).content.decode()
        feed = CalendarFeed.objects.get()
        assert secret not in feed.secret_hash
        # The same form sent again makes no other address.
        assert client.post(address, {"token": token, "do": "make"}).status_code == 302
        assert CalendarFeed.objects.get().secret_hash == feed.secret_hash

    def test_is_replaced_and_taken_away(self, world, client):
        first = calendars.make_feed(user=world.lead)
        second = calendars.make_feed(user=world.lead)
        assert client.get(reverse("calendar", args=[first])).status_code == 404
        assert client.get(reverse("calendar", args=[second])).status_code == 200
        client.force_login(world.lead)
        page = client.get(reverse("calendar-feed"))
        client.post(reverse("calendar-feed"), {"token": page.context["form"]["token"].value(), "do": "revoke"})
        assert client.get(reverse("calendar", args=[second])).status_code == 404
        said = [event.detail.get("what") for event in AuditEvent.objects.filter(kind="account_changed").order_by("pk")]
        assert said == ["Calendar address made", "Calendar address replaced", "Calendar address revoked"]

    def test_is_not_there_for_somebody_who_has_left(self, due, read, world, client):
        due(9)
        secret = calendars.make_feed(user=world.lead)
        User.objects.filter(pk=world.lead.pk).update(is_active=False)
        assert client.get(reverse("calendar", args=[secret])).status_code == 404

    def test_is_read_into_the_audit_log_once_a_day_and_into_no_cache_but_ones_own(self, due, read, day):
        for hour in (7, 7, 9, 20):
            day(0, hour=hour)
            answer = read()
        assert answer["Cache-Control"] == "private, no-cache"
        assert AuditEvent.objects.filter(kind="downloaded").count() == 1
        day(1)
        read()
        assert AuditEvent.objects.filter(kind="downloaded").count() == 2

    def test_is_not_guessed_for_long_nor_read_all_the_time(self, read, client):
        guess = reverse("calendar", args=["no-such-secret"])
        assert [client.get(guess).status_code for _ in range(31)][-2:] == [404, 429]
        for _ in range(60):
            answer = read()
        secret = answer.wsgi_request.path
        assert client.get(secret).status_code == 429

    def test_stands_in_no_log(self, world):
        secret = calendars.make_feed(user=world.lead)
        line = f'"GET {reverse("calendar", args=[secret])} HTTP/1.1" 200'
        assert secret not in SECRETS.sub(r"\1…", line)
