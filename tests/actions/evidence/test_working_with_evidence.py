"""Adding evidence, using it again, newer versions, judging it, taking it back: what the services do."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from actions.evidence import rights, services, storing
from actions.evidence.forms import EvidenceForm
from actions.evidence.services import About, Content
from actions.evidence.wrong import Refused
from actions.models import Evidence
from scr_tracker.history import remember
from scr_tracker.permissions import Role
from scr_tracker.rules import RuleBroken
from tests.factories import ActionFactory, AgencyFactory, EvidenceFactory, MembershipFactory, PartnershipFactory

from .files import EICAR, pdf, upload, word

pytestmark = pytest.mark.django_db

ABOUT = About("Audit", "audit", "audited", "Nine of ten records hold the child's view.", timezone.localdate())


def add(action, by, content=None, **given):
    """Add a PDF, unless another content is given."""
    content = content or Content(file=upload("Audit of May.pdf", pdf()))
    return services.add(**{"action": action, "by": by, "about": ABOUT, "content": content, **given})


class TestAdding:
    def test_keeps_the_file_under_a_name_that_says_nothing(self, action, manager, stored_files):
        evidence = add(action, manager)
        assert stored_files() == [evidence.file.name]
        assert "Audit" not in evidence.file.name
        assert (evidence.file_name, evidence.content_type) == ("Audit of May.pdf", "application/pdf")
        assert evidence.size == len(pdf())
        assert storing.digest_of(evidence.file.name) == evidence.sha256
        assert list(evidence.actions.all()) == [action]

    def test_says_in_the_history_who_and_why(self, action, manager):
        line = add(action, manager).history.earliest()
        assert (line.history_user, line.history_change_reason) == (manager, "Evidence added")

    def test_calls_a_file_without_a_title_by_its_name(self, action, manager):
        about = About("", "audit", "said", "Something.")
        assert add(action, manager, about=about).title == "Audit of May"

    @pytest.mark.parametrize("content", [Content(link="https://example.org/policy"), Content(note="Seen on site.")])
    def test_a_link_or_a_note_needs_no_scan(self, action, manager, no_clamd, content):
        evidence = add(action, manager, content=content)
        assert evidence.scan == Evidence.Scan.NOT_NEEDED
        assert not evidence.file

    def test_the_same_form_twice_stores_once(self, action, manager, stored_files):
        submission = uuid4()
        first, second = (add(action, manager, submission=submission) for _ in range(2))
        assert first == second
        assert Evidence.objects.count() == len(stored_files()) == 1

    def test_two_files_of_one_form_are_both_stored(self, action, manager):
        submission = uuid4()
        add(action, manager, submission=submission)
        add(action, manager, submission=submission, content=Content(file=upload("b.docx", word())))
        assert Evidence.objects.count() == 2

    def test_the_database_itself_refuses_the_same_form_twice(self, action, manager):
        evidence = add(action, manager, submission=uuid4())
        twin = Evidence(title="x", note="x", uploaded_by=manager, uploaded_at=timezone.now())
        twin.submission, twin.sha256 = evidence.submission, evidence.sha256
        with pytest.raises(IntegrityError), transaction.atomic():
            remember(twin, by=manager, why="")

    def test_a_transaction_that_fails_takes_the_file_with_it(self, action, manager, stored_files, monkeypatch):
        monkeypatch.setattr(services, "_serve", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            add(action, manager)
        assert not stored_files()
        assert not Evidence.objects.exists()

    def test_belongs_to_the_agency_of_who_adds_it_or_the_one_that_leads(self, action, manager):
        lead, other = (AgencyFactory(partnerships=[action.review.partnership]) for _ in range(2))
        action.lead_agency = lead
        remember(action, by=None, why="")
        action.supporting_agencies.add(other)
        assert add(action, manager).agency == lead
        assert add(action, MembershipFactory(agency_lead=True, agency=other).user).agency == other


class TestScanning:
    def test_a_clean_file_is_open_at_once(self, action, manager, clamd):
        evidence = add(action, manager)
        assert (evidence.scan, bool(evidence.scanned_at)) == (Evidence.Scan.CLEAN, True)
        assert not evidence.is_in_quarantine

    def test_a_virus_is_refused(self, action, manager, clamd, stored_files):
        with pytest.raises(Refused, match="holds a virus"):
            add(action, manager, content=Content(file=upload("a.txt", EICAR)))
        assert not stored_files()

    def test_without_the_scanner_a_file_waits_and_is_never_let_through(self, action, manager, no_clamd):
        evidence = add(action, manager)
        assert evidence.scan == Evidence.Scan.WAITING
        assert not rights.of(manager, evidence).open
        with pytest.raises(RuleBroken, match="still waits for its virus scan"):
            services.accept(evidence=evidence, by=manager)

    def test_a_file_larger_than_the_scanner_takes_waits(self, action, manager, clamd):
        evidence = add(action, manager, content=Content(file=upload("a.txt", b"word " * 600_000)))
        assert evidence.scan == Evidence.Scan.WAITING

    @pytest.mark.parametrize("standing", ["offered", "accepted"])
    def test_the_database_itself_keeps_what_is_infected_or_waits_from_counting(self, manager, standing):
        scan = Evidence.Scan.INFECTED if standing == "offered" else Evidence.Scan.WAITING
        evidence = Evidence(title="x", file="x", file_name="x", content_type="x", size=1, sha256="0" * 64)
        evidence.uploaded_by, evidence.uploaded_at = manager, timezone.now()
        evidence.scan, evidence.standing, evidence.scan_found = scan, standing, "Virus"
        evidence.scanned_at = timezone.now() if scan == Evidence.Scan.INFECTED else None
        with pytest.raises(IntegrityError), transaction.atomic():
            remember(evidence, by=None, why="")


class TestUsingAgain:
    def test_serves_further_actions_of_the_partnership_without_a_copy(self, action, manager, stored_files):
        evidence = add(action, manager)
        other = ActionFactory(recommendation__section__review=action.review)
        assert services.reuse(evidence=evidence, actions=[action, other], by=manager) == 1
        assert set(evidence.actions.all()) == {action, other}
        assert len(stored_files()) == 1
        assert evidence.history.latest().history_change_reason == "Used for another action"

    def test_becomes_a_piece_of_another_partnership_with_the_same_file_and_its_own_standing(
        self, action, manager, stored_files
    ):
        evidence = add(action, manager)
        services.accept(evidence=evidence, by=manager)
        elsewhere = ActionFactory()
        for _ in range(2):
            services.reuse(evidence=evidence, actions=[elsewhere], by=manager)
        twin = elsewhere.evidence.get()
        assert twin != evidence
        assert (twin.file.name, twin.sha256) == (evidence.file.name, evidence.sha256)
        assert twin.standing == Evidence.Standing.OFFERED
        assert len(stored_files()) == 1

    def test_what_was_withdrawn_is_not_used_again(self, action, manager):
        evidence = add(action, manager)
        services.withdraw(evidence=evidence, by=manager, reason="Wrong file.")
        with pytest.raises(RuleBroken, match="has been withdrawn"):
            services.reuse(evidence=evidence, actions=[ActionFactory()], by=manager)


class TestVersions:
    def test_the_newer_one_serves_the_same_actions_and_the_old_one_is_kept(self, action, manager, stored_files):
        old = add(action, manager)
        other = ActionFactory(recommendation__section__review=action.review)
        services.reuse(evidence=old, actions=[other], by=manager)
        content = Content(file=upload("new.docx", word()))
        new = services.add_version(evidence=old, by=manager, about=ABOUT, content=content)
        assert set(new.actions.all()) == {action, other}
        assert (new.replaces, new.standing) == (old, Evidence.Standing.OFFERED)
        assert len(stored_files()) == 2
        assert list(Evidence.objects.current()) == [new]

    def test_there_is_one_newest(self, action, manager):
        old = add(action, manager)
        services.add_version(evidence=old, by=manager, about=ABOUT, content=Content(note="Seen."))
        with pytest.raises(RuleBroken, match="There is a newer version"):
            services.add_version(evidence=old, by=manager, about=ABOUT, content=Content(note="Seen again."))
        with pytest.raises(RuleBroken, match="There is a newer version"):
            services.accept(evidence=old, by=manager)


class TestJudging:
    def test_accepting_and_returning_say_who_and_why(self, action, manager):
        evidence = add(action, manager)
        services.accept(evidence=evidence, by=manager, note="Read it.")
        evidence = services.return_(evidence=evidence, by=manager, reason="The date is missing.")
        assert (evidence.standing, evidence.standing_reason) == ("returned", "The date is missing.")
        reasons = [line.history_change_reason for line in evidence.history.all()]
        assert reasons[:2] == ["Evidence returned", "Evidence accepted"]

    @pytest.mark.parametrize("service", [services.accept, services.return_, services.withdraw])
    def test_nothing_is_done_twice(self, action, manager, service):
        evidence = add(action, manager)
        reason = {} if service == services.accept else {"reason": "Why."}
        service(evidence=evidence, by=manager, **reason)
        with pytest.raises(RuleBroken, match="already"):
            service(evidence=evidence, by=manager, **reason)

    def test_what_was_withdrawn_is_not_judged(self, action, manager):
        evidence = add(action, manager)
        services.withdraw(evidence=evidence, by=manager, reason="Wrong file.")
        with pytest.raises(RuleBroken, match="withdrawn"):
            services.accept(evidence=evidence, by=manager)


class TestRights:
    @pytest.fixture
    def agency(self, action):
        """The agency that leads the action."""
        action.lead_agency = AgencyFactory(partnerships=[action.review.partnership])
        remember(action, by=None, why="")
        return action.lead_agency

    def of(self, user, evidence):
        found = rights.of(user, evidence)
        return found.change, found.judge, found.open

    def test_a_lead_changes_what_is_theirs_or_their_agencys_and_judges_nothing(self, action, agency):
        lead, colleague = (MembershipFactory(agency_lead=True, agency=agency).user for _ in range(2))
        evidence = add(action, lead)
        assert self.of(lead, evidence) == self.of(colleague, evidence) == (True, False, True)

    def test_a_lead_of_a_supporting_agency_leaves_the_others_evidence_alone(self, action, agency, manager):
        other = AgencyFactory(partnerships=[action.review.partnership])
        action.supporting_agencies.add(other)
        lead = MembershipFactory(agency_lead=True, agency=other).user
        assert self.of(lead, add(action, manager)) == (False, False, True)

    def test_a_board_member_reads(self, action, manager):
        member = MembershipFactory(role=Role.BOARD_MEMBER, partnership=action.review.partnership).user
        assert self.of(member, add(action, manager)) == (False, False, True)

    def test_what_was_withdrawn_is_opened_only_by_who_added_it_and_who_judges_it(self, action, agency, manager):
        lead, colleague = (MembershipFactory(agency_lead=True, agency=agency).user for _ in range(2))
        evidence = services.withdraw(evidence=add(action, lead), by=lead, reason="A child is named in it.")
        assert [rights.of(user, evidence).open for user in (lead, manager, colleague)] == [True, True, False]

    def test_evidence_is_seen_by_those_who_see_an_action_that_it_serves(self, action, manager):
        evidence, foreign = EvidenceFactory(actions=[action]), EvidenceFactory(actions=[ActionFactory()])
        assert set(Evidence.objects.visible_to(manager)) == {evidence}
        assert foreign not in rights.evidence_to_reuse(manager)

    def test_a_lead_uses_again_what_is_theirs_where_their_agency_takes_part(self, action, agency, manager):
        both = PartnershipFactory()
        agency.partnerships.add(both)
        there = ActionFactory(recommendation__section__review__partnership=both, lead_agency=agency)
        ActionFactory(recommendation__section__review__partnership=both)
        lead = MembershipFactory(agency_lead=True, agency=agency).user
        own = add(action, lead)
        add(ActionFactory(recommendation__section__review=action.review), manager)
        assert set(rights.evidence_to_reuse(lead)) == {own}
        assert set(rights.actions_to_serve(lead)) == {action, there}


def test_evidence_of_the_future_is_none():
    day = timezone.localdate() + timedelta(1)
    typed = {"dated_day": str(day.day), "dated_month": str(day.month), "dated_year": str(day.year)}
    form = EvidenceForm(typed, by=MembershipFactory().user, about=ActionFactory())
    assert "What is still to come is not evidence yet" in form.errors["dated"][0]
