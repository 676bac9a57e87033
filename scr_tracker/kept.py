"""What somebody wrote while their sign-in ended: kept in the session, and offered back on the form it came from.

Only what came from a form that this site made for a person is kept (forms.OnceForm), and it is shown to that
person alone.
"""

from django.contrib import messages
from django.http import QueryDict

from .forms import read_token

KEPT = "kept_writing"
#: How many forms are kept for one browser, and how long what was typed may be.
MOST_FORMS, MOST_CHARACTERS = 5, 100_000


def keep(request):
    """Keep what was sent and could not be taken; say whether there was anything of ours to keep."""
    _, by = read_token(request.POST.get("token"))
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    typed = data.urlencode()
    if by is None or len(typed) > MOST_CHARACTERS:
        return False
    kept = {**request.session.get(KEPT, {}), request.path: {"by": by, "typed": typed}}
    request.session[KEPT] = dict(list(kept.items())[-MOST_FORMS:])
    return True


def written(request):
    """Return what fills the form of this page: what was sent just now, else what was kept, else nothing."""
    kept = request.session.get(KEPT, {})
    found = kept.get(request.path)
    if request.method == "POST":
        if found:
            request.session[KEPT] = {path: each for path, each in kept.items() if path != request.path}
        return request.POST
    if not found or found["by"] != request.user.pk:
        return None
    messages.info(request, "You were signed out before this was saved. Check what you wrote, then save it.")
    return QueryDict(found["typed"], mutable=True)
