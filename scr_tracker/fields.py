"""How each kind of field looks in the GOV.UK Design System: with its label, its hint and what is wrong with it."""

from django import forms
from django.forms.renderers import TemplatesSetting
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from . import govuk, inputs
from .inputs import attributes, escaped


class GovukRenderer(TemplatesSetting):
    """Renders forms in our way: each field and each plain input is written, the rest comes from templates."""

    form_template_name = "govuk/form.html"
    field_template_name = "govuk/field.html"

    def render(self, template_name, context, request=None):
        """Return what Django's template of that name, or ours, would make of it."""
        if template_name == self.field_template_name:
            return group(context["field"])
        return inputs.written(template_name, context) or super().render(template_name, context, request)


def group(field):
    """Render a bound field with its label, its hint and what is wrong with it.

    A page has many fields. A template would try three ways to look up each thing that it asks of each of them.
    """
    place, errors = escaped(field.auto_id), field.errors
    # The label and the hint of one box to tick stand beside it.
    is_beside = isinstance(field.field.widget, forms.CheckboxInput)
    html = [_group(field)]
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
    html += [widget(field), "\n</fieldset>\n</div>" if field.use_fieldset else "\n</div>"]
    return SafeString("".join(html))


def _group(field):
    """Render the start tag of what holds a field."""
    classes, module = ["govuk-form-group"], ""
    if field.errors:
        classes.append("govuk-form-group--error")
    if isinstance(field.field.widget, forms.PasswordInput):
        classes.append("govuk-password-input")
        module = ' data-module="govuk-password-input"'
    return f'<div class="{" ".join(classes)}"{module}>\n'


def _fieldset(field):
    """Render the start tag of a field that has several inputs, and its label."""
    role = ' role="group"' if isinstance(field.field.widget, govuk.GovukDateWidget) else ""
    about = f' aria-describedby="{escaped(field.aria_describedby)}"' if field.aria_describedby else ""
    legend = f'<legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{escaped(field.label)}</legend>'
    return f'<fieldset class="govuk-fieldset"{role}{about}>\n{legend}\n'


def widget(field):
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
        classes = f"govuk-{kind} govuk-{kind}--small {escaped(own)}".rstrip()
        items = "".join(_item(choice, kind) for choice in govuk.choices_of(field))
        return SafeString(f'<div class="{classes}" data-module="govuk-{kind}">\n  {items}\n</div>\n')

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
