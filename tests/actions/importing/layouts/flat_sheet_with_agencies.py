"""One flat sheet in Excel for all agencies, with ratings as letters explained on a sheet of their own."""

from datetime import date

from .building import C, workbook

NAME = "all agencies.xlsx"


def document():
    """Return the bytes of the document."""
    return workbook(
        Plan=[
            ["ID", "Agency", "Recommendation", "Action", "Owner", "Due date", "RAG", "Latest update"],
            [
                *(1, "Northmere Council", "Share what is known about moves", "Change the transfer form"),
                *("Team Manager", C(date(2022, 5, 1), shown="mmm yyyy"), "B", "Form changed in April."),
            ],
            [
                *(2, "Northmere Council", "Record who attends", "Add a field"),
                *("Systems Manager", C(date(2022, 5, 31), shown="dd/mm/yyyy"), "A", "Supplier is slow."),
            ],
            [
                *(3, "Northmere Ambulance Service", "Report bruises", "Brief crews"),
                *("Clinical Lead", "30.6.22", "R", "No sessions were held."),
            ],
            [
                *(4, "Northmere Council", "Ask about pets", "Add to the checklist"),
                *("Team Manager", "Q3 2022", "G", "Staff were asked."),
            ],
        ],
        Key=[["R", "Overdue"], ["A", "At risk of missing its date"], ["G", "On track"], ["B", "Complete"]],
    )


def _action(text, lead, day, rating, status="unknown"):
    return {"text": text, "leads": [lead], "target_date_iso": day, "rating": rating, "status": status}


PLAN = {
    "keys": [
        {
            "heading": "Key",
            "items": ["R – Overdue", "A – At risk of missing its date", "G – On track", "B – Complete"],
        }
    ],
    "sections": [
        {
            "agency": "Northmere Council",
            "recommendations": [
                {
                    "number": "1",
                    "text": "Share what is known about moves",
                    "actions": [_action("Change the transfer form", "Team Manager", "2022-05-31", "blue", "complete")],
                },
                {
                    "number": "2",
                    "text": "Record who attends",
                    "actions": [_action("Add a field", "Systems Manager", "2022-05-31", "amber")],
                },
                {
                    "number": "4",
                    "text": "Ask about pets",
                    "actions": [_action("Add to the checklist", "Team Manager", "2022-09-30", "green", "in_progress")],
                },
            ],
        },
        {
            "agency": "Northmere Ambulance Service",
            "recommendations": [
                {
                    "number": "3",
                    "text": "Report bruises",
                    "actions": [_action("Brief crews", "Clinical Lead", "2022-06-30", "red", "in_progress")],
                }
            ],
        },
    ],
}
