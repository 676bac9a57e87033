"""A table in Word in which each recommendation is a row of its own across the table, above its actions."""

from .building import C, word

NAME = "banners.docx"


def document():
    """Return the bytes of the document."""
    return word(
        "# Northmere DHR: “Maria”",
        [
            ["Action", "Responsible", "Target date", "Rating", "Progress and evidence"],
            [C("Recommendation 1: GPs should ask about home at each review of medicines.", bold=True, across=5)],
            ["1.1 Add a prompt", "Clinical Director", "31/03/2024", C("", fill="92D050"), "Prompt is live."],
            ["1.2 Audit its use", "Clinical Director", "31/12/2024", C("", fill="FFC000"), "See action 1.1"],
            [C("Recommendation 2: The council should fund advocates in hospitals.", bold=True, across=5)],
            ["2.1 Write a business case", "Commissioner", "TBC", C("", fill="FF0000"), ""],
        ],
        "**RAG key**",
        [[C("", fill="FF0000"), "Off track"], [C("", fill="FFC000"), "Delayed"], [C("", fill="92D050"), "On track"]],
    )


PLAN = {
    "sections": [
        {
            "recommendations": [
                {
                    "number": "1",
                    "text": "GPs should ask about home at each review of medicines.",
                    "actions": [
                        {"text": "Add a prompt", "label": "1.1", "target_date_iso": "2024-03-31", "rating": "green"},
                        {"text": "Audit its use", "label": "1.2", "rating": "amber", "rating_text": "Delayed"},
                    ],
                },
                {
                    "number": "2",
                    "text": "The council should fund advocates in hospitals.",
                    "actions": [{"text": "Write a business case", "label": "2.1", "date_kind": "tbc", "rating": "red"}],
                },
            ]
        }
    ]
}
