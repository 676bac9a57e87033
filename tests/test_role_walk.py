"""Every address of the site, for everybody, on what is theirs and what is not.

The addresses come from the URL configuration itself: one without a line in PAGES or ADMIN fails the walk.
What somebody may not see is not there for them (404); what they see but may not do is refused (403).
"""

import json
import time
from copy import deepcopy
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client, TestCase, override_settings
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from actions import issuing
from actions.choices import Status
from actions.evidence import services as evidence_services
from actions.importing import drafts
from actions.meetings import services as meetings
from actions.models import Batch, Comment, Digest, FoundWarning, Meeting, PlanImport, Reminder, Report, SavedView
from actions.reports import working_copy
from reviews.models import RecommendationLink
from scr_tracker import audit
from scr_tracker import pdf as pages
from scr_tracker.models import AuditEvent, Invitation, Job, Worker
from scr_tracker.permissions import Role
from tests.actions.evidence.files import pdf, picture, upload
from tests.actions.importing.documents import HEADINGS, word
from tests.factories import (
    SECRET,
    ActionFactory,
    AgencyFactory,
    ExtensionFactory,
    InvitationFactory,
    MembershipFactory,
    PartnershipFactory,
    RecommendationFactory,
    ResponseFactory,
    ThemeFactory,
    UpdateFactory,
    UserFactory,
    today,
)

# --- Who walks, and where -----------------------------------------------------------------------

VISITOR, LEAVER, NOBODY = "visitor", "leaver", "person without a role"
MANAGER, FOREIGN_MANAGER = "manager", "manager elsewhere"
MEMBER, NAMED_MEMBER, FOREIGN_MEMBER = "board member", "board member named", "board member elsewhere"
LEAD, OTHER_LEAD = "lead of the agency", "lead of another agency"
ADMINISTRATOR = "administrator"

STRANGERS = (VISITOR, LEAVER)
SIGNED_IN = (
    *(NOBODY, MANAGER, FOREIGN_MANAGER, MEMBER, NAMED_MEMBER, FOREIGN_MEMBER, LEAD, OTHER_LEAD),
    ADMINISTRATOR,
)
EVERYBODY = (*STRANGERS, *SIGNED_IN)

MANAGERS = {MANAGER, FOREIGN_MANAGER, ADMINISTRATOR}
LEADS = {LEAD, OTHER_LEAD}
MEMBERS = {MEMBER, NAMED_MEMBER, FOREIGN_MEMBER}

#: An action of ours, one of another agency beside it in the same plan, one of a restricted review of our
#: partnership, and one of another partnership; with its review, recommendation, evidence and so on.
OURS, BESIDE, RESTRICTED, FOREIGN = PLACES = ("ours", "beside ours", "restricted", "foreign")

#: Whose actions, with their recommendations and evidence, each person sees.
SEEN = {
    VISITOR: (),
    LEAVER: (),
    NOBODY: (),
    MANAGER: (OURS, BESIDE, RESTRICTED),
    FOREIGN_MANAGER: (FOREIGN,),
    MEMBER: (OURS, BESIDE),
    NAMED_MEMBER: (OURS, BESIDE, RESTRICTED),
    FOREIGN_MEMBER: (FOREIGN,),
    LEAD: (OURS,),
    OTHER_LEAD: (BESIDE,),
    ADMINISTRATOR: PLACES,
}
#: The reviews that they see: of a plan in which their agency takes part, leads see the review, and no more.
REVIEWS_SEEN = SEEN | {LEAD: (OURS, BESIDE), OTHER_LEAD: (OURS, BESIDE)}
#: The people, roles and invitations that they manage.
MANAGED = {MANAGER: (OURS, BESIDE, RESTRICTED), FOREIGN_MANAGER: (FOREIGN,), ADMINISTRATOR: PLACES}
#: The reviews that they see whole.
WHOLLY_SEEN = SEEN | {LEAD: (), OTHER_LEAD: ()}
#: The partnerships that they see, and the agencies: the lead's agency serves ours and the one elsewhere.
OF_OURS = (OURS, BESIDE, RESTRICTED)
PARTNERSHIPS_SEEN = {
    **dict.fromkeys((MANAGER, MEMBER, NAMED_MEMBER, OTHER_LEAD), OF_OURS),
    **dict.fromkeys((FOREIGN_MANAGER, FOREIGN_MEMBER), (FOREIGN,)),
    **dict.fromkeys((LEAD, ADMINISTRATOR), PLACES),
}
AGENCIES_SEEN = {
    **dict.fromkeys((MANAGER, MEMBER, NAMED_MEMBER), OF_OURS),
    **dict.fromkeys((FOREIGN_MANAGER, FOREIGN_MEMBER), (OURS, RESTRICTED, FOREIGN)),
    LEAD: (OURS, RESTRICTED),
    OTHER_LEAD: (BESIDE,),
    ADMINISTRATOR: PLACES,
}
#: The meetings that they see: those of the partnerships in which they are somebody in their own right.
MEETINGS_SEEN = MANAGED | {
    MEMBER: (OURS, BESIDE, RESTRICTED),
    NAMED_MEMBER: (OURS, BESIDE, RESTRICTED),
    FOREIGN_MEMBER: (FOREIGN,),
}
#: The themes of a partnership's own: its people's, and theirs who lead what was recommended under one.
THEMES_SEEN = SEEN | {MEMBER: (OURS, BESIDE, RESTRICTED)}
#: What only administrators see beside who asked for it, whom nobody here is.
ASKED_FOR = {ADMINISTRATOR: PLACES}
#: A working copy is there for who asked for it; leads, who see a part of its review, may have none.
COPIES = ASKED_FOR | {LEAD: (OURS, BESIDE), OTHER_LEAD: (OURS, BESIDE)}
#: What is a person's own, and so nobody's who walks here.
OTHERS_OWN = {}
#: The saved views that are shared with the managers of a partnership.
VIEWS_SEEN = {MANAGER: (OURS, BESIDE, RESTRICTED), FOREIGN_MANAGER: (FOREIGN,)}
#: Seconds. For five minutes after signing in allauth does not ask again for a password; a busy machine walks longer.
A_DAY = 86_400
SIGN_IN = "led to sign in"
#: The answer to a form that knows no version of what it is about: somebody else may have changed it.
STALE = 409


