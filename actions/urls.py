"""The addresses of plans and actions. They read like the hierarchy of the pages."""

from django.urls import path

from . import views

review_urls = [
    path("reviews/", views.review_list, name="review-list"),
    path("reviews/<int:pk>/", views.plan, name="plan"),
    path("reviews/<int:pk>/report/", views.plan_report, name="plan-report"),
    path("recommendations/<int:pk>/", views.recommendation, name="recommendation"),
]

action_urls = [
    path("actions/", views.ActionList.as_view(), name="action-list"),
    path("actions/<int:pk>/", views.action, name="action"),
    path("actions/<int:pk>/update/", views.update_action, name="update-action"),
]

urlpatterns = [path("", views.home, name="home"), *review_urls, *action_urls]
