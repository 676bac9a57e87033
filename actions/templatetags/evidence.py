"""The evidence of an action, for its page, and how a piece of it is shown."""

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from actions.evidence.checking import BY_CONTENT_TYPE
from scr_tracker.templatetags.components import DIALS, SVG

register = template.Library()

_RING = DIALS["not_started"]

#: What became of a piece, as a small picture beside the word that says the same.
PICTURES = {
    "offered": _RING,
    "accepted": DIALS["complete"],
    "returned": _RING + '<path d="M10.8 10.6V7.4H5.4M7.4 5.2L5.2 7.4l2.2 2.2"/>',
    "withdrawn": DIALS["superseded"],
    "replaced": DIALS["superseded"],
    "waiting": DIALS["paused"],
    "infected": '<path d="M8 1.8l6.8 12.4H1.2z"/><path d="M8 6v4M8 11.4v1.2"/>',
}


@register.inclusion_tag("actions/evidence/_list.html")
def evidence_of(action, pieces, may_add):
    """List the evidence of an action: what counts now, and folded away what was replaced or withdrawn."""
    return {
        "action": action,
        "current": [piece for piece in pieces if not (piece.newer or piece.is_withdrawn)],
        "former": [piece for piece in pieces if piece.newer or piece.is_withdrawn],
        "may_add": may_add,
    }


@register.filter
def standing_tag(evidence):
    """Show what the partnership made of a piece of evidence, or that a newer version has taken its place."""
    if evidence.newer and not evidence.is_withdrawn:
        return _tag("replaced", "Replaced by a newer version")
    return _tag(evidence.standing, evidence.get_standing_display())


@register.filter
def scan_tag(evidence):
    """Show that nobody can open the file yet, or ever."""
    return _tag(evidence.scan, evidence.get_scan_display()) if evidence.is_in_quarantine else ""


def _tag(name, word):
    return format_html(
        '<span class="app-status app-standing--{}">{}{}</svg>{}</span>',
        name,
        mark_safe(SVG.format(16)),
        mark_safe(PICTURES[name]),
        word,
    )


@register.filter
def what_it_is(evidence):
    """Say what a piece consists of: "PDF, 1.2 MB", "Link", "Note"."""
    if not evidence.file:
        return "Link" if evidence.link else "Note"
    known = BY_CONTENT_TYPE.get(evidence.content_type)
    return f"{known.name if known else 'File'}, {filesizeformat(evidence.size or 0)}"
