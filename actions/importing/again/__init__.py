"""A newer version of a plan, or an exported one that comes back filled in, is compared and accepted bit by bit."""

from .applying import Applied, ChangedHere, apply
from .comparing import compare
from .differences import Change, Difference, Differences, Kind

__all__ = ["Applied", "Change", "ChangedHere", "Difference", "Differences", "Kind", "apply", "compare"]
