"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from . import views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", views.SignOut.as_view(), name="sign-out"),
    path("admin/", admin.site.urls),
    path("", include("actions.urls")),
]
