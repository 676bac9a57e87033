"""Forms that show, where somebody else was quicker, what stands now beside what was written."""

from datetime import date

from .forms import VersionedForm


class ComparedForm(VersionedForm):
    """A form about something that others may change while it is open, which can compare both."""

    def compared(self):
        """Return what stands now beside what somebody wrote here, where they differ: [(label, now, written)]."""
        rows = [
            (
                field.label,
                _shown(field, self.get_initial_for_field(field.field, field.name)),
                _shown(field, field.value()),
            )
            for field in self.visible_fields()
        ]
        return [(label, now, written) for label, now, written in rows if now != written]


def _shown(field, value):
    """Return the value of a field as a person reads it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return f"{value.day} {value.month} {value.year}"
    names = {str(key): str(name) for key, name in getattr(field.field, "choices", ())}
    if isinstance(value, list | tuple):
        return (", " if names else " ").join(names.get(str(each), str(each)) for each in value if each)
    if value is None:
        return ""
    text = names.get(str(getattr(value, "pk", value)), str(value)) if names else str(value)
    return text.replace("\r\n", "\n").strip()
