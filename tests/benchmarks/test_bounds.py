"""The pages that people work on, beside bare ones, and as the data grow.

What stands "alone" is every statement that a page sends, sent again without Django's models, and a plain template of
what the database answers. What is "served" is the same as a page of the site, to the same person, in the same frame
(session, menu, layout). On PostgreSQL each page is held to the first. On SQLite that takes one millisecond for many
pages, where the site's frame around nothing at all takes three, so pages are held to the second there; both stand in
the table. Only work counts: of this process, and of its session of the database.

BENCHMARK_SIZES says how many actions there are, in plans of a hundred: unless told 10,000, on PostgreSQL 100,000 too.
BENCHMARK_PAGES names pages, or parts of their names, to look at them alone.
"""

import os
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions import load
from actions.models import Action
from reviews.models import Review, Theme

from .bare_pages import TABLES, printed, template
from .loads import MEMBER
from .results import Stopwatch, work_clock
from .test_pages import ask

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.usefixtures("_as_in_service"),
    pytest.mark.urls("tests.benchmarks.bare_pages"),
]

USUAL = "10000,100000" if connection.vendor == "postgresql" else "10000"
SIZES = [int(size) for size in os.environ.get("BENCHMARK_SIZES", USUAL).split(",")]
SMALL, LARGE = SIZES[0], SIZES[-1]
HELD_TO = "alone" if connection.vendor == "postgresql" else "served"
ROUNDS = int(os.environ.get("BENCHMARK_ROUNDS", "12"))

#: A manager of every partnership, a member of one, and the lead of one agency.
MANAGER, LEAD = load.MANAGER, "load-1@example.org"
#: How much longer than bare a page may take, the list with its filters, and a page than with the smallest load.
PAGE, LIST, GROWTH = 2.5, 3.5, 1.5


@dataclass(frozen=True)
class Page:
    """A page of somebody, how much longer than bare it may take, and whether as much stands on it at every size."""

    email: str
    address: str
    most: float = PAGE
    is_same: bool = True


def pages():
    """Return the pages by what they are called, in the database in use."""
    review, action = Review.objects.earliest("pk"), Action.objects.earliest("pk")
    actions, search = reverse("action-list"), reverse("search")
    theme = Theme.objects.filter(partnership=None).earliest("pk")
    return {
        "Home, manager": Page(MANAGER, reverse("home")),
        "Home, member": Page(MEMBER, reverse("home")),
        "Home, lead": Page(LEAD, reverse("home")),
        "Plan": Page(MANAGER, review.get_absolute_url()),
        "Plan, member": Page(MEMBER, review.get_absolute_url()),
        "Action": Page(MANAGER, action.get_absolute_url()),
        "Action, lead": Page(LEAD, Action.objects.filter(lead_agency=1).earliest("pk").get_absolute_url()),
        "List": Page(MANAGER, actions, LIST),
        "List, last page": Page(MANAGER, f"{actions}?page={-(-Action.objects.count() // 50)}", LIST),
        "List, of one review": Page(MANAGER, f"{actions}?review={review.pk}", LIST),
        "List, open by due date": Page(MANAGER, f"{actions}?status=open&sort=due", LIST),
        "List, overdue": Page(MANAGER, f"{actions}?rating=overdue", LIST),
        "List, red by last update": Page(MANAGER, f"{actions}?rating=red&sort=-updated", LIST),
        "List, by rating": Page(MANAGER, f"{actions}?sort=rating", LIST),
        "List, with a frequent word": Page(MANAGER, f"{actions}?text=supervision", LIST),
        "List, member": Page(MEMBER, actions, LIST),
        "List, red, member": Page(MEMBER, f"{actions}?rating=red", LIST),
        "List, lead": Page(LEAD, actions, LIST),
        "Search, number": Page(MANAGER, f"{search}?q=L00003/12"),
        "Search, frequent word": Page(MANAGER, f"{search}?q=supervision"),
        "Search, two words": Page(MANAGER, f"{search}?q=supervision+children"),
        "Search, phrase": Page(MANAGER, f"{search}?q=%22escalation+route%22"),
        "Search, frequent word, lead": Page(LEAD, f"{search}?q=supervision", is_same=False),
        "Themes": Page(MANAGER, reverse("theme-list")),
        "Themes, member": Page(MEMBER, reverse("theme-list")),
        "Themes, lead": Page(LEAD, reverse("theme-list"), is_same=False),
        "Theme": Page(MANAGER, theme.get_absolute_url()),
        "Theme, member": Page(MEMBER, theme.get_absolute_url()),
        "Theme, lead": Page(LEAD, theme.get_absolute_url(), is_same=False),
        "Data warnings": Page(MANAGER, reverse("data-warnings")),
        "Reminders, who has not answered": Page(MANAGER, reverse("reminders"), is_same=False),
        "Reviews": Page(MANAGER, reverse("review-list")),
        "Sign-off queue": Page(MANAGER, reverse("sign-off-queue")),
    }