@dataclass(frozen=True)
class Page:
    """What is expected of an address: for whom it is there, who may use it, and what those are answered.

    ``there`` says for whom which objects are there (404 for the others); ``may`` who may use the page where it is
    (403 for the others); ``post`` is the answer to an empty form, 405 where a page takes none. Strangers are led
    to sign in, unless ``strangers`` says what they are answered to (GET, POST). ``args`` and ``query`` end its address.
    """

    get: int = 200
    post: int = 200
    about: str = ""
    there: dict = field(default_factory=dict)
    may: set = field(default_factory=lambda: set(EVERYBODY))
    strangers: tuple = (SIGN_IN, SIGN_IN)
    args: tuple = ()
    query: str = ""

    def address(self, name, thing=()):
        """Return the address of the page; a thing that its query asks for stands there, else in its path."""
        if "{}" in self.query:
            return reverse(name, args=self.args) + self.query.format(*thing)
        return reverse(name, args=[*thing, *self.args]) + self.query

    def expected(self, method, person, place):
        """Return the status that a person is answered."""
        if person in STRANGERS:
            return self.strangers[method == "post"]
        if getattr(self, method) == 405:
            return 405
        if place and place not in self.there.get(person, ()):
            return 404
        if person not in self.may:
            return 403
        return getattr(self, method)


def public(get, post, *args):
    """Return a page that is the same for everybody."""
    return Page(get, post, strangers=(get, post), args=args)


def read(about, there=SEEN, may=frozenset(EVERYBODY), **answers):
    """Return a page to read."""
    return Page(about=about, there=there, may=set(may), post=405, **answers)


def step(*may):
    """Return a page for a step with an action, and the kinds of people who may take it where they see the action."""
    return Page(about="action", there=SEEN, may=MANAGERS.union(*may), post=STALE)


def on_action(*may):
    """Return a page on which something is added to an action, whatever version it has."""
    return Page(about="action", there=SEEN, may=MANAGERS.union(*may))


def on_evidence(*may, **answers):
    """Return a page on which something is done to a piece of evidence."""
    return Page(about="evidence", there=SEEN, may=MANAGERS.union(*may), **answers)


def on_people(about, **answers):
    """Return a page on which a business manager looks after people."""
    return Page(about=about, there=MANAGED, **answers)


def on_import(about="import", post=405, **answers):
    """Return a page on which a plan is brought in."""
    return Page(about=about, there=MANAGED, post=post, **answers)


def correction(about="import row", **answers):
    """Return a page on which what was recognised in a document is put right."""
    return on_import(about, post=200, **answers)


def edited(about, there=SEEN, post=STALE, **answers):
    """Return a page on which a plan is made or changed."""
    return Page(about=about, there=there, may=MANAGERS, post=post, **answers)


def moved(about, there=SEEN):
    """Return the address that moves something within its plan."""
    return edited(about, there, get=405, post=302)


def on_draft(**answers):
    """Return a page on which a report is made."""
    return Page(about="draft", there=MANAGED, **answers)


def on_meeting(about="meeting", **answers):
    """Return a page on which a meeting is prepared or run."""
    return Page(about=about, there=MEETINGS_SEEN, may=MANAGERS, **answers)


OF_QUEUES = Page(may=MANAGERS, post=405)
OF_EVERYBODY = Page()
AFTER_A_STEP = 302

