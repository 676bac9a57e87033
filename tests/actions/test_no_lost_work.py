"""Nobody's work is lost: not to another person, not to a second click, not to a sign-in that ended."""

import re
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from actions import services
from actions.choices import Status
from actions.models import Action, Comment, Update
from scr_tracker import kept
from scr_tracker.forms import Sent, read_token, token_for
from scr_tracker.models import FormSent
from scr_tracker.permissions import Role
from scr_tracker.rules import AlreadySent, ChangedMeanwhile
from tests.conftest import hidden
from tests.factories import PASSWORD, ActionFactory, MembershipFactory, UserFactory

#: How many save the same action at the same moment. SQLite has one writer, who makes the others wait.
AT_ONCE = {"postgresql": 50, "sqlite": 12}


@pytest.fixture
def action(db):
    return ActionFactory()


@pytest.fixture
def manager(action):
    """A business manager, who is not signed in yet."""
    return MembershipFactory(user__name="Siân Ahmed", partnership=action.review.partnership).user


@pytest.fixture
def address(action):
    return reverse("update-action", args=[action.pk])


def signed_in(user):
    """Return a browser in which a person is signed in."""
    client = Client()
    client.force_login(user)
    return client


def report(action, by=None, **changes):
    """Let somebody else report on an action."""
    said = {"status": Status.ONGOING, "what_was_done": "Their words.", "own_rating": "red", **changes}
    return services.report_progress(action=action, by=by or UserFactory(name="Kim Osei"), **said)


MINE = {"status": "not_started", "what_was_done": "My words.", "own_rating": "green"}


class TestTwoPeopleAtOnce:
    def test_the_second_is_shown_what_changed_and_both_texts_and_nothing_is_saved(self, action, manager, address):
        client = signed_in(manager)
        form = client.get(address).context["form"]
        report(action)
        response = client.post(address, {**hidden(form), **MINE})
        assert response.status_code == 409
        page = response.content.decode()
        for words in ("Somebody else changed this action", "Kim Osei", "Their words.", "My words.", "Ongoing"):
            assert words in page, words
        assert Update.objects.count() == 1

    def test_the_second_may_then_save_what_they_wrote_or_change_it_first(self, action, manager, address):
        client = signed_in(manager)
        form = client.get(address).context["form"]
        report(action)
        again = client.post(address, {**hidden(form), **MINE}).context["form"]
        response = client.post(address, {**hidden(again), **MINE, "what_was_done": "Both of our words."})
        assert response.status_code == 302
        action.refresh_from_db()
        assert (action.status, action.own_rating) == (Status.NOT_STARTED, "green")
        assert [update.what_was_done for update in action.updates.order_by("pk")] == [
            "Their words.",
            "Both of our words.",
        ]

    def test_a_third_change_is_shown_too(self, action, manager, address):
        client = signed_in(manager)
        form = client.get(address).context["form"]
        report(action)
        again = client.post(address, {**hidden(form), **MINE}).context["form"]
        report(action, what_was_done="A third word.")
        response = client.post(address, {**hidden(again), **MINE})
        assert response.status_code == 409
        assert [event.text for event in response.context["form"].meanwhile] == ["A third word."]

    def test_what_cannot_be_saved_any_more_is_still_shown_to_its_author(self, action, manager):
        services.submit_action(
            action=action, by=UserFactory(), what_was_done="Done.", no_evidence_reason="It was a talk."
        )
        client, address = signed_in(manager), reverse("return-action", args=[action.pk])
        form = client.get(address).context["form"]
        services.sign_off(action=action, by=UserFactory())
        response = client.post(address, {**hidden(form), "reason": "A long and careful reason."})
        assert response.status_code == 409
        page = response.content.decode()
        assert "A long and careful reason." in page
        assert "is not possible now" in page
        assert "Save what I wrote" not in page

    def test_a_broken_rule_is_said_on_the_form_and_leaves_what_was_typed(self, action, manager):
        client, address = signed_in(manager), reverse("submit-action", args=[action.pk])
        form = client.get(address).context["form"]
        action.status = Status.SUBMITTED
        action.submitted_by, action.submitted_at = manager, report(action, status=Status.IN_PROGRESS).at
        action.save()
        typed = {**hidden(form), "version": Action.objects.version_of(action)}
        response = client.post(address, {**typed, "what_was_done": "My words.", "no_evidence_reason": "None."})
        assert "This action is submitted as complete" in response.content.decode()
        assert "My words." in response.content.decode()

    def test_a_form_without_its_version_is_shown_everything_and_not_trusted(self, action, manager, address):
        client = signed_in(manager)
        typed = {**hidden(client.get(address).context["form"]), "version": "nonsense"}
        assert client.post(address, {**typed, **MINE}).status_code == 409

    def test_comments_are_added_whatever_changed(self, action, manager):
        client, address = signed_in(manager), reverse("comment-action", args=[action.pk])
        form = client.get(address).context["form"]
        report(action)
        assert client.post(address, {**hidden(form), "kind": "comment", "text": "Good."}).status_code == 302

    def test_the_service_refuses_an_earlier_version(self, action, manager):
        version = Action.objects.version_of(action)
        report(action)
        with pytest.raises(ChangedMeanwhile) as changed:
            report(action, sent=Sent("one", version))
        assert changed.value.since == version
        assert not FormSent.objects.exists()


