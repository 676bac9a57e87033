"""What was measured: medians, and the tables that they are shown in."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from django.db import connection


def work_clock():
    """Return a clock of the seconds that this process and its session of the database have worked.

    What else the machine does meanwhile does not count. Where the database is on another machine, or does not say, it
    is the clock on the wall.
    """
    if connection.vendor != "postgresql":
        return process_time
    if not Path(_schedule()).exists():
        return perf_counter
    return lambda: process_time() + int(Path(_schedule()).read_text().split()[0]) / 1e9


def _schedule():
    """Return where Linux says how long the session of the database has been on a processor."""
    connection.ensure_connection()
    return f"/proc/{connection.connection.info.backend_pid}/schedstat"


class Stopwatch:
    """Times things again and again, by the clock on the wall unless another is given."""

    def __init__(self, clock=perf_counter):
        self.clock = clock
        self.times = defaultdict(list)

    def time(self, key, do, *, times=1):
        """Do something, and keep how long it took."""
        for _ in range(times):
            start = self.clock()
            do()
            self.times[key].append(self.clock() - start)

    def ratio(self, key, to):
        """Return how many times longer one thing takes than another, from the rounds that both were timed in."""
        return median(one / other for one, other in zip(self.times[key], self.times[to], strict=True))

    def best(self, key):
        """Return the shortest time of something, which what else the machine does has lengthened least."""
        return min(self.times[key])

    def milliseconds(self, key):
        """Return how long something takes, for a reader; never for an assertion."""
        return 1000 * median(self.times[key])


@dataclass
class Results:
    """Tables of results: a title, and rows of which the first is the head."""

    tables: list = field(default_factory=list)

    def add(self, title, head, rows):
        """Add a table; numbers that are no texts yet are shown with two places."""
        self.tables.append((title, [head, *rows]))

    def __str__(self):
        return "\n\n".join(_laid_out(title, rows) for title, rows in self.tables)


def _laid_out(title, rows):
    texts = [[f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = [
        "  ".join(
            text.rjust(width) if place else text.ljust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in texts
    ]
    return "\n".join([title, "", lines[0], "-" * len(lines[0]), *lines[1:]])
