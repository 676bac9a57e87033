"""A text file from Excel: semicolons, Windows-1252, lines above the heads, and signs for ratings with a key below."""

NAME = "export.csv"


def document():
    """Return the bytes of the document."""
    return (
        "Southmere Partnership – learning review “Baby N”;;;;;\r\n"
        ";;;;;\r\n"
        "Learning point;Task;Responsible agency;Complete by;Traffic light;Comments\r\n"
        '"Sleep should be talked about; at every visit";"Write a leaflet";Health visiting;30-Nov-2023;+;"Printed.\r\n'
        'Sent out."\r\n'
        '"Sleep should be talked about; at every visit";Train midwives;Maternity;Spring 2024;o;\r\n'
        "Dads should be asked in;Change letters;Health visiting;Immediately;-;Not begun\r\n"
        ";;;;;\r\n"
        "Key;;;;;\r\n"
        "+;On track;;;;\r\n"
        "o;Slipping;;;;\r\n"
        "-;Overdue;;;;\r\n"
    ).encode("cp1252")


PLAN = {
    "keys": [{"items": ["+ – On track", "o – Slipping", "- – Overdue"]}],
    "sections": [
        {
            "recommendations": [
                {
                    "text": "Sleep should be talked about; at every visit",
                    "actions": [
                        {
                            "text": "Write a leaflet",
                            "leads": ["Health visiting"],
                            "target_date_iso": "2023-11-30",
                            "rating": "green",
                        },
                        {"text": "Train midwives", "target_date_iso": "2024-05-31", "rating": "amber"},
                    ],
                },
                {
                    "text": "Dads should be asked in",
                    "actions": [{"text": "Change letters", "date_kind": "immediate", "rating": "red"}],
                },
            ]
        }
    ],
}
