"""A small form in Word for each recommendation: the name of each field on the left, its value on the right."""

from .building import C, word

NAME = "forms.docx"


def form(*pairs):
    """Return the rows of one form."""
    return [[C(name, bold=True, fill="D9E2F3"), value] for name, value in pairs]


def document():
    """Return the bytes of the document."""
    return word(
        "**Northmere Safeguarding Children Partnership**",
        "**Action plan: Child T**",
        "# Northmere Police",
        form(
            ("Recommendation 1", "Officers should record what every child in the home says."),
            ("Action required", "a) Change the form\nb) Train response teams"),
            ("Person responsible", "a) Head of Public Protection\nb) Learning Manager"),
            ("Target date", "a) 31 May 2021\nb) End of July 2021"),
            ("Outcome", "The voice of children is in every report."),
            ("Status", "a) Complete\nb) In progress"),
        ),
        "",
        form(
            ("Recommendation 2", "The force should look at its repeat callers each month."),
            ("Action required", "Set up a monthly meeting"),
            ("Person responsible", "Detective Chief Inspector"),
            ("Target date", "w/c 7 June 2021"),
            ("Outcome", ""),
            ("Status", "Not started"),
        ),
        "# Northmere Hospitals",
        form(
            ("Recommendation 3", "Wards should ask who lives at home."),
            ("Action required", "Add the question to the admission form"),
            ("Person responsible", "Matron"),
            ("Target date", "Immediately"),
            ("Outcome", "Nobody is overlooked."),
            ("Status", "Complete – June 2021"),
        ),
    )


PLAN = {
    "partnership": "Northmere Safeguarding Children Partnership",
    "sections": [
        {
            "title": "Northmere Police",
            "recommendations": [
                {
                    "number": "1",
                    "text": "Officers should record what every child in the home says.",
                    "intended_outcome": "The voice of children is in every report.",
                    "actions": [
                        {
                            "label": "a",
                            "text": "Change the form",
                            "leads": ["Head of Public Protection"],
                            "target_date_iso": "2021-05-31",
                            "status": "complete",
                        },
                        {
                            "label": "b",
                            "text": "Train response teams",
                            "leads": ["Learning Manager"],
                            "target_date_iso": "2021-07-31",
                            "status": "in_progress",
                        },
                    ],
                },
                {
                    "number": "2",
                    "text": "The force should look at its repeat callers each month.",
                    "actions": [
                        {
                            "text": "Set up a monthly meeting",
                            "leads": ["Detective Chief Inspector"],
                            "target_date_iso": "2021-06-13",
                            "status": "not_started",
                        }
                    ],
                },
            ],
        },
        {
            "title": "Northmere Hospitals",
            "recommendations": [
                {
                    "number": "3",
                    "text": "Wards should ask who lives at home.",
                    "actions": [
                        {
                            "text": "Add the question to the admission form",
                            "leads": ["Matron"],
                            "target_date_iso": None,
                            "date_kind": "immediate",
                            "status": "complete",
                            "completed_on_iso": "2021-06-30",
                        }
                    ],
                }
            ],
        },
    ],
}
