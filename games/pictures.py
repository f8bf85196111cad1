"""Uploaded pictures are made small, upright and WebP, and keep nothing else of what came.

A few bytes can unfold into a gigabyte, so pixels are counted before they are decoded, and one
picture at a time is decoded. The largest allowed takes some 250 MB for a second.
"""

import io
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import PIL.Image
from django.utils.translation import gettext as _
from PIL import ImageOps

from guilds.errors import Refused

MAX_PIXELS = 12_000_000
LONGEST_SIDE = 1600
QUALITY = 82
# Each pass over a JPEG goes through all its pixels, and a pass may take ten bytes. Cameras write
# up to twelve.
MAX_PASSES = 40
_PASS = b"\xff\xda"
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
# Modes that can be made smaller as they are.
_PLAIN = frozenset({"L", "LA", "RGB", "RGBA"})
# Everything Pillow raised when it was fed broken files.
_BROKEN = (
    OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, ArithmeticError,
    AttributeError, MemoryError, NotImplementedError, RuntimeError, struct.error,
    PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning,
)  # fmt: skip

# One is decoded, and few wait for it: each holds a thread that other pages could use.
_TURN = threading.Lock()
_PLACES = threading.BoundedSemaphore(3)


def shrunk(upload: IO[bytes]) -> bytes:
    """Return the first frame as WebP: upright, at most `LONGEST_SIDE`, without metadata.

    Raises `Refused` if it is no picture, has too many pixels, or too many are being read.
    """
    with _in_turn():
        try:
            data = upload.read()
            with PIL.Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                _check_cost(picture, data)
                return _encoded(picture)
        except _BROKEN as error:
            raise Refused(
                _("That file is no picture I can read. Use a PNG, JPEG, GIF or WebP.")
            ) from error


@contextmanager
def _in_turn() -> Iterator[None]:
    if not _PLACES.acquire(blocking=False):
        raise Refused(_("Several pictures are being read right now. Try again in a moment."))
    try:
        with _TURN:
            yield
    finally:
        _PLACES.release()


def _check_cost(picture: PIL.Image.Image, data: bytes) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise Refused(_("The picture has too many pixels. Make it smaller first."))
    if picture.format in {"JPEG", "MPO"} and data.count(_PASS) > MAX_PASSES:
        raise ValueError("too many passes")


def _encoded(picture: PIL.Image.Image) -> bytes:
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is read no larger than needed
    is_clear = picture.has_transparency_data
    mode = "RGBA" if is_clear else "RGB"
    if picture.mode not in _PLAIN or "transparency" in picture.info:
        picture = picture.convert(mode)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # first, since all else copies it
    plain = ImageOps.exif_transpose(picture).convert(mode)
    plain.info = {}
    out = io.BytesIO()
    plain.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()
