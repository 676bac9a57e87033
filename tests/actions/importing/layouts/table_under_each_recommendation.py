"""A paper in Word: each recommendation a heading with its text under it, and then a table of its actions."""

from .building import word

NAME = "under headings.docx"
HEADS = ["What will we do?", "By whom?", "By when?", "RAG"]


def document():
    """Return the bytes of the document."""
    return word(
        "# Westmere response to the review",
        "## Recommendation 1",
        "The trust should train its consultants to ask about harm at home.",
        [HEADS, ["Train the emergency team", "Medical Director", "30 April 2021", "B"]],
        "## Recommendation 2",
        "The council should look at how it lets homes.",
        [
            ["Finding 4: Nobody asked about the flat.", "", "", ""],
            HEADS,
            ["1. Review the policy", "Head of Housing", "Summer 2021", "A"],
            ["2. Brief staff", "Head of Housing", "Dec 2021", "G"],
        ],
    )


PLAN = {
    "sections": [
        {
            "recommendations": [
                {
                    "number": "1",
                    "text": "The trust should train its consultants to ask about harm at home.",
                    "actions": [{"text": "Train the emergency team", "rating": "blue", "status": "complete"}],
                },
                {
                    "number": "2",
                    "text": "The council should look at how it lets homes.",
                    "actions": [
                        {"text": "Review the policy", "target_date_iso": "2021-08-31", "rating": "amber"},
                        {"text": "Brief staff", "target_date_iso": "2021-12-31", "rating": "green"},
                    ],
                },
            ]
        }
    ]
}
