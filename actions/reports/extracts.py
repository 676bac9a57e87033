"""Parts of the monitoring report that are reports of their own, with the very figures that it has."""

from dataclasses import dataclass, replace

from .exceptions import ExceptionList
from .figures import Summary
from .frozen import Frozen
from .heading import Heading
from .monitoring import Meaning, MonitoringReport


@dataclass(frozen=True)
class ExceptionsReport(Frozen):
    """What the board must look at, and nothing else: the figures, and every exception."""

    heading: Heading
    summary: Summary
    exceptions: tuple[ExceptionList, ...]
    ratings: tuple[Meaning, ...]
    named_by_place: bool

    @classmethod
    def of(cls, order):
        """Return the report that is ordered; no entry leads to a plan, which is not in it."""
        whole = MonitoringReport.of(order)
        reviews = tuple(replace(review, dates=()) for review in whole.heading.reviews)  # which stand with the plans
        return cls(
            heading=replace(whole.heading, name="Exceptions", reviews=reviews),
            summary=whole.summary,
            exceptions=tuple(
                replace(each, entries=tuple(replace(entry, anchor="") for entry in each.entries))
                for each in whole.exceptions
            ),
            ratings=whole.ratings,
            named_by_place=whole.named_by_place,
        )

    @property
    def title(self):
        """What the report is called."""
        return self.heading.title


@dataclass(frozen=True)
class AgencyPack(MonitoringReport):
    """The monitoring report of what one agency leads or supports, which its leads may have."""

    @classmethod
    def named(cls):
        """Return what a report of this kind is called."""
        return "Agency’s pack"
