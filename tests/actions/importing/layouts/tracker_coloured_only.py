"""A tracker in Excel: lines above it, a key of colours, two rows of headings, ratings by the cell's colour alone."""

from datetime import date

from .building import C, workbook

NAME = "tracker.xlsx"
GREEN, AMBER, RED, BLUE = "00B050", "FFC000", "FF0000", "0070C0"


def document():
    """Return the bytes of the document."""
    return workbook(
        Tracker=[
            [C("Westmere Community Safety Partnership – Domestic Homicide Review “Rosa”", bold=True)],
            ["Version 4, updated 2 May 2024 by the partnership officer"],
            [],
            [C("Key", bold=True)],
            [C("", fill=BLUE), "Finished and evidenced"],
            [C("", fill=GREEN), "On track"],
            [C("", fill=AMBER), "Slipping"],
            [C("", fill=RED), "Overdue"],
            [],
            [C("Ref", bold=True), C("What the review asked for", bold=True), C("Action plan", bold=True, across=4), ""],
            ["", "", "What we are doing", "Who", "By", "BRAG", "Where we are now"],
            [
                *("R1.1", "Surgeries should ask every patient about safety at home.", "Add a prompt to the record"),
                *("Named GP", C(date(2024, 3, 31), shown="dd/mm/yyyy"), C("", fill=BLUE), "Prompt went live in March."),
            ],
            [
                *("R1.2", "", "Train reception staff", "Practice managers"),
                *(C(date(2024, 6, 1), shown="mmm-yy"), C("", fill=GREEN), "Two of five sessions held."),
            ],
            [
                *("R2.1", "Housing officers should be able to refer to the advocacy service.", "Agree a referral form"),
                *("Housing Options Manager", "Ongoing", C("", fill=AMBER), "Form is with the legal team."),
            ],
            [
                *("R2.2", "", "Publish the form", "Housing Options Manager", "3 months from agreement"),
                *(C("", fill=RED), "See R2.1"),
            ],
        ],
        Document_control=[
            ["Version", "Date", "Author", "What changed"],
            ["3", "1 February 2024", "A. Person", "First draft for the partnership"],
            ["4", "2 May 2024", "A. Person", "Updates from agencies"],
        ],
    )


PLAN = {
    "sections": [
        {
            "recommendations": [
                {
                    "text": "Surgeries should ask every patient about safety at home.",
                    "actions": [
                        {
                            "label": "R1.1",
                            "text": "Add a prompt to the record",
                            "leads": ["Named GP"],
                            "target_date_iso": "2024-03-31",
                            "date_kind": "day",
                            "rating": "blue",
                        },
                        {
                            "label": "R1.2",
                            "text": "Train reception staff",
                            "leads": ["Practice managers"],
                            "target_date_iso": "2024-06-30",
                            "date_kind": "month",
                            "rating": "green",
                        },
                    ],
                },
                {
                    "text": "Housing officers should be able to refer to the advocacy service.",
                    "actions": [
                        {
                            "label": "R2.1",
                            "text": "Agree a referral form",
                            "leads": ["Housing Options Manager"],
                            "target_date_iso": None,
                            "date_kind": "ongoing",
                            "rating": "amber",
                        },
                        {
                            "label": "R2.2",
                            "text": "Publish the form",
                            "target_date_iso": None,
                            "date_kind": "relative",
                            "rating": "red",
                        },
                    ],
                },
            ]
        }
    ]
}