#: What is expected of every address of ours and of allauth, by its name.
PAGES = {
    # Reading
    "home": Page(post=405),
    "help": Page(post=405),
    "search": Page(post=405),
    "review-list": Page(post=405),
    "plan": read("review", REVIEWS_SEEN),
    "review-history": read("review", REVIEWS_SEEN),
    "plan-report": Page(302, 302, about="review", there=REVIEWS_SEEN, may=MANAGERS | MEMBERS),
    "working-copy": read("working copy", COPIES, MANAGERS | MEMBERS),
    "download-working-copy": read("working copy", COPIES, MANAGERS | MEMBERS),
    "read-working-copy": read("working copy", COPIES, MANAGERS | MEMBERS),
    "download-working-copy-as": read("working copy as Word", COPIES, MANAGERS | MEMBERS),
    "export-plan": read("review", REVIEWS_SEEN, args=("xlsx",)),
    "export-form": read("form", SEEN, MANAGERS | LEADS),
    "recommendation": read("recommendation"),
    # An empty form names no other recommendation, and no theme.
    "link-recommendation": Page(405, 404, about="recommendation", there=SEEN, may=MANAGERS),
    "answer-theme": Page(405, 404, about="recommendation", there=SEEN, may=MANAGERS),
    "recommendation-themes": Page(about="recommendation", there=SEEN, may=MANAGERS),
    "unlink-recommendation": Page(about="link", there=SEEN, may=MANAGERS),
    # Themes: here, one of each partnership's own, which its people see, and leads of what has it.
    "theme-list": Page(post=405),
    "theme": read("theme", THEMES_SEEN),
    "add-theme": Page(may=MANAGERS),
    "change-theme": Page(about="theme", there=THEMES_SEEN, may=MANAGERS),
    "merge-theme": Page(about="theme", there=THEMES_SEEN, may=MANAGERS),
    "themes-to-give": Page(may=MANAGERS),
    "action-list": Page(post=405),
    "export-actions": Page(post=405, args=("xlsx",)),
    "action": read("action"),
    # The list as a working surface
    "sheet": Page(post=302),
    "jump": Page(post=405),
    "list-columns": OF_EVERYBODY,
    "list-keys": OF_EVERYBODY,
    "saved-views": Page(post=405),
    "save-view": OF_EVERYBODY,
    "change-view": Page(about="view", there=VIEWS_SEEN),
    "delete-view": Page(about="view", there=VIEWS_SEEN),
    "quick-change": step(LEADS),
    "list-row": read("action", get=302),
    "undo-change": Page(302, 302, about="action", there=SEEN, may=MANAGERS | LEADS),
    "new-batch": Page(get=302, post=302),
    "select-actions": Page(get=302, post=302),
    # What somebody else has chosen is not there for anybody, administrators included.
    "batch": Page(about="batch", there=OTHERS_OWN),
    "batch-preview": Page(about="batch", there=OTHERS_OWN),
    "undo-batch": Page(302, 302, about="batch", there=OTHERS_OWN),
    "batch-remind": Page(about="batch", there=OTHERS_OWN),
    "batch-report": Page(about="batch", there=OTHERS_OWN, post=405),
    "batch-export": Page(about="batch", there=OTHERS_OWN, args=("xlsx",), post=405),
    "sign-off-queue": OF_QUEUES,
    "extension-queue": OF_QUEUES,
    "impact-queue": OF_QUEUES,
    # Making a plan by hand
    "new-review": Page(may=MANAGERS),
    "change-review": edited("review", REVIEWS_SEEN),
    "section-list": edited("review", REVIEWS_SEEN, post=405),
    "new-section": edited("review", REVIEWS_SEEN, post=200),
    "change-section": edited("section", REVIEWS_SEEN),
    "move-section-up": moved("section", REVIEWS_SEEN),
    "move-section-down": moved("section", REVIEWS_SEEN),
    "remove-section": moved("section", REVIEWS_SEEN),
    "new-recommendation": edited("review", REVIEWS_SEEN, post=200),
    "change-recommendation": edited("recommendation"),
    "withdraw-recommendation": edited("recommendation"),
    "move-recommendation-up": moved("recommendation"),
    "move-recommendation-down": moved("recommendation"),
    "new-response": edited("recommendation", post=200),
    "change-response": edited("response"),
    "new-action": edited("recommendation", post=200),
    "change-action": edited("action"),
    "move-action-up": moved("action"),
    "move-action-down": moved("action"),
    # The house
    "change-partnership": edited("partnership", PARTNERSHIPS_SEEN),
    "change-logo": edited("partnership", PARTNERSHIPS_SEEN, post=200),
    "agency-list": OF_QUEUES,
    "new-agency": Page(may=MANAGERS),
    "change-agency": edited("agency", AGENCIES_SEEN),
    "data-warnings": OF_QUEUES,
    "settle-warning": on_people("warning"),
    # The life of an action
    "update-action": step(LEADS),
    "submit-action": step(LEADS),
    "take-back": step(LEADS),
    "ask-extension": step(LEADS),
    "withdraw-extension": step(LEADS),
    "sign-off": step(),
    "return-action": step(),
    "agree-extension": step(),
    "refuse-extension": step(),
    "check-impact": step(),
    "validate-rating": step(),
    "withdraw-rating": step(),
    "assign-action": step(),
    "set-target-date": step(),
    "pause-action": step(),
    "supersede-action": step(),
    "resume-action": step(),
    "comment-action": on_action(MEMBERS),
    "reply": Page(about="comment", there=SEEN, may=MANAGERS | MEMBERS | LEADS),
    # Evidence. Everybody who sees an action opens its evidence; a picture is no page to open, and the other way round.
    "add-evidence": on_action(LEADS),
    "reuse-evidence": on_action(LEADS),
    "evidence": read("evidence"),
    "download-evidence": read("evidence"),
    "open-evidence": read("pdf"),
    "evidence-picture": read("picture"),
    "share-evidence": on_evidence(LEADS),
    "replace-evidence": on_evidence(LEADS),
    "withdraw-evidence": on_evidence(LEADS),
    "accept-evidence": on_evidence(post=AFTER_A_STEP),
    "return-evidence": on_evidence(),
    # Bringing a plan in
    "import-list": OF_QUEUES,
    "import-plan": Page(may=MANAGERS),
    "plan-import": on_import(),
    "import-document": on_import(),
    "import-review": on_import(post=200),
    "import-problems": on_import(),
    "settle-problem": on_import("import place", get=405, post=302),
    "import-columns": on_import(),
    "import-agencies": on_import(),
    "import-corrections": on_import(),
    "undo-correction": on_import("import place", get=405, post=302),
    "import-section": on_import("import section"),
    "import-row": on_import("import row"),
    "import-edit": correction(),
    "import-split": correction(),
    "import-merge": correction(),
    "import-move": correction(),
    "import-share": correction(query="?field=completion_evidence"),
    "import-drop": correction(),
    "import-rescue": correction("import place"),
    "import-rescue-lost": correction("import place"),
    "import-column": correction("import place"),
    "import-agency": correction("import place"),
    "hand-over-import": on_import(post=200),
    "drop-import": on_import(post=302),
    "bring-in": on_import(post=200),
    "import-differences": on_import("import again", post=302),
    "accept-differences": on_import("import again", post=200),
    # Reports
    "report-list": Page(post=405),
    "report": read("report", WHOLLY_SEEN),
    "download-report": read("report", WHOLLY_SEEN),
    "read-report": read("report", WHOLLY_SEEN),
    "download-report-as": read("report as Word", WHOLLY_SEEN),
    "new-report": Page(
        about="partnership",
        there=dict.fromkeys(SIGNED_IN, PLACES) | MANAGED,
        may=MANAGERS,
        query="?partnership={}",
    ),
    # Meetings. Board members read; what is not their partnership's is not there.
    "meeting-list": Page(post=405),
    "new-meeting": Page(about="partnership", there=MANAGED, query="?partnership={}"),
    "meeting": read("meeting", MEETINGS_SEEN),
    "minutes-as-word": read("meeting", MEETINGS_SEEN),
    "make-minutes": Page(302, 302, about="meeting", there=MEETINGS_SEEN),
    # A PDF is there for who asked for it alone, and for administrators.
    "minutes": read("minutes", ASKED_FOR),
    "download-minutes": read("minutes", ASKED_FOR, get=302),
    "change-meeting": on_meeting(),
    "meeting-present": on_meeting(post=200),
    "meeting-agenda": on_meeting(),
    "choose-agenda": on_meeting(),
    "add-to-agenda": on_meeting(),
    "prepare-agenda": on_meeting(get=302, post=302),
    "open-agenda": on_meeting(get=302, post=302),
    "run-meeting": on_meeting(get=302, post=405),
    "end-meeting": on_meeting(post=405),
    "meeting-item": on_meeting("meeting item"),
    "correct-decision": Page(about="meeting decision", there=SEEN | {LEAD: (), OTHER_LEAD: ()}, may=MANAGERS),
    "report-draft": on_draft(post=405),
    "change-report-draft": on_draft(),
    "issue-report": on_draft(get=302, post=302),
    "discard-report-draft": on_draft(get=302, post=302),
    "approve-report": on_draft(get=302, post=302),
    "clear-finding": on_draft(get=302, post=302, args=("0" * 64,)),
    "job": read("job", ASKED_FOR),
    # Evidence packs are there for who asked for them alone, and for administrators.
    "new-evidence-pack": Page(may=MANAGERS | MEMBERS | LEADS),
    "evidence-pack": read("pack", {ADMINISTRATOR: PLACES}),
    "download-evidence-pack": read("pack", {ADMINISTRATOR: PLACES}, get=302),
    # People
    "people": Page(may=MANAGERS),
    "invite": Page(may=MANAGERS),
    "person": on_people("person"),
    "reset-second-factor": on_people("person"),
    "let-go": on_people("person", post=AFTER_A_STEP),
    "bring-back": on_people("person", post=AFTER_A_STEP),
    "end-role": on_people("role", post=AFTER_A_STEP),
    "invite-again": on_people("invitation", get=302, post=AFTER_A_STEP),
    "cancel-invitation": on_people("invitation", get=302, post=AFTER_A_STEP),
    "invitation": public(404, 404, "no-such-secret"),
    "accessibility": public(200, 405),
    "senior-role": on_people("role", post=AFTER_A_STEP),
    # Reminders, and one's own calendar
    "reminders": OF_QUEUES,
    "reminder-rules": Page(about="partnership", there=MANAGED),
    "remind-lead": on_action(),
    "reminder-settings": OF_EVERYBODY,
    "calendar-feed": OF_EVERYBODY,
    "calendar": public(404, 405, "no-such-secret"),
    # Signing in and out. Who is signed in already is led away, or finds nothing to do.
    "sign-in": Page(302, 302, strangers=(200, 200)),
    "account_login": Page(302, 302, strangers=(200, 200)),
    "sign-out": Page(405, 302, strangers=(302, 302)),
    "account_logout": Page(405, 302, strangers=(302, 302)),
    "mfa_authenticate": Page(302, 302, strangers=(302, 302)),
    "mfa_login_webauthn": Page(302, 302, strangers=(302, 302)),
    "account_inactive": public(200, 405),
    "account_reset_password": public(200, 200),
    "account_reset_password_done": public(200, 405),
    "account_reset_password_from_key": public(200, 200, "1", "no-such-key"),
    "account_reset_password_from_key_done": public(200, 405),
    "socialaccount_login_cancelled": public(200, 405),
    # Microsoft Entra ID is not set up here.
    "openid_connect_login": public(404, 404, "microsoft"),
    "openid_connect_callback": public(404, 404, "microsoft"),
    # One's own account
    "account": OF_EVERYBODY,
    "account-details": OF_EVERYBODY,
    "account_change_password": OF_EVERYBODY,
    "account_set_password": Page(302, 302),
    "usersessions_list": Page(post=302),
    "still-here": Page(get=204, post=204),
    "account_reauthenticate": OF_EVERYBODY,
    "mfa_reauthenticate": Page(302, 302),
    "mfa_reauthenticate_webauthn": Page(302, 302),
    "mfa_index": Page(post=405),
    "mfa_activate_totp": OF_EVERYBODY,
    "mfa_deactivate_totp": Page(get=404, post=404),
    "mfa_view_recovery_codes": Page(get=404, post=405),
    "mfa_generate_recovery_codes": Page(),
    "mfa_download_recovery_codes": Page(404, 404),
    "mfa_list_webauthn": Page(post=405),
    "mfa_add_webauthn": OF_EVERYBODY,
    # Another person's passkey is not there for anybody, administrators included.
    "mfa_edit_webauthn": Page(about="passkey", there=OTHERS_OWN),
    "mfa_remove_webauthn": Page(about="passkey", there=OTHERS_OWN),
}
#: What is expected of some addresses besides, on other things.
BESIDES = [
    *(("export-plan", read("review", REVIEWS_SEEN, args=(kind,))) for kind in ("docx", "csv")),
    *(("export-actions", Page(post=405, args=(kind,))) for kind in ("docx", "csv")),
    # The document is kept with the plan that was imported from it.
    ("import-document", read("imported", WHOLLY_SEEN)),
    # A report about an agency alone is for its leads as well.
    ("report", read("report on an agency")),
    ("download-report", read("report on an agency")),
]
EVERY_PAGE = [*PAGES.items(), *BESIDES]