class TestTheSecondClick:
    def test_writes_nothing_more_and_says_that_it_is_saved(self, action, manager, address):
        client = signed_in(manager)
        form = client.get(address).context["form"]
        for _ in range(3):
            response = client.post(address, {**hidden(form), **MINE})
            assert response.status_code == 302
        assert Update.objects.count() == 1

    def test_of_a_comment_writes_it_once(self, action, manager):
        client, address = signed_in(manager), reverse("comment-action", args=[action.pk])
        form = client.get(address).context["form"]
        for _ in range(2):
            client.post(address, {**hidden(form), "kind": "comment", "text": "Good."})
        assert Comment.objects.count() == 1

    def test_is_told_apart_by_the_database(self, action, manager):
        sent = Sent("one", None)
        report(action, by=manager, sent=sent)
        with pytest.raises(AlreadySent):
            report(action, by=manager, sent=sent)
        assert Update.objects.count() == 1

    def test_a_form_that_was_refused_can_be_sent_again(self, action, manager, address):
        client = signed_in(manager)
        form = client.get(address).context["form"]
        assert client.post(address, {**hidden(form), **MINE, "status": "complete"}).status_code == 200
        assert client.post(address, {**hidden(form), **MINE}).status_code == 302

    def test_somebody_elses_form_is_not_taken_and_what_was_typed_stays(self, action, manager, address):
        client = signed_in(manager)
        typed = {**hidden(client.get(address).context["form"]), "token": token_for(UserFactory())}
        response = client.post(address, {**typed, **MINE})
        assert response.status_code == 200
        assert "open for too long" in response.content.decode()
        assert "My words." in response.content.decode()
        assert client.post(address, {**hidden(response.context["form"]), **MINE}).status_code == 302

    @pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", None])
    def test_a_token_that_is_none_is_nobodys(self, token):
        assert read_token(token) == (None, None)


class TestTheAdmin:
    @pytest.fixture
    def opened(self, action, client):
        """The page of a recommendation and its action in the admin, and what a browser would send from it."""
        client.force_login(UserFactory(administrator=True))
        address = reverse("admin:reviews_recommendation_change", args=[action.recommendation_id])
        context = client.get(address).context
        forms = [
            context["adminform"].form,
            *(each.formset.management_form for each in context["inline_admin_formsets"]),
        ]
        forms += [form for each in context["inline_admin_formsets"] for form in each.formset.initial_forms]
        shown = [field for form in forms for field in form if field.value() is not None]
        typed = {field.html_name: field.value() for field in shown}
        typed |= {field.html_initial_name: field.value() for field in shown if field.field.show_hidden_initial}
        return address, typed

    def test_does_not_save_over_somebody_elses_change_unseen(self, client, action, opened):
        address, typed = opened
        report(action)
        typed["actions-0-text"] = "My wording."
        response = client.post(address, typed)
        assert response.status_code == 200
        assert "Kim Osei changed this while you were writing" in response.content.decode()
        assert "My wording." in response.content.decode()
        action.refresh_from_db()
        assert action.text != "My wording."
        again = response.context["inline_admin_formsets"][0].formset.initial_forms[0]
        response = client.post(address, {**typed, "actions-0-version": again["version"].value()})
        assert response.status_code == 302
        action.refresh_from_db()
        assert (action.text, action.status) == ("My wording.", Status.ONGOING)

    def test_saves_what_nobody_else_changed(self, client, action, opened):
        address, typed = opened
        report(action)
        response = client.post(address, {**typed, "text": "Ask every child."})
        assert response.status_code == 302
        action.recommendation.refresh_from_db()
        assert action.recommendation.text == "Ask every child."


