"""A paper in Word without tables: under each recommendation points that say at their end who does them, and by when."""

from .building import word

NAME = "paper.docx"


def document():
    """Return the bytes of the document."""
    return word(
        "# Northmere rapid review: action plan",
        "Recommendation 1 – Concerns should be passed on the same day.",
        "* Publish the escalation policy – Lead: Business Manager – By: 31 May 2022",
        "* Look at its use – Lead: Quality subgroup – By: November 2022",
        "Recommendation 2 – Chairs should write down who disagrees.",
        "Action: Change the minutes. Lead: Chair. Timescale: June 2022",
    )


PLAN = {
    "sections": [
        {
            "recommendations": [
                {
                    "number": "1",
                    "text": "Concerns should be passed on the same day.",
                    "actions": [
                        {
                            "text": "Publish the escalation policy",
                            "leads": ["Business Manager"],
                            "target_date_iso": "2022-05-31",
                        },
                        {"text": "Look at its use", "leads": ["Quality subgroup"], "target_date_iso": "2022-11-30"},
                    ],
                },
                {
                    "number": "2",
                    "actions": [{"text": "Change the minutes", "leads": ["Chair"], "target_date_iso": "2022-06-30"}],
                },
            ]
        }
    ]
}
