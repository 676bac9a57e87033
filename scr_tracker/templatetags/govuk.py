"""How each kind of field looks in the GOV.UK Design System; used by the templates of templates/govuk/."""

from django import forms, template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from scr_tracker import govuk
from scr_tracker.inputs import attributes, escaped

register = template.Library()

register.filter("error_texts", govuk.error_texts)
register.filter("first_input", govuk.first_input)
register.filter("attributes", attributes)


@register.inclusion_tag("govuk/error_summary.html")
def error_summary(form):
    """List a form's errors, with links to their fields; once on a page, wherever it is first asked for."""
    if not form or not form.errors or getattr(form, "summary_shown", False):
        return {"form": None}
    form.summary_shown = True
    return {"form": form}


@register.simple_tag
def govuk_field(field):
    """Render a bound field with its label, its hint and what is wrong with it.

    A page has many fields. A template would try three ways to look up each thing that it asks of each of them.
    """
    place, errors, widget = escaped(field.auto_id), field.errors, field.field.widget
    is_beside = isinstance(widget, forms.CheckboxInput)  # the label and the hint of one box to tick stand beside it
    html = [_group(widget, errors)]
    if field.use_fieldset:
        html.append(_fieldset(field))
    elif not is_beside:
        label = f'<label class="govuk-label govuk-label--s" for="{escaped(field.id_for_label)}">'
        html.append(f"{label}{escaped(field.label)}</label>\n")
    if field.help_text and not is_beside:
        html.append(f'<div class="govuk-hint" id="{place}_helptext">{escaped(field.help_text)}</div>\n')
    if errors:
        wrong = '<span class="govuk-visually-hidden">Error:</span> ' + escaped(govuk.error_texts(field)[0])
        html.append(f'<p class="govuk-error-message" id="{place}_error">{wrong}</p>\n')
    html += [govuk_widget(field), "\n</fieldset>\n</div>" if field.use_fieldset else "\n</div>"]
    return SafeString("".join(html))


def _group(widget, errors):
    """Render the start tag of what holds a field."""
    classes, module = ["govuk-form-group"], ""
    if errors:
        classes.append("govuk-form-group--error")
    if isinstance(widget, forms.PasswordInput):
        classes.append("govuk-password-input")
        module = ' data-module="govuk-password-input"'
    return f'<div class="{" ".join(classes)}"{module}>\n'


def _fieldset(field):
    """Render the start tag of a field that has several inputs, and its label."""
    role = ' role="group"' if isinstance(field.field.widget, govuk.GovukDateWidget) else ""
    about = f' aria-describedby="{escaped(field.aria_describedby)}"' if field.aria_describedby else ""
    legend = f'<legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{escaped(field.label)}</legend>'
    return f'<fieldset class="govuk-fieldset"{role}{about}>\n{legend}\n'


@register.simple_tag
def govuk_widget(field):
    """Render a bound field's input or inputs."""
    field.form.use_required_attribute = False  # our messages are clearer than the browser's
    for widgets, render in WAYS:
        if isinstance(field.field.widget, widgets):
            return render(field)
    return _element(field, "input")


def _element(field, kind, *further_kinds, **attrs):
    """Render one element with its GOV.UK classes, beside any that the widget was given."""
    classes = [f"govuk-{each}" for each in (kind, *further_kinds)]
    if field.errors:
        classes.append(f"govuk-{kind}--error")
    if own := field.field.widget.attrs.get("class"):
        classes.append(own)
    return field.as_widget(attrs={"class": " ".join(classes), **attrs})


def _select(field):
    return _element(field, "select")


def _textarea(field):
    """Render a textarea; one with a limit counts down, and lets too long a text be typed, then shortened."""
    widget = field.field.widget
    attrs = {"rows": widget.attrs.get("rows", 5), "cols": False}
    limit = widget.attrs.get("maxlength")
    if not limit:
        return _element(field, "textarea", **attrs)
    attrs["maxlength"] = False
    attrs["aria-describedby"] = f"{field.aria_describedby or ''} {field.auto_id}-info".strip()
    textarea = _element(field, "textarea", "js-character-count", **attrs)
    hint = f"You can enter up to {int(limit)} characters"
    return SafeString(
        '<div class="govuk-character-count" data-module="govuk-character-count"'
        f' data-maxlength="{int(limit)}" data-threshold="60">\n  {textarea}\n'
        f'  <div id="{escaped(field.auto_id)}-info" class="govuk-hint govuk-character-count__message">{hint}</div>\n'
        "</div>\n"
    )


def _password(field):
    kinds = ("input", "password-input__input", "js-password-input-input")
    element = _element(field, *kinds, spellcheck="false", autocapitalize="none")
    return render_to_string("govuk/password.html", {"field": field, "input": element})


def _file(field):
    return render_to_string("govuk/file.html", {"input": _element(field, "file-upload")})


def _date(field):
    """Render day, month and year, marking only those that are wrong."""
    wrong = govuk.wrong_parts(field)
    value = field.value()
    texts = value if isinstance(value, list) else field.field.widget.decompress(value)
    parts = [
        {"name": part, "text": text or "", "is_wrong": part in wrong}
        for part, text in zip(govuk.PARTS, texts, strict=True)
    ]
    return render_to_string("govuk/date.html", {"field": field, "parts": parts})


def _choices(kind):
    """Return the renderer of radio buttons or of checkboxes."""

    def render(field):
        own = field.field.widget.attrs.get("class", "")
        items = SafeString("".join(_item(choice, kind) for choice in govuk.choices_of(field)))
        return render_to_string("govuk/choices.html", {"kind": kind, "items": items, "classes": own})

    return render


def _item(choice, kind):
    """Render one radio button or checkbox of several with its label, for which Django would call three templates."""
    data = choice.data
    attrs = attributes({**data["attrs"], "class": f"govuk-{kind}__input"})
    box = f'<input type="{data["type"]}" name="{escaped(data["name"])}" value="{escaped(data["value"])}"{attrs}>'
    place, label = escaped(choice.id_for_label), escaped(choice.choice_label)
    label = f'<label class="govuk-label govuk-{kind}__label" for="{place}">{label}</label>'
    return f'<div class="govuk-{kind}__item">{box}{label}</div>\n  '


def _single_checkbox(field):
    box = field.as_widget(attrs={"class": "govuk-checkboxes__input"})
    return render_to_string("govuk/checkbox.html", {"field": field, "box": box})


#: The first that fits is used: to Django a list of checkboxes is a RadioSelect, and radios are a Select.
WAYS = (
    (govuk.GovukDateWidget, _date),
    (forms.CheckboxSelectMultiple, _choices("checkboxes")),
    (forms.RadioSelect, _choices("radios")),
    (forms.CheckboxInput, _single_checkbox),
    (forms.Select, _select),
    (forms.Textarea, _textarea),
    (forms.FileInput, _file),
    (forms.PasswordInput, _password),
)
