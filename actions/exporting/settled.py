"""Files of Office that are the same, byte for byte, whenever they are made from the same."""

import io
import re
import zipfile
from datetime import UTC

#: The moments that a file says it was made and changed at.
MOMENTS = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
PROPERTIES = "docProps/core.xml"


def settled(content, moment):
    """Return a Word or Excel file as if it had been made at a moment."""
    said = moment.astimezone(UTC)
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as file:
        for name in made.namelist():
            piece = made.read(name)
            if name == PROPERTIES:
                piece = MOMENTS.sub(rf"\g<1>{said:%Y-%m-%dT%H:%M:%SZ}\g<3>".encode(), piece)
            entry = zipfile.ZipInfo(name, said.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, piece)
    return result.getvalue()
