"""Where records came from: the document that was imported, kept with the review as evidence of itself."""

from dataclasses import dataclass

from actions.models import PlanImport


@dataclass(frozen=True)
class Source:
    """Where a record was imported from: the document, if the person may have it, and what else is said of the place."""

    rest: str
    document: PlanImport | None = None


def source_of(record, review, user):
    """Return where a recommendation or action of a review was imported from; None where it was not."""
    if not record.source_place:
        return None
    for document in documents_of(review, user):
        if record.source_place.startswith(document.file_name):
            return Source(record.source_place.removeprefix(document.file_name), document)
    return Source(record.source_place)


def documents_of(review, user):
    """Return the documents that a review's plan was imported from and that the user may have, the latest first."""
    imported = PlanImport.objects.visible_to(user, document=True).filter(review=review, state="imported")
    read = ("file_name", "at", "closed_at", "closed_by__name", "closed_by__email")
    return imported.select_related("closed_by").only(*read).order_by("-closed_at", "-pk")
