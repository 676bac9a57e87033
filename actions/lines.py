"""What a line of history says: which fields changed, from what to what, as a person reads them."""

from datetime import datetime

from django.utils import timezone

from reviews.models import Recommendation, Response, Review, Section
from scr_tracker.models import Partnership
from scr_tracker.words import day

from .models import Action, Evidence

#: What the history of each thing shows, under the names of its page: fields, and links to many others. Texts
#: that an update, an extension or a comment tells in its own event are left out.
SHOWN = {
    Action: (
        (
            *("text", "label", "lead_agency", "lead_officers", "target_date", "status", "status_reason"),
            *("superseded_by", "intended_outcome", "evidence_expected", "completion_evidence", "completed_on"),
            *("own_rating", "validated_rating", "validated_reason", "no_evidence_reason", "signed_off_by"),
            *("impact_check_due", "impact_result", "impact_note"),
        ),
        ("supporting_agencies", "people", "also_answers"),
    ),
    Review: (
        (
            *("kind", "level", "reference", "pseudonym", "commissioned_on", "completed_on", "published_on"),
            *("publication", "publication_reason", "report_url", "lead_reviewer", "restricted"),
            *("plan_title", "plan_notes"),
        ),
        ("named_people",),
    ),
    Section: (("number", "title", "agency", "order"), ()),
    Recommendation: (
        (
            *("number", "text", "section", "source", "practice", "intended_outcome", "action_intro"),
            *("evidence_expected", "completion_evidence", "acceptance", "acceptance_reason"),
        ),
        (),
    ),
    Response: (("text",), ("recommendations",)),
    Partnership: (("short_name", "protective_marking", "due_soon_days", "stale_days", "impact_check_months"), ()),
    Evidence: (
        ("title", "kind", "strength", "what_it_shows", "dated", "note", "link", "standing", "standing_reason"),
        ("actions",),
    ),
}


#: What is named only to those who may see it; that there is one, others do not learn either.
PRIVATE = (Action, Recommendation)


def changes(model, pairs, user):
    """Return {line: [(label, before, after)]} for pairs of a line and the one before it, of one model.

    Takes the same number of queries however many lines there are, and names nothing that the user may not see.
    """
    fields, links = SHOWN[model]
    lines = [line for pair in pairs for line in pair]
    names = _names(model, fields, lines, user)
    linked = {name: _links(model, name, lines, user) for name in links}
    found = {}
    for line, previous in pairs:
        told = [(name, _shown(model, previous, name, names), _shown(model, line, name, names)) for name in fields]
        told += [(name, of.get(previous.pk, ""), of.get(line.pk, "")) for name, of in linked.items()]
        found[line.pk] = [(_label(model, name), before, after) for name, before, after in told if before != after]
    return found


def said(value):
    """Return a value in plain English: dates as 31 May 2012, lists with commas, nothing as nothing."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        value = timezone.localdate(value)
    if hasattr(value, "strftime"):
        return day(value)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _label(model, name):
    label = str(model._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def _shown(model, line, name, names):
    """Return the value of a field of a line of history as a person reads it."""
    field = model._meta.get_field(name)
    value = getattr(line, field.attname)
    if field.is_relation:
        return names.get((field.related_model, value), "")
    if field.choices:
        return str(dict(field.flatchoices).get(value, ""))
    return said(value)


def _names(model, fields, lines, user):
    """Return {(model, key): name} of everything that fields of lines of history point to."""
    wanted = {}
    for field in map(model._meta.get_field, fields):
        if field.is_relation:
            wanted.setdefault(field.related_model, set()).update(getattr(line, field.attname) for line in lines)
    found = {}
    for related, keys in wanted.items():
        if keys := keys - {None}:
            others = _seen(related, user).select_related(*_on_the_way(related)).in_bulk(keys)
            found |= {(related, key): str(other) for key, other in others.items()}
    return found


def _links(model, name, lines, user):
    """Return {line: names of what it linked to} for a many-to-many field."""
    if not lines:
        return {}
    field = model._meta.get_field(name)
    there = field.m2m_reverse_field_name()
    related = [there, *(f"{there}__{each}" for each in _on_the_way(field.related_model))]
    links = getattr(lines[0], name).model.objects.filter(history__in={line.pk for line in lines})
    if field.related_model in PRIVATE:
        links = links.filter(**{f"{there}__in": _seen(field.related_model, user).values("pk")})
    found = {}
    for link in links.select_related(*related):
        found.setdefault(link.history_id, set()).add(str(getattr(link, there)))
    return {pk: ", ".join(sorted(linked)) for pk, linked in found.items()}


def _seen(model, user):
    """Return the instances of a model that may be named to a person."""
    return model.objects.visible_to(user) if model in PRIVATE else model._base_manager.all()


def _on_the_way(model):
    """Return what the name of an instance of a model reads besides its own fields."""
    return ["recommendation"] if model is Action else []
