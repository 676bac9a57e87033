"""Target dates as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.choices import DATED_KINDS, TargetKind
from actions.target_dates import count_targets, describe, find_dates, parse_target_date


@pytest.mark.parametrize(
    ("words", "last_day"),
    [
        ("31/03/2013", date(2013, 3, 31)),
        ("31.3.13", date(2013, 3, 31)),
        ("31 - 03 - 2013", date(2013, 3, 31)),
        ("2013-03-31", date(2013, 3, 31)),
        ("01.07.10", date(2010, 7, 1)),
        ("From 01.07.10", date(2010, 7, 1)),
        ("1st July 2010", date(2010, 7, 1)),
        ("July 1st, 2010", date(2010, 7, 1)),
        ("1 Oct 10", date(2010, 10, 1)),
        ("by 31st of March, 2013", date(2013, 3, 31)),
        ("Friday 12th October 2012 at 10:30", date(2012, 10, 12)),
    ],
)
def test_a_day_is_that_day(words, last_day):
    target = parse_target_date(words)
    assert (target.date, target.kind, target.words) == (last_day, TargetKind.DAY, words)


@pytest.mark.parametrize(
    ("words", "last_day"),
    [
        ("May 2012", date(2012, 5, 31)),
        ("Mar-13", date(2013, 3, 31)),
        ("Sept. 2010", date(2010, 9, 30)),
        ("July '10", date(2010, 7, 31)),
        ("July ’10", date(2010, 7, 31)),
        ("Oct'10", date(2010, 10, 31)),
        ("October 11", date(2011, 10, 31)),
        ("end of May 2012", date(2012, 5, 31)),
        ("Beginning of February 2012", date(2012, 2, 29)),
        ("Completion January 2012", date(2012, 1, 31)),
        ("Completed June 2011", date(2011, 6, 30)),
        ("October 2010, dates TBC.", date(2010, 10, 31)),
        ("MAY\u00a02012", date(2012, 5, 31)),
    ],
)
def test_a_month_ends_with_its_last_day(words, last_day):
    target = parse_target_date(words)
    assert (target.date, target.kind) == (last_day, TargetKind.MONTH)


@pytest.mark.parametrize(
    ("words", "last_day", "kind"),
    [
        ("Q1 23/24", date(2023, 6, 30), TargetKind.QUARTER),
        ("Q4 FY 23/24", date(2024, 3, 31), TargetKind.QUARTER),
        ("FY 23/24", date(2024, 3, 31), TargetKind.YEAR),
        ("Spring 23", date(2023, 5, 31), TargetKind.QUARTER),
        ("Next board meeting", None, TargetKind.RELATIVE),
        ("Q2 2013", date(2013, 6, 30), TargetKind.QUARTER),
        ("Quarter 4 of 2013", date(2013, 12, 31), TargetKind.QUARTER),
        ("3rd quarter 2013", date(2013, 9, 30), TargetKind.QUARTER),
        ("Q2 2013/14", date(2013, 9, 30), TargetKind.QUARTER),
        ("Q4 2013-14", date(2014, 3, 31), TargetKind.QUARTER),
        ("Autumn 2012", date(2012, 11, 30), TargetKind.QUARTER),
        ("Winter 2012", date(2013, 2, 28), TargetKind.QUARTER),
        ("By end of 2013", date(2013, 12, 31), TargetKind.YEAR),
        ("2012/13", date(2013, 3, 31), TargetKind.YEAR),
        ("w/c 4 June 2012", date(2012, 6, 10), TargetKind.WEEK),
        ("Week commencing Monday 04/06/12", date(2012, 6, 10), TargetKind.WEEK),
        ("w/e 8 June 2012", date(2012, 6, 8), TargetKind.WEEK),
    ],
)
def test_longer_periods_end_with_their_last_day(words, last_day, kind):
    target = parse_target_date(words)
    assert (target.date, target.kind) == (last_day, kind)


@pytest.mark.parametrize(
    ("words", "last_day"),
    [
        ("February 2012 concluding June 2012", date(2012, 6, 30)),
        ("February – April 2012", date(2012, 4, 30)),
        ("12 March 2013 to 14 March 2013", date(2013, 3, 14)),
        ("27/28 July 2010", date(2010, 7, 28)),
    ],
)
def test_a_range_is_due_when_it_concludes_and_is_one_target(words, last_day):
    assert parse_target_date(words).date == last_day
    assert count_targets(words) == 1


@pytest.mark.parametrize("words", ["April 2012 (review June 2012)", "April 2012, to be reviewed in June 2012"])
def test_the_date_of_a_review_is_not_the_target(words):
    assert parse_target_date(words).date == date(2012, 4, 30)
    assert count_targets(words) == 1


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Immediately", TargetKind.IMMEDIATE),
        ("Now", TargetKind.IMMEDIATE),
        ("ASAP", TargetKind.IMMEDIATE),
        ("As soon as possible", TargetKind.IMMEDIATE),
        ("Ongoing", TargetKind.ONGOING),
        ("On-going", TargetKind.ONGOING),
        ("Annually and ongoing", TargetKind.ONGOING),
        ("Ongoing – review March 2013", TargetKind.ONGOING),
        ("Every six months", TargetKind.ONGOING),
        ("Quarterly reports", TargetKind.ONGOING),
        ("3 months from completion of the review", TargetKind.RELATIVE),
        ("Within 6 weeks of 1 June 2012", TargetKind.RELATIVE),
        ("As soon as the review is complete", TargetKind.RELATIVE),
        ("On publication", TargetKind.RELATIVE),
        ("TBC", TargetKind.TO_BE_CONFIRMED),
        ("To be agreed", TargetKind.TO_BE_CONFIRMED),
        ("", TargetKind.NONE),
        ("-", TargetKind.NONE),
        ("N/A", TargetKind.NONE),
        (None, TargetKind.NONE),
    ],
)
def test_what_is_no_date_has_its_own_kind_and_is_understood(words, kind):
    target = parse_target_date(words)
    assert (target.date, target.kind, target.understood) == (None, kind, True)


@pytest.mark.parametrize("words", ["see minutes", "31 June 2012", "30/02/2013", "30 June", "10/11", "As above"])
def test_words_that_name_no_date_are_kept_and_said_not_to_be_understood(words):
    target = parse_target_date(words)
    assert (target.date, target.kind, target.words) == (None, TargetKind.NONE, words)
    assert not target.understood


def test_several_targets_are_counted():
    assert count_targets("May 2012; July 2012") == 2
    assert count_targets("Draft by 1 May 2012, final by 31 July 2012") == 2
    assert count_targets("Ongoing") == 0


def test_dates_are_found_in_running_text_with_their_words():
    dates = find_dates("Leaflet agreed 3rd May 2011 and printed in June ’11.")
    assert [(each.words, each.date) for each in dates] == [
        ("3rd May 2011", date(2011, 5, 3)),
        ("June ’11", date(2011, 6, 30)),
    ]


@given(
    st.dates(date(1990, 1, 1), date(2069, 12, 31)), st.sampled_from(["%d/%m/%Y", "%d.%m.%y", "%d %B %Y", "%Y-%m-%d"])
)
def test_every_day_is_read_as_it_was_written(day, style):
    assert parse_target_date(day.strftime(style)).date == day


@pytest.mark.parametrize("words", ["31 May 2012", "May 2012", "w/e 8 June 2012", "By end of 2013", "2012/13"])
def test_a_target_described_in_plain_english_names_the_same_day(words):
    target = parse_target_date(words)
    assert parse_target_date(describe(target)).date == target.date


@given(st.text(max_size=80))
def test_no_words_at_all_trip_it_up(words):
    target = parse_target_date(words)
    assert (target.date is not None) == (target.kind in DATED_KINDS)
    count_targets(words)
    find_dates(words)
