"""The first page after signing in."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from .. import summaries


@require_safe
def home(request):
    """Show how everything that the person may see stands, and what needs attention first."""
    context = {
        "summary": summaries.for_home(request.user),
        "waiting": summaries.count_queues(request.user),
        "section": "home",
    }
    return render(request, "home.html", context)
