"""Compresses and composes screenshots."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

QUALITY = 78
MARGIN = 24
PHONE_WIDTH = 0.19  # of the wide picture's


def save(shot: bytes, file: Path) -> None:
    with Image.open(BytesIO(shot)) as image:
        image.convert("RGB").save(file, "WEBP", quality=QUALITY, method=6)


def save_together(wide: bytes, phone: bytes, file: Path) -> None:
    """Save a wide picture with a phone's in its corner."""
    with Image.open(BytesIO(wide)) as below, Image.open(BytesIO(phone)) as above:
        both = below.convert("RGB")
        width = round(both.width * PHONE_WIDTH)
        small = above.convert("RGB").resize((width, round(above.height * width / above.width)))
        place = (both.width - small.width - MARGIN, both.height - small.height - MARGIN)
        edge = ((place[0] - 3, place[1] - 3), (place[0] + width + 2, place[1] + small.height + 2))
        ImageDraw.Draw(both).rectangle(edge, fill=(110, 112, 130))
        both.paste(small, place)
        both.save(file, "WEBP", quality=QUALITY, method=6)
