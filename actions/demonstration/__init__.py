"""The demonstration: invented partnerships and their plans, as if people had worked on them until today."""

from .load import load

__all__ = ["load"]
