"""The addresses of plans and actions."""

urlpatterns = []
