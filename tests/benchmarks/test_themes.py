"""What themes cost beside counting all of it by hand, and whether they say the same; what finding what was said costs.

Beside their own SQL, which reads what is kept, the pages of themes stand in test_bounds.py. What is counted by hand is
served as they are: as a page of the site, to the same person, in the same frame. Counting takes a few milliseconds
where there are few recommendations, as many as the frame itself, which has nothing to do with themes.
"""

from functools import partial
from random import Random
from time import process_time

import pytest
from django.db import connection

from actions import load, themes
from actions.rating import NO_ACTION
from reviews import similar
from reviews.models import Recommendation, Theme
from reviews.similar import AllRecommendations, Wordings, terms_of
from scr_tracker.models import User

from .results import Stopwatch, work_clock
from .test_pages import ask, count_queries

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.usefixtures("_as_in_service"),
    pytest.mark.urls("tests.benchmarks.bare_pages"),
]

LARGE = 100_000 if connection.vendor == "postgresql" else 10_000
FEW = 1_000
ROUNDS = 5
#: How many times counting by hand the pages of themes may take, and how often a text of 10,000 may be taken apart while
#: those nearest to one are found: in 10 ms, where taking one apart takes a twenty-fifth of a millisecond.
MOST, MOST_TEXTS = 2.5, 250

GIVEN = """
SELECT given.theme_id, count(*), count(DISTINCT section.review_id) FROM reviews_recommendationtheme given
JOIN reviews_recommendation recommendation ON recommendation.id = given.recommendation_id
JOIN reviews_section section ON section.id = recommendation.section_id {where} GROUP BY 1"""
LACKING = """
SELECT given.theme_id, count(*) FROM reviews_recommendationtheme given
JOIN reviews_recommendation recommendation ON recommendation.id = given.recommendation_id
WHERE recommendation.acceptance NOT IN ('not_accepted', 'no_action_needed', 'withdrawn')
AND NOT EXISTS (SELECT 1 FROM actions_action action WHERE action.recommendation_id = recommendation.id)
AND NOT EXISTS (SELECT 1 FROM actions_action_also_answers also WHERE also.recommendation_id = recommendation.id)
{also} GROUP BY 1"""
RATED = """
SELECT given.theme_id, CASE WHEN validated_rating <> '' THEN validated_rating
WHEN status IN ('complete', 'embedded') THEN 'blue' WHEN status IN ('paused', 'superseded') THEN 'grey'
WHEN target_date < CURRENT_DATE AND NOT (status = 'submitted' AND date(submitted_at) <= target_date) THEN 'red'
WHEN own_rating = 'red' THEN 'red' WHEN own_rating = 'amber' OR times_moved > 0 OR extension_pending THEN 'amber'
WHEN (status = 'unknown' OR target_date < CURRENT_DATE) AND last_update_on IS NULL THEN 'amber'
ELSE 'green' END AS rated,
count(*), count(CASE WHEN impact_result = 'held' THEN 1 END), count(CASE WHEN impact_result = 'not_held' THEN 1 END)
FROM actions_action action JOIN reviews_recommendationtheme given ON given.recommendation_id = action.recommendation_id
{where} GROUP BY 1, 2"""
ALL_RATED = """
SELECT count(CASE WHEN impact_result = 'held' THEN 1 END), count(CASE WHEN impact_result = 'not_held' THEN 1 END),
count(*) FROM actions_action action JOIN reviews_recommendationtheme given
ON given.recommendation_id = action.recommendation_id"""
REPEATS = """
SELECT given.theme_id, count(DISTINCT link.recommendation_id) FROM reviews_recommendationlink link
JOIN reviews_recommendationtheme given ON given.recommendation_id = link.recommendation_id
WHERE link.relation = 'repeats' {also} GROUP BY 1"""
SHOWN = """
SELECT recommendation.id, recommendation.number, recommendation.text, review.reference, review.pseudonym
FROM reviews_recommendationtheme given JOIN reviews_recommendation recommendation
ON recommendation.id = given.recommendation_id JOIN reviews_section section ON section.id = recommendation.section_id
JOIN reviews_review review ON review.id = section.review_id WHERE given.theme_id = {theme}
ORDER BY coalesce(review.completed_on, review.commissioned_on) DESC, review.id, section."order", recommendation."order"
LIMIT 50"""


