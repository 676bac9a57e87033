"""Nobody signs off what they submitted themselves, by whatever way they try."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from actions import services, steps
from actions.choices import Status
from actions.forms import ProgressForm
from actions.models import Action
from scr_tracker.history import remember, remember_changed
from scr_tracker.rules import RuleBroken
from tests.conftest import hidden
from tests.factories import ActionFactory, EvidenceFactory, MembershipFactory

pytestmark = pytest.mark.django_db

NOT_BY_THEM = steps.SUBMITTED_BY_THEM.sentence


@pytest.fixture(params=[{}, {"user__is_superuser": True, "user__is_staff": True}], ids=["manager", "administrator"])
def submitter(request, action):
    """Somebody who may sign off actions here."""
    return MembershipFactory(partnership=action.review.partnership, **request.param).user


@pytest.fixture
def action():
    return ActionFactory()


@pytest.fixture
def submitted(action, submitter):
    """An action with evidence that this very person submitted."""
    EvidenceFactory(actions=[action])
    return services.submit_action(action=action, by=submitter, what_was_done="All trained.")


@pytest.fixture
def browser(client, submitter):
    client.force_login(submitter)
    return client


def assert_not_signed_off(action):
    """Hold that an action is still as it was submitted."""
    action = Action.objects.get(pk=action.pk)
    assert (action.status, action.signed_off_by, action.signed_off_at) == (Status.SUBMITTED, None, None)


def test_not_by_a_service(submitted, submitter):
    for service in (services.sign_off, services.return_action):
        with pytest.raises(RuleBroken, match="somebody else must sign it off"):
            service(action=submitted, by=submitter, **({"reason": "No."} if service == services.return_action else {}))
    with pytest.raises(RuleBroken):
        services.report_progress(
            action=submitted, by=submitter, status=Status.COMPLETE, what_was_done="All done.", own_rating=""
        )
    with pytest.raises(RuleBroken):
        services.check_impact(action=submitted, by=submitter, result="held", note="It held.")
    assert_not_signed_off(submitted)


@pytest.mark.parametrize("name", ["sign-off", "return-action"])
def test_not_by_its_page(submitted, browser, name):
    address = reverse(name, args=[submitted.pk])
    page = browser.get(address)
    assert NOT_BY_THEM in page.content.decode()
    response = browser.post(address, {**hidden(page.context["form"]), "note": "Fine.", "reason": "No."})
    assert response.status_code == 200
    assert NOT_BY_THEM in response.content.decode()
    assert_not_signed_off(submitted)


def test_not_by_the_page_of_the_action_or_the_queue(submitted, browser):
    page = browser.get(submitted.get_absolute_url()).content.decode()
    assert reverse("sign-off", args=[submitted.pk]) not in page
    assert browser.post(reverse("sign-off-queue"), {"chosen": [submitted.pk]}).status_code == 405
    assert_not_signed_off(submitted)


def test_not_by_a_progress_update_that_says_so(submitted, browser, submitter):
    address = reverse("update-action", args=[submitted.pk])
    form = browser.get(address).context["form"]
    assert Status.COMPLETE not in dict(form.fields["status"].choices)
    for status in (Status.COMPLETE, Status.EMBEDDED):
        response = browser.post(address, {**hidden(form), "status": status, "what_was_done": "All done."})
        assert response.status_code == 200
    latest = Action.objects.with_version().get(pk=submitted.pk)
    assert not ProgressForm({"status": Status.COMPLETE}, action=latest, by=submitter).is_valid()
    assert_not_signed_off(submitted)


def test_not_after_asking_for_it_when_somebody_else_opened_the_page(submitted, browser):
    """A form that was made for somebody else is of no use."""
    other = MembershipFactory(partnership=submitted.review.partnership).user
    browser_of_other = type(browser)()
    browser_of_other.force_login(other)
    form = browser_of_other.get(reverse("sign-off", args=[submitted.pk])).context["form"]
    response = browser.post(reverse("sign-off", args=[submitted.pk]), {**hidden(form), "note": "Fine."})
    assert response.status_code == 200
    assert_not_signed_off(submitted)


@pytest.mark.parametrize("submitter", [{"user__is_superuser": True, "user__is_staff": True}], indirect=True)
def test_not_in_the_admin(submitted, browser, submitter):
    said = {
        "status": Status.COMPLETE,
        "signed_off_by": submitter.pk,
        "signed_off_at_0": "21/11/2026",
        "signed_off_at_1": "12:00:00",
        "submitted_by": "",
        "submitted_at_0": "",
        "submitted_at_1": "",
    }
    for name, key, prefixes in (
        ("actions_action", submitted.pk, [""]),
        ("reviews_recommendation", submitted.recommendation_id, ["", "actions-0-"]),
    ):
        address = reverse(f"admin:{name}_change", args=[key])
        page = browser.get(address)
        forms = [page.context["adminform"].form]
        for formset in page.context["inline_admin_formsets"]:
            forms += [formset.formset.management_form, *formset.formset.initial_forms]
        typed = {field.html_name: "" if field.value() is None else field.value() for form in forms for field in form}
        lying = {f"{prefix}{name}": value for prefix in prefixes for name, value in said.items()}
        assert browser.post(address, {**typed, **lying}).status_code == 302, name
        assert_not_signed_off(submitted)
    browser.post(reverse("admin:actions_action_changelist"), {"action": "sign_off", "_selected_action": [submitted.pk]})
    assert_not_signed_off(submitted)


def test_not_past_the_rules_of_the_database(submitted, submitter):
    now = timezone.now()
    submitted.status, submitted.signed_off_by, submitted.signed_off_at = Status.COMPLETE, submitter, now
    for write in (
        lambda: remember(submitted, by=submitter, why="Signed off"),
        lambda: remember_changed(
            [submitted], ["status", "signed_off_by", "signed_off_at"], by=submitter, why="Signed off"
        ),
        lambda: Action._base_manager.filter(pk=submitted.pk).update(signed_off_by=submitter, signed_off_at=now),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    with pytest.raises(TypeError, match="has a history"):
        Action.objects.filter(pk=submitted.pk).update(status=Status.COMPLETE)
    assert_not_signed_off(submitted)


def test_but_by_anybody_else_who_may(submitted):
    other = MembershipFactory(partnership=submitted.review.partnership).user
    assert services.sign_off(action=submitted, by=other).signed_off_by == other
