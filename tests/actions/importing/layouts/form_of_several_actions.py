"""A form in Word that names its actions one after the other, and the agency that answers above the table."""

from .building import word

NAME = "form.docx"


def document():
    """Return the bytes of the document."""
    return word(
        "**Rapid Review: Baby L – action plan**",
        "# 1. Children's Social Care",
        [
            ["Recommendation:", "Pre-birth assessments should begin by week 18."],
            ["Source", "Rapid Review"],
            ["Action 1:", "Write a standard"],
            ["Lead:", "Service Manager, Assessment"],
            ["By when:", "30.09.2022"],
            ["Progress:", "Complete"],
            ["Action 2:", "Audit twenty files"],
            ["Lead:", "Quality Assurance Manager"],
            ["By when:", "Jan-23"],
            ["Progress:", "Not started"],
            ["Recommendation:", "Fathers should be spoken to alone."],
            ["Source", "Rapid Review"],
            ["Action 1:", "Add to supervision template"],
            ["Lead:", "Principal Social Worker"],
            ["By when:", "ASAP"],
            ["Progress:", "Under way"],
        ],
    )


PLAN = {
    "sections": [
        {
            "title": "Children's Social Care",
            "number": "1",
            "recommendations": [
                {
                    "text": "Pre-birth assessments should begin by week 18.",
                    "actions": [
                        {
                            "label": "1",
                            "text": "Write a standard",
                            "leads": ["Service Manager, Assessment"],
                            "target_date_iso": "2022-09-30",
                            "status": "complete",
                        },
                        {
                            "label": "2",
                            "text": "Audit twenty files",
                            "leads": ["Quality Assurance Manager"],
                            "target_date_iso": "2023-01-31",
                            "status": "not_started",
                        },
                    ],
                },
                {
                    "text": "Fathers should be spoken to alone.",
                    "actions": [
                        {
                            "label": "1",
                            "text": "Add to supervision template",
                            "leads": ["Principal Social Worker"],
                            "date_kind": "immediate",
                            "status": "in_progress",
                        }
                    ],
                },
            ],
        }
    ]
}
