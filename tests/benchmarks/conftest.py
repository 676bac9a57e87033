"""Benchmarks: python -m pytest tests/benchmarks -m benchmark

Every speed is a ratio of two medians of one run, because seconds say more about a machine than about us.
BENCHMARK_OUT names a file that the table of results is also written to.
"""

import gc
import os
from pathlib import Path

import pytest
from django.test.utils import setup_test_environment, teardown_test_environment

from .loads import Loads
from .results import Results

RESULTS = pytest.StashKey[Results]()


def pytest_ignore_collect(config):
    """Leave the benchmarks out unless they are asked for: they take minutes, and want a machine to themselves."""
    return None if "benchmark" in config.option.markexpr else True


def pytest_configure(config):
    """Keep what is measured until the end of the run."""
    config.stash[RESULTS] = Results()


def pytest_terminal_summary(terminalreporter, config):
    """Print what was measured."""
    results = config.stash[RESULTS]
    if not results.tables:
        return
    terminalreporter.section("benchmarks")
    terminalreporter.write_line(str(results))
    if path := os.environ.get("BENCHMARK_OUT"):
        Path(path).write_text(f"{results}\n")


@pytest.fixture(scope="session")
def results(request):
    """Return where to report what was measured."""
    return request.config.stash[RESULTS]


@pytest.fixture(scope="session")
def loads(tmp_path_factory, django_db_blocker):
    """Return databases with loads of several sizes, made when they are first asked for."""
    with django_db_blocker.unblock(), Loads(tmp_path_factory.mktemp("loads")) as loads:
        yield loads


@pytest.fixture(scope="session", autouse=True)
def _garbage_as_in_service():
    """Have garbage looked for in everything, as in service: for tests, what was there before them is left out."""
    gc.unfreeze()


@pytest.fixture
def _as_in_service(settings):
    """Undo what Django does for tests: it copies the context of every template that is rendered."""
    teardown_test_environment()
    settings.ALLOWED_HOSTS = ["testserver"]
    yield
    setup_test_environment()
