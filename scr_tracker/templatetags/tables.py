"""The body of a list's table.

django-tables2 looks up every cell's attributes and the signature of what renders it anew, which costs more
than the rest of the page. Here both are done once for a column.
"""

from django import template
from django.template.base import render_value_in_context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2.utils import signature

register = template.Library()


@register.simple_tag(takes_context=True)
def table_body(context, table):
    """Render the rows of this page, the first column as the head of its row, unless it says that it stands beside it.

    A table with ``open_row`` says itself how a row begins.
    """
    head = next(column for column in table.columns if "beside" not in column.column.attrs)
    columns = [
        (column, _opening(column, column is head), "</th>" if column is head else "</td>", _renderer(column))
        for column in table.columns
    ]
    open_row = getattr(table, "open_row", lambda record: '<tr role="row">')
    html = []
    for row in table.paginated_rows:
        html.append(open_row(row.record))
        for column, opening, closing, render in columns:
            if render is None:
                cell = column.render(record=row.record)
            else:
                cell = row._get_and_render_with(column, render_func=render(row), default=column.default)
            shown = cell if type(cell) is SafeString else render_value_in_context(cell, context)
            html += opening, shown, closing
        html.append("</tr>")
    return SafeString("".join(html))


def _opening(column, is_head):
    """Return the start tag of a column's cells; on a phone, the column's heading stands above each."""
    attrs = column.column.attrs.get("td", column.column.attrs.get("cell", {}))
    classes = format_html(' class="{}"', attrs["class"]) if attrs.get("class") else ""
    if is_head:
        return format_html('<th scope="row" role="rowheader"{}>', classes)
    label = (
        format_html(' data-label="{}"', column.header) if column.header and "beside" not in column.column.attrs else ""
    )
    return format_html('<td role="cell"{}{}>', label, classes)


def _renderer(column):
    """Return what makes, for a row, the function that renders this column's value; None where the row is enough."""
    wanted, takes_all = signature(column.render)
    if tuple(wanted) == ("record",) and not takes_all and not column.link and column.column.empty_values == ():
        return None

    def for_row(row):
        def render(bound_column, value=None):
            given = row._optional_cell_arguments(bound_column, value)
            content = column.render(**given if takes_all else {name: given[name] for name in wanted})
            return column.link(content, **given) if column.link else content

        return render

    return for_row
