"""A table in Word whose headings say little or nothing, so that only what stands under them tells what it is."""

from .building import word

NAME = "plain.docx"


def document():
    """Return the bytes of the document."""
    return word(
        "**Eastmere rapid review: action plan for Baby W**",
        [
            ["", "Recommendation", "Our plan", "Team", "Month", "Where it is"],
            [
                "1",
                "Photographs of bruises should be taken the same day.",
                "Buy cameras",
                "Named Doctor",
                "May 2022",
                "Complete",
            ],
            [
                "2",
                "Out-of-hours staff should see the chronology.",
                "Give access",
                "IT Manager",
                "01/07/2022",
                "In progress",
            ],
            [
                "3",
                "Reviews should include the school.",
                "Change the invitation",
                "Review Officer",
                "Sept 2022",
                "Not started",
            ],
        ],
    )


def _recommendation(number, text, action, lead, day, status):
    return {
        "number": number,
        "text": text,
        "actions": [{"text": action, "leads": [lead], "target_date_iso": day, "status": status}],
    }


PLAN = {
    "sections": [
        {
            "recommendations": [
                _recommendation(
                    *("1", "Photographs of bruises should be taken the same day.", "Buy cameras"),
                    *("Named Doctor", "2022-05-31", "complete"),
                ),
                _recommendation(
                    *("2", "Out-of-hours staff should see the chronology.", "Give access"),
                    *("IT Manager", "2022-07-01", "in_progress"),
                ),
                _recommendation(
                    *("3", "Reviews should include the school.", "Change the invitation"),
                    *("Review Officer", "2022-09-30", "not_started"),
                ),
            ]
        }
    ]
}
