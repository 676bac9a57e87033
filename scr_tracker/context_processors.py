"""What every page knows."""

from .models import DEFAULT_MARKING


def marking(request):
    """Return the protective marking for pages that belong to no single partnership."""
    return {"marking": DEFAULT_MARKING}
