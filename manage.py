#!/usr/bin/env python
"""Run a management command of SCR Tracker."""

import os
import sys


def main():
    """Hand the command line to Django; the demonstration alone may run without any settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "scr_tracker.settings")
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("DEBUG", "True")

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"SCR Tracker cannot start. {error}")


if __name__ == "__main__":
    main()
