"""The audit log: who signed in, was refused, downloaded or exported what, when and from where."""

from allauth.core.internal.httpkit import get_client_ip

from .models import AuditEvent


def record(kind, *, by=None, about="", request=None, **detail):
    """Enter an event in the audit log. Details are plain values; no secret and no text of a plan belongs there."""
    return AuditEvent.objects.create(
        kind=kind,
        by=by if by is not None and by.is_authenticated else None,
        about=str(about)[:300],
        from_address=get_client_ip(request) if request else None,
        detail=detail,
    )
