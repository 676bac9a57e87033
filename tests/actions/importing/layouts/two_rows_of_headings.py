"""A table in Word with two rows of headings, a leading reference, and bold rows that name the themes."""

from .building import C, word

NAME = "two rows.docx"


def document():
    """Return the bytes of the document."""
    return word(
        "**Westmere Safeguarding Adults Board: Adult D, action plan**",
        "Key: R = overdue; A = slipping; G = on track; B = finished",
        [
            ["Ref", "Recommendation", C("Delivery", across=3), C("Monitoring", across=2)],
            ["^", "^", "Action", "Lead", "Timescale", "RAG", "Update"],
            [C("Theme 1: Working together", bold=True, across=7)],
            [
                "1a",
                "Agencies should meet within two days.",
                "Agree a protocol",
                "Board Manager",
                "Aug-21",
                "G",
                "Drafted",
            ],
            ["1b", "^", "Publish the protocol", "Board Manager", "September 2021", "A", ""],
            [C("Theme 2: Voice of the adult", bold=True, across=7)],
            [
                "2a",
                "Advocates should be offered early.",
                "Tell all teams",
                "Head of Service",
                "asap",
                "B",
                "Done in July",
            ],
        ],
    )


PLAN = {
    "sections": [
        {
            "title": "Working together",
            "recommendations": [
                {
                    "text": "Agencies should meet within two days.",
                    "actions": [
                        {"label": "1a", "text": "Agree a protocol", "target_date_iso": "2021-08-31", "rating": "green"},
                        {"label": "1b", "text": "Publish the protocol", "rating": "amber"},
                    ],
                }
            ],
        },
        {
            "title": "Voice of the adult",
            "recommendations": [
                {
                    "text": "Advocates should be offered early.",
                    "actions": [{"label": "2a", "text": "Tell all teams", "date_kind": "immediate", "rating": "blue"}],
                }
            ],
        },
    ]
}
