"""The inputs of forms as HTML. A page has dozens, and templates take ten times as long to write them."""

from html import escape

from django.utils.safestring import SafeString


def escaped(text):
    """Return a text as Django's conditional_escape does, but not lazily, which takes five times as long."""
    return text.__html__() if hasattr(text, "__html__") else escape(str(text))


def attributes(attrs):
    """Write the attributes of an input."""
    shown = [(name, value) for name, value in attrs.items() if value is not None and value is not False]
    return SafeString("".join(f" {name}" if value is True else f' {name}="{escaped(value)}"' for name, value in shown))


def written(template, context):
    """Return the input that one of Django's templates would make of a widget; None where it is not a plain one."""
    write = WAYS.get(template)
    return write(context["widget"]) if write else None


def _input(widget):
    value = "" if widget["value"] is None else f' value="{escaped(widget["value"])}"'
    return f'<input type="{widget["type"]}" name="{escaped(widget["name"])}"{value}{attributes(widget["attrs"])}>'


def _textarea(widget):
    start = f'<textarea name="{escaped(widget["name"])}"{attributes(widget["attrs"])}>'
    return f"{start}\n{escaped(widget['value'] or '')}</textarea>"


def _select(widget):
    start = f'<select name="{escaped(widget["name"])}"{attributes(widget["attrs"])}>'
    return "".join([start, *_options(widget["optgroups"]), "</select>"])


def _options(optgroups):
    for name, choices, _ in optgroups:
        if name:
            yield f'<optgroup label="{escaped(name)}">'
        for choice in choices:
            start = f'<option value="{escaped(choice["value"])}"{attributes(choice["attrs"])}>'
            yield f"{start}{escaped(choice['label'])}</option>"
        if name:
            yield "</optgroup>"


#: How each template of Django's is written without it.
WAYS = {
    **dict.fromkeys(
        (
            f"django/forms/widgets/{kind}.html"
            for kind in ("text", "number", "email", "url", "password", "hidden", "checkbox", "search", "tel")
        ),
        _input,
    ),
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
}
