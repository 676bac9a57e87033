"""What tests share: the built front end, signing in, and the real plans that are kept beside the project."""

import gc
import os
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from hypothesis import settings as hypothesis

from scr_tracker.permissions import Role

from .factories import MembershipFactory, UserFactory
from .microsoft import FakeMicrosoft

# How fast an example runs says more about what else the machine does than about us. Where nothing may be skipped, the
# same examples are tried every time: a change is held against what it changed, and chance finds faults elsewhere.
hypothesis.register_profile("ours", deadline=None, derandomize=os.environ.get("CI_REQUIRE_ALL") == "1")
hypothesis.load_profile("ours")

REAL_PLANS = Path(__file__).resolve().parents[2] / "shared" / "plans"


def skip_or_fail(reason):
    """Skip a test that this machine cannot run; where CI_REQUIRE_ALL is set, nothing may be skipped."""
    if os.environ.get("CI_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def pytest_addoption(parser):
    """Let the tests be run again on another database without those that cannot differ there."""
    parser.addoption("--database-only", action="store_true", help="leave out tests that use no database")


def pytest_collection_modifyitems(config, items):
    """Leave out what uses no database, where that is asked for."""
    if config.option.database_only:
        left_out = [item for item in items if not uses_database(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if uses_database(item)]


def uses_database(item):
    """Whether a test may ask the database: Django refuses it to all that do not say so."""
    return item.get_closest_marker("django_db") is not None or "django_db_setup" in item.fixturenames


def pytest_collection_finish():
    """Look for garbage in what tests make, not again and again in all that was there before the first."""
    gc.collect()
    gc.freeze()


def pytest_configure(config):
    """Build the front end once, before the tests share it out among processes."""
    if not hasattr(config, "workerinput"):
        import django

        django.setup()
        call_command("build_frontend", if_stale=True, verbosity=0)


@pytest.fixture(scope="session")
def shared_plans():
    """Return the folder of real plans, their truth and the scorer."""
    if not REAL_PLANS.is_dir():
        skip_or_fail(f"The real plans are not beside the project ({REAL_PLANS}).")
    return REAL_PLANS


@pytest.fixture
def sign_in_as(client):
    """Return a function that signs a person with a role in, for a partnership or an agency."""

    def sign_in(role=Role.BUSINESS_MANAGER, of=None):
        user = UserFactory()
        if role == Role.AGENCY_LEAD:
            MembershipFactory(user=user, role=role, agency=of, partnership=None)
        elif of is not None:
            MembershipFactory(user=user, role=role, partnership=of)
        client.force_login(user)
        return user

    return sign_in


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Before the test database is dropped, end the sessions that processes and threads of tests have left."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def _attempts_are_forgotten():
    """Let no test count the attempts of another."""
    cache.clear()


@pytest.fixture
def second_factor_required(settings):
    """Have everybody need a second factor, as in service."""
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def microsoft(settings):
    """Let people sign in at an identity provider that answers as Microsoft does."""
    provider = FakeMicrosoft()
    settings.SOCIALACCOUNT_PROVIDERS = provider.provider
    yield provider
    provider.stop()


@pytest.fixture
def clock(time_machine):
    """Return a clock that can be put forward."""
    time_machine.move_to(timezone.now())
    return time_machine


@pytest.fixture
def fill_in(client):
    """Return a function that opens the page of a form, types into the form and sends it, as a browser would."""

    def fill(address, **typed):
        form = client.get(address).context["form"]
        return client.post(address, {**hidden(form), **typed})

    return fill


def hidden(form):
    """Return the hidden fields of a form as a browser sends them."""
    return {field.html_name: field.value() for field in form.hidden_fields()}