#: What administrators may do with each model in the admin; everybody else is refused there.
ADMIN = {
    "scr_tracker.user": "add change",
    "scr_tracker.partnership": "add change",
    "scr_tracker.agency": "add change",
    "scr_tracker.membership": "add change delete",
    "scr_tracker.auditevent": "",
    "scr_tracker.job": "",
    "scr_tracker.worker": "",
    "django_tasks_database.dbtaskresult": "",
    "auth.group": "add change delete",
    "mfa.authenticator": "delete",
    "socialaccount.socialaccount": "add change delete",
    "reviews.review": "add change",
    "reviews.section": "add change",
    "reviews.recommendation": "add change",
    "reviews.response": "add change",
    "reviews.theme": "add change",
    "reviews.recommendationlink": "add change",
    "actions.action": "add change",
    "actions.evidence": "change",
    "actions.extension": "",
    "actions.update": "",
    "actions.comment": "",
    "actions.meeting": "add change",
    "actions.meetingdecision": "",
    "actions.report": "",
    "actions.reportdraft": "",
    "actions.planimport": "",
    "actions.reminder": "",
    "actions.digest": "",
}
#: What administrators are answered in the admin beside its models, to (GET, POST).
ADMIN_PAGES = {
    "index": (200, 200),
    "login": (403, 403),
    "logout": (405, 302),
    "password_change": (200, 200),
    "password_change_done": (200, 405),
    "autocomplete": (403, 405),
    "jsi18n": (200, 405),
    "view_on_site": (404, 404),
    "app_list": (200, 200),
}
ADMIN_ARGS = {"view_on_site": (0, 0), "app_list": ("actions",)}

