"""One form in Word for each recommendation: pairs of label and value, and its actions as rows further down."""

from .building import C, word

NAME = "plan.docx"
HEADS = [C("What we will do", bold=True), C("Owner", bold=True), C("Due", bold=True), C("Progress", bold=True)]


def document():
    """Return the bytes of the document."""
    return word(
        "# Eastmere Safeguarding Adults Board",
        "**Safeguarding Adults Review: Adult K – Improvement Plan**",
        [
            [C("Recommendation", bold=True), "1", C("Theme", bold=True), "Self-neglect"],
            [C("Every agency should know who leads when an adult neglects their home and refuses help.", across=4)],
            [C("Lead agency", bold=True), "Eastmere Council", C("Date accepted", bold=True), "12 March 2023"],
            HEADS,
            ["Write one pathway for self-neglect", "Head of Adult Care", "30 June 2023", "Complete"],
            ["Brief every team on the pathway", "Principal Social Worker", "September 2023", "In progress: 4 of 9"],
            [C("Evidence of impact", bold=True), C("An audit of twelve cases shows a named lead in ten.", across=3)],
        ],
        "",
        [
            [C("Recommendation", bold=True), "2", C("Theme", bold=True), "Mental capacity"],
            [C("Assessments of capacity should say what was tried to help the person decide.", across=4)],
            [C("Lead agency", bold=True), "Eastmere Hospitals Trust", C("Date accepted", bold=True), "12 March 2023"],
            HEADS,
            ["Change the form for assessments", "Deputy Chief Nurse", "31/07/2023", "Not started"],
            [C("Evidence of impact", bold=True), C("None yet.", across=3)],
        ],
        footer="OFFICIAL – Page 1 of 3",
    )


PLAN = {
    "sections": [
        {
            "title": "Self-neglect",
            "recommendations": [
                {
                    "number": "1",
                    "text": "Every agency should know who leads when an adult neglects their home and refuses help.",
                    "lead_text": "Eastmere Council",
                    "completion_evidence": "An audit of twelve cases shows a named lead in ten.",
                    "actions": [
                        {
                            "text": "Write one pathway for self-neglect",
                            "leads": ["Head of Adult Care"],
                            "target_date_iso": "2023-06-30",
                            "status": "complete",
                        },
                        {
                            "text": "Brief every team on the pathway",
                            "leads": ["Principal Social Worker"],
                            "target_date_iso": "2023-09-30",
                            "status": "in_progress",
                        },
                    ],
                }
            ],
        },
        {
            "title": "Mental capacity",
            "recommendations": [
                {
                    "number": "2",
                    "text": "Assessments of capacity should say what was tried to help the person decide.",
                    "lead_text": "Eastmere Hospitals Trust",
                    "completion_evidence": "None yet.",
                    "actions": [
                        {
                            "text": "Change the form for assessments",
                            "leads": ["Deputy Chief Nurse"],
                            "target_date_iso": "2023-07-31",
                            "status": "not_started",
                        }
                    ],
                }
            ],
        },
    ]
}
