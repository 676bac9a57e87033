"""How the lines of a report stand on the screen."""

from html import escape

from django import template
from django.utils.safestring import SafeString

from scr_tracker.templatetags.components import rating_tag

register = template.Library()


@register.filter
def cells(row):
    """Show the cells of a row of the plan. A plan may have tens of thousands, so that no template does it."""
    return SafeString("".join(f"<td>{''.join(map(_line, cell))}</td>" for cell in row))


@register.filter
def table_rows(table, words):
    """Show the rows of a table of a report; the first cell of each names it."""
    heads = table.heads_on_paper
    return SafeString("".join(f'<tr role="row">{_row(row, heads, words)}</tr>' for row in table.rows_on_paper()))


def _row(row, heads, words):
    name, *others = (f"{rating_tag(cell.rating, words) if cell.rating else ''}{_lines(cell)}" for cell in row)
    labelled = zip(heads[1:], others, strict=True)
    return f'<th scope="row" role="rowheader">{name}</th>' + "".join(
        f'<td role="cell" data-label="{escape(head.heading)}">{inner}</td>' for head, inner in labelled
    )


def _lines(cell):
    return "".join(map(_line, cell.lines))


def _line(line):
    kind = f" app-line--{line.kind}" if line.kind else ""
    said = escape(line.said)
    if line.link:
        opening = f"{escape(line.opening)} " if line.label else ""
        said = f'{opening}<a class="govuk-link" href="#{escape(line.link)}">{escape(line.text)}</a>'
    return f'<span class="app-line{kind}">{said}</span>'
