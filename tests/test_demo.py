"""The demonstration: refuses where it could do harm, loads once, and gives every page something to show."""

import json
import re
import socket
from collections import Counter
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from actions import plan
from actions.choices import OwnRating, Rating, Status, TargetKind, ValidatedRating
from actions.demonstration import load
from actions.models import (
    Action,
    Comment,
    Digest,
    Evidence,
    Extension,
    Meeting,
    Reminder,
    Report,
    SavedView,
    Update,
)
from reviews.models import Acceptance, Kind, Publication, Recommendation, RecommendationLink, Response, Review
from scr_tracker.management.commands import demo
from scr_tracker.models import Agency, Membership, Partnership, User
from scr_tracker.pdf import PdfError

FIXTURES = settings.BASE_DIR / "fixtures"


@pytest.fixture
def debug(settings):
    """Let the demonstration run."""
    settings.DEBUG = True


@pytest.fixture(scope="class")
def demonstration(django_db_setup, django_db_blocker):
    """Load the demonstration once for a class of tests that only look at it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load()
        transaction.set_rollback(True)


def password():
    return json.loads((FIXTURES / "partnerships.json").read_text())["password"]


def counts():
    """Return how many there are of everything that the demonstration makes."""
    models = (Partnership, Agency, User, Membership, Meeting, Review, Recommendation, Response, Action)
    models += (Update, Extension, Evidence, Comment, Action.history.model, Evidence.history.model)
    return {model.__name__: model._base_manager.count() for model in models}


@pytest.mark.django_db
class TestRefusing:
    @pytest.mark.parametrize("command", ["load_demo", "demo"])
    def test_it_refuses_where_debug_is_off(self, command):
        with pytest.raises(CommandError, match="not for a service in use"):
            call_command(command)
        assert not Partnership.objects.exists()

    def test_a_port_in_use_is_said_before_anything_is_done(self, debug):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(CommandError, match=rf"Port {port} cannot be used .* --port {port + 1}"):
                call_command("demo", port=port)
        assert not Partnership.objects.exists()

    def test_a_port_that_there_is_not_is_refused(self, debug):
        with pytest.raises(CommandError, match="There is no port 70000"):
            call_command("demo", port=70000)


@pytest.mark.django_db
class TestLoading:
    def test_twice_does_no_harm(self, debug):
        first, second = StringIO(), StringIO()
        call_command("load_demo", stdout=first)
        loaded = counts()
        call_command("load_demo", stdout=second)
        assert "9 reviews with 250 actions" in first.getvalue()
        assert "loaded already. Nothing was changed." in second.getvalue()
        assert counts() == loaded


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
class TestWhatItShows:
    def test_it_has_the_numbers_promised(self):
        assert Review.objects.count() == 9
        assert Recommendation.objects.count() == 135
        assert Action.objects.count() == 250
        assert Update.objects.count() > 450

    def test_every_status_and_rating_is_there(self):
        assert set(Action.objects.values_list("status", flat=True)) == set(Status)
        assert set(Action.objects.with_rating().values_list("rated", flat=True)) == set(Rating)
        assert set(Action.objects.values_list("own_rating", flat=True)) == {"", *OwnRating}
        assert set(Action.objects.values_list("validated_rating", flat=True)) >= {"", ValidatedRating.RED}
        assert set(Review.objects.values_list("kind", flat=True)) >= {
            *(Kind.SCR, Kind.LCSPR, Kind.SAR, Kind.DHR, Kind.RAPID)
        }
        assert set(Review.objects.values_list("publication", flat=True)) >= {
            *(Publication.PUBLISHED, Publication.TO_BE_PUBLISHED, Publication.WITHHELD)
        }
        assert set(Action.objects.values_list("target_kind", flat=True)) >= {
            *(TargetKind.DAY, TargetKind.MONTH, TargetKind.QUARTER, TargetKind.RELATIVE),
            *(TargetKind.IMMEDIATE, TargetKind.ONGOING, TargetKind.TO_BE_CONFIRMED),
        }

    def test_actions_stand_where_their_files_say(self):
        told = Counter(
            action["status"]
            for path in (FIXTURES / "reviews").glob("*.json")
            for section in json.loads(path.read_text())["plan"]["sections"]
            for recommendation in section["recommendations"]
            for action in recommendation["actions"]
        )
        assert Counter(Action.objects.values_list("status", flat=True)) == told

    def test_there_is_something_to_chase_to_judge_and_to_challenge(self):
        today = timezone.localdate()
        late = [(today - action.target_date).days for action in Action.objects.overdue()]
        assert min(late) < 60
        assert max(late) > 300
        assert Action.objects.due_within(30).exists()
        assert Action.objects.filter(times_moved__gte=3).exists()
        assert Action.objects.without_evidence().exists()
        assert Action.objects.filter(lead_agency=None).exists()
        assert set(Extension.objects.values_list("decision", flat=True)) == set(Extension.Decision)
        assert set(Evidence.objects.values_list("standing", flat=True)) == set(Evidence.Standing)
        assert Comment.objects.filter(kind="challenge", replies__isnull=False).exists()
        assert Recommendation.objects.filter(acceptance=Acceptance.NOT_ACCEPTED).exists()
        assert Recommendation.objects.filter(actions__isnull=True, acceptance=Acceptance.ACCEPTED).exists()
        assert RecommendationLink.objects.filter(relation="repeats").exists()
        assert any(response.recommendations.count() > 3 for response in Response.objects.all())

    def test_people_have_lists_of_their_own_and_were_told_what_waits(self, client):
        now = timezone.now()
        assert SavedView.objects.exclude(partnership=None, agency=None).count() == 2
        assert set(Reminder.objects.values_list("kind", flat=True)) >= {"lead", "by_hand"}
        assert not Reminder.objects.filter(at__gt=now).exists()
        assert Digest.objects.sent().count() >= 3
        for view in SavedView.objects.all():
            client.force_login(view.owner)
            assert client.get(view.get_absolute_url()).context["table"].page.paginator.count > 0, view

    def test_a_police_force_and_a_health_trust_serve_both_partnerships(self):
        for name in ("Constabulary", "Brackenfold"):
            actions = Action.objects.filter(lead_agency__short_name=name)
            assert actions.values("review__partnership").distinct().count() == 2

    def test_a_restricted_review_shows_only_to_the_people_named(self):
        restricted = Review.objects.get(restricted=True)
        chair, lay_member = (User.objects.get(email__startswith=name) for name in ("ngozi", "grazyna"))
        assert restricted in Review.objects.visible_to(chair)
        assert restricted not in Review.objects.visible_to(lay_member)

    def test_no_placeholder_is_left_and_nothing_lies_in_the_future_that_has_happened(self):
        for model in (Action, Recommendation, Update, Review, Response, Evidence, Comment, Meeting):
            for values in model._base_manager.values():
                assert not re.search(r"\{(day|month|quarter|year):", str(values))
        now = timezone.now()
        assert not Update.objects.filter(at__gt=now).exists()
        assert not Action.history.filter(history_date__gt=now).exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
class TestItsHistory:
    def test_every_action_has_lived(self):
        largest = Review.objects.get(reference="WSCP-07")
        dates = Action.history.filter(review=largest).values_list("history_date", flat=True)
        assert (max(dates) - min(dates)).days > 350
        reasons = set(Action.history.values_list("history_change_reason", flat=True))
        assert reasons >= {"Plan entered", "Progress update", "Later date agreed", "Impact checked"}

    def test_the_last_line_of_an_action_is_the_action(self):
        records = Action.history.order_by("history_date", "history_id")
        last = {record.id: record for record in records}
        for action in Action.objects.all():
            for field in Action._meta.concrete_fields:
                assert getattr(last[action.pk], field.attname) == getattr(action, field.attname), field.name

    def test_the_plan_of_half_a_year_ago_can_be_read_back(self):
        review = Review.objects.get(reference="WSCP-07")
        then = plan.read(review, as_at=timezone.now() - timezone.timedelta(days=180))
        now = plan.read(review)
        assert len(then.actions) == len(now.actions)
        assert then.counts[Rating.BLUE] < now.counts[Rating.BLUE]
        assert [len(each.supporting_agencies) for each in then.actions] == [
            len(each.supporting_agencies) for each in now.actions
        ]

    def test_what_is_repeated_on_an_action_agrees_with_its_updates_and_extensions(self):
        for action in Action.objects.prefetch_related("updates", "extensions"):
            last = max((update.at for update in action.updates.all()), default=None)
            assert action.last_update_on == (timezone.localdate(last) if last else None)
            decisions = Counter(extension.decision for extension in action.extensions.all())
            assert action.times_moved == decisions["agreed"]
            assert action.extension_pending == bool(decisions["waiting"])
            assert (action.target_date == action.original_target_date) == (not action.times_moved)


@pytest.mark.django_db
class TestTheCommand:
    @pytest.fixture(autouse=True)
    def folder(self, debug, settings, tmp_path, monkeypatch):
        """Keep what it writes out of the checkout."""
        settings.MEDIA_ROOT = tmp_path / "media"
        monkeypatch.setattr(demo.Command, "folder", tmp_path)
        return tmp_path

    def test_it_says_who_can_sign_in_and_they_can(self, client):
        out = StringIO()
        call_command("demo", no_server=True, stdout=out, stderr=StringIO())
        lines = [line for line in out.getvalue().splitlines() if password() in line]
        assert len(lines) == 8
        for line in lines:
            email = re.search(r"\S+@\S+", line).group()
            assert client.login(username=email, password=password()), email
        assert not client.login(username="adaeze.colquhoun@wyvernvale-icb.example", password=password())

    @pytest.mark.django_db(transaction=True)
    def test_its_report_is_issued_once_and_written_each_time(self, folder):
        for _ in range(2):
            call_command("demo", no_server=True, stdout=StringIO(), stderr=StringIO())
            assert (folder / "WSCP-07-board-report.pdf").read_bytes().startswith(b"%PDF")
            (folder / "WSCP-07-board-report.pdf").unlink()
        report = Report.objects.get()
        assert (report.meeting.name, report.issued_by.name) == ("Partnership Executive", "Marian Threlkeld")

    def test_without_pdf_the_rest_still_runs(self, monkeypatch):
        def call_without_pango(name, *args, **options):
            if name == "report":
                raise PdfError("Run apt-get install -y libpango-1.0-0")
            return call_command(name, *args, **options)

        monkeypatch.setattr(demo, "call_command", call_without_pango)
        out, error = StringIO(), StringIO()
        call_command("demo", no_server=True, stdout=out, stderr=error)
        assert "There is no board report this time. Run apt-get install -y libpango-1.0-0" in error.getvalue()
        assert "Who can sign in" in out.getvalue()

    def test_it_starts_the_server_last(self, monkeypatch):
        called = []
        monkeypatch.setattr(demo, "call_command", lambda name, *args, **options: called.append((name, args)))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        call_command("demo", port=port, stdout=StringIO())
        assert [name for name, _ in called] == [
            "build_frontend",
            "migrate",
            "load_demo",
            "report",
            "runserver",
        ]
        assert called[-1][1] == (f"127.0.0.1:{port}",)


@pytest.mark.parametrize("day", ["2027-01-01", "2028-02-29", "2029-08-05"])
@pytest.mark.django_db
def test_it_loads_on_any_day(day, time_machine):
    time_machine.move_to(f"{day} 12:00", tick=False)
    assert len(load()) == 9
    assert set(Action.objects.with_rating().values_list("rated", flat=True)) == set(Rating)


def test_the_password_stands_in_one_place_only():
    files = [path for path in settings.BASE_DIR.glob("*/**/*") if path.suffix in {".py", ".json", ".md", ".html"}]
    ours = [path for path in files if not {".venv", "node_modules"} & set(path.parts)]
    holding = [path for path in ours if password() in path.read_text(encoding="utf-8")]
    assert holding == [FIXTURES / "partnerships.json"]
