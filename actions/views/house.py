"""Pages of the house: a partnership's settings, and its agencies."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from scr_tracker import services
from scr_tracker.models import Agency, Partnership
from scr_tracker.permissions import Permission

from .. import house_forms as forms
from .. import logos
from .editing import FORM, Asking, ask
from .steps import done_by

SECTION = {"section": "people"}


def managed(request):
    """Return the partnerships whose settings and agencies the user may change."""
    return Partnership.objects.visible_to(request.user).where(request.user, may=Permission.MANAGE_PARTNERSHIP)


def asking(title, *trail, caption="", **more):
    """Return a page that asks something about the house."""
    trail = [("People", reverse("people")), *trail]
    return Asking(title, trail, trail[-1][1], caption=caption, context=SECTION, **more)


@FORM
def change_partnership(request, pk):
    """Change the rules of a partnership's house."""
    found = get_partnership(request, pk)
    return ask(
        request,
        asking("Settings", caption=str(found), template="house/partnership.html"),
        lambda data: forms.PartnershipForm(data, partnership=get_partnership(request, pk), by=request.user),
        services.change_partnership,
        "The settings are changed",
        partnership=found,
    )


@FORM
def change_logo(request, pk):
    """Give a partnership the logo that stands on the covers of its reports."""
    found = get_partnership(request, pk)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms.LogoForm(*sent, partnership=found, by=request.user)
    settings = reverse("change-partnership", args=[pk])
    if request.method == "POST" and done_by(form, logos.change_logo, partnership=found):
        messages.success(request, "The logo is changed")
        return redirect(settings)
    crumbs = asking("Logo", ("Settings", settings)).crumbs
    context = {"form": form, "partnership": found, "crumbs": crumbs, "logo": logos.read(found.logo.name), **SECTION}
    return render(request, "house/logo.html", context)


def get_partnership(request, pk):
    """Return a partnership whose settings the user may change."""
    found = get_object_or_404(Partnership.objects.visible_to(request.user), pk=pk)
    if not request.user.has_perm(Permission.MANAGE_PARTNERSHIP, found):
        raise PermissionDenied
    return found


@require_safe
def agency_list(request):
    """Show the agencies of each partnership that the user manages."""
    partnerships = managed(request).prefetch_related("agencies__successor")
    if not partnerships:
        raise PermissionDenied
    visible = set(Agency.objects.visible_to(request.user).values_list("pk", flat=True))
    return render(request, "house/agency_list.html", {"partnerships": partnerships, "visible": visible, **SECTION})


@FORM
def new_agency(request):
    """Add an agency to a partnership."""
    partnerships = managed(request)
    if not partnerships:
        raise PermissionDenied
    return ask(
        request,
        asking("Add an agency", below_agencies(), button="Add the agency", another="Save and add another"),
        lambda data: forms.AgencyForm(data, partnerships=partnerships, by=request.user),
        services.add_agency,
        lambda agency: f"{agency} is added",
    )


@FORM
def change_agency(request, pk):
    """Change what an agency is called, and who took over from it."""
    found = get_agency(request, pk)
    return ask(
        request,
        asking("Change the agency", below_agencies(), caption=str(found)),
        lambda data: forms.AgencyForm(
            data, partnerships=managed(request), agency=get_agency(request, pk), by=request.user
        ),
        services.change_agency,
        "The agency is changed",
        agency=found,
    )


def below_agencies():
    """Return the breadcrumb of the list of agencies."""
    return ("Agencies", reverse("agency-list"))


def get_agency(request, pk):
    """Return an agency that the user may change."""
    found = get_object_or_404(Agency.objects.visible_to(request.user).select_related("successor"), pk=pk)
    if not request.user.has_perm(Permission.MANAGE_PARTNERSHIP, found):
        raise PermissionDenied
    return found
