"""What search costs: beside its bare SQL with a plain template of the same rows, and at a hundred times the size.

SEARCH_SIZES names the sizes, such as "10000,1000000": a million actions take long to make.
"""

import os
from types import SimpleNamespace

import pytest
from django.db import connection
from django.urls import reverse

from actions import load
from actions.search import asked, finding
from actions.search import results as found_results
from scr_tracker.models import User

from .results import Stopwatch
from .test_pages import ask, bare

pytestmark = [pytest.mark.benchmark, pytest.mark.usefixtures("_as_in_service")]

USUAL = "10000,100000" if connection.vendor == "postgresql" else "10000"
SIZES = tuple(int(size) for size in os.environ.get("SEARCH_SIZES", USUAL).split(","))
ROUNDS, TIMES, AT_MOST, GROWTH = 8, 2, 2.5, 1.5

MANAGER, LEAD = load.MANAGER, "load-1@example.org"

#: What is looked for, by whom, and whether there is as much of it in a small load as in a large one.
SEARCHES = {
    "Rare number": (MANAGER, "L00003/12", True),
    "Frequent word": (MANAGER, "supervision", True),
    "Two frequent words": (MANAGER, "supervision children", True),
    "Phrase": (MANAGER, '"escalation route"', True),
    "Nothing": (MANAGER, "zanzibar", True),
    "Frequent word, lead of an agency": (LEAD, "supervision", False),
    "Rare number, lead of an agency": (LEAD, "L00000/1", False),
}

BARE = """<ol>{% for each in results %}<li><a href="{{ each.url }}">{{ each.name }}</a> {{ each.place }}
{{ each.rating }}{% for words in each.words %}<p>{{ words }}</p>{% endfor %}</li>{% endfor %}</ol>"""


def bare_search(text, email):
    """Find and read the same rows by the same SQL, and print them by a plain template."""
    user, question = User.objects.get(email=email), asked.read(text)
    found = finding.find(question, user)
    return bare(BARE, results=found_results.of(found.of(None)[:20], question, user))


@pytest.fixture
def searches(loads):
    """Return a function that says, for a size, how each search is asked for and what stands bare beside it."""
    known = {}

    def at(size):
        loads.use(size)
        if size not in known:
            clients = {email: loads.sign_in(email) for email in (MANAGER, LEAD)}
            known[size] = {name: prepared(clients[email], email, text) for name, (email, text, _) in SEARCHES.items()}
        return known[size]

    return at


def prepared(client, email, text):
    """Return how to ask for the page of a search, and for the same rows bare."""
    address = f"{reverse('search')}?q={text.replace(' ', '+')}"
    return SimpleNamespace(ask=lambda: ask(client, address), bare=lambda: bare_search(text, email))


def test_what_search_costs(searches, results):
    watch = Stopwatch()
    for _ in range(ROUNDS):
        for name in SEARCHES:
            for size in SIZES:
                page = searches(size)[name]
                page.ask()
                watch.time((name, size), page.ask, times=TIMES)
                watch.time((name, size, "bare"), page.bare, times=TIMES)
    large, small = SIZES[-1], SIZES[0]
    ratios = {name: [watch.ratio((name, size), (name, size, "bare")) for size in SIZES] for name in SEARCHES}
    growth = {name: watch.ratio((name, large), (name, small)) for name in SEARCHES}
    results.add(
        f"Search ({connection.vendor}): times the bare SQL and a plain template of the same rows",
        ["", *(f"{size:,}" for size in SIZES), "growth", *(f"ms at {size:,}" for size in SIZES)],
        [
            [name, *ratios[name], growth[name], *(f"{watch.milliseconds((name, size)):.0f}" for size in SIZES)]
            for name in SEARCHES
        ],
    )
    # A page on which next to nothing stands is its header and footer, which no bare template has.
    assert {name: each for name, each in ratios.items() if "requent" in name and each[-1] > AT_MOST} == {}
    assert {name: growth[name] for name, (*_, same) in SEARCHES.items() if same and growth[name] > GROWTH} == {}
