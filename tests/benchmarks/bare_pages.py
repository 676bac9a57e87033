"""The site and one page more, a bare one: the rows that another page reads, to the same person, in the same frame."""

from functools import cache

from django.http import HttpResponse
from django.template import engines
from django.urls import path

from scr_tracker import urls

#: How much of what the database answers is printed: at most so many rows and cells as a page shows.
ROWS, CELLS = 150, 10

TABLES = """{% for rows in tables %}<table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}
</tr>{% endfor %}</table>{% endfor %}"""
IN_THE_FRAME = f'{{% extends "base.html" %}}{{% block content %}}{TABLES}{{% endblock %}}'


@cache
def template(text):
    """Return a template, made once."""
    return engines["django"].from_string(text)


def printed(tables):
    """Return how much is printed of some tables."""
    return {"tables": [[row[:CELLS] for row in rows[:ROWS]] for rows in tables]}


def bare_page(request):
    """Read what the request says, and answer with plain tables of it."""
    tables = printed(request.META["scr_tracker.read"]())
    return HttpResponse(template(IN_THE_FRAME).render(tables, request))


urlpatterns = [path("bare/", bare_page), *urls.urlpatterns]
