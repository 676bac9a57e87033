"""A log in Excel: what it is in pairs above the heads, numbers of both kinds, dates that were revised."""

from .building import workbook

NAME = "log.xlsx"


def document():
    """Return the bytes of the document."""
    return workbook(
        Log=[
            ["Eastmere action log"],
            ["Review:", "Child M"],
            ["Last updated:", "12/03/2024"],
            [],
            [
                *("Rec #", "Recommendation text", "Action #", "Action detail", "Responsible", "Start date"),
                *("Target date", "Revised date", "Date completed", "Status"),
            ],
            [
                *(1, "Help families sooner", "1a", "List the services", "Early Help Manager", "01.01.24"),
                *("31.03.24", "30.06.24", "", "Open"),
            ],
            ["", "", "1b", "Print the list", "Early Help Manager", "", "30.06.24", "", "", "Not started"],
            [
                2,
                "Supervise better",
                "2a",
                "Write a policy",
                "Principal Social Worker",
                "",
                "31.12.23",
                "n/a",
                "15.12.23",
                "Closed",
            ],
        ]
    )


PLAN = {
    "review_name": "Child M",
    "sections": [
        {
            "recommendations": [
                {
                    "number": "1",
                    "text": "Help families sooner",
                    "actions": [
                        {
                            "label": "1a",
                            "text": "List the services",
                            "target_date_iso": "2024-06-30",
                            "status": "in_progress",
                        },
                        {"label": "1b", "text": "Print the list", "target_date_iso": "2024-06-30"},
                    ],
                },
                {
                    "number": "2",
                    "text": "Supervise better",
                    "actions": [
                        {
                            "label": "2a",
                            "text": "Write a policy",
                            "target_date_iso": "2023-12-31",
                            "completed_on_iso": "2023-12-15",
                            "status": "complete",
                        }
                    ],
                },
            ]
        }
    ],
}
