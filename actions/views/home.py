"""The first page after signing in."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .. import homes


@require_safe
def home(request):
    """Show a person what needs them, what is theirs to do, and how their partnership stands."""
    asked = request.GET.get("partnership", "")
    found = homes.of(request.user, int(asked) if asked.isdecimal() and len(asked) < 10 else None)
    if found is None:
        raise Http404
    context = {"home": found, "waiting": found.waiting, "section": "home"}
    if found.panel:
        context |= {"labels": found.panel.labels, "marking": found.panel.partnership.protective_marking}
    return render(request, "home.html", context)