# --- The walk -----------------------------------------------------------------------------------


def names(resolver, *namespaces):
    """Yield the name of every address, with its namespaces."""
    for pattern in resolver.url_patterns:
        if not isinstance(pattern, URLPattern):
            yield from names(pattern, *namespaces, *filter(None, [pattern.namespace]))
        elif pattern.name:
            yield ":".join([*namespaces, pattern.name])


EVERY_NAME = sorted(set(names(get_resolver())))


def admin_expectations():
    """Return {name: {verb, label or nothing}} of the addresses of the admin."""
    found = {f"admin:{name}": (name, None) for name in ADMIN_PAGES}
    for label in ADMIN:
        for verb in ("changelist", "add", "change", "delete", "history", "simple_history"):
            found[f"admin:{label.replace('.', '_')}_{verb}"] = (verb, label)
    found["admin:auth_user_password_change"] = ("password", "scr_tracker.user")
    return found


IN_THE_ADMIN = admin_expectations()


def test_every_address_has_an_expectation():
    missing = set(EVERY_NAME) - set(PAGES) - set(IN_THE_ADMIN)
    assert not missing, "Say in PAGES or ADMIN who may do what at these addresses."
    assert not set(PAGES) - set(EVERY_NAME), "These addresses are gone."
    assert {model._meta.label_lower for model in admin.site._registry} == set(ADMIN)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """The world, made once for all who walk: what they do there is undone."""
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("world")),
        pytest.MonkeyPatch.context() as patch,
        transaction.atomic(),
    ):
        patch.setattr(pages, "render", lambda template, context: b"%PDF-1.7 %%EOF")
        yield made_world()
        transaction.set_rollback(True)