def rows(sql, **values):
    """Return the rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**values))
        return cursor.fetchall()


def counted_list():
    """Count by hand what the list of themes says."""
    return [rows(sql, where="", also="") for sql in (GIVEN, LACKING, RATED, REPEATS)]


def counted_theme(theme):
    """Count and read by hand what the page of a theme says."""
    limits = {"where": f"WHERE given.theme_id = {theme.pk}", "also": f"AND given.theme_id = {theme.pk}"}
    counted = [rows(sql, **limits) for sql in (GIVEN, LACKING, RATED, REPEATS)]
    shown = rows(SHOWN, theme=theme.pk)
    keys = ", ".join(str(row[0]) for row in shown)
    actions = rows(f"SELECT id, recommendation_id, status FROM actions_action WHERE recommendation_id IN ({keys})")
    return [*counted, shown, actions]


def test_the_list_of_themes_says_what_counting_all_of_it_says(loads):
    loads.use(LARGE)
    given = {theme: counts for theme, *counts in rows(GIVEN, where="")}
    lacking, repeats = dict(rows(LACKING, also="")), dict(rows(REPEATS, also=""))
    by_hand = {theme: [*given[theme], lacking.get(theme, 0), repeats.get(theme, 0)] for theme in given}
    told = themes.summaries_for(User.objects.get(email=load.MANAGER))
    kept = {each.theme.pk: each.figures for each in told if each.figures.recommendations}
    assert by_hand == {
        theme: [each.recommendations, each.reviews, each.counts[NO_ACTION], each.repeats]
        for theme, each in kept.items()
    }
    ((held, not_held, number),) = rows(ALL_RATED)
    assert (held, not_held, number) == tuple(
        sum(getattr(each, name) for each in kept.values()) for name in ("held", "not_held", "actions")
    )


def test_what_the_pages_of_themes_cost(loads, results):
    found = {}
    loads.use(FEW)
    client = loads.sign_in(load.MANAGER)
    few = [count_queries(partial(ask, client, address)) for address in addresses()]
    loads.use(LARGE)
    client = loads.sign_in(load.MANAGER)
    theme = most_frequent()
    assert [count_queries(partial(ask, client, address)) for address in addresses()] == few
    pages = {"Themes": (addresses()[0], counted_list), "Theme": (addresses()[1], lambda: counted_theme(theme))}
    watch = Stopwatch(work_clock())
    for _ in range(ROUNDS):
        for name, (address, count) in pages.items():
            watch.time(name, partial(ask, client, address))
            watch.time((name, "by hand"), partial(client.get, "/bare/", **{"scr_tracker.read": count}))
    for name in pages:
        found[name] = watch.ratio(name, (name, "by hand"))
    results.add(
        f"Themes ({connection.vendor}, {LARGE:,} actions): times counting all of it by hand, in the same frame",
        ["", "times", "at most", "ms", "ms by hand"],
        [[n, found[n], MOST, watch.milliseconds(n), watch.milliseconds((n, "by hand"))] for n in pages],
    )
    assert max(found.values()) <= MOST


def most_frequent():
    """Return the theme that most recommendations have, of those here."""
    ((pk, _),) = rows("SELECT theme_id, count(*) FROM reviews_recommendationtheme GROUP BY 1 ORDER BY 2 DESC LIMIT 1")
    return Theme.objects.get(pk=pk)


def addresses():
    """Return the addresses that are measured."""
    return ["/themes/", most_frequent().get_absolute_url()]


def test_what_finding_what_was_said_before_costs(results):
    # What else the machine does meanwhile falls on the longer of the two: time on the processor, not on the wall.
    draw, watch = Random(1), Stopwatch(process_time)
    words = [
        f"{first}{second}" for first in "bcdfghjklmnprstvw" for second in ("olan", "etrin", "adosk", "umery", "ilva")
    ]
    common = [*words[:20] * 5, *words]
    texts = [" ".join(draw.choices(common, k=40)) for _ in range(10_000)]
    wordings = Wordings(enumerate(texts))
    wordings.nearest(texts[0])
    for text in texts[:60]:
        watch.time("nearest", partial(wordings.nearest, text))
        watch.time("apart", lambda: [terms_of.__wrapped__(each) for each in texts[:10]])
    times = watch.ratio("nearest", "apart") * 10
    results.add(
        "Said before: one text against 10,000, beside taking one text apart",
        ["", "times", "at most", "ms"],
        [["nearest", times, MOST_TEXTS, watch.milliseconds("nearest")]],
    )
    assert times <= MOST_TEXTS


def test_what_the_first_page_of_a_process_waits(loads, results):
    loads.use(LARGE)
    watch, text = Stopwatch(), Recommendation.objects.earliest("pk").text
    process = AllRecommendations()
    watch.time("first, nothing kept", lambda: process.nearest(text, 500))
    while process._waiting:
        watch.time("while it takes in", lambda: process.nearest(text, 500))
    started = AllRecommendations()
    watch.time("first, kept", lambda: started.nearest(text, 500))
    for _ in range(5):
        watch.time("later", lambda: started.nearest(text, 500))
    number = Recommendation.objects.count()
    results.add(
        f"Said before: a process that starts among {number:,} recommendations ({connection.vendor})",
        ["", "ms"],
        [[name, watch.milliseconds(name)] for name in watch.times],
    )
    # The one that waits longest takes in so many texts, whatever there is.
    assert len(started._texts) == number
    one = Stopwatch()
    texts = Recommendation.objects.order_by("pk").values_list("text", flat=True)[: similar.MOST_AT_ONCE]
    one.time("apart", lambda: Wordings(enumerate(texts)).nearest(text))
    assert watch.milliseconds("first, nothing kept") <= 4 * one.milliseconds("apart")
