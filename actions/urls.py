"""The addresses of plans and actions. They read like the hierarchy of the pages."""

from django.urls import path

from . import steps, views
from .views import (
    again,
    batches,
    calendars,
    changes,
    editing,
    evidence,
    house,
    imports,
    listing,
    meeting_room,
    meetings,
    packs,
    reminders,
    reports,
    search,
    themes,
    updates,
)

house_urls = [
    path("partnerships/<int:pk>/change/", house.change_partnership, name="change-partnership"),
    path("partnerships/<int:pk>/logo/", house.change_logo, name="change-logo"),
    path("agencies/", house.agency_list, name="agency-list"),
    path("agencies/new/", house.new_agency, name="new-agency"),
    path("agencies/<int:pk>/change/", house.change_agency, name="change-agency"),
]

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
    path("recommendations/<int:pk>/themes/", themes.recommendation_themes, name="recommendation-themes"),
    path("recommendations/<int:pk>/themes/answer/", themes.answer_theme, name="answer-theme"),
    path("recommendations/<int:pk>/link/", themes.link_recommendation, name="link-recommendation"),
    path(
        "recommendations/<int:pk>/links/<int:link_pk>/undo/",
        themes.unlink_recommendation,
        name="unlink-recommendation",
    ),
]

theme_urls = [
    path("themes/", themes.theme_list, name="theme-list"),
    path("themes/new/", themes.add_theme, name="add-theme"),
    path("themes/to-give/", themes.run_through, name="themes-to-give"),
    path("themes/<int:pk>/", themes.theme, name="theme"),
    path("themes/<int:pk>/change/", themes.change_theme, name="change-theme"),
    path("themes/<int:pk>/merge/", themes.merge_theme, name="merge-theme"),
]

editing_urls = [
    path("reviews/new/", editing.new_review, name="new-review"),
    path("reviews/<int:pk>/change/", editing.change_review, name="change-review"),
    path("reviews/<int:pk>/sections/", editing.section_list, name="section-list"),
    path("reviews/<int:pk>/sections/new/", editing.new_section, name="new-section"),
    path("sections/<int:pk>/change/", editing.change_section, name="change-section"),
    path("sections/<int:pk>/remove/", editing.remove_section, name="remove-section"),
    path("reviews/<int:pk>/recommendations/new/", editing.new_recommendation, name="new-recommendation"),
    path("recommendations/<int:pk>/change/", editing.change_recommendation, name="change-recommendation"),
    path("recommendations/<int:pk>/withdraw/", editing.withdraw_recommendation, name="withdraw-recommendation"),
    path("recommendations/<int:pk>/responses/new/", editing.new_response, name="new-response"),
    path("responses/<int:pk>/change/", editing.change_response, name="change-response"),
    path("recommendations/<int:pk>/actions/new/", editing.new_action, name="new-action"),
    path("actions/<int:pk>/change/", editing.change_action, name="change-action"),
    *(
        path(f"{what}s/<int:pk>/move-{way}/", move, {"up": way == "up"}, name=f"move-{what}-{way}")
        for what, move in editing.MOVES.items()
        for way in ("up", "down")
    ),
]

action_urls = [
    path("actions/", views.ActionList.as_view(), name="action-list"),
    path("actions/export/<str:kind>/", views.ActionListExport.as_view(), name="export-actions"),
    path("actions/sheet/", changes.Sheet.as_view(), name="sheet"),
    path("actions/jump/", listing.jump, name="jump"),
    path("actions/columns/", listing.list_columns, name="list-columns"),
    path("actions/keys/", listing.list_keys, name="list-keys"),
    path("actions/views/", listing.saved_views, name="saved-views"),
    path("actions/views/new/", listing.save_view, name="save-view"),
    path("actions/views/<int:pk>/", listing.change_view, name="change-view"),
    path("actions/views/<int:pk>/delete/", listing.delete_view, name="delete-view"),
    path("actions/select/", batches.select_actions, name="select-actions"),
    path("actions/batches/new/", batches.NewBatch.as_view(), name="new-batch"),
    path("actions/batches/<int:pk>/", batches.batch, name="batch"),
    path("actions/batches/<int:pk>/preview/", batches.batch_preview, name="batch-preview"),
    path("actions/batches/<int:pk>/undo/", batches.undo_batch, name="undo-batch"),
    path("actions/batches/<int:pk>/remind/", batches.batch_remind, name="batch-remind"),
    path("actions/batches/<int:pk>/report/", batches.batch_report, name="batch-report"),
    path("actions/batches/<int:pk>/export/<str:kind>/", batches.batch_export, name="batch-export"),
    path("actions/<int:pk>/", views.action, name="action"),
    path("actions/<int:pk>/quick/", changes.quick_change, name="quick-change"),
    path("actions/<int:pk>/row/", changes.list_row, name="list-row"),
    path("actions/<int:pk>/undo/", changes.undo_change, name="undo-change"),
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
    path("data-warnings/", views.data_warnings, name="data-warnings"),
    path("data-warnings/<int:pk>/all-right/", views.settle_warning, name="settle-warning"),
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

meeting_urls = [
    path("meetings/", meetings.meeting_list, name="meeting-list"),
    path("meetings/new/", meetings.new_meeting, name="new-meeting"),
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<int:pk>/change/", meetings.change_meeting, name="change-meeting"),
    path("meetings/<int:pk>/present/", meetings.meeting_present, name="meeting-present"),
    path("meetings/<int:pk>/agenda/", meetings.meeting_agenda, name="meeting-agenda"),
    path("meetings/<int:pk>/agenda/choose/", meetings.choose_agenda, name="choose-agenda"),
    path("meetings/<int:pk>/agenda/add/", meetings.add_to_agenda, name="add-to-agenda"),
    path("meetings/<int:pk>/agenda/prepare/", meetings.prepare_agenda, name="prepare-agenda"),
    path("meetings/<int:pk>/agenda/open/", meetings.open_agenda, name="open-agenda"),
    path("meetings/<int:pk>/run/", meeting_room.run_meeting, name="run-meeting"),
    path("meetings/<int:pk>/run/end/", meeting_room.end_meeting, name="end-meeting"),
    path("meetings/<int:pk>/run/<str:key>/", meeting_room.meeting_item, name="meeting-item"),
    path("meetings/<int:pk>/minutes/", meetings.make_minutes, name="make-minutes"),
    path("meetings/<int:pk>/minutes/word/", meetings.minutes_as_word, name="minutes-as-word"),
    path("meetings/<int:pk>/minutes/<int:job_pk>/", meetings.made_minutes, name="minutes"),
    path("meetings/<int:pk>/minutes/<int:job_pk>/download/", meetings.download_minutes, name="download-minutes"),
    path("meetings/decisions/<int:pk>/correct/", meetings.correct_decision, name="correct-decision"),
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
    *house_urls,
    path("search/", search.search, name="search"),
    *review_urls,
    *editing_urls,
    *action_urls,
    *evidence_urls,
    *pack_urls,
    *import_urls,
    *report_urls,
    *meeting_urls,
    *theme_urls,
    *reminder_urls,
]
