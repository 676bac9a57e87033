"""A newer version of a plan, or an exported one that comes back filled in, is compared and accepted bit by bit."""

from .applying import ChangedHere, apply
from .comparing import compare
from .differences import Change, Difference, Differences, Kind

__all__ = ["Change", "ChangedHere", "Difference", "Differences", "Kind", "apply", "compare"]
