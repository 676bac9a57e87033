"""Forms in templates: their fields, and what is wrong with them."""

from django import template

from scr_tracker import fields, govuk, inputs

register = template.Library()

register.filter("error_texts", govuk.error_texts)
register.filter("first_input", govuk.first_input)
register.filter("attributes", inputs.attributes)
register.simple_tag(fields.widget, name="govuk_widget")


@register.inclusion_tag("govuk/error_summary.html")
def error_summary(form):
    """List a form's errors, with links to their fields; once on a page, wherever it is first asked for."""
    if not form or not form.errors or getattr(form, "summary_shown", False):
        return {"form": None}
    form.summary_shown = True
    return {"form": form}
