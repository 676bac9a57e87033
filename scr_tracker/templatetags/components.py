"""The parts that pages are made of. None of them asks the database anything but what the user may do.

Ratings and statuses are known here by their values as plain texts, because this package imports no other.
"""

from contextlib import suppress
from datetime import datetime
from functools import lru_cache

from django import forms, template
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils import formats, timezone
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from scr_tracker.inputs import escaped
from scr_tracker.permissions import Permission
from scr_tracker.words import day, first_words, shortened

register = template.Library()

#: Each rating's word, and what it means in the key; the worst first.
RATINGS = {
    "red": ("Red", "Past its target date, or not expected to be achieved"),
    "amber": ("Amber", "Due soon without news, its date has been moved, or at risk of delay"),
    "green": ("Green", "On course"),
    "blue": ("Blue", "Complete: signed off with its evidence"),
    "grey": ("Grey", "Paused or superseded, with the reason recorded"),
    "no_action": ("No action", "A recommendation that no action answers yet"),
}

#: The shapes, so different that they can be told apart in black and white and by touch of a small printer.
SHAPES = {
    "red": '<path d="M8 1l7 7-7 7-7-7z"/>',
    "amber": '<path d="M8 1.8l6.8 12.4H1.2z" stroke-width="1.2" stroke-linejoin="round"/>',
    "green": '<circle cx="8" cy="8" r="6.4"/>',
    "blue": '<path d="M1 1h14v14H1z"/><path class="app-rating__tick" d="M4.2 8.2l2.7 2.7 4.9-5.6"/>',
    "grey": '<path d="M3 2h3.6v12H3zM9.4 2H13v12H9.4z" stroke="none"/>',
    "no_action": '<circle cx="8" cy="8" r="6" stroke-width="1.8"/><path d="M3.9 12.1l8.2-8.2" stroke-width="1.8"/>',
}

STATUSES = {
    "unknown": "Not yet reported",
    "not_started": "Not started",
    "in_progress": "In progress",
    "ongoing": "Ongoing",
    "submitted": "Submitted as complete",
    "complete": "Complete",
    "embedded": "Embedded",
    "paused": "Paused",
    "superseded": "Superseded",
}

_RING = '<circle cx="8" cy="8" r="6.2"/>'

#: Each status as a small dial that fills up on the way to complete.
DIALS = {
    "unknown": '<circle cx="8" cy="8" r="6.2" stroke-dasharray="2 2.4"/>',
    "not_started": _RING,
    "in_progress": _RING + '<path class="app-status__full" d="M8 3.6a4.4 4.4 0 0 1 0 8.8z"/>',
    "ongoing": '<path d="M13.6 6.4A6 6 0 1 0 14 8M14.2 2.6v4h-4"/>',
    "submitted": _RING + '<path class="app-status__full" d="M8 3.6a4.4 4.4 0 1 1-4.4 4.4H8z"/>',
    "complete": _RING + '<path d="M5 8.2l2.2 2.2L11 6"/>',
    "embedded": '<path d="M1.4 8.4l3 3 5.4-6.2M7.4 11.2l.4.4 6.6-7"/>',
    "paused": _RING + '<path d="M6.4 5.4v5.2M9.6 5.4v5.2"/>',
    "superseded": _RING + '<path d="M3.8 12.2l8.4-8.4"/>',
}

#: The main pages: their words, the name of their address, and what they begin with.
SECTIONS = {
    "home": ("Home", "home"),
    "reviews": ("Reviews", "review-list"),
    "actions": ("Actions", "action-list", "?view=first"),
    "themes": ("Themes", "theme-list"),
    "reports": ("Reports", "report-list"),
    "meetings": ("Meetings", "meeting-list"),
    "people": ("People", "people"),
    "sign-off": ("Sign-off", "sign-off-queue"),
    "extensions": ("Later dates", "extension-queue"),
    "impact": ("Impact checks", "impact-queue"),
    "warnings": ("Data warnings", "data-warnings"),
}
#: The lists of what waits for a business manager, which stand in a row of their own below the main pages.
QUEUES = ("sign-off", "extensions", "impact", "warnings")
#: Pages that only show to those who may do something there.
NEEDED = {
    "meetings": Permission.SEE_MEETINGS,
    "people": Permission.MANAGE_PEOPLE,
    "sign-off": Permission.SIGN_OFF_ACTION,
    "extensions": Permission.DECIDE_EXTENSION,
    "impact": Permission.CHECK_IMPACT,
    "warnings": Permission.EDIT_PLAN,
}
SECTION_OF_PATH = {
    **{"": "home", "reviews": "reviews", "recommendations": "reviews", "actions": "actions"},
    **{"sign-off": "sign-off", "extensions": "extensions", "impact-checks": "impact", "data-warnings": "warnings"},
    **{"people": "people", "reports": "reports", "meetings": "meetings", "themes": "themes", "reminders": "people"},
}

