"""import_plan and export_plan, as a business manager's office runs them."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from actions.models import Action, PlanImport
from reviews.models import Review
from scr_tracker.models import Agency, Partnership
from tests.factories import MembershipFactory, PartnershipFactory, UserFactory

from .documents import HEADINGS, separated, word

pytestmark = pytest.mark.django_db

ROW = ["1. Listen", "Train crews\nAsk schools\nTell all", "May 2012\nJune 2012", "Watch manager", "", "Complete", ""]


@pytest.fixture
def plan(tmp_path):
    """Return the path of a plan."""
    path = tmp_path / "plan.docx"
    path.write_bytes(word("**Action plan**", "# 1. Fire Service Actions", [HEADINGS, ROW]))
    return path


def run(command, *arguments, **options):
    """Run a command and return what it prints."""
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def import_plan(path, *arguments, partnership="Northshire", review="0319"):
    return run("import_plan", path, "--partnership", partnership, "--review", review, *arguments)


def newer(path):
    """Write a newer version of the plan in the place of the older one."""
    row = [cell.replace("Watch manager", "Station manager") for cell in ROW]
    path.write_bytes(word("**Action plan**", "# 1. Fire Service Actions", [HEADINGS, row]))


def manager():
    """Return a business manager of the one partnership."""
    return MembershipFactory(partnership=Partnership.objects.get()).user


def everything():
    return [model.objects.count() for model in (Partnership, Review, Agency, Action, PlanImport)]


class TestImporting:
    def test_it_says_what_it_found_and_every_place_it_could_not_understand(self, plan):
        said = import_plan(plan)
        assert "Found 1 section, 1 recommendation and 3 actions, 0 with a target date." in said
        assert "1. Fire Service Actions: 1 recommendation, 3 actions; agency Fire Service" in said
        assert "By when: target date" in said
        assert "Not understood, for you to look at: 1 place." in said
        assert "table 1, row 2: 2 dates beside 3 actions" in said

    def test_on_an_empty_database_the_partnership_is_created_and_that_is_said(self, plan):
        said = import_plan(plan)
        assert "Created the partnership Northshire" in said
        assert "Created 1 agency: Fire Service." in said
        assert Review.objects.get().partnership.name == "Northshire"

    @pytest.mark.parametrize("name", ["northshire safeguarding partnership", "NSP"])
    def test_a_partnership_is_known_by_either_name_whatever_the_capitals(self, plan, name):
        known = PartnershipFactory(name="Northshire Safeguarding Partnership", short_name="nsp")
        import_plan(plan, partnership=name)
        assert Review.objects.get().partnership == known

    def test_an_unknown_partnership_is_refused_with_those_there_are(self, plan):
        PartnershipFactory(name="Eastmere")
        PartnershipFactory(name="Westmere")
        with pytest.raises(CommandError, match="no partnership called Northshire: give one of Eastmere; Westmere"):
            import_plan(plan)
        assert everything() == [2, 0, 0, 0, 0]

    def test_a_short_name_of_two_partnerships_is_not_enough(self, plan):
        PartnershipFactory(name="Eastmere", short_name="SCP")
        PartnershipFactory(name="Westmere", short_name="SCP")
        with pytest.raises(CommandError, match="Several partnerships are called SCP"):
            import_plan(plan, partnership="SCP")

    def test_the_kind_of_a_new_review_may_be_said(self, plan):
        import_plan(plan, "--kind", "lcspr")
        assert Review.objects.get().kind == "lcspr"

    def test_a_dry_run_saves_nothing(self, plan):
        assert "Nothing was saved" in import_plan(plan, "--dry-run")
        assert everything() == [0, 0, 0, 0, 0]

    def test_a_second_plan_for_a_review_says_what_differs_and_changes_nothing(self, plan):
        import_plan(plan)
        before = everything()
        assert "Nothing differs from the plan as it stands." in import_plan(plan)
        newer(plan)
        said = import_plan(plan)
        assert "What differs: 0 new, 3 changed, 0 gone, 0 perhaps the same, 0 with a conflict." in said
        assert "Recommendation 1, action 2: changed" in said
        assert "Lead: “Watch manager”, in the file “Station manager”" in said
        assert "Give --accept and --by" in said
        assert "dry run" in import_plan(plan, "--accept", "--by", manager().email, "--dry-run")
        assert everything() == before

    def test_all_that_is_without_conflict_can_be_accepted(self, plan):
        import_plan(plan)
        newer(plan)
        person = manager()
        said = import_plan(plan, "--accept", "--by", person.email)
        assert "3 fields of 3 rows were changed." in said
        action = Action.objects.first()
        assert action.as_printed["lead"] == "Station manager"
        line = action.history.latest()
        assert (line.history_user, line.history_change_reason) == (
            person,
            f"From plan.docx, accepted by {person}: all that was without conflict",
        )
        assert PlanImport.objects.count() == 2
        assert "Nothing differs" in import_plan(plan)

    def test_accepting_needs_a_person_who_may(self, plan):
        import_plan(plan)
        newer(plan)
        with pytest.raises(CommandError, match="give --by"):
            import_plan(plan, "--accept")
        with pytest.raises(CommandError, match="nobody with the e-mail ghost@example.org"):
            import_plan(plan, "--accept", "--by", "ghost@example.org")
        with pytest.raises(CommandError, match="may not change the plan"):
            import_plan(plan, "--accept", "--by", UserFactory().email)

    def test_a_csv_file_is_as_good(self, tmp_path):
        path = tmp_path / "plan.csv"
        path.write_bytes(separated([HEADINGS, ROW], ";", "cp1252"))
        import_plan(path)
        assert Action.objects.count() == 3


class TestRefusing:
    @pytest.mark.parametrize(
        ("name", "content", "sentence"),
        [
            ("plan.pdf", b"%PDF-1.7", "is damaged"),
            ("plan.docx", b"", "is empty"),
            ("plan.docx", b"no document", "named as a Word document"),
            ("plan.csv", b"a,b\n1,2\n", "holds no plan"),
        ],
    )
    def test_one_sentence_and_nothing_changes(self, tmp_path, name, content, sentence):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(CommandError, match=sentence):
            import_plan(path)
        assert everything() == [0, 0, 0, 0, 0]

    def test_a_place_that_cannot_be_written_is_said_before_anything_is_saved(self, plan, tmp_path):
        with pytest.raises(CommandError, match="Cannot write"):
            import_plan(plan, "--json", tmp_path / "nowhere" / "out.json")
        assert everything() == [0, 0, 0, 0, 0]

    def test_the_exit_code_is_1_and_the_sentence_is_all_that_is_printed(self, tmp_path):
        command = [sys.executable, "manage.py", "import_plan", "nothing.docx", "--partnership", "x", "--review", "1"]
        root = Path(__file__).resolve().parents[3]
        environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATA_DIR": str(tmp_path), "PATH": ""}
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "There is no file nothing.docx: check its name and folder." in done.stderr
        assert "Traceback" not in done.stderr


class TestExporting:
    def test_what_was_recognised_and_what_is_exported_are_the_same(self, plan, tmp_path):
        recognised, exported = tmp_path / "recognised.json", tmp_path / "exported.json"
        import_plan(plan, "--json", recognised)
        run("export_plan", "0319", "--format", "json", "--output", exported)
        assert recognised.read_text(encoding="utf-8") == exported.read_text(encoding="utf-8")
        assert json.loads(exported.read_text(encoding="utf-8"))["plan"] == "0319"

    def test_without_a_file_it_goes_to_the_screen(self, plan):
        import_plan(plan)
        assert json.loads(run("export_plan", "0319"))["sections"][0]["number"] == "1"

    def test_an_unknown_review_is_refused(self):
        with pytest.raises(CommandError, match="There is no review 0319"):
            run("export_plan", "0319")

    def test_a_reference_of_two_partnerships_needs_the_partnership(self, plan):
        for name in ("Eastmere", "Westmere"):
            PartnershipFactory(name=name)
            import_plan(plan, partnership=name)
        with pytest.raises(CommandError, match="give --partnership, one of Eastmere; Westmere"):
            run("export_plan", "0319")
        assert json.loads(run("export_plan", "0319", "--partnership", "westmere"))["plan"] == "0319"
