"""How the lines of a report stand on the screen."""

from html import escape

from django import template
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def cells(row):
    """Show the cells of a row of the plan. A plan may have tens of thousands, so that no template does it."""
    return SafeString("".join(f"<td>{''.join(map(_line, cell))}</td>" for cell in row))


def _line(line):
    label = f"{line.label}: " if line.label and line.text else line.label
    kind = f" app-line--{line.kind}" if line.kind else ""
    return f'<span class="app-line{kind}">{escape(label + line.text)}</span>'
