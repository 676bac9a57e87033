"""Recognises web pages and scripts, wherever they hide."""

import re

#: A web page, a picture that can run scripts, or a script, and its name in a sentence.
MARKUP = re.compile(rb"<\s*(!doctype\s+html|html|head|body|script|svg|iframe|object|embed|\?php|%@)", re.IGNORECASE)


def markup_in(content):
    """Return the mark of a web page or script in some bytes (also where written in UTF-16), or nothing."""
    found = MARKUP.search(content) or MARKUP.search(content.replace(b"\0", b""))
    return found[1].decode().lower() if found else ""
