"""A workbook with a cover, a sheet of control and a summary, and a sheet for each agency."""

from datetime import date

from .building import C, workbook

NAME = "workbook.xlsx"
HEADS = ["No", "Recommendation", "What will we do?", "Who?", "By when?", "How will we know?", "Status"]


def document():
    """Return the bytes of the document."""
    return workbook(
        Cover=[["Eastmere Safeguarding Children Partnership"], ["Child S – composite action plan"], ["Restricted"]],
        Version_control=[["Version", "Date", "Changed by"], ["1", "3 May 2023", "Business manager"]],
        Police=[
            ["Eastmere Police"],
            HEADS,
            [
                *(1, "Officers should use interpreters", "Buy a telephone service", "Head of Contact"),
                *(C(date(2023, 9, 30), shown="dd/mm/yyyy"), "Calls made each month", "Complete"),
            ],
            ["^", "^", "Put cards in cars", "Fleet Manager", "Oct-23", "Cards seen on inspection", "In progress"],
        ],
        Health=[
            ["Eastmere Community Health"],
            HEADS,
            [
                *(1, "Clinics should follow up missed visits", "Write a standard", "Named Nurse"),
                *("June 2023", "Audit", "Ongoing"),
            ],
        ],
        Summary=[["Agency", "Open", "Complete"], ["Police", 1, 1], ["Health", 1, 0]],
    )


PLAN = {
    "sections": [
        {
            "title": "Eastmere Police",
            "recommendations": [
                {
                    "number": "1",
                    "text": "Officers should use interpreters",
                    "actions": [
                        {
                            "text": "Buy a telephone service",
                            "target_date_iso": "2023-09-30",
                            "status": "complete",
                            "evidence_expected": "Calls made each month",
                        },
                        {"text": "Put cards in cars", "target_date_iso": "2023-10-31", "status": "in_progress"},
                    ],
                }
            ],
        },
        {
            "title": "Eastmere Community Health",
            "recommendations": [
                {
                    "number": "1",
                    "text": "Clinics should follow up missed visits",
                    "actions": [{"text": "Write a standard", "leads": ["Named Nurse"], "status": "ongoing"}],
                }
            ],
        },
    ]
}
