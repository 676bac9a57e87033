"""manage.py scan_evidence: what waits is looked at again, and what is infected goes."""

import pytest
from django.core.management import CommandError, call_command

from actions.evidence import rights, services
from actions.evidence.services import Content
from actions.models import Evidence
from tests.factories import ActionFactory

from .files import EICAR, pdf, upload
from .test_working_with_evidence import add

pytestmark = pytest.mark.django_db


def scan_evidence(capsys, *options):
    """Run the command, and return what it said."""
    call_command("scan_evidence", *options)
    return capsys.readouterr().out


@pytest.fixture
def waiting(action, manager, no_clamd):
    """A clean PDF and an infected text, both uploaded while the scanner was down."""
    clean = add(action, manager)
    infected = add(action, manager, content=Content(file=upload("a.txt", EICAR)))
    return clean, infected


def test_lets_the_clean_out_of_quarantine_and_takes_the_infected_away(
    waiting, manager, settings, clamd_socket, capsys, stored_files
):
    settings.CLAMAV = clamd_socket
    said = scan_evidence(capsys)
    clean, infected = (Evidence.objects.get(pk=evidence.pk) for evidence in waiting)
    assert "1 clean, 1 infected, 0 still waiting." in said
    assert rights.of(manager, clean).open
    assert not rights.of(manager, infected).open
    assert (infected.scan, infected.standing) == (Evidence.Scan.INFECTED, Evidence.Standing.RETURNED)
    assert "found Tests.Eicar.UNOFFICIAL in this file, and it was deleted" in infected.standing_reason
    assert infected.history.latest().history_change_reason == "Virus scan"
    assert stored_files() == [clean.file.name]
    call_command("verify_evidence")


def test_a_scanner_that_is_still_down_leaves_everything_waiting(waiting, capsys):
    with pytest.raises(CommandError, match="could not be asked"):
        call_command("scan_evidence")
    assert "0 clean, 0 infected, 2 still waiting." in capsys.readouterr().out
    assert Evidence.objects.waiting_for_a_scan().count() == 2


def test_both_pieces_of_one_file_are_judged_at_once(action, manager, no_clamd, settings, clamd_socket, capsys):
    infected = add(action, manager, content=Content(file=upload("a.txt", EICAR)))
    services.reuse(evidence=infected, actions=[ActionFactory()], by=manager)
    settings.CLAMAV = clamd_socket
    scan_evidence(capsys)
    assert set(Evidence.objects.values_list("scan", flat=True)) == {Evidence.Scan.INFECTED}


def test_everything_is_looked_at_again_if_asked(action, manager, settings, clamd_socket, capsys):
    settings.CLAMAV = None
    infected = add(action, manager, content=Content(file=upload("a.txt", EICAR)))
    services.accept(evidence=infected, by=manager)
    settings.CLAMAV = clamd_socket
    assert "0 clean, 0 infected" in scan_evidence(capsys)
    assert f"Virus: Tests.Eicar.UNOFFICIAL in evidence {infected.pk} (a.txt)" in scan_evidence(capsys, "--all")
    infected.refresh_from_db()
    assert infected.standing == Evidence.Standing.RETURNED


def test_a_file_that_is_gone_is_reported(waiting, settings, clamd_socket, capsys):
    waiting[0].file.storage.delete(waiting[0].file.name)
    settings.CLAMAV = clamd_socket
    with pytest.raises(CommandError, match="see verify_evidence"):
        call_command("scan_evidence")
    assert f"Missing or changed: evidence {waiting[0].pk}" in capsys.readouterr().out


def test_says_what_to_set_where_there_is_no_scanner(settings):
    settings.CLAMAV = None
    with pytest.raises(CommandError, match="Set CLAMAV_SOCKET or CLAMAV_HOST"):
        call_command("scan_evidence")


def test_a_scanner_is_reached_over_the_network_too(action, manager, settings):
    settings.CLAMAV = ("127.0.0.1", 9)  # nothing listens there
    assert add(action, manager, content=Content(file=upload("a.pdf", pdf()))).scan == Evidence.Scan.WAITING
