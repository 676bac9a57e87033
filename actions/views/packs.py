"""Evidence packs: choosing what one is about, seeing what is in it, taking it out."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from scr_tracker.kept import written
from scr_tracker.models import Job
from scr_tracker.rules import RuleBroken

from ..packs import contents, services
from ..report_forms import PackForm
from .evidence import SHUT_IN
from .steps import done_by


@require_http_methods(["GET", "HEAD", "POST"])
def new_evidence_pack(request):
    """Choose the review or the agency whose evidence is packed, and ask for the pack."""
    reviews, agencies = contents.reviews_for(request.user), contents.agencies_for(request.user)
    asked = next((f"{name}-{request.GET[name]}" for name in ("review", "agency") if name in request.GET), "")
    form = PackForm(written(request), reviews=reviews, agencies=agencies, by=request.user, initial={"about": asked})
    if not form.offers_anything:
        raise PermissionDenied
    if request.method == "POST" and done_by(form, services.begin_pack):
        return redirect(Job.objects.visible_to(request.user).filter(by=request.user).first() or "new-evidence-pack")
    return render(request, "actions/packs/new.html", {"form": form, "section": "reports"})


@require_safe
def evidence_pack(request, pk):
    """Show what is in a pack to who asked for it, and offer it."""
    job = get_pack(request, pk)
    context = {"job": job, "contents": services.contents_of(job), "section": "reports"}
    return render(request, "actions/packs/pack.html", context)


@require_GET
def download_evidence_pack(request, pk):
    """Give a pack to who asked for it, piece by piece as it is put together."""
    job = get_pack(request, pk)
    try:
        name, pieces = services.give_out(job=job, by=request.user, request=request)
    except RuleBroken as broken:
        messages.error(request, str(broken))
        return redirect("new-evidence-pack")
    response = StreamingHttpResponse(pieces, content_type="application/zip", headers=SHUT_IN)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def get_pack(request, pk):
    """Return the job that has made a pack for the user."""
    return get_object_or_404(Job.objects.visible_to(request.user), pk=pk, leads_to=reverse("evidence-pack", args=[pk]))
