"""Target dates as people write them, and what they mean.

A plan says "31/03/2013", "July '10", "Q2 2013", "3 months from completion of the review" or "Ongoing". The
words are kept for good; beside them stands the last day of the period they name, so that "overdue" can be
computed, or no date at all where they name none.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from actions.choices import TargetKind
from scr_tracker.words import day


@dataclass(frozen=True)
class TargetDate:
    """When something is due: the last day of the period its words name, or no date and the reason why."""

    date: date | None
    kind: TargetKind
    words: str

    @property
    def understood(self):
        """Whether the words were understood; where nothing is written there is nothing to understand."""
        return self.kind != TargetKind.NONE or _says_nothing(self.words)


def parse_target_date(words):
    """Return what these words say about when something is due: of a range its end, kind "none" if nothing."""
    words = (words or "").strip()
    if EXCEL_NUMBER.fullmatch(words):
        return TargetDate(EXCEL_BEGINS + timedelta(int(words)), TargetKind.DAY, words)
    text = _plain(words)
    if PERIOD_AFTER_EVENT.search(text):
        return TargetDate(None, TargetKind.RELATIVE, words)
    if ONGOING_FIRST.match(text):
        return TargetDate(None, TargetKind.ONGOING, words)
    if found := _targets_in(_without_brackets(text)) or _targets_in(text):
        return TargetDate(found[-1].day, found[-1].kind, words)
    kind = _kind_without_date(text)
    if kind == TargetKind.NONE and (found := _dates_in(text)):
        return TargetDate(found[-1].day, found[-1].kind, words)
    return TargetDate(None, kind, words)


def describe(target):
    """Return a target in plain English: "31 May 2012", "May 2012", "April to June 2012", or its own words."""
    last = target.date
    if last is None:
        return target.words or ("" if target.kind == TargetKind.NONE else TargetKind(target.kind).label)
    if target.kind == TargetKind.MONTH:
        return f"{last:%B %Y}"
    if target.kind == TargetKind.QUARTER:
        return f"{date(last.year, last.month - 2, 1):%B} to {last:%B %Y}"
    if target.kind == TargetKind.YEAR:
        return f"{last.year}" if (last.month, last.day) == (12, 31) else f"year to {last:%B %Y}"
    return f"week to {day(last)}" if target.kind == TargetKind.WEEK else day(last)


def describe_delay(days):
    """Return a number of days as a person would say it: "12 days", "5 months", "3 years"."""
    for length, word in ((730, "year"), (60, "month"), (1, "day")):
        if days >= length:
            number = round(days / {"year": 365.25, "month": 30.44, "day": 1}[word])
            return f"{number} {word}{'' if number == 1 else 's'}"
    return ""


def count_targets(words):
    """Return how many dates a text names as targets; the two ends of a range are one target."""
    text = _without_brackets(_plain(words or ""))
    found = _targets_in(text)
    ranges = sum(bool(RANGE.match(text[before.end : after.start])) for before, after in pairwise(found))
    return len(found) - ranges


def find_dates(words):
    """Return every date named in running text, in its order."""
    words = words or ""
    return [TargetDate(each.day, each.kind, words[each.start : each.end]) for each in _dates_in(_plain(words))]


#: How Excel counts the days; a date whose cell has lost its format shows as such a number (2003 to 2064).
EXCEL_BEGINS, EXCEL_NUMBER = date(1899, 12, 30), re.compile(r"(?:3[89]|4\d|5\d)\d{3}")
MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
SEASONS = {"spring": 5, "summer": 8, "autumn": 11, "winter": 14}

MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?"
DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
YEAR = r"(?P<year>(?:19|20)\d\d|\d\d)(?!\d|:\d|st\b|nd\b|rd\b|th\b)"
LONG_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
FINANCIAL_YEAR = rf"{LONG_YEAR}(?:\s?[/-]\s?(?P<next_year>(?:20)?\d\d)(?!\d))?"

SHORT_FINANCIAL_YEAR = r"(?P<year>\d\d)\s?[/-]\s?(?P<next_year>\d\d)(?!\d)"

#: The ways to write a date; what an earlier one has read is not read again by a later one.
WAYS_TO_WRITE_A_DATE = [
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d){LONG_YEAR}-(?P<number>\d\d)-(?P<day>\d\d)(?!\d)",
        rf"(?<!\d)(?P<day>\d\d?)\s?(?P<mark>[./-])\s?(?P<number>\d\d?)\s?(?P=mark)\s?{YEAR}",
        rf"(?<![\d'])(?P<day>\d\d?)(?:st|nd|rd|th)?(?: of)?[ ./-]*{MONTH}[ ,./'-]*{YEAR}",
        rf"\b{MONTH} {DAY},? {LONG_YEAR}",
        rf"\b{MONTH}[ ,./'-]*{YEAR}",
        rf"\b(?:q|qtr|quarter) ?(?P<quarter>[1-4])\b,? ?(?:of )?(?:fy ?)?{SHORT_FINANCIAL_YEAR}",
        rf"\b(?:q|qtr|quarter) ?(?P<quarter>[1-4])\b,? ?(?:of )?{FINANCIAL_YEAR}",
        rf"\b(?P<quarter>[1-4])(?:st|nd|rd|th) quarter,? ?(?:of )?{FINANCIAL_YEAR}",
        rf"\b(?P<season>{'|'.join(SEASONS)})(?: term)?,? (?:of )?'?{YEAR}",
        rf"\b(?:fy|financial year) ?{SHORT_FINANCIAL_YEAR}",
        rf"\b{FINANCIAL_YEAR}",
    )
]

COUNT = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|eighteen|an?)"
PERIOD = rf"\b{COUNT} (?:(?:working|calendar) )?(?:day|week|month|year)s?'?"
PERIOD_AFTER_EVENT = re.compile(rf"{PERIOD} (?:time )?(?:from|of|after|following|post)\b")
ONGOING_FIRST = re.compile(r"(?:is |are )?on-? ?going\b")
WEEK_COMMENCING = re.compile(r"\b(?:w/?[cb]|(?:week|wk) (?:commencing|beginning|starting))\W*(?:\w+day )?$")
WEEK_ENDING = re.compile(r"\b(?:w/?e|week ending)\W*(?:\w+day )?$")
REVIEW = re.compile(r"\breview(?:ed|s)?\b[^;]*$")
RANGE = re.compile(r"\W*(?:to|until|till|through|concluding|ending|-)\W*(?:(?:in|by|end of) )?$")

#: What is said where no date is; the first that fits is meant.
KINDS_WITHOUT_DATE = [
    (
        TargetKind.IMMEDIATE,
        r"\bimmediate(?:ly)?\b|^now\b|\basap\b|\bas soon as (?:possible|practicable)\b|\burgent(?:ly)?\b"
        r"|\bstraight ?away\b|\bforthwith\b",
    ),
    (
        TargetKind.TO_BE_CONFIRMED,
        r"\bt\.?b\.?[cad]\b|\bto be (?:confirmed|agreed|advised|decided|set|determined|arranged)\b"
        r"|\bnot (?:yet )?(?:set|agreed|known)\b|^\?+$",
    ),
    (
        TargetKind.ONGOING,
        r"\bon-? ?going\b|\bcontinu(?:ous|al|ing)(?:ly)?\b|\bpermanent(?:ly)?\b|\brolling\b"
        r"|\bregular(?:ly)?\b|\b(?:dai|week|fortnight|month|quarter|year|annual)ly\b|\bbi-?(?:monthly|annually)\b"
        r"|\b(?:each|every) (?:\w+ )?(?:day|week|month|quarter|term|year)s?\b|\bas (?:and when )?required\b",
    ),
    (
        TargetKind.RELATIVE,
        r"\bnext (?:\w+ ){0,3}meeting\b"
        r"|\b(?:from|after|following|upon|on|once|when|as soon as|until|before|prior to|pending|within)\b"
        rf"|{PERIOD}\b",
    ),
]
#: No target is written further on in a text than this.
LONGEST = 5_000
NOTHING = re.compile(r"(?:n/?a|none|nil|not applicable|\W*)$")


@dataclass(frozen=True)
class _Found:
    """What looks like a date, and where in a text it stands; no day where no calendar has it (31 June)."""

    day: date | None
    kind: TargetKind
    start: int
    end: int


def _plain(words):
    """Return the words in lower case with one kind of dash, apostrophe and space, each as long as it was."""
    text = re.sub(r"[‐‑‒–—−]", "-", re.sub(r"[’‘`´]", "'", words[:LONGEST]))
    return re.sub(r"\s", " ", text).lower()


def _without_brackets(text):
    return re.sub(r"\([^()]*\)", lambda brackets: " " * len(brackets.group()), text)


def _says_nothing(words):
    return bool(NOTHING.match(_plain(words)))


def _kind_without_date(text):
    if _says_nothing(text):
        return TargetKind.NONE
    return next((kind for kind, pattern in KINDS_WITHOUT_DATE if re.search(pattern, text)), TargetKind.NONE)


def _targets_in(text):
    """Return the dates of a text that are targets: not the date on which one will be reviewed."""
    found = _dates_in(text)
    return [
        after
        for before, after in pairwise([None, *found])
        if not REVIEW.search(text[before.end if before else 0 : after.start])
    ]


def _dates_in(text):
    """Return every date named in a plain text, in its order."""
    found = []
    for way in WAYS_TO_WRITE_A_DATE:
        for match in way.finditer(text):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            day, kind = _last_day_and_kind(match.groupdict())
            if kind == TargetKind.DAY and WEEK_COMMENCING.search(text[: match.start()]):
                day, kind = day and day + timedelta(days=6), TargetKind.WEEK
            elif kind == TargetKind.DAY and WEEK_ENDING.search(text[: match.start()]):
                kind = TargetKind.WEEK
            found.append(_Found(day, kind, *match.span()))
    return sorted((each for each in found if each.day), key=lambda each: each.start)


def _last_day_and_kind(parts):
    """Return the last day of the period that the parts of a written date name, and the kind of period."""
    year = _full_year(parts["year"])
    month = MONTHS[parts["month"]] if parts.get("month") else int(parts.get("number") or 0)
    next_year = parts.get("next_year")
    financial = bool(next_year) and int(next_year) % 100 == (year + 1) % 100
    if day := parts.get("day"):
        return _day(year, month, int(day)), TargetKind.DAY
    if month:
        return _end_of_month(year, month), TargetKind.MONTH
    if quarter := parts.get("quarter"):
        return _end_of_month(year, int(quarter) * 3 + (3 if financial else 0)), TargetKind.QUARTER
    if season := parts.get("season"):
        return _end_of_month(year, SEASONS[season]), TargetKind.QUARTER
    return _end_of_month(year, 15 if financial else 12), TargetKind.YEAR


def _full_year(digits):
    year = int(digits)
    return year if year > 99 else year + (2000 if year < 70 else 1900)


def _day(year, month, day):
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _end_of_month(year, month):
    """Return the last day of a month; month 15 is March of the next year."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])
