"""A table in Word with a column for each agency, in which stands what that agency will do."""

from .building import word

NAME = "matrix.docx"


def document():
    """Return the bytes of the document."""
    return word(
        "# Westmere learning review: who does what",
        [
            ["No.", "Recommendation", "Police", "Health", "Schools"],
            [
                *("1", "News of an arrest should reach the school the next day."),
                *("Duty officers will ring the school.", "Nurses will be told by e-mail.", "Heads will log each call."),
            ],
            [
                "2",
                "Every agency should keep a chronology.",
                "",
                "Nurses will start one at birth.",
                "Schools will add to it.",
            ],
        ],
    )


PLAN = {
    "sections": [
        {
            "recommendations": [
                {
                    "number": "1",
                    "text": "News of an arrest should reach the school the next day.",
                    "actions": [
                        {"text": "Duty officers will ring the school.", "leads": ["Police"]},
                        {"text": "Nurses will be told by e-mail.", "leads": ["Health"]},
                        {"text": "Heads will log each call.", "leads": ["Schools"]},
                    ],
                },
                {
                    "number": "2",
                    "actions": [
                        {"text": "Nurses will start one at birth.", "leads": ["Health"]},
                        {"text": "Schools will add to it.", "leads": ["Schools"]},
                    ],
                },
            ]
        }
    ]
}
