"""Looks through pictures, and makes the small copies that pages show."""

import io
import zipfile

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from .markup import markup_in
from .wrong import Wrong

#: More than this nobody needs as evidence, and it could fill the memory: a page scanned at 600 dpi has 35 million.
MOST_PIXELS = 60_000_000

#: The side of the square into which the copy on a page fits.
PREVIEW = 1200

_AGAIN = "open it, save it again as PNG or JPEG and upload that."
_BREAKS_OFF = "is a picture that breaks off before its end: get the whole file, or save it again, and upload that."


def check_png(file):
    """Return "png", or raise Wrong."""
    _decode(file, "PNG")
    end = _end_of_png(file)
    _refuse_two_in_one(file, end)
    return "png"


def check_jpeg(file):
    """Return "jpeg", or raise Wrong. Telephones add a second picture or a trailer after the end: that may stay."""
    _decode(file, "JPEG", "MPO")
    _refuse_two_in_one(file)
    return "jpeg"


def preview(file, side=PREVIEW):
    """Return a small JPEG or PNG of a picture, drawn anew without anything that was hidden in it, and its type."""
    with Image.open(file, formats=["PNG", "JPEG", "MPO"]) as image:
        image.draft("RGB", (side, side))
        small = ImageOps.exif_transpose(image)
        see_through = small.mode in ("RGBA", "LA", "PA") or "transparency" in small.info
        small = small.convert("RGBA" if see_through else "RGB")
        small.thumbnail((side, side))
        clean = Image.new(small.mode, small.size)
        clean.paste(small)
    drawn = io.BytesIO()
    kind = "PNG" if see_through else "JPEG"
    clean.save(drawn, kind, quality=85)
    return drawn.getvalue(), f"image/{kind.lower()}"


def _decode(file, *formats):
    """Draw the picture once, to know that it is whole and of a size that can be drawn."""
    too_large = Wrong(
        "is a picture of so many points that it could stop the machine that draws it: make it smaller and upload that."
    )
    file.seek(0)
    try:
        ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint, once imported, has Pillow take what breaks off
        with Image.open(file, formats=formats) as image:
            if image.width * image.height > MOST_PIXELS:
                raise too_large
            image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Wrong(_BREAKS_OFF) from error


def _end_of_png(file):
    """Return where the last part of a PNG ends."""
    file.seek(8)
    while len(head := file.read(8)) == 8:
        length, name = int.from_bytes(head[:4], "big"), head[4:]
        file.seek(length + 4, io.SEEK_CUR)
        if name == b"IEND":
            return file.tell()
    raise Wrong(_BREAKS_OFF)


def _refuse_two_in_one(file, end=None):
    """Raise Wrong where a picture is something else besides."""
    size = file.seek(0, io.SEEK_END)
    if zipfile.is_zipfile(file):
        raise Wrong(f"is a picture and a packed folder (.zip) in one, so that it can pass for either: {_AGAIN}")
    file.seek(0)
    start = file.read(65536)
    file.seek(max(0, size - 65536))
    tail = file.read()
    if b"%PDF-" in start[:1024]:
        raise Wrong(f"is a picture and a PDF in one, so that it can pass for either: {_AGAIN}")
    if markup_in(start) or markup_in(tail):
        raise Wrong(f"is a picture with a script hidden in it: {_AGAIN}")
    if end is not None and end != size:
        raise Wrong(f"is a picture with something else after its end: {_AGAIN}")