class Measured:
    """How a page is asked for in the database in use, and what stands bare beside it."""

    def __init__(self, client, page):
        self.client, self.page = client, page
        self.ask()  # finds what is kept
        with CaptureQueriesContext(connection) as captured:
            self.ask()
        self.queries = len(captured)
        self.statements = self._sent_by(self.ask)
        frame = [sql for sql, _ in self._sent_by(lambda: self._served(list))]
        self.statements_in_frame = [each for each in self.statements if each[0] not in frame]

    def ask(self):
        """Ask for the page."""
        return ask(self.client, self.page.address)

    def alone(self):
        """Send the same statements, and print what is answered."""
        return template(TABLES).render(printed(self.read()))

    def served(self):
        """Ask for a page that does no more than that, but in the site's frame."""
        return self._served(lambda: self._read(self.statements_in_frame))

    def read(self):
        """Return the rows of every statement of the page."""
        return self._read(self.statements)

    def _served(self, read):
        response = self.client.get("/bare/", **{"scr_tracker.read": read})
        assert response.status_code == 200
        return response.content.decode()

    def _read(self, statements):
        tables = []
        for sql, values in statements:
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                tables.append(cursor.fetchall())
        return tables

    def _sent_by(self, do):
        """Return the statements that read, and their values, of doing something."""
        sent = []

        def keep(execute, sql, values, many, context):
            if sql.lstrip("( ").startswith(("SELECT", "WITH")):
                sent.append((sql, values))
            return execute(sql, values, many, context)

        with connection.execute_wrapper(keep):
            do()
        return sent


def test_what_pages_cost_beside_their_own_sql(loads, results):
    wanted = [part for part in os.environ.get("BENCHMARK_PAGES", "").split(",") if part]
    measured, watches, names = {}, {}, []
    for size in SIZES:
        loads.use(size)
        clients = {email: loads.sign_in(email) for email in (MANAGER, MEMBER, LEAD)}
        found = pages()
        names = [name for name in found if not wanted or any(part in name for part in wanted)]
        measured[size] = {name: Measured(clients[found[name].email], found[name]) for name in names}
    for _ in range(ROUNDS):
        for size in SIZES:
            loads.use(size)
            watch = watches.setdefault(size, Stopwatch())
            watch.clock = work_clock()
            for name in names:
                page = measured[size][name]
                page.ask()  # the first after a change of database is not like the others
                watch.time(name, page.ask)
                watch.time((name, "served"), page.served)
                watch.time((name, "alone"), page.alone)
                watch.time((name, "read"), page.read)
    large = measured[LARGE]
    times = {name: watches[LARGE].ratio(name, (name, HELD_TO)) for name in names}
    growth = {name: watches[LARGE].best(name) / watches[SMALL].best(name) for name in names}
    results.add(
        f"Pages ({connection.vendor}, {LARGE:,} actions): times their own SQL and its rows, {HELD_TO}",
        [
            *("", "at most", "times alone", "times served", "ms", "alone", "served", "SQL"),
            *("queries", f"at {SMALL:,}", f"ms at {SMALL:,}", "growth"),
        ],
        [
            [
                name,
                f"{large[name].page.most}",
                *(watches[LARGE].ratio(name, (name, beside)) for beside in ("alone", "served")),
                *(
                    f"{watches[LARGE].milliseconds(key):.0f}"
                    for key in (name, (name, "alone"), (name, "served"), (name, "read"))
                ),
                large[name].queries,
                measured[SMALL][name].queries,
                f"{watches[SMALL].milliseconds(name):.0f}",
                growth[name] if large[name].page.is_same else f"({growth[name]:.2f})",
            ]
            for name in names
        ],
    )
    assert {name: found for name, found in times.items() if found > large[name].page.most} == {}
    assert {name: found for name, found in growth.items() if large[name].page.is_same and found > GROWTH} == {}
    # Whoever sees little of much finds things of other kinds, and each kind on a page is a query.
    queries = {name: {measured[size][name].queries for size in SIZES} for name in names if large[name].page.is_same}
    assert {name: found for name, found in queries.items() if len(found) > 1} == {}