#: A picture beside the word that says the same.
SVG = '<svg viewBox="0 0 16 16" width="{0}" height="{0}" aria-hidden="true" focusable="false">'


def _word(rating, labels):
    return (labels or {}).get(rating) or RATINGS[rating][0]


@lru_cache(maxsize=256, typed=True)
def _rating_tag(rating, word):
    return format_html(
        '<strong class="app-rating app-rating--{}">{}{}</svg>{}</strong>',
        rating,
        mark_safe(SVG.format(14)),
        mark_safe(SHAPES[rating]),
        word,
    )


@register.filter
def rating_tag(rating, labels=None):
    """Show a rating as a word, a shape and a colour; nothing at all is "no action"."""
    rating = rating or "no_action"
    return _rating_tag(rating, _word(rating, labels))


@register.filter
def rating_word(rating, labels=None):
    """Show a rating in a document, whose stylesheet draws the shape."""
    rating = rating or "no_action"
    return format_html('<strong class="app-rating app-rating--{}">{}</strong>', rating, _word(rating, labels))


@register.simple_tag
def rating_pair(rating, labels=None, validated=False, agency_says=""):
    """Show a rating, whether the partnership set it itself, and the lead agency's own where it differs."""
    shown = rating_tag(rating, labels)
    if validated:
        mark = mark_safe('<span class="app-rating__validated">validated</span></strong>')
        shown = SafeString(shown.removesuffix("</strong>") + mark)
    if not agency_says or agency_says == rating:
        return shown
    return format_html(
        '<span class="app-rating-pair">{}<span class="app-rating-pair__other">Agency says {}</span></span>',
        shown,
        rating_tag(agency_says, labels),
    )


@register.filter
@lru_cache(maxsize=256, typed=True)
def status_tag(status, word=""):
    """Show where an action stands: a small dial and a word, quieter than its rating."""
    return format_html(
        '<span class="app-status app-status--{}">{}{}</svg>{}</span>',
        status,
        mark_safe(SVG.format(16)),
        mark_safe(DIALS[status]),
        word or STATUSES[status],
    )


@register.simple_tag
@lru_cache(maxsize=1024, typed=True)
def agency_tag(name, colour=""):
    """Show an agency's name beside its colour, if it has one."""
    if not colour:
        return name
    return format_html(
        '<span class="app-agency"><svg viewBox="0 0 11 11" width="11" height="11" aria-hidden="true"'
        ' focusable="false"><rect width="11" height="11" rx="2" fill="{}"/></svg>{}</span>',
        colour,
        name,
    )


def _counted(counts, labels=None):
    """Return (rating, word, count) for every rating, the worst first."""
    return [(rating, _word(rating, labels), counts.get(rating, 0)) for rating in RATINGS]


def _bar(counts, *, small=True, words=""):
    """Draw counts of ratings as a stacked bar; it is decoration unless it has words."""
    found = [(rating, counts[rating]) for rating in RATINGS if counts.get(rating)]
    total = sum(count for _, count in found) or 1
    segments, borders, before = [], [], 0
    for rating, count in found:
        start = _percent(before, total)
        segments.append(f'<rect class="app-bar__{rating}" x="{start}" width="{_percent(count, total)}" height="100%"/>')
        if not small and count >= 0.04 * total:
            middle = _percent(before + count / 2, total)
            segments.append(_count_in_bar(rating, count, middle, with_shape=count >= 0.12 * total))
        if before:
            borders.append(f'<line x1="{start}" x2="{start}" y1="0" y2="100%"/>')
        before += count
    said = f'role="img" aria-label="{escape(words)}"' if words else 'aria-hidden="true"'
    kind = " app-bar--small" if small else ""
    return SafeString(f'<svg class="app-bar{kind}" focusable="false" {said}>{"".join(segments + borders)}</svg>')


def _count_in_bar(rating, count, middle, *, with_shape):
    """Draw the number in a segment of a bar, beside the shape of its rating where there is room."""
    text = f'<text x="{middle}" y="50%">{count}</text>'
    if not with_shape:
        return f'<g class="app-bar__{rating}-count">{text}</g>'
    left = 17 + 4.5 * len(str(count))  # of the middle of the number, which is so much wider with each figure
    shape = f'<svg x="{middle}" y="7" width="14" height="14" viewBox="0 0 16 16">{SHAPES[rating]}</svg>'
    return (
        f'<g class="app-bar__{rating}-count" transform="translate(9 0)">'
        f'<g transform="translate(-{left:g} 0)">{shape}</g>{text}</g>'
    )


