"""The numbers that people give to what they add to a plan: the next one, to be changed at will."""

import re

from .models import Recommendation

LAST_PART = re.compile(r"(?P<before>.*?)(?P<last>\d+|[A-Za-z])(?P<sign>\W*)")


def after(number):
    """Return what follows in a list: "3.2" after "3.1", "b" after "a", "8c" after "8b"; empty where nobody can say."""
    found = LAST_PART.fullmatch(number)
    if not found:
        return ""
    before, last, sign = found.groups()
    if last.isdecimal():
        return f"{before}{int(last) + 1}{sign}"
    if last in "zZ" or before[-1:].isalpha():
        return ""
    return f"{before}{chr(ord(last) + 1)}{sign}"


def next_number(review, section=None):
    """Return the number that a further recommendation would have: in its section, or in the whole plan."""
    plan = Recommendation.objects.filter(section__review=review).in_plan_order()
    rows = [row for row in plan.values_list("section", "section__number", "number") if row[2]]
    within = [number for key, _, number in rows if section and key == section.pk]
    if within:
        return after(within[-1])
    if section and section.number and any(mine and number.startswith(f"{mine}.") for _, mine, number in rows):
        return f"{section.number}.1"
    numbers = [number for _, _, number in rows]
    if section and len(set(numbers)) < len(numbers):
        return "1"
    return after(numbers[-1]) if numbers else "1"
