"""Texts in spreadsheets: none of them is ever a formula, and each comes back as it was."""

import re

#: What a spreadsheet would run as a formula, and what already has apostrophes before that.
WOULD_RUN = re.compile(r"'*(?:[\t\r\n]|[ \t\r\n]*[=+\-@])")


def harmless(text):
    """Return a text with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if WOULD_RUN.match(text) else text


def without_apostrophe(text):
    """Return a text as it was before it was made harmless."""
    return text[1:] if text.startswith("'") and WOULD_RUN.match(text) else text
