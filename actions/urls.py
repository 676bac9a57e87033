"""The addresses of plans and actions. They read like the hierarchy of the pages."""

from django.urls import path

from . import steps, views
from .views import again, calendars, evidence, imports, packs, reminders, reports, updates

review_urls = [
    path("reviews/", views.review_list, name="review-list"),
    path("reviews/<int:pk>/", views.plan, name="plan"),
    path("reviews/<int:pk>/history/", views.review_history, name="review-history"),
    path("reviews/<int:pk>/report/", views.plan_report, name="plan-report"),
    path("reviews/<int:pk>/report/<int:job_pk>/", reports.working_copy, name="working-copy"),
    path("reviews/<int:pk>/report/<int:job_pk>/download/", reports.download_working_copy, name="download-working-copy"),
    path("reviews/<int:pk>/report/<int:job_pk>/read/", reports.read_working_copy, name="read-working-copy"),
    path(
        "reviews/<int:pk>/report/<int:job_pk>/download/<str:form>/",
        reports.download_working_copy_as,
        name="download-working-copy-as",
    ),
    path("reviews/<int:pk>/export/<str:kind>/", views.export_plan, name="export-plan"),
    path("reviews/<int:pk>/form/<int:agency_pk>/", views.export_form, name="export-form"),
    path("recommendations/<int:pk>/", views.recommendation, name="recommendation"),
    path("recommendations/<int:pk>/repeats/", views.link_repeat, name="link-repeat"),
]

action_urls = [
    path("actions/", views.ActionList.as_view(), name="action-list"),
    path("actions/export/<str:kind>/", views.ActionListExport.as_view(), name="export-actions"),
    path("actions/<int:pk>/", views.action, name="action"),
    *(
        path(f"actions/<int:pk>/{step.path}/", views.take_step, {"step": step}, name=step.name)
        for step in steps.STEPS
        if step not in (steps.UPDATE, steps.REPLY)
    ),
    path("actions/<int:pk>/update/", updates.update_action, name="update-action"),
    path("actions/<int:pk>/comments/<int:comment_pk>/reply/", views.reply, name="reply"),
    path("sign-off/", views.sign_off_queue, name="sign-off-queue"),
    path("extensions/", views.extension_queue, name="extension-queue"),
    path("impact-checks/", views.impact_queue, name="impact-queue"),
]

evidence_urls = [
    path("actions/<int:pk>/evidence/add/", evidence.add_evidence, name="add-evidence"),
    path("actions/<int:pk>/evidence/reuse/", evidence.reuse_evidence, name="reuse-evidence"),
    path("evidence/<int:pk>/", evidence.evidence, name="evidence"),
    path("evidence/<int:pk>/download/", evidence.download_evidence, name="download-evidence"),
    path("evidence/<int:pk>/open/", evidence.open_evidence, name="open-evidence"),
    path("evidence/<int:pk>/picture/", evidence.evidence_picture, name="evidence-picture"),
    path("evidence/<int:pk>/share/", evidence.share_evidence, name="share-evidence"),
    path("evidence/<int:pk>/replace/", evidence.replace_evidence, name="replace-evidence"),
    path("evidence/<int:pk>/accept/", evidence.accept_evidence, name="accept-evidence"),
    path("evidence/<int:pk>/return/", evidence.return_evidence, name="return-evidence"),
    path("evidence/<int:pk>/withdraw/", evidence.withdraw_evidence, name="withdraw-evidence"),
]

pack_urls = [
    path("evidence-packs/new/", packs.new_evidence_pack, name="new-evidence-pack"),
    path("evidence-packs/<int:pk>/", packs.evidence_pack, name="evidence-pack"),
    path("evidence-packs/<int:pk>/download/", packs.download_evidence_pack, name="download-evidence-pack"),
]

import_urls = [
    path("imports/", imports.import_list, name="import-list"),
    path("imports/new/", imports.import_plan, name="import-plan"),
    path("imports/<int:pk>/", imports.plan_import, name="plan-import"),
    path("imports/<int:pk>/document/", imports.import_document, name="import-document"),
    path("imports/<int:pk>/review/", imports.import_review, name="import-review"),
    path("imports/<int:pk>/look-at/", imports.import_problems, name="import-problems"),
    path("imports/<int:pk>/look-at/<int:number>/settle/", imports.settle_problem, name="settle-problem"),
    path("imports/<int:pk>/columns/", imports.import_columns, name="import-columns"),
    path("imports/<int:pk>/agencies/", imports.import_agencies, name="import-agencies"),
    path("imports/<int:pk>/corrections/", imports.import_corrections, name="import-corrections"),
    path("imports/<int:pk>/corrections/<int:number>/undo/", imports.undo_correction, name="undo-correction"),
    path("imports/<int:pk>/sections/<str:key>/", imports.import_section, name="import-section"),
    path("imports/<int:pk>/recommendations/<str:key>/", imports.import_row, name="import-row"),
    *(
        path(f"imports/<int:pk>/{step}/<str:key>/", imports.correct_import, {"step": step}, name=f"import-{step}")
        for step in imports.CORRECTIONS
    ),
    path("imports/<int:pk>/hand-over/", imports.hand_over_import, name="hand-over-import"),
    path("imports/<int:pk>/drop/", imports.drop_import, name="drop-import"),
    path("imports/<int:pk>/import/", imports.bring_in, name="bring-in"),
    path("imports/<int:pk>/differences/", again.import_differences, name="import-differences"),
    path("imports/<int:pk>/differences/accept/", again.accept_differences, name="accept-differences"),
]

report_urls = [
    path("reports/", reports.report_list, name="report-list"),
    path("reports/new/", reports.new_report, name="new-report"),
    path("reports/meetings/new/", reports.new_meeting, name="new-meeting"),
    path("reports/drafts/<int:pk>/", reports.report_draft, name="report-draft"),
    path("reports/drafts/<int:pk>/change/", reports.change_report_draft, name="change-report-draft"),
    path("reports/drafts/<int:pk>/issue/", reports.issue_report, name="issue-report"),
    path("reports/drafts/<int:pk>/discard/", reports.discard_report_draft, name="discard-report-draft"),
    path("reports/drafts/<int:pk>/findings/<str:finding>/", reports.clear_finding, name="clear-finding"),
    path("reports/drafts/<int:pk>/approve/", reports.approve_report, name="approve-report"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reports/<int:pk>/read/", reports.read_report, name="read-report"),
    path("reports/<int:pk>/download/<str:form>/", reports.download_report_as, name="download-report-as"),
    path("reports/<int:pk>/download/", reports.download_report, name="download-report"),
]

reminder_urls = [
    path("actions/<int:pk>/remind/", reminders.remind_lead, name="remind-lead"),
    path("reminders/", reminders.reminders, name="reminders"),
    path("reminders/rules/<int:pk>/", reminders.reminder_rules, name="reminder-rules"),
    path("account/calendar/", calendars.calendar_feed, name="calendar-feed"),
    path("calendars/<str:secret>/target-dates.ics", calendars.calendar, name="calendar"),
]

urlpatterns = [
    path("", views.home, name="home"),
    *review_urls,
    *action_urls,
    *evidence_urls,
    *pack_urls,
    *import_urls,
    *report_urls,
    *reminder_urls,
]