class TestASignInThatEnded:
    def lose_sign_in(self, client):
        """Let the session of a browser end while a form is open."""
        client.cookies.pop("sessionid")

    def sign_in(self, client, user, address):
        response = client.post(address, {"login": user.email, "password": PASSWORD, "next": client.next})
        assert response.status_code == 302
        return client.get(response["Location"])

    def send(self, client, address, form, **typed):
        """Send a form signed out, and return the address of the page that asks for a sign-in."""
        self.lose_sign_in(client)
        response = client.post(address, {**hidden(form), **typed})
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("sign-in"))
        client.next = address
        return response["Location"]

    def test_gives_the_text_back_on_the_form_it_came_from(self, action, manager, address):
        client = signed_in(manager)
        form = client.get(address).context["form"]
        asked = self.send(client, address, form, **MINE)
        assert "what you wrote will be there" in client.get(asked).content.decode()
        page = self.sign_in(client, manager, asked)
        assert page.request["PATH_INFO"] == address
        assert "My words." in page.content.decode()
        assert "You were signed out before this was saved" in page.content.decode()
        assert not Update.objects.exists()
        assert client.post(address, {**hidden(page.context["form"]), **MINE}).status_code == 302
        assert Update.objects.get().what_was_done == "My words."
        assert "My words." not in client.get(address).context["form"].as_p()

    def test_says_once_that_they_were_signed_out_for_being_away(self, manager, address, settings):
        client = signed_in(manager)
        form = client.get(address).context["form"]
        settings.INACTIVITY_MINUTES = -1
        client.post(address, {**hidden(form), "status": "in_progress", "what_was_done": "Long and good."})
        settings.INACTIVITY_MINUTES = 30
        said = [str(message) for message in client.get(reverse("sign-in")).context["messages"]]
        assert said == ["You had been signed out. Sign in, and what you wrote will be there."]

    def test_shows_what_changed_while_they_were_away(self, action, manager, address):
        client = signed_in(manager)
        form = client.get(address).context["form"]
        asked = self.send(client, address, form, **MINE)
        report(action)
        page = self.sign_in(client, manager, asked)
        response = client.post(address, {**hidden(page.context["form"]), **MINE})
        assert response.status_code == 409
        assert "Their words." in response.content.decode()

    def test_gives_it_to_nobody_else(self, action, manager, address):
        client = signed_in(manager)
        form = client.get(address).context["form"]
        asked = self.send(client, address, form, **MINE)
        other = MembershipFactory(partnership=action.review.partnership).user
        assert "My words." not in self.sign_in(client, other, asked).content.decode()

    def test_keeps_nothing_for_strangers(self, client, db, address):
        client.post(address, MINE)
        client.post(address, {**MINE, "token": "nonsense"})
        assert kept.KEPT not in client.session

    def test_keeps_the_last_few_forms_and_none_that_is_endless(self, client, action, manager):
        for number in range(8):
            client.post(f"/actions/{number}/update/", {"token": token_for(manager), "what_was_done": "Words."})
        assert len(client.session[kept.KEPT]) == kept.MOST_FORMS
        client.post("/actions/99/update/", {"token": token_for(manager), "what_was_done": "x" * kept.MOST_CHARACTERS})
        assert "/actions/99/update/" not in client.session[kept.KEPT]

    def test_gives_the_text_back_too_when_a_new_sign_in_made_the_open_page_too_old(self, action, manager, address):
        client = Client(enforce_csrf_checks=True)
        client.force_login(manager)
        form = client.get(address).context["form"]
        response = client.post(address, {**hidden(form), **MINE, "csrfmiddlewaretoken": "x" * 64})
        assert (response.status_code, response["Location"]) == (302, address)
        assert "My words." in client.get(address).content.decode()
        assert client.post(address, MINE).status_code == 403

    def test_gives_it_back_on_every_form_of_an_action(self, action, sign_in_as, client):
        manager = sign_in_as(Role.BUSINESS_MANAGER, action.review.partnership)
        for name, field in (("pause-action", "reason"), ("submit-action", "what_was_done"), ("comment-action", "text")):
            client.force_login(manager)
            address = reverse(name, args=[action.pk])
            asked = self.send(client, address, client.get(address).context["form"], **{field: f"For {name}."})
            assert f"For {name}." in self.sign_in(client, manager, asked).content.decode()


def hidden_in(page):
    """Return the hidden fields of a page; the test client's own ``context`` mixes those of several threads."""
    return dict(re.findall(r'<input type="hidden" name="(token|version)" value="([^"]*)"', page))


@pytest.mark.django_db(transaction=True)
def test_of_many_simultaneous_saves_each_is_kept_or_shown_to_its_author_and_the_history_has_them_in_order():
    action = ActionFactory()
    people = [MembershipFactory(partnership=action.review.partnership).user for _ in range(AT_ONCE[connection.vendor])]
    address = reverse("update-action", args=[action.pk])
    opened = []
    for person in people:
        client = signed_in(person)
        opened.append((client, hidden_in(client.get(address).content.decode())))
    ready, answers = Barrier(len(people)), {}

    def save(number, typed):
        client, _ = opened[number]
        words = {"status": "in_progress", "own_rating": "", "what_was_done": f"Words of {number}."}
        return client.post(address, {**typed, **words})

    def save_at_once(number):
        try:
            ready.wait(timeout=60)
            answers[number] = save(number, opened[number][1])
        finally:
            connections.close_all()

    threads = [Thread(target=save_at_once, args=[number]) for number in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(response.status_code for response in answers.values()) == [302] + [409] * (len(people) - 1)
    for number, response in answers.items():
        while response.status_code == 409:
            page = response.content.decode()
            assert f"Words of {number}." in page
            assert "Somebody else changed this action" in page
            response = save(number, hidden_in(page))
        assert response.status_code == 302

    updates = list(action.updates.order_by("pk"))
    assert {update.what_was_done for update in updates} == {f"Words of {number}." for number in range(len(people))}
    lines = list(action.history.order_by("history_id"))
    assert len(lines) == len(people) + 1
    assert [line.history_user for line in lines[1:]] == [update.by for update in updates]
    assert [line.history_date for line in lines] == sorted(line.history_date for line in lines)
