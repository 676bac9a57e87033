"""The audit trail as a file: everything, by whom, from what to what and why, and nothing that runs."""

import csv
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from actions import services
from scr_tracker import audit
from scr_tracker.audit_trail import harmless
from scr_tracker.history import remember
from scr_tracker.models import AuditEvent
from tests.factories import ActionFactory, AgencyFactory, UserFactory, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def export(tmp_path):
    """Return a function that exports the trail and reads it back."""

    def read(*arguments):
        path = tmp_path / "trail.csv"
        call_command("export_audit", *arguments, "--output", str(path), verbosity=0)
        with path.open(newline="", encoding="utf-8-sig") as file:
            return list(csv.DictReader(file))

    return read


@pytest.fixture
def kim():
    return UserFactory(name="Kim Osei", email="kim@example.org")


def test_has_every_change_with_who_from_what_to_what_and_why(export, kim):
    action = ActionFactory(text="First wording.")
    action.text = "Second wording."
    remember(action, by=kim, why="Reworded")
    changed = [row for row in export() if row["why"] == "Reworded"]
    assert changed == [
        {
            "at": action.history.latest().history_date.isoformat(),
            "who": "Kim Osei <kim@example.org>",
            "what": "action",
            "key": str(action.pk),
            "how": "changed",
            "field": "text",
            "before": "First wording.",
            "after": "Second wording.",
            "why": "Reworded",
        }
    ]


def test_has_links_updates_comments_and_the_audit_log_in_the_order_of_time(export, kim):
    action, agency = ActionFactory(), AgencyFactory()
    action.supporting_agencies.add(agency)
    services.report_progress(action=action, by=kim, status="ongoing", what_was_done="Wrote to all.", own_rating="")
    services.comment_action(action=action, by=kim, kind="challenge", text="Who says so?")
    audit.record(AuditEvent.Kind.DOWNLOADED, by=kim, about="minutes.pdf", size=7)
    rows = export()
    said = {(row["what"], row["field"], row["after"]) for row in rows}
    assert {
        ("action", "supporting_agencies", str(agency.pk)),
        ("update", "what_was_done", "Wrote to all."),
        ("comment", "text", "Who says so?"),
        ("audit event", "about", "minutes.pdf"),
        ("audit event", "detail", "{'size': 7}"),
    } <= said
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)


def test_can_be_of_some_days_only_and_still_says_what_was_before(export, kim, time_machine):
    time_machine.move_to("2026-03-01 12:00", tick=False)
    action = ActionFactory(text="First wording.")
    time_machine.move_to("2026-04-01 12:00", tick=False)
    action.text = "Second wording."
    remember(action, by=kim, why="Reworded")
    (row,) = export("--from", "2026-04-01", "--to", "2026-04-01")
    assert (row["before"], row["after"]) == ("First wording.", "Second wording.")
    assert export("--to", "2026-02-28") == []
    assert not [row for row in export("--to", "2026-03-31") if row["after"] == "Second wording."]


def test_runs_no_formula_in_a_spreadsheet(export):
    ActionFactory(text='=HYPERLINK("https://example.org/")')
    assert [row["after"] for row in export() if row["field"] == "text" and row["what"] == "action"] == [
        '\'=HYPERLINK("https://example.org/")'
    ]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "  =1", "\r1", "\n=1"])
def test_disarms_everything_that_a_spreadsheet_would_run(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Plain = words", "1 + 1", "12 March", "’quoted’"])
def test_leaves_plain_words_alone(text):
    assert harmless(text) == text


def test_enters_itself_in_the_audit_log(export):
    export("--from", str(today() - timedelta(1)))
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.EXPORTED)
    assert (event.about, event.detail["first"]) == ("audit trail", str(today() - timedelta(1)))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--from", "soon"], "“soon” is not a day: write it as 2026-03-31."),
        (["--from", "2026-03-02", "--to", "2026-03-01"], "not after the last"),
    ],
)
def test_says_what_is_wrong_with_its_days(export, arguments, says):
    with pytest.raises(CommandError, match=says):
        export(*arguments)


def test_says_where_it_cannot_write(tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_audit", "--output", str(tmp_path))


def test_takes_the_same_queries_for_one_change_and_for_many(
    export, django_assert_num_queries, django_assert_max_num_queries, kim
):
    action = ActionFactory(supporting_agencies=[AgencyFactory()])
    action.text = "Second wording."
    remember(action, by=kim, why="Reworded")
    with django_assert_max_num_queries(32) as few:
        export()
    ActionFactory.create_batch(5, supporting_agencies=[AgencyFactory()])
    with django_assert_num_queries(len(few)):
        export()