def made_world():
    """Make two partnerships, an agency that serves both, things of each place, and everybody who walks."""
    ours, elsewhere = PartnershipFactory(), PartnershipFactory()
    agency = AgencyFactory(partnerships=[ours, elsewhere])
    beside = AgencyFactory(partnerships=[ours])
    people = {
        LEAVER: MembershipFactory(partnership=ours).user,
        NOBODY: UserFactory(),
        MANAGER: MembershipFactory(partnership=ours).user,
        FOREIGN_MANAGER: MembershipFactory(partnership=elsewhere).user,
        MEMBER: MembershipFactory(partnership=ours, role=Role.BOARD_MEMBER).user,
        NAMED_MEMBER: MembershipFactory(partnership=ours, role=Role.BOARD_MEMBER).user,
        FOREIGN_MEMBER: MembershipFactory(partnership=elsewhere, role=Role.BOARD_MEMBER).user,
        LEAD: MembershipFactory(agency_lead=True, agency=agency).user,
        OTHER_LEAD: MembershipFactory(agency_lead=True, agency=beside).user,
        ADMINISTRATOR: UserFactory(administrator=True),
    }
    about = {"status": Status.SUBMITTED, "submitted_by": UserFactory(), "submitted_at": timezone.now()}
    action = ActionFactory(recommendation__section__review__partnership=ours, lead_agency=agency, **about)
    actions = {
        OURS: action,
        BESIDE: ActionFactory(recommendation__section=action.recommendation.section, lead_agency=beside, **about),
        RESTRICTED: ActionFactory(
            recommendation__section__review__partnership=ours,
            recommendation__section__review__restricted=True,
            lead_agency=agency,
            **about,
        ),
        FOREIGN: ActionFactory(
            recommendation__section__review__partnership=elsewhere,
            lead_agency=AgencyFactory(partnerships=[elsewhere]),
            **about,
        ),
    }
    actions[RESTRICTED].review.named_people.add(people[NAMED_MEMBER])
    roles = {
        OURS: MembershipFactory(partnership=ours, role=Role.BOARD_MEMBER),
        BESIDE: MembershipFactory(agency_lead=True, agency=beside),
        RESTRICTED: MembershipFactory(partnership=ours),
        FOREIGN: MembershipFactory(partnership=elsewhere),
    }
    with TestCase.captureOnCommitCallbacks(execute=True):
        things = {place: things_of(actions[place], roles[place]) for place in PLACES}
    for place in PLACES:
        for name in ("report", "report on an agency"):
            things[place][name] = [Report.objects.get(draft=things[place][name].pk).pk]
        things[place]["report as Word"] = [*things[place]["report"], "docx"]
    clients = {person: client_of(people.get(person)) for person in EVERYBODY}
    people[LEAVER].is_active = False
    people[LEAVER].save()
    return SimpleNamespace(things=things, clients=clients)


