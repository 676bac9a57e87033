"""What no page shows by itself: titles tell pages apart, and no link of a template leads nowhere."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from actions import steps
from scr_tracker.permissions import Role
from tests.factories import ActionFactory, EvidenceFactory, ExtensionFactory, MembershipFactory

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
BLOCK = re.compile(r"{% block \w+ %}.*?{% endblock", re.DOTALL)
NAMED = re.compile(r"{% url [^%]* as (\w+) %}")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_an_address_named_in_one_block_is_used_in_that_block(template):
    """Django forgets at the end of a block what was named in it: a link elsewhere would lead nowhere."""
    text = template.read_text(encoding="utf-8")
    for block in BLOCK.findall(text):
        elsewhere = text.replace(block, "")
        for name in NAMED.findall(block):
            used = re.search(rf"\b{name}\b", elsewhere) and name not in NAMED.findall(elsewhere)
            assert not used, f"{name} is empty outside its block"


@pytest.mark.django_db
def test_the_title_of_a_step_says_of_which_action_it_is(client):
    first = ActionFactory(submitted=True, text="Train the crews.")
    second = ActionFactory(submitted=True, text="Ask the schools.", recommendation=first.recommendation)
    client.force_login(MembershipFactory(partnership=first.review.partnership).user)
    for action in (first, second):
        ExtensionFactory(action=action)
        EvidenceFactory(actions=[action], title=f"Minutes of {action.text}")
    of_step = [step.name for step in steps.STEPS if step not in (steps.COMMENT, steps.REPLY)]
    for name in (*of_step, "action", "change-action", "add-evidence", "reuse-evidence"):
        titles = {title_of(client, name, action.pk) for action in (first, second)}
        assert len(titles) == 2, titles
    for name in ("evidence", "accept-evidence", "return-evidence", "withdraw-evidence", "share-evidence"):
        assert len({title_of(client, name, action.evidence.get().pk) for action in (first, second)}) == 2


@pytest.mark.django_db
def test_the_title_of_what_is_asked_of_a_role_says_whose_it_is(client):
    manager = MembershipFactory()
    client.force_login(manager.user)
    others = [MembershipFactory(partnership=manager.partnership, role=Role.BOARD_MEMBER) for _ in range(2)]
    for name in ("end-role", "senior-role"):
        assert len({title_of(client, name, other.pk) for other in others}) == 2


def title_of(client, name, *args):
    """Return the title of a page."""
    return TITLE.search(client.get(reverse(name, args=args)).content.decode())[1]
