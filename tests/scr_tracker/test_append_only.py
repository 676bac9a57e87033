"""The history, the updates, the comments and the audit log are only ever added to: in the code and in the database."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from actions.models import Action, Update
from scr_tracker import audit
from scr_tracker.append_only import guard
from scr_tracker.history import AppendOnly
from scr_tracker.models import AuditEvent
from tests.factories import ActionFactory, AgencyFactory, UpdateFactory

on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no such triggers here.")

#: Every model that is only ever added to, those of the histories and of their links included.
KEPT = [model for model in apps.get_models() if issubclass(model, AppendOnly)]


@pytest.fixture
def kept(db):
    """Something in the tables that matter most."""
    agency = AgencyFactory(partnerships=[])
    action = ActionFactory(supporting_agencies=[agency])
    UpdateFactory(action=action)
    audit.record(AuditEvent.Kind.EXPORTED, about="a test")
    return action


def test_every_history_is_among_them():
    tracked = [model for model in apps.get_models() if hasattr(model._meta, "simple_history_manager_attribute")]
    assert {model.history.model for model in tracked} <= set(KEPT)
    assert len(KEPT) >= 19


class TestTheCode:
    @pytest.mark.parametrize("model", KEPT, ids=lambda model: model.__name__)
    def test_refuses_bulk_changes(self, model, db):
        for refused in (
            lambda: model.objects.all().delete(),
            lambda: model.objects.update(pk=1),
            lambda: model.objects.bulk_update([], ["pk"]),
        ):
            with pytest.raises(TypeError, match="only ever added to"):
                refused()

    def test_refuses_to_save_or_delete_a_line_again(self, kept):
        for line in (kept.history.latest(), Update.objects.get(), AuditEvent.objects.get()):
            with pytest.raises(TypeError, match="only ever added to"):
                line.save()
            with pytest.raises(TypeError, match="only ever added to"):
                line.delete()

    def test_refuses_through_the_history_of_a_thing_and_its_links(self, kept):
        line = kept.history.latest()
        for lines in (kept.history, Action.history, line.supporting_agencies, line.people):
            for refused in (
                lambda lines=lines: lines.update(history_change_reason=""),
                lambda lines=lines: lines.all().delete(),
            ):
                with pytest.raises(TypeError, match="only ever added to"):
                    refused()
        assert line.supporting_agencies.count() == 1


@on_postgresql
class TestPostgresql:
    def refused(self, statement):
        with (
            pytest.raises(DatabaseError, match="only ever added to"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    def test_guards_every_one_of_their_tables(self, db):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname = 'append_only'"
            )
            guarded = {name for (name,) in cursor.fetchall()}
        tables = {model._meta.db_table for model in KEPT}
        tables |= {field.m2m_db_table() for model in KEPT for field in model._meta.many_to_many}
        assert guarded == tables, "Add a migration with append_only.guard(…)."

    def test_refuses_to_change_or_remove_rows_whoever_asks(self, kept):
        for table in ("actions_historicalaction", "actions_historicalaction_supporting_agencies"):
            self.refused(f"DELETE FROM {table}")
        self.refused("UPDATE actions_historicalaction SET history_change_reason = ''")
        self.refused("UPDATE actions_update SET what_was_done = ''")
        self.refused("DELETE FROM scr_tracker_auditevent")

    def test_refuses_djangos_own_unguarded_manager_too(self, kept):
        with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
            Update._base_manager.filter(action=kept).update(what_was_done="")

    def test_puts_the_guard_up_and_takes_it_away_again(self, db):
        operation = guard("kept")
        with connection.schema_editor() as editor:
            editor.execute("CREATE TABLE kept (word text)")
            editor.execute("INSERT INTO kept VALUES ('said')")
            operation.code(apps, editor)
        self.refused("UPDATE kept SET word = 'unsaid'")
        with connection.schema_editor() as editor:
            operation.reverse_code(apps, editor)
            editor.execute("UPDATE kept SET word = 'unsaid'")

    @pytest.mark.django_db(transaction=True)
    def test_leaves_tests_able_to_empty_their_tables(self):
        ActionFactory()
        call_command("flush", interactive=False, verbosity=0)
        assert not Action.history.exists()
