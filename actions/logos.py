"""A partnership's logo: taken in as a picture, drawn anew, and kept for good, for reports show the one of their day."""

import hashlib
from base64 import b64encode
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image

from scr_tracker import services
from scr_tracker.rules import RuleBroken

from .evidence import pictures
from .evidence.wrong import Wrong

#: The largest file that is taken in, in bytes, and in points the longest side that is kept and the least for print.
LARGEST, LONGEST_SIDE, LEAST_SIDE = 5_000_000, 900, 200

FOLDER = "logos"
ENDINGS = {"image/png": "png", "image/jpeg": "jpg"}
CHECKS = {b"\x89PNG\r\n\x1a\n": pictures.check_png, b"\xff\xd8\xff": pictures.check_jpeg}


@transaction.atomic
def change_logo(*, partnership, by, picture=None, words="", remove=False, sent=None):
    """Give a partnership a logo, or other words for the one it has, or take it away."""
    if sent:
        sent.take_once(by=by)
    change = {"partnership": partnership, "by": by, "reason": "the logo"}
    if remove:
        return services.change_partnership(**change, logo="", logo_words="")
    if picture:
        change["logo"] = _kept(*drawn(picture))
    elif not partnership.logo:
        raise RuleBroken("Choose the picture of the logo.")
    return services.change_partnership(**change, logo_words=words)


def drawn(file):
    """Return the bytes of a picture, drawn anew without anything that was hidden in it, and their type.

    Raises RuleBroken where it is no PNG or JPEG picture that prints well.
    """
    if file.size > LARGEST:
        raise RuleBroken("The picture is larger than 5 MB: make it smaller and upload that.")
    file.seek(0)
    start = file.read(8)
    check = next((each for beginning, each in CHECKS.items() if start.startswith(beginning)), None)
    if check is None:
        raise RuleBroken("This file is not a PNG or JPEG picture: save the logo as one and upload that.")
    try:
        check(file)
        content, kind = pictures.preview(file, side=LONGEST_SIDE)
    except Wrong as wrong:
        raise RuleBroken(f"The file {wrong}") from wrong
    if max(_size_of(content)) < LEAST_SIDE:
        raise RuleBroken(
            f"The picture is too small to print well: upload one of at least {LEAST_SIDE} points in width or height."
        )
    return content, kind


def read(name):
    """Return the content of a logo that is or was a partnership's as an address that holds it, and its size.

    (address, width, height), the size in points; None where there is none.
    """
    if not name or not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        content = file.read()
    kind = next(kind for kind, ending in ENDINGS.items() if name.endswith(f".{ending}"))
    return f"data:{kind};base64,{b64encode(content).decode()}", *_size_of(content)


def _kept(content, kind):
    """Keep a picture under a name that says what it holds, and return that: no other ever takes its place."""
    name = f"{FOLDER}/{hashlib.sha256(content).hexdigest()}.{ENDINGS[kind]}"
    return name if default_storage.exists(name) else default_storage.save(name, ContentFile(content))


def _size_of(content):
    with Image.open(BytesIO(content)) as image:
        return image.size