def things_of(action, membership):
    """Return the arguments of the addresses of everything of one place, by its name in PAGES."""
    where = {"partnership": membership.partnership, "agency": membership.agency}
    comment = Comment.objects.create(action=action, by=membership.user, at=timezone.now(), text="Why so late?")
    passkey = Authenticator.objects.create(
        user=membership.user, type=Authenticator.Type.WEBAUTHN, data={"name": "Passkey"}
    )
    invitation = InvitationFactory(
        role=membership.role, secret_hash=Invitation.hash_of(f"{SECRET}{membership.pk}"), **where
    )
    ExtensionFactory(action=action)
    UpdateFactory(action=action)
    meeting = meetings.enter_meeting(
        partnership=action.review.partnership, by=membership.user, name=f"Board {action.pk}", date=today()
    )
    decision = meetings.record(
        meeting=meeting, about=action, by=membership.user, outcome="decision", text="Come back in May."
    )
    record = begun_import(action)
    drafts.describe_review(draft=record, by=membership.user, kind="lcspr", reference=f"New {record.pk}")
    copy = working_copy_of(action.review, membership.user)
    theme = ThemeFactory(partnership=action.review.partnership, recommendations=[action.recommendation])
    return {
        "theme": [theme.pk],
        "link": [action.recommendation_id, link_of(action).pk],
        "review": [action.review_id],
        "recommendation": [action.recommendation_id],
        "section": [action.recommendation.section_id],
        "response": [ResponseFactory(review=action.review, recommendations=[action.recommendation]).pk],
        "agency": [action.lead_agency_id],
        "action": [action.pk],
        "comment": [action.pk, comment.pk],
        "view": [SavedView.objects.create(owner=UserFactory(), name="Late", partnership=action.review.partnership).pk],
        "batch": [Batch.objects.create(by=membership.user, keys=[action.pk]).pk],
        "evidence": [file_of(action, "minutes.pdf", pdf()).pk],
        "pdf": [file_of(action, "minutes.pdf", pdf()).pk],
        "picture": [file_of(action, "poster.png", picture()).pk],
        "pack": [pack_of(membership.user).pk],
        "person": [membership.user_id],
        "role": [membership.pk],
        "invitation": [invitation.pk],
        "passkey": [passkey.pk],
        "form": [action.review_id, action.lead_agency_id],
        "warning": [warning_of(action).pk],
        "partnership": [action.review.partnership_id],
        "job": [Job.objects.create(title="Reading", by=membership.user).pk],
        "working copy": [action.review_id, copy.pk],
        "working copy as Word": [action.review_id, copy.pk, "docx"],
        "meeting": [meeting.pk],
        "minutes": [meeting.pk, minutes_of(meeting, membership.user).pk],
        "meeting item": [meeting.pk, f"a{action.pk}"],
        "meeting decision": [decision.pk],
        "import": [record.pk],
        "import place": [record.pk, 0],
        "import section": [record.pk, drafts.Draft(record).corrected.sections[0].key],
        "import row": [record.pk, drafts.Draft(record).corrected.recommendations[0].key],
        "import again": [begun_import(action, review=action.review).pk],
        "imported": [begun_import(action, review=action.review, state=PlanImport.State.IMPORTED).pk],
        "draft": [drafted(action, membership.user).pk],
        "report": issuing.issue(draft=drafted(action, membership.user), by=membership.user),
        "report on an agency": issuing.issue(
            draft=drafted(action, membership.user, agencies=[action.lead_agency]), by=membership.user
        ),
    }


#: A plan in which there is something to put right of each kind.
PLAN = word(
    "# 1. Fire Service Actions",
    [
        [*HEADINGS[:-1], "Evidence of completion", "Cost code"],
        ["1. Listen", "a) Train crews\nb) Ask schools", "lately", "Eastmere Police", "", "", "Seen to.", "Z"],
        ["2. Write it down", "Buy pens", "June 2031", "", "", "", "", ""],
    ],
)


def warning_of(action):
    """Return a warning that was found about an action."""
    about = {"says": "It has no target date", "about": f"action {action.pk}", "place": action.pk}
    return FoundWarning.objects.create(review=action.review, action=action, kind="no_date", **about)


def begun_import(action, review=None, **about):
    """Begin the import of a plan, as somebody whom nobody here is."""
    file = SimpleUploadedFile("plan.docx", PLAN)
    record = drafts.upload(file=file, partnership=action.review.partnership, review=review, by=UserFactory())
    lost = {"where": "page 2", "text": "Draft 3", "kind": "lost"}
    PlanImport.objects.filter(pk=record.pk).update(losses=[lost], **about)
    return record


def drafted(action, by, **about):
    """Begin a report on the review of an action."""
    return issuing.begin_draft(by=by, partnership=action.review.partnership, reviews=[action.review], **about)


def working_copy_of(review, by):
    """Return the job that has made a working copy of a report."""
    job = Job.objects.create(title="Working copy", by=by, state=Job.State.DONE, ended_at=timezone.now())
    job.leads_to = reverse("working-copy", args=[review.pk, job.pk])
    job.save()
    made = {"kind": "monitoring", "made_at": timezone.now().isoformat(), "data": working_copy(review).to_dict()}
    for form in ("pdf", "docx", "xlsx"):
        default_storage.save(f"{issuing.WORKING_COPIES}/{job.pk}.{form}", ContentFile(b"%PDF-1.7 %%EOF"))
    default_storage.save(f"{issuing.WORKING_COPIES}/{job.pk}.json", ContentFile(json.dumps(made).encode()))
    return job


def pack_of(user):
    """Return the job of an evidence pack that somebody asked for, and that has been cleared away."""
    ended = {"state": Job.State.DONE, "ended_at": timezone.now()}
    job = Job.objects.create(title="Evidence pack", by=user, **ended)
    job.leads_to = reverse("evidence-pack", args=[job.pk])
    job.save()
    return job


def minutes_of(meeting, user):
    """Return the job that made the PDF of a meeting's decisions, which has been cleared away."""
    job = Job.objects.create(title="Decisions", by=user, state=Job.State.DONE, ended_at=timezone.now())
    job.leads_to = reverse("minutes", args=[meeting.pk, job.pk])
    job.save()
    return job


