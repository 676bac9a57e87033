"""Forms in the words and shapes of the GOV.UK Design System.

``{{ form }}`` and ``{{ form.field.as_field_group }}`` are all that a page writes. Django's admin, which
prints its widgets one by one, is left as it is.
"""

import re
from datetime import date

from django import forms

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
PARTS = ("day", "month", "year")

#: Django's own label for "nothing chosen", which radio buttons leave out.
BLANK_LABEL = "---------"


class GovukDateWidget(forms.MultiWidget):
    """Three text inputs, for day, month and year, each with its own label."""

    use_fieldset = True

    def __init__(self, attrs=None):
        super().__init__(dict.fromkeys(PARTS, forms.TextInput), attrs)

    def decompress(self, value):
        """Return the three texts of a date."""
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]

    def value_from_datadict(self, data, files, name):
        """Return what was typed, less the spaces around it."""
        return [(text or "").strip() for text in super().value_from_datadict(data, files, name)]


class GovukDateField(forms.DateField):
    """A date in three inputs, which says in GOV.UK words which of them is wrong and keeps what was typed.

    ``called`` is what the error messages call the date ("target date"); without it, its label.
    """

    widget = GovukDateWidget

    def __init__(self, *, called="", **kwargs):
        super().__init__(**kwargs)
        self.called = called or re.sub(r"\s*(\(optional\)|\?)\s*$", "", str(self.label or "Date"))
        self.called = self.called[:1].lower() + self.called[1:]
        if "required" not in (kwargs.get("error_messages") or {}):
            self.error_messages["required"] = f"Enter the {self.called}"

    def to_python(self, value):
        """Return the date that was typed, or None if nothing was."""
        if not isinstance(value, list):
            return super().to_python(value)
        typed = dict(zip(PARTS, value, strict=True))
        missing = [part for part in PARTS if not typed[part]]
        if len(missing) == len(PARTS):
            return None
        if missing:
            raise self._error(f"must include a {' and '.join(missing)}", missing)
        return self._read(**typed)

    def _read(self, day, month, year):
        """Return the date, forgiving "Sept" and "3rd" but not a year of two figures."""
        numbers = {"day": _day(day), "month": _month(month), "year": _whole(year)}
        wrong = [part for part, number in numbers.items() if number is None]
        if wrong:
            raise self._error("must be a real date", wrong)
        if not re.fullmatch(r"[0-9]{4}", year):
            raise forms.ValidationError("Year must include 4 numbers", code="invalid", params={"parts": ["year"]})
        try:
            return date(numbers["year"], numbers["month"], numbers["day"])
        except ValueError:
            parts = ["month"] if not 1 <= numbers["month"] <= 12 else list(PARTS)
            raise self._error("must be a real date", parts) from None

    def _error(self, claim, parts):
        called = self.called[:1].upper() + self.called[1:]
        return forms.ValidationError(f"{called} {claim}", code="invalid", params={"parts": list(parts)})


def _whole(text):
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _day(text):
    """Return the day in "3" or "3rd"."""
    return _whole(re.sub(r"(st|nd|rd|th)$", "", text.lower()))


def _month(text):
    """Return the number of a month given as a number, a name, or the beginning of a name."""
    name = text.lower().rstrip(".")
    if name == "sept":
        return 9
    for number, month in enumerate(MONTHS, start=1):
        if len(name) >= 3 and month.startswith(name):
            return number
    return _whole(text)


def choices_of(field):
    """Return a field's radio buttons or checkboxes, but for the one that means nothing chosen."""
    return [choice for choice in field.subwidgets if choice.choice_label != BLANK_LABEL]


def wrong_parts(field):
    """Return which of a date's inputs the error is about: those it names, else all of them."""
    errors = field.errors.as_data() if field.errors else []
    if not errors:
        return ()
    return (errors[0].params or {}).get("parts", PARTS)


def error_texts(field):
    """Return a field's errors as sentences that say what to do, not that a "field is required"."""
    texts = []
    for error in field.errors.as_data():
        for text in error.messages:
            texts.append(_what_to_do(field) if _is_djangos_own(error, text) else text)
    return texts


def _is_djangos_own(error, text):
    return error.code == "required" and text == str(forms.Field.default_error_messages["required"])


def _what_to_do(field):
    label = str(field.label)
    if label.endswith("?"):
        return f"Answer “{label}”"
    label = label if label[1:2].isupper() else label[:1].lower() + label[1:]
    if isinstance(field.field.widget, forms.FileInput):
        return f"Choose a file for {label}"
    if isinstance(field.field.widget, forms.Select | forms.RadioSelect | forms.CheckboxInput):
        return f"Select {label}"
    return f"Enter {label}"


def errors_by_id(form):
    """Return [(id of the input, sentence)] of a form's errors, for a script that shows them on the page."""
    whole = [("main-content", text) for text in form.non_field_errors()]
    return whole + [(first_input(field), text) for field in form.visible_fields() for text in error_texts(field)]


def first_input(field):
    """Return the id of the input that the error summary leads to."""
    widget = field.field.widget
    if isinstance(widget, GovukDateWidget):
        parts = wrong_parts(field) or PARTS
        return f"{field.auto_id}_{PARTS.index(parts[0])}"
    if isinstance(widget, forms.RadioSelect):
        return next((choice.id_for_label for choice in choices_of(field)), field.auto_id)
    return field.id_for_label or field.auto_id
