"""The table of domestic homicide reviews in Word: scope, milestones, completion and outcome, titles in rows."""

from .building import word

NAME = "homicide review.docx"


def document():
    """Return the bytes of the document."""
    return word(
        "# Southmere Community Safety Partnership",
        [
            [
                *("Recommendation", "Scope of recommendation i.e. local or regional", "Action to take", "Lead Agency"),
                *(
                    "Key milestones achieved in enacting recommendation",
                    "Target Date",
                    "Date of completion and outcome",
                ),
            ],
            ["Overview Report recommendations", "", "", "", "", "", ""],
            [
                *("1. The partnership should explain controlling behaviour to the public.", "Local", "Run a campaign"),
                *("Southmere Council", "Posters agreed", "1st March 2019", "Completed 12th April 2019. Seen by 4,000."),
            ],
            ["IMR recommendations: Housing", "", "", "", "", "", ""],
            [
                *("2. Officers should know how to ask.", "Regional", "Commission a course", "Housing Manager"),
                *("", "Sept 2019", "Ongoing"),
            ],
        ],
    )


PLAN = {
    "sections": [
        {
            "title": "Overview Report recommendations",
            "recommendations": [
                {
                    "number": "1",
                    "text": "The partnership should explain controlling behaviour to the public.",
                    "source_or_type": "Overview Report",
                    "actions": [
                        {
                            "text": "Run a campaign",
                            "leads": ["Southmere Council"],
                            "target_date_iso": "2019-03-01",
                            "completed_on_iso": "2019-04-12",
                            "status": "complete",
                        }
                    ],
                }
            ],
        },
        {
            "title": "IMR recommendations: Housing",
            "recommendations": [
                {
                    "number": "2",
                    "text": "Officers should know how to ask.",
                    "source_or_type": "IMR",
                    "actions": [{"text": "Commission a course", "target_date_iso": "2019-09-30", "status": "ongoing"}],
                }
            ],
        },
    ]
}