def _percent(part, total):
    return f"{100 * part / total:.2f}%"


@register.simple_tag
def rating_bar(counts, labels=None):
    """Show counts of ratings as a slim stacked bar that says them to those who cannot see it."""
    said = [f"{count} {word.lower()}" for _, word, count in _counted(counts, labels) if count]
    return _bar(counts, words=", ".join(said) or "none")


@register.inclusion_tag("components/rating_summary.html")
def rating_summary(counts, labels=None, url="", noun="recommendations"):
    """Show counts of ratings as a stacked bar over one tile for each; tiles link to url plus rating."""
    always = ("red", "amber", "green", "blue")
    return {
        "bar": _bar(counts, small=False),
        "noun": noun,
        "tiles": [
            {
                "count": count,
                "tag": rating_tag(rating, labels),
                "url": f"{url}{rating}" if url and count else "",
            }
            for rating, _, count in _counted(counts, labels)
            if count or rating in always
        ],
    }


def _number(word, number):
    none = "" if number else " app-table__zero"
    return f'<td role="cell" data-label="{word}" class="app-table__number{none}">{number:d}</td>'


@register.inclusion_tag("components/rating_table.html")
def rating_table(rows, heading, caption, labels=None):
    """Show counts of ratings for several things, one to a row: each has a name, counts and perhaps a url."""
    used = [rating for rating in RATINGS if any(row["counts"].get(rating) for row in rows)]
    words = {rating: _word(rating, labels) for rating in used}
    named = {rating: escaped(word) for rating, word in words.items()}
    return {
        "heading": heading,
        "caption": caption,
        "headings": [(rating_tag(rating, labels), word) for rating, word in words.items()],
        "rows": [
            {
                **row,
                "bar": _bar(row["counts"]),
                "total": sum(row["counts"].get(rating, 0) for rating in RATINGS),
                "numbers": SafeString(
                    "".join(_number(word, row["counts"].get(rating, 0)) for rating, word in named.items())
                ),
            }
            for row in rows
        ],
    }


register.filter("shortened", shortened)
register.filter("first_words", first_words)
#: As Django's filter "date" with "j F Y", which takes ten times as long.
register.filter("day", day, expects_localtime=True)


@register.filter
def moment(when):
    """Show a moment as "31 May 2012, 14:05", a day without a time as a day. A timeline may have hundreds."""
    time = ""
    if isinstance(when, datetime):
        when = timezone.localtime(when)
        time = f", {when:%H:%M}"
    return SafeString(f'<time datetime="{when.isoformat()}">{day(when)}{time}</time>')


@register.simple_tag
def how_many(count, noun, is_over=False):
    """Say how many things there are: "1 action", "1,234 actions", or "More than 10,000 actions"."""
    return f"{'More than ' * is_over}{count:,} {noun}{'s' * (count != 1)}"


@register.simple_tag
def rating_key(labels=None):
    """Print what each rating means; it stands wherever ratings do."""
    return _rating_key(tuple(_word(rating, labels) for rating in RATINGS))


@lru_cache(maxsize=64)
def _rating_key(words):
    meanings = format_html_join(
        "",
        "<div><dt>{}</dt><dd>{}</dd></div>",
        ((_rating_tag(rating, word), RATINGS[rating][1]) for rating, word in zip(RATINGS, words, strict=True)),
    )
    return format_html(
        '<div class="app-key"><h2 class="app-key__heading">What the ratings mean</h2>'
        '<dl class="app-key__list">{}</dl></div>',
        meanings,
    )


@register.inclusion_tag("components/navigation.html", takes_context=True)
def navigation(context):
    """Link to the main pages, marking the one that this page belongs to, and how much waits where the page knows."""
    path, user = context["request"].path, context["user"]
    section = context.get("section") or SECTION_OF_PATH.get(path.split("/")[1], "")
    items, queues = [], []
    waiting = context.get("waiting") or {}
    for name, url in _addresses_of_sections(get_urlconf(), get_script_prefix()):
        if name not in NEEDED or user.may_somewhere(NEEDED[name]):
            item = _navigation_item(name, url, name == section, path == url, waiting.get(name))
            (queues if name in QUEUES else items).append(item)
    return {"items": items, "queues": queues, "user": user, "csrf_token": context.get("csrf_token")}


