"""What the pages cost: beside bare templates of the same rows, and at ten and a hundred times the size."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.template import engines
from django.test.utils import CaptureQueriesContext

from actions import load
from actions.models import Action
from reviews.models import Recommendation, Review

from .loads import MEMBER
from .results import Stopwatch

pytestmark = [pytest.mark.benchmark, pytest.mark.usefixtures("_as_in_service")]

SIZES = (1_000, 10_000, 100_000)
SMALL, LARGE = SIZES[1:]

#: How often each page is asked for, once in each round over all sizes and pages.
ROUNDS, TIMES = 12, 2

MANAGER = load.MANAGER

#: What is measured, for whom, and how much it may grow from 10,000 to 100,000 actions.
PAGES = {
    "Plan": (MANAGER, "plan", 1.5),
    "Plan, member of one partnership": (MEMBER, "plan", 1.5),
    "List": (MANAGER, "", 1.5),
    "List, last page": (MANAGER, "page=last", 1.5),
    "List, of one review": (MANAGER, "review", 1.5),
    "List, open": (MANAGER, "status=open", None),
    "List, overdue": (MANAGER, "rating=overdue", None),
    "List, rated red": (MANAGER, "rating=red", None),
    "List, by rating": (MANAGER, "sort=rating", None),
    "List, member of one partnership": (MEMBER, "", 1.5),
    "List, rated red, member of one partnership": (MEMBER, "rating=red", None),
}

#: The list reads what is ticked on the server, of one review that review, and of one rating the days of the houses.
MOST_QUERIES = {"Plan": 16, "List": 14}
#: By rating, a page is filled from one rating after the other, each by a query. It takes one where the first rating has
#: enough for a page, and one for each of the five where there are few actions.
BY_RATING, OTHER_RATINGS = "List, by rating", 4

BARE_LIST = """<table>{% for action in actions %}<tr><td>{{ action.text }}</td><td>{{ action.review }}</td>
<td>{{ action.recommendation.number }}</td><td>{{ action.lead_agency.short_name }}</td><td>{{ action.due }}</td>
<td>{{ action.rating }}</td><td>{{ action.get_status_display }}</td><td>{{ action.last_update_on }}</td>
</tr>{% endfor %}</table>"""

BARE_PLAN = """{% for recommendation in recommendations %}{% ifchanged recommendation.section %}
<h2>{{ recommendation.section }}</h2>{% endifchanged %}<p>{{ recommendation.number }} {{ recommendation.text }}</p>
<p>{{ recommendation.intended_outcome }}</p><p>{{ recommendation.completion_evidence }}</p>
<table>{% for action in recommendation.actions.all %}<tr><td>{{ action.label }}</td><td>{{ action.text }}</td>
<td>{{ action.due }}</td><td>{{ action.lead_officers|join:", " }}</td><td>{{ action.lead_agency }}</td>
<td>{{ action.rating }}</td><td>{{ action.get_status_display }}</td><td>{{ action.completion_evidence }}</td>
<td>{% for update in action.updates.all %}{{ update.at }} {{ update.what_was_done }}{% endfor %}</td>
</tr>{% endfor %}</table>{% endfor %}"""


def bare(template, **context):
    """Return the text of a template without any of the site around it."""
    return engines["django"].from_string(template).render(context)


def bare_list(keys):
    """Read some actions by their keys, with what a list shows of them, and print them."""
    related = ("review__partnership", "recommendation", "lead_agency")
    return bare(BARE_LIST, actions=list(Action.objects.filter(pk__in=keys).select_related(*related)))


def bare_plan(review):
    """Read the recommendations of a review with their actions, and print them."""
    recommendations = Recommendation.objects.filter(section__review=review).select_related("section")
    related = ("actions__lead_agency", "actions__review__partnership", "actions__updates")
    return bare(BARE_PLAN, recommendations=recommendations.in_plan_order().prefetch_related(*related))


@pytest.fixture
def pages(loads):
    """Return a function that says, for a size, how each page is asked for and what stands bare beside it."""
    known = {}

    def at(size):
        loads.use(size)
        if size not in known:
            review = Review.objects.earliest("pk")
            clients = {email: loads.sign_in(email) for email in (MANAGER, MEMBER)}
            known[size] = {
                name: prepared(clients[email], what, review, size) for name, (email, what, _) in PAGES.items()
            }
        return known[size]

    return at


def prepared(client, what, review, size):
    """Return how to ask for a page, and for the same rows bare."""
    if what == "plan":
        address = review.get_absolute_url()
    elif what == "review":
        address = f"/actions/?review={review.pk}"
    else:
        address = f"/actions/?{what}".replace("last", str(-(-size // 50)))
    shown = ask(client, address)
    if what == "plan":
        return SimpleNamespace(ask=lambda: ask(client, address), bare=lambda: bare_plan(review))
    keys = [int(href) for href in _linked_actions(shown)]
    assert keys
    return SimpleNamespace(ask=lambda: ask(client, address), bare=lambda: bare_list(keys))


def ask(client, address):
    """Return the text of a page."""
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def _linked_actions(html):
    for part in html.split('href="/actions/')[1:]:
        number = part.split("/", 1)[0]
        if number.isdecimal():
            yield number


def test_what_pages_cost(pages, results):
    watch = Stopwatch()
    for size in SIZES:
        pages(size)
    for _ in range(ROUNDS):
        for name in PAGES:
            for size in SIZES:
                page = pages(size)[name]
                page.ask()  # the first after a change of database is not like the others
                watch.time((name, size), page.ask, times=TIMES)
                watch.time((name, size, "bare"), page.bare, times=TIMES)
    growth = {name: watch.ratio((name, LARGE), (name, SMALL)) for name in PAGES}
    results.add(
        f"Pages ({connection.vendor}): times the bare template of the same rows, read by key",
        ["", *(f"{size:,}" for size in SIZES), "growth", "at most", f"ms at {LARGE:,}"],
        [
            [
                name,
                *(watch.ratio((name, size), (name, size, "bare")) for size in SIZES),
                growth[name],
                most or "",
                f"{watch.milliseconds((name, LARGE)):.0f}",
            ]
            for name, (_, _, most) in PAGES.items()
        ],
    )
    too_much = {name: growth[name] for name, (_, _, most) in PAGES.items() if most and growth[name] > most}
    assert not too_much


def test_how_much_pages_ask_the_database(pages, results):
    sizes = (100, LARGE)
    queries = {name: [count_queries(pages(size)[name].ask) for size in sizes] for name in PAGES}
    results.add(
        f"Queries ({connection.vendor})",
        ["", *(f"{size:,}" for size in sizes)],
        [[name, *numbers] for name, numbers in queries.items()],
    )
    for name, (few, many) in queries.items():
        if name == BY_RATING:
            assert many <= few <= many + OTHER_RATINGS
        else:
            assert few == many, name
        assert many <= MOST_QUERIES[name.split(",")[0]], name


def count_queries(do):
    """Return how many queries something takes."""
    with CaptureQueriesContext(connection) as captured:
        do()
    return len(captured)
