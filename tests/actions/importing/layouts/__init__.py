"""Layouts of plans as councils, trusts and police forces draw them up, each with what a reader finds in it.

Each module makes one document of fictional people and places (``NAME``, ``document()``) and says what a person
would take from it (``PLAN``, in the schema of the interchange; what is not said there is not compared).
"""

import importlib
import pkgutil


def all_layouts():
    """Return the layouts by name."""
    names = [each.name for each in pkgutil.iter_modules(__path__) if each.name != "building"]
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


def differences(expected, found, where="plan"):
    """Yield in words each place where a plan does not say what is expected; only what is expected is compared."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            yield from differences(value, found.get(name), f"{where}.{name}")
    elif isinstance(expected, list):
        found = found or []
        if len(found) != len(expected):
            yield f"{where}: {len(found)} rather than {len(expected)}"
        for index, (each, other) in enumerate(zip(expected, found, strict=False)):
            yield from differences(each, other, f"{where}[{index}]")
    elif expected != found:
        yield f"{where}: {found!r} rather than {expected!r}"
