"""export_plan in each format, import_plan of several files and folders, and the way from one to the other."""

import json
import re
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from actions.importing.export import plan_of
from actions.importing.read import read
from actions.importing.recognise import recognise
from actions.importing.save import ImportedFile, save_plan
from actions.models import Action
from reviews.models import Review
from scr_tracker.models import AuditEvent, Partnership
from tests.actions.importing.documents import HEADINGS, separated, word
from tests.actions.importing.test_commands import run
from tests.factories import PartnershipFactory

from .test_round_trips import DOCUMENTS, FILES, NOT_YET_READ, there_and_back

pytestmark = pytest.mark.django_db

ROW = ["1. Listen", "Train crews\n\nAsk schools", "May 2012\n\nJune 2012", "Watch manager", "", "Complete", ""]


@pytest.fixture
def folder(tmp_path):
    """A folder with two plans, one broken file, and what is not a plan."""
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "0319.docx").write_bytes(word("**Action plan**", "# 1. Fire Service Actions", [HEADINGS, ROW]))
    (folder / "0320.csv").write_bytes(separated([HEADINGS, ROW, ROW], ";", "cp1252"))
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 no more")
    (folder / "notes.md").write_text("Not a plan.")
    (folder / "~$0319.docx").write_bytes(b"lock")
    return folder


def import_plans(*paths, **options):
    return run("import_plan", *paths, "--partnership", "Northshire", **options)


class TestExporting:
    @pytest.mark.parametrize("kind", FILES)
    def test_what_goes_out_can_be_imported_as_the_same_plan(self, folder, tmp_path, kind):
        import_plans(folder / "0319.docx")
        out = tmp_path / f"out.{kind}"
        run("export_plan", "0319", "--output", out)
        run("import_plan", out, "--partnership", "Northshire", "--review", "0321")
        first, second = (plan_of(Review.objects.get(reference=reference)) for reference in ("0319", "0321"))
        assert replace(second, plan="0319") == first
        assert len(first.actions) == 2

    def test_without_a_reference_it_is_that_of_the_review_it_went_out_from(self, folder, tmp_path):
        import_plans(folder / "0319.docx")
        run("export_plan", "0319", "--format", "xlsx", "--output", tmp_path / "out.xlsx")
        assert "Nothing differs from the plan as it stands." in import_plans(tmp_path / "out.xlsx")

    def test_a_file_that_is_not_text_needs_a_place(self, folder):
        import_plans(folder / "0319.docx")
        with pytest.raises(CommandError, match="A Word file cannot be shown on the screen: give --output"):
            run("export_plan", "0319", "--format", "docx")

    def test_a_place_that_cannot_be_written_is_said(self, folder, tmp_path):
        import_plans(folder / "0319.docx")
        with pytest.raises(CommandError, match="Cannot write"):
            run("export_plan", "0319", "--output", tmp_path / "nowhere" / "out.docx")

    def test_is_entered_in_the_audit_log(self, folder, tmp_path):
        import_plans(folder / "0319.docx")
        run("export_plan", "0319", "--output", tmp_path / "out.docx")
        assert AuditEvent.objects.get(kind="exported").detail["format"] == "docx"

    def test_what_is_json_but_no_plan_is_refused_in_a_sentence(self, tmp_path):
        for name, text in (("a.json", '{"sections": 5}'), ("b.json", "{"), ("c.json", '{"sections": [{"title": 5}]}')):
            path = tmp_path / name
            path.write_text(text)
            with pytest.raises(CommandError, match="is JSON, but not a plan as this site writes it"):
                import_plans(path)


class TestImportingSeveral:
    def test_a_folder_is_imported_file_by_file_and_summed_up(self, folder, capsys):
        with pytest.raises(CommandError, match="1 of 3 files could not be imported"):
            call_command("import_plan", str(folder), "--partnership", "Northshire")
        said = capsys.readouterr().out
        assert re.search(
            r"File +Review +Sections +Recommendations +Actions +Dated +To look at +Words lost +Result", said
        )
        assert re.search(r"0319\.docx +0319 +1 +1 +2 +2 +0 +0 +saved", said)
        assert re.search(r"0320\.csv +0320 .* saved", said)
        assert re.search(r"broken\.xlsx +not imported", said)
        assert "broken.xlsx is damaged and cannot be opened" in said
        assert "Left out, because their endings are not those of plans: notes.md." in said
        assert "~$" not in said
        assert sorted(Review.objects.values_list("reference", flat=True)) == ["0319", "0320"]
        assert Partnership.objects.count() == 1

    def test_a_dry_run_of_several_saves_nothing(self, folder):
        said = import_plans(folder / "0319.docx", folder / "0320.csv", "--dry-run")
        assert said.count("would be saved") == 2
        assert "Nothing was saved: this was a dry run." in said
        assert not Action.objects.exists()
        assert not Partnership.objects.exists()

    def test_what_was_recognised_in_each_is_written_into_a_folder(self, folder, tmp_path):
        import_plans(folder / "0319.docx", folder / "0320.csv", "--json", tmp_path)
        values = json.loads((tmp_path / "0319.docx.json").read_text(encoding="utf-8"))
        assert values["plan"] == "0319"
        assert (tmp_path / "0320.csv.json").exists()

    def test_one_reference_for_several_files_is_refused(self, folder):
        with pytest.raises(CommandError, match="Give --review with one file only"):
            import_plans(folder, "--review", "0319")

    def test_an_empty_folder_is_no_success(self, tmp_path):
        with pytest.raises(CommandError, match="No plan is in there"):
            import_plans(tmp_path)

    def test_a_name_too_long_for_a_reference_is_refused(self, folder):
        path = (folder / "0319.docx").rename(folder / f"{'a' * 41}.docx")
        with pytest.raises(CommandError, match="too long for a review's reference"):
            import_plans(path)


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name not in NOT_YET_READ])
def test_a_real_plan_that_was_saved_goes_out_and_comes_in_the_same(name, shared_plans):
    found = recognise(read(shared_plans / "documents" / name))
    source = ImportedFile(name, b"x", found.problems)
    saved = save_plan(
        plan=found.plan, partnership=PartnershipFactory(), reference="0319", kind="scr", by=None, source=source
    )
    plan = plan_of(saved.review)
    assert plan == replace(found.plan, plan="0319")
    again = there_and_back(plan, "xlsx").plan
    assert again == plan
    assert [each.identity for each in again.actions] == [each.identity for each in plan.actions]
