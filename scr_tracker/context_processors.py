"""What every page knows."""

from django.conf import settings

from .models import DEFAULT_MARKING


def marking(request):
    """Return the protective marking for pages that belong to no single partnership."""
    return {"marking": DEFAULT_MARKING}


def inactivity(request):
    """Return after how many minutes without a sign of life people are signed out."""
    return {"inactivity_minutes": settings.INACTIVITY_MINUTES}
