"""What the first page of each role costs: beside its own SQL with a plain template of the rows, and as data grows.

BENCHMARK_HOME_SIZES says how many actions there are: "10000,100000,1000000" for the whole truth, which takes many
minutes to make.
"""

import os

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions import load

from .loads import MEMBER
from .results import Stopwatch
from .test_pages import ask, bare, count_queries

pytestmark = [pytest.mark.benchmark, pytest.mark.usefixtures("_as_in_service")]

SIZES = [int(size) for size in os.environ.get("BENCHMARK_HOME_SIZES", "10000,100000").split(",")]
SMALL, LARGE = SIZES[0], SIZES[-1]
ROUNDS, TIMES = 10, 2
#: How much slower than its bare SQL and template a home may be, and than that of the smallest load.
MOST_TIMES_BARE, MOST_GROWTH = 2.5, 1.5

#: A manager of every partnership, a member of one, and the lead of one agency.
PEOPLE = {"manager": load.MANAGER, "member": MEMBER, "lead": "load-1@example.org"}

BARE = """{% for rows in tables %}<table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}
</tr>{% endfor %}</table>{% endfor %}"""


@pytest.fixture
def homes(loads):
    """Return a function that says, for a size and a person, how their home is asked for, and its SQL bare."""
    known = {}

    def at(size, person):
        loads.use(size)
        if (size, person) not in known:
            client = loads.sign_in(PEOPLE[person])
            address = reverse("home")
            ask(client, address)  # finds the figures of today
            with CaptureQueriesContext(connection) as captured:
                ask(client, address)
            statements = [each["sql"] for each in captured.captured_queries if each["sql"].startswith("SELECT")]
            known[size, person] = (lambda: ask(client, address)), (lambda: bare_sql(statements))
        return known[size, person]

    return at


def bare_sql(statements):
    """Ask the database the same once more, and print all that it answers."""
    tables = []
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            tables.append(cursor.fetchall())
    return bare(BARE, tables=tables)


def test_what_homes_cost(homes, results):
    watch = Stopwatch()
    for size in SIZES:
        for person in PEOPLE:
            homes(size, person)
    for _ in range(ROUNDS):
        for person in PEOPLE:
            for size in SIZES:
                page, own_sql = homes(size, person)
                page()  # the first after a change of database is not like the others
                watch.time((person, size), page, times=TIMES)
                watch.time((person, size, "bare"), own_sql, times=TIMES)
    times_bare = {
        (person, size): watch.ratio((person, size), (person, size, "bare")) for person in PEOPLE for size in SIZES
    }
    growth = {person: watch.ratio((person, LARGE), (person, SMALL)) for person in PEOPLE}
    results.add(
        f"Homes ({connection.vendor}): times their own SQL and a plain template of its rows",
        ["", *(f"{size:,}" for size in SIZES), "growth", *(f"ms at {size:,}" for size in SIZES)],
        [
            [
                person,
                *(times_bare[person, size] for size in SIZES),
                growth[person],
                *(f"{watch.milliseconds((person, size)):.0f}" for size in SIZES),
            ]
            for person in PEOPLE
        ],
    )
    assert not {each: times for each, times in times_bare.items() if times > MOST_TIMES_BARE}
    assert not {person: times for person, times in growth.items() if times > MOST_GROWTH}


def test_homes_ask_the_database_as_often_whatever_the_size(homes, results):
    queries = {person: [count_queries(homes(size, person)[0]) for size in SIZES] for person in PEOPLE}
    results.add(
        f"Queries of homes ({connection.vendor})",
        ["", *(f"{size:,}" for size in SIZES)],
        [[person, *numbers] for person, numbers in queries.items()],
    )
    for person, numbers in queries.items():
        assert len(set(numbers)) == 1, person
