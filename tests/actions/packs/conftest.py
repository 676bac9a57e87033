"""What tests of packs share with those of reports."""

from tests.actions.reports.conftest import readable

__all__ = ["readable"]