@lru_cache(maxsize=16)
def _addresses_of_sections(urlconf, prefix):
    """Return [(name, address)] of the main pages that there are, which stay the same for a process."""
    found = []
    for name, (_, url_name, *_) in SECTIONS.items():
        with suppress(NoReverseMatch):
            found.append((name, reverse(url_name)))
    return found


def _navigation_item(name, url, is_active, is_current, waiting):
    """Return a link of the menu. Every page has a dozen, so no template makes them."""
    text, _, *query = SECTIONS[name]
    active = " govuk-service-navigation__item--active" if is_active else ""
    current = ' aria-current="page"' if is_current else ' aria-current="true"' if is_active else ""
    if is_active:
        text = f'<strong class="govuk-service-navigation__active-fallback">{text}</strong>'
    if waiting:
        hidden = '<span class="govuk-visually-hidden"> waiting</span>'
        text += f' <span class="app-waiting">{escape(waiting)}{hidden}</span>'
    return SafeString(
        f'<li class="govuk-service-navigation__item{active}">'
        f'<a class="govuk-service-navigation__link" href="{escape(url + "".join(query))}"{current}>{text}</a></li>'
    )


@register.simple_tag
def breadcrumbs(*texts_and_urls):
    """Show the way from the home page to this one: pairs of text and address, the last needs no address."""
    crumbs = list(zip(texts_and_urls[::2], [*texts_and_urls[1::2], ""], strict=False))
    with suppress(NoReverseMatch):
        crumbs.insert(0, ("Home", reverse("home")))
    return trail(crumbs)


@register.simple_tag
def trail(crumbs):
    """Show the way to a page: pairs of text and address."""
    return SafeString(
        '<nav class="govuk-breadcrumbs govuk-breadcrumbs--collapse-on-mobile" aria-label="Breadcrumb">\n'
        f'  <ol class="govuk-breadcrumbs__list">\n    {"".join(map(_crumb, crumbs))}\n  </ol>\n</nav>\n'
    )


def _crumb(text_and_url):
    text, url = map(escaped, text_and_url)
    if not url:
        return f'<li class="govuk-breadcrumbs__list-item" aria-current="page">{text}</li>\n    '
    link = f'<a class="govuk-breadcrumbs__link" href="{url}">{text}</a>'
    return f'<li class="govuk-breadcrumbs__list-item">{link}</li>\n    '


@register.simple_tag
def back_link(url, text="Back"):
    """Lead back to where the page was come from; for pages that are one step of something."""
    return format_html('<nav aria-label="Back"><a class="govuk-back-link" href="{}">{}</a></nav>', url, text)


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context, page, parameter="page"):
    """Link to the pages of a long list, keeping its filters and its order."""
    if not page or page.paginator.num_pages < 2:
        return {}

    def link(number):
        return _address(context, **{parameter: number})

    return {
        "previous": link(page.previous_page_number()) if page.has_previous() else "",
        "next": link(page.next_page_number()) if page.has_next() else "",
        "pages": [
            {
                "number": number,
                "url": link(number) if isinstance(number, int) else "",
                "current": number == page.number,
            }
            for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
        ],
    }


def _address(context, without=(), **changes):
    """Return this page's query string with some values changed or left out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query[name] = str(value)
    for name in without:
        query.pop(name, None)
    return f"?{query.urlencode()}"


@register.inclusion_tag("components/filter_panel.html", takes_context=True)
def filter_panel(context, filterset, clear_url="?"):
    """Show a list's filters, and those in use as chips that take them away again.

    Those that the list names as ``further`` are folded up, unless one of them is in use or wrong.
    """
    form = filterset.form
    further = [form[name] for name in getattr(filterset, "further", ())]
    return {
        "form": form,
        "first": [field for field in form.visible_fields() if field.name not in getattr(filterset, "further", ())],
        "further": further,
        "further_open": any(field.errors or field.value() for field in further),
        "clear_url": clear_url,
        "kept": [
            (name, context["request"].GET[name]) for name in ("sort", "columns") if context["request"].GET.get(name)
        ],
        "chosen": [
            {
                "label": field.label,
                "value": _chosen_value(field, value),
                "url": _address(context, [name, "page"]),
            }
            for name, value in (form.cleaned_data if form.is_bound and form.is_valid() else {}).items()
            if value not in (None, "", []) and (field := form[name])
        ],
    }


def _chosen_value(field, value):
    """Return a filter's value in the words of its choices."""
    if isinstance(value, list | tuple) or hasattr(value, "iterator"):
        return ", ".join(_chosen_value(field, each) for each in value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(field.field, forms.ChoiceField) and not isinstance(field.field, forms.ModelChoiceField):
        return str(dict(field.field.choices).get(value, value))
    return str(formats.localize(value))
