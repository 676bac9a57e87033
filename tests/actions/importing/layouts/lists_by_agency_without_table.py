"""A report in Word: under each agency a list of points that are its recommendations, and one that has none."""

from .building import word

NAME = "summary.docx"


def document():
    """Return the bytes of the document."""
    return word(
        "# Summary of the serious case review: Child V",
        "The review was led by an independent author.",
        "## Recommendations for the police",
        "* Officers should look in every room.",
        "* Custody staff should ask who is at home.",
        "## Recommendations for the fire service",
        "None",
        "## Recommendations for schools",
        "These were agreed with the head teachers.",
        "* Attendance should be looked at each week.",
        "## Thanks",
        "The panel thanks the family.",
    )


PLAN = {
    "review_name": "Child V",
    "sections": [
        {
            "recommendations": [
                {"text": "Officers should look in every room.", "actions": []},
                {"text": "Custody staff should ask who is at home.", "actions": []},
            ]
        },
        {"recommendations": []},
        {"recommendations": [{"text": "Attendance should be looked at each week.", "actions": []}]},
    ],
}
