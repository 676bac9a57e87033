"""Search over everything that a person may see."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from reviews.models import Review

from ..models import SearchKind
from ..search import asked, finding, results

SHOWN = 20

#: How many reviews are offered to look in: those with the most results.
REVIEWS_OFFERED = 100

#: The kinds by their words in an address.
KINDS = {kind.label.lower(): kind for kind in SearchKind}


@require_safe
def search(request):
    """Show what was found, the best first, of all kinds or of one."""
    question = asked.read(request.GET.get("q", ""))
    kind, review = KINDS.get(request.GET.get("kind")), key_in(request.GET.get("review", ""))
    context = {"question": question, "typed": "q" in request.GET, "longest": asked.LONGEST, "kind": kind}
    if question:
        found = finding.find_or_correct(question, request.user, review)
        context |= {"review": review, **what_was_found(found, kind, request)}
        context["reviews"] = reviews_of(found, request.user, review)
    return render(request, "search.html", context)


def what_was_found(found, kind, request):
    """Return a page of the results of one kind, or of all, and how many there are of each."""
    page = Paginator(found.of(kind), SHOWN).get_page(request.GET.get("page"))
    chosen = {"q": found.asked.text, "review": request.GET.get("review", "")}
    return {
        "found": found,
        "page": page,
        "shown": found.in_words(kind),
        "over": found.is_over(kind),
        "results": results.of(list(page), found.asked, request.user),
        "total": found.in_words(),
        "nothing": f"Nothing was found for “{found.asked.text}”",
        "everything": address(chosen),
        "kinds": [
            (each, found.in_words(each), address(chosen, kind=each.label.lower()))
            for each in SearchKind
            if found.kinds[each] or each == kind
        ],
    }


def address(chosen, **more):
    """Return the address of a search."""
    query = {name: value for name, value in {**chosen, **more}.items() if value}
    return f"{reverse('search')}?{urlencode(query)}"


def key_in(text):
    """Return the key that an address gives, or None."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def reviews_of(found, user, chosen):
    """Return the reviews with the most results, and the one chosen, in the order of their references."""
    keys = [key for key, _ in found.reviews.most_common(REVIEWS_OFFERED)]
    visible = Review.objects.visible_to(user).filter(pk__in=[*keys, *([chosen] if chosen else [])])
    return visible.only("reference", "pseudonym").order_by("reference", "pk")
