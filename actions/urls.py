"""The addresses of plans and actions. They read like the hierarchy of the pages."""

from django.urls import path

from . import steps, views

review_urls = [
    path("reviews/", views.review_list, name="review-list"),
    path("reviews/<int:pk>/", views.plan, name="plan"),
    path("reviews/<int:pk>/history/", views.review_history, name="review-history"),
    path("reviews/<int:pk>/report/", views.plan_report, name="plan-report"),
    path("recommendations/<int:pk>/", views.recommendation, name="recommendation"),
]

action_urls = [
    path("actions/", views.ActionList.as_view(), name="action-list"),
    path("actions/<int:pk>/", views.action, name="action"),
    *(
        path(f"actions/<int:pk>/{step.path}/", views.take_step, {"step": step}, name=step.name)
        for step in steps.STEPS
        if step != steps.REPLY
    ),
    path("actions/<int:pk>/comments/<int:comment_pk>/reply/", views.reply, name="reply"),
    path("sign-off/", views.sign_off_queue, name="sign-off-queue"),
    path("extensions/", views.extension_queue, name="extension-queue"),
]

urlpatterns = [path("", views.home, name="home"), *review_urls, *action_urls]