def link_of(action):
    """Link the recommendation of an action to another that the same people see."""
    other = RecommendationFactory(section=action.recommendation.section)
    ActionFactory(recommendation=other, lead_agency=action.lead_agency)
    return RecommendationLink.objects.create(recommendation=action.recommendation, other=other, relation="see_also")


def file_of(action, name, content):
    """Add a file to an action as evidence of its agency, as somebody whom nobody here is."""
    said = evidence_services.About(title="", kind="minutes", strength="said", what_it_shows="That it was agreed.")
    content = evidence_services.Content(file=upload(name, content))
    return evidence_services.add(action=action, by=UserFactory(), about=said, content=content)


def client_of(user):
    """Return a browser in which a person has just signed in, however long the tests that use it take.

    The leaver was let go afterwards.
    """
    client = Client()
    if user:
        client.force_login(user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time() + A_DAY}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


def answer(client, method, address, **how):
    """Return what somebody is answered, and undo what they did."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        cache.clear()  # so that nobody has tried too often
        response = getattr(client, method)(address, **how)
        if response.streaming:
            b"".join(response.streaming_content)
        assert_is_safe(response)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def assert_is_safe(response):
    """Hold the headers of an answer against what browsers must be told."""
    policy = response["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Permissions-Policy"] == settings.PERMISSIONS_POLICY


def answered(response):
    """Return the status, or that it leads to the sign-in."""
    ways = [address for address, _ in getattr(response, "redirect_chain", ())] or [response.get("Location", "")]
    if ways[-1].startswith(f"{reverse('sign-in')}?next="):
        return SIGN_IN
    return response.status_code


@pytest.mark.django_db
@pytest.mark.parametrize("about", sorted({page.about for _, page in EVERY_PAGE}))
def test_everybody_is_answered_as_expected_about(world, about):
    wrong = []
    for name, page in EVERY_PAGE:
        for place in (PLACES if about else [None]) if page.about == about else []:
            address = page.address(name, world.things[place][about] if place else ())
            for person, client in world.clients.items():
                for method in ("get", "post"):
                    got, wanted = answered(answer(client, method, address)), page.expected(method, person, place)
                    if got != wanted:
                        wrong.append(f"{method} {name} as {person}, {place or 'no key'}: {got}, not {wanted}")
    assert not wrong, "\n".join(["", *wrong])


@pytest.fixture
def one_of_each(world):
    """What the world lacks of the models of the admin."""
    partnership, user = PartnershipFactory(), UserFactory()
    first, second = RecommendationFactory(), RecommendationFactory()
    Group.objects.create(name="Helpers")
    SocialAccount.objects.create(user=user, provider="microsoft", uid="1")
    ThemeFactory()
    ResponseFactory(review=first.section.review, recommendations=[first])
    RecommendationLink.objects.create(recommendation=first, other=second, relation=RecommendationLink.Relation.REPEATS)
    Meeting.objects.create(partnership=partnership, name="Board", date=today())
    Worker.objects.create(pk="worker")
    DBTaskResult.objects.create(args_kwargs={"args": [], "kwargs": {}}, task_path="a.test", backend_name="worker")
    audit.record(AuditEvent.Kind.EXPORTED, about="a test")
    Digest.objects.create(person=user, day=today(), message_id="<1@example.org>")
    Reminder.objects.create(action=ActionFactory(), person=user, kind="lead", silent_since=today())


@pytest.mark.django_db
@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize("verb", sorted({verb for verb, _ in IN_THE_ADMIN.values()}))
def test_only_administrators_come_into_the_admin_to(world, verb):
    wrong = []
    for name, (_, label) in IN_THE_ADMIN.items():
        if IN_THE_ADMIN[name][0] != verb or name not in EVERY_NAME:
            continue
        address = reverse(name, args=admin_args(verb, label))
        for person, client in world.clients.items():
            for method in ("get", "post"):
                got = answered(answer(client, method, address, follow=person != ADMINISTRATOR))
                wanted = expected_in_admin(person, method, verb, label)
                if got != wanted:
                    wrong.append(f"{method} {name} as {person}: {got}, not {wanted}")
    assert not wrong, "\n".join(["", *wrong])


def admin_args(verb, label):
    """Return the arguments of an address in the admin: the keys of something that is there."""
    if label is None:
        return ADMIN_ARGS.get(verb, ())
    model = apps.get_model(label)
    key = model._base_manager.values_list("pk", flat=True).first() or 1
    if verb == "simple_history":
        return key, model.history.filter(id=key).values_list("history_id", flat=True).first() or 1
    return () if verb in {"changelist", "add"} else (key,)


def expected_in_admin(person, method, verb, label):
    """Return what somebody is answered in the admin."""
    if person in STRANGERS:
        return SIGN_IN
    if person != ADMINISTRATOR:
        return 403
    if label is None:
        return ADMIN_PAGES[verb][method == "post"]
    may = ADMIN[label].split()
    if verb in {"add", "delete"}:
        return 200 if verb in may else 403
    if verb == "change" and method == "post" and "change" not in may:
        return 403
    return 200
