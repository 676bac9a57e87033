"""A report in Word without tables: each recommendation a heading, and under it lines that begin with a label."""

from .building import word

NAME = "response.docx"


def document():
    """Return the bytes of the document."""
    return word(
        "# Southmere Safeguarding Children Partnership",
        "**Response to the Local Child Safeguarding Practice Review: Child P**",
        "## Introduction",
        "The partnership accepts all recommendations of the review. This paper says what will be done about each.",
        "## Recommendations and what we will do",
        "### Recommendation 1: Schools should be told when a pupil's home is visited by the police at night.",
        "Response: Accepted. The force has a scheme that two areas use already.",
        "Action 1: Extend the scheme to every school in Southmere.",
        "Lead: Southmere Police",
        "Timescale: 1st September 2024",
        "Progress: In progress – half of all schools have joined.",
        "Action 2: Agree what the message may say.",
        "Lead: Head of School Safeguarding / Data Protection Officer",
        "Timescale: w/c 3 June 2024",
        "Progress: Complete",
        "### Recommendation 2: Health visitors should see every sleeping place of a baby.",
        "Response: Accepted in part. Not every home can be visited in full.",
        "Action 1: Add the sleeping place to the record of the first visit.",
        "Lead: Named Nurse",
        "Timescale: Q3 2024",
        "Progress: Not yet started",
        "## Next steps",
        "The partnership will look at this plan at each meeting.",
    )


PLAN = {
    "partnership": "Southmere Safeguarding Children Partnership",
    "review_name": "Child P",
    "sections": [
        {
            "recommendations": [
                {
                    "number": "1",
                    "text": "Schools should be told when a pupil's home is visited by the police at night.",
                    "response": "Accepted. The force has a scheme that two areas use already.",
                    "actions": [
                        {
                            "label": "1",
                            "text": "Extend the scheme to every school in Southmere.",
                            "leads": ["Southmere Police"],
                            "target_date_iso": "2024-09-01",
                            "status": "in_progress",
                        },
                        {
                            "label": "2",
                            "text": "Agree what the message may say.",
                            "leads": ["Head of School Safeguarding", "Data Protection Officer"],
                            "target_date_iso": "2024-06-09",
                            "date_kind": "week",
                            "status": "complete",
                        },
                    ],
                },
                {
                    "number": "2",
                    "text": "Health visitors should see every sleeping place of a baby.",
                    "response": "Accepted in part. Not every home can be visited in full.",
                    "actions": [
                        {
                            "label": "1",
                            "text": "Add the sleeping place to the record of the first visit.",
                            "leads": ["Named Nurse"],
                            "target_date_iso": "2024-09-30",
                            "date_kind": "quarter",
                            "status": "not_started",
                        }
                    ],
                },
            ]
        }
    ],
}
