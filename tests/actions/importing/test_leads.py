"""The people and bodies that a plan names as leads."""

import pytest

from actions.importing.leads import split_leads


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("Named Nurse", ["Named Nurse"]),
        ("Named Nurse / Head of Service", ["Named Nurse", "Head of Service"]),
        ("Named Nurse\nNamed GP.", ["Named Nurse", "Named GP"]),
        ("SW1; SW2 and TL3", ["SW1", "SW2", "TL3"]),
        ("Learning Manager and Risk & Audit Manager", ["Learning Manager", "Risk & Audit Manager"]),
        ("Lead Nurse for Wards & Named Doctor", ["Lead Nurse for Wards", "Named Doctor"]),
        ("Named Nurse,, Ward Sister's Manager and Consultant.", ["Named Nurse", "Ward Sister's Manager", "Consultant"]),
        ("Board Chair and/or Board Manager", ["Board Chair", "Board Manager"]),
        ("Jane Smith and John O'Brien", ["Jane Smith", "John O'Brien"]),
        ("1) Named Nurse", ["Named Nurse"]),
        ("Head of Services for Schools & Nurseries", ["Head of Services for Schools & Nurseries"]),
        ("Quality and Performance sub-committee", ["Quality and Performance sub-committee"]),
        ("Clinical and locality leads", ["Clinical and locality leads"]),
        (
            "Advisers for Early Help, Eastmere and for Westmere",
            ["Advisers for Early Help, Eastmere and for Westmere"],
        ),
        ("", []),
        (None, []),
        ("-", []),
        ("Named Nurse / named nurse / Named Nurse", ["Named Nurse", "named nurse"]),
    ],
)
def test_each_is_named_once_and_whole(words, names):
    assert list(split_leads(words)) == names
