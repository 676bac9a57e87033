"""Reads the files in fixtures/, in which every date counts from the day of loading.

What happened says ``days_ago``, and what is to come ``due_in_days``. Texts hold placeholders: {day:-40}
becomes "12 October 2026", {month:+2} "January 2027", {quarter:-1} "Q3 2026", {year:0} "2026";
{month:+2:iso} is the last day of that month as a computer writes it.
"""

import calendar
import json
import re
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from scr_tracker import words

FOLDER = settings.BASE_DIR / "fixtures"
PLACEHOLDER = re.compile(r"\{(day|month|quarter|year):([+-]?\d+)(:iso)?\}")


def partnerships(today):
    """Return what the files say of partnerships, agencies, people and meetings."""
    return _read(FOLDER / "partnerships.json", today)


def plans(today):
    """Return what the files say of each review: its plan, its evidence, and what became of its actions."""
    return [_read(path, today) for path in sorted((FOLDER / "reviews").glob("*.json"))]


def _read(path, today):
    def written_out(found):
        unit, offset, as_iso = found.groups()
        last_day = period_end(unit, int(offset), today)
        return last_day.isoformat() if as_iso else _words(unit, last_day)

    return json.loads(PLACEHOLDER.sub(written_out, path.read_text(encoding="utf-8")))


def period_end(unit, offset, today):
    """Return the last day of the day, month, quarter or year that lies so many of them from now."""
    if unit == "day":
        return working_day(today + timedelta(days=offset))
    if unit == "year":
        return date(today.year + offset, 12, 31)
    months = today.year * 12 + today.month - 1
    months = months + offset if unit == "month" else (months // 3 + offset) * 3 + 2
    year, month = divmod(months, 12)
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def _words(unit, day):
    if unit == "day":
        return words.day(day)
    if unit == "month":
        return f"{day:%B %Y}"
    return f"Q{(day.month + 2) // 3} {day.year}" if unit == "quarter" else str(day.year)


def working_day(day):
    """Return the day itself, or the Friday before where it falls at a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


class Clock:
    """Turns "so many days ago" into dates and times of the day on which it was set."""

    def __init__(self, today):
        self.today = today

    def day(self, days_ago):
        """Return the working day so many days ago (or to come, where less than nought), or None."""
        return None if days_ago is None else working_day(self.today - timedelta(days=days_ago))

    def moment(self, days_ago, minutes=0):
        """Return a time on that day, so many minutes after nine in the morning."""
        nine = timezone.make_aware(datetime.combine(self.day(days_ago), time(9)))
        return nine + timedelta(minutes=minutes)
