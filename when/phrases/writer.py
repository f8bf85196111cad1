"""Writes an instant as a phrase that reads back as just that."""

from datetime import datetime, timedelta

from when.phrases.reader import parse_when
from when.zones.iana import get_zone


def write_when(moment: datetime, zone: str) -> str:
    """ "2026-11-27 20:00 Europe/Berlin".

    Discord's own notation where clocks show that time twice, or the zone cannot be typed.
    """
    phrase = f"{moment.astimezone(get_zone(zone)):%Y-%m-%d %H:%M} {zone}"
    before = moment - timedelta(days=1)
    if parse_when(phrase, now=before, zone="UTC").when == moment:
        return phrase
    return f"<t:{int(moment.timestamp())}:F>"
