"""Uploaded pictures: checked, re-encoded and stored."""

import io
import struct
from datetime import timedelta
from typing import IO, Any

import PIL.Image
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Exists, OuterRef, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import ImageOps

from games.models import Game, Image, Series, Template
from guilds.errors import Refused
from guilds.models import Member

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 1600
QUALITY = 82
KEPT_UNUSED = timedelta(days=1)
MOST_AN_HOUR = 60
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
# Everything Pillow raised when it was fed broken files.
_BROKEN = (
    OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, ArithmeticError,
    AttributeError, MemoryError, NotImplementedError, RuntimeError, struct.error,
    PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning,
)  # fmt: skip


def store_image(*, member: Member, upload: "UploadedFile[Any]") -> Image:
    """Store the picture re-encoded as WebP; of an animation only the first frame.

    Raises `Refused` if it is no picture, is too large, or is one too many for the guild in one
    hour. Deletes the guild's unused pictures that are older than a day.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise _refused(_("The picture is larger than 5 MB."))
    now = timezone.now()
    images = Image.objects.filter(guild=member.guild)
    if images.filter(created_at__gt=now - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise _refused(_("That is a lot of pictures at once. Try again in an hour."))
    data = _reencoded(upload.open())
    of_series = Series.objects.alias(image=KeyTextTransform("image_id", "values")).filter(
        guild=member.guild, stopped_at=None, image=Cast(OuterRef("pk"), TextField())
    )
    images.filter(created_at__lt=now - KEPT_UNUSED).exclude(
        Exists(Game.objects.filter(image=OuterRef("pk")))
        | Exists(Template.objects.filter(image=OuterRef("pk")))
        | Exists(of_series)
    ).delete()
    return Image.objects.create(guild=member.guild, content_type="image/webp", data=data)


def _reencoded(upload: IO[bytes]) -> bytes:
    """Return the first frame as WebP: upright, at most `LONGEST_SIDE`, without metadata."""
    try:
        with PIL.Image.open(upload, formats=_FORMATS) as picture:
            return _encoded(picture)
    except _BROKEN as error:
        raise _refused(
            _("That file is no picture I can read. Use a PNG, JPEG, GIF or WebP.")
        ) from error


def _encoded(picture: PIL.Image.Image) -> bytes:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise _refused(_("The picture has too many pixels. Make it smaller first."))
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is read no larger than needed
    upright = ImageOps.exif_transpose(picture)
    is_clear = upright.has_transparency_data
    plain = upright.convert("RGBA" if is_clear else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain.info = {}
    out = io.BytesIO()
    plain.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()


def _refused(message: str) -> Refused:
    return Refused(message, field="image")
